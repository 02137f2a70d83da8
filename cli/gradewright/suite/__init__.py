"""What a hidden suite is written with, and the pytest child that runs it. docs/authoring.md shows how they fit together.

A suite imports from here: `point` ties a test to an interview point; the doubles describe overrides; the fixtures `client`,
`app`, `nonce` and `expect` come by name.
"""

from gradewright.client import RequestFailed, TimedOut, WebSocketDenied, WebSocketDisconnect
from gradewright.suite.expect import CheckFailed, Expect
from gradewright.suite.marks import point
from gradewright.suite.nonce import Nonce
from gradewright.worker_control.doubles import AsyncValue, Double, Namespace, Raise, Resource, Spy, Value
from gradewright.worker_control.launch import StartFailed
from gradewright.worker_control.process import CommandFailed
from gradewright.worker_control.twins import NotInFlight, Twin, TwinCall, TwinRaise
from gradewright.worker_control.upstream import UpstreamReply, UpstreamRequest

__all__ = [
    "AsyncValue",
    "CheckFailed",
    "CommandFailed",
    "Double",
    "Expect",
    "Namespace",
    "Nonce",
    "NotInFlight",
    "Raise",
    "RequestFailed",
    "Resource",
    "Spy",
    "StartFailed",
    "TimedOut",
    "Twin",
    "TwinCall",
    "TwinRaise",
    "UpstreamReply",
    "UpstreamRequest",
    "Value",
    "WebSocketDenied",
    "WebSocketDisconnect",
    "point",
]
