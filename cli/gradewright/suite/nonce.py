"""Random inputs of a test: unpredictable without the seed, repeatable with it, different for every test."""

from __future__ import annotations

import hashlib
import random
import string
from typing import Any

SEED_BYTES = 16


class Nonce(random.Random):
    """random.Random over keyed BLAKE2b in counter mode, plus ready-made inputs.

    The key is the grade's 128-bit seed and the message is the test's id and a counter, so what one test shows to the
    submission says nothing about another's inputs (a Mersenne Twister would be recovered from 624 of its outputs, a short
    seed from a single one).
    """

    def __init__(self, seed: bytes, test_id: str) -> None:
        self._key = seed
        self._test = test_id.encode()
        self._counter = 0
        super().__init__()

    def seed(self, *_args: Any, **_kwargs: Any) -> None:
        """Do nothing: the stream is fixed by the constructor."""

    def getstate(self) -> Any:
        raise NotImplementedError("a nonce has no state to save; draw again with the same seed and test id")

    def setstate(self, state: Any) -> None:
        raise NotImplementedError("a nonce has no state to restore")

    def getrandbits(self, k: int, /) -> int:
        count = (k + 7) // 8
        data = bytearray()
        while len(data) < count:
            block = self._counter.to_bytes(8, "big") + self._test
            data += hashlib.blake2b(block, key=self._key, digest_size=64).digest()
            self._counter += 1
        return int.from_bytes(data[:count], "big") >> (count * 8 - k) if k else 0

    def random(self) -> float:
        return self.getrandbits(53) / (1 << 53)

    def __call__(self, length: int = 10) -> str:
        """Return a random token: lower-case letters and digits, starting with a letter."""
        rest = "".join(self.choices(string.ascii_lowercase + string.digits, k=length - 1))
        return self.choice(string.ascii_lowercase) + rest

    def tokens(self, count: int, length: int = 10) -> list[str]:
        """Return `count` different tokens."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self(length)] = None
        return list(found)

    def number(self, low: int = 1000, high: int = 999_999) -> int:
        """Return an integer from low to high, both included."""
        return self.randint(low, high)
