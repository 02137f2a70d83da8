"""The user store, in memory. Do not edit it: while grading, a module with the same functions replaces it."""


class User:
    """A row of the table of users, as an ORM gives it: columns are attributes, relations are loaded when they are read."""

    def __init__(self, id, name, email, password):
        self.id = id
        self.name = name
        self.email = email
        self.password_hash = f"not-really-hashed:{password}"
        self.reset_token = f"reset-{id * 7919}"
        self.is_staff = id == 1

    @property
    def orders(self):
        """The orders of this user: another query, each time."""
        print(f"SELECT * FROM orders WHERE user_id = {self.id}")
        return [{"number": self.id * 100 + n, "card": "4111 1111 1111 1111"} for n in range(3)]


_users = {
    1: User(1, "Ada", "ada@example.com", "engine"),
    2: User(2, "Grace", "grace@example.com", "cobol"),
}
_corrupt = User(13, None, "nobody@example.com", "lost")  # this row has lost its name; list_users() leaves it out
_prefs = {1: {"theme": "dark", "locale": None, "beta_key": "b-4711"}, 2: {"page_size": 20}}


def get_user(user_id):
    """Return the user with this id, or None."""
    return _corrupt if user_id == _corrupt.id else _users.get(user_id)


def list_users():
    """Return all users."""
    return list(_users.values())


def create_user(name, email, password):
    """Make a user and return it."""
    user = User(len(_users) + 100, name.strip(), email.strip().lower(), password)
    _users[user.id] = user
    return user


def get_prefs(user_id):
    """Return what this user has set, as a dict, or None for an unknown id."""
    return _prefs.get(user_id, {}) if user_id in _users else None
