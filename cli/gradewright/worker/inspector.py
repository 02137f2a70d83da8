"""Reads what the app left behind (databases, uploads, migrations) inside the sandbox, so that the grader never parses it.

Only regular files are opened, without following links and without blocking; every size is capped. A database is copied with its
journal into a folder of the inspector's own and queried there.
"""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterator
from typing import Any

from gradewright.protocol import Message
from gradewright.worker.link import CommandError, Link

MAX_FILE = 2 << 20
MAX_DATABASE = 64 << 20
MAX_ENTRIES = 5000
MAX_ROWS = 1000
MAX_CELL = 4000


def serve(link: Link, root: str, own: str) -> None:
    """Answer the commands `files`, `read` and `query` about the folder `root` until the grader goes away."""
    link.commands.update(
        {
            "files": lambda _message: list(files(root)),
            "read": lambda message: base64.b64encode(read(root, str(message["path"]), MAX_FILE)).decode(),
            "query": lambda message: query(root, own, message),
        }
    )
    link.send({"event": "ready"})
    link.wait()


def files(root: str) -> Iterator[dict[str, Any]]:
    """Yield {"path", "size"} of each regular file below `root`; links and special files are named with size None."""
    count = 0
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            count += 1
            if count > MAX_ENTRIES:
                return
            path = os.path.join(folder, name)
            status = os.lstat(path)
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
            yield {"path": os.path.relpath(path, root).encode("utf-8", "replace").decode(), "size": size}


def read(root: str, path: str, limit: int) -> bytes:
    """Return a file's first `limit` bytes. Raises CommandError for anything but a regular file inside `root`."""
    parts = path.split("/")
    if not all(parts) or {".", ".."}.intersection(parts):
        raise CommandError("no_file", f"{path} is not a path inside the submission")
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | (0 if last else os.O_DIRECTORY)
            inner = os.open(part, flags, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CommandError("no_file", f"{path} is not a regular file")
        chunks, left = [], limit
        while left and (chunk := os.read(descriptor, min(left, 1 << 20))):
            chunks.append(chunk)
            left -= len(chunk)
        return b"".join(chunks)
    except OSError as error:
        raise CommandError("no_file", f"{path}: {os.strerror(error.errno or 0)}") from None
    finally:
        os.close(descriptor)


def query(root: str, own: str, message: Message) -> list[list[Any]]:
    """Run one SQL query on a copy of the SQLite file `path`; return at most MAX_ROWS rows of JSON-ready cells."""
    import sqlite3

    path = str(message["path"])
    copy = os.path.join(own, "copy.db")
    for ending in ("", "-wal"):
        try:
            content = read(root, path + ending, MAX_DATABASE)
        except CommandError:
            if not ending:
                raise
            continue
        with open(copy + ending, "wb") as file:
            file.write(content)
    connection = sqlite3.connect(copy, timeout=1)
    try:
        rows = connection.execute(str(message["sql"]), list(message.get("parameters") or [])).fetchmany(MAX_ROWS)
    except sqlite3.Error as error:
        raise CommandError("sql", f"{path}: {error}") from None
    finally:
        connection.close()
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(copy + ending):
                os.unlink(copy + ending)
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value[:MAX_CELL]).decode()
    return value[:MAX_CELL] if isinstance(value, str) else value
