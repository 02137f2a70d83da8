"""The laboratory of 30-testing: it sends one target after the other to the learner's tests, and hears which of them fail.

A process runs the tests many times (see worker/gradewright_lab.py). Between the broken targets come good ones, in secret order
and made otherwise, and whoever fails on one of those has noticed nothing: what comes back is the word of the learner's code.
"""

import random
import re
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
GIVEN = HERE.parent / "worker" / "target"
TESTS = "test_app.py"
#: Seconds for all passes over the broken targets, and for the two over the one that is made otherwise.
MOST, OTHER_MOST = 44.0, 12.0
#: Good targets among the broken ones, beside those that are passed over once in any case.
CONTROLS = 6
ANCHOR = "Allowed = Annotated[dict, Depends(allowed_todo)]\n"
NETWORK = "    return httpx.get(RATES_URL, timeout=2).raise_for_status().json()\n"
OFFLINE = '    raise httpx.ConnectError("there is no network")\n'
#: Edits that change nothing a client can see; each is made or not, by chance.
HARMLESS = [
    ["Field(ge=1, ", "Field(gt=0, "],
    [", le=5)]", ", lt=6)]"],
    ["[int, Field(ge=0)]", "[int, Field(gt=-1)]"],
    ['me.role != "admin":\n', '"admin" != me.role:\n'],
    ["    if currency not in rates:\n", "    if rates.get(currency) is None:\n"],
    ["    todos = db.all()\n", "    todos = list(db.all())\n"],
    ['todo["cost"] * rates[currency]', 'rates[currency] * todo["cost"]'],
    ["    done: bool | None = None\n", "    done: None | bool = None\n"],
]
#: Names that nobody outside app.py may use.
INTERNAL = (
    "allowed_todo|Allowed|missing|taken|unexpected|create|create_many|list_todos|read|change|remove|price|stats|Changes|Bulk"
)
LEFT = "dependency_overrides"


def read_broken(point):
    """Return the broken targets that a point stands for."""
    data = tomllib.loads((HERE / "broken" / f"{point}.toml").read_text(encoding="utf-8"))
    texts = data.get("texts", {})
    return [Broken(point, entry, texts) for entry in data["target"]]


def edited(source, edits):
    for old, new in edits:
        if source.count(old) != 1:
            raise ValueError(f"{source.count(old)} times in the target: {old!r}")
        source = source.replace(old, new)
    return source


class Broken:
    """A target that breaks one promise. `by` is the test that noticed, `tests` are those that may (None: all)."""

    def __init__(self, point, entry, texts):
        self.point, self.breaks, self.on = point, entry["breaks"], entry.get("on")
        self.module, self.edits = entry.get("module", "app"), entry["edits"]
        self.insert = texts.get(entry.get("insert"), "")
        for word, text in entry.get("words", {}).items():
            self.insert = self.insert.replace(word, text)
        self.by = None

    def write(self, sources):
        """Return the sources with this target's mistake."""
        made = dict(sources)
        made[self.module] = edited(made[self.module], self.edits)
        if self.insert:
            made["app"] = edited(made["app"], [[ANCHOR, ANCHOR + self.insert]])
        return made


def answered(hit):
    """Return a request and its status as broken/*.toml write them: GET /todos/{id} 200."""
    return re.sub(r"(?<= /todos/)(?!bulk )[^/ ]+", "{id}", hit.partition(" by ")[0])


class Result(dict):
    """What a pass came to, with the shape that it should have."""

    def __init__(self, told):
        told = told if isinstance(told, dict) else {}

        def texts(value):
            return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []

        hits = told.get("hits")
        super().__init__(
            failed=texts(told.get("failed")),
            passed=told["passed"] if isinstance(told.get("passed"), int) else 0,
            hits=[texts(found) for found in hits] if isinstance(hits, list) else [],
            left=texts(told.get("left")),
            names=texts(told.get("names")),
        )


class Lab:
    """Everything that the learner's tests are put through, once a grade."""

    def __init__(self, nonce):
        self.chance = random.Random(nonce(20))
        self.sources = {name: (GIVEN / f"{name}.py").read_text(encoding="utf-8") for name in ("store", "deps", "app")}
        self.other = {name: (HERE / "other" / f"{name}.py").read_text(encoding="utf-8") for name in ("store", "deps", "app")}
        self.broken = [found for path in sorted((HERE / "broken").glob("*.toml")) for found in read_broken(path.stem)]
        self.first = self.collected = None
        self.hits, self.isolated, self.bound = [], True, set()
        self.reversed, self.offline, self.elsewhere, self.unsteady = [], [], None, set()
        self.finished = self.finished_elsewhere = False

    # Sources

    def rates(self):
        known = ("USD", "GBP", "JPY", "CHF", "SEK", "EUR")
        return f"    return { ({name: round(self.chance.uniform(2, 90), 2) for name in known})!r}\n"

    def disguised(self, sources):
        """Return sources that do the same and look otherwise."""
        app = sources["app"]
        for old, new in HARMLESS:
            if app.count(old) == 1 and self.chance.random() < 0.5:
                app = app.replace(old, new)
        token = f"_{self.chance.randrange(16**6):06x}"
        app = re.sub(rf"(?<![\w.\"/'])({INTERNAL})\b(?![\"'])", lambda found: found[1] + token, app)
        return {**sources, "app": app}

    def order(self, sources, *, tests=None, stop=False, hits=False):
        return {"app": sources["app"], "deps": sources["deps"], "tests": tests, "stop": stop, "hits": hits}

    def good(self, **options):
        return self.order(self.disguised(self.sources), **options)

    # The passes

    def relevant(self, on):
        """Return the numbers of the tests that get one of these answers, first those that get little else; None for all.

        Until a test gets to such an answer, it cannot tell this target from a good one.
        """
        if on is None:
            return None
        shares = {}
        for number, hits in enumerate(self.hits):
            found = [any(answer in answered(hit) for answer in on) for hit in hits]
            if any(found):
                shares[number] = sum(found) / len(found)
        # Tests that need each other are left in the order of the file.
        return sorted(shares, key=lambda number: -shares[number] if self.isolated else number)

    def passes(self):
        """Yield one order after the other; what is sent in is what the last one came to."""
        self.first = yield self.good(hits=True)
        if self.first["failed"] or not self.first["passed"]:
            return
        self.hits = self.first["hits"]
        # In reverse, every test that needs an earlier one lacks it.
        self.reversed = (yield self.good(tests=list(range(len(self.hits)))[::-1]))["failed"]
        # Where the tests need each other, all of them are run every time, in the order of the file.
        self.isolated = not self.reversed
        todo = [(self.try_broken, found) for found in self.broken]
        todo += [(self.try_good, self.chance.choice(self.broken)) for _control in range(CONTROLS if self.isolated else 2)]
        todo += [(self.try_otherwise, None), (self.try_offline, None)]
        self.chance.shuffle(todo)
        for attempt, found in todo:
            yield from attempt(found)
        yield from self.try_again()
        self.finished = True

    def try_broken(self, broken):
        tests = self.relevant(broken.on)
        sources = self.disguised(broken.write(self.sources))
        failed = yield from self.failing(sources, tests, stop=True)
        if failed and not self.isolated and tests is not None:
            # They may fail for want of the tests that were left out.
            failed = [] if (yield from self.failing(self.disguised(self.sources), tests)) else failed
        if not failed and not self.isolated:
            failed = yield from self.failing(sources, None, stop=True)
        broken.by = next(iter(failed), None)

    def failing(self, sources, tests, *, stop=False):
        """Run these tests, if there are any, and return those that fail."""
        return [] if tests == [] else (yield self.order(sources, tests=tests, stop=stop))["failed"]

    def try_good(self, broken):
        tests = self.relevant(broken.on) if self.isolated else None
        failed = yield from self.failing(self.disguised(self.sources), tests)
        if failed and tests is not None:
            # They need the tests that were left out; with these, they have to pass.
            self.bound.update(failed)
            failed = yield from self.failing(self.disguised(self.sources), None)
        self.unsteady.update(failed)

    def try_again(self):
        """Where a test noticed something that fails for want of other tests, run all of them."""
        names = self.first["names"]
        noticed = sorted({names.index(found.by) for found in self.broken if found.by in names})
        if self.isolated:
            self.bound.update((yield from self.failing(self.disguised(self.sources), noticed)))
        self.isolated = self.isolated and not self.bound
        for found in self.broken:
            if found.by in self.bound:
                yield from self.try_broken(found)

    def try_otherwise(self, _broken):
        sources = {**self.sources, "app": self.other["app"]}
        self.unsteady.update((yield self.order(sources))["failed"])

    def try_offline(self, _broken):
        sources = self.disguised(self.sources)
        sources["deps"] = sources["deps"].replace(self.network, OFFLINE)
        tests = self.relevant(["/price "]) if self.isolated else None
        self.offline = yield from self.failing(sources, tests)

    def passes_elsewhere(self):
        """Yield a pass in another order over the target that is made otherwise, in its own words."""
        count = len(self.hits)
        self.elsewhere = (yield self.order(self.other, tests=self.chance.sample(range(count), count)))["failed"]
        self.finished_elsewhere = True

    # Running them

    def run(self, app):
        self.network = self.rates()
        self.sources["deps"] = edited(self.sources["deps"], [[NETWORK, self.network]])
        self.collected = self.send(app, self.disguised(self.sources), self.passes(), MOST)
        words = re.search(r"^WORDS = \(.*?^\)$", self.other["app"], re.MULTILINE | re.DOTALL)[0]
        self.other["app"] = edited(
            self.other["app"],
            [["SORTED = False", "SORTED = True"], [words, f"WORDS = {tuple(f'no {n}' for n in range(6))!r}"]],
        )
        if self.finished:
            self.send(app, self.other, self.passes_elsewhere(), OTHER_MOST)

    @staticmethod
    def send(app, package, passes, seconds):
        """Run the learner's tests in a process that gets this package first, and these passes over it."""
        started, mistakes = [], []

        def following(call):
            try:
                # A generator that has not begun takes nothing but None.
                return passes.send(Result(call.args[0]) if started else started.append(True))
            except StopIteration:
                return None
            except Exception as mistake:  # a mistake of this file, which must not look like the learner's
                mistakes.append(mistake)
                raise

        app.serve("lab.package", lambda _call: package)
        app.serve("lab.next", following)
        env = {"PYTEST_ADDOPTS": "-p gradewright_lab --assert=plain --tb=no"}
        outcomes = app.run_tests(TESTS, env=env, seconds=seconds)
        if mistakes:
            raise mistakes[0]
        return outcomes


@pytest.fixture(scope="session")
def once():
    """What was found by the first test that asked."""
    return {}


@pytest.fixture
def lab(app, nonce, once):
    """The laboratory, after the learner's tests have been put through everything, which is done once."""
    if "lab" not in once:
        lab = Lab(nonce)
        lab.run(app)
        once["lab"] = lab
    return once["lab"]
