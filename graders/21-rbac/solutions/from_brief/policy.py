"""Who may do what: the only place that knows."""


def get_policy():
    """Return the roles that are allowed to do each action."""
    return {
        "user:delete": ["admin"],
        "report:read": ["admin", "analyst"],
        "post:edit_any": ["admin"],
    }
