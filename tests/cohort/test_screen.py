"""`grade bundle --screen`: a screen settles everything, and one that is wrong says where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gradewright.cohort import screen
from gradewright.content.catalogue import Catalogue
from gradewright.errors import GradewrightError

SCREEN = """
title = "Backend screen"
minutes = 70
profile = "screen"
audience = "candidate"
seed = "9f3c51d0b8e64a17c25d90f1836b7ae2"

[[exercises]]
exercise = "07-depends"
weight = 2

[[exercises]]
exercise = "10-yield-depends"
minutes = 40
"""


def test_a_screen_settles_everything(grade, repository, tmp_path, members):
    file = tmp_path / "screen.toml"
    file.write_text(SCREEN)
    done = grade("--root", repository, "bundle", "--screen", file, "-o", tmp_path / "kata.zip")
    assert done.code == 0, done.err
    seed = "--seed 9f3c51d0b8e64a17c25d90f1836b7ae2"
    command = f"grade batch subs/07-depends -e 07-depends -o out/07-depends --profile screen --audience candidate {seed}"
    assert command in done.out
    found = members((tmp_path / "kata.zip").read_bytes())
    readme = found["README.md"].decode()
    assert readme.startswith("# Backend screen\n")
    assert "| 07-depends | Depends() | 25 | 2 |" in readme
    assert "You have 70 minutes." in readme
    assert b"9f3c51d0" not in b"".join(found.values()), "who knows the seed knows the inputs"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("weight = 2", "weight = 0"), "exercises, number 1 (07-depends), weight: input should be greater than or equal to 1"),
        (("weight = 2", "wieght = 2"), "wieght: is not known here"),
        (('profile = "screen"', 'profile = "scren"'), "profile: must be 'kata' or 'screen'"),
        (('seed = "9f', 'seed = "zz'), 'seed: is "own" or 32 hex digits'),
        (('exercise = "10-yield-depends"\n', ""), "exercises, number 2, exercise: is missing"),
        (("minutes = 70", "minutes = 60"), "The exercises take 65 minutes and the screen has 60."),
        (('"10-yield-depends"', '"depends"'), "07-depends is there twice."),
        (('"10-yield-depends"', '"10-yeild"'), "There is no exercise '10-yeild'."),
        (("[[exercises]]", "[exercises]"), "is not TOML"),
    ],
)
def test_a_screen_that_is_wrong_says_where(root, tmp_path, change, message):
    file = tmp_path / "screen.toml"
    file.write_text(SCREEN.replace(*change))
    with pytest.raises(GradewrightError) as caught:
        screen.resolve(screen.read(file), Catalogue(root))
    assert message in str(caught.value)


def test_a_screen_needs_exercises_and_the_command_one_source(grade, repository, tmp_path):
    file = tmp_path / "screen.toml"
    file.write_text("exercises = []\n")
    done = grade("--root", repository, "bundle", "--screen", file, "-o", tmp_path / "kata.zip")
    assert done.code == 2
    assert "exercises: needs at least 1; there are 0" in done.err
    for arguments in (("07", "--screen", file), ()):
        assert grade("--root", repository, "bundle", *arguments, "-o", tmp_path / "kata.zip").code == 2


PACK = Path(__file__).parents[1] / "packs" / "takehome" / "pack"


def test_a_screen_names_its_packs(grade, tmp_path, members):
    team = tmp_path / "team"
    team.mkdir()
    shutil.copytree(PACK, team / "tools")
    file = team / "screen.toml"
    file.write_text('packs = ["tools"]\n[[exercises]]\nexercise = "60-toolshed"\n[[exercises]]\nexercise = "07-depends"\n')
    done = grade("bundle", "--screen", file, "-o", tmp_path / "kata.zip")
    assert done.code == 0, done.err
    found = members((tmp_path / "kata.zip").read_bytes())
    assert "60-toolshed/src/toolshed/main.py" in found
    assert "07-depends/app.py" in found
    assert str(tmp_path).encode() not in b"".join(found.values()), "where the pack lies is nobody's business"
    assert f" --pack {team / 'tools'}" in done.out
    # The totals of the same file find the pack, too, and say that nothing was graded yet.
    done = grade("cohort", tmp_path / "out", "--screen", file, "-o", tmp_path / "screen.html")
    assert done.code == 2
    assert "60-toolshed" in done.err
    assert "no exercise" not in done.err


@pytest.mark.parametrize("name", ["tolls", "./tolls"])
def test_a_screen_whose_pack_is_not_there_says_so(grade, tmp_path, name):
    file = tmp_path / "screen.toml"
    file.write_text(f'packs = ["{name}"]\n[[exercises]]\nexercise = "07-depends"\n')
    done = grade("bundle", "--screen", file, "-o", tmp_path / "kata.zip")
    assert done.code == 2
    assert "tolls" in done.err
    assert not (tmp_path / "kata.zip").exists()
