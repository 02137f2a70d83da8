"""Takes the steps in GRADED_STEPS in the learner's folder, and tells the grader what came of them.

Served in the place of the learner's app: Alembic is loaded already, which is most of what a command costs. Each command has a
process of its own, as if it were typed into a shell; nothing of the learner's is imported in the process that tells.
"""

import json
import os
import re
import sqlite3
import sys
import tempfile
import threading
import traceback

import alembic.config
import sqlalchemy
from fastapi import FastAPI

from gradewright.worker.twins import call


def run(database, more, words):
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    here = os.getcwd()
    sys.path[:] = [path for path in sys.path if path not in ("", here)]
    if more:
        sys.path.insert(0, here)
        import models

        sqlalchemy.Table(more, models.Base.metadata, sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True))
    alembic.config.main(argv=words)


def child(output, *arguments):
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    os.closerange(3, 1024)
    code = 0
    try:
        run(*arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else bool(end.code)
    except:  # noqa: E722 - whatever a migration raises is told
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code & 255)


def command(*arguments):
    with tempfile.TemporaryFile(dir=".") as output:
        pid = os.fork()
        if not pid:
            child(output, *arguments)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        output.seek(0)
        lines = [line for line in output.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"\S*(Error|Exception)\b|FAILED|ERROR", line)] or lines
    return code, f"exit code {code}: {telling[-1][:300] if telling else 'nothing was printed'}"


def remove(name):
    for path in (name, name + "-journal", name + "-wal", name + "-shm"):
        if os.path.exists(path):
            os.unlink(path)
    return 0, ""


def copy(source, target):
    one, two = sqlite3.connect(source), sqlite3.connect(target)
    one.backup(two)
    one.close()
    two.close()
    return 0, ""


def sql(database, script, statement, rows):
    connection = sqlite3.connect(database)
    try:
        connection.executescript(script)
        if statement:
            connection.executemany(statement, rows)
        connection.commit()
    except sqlite3.Error as error:
        return 1, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return 0, ""


def take(steps):
    told = []
    for kind, *arguments in steps:
        stops = arguments.pop() if kind == "alembic" else True
        told.append({"alembic": command, "remove": remove, "copy": copy, "sql": sql}[kind](*arguments))
        if told[-1][0] and stops:
            break
    return told


def tell(reader):
    with os.fdopen(reader) as source:
        text = source.read()
    call("driver.told", json.loads(text) if text else None)


reader, writer = os.pipe()
if not os.fork():
    # No other threads live here, so that it can fork again.
    try:
        text = json.dumps(take(json.loads(os.environ.pop("GRADED_STEPS"))))
        with os.fdopen(writer, "w") as target:
            target.write(text)
    except Exception:  # noqa: BLE001 - what is not told is a fault, and this is why
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)
os.close(writer)
threading.Thread(target=tell, args=(reader,), daemon=True).start()

app = FastAPI()
