"""Each mutation operator on a source of a few lines, and what is never mutated."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from gradewright.authoring.fixed import Fixed
from gradewright.authoring.mutants import OPERATORS, difference, mutants_of
from gradewright.authoring.waivers import changed_lines


def made(source: str, operator: str = "", *, names: str = "", **fixed: Any) -> list[str]:
    """Return the lines that the mutants of `source` add, a removed line as `- …`."""
    text = textwrap.dedent(source).strip() + "\n"
    found = []
    for mutant in mutants_of(text, Fixed(frozenset(names.split()), **fixed)):
        if operator in ("", mutant.operator):
            lines = changed_lines(difference(text, mutant.text, "app.py"))
            added = [line[1:] for line in lines if line.startswith("+")]
            found.append(" / ".join(added) if added else f"- {lines[0][1:]}")
    return found


CASES = [
    ("compare", "a = b < 1", ["a = b <= 1", "a = b >= 1"]),
    ("compare", "a = b not in c", ["a = b in c"]),
    ("compare", "a = b is None", ["a = b is not None"]),
    ("compare", "a = (b) == (c)", ["a = (b) != (c)"]),
    ("boolean", "a = b and c", ["a = b or c"]),
    ("boolean", "a = not b", ["a = (b)"]),
    ("boolean", "a = 1 if b else 2", ["a = 1 if (not (b)) else 2"]),
    ("arithmetic", "a = b // c", ["a = b / c"]),
    ("arithmetic", "a += b", ["a -= b"]),
    ("number", "a = 5", ["a = 6", "a = 4"]),
    ("number", "a = 0", ["a = 1", "a = (-1)"]),
    ("number", "a = True", ["a = False"]),
    ("string", "a = 'é'", ["a = 'éX'"]),
    ("string", 'a = r"^[0-9]$"', ['a = r"^[0-9]$X"', 'a = r"[0-9]$"', 'a = r"^[0-9]"']),
    ("string", 'a = f"{b} c"', ['a = f"{b} cX"']),
    ("none", "def f(a=1):\n    return a", ["def f(a=None):", "return None"]),
    ("none", "def f(a=None): pass", ['def f(a="X"): pass']),
    ("status", "raise HTTPException(404)", ["raise HTTPException(400)", "raise HTTPException(500)"]),
    ("status", "f(status_code=200)", ["f(status_code=202)", "f(status_code=500)"]),
    ("status", "a = status.HTTP_401_UNAUTHORIZED", ["a = 400", "a = 500"]),
    ("swap", "f(a, b)", ["f(b, a)"]),
    ("statement", "f(a)", ["pass"]),
    ("statement", "def f():\n    a = 1\n    raise a", ["pass", "pass"]),
    ("statement", "async def f():\n    await g()", ["pass"]),
    ("statement", "class A(B):\n    a: int = 1", ["a: int"]),
    ("decorator", "@a\n@b\ndef f(): pass", ["- @a", "- @b"]),
    ("keyword", "f(a, b=1, c=2)", ["f(a, c=2)", "f(a, b=1)"]),
    ("keyword", "f(\n    a=b,\n)", [""]),
    ("keyword", "class A(B, extra='forbid'): pass", ["class A(B): pass"]),
    ("element", "a = [b, c]", ["a = [c]", "a = [b]"]),
    ("element", "a = {**b, c: d}", ["a = {c: d}", "a = {**b}"]),
    ("element", "a: Literal['x', 'y'] = b", ["a: Literal['y'] = b", "a: Literal['x'] = b"]),
    ("metadata", "A = Annotated[int, B()]", ["A = int"]),
    ("metadata", "A = Annotated[int, B(), C()]", ["A = Annotated[int, C()]", "A = Annotated[int, B()]"]),
    ("dependency", "def f(a, b=Depends(c)):\n    return a", ["def f(a):"]),
    ("handler", "try:\n    f()\nexcept E:\n    g()\n    raise", ["pass"]),
    ("handler", "try:\n    f()\nfinally:\n    g()\n    h()", ["pass"]),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "source", "expected"), CASES, ids=[f"{case[0]}: {case[1]!r}" for case in CASES])
def test_an_operator_makes_these_changes_and_no_others(operator, source, expected):
    assert made(source, operator) == expected


def test_every_operator_has_a_case():
    assert {case[0] for case in CASES} == set(OPERATORS)


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "__all__ = ['a']",
        "import a",
        "if TYPE_CHECKING:\n    A = 1",
        "def f(a: 'B | None', b: int | None) -> 'C': pass",
        "app = FastAPI(title='Books', description='All of them', version='1')",
        "class A:\n    def f(self): ...",
        "if __name__ == '__main__':\n    run('app', port=80)",
        "log.info('started %s', 5)",
        "print('started', 5)",
    ],
)
def test_what_only_a_reader_or_a_type_checker_sees_is_left_alone(source):
    assert made(source) == []


@pytest.mark.parametrize(
    "source",
    ["raise HTTPException(404, 'no')", "raise E('There is no such book.')", "raise HTTPException(404, detail=f'no {a}')"],
)
def test_the_text_of_an_error_is_left_alone(source):
    assert made(source, "string") == []


def test_a_description_among_the_documented_responses_is_left_alone():
    assert made("a = {404: {'description': 'Unknown'}}", "string") == []
    assert made("a = {b: {'model': M, 'description': 'Unknown'}}", "element") == [
        "a = {}",
        "a = {b: {'description': 'Unknown'}}",
    ]
    assert made("a = {'title': title}", "string") == ["a = {'titleX': title}"]


def test_what_the_brief_quotes_is_mutated():
    assert made("app = FastAPI(title='Books')", quotes="`Books`") == ["app = FastAPI()", "app = FastAPI(title='BooksX')"]
    assert made("raise E('crash')", "string", quotes="`/crash`") == []
    assert made("raise E('sold_out')", "string", quotes="`sold_out`") == ["raise E('sold_outX')"]


@pytest.mark.parametrize("place", ["headers=", "'who?', "])
def test_a_header_that_nobody_asks_for_is_left_alone(place):
    source = f"raise HTTPException(401, {place}{{'WWW-Authenticate': 'Bearer'}})"
    touched = f"raise HTTPException(401, {place}{{'WWW-Authenticate': 'BearerX'}})"
    for operator in ("string", "keyword", "element"):
        assert made(source, operator) == []
    assert touched in made(source, "string", names="www authenticate")
    assert made(source, "element", names="WWW Authenticate") == [f"raise HTTPException(401, {place}{{}})"]
    # A dict that is no answer's headers is one like all others.
    assert made("send(401, {'WWW-Authenticate': 'Bearer'})", "element") == ["send(401, {})"]


def test_what_a_context_variable_calls_itself_is_left_alone():
    assert made("seen = ContextVar('seen', default=Item('x'))", "string") == ["seen = ContextVar('seen', default=Item('xX'))"]


def test_what_the_framework_ignores_is_left_alone():
    lifespan = "@asynccontextmanager\nasync def lifespan(app):\n    yield\n"
    assert made(f"{lifespan}app = FastAPI(lifespan=lifespan)", "decorator") == []
    assert made(f"{lifespan}app = enter(lifespan())", "decorator") == ["- @asynccontextmanager"]
    assert made("@app.middleware('http')\nasync def timed(request, call_next): pass", "string") == []
    assert made("bearer = OAuth2PasswordBearer(tokenUrl='token')", "string") == []
    assert made("bearer = OAuth2PasswordBearer(tokenUrl='token')", "string", names="tokenUrl") == [
        "bearer = OAuth2PasswordBearer(tokenUrl='tokenX')"
    ]
    validator = "class A:\n    @field_validator('a')\n    @classmethod\n    def check(cls, value): pass\n"
    assert made(validator, "decorator") == ["- @field_validator('a')"]
    documented = "@app.get('/', responses={404: {'model': Problem}})\ndef read(): pass"
    assert made(documented) == [
        "- @app.get('/', responses={404: {'model': Problem}})",
        "@app.get('/X', responses={404: {'model': Problem}})",
    ]
    assert "@app.get('/', responses={404: {}})" in made(documented, names="responses")


def test_what_python_compiles_to_the_same_code_is_no_mutant():
    loop = "for a in b:\n    try:\n        f(a)\n    except E:\n        continue\n"
    assert made(loop, "handler") == []
    assert made(f"{loop}    g(a)", "handler") == ["pass"]
    assert made("def f():\n    assert a == 1", "compare") == ["assert a != 1"]


def test_a_log_call_is_removed_only_where_the_brief_speaks_of_logs():
    assert made("log.info(1)", "statement") == []
    assert made("log.info(1)", "statement", logging=True) == ["pass"]
    handler = "try:\n    f()\nexcept E:\n    log.info(1)"
    assert made(handler, "handler") == []
    assert made(handler, "handler", logging=True) == ["pass"]
    assert made(f"{handler}\n    g()", "handler") == ["pass"]


def test_an_assignment_without_which_a_module_does_not_import_stays():
    assert made("a = f()\nb(a)", "statement") == ["pass"]
    assert made("app = FastAPI()", "statement") == []


def test_arguments_whose_order_is_all_the_same_are_not_swapped():
    assert made("a = max(b, c)\nd = compare_digest(e, f)\ng = h(i, j)", "swap") == ["g = h(j, i)"]
    assert made("async def f():\n    await gather(a, b)", "swap") == []
    assert made("async def f():\n    return await gather(a, b)", "swap") == ["return await gather(b, a)"]


def test_what_pytest_calls_its_cases_is_left_alone():
    cases = "@mark.parametrize('a', [1, 2], ids=['x', 'y'])\n"
    assert {"ids=['x', 'y']" in line for line in made(f"{cases}def f(a): pass")} == {True}


def test_the_host_of_a_client_of_the_app_itself_is_left_alone():
    assert made("AsyncClient(transport=ASGITransport(app), base_url='http://a')", "string") == []
    assert len(made("AsyncClient(base_url='http://a')", "string")) == 1


def test_a_large_number_is_not_meant_to_the_unit_unless_the_brief_names_it():
    assert made("NOBODY = 999_999_999", "number") == []
    assert len(made("NOBODY = 999_999_999", "number", numbers=frozenset({"999999999"}))) == 2
    assert len(made("LIMIT = 1_048_576", "number")) == len(made("LIMIT = 99_999", "number")) == 2


def test_a_time_that_the_brief_does_not_name_may_be_another_and_may_not_be_gone():
    source = "a = f(timeout=3)\ngraceful_timeout = 7\n"
    assert made(source, "number") == []
    assert made(source, "keyword") == ["a = f()"]
    assert made(source, "statement") == ["pass", "pass"]
    assert made("a = f(timeout=3, retries=2)", "number") == ["a = f(timeout=3, retries=3)", "a = f(timeout=3, retries=1)"]
    text = "a = f(timeout=3)\n"
    named = [mutant.text for mutant in mutants_of(text, Fixed(seconds=frozenset({3.0}))) if mutant.operator == "number"]
    assert named == ["a = f(timeout=4)\n", "a = f(timeout=2)\n"]


def test_no_and_nothing_are_the_same_to_who_asks_for_the_truth():
    plain = """
        def is_alive() -> bool:
            try:
                return ask()
            except OSError:
                return False
    """
    assert made(plain, "none") == ["return None"]
    assert made(plain, "handler") == []
    # A client sees the difference.
    route = '@app.get("/a")\ndef alive() -> bool:\n    return False'
    assert made(route, "none") == ["return None"]
    assert made("def f():\n    return False", "none") == ["return None"]


def test_what_goes_into_an_error_s_text_is_left_alone():
    # A separator is not what the brief quotes, wherever it stands there.
    assert made('raise E("; ".join(a))', "string", quotes='`{"a; ": "b"}`') == []
    assert made('raise E(", ".join(f"{a}!" for a in b))', "string") == []
    assert made("a = [f\"{e['loc']}: {e['msg']}\" for e in b]", "string") == []
    assert made("a = [f\"{e['loc']}: {e['kind']}\" for e in b]", "string") != []
    # A status and headers are no text.
    assert made('raise HTTPException(429, "slow", {"Retry-After": f"{a}"})', "string", names="Retry After") == [
        'raise HTTPException(429, "slow", {"Retry-AfterX": f"{a}"})',
        'raise HTTPException(429, "slow", {"Retry-After": f"{a}X"})',
    ]


def test_what_a_log_or_an_error_shows_is_left_alone_unless_the_brief_speaks_of_logs():
    assert made('accesslog = "-"') == []
    assert made('accesslog = "-"', logging=True) == ["pass", 'accesslog = "-X"']
    assert made("a = e.errors(include_url=False)", "number") == made("a = e.errors(include_url=False)", "keyword") == []
    assert made("a = {'WWW-Authenticate': 'Basic realm=\"x\"'}", "string", names="WWW Authenticate") == [
        "a = {'WWW-AuthenticateX': 'Basic realm=\"x\"'}"
    ]


def test_a_page_of_the_docs_without_a_schema_is_none_anyway():
    assert made("a = {'docs_url': None, 'openapi_url': None}") == [
        "pass",
        "a = {'docs_url': None}",
        "a = {'docs_url': None, 'openapi_urlX': None}",
    ]
    assert made("app = FastAPI(redoc_url=None, openapi_url=None)", "keyword") == ["app = FastAPI(redoc_url=None)"]
    assert made("app = FastAPI(redoc_url=None, openapi_url=x)", "keyword") == [
        "app = FastAPI(openapi_url=x)",
        "app = FastAPI(redoc_url=None)",
    ]


def test_utf_8_is_the_encoding_anyway():
    assert made("a = open(b, encoding='utf-8')") == ["pass"]
    assert made("a = open(b, encoding='latin-1')", "keyword") == ["a = open(b)"]


def test_what_only_the_database_or_a_thread_is_told_is_left_alone():
    assert made("a = mapped_column(String(50), index=True)", "number") == []
    assert made("a = mapped_column(String(50), index=True)", "keyword") == []
    assert made("a = mapped_column(index=True)", "keyword", names="index") == ["a = mapped_column()"]
    assert made("class A:\n    __tablename__ = 'as'", "string") == []
    assert made("class A:\n    __tablename__ = 'as'", "string", names="as") == ["__tablename__ = 'asX'"]
    assert made("a = Thread(target=b, name='c')", "keyword") == ["a = Thread(name='c')"]
    assert made("a = secrets.token_bytes(16)", "number") == []
    assert made("a = hashlib.scrypt(b, n=2**14)", "number") == []
    assert len(made("a = hashlib.scrypt(b, n=2**14)", "number", names="scrypt")) == 4


def test_how_long_something_lasts_is_left_alone_unless_the_brief_names_it():
    for text in ("LIFETIME = 60", "a = timedelta(minutes=1)", "a = {'timeout': 60}"):
        assert made(text, "number") == []
        assert len(made(text, "number", seconds=frozenset({60.0}))) == 2
    assert made("a = timedelta(minutes=1)", "number", numbers=frozenset({"1"})) == []
    assert len(made("a = timedelta(minutes=2)", "number", numbers=frozenset({"2"}))) == 2
    assert len(made("LIFETIME = 60", "number", numbers=frozenset({"60"}))) == 2
    assert len(made("LIMIT = 60", "number")) == 2


def test_every_mutant_is_another_module_and_compiles():
    text = "def f(a, b):\n    if a and not b:\n        return [a, b, 0, 1]\n    raise E(a, b)\n"
    found = [mutant.text for mutant in mutants_of(text, Fixed())]
    assert len(set(found)) == len(found) > 10
    for changed in found:
        compile(changed, "x", "exec")


def test_a_mutant_changes_one_place_and_knows_its_line():
    text = "# kept\nx = 1\n\n\ndef f( a ):  # also kept\n    return a+2\n"
    by_line = {mutant.line: mutant.text for mutant in mutants_of(text, Fixed())}
    assert set(by_line) == {2, 6}
    for changed in by_line.values():
        assert "# kept\n" in changed
        assert "def f( a ):  # also kept\n" in changed
