"""Replies that are endless, slow, broken, compressed or poisonous lose the point that asked, within the deadline."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.hostile

#: Writes raw bytes on the connection: `send` of the ASGI call is bound to the protocol's own object.
RAW = """
import asyncio
class Raw:
    def __init__(self, inner):
        self.inner = inner
    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/users":
            return await self.inner(scope, receive, send)
        found = send
        while not hasattr(getattr(found, "__self__", None), "transport"):
            found = next(cell.cell_contents for cell in found.__closure__ if callable(cell.cell_contents))
        transport = found.__self__.transport
        await self.talk(transport)
    async def talk(self, transport):
        {talk}
app.add_middleware(Raw)
"""

#: An ASGI app that says what it should not.
ASGI = """
class Wrong:
    def __init__(self, inner):
        self.inner = inner
    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/users":
            return await self.inner(scope, receive, send)
        import asyncio
        {talk}
app.add_middleware(Wrong)
"""
STREAM = """
def list_users(page: Page):
    from fastapi.responses import StreamingResponse
    import time
    def body():
        {body}
    return StreamingResponse(body(), media_type="application/json"{more})
"""
REPLY = """
def list_users(page: Page):
    from fastapi import Response
    return Response({content}, media_type="application/json"{more})
"""


def stream(body: str, more: str = "") -> dict[str, str]:
    return {"users": STREAM.format(body=body, more=more)}


def reply(content: str, more: str = "") -> dict[str, str]:
    return {"users": REPLY.format(content=content, more=more)}


def raw(talk: str) -> dict[str, str]:
    return {"add": RAW.replace("{talk}", talk)}


def asgi(talk: str) -> dict[str, str]:
    return {"add": ASGI.replace("{talk}", talk)}


START = 'await send({"type": "http.response.start", "status": 200, "headers": [%s]}); '
BODY = 'await send({"type": "http.response.body", "body": %s})'
JSON = '(b"content-type", b"application/json")'
OK = 'b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\n'
#: Made once, at import: 100 KB that become 100 MB.
BEFORE = "import gzip\nBOMB = gzip.compress(b'{' + b' ' * 100_000_000)\n"
#: Without a deadline of each call, this is where the grade would end.
SOON = {"args": ("--request-limit", "1", "--total-limit", "20")}
SLOW = ["no reply within 1 s", "did not end within 1 s"]

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    # too much
    "1 GB": (stream("for _ in range(1000): yield b'x' * 1_000_000"), ["larger than 16 MiB", *SLOW]),
    "40 MB at once": ({**reply("b' ' * 40_000_000"), "args": ("--request-limit", "8")}, ["larger than 16 MiB"]),
    "endless stream": (stream("while True: yield b'x' * 65536"), ["larger than 16 MiB", *SLOW]),
    "endless header": (raw('transport.write(b"HTTP/1.1 200 OK\\r\\nx: " + b"y" * 20_000_000)'), ["not complete HTTP"]),
    "10,000 headers": (raw(f'transport.write({OK}" + b"x: y\\r\\n" * 10_000 + b"\\r\\n")'), ["not complete HTTP"]),
    "gzip bomb": (reply("BOMB", ", headers={'content-encoding': 'gzip'}"), ["encoded with 'gzip'"]),
    "gzip after identity": (
        asgi(START % f'{JSON}, (b"content-encoding", b"identity"), (b"content-encoding", b"gzip")' + BODY % "BOMB"),
        ["encoded with 'gzip'"],
    ),
    "gzip in a list": (reply("BOMB", ", headers={'content-encoding': 'identity, gzip'}"), ["encoded with 'gzip'"]),
    "deflate": (reply("b'x'", ", headers={'content-encoding': 'deflate'}"), ["encoded with 'deflate'"]),
    # too slow
    "body that drips": ({**stream("while True:\n            time.sleep(0.2)\n            yield b' '"), **SOON}, SLOW),
    "header that drips": (
        raw(
            'transport.write(b"HTTP/1.1 200 OK\\r\\nx: ")\n        while True:\n'
            '            transport.write(b"y"); await asyncio.sleep(0.1)'
        ),
        SLOW,
    ),
    "endless 100 Continue": (
        raw('while True:\n            transport.write(b"HTTP/1.1 100 Continue\\r\\n\\r\\n"); await asyncio.sleep(0.01)'),
        [*SLOW, "larger than"],
    ),
    "nothing at all": (raw("await asyncio.sleep(1000)"), SLOW),
    "redirects to itself": (
        reply("b''", ", status_code=307, headers={'location': '/users'}"),
        ["TooManyRedirects", "Exceeded maximum allowed redirects"],
    ),
    # broken
    "content-length too long": (
        asgi(START % f'{JSON}, (b"content-length", b"100")' + BODY % 'b"{}"'),
        ["not complete HTTP", "IncompleteRead"],
    ),
    "content-length too short": (asgi(START % f'{JSON}, (b"content-length", b"1")' + BODY % 'b"[1,2]"'), []),
    "negative content-length": (raw(f'transport.write({OK}content-length: -5\\r\\n\\r\\n[]"); transport.close()'), []),
    "two content-lengths": (
        raw(f'transport.write({OK}content-length: 2\\r\\ncontent-length: 90\\r\\n\\r\\n[]"); transport.close()'),
        [],
    ),
    "bad chunk": (
        raw(f'transport.write({OK}transfer-encoding: chunked\\r\\n\\r\\nZZ\\r\\nxx"); transport.close()'),
        ["not complete HTTP"],
    ),
    "chunk of a negative size": (
        raw(f'transport.write({OK}transfer-encoding: chunked\\r\\n\\r\\n-5\\r\\nxx"); transport.close()'),
        ["not complete HTTP", "form"],
    ),
    "not HTTP": (raw('transport.write(b"SSH-2.0-x\\r\\n"); transport.close()'), ["not complete HTTP"]),
    "HTTP/0.9": (raw('transport.write(b"{}"); transport.close()'), ["not complete HTTP"]),
    "status 99": (raw('transport.write(b"HTTP/1.1 99 x\\r\\n\\r\\n"); transport.close()'), ["not complete HTTP"]),
    "status 101": (raw('transport.write(b"HTTP/1.1 101 x\\r\\nupgrade: x\\r\\n\\r\\nxxxx"); transport.close()'), ["101"]),
    "closes at once": (raw("transport.abort()"), ["not complete HTTP"]),
    "two replies": (raw(f'transport.write(({OK}content-length: 2\\r\\n\\r\\n[]") * 2); transport.close()'), []),
    "header without a name": (raw('transport.write(b"HTTP/1.1 200 OK\\r\\n: x\\r\\n\\r\\n{}"); transport.close()'), []),
    "location that is no URL": (reply("b''", ", status_code=302, headers={'location': 'http://[::1/'}"), ["form"]),
    "redirect to another host": (
        reply("b''", ", status_code=302, headers={'location': 'http://127.0.0.1:@PORT@/x'}"),
        ["404", "Not Found"],
    ),
    # poisonous
    "nested 1,000,000 deep": (reply("b'[' * 1_000_000"), ["not JSON", "nested too deeply"]),
    "nested and closed": (reply("b'[' * 100_000 + b']' * 100_000"), ["nested too deeply"]),
    "nested just below the limit": (reply("b'[' * 960 + b']' * 960"), []),
    "5,000 digits": (reply("b'{\"skip\": ' + b'9' * 5000 + b'}'"), ["not JSON"]),
    "not a number": (reply('b\'{"skip": NaN, "limit": Infinity}\''), []),
    "invalid UTF-8": (reply('b\'{"skip": "\\xff\\xfe"}\''), ["not JSON"]),
    "lone surrogates": (reply('b\'{"skip": "\\\\ud800", "limit": "\\\\udc00"}\''), ["ud800"]),
    "NUL": (reply('b\'{"skip": "\\\\u0000"}\\x00\''), ["not JSON"]),
    "keys by the million": (reply("b'{' + b','.join(b'\"%d\":1' % n for n in range(500_000)) + b'}'"), []),
    "not JSON": (reply("b'{'"), ["not JSON"]),
    "no body": (reply("b''"), ["not JSON"]),
    "bytes that do not fit the type": (
        reply("b'\\x00\\xff' * 5000", ", headers={'content-type': 'text/html; charset=\\xff'}"),
        [],
    ),
    "a name of 8 MB": (reply("b'{\"' + b'n' * 8_000_000 + b'\": 1}'"), []),
}


@pytest.mark.parametrize(
    ("case", "says"),
    [pytest.param({"before": BEFORE * ("BOMB" in str(case)), **case}, says, id=name) for name, (case, says) in CASES.items()],
)
def test_hostile_reply_loses_only_the_point_that_asked(outcome: Any, says: list[str]) -> None:
    assert (outcome.state, outcome.code) == ("graded", 1)
    assert outcome.lost == ["shared-logic"]
    told = outcome.failures("shared-logic")
    assert any(text in told for text in says) or not says, told
    assert outcome.seconds < 60


DOCUMENTS: dict[str, str] = {
    "name of 10 MB": 'with_parameter({"in": "query", "name": "n" * 10_000_000})',
    "wrong types": 'with_parameter({"in": "query", "name": 5})',
    "no name": 'with_parameter({"in": "query"})',
    "surrogate": 'with_parameter({"in": "query", "name": "\\ud800"})',
    "a list": "[]",
    "a number": "7",
}
OPENAPI = """
from fastapi import Response
import json
def with_parameter(parameter):
    return {"paths": {"/items": {"get": {"parameters": [parameter]}}, "/users": {"get": {}}}}
app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", "") != "/openapi.json"]
@app.get("/openapi.json")
def document():
    return Response(json.dumps({document}), media_type="application/json")
"""


@pytest.mark.parametrize(
    "case", [pytest.param({"add": OPENAPI.replace("{document}", document)}, id=name) for name, document in DOCUMENTS.items()]
)
def test_hostile_openapi_document_loses_its_point(outcome: Any) -> None:
    assert (outcome.state, outcome.code) == ("graded", 1)
    assert outcome.lost == ["params-surface"]
    point = next(point for point in outcome.verdict["points"] if point["id"] == "params-surface")
    assert len(point["message"] + str(point["got"])) < 10_000
