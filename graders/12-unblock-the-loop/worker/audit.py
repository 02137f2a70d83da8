"""Twin of audit: the grader reads the lines, and may hold each call."""

from gradewright.worker.twins import acall, call


def write(line):
    call("audit.write", line)


async def write_async(line):
    await acall("audit.write", line)
