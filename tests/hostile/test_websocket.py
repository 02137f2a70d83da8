"""WebSockets that never answer, never end, say too much, or speak something else lose the point that asked, in time."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.hostile

SUITE = """
    from gradewright.suite import point

    @point("socket")
    def test_socket_says_what_it_heard(client, expect, nonce):
        word = nonce()
        with client.websocket_connect("/ws") as socket:
            socket.send_text(word)
            expect.equal(word, socket.receive_text(), "The socket should say what it heard.")

    @point("other")
    def test_other_routes_go_on(client, expect):
        expect.json(client.get("/"), {"up": True}, "GET / should answer.")
"""
APP = """
import asyncio, struct
from fastapi import FastAPI, WebSocket
app = FastAPI()
@app.get("/")
async def home(): return {{"up": True}}
@app.websocket("/ws")
async def socket(ws: WebSocket):
    {talk}
async def raw(ws, accept=True):
    if accept:
        await ws.accept()
    found = ws._send
    while not hasattr(getattr(found, "__self__", None), "transport"):
        found = next(cell.cell_contents for cell in found.__closure__ if callable(cell.cell_contents))
    return found.__self__.transport
print("STARTED", flush=True)
"""
HANDSHAKE = "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: "

TALKS: dict[str, tuple[str, list[str]]] = {
    "never accepts": ("await asyncio.sleep(1000)", ["handshake was not answered within 1 s"]),
    "ends without accepting": ("return", ["refused with status", "died"]),
    "refuses": ("await ws.close(4000, 'no' * 20)", ["refused with status 403"]),
    "never says a word": ("await ws.accept(); await asyncio.sleep(1000)", ["no message within 1 s"]),
    "closes at once": ("await ws.accept(); await ws.close(4001)", ["closed with code 4001"]),
    "endless frames": (
        "await ws.accept()\n    while True:\n        await ws.send_text('x')",
        ["should say what it heard", "more than 10000 messages", "10000"],
    ),
    "endless bytes": (
        "await ws.accept()\n    while True:\n        await ws.send_bytes(bytes(500_000))",
        ["binary message", "more than 16 MiB"],
    ),
    "endless pings": (
        "t = await raw(ws)\n    while True:\n        t.write(b'\\x89\\x00' * 5000); await asyncio.sleep(0)",
        ["more than 10000", "16 MiB"],
    ),
    "endless fragments": (
        "t = await raw(ws); t.write(b'\\x01\\x00')\n    while t.write(b'\\x00\\x00' * 5000) is None: await asyncio.sleep(0)",
        ["more than 10000", "16 MiB"],
    ),
    "giant frame": ("await ws.accept(); await ws.send_text('x' * 3_000_000); await ws.receive_text()", ["larger than 1 MiB"]),
    "frame that announces 8 EiB": (
        "t = await raw(ws); t.write(b'\\x81\\x7f' + struct.pack('>Q', 1 << 62)); await asyncio.sleep(1000)",
        ["larger than 1 MiB", "protocol"],
    ),
    "frame that drips": (
        (
            "t = await raw(ws)\n    t.write(b'\\x81\\x7e\\xff\\xff')\n    while True:\n"
            "        t.write(b'x'); await asyncio.sleep(0.1)"
        ),
        ["no message within 1 s", "did not end within 1 s"],
    ),
    "bad UTF-8": ("t = await raw(ws); t.write(b'\\x81\\x02\\xff\\xfe'); await asyncio.sleep(1000)", ["not UTF-8"]),
    "reserved bits": ("t = await raw(ws); t.write(b'\\xf1\\x00'); await asyncio.sleep(1000)", ["protocol"]),
    "masked": ("t = await raw(ws); t.write(b'\\x81\\x80abcd'); await asyncio.sleep(1000)", ["protocol"]),
    "bad close": ("t = await raw(ws); t.write(b'\\x88\\x01x'); await asyncio.sleep(1000)", ["protocol", "1006", "closed"]),
    "slow close": (
        (
            "await ws.accept(); await ws.send_text(await ws.receive_text())\n    while True:\n"
            "        try:\n            await asyncio.sleep(1000)\n        except BaseException:\n            pass"
        ),
        ["did not end within 1 s"],
    ),
    "cut off": ("t = await raw(ws); t.abort()", ["without a close frame", "connection"]),
    "wrong key": (
        f"t = await raw(ws, False); t.write(b'{HANDSHAKE}' + b'x' * 28 + b'\\r\\n\\r\\n'); await asyncio.sleep(1000)",
        ["wrongly", "handshake"],
    ),
    "no HTTP": ("t = await raw(ws, False); t.write(b'SSH-2.0\\r\\n\\r\\n'); await asyncio.sleep(1000)", ["handshake"]),
    "endless handshake": (
        (
            "t = await raw(ws, False); t.write(b'HTTP/1.1 101 x\\r\\n')\n    while True:\n"
            "        t.write(b'x: ' + b'y' * 60_000 + b'\\r\\n'); await asyncio.sleep(0)"
        ),
        ["handshake", "16 MiB"],
    ),
    "handshake that drips": (
        (
            "t = await raw(ws, False); t.write(b'HTTP/1.1 101 x\\r\\nx: ')\n    while True:\n"
            "        t.write(b'y'); await asyncio.sleep(0.1)"
        ),
        ["handshake was not answered within 1 s"],
    ),
    "leaves": ("await ws.accept()\n    import os\n    os._exit(3)", ["the server died: exit code 3"]),
}


def case(talk: str) -> dict[str, Any]:
    return {"suite": SUITE, "app": APP.format(talk=talk), "args": ("--request-limit", "1", "--total-limit", "30")}


@pytest.mark.parametrize(("case", "says"), [pytest.param(case(talk), says, id=name) for name, (talk, says) in TALKS.items()])
def test_hostile_socket_loses_only_its_own_point(outcome: Any, says: list[str]) -> None:
    assert (outcome.state, outcome.code) == ("graded", 1), outcome.problem
    assert outcome.lost == ["socket"]
    told = outcome.failures("socket")
    assert any(text in told for text in says), told
    assert outcome.seconds < 30
    # The worker holds what it sends; the grader must not.
    assert outcome.memory < 500


@pytest.mark.parametrize("case", [case("await ws.accept(); await ws.send_text(await ws.receive_text())")], ids=["honest"])
def test_honest_socket_wins(outcome: Any) -> None:
    assert (outcome.state, outcome.lost) == ("graded", [])
