"""The command line, one file a command. Commands return data; `reports` and `show` render it; only here are exit codes."""

from gradewright.commands.main import run

__all__ = ["run"]
