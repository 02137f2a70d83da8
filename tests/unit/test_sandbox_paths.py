"""What a worker may read is a list of trees with holes; the holes are what matters."""

import os

import pytest

from gradewright.sandbox import paths


@pytest.fixture
def tree(tmp_path):
    """site/{a.py, b/…, secret/suite.py, near/inner/secret.py}"""
    site = tmp_path / "site"
    for name in ("b", "secret", "near/inner"):
        (site / name).mkdir(parents=True)
    for name in ("a.py", "b/x.py", "secret/suite.py", "near/inner/secret.py", "near/free.py"):
        (site / name).write_text("x")
    return site


def covered(found: list[str], path: str) -> bool:
    return any(path == entry or path.startswith(entry + "/") for entry in found)


def test_a_tree_without_anything_hidden_is_one_entry(tree):
    assert list(paths.around(str(tree), [])) == [str(tree)]
    assert list(paths.around(str(tree), ["/elsewhere"])) == [str(tree)]


def test_hidden_folders_are_never_covered_and_everything_else_is(tree):
    hidden = [str(tree / "secret"), str(tree / "near" / "inner")]
    found = list(paths.around(str(tree), hidden))
    for path in hidden:
        assert not covered(found, path)
        assert not covered(found, os.path.join(path, "secret.py"))
    for name in ("a.py", "b/x.py", "near/free.py"):
        assert covered(found, str(tree / name))


def test_a_hidden_tree_itself_yields_nothing(tree):
    assert list(paths.around(str(tree), [str(tree)])) == []
    assert list(paths.around(str(tree / "secret"), [str(tree)])) == []


def test_a_link_does_not_lead_out_of_an_opened_tree(tree):
    (tree / "link").symlink_to(tree / "secret")
    found = list(paths.around(str(tree), [str(tree / "secret")]))
    assert str(tree / "link") not in found


def test_a_farm_has_every_entry_but_the_hidden_ones(tree, tmp_path):
    target = tmp_path / "farm"
    target.mkdir()
    clean = tmp_path / "clean"
    clean.mkdir()
    found = paths.import_path(str(target), [str(tree / "secret"), str(tree / "near" / "inner")], [str(clean), str(tree)])
    assert found[0] == str(clean)
    assert sorted(os.listdir(found[1])) == ["a.py", "b"]


def test_the_real_lists_hide_the_package_and_cover_fastapi():
    import fastapi

    import gradewright

    package = os.path.dirname(os.path.realpath(gradewright.__file__))
    found = paths.readable([package])
    assert not covered(found, package)
    assert covered(found, os.path.dirname(os.path.realpath(fastapi.__file__)))
    assert covered(found, os.path.realpath(os.__file__))


def test_an_environment_inside_a_checkout_stays_readable(tmp_path):
    """The README installs into .venv in the checkout whose exercises are hidden."""
    for name in ("graders/x", ".venv/lib/site-packages"):
        (tmp_path / name).mkdir(parents=True)
    packages = str(tmp_path / ".venv" / "lib" / "site-packages")
    assert list(paths.around(packages, [str(tmp_path / "graders")])) == [packages]
