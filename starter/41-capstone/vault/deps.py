"""The dependencies that tests replace: keep these three names."""


def get_db():
    """Yield a database session for one request, and close it afterwards."""
    raise NotImplementedError  # TODO


def get_current_user():
    """Return the user whose token came with the request: an object with `id`."""
    raise NotImplementedError  # TODO


def get_embedder():
    """Return an object with `embed(text)`: the module `embedder` will do."""
    raise NotImplementedError  # TODO
