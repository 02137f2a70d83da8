"""Each grant gives exactly what it says and nothing more; honest code that plain limits break passes under its grant."""

from pathlib import Path
from textwrap import indent

import pytest

pytestmark = pytest.mark.engine

APP = indent((Path(__file__).parent / "apps" / "reaching.py").read_text(encoding="utf-8"), "    ")

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
