"""One thread that reads everything workers send: control messages and output. Tests wait on conditions, not on sockets.

A worker that prints a gigabyte must not hang on a full pipe, and a settle message must not wait for a test to read it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from collections.abc import Callable

CHUNK = 1 << 18
MAX_CHUNKS = 16


class Pump:
    """Watches descriptors and hands what arrives to callbacks, on its own daemon thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="gradewright-pump", daemon=True)
        self._thread.start()

    def add(self, descriptor: int, on_ready: Callable[[], bool]) -> None:
        """Call `on_ready` whenever `descriptor` can be read, until it returns False (end of stream)."""
        with self._lock:
            self._selector.register(descriptor, selectors.EVENT_READ, on_ready)
        self._wake()

    def remove(self, descriptor: int) -> None:
        with self._lock, contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    def stop(self) -> None:
        self._stopped = True
        self._wake()
        self._thread.join(timeout=2)
        if not self._thread.is_alive():
            self._selector.close()
            self._wake_read.close()
            self._wake_write.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_write.send(b"x")

    def _run(self) -> None:
        while not self._stopped:
            for key, _events in self._selector.select():
                if key.data is None:
                    with contextlib.suppress(OSError):
                        self._wake_read.recv(4096)
                    continue
                if not key.data():
                    self._forget(key)

    def _forget(self, key: selectors.SelectorKey) -> None:
        """Stop watching what `key` stood for. Its number may be closed and watched anew for something else by now."""
        with self._lock, contextlib.suppress(KeyError, ValueError):
            if self._selector.get_key(key.fd) is key:
                self._selector.unregister(key.fd)


class OutputBuffer:
    """What a worker printed: the first and the last `keep` bytes, and how many there were in all.

    Reads a non-blocking pipe. Both the pump and a test that asks for the log may drain it; the lock makes that safe.
    """

    def __init__(self, descriptor: int, keep: int = 1 << 20) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self._keep = keep
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0
        self._lock = threading.Lock()
        self._open = True
        self._closed = False

    def drain(self) -> bool:
        """Read what is there now; return False once the writing end is closed everywhere.

        Reads a bounded number of chunks: a worker that prints faster than this reads must not hold up its control messages.
        """
        with self._lock:
            for _chunk in range(MAX_CHUNKS):
                if not self._open:
                    return False
                try:
                    data = os.read(self.descriptor, CHUNK)
                except BlockingIOError:
                    return True
                except OSError:
                    data = b""
                if not data:
                    self._open = False
                    return False
                self._add(data)
            return self._open

    def _add(self, data: bytes) -> None:
        self.size += len(data)
        room = self._keep - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data
            if len(self._tail) > 2 * self._keep:
                del self._tail[: -self._keep]

    def close(self) -> None:
        """Close the pipe. The pump must have been told to forget the descriptor first: its number may be used again."""
        with self._lock:
            self._open = False
            if not self._closed:
                self._closed = True
                os.close(self.descriptor)

    @property
    def cut(self) -> bool:
        return self.size > len(self._head) + len(self._tail)

    def text(self) -> str:
        """Return the output decoded with replacement, with a line in the middle that says how much was cut."""
        with self._lock:
            head, tail = bytes(self._head), bytes(self._tail[-self._keep :])
            missing = self.size - len(head) - len(tail)
        if missing <= 0:
            return (head + tail).decode(errors="replace")
        note = f"\n[… {missing} bytes left out …]\n"
        return head.decode(errors="replace") + note + tail.decode(errors="replace")
