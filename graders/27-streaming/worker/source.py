"""Twin of source: the grader makes the rows and the ticks, decides when the next one comes, and hears of a close."""

import contextlib
import itertools

from gradewright.worker.twins import TwinFailed, acall, call

_numbers = itertools.count(1)


def rows(n):
    run = next(_numbers)
    index = 0
    while lines := call("source.rows", run, n, index):
        yield from lines
        index += len(lines)


async def ticks(after):
    run = next(_numbers)
    index = 0
    try:
        while tick := await acall("source.ticks", run, after, index):
            yield tuple(tick)
            index += 1
    finally:
        # After the test nobody listens any more.
        with contextlib.suppress(TwinFailed):
            call("source.closed", run)
