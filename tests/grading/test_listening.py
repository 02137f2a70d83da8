"""Servers that the submission starts itself, by the grants tcp_listen and tcp_probe."""

from pathlib import Path
from textwrap import indent

import pytest

pytestmark = pytest.mark.engine

APP = indent((Path(__file__).parent / "apps" / "reaching.py").read_text(encoding="utf-8"), "    ")

GUNICORN = """
    import time

    from gradewright.suite import point


    @point("given")
    def test_gunicorn_serves_with_four_workers(app, client, expect):
        options = "-w 4 -k uvicorn_worker.UvicornWorker --no-control-socket"
        app.restart(command=["sh", "-c", f"exec gunicorn {options} --bind 127.0.0.1:$PORT app:app"])
        pids = set()
        deadline = time.monotonic() + 15
        while len(pids) < 4 and time.monotonic() < deadline:
            pids.add(client.get("/pid").json())
        expect.equal(4, len(pids), "Four workers answer.", )


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        body = client.get("/try/socket").json()
        expect.that("refused" in body, "Connecting anywhere should be refused.", got=body)
"""


@pytest.mark.parametrize("profile", ["kata", "screen"])
def test_gunicorn_under_tcp_listen(grade, make_root, make_app, profile):
    """A server of the learner's own runs behind the walls and is reached through the relay."""
    app = APP + "\n    @app.get('/pid')\n    def pid():\n        return os.getpid()\n"
    root = make_root(GUNICORN, extra='grants = ["tcp_listen", "exec"]\n')
    done = grade("--root", root, "01", make_app(app), "--json", "--profile", profile, "--start-limit", "30")
    if profile == "screen" and done.verdict["state"] == "grader_error":
        pytest.skip(f"this machine cannot hold the profile screen: {done.verdict['problem']['message']}")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert lost == {}, done.verdict["output"]


CONTAINER = """
    import signal

    from gradewright.suite import Client, RequestFailed, point

    SERVE = ["sh", "-c", "exec uvicorn app:app --port ${PORT:-8000}"]
    PROBE = "import os, urllib.request as r; r.urlopen('http://127.0.0.1:%s/pid' % os.environ.get('PORT', 8000))"


    @point("given")
    def test_a_program_reaches_the_server_that_was_told_its_port(app, client, expect):
        app.restart({"WORD": "told"}, command=SERVE)
        expect.json(client.get("/told"), {"word": "told", "port": True}, "It is told its port.")
        done = app.run("python", "-I", "-c", PROBE)
        expect.equal([0, ""], [done.code, done.output], "A program beside it reaches it.")
        if app.own_network:
            with app.second({"WORD": "untold"}, command=SERVE, port=8000) as other, Client(other, print) as there:
                expect.json(there.get("/told"), {"word": "untold", "port": False}, "Another one finds its own.")
                done = other.run("python", "-I", "-c", PROBE)
                expect.equal([0, ""], [done.code, done.output], "A program beside that one reaches it.")
        with client.stream("GET", "/lines") as reply:
            lines = reply.iter_lines()
            expect.equal("0", next(lines), "The first line comes at once.")
            app.signal(signal.SIGTERM)
            expect.equal(1000, len(list(lines)), "What it says just before its end arrives.")
        expect.that(app.wait_exit() is not None, "It ends.")
        expect.that(app.run("python", "-I", "-c", PROBE).code == 1, "Nobody is there any more.")
        app.restart(command=SERVE)
        try:
            client.get("/hang", extensions={"limit": 0.3})
        except RequestFailed:
            pass
        expect.status(client.get("/pid"), 200, "A server that was late is left alone.")


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        body = client.get("/try/socket").json()
        expect.that("refused" in body, "Connecting anywhere else should be refused.", got=body)
"""
CONTAINER_APP = (
    APP
    + """
    import asyncio
    from fastapi.responses import StreamingResponse

    @app.get("/pid")
    def pid():
        return os.getpid()

    @app.get("/told")
    def told():
        return {"word": os.environ.get("WORD"), "port": "PORT" in os.environ}

    @app.get("/hang")
    async def hang():
        await asyncio.sleep(5)

    @app.get("/lines")
    async def lines():
        async def made():
            yield "0\\n"
            await asyncio.sleep(0.5)
            yield "x\\n" * 1000
        return StreamingResponse(made())
"""
)


@pytest.mark.parametrize("profile", ["kata", "screen"])
def test_a_container_under_tcp_probe(grade, make_root, make_app, profile):
    """A health check reaches the learner's server, which is told its port or not, and its last words arrive."""
    root = make_root(CONTAINER, extra='grants = ["tcp_listen", "tcp_probe", "exec"]\n')
    done = grade("--root", root, "01", make_app(CONTAINER_APP), "--json", "--profile", profile, "--start-limit", "30")
    if profile == "screen" and done.verdict["state"] == "grader_error":
        assert "nothing was run" in done.verdict["problem"]["message"]
        pytest.skip(f"this machine cannot hold the profile screen: {done.verdict['problem']['message']}")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert lost == {}, done.verdict["output"]
