"""bubblewrap around the zygote: a file system with only what Python needs, and namespaces of its own.

Neither the hidden suites nor the user's home are mounted; what the app may write is memory with a size limit. The zygote and
all workers below it see no other process, no network but their own loopback, and no other user's files. Few imports: this
runs before anything else of a grade.
"""

from __future__ import annotations

import os
import sys

#: The exit code with which bwrap says that it could not set up its namespaces; the zygote never uses it.
SETUP_FAILED = 1

#: Read-only parts of the system. Links (/lib → usr/lib) are made again, folders and files are bound.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = (
    "alternatives", "ca-certificates.conf", "group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
    "mime.types", "nsswitch.conf", "passwd", "protocols", "services", "ssl", "timezone",
)  # fmt: skip

#: What the machine calls itself is nobody's business.
HOSTNAME = "gradewright"

SETPRIV = "/usr/bin/setpriv"

SCRATCH_BYTES = 256 << 20
SUBMISSION_BYTES = 64 << 20

#: Of the package, what the zygote imports. The hidden suites lie beside these in an installed package.
PACKAGE_PARTS = ("__init__.py", "emptying.py", "protocol.py", "relay.py", "sandbox", "worker")


def find() -> str | None:
    """Return bwrap's path, or None where there is none. (shutil.which would cost an import.)"""
    if sys.platform != "linux":
        return None
    for folder in ("/usr/bin", "/usr/local/bin", "/bin"):
        path = os.path.join(folder, "bwrap")
        if os.access(path, os.X_OK):
            return path
    return None


def works() -> bool:
    """Return whether bubblewrap can make its namespaces here, by trying it."""
    import subprocess

    bwrap = find()
    if bwrap is None:
        return False
    words = [bwrap, "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "/bin/true"]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def _prefixes(python: str) -> list[str]:
    """Return the folders outside /usr that the interpreter and its packages live in."""
    found = [sys.prefix, sys.base_prefix]
    found += [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    if python:
        # A foreign environment: <prefix>/bin/python, and where its interpreter really is.
        found += [os.path.dirname(os.path.dirname(path)) for path in (os.path.abspath(python), os.path.realpath(python))]
    unique: list[str] = []
    for path in found:
        covered = any(path == kept or path.startswith(kept + "/") for kept in (*unique, "/usr"))
        if os.path.isdir(path) and not covered:
            unique.append(path)
    return unique


def command(bwrap: str, work: str, package: str, inner: list[str], python: str = "") -> list[str]:
    """Return `inner` wrapped. `work` is the grade's private folder, `package` the folder of gradewright itself."""
    words = [bwrap, "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent"]
    words += ["--hostname", HOSTNAME]
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        else:
            words += ["--ro-bind-try", path, path]
    for name in ETC:
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    words += ["--dev", "/dev", "--proc", "/proc", "--size", str(SUBMISSION_BYTES), "--tmpfs", "/tmp"]  # noqa: S108
    for path in _prefixes(python):
        words += ["--ro-bind", path, path]
    words += ["--tmpfs", package]
    for name in PACKAGE_PARTS:
        words += ["--ro-bind", f"{package}/{name}", f"{package}/{name}"]
    words += ["--ro-bind", f"{work}/pristine", f"{work}/pristine", "--bind", f"{work}/farm", f"{work}/farm"]
    words += ["--size", str(SUBMISSION_BYTES), "--tmpfs", f"{work}/submission"]
    words += ["--size", str(SCRATCH_BYTES), "--tmpfs", f"{work}/scratch"]
    return [*words, "--chdir", "/", "--", *inner]


def with_fallback(wrapped: list[str], plain: list[str]) -> list[str]:
    """Return a command that runs `wrapped`, and `plain` instead where this machine refuses namespaces."""
    shell = ["/bin/sh", "-c", f"{_quoted(wrapped)} || [ $? != {SETUP_FAILED} ] || exec {_quoted(plain)}"]
    # The shell, and with it bubblewrap, ends with the grader even while the zygote is still importing and reads no socket.
    return [SETPRIV, "--pdeathsig", "KILL", *shell] if os.access(SETPRIV, os.X_OK) else shell


def _quoted(words: list[str]) -> str:
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
