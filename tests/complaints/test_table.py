"""docs/report.md names every complaint and a test for each."""

import re


def test_every_complaint_has_its_test(repository):
    text = (repository / "docs/report.md").read_text()
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| `(test_\w+)` \|$", text, flags=re.MULTILINE)
    sources = "".join(path.read_text() for path in (repository / "tests/complaints").glob("test_*.py"))
    tests = set(re.findall(r"^def (test_\w+)", sources, flags=re.MULTILINE)) - {"test_every_complaint_has_its_test"}
    assert {test for *_rest, test in rows} == tests
    for _complaint, where, _answer, test in rows:
        docstring = re.search(rf'def {test}\(.*?\):\n    """(.*?)"""', sources, flags=re.DOTALL)[1]
        assert docstring.startswith(where), test
