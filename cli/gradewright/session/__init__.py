"""Grades one submission: the only place that wires intake, processes, scoring and records together."""

from gradewright.session.grade import GradeOptions, grade
from gradewright.session.processes import Engine

__all__ = ["Engine", "GradeOptions", "grade"]
