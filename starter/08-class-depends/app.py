"""08-class-depends: the brief is in README.md. Run it with `uvicorn app:app --reload`, grade it with `grade 08-class-depends`."""

from fastapi import FastAPI

import slow  # GET /authors awaits slow.tick()

app = FastAPI()


class Paging:
    """The page that a request asks for."""

    # TODO: page and size come from the query, offset follows from them


class PlanChecker:
    """Lets only customers of one plan through."""

    # TODO: made with a plan, called for each request


class Hits:
    """A counter that all requests share."""

    # TODO: a count, and a way to use one instance as a dependency


# TODO: need_pro, need_team and hits


@app.get("/books")
async def list_books():
    return {}


@app.get("/authors")
async def list_authors():
    return {}


@app.get("/reports")
async def show_reports():
    return {}


@app.get("/exports")
async def show_exports():
    return {}


@app.get("/hits")
async def show_hits():
    return {}
