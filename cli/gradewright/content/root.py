"""The content root: the folder that holds exercises/, starter/ and graders/ side by side."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gradewright.errors import UsageError

PARTS = ("exercises", "starter", "graders")


@dataclass(frozen=True, slots=True)
class ContentRoot:
    """A content root and where it came from: `option`, `ancestor`, `packaged` or `pack`.

    `pack` is its name where it is one. `beside` are further places that no submission may read while this root's exercises
    are graded: other packs, and an installation's own list of its files.
    """

    path: Path
    origin: str
    pack: str = ""
    beside: tuple[str, ...] = ()

    def exercise(self, slug: str) -> Path:
        return self.path / "exercises" / slug

    def starter(self, slug: str) -> Path:
        return self.path / "starter" / slug

    def suite(self, slug: str) -> Path:
        return self.path / "graders" / slug / "suite"

    def provided(self, slug: str) -> Path:
        """The provided modules and twins that are copied to the worker."""
        return self.path / "graders" / slug / "worker"

    def provides(self, slug: str, module: str) -> bool:
        """Return whether the provided modules have the module `a.b`."""
        path = self.provided(slug).joinpath(*module.split("."))
        return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()

    def solutions(self, slug: str) -> Path:
        return self.path / "graders" / slug / "solutions"

    def wrong(self, slug: str) -> Path:
        return self.path / "graders" / slug / "wrong"


def _is_root(path: Path) -> bool:
    return all((path / part).is_dir() for part in PARTS)


def package_folder() -> Path:
    return Path(os.path.realpath(__file__)).parents[1]


def find_root(option: str | None = None, start: Path | None = None, *, ancestors: bool = True) -> ContentRoot:
    """Return the content root: `--root`, else the nearest ancestor of `start` that has one, else the packaged copy.

    Without `ancestors` only the first and the last count: a stranger's folder may hold content of its own. The checkout that an
    editable install runs from counts as the packaged copy. Raises UsageError.
    """
    if option is not None:
        path = Path(option).resolve()
        if not _is_root(path):
            raise UsageError(f"{option} is not a content root.", hint=f"it must contain {', '.join(PARTS)}")
        return ContentRoot(path, "option")
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if ancestors and _is_root(folder):
            return ContentRoot(folder, "ancestor")
    packaged = package_folder() / "_content"
    if _is_root(packaged):
        return ContentRoot(packaged, "packaged")
    checkout = package_folder().parents[1]
    if _is_root(checkout):
        return ContentRoot(checkout, "packaged")
    raise UsageError("The exercises are missing from this installation.", hint="install gradewright again, or name --root")
