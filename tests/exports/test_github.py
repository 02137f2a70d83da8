"""Workflow commands, read as GitHub's runner reads them, and the summary, read as Markdown."""

import re

import pytest
from markdown_it import MarkdownIt
from tests.exports.conftest import HOSTILE, STATES

from gradewright.reports.github import MOST, MOST_SUMMARY, commands, fitting, summary

#: Commands that the runner obeys, in either of its two forms.
OBEYED = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "echo", "add-matcher"}


def obeyed(text):
    """Return the commands in a log as actions/runner finds them: `::name …::data` at a line's start, `##[name]` anywhere."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        trimmed = line.strip()
        if trimmed.startswith("::") and (end := trimmed.find("::", 2)) > 0:
            name, _space, properties = trimmed[2:end].partition(" ")
            pairs = dict(pair.split("=", 1) for pair in properties.split(",") if "=" in pair)
            found.append(
                (name, {key: unescape(value, "%3A:", "%2C,") for key, value in pairs.items()}, unescape(trimmed[end + 2 :]))
            )
        elif match := re.search(r"##\[([\w-]+)[^\]]*\](.*)", line):
            found.append((match[1], {}, match[2]))
    return [each for each in found if each[0] in OBEYED]


def unescape(text, *more):
    for pair in (*more, "%0D\r", "%0A\n", "%25%"):
        text = text.replace(pair[:3], pair[3:])
    return text


def test_a_lost_point_is_an_annotation_at_its_line(make):
    ((name, properties, message), (last, _title, told)) = obeyed(commands(make("won", "lost"), "sub/"))
    assert name == "error"
    assert properties == {"file": "sub/app, v:2.py", "line": "7", "title": "P2 Title 2, 100 %: "}
    assert message == 'It differs.\nexpected  {"a":1}\ngot       {"a":2}'
    assert (last, told) == ("notice", "2 of 4 points")


def test_at_most_nine_and_a_count_of_the_rest(make):
    found = [each for each in obeyed(commands(make(*["lost"] * 14))) if each[0] == "error"]
    assert len(found) == MOST + 1 == 10
    assert found[-1][2] == "5 more"


@pytest.mark.parametrize("state", STATES)
def test_learner_text_forges_no_command(make, state):
    verdict = make("lost", "not_run", state=state, text=HOSTILE)
    text = commands(verdict)
    names = [name for name, _properties, _data in obeyed(text)]
    assert names == ["error"] * (1 if state == "graded" else 2) + ["notice"]
    assert len(text.splitlines()) == len(names)
    assert obeyed(summary(verdict)) == []


def test_the_parser_of_this_test_sees_forged_commands():
    assert [name for name, *_rest in obeyed(HOSTILE)] == ["error", "error"]


def test_the_summary_is_a_table_and_says_what_was_lost(make):
    page = MarkdownIt("commonmark").enable("table").render(summary(make("won", "lost")))
    assert page.count("<tr>") == 3
    assert "2 of 4 points" in page
    assert "It differs." in page
    assert "{&quot;a&quot;:2}" in page


@pytest.mark.parametrize("state", STATES)
def test_the_summary_shows_learner_text_as_text(make, state):
    page = MarkdownIt("commonmark").enable("table").render(summary(make("won", "lost", state=state, text=HOSTILE)))
    assert not re.search(r"<(script|img|a|!--)", page)
    assert page.count("<tr>") == 3
    assert "\u202e" not in page


def test_a_summary_fits_beside_what_is_there(make):
    text = summary(make(*["lost"] * 3000, text="x" * 500))
    assert len(text.encode()) > MOST_SUMMARY
    for taken in (0, 1000, MOST_SUMMARY - 10):
        assert taken + len(fitting(text, taken).encode()) <= MOST_SUMMARY
    assert "did not fit" in fitting(text, 0)


def test_the_summary_goes_where_github_says(grade, make, saved, tmp_path):
    import os

    place = tmp_path / "summary.md"
    place.write_text("before\n")
    done = grade("export", saved(make("lost")), "--format", "github", env={**os.environ, "GITHUB_STEP_SUMMARY": str(place)})
    assert done.code == 0
    assert done.out.startswith("::error ")
    assert place.read_text().startswith("before\n## 07")
