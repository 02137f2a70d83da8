"""On a Dask worker: lanes that stay warm for as long as the batch lasts. Parcels come in, verdicts go out as JSON."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradewright import __version__
from gradewright.cohort.cluster import parcel
from gradewright.content.catalogue import Catalogue
from gradewright.content.root import ContentRoot
from gradewright.errors import GradewrightError
from gradewright.session.grade import SCREEN_LAYERS
from gradewright.session.options import GradeOptions
from gradewright.session.steady import SteadyGrader

if TYPE_CHECKING:

    class WorkerPlugin:
        """What Dask calls when a worker begins and ends."""

else:
    from distributed import WorkerPlugin


class Unfit(Exception):
    """This worker cannot grade as the batch asks; the text says why."""


@dataclass(frozen=True, slots=True)
class Order:
    """What all workers of a batch need: the exercise as a parcel, how to grade, and the versions that the results count for."""

    slug: str
    content: bytes
    options: GradeOptions
    versions: str


def versions() -> str:
    """Return the versions that a verdict depends on, as they are in this process."""
    from importlib import metadata

    names = ("fastapi", "starlette", "pydantic", "uvicorn")
    python = ".".join(map(str, sys.version_info[:2]))
    return " ".join([f"gradewright {__version__}", f"python {python}", *(f"{name} {metadata.version(name)}" for name in names)])


class LanePlugin(WorkerPlugin):
    """Keeps a lane for each of the worker's threads. Lanes start with the first submission and end with the batch.

    A lane's processes end with the thread that started them, so they get threads of their own.
    """

    def __init__(self, name: str, order: Order) -> None:
        self.name = name
        self._order = order

    def setup(self, worker: Any) -> None:
        """Unpack the exercise and see whether this machine can grade it. Called by Dask."""
        # In the worker's own folder: Dask clears what a killed worker left there.
        self._home = tempfile.mkdtemp(prefix="gw-content-", dir=worker.local_directory)
        self._local = threading.local()
        self._graders: list[SteadyGrader] = []
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=worker.state.nthreads, thread_name_prefix="lane")
        self._unfit = ""
        try:
            parcel.unpack(self._order.content, Path(self._home))
            self._root = replace(ContentRoot(Path(self._home), "option"), beside=_other_packs())
            self._exercise = Catalogue(self._root).load(self._order.slug)
            self._unfit = self._look()
        except (OSError, ValueError, GradewrightError) as error:
            self._unfit = f"{type(error).__name__}: {error}"

    def _look(self) -> str:
        mine = versions()
        if mine != self._order.versions:
            return f"it has {mine}, and the batch is graded with {self._order.versions}"
        if self._order.options.profile == "screen":
            from gradewright.sandbox import probe
            from gradewright.worker_control import bubblewrap

            held = {layer.name for layer in probe(bubblewrap=bubblewrap.works()) if layer.held}
            missing = [name for name in SCREEN_LAYERS if name not in held]
            if missing:
                return f"the profile screen is not possible there: {', '.join(missing)} absent (grade doctor says more)"
        return ""

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 - Dask's signature
        """End the lanes and remove the exercise. Called by Dask."""
        with self._lock:
            graders, self._graders = self._graders, []
        for grader in graders:
            grader.cancel()
        self._threads.shutdown(cancel_futures=True)
        for grader in graders:
            grader.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def grade(self, content: bytes) -> bytes:
        """Grade one parcel in a lane; return the verdict as JSON. Raises Unfit, Rejected and BadInput."""
        if self._unfit:
            raise Unfit(self._unfit)
        return self._threads.submit(self._in_lane, content).result()

    def _in_lane(self, content: bytes) -> bytes:
        grader: SteadyGrader | None = getattr(self._local, "grader", None)
        if grader is None:
            grader = self._local.grader = SteadyGrader(self._root, self._exercise, self._order.options)
            with self._lock:
                self._graders.append(grader)
        with tempfile.TemporaryDirectory(prefix="gw-in-", ignore_cleanup_errors=True) as scratch:
            parcel.unpack(content, Path(scratch))
            return grader.grade(Path(scratch)).model_dump_json(by_alias=True).encode()


def _other_packs() -> tuple[str, ...]:
    """Return where this worker has installed packs: no submission may read their suites."""
    from gradewright.content.packs import installed

    found: list[str] = []
    for pack in installed():
        try:
            root = pack.open()
        except GradewrightError:
            continue
        found += [str(root.path), *root.beside]
    return tuple(found)


def grade(name: str, content: bytes) -> bytes:
    """Grade a parcel with the plugin `name` of the worker that this runs on: the task that Dask schedules."""
    from distributed import get_worker

    plugin: LanePlugin = get_worker().plugins[name]
    return plugin.grade(content)
