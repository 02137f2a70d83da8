"""Twin of users: the grader decides who may log in."""

from gradewright.worker.twins import call


def check(username, password):
    """Return whether this is the user's password."""
    return call("users.check", username, password)
