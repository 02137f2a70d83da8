"""What a terminal shows, against what somebody has looked at."""

import re

import pytest
from tests.terminal.views import GOLDENS, VIEWS, show


@pytest.fixture(scope="module")
def golden():
    return {name: (GOLDENS / f"{name}.txt").read_text(encoding="utf-8") for name in VIEWS}


@pytest.mark.parametrize("name", VIEWS)
def test_it_looks_as_it_did(name, golden):
    assert show(name) == golden[name], "python -m tests.terminal writes them anew"


@pytest.mark.parametrize("name", VIEWS)
def test_state_is_a_word(name, golden):
    parts = dict(zip(*[iter(re.split(r"^(?:␛\[\d+m)*=== (.*)$", golden[name], flags=re.MULTILINE)[1:])] * 2, strict=True))
    words = {
        "pass": "FULL MARKS", "partial": "PARTIAL", "long values": "NOT YET", "ungradable": "UNGRADABLE",
        "limit": "TIME LIMIT", "rejected": "REJECTED", "grader_error": "GRADER ERROR",
    }  # fmt: skip
    for state, word in words.items():
        assert word in parts[state]
    for state in ("ungradable", "rejected", "grader_error"):
        assert "this is not a score" in " ".join(parts[state].split())


#: In ASCII a sign's stand-in may be longer than the sign.
TERMINALS = [(name, columns) for name, (columns, env) in VIEWS.items() if columns and "PYTHONIOENCODING" not in env]


@pytest.mark.parametrize(("name", "columns"), TERMINALS)
def test_nothing_runs_over_the_edge_but_what_is_to_be_copied(name, columns, golden):
    plain = re.sub(r"␛\[\d*(;\d+)*m", "", golden[name])
    assert [line for line in plain.splitlines() if len(line) > columns and not line.startswith("      repeat")] == []


@pytest.mark.parametrize("name", VIEWS)
def test_colour_only_where_it_is_wanted(name, golden):
    wanted = name in ("tty-colour", "pipe-forced-colour")
    assert ("␛[" in golden[name]) is wanted


@pytest.mark.parametrize("name", VIEWS)
def test_where_long_values_part_is_in_view_and_control_characters_are_written_out(name, golden):
    plain = re.sub(r"␛\[\d*m", "", golden[name])
    plain = re.sub(r"\n +", "", plain)
    assert '"right"' in plain
    assert r"wr\x1b[31m\u202eong" in plain
    assert "\u202e" not in plain


def test_ascii_is_ascii(golden):
    assert golden["tty-dumb-ascii"].isascii()
    assert golden["pipe-latin-1"].encode("latin-1")
