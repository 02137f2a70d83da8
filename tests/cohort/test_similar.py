"""`grade similar`: finds disguised copies, leaves independent work alone, says nothing where there is too little to say."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import zipfile

import pytest

from gradewright.cohort.similarity import overlaps
from gradewright.cohort.similarity.tokens import MAX_TOKENS, NAME, TEXT, TooMuch, Vocabulary, read

pytest.importorskip("diffinite", reason="the extra `similar` is not installed")

SLUG = "19-login"


@pytest.fixture
def copies(repository, monkeypatch):
    """The transformer that `python -m benchmarks similarity` measures with."""
    monkeypatch.syspath_prepend(repository)
    from benchmarks import copies

    return copies


@pytest.fixture
def root(repository, tmp_path):
    """A content root with 19-login, less one of its solutions: that one is nobody's published work."""
    root = tmp_path / "root"
    for part in ("exercises", "starter", "graders"):
        shutil.copytree(repository / part / SLUG, root / part / SLUG, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(root / "graders" / SLUG / "solutions" / "scrypt_class")
    return root


@pytest.fixture
def original(repository):
    folder = repository / "graders" / SLUG / "solutions" / "scrypt_class"
    return {path.name: path.read_text() for path in folder.glob("*.py")}


@pytest.fixture
def similar(grade, root, tmp_path):
    def run(subs, *arguments, as_json=True):
        done = grade("--root", root, *(["--json"] if as_json else []), "similar", subs, "-e", "19", *arguments)
        assert done.code == 0, done.err
        return json.loads(done.out) if as_json else done.out

    return run


def lay(folder, sources):
    folder.mkdir(parents=True)
    for name, text in sources.items():
        (folder / name).write_text(text)


def words(source, text="", name="app.py"):
    return [" ".join(line.tokens) for line in read({name: source}, Vocabulary.of([text]))]


ONE = """
# note
'A docstring.'
from fastapi import Depends as D, HTTPException

def check(token: str):
    if token != "sesam":
        raise HTTPException(401, "no")
    return D(
        check,
    )
"""
OTHER = """
from fastapi import Depends, HTTPException as Fail
def look(word: str):
  if word != 'open':
    raise Fail(401,'x')
  return Depends(look)
"""


def test_own_names_texts_and_layout_are_left_out_and_the_rest_stays():
    one, other = ONE, OTHER
    assert words(one) == words(other)
    assert words(one)[1] == f"if {NAME} != {TEXT} :"
    assert "raise HTTPException ( 401 , " in words(one)[2]
    assert words("def paging(skip): pass", "The function `paging`.") == [f"def paging ( {NAME} ) : pass"]
    assert words('x = "let-me-in"', "X-Token is let-me-in") == [f"{NAME} = {TEXT}let-me-in"]


def test_the_library_hashes_runs_of_tokens_the_same_in_every_process():
    from diffinite.fingerprint import rolling_hash

    tokens = "def f ( a ) : return a".split()
    assert len(rolling_hash(tokens, 5)) == len(tokens) - 4
    assert rolling_hash(tokens, 5)[2:] == rolling_hash(tokens[2:], 5)
    assert rolling_hash(["x", "def", "f"], 2)[1:] == rolling_hash(["def", "f"], 2)
    assert rolling_hash(["one", "two"], 2) == [1857618659651068811]
    assert rolling_hash(["one"], 5) == []


def test_modules_of_the_submission_are_its_authors_words():
    found = read({"app.py": "from deps import find\nfrom .deps import see\nfind(see)\n", "deps.py": "x = 1\n"}, Vocabulary())
    assert [" ".join(line.tokens) for line in found if line.file == "app.py"] == [f"{NAME} ( {NAME} )"]


def test_half_a_file_counts_as_far_as_it_goes_and_a_huge_one_is_given_up():
    assert words("a = 1\n\x00")[0] == f"{NAME} = 1"
    assert words("a = 1\nb = (2,\n")[0] == f"{NAME} = 1"
    assert words("a = 1\n'''never closed\n")[0] == f"{NAME} = 1"
    with pytest.raises(TooMuch):
        read({"app.py": "a = 1\n" * MAX_TOKENS}, Vocabulary())


def test_disguised_copies_are_listed_and_independent_work_is_not(similar, original, copies, repository, tmp_path):
    subs = tmp_path / "subs"
    told = [repository / "exercises" / SLUG / "README.md", *(repository / "starter" / SLUG).glob("*.py")]
    fixed = Vocabulary.of(path.read_text() for path in told).names
    lay(subs / "ada", original)
    for name, kind in {"bob": "renamed", "cyd": "reordered", "dan": "renamed and reordered"}.items():
        lay(subs / name, copies.disguise(original, kind, fixed, name))
    for wrong in ("eva", "fay"):
        lay(subs / wrong, {"app.py": (repository / f"graders/{SLUG}/solutions/from_brief/app.py").read_text()})
    found = similar(subs)
    assert found["format"] == "gradewright/similarity/v1"
    assert {(pair["first"], pair["second"]) for pair in found["pairs"]} >= {("ada", "bob"), ("ada", "cyd"), ("ada", "dan")}
    assert all({pair["first"], pair["second"]} <= {"ada", "bob", "cyd", "dan"} for pair in found["pairs"])
    # Whoever took a published solution has nothing of his own left, and neither is he held against others who did.
    assert [one["submission"] for one in found["not_compared"]] == ["eva", "fay"]
    assert "reference solutions are taken away" in found["not_compared"][0]["why"]
    assert (found["submissions"], found["compared"], found["solutions"]) == (6, 4, 2)
    assert found["limit"] == pytest.approx(overlaps.Calibration(tuple(found["independent"])).limit, abs=1e-3)


@pytest.mark.engine
def test_on_the_catalogue_it_finds_copies_and_the_shipped_limits_are_those_that_fit(repository):
    command = [sys.executable, "-m", "benchmarks", "similarity", "--runs", "1", "--json"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=600)
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert found["reach"] == pytest.approx(found["reach_fitted"], abs=0.05)
    assert found["usual"] == pytest.approx(found["usual_fitted"], abs=0.05)


def test_what_everybody_got_can_be_named(similar, original, tmp_path):
    lay(tmp_path / "subs" / "ada", original)
    lay(tmp_path / "subs" / "bob", original)
    lay(tmp_path / "lesson", original)
    assert len(similar(tmp_path / "subs")["pairs"]) == 1
    found = similar(tmp_path / "subs", "--given", tmp_path / "lesson")
    assert (found["pairs"], len(found["not_compared"])) == ([], 2)


def test_every_kind_of_submission_is_taken_in_as_a_batch_does(similar, original, root, tmp_path):
    subs = tmp_path / "subs"
    lay(subs / "ada", original)
    with zipfile.ZipFile(subs / "bob.zip", "w") as archive:
        archive.writestr("__MACOSX/._app.py", "x")
        for name, text in original.items():
            archive.writestr(f"answer/{name}", text)
    (subs / "cyd").mkdir()
    (subs / "cyd" / "app.py").symlink_to(root / "graders" / SLUG / "solutions" / "from_brief" / "app.py")
    (subs / "dan.zip").write_bytes(b"PK\x03\x04 no archive")
    lay(subs / "eva", {"app.py": "x = 1\n" * 30_000})
    (subs / "notes.txt").write_text("none")
    found = similar(subs)
    assert [(pair["first"], pair["second"]) for pair in found["pairs"]] == [("ada", "bob")]
    why = {one["submission"]: one["why"] for one in found["not_compared"]}
    assert set(why) == {"cyd", "dan", "eva"}
    assert "more source" in why["eva"]


def test_nothing_of_a_submission_runs(similar, original, tmp_path):
    trap = tmp_path / "ran"
    code = f"open({str(trap)!r}, 'w')\n"
    lay(tmp_path / "subs" / "ada", {**original, "conftest.py": code, "sitecustomize.py": code, "tokenize.py": code})
    lay(tmp_path / "subs" / "bob", {name: code + text for name, text in original.items()})
    similar(tmp_path / "subs")
    assert not trap.exists()


def test_the_page_shows_both_sides_as_text_and_accuses_nobody(similar, original, tmp_path):
    nasty = "\n# </code><script>alert(1)</script>\u202e\x1b[31m\n"
    lay(tmp_path / "subs" / "ada", {name: text + nasty for name, text in original.items()})
    lay(tmp_path / "subs" / "bob", original)
    target, table = tmp_path / "similar.html", tmp_path / "pairs.csv"
    out = similar(tmp_path / "subs", "-o", target, "--csv", table, as_json=False)
    assert "1 pair to review" in out
    page = target.read_text(encoding="utf-8")
    assert page.count('<li class="hit">') > 20
    assert "ada and bob" in page
    assert "<script>" not in page
    assert "\x1b" not in page
    assert not [word for word in ("cheat", "plagiar", "guilt", "suspect") if word in (page + out).lower()]
    with table.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["first"], row["second"], row["status"]) == ("ada", "bob", "review")


def test_the_cohort_report_lists_the_pairs_by_the_names_that_it_uses(grade, similar, original, verdict, put, tmp_path):
    for name in ("ada", "bob"):
        lay(tmp_path / "subs" / name, original)
        put(tmp_path / "out", name, verdict("111111", exercise=SLUG))
    document, target = tmp_path / "similar.json", tmp_path / "cohort.html"
    document.write_text(json.dumps(similar(tmp_path / "subs")))
    done = grade("cohort", tmp_path / "out", "-o", target, "--similar", document)
    assert done.code == 0, done.err
    page = target.read_text()
    assert "Similar pairs, to review" in page
    assert "ada and bob" in page
    done = grade("cohort", tmp_path / "out", "-o", target, "--similar", document, "--anonymous")
    assert done.code == 0, done.err
    assert "ada" not in target.read_text().split("h-sim")[1]
    shutil.rmtree(tmp_path / "out" / "bob")
    done = grade("cohort", tmp_path / "out", "-o", target, "--similar", document)
    assert done.code == 2
    assert "names bob, which has no result here" in done.err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "gradewright/verdict/v1"}', "\x00"])
def test_a_file_without_findings_is_refused(grade, verdict, put, tmp_path, text):
    put(tmp_path / "out", "ada", verdict("111111"))
    (tmp_path / "similar.json").write_text(text)
    done = grade("cohort", tmp_path / "out", "--similar", tmp_path / "similar.json")
    assert done.code == 2
    assert "holds no findings" in done.err


def test_without_reference_solutions_the_average_counts_and_is_said(similar, root, original, tmp_path):
    shutil.rmtree(root / "graders" / SLUG / "solutions")
    lay(tmp_path / "subs" / "ada", original)
    lay(tmp_path / "subs" / "bob", original)
    out = similar(tmp_path / "subs", "-o", tmp_path / "page.html", as_json=False)
    assert "no reference solutions here to calibrate by" in out
    assert "ada and bob" in out
    assert "has no reference solutions" in (tmp_path / "page.html").read_text()


def test_without_the_extra_the_command_says_what_to_install(repository, tmp_path):
    code = "import sys; sys.modules['diffinite'] = None\nfrom gradewright.commands.main import run\nsys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "similar", str(tmp_path), "-e", "07"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "pip install 'gradewright[similar]'" in done.stderr
