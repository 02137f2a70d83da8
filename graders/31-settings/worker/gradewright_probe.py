"""Serves the submission's app, and beside it, below /gradewright, what the submission's settings.py says and does.

What it should say is not known here.
"""

import importlib
import inspect
from types import SimpleNamespace
from typing import Annotated

from fastapi import Body, FastAPI
from gradewright_start import app as learner

probe = FastAPI(openapi_url=None)


async def read_settings():
    """Return what get_settings() of settings.py returns."""
    found = importlib.import_module("settings").get_settings()
    return await found if inspect.isawaitable(found) else found


def told(error):
    return {"problem": f"{type(error).__name__}: {error}"}


@probe.post("/gradewright/same")
async def same():
    try:
        return {"same": await read_settings() is await read_settings()}
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what there is to tell
        return told(error)


@probe.post("/gradewright/secret")
async def show():
    try:
        found = await read_settings()
        shown = {"repr(settings)": repr(found), "str(settings)": str(found), "str(settings.jwt_secret)": str(found.jwt_secret)}
        if hasattr(found, "model_dump_json"):
            shown["settings.model_dump_json()"] = found.model_dump_json()
        return {"secret": str(found.jwt_secret.get_secret_value()), "shown": shown}
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what there is to tell
        return told(error)


@probe.post("/gradewright/replace")
async def replace(values: Annotated[dict, Body()]):
    """Put a function that returns other settings in the place of get_settings. They are as real as possible."""
    try:
        found = await read_settings()
        if hasattr(found, "model_copy"):
            other = found.model_copy(update=values)
        else:
            other = SimpleNamespace(**{**vars(found), **values})
        learner.dependency_overrides[importlib.import_module("settings").get_settings] = lambda: other
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what there is to tell
        return told(error)
    return {}


async def app(scope, receive, send):
    own = scope["type"] == "http" and scope["path"].startswith("/gradewright/")
    await (probe if own else learner)(scope, receive, send)
