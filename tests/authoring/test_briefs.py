"""What a brief fixes, as the mutation operators read it."""

import pytest

from gradewright.authoring.fixed import read_fixed
from gradewright.content.root import ContentRoot


@pytest.mark.parametrize(
    ("brief", "seconds"),
    [
        ("It has 5 seconds.", {5}),
        ("a 2-second limit, or 0.5 s", {2, 0.5}),
        ("within a second; three seconds", {1, 3}),
        ("5 s3", set()),
        ("an hour, at least 2 minutes", {3600, 120}),
    ],
)
def test_the_times_of_a_brief_are_read(make_exercise, brief, seconds):
    root = ContentRoot(make_exercise("", brief=brief), "made")
    assert read_fixed(root, "01-made").seconds == seconds


def test_a_number_with_separators_is_one(make_exercise):
    root = ContentRoot(make_exercise("", brief="at most 1,048,576 bytes, or 2_000"), "made")
    assert {"1048576", "2000"} <= read_fixed(root, "01-made").numbers


@pytest.mark.parametrize(
    ("brief", "speaks"),
    [("Users log in.", False), ("who is logged in, or logs\nout", False), ("The log says it.", True),
     ("Log in, and it is logged.", True)],
)  # fmt: skip
def test_to_log_in_is_not_to_write_a_log(make_exercise, brief, speaks):
    root = ContentRoot(make_exercise("", brief=brief), "made")
    assert read_fixed(root, "01-made").logging is speaks
