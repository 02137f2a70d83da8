"""What the container's command does: serving, its processes, its end, its health check, and its secret."""

import re

from gradewright.suite import point

#: Seconds after SIGTERM in which a request may still be taken: news of a signal takes its time on a busy machine.
NOTICE = 1.2
RELOAD = re.compile(r"--reload\b|\bfastapi\s+dev\b|\bUVICORN_RELOAD=(?!0|false)|(?m:^\s*reload\s*=\s*True)", re.IGNORECASE)
SLOW = "status 200, started, finished"
EVERYWHERE = "The server should listen on 0.0.0.0: nobody outside the container reaches its 127.0.0.1."


def check_started(seen, expect):
    because = "The container's command, run in a copy of your folder, should serve main:app on the port in PORT."
    expect.that(not seen.trouble, because, expected="a server that answers", got=seen.trouble)
    expect.status(seen.live, 200, "GET /health/live should be 200 in the container.")


@point("serves")
def test_it_serves_on_the_port_it_is_told(seen, image, expect):
    check_started(seen, expect)
    expect.that(
        seen.told,
        "The server should listen on the port in PORT.",
        expected="a server on that port",
        got="a server on port 8000, whatever PORT says",
    )
    expect.that(seen.everywhere is not False, EVERYWHERE, expected="0.0.0.0", got="127.0.0.1 only")
    found = RELOAD.search(image.told())
    expect.that(
        not found,
        "A container in production should not watch its files: no --reload, no fastapi dev.",
        expected="no reload",
        got=found and found[0].strip(),
    )


@point("serves")
def test_it_serves_on_8000_if_it_is_told_nothing(seen, expect):
    check_started(seen, expect)
    # Where the network is the whole machine's, port 8000 is not the grader's to try.
    because = "Without PORT the server should listen on port 8000."
    expect.that(not seen.untold, because, expected="a server on port 8000", got=seen.untold)
    expect.that(seen.untold_everywhere is not False, EVERYWHERE, expected="0.0.0.0", got="127.0.0.1 only, without PORT")


@point("workers")
def test_as_many_processes_answer_as_were_asked_for(seen, expect):
    check_started(seen, expect)
    expect.that(
        len(seen.pids) == seen.wanted,
        f"With WEB_CONCURRENCY={seen.wanted}, {seen.wanted} processes should answer GET /whoami.",
        expected=f"{seen.wanted} different pids",
        got=f"{len(seen.pids)}",
    )
    if seen.untold_pids is not None:
        expect.that(
            len(seen.untold_pids) == 2,
            "Without WEB_CONCURRENCY, 2 processes should answer GET /whoami.",
            expected="2 different pids",
            got=f"{len(seen.untold_pids)}",
        )


@point("workers")
def test_a_process_that_was_killed_is_replaced(seen, expect):
    check_started(seen, expect)
    because = "When a worker process is killed, another one should take its place."
    expect.that(seen.after is not None, because, expected=f"{seen.wanted} processes at first", got=f"{len(seen.pids)}")
    left, new = seen.pids & seen.after, seen.after - seen.pids
    expect.that(
        len(left) == seen.wanted - 1 and len(new) == 1,
        because,
        expected=f"{seen.wanted - 1} of the processes, and a new one",
        got=f"{len(left)} of the processes, and {len(new)} new",
    )


@point("graceful")
def test_a_request_under_way_is_finished(seen, expect):
    check_started(seen, expect)
    expect.that(
        seen.slow == SLOW,
        "A request that is under way when SIGTERM comes should get its whole answer: here GET /slow, with its two lines.",
        expected=SLOW,
        got=seen.slow,
    )


@point("graceful")
def test_it_ends_in_time_and_takes_nothing_new(seen, expect):
    check_started(seen, expect)
    late = [moment for moment in seen.late if moment > NOTICE]
    expect.that(
        not late,
        "After SIGTERM, while GET /slow is finished, new requests should not be answered any more.",
        expected="no answer to a new connection",
        got=f"an answer to one made {late[-1] if late else 0} seconds after SIGTERM",
    )
    expect.that(
        seen.ended is not None,
        "After SIGTERM the container's own process should end within 10 seconds: then it is killed.",
        expected="a process that has ended",
        got="a process that still runs",
    )


@point("no-secrets")
def test_the_secret_comes_from_the_environment(seen, expect):
    check_started(seen, expect)
    expect.that(
        seen.signed,
        "The app in the container should have the APP_SECRET that the container was started with.",
        expected="GET /signature/… signed with it",
        got=seen.shown,
    )
    expect.that(
        not seen.leaked,
        "Without APP_SECRET in its environment the container should not have one.",
        expected="GET /signature/… refused with 503, or no start",
        got=f"status 200: {seen.leaked}",
    )


@point("healthcheck")
def test_the_health_check_tells_how_the_app_is(seen, image, expect):
    check_started(seen, expect)
    expect.that(
        image.health,
        "The image should have a HEALTHCHECK.",
        expected="HEALTHCHECK … CMD …",
        got="none in the last stage",
    )
    check(seen.well, True, "while GET /health/live is 200", expect)
    check(seen.ill, False, "while GET /health/live is 503", expect)
    expect.that(
        seen.ended is not None,
        "The health check should be tried once the app has stopped.",
        expected="an app that stops",
        got="an app that still runs",
    )
    check(seen.stopped, False, "once the server has stopped", expect)
    if seen.untold == "":
        check(seen.untold_well, True, "while the app is well on port 8000, without PORT", expect)


def check(done, good, when, expect):
    wanted = "exit code 0" if good else "another exit code than 0"
    lines = done.output.strip().splitlines()
    code = "no end within 6 seconds" if done.code is None else f"exit code {done.code}"
    expect.that(
        done.code is not None and (done.code == 0) == good,
        f"The health check should end with {wanted} {when}.",
        expected=wanted,
        got=f"{code}{': ' + lines[-1][:200] if lines else ''}",
    )
