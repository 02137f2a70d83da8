"""Tools for people who write exercises. `check` proves that an exercise says what it means."""

from gradewright.authoring.check import ExerciseCheck, SolutionCheck, WrongCheck, check_exercise

__all__ = ["ExerciseCheck", "SolutionCheck", "WrongCheck", "check_exercise"]
