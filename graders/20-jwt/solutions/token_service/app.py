"""A TokenService that is injected, settings by pydantic-settings and checked in the lifespan, HTTPBearer, async def."""

from contextlib import asynccontextmanager
from functools import lru_cache

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings

import users
from tokens import Refused, TokenService


class Settings(BaseSettings):
    jwt_secret: str = Field(min_length=32)
    jwt_secret_previous: str = ""
    jwt_ttl: int = 900


@lru_cache
def get_tokens() -> TokenService:
    settings = Settings()
    previous = [settings.jwt_secret_previous] if settings.jwt_secret_previous else []
    return TokenService([settings.jwt_secret, *previous], settings.jwt_ttl)


@asynccontextmanager
async def lifespan(app: FastAPI):
    get_tokens()
    yield


app = FastAPI(lifespan=lifespan)
scheme = HTTPBearer()


class Refresh(BaseModel):
    refresh_token: str


@app.exception_handler(Refused)
async def refused(request, exc):
    return Response(status_code=401)


async def get_session(
    credentials: HTTPAuthorizationCredentials = Depends(scheme),
    tokens: TokenService = Depends(get_tokens),
):
    return tokens.verify(credentials.credentials, "access")


async def get_current_user(session: dict = Depends(get_session)):
    return session["sub"]


@app.post("/token")
async def login(form: OAuth2PasswordRequestForm = Depends(), tokens: TokenService = Depends(get_tokens)):
    if not users.check(form.username, form.password):
        raise HTTPException(401)
    return tokens.issue_pair(form.username)


@app.get("/me")
async def me(user: str = Depends(get_current_user)):
    return {"sub": user}


@app.post("/refresh")
async def refresh(body: Refresh, tokens: TokenService = Depends(get_tokens)):
    return tokens.rotate(body.refresh_token)


@app.post("/logout", status_code=204)
async def logout(session: dict = Depends(get_session), tokens: TokenService = Depends(get_tokens)):
    tokens.revoke(session)
