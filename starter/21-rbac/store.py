"""Users and posts, in memory. Do not edit it: while grading, a module with the same functions replaces it."""

_users = {"ada", "ben", "cleo", "dan"}
_posts = {
    "p1": {"id": "p1", "owner": "cleo", "text": "Hello"},
    "p2": {"id": "p2", "owner": "dan", "text": "Hi there"},
}


def delete_user(user_id):
    """Delete a user. Returns False when there is none of this id."""
    known = user_id in _users
    _users.discard(user_id)
    return known


def get_post(post_id):
    """Return the post with this id, or None."""
    post = _posts.get(post_id)
    return dict(post) if post else None


def set_text(post_id, text):
    """Change the text of a post, and return the post."""
    _posts[post_id]["text"] = text
    return dict(_posts[post_id])
