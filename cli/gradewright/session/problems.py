"""Explains to a person why a submission could not be graded: what happened, in which of their lines, and what to try."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradewright.model import Frame, Problem, Suggestion
from gradewright.session.quoting import Quoter, where

Facts = Mapping[str, Any]


class Explainer:
    """Turns the worker's facts into a Problem, with the lines of the submission at hand."""

    def __init__(self, quoter: Quoter, files: Sequence[str], slug: str) -> None:
        self._quoter = quoter
        self._files = tuple(files)
        self._slug = slug

    def explain(self, facts: Facts) -> Problem:
        """Return the problem for `facts["kind"]`; an unknown kind is told as an import error."""
        kind = str(facts.get("kind", "import_error"))
        frames = self._quoter.frames(facts.get("frames"))
        if not frames and isinstance(facts.get("tasks"), list):
            frames = next((found for task in facts["tasks"] if (found := self._quoter.frames(task))), ())
        teller: Callable[[Facts, tuple[Frame, ...]], dict[str, Any]] = getattr(self, f"_{kind}", self._import_error)
        told = teller(facts, frames)
        frames = told.pop("frames", frames)
        suggestions = tuple(Suggestion(label=label, code=code) for label, code in told.pop("suggestions", ()))
        exception = str(facts.get("exception") or "")
        raised = f"{exception}: {facts.get('message', '')}" if exception else ""
        return Problem(
            kind=kind,
            exception=raised[:2000],
            where=told.pop("where", "") or where(frames),
            frames=tuple(frames[-3:]),
            suggestions=suggestions,
            files=tuple(file for file in self._files if file.endswith(".py"))[:30],
            try_=told.pop("try_", "") or "   or   ".join(item.code for item in suggestions),
            **told,
        )

    def _line(self, frames: tuple[Frame, ...]) -> str:
        return self._quoter.line(frames[-1].file, frames[-1].line).strip() if frames else ""

    def _file(self, frames: tuple[Frame, ...]) -> str:
        return frames[0].file if frames else "The app"

    def _import_error(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        name = str(facts.get("exception") or "error")
        named = re.search(r"(?:from|module) '(\w+)'", str(facts.get("message")))
        if named and f"{named[1]}.py" in self._files and not any(frame.file == f"{named[1]}.py" for frame in frames):
            return {
                "title": f"{named[1]}.py has the name of an installed module",
                "message": f"{self._file(frames)} meant your own {named[1]}.py, but Python has a module of that name, "
                "and that one was imported.",
                "suggestions": [("Give your file another name", f"mv {named[1]}.py my_{named[1]}.py")],
            }
        return {
            "title": f"{self._file(frames)} raises {name} when it is imported",
            "message": f"{self._file(frames)} could not be imported.",
            "suggestions": [("See it yourself, in your folder", f"python -c 'import {self._module(frames)}'")],
        }

    def _module(self, frames: tuple[Frame, ...]) -> str:
        name = frames[0].file if frames else "app.py"
        return name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def _syntax_error(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        if "null bytes" in str(facts.get("message")) and (found := self._quoter.find("\0")):
            return {
                "title": "The file is not saved as UTF-8",
                "message": f"{found.file} is not valid Python: it is saved in another encoding than UTF-8, most likely UTF-16.",
                "frames": (Frame(file=found.file, line=found.line),),
                "suggestions": [("Save it as UTF-8", f"iconv -f UTF-16 -t UTF-8 {found.file}")],
            }
        place = facts.get("syntax") or {}
        file, line = place.get("file"), place.get("line")
        if isinstance(file, str) and isinstance(line, int):
            frames = (self._quoter.frame(file, line),)
        name = frames[-1].file if frames else "app.py"
        return {
            "title": "Python cannot read this line",
            "message": f"{name} is not valid Python, so nothing in it could run.",
            "frames": frames,
            "suggestions": [("Check the file", f"python -m py_compile {name}")],
        }

    def _module_not_found(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        missing = str(facts.get("missing") or "")
        top = missing.partition(".")[0]
        suggestions = [("Use what the exercise's environment has", "pip list")]
        if near := self._near(top):
            suggestions = [("The file is there under another name", f"from {near} import …")]
        return {
            "title": f"The module {missing} is not there",
            "message": f"{self._file(frames)} imports {missing}, which is neither in your folder nor installed here. "
            "Packages are never installed for a submission.",
            "suggestions": suggestions,
        }

    def _near(self, module: str) -> str:
        """Return the submission's module that was probably meant: of the same name elsewhere, or of a similar name."""
        known = {file.removesuffix(".py").replace("/", "."): file for file in self._files if file.endswith(".py")}
        same = [name for name in known if name.rpartition(".")[2] == module]
        return next(iter(same or difflib.get_close_matches(module, known, n=1, cutoff=0.75)), "")

    def _relative_import(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        name, line = self._file(frames), self._line(frames)
        plain = re.sub(r"from\s+\.+", "from ", line, count=1)
        plain = re.sub(r"from\s+import", "import", plain)
        return {
            "title": "A relative import in a file that is not in a package",
            "message": f"{name} is imported as a top-level module, so the dot has nothing to refer to.",
            "suggestions": [
                ("Drop the dot", plain or "from deps import …"),
                ("Or name the package", f"grade {self._slug} --app pkg.main:app"),
            ],
        }

    def _circular_import(self, _facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        ring = " → ".join(dict.fromkeys(frame.file for frame in frames))
        return {
            "title": "Two modules import each other",
            "message": f"While {self._file(frames)} was being imported, a module asked for a name that did not exist yet. "
            f"The imports run in a ring: {ring}.",
            "suggestions": [
                ("Move what both need into a third module", "from shared import …"),
                ("Or import inside the function that needs it", self._line(frames) or "from app import …"),
            ],
        }

    def _no_app_file(self, facts: Facts, _frames: tuple[Frame, ...]) -> dict[str, Any]:
        wanted = str(facts.get("wanted") or "app.py")
        named = [str(name).removesuffix(".py") for name in facts.get("candidates") or []]
        # The worker sees the provided modules too.
        candidates = [name for name in named if f"{name.replace('.', '/')}.py" in self._files][:6]
        nested = [file for file in self._files if file.endswith("/" + wanted)][:2]
        suggestions = [("Name the file and the variable", f"grade {self._slug} --app {name}:app") for name in candidates[:3]]
        suggestions += [("Grade the folder inside", f"grade {self._slug} {file.rpartition('/')[0]}") for file in nested]
        found = ", ".join(f"{name}.py" for name in candidates) if candidates else "no Python file"
        return {
            "title": f"There is no {wanted}",
            "message": f"The app is looked for in {wanted}; the folder has {found}.",
            "suggestions": suggestions or [("Put the starter there", f"grade start {self._slug}")],
        }

    def _no_app_object(self, facts: Facts, _frames: tuple[Frame, ...]) -> dict[str, Any]:
        file, attribute = str(facts.get("file") or "app.py"), str(facts.get("attribute") or "app")
        candidates = [str(name) for name in facts.get("candidates") or []][:6]
        module = file.removesuffix(".py").replace("/", ".")
        if candidates:
            told = f"It has {len(candidates)} apps: {', '.join(candidates)}. Which one is meant?"
            suggestions = [("Say which one", f"grade {self._slug} --app {module}:{name}") for name in candidates[:3]]
        else:
            told = "It defines no FastAPI app and no function that makes one."
            suggestions = [("Create the app at module level", f"{attribute} = FastAPI()")]
        return {
            "title": f"{file} has no variable called {attribute}",
            "message": f"{file} was imported, but it has no {attribute}. {told}",
            "where": file,
            "suggestions": suggestions,
        }

    def _not_asgi(self, facts: Facts, _frames: tuple[Frame, ...]) -> dict[str, Any]:
        file, attribute = str(facts.get("file") or ""), str(facts.get("attribute") or "app")
        made, name = attribute.endswith("()"), re.escape(attribute.removesuffix("()"))
        bound = self._quoter.find(rf"^\s*(def\s+{name}\b|{name}\b.*=)", file) if file else None
        return {
            "title": f"{attribute} is not an ASGI app",
            "message": f"{attribute} is a {facts.get('type')}. uvicorn can serve a FastAPI instance, or an async callable "
            "with the parameters scope, receive and send.",
            "where": "" if bound else file,
            "frames": (bound,) if bound else (),
            "suggestions": [("Return the app", "return app")]
            if made
            else [("Bind the name to the app", f"{attribute} = FastAPI()")],
        }

    def _factory_failed(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        told = self._import_error(facts, frames)
        return {**told, "title": f"{facts.get('attribute')}() raises {facts.get('exception')}"}

    def _exit_at_import(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        told = _leaving(self._line(frames))
        return {
            "title": "The file ends the process while it is imported",
            "message": f"{self._file(frames)} exited during import (exit code {facts.get('code')}). There was no app to grade.",
            **told,
        }

    def _ended_at_start(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        stage = "import" if facts.get("stage") in ("fork", "import") else "startup"
        return {
            "title": f"The process ended during {stage}",
            "message": f"The app exited during {stage}: {facts.get('how')}.",
            **_leaving(self._line(frames)),
        }

    def _input_at_import(self, _facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        return {
            "title": "The file asks for input while it is imported",
            "message": f"{self._file(frames)} calls input(), and nobody is there to answer a server.",
            "suggestions": [("Read it from the environment instead", "os.environ['NAME']")],
        }

    def _not_allowed(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        return {
            "title": "Not allowed while grading",
            "message": f"{self._file(frames)} tried something that a submission may not do here "
            f"({facts.get('message')}). Other processes, network connections and files outside the folder are closed.",
            **_leaving(self._line(frames)),
        }

    def _startup_failed(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        name, raised = facts.get("exception"), str(facts.get("message"))
        if "didn't yield" in raised or "not an async iterator" in raised:
            return {
                "title": "The lifespan ends without a yield",
                "message": "The app was imported, but its lifespan returned before it reached a yield. What comes before the "
                "yield runs at startup, what comes after it at shutdown.",
                "frames": frames or self._lifespan(),
                "suggestions": [("Yield once, on every way through it", "yield")],
            }
        return {
            "frames": frames or self._lifespan(),
            "title": f"Startup raises {name}" if name else "Startup failed",
            "message": "The app was imported, but its lifespan (the code that runs before the first request) failed.",
            "suggestions": [("See it yourself, in your folder", "uvicorn app:app")],
        }

    def _lifespan(self) -> tuple[Frame, ...]:
        """Return where the lifespan is defined, for failures that have no frame in it."""
        used = self._quoter.find(r"\blifespan\s*=\s*\w+")
        named = re.search(r"\blifespan\s*=\s*(\w+)", self._quoter.line(used.file, used.line)) if used else None
        found = self._quoter.find(rf"\bdef {named[1]}\b") if named else None
        return (found,) if found else ()

    def _start_timeout(self, facts: Facts, frames: tuple[Frame, ...]) -> dict[str, Any]:
        limit = facts.get("limit")
        if facts.get("stage") == "startup":
            return {
                "title": f"Startup did not end within {limit:g} s",
                "message": "The lifespan never reached its yield, so the app never began to serve.",
                "suggestions": [("Start long work as a task, then yield", "task = asyncio.create_task(work())")],
            }
        return {
            "title": f"The import did not end within {limit:g} s",
            "message": f"{self._file(frames)} was still running its module-level code when the limit was reached.",
            **_leaving(self._line(frames)),
        }


def _leaving(line: str) -> dict[str, Any]:
    """Return what to try, judged by the line that did it."""
    if "uvicorn.run" in line or "asyncio.run" in line:
        label = "Start the server only when the file is run"
        return {"suggestions": [(label, f'if __name__ == "__main__": {line}')]}
    if "exit" in line or "quit" in line or "abort" in line:
        return {"suggestions": [("Raise an exception, or run it only as a script", f'if __name__ == "__main__": {line}')]}
    if re.search(r"\bwhile\b|\bfor\b|sleep|\bget\(|\bjoin\(|\bwait\(", line):
        return {"suggestions": [("Move the loop into a function or a background task", "def work(): …")]}
    return {"suggestions": [("Keep module level to definitions", "def main(): …")]}
