"""The API of a tool library."""

__version__ = "2.3.0"
