"""Archives that lead out of their folder, that unpack to more than anybody has, or that no reader should believe."""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewright.errors import Rejected
from gradewright.session.archives import arrive, unpack

pytestmark = pytest.mark.hostile

EVIL = ("../out.py", "/tmp/out-@.py", "a/../../out.py", "..\\out.py", "C:\\out.py", "a\x1b[2J.py", "d/" * 30)
Made = Callable[[Path], None]


def zipped(**options: bytes) -> Made:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (*EVIL, "app.py"):
                archive.writestr(name, b"x = 1\n") if name.count("/") < 20 else None
            link = zipfile.ZipInfo("link.py")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")

    return make


def tarred(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name in EVIL[:-1]:
            archive.addfile(tarfile.TarInfo(name.replace("@", "t")))
        for name, kind in {
            "link": tarfile.SYMTYPE,
            "hard": tarfile.LNKTYPE,
            "pipe": tarfile.FIFOTYPE,
            "dev": tarfile.CHRTYPE,
        }.items():
            entry = tarfile.TarInfo(f"{name}.py")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        app = tarfile.TarInfo("app.py")
        app.size = 6
        archive.addfile(app, io.BytesIO(b"x = 1\n"))


@pytest.mark.parametrize(("name", "make"), [("a.zip", zipped()), ("a.tar.gz", tarred)], ids=["zip", "tar"])
def test_nothing_leaves_its_folder(tmp_path: Path, name: str, make: Made) -> None:
    make(tmp_path / name)
    target = tmp_path / "deep" / "target"
    target.mkdir(parents=True)
    try:
        skipped = unpack(tmp_path / name, target)
    except Rejected as refusal:
        skipped = [f"refused as a whole: {refusal}"]
    assert [path.relative_to(target).as_posix() for path in sorted(target.rglob("*"))] == ["app.py"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "deep"])
    assert len(skipped) >= 6
    assert "\x1b" not in "".join(skipped)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("app.py", "w") as file:
        for _part in range(100):
            file.write(bytes(1 << 20))


def lies(path: Path) -> None:
    """Announce one byte for each of the large entry's."""
    bomb(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 100 << 20), struct.pack("<I", 1)))


def nested(path: Path) -> None:
    content = b"x"
    for _level in range(8):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", content)
        content = inner.getvalue()
    path.write_bytes(content)


def many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3000):
            archive.writestr(f"f{number}.py", b"")


def deep(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("d/" * 30 + "app.py", b"")


def unusual(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("app.py", b"x = 1\n")


def header(size: int) -> bytes:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, size
    return entry.tobuf(tarfile.USTAR_FORMAT)


def long_header(path: Path) -> None:
    packed, block = bz2.BZ2Compressor(), bytes(1 << 20)
    out = [packed.compress(header(400 << 20)), *(packed.compress(block) for _part in range(400)), packed.flush()]
    path.write_bytes(b"".join(out))


def passed_over(path: Path) -> None:
    """Many large files that are left out: reading on to the next one unpacks each."""
    packed = bz2.BZ2Compressor()
    block, out = bytes(1 << 20), []
    for number in range(3):
        entry = tarfile.TarInfo(f"{number}.pyc")
        entry.size = 900 << 20
        out.append(packed.compress(entry.tobuf(tarfile.USTAR_FORMAT)))
        out.append(packed.compress(block))
    path.write_bytes(b"".join([*out, packed.flush()]))


def packed_tightly(path: Path) -> None:
    entry = tarfile.TarInfo("app.py")
    entry.size = 700 << 20
    packed, block = bz2.BZ2Compressor(), bytes(1 << 20)
    out = [
        packed.compress(entry.tobuf(tarfile.USTAR_FORMAT)),
        *(packed.compress(block) for _part in range(700)),
        packed.flush(),
    ]
    path.write_bytes(b"".join(out))


def wants_memory(path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 256 << 20}]
    with lzma.open(path, "wb", filters=filters) as file:
        file.write(bytes(10240))


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 << 20)


def sparse(path: Path) -> None:
    entry = tarfile.TarInfo("app.py")
    entry.type = tarfile.GNUTYPE_SPARSE
    entry.size = 0
    buffer = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    buffer[483:495] = b"77777777777\0"
    buffer[148:156] = b"%06o\0 " % sum([*buffer[:148], *b" " * 8, *buffer[156:512]])
    path.write_bytes(bytes(buffer) + bytes(1024))


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        pytest.param("a.zip", bomb, "more than 20 MiB", id="bomb"),
        pytest.param("a.zip", lies, "unpacked", id="bomb that announces one byte"),
        pytest.param("a.zip", many, "more than 2000 files", id="many files"),
        pytest.param("a.zip", deep, "nested more than", id="deep"),
        pytest.param("a.zip", unusual, "unusual", id="memory by its method"),
        pytest.param("a.zip", lambda path: path.write_bytes(b"PK\x05\x06" + b"\xff" * 18), "unpacked", id="no zip"),
        pytest.param("a.tar.gz", lambda path: path.write_bytes(b"\x1f\x8b" + b"x" * 100), "unpacked", id="no tar"),
        pytest.param("a.tar", lambda path: path.write_bytes(b"\xff" * 5120), "unpacked", id="noise"),
        pytest.param("a.tar.bz2", long_header, "more than a megabyte", id="header of 400 MiB"),
        pytest.param("a.tar.bz2", passed_over, "unpack", id="large files left out"),
        pytest.param("a.tar", sparse, "unpack", id="sparse file"),
        pytest.param("a.tar.bz2", packed_tightly, "20 MiB", id="a gigabyte in a kilobyte"),
        pytest.param("a.tar.xz", wants_memory, "unpacked", id="xz that wants memory"),
        pytest.param("a.zip", large, "larger than 100 MiB", id="large as it came"),
    ],
)
def test_archive_out_of_proportion_is_refused(tmp_path: Path, name: str, make: Made, says: str) -> None:
    make(tmp_path / name)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (600 << 20,) * 2)\n"
        "from pathlib import Path\nfrom gradewright.errors import Rejected\nfrom gradewright.session.archives import unpack\n"
        "try:\n    unpack(Path(sys.argv[1]), Path(sys.argv[2]))\nexcept Rejected as refusal:\n    print('REFUSED', refusal)\n"
    )
    (tmp_path / "target").mkdir()
    started = time.monotonic()
    words = [sys.executable, "-c", code, str(tmp_path / name), str(tmp_path / "target")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert "REFUSED" in done.stdout, done.stderr[-500:]
    assert says in done.stdout
    assert sum(path.stat().st_size for path in (tmp_path / "target").rglob("*")) <= 21 << 20
    assert time.monotonic() - started < 20


def test_archives_in_archives_end(tmp_path: Path) -> None:
    nested(tmp_path / "a.zip")
    (tmp_path / "scratch").mkdir()
    found, _notes = arrive(tmp_path / "a.zip", tmp_path / "scratch")
    assert found.exists()
    assert len(list((tmp_path / "scratch").iterdir())) <= 4


def test_encrypted_archive_is_refused(tmp_path: Path) -> None:
    many(tmp_path / "a.zip")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    first = content.index(b"PK\x01\x02")
    content[first + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    (tmp_path / "target").mkdir()
    try:
        unpack(tmp_path / "a.zip", tmp_path / "target")
    except Exception as error:  # noqa: BLE001 - any other one is what would end a batch
        met = f"{type(error).__name__}: {error}"
    else:
        met = "unpacked"
    assert met.startswith("Rejected: ")
    assert "encrypted" in met
