"""Gives the tests of this folder the table of defences. Test folders are no packages, so it is loaded by its path."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def load_table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ablation_table", Path(__file__).with_name("table.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = load_table()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "defence" in metafunc.fixturenames:
        metafunc.parametrize("defence", [pytest.param(entry, id=entry["name"]) for entry in TABLE.load()])


@pytest.fixture(scope="session")
def table() -> ModuleType:
    return TABLE
