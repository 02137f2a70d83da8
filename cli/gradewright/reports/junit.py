"""A verdict as JUnit XML: one test case a point, with the message that the exercise's author wrote.

What the submission answered is left out: a build server shows these texts to people who may not see the submission. There is no
hostname. A point that nobody judged is an error, never skipped: build servers show a run of skipped tests as green.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from gradewright.model import PointResult, Verdict
from gradewright.reports.neutral import xml_text

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z?")


def junit(verdict: Verdict) -> str:
    """Return the document."""
    cases = [_case(verdict, point) for point in verdict.points]
    judged = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    if not cases or (verdict.state != "graded" and not judged):
        cases.append(_stopped(verdict))
    failures = sum(case.find("failure") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": 0}
    named = {name: str(value) for name, value in counts.items()}
    total = f"{verdict.seconds.get('total', 0.0):.3f}"
    root = ET.Element("testsuites", {"name": "gradewright", "time": total, **named})
    suite = ET.SubElement(root, "testsuite", {"name": xml_text(verdict.exercise), "time": total, **named})
    if made := _TIME.fullmatch(verdict.created):
        suite.set("timestamp", made[1])
    facts = {
        "state": verdict.state,
        "score": verdict.score,
        "max_score": verdict.max_score,
        "seed": verdict.seed,
        "submission": verdict.hashes.submission,
        "suite": verdict.hashes.suite,
    }
    _properties(suite, facts)
    suite.extend(cases)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(('<?xml version="1.0" encoding="UTF-8"?>\n', "\n"))


def _case(verdict: Verdict, point: PointResult) -> ET.Element:
    seconds = sum(exchange.seconds for exchange in point.exchanges)
    name = xml_text(f"P{point.number} {point.id}")
    case = ET.Element("testcase", classname=xml_text(verdict.exercise), name=name, time=f"{seconds:.3f}")
    facts = {
        "point": point.id,
        "title": point.title,
        "status": point.status,
        "score": point.score,
        "max_score": point.max_score,
        "evidence": point.evidence,
    }
    _properties(case, facts)
    message = xml_text(point.message)
    if point.status == "lost":
        ET.SubElement(case, "failure", type="lost", message=message).text = message
    elif point.status == "not_run":
        problem = verdict.problem
        why = xml_text(f"Not judged. {problem.title if problem else point.message}")
        ET.SubElement(case, "error", type=verdict.state, message=why).text = why
    return case


def _stopped(verdict: Verdict) -> ET.Element:
    case = ET.Element("testcase", classname=xml_text(verdict.exercise), name="grade", time="0.000")
    why = xml_text(verdict.problem.title if verdict.problem else "There is no point in this verdict.")
    ET.SubElement(case, "error", type=verdict.state, message=why).text = why
    return case


def _properties(parent: ET.Element, facts: Mapping[str, object]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=xml_text(str(value)))
