"""Help, completion, and suggestions for what was misspelt."""

import os
import re
import shutil
import subprocess
import sys

import click
import pytest

from gradewright.commands.cli import COMMANDS, cli


def commands():
    """Return every command and subcommand as its words."""
    found = [()]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, each) for each in command.commands]
    return found


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words) or "grade")
def test_help_has_an_example_that_begins_with_the_command(words):
    command = cli
    for word in words:
        command = command.get_command(click.Context(cli), word)
    text = " ".join(re.sub(r"[\b]", "", command.help or "").split())
    example = re.search(r"For example: (grade .*)", text)
    assert example, "say 'For example: grade …' at the end of its docstring"
    if words not in ((), ("run",), ("author",)):
        assert example[1].startswith(f"grade {' '.join(words)}"), example[1]


def test_help_is_printed_at_80_columns(grade):
    for words in (["--help"], ["run", "-h"], ["export", "--help"], ["author", "--help"]):
        done = grade(*words)
        assert done.code == 0
        assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["07-dependz"], "did you mean 07-depends?"),
        (["dependz"], "did you mean depends?"),
        (["intervew"], "did you mean interview?"),
        (["exprot"], "did you mean export?"),
        (["nextt"], "did you mean next?"),
        (["author", "chek"], "'check'"),
        (["list", "--jsn"], "'--json'"),
        (["explain", "07", "runs-frist"], "did you mean runs-first?"),
        (["interview", "07-dependz"], "did you mean 07-depends?"),
    ],
)
def test_did_you_mean(grade, arguments, hint):
    done = grade(*arguments)
    assert done.code == 2
    assert hint in done.err


def completed(*words, folder):
    env = {**os.environ, "_GRADE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run([sys.executable, "-m", "gradewright"], cwd=folder, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("grade", "07"), ["07-depends"]),
        (("grade", "exp"), ["explain", "export"]),
        (("grade", "watch", "07"), ["07-depends"]),
        (("grade", "hint", "07", "P1"), ["P1"]),
        (("grade", "export", "r.json", "--format", "g"), ["gradescope", "github"]),
        (("grade", "nonsense", "07"), []),
        (("grade", "hint", "nonsense", "P"), []),
    ],
)
def test_completion(tmp_path, words, found):
    assert completed(*words, folder=tmp_path) == found


def in_shell(folder, shell, *words):
    """Run a shell in which `grade` is this one."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} on this machine")
    program = folder / "grade"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gradewright "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder), "ZDOTDIR": str(folder)}
    return subprocess.run([shell, *words], env=env, capture_output=True, text=True)


def test_the_script_works_in_bash(grade, tmp_path):
    script = grade("completion", "bash").out
    shell = f'{script}\nCOMP_WORDS=(grade 07)\nCOMP_CWORD=1\n_grade_completion grade\necho "${{COMPREPLY[@]}}"'
    done = in_shell(tmp_path, "bash", "-c", shell)
    assert done.stdout.split() == ["07-depends"], done.stderr


def test_the_script_works_in_fish(grade, tmp_path):
    done = in_shell(tmp_path, "fish", "-c", f"{grade('completion', 'fish').out}\ncomplete -C 'grade 07'")
    assert done.stdout.split() == ["07-depends"], done.stderr


def test_the_script_works_in_a_zsh_that_has_set_nothing_up(grade, tmp_path):
    """What Tab shows needs a terminal; that the command is registered does not."""
    shell = f"{grade('completion', 'zsh').out}\nprint $_comps[grade]"
    done = in_shell(tmp_path, "zsh", "-f", "-c", shell)
    assert (done.stdout.split(), done.stderr) == (["_grade_completion"], "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_every_shell(grade, shell):
    named, known = grade("completion", shell), grade("completion", env={**os.environ, "SHELL": f"/usr/bin/{shell}"})
    assert named.code == 0
    assert f"{shell}_complete" in named.out
    assert known.out == named.out


def test_an_unknown_shell_is_told(grade):
    done = grade("completion", env={**os.environ, "SHELL": "/bin/tcsh"})
    assert done.code == 2
    assert "grade completion bash|zsh|fish" in done.err


def test_json_is_json_in_any_encoding(grade):
    import json

    for encoding in ("ascii", "iso8859-1", "cp437"):
        done = grade("--json", "brief", "07", env={**os.environ, "PYTHONIOENCODING": encoding})
        assert done.code == 0, done.err
        assert json.loads(done.out)["brief"].startswith("# 07")
