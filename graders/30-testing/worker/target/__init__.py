"""A todo API, to be tested. README.md says what it promises. Do not edit it: while grading, others take its place."""
