"""Compiled templates are kept beside their sources, and never trusted over them."""

import sys
from pathlib import Path

import jinja2
import pytest

from gradewright.reports.bytecode import Bytecode


@pytest.fixture
def make_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("one {{ 1 + 1 }}")

    def make(made_by=Path(__file__)):
        cache = Bytecode(tmp_path / "__pycache__", made_by=made_by)
        return jinja2.Environment(loader=jinja2.FileSystemLoader(tmp_path), bytecode_cache=cache, autoescape=True)

    return make


@pytest.fixture
def compilations(monkeypatch):
    """The templates that were compiled, one entry each."""
    found = []
    compile_template = jinja2.Environment.compile

    def compiling(self, source, name=None, *rest, **options):
        found.append(name)
        return compile_template(self, source, name, *rest, **options)

    monkeypatch.setattr(jinja2.Environment, "compile", compiling)
    return found


def test_second_process_compiles_nothing(make_environment, compilations):
    assert make_environment().get_template("page.html").render() == "one 2"
    assert make_environment().get_template("page.html").render() == "one 2"
    assert compilations == ["page.html"]


def test_changed_template_is_compiled_anew(make_environment, compilations, tmp_path):
    make_environment().get_template("page.html")
    (tmp_path / "page.html").write_text("three")
    assert make_environment().get_template("page.html").render() == "three"


def test_other_settings_compile_anew(make_environment, compilations, tmp_path):
    make_environment().get_template("page.html")
    other = tmp_path / "settings.py"
    other.write_text("AUTOESCAPE = False")
    make_environment(other).get_template("page.html")
    assert len(compilations) == 2


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"j2"])
def test_damaged_file_is_replaced(make_environment, compilations, tmp_path, content):
    make_environment().get_template("page.html")
    kept = list((tmp_path / "__pycache__").iterdir())
    assert len(kept) == 1
    kept[0].write_bytes(content)
    assert make_environment().get_template("page.html").render() == "one 2"
    assert make_environment().get_template("page.html").render() == "one 2"
    assert len(compilations) == 2


def test_damaged_code_is_replaced(make_environment, compilations, tmp_path):
    make_environment().get_template("page.html")
    (kept,) = (tmp_path / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:-20])
    assert make_environment().get_template("page.html").render() == "one 2"


def test_folder_that_cannot_be_written_costs_only_time(make_environment, tmp_path):
    (tmp_path / "__pycache__").write_text("a file where the folder should be")
    assert make_environment().get_template("page.html").render() == "one 2"


def test_python_that_keeps_no_bytecode_keeps_none_here(make_environment, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    make_environment().get_template("page.html")
    assert not (tmp_path / "__pycache__").exists()
