"""Names for reports that must not name anybody: the same person gets the same one each time, and only the key tells whose.

A pseudonym is a keyed hash of the submission's name. Without the key nobody can find out by trying names, as they could with a
plain hash. The key and the names lie in one file of their own, readable by its owner alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gradewright.errors import BadInput, UsageError

FORMAT = "gradewright/pseudonyms/v1"
LENGTH = 8  # letters of base32, 40 bits: two of 500 names share them once in ten million cohorts, and then one gets longer


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Submission name to pseudonym. Without a key everybody is called by the submission's own name."""

    labels: dict[str, str]
    anonymous: bool = False

    def label(self, name: str) -> str:
        return self.labels.get(name, name)

    def veil(self, text: str) -> str:
        """Return a text of people with the names of submissions in it replaced, where they stand as words of their own."""
        if not self.anonymous:
            return text
        for name in sorted(self.labels, key=len, reverse=True):
            if len(name) >= 3:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.labels[name], text, flags=re.IGNORECASE)
        return text


def plain(names: Iterable[str]) -> Pseudonyms:
    return Pseudonyms({name: name for name in names})


def keyed(names: Iterable[str], path: Path) -> Pseudonyms:
    """Return pseudonyms by the key in `path`, which is made where there is none. Raises BadInput and UsageError."""
    key, known = _read(path)
    labels = {name: label for label, name in known.items()}
    for name in sorted(names):
        if name not in labels:
            labels[name] = _free(name, key, known)
            known[labels[name]] = name
    _write(path, {"format": FORMAT, "key": key.hex(), "names": dict(sorted(known.items()))})
    return Pseudonyms({name: labels[name] for name in names}, anonymous=True)


def _free(name: str, key: bytes, known: dict[str, str]) -> str:
    digest = hashlib.blake2b(name.casefold().encode("utf-8", "surrogateescape"), key=key, digest_size=20).digest()
    letters = base64.b32encode(digest).decode().lower()
    length = LENGTH
    while (label := f"c-{letters[:length]}") in known and length < len(letters):
        length += 1
    return label


def _read(path: Path) -> tuple[bytes, dict[str, str]]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        names = {str(label): str(name) for label, name in data["names"].items()}
        key = bytes.fromhex(data["key"])
        whole = data["format"] == FORMAT and len(key) == 32
    except FileNotFoundError:
        return secrets.token_bytes(32), {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        # A new key would silently give everybody a new name.
        raise BadInput(f"{path} is no key of pseudonyms.", hint="name another file with --key, or put the old one back")
    return key, names


def _write(path: Path, data: dict[str, object]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # with rights for its owner only
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=2, ensure_ascii=False)
        os.replace(temporary, path)
    except OSError as error:
        raise UsageError(f"{path} could not be written: {error.strerror}.", hint="name another file with --key") from None
