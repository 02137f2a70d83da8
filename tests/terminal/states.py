"""Every state that a terminal shows, printed by the program's own code: `python -m tests.terminal.states`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.reports.conftest import build_point, build_problem, build_verdict

from gradewright.commands.ascii import write_anywhere
from gradewright.commands.context import Context
from gradewright.commands.grading import print_verdict
from gradewright.model import Exchange, Mark, Problem, Verdict


def states() -> dict[str, Verdict]:
    """Return one verdict for each state."""
    idle = ["not_run"] * 6
    late = Problem(
        kind="time_limit",
        title="The grade did not end within 60 s",
        message="The whole grade took longer than 60 s; the points below marked as not run were not judged.",
    )
    link = Problem(
        kind="rejected", title="Refused before it ran", message="app.py is a symbolic link.", try_="send the file itself"
    )
    fault = Problem(
        kind="grader_error",
        title="The grader failed, not the submission",
        message="the suite has no tests",
        try_="grade doctor",
    )
    return {
        "pass": build_verdict(*["won"] * 6),
        "partial": build_verdict("won", "lost", "won", "won", "lost", "won"),
        "long values": build_verdict("won", "won", "won", "won", "won", "won", points=(_long(),), score=0),
        "ungradable": build_verdict(*idle, state="ungradable", problem=build_problem(try_="from deps import get_db")),
        "limit": build_verdict("won", "lost", *idle[2:], state="limit", problem=late),
        "rejected": build_verdict(*idle, state="rejected", problem=link),
        "grader_error": build_verdict(*idle, state="grader_error", problem=fault),
    }


def _long():
    """Return a lost point whose values part far behind their start and hold what a terminal would obey."""
    left = '{"items":[' + '{"name":"a"},' * 60 + '{"name":"right"}]}'
    got = left.replace("right", "wr\x1b[31m\u202eong")
    exchange = Exchange(
        method="GET", target="/items?" + "filter=long&" * 20, status=200, reply=got, held=False, curl="curl -i 'http://x/y?z=1'"
    )
    marks = (Mark(text=left[:-9]), Mark(text="right", differs=True), Mark(text='"}]}'))
    got_marks = (Mark(text=left[:-9]), Mark(text="wr\x1b[31m\u202eong", differs=True), Mark(text='"}]}'))
    return build_point(
        1, "lost", message="GET /items should list what was stored, in the order in which it was stored, oldest first.",
        expected=left, got=got, expected_marks=marks, got_marks=got_marks, exchanges=(exchange,),
    )  # fmt: skip


def main() -> None:
    """Print them all."""
    context = Context()
    write_anywhere(sys.stdout, escape=False)
    for name, verdict in states().items():
        context.out(f"=== {name}")
        print_verdict(context, verdict, report=Path(".grade/07-depends.html"), every_frame=False, opened={"shared-logic": 2})


if __name__ == "__main__":
    main()
