"""Output for terminals and files whose encoding has no ✔: signs get plain stand-ins, other letters are written as escapes."""

from __future__ import annotations

from typing import TextIO

SIGNS = {
    "✔": "+",
    "✘": "x",
    "–": "-",
    "—": "-",
    "·": "|",
    "…": "...",
    "→": "->",
    "⏎": "\\n",
    "’": "'",
    "“": '"',
    "”": '"',
    "×": "x",
}


#: ASCII by another name.
PLAIN = "gradewright_ascii"


def write_anywhere(stream: TextIO, *, escape: bool) -> None:
    """Have `stream` never fail at a character. With `escape` all that it cannot hold becomes \\uXXXX, as JSON wants it."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    if encoding == "utf8" or not hasattr(stream, "reconfigure"):
        return
    import codecs

    codecs.register_error("gradewright", _escaped if escape else _replaced)
    if codecs.lookup(stream.encoding).name != "ascii" and not escape:
        stream.reconfigure(errors="gradewright")
        return
    # Click takes a stream that calls itself ASCII for one that is set up wrongly, and writes UTF-8 to it.
    plain = codecs.lookup("ascii")
    parts = (plain.encode, plain.decode, plain.streamreader, plain.streamwriter, plain.incrementalencoder)
    found = codecs.CodecInfo(*parts, plain.incrementaldecoder, name=PLAIN)
    codecs.register(lambda name: found if name == PLAIN else None)
    stream.reconfigure(encoding=PLAIN, errors="gradewright")


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(SIGNS.get(character) or _code(character) for character in text), error.end


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_code(character) for character in error.object[error.start : error.end]), error.end


def _code(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
