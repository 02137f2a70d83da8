"""Grades many submissions of one exercise: through a lane where the system can fork safely, else one engine a grade."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from gradewright.content.root import ContentRoot
from gradewright.model import Exercise, Verdict
from gradewright.session.grade import grade
from gradewright.session.lane import Cancelled, Lane
from gradewright.session.options import GradeOptions
from gradewright.session.processes import Engine

#: Grades after which a lane is replaced, so that nothing in it can grow for ever.
LANE_LIFE = 500


class SteadyGrader:
    """Grades one exercise under one policy, one submission at a time. `close` ends its processes.

    After a grader error everything is started anew: whatever went wrong must not reach the next submission.
    """

    def __init__(self, root: ContentRoot, exercise: Exercise, options: GradeOptions, *, python: str = "") -> None:
        self._root = root
        self._exercise = exercise
        self._options = options
        self._python = python
        self._engine: Lane | Engine | None = None
        self._grades = 0
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        exercise, options = self._exercise, self._options
        with self._lock:
            if sys.platform == "linux":
                self._engine = Lane(
                    str(self._root.suite(exercise.slug)),
                    [point.id for point in exercise.points],
                    reuse_zygote=not exercise.grants,
                    python=self._python,
                    engine=options.engine,
                )
            else:
                self._engine = Engine.start(self._python, options.engine)
            self._grades = 0

    def grade(
        self,
        path: Path,
        *,
        seed: str | None = None,
        first: Sequence[str] = (),
        meanwhile: Callable[[], object] | None = None,
    ) -> Verdict:
        """Grade the submission at `path`; see `session.grade.grade`. Raises Cancelled after `cancel`."""
        if self._engine is None:
            self._start()
        assert self._engine is not None
        options = self._options if seed is None else self._options.with_seed(seed)
        options = options.beginning_with(first) if first else options
        done = False
        try:
            verdict = grade(self._engine, self._root, self._exercise, path, options, meanwhile=meanwhile)
            done = verdict.state != "grader_error"
        except Cancelled:
            # Nothing went wrong: the lane is as good as after a grade that ended.
            done = True
            raise
        finally:
            self._grades += 1
            if not done or isinstance(self._engine, Engine) or self._grades >= LANE_LIFE:
                self.close()
        return verdict

    def warm(self) -> None:
        """Start now what the next grade would have to start."""
        if self._engine is None:
            self._start()
        elif isinstance(self._engine, Lane):
            self._engine.warm()

    def cancel(self) -> None:
        """Give up the grade that is under way, from another thread. Without a lane it ends as a grader error."""
        with self._lock:
            if isinstance(self._engine, Lane):
                self._engine.cancel()
            elif self._engine is not None:
                self._engine.child.kill()

    def close(self) -> None:
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
