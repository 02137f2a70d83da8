"""Your tests, run with `python -m pytest`. A conftest.py and more files are welcome."""

from vault.main import app


def test_it_is_an_app():
    # TODO: this would pass on any app at all
    assert app is not None
