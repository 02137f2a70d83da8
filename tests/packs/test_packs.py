"""Private packs: every command that takes an exercise takes one of a pack, and a bad pack is told as what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradewright.content.catalogue import Catalogue
from gradewright.content.packs import installed, open_pack
from gradewright.content.root import find_root

pytestmark = pytest.mark.engine


def words(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


# Using one


@pytest.mark.parametrize("place", ["before", "behind", "with ="])
def test_an_exercise_of_a_pack_is_graded(grade, make_pack, app, place):
    pack = make_pack()
    arguments = {
        "before": ["--pack", pack, "90-double", app],
        "behind": ["90", app, "--pack", pack],
        "with =": ["double", app, f"--pack={pack}"],
    }
    done = grade(*arguments[place], "--json")
    assert (done.code, done.verdict["exercise"], done.verdict["score"]) == (0, "90-double", 1), done.err


def test_the_built_in_exercises_stay_beside_those_of_the_pack(grade, make_pack):
    listed = [entry["slug"] for entry in json.loads(grade("list", "--json", "--pack", make_pack()).out)]
    assert {"07-depends", "90-double"} <= set(listed)
    assert listed == sorted(listed)


def test_a_pack_comes_before_the_built_in_exercise_of_the_same_number(grade, make_pack):
    pack = make_pack(slug="07-double")
    assert grade("brief", "07", "--pack", pack).out == "# Brief\n"
    assert "get_region" in grade("brief", "07-depends", "--pack", pack).out
    assert "get_region" in grade("brief", "07").out


def test_brief_hint_explain_and_start_know_it_and_start_names_it_for_the_next_command(grade, make_pack, tmp_path):
    pack = make_pack()
    assert "1/3  one" in grade("hint", "90", "P1", "--pack", pack).out
    assert "Because." in grade("explain", "90", "P1", "--pack", pack).out
    done = grade("start", "90", "--pack", pack)
    assert f"grade 90-double --pack {pack}" in done.out
    assert (tmp_path / "cwd/90-double/app.py").is_file()


def test_bundle_batch_cohort_and_verify_go_through_with_a_pack(grade, make_pack, app, tmp_path):
    pack, out = make_pack(), tmp_path / "out"
    done = grade("bundle", "90", "-o", tmp_path / "kata.zip", "--pack", pack)
    assert f"grade batch subs/90-double -e 90-double -o out/90-double --profile screen --audience reviewer --pack {pack}" in (
        done.out
    )
    subs = tmp_path / "subs"
    subs.mkdir()
    app.rename(subs / "ada")
    batch = ("batch", subs, "-e", "90", "-o", out, "--profile", "kata")
    assert grade(*batch).code == 2, "without the pack there is no such exercise"
    assert grade(*batch, "--pack", pack).code == 0
    assert grade("cohort", out).out.startswith("90-double: 1 submission, 1 graded")
    assert grade("verify", out / "ada/result.json", subs / "ada", "--pack", pack).out.startswith("AGREES  90-double")


def test_author_all_means_the_exercises_of_the_named_pack(grade, make_pack):
    done = grade("author", "check", "--all", "--json", "--pack", make_pack())
    assert [record["exercise"] for record in json.loads(done.out)] == ["90-double"]


# Where packs are named


def test_the_environment_names_packs(grade, make_pack, app):
    env = {**os.environ, "GRADEWRIGHT_PACKS": str(make_pack())}
    assert grade("90-double", app, env=env).code == 0


def test_pyproject_names_packs_relative_to_itself(grade, make_pack, app, tmp_path):
    make_pack()
    (tmp_path / "pyproject.toml").write_text('[tool.gradewright]\npacks = ["acme"]\n')
    assert grade("90-double", app).code == 0


def test_a_strangers_pyproject_is_not_read_where_strangers_are_graded(grade, make_pack, app, tmp_path):
    make_pack()
    (tmp_path / "pyproject.toml").write_text('[tool.gradewright]\npacks = ["acme"]\n')
    done = grade("batch", app, "-e", "90-double", "-o", tmp_path / "out", "--profile", "kata")
    assert (done.code, "There is no exercise '90-double'" in done.err) == (2, True)


def test_an_installed_pack_is_found_by_its_exercise_and_by_its_name(grade, make_pack, app, install):
    env = install(make_pack())
    assert grade("90-double", app, env=env).code == 0
    assert "90-double" in grade("list", env=env).out
    assert grade("90", app, "--pack", "acme", env=env).code == 0
    done = grade("90", app, "--pack", "acne", env=env)
    assert (done.code, "did you mean acme?" in done.err) == (2, True)


def test_no_app_can_read_the_suite_of_an_installed_pack(make_pack, install, monkeypatch):
    env = install(make_pack())
    monkeypatch.syspath_prepend(env["PYTHONPATH"])
    (found,) = [pack for pack in installed() if pack.name == "acme"]
    root = found.open()
    site = Path(env["PYTHONPATH"])
    assert root.path == site / "acme_pack"
    assert root.beside == (str(site / "acme_pack-1.2.dist-info"),), "the installation's own list names the suites"


def test_other_installed_packs_are_hidden_where_strangers_are_graded(make_pack, install, monkeypatch):
    from gradewright.commands.context import Context

    env = install(make_pack())
    monkeypatch.syspath_prepend(env["PYTHONPATH"])
    context = Context(only_trusted_roots=True)
    hidden = context.root_of(context.catalogue().load("07-depends")).beside
    assert str(Path(env["PYTHONPATH"]) / "acme_pack") in hidden


def test_whoever_uses_no_pack_does_not_look_for_installed_ones():
    code = "from gradewright.commands.context import Context; import sys; Context().catalogue().load('07'); print(*sys.modules)"
    found = words(code)
    assert "gradewright.content.packs" in found
    assert "gradewright.content.pack_file" not in found


def test_installed_packs_are_asked_only_for_what_is_nowhere_else(repository):
    asked = []
    catalogue = Catalogue(find_root(str(repository)), more=lambda: asked.append(1) or ())
    catalogue.load("07")
    assert asked == []


# What is wrong with one


@pytest.mark.parametrize(
    ("toml", "said", "hint"),
    [
        (None, "has no pack.toml", 'name = "acme", api = 1'),
        ('name = "acme"\n', "pack.toml: api: is missing", 'name = "acme", api = 1'),
        ('name = "acme"\napi = "1"\n', "pack.toml: api: must be a whole number", "api = 1"),
        ('name = "Acme Inc"\napi = 1\n', "name: must be words in lower case", "api = 1"),
        ('name = "acme"\napi = 1\ntitel = "x"\n', "titel: is not known here", "did you mean title?"),
        ("name = acme\n", "is not TOML", 'name = "acme"'),
        ('name = "acme"\napi = 2\n', "written for version 2 of the suite API", "pip install -U gradewright"),
        ('name = "acme"\napi = 2\nnew = true\n', "and Gradewright 0.1.0 has version 1", "pip install -U gradewright"),
    ],
)
def test_a_pack_that_cannot_be_used_says_why_and_what_to_do(grade, make_pack, toml, said, hint):
    done = grade("90-double", "--pack", make_pack(toml))
    assert done.code == 4
    assert said in done.err
    assert hint in done.err
    assert "Traceback" not in done.err


def test_a_pack_for_a_version_that_is_gone_says_where_the_changes_are_described(make_pack, monkeypatch):
    from gradewright.content import pack_file
    from gradewright.errors import ContentError

    monkeypatch.setattr(pack_file, "SUITE_API", 3)
    monkeypatch.setattr(pack_file, "OLDEST_API", 2)
    with pytest.raises(ContentError, match="which no longer runs it") as caught:
        open_pack(make_pack())
    assert "docs/suite-api.md" in caught.value.hint


@pytest.mark.parametrize(
    ("place", "said"),
    [("nowhere/at/all", "There is no pack at nowhere/at/all"), (".", ". is not a pack"), ("acne", "There is no pack 'acne'")],
)
def test_a_folder_that_is_no_pack_is_a_usage_error(grade, place, said):
    done = grade("list", "--pack", place)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "pack.toml" in done.err


def test_a_missing_tree_is_named(grade, make_pack):
    pack = make_pack()
    (pack / "starter").rename(pack / "starters")
    done = grade("list", "--pack", pack)
    assert (done.code, "has no starter/" in done.err) == (4, True)


@pytest.mark.parametrize(
    ("table", "said", "hint"),
    [
        ('pack = ["acme"]', "pack is no setting", "did you mean packs?"),
        ('packs = "acme"', "must be a list", 'packs = ["'),
        ('packs = ["acme"', "is not TOML", ""),
    ],
)
def test_a_setting_that_is_wrong_is_told(grade, tmp_path, table, said, hint):
    (tmp_path / "pyproject.toml").write_text(f"[tool.gradewright]\n{table}\n")
    done = grade("list")
    assert (done.code, said in done.err, hint in done.err) == (2, True, True), done.err


def test_a_pack_as_the_content_root_is_checked_too(grade, make_pack):
    pack = make_pack('name = "acme"\napi = 9\n')
    assert "version 9" in grade("--root", pack, "list").err
    assert "version 9" in grade("list", cwd=pack).err


def test_a_broken_installed_pack_costs_only_itself(grade, make_pack, app, install):
    env = install(make_pack(), module="acme_pakc")
    listed = grade("list", env=env)
    assert listed.code == 0
    assert "acme (acme-pack 1.2) names the package acme_pakc, which is not there. It was left out." in listed.err
    asked = grade("90-double", app, "--pack", "acme", env=env)
    assert (asked.code, "acme_pakc" in asked.err) == (4, True)


def test_an_installed_pack_has_one_name(grade, make_pack, app, install):
    env = install(make_pack(), name="other")
    done = grade("90-double", app, "--pack", "other", env=env)
    assert (done.code, "calls itself acme" in done.err) == (4, True)


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        (('level = "basic"', 'level = "easy"'), "level: must be 'basic', 'intermediate' or 'advanced'", "docs/authoring.md"),
        (('evidence = "wire"', 'evidnce = "wire"'), "points, number 1 (doubled), evidence: is missing", "docs/authoring.md"),
        (("weight = 1", "weight = 9"), "points, number 1 (doubled), weight: input should be less", "docs/authoring.md"),
        (("weight = 1", "wieght = 1\nweight = 1"), "points, number 1 (doubled), wieght: is not known", "did you mean weight?"),
        (('"one", "two", "three"', '"one", "two"'), "hints: needs at least 3; there are 2", "docs/authoring.md"),
    ],
)
def test_a_field_of_an_exercise_that_is_wrong_is_named_with_its_point(grade, make_pack, change, said, hint):
    pack = make_pack()
    file = pack / "exercises/90-double/exercise.toml"
    file.write_text(file.read_text().replace(*change))
    done = grade("90-double", "--pack", pack)
    assert done.code == 4
    assert said in done.err
    assert hint in done.err
