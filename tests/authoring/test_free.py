"""What a free.toml leaves free, on a source of a few lines. What a file may say is in test_commands."""

from __future__ import annotations

import textwrap

import pytest

from gradewright.authoring.fixed import Fixed
from gradewright.authoring.free import Free
from gradewright.authoring.mutants import difference, mutants_of
from gradewright.authoring.waivers import changed_lines

BODY = Free(bodies=frozenset({"POST /api/login"}))
LOGIN = """
    @app.post("/api/login")
    def login(body: Login):
        return {"user": body.name, "n": 1}
"""
PROMISED = """
    @app.post("/api/login")
    def login(body: Login) -> dict[str, int]:
        return {"n": 1}
"""
RESPONSE = """
    @router.post("/login")
    def login(body: Login):
        return JSONResponse({"n": 1}, status_code=201, headers={"a": "b"})
"""
FIELD = """
    class Settings(BaseSettings):
        name: str = Field("app", alias="NAME")
        title: str = "shop"
"""


def freed(source: str, free: Free) -> list[str]:
    """Return the lines that free changes add."""
    text = textwrap.dedent(source).strip() + "\n"
    assert not [mutant for mutant in mutants_of(text, Fixed()) if mutant.free]
    lines = [
        changed_lines(difference(text, mutant.text, "app.py")) for mutant in mutants_of(text, Fixed(), free) if mutant.free
    ]
    return [line[1:] for change in lines for line in change if line.startswith("+")]


CASES = [
    (
        LOGIN,
        BODY,
        [
            'return {"userX": body.name, "n": 1}',
            'return {"user": body.name, "nX": 1}',
            'return {"user": body.name, "n": 2}',
            'return {"user": body.name, "n": 0}',
            "return None",
            'return {"n": 1}',
            'return {"user": body.name}',
        ],
    ),
    # What a function promises is more than a body.
    (PROMISED, BODY, ['return {"nX": 1}', 'return {"n": 2}', 'return {"n": 0}', "return {}"]),
    (
        RESPONSE,
        BODY,
        [
            f'return JSONResponse({body}, status_code=201, headers={{"a": "b"}})'
            for body in ('{"nX": 1}', '{"n": 2}', '{"n": 0}', "{}")
        ],
    ),
    (LOGIN, Free(bodies=frozenset({"GET /api/login", "POST /api/log"})), []),
    (
        'a = os.environ.get("A", "b")\nc = os.getenv("C", "d")',
        Free(defaults=frozenset({"A"})),
        ['a = os.environ.get("A", "bX")'],
    ),
    (FIELD, Free(defaults=frozenset({"name"})), ['name: str = Field("appX", alias="NAME")']),
    (FIELD, Free(defaults=frozenset({"title"})), ['title: str = "shopX"', "title: str"]),
    (
        'def f(a):\n    b = {"item": "x"}\n    return {"id": "y", "item": "z"}',
        Free(values=frozenset({"item"})),
        ['return {"id": "y", "item": "zX"}'],
    ),
    ('def f(a):\n    return Order(id=1, item="z")', Free(values=frozenset({"item"})), ['return Order(id=1, item="zX")']),
]


@pytest.mark.parametrize(("source", "free", "expected"), CASES)
def test_these_changes_are_free_and_no_others(source, free, expected):
    assert sorted(freed(source, free)) == sorted(expected)
