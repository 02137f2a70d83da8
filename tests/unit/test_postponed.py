"""A package that is imported only when somebody uses it must then be just that package."""

from __future__ import annotations

import subprocess
import sys

import pytest

START = "import sys; from gradewright.worker import births; births.warm(); "
LOADED = "print('email_validator.rfc_constants' in sys.modules)"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_is_loaded_before_it_is_used():
    assert run(LOADED) == "False"


@pytest.mark.parametrize(
    "code",
    [
        "import email_validator; print(email_validator.validate_email('a@b.example', check_deliverability=False).domain)",
        "from email_validator import validate_email as v; print(v('a@b.example', check_deliverability=False).domain)",
        (
            "from email_validator.validate_email import validate_email as v;"
            "print(v('a@b.example', check_deliverability=False).domain)"
        ),
        "from pydantic import TypeAdapter, EmailStr; print(TypeAdapter(EmailStr).validate_python('a@b.example')[2:])",
    ],
)
def test_it_works_as_ever(code):
    assert run(code) == "b.example"


def test_errors_are_the_package_s_own():
    code = """
from fastapi.exceptions import RequestValidationError
from pydantic import EmailStr, TypeAdapter, ValidationError
try:
    TypeAdapter(EmailStr).validate_python("not an address")
except ValidationError as error:
    print(error.errors()[0]["type"])
import email_validator
print(issubclass(email_validator.EmailNotValidError, ValueError), hasattr(email_validator, "nothing"))
import importlib
print(importlib.import_module("email_validator").__spec__.name)
"""
    assert run(code).split() == ["value_error", "True", "False", "email_validator"]


def test_looking_for_the_submission_s_modules_loads_nothing():
    assert run(f"from gradewright.worker import introspect; introspect.own_modules(); {LOADED}") == "False"


def test_it_loads_though_the_app_has_emptied_the_import_path():
    code = "sys.path.clear(); import email_validator as e; print(e.validate_email.__name__, sys.path)"
    assert run(code) == "validate_email []"


def test_it_is_found_like_any_other():
    assert run("import importlib.util; print(importlib.util.find_spec('email_validator').name)") == "email_validator"


def test_two_threads_get_the_same_package():
    code = """
import threading
import email_validator
gate, found = threading.Barrier(8), []
def use():
    gate.wait()
    found.append(email_validator.validate_email("a@b.example", check_deliverability=False).domain)
threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(found == ["b.example"] * 8)
"""
    assert run(code) == "True"


def test_a_lane_does_without_what_no_exercise_asked_for():
    assert run(f"births.rehearse(); {LOADED}") == "False"


def test_an_exercise_that_preloads_it_has_it():
    assert run(f"births.warm(('email_validator',)); {LOADED}") == "True"


UVICORN = "print('uvicorn.main' in sys.modules, 'click' in sys.modules)"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "import uvicorn",
        "from uvicorn import Config, Server",
        "import uvicorn; uvicorn.Server",
        "import uvicorn.protocols.utils",
    ],
)
def test_the_server_needs_no_command_line(code):
    assert run(f"import gradewright.worker.serve\n{code}\n{UVICORN}") == "False False"


@pytest.mark.parametrize(
    "code", ["import uvicorn; uvicorn.run", "from uvicorn import run", "import uvicorn.main", "from uvicorn import *"]
)
def test_an_app_that_starts_uvicorn_itself_has_all_of_it(code):
    assert run(f"{code}\n{UVICORN}") == "True True"


def test_uvicorn_is_one_package_before_and_after():
    code = """
import uvicorn
from uvicorn import Server
from gradewright.worker.serve import UvicornServer
version = uvicorn.__version__
uvicorn.run
import uvicorn as again
import uvicorn.config, uvicorn.logging
print(uvicorn.Server is Server is UvicornServer is again.Server is sys.modules["uvicorn"].Server)
print(again.config is uvicorn.config is sys.modules["uvicorn.config"], again.logging is sys.modules["uvicorn.logging"])
print(version == again.__version__ == sys.modules["uvicorn"].__version__, sorted(again.__all__) == sorted(uvicorn.__all__))
"""
    assert run(code).split() == ["True"] * 5


def test_what_has_the_name_of_a_module_inside_is_still_the_package_s():
    code = "import uvicorn.main, email_validator.validate_email\n"
    assert run(f"{code}print(type(uvicorn.main).__name__, type(email_validator.validate_email).__name__)") == "Command function"


def test_what_is_patched_in_the_package_is_patched_for_all():
    code = """
import uvicorn as early
from unittest import mock
with mock.patch("uvicorn.run") as run:
    import uvicorn
    uvicorn.run("app:app")
    print(run.call_count, early is uvicorn is sys.modules["uvicorn"])
"""
    assert run(code) == "1 True"


def test_a_package_that_fails_can_be_asked_again():
    code = """
import uvicorn
real = sys.modules.pop("uvicorn.config")
sys.modules["uvicorn.config"] = None
for _again in range(2):
    try:
        uvicorn.run
    except ImportError as error:
        print(type(error).__name__)
sys.modules["uvicorn.config"] = real
print(callable(uvicorn.run))
"""
    assert run(f"import gradewright.worker.serve\n{code}").split() == ["ModuleNotFoundError"] * 2 + ["True"]


def test_versions_are_told_without_loading():
    code = "from gradewright.worker import ground; found = ground.versions(); import importlib.metadata as m\n"
    assert run(f"{code}print(found['uvicorn'] == m.version('uvicorn'), 'uvicorn.main' in sys.modules)") == "True False"
