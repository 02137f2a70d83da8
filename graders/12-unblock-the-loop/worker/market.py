"""Twin of market: the grader answers, and may hold each call. It need not know which of two functions was called."""

from gradewright.worker.twins import acall, call


def quote(sym):
    return call("market.quote", sym)


async def quote_async(sym):
    return await acall("market.quote", sym)


def rate():
    return call("market.rate")


async def rate_async():
    return await acall("market.rate")


def report():
    number = 0
    while (line := call("market.report", number)) is not None:
        yield line
        number += 1


async def report_async():
    number = 0
    while (line := await acall("market.report", number)) is not None:
        yield line
        number += 1
