"""The twin of users.py: who may log in is decided by the grader."""

from gradewright.worker.twins import call


def check(username, password):
    """Return whether this is the password of this user."""
    return call("users.check", username, password)
