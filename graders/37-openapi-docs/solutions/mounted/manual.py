import base64
import hmac

import config
from api import api
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html

RIGHT = base64.b64encode(config.CREDENTIALS.encode())


def check(request: Request):
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if config.ENVIRONMENT == "staging" and not (scheme.lower() == "basic" and hmac.compare_digest(given.encode(), RIGHT)):
        raise HTTPException(401, "who is there?", {"WWW-Authenticate": 'Basic realm="docs"'})


manual = FastAPI(openapi_url=None, dependencies=[Depends(check)])


@manual.get("/")
def swagger():
    return get_swagger_ui_html(openapi_url="/developer/openapi.json", title="Orders API")


@manual.get("/redoc")
def redoc():
    return get_redoc_html(openapi_url="/developer/openapi.json", title="Orders API")


@manual.get("/openapi.json")
def schema():
    return api.openapi()
