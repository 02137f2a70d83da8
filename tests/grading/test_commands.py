"""The other commands, as people type them."""

import json
import re

import pytest


def test_list_names_every_exercise_in_text_and_json(grade):
    text, data = grade("list"), json.loads(grade("list", "--json").out)
    assert [entry["slug"] for entry in data] == sorted(entry["slug"] for entry in data)
    for entry in data:
        assert entry["slug"] in text.out
        assert set(entry) == {"slug", "title", "level", "minutes", "points", "progress"}
    assert text.code == 0


def test_progress_is_remembered(grade, repository):
    solution = repository / "graders/07-depends/solutions/annotated"
    grade("07", solution)
    entry = next(entry for entry in json.loads(grade("list", "--json").out) if entry["slug"] == "07-depends")
    assert entry["progress"]["best"] == 11
    assert "all points 11/11" in grade("list").out
    assert grade().out.startswith("1 of ")


def test_start_puts_starter_and_brief_and_never_overwrites(grade, tmp_path):
    assert grade("start", "depends").code == 0
    app = tmp_path / "cwd" / "07-depends" / "app.py"
    app.write_text("mine")
    again = grade("start", "07")
    assert again.code == 2
    assert "already there" in again.err
    assert app.read_text() == "mine"


@pytest.mark.parametrize(
    ("exercise", "wanted"),
    [
        ("07-depends", "07-depends/app.py,"),
        ("38-deployment", "38-deployment/Dockerfile,"),
        ("31-settings", "31-settings/app.py and 31-settings/settings.py,"),
        ("18-apirouter", "what says TODO in 18-apirouter/,"),
    ],
)
def test_start_and_next_say_where_to_write(grade, exercise, wanted):
    done = grade("start", exercise)
    assert f"write {wanted}" in done.out
    following = grade("next").out
    assert f"  write  {wanted.removesuffix(',')}\n" in following


def test_brief_prints_the_brief(grade):
    assert "get_region" in grade("brief", "07").out


def test_hints_open_one_by_one_and_are_counted(grade, repository):
    first, second = grade("hint", "07", "P1"), grade("hint", "07", "injected-value")
    assert "1/3" in first.out
    assert "2/3" not in first.out
    assert "2/3" in second.out
    assert "3/3" in grade("hint", "07", "P1", "--level", "3").out
    graded = grade("07", repository / "starter/07-depends")
    assert "grade hint 07-depends P1    (all used)" in graded.out
    assert "grade hint 07-depends P2    (0 of 3 used)" in graded.out


def test_explain_gives_question_answer_and_follow_up(grade):
    done = grade("explain", "07", "P3")
    assert "asked" in done.out
    assert "then" in done.out
    assert "runs-first" in done.out


def test_doctor_names_every_layer(grade):
    done = grade("doctor")
    assert done.code == 0
    for layer in ("landlock", "seccomp", "rlimits", "no_new_privs"):
        assert layer in done.out
    assert {layer["name"] for layer in json.loads(grade("--json", "doctor").out)["layers"]} >= {"landlock", "seccomp"}


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["07-dependz"], "neither an exercise nor a command", "did you mean 07-depends?"),
        (["strat"], "neither an exercise nor a command", "did you mean start?"),
        (["hint", "07", "P9"], "no point", "P1 to P6"),
        (["07", "/no/such/folder"], "does not exist", "name the folder"),
        (["07", ".", "--seed", "abc"], "not a seed", "32 hex digits"),
        (["07", ".", "--app", "a b"], "does not name an app", "--app MODULE:NAME"),
        (["--root", "/tmp", "list"], "not a content root", "must contain"),
        (["author", "check"], "Name an exercise", "--all"),
    ],
)
def test_a_mistake_is_told_with_what_to_try_and_exit_2(grade, arguments, said, hint):
    done = grade(*arguments)
    assert done.code == 2
    assert said in done.err
    assert hint in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_an_unknown_option_is_a_usage_error(grade):
    assert grade("07", "--no-such-option").code == 2


def test_help_lists_every_command(grade):
    from gradewright.commands.cli import COMMANDS
    from gradewright.commands.main import OTHER_COMMANDS

    text = grade("--help").out
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", text, re.MULTILINE), name
    assert set(COMMANDS) - {"run"} <= OTHER_COMMANDS, "the engine would be started for a command that does not grade"


def test_every_command_is_in_the_readme(repository):
    from gradewright.commands.cli import COMMANDS

    readme = (repository / "README.md").read_text()
    for name in COMMANDS:
        assert name == "run" or f"grade {name}" in readme, name


def test_colour_is_off_when_it_is_not_a_terminal_and_on_when_asked(grade, repository):
    starter = repository / "starter/07-depends"
    assert "\x1b[" not in grade("07", starter).out
    assert "\x1b[" in grade("--color", "always", "07", starter).out
    assert "\x1b[" not in grade("--color", "always", "--json", "07", starter).out


def test_author_check_tells_what_does_not_hold(grade, make_root):
    suite = """
        from gradewright.suite import point


        @point("works")
        def test_works(client, expect):
            expect.status(client.get("/docs"), 200, "The docs should be there.")
    """
    done = grade("--root", make_root(suite), "author", "check", "--all", "--json")
    assert done.code == 4
    problems = json.loads(done.out)[0]["problems"]
    assert any("earns 1 points (works); it must earn 0" in problem for problem in problems)
    assert any("two solutions" in problem for problem in problems)
    assert any("no wrong solutions" in problem for problem in problems)


def test_author_check_json_has_the_published_form(grade):
    (record,) = json.loads(grade("author", "check", "07", "--json").out)
    assert record["exercise"] == "07-depends"
    assert record["ok"] is True
    assert record["starter_score"] == 0
    assert {"name": "annotated", "score": 11, "max_score": 11} in record["solutions"]
    assert {"name", "lost", "expected", "ok"} == set(record["wrong"][0])
