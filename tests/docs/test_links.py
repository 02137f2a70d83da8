"""Every relative link of every page leads somewhere, to the heading it names."""

from __future__ import annotations

import re

import pytest

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def slug(heading):
    """Return a heading's anchor, as code hosts make it."""
    plain = re.sub(r"[`*]", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def pages(repository):
    found = [*repository.glob("*.md"), *repository.glob("docs/**/*.md")]
    assert len(found) > 10
    return found


def test_every_relative_link_leads_somewhere(repository):
    broken = []
    for page in pages(repository):
        text = _FENCE.sub("", page.read_text())
        for link in _LINK.findall(text):
            place, _hash, anchor = link.partition("#")
            if re.match(r"[a-z]+:", place):
                continue
            target = page.parent / place if place else page
            if not target.exists():
                broken.append(f"{page.name}: {link}")
            elif anchor and target.suffix == ".md":
                headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", target.read_text()), re.MULTILINE)
                if anchor not in map(slug, headings):
                    broken.append(f"{page.name}: {link}")
    assert broken == []


def test_every_page_can_be_reached_from_the_readme(repository):
    seen, todo = set(), [repository / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        for link in _LINK.findall(_FENCE.sub("", page.read_text())) if page.suffix == ".md" else []:
            target = (page.parent / link.partition("#")[0]).resolve()
            todo.append(target / "README.md" if target.is_dir() else target)
    # Pages that are generated are linked where they are explained.
    assert [page.name for page in pages(repository) if page not in seen] == []


@pytest.mark.parametrize(("heading", "anchor"), [("Does the suite notice?", "does-the-suite-notice"), ("`a` b", "a-b")])
def test_anchors(heading, anchor):
    assert slug(heading) == anchor
