"""What the loop does after saves, keys, verdicts and signals, played without threads, files or clocks."""

from pathlib import Path

import pytest

from gradewright.errors import BadInput, UsageError
from gradewright.session.processes import ChildFailed
from gradewright.watch.loop import MAX_RESTARTS, Key, Loop, Stop, Target
from gradewright.watch.runner import Ended
from gradewright.watch.watcher import Gone, Saved

pytestmark = pytest.mark.engine


class Stage:
    """Everything around the loop: records what is asked for and shown, and plays a script of events.

    Each step of the script is called when the loop waits for an event and must lead to one.
    """

    def __init__(self, target, there=True):
        self.log = []
        self.target = target
        self.there = there
        self.next = None
        self.tells = []
        self.loop = Loop(self, self, queue=self)
        self.script = []
        self.waiting = []

    # the queue

    def put(self, item):
        self.waiting.append(item)

    def get(self, timeout=None):
        if not self.waiting:
            self.script.pop(0)()
        return self.waiting.pop(0)

    # the bench

    def runner(self, target, tell):
        self.tells.append(tell)
        self.log.append(f"open {target.exercise.slug}")
        return self

    def watcher(self, target, tell):
        return Still(self.there)

    def following(self, target):
        if isinstance(self.next, Exception):
            raise self.next
        return self.next

    # the runner

    def submit(self, path):
        self.log.append("grade")

    def cancel(self):
        self.log.append("cancel")

    def close(self):
        self.log.append("close")

    # the screen

    def grading(self, target, names):
        self.log.append(f"grading {' '.join(names)}".rstrip())

    def verdict(self, target, verdict, changes):
        self.log.append(f"{verdict.state} {verdict.score}: {'; '.join(changes)}")

    def failed(self, target, error):
        self.log.append(f"failed {error}")

    def gone(self, target):
        self.log.append("gone")

    def hint(self, target, verdict):
        self.log.append(f"hint {verdict and verdict.score}")

    def listing(self):
        self.log.append("list")

    def no_next(self):
        self.log.append("no next")

    # scripts

    def play(self, *events):
        """Run the loop on these events, then Ctrl-C; return the log without the beginning and the end."""

        def step(event):
            return lambda: self.tell(event)

        self.script = [step(event) for event in (*events, Stop(130))]
        assert self.loop.run(self.target) == 130
        return self.log

    def tell(self, event):
        if isinstance(event, Ended):
            self.tells[-1](event)
        elif isinstance(event, Stop | Key):
            self.loop.tell(event)
        else:
            self.loop.tell(event, len(self.tells) - 1)


class Still:
    """A watcher that sees nothing."""

    def __init__(self, there):
        self.there = there

    def start(self):
        pass

    def close(self):
        pass


@pytest.fixture
def target(build_exercise):
    return Target(build_exercise(), Path("mine"))


@pytest.fixture
def stage(target):
    return Stage(target)


@pytest.fixture
def ended(build_verdict):
    return lambda marks, **more: Ended(build_verdict(marks, **more))


SAVE = Saved(("app.py",))


def test_the_first_verdict_comes_without_a_save(stage, ended):
    assert stage.play(ended("+--")) == ["open 01-made", "grading", "grade", "graded 1: ", "close"]


def test_a_save_grades_again_and_tells_what_changed(stage, ended):
    log = stage.play(ended("+--"), SAVE, ended("++-"))
    assert log[4:-1] == ["grading app.py", "grade", "graded 2: P2 now passes"]


def test_a_syntax_error_is_survived_and_compared_across(stage, ended):
    log = stage.play(ended("+--"), SAVE, ended("..."), SAVE, ended("-+-"))
    assert [line for line in log if ":" in line] == [
        "graded 1: ",
        "ungradable 0: ",
        "graded 1: P2 now passes; P1 does not pass any more",
    ]


def test_a_save_during_a_grade_cancels_it_and_starts_it_again(stage, ended):
    log = stage.play(SAVE, Ended(), ended("+++"))
    assert log[2:-1] == ["grade", "cancel", "grading app.py", "grade", "graded 3: "]


def test_several_saves_during_a_grade_cancel_it_once(stage, ended):
    log = stage.play(SAVE, Saved(("deps.py",)), SAVE, Ended(), ended("+++"))
    assert log.count("cancel") == 1
    assert log[2:-1] == ["grade", "cancel", "grading app.py deps.py", "grade", "graded 3: "]


def test_a_verdict_on_what_was_there_before_the_save_is_not_shown(stage, ended):
    log = stage.play(SAVE, ended("---"), ended("+++"))
    assert [line for line in log if ":" in line] == ["graded 3: "]


def test_a_program_that_writes_all_the_time_does_not_keep_the_verdict_away(stage, ended):
    restarts = [event for _number in range(MAX_RESTARTS) for event in (SAVE, Ended())]
    log = stage.play(*restarts, SAVE, ended("+--"), ended("++-"))
    assert log.count("cancel") == MAX_RESTARTS
    assert [line for line in log if ":" in line] == ["graded 1: ", "graded 2: P2 now passes"]


def test_a_cancellation_is_repeated_until_the_grade_has_ended(stage, ended):
    """The first may have come before there was anything to cancel."""
    from queue import Empty

    def nothing():
        raise Empty

    stage.script = [
        lambda: stage.tell(SAVE),
        nothing,
        nothing,
        lambda: stage.tell(Ended()),
        lambda: stage.tell(ended("+++")),
        lambda: stage.tell(Stop(130)),
    ]
    stage.loop.run(stage.target)
    assert stage.log.count("cancel") == 3


def test_a_deleted_folder_is_told_and_waited_for(stage, ended):
    log = stage.play(ended("+--"), Gone(), Key("r"), Saved((), back=True), ended("+--"))
    assert log[4:-1] == ["gone", "grading", "grade", "graded 1: No point changed"]


def test_a_folder_deleted_during_a_grade_ends_the_grade_silently(stage, ended):
    log = stage.play(Gone(), ended("---"), Saved((), back=True), ended("+--"))
    assert log[2:-1] == ["grade", "cancel", "gone", "grading", "grade", "graded 1: "]


def test_a_folder_that_returns_while_the_old_grade_still_ends(stage, ended):
    log = stage.play(Gone(), Saved((), back=True), Ended(), ended("+--"))
    assert log[2:-1] == ["grade", "cancel", "gone", "grading", "grade", "graded 1: "]


def test_r_grades_again_also_during_a_grade(stage, ended):
    assert stage.play(ended("+--"), Key("r"), ended("+--"))[4:-1] == ["grading", "grade", "graded 1: No point changed"]
    assert stage.log.count("cancel") == 0


def test_h_and_l_show_and_other_keys_do_nothing(stage, ended):
    log = stage.play(Key("h"), ended("+--"), Key("h"), Key("l"), Key("x"), Key("?"))
    assert log[3:-1] == ["hint None", "graded 1: ", "hint 1", "list"]


@pytest.mark.parametrize("key", ["q", "\x04"])
def test_q_and_the_terminals_end_quit(stage, key):
    stage.script = [lambda: stage.tell(Key(key))]
    assert stage.loop.run(stage.target) == 0
    assert stage.log[-1] == "close"


def test_n_ends_this_exercise_and_begins_the_next(stage, ended, build_exercise):
    stage.next = Target(build_exercise("02-other"), Path("02-other"))
    late = ended("---")
    stage.script = [
        lambda: stage.tell(Key("n")),
        lambda: (stage.tells[0](late), stage.tell(ended("+++", slug="02-other"))),
        lambda: stage.tell(Stop(130)),
    ]
    stage.loop.run(stage.target)
    assert stage.log[2:] == ["grade", "close", "open 02-other", "grading", "grade", "graded 3: ", "close"]


def test_n_without_a_next_exercise_or_place_for_it_goes_on_with_this_one(stage, ended):
    assert stage.play(ended("+++"), Key("n"))[4:-1] == ["no next"]
    stage = Stage(stage.target)
    stage.next = UsageError("02 could not be written")
    assert stage.play(ended("+++"), Key("n"), SAVE, ended("+++"))[4] == "failed 02 could not be written"


@pytest.mark.parametrize("error", [BadInput("mine has no files in it."), FileNotFoundError("app.py"), ChildFailed("")])
def test_what_cannot_be_graded_now_is_told_and_the_next_save_tried(stage, ended, error):
    log = stage.play(Ended(error=error), SAVE, ended("+--"))
    assert log[3].startswith("failed ")
    assert log[4:-1] == ["grading app.py", "grade", "graded 1: "]


def test_a_defect_of_the_program_is_not_hidden(stage):
    with pytest.raises(ZeroDivisionError):
        stage.play(Ended(error=ZeroDivisionError()))
    assert stage.log[-1] == "close"


def test_watching_begins_with_waiting_where_nothing_is_there(target, ended):
    stage = Stage(target, there=False)
    assert stage.play(Saved((), back=True), ended("+--"))[1:-1] == ["gone", "grading", "grade", "graded 1: "]
