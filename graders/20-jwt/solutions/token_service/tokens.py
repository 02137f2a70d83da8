"""Tokens, with no web framework in sight."""

import datetime as dt
import threading
import uuid

import jwt


class Refused(Exception):
    """The token is not accepted."""


class TokenService:
    """Makes and judges tokens. The first of `keys` signs, all of them verify."""

    issuer = "grader"
    audience = "api"
    algorithm = "HS256"
    # iss and aud have to be there, too: `_decode` says what they are.
    required = ("sub", "iat", "exp", "jti", "typ")

    def __init__(self, keys, ttl):
        self._keys = keys
        self._ttl = {"access": dt.timedelta(seconds=ttl), "refresh": dt.timedelta(seconds=2 * ttl)}
        self._gone = set()
        self._lock = threading.Lock()
        self._jwt = jwt.PyJWT({"require": list(self.required)})

    def issue(self, user, typ):
        now = dt.datetime.now(dt.timezone.utc)
        claims = {
            "iss": self.issuer,
            "aud": [self.audience],
            "sub": user,
            "typ": typ,
            "iat": now,
            "exp": now + self._ttl[typ],
            "jti": str(uuid.uuid4()),
        }
        return self._jwt.encode(claims, self._keys[0], self.algorithm)

    def issue_pair(self, user):
        return {
            "access_token": self.issue(user, "access"),
            "refresh_token": self.issue(user, "refresh"),
            "token_type": "bearer",
        }

    def verify(self, token, typ):
        claims = self._decode(token)
        if claims["typ"] != typ or claims["jti"] in self._gone:
            raise Refused
        return claims

    def _decode(self, token):
        for key in self._keys:
            try:
                return self._jwt.decode(token, key, [self.algorithm], audience=self.audience, issuer=self.issuer)
            except jwt.InvalidSignatureError:
                continue
            except jwt.PyJWTError:
                break
        raise Refused

    def rotate(self, token):
        claims = self.verify(token, "refresh")
        self.revoke(claims)
        return self.issue_pair(claims["sub"])

    def revoke(self, claims):
        with self._lock:
            if claims["jti"] in self._gone:
                raise Refused
            self._gone.add(claims["jti"])
