"""The hidden suite of 21-rbac.

What PATCH refuses to strangers is checked in object-owner and deny-by-default alone: who owns a post is a question of its own.
"""

import pytest

from gradewright.suite import Raise, Value, point


def shuffled(routes, nonce):
    return nonce.sample(routes.actions, len(routes.actions))


@point("authenticate-first")
def test_who_are_you_comes_first(routes, world, allowed, denied, nonce):
    for action in shuffled(routes, nonce):
        allowed(routes.ask(action, world.person("admin")), "for an admin")
        denied(routes.ask(action), 401, "without a token: nobody knows who is asking")
        denied(routes.ask(action, nonce()), 401, "with a token that nobody has")
        denied(routes.ask(action, known=False), 401, "without a token")
    for action in ("user:delete", "report:read"):
        denied(routes.ask(action, world.person("member")), 403, "for a member, who is known but may not do this")


@point("authenticate-first")
def test_may_you_comes_before_does_it_exist(routes, world, allowed, denied):
    allowed(routes.ask("user:delete", world.person("admin")), "for an admin")
    asked = routes.ask("user:delete", world.person("member"), known=False)
    denied(asked, 403, "for a member: whether there is such a user is none of their business")
    denied(routes.ask("user:delete", world.person("admin"), known=False), 404, "for an admin")
    for role in ("admin", "member"):
        asked = routes.ask("post:edit_any", world.person(role), known=False)
        denied(asked, 404, f"for a user with the role {role}: nobody owns a post that is not there")


@point("authenticate-first")
def test_the_user_comes_from_auth(app, routes, world, allowed, denied, nonce):
    person = world.person("admin")
    for action in shuffled(routes, nonce):
        allowed(routes.ask(action, person), "for an admin")
        status = nonce.choice((402, 406, 418, 423, 451))
        with app.override("get_current_user", Raise(status)):
            denied(routes.ask(action, person), status, f"when get_current_user is replaced by one that raises {status}")


MATRIX = (
    ("admin", {"user:delete", "report:read", "post:edit_any"}),
    ("analyst", {"report:read"}),
    ("member", set()),
)


def check_matrix(role, may, ask, routes, allowed, denied, nonce, what):
    for action in shuffled(routes, nonce):
        if action in may:
            allowed(ask(action), f"{what} {role}")
        elif action != "post:edit_any":
            denied(ask(action), 403, f"{what} {role}")


@point("role-matrix")
def test_roles_decide(app, routes, world, allowed, denied, nonce):
    for role, may in nonce.sample([*MATRIX, *MATRIX], 2 * len(MATRIX)):
        person = world.person(role)
        check_matrix(
            role, may, lambda action, person=person: routes.ask(action, person), routes, allowed, denied, nonce, "the role"
        )
    for role, may in nonce.sample([*MATRIX, *MATRIX], 2 * len(MATRIX)):
        with app.override("get_current_user", Value({"id": nonce(), "role": role})):
            what = "when get_current_user is replaced by one that returns the role"
            check_matrix(role, may, routes.ask, routes, allowed, denied, nonce, what)


@point("role-matrix")
def test_replies(client, expect, world):
    headers = {"Authorization": f"Bearer {world.person('admin')}"}
    reply = client.get("/reports", headers=headers)
    expect.json(reply, [], "GET /reports should answer an empty list for an admin.")
    user, stays = world.user(), world.user()
    reply = client.delete(f"/users/{user}", headers=headers)
    expect.status(reply, 204, "DELETE /users/{id} should be 204 for an admin.")
    expect.that(not reply.content, "A 204 should have no body.", expected="an empty body", got=reply.text, reply=reply)
    expect.equal([f"store.delete_user({user!r})"], world.changes, "DELETE /users/{id} should delete this user.", reply=reply)
    expect.equal([stays], list(world.users), "DELETE /users/{id} should delete nobody else.", reply=reply)


@point("role-matrix")
def test_nobody_gives_himself_a_role(routes, world, allowed, denied, nonce):
    claims = [("header", {"headers": {name: "admin"}}) for name in ("X-Role", "Role", "X-User-Role")]
    claims += [("query", {"params": {"role": "admin"}})]
    for action in ("user:delete", "report:read"):
        allowed(routes.ask(action, world.person("admin")), "for an admin")
        person = world.person("member")
        for place, claim in nonce.sample(claims, len(claims)):
            denied(routes.ask(action, person, **claim), 403, f"for a member whose request calls them admin in a {place}")


def new_policy(nonce):
    """Return a policy with another role for each action."""
    return {action: [nonce()] for action in ("user:delete", "report:read", "post:edit_any")}


@point("policy-layer")
def test_another_policy_changes_every_route(app, routes, world, allowed, denied, nonce):
    for _policy in range(2):
        policy = new_policy(nonce)
        with app.override("get_policy", Value(policy)):
            for action in shuffled(routes, nonce):
                (role,) = policy[action]
                allowed(routes.ask(action, world.person(role)), f"when the replaced policy allows {action} for this role")
                if action == "post:edit_any":
                    continue
                others = [one for other, (one,) in policy.items() if other != action]
                for other in ("admin", nonce.choice(others)):
                    what = f"for the role {other}, when the replaced policy allows {action} for {role} only"
                    denied(routes.ask(action, world.person(other)), 403, what)


@point("policy-layer")
def test_several_roles_and_none(app, routes, world, allowed, denied, nonce):
    roles = nonce.tokens(3)
    policy = {**new_policy(nonce), "report:read": roles, "user:delete": []}
    with app.override("get_policy", Value(policy)):
        for role in roles:
            allowed(routes.ask("report:read", world.person(role)), "for each of three roles that the replaced policy lists")
        for role in ("admin", roles[0]):
            denied(routes.ask("user:delete", world.person(role)), 403, "when the replaced policy lists no role for user:delete")
    allowed(routes.ask("user:delete", world.person("admin")), "for an admin, with the policy of policy.py again")


@pytest.fixture
def edit(client, nonce):
    """Return a function that edits a post as somebody; it gives the new text and the reply."""

    def send(post, person):
        text = nonce(20)
        headers = {"Authorization": f"Bearer {person}"}
        return text, client.patch(f"/posts/{post['id']}", headers=headers, json={"text": text})

    return send


@point("object-owner")
def test_owners_edit_their_posts_and_strangers_do_not(expect, world, edit, nonce):
    for role in nonce.sample(("member", "analyst", nonce()), 3):
        owner, stranger = world.person(role), world.person(role)
        post, other = world.post(owner), world.post(stranger)
        text, reply = edit(post, owner)
        expect.json(
            reply,
            {**post, "text": text},
            "PATCH /posts/{id} should answer 200 with the changed post for its owner, whatever the role.",
        )
        expect.equal(text, world.posts[post["id"]]["text"], "PATCH /posts/{id} should change the post.", reply=reply)
        _text, reply = edit(post, stranger)
        expect.status(reply, 403, "PATCH /posts/{id} should be 403 for a user who does not own the post.")
        because = "PATCH /posts/{id} should leave the post as it is when it is refused."
        expect.equal({**post, "text": text}, world.posts[post["id"]], because, reply=reply)
        text, reply = edit(other, stranger)
        expect.json(reply, {**other, "text": text}, "PATCH /posts/{id} should be 200 for the owner of this one.")


@point("object-owner")
def test_what_else_may_be_edited(client, expect, world, edit):
    owner = world.person("member")
    post = world.post(owner)
    text, reply = edit(post, world.person("admin"))
    expect.json(reply, {**post, "text": text}, "PATCH /posts/{id} should be 200 for an admin, who may edit any post.")
    reply = client.patch(f"/posts/{post['id']}", headers={"Authorization": f"Bearer {owner}"}, json={})
    expect.status(reply, 422, "PATCH /posts/{id} should be FastAPI's 422 for the owner when the body has no text.")


@point("deny-by-default")
def test_unknown_roles_are_denied(routes, world, allowed, untouched, nonce):
    for action in shuffled(routes, nonce):
        allowed(routes.ask(action, world.person("admin")), "for an admin")
        for role in (nonce(), "", "Admin", "administrator", action):
            untouched(routes.ask(action, world.person(role)), f'for the role "{role}", which the policy does not know')


@point("deny-by-default")
def test_unknown_actions_are_denied(app, routes, world, allowed, untouched, nonce):
    person = world.person("admin")
    for action in shuffled(routes, nonce):
        allowed(routes.ask(action, person), "for an admin")
        without = {other: ["admin"] for other in routes.actions if other != action}
        for policy, what in (({}, "is empty"), (without, f"says nothing of {action}")):
            with app.override("get_policy", Value(policy)):
                untouched(routes.ask(action, person), f"even for an admin, when the replaced policy {what}")
