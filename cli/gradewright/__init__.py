"""Gradewright grades FastAPI exercises in a process the submission never runs in."""

__version__ = "0.1.0"
