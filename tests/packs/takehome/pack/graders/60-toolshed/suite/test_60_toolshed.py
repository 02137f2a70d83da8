"""The hidden suite of 60-toolshed, written from the project's README alone."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from gradewright.suite import AppHandle, Client, Expect, Nonce, point


def join(client: Client, expect: Expect, nonce: Nonce) -> tuple[str, str]:
    """Make a member; return email and password."""
    email, password = f"{nonce()}@{nonce()}.example", nonce(16)
    reply = client.post("/members", json={"email": email, "password": password})
    expect.keys(reply, {"email": email}, "POST /members should answer 201 with the email.", status=201)
    return email, password


def log_in(client: Client, expect: Expect, email: str, password: str) -> dict[str, str]:
    """Return the headers of somebody who has logged in."""
    reply = client.post("/token", data={"username": email, "password": password})
    body = expect.keys(reply, {"token_type": "bearer"}, "POST /token should answer with a bearer token.")
    token = body.get("access_token")
    expect.that(isinstance(token, str), "access_token should be a text.", got=body, reply=reply)
    return {"Authorization": f"Bearer {token}"}


def member(client: Client, expect: Expect, nonce: Nonce) -> dict[str, str]:
    return log_in(client, expect, *join(client, expect, nonce))


def add_tool(client: Client, expect: Expect, nonce: Nonce, headers: dict[str, str]) -> tuple[int, str]:
    name = nonce()
    reply = client.post("/tools", json={"name": name}, headers=headers)
    body = expect.keys(reply, {"name": name, "available": True}, "POST /tools should answer 201 with the tool.", status=201)
    return body.get("id"), name


def borrow(client: Client, expect: Expect, tool: int, headers: dict[str, str]) -> dict[str, Any]:
    reply = client.post("/loans", json={"tool_id": tool}, headers=headers)
    return expect.keys(reply, {"tool_id": tool}, "POST /loans should answer 201 with the loan.", status=201)


def availability(client: Client, expect: Expect, name: str) -> object:
    """Return what GET /tools says about a tool, or None when it is not listed."""
    listed = expect.read(client.get("/tools"), "GET /tools should answer JSON.")
    tools = [tool for tool in listed if isinstance(tool, dict)] if isinstance(listed, list) else []
    return next((tool.get("available") for tool in tools if tool.get("name") == name), None)


def encode(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def forge(claims: dict[str, Any], secret: str, algorithm: str = "HS256") -> dict[str, str]:
    """Return the headers of a token signed with `secret`, or not signed at all."""
    text = f"{encode({'alg': algorithm, 'typ': 'JWT'})}.{encode(claims)}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest() if algorithm == "HS256" else b""
    return {"Authorization": f"Bearer {text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"}


def claims_in(headers: dict[str, str]) -> dict[str, Any]:
    """Return a token's claims; an empty dict when it is no JWT."""
    parts = headers["Authorization"].removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@point("accounts")
def test_joining(client: Client, expect: Expect, nonce: Nonce) -> None:
    email, password = join(client, expect, nonce)
    again = client.post("/members", json={"email": email, "password": nonce(12)})
    expect.status(again, 409, "A second member with the same email should get 409.")
    log_in(client, expect, email, password)
    short = client.post("/members", json={"email": f"{nonce()}@a.example", "password": nonce(7)})
    expect.status(short, 422, "A password of 7 characters should get 422.")
    shortest = client.post("/members", json={"email": f"{nonce()}@a.example", "password": nonce(8)})
    expect.status(shortest, 201, "A password of 8 characters is allowed.")
    expect.status(
        client.post("/members", json={"email": nonce(), "password": password}), 422, "An email without @ should get 422."
    )


@point("accounts")
def test_the_password_is_not_sent_back(client: Client, expect: Expect, nonce: Nonce) -> None:
    password = nonce(16)
    reply = client.post("/members", json={"email": f"{nonce()}@a.example", "password": password})
    expect.status(reply, 201, "POST /members should answer 201.")
    expect.that(password not in reply.text, "The password should not be in the answer.", reply=reply)


@point("tokens")
def test_login(client: Client, expect: Expect, nonce: Nonce) -> None:
    email, password = join(client, expect, nonce)
    headers = log_in(client, expect, email, password)
    claims = claims_in(headers)
    expect.equal(email, claims.get("sub"), "The token's sub should be the email.")
    left = claims["exp"] - time.time() if isinstance(claims.get("exp"), int | float) else None
    expect.that(
        left is not None and 0 < left <= 3600,
        "The token should have an exp at most an hour away.",
        expected="from 0 to 3600 s",
        got=left,
    )
    expect.json(client.get("/loans", headers=headers), [], "GET /loans should answer an empty list to a new member.")
    for name, word in ((email, nonce(16)), (f"{nonce()}@a.example", password)):
        wrong = client.post("/token", data={"username": name, "password": word})
        expect.status(wrong, 401, "A wrong email or password should get 401.")


@point("tokens")
def test_other_tokens_are_refused(app: AppHandle, client: Client, expect: Expect, nonce: Nonce) -> None:
    secret = nonce(40)
    app.restart(env={"TOOLSHED_SECRET": secret})
    email, _password = join(client, expect, nonce)
    good = {"sub": email, "exp": int(time.time()) + 600}
    expect.json(client.get("/loans", headers=forge(good, secret)), [], "A token signed with TOOLSHED_SECRET should be taken.")
    expect.status(client.get("/loans"), 401, "Without a token GET /loans should answer 401.")
    expect.status(client.post("/tools", json={"name": nonce()}), 401, "Without a token POST /tools should answer 401.")
    expect.status(client.post("/loans", json={"tool_id": 1}), 401, "Without a token POST /loans should answer 401.")
    bad = {
        "A token signed with another secret should get 401.": forge(good, nonce(40)),
        "A token that is not signed should get 401.": forge(good, secret, "none"),
        "An expired token should get 401.": forge({**good, "exp": int(time.time()) - 600}, secret),
        "A token of nobody should get 401.": forge({**good, "sub": f"{nonce()}@a.example"}, secret),
        "What is no token should get 401.": {"Authorization": f"Bearer {nonce()}"},
    }
    for because, headers in bad.items():
        expect.status(client.get("/loans", headers=headers), 401, because)


@point("passwords")
def test_no_file_has_the_password(app: AppHandle, client: Client, expect: Expect, nonce: Nonce) -> None:
    app.restart(env={"TOOLSHED_DATABASE": "members.db"})
    email, password = join(client, expect, nonce)
    log_in(client, expect, email, password)
    with app.inspect() as inside:
        expect.that("members.db" in inside.files(), "The database should be the file that TOOLSHED_DATABASE names.")
        content = b"".join(inside.read(path) for path in inside.files() if path.startswith("members.db"))
    expect.that(email.encode() in content, "The member should be in the database file.")
    expect.that(password.encode() not in content, "The password should not be in the database file.")


@point("lending")
def test_a_tool_goes_to_one_member_and_comes_back(client: Client, expect: Expect, nonce: Nonce) -> None:
    ada, bob = member(client, expect, nonce), member(client, expect, nonce)
    tool, name = add_tool(client, expect, nonce, ada)
    expect.equal(True, availability(client, expect, name), "GET /tools should say that a new tool is available.")
    loan = borrow(client, expect, tool, ada)
    expect.equal(False, availability(client, expect, name), "GET /tools should say that a borrowed tool is not available.")
    for headers in (bob, ada):
        taken = client.post("/loans", json={"tool_id": tool}, headers=headers)
        expect.status(taken, 409, "A tool that somebody has should get 409.")
    back = client.delete(f"/loans/{loan.get('id')}", headers=ada)
    expect.status(back, 204, "DELETE /loans/{id} should answer 204.")
    expect.equal(True, availability(client, expect, name), "A tool that came back should be available.")
    borrow(client, expect, tool, bob)


@point("lending")
def test_what_is_not_there(client: Client, expect: Expect, nonce: Nonce) -> None:
    headers = member(client, expect, nonce)
    tool, _name = add_tool(client, expect, nonce, headers)
    loan = borrow(client, expect, tool, headers)
    far = nonce.number(10**6, 10**9)
    expect.status(
        client.post("/loans", json={"tool_id": far}, headers=headers), 404, "A tool that is not there should get 404."
    )
    expect.status(client.delete(f"/loans/{far}", headers=headers), 404, "A loan that is not there should get 404.")
    expect.status(client.delete(f"/loans/{loan.get('id')}", headers=headers), 204, "One that is there should get 204.")


@point("lending")
def test_tools_are_listed_by_name(client: Client, expect: Expect, nonce: Nonce) -> None:
    headers = member(client, expect, nonce)
    names = [add_tool(client, expect, nonce, headers)[1] for _number in range(5)]
    listed = expect.read(client.get("/tools"), "GET /tools should answer JSON.")
    shown = [tool["name"] for tool in listed if tool["name"] in names]
    expect.equal(sorted(names), shown, "GET /tools should list all tools by name.")


@point("ownership")
def test_loans_are_their_members_own(client: Client, expect: Expect, nonce: Nonce) -> None:
    ada, bob = member(client, expect, nonce), member(client, expect, nonce)
    tool, _name = add_tool(client, expect, nonce, ada)
    loan = borrow(client, expect, tool, ada)
    expect.json(client.get("/loans", headers=ada), [loan], "GET /loans should list one's own loans.")
    expect.json(client.get("/loans", headers=bob), [], "GET /loans should not list somebody else's.")
    other = client.delete(f"/loans/{loan.get('id')}", headers=bob)
    expect.status(other, 403, "Somebody else's loan should get 403.")
    expect.json(client.get("/loans", headers=ada), [loan], "The loan should still be there.")


@point("settings")
def test_due_dates(app: AppHandle, client: Client, expect: Expect, nonce: Nonce) -> None:
    for days, env in ((14, {}), (chosen := nonce.number(15, 90), {"TOOLSHED_LOAN_DAYS": str(chosen)})):
        app.restart(env=env)
        headers = member(client, expect, nonce)
        tool, _name = add_tool(client, expect, nonce, headers)
        before = datetime.now(UTC).date()
        due = borrow(client, expect, tool, headers).get("due")
        # The day may change in between.
        dates = [(day + timedelta(days=days)).isoformat() for day in (before, datetime.now(UTC).date())]
        expect.that(due in dates, f"due should be {days} days away.", expected=dates[0], got=due)


@point("durable")
def test_everything_is_there_after_a_restart(app: AppHandle, client: Client, expect: Expect, nonce: Nonce) -> None:
    email, password = join(client, expect, nonce)
    headers = log_in(client, expect, email, password)
    tool, name = add_tool(client, expect, nonce, headers)
    loan = borrow(client, expect, tool, headers)
    app.restart()
    headers = log_in(client, expect, email, password)
    expect.equal(False, availability(client, expect, name), "The tool should still be lent.")
    expect.json(client.get("/loans", headers=headers), [loan], "The loan should still be there.")
