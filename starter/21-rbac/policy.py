"""Who may do what: the only place that knows."""


def get_policy():
    """Return the roles that are allowed to do each action."""
    # TODO
    return {}
