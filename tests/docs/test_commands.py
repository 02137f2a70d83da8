"""Every command that the pages show exists, with its options; and those that can be run here, run."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", *(f"docs/{name}.md" for name in ("guide", "screening", "authoring", "packs")))
#: What pages put in the place of a value.
PLACEHOLDERS = {"[PATH]": "", "[07-depends]": "", "SUBMISSION": "07-depends", "FOLDER": "acme", "…": ""}
#: What ends otherwise than well where the prepared folder has nothing better to offer: its exercises are unfinished.
CODES = {"author check": (0, 4), "author mutate": (0, 4), "author transforms": (0, 4)}


def shown() -> list[str]:
    """Return every command of the program that a page shows, in prose, in tables and in blocks."""
    found: dict[str, None] = {}
    for name in PAGES:
        text = (REPOSITORY / name).read_text()
        blocks = "\n".join(re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
        for code in re.findall(r"`(grade(?: [^`]*)?)`", prose):
            found[" ".join(code.split())] = None
        for line in blocks.splitlines():
            for part in re.split(r"&&", line):
                if part.strip().startswith("grade "):
                    found[part.strip()] = None
    return list(found)


def words_of(command: str) -> list[str]:
    """Return a command's arguments, without redirections and with values for placeholders."""
    text = re.split(r" >+ ", command)[0]
    for placeholder, value in PLACEHOLDERS.items():
        text = text.replace(placeholder, value)
    # `--seed …` and the like stand for a value that the reader has.
    words = shlex.split(text)[1:]
    return words[:-1] if words and words[-1] == "--seed" else words


def resolve(words: list[str]) -> click.Context:
    """Return Click's context for the innermost command, with every option parsed. Raises UsageError."""
    from gradewright.commands.cli import cli
    from gradewright.commands.context import Context

    context = cli.make_context("grade", list(words), obj=Context())
    command: click.Command = cli
    while isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        context = found.make_context(name, rest, parent=context)
        command = found
    return context


def is_only_a_name(words: list[str]) -> bool:
    """Return whether prose names a command (`grade batch`) without what it needs."""
    return all(re.fullmatch(r"[a-z-]+", word) for word in words)


@pytest.mark.parametrize("command", shown())
def test_every_command_that_is_shown_exists_with_its_options(command, tmp_path, monkeypatch):
    words = words_of(command)
    here = tmp_path / "here"
    for pack, slug in ((tmp_path / "acme", "01-orders"), (here / "acme", "01-shipping")):
        for tree in ("exercises", "starter", "graders"):
            (pack / tree / slug).mkdir(parents=True)
        (pack / "pack.toml").write_text('name = "acme"\napi = 1\n')
        (pack / "exercises" / slug / "exercise.toml").touch()
    monkeypatch.chdir(here)
    monkeypatch.setenv("GRADEWRIGHT_PACKS", str(tmp_path / "acme"))
    try:
        resolve(words)
    except click.MissingParameter:
        assert is_only_a_name(words), command
    except click.UsageError as error:
        if not (is_only_a_name(words) and "No such command" not in str(error)):
            raise


def test_the_check_above_notices_a_wrong_option():
    with pytest.raises(click.UsageError):
        resolve(["bundle", "07-depends", "--otu", "kata.zip"])


# Running them


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A folder in which the commands of the pages make sense: an answer, its verdict, a batch, packs."""
    home = tmp_path_factory.mktemp("reader")
    here = home / "here"
    here.mkdir()
    solution = REPOSITORY / "graders/07-depends/solutions/annotated"
    shutil.copytree(solution, here / "07-depends")
    shutil.copytree(solution, here / "subs/ada")
    done = execute(["07-depends", "--json"], here)
    assert done.returncode == 0, done.stderr
    (here / "result.json").write_text(done.stdout)
    for words in (
        ["batch", "subs/", "-e", "07-depends", "-o", "out/", "--profile", "kata"],
        ["author", "new", "01-orders", "--pack", "../acme"],
        ["author", "new", "01-shipping", "--pack", "acme"],
    ):
        done = execute(words, here)
        assert done.returncode == 0, done.stderr
    return here


def execute(words, folder, timeout=300):
    command = [sys.executable, "-m", "gradewright", *words]
    packs = "../acme" if (folder.parent / "acme").is_dir() else ""
    environment = {**os.environ, "HOME": str(folder.parent), "GRADEWRIGHT_PACKS": packs}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout, input="")


#: Commands that prose names without what they need.
NEEDS_MORE = ("batch", "bundle", "verify", "author", "author check", "start", "cohort", "report", "export", "similar", "hint")
#: Those that do not grade. The rest runs with the marker `catalogue`, but for `--all`, which CI runs itself.
QUICK = ("list", "brief", "hint", "explain", "doctor", "completion", "bundle", "cohort", "report", "export", "interview")


def runnable(*, quick: bool) -> list[str]:
    found = []
    for command in shown():
        words = words_of(command)
        if "--all" in words or "watch" in words or "dask" in words or (words and words[0] == "similar"):
            continue
        if " ".join(words) in NEEDS_MORE:
            continue
        # What another page's files are needed for runs where that page is followed.
        if "screen.toml" in words or "adj.csv" in words or "similar.json" in words:
            continue
        if (bool(words) and next((w for w in words if not w.startswith("-")), "") in QUICK) == quick:
            found.append(command)
    return found


@pytest.mark.parametrize("command", runnable(quick=True))
def test_a_command_that_does_not_grade_runs(command, prepared):
    done = execute(words_of(command), prepared)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.catalogue
@pytest.mark.parametrize("command", runnable(quick=False))
def test_a_command_that_grades_runs(command, prepared):
    words = words_of(command)
    if words[:1] in (["start"], ["next"], ["bundle"]) or words[:2] == ["author", "new"]:
        pytest.skip("run where its page is followed, in an empty folder")
    words += ["--profile", "kata"] if words[:1] == ["batch"] and "--profile" not in words else []
    words = ["kata" if word == "screen" else word for word in words]
    done = execute(words, prepared, timeout=900)
    assert done.returncode in CODES.get(" ".join(words[:2]), (0, 1)), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# Pages whose blocks are run one after the other


def test_every_page_with_commands_is_run_by_a_test(repository):
    """README and guide here, screening in tests/cohort; security's are about containers."""
    with_commands = {
        page.name
        for page in [*repository.glob("*.md"), *repository.glob("docs/**/*.md")]
        if re.search(r"^```\n(?:.*\n)*?(?:grade|python3|mkdir|docker) ", page.read_text(), re.MULTILINE)
    }
    assert with_commands <= {
        "README.md",
        "CONTRIBUTING.md",
        "guide.md",
        "packs.md",
        "screening.md",
        "authoring.md",
        "security.md",
    }


def test_the_commands_of_packs_run(steps, follow, prepared, tmp_path):
    shutil.copytree(prepared.parent / "acme", tmp_path / "acme")
    commands = [step for step in steps("docs/packs.md") if step.is_command and step.text.startswith("grade")]
    assert len(commands) == 1
    lines = [line for line in commands[0].text.splitlines() if not line.startswith("grade 01-orders")]
    output = follow([type(commands[0])("", "", "\n".join(lines))])
    assert "01-orders" in output


def test_the_commands_of_the_guide_run(steps, follow, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config/fish/completions").mkdir(parents=True)
    follow([step for step in steps("docs/guide.md") if step.is_command])
    assert "grade" in (tmp_path / ".bashrc").read_text()


# CONTRIBUTING.md: what it names is there; CI runs it


def test_what_contributing_names_is_there(repository):
    import tomllib

    text = (repository / "CONTRIBUTING.md").read_text()
    settings = tomllib.loads((repository / "pyproject.toml").read_text())
    markers = {marker.partition(":")[0] for marker in settings["tool"]["pytest"]["ini_options"]["markers"]}
    table = re.findall(r"^\| [^|]+ \| `([^`]+)` \|$", text, re.MULTILINE)
    assert len(table) >= 12
    for command in table:
        words = command.split()
        if words[:3] == ["python", "-m", "pytest"]:
            marked = [after for word, after in itertools.pairwise(words[2:]) if word == "-m"]
            assert set(marked) <= markers, command
            assert all((repository / word).is_dir() for word in words if word.startswith("tests/")), command
        elif words[0] != "grade" and words[:2] != ["python", "-m"]:
            assert (repository / words[0]).exists() or (Path(sys.executable).with_name(words[0])).exists(), command
    assert "-m benchmarks cold" in text
    assert (repository / "benchmarks/__main__.py").is_file()
