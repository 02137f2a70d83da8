"""What crossed the wire, kept for the report: plain data, because the grader's child does without pydantic."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

#: Bytes of a body kept for the report.
KEEP_BODY = 4096
#: Headers that every request carries anyway; only the others are worth a reader's time.
_USUAL = {
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "user-agent",
    "content-length",
    "transfer-encoding",
    "x-gradewright",
}


@dataclass(slots=True)
class Exchange:
    """One request and its reply; the fields are those of model.Exchange."""

    method: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str | None = None
    status: int | None = None
    content_type: str = ""
    reply: str = ""
    held: bool | None = None
    overrides: list[str] = field(default_factory=list)
    message: str = ""
    expected: str | None = None
    got: str | None = None
    error: str = ""
    frames: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    def curl(self) -> str:
        """Return a shell-quoted curl command that repeats the request, or "": for a WebSocket, or with an override in force."""
        if self.overrides or self.method == "WS":
            return ""
        parts = ["curl", "-I" if self.method == "HEAD" else "-i"]
        if self.method not in ("GET", "HEAD", "POST" if self.body is not None else "GET"):
            parts += ["-X", self.method]
        for name, value in self.headers:
            parts += ["-H", f"{name}: {value}"]
        if self.body is not None:
            parts += ["--data-binary", self.body]
        words = [shlex.quote(part) for part in parts]
        return " ".join([*words, "'" + ("http://127.0.0.1:8000" + self.target).replace("'", "%27") + "'"])

    def to_record(self) -> dict[str, Any]:
        """Return the exchange as JSON data."""
        return {
            "method": self.method,
            "target": self.target[:2000],
            "headers": [[name, value[:500]] for name, value in self.headers[:20]],
            "body": self.body,
            "status": self.status,
            "content_type": self.content_type[:200],
            "reply": self.reply,
            "held": self.held,
            "overrides": self.overrides,
            "message": self.message,
            "expected": self.expected,
            "got": self.got,
            "error": self.error[:2000],
            "frames": self.frames,
            "curl": self.curl()[:4000],
            "seconds": round(self.seconds, 4),
        }


def shown_headers(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers a test set itself."""
    return [(name, value) for name, value in headers if name.lower() not in _USUAL]


def shown_body(body: bytes) -> str:
    """Return a body as text, cut to KEEP_BODY with a remark."""
    text = body[:KEEP_BODY].decode(errors="replace")
    return text if len(body) <= KEEP_BODY else f"{text}… ({len(body)} bytes in all)"
