"""What a hidden suite is written with, and the pytest child that runs it. docs/suite-api.md documents every name.

A suite imports from here: `point` ties a test to an interview point; the doubles describe overrides; the fixtures `client`,
`app`, `nonce` and `expect` come by name, and their types are here as well. Nothing else of the package is stable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradewright.client import BadReply, Client, RequestFailed, ServerDied, TimedOut, WebSocketDenied, WebSocketDisconnect
from gradewright.suite.expect import CheckFailed, Expect
from gradewright.suite.marks import point
from gradewright.suite.nonce import Nonce
from gradewright.worker_control.app import AppHandle
from gradewright.worker_control.doubles import AsyncValue, Double, Namespace, Raise, Resource, Spy, Value
from gradewright.worker_control.inspector import Inspector
from gradewright.worker_control.launch import StartFailed
from gradewright.worker_control.outcomes import Finished, Override
from gradewright.worker_control.process import CommandFailed
from gradewright.worker_control.twins import NotInFlight, Twin, TwinCall, TwinRaise
from gradewright.worker_control.upstream import UpstreamReply, UpstreamRequest

if TYPE_CHECKING:
    from gradewright.client.websocket import WebSocketSession
    from gradewright.worker_control.services import Redis, Upstream

__all__ = [
    "AppHandle",
    "AsyncValue",
    "BadReply",
    "CheckFailed",
    "Client",
    "CommandFailed",
    "Double",
    "Expect",
    "Finished",
    "Inspector",
    "Namespace",
    "Nonce",
    "NotInFlight",
    "Override",
    "Raise",
    "Redis",
    "RequestFailed",
    "Resource",
    "ServerDied",
    "Spy",
    "StartFailed",
    "TimedOut",
    "Twin",
    "TwinCall",
    "TwinRaise",
    "Upstream",
    "UpstreamReply",
    "UpstreamRequest",
    "Value",
    "WebSocketDenied",
    "WebSocketDisconnect",
    "WebSocketSession",
    "point",
]


def __getattr__(name: str) -> object:
    """Import what few suites use only when one asks for it: a WebSocket's parser and a server cost 8 ms each."""
    late = {
        "WebSocketSession": "gradewright.client.websocket",
        "Redis": "gradewright.worker_control.services",
        "Upstream": "gradewright.worker_control.services",
    }
    if name not in late:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(late[name]), name)
