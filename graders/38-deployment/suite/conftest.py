"""What the files of 38-deployment say: the image that the Dockerfile describes, and the command that its container runs."""

import io
import json
import os
import re
import shlex
from dataclasses import dataclass, field

import pytest
from dockerfile_parse import DockerfileParser

from gradewright.suite import CommandFailed

#: What Docker and a Python image set before the Dockerfile does.
INHERITED = {"PATH": "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"}
#: Variables that are the container's, not the grader's, to have: here they would only break the tools.
NOT_PASSED = ("PATH", "HOME", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR")
SYSTEM = ("/", "/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin", "/tmp")
SHELLS = ("sh", "bash", "dash", "ash")
INITS = ("tini", "dumb-init", "catatonit")
HEREDOC = re.compile(r"""^\s*(?:RUN|COPY|ADD)\b.*?<<-?(["']?)(\w+)\1""", re.IGNORECASE)
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})")


@dataclass
class Step:
    """One instruction. `known` are the variables that are set where it stands, `envs` those that the container gets."""

    word: str
    value: str
    known: dict
    envs: dict

    @property
    def expanded(self):
        return expand(self.value, self.known)

    @property
    def words(self):
        """The words after the flags, of either form."""
        text = re.sub(r"^(\s*--\S+)+", "", self.expanded).strip()
        return as_json(text) or split(text)

    @property
    def text(self):
        """What a RUN runs, of either form."""
        return " ".join(as_json(self.expanded) or [self.expanded])

    @property
    def from_folder(self):
        """Whether a COPY takes from the folder, and not from another image."""
        return not re.match(r"(\s*--\S+)*\s*--from\b", self.value)


@dataclass
class Stage:
    """What one FROM begins. `own` are its instructions, `steps` also those of the stage that it builds on."""

    base: str
    name: str
    own: list = field(default_factory=list)
    parent: object = None

    @property
    def chain(self):
        return [*(self.parent.chain if self.parent else []), self]

    @property
    def steps(self):
        return [step for stage in self.chain for step in stage.own]

    def last(self, word):
        return next((step for step in reversed(self.steps) if step.word == word), None)


def expand(text, known):
    def value(match):
        name, sign, other = match[1] or match[2], match[3], match[4]
        found = known.get(name, "")
        if sign == "+":
            return other if found else ""
        return found or (other or "" if sign == "-" else "")

    return VARIABLE.sub(value, text)


def as_json(text):
    """Return the words of an exec form, or None for a shell form."""
    try:
        words = json.loads(text)
    except ValueError:
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def split(text):
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def pairs(text):
    """Return the names and values of an ENV, ARG or LABEL."""
    words = split(text)
    if words and "=" not in words[0]:
        return [(words[0], " ".join(words[1:]))]
    return [tuple(word.split("=", 1)) for word in words if "=" in word]


def without_heredocs(text):
    """Put what a heredoc runs on one line, for the parser does not know them; what it writes is left out."""
    lines, rest = [], iter(text.splitlines())
    for line in rest:
        lines.append(line)
        found = HEREDOC.match(line)
        if found:
            body = []
            for inner in rest:
                if inner.strip() == found[2]:
                    break
                body.append(inner.strip())
            run = line.split(None, 1)[0].upper() == "RUN"
            told = "; ".join(part for part in body if part and not part.startswith("#")) if run else ""
            lines[-1] = re.sub(r"<<\S+", lambda _mark: told, line, count=1)  # noqa: B023 - used at once
    return "\n".join(lines) + "\n"


def parse(text):
    """Return the stages of a Dockerfile."""
    structure = DockerfileParser(fileobj=io.BytesIO(without_heredocs(text).encode())).structure
    stages, general = [], {}
    for entry in structure:
        word, value = entry["instruction"], entry["value"].strip()
        if word == "FROM":
            words = split(re.sub(r"--\S+", "", expand(value, general)))
            base, name = (words or [""])[0], words[2].lower() if len(words) > 2 else ""
            parent = next((stage for stage in stages if stage.name and stage.name == base.lower()), None)
            envs = dict(parent.own[-1].envs if parent and parent.own else INHERITED)
            known = dict(envs)
            stages.append(Stage(base, name, [], parent))
        elif not stages and word == "ARG":
            general.update((key, expand(found, general)) for key, found in pairs(value))
        elif stages and word != "COMMENT":
            if word == "ARG" and "=" not in value:
                known.setdefault(value, general.get(value, ""))
            elif word in ("ARG", "ENV"):
                found = {key: expand(each, known) for key, each in pairs(value)}
                known.update(found if word == "ENV" else {key: each for key, each in found.items() if key not in envs})
                envs.update(found if word == "ENV" else {})
            stages[-1].own.append(Step(word, value, dict(known), dict(envs)))
    return stages


class Image:
    """The last stage of a Dockerfile, and what a container of it does, told for the folder instead of the image.

    `files` are the names of the submitted files, `read` returns the text of one.
    """

    def __init__(self, dockerfile, files, read):
        self.files, self.read = files, read
        self.stages = parse(dockerfile)
        self.stage = self.stages[-1] if self.stages else Stage("", "")
        self.steps = self.stage.steps
        envs = self.steps[-1].envs if self.steps else {}
        self.places = self._places()
        self.env = {name: self._here(value) for name, value in envs.items() if name not in NOT_PASSED}
        self.command = self._command()
        self.health = self._health()

    def _places(self):
        """Map what is in the image to where it lies in the folder."""
        workdir, places = "/", {}
        for step in self.steps:
            if step.word == "WORKDIR":
                workdir = os.path.normpath(os.path.join(workdir, step.expanded.strip("\"'")))
            if step.word in ("COPY", "ADD") and step.from_folder and len(step.words) > 1:
                *sources, target = step.words
                goal = os.path.normpath(os.path.join(workdir, target))
                for source in (os.path.normpath(source).lstrip("/") for source in sources):
                    if source in self.files:
                        places[os.path.join(goal, os.path.basename(source))] = f"./{source}"
                        places.update({} if target.endswith("/") or goal in (workdir, *SYSTEM) else {goal: f"./{source}"})
                    elif source in ("", ".") and goal not in SYSTEM:
                        places[goal] = "."
        if workdir not in SYSTEM:
            places[workdir] = "."
        return places

    def _here(self, text):
        for place in sorted(self.places, key=len, reverse=True):
            text = re.sub(rf"(?<![\w./-]){re.escape(place)}(?=/|(?![\w.-]))", self.places[place], text)
        return text

    def _form(self, step):
        """Return the words that an instruction runs, in either form."""
        text = re.sub(r"^(\s*--\S+)*\s*((?i:CMD)\s+)?", "", step.value) if step.word == "HEALTHCHECK" else step.value
        words = as_json(text)
        if words is not None:
            return words
        shell = self.stage.last("SHELL")
        return [*((as_json(shell.value) if shell else None) or ["/bin/sh", "-c"]), text]

    def _command(self):
        entry = cmd = None
        for stage in self.stage.chain:
            for step in sorted(stage.own, key=lambda step: step.word != "ENTRYPOINT"):
                if step.word == "ENTRYPOINT":
                    # A new entry point forgets the CMD of the image below it.
                    entry, cmd = step, None
                elif step.word == "CMD":
                    cmd = step
        words = self._form(entry) if entry else []
        if cmd and not (entry and as_json(entry.value) is None):
            words = [*words, *self._form(cmd)]
        return self._runnable(words, hand_over=True)

    def _health(self):
        step = self.stage.last("HEALTHCHECK")
        if step is None or step.value.strip().upper() == "NONE":
            return []
        return self._runnable(self._form(step), hand_over=False)

    def _runnable(self, words, *, hand_over):
        """Return a command as it can be run in the folder."""
        words = [self._here(word) for word in words]
        if words and os.path.basename(words[0]) in INITS:
            words = words[words.index("--") + 1 :] if "--" in words else [word for word in words[1:] if word[:1] != "-"]
        for at, word in enumerate(words[:-1]):
            before = next((each for each in words[:at][::-1] if each[:1] != "-" and each != "pipefail"), "")
            if hand_over and re.fullmatch(r"-\w*c", word) and os.path.basename(before) in SHELLS:
                # Some shells hand over to the last command by themselves and some do not: here none does unless told to.
                words[at + 1] += "\n:"
                break
        name = self._submitted(words[0]) if words else ""
        first = self.read(name).partition("\n")[0] if name else ""
        if first.startswith("#!"):
            # What is in the folder may be read here, but not executed.
            words = [*split(first[2:]), f"./{name}", *words[1:]]
        return words

    def _submitted(self, word):
        """Return the name of the submitted file that a word names as a program, or ""."""
        found = [word] if "/" in word else [self.places.get(f"{folder}/{word}", "") for folder in SYSTEM]
        return next((name for name in map(os.path.normpath, found) if name in self.files), "")

    def told(self):
        """Return all that says how the server is run, without comments."""
        texts = [" ".join(self.command), *(f"{name}={value}" for name, value in self.env.items())]
        texts += [self.read(name) for name in self.files if name in " ".join(self.command) or name == "gunicorn.conf.py"]
        return "\n".join(re.sub(r"(?m)^\s*#.*$", "", text) for text in texts)


@pytest.fixture(scope="session")
def kept():
    """What is found out once for all tests."""
    return {}


@pytest.fixture
def folder(app, kept):
    """The submitted files: their names, and a function that returns the text of one, "" where there is none."""
    if "folder" not in kept:
        with app.inspect() as inspector:
            sizes = {name: size for name, size in inspector.files().items() if size is not None}
            names, texts = sorted(sizes, key=lambda name: name.count("/")), {}
            for name in [name for name in names if sizes[name] < 65_536][:200]:
                try:
                    texts[name] = inspector.read(name).decode(errors="replace")
                except CommandFailed:
                    texts[name] = ""
        kept["folder"] = names, lambda name: texts.get(name, "")
    return kept["folder"]


@pytest.fixture
def image(folder, kept):
    if "image" not in kept:
        names, read = folder
        kept["image"] = Image(read("Dockerfile"), names, read)
    return kept["image"]
