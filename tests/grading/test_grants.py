"""Each grant gives exactly what it says and nothing more; honest code that plain limits break passes under its grant."""

import pytest

pytestmark = pytest.mark.engine

APP = """
    import asyncio
    import contextlib
    import multiprocessing
    import os
    import pathlib
    import shutil
    import socket
    import subprocess
    import sys
    import tempfile
    import threading
    from concurrent.futures import ProcessPoolExecutor

    import anyio.to_process
    from fastapi import FastAPI, HTTPException, Request, UploadFile

    app = FastAPI()

    def work(number):
        return number * number, os.getpid()

    def attempt(action):
        try:
            return {"ok": str(action())}
        except BaseException as error:
            return {"refused": type(error).__name__}

    @app.get("/pool/{number}")
    def pool(number: int):
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as executor:
            value, pid = executor.submit(work, number).result()
        return {"value": value, "elsewhere": pid != os.getpid()}

    @app.get("/anyio/{number}")
    async def in_process(number: int):
        value, pid = await anyio.to_process.run_sync(work, number)
        return {"value": value, "elsewhere": pid != os.getpid()}

    @app.get("/try/fork")
    def fork():
        def action():
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            return os.waitpid(pid, 0)[1]
        return attempt(action)

    @app.get("/try/program")
    def program():
        return attempt(lambda: subprocess.run(["/usr/bin/env", "true"], check=True).returncode)

    @app.get("/try/own-program")
    def own_program():
        def action():
            shutil.copy("/usr/bin/env", "mine")
            os.chmod("mine", 0o755)
            return subprocess.run(["./mine"], check=True).returncode
        return attempt(action)

    @app.get("/try/python")
    def python():
        command = [sys.executable, "-c", "import fastapi; print('up')"]
        return attempt(lambda: subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())

    @app.get("/try/namespace")
    def namespace():
        return attempt(lambda: os.unshare(0x10000000) if hasattr(os, "unshare") else _unshare())

    def _unshare():
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(0x10000000):
            raise OSError(ctypes.get_errno(), "unshare")

    @app.get("/try/socket")
    def new_socket():
        return attempt(lambda: socket.create_connection(("127.0.0.1", 9), 1))

    @app.get("/try/file/{mebibytes}")
    def file(mebibytes: int):
        def action():
            with tempfile.TemporaryFile() as temporary:
                for _part in range(mebibytes):
                    temporary.write(b"x" * (1 << 20))
                temporary.flush()
            return mebibytes
        return attempt(action)

    @app.post("/upload")
    async def upload(file: UploadFile):
        size = 0
        while chunk := await file.read(1 << 20):
            size += len(chunk)
            if size > 10 << 20:
                raise HTTPException(413)
        return {"size": size}

    @app.get("/copy")
    def copy():
        pathlib.Path("a.txt").write_text("x")
        shutil.copy("a.txt", "b.txt")
        pathlib.Path("b.txt").chmod(0o600)
        pathlib.Path("b.txt").touch()
        return {"copied": pathlib.Path("b.txt").read_text()}

    @app.get("/threads/{count}")
    def threads(count: int):
        gate = threading.Barrier(count + 1)
        started = [threading.Thread(target=gate.wait) for _number in range(count)]
        for thread in started:
            thread.start()
        gate.wait()
        for thread in started:
            thread.join()
        return {"threads": count}
"""
PLAIN = """
    from gradewright.suite import point


    @point("refused")
    def test_nothing_is_granted(client, expect):
        for name in ("fork", "program", "own-program", "python", "namespace", "socket", "file/40"):
            body = client.get(f"/try/{name}").json()
            expect.that("refused" in body, f"{name} should be refused.", got=body)


    @point("honest")
    def test_honest_code_needs_no_grant(client, expect):
        expect.json(client.get("/copy"), {"copied": "x"}, "shutil.copy and Path.chmod should work.")
        expect.json(client.get("/threads/40"), {"threads": 40}, "40 threads should start.")
        expect.json(client.get("/try/file/12"), {"ok": "12"}, "A file of 12 MiB fits.")
"""
PROCESSES = """
    from gradewright.suite import point


    @point("given")
    def test_processes_run_elsewhere(client, expect):
        expect.json(client.get("/pool/7"), {"value": 49, "elsewhere": True}, "ProcessPoolExecutor should work.")
        expect.json(client.get("/anyio/8"), {"value": 64, "elsewhere": True}, "anyio.to_process should work.")
        expect.json(client.get("/try/fork"), {"ok": "0"}, "fork should work.")
        expect.json(client.get("/try/python"), {"ok": "up"}, "This Python should start.")


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        for name in ("program", "own-program", "namespace", "socket", "file/40"):
            body = client.get(f"/try/{name}").json()
            expect.that("refused" in body, f"{name} should be refused.", got=body)
"""
EXEC = """
    from gradewright.suite import point


    @point("given")
    def test_programs_run(client, expect):
        expect.json(client.get("/try/program"), {"ok": "0"}, "A program on the PATH should run.")
        expect.json(client.get("/try/python"), {"ok": "up"}, "Python should start.")


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        for name in ("own-program", "namespace", "socket", "file/40"):
            body = client.get(f"/try/{name}").json()
            expect.that("refused" in body, f"{name} should be refused.", got=body)
"""
BIG_FILES = """
    from gradewright.suite import point


    def parts(mebibytes):
        boundary = "b0undary"
        yield f'--{boundary}\\r\\nContent-Disposition: form-data; name="file"; filename="f"\\r\\n\\r\\n'.encode()
        for _part in range(mebibytes):
            yield b"x" * (1 << 20)
        yield f"\\r\\n--{boundary}--\\r\\n".encode()


    @point("given")
    def test_a_large_upload_gets_its_413(client, expect):
        headers = {"content-type": "multipart/form-data; boundary=b0undary"}
        reply = client.post("/upload", content=parts(100), headers=headers)
        expect.status(reply, 413, "100 MiB are more than 10.")
        expect.json(client.get("/try/file/40"), {"ok": "40"}, "A file of 40 MiB fits.")


    @point("no-more")
    def test_nothing_else_is_given(client, expect):
        for name in ("fork", "program", "own-program", "python", "namespace", "socket"):
            body = client.get(f"/try/{name}").json()
            expect.that("refused" in body, f"{name} should be refused.", got=body)
"""
CASES = {"": PLAIN, "processes": PROCESSES, "exec": EXEC, "big_files": BIG_FILES}


@pytest.mark.parametrize("profile", ["kata", "screen"])
@pytest.mark.parametrize("grant", list(CASES), ids=lambda name: name or "plain")
def test_grant(grade, make_root, make_app, grant, profile):
    """The suite runs under the grant in both profiles, and the verdict records it."""
    root = make_root(CASES[grant], extra=f'grants = ["{grant}"]\n' if grant else "")
    done = grade("--root", root, "01", make_app(APP), "--json", "--profile", profile, "--request-limit", "20")
    if profile == "screen" and done.verdict["state"] == "grader_error":
        message = done.verdict["problem"]["message"]
        assert "nothing was run" in message
        pytest.skip(f"this machine cannot hold the profile screen: {message}")
    lost = {point["id"]: (point["message"], point["got"]) for point in done.verdict["points"] if point["status"] != "won"}
    assert lost == {}, done.verdict["problem"]
    assert done.verdict["grants"] == ([grant] if grant else [])


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
