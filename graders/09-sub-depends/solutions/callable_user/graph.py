from uuid import uuid4

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer


async def get_token(credentials: HTTPAuthorizationCredentials = Depends(HTTPBearer())):
    return credentials.credentials


async def get_trace_id():
    return uuid4().hex


class UserFactory:
    def __init__(self, name_key="name", trace_key="trace"):
        self.keys = name_key, trace_key

    async def __call__(self, trace_id: str = Depends(get_trace_id), token: str = Depends(get_token)):
        return dict(zip(self.keys, (token, trace_id)))


get_user = UserFactory()


async def get_nonce():
    return uuid4().hex
