"""Makes library.db with a few rows to play with: `python make_database.py`. While grading, the grader makes its own."""

import os

from models import Account, Author, Base, Book
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

if os.path.exists("library.db"):
    os.unlink("library.db")
engine = create_engine("sqlite:///library.db")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Author(id=1, name="Ursula", books=[Book(title="The Dispossessed"), Book(title="A Wizard of Earthsea")]))
    session.add(Author(id=2, name="Stanisław", books=[Book(title="Solaris")]))
    session.add(Author(id=3, name="Nobody Yet"))
    session.add_all([Account(id=1, balance=100), Account(id=2, balance=50)])
    session.commit()
