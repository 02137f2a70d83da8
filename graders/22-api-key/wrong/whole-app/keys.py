"""The partners' keys, as hashes. Do not edit it: while grading, a module with the same function replaces it."""

_partners = {
    # the key tea-for-two
    "35528e9a1d247a8180024a07502f1f69f6bf59ad2259700ececf8159710539a5": {"name": "Teahouse", "active": True},
    # the key old-and-gone
    "fe06e8bbea6a2fd8c5c6528538a840aa81f4fe6f93a01fa2c5c7f073e9b51bef": {"name": "Bankrupt & Sons", "active": False},
}


def find(sha256_hex):
    """Return {"name": …, "active": …} of the partner whose key has this SHA-256, or None."""
    return _partners.get(sha256_hex)
