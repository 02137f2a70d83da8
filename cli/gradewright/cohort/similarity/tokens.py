"""A stranger's source as lines of normalised tokens: what stays when it is renamed, reordered, reformatted or commented.

The text is split by the standard library's tokenizer and never parsed, compiled or imported. Names that the author chose become
one sign; names that the brief fixes, and those of the language and of other packages, stay. Comments, docstrings, imports,
blank space, and commas before a closing bracket are left out.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import time
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

#: Of one submission: tokens, and seconds to split them. An honest answer to an exercise has hundreds and takes milliseconds.
MAX_TOKENS = 20_000
MAX_SECONDS = 2.0
NAME, TEXT = "\N{WHITE SQUARE}", "\N{WHITE CIRCLE}"

_KEPT = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})
_LAYOUT = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING})
#: From Python 3.12 the parts of an f-string are tokens of their own; their number is not the same for all Pythons.
_MIDDLE = getattr(tokenize, "FSTRING_MIDDLE", -1)
_WORD = re.compile(r"[^\W\d]\w*")


class TooMuch(Exception):
    """The source has more tokens, or takes longer to split, than any answer would."""


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: the file, the first and last line in it, counted from 1, and the normalised tokens."""

    file: str
    first: int
    last: int
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What brief, starter and provided modules say: `names` in them stay, and so do strings that `text` contains."""

    text: str = ""
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        whole = "\n".join(texts)
        return cls(whole, frozenset(_WORD.findall(whole)))


@dataclass(slots=True)
class _Names:
    """What a file calls things of other packages: the name it uses → the name they have there."""

    own: frozenset[str]
    found: dict[str, str] = field(default_factory=dict)

    def read(self, words: list[str]) -> None:
        """Take in the words of an import. Modules of the submission itself are its author's words, like all other names."""
        start = words.index("import") + 1
        module = "".join(words[1 : start - 1]) if words[0] == "from" else ""
        if module.startswith(".") or module.partition(".")[0] in self.own:
            return
        part: list[str] = []
        for word in [*words[start:], ","]:
            if word != ",":
                part += [word] if word not in "()" else []
            elif part and (module or part[0] not in self.own):
                # import a.b as c: part is a . b as c; from m import a as b: a as b.
                self.found[part[-1]] = "".join(part[: part.index("as")] if "as" in part else part)
                part = []
            else:
                part = []


def read(sources: Mapping[str, str], vocabulary: Vocabulary) -> list[Line]:
    """Return the logical lines of all Python files, in the order of their names. Raises TooMuch.

    A file that Python cannot split counts as far as it goes.
    """
    own = frozenset(PurePosixPath(name).parts[0].removesuffix(".py") for name in sources)
    budget = _Budget()
    lines: list[Line] = []
    for name in sorted(sources):
        if name.endswith(".py"):
            logical = list(_logical(sources[name], budget))
            names = _Names(own)
            for tokens in logical:
                if _imports(tokens):
                    names.read([token.string for token in tokens])
            lines += [_line(name, tokens, names.found, vocabulary) for tokens in logical if _says_something(tokens)]
    return lines


class _Budget:
    def __init__(self) -> None:
        self._left = MAX_TOKENS
        self._until = time.monotonic() + MAX_SECONDS

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0 or time.monotonic() > self._until:
            raise TooMuch


def _logical(source: str, budget: _Budget) -> Iterator[list[tokenize.TokenInfo]]:
    line: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            budget.spend()
            if token.type == tokenize.NEWLINE:
                yield line
                line = []
            elif token.type not in _LAYOUT:
                line.append(token)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    if line:
        yield line


def _imports(tokens: list[tokenize.TokenInfo]) -> bool:
    return bool(tokens) and tokens[0].string in ("from", "import") and any(token.string == "import" for token in tokens)


def _says_something(tokens: list[tokenize.TokenInfo]) -> bool:
    return not _imports(tokens) and any(token.type != tokenize.STRING for token in tokens)


def _line(file: str, tokens: list[tokenize.TokenInfo], names: dict[str, str], vocabulary: Vocabulary) -> Line:
    found: list[str] = []
    before = ("", "")
    for token in tokens:
        word = token.string
        if word in (")", "]", "}") and found and found[-1] == ",":
            found.pop()
        if token.type == tokenize.NAME:
            found.append(_name(word, before, names, vocabulary))
        elif token.type == tokenize.STRING:
            found.append(_text(word, vocabulary))
        else:
            found.append(TEXT if token.type == _MIDDLE else word)
        before = (before[1], word)
    return Line(file, tokens[0].start[0], tokens[-1].end[0], tuple(found))


def _name(word: str, before: tuple[str, str], names: dict[str, str], vocabulary: Vocabulary) -> str:
    if word in _KEPT:
        return word
    if before[1] == ".":
        # Attributes are other packages' words, but for those of the author's own objects.
        return word if before[0] != "self" or word in vocabulary.names else NAME
    return names.get(word) or (word if word in vocabulary.names else NAME)


def _text(word: str, vocabulary: Vocabulary) -> str:
    value = word.lstrip("rRbBuUfF").strip("'\"")
    return f"{TEXT}{value}" if len(value) <= 100 and value in vocabulary.text else TEXT
