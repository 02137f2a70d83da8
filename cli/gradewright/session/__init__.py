"""Grades one submission: the only place that wires intake, processes, scoring and records together.

Nothing is imported here: `session.processes` must be able to start the engine before `session.grade` loads pydantic.
"""
