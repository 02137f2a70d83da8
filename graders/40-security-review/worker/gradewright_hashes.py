"""Makes the slow hashes quick: a grade makes dozens of them, and how strong they are is another exercise's matter.

The results are hashes still, with salts, and they can be verified in this process by the same functions.
"""

import contextlib
import hashlib

#: What argon2 asks for at least: 8 KiB for each of its lanes.
LANE = 8

scrypt_really, pbkdf2_really = hashlib.scrypt, hashlib.pbkdf2_hmac


def scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64):
    return scrypt_really(password, salt=salt, n=min(n, 16), r=r, p=p, maxmem=maxmem, dklen=dklen)


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    return pbkdf2_really(hash_name, password, salt, min(iterations, 16), dklen)


def hasten_argon2():
    import argon2._password_hasher as hasher
    import argon2.low_level as low

    hash_really = low.hash_secret

    def hash_secret(secret, salt, time_cost, memory_cost, parallelism, *rest, **options):
        return hash_really(secret, salt, 1, LANE * parallelism, parallelism, *rest, **options)

    low.hash_secret = hasher.hash_secret = hash_secret


hashlib.scrypt, hashlib.pbkdf2_hmac = scrypt, pbkdf2_hmac
# Without argon2 nobody hashes with it.
with contextlib.suppress(ImportError):
    hasten_argon2()
