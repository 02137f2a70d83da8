"""The loop of `grade watch`: files are watched in one thread, graded in another, and one loop decides what happens next.

No module here knows a terminal but `terminal`; what is shown goes through the `Screen` that a command provides.
"""
