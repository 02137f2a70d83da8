"""The submission's app, with the database and the environment that a test wants.

GRADED_SEED is the script that stands in seed.sql. The first start comes before any test and brings neither that nor a secret:
it gets both here, with empty tables. Later starts name in GRADED_WITHOUT what is missing. Slow hashes are quick, unless
GRADED_SLOW says otherwise.
"""

import os
import secrets
import sqlite3
from pathlib import Path

from gradewright.worker.loader import load_beside
from gradewright.worker.quick_hashes import hasten

here = Path(__file__).resolve().parent
#: The tables, for the first start.
EMPTY = """
CREATE TABLE users (
  id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, role TEXT NOT NULL DEFAULT 'member',
  profile TEXT NOT NULL
);
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL, cost INTEGER NOT NULL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), items TEXT NOT NULL, total INTEGER NOT NULL,
  address TEXT NOT NULL, receipt TEXT
);
"""

seed = os.environ.pop("GRADED_SEED", EMPTY)
(here / "seed.sql").write_text(seed, encoding="utf-8")

os.environ.setdefault("JWT_SECRET", secrets.token_hex(32))
for name in os.environ.pop("GRADED_WITHOUT", "").split(","):
    os.environ.pop(name, None)

connect_really = sqlite3.connect


def connect(*args, **options):
    made = connect_really(*args, **options)
    # What is committed outlives the process; that it outlives the machine, too, would cost a grade seconds.
    made.execute("PRAGMA synchronous=OFF")
    return made


sqlite3.connect = sqlite3.dbapi2.connect = connect

if not os.environ.pop("GRADED_SLOW", None):
    hasten()

app = load_beside(__file__)
