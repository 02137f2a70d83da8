"""`grade author new` and `preview`, and what `check` says to an author whose exercise is not finished or not right."""

from __future__ import annotations

import json
import re
import shutil

import pytest

pytestmark = pytest.mark.engine

BRIEF = '# Hello\n\n`GET /hello/{name}` answers `{"hello": name}`.\n'
TEST = """    name = nonce()
    reply = client.get(f"/hello/{name}")
    expect.json(reply, {"hello": name}, "GET /hello/{name} should greet that name.")
"""
HANDLER = '@{}.get("/hello/{{name}}")\n{} hello(name: str):\n    return {{"hello": name}}\n'


@pytest.fixture
def pack(grade, tmp_path):
    """A pack with the skeleton of 01-hello."""
    done = grade("author", "new", "01-hello", "--pack", tmp_path / "acme")
    assert done.code == 0, done.err
    return tmp_path / "acme"


def fill_in(pack):
    """Do what an author does: fill in the four places."""
    toml = pack / "exercises/01-hello/exercise.toml"
    toml.write_text(toml.read_text().replace("FILL IN 1 of 4: ", ""))
    (pack / "exercises/01-hello/README.md").write_text(BRIEF)
    suite = pack / "graders/01-hello/suite/test_01_hello.py"
    suite.write_text(suite.read_text().partition("    # FILL IN")[0] + TEST)
    for name, decorator, keyword in (("plain", "app", "def"), ("router", "router", "async def")):
        solution = pack / f"graders/01-hello/solutions/{name}/app.py"
        solution.write_text(re.sub(r"# FILL IN.*", HANDLER.format(decorator, keyword), solution.read_text()))


def check(grade, pack):
    (record,) = json.loads(grade("author", "check", "01", "--json", "--pack", pack).out)
    return record


# The skeleton


def test_the_skeleton_holds_once_its_four_places_are_filled_in(grade, pack):
    fill_in(pack)
    record = check(grade, pack)
    assert record["problems"] == []
    assert (record["starter_score"], len(record["solutions"]), len(record["wrong"])) == (0, 2, 1)
    assert grade("author", "mutate", "01", "--pack", pack).code == 0
    assert grade("author", "transforms", "01", "--pack", pack).code == 0


def test_new_and_check_name_each_place_in_order_and_nothing_is_graded_before(grade, tmp_path):
    pack = tmp_path / "acme"
    made = grade("author", "new", "01-hello", "--pack", pack)
    assert made.out.splitlines()[-1] == f"Then prove it: grade author check 01-hello --pack {pack}"
    done = grade("author", "check", "01-hello", "--pack", pack)
    assert (done.code, done.out.splitlines()[0]) == (4, "FAILS  01-hello: nothing was graded")
    for text in (made.out, done.out):
        assert re.findall(r"FILL IN (\d) of 4", text) == ["1", "2", "3", "4", "4"]
        assert "exercises/01-hello/README.md:3  FILL IN 2 of 4: say what to write, in full sentences." in text


def test_each_place_that_is_left_keeps_the_exercise_from_holding(grade, pack):
    skeleton = pack.parent / "skeleton"
    shutil.copytree(pack, skeleton)
    fill_in(pack)
    for place in ("exercise.toml", "README.md", "test_01_hello.py", "plain/app.py"):
        (file,) = [path for path in pack.rglob("*") if path.as_posix().endswith(place)]
        filled = file.read_text()
        file.write_text((skeleton / file.relative_to(pack)).read_text())
        assert len(check(grade, pack)["problems"]) == 1, place
        file.write_text(filled)


def test_the_pack_is_made_once_and_grows(grade, pack):
    assert (pack / "pack.toml").read_text() == 'name = "acme"\napi = 1\n'
    assert grade("author", "new", "02-bye", "--pack", pack).code == 0
    assert [entry["slug"] for entry in json.loads(grade("--root", pack, "list", "--json").out)] == ["01-hello", "02-bye"]


def test_inside_of_a_pack_none_needs_to_be_named(grade, pack):
    assert grade("author", "new", "02-bye", cwd=pack).code == 0
    assert (pack / "exercises/02-bye").is_dir()


@pytest.mark.parametrize(
    ("slug", "said", "hint"),
    [
        ("Hello World", "two digits, a hyphen and words in lower case", "grade author new 02-hello-world"),
        ("1-hello", "cannot be an exercise", "grade author new 02-hello"),
        ("hello", "cannot be an exercise", "grade author new 02-hello"),
        ("01-other", "01-hello has the number 01 already", "grade author new 02-other"),
        ("01-hello", "are there already; nothing was changed", "grade author check 01-hello"),
    ],
)
def test_a_name_that_cannot_be_is_told_with_one_that_can(grade, pack, slug, said, hint):
    before = sorted(pack.rglob("*"))
    done = grade("author", "new", slug, "--pack", pack)
    assert (done.code, said in done.err, hint in done.err) == (2, True, True), done.err
    assert sorted(pack.rglob("*")) == before


def test_without_a_pack_and_outside_of_one_it_asks_for_one(grade):
    done = grade("author", "new", "01-hello")
    assert (done.code, "--pack acme makes the folder acme" in done.err) == (2, True)


def test_a_folder_of_something_else_is_left_alone(grade, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    done = grade("author", "new", "01-hello", "--pack", tmp_path)
    assert (done.code, "is not a pack" in done.err) == (2, True)
    assert not (tmp_path / "exercises").exists()


# What is wrong with a suite


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("nonce()", "nonce(", "test_01_hello.py:8: SyntaxError: '(' was never closed"),
        ("client: Client", "cleint: Client", "test_first_point: there is no fixture 'cleint'; did you mean client?"),
        ("expect: Expect", "expect: Expect, zzz: int", "there is no fixture 'zzz'; there are app, client, expect,"),
        ('"first-point"', '"frist-point"', "which exercise.toml does not have; did you mean first-point?"),
        ('@point("first-point")\n', "", 'belongs to no point: @point("first-point") above it ties it to one'),
        ("import Client", "import Cleint", "gradewright.suite has no Cleint; did you mean Client?"),
        ("import Client", "import nothing, Client", "gradewright.suite has no nothing; did you mean"),
        ("@point", "import nothing_at_all\n\n\n@point", "test_01_hello.py:6: ModuleNotFoundError: No module named"),
        ("def test_first", "def tst_first", "the suite has no tests"),
    ],
)
def test_a_suite_that_cannot_run_is_told_by_file_line_and_name(grade, pack, old, new, said):
    fill_in(pack)
    suite = pack / "graders/01-hello/suite/test_01_hello.py"
    suite.write_text(suite.read_text().replace(old, new, 1))
    record = check(grade, pack)
    (problem,) = record["problems"]
    assert problem.startswith("the suite cannot be run: ")
    assert said in problem
    assert "Traceback" not in problem
    assert record["starter_score"] is None


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("clinet.get", "the suite raised at test_01_hello.py:9: NameError: name 'clinet' is not defined"),
        ("assert not client.get", "the suite raised at test_01_hello.py:9: AssertionError; use expect"),
    ],
)
def test_an_exception_of_the_suites_own_is_told_with_its_line_to_the_author_alone(grade, pack, new, said):
    fill_in(pack)
    suite = pack / "graders/01-hello/suite/test_01_hello.py"
    suite.write_text(suite.read_text().replace("reply = client.get" if "assert" in new else "client.get", new, 1))
    assert any(said in problem for problem in check(grade, pack)["problems"])
    learner = grade("01", pack / "graders/01-hello/solutions/plain", "--pack", pack, "--json")
    assert "test_01_hello.py" not in learner.out


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (None, 'wrong.toml is missing.  try  why = "the mistake", lost = ["first-point"]'),
        ('why = "x"\nlost = ["frist-point"]', "the exercise has no point 'frist-point'.  try  did you mean first-point?"),
        ('lost = ["first-point"]', "why is missing.  try  the mistake, in a sentence"),
        ('why = "x"\nlost = []', "lost must name a point or several"),
        ('why = "x"\nloses = ["first-point"]', "loses is not known here"),
        ('why = "x"\nlost = ["first-point"]\n[may_lose]\nfirst-point = ""', "may_lose needs a reason for each point"),
        ("why =", "wrong.toml is not TOML"),
    ],
)
def test_a_wrong_toml_that_is_wrong_says_what_it_needs(grade, pack, toml, said):
    fill_in(pack)
    file = pack / "graders/01-hello/wrong/answers-alike/wrong.toml"
    file.unlink()
    if toml is not None:
        file.write_text(toml)
    problems = check(grade, pack)["problems"]
    assert any(said in problem for problem in problems), problems


def test_a_solution_that_loses_shows_both_sides(grade, pack):
    fill_in(pack)
    solution = pack / "graders/01-hello/solutions/plain/app.py"
    solution.write_text(solution.read_text().replace('{"hello": name}', '{"hello": "you"}'))
    problems = check(grade, pack)["problems"]
    assert problems[0] == "solution plain is graded with 0 of 1"
    assert re.search(
        r'first-point: GET /hello/\{name\} should greet .* Expected \{"hello":"\w+"\}, got \{"hello":"you"\}', problems[1]
    )


# The preview


def test_the_preview_shows_brief_cards_and_a_learners_report(grade, pack, tmp_path):
    fill_in(pack)
    done = grade("author", "preview", "01", "--pack", pack, "-o", tmp_path / "pages")
    assert done.code == 0, done.err
    assert "graders/01-hello/wrong/answers-alike: graded, 0 of 1" in done.out
    page, report = ((tmp_path / "pages" / name).read_text() for name in ("index.html", "report.html"))
    assert "<code>GET /hello/{name}</code> answers" in page
    assert "what an interviewer asks about it" in page
    assert page.count("nearly the answer") == 1
    assert 'href="report.html"' in page
    assert "should greet that name" in report
    assert "<script" not in page + report


def test_the_preview_of_an_unfinished_exercise_is_shown_too_and_another_report_may_be_asked_for(grade, pack):
    done = grade("author", "preview", "01", "--pack", pack, "--of", "starter")
    assert (done.code, "starter/01-hello: graded, 0 of 1" in done.out) == (0, True)
    wrong = grade("author", "preview", "01", "--pack", pack, "--of", "solutions/none")
    assert (wrong.code, "solutions/plain" in wrong.err) == (2, True)


def test_a_brief_cannot_write_markup(grade, pack, tmp_path):
    fill_in(pack)
    brief = "# <b>One</b>\n\n- <img src=x>\n- [go](javascript:alert(1))\n\n| `a|b` | <i> |\n| --- | --- |\n"
    (pack / "exercises/01-hello/README.md").write_text(brief)
    grade("author", "preview", "01", "--pack", pack, "-o", tmp_path / "pages")
    page = (tmp_path / "pages/index.html").read_text()
    assert "&lt;img src=x&gt;" in page
    assert "<code>a|b</code>" in page
    assert "javascript:" not in page
    assert "<i>" not in page
