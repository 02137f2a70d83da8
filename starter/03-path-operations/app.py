"""03-path-operations: the brief is in README.md.

Run it with `uvicorn app:app --reload`, grade it with `grade 03-path-operations`.
"""

from enum import StrEnum

from fastapi import FastAPI

app = FastAPI()


class Genre(StrEnum):
    """The genres there are."""

    # TODO


# TODO: the routes under /books
