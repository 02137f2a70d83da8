"""The submission's app, beside routes of the grader's own that use its class User, and a list of what is left of Pydantic v1.

/gradewright/parse takes a User as FastAPI does, /gradewright/row reads one from an object's attributes, and
/gradewright/leftovers tells which lines of the submission made Pydantic warn that something is deprecated, or import
pydantic.v1. What should come out of all this is not known here.
"""

import builtins
import importlib
import inspect
import json
import os
import sys
import warnings

import pydantic.warnings
from db import read_row
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from gradewright.worker.loader import load_beside

HERE = os.path.dirname(os.path.realpath(__file__))

leftovers = []


def find_line():
    """Return the innermost line of the submission that is running, e.g. "models.py, line 7"; None if there is none."""
    frame = inspect.currentframe()
    while frame is not None:
        file = os.path.realpath(frame.f_code.co_filename)
        if file.startswith(HERE + os.sep) and not os.path.basename(file).startswith("gradewright_"):
            return f"{os.path.relpath(file, HERE)}, line {frame.f_lineno}"
        frame = frame.f_back
    return None


def note(what):
    line = find_line()
    if line is not None and [line, what] not in leftovers:
        leftovers.append([line, what])


real_warn, real_import = warnings.warn, builtins.__import__


def warn(message, category=None, *args, **options):
    kind = type(message) if isinstance(message, Warning) else category or UserWarning
    text = str(message)
    if issubclass(kind, pydantic.warnings.PydanticDeprecationWarning):
        note(text.partition(". ")[0].rstrip("."))
    elif text.startswith("Valid config keys have changed in V2"):
        note(" ".join(text.split()).replace("V2: *", "V2:"))
    real_warn(message, category, *args, **options)


def watch_import(name, names=None, local=None, fromlist=(), level=0):
    file = os.path.realpath((names or {}).get("__file__") or "")
    shim = name.startswith("pydantic.v1") or (name == "pydantic" and "v1" in (fromlist or ()))
    if shim and level == 0 and file.startswith(HERE + os.sep):
        note("pydantic.v1 is imported")
    return real_import(name, names, local, fromlist, level)


def listen():
    """From here on, hear of every warning, whatever filters there are. Some of Pydantic's modules have imported `warn`."""
    warnings.warn, builtins.__import__ = warn, watch_import
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "pydantic" and getattr(module, "warn", None) is real_warn:
            module.warn = warn


def find_user():
    return importlib.import_module("models").User


def add_parse():
    async def parse(user: find_user()):
        return user.model_dump(mode="json", by_alias=True)

    own.post("/gradewright/parse", response_model=None)(parse)


def add_row():
    user = find_user()

    async def read(columns: dict):
        try:
            return user.model_validate(read_row(columns)).model_dump(mode="json", by_alias=True)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what there is to tell
            return tell(error)

    own.post("/gradewright/row", response_model=None)(read)


def tell(error):
    return JSONResponse({"problem": f"{type(error).__name__}: {error}"}, 500)


def offer(path, add):
    """Add a route; if that does not work, add one that says why."""
    try:
        add()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what there is to tell
        told = tell(error)

        async def answer():
            return told

        own.post(path)(answer)


listen()
learner = load_beside(__file__)
own = FastAPI()
offer("/gradewright/parse", add_parse)
offer("/gradewright/row", add_row)


@own.get("/gradewright/leftovers")
async def read_leftovers():
    return json.loads(json.dumps(leftovers))


async def app(scope, receive, send):
    ours = scope["type"] == "http" and scope["path"].startswith("/gradewright/")
    await (own if ours else learner)(scope, receive, send)
