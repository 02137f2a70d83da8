"""The records that cross between modules: exercises and points as read from disk, verdicts as written to JSON.

All are frozen. The verdict's JSON form is versioned by `format` and published as docs/verdict.schema.json; new fields may be
added, existing names and meanings stay.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

VERDICT_FORMAT: Literal["gradewright/verdict/v1"] = "gradewright/verdict/v1"

Evidence = Literal["wire", "observed", "override", "introspection"]
Status = Literal["won", "lost", "not_run"]
State = Literal["graded", "ungradable", "limit", "rejected", "grader_error"]
Text = Annotated[str, Field(min_length=1)]


class Record(BaseModel):
    """Base of all records: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Doc(Record):
    """A page to read on: its title and address."""

    title: Text
    url: Text


class Point(Record):
    """One interview point of an exercise. `weight` is in points of the score.

    `evidence` says what the proof rests on; `paired` names the stronger proof that accompanies a self-reported one. A point
    whose evidence is `override` or `introspection` and has no pair is cooperative: an honest app is needed to win it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    weight: Annotated[int, Field(ge=1, le=5)]
    evidence: Evidence
    paired: Literal["wire", "observed"] | None = None
    question: Text
    answer: Text
    follow_up: Text
    hints: Annotated[tuple[Text, ...], Field(min_length=3, max_length=3)]
    seeds: tuple[str, ...] = ()
    docs: tuple[Doc, ...] = ()
    say_aloud: str = ""

    @property
    def cooperative(self) -> bool:
        return self.evidence in ("override", "introspection") and self.paired is None


class Exercise(Record):
    """An exercise: exercise.toml plus where its parts lie. `minutes` is the time a learner should plan.

    `app` is where the learner's app is. `front` is a provided module's app that is served in its place, and loads it.
    `environment` are the variables that an app needs where nobody grades it, with values that do for a first look.
    """

    slug: Annotated[str, Field(pattern=r"^\d\d-[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    level: Literal["basic", "intermediate", "advanced"]
    minutes: Annotated[int, Field(ge=1)]
    app: str = "app:app"
    front: str = ""
    environment: dict[str, str] = Field(default_factory=dict)
    preload: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    limits: dict[str, int] = Field(default_factory=dict)
    points: Annotated[tuple[Point, ...], Field(min_length=1)]
    root: str = Field(exclude=True)

    @property
    def max_score(self) -> int:
        return sum(point.weight for point in self.points)

    def number_of(self, point_id: str) -> int:
        """Return the 1-based number that people see as P1, P2, …"""
        return [point.id for point in self.points].index(point_id) + 1


class Mark(Record):
    """A run of `text` in an expected or got value; `differs` marks where the two part."""

    text: str
    differs: bool = False


class SourceLine(Record):
    """One line of the learner's file; `hit` is the line that is meant."""

    number: int
    text: str
    hit: bool = False


class Frame(Record):
    """A frame of the learner's code: path inside the submission, line, function, and up to five lines around it."""

    file: str
    line: int
    function: str = ""
    source: tuple[SourceLine, ...] = ()


class Exchange(Record):
    """One request and what came back, as it crossed the wire.

    `held` is True or False where a check judged it, None where it only prepared something. `overrides` are sentences about
    the doubles in force. `reply` is the body as text, cut to a few KiB. `seconds` is the time until the call had settled.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    status: int | None = None
    content_type: str = ""
    reply: str = ""
    held: bool | None = None
    overrides: tuple[str, ...] = ()
    message: str = ""
    expected: str | None = None
    got: str | None = None
    expected_marks: tuple[Mark, ...] = ()
    got_marks: tuple[Mark, ...] = ()
    note: str = ""
    error: str = ""
    frames: tuple[Frame, ...] = ()
    curl: str = ""
    seconds: float = 0.0


class PointResult(Record):
    """How one point was decided. `message`, `expected` and `got` are the first failed check's; `note` says the difference."""

    id: str
    number: int
    title: str
    status: Status
    evidence: Evidence
    paired: Literal["wire", "observed"] | None = None
    cooperative: bool = False
    score: int
    max_score: int
    message: str = ""
    expected: str | None = None
    got: str | None = None
    expected_marks: tuple[Mark, ...] = ()
    got_marks: tuple[Mark, ...] = ()
    note: str = ""
    checks: int = 0
    checks_lost: int = 0
    exchanges: tuple[Exchange, ...] = ()
    question: str

    @property
    def deciding(self) -> Exchange | None:
        """The exchange that shows why the point was lost; for a point that was not, the last one.

        One that the suite could do without may have got no reply before: it differs too, but `message` is not about it.
        """
        differing = [exchange for exchange in self.exchanges if exchange.held is False]
        own = [exchange for exchange in differing if exchange.message and exchange.message == self.message]
        return next(iter([*own, *differing, *self.exchanges[::-1]]), None)


class Suggestion(Record):
    """Something to try: what it does in words, and the line to write or run."""

    label: str
    code: str


class Problem(Record):
    """Why there is no score. `where` is `file:line` in the submission, or "" when there is none."""

    kind: str
    title: str
    message: str
    exception: str = ""
    where: str = ""
    frames: tuple[Frame, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    files: tuple[str, ...] = ()

    # `try` is a keyword in Python; the JSON name is fixed by the format.
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)
    try_: str = Field(default="", validation_alias="try", serialization_alias="try")


class Layer(Record):
    """One isolation layer: its name, whether it held in this grade, and what it does or why it is absent."""

    name: str
    held: bool
    detail: str = ""


class Flag(Record):
    """Something a reviewer should look at. Never an accusation, never part of the score."""

    kind: str
    message: str
    where: str = ""


class Output(Record):
    """What the submission printed, stdout and stderr together. `size` is in bytes; `cut` says that the middle is missing."""

    text: str = ""
    size: int = 0
    cut: bool = False


class Hashes(Record):
    """SHA-256 of the submission's files and of the exercise's hidden suite, as `sha256:<hex>`."""

    submission: str = ""
    suite: str = ""


class Verdict(Record):
    """The outcome of one grade. Scores are integers; `points` is always complete and in the exercise's order.

    `limits` are the seconds for `start`, `request` and `total`; `asked_app` is what `--app` said, `app` what was then served.
    """

    format: Literal["gradewright/verdict/v1"] = VERDICT_FORMAT
    exercise: str
    title: str
    level: str
    minutes: int
    state: State
    score: int
    max_score: int
    seed: str
    profile: str = "kata"
    engine: str = "zygote"
    limits: dict[str, float] = Field(default_factory=dict)
    asked_app: str = ""
    grants: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    isolation: tuple[Layer, ...] = ()
    points: tuple[PointResult, ...]
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    output: Output = Output()
    app: str = ""
    hashes: Hashes = Hashes()
    versions: dict[str, str] = Field(default_factory=dict)
    created: str = ""
    seconds: dict[str, float] = Field(default_factory=dict)

    @property
    def points_won(self) -> int:
        return sum(1 for point in self.points if point.status == "won")


def verdict_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a verdict's JSON form. It admits fields that later versions may add."""
    schema = Verdict.model_json_schema(by_alias=True, mode="serialization")
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("additionalProperties", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
