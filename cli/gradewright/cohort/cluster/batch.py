"""A batch whose lanes are on a Dask cluster. Dask has the queue, the retries and the machines; this has the results.

What a worker says about a submission is a verdict in JSON, checked like any other. Everything else is Dask's, and Dask trusts
its own: docs/security.md says what that means.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from gradewright.cohort import results
from gradewright.cohort.arrivals import Arrival
from gradewright.cohort.batch import Plan, failed, finish, refused
from gradewright.cohort.cluster import parcel
from gradewright.cohort.cluster.client import CONNECT, connect, lost
from gradewright.cohort.cluster.lanes import LanePlugin, Order, Unfit, grade, versions
from gradewright.cohort.results import Entry
from gradewright.errors import BadInput, GraderFault, Rejected
from gradewright.model import Verdict

#: Seconds without a single worker before the batch gives up.
PATIENCE = 60.0
#: Submissions on their way for each lane: one that is graded and one that waits for it. The rest stays here.
AHEAD = 2
#: Seconds between two looks at which workers there are.
LOOK = 5.0

Job = tuple[Arrival, dict[str, str]]


@dataclass(slots=True)
class ClusterBatch:
    """A batch under way on the cluster at `scheduler`. `run` and `stop` are those of `cohort.batch.Batch`."""

    plan: Plan
    scheduler: str
    _client: Any = None
    _name: str = field(default_factory=lambda: f"gradewright-{uuid.uuid4().hex}")
    _lanes: int = 0
    _looked: float = 0.0
    _workers_seen: float = 0.0

    def run(self, arrivals: list[Job]) -> Iterator[Entry | BaseException]:
        """Grade each arrival, with the key its result is kept under. Yields in the order in which they finish.

        Raises GraderFault where the cluster cannot be used, and where it is lost on the way.
        """
        self._connect()
        try:
            yield from self._grade_all(arrivals)
        except (OSError, TimeoutError, CancelledError) as error:
            raise lost(self.scheduler, str(error)) from None
        finally:
            self.stop()

    def stop(self) -> None:
        """Leave the cluster: what it is grading gets no result, and its lanes end."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            if client.status == "running":
                client.unregister_worker_plugin(self._name)
        except Exception:  # noqa: BLE001, S110 - whatever is lost by now, the results so far are on disk
            pass
        finally:
            client.close(timeout=5)

    def _connect(self) -> None:
        client = connect(self.scheduler)
        self._client = client
        try:
            client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError:
            raise GraderFault(
                f"The scheduler at {self.scheduler} has no workers.", hint=f"dask worker {self.scheduler}, on each machine"
            ) from None
        plan = self.plan
        slug = plan.exercise.slug
        order = Order(slug, parcel.exercise(plan.root, slug), plan.options, versions())
        try:
            client.register_plugin(LanePlugin(self._name, order), name=self._name)
        except Exception as error:  # noqa: BLE001 - whatever a worker raised while it took the exercise
            raise GraderFault(
                f"The workers at {self.scheduler} could not take the exercise: {type(error).__name__}: {str(error)[:300]}",
                hint="each worker needs the same gradewright[cluster] as this machine",
            ) from None

    def _grade_all(self, arrivals: list[Job]) -> Iterator[Entry]:
        from distributed import wait

        todo = iter(arrivals)
        waiting: dict[Any, tuple[Job, tuple[str, ...]]] = {}
        more = True
        self._workers_seen = time.monotonic()
        while more or waiting:
            self._look()
            while more and len(waiting) < AHEAD * max(1, self._lanes):
                job = next(todo, None)
                if job is None:
                    more = False
                    break
                try:
                    sent = parcel.take(job[0], self.plan.root.suite(self.plan.exercise.slug))
                except (BadInput, Rejected) as refusal:
                    yield self._keep(job, refused(self.plan, refusal))
                    continue
                except Exception as error:  # noqa: BLE001 - one bad submission must not lose the batch
                    yield self._keep(job, failed(self.plan, error))
                    continue
                waiting[self._client.submit(grade, self._name, sent.content, pure=False)] = (job, sent.notes)
            if not waiting:
                continue
            try:
                done = wait(list(waiting), timeout=LOOK, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                continue
            for future in done:
                job, notes = waiting.pop(future)
                yield self._keep(job, self._verdict(future), notes)

    def _look(self) -> None:
        """Count the lanes now and then. Raises GraderFault when there has been none for too long."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        self._lanes = sum(self._client.nthreads().values())
        if self._lanes:
            self._workers_seen = now
        elif now - self._workers_seen > PATIENCE:
            raise lost(self.scheduler, "it has no workers any more")

    def _verdict(self, future: Any) -> Verdict:
        """Return what a finished task found. Raises GraderFault where no other submission would fare better."""
        if future.status == "finished":
            try:
                return Verdict.model_validate_json(future.result())
            except ValidationError as error:
                return failed(self.plan, error)
        if future.status == "cancelled":
            raise lost(self.scheduler, "the connection was lost")
        raised = future.exception()
        if isinstance(raised, Unfit):
            raise GraderFault(f"A worker cannot grade this batch: {raised}.", hint="each needs what this machine has")
        if isinstance(raised, BadInput | Rejected):
            return refused(self.plan, raised)
        return failed(self.plan, raised)

    def _keep(self, job: Job, verdict: Verdict, notes: tuple[str, ...] = ()) -> Entry:
        arrival, key = job
        verdict, page = finish(self.plan, verdict, notes)
        return results.save(self.plan.out, arrival, key, verdict, page)
