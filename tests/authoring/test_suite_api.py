"""docs/suite-api.md: every public name is in it, and every example on it runs."""

from __future__ import annotations

import inspect
import json
import random
import re
import subprocess
import sys

import pytest

import gradewright.suite as api
from gradewright.content.pack_file import SUITE_API

pytestmark = pytest.mark.engine

FENCE = re.compile(r"^```python(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def page(repository):
    return (repository / "docs/suite-api.md").read_text()


def public_members(kind):
    """Return what a class of ours defines for others, without what httpx, random or exceptions define."""
    own = [base for base in kind.__mro__ if base.__module__.startswith("gradewright")]
    return sorted({name for base in own for name in vars(base) if not name.startswith("_")})


def test_every_name_and_every_public_member_is_documented(page):
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", page)).replace("*", "")))
    missing = [name for name in api.__all__ if name not in words]
    for name in api.__all__:
        kind = getattr(api, name)
        if inspect.isclass(kind):
            missing += [f"{name}.{member}" for member in public_members(kind) if member not in words]
    assert missing == []


@pytest.mark.parametrize("kind", ["AppHandle", "Expect", "Nonce"])
def test_arguments_are_documented_as_they_are(page, kind):
    """Each method that a table shows with arguments has exactly these, in this order, with these defaults."""
    shown = dict(reversed(re.findall(r"`(?:nonce\.)?(\w+)(\([^`]*\))`", page)))
    checked = 0
    for name in public_members(getattr(api, kind)):
        method = getattr(getattr(api, kind), name)
        if name in shown and inspect.isfunction(method) and not name.startswith(("get", "set", "seed")):
            # The page writes large numbers with an underscore, and leaves types out.
            parameters = [
                each.replace(annotation=inspect.Parameter.empty) for each in inspect.signature(method).parameters.values()
            ]
            wanted = str(inspect.Signature(parameters[1:])).replace("'", '"')
            assert shown[name].replace("_", "") == wanted.replace("_", ""), name
            checked += 1
    assert checked >= 2


def test_every_fixture_is_documented(page):
    from gradewright.suite.authors import FIXTURES
    from gradewright.suite.plugin import GradePlugin

    defined = {name for name, value in vars(GradePlugin).items() if type(value).__name__ == "FixtureFunctionDefinition"}
    assert defined == set(FIXTURES)
    for name in FIXTURES:
        assert f"| `{name}` |" in page


def test_every_public_name_has_a_docstring():
    for name in api.__all__:
        assert inspect.getdoc(getattr(api, name)), name


def test_all_names_can_be_imported_and_no_other_is_made_up():
    assert sorted(api.__all__) == api.__all__
    with pytest.raises(AttributeError, match="has no attribute 'Clinet'"):
        _ = api.Clinet


def test_the_page_says_which_version_this_is(page):
    assert f"This is version **{SUITE_API}**." in page
    assert f"| {SUITE_API} |" in page


def test_every_example_earns_its_points(page, make_root, make_app, grade):
    found = FENCE.findall(page)
    named = {name: source for name, source in found if name}
    examples = [source for name, source in found if not name]
    assert set(named) == {"app.py", "worker/store.py"}
    assert len(examples) >= 8
    extra = 'grants = ["exec", "upstream"]\n'
    root = make_root("\n\n".join(examples), provided={"store.py": named["worker/store.py"]}, extra=extra)
    done = grade("--root", root, "01", make_app(named["app.py"]), "--json")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert (done.verdict["state"], lost) == ("graded", {}), done.verdict["problem"]
    assert len(done.verdict["points"]) >= 11


# Types


@pytest.fixture
def typed_suite(page, tmp_path):
    """A suite with annotations, as an author would write it, in a folder of its own."""
    (tmp_path / "suite").mkdir()
    for number, (name, source) in enumerate(FENCE.findall(page)):
        if not name:
            typed = source.replace("new_client, expect", "new_client: Callable[..., Client], expect")
            added = "from collections.abc import Callable\n" if "Callable" in typed and "import Callable" not in typed else ""
            (tmp_path / "suite" / f"test_example_{number}.py").write_text(added + typed)
    return tmp_path / "suite"


def test_a_suite_with_annotations_passes_mypy_strict(typed_suite):
    """All examples pass, and a wrong argument beside them is found, so that passing means something."""
    wrong = "from gradewright.suite import Nonce\n\n\ndef test(nonce: Nonce) -> None:\n    nonce.tokens('three')\n"
    (typed_suite / "test_wrong.py").write_text(wrong)
    words = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", "", str(typed_suite)]
    done = subprocess.run(words, cwd=typed_suite.parent, capture_output=True, text=True)
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert len(errors) == 1, done.stdout
    assert "test_wrong.py:5" in errors[0]
    assert "[arg-type]" in errors[0]


def test_a_suite_with_annotations_passes_pyright_strict(typed_suite):
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["suite"]}
    (typed_suite.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    words = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(words, cwd=typed_suite.parent, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["summary"]["filesAnalyzed"] >= 8
    assert [(item["file"].rpartition("/")[2], item["message"]) for item in found["generalDiagnostics"]] == []


def test_a_nonce_is_a_random(page):
    """What the page says of it."""
    nonce = api.Nonce(b"k" * 16, "test")
    assert isinstance(nonce, random.Random)
    assert re.fullmatch(r"[a-z][a-z0-9]{9}", nonce())
