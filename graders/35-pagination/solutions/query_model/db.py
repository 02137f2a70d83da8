"""A table of products on SQLite, in memory. Do not edit it: while grading, a module with the same names replaces it."""

from datetime import datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from sqlalchemy.pool import StaticPool

# With echo=True you see every statement in the terminal.
engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, echo=False)
SessionLocal = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The parent of all tables."""


class Product(Base):
    """A product. Several may have the same name, and several the same created_at."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    created_at: Mapped[datetime]


def get_session():
    """A dependency: one session for the request."""
    with SessionLocal() as session:
        yield session


def _fill():
    """Add 60 products. Their ids say nothing of their age."""
    first = datetime(2026, 1, 5, 9, 30)
    with SessionLocal() as session:
        for number in range(60):
            age = timedelta(minutes=number // 6, microseconds=(number % 2) * 250)
            name = f"{('lamp', 'chair', 'table', 'shelf', 'clock')[number * 7 % 5]}-{number % 8}"
            session.add(Product(id=100_000 + number * 7919 % 1000, name=name, created_at=first + age))
        session.commit()


Base.metadata.create_all(engine)
_fill()
