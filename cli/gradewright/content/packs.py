"""Exercise packs: a folder with pack.toml and the three trees, or an installed package that is one.

A pack is named with `--pack`, in the environment variable GRADEWRIGHT_PACKS, or as `packs` under `[tool.gradewright]` of the
nearest pyproject.toml that has that table; packages announce themselves in the entry point group `gradewright.packs`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradewright.content.root import PARTS, ContentRoot
from gradewright.errors import ContentError, UsageError, did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

GROUP = "gradewright.packs"
VARIABLE = "GRADEWRIGHT_PACKS"
SETTINGS = ("packs",)
FILE = "pack.toml"


def open_pack(folder: Path, shown: str = "") -> ContentRoot:
    """Return the pack in `folder`, called `shown` in errors. Raises UsageError or ContentError."""
    shown = shown or str(folder)
    path = folder.resolve()
    if not path.is_dir():
        raise UsageError(f"There is no pack at {shown}.", hint=f"a pack is a folder with {FILE}, {', '.join(PARTS)}")
    absent = [part for part in PARTS if not (path / part).is_dir()]
    if len(absent) == len(PARTS) and not (path / FILE).exists():
        raise UsageError(
            f"{shown} is not a pack.",
            hint=f"it must contain {FILE}, {', '.join(PARTS)}; grade author new 01-name --pack {shown} makes one",
        )
    # Whoever uses no pack does without the model of one: building it takes 5 ms.
    from gradewright.content.pack_file import read_pack

    pack = read_pack(path)
    if absent:
        raise ContentError(
            f"The pack {pack.name} at {shown} has no {' and no '.join(f'{part}/' for part in absent)}.",
            hint="the three trees stand side by side; an empty one needs a file to survive in git",
        )
    return ContentRoot(path, "pack", pack.name)


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed pack that has not been opened yet."""

    name: str
    entry: EntryPoint

    def open(self) -> ContentRoot:
        """Return the pack, without running any of its code. Raises ContentError that names the distribution."""
        dist = self.entry.dist
        told = f"{dist.name} {dist.version}" if dist is not None else "a distribution"
        place = _folder_of(self.entry.module, dist)
        if place is None:
            raise ContentError(
                f"The installed pack {self.name} ({told}) names the package {self.entry.module}, which is not there.",
                hint=f'[project.entry-points."{GROUP}"] {self.name} = "the import package with {FILE}"',
            )
        try:
            root = open_pack(place)
        except (UsageError, ContentError) as error:
            raise ContentError(f"The installed pack {self.name} ({told}) cannot be used: {error}", hint=error.hint) from None
        if root.pack != self.name:
            raise ContentError(
                f"The installed pack {self.name} ({told}) calls itself {root.pack} in its {FILE}.",
                hint="the entry point and the file give it the same name",
            )
        return ContentRoot(root.path, "pack", root.pack, _records(dist))


def _folder_of(module: str, dist: Distribution | None) -> Path | None:
    """Return an import package's folder: where its distribution lies, or where an editable installation points to."""
    from importlib.util import find_spec

    beside = Path(str(dist.locate_file(module.replace(".", "/")))) if dist is not None else None
    if beside is not None and beside.is_dir():
        return beside
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]) if places else None


def _records(dist: Distribution | None) -> tuple[str, ...]:
    """Return the folder in which the installation keeps its own list of files: it names the suites."""
    files = (dist.files if dist is not None else None) or ()
    return tuple(str(Path(str(file.locate())).resolve().parent) for file in files if file.name == "RECORD")


def installed() -> list[Installed]:
    """Return the packs that installed packages announce, by name. Looks through all distributions: some 20 ms."""
    from importlib.metadata import entry_points

    return sorted((Installed(entry.name, entry) for entry in entry_points(group=GROUP)), key=lambda pack: pack.name)


def folder_named(text: str, base: Path) -> Path | None:
    """Return the folder that a pack's name means, seen from `base`; None where it is the name of an installed pack."""
    folder = base / Path(text).expanduser()
    return folder if os.sep in text or folder.is_dir() else None


def named(text: str, base: Path) -> ContentRoot:
    """Return the pack that `--pack` or a setting names: a folder, seen from `base`, or an installed pack."""
    folder = folder_named(text, base)
    if folder is not None:
        return open_pack(folder, text)
    known = {pack.name: pack for pack in installed()}
    if text in known:
        return known[text].open()
    hint = did_you_mean(text, known) or f"a pack is a folder with {FILE}, {', '.join(PARTS)}, or an installed package"
    raise UsageError(f"There is no pack {text!r}, neither as a folder nor installed.", hint=hint)


def chosen(
    options: Iterable[str], environment: Mapping[str, str], start: Path, *, settings: bool = True
) -> tuple[ContentRoot, ...]:
    """Return the packs that were asked for, the nearest first: options, then the environment, then pyproject.toml.

    Without `settings` no pyproject.toml is read: a stranger's folder may hold one. Raises UsageError and ContentError.
    """
    found: dict[Path, ContentRoot] = {}
    words = [*options, *(text for text in environment.get(VARIABLE, "").split(os.pathsep) if text)]
    wanted = [(text, start) for text in words] + (configured(start) if settings else [])
    for text, base in wanted:
        root = named(text, base)
        found.setdefault(root.path, root)
    return tuple(found.values())


def configured(start: Path) -> list[tuple[str, Path]]:
    """Return the packs that the nearest pyproject.toml with our table names, each with the folder it is seen from."""
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        try:
            text = path.read_bytes()
        except OSError:
            continue
        # Most files have no such table, and reading TOML costs more than looking for the word.
        if b"tool.gradewright" not in text:
            continue
        return [(name, folder) for name in _packs_in(path, text)]
    return []


def _packs_in(path: Path, text: bytes) -> list[str]:
    try:
        table = tomllib.loads(text.decode()).get("tool", {}).get("gradewright", {})
    except (ValueError, AttributeError) as error:
        raise UsageError(f"{path} is not TOML: {error}.") from None
    unknown = [name for name in table if name not in SETTINGS] if isinstance(table, dict) else ["tool.gradewright"]
    if unknown:
        hint = did_you_mean(unknown[0], SETTINGS) or f"known are {', '.join(SETTINGS)}"
        raise UsageError(f"{path}: {unknown[0]} is no setting of Gradewright.", hint=hint)
    packs = table.get("packs", [])
    if not isinstance(packs, list) or not all(isinstance(name, str) and name for name in packs):
        raise UsageError(f"{path}: packs must be a list of folders or names.", hint='packs = ["../acme-pack"]')
    return packs
