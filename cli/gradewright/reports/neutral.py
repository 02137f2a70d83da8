"""Text from outside on its way into other programs, where it must not act: as a formula, a command, a control character."""

from __future__ import annotations

import re

from gradewright.reports.wording import escape_unseen

#: What XML 1.0 has no place for, beyond what `escape_unseen` writes out anyway.
_NOT_XML = re.compile("[\ufffe\uffff]")
#: First characters that make a spreadsheet compute, in ASCII and in the full-width forms that some programs take for the same.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")


def cell(value: object) -> str:
    """Return a value that no spreadsheet takes for a formula, on one line."""
    shown = str(value)
    if _is_number(shown):
        return shown
    shown = escape_unseen(shown).replace("\n", "\\n").replace("\t", "\\t")
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", text) is not None


def xml_text(text: str) -> str:
    """Return text that XML 1.0 can hold; the writer of the document escapes the markup."""
    return _NOT_XML.sub(lambda hit: f"\\u{ord(hit[0]):04x}", escape_unseen(text))


def plain(text: str, most: int = 4000) -> str:
    """Return text without characters that act unseen, cut to `most` characters."""
    shown = escape_unseen(text)
    return shown if len(shown) <= most else f"{shown[:most]}… {len(shown) - most} more characters"


def workflow_data(text: str) -> str:
    """Return the message of a GitHub workflow command: what would end the line is written as GitHub's runner reads it."""
    return plain(text, 1500).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """Return the value of a property of a GitHub workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def markdown(text: str, most: int = 600) -> str:
    """Return text that Markdown shows as it is: punctuation as character references, line ends as spaces."""
    return _MARKDOWN.sub(lambda hit: f"&#{ord(hit[0])};", " ".join(plain(text, most).split()))
