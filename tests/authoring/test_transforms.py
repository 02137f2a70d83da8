"""Each style transform on a source of a few lines: where it applies, what it makes, and where it keeps away."""

from __future__ import annotations

import textwrap

import pytest

from gradewright.authoring.fixed import Fixed
from gradewright.authoring.reorders import paths_overlap
from gradewright.authoring.transforms import TRANSFORMS

FIXED = Fixed(names=frozenset({"app", "get_region"}), quotes="`sold out`")

CASES = {
    "async-to-def": ("@app.get('/')\nasync def f(): return {}", "@app.get('/')\ndef f(): return {}"),
    "def-to-async": ("@app.get('/')\ndef f(a: str): return a.upper()", "@app.get('/')\nasync def f(a: str): return a.upper()"),
    "annotated-to-default": (
        "def f(a: Annotated[int, Query(ge=1)] = 5, b: Annotated[int, Header()] = 1): pass",
        None,
    ),
    "default-to-annotated": (
        "import x\ndef f(a: int = Query(5, ge=1), c: int = Query(2)): pass",
        None,
    ),
    "other-texts": ("raise HTTPException(404, detail='gone')", 'raise HTTPException(404, detail="Quite another text.")'),
    "rename-locals": (
        "def f(a):\n    b = a\n    return [c for c in b]",
        "def f(a):\n    b_here = a\n    return [c_here for c_here in b_here]",
    ),
    "rename-internals": (
        "LIMIT = 5\n@app.get('/')\ndef f(): return LIMIT",
        "LIMIT_RENAMED = 5\n@app.get('/')\ndef f_renamed(): return LIMIT_RENAMED",
    ),
    "reorder-fields": (
        "class A(BaseModel):\n    a: int\n    b: int = 1",
        "class A(BaseModel):\n    b: int = 1\n    a: int",
    ),
    "reorder-routes": (
        "@app.get('/a')\ndef f(): pass\n@app.get('/b')\ndef g(): pass",
        "@app.get('/b')\ndef g(): pass\n@app.get('/a')\ndef f(): pass",
    ),
}


def apply(name: str, source: str) -> str | None:
    return TRANSFORMS[name](textwrap.dedent(source), FIXED)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_makes_the_other_style_and_is_pure(name):
    source, expected = CASES[name]
    found = apply(name, source)
    assert found == apply(name, source)
    assert found is not None
    assert expected in (found, None)


def test_annotated_and_default_say_the_same():
    assert apply(
        "annotated-to-default", "def f(a: Annotated[int, Query(ge=1)] = 5, b: Annotated[str, Header()] = ''): pass"
    ) == ("def f(a: int = Query(5, ge=1), b: str = Header('')): pass")
    assert apply("default-to-annotated", "import x\ndef f(a: str = Depends(g), b: int = Query(5, ge=1)): pass") == (
        "from typing import Annotated\nimport x\ndef f(a: Annotated[str, Depends(g)], b: Annotated[int, Query(ge=1)] = 5): pass"
    )


KEPT = [
    ("async-to-def", "@app.get('/')\nasync def f(): return await g()"),
    ("async-to-def", "@app.get('/')\nasync def f(): return [a async for a in b]"),
    ("async-to-def", "@app.get('/')\nasync def f():\n    global n\n    n += 1"),
    ("async-to-def", "async def f(): return 1"),
    ("def-to-async", "@app.get('/')\ndef f(): return service.get(1)"),
    ("def-to-async", "import service\n@app.get('/')\ndef f(): return service.get(1)"),
    ("def-to-async", "service = Service()\n@app.get('/')\ndef f(): return service.get(1)"),
    ("def-to-async", "@app.get('/')\ndef f(session: Session): return session.get(1)"),
    ("def-to-async", "@app.get('/')\ndef f():\n    yield 1"),
    ("def-to-async", "@app.get('/')\ndef f(): return time.sleep(1)"),
    ("def-to-async", "@app.get('/')\ndef f(): return 1\nf()"),
    ("annotated-to-default", "def f(a: Annotated[int, Query()], b: int): pass"),
    ("annotated-to-default", "def f(a: Annotated[int, Query()]): pass\nf(1)"),
    ("annotated-to-default", "def f(a: Annotated[int, Gt(1)]): pass"),
    ("default-to-annotated", "import x\ndef f(a: int = 1, b: str = Depends(g)): pass"),
    ("default-to-annotated", "import x\ndef f(a=Depends(g)): pass"),
    ("other-texts", "raise HTTPException(404, detail='sold out')"),
    ("other-texts", "raise AppError('not_found')"),
    ("other-texts", "raise E('a b')\nx = 'a b'"),
    ("rename-locals", "def f(app):\n    get_region = 1\n    return get_region"),
    ("rename-locals", "def f():\n    a = 1\n    return lambda: a"),
    ("rename-locals", "def f():\n    global a\n    a = 1"),
    ("rename-internals", "def get_region(): pass"),
    ("rename-internals", "_a = 1\ndef f(_a): return _a"),
    ("rename-internals", "_a = 1\nb = '_a'"),
    ("reorder-fields", "class A:\n    a: int\n    b: int"),
    ("reorder-fields", "class A(BaseModel):\n    a: int\n    b: int\n    def c(self, info): return info.data"),
    ("reorder-routes", "@app.get('/a/{b}')\ndef f(): pass\n@app.get('/a/c')\ndef g(): pass"),
    ("reorder-routes", "@app.get(PATH)\ndef f(): pass\n@app.get('/b')\ndef g(): pass"),
    ("reorder-routes", "@app.get('/a')\ndef f(): pass\n@app.get('/b')\ndef g(x=Depends(f)): pass"),
]


@pytest.mark.parametrize(("name", "source"), KEPT)
def test_a_transform_keeps_away_from_what_it_could_break(name, source):
    assert apply(name, source) is None


@pytest.mark.parametrize(
    ("left", "right", "overlap"),
    [
        ("/a", "/b", False),
        ("/a/{x}", "/a", False),
        ("/a/{x}", "/a/b", True),
        ("/{x}/b", "/a/c", False),
        ("/a", "/a", True),
        ("/a/{x:path}", "/b", True),
    ],
)
def test_paths_overlap_when_one_request_could_match_both(left, right, overlap):
    assert paths_overlap(left, right) is overlap
