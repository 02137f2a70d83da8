"""`grade author mutate` and `grade author transforms` on a made exercise, through the real engine."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.engine

WEAK = """
    from gradewright.suite import point


    @point("doubles")
    def test_doubles(client, expect):
        expect.json(client.get("/double/7"), {"double": 14}, "Twice seven is fourteen.")
"""
STRONG = """
    from gradewright.suite import point


    @point("doubles")
    def test_doubles(client, expect):
        expect.json(client.get("/double/7"), {"double": 14}, "Twice seven is fourteen.")
        expect.json(client.get("/double/100"), {"double": 200}, "Twice a hundred is two hundred.")
        expect.status(client.get("/double/101"), 404, "101 is too large.")
"""
#: It demands a text that the brief does not give.
PICKY = """
    from gradewright.suite import point


    @point("refuses")
    def test_refuses(client, expect):
        expect.json(client.get("/double/101"), {"detail": "too large"}, "101 is too large.", status=404)
"""


def test_a_weak_suite_shows_its_survivors_as_diffs_and_exits_4(grade, make_exercise):
    done = grade("--root", make_exercise(WEAK), "author", "mutate", "01")
    assert done.code == 4
    assert done.out.startswith("FAILS  01-made: ")
    assert "solutions/plain/app.py:8 survives (compare)" in done.out
    assert "-    if number > 100:\n" in done.out
    assert "+    if number >= 100:\n" in done.out
    # What the suite does check is not there.
    assert "+    return {" not in done.out


def test_a_strong_suite_kills_all_and_exits_0(grade, make_exercise):
    done = grade("--root", make_exercise(STRONG), "author", "mutate", "--all", "--json")
    (record,) = json.loads(done.out)
    assert done.code == 0, record
    assert record["ok"] is True
    assert record["killed"] == record["total"] == record["made"] > 10
    assert record["survivors"] == record["problems"] == []


def test_the_solution_s_own_tests_are_not_mutated(grade, make_exercise):
    root = make_exercise(STRONG)
    folder = root / "graders" / "01-made" / "solutions" / "plain" / "tests"
    folder.mkdir()
    (folder / "test_app.py").write_text("def test_it():\n    assert 1 + 1 == 2\n")
    done = grade("--root", root, "author", "mutate", "01", "--json")
    (record,) = json.loads(done.out)
    assert done.code == 0
    assert record["killed"] == record["made"] > 10


def test_a_sample_is_drawn_by_its_seed(grade, make_exercise):
    root = make_exercise(WEAK)
    run = ("--root", root, "author", "mutate", "01", "--json", "--sample", "5", "--seed", "3")
    first, second = grade(*run), grade(*run)
    assert first.out == second.out
    (record,) = json.loads(first.out)
    assert record["total"] == 5 < record["made"]


def test_a_waiver_explains_a_survivor_and_must_match_one(grade, make_exercise):
    waivers = """
        [[waiver]]
        reason = "a made reason"
        diff = '''
        -    if number > 100:
        +    if number >= 100:
        '''

        [[waiver]]
        reason = "it matches nothing"
        diff = '''
        -no such line
        +at all
        '''
    """
    done = grade("--root", make_exercise(WEAK, waivers=waivers), "author", "mutate", "01", "--json")
    (record,) = json.loads(done.out)
    waived = [found for found in record["survivors"] if found["waived"]]
    assert [found["waived"] for found in waived] == ["a made reason"]
    assert "a waiver matches no survivor: -no such line / +at all" in record["problems"]
    assert done.code == 4


FREE = """
    [[free]]
    brief = "The body is up to you."
    bodies = ["GET /double/{number}"]
"""


BRIEF = "# Brief\nThe body is\nup to you.\n"


def test_what_the_brief_leaves_free_counts_apart(grade, make_exercise):
    suite = """
        from gradewright.suite import point


        @point("doubles")
        def test_doubles(client, expect):
            expect.status(client.get("/double/100"), 200, "100 should be fine.")
            expect.status(client.get("/double/101"), 404, "101 is too large.")
    """
    done = grade("--root", make_exercise(suite, brief=BRIEF, free=FREE), "author", "mutate", "01", "--json")
    (record,) = json.loads(done.out)
    assert record["free"] == 5, record
    assert record["made"] == record["total"] + record["free"]
    assert record["problems"] == []
    # What is not just another value is a mutant as ever.
    left = [survivor["operator"] for survivor in record["survivors"] if '"double"' in survivor["diff"]]
    assert left == ["arithmetic"]


def test_what_the_brief_leaves_free_must_cost_nothing(grade, make_exercise):
    done = grade("--root", make_exercise(STRONG, brief=BRIEF, free=FREE), "author", "mutate", "01", "--json")
    (record,) = json.loads(done.out)
    assert done.code == 4
    assert len(record["problems"]) == 5
    assert "changes what the brief leaves free, and loses doubles" in record["problems"][0]


@pytest.mark.parametrize(
    ("free", "why"),
    [
        (FREE, "the brief does not say"),
        ("[[free]]\nbrief = 'Brief'\n", "at least one of bodies, defaults, values"),
        ("[[free]]\nbrief = 'Brief'\nbody = ['GET /']\n", "at least one of bodies, defaults, values"),
        ("[[free]]\nbrief = 'Brief'\nbodies = 'GET /'\n", "are lists of texts"),
        ("[[free]]\nbrief = 'Brief'\nbodies = ['/']\n", "a method and a path"),
        ("[[fre]]\n", "unknown fre"),
    ],
    ids=["another brief", "nothing", "unknown kind", "no list", "no method", "unknown table"],
)
def test_a_free_file_that_says_nothing_useful_is_an_error(grade, make_exercise, free, why):
    done = grade("--root", make_exercise(STRONG, free=free), "author", "mutate", "01")
    assert done.code == 4
    assert "free.toml" in done.err
    assert why in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["mutate", "transforms"])
def test_a_solution_must_earn_everything_as_it_is(grade, make_exercise, command):
    suite = STRONG.replace('{"double": 14}', '{"double": 15}')
    done = grade("--root", make_exercise(suite), "author", command, "01")
    assert done.code == 4
    assert "solution plain is graded with 0" in done.out


def test_a_suite_that_demands_a_text_fails_the_transforms(grade, make_exercise):
    done = grade("--root", make_exercise(PICKY), "author", "transforms", "01")
    assert done.code == 4
    assert [line.split()[2] for line in done.out.splitlines() if " after " in line] == ["other-texts"]
    assert "solutions/plain after other-texts is graded" in done.out
    assert "refuses: 101 is too large." in done.out


def test_transforms_hold_where_only_the_brief_is_checked(grade, make_exercise):
    done = grade("--root", make_exercise(STRONG), "author", "transforms", "01", "--json")
    (record,) = json.loads(done.out)
    assert done.code == 0, record
    assert {found["transform"] for found in record["restyled"]} >= {"def-to-async", "other-texts", "rename-internals"}


def test_a_text_that_the_brief_quotes_is_not_transformed(grade, make_exercise):
    root = make_exercise(PICKY, brief="# Brief\n\nThe detail is `too large`.\n")
    assert grade("--root", root, "author", "transforms", "01").code == 0


def test_a_waiver_leaves_a_transform_out_and_must_be_needed(grade, make_exercise):
    waivers = """
        [[transform]]
        name = "other-texts"
        reason = "a made reason"

        [[transform]]
        name = "reorder-fields"
        reason = "there are none"

        [[transform]]
        name = "no-such"
        reason = "a typing error"
    """
    done = grade("--root", make_exercise(PICKY, waivers=waivers), "author", "transforms", "01", "--json")
    (record,) = json.loads(done.out)
    assert record["waived"] == ["other-texts"]
    assert all(found["ok"] for found in record["restyled"]), record
    assert record["problems"] == [
        "waivers.toml: there is no transform no-such",
        "waivers.toml: reorder-fields applies to no solution",
    ]
    assert done.code == 4


@pytest.mark.parametrize(
    "waivers",
    [
        "[[waiver]]\nreason = 'no diff'\n",
        "[[waiver]]\nreason = ''\ndiff = '-a'\n",
        "[[waiver]]\nreason = 'x'\ndiff = 'a'\n",
        "[[wavier]]\n",
    ],
)
def test_a_waivers_file_that_says_nothing_useful_is_an_error(grade, make_exercise, waivers):
    done = grade("--root", make_exercise(WEAK, waivers=waivers), "author", "mutate", "01")
    assert done.code == 4
    assert "waivers.toml" in done.err


def test_author_check_lets_waivers_be(grade, make_exercise):
    done = grade("--root", make_exercise(WEAK, waivers="[[waiver]]\n"), "author", "check", "01")
    assert "waivers.toml does not belong" not in done.out


@pytest.mark.parametrize("command", ["mutate", "transforms"])
def test_an_exercise_without_solutions_is_an_error_and_not_a_success(grade, make_root, command):
    done = grade("--root", make_root(STRONG), "author", command, "01")
    assert done.code == 4
    assert "has no solutions" in done.err


@pytest.mark.parametrize("command", ["mutate", "transforms"])
def test_no_exercise_is_a_usage_error(grade, command):
    done = grade("author", command)
    assert done.code == 2
    assert f"grade author {command} --all" in done.err
