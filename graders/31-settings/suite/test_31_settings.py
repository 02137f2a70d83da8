"""The hidden suite of 31-settings. Each test brings its own environment and its own .env."""

from gradewright.suite import point

#: How people write booleans, besides true and false.
WORDS = (("1", True), ("on", True), ("yes", True), ("0", False), ("off", False), ("no", False), ("n", False), ("f", False))


def told(values):
    """Variables and their values, for people."""
    return ", ".join(f"{name}={value}" for name, value in values.items()) or "nothing"


@point("typed-env")
def test_values_have_their_types(config, client, expect, nonce):
    digits = f"{nonce.number(0, 9_999_999):08}"
    words = (("false", False), ("t", True), ("y", True), nonce.choice(WORDS))
    names = (nonce(), digits, f"{nonce()} {nonce()}", nonce())
    for name, (word, debug) in zip(names, nonce.sample(words, len(words)), strict=True):
        count = nonce.number(2, 9999)
        spelt = nonce.choice((word, word.upper(), word.capitalize()))
        given = {"APP_NAME": name, "APP_DEBUG": spelt, "APP_MAX_ITEMS": str(count)}
        because = f"With {told(given)} in the environment, the app should serve."
        config.serve(config.good(**given), expect=expect, because=because)
        because = f"With {told(given)} in the environment, GET /config should show a text, a boolean and a number."
        expect.json(client.get("/config"), {"name": name, "debug": debug, "max_items": count}, because)


@point("dotenv-order")
def test_sources_mixed_at_random(config, client, expect, nonce):
    for _round in range(2):
        rest, environment, dotenv = config.good(APP_NAME=None), {}, {}
        debug = nonce.choice((True, False))
        wanted = {"name": None, "debug": False, "max_items": 50}
        for variable, key, one, other in (
            ("APP_NAME", "name", *nonce.tokens(2)),
            ("APP_DEBUG", "debug", debug, not debug),
            ("APP_MAX_ITEMS", "max_items", *nonce.sample(range(51, 9999), 2)),
        ):
            here, there = nonce.choice([(True, True), (True, False), (False, True)] + [(False, False)] * (key != "name"))
            if there:
                dotenv[variable], wanted[key] = str(other).lower(), other
            if here:
                environment[variable], wanted[key] = str(one).lower(), one
        with_these = f"With {told(environment)} in the environment and {told(dotenv)} in .env"
        config.serve({**rest, **environment}, dotenv, expect=expect, because=f"{with_these}, the app should serve.")
        because = (
            f"{with_these}, GET /config should show the environment's values before those of .env, and those before defaults."
        )
        expect.json(client.get("/config"), wanted, because)


@point("dotenv-order")
def test_each_source_alone(config, client, expect, nonce):
    good, name, count = config.good(), nonce(), nonce.number(51, 9999)
    good.pop("APP_NAME")
    # Everything from .env, in an environment that says nothing.
    dotenv = {"APP_NAME": name, "APP_MAX_ITEMS": str(count), "APP_DEBUG": "true"}
    because = f"With all variables in .env, {told(dotenv)} among them, and none in the environment, the app should serve."
    config.serve({}, {**good, **dotenv}, expect=expect, because=because)
    because = f"With {told(dotenv)} in .env, GET /config should show these values."
    expect.json(client.get("/config"), {"name": name, "debug": True, "max_items": count}, because)
    for variable, key, here, there in (
        ("APP_MAX_ITEMS", "max_items", nonce.number(51, 4999), nonce.number(5000, 9999)),
        ("APP_DEBUG", "debug", False, True),
    ):
        environment, dotenv = {variable: str(here)}, {"APP_NAME": name, variable: str(there)}
        with_these = f"With {told(environment)} in the environment and {told(dotenv)} in .env"
        config.serve({**good, **environment}, dotenv, expect=expect, because=f"{with_these}, the app should serve.")
        because = f"{with_these}, GET /config should show the environment's value."
        expect.keys(client.get("/config"), {"name": name, key: here}, because)


@point("dotenv-order")
def test_variables_of_others_are_ignored(config, client, expect, nonce):
    name = nonce()
    strange = {"NAME": nonce(), "DEBUG": "true", "MAX_ITEMS": str(nonce.number(51, 99)), "JWT_SECRET": nonce(40)}
    foreign = {nonce().upper(): nonce(), f"APP_{nonce().upper()}": nonce(), "APPLE": nonce()}
    wanted = {"name": name, "debug": False, "max_items": 50}
    for environment, dotenv in ((strange | foreign, {}), ({}, strange | foreign)):
        where = ".env" if dotenv else "the environment"
        these = ", ".join({**environment, **dotenv})
        because = f"With the variables {these} of other programs in {where}, the app should serve."
        good = config.good(APP_NAME=None)
        config.serve({**good, **environment}, {"APP_NAME": name, **dotenv}, expect=expect, because=because)
        because = f"GET /config should show APP_NAME={name} of .env, and ignore {these} of other programs in {where}."
        expect.json(client.get("/config"), wanted, because)


def bad_values(config, nonce):
    """Return (variable, value, what is wrong) for single mistakes; the value None stands for a missing variable."""
    cases = [
        ("APP_DATABASE_URL", None, "no APP_DATABASE_URL"),
        ("APP_JWT_SECRET", None, "no APP_JWT_SECRET"),
        ("APP_JWT_SECRET", "", "an empty APP_JWT_SECRET"),
        ("APP_MAX_ITEMS", "0", "APP_MAX_ITEMS=0"),
    ]
    # Of two bytes each, so that there are 32 bytes or more.
    accented = config.secret(nonce.number(16, 25), letters="äéïõû")
    cases += [
        ("APP_JWT_SECRET", config.secret(31), "an APP_JWT_SECRET of 31 characters"),
        ("APP_JWT_SECRET", accented, f"an APP_JWT_SECRET of {len(accented)} characters such as é"),
    ]
    cases += [(variable, "", f"an empty {variable}") for variable in ("APP_DEBUG", "APP_MAX_ITEMS")]
    number = nonce.choice((str(-nonce.number()), nonce(6)))
    wrong = (("APP_MAX_ITEMS", number), ("APP_DEBUG", f"x{nonce(6)}"))
    cases += [(variable, value, f"{variable}={value}") for variable, value in wrong]
    return nonce.sample(cases, len(cases))


@point("fail-at-startup")
def test_a_good_configuration_serves(config, client, expect, nonce):
    name = nonce()
    edge = {"APP_JWT_SECRET": config.secret(32), "APP_MAX_ITEMS": "1"}
    for environment, what in (
        (config.good(APP_NAME=name), "a good configuration"),
        (config.good(APP_NAME=name, **edge), "a secret of 32 characters and APP_MAX_ITEMS=1"),
    ):
        config.serve(environment, expect=expect, because=f"With {what}, the app should serve.")
        expect.keys(client.get("/config"), {"name": name}, f"With {what}, GET /config should be 200.")


@point("fail-at-startup")
def test_a_bad_one_does_not(config, expect, nonce):
    for variable, value, what in bad_values(config, nonce):
        check_refused(config, expect, config.good(**{variable: value}), {}, variable, f"With {what}")
    short, good = config.secret(nonce.number(12, 31)), config.good(APP_JWT_SECRET=None)
    because = f"With an APP_JWT_SECRET of {len(short)} characters in .env, and none in the environment"
    check_refused(config, expect, good, {"APP_JWT_SECRET": short}, "APP_JWT_SECRET", because)


def check_refused(config, expect, environment, dotenv, variable, with_this):
    """The app does not start, and names this variable of the five."""
    refusal = config.refuse(environment, dotenv)
    expect.that(
        refusal.instead is None,
        f"{with_this}, the process should end with an error before it serves: later, it is your users who notice.",
        expected="it ends with an error at start",
        got=refusal.instead,
    )
    expect.that(
        refusal.named == [variable],
        f"{with_this}, what the process prints should name {variable}, and none of the variables that are right: "
        "somebody has to find the mistake.",
        expected=f"{variable}, and no other of the five",
        got=f"{' and '.join(refusal.named) or 'none of the five'}, in: {config.hide(refusal.text)}",
    )


@point("cached-once")
def test_an_edited_file_changes_nothing(config, client, new_client, expect, nonce):
    before, after = nonce.tokens(2)
    dotenv = {"APP_NAME": before}
    # An app that looks at nothing before the first request loses another point for it.
    reads_at_start = config.refuse(config.good(APP_DATABASE_URL=None)).instead is None
    because = f"With APP_NAME={before} in .env, the app should serve."
    config.serve(config.good(APP_NAME=None), dotenv, expect=expect, because=because)
    if not reads_at_start:
        because = f"With APP_NAME={before} in .env, GET /config should show this name."
        expect.keys(client.get("/config"), {"name": before}, because)
    with config.edit({"APP_NAME": after}) as other:
        because = f"A process that starts after .env was edited to APP_NAME={after} should show the new name."
        expect.keys(new_client(other).get("/config"), {"name": after}, because)
        because = (
            f"A process that runs since before .env was edited should keep APP_NAME={before}, whether or not somebody asked it "
            "before the edit: settings are read once, at the start."
        )
        for _request in range(2):
            expect.keys(client.get("/config"), {"name": before}, because)


@point("cached-once")
def test_the_same_object_each_time(config, client, ask, expect, nonce):
    name = nonce()
    config.serve(config.good(APP_NAME=name), module="probe", expect=expect, because="The app should serve.")
    expect.keys(client.get("/config"), {"name": name}, "GET /config should show the name of the settings.")
    because = "get_settings() of settings.py should return the same object when it is called twice."
    expect.that(ask("same", because)["same"], because, expected="the same object", got="two objects")


@point("overridable")
def test_replaced_settings_show(config, client, ask, expect, nonce):
    name = nonce()
    config.serve(config.good(APP_NAME=name), module="probe", expect=expect, because="The app should serve.")
    expect.keys(client.get("/config"), {"name": name}, "GET /config should show the name of the settings.")
    for debug in nonce.sample((True, False), 2):
        other = {"name": nonce(), "debug": debug, "max_items": nonce.number(51, 9999)}
        ask("replace", "get_settings of settings.py should be there to be replaced.", other)
        because = "With get_settings replaced by a test, GET /config should show the settings that the replacement returns."
        expect.json(client.get("/config"), other, because)


@point("secret-hidden")
def test_settings_do_not_show_the_secret(app, config, client, ask, expect, nonce):
    secret = config.secret()
    environment = config.good(APP_JWT_SECRET=secret, APP_DEBUG=nonce.choice(("true", "false")))
    config.serve(environment, module="probe", expect=expect, because="The app should serve.")
    answer = ask("secret", "settings.jwt_secret.get_secret_value() should give the secret.")
    because = "settings.jwt_secret.get_secret_value() should give the secret."
    expect.that(answer.get("secret") == secret, because, expected=secret, got=answer.get("secret"))
    for what, text in answer["shown"].items():
        because = f"{what} should not show the secret: that is how it gets into logs."
        expect.that(secret not in text, because, expected="a text without the secret", got=text)
    for path in ("/config", f"/{nonce()}"):
        reply = client.get(path)
        because = f"The answer of GET {path} should show neither the secret nor the database URL."
        expect.that(not config.leaked(reply.text), because, expected="none of it", got=reply.text, reply=reply)
    because = "What the app prints while it serves should show neither the secret nor the database URL."
    expect.that(not config.leaked(app.log()), because, expected="none of it", got=config.hide(app.log()))


@point("secret-hidden")
def test_refusals_do_not_show_the_secret(config, ask, expect, nonce):
    secret = config.secret()
    config.serve(config.good(APP_JWT_SECRET=secret), module="probe", expect=expect, because="The app should serve.")
    because = "settings.jwt_secret.get_secret_value() should give the secret."
    expect.that(ask("secret", because).get("secret") == secret, because)
    # What was read besides shows when something is missing, and what is wrong shows itself.
    telling = ("APP_DATABASE_URL", "APP_JWT_SECRET")
    for variable, value, what in [case for case in bad_values(config, nonce) if case[0] in telling and case[1] != ""]:
        refusal = config.refuse(config.good(**{variable: value}))
        because = (
            f"With {what}, what the process prints should show neither a secret nor the database URL, nor a part of them: "
            "error texts end up in logs that many people read."
        )
        expect.that(not config.leaked(refusal.text), because, expected="none of it", got=config.hide(refusal.text))
