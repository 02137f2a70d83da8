"""JUnit XML, read by junitparser and by the parser of the standard library."""

import re
from xml.etree import ElementTree as ET

import junitparser
import pytest
from tests.exports.conftest import HOSTILE, STATES

from gradewright.reports.junit import junit

#: Elements and attributes that Jenkins' schema of the format and pytest's documents know.
KNOWN = {
    "testsuites": {"name", "time", "tests", "failures", "errors", "skipped"},
    "testsuite": {"name", "time", "tests", "failures", "errors", "skipped", "timestamp"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
}


def parsed(text):
    return next(iter(junitparser.JUnitXml.fromstring(text.encode())))


def test_a_case_a_point_and_the_sums_agree(make):
    suite = parsed(junit(make("won", "lost", "won")))
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (3, 1, 0, 0)
    assert [case.name for case in suite] == ["P1 point-1", "P2 point-2", "P3 point-3"]
    assert [case.is_passed for case in suite] == [True, False, True]
    lost = list(suite)[1]
    assert isinstance(lost.result[0], junitparser.Failure)
    assert lost.result[0].message == "It differs."
    assert lost.time == 0.013
    properties = {each.name: each.value for each in suite.properties()}
    assert properties["score"] == "4"
    assert properties["max_score"] == "6"


def test_it_round_trips_through_junitparser(make, tmp_path):
    text = junit(make("won", "lost", text=HOSTILE))
    suites = junitparser.JUnitXml.fromstring(text.encode())
    suites.write(str(tmp_path / "again.xml"))
    again = next(iter(junitparser.JUnitXml.fromfile(str(tmp_path / "again.xml"))))
    assert [(case.name, case.is_passed) for case in again] == [("P1 point-1", True), ("P2 point-2", False)]


@pytest.mark.parametrize("state", STATES[1:])
def test_what_was_not_judged_is_never_green(make, state):
    suite = parsed(junit(make("not_run", "not_run", state=state)))
    assert [case.is_passed for case in suite] == [False, False]
    assert (suite.errors, suite.skipped) == (2, 0)


def test_no_points_and_forged_points_are_not_green_either(make):
    for verdict in (make(), make("won", state="grader_error")):
        assert parsed(junit(verdict)).errors == 1


@pytest.mark.parametrize("state", STATES)
def test_only_known_fields_no_hostname_and_the_authored_message_only(make, state):
    text = junit(make("won", "lost", "not_run", state=state))
    for element in ET.fromstring(text).iter():
        assert set(element.attrib) <= KNOWN[element.tag]
    assert "hostname" not in text
    assert '{"a"' not in text, "neither expected nor got"


@pytest.mark.parametrize("state", STATES)
def test_hostile_text_stays_text(make, state):
    text = junit(make("won", "lost", "not_run", state=state, text=HOSTILE))
    root = ET.fromstring(text)
    assert {element.tag for element in root.iter()} <= set(KNOWN)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\u2028\ufffe\uffff\ud800-\udfff]", text)
    assert "\\u202e" in text
