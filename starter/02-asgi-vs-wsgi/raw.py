"""02-asgi-vs-wsgi, the app without a framework: run it with `uvicorn raw:raw --reload`."""


def raw(environ, start_response):
    # TODO: this is the signature of the older interface, WSGI. ASGI calls an async function with a scope and two ways to talk.
    raise NotImplementedError
