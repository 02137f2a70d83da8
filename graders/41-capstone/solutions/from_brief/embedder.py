"""Turns texts into vectors, slowly. Do not edit it: while grading, a module with the same API replaces it."""

import hashlib
import os
import time


class EmbeddingFailed(Exception):
    """There is no vector for this text, or the model cannot be reached."""


def embed(text: str) -> list[float]:
    """Return the vector of a text. Blocks, as a model on the network does. Raises EmbeddingFailed.

    With EMBEDDER_OFFLINE=1 in the environment there is no network. A text that begins with FAIL has no vector.
    """
    if os.environ.get("EMBEDDER_OFFLINE"):
        raise EmbeddingFailed("there is no network")
    time.sleep(2)
    if text.startswith("FAIL"):
        raise EmbeddingFailed("this text has no vector")
    return [byte / 255 for byte in hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]]
