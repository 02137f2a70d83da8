"""Which files a worker needs to read: the standard library, installed packages, and system libraries, with holes.

Landlock allows whole trees only, so a tree that contains something hidden is opened up entry by entry around it. A folder
opened up that way cannot be listed (listing is a right on the whole tree), and Python finds modules by listing; so the
import path points at a *farm*, a folder of links to exactly the allowed entries.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator

#: System files that the standard library, SQLite, OpenSSL and time zones read. Missing ones are passed over.
SYSTEM = (
    "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/usr/share/ca-certificates",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
    "/etc/hosts", "/etc/nsswitch.conf", "/etc/protocols", "/etc/services",
)  # fmt: skip


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def around(tree: str, hidden: Iterable[str]) -> Iterator[str]:
    """Yield paths that together cover `tree` without covering anything in `hidden`. Links are not followed out."""
    hidden = tuple(hidden)
    tree = os.path.realpath(tree)
    if any(_inside(tree, path) for path in hidden):
        return
    inside = [path for path in hidden if _inside(path, tree)]
    if not inside:
        yield tree
        return
    try:
        names = sorted(os.listdir(tree))
    except OSError:
        return
    for name in names:
        child = os.path.join(tree, name)
        if os.path.islink(child):
            # A link grants nothing by itself: its target is allowed only where another rule covers it.
            continue
        yield from around(child, inside)


def import_roots() -> tuple[str, ...]:
    """Return this interpreter's standard library, compiled modules and installed packages, in import order.

    Folders that .pth files add (a developer's other checkouts) are left out: they are not part of the environment.
    """
    standard = sysconfig.get_paths()["stdlib"]
    names = ("site-packages", "dist-packages", "lib-dynload")
    unique: dict[str, None] = {}
    for path in sys.path:
        if os.path.isdir(path) and (path == standard or os.path.basename(path) in names):
            unique[os.path.realpath(path)] = None
    return tuple(unique)


def import_path(target: str, hidden: Iterable[str], roots: Iterable[str] | None = None) -> list[str]:
    """Return the import path of a worker: each import root itself, or its farm where something in it is hidden.

    Farms are created below `target`. `hidden` are resolved absolute paths; what is hidden, or contains something hidden,
    gets no link.
    """
    hidden = tuple(hidden)
    found: list[str] = []
    for number, root in enumerate(roots if roots is not None else import_roots()):
        if not any(_inside(path, root) for path in hidden):
            found.append(root)
            continue
        farm = os.path.join(target, f"{number}-{os.path.basename(root)}")
        os.makedirs(farm)
        for name in os.listdir(root):
            entry = os.path.join(root, name)
            if not any(_inside(path, entry) for path in hidden):
                os.symlink(entry, os.path.join(farm, name))
        found.append(farm)
    return found


def readable(hidden: Iterable[str], extra: Iterable[str] = ()) -> list[str]:
    """Return every path a worker may read, opened up around `hidden`."""
    hidden = tuple(os.path.realpath(path) for path in hidden)
    found: dict[str, None] = {}
    for tree in (*SYSTEM, *import_roots(), *extra):
        if os.path.exists(tree):
            found.update(dict.fromkeys(around(tree, hidden)))
    return _without_covered(found)


def _without_covered(paths: Iterable[str]) -> list[str]:
    """Drop every path that lies inside another one of the list."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not _inside(path, kept[-1]):
            kept.append(path)
    return kept
