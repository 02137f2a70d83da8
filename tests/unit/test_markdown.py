"""Briefs are Markdown; the preview shows them as blocks."""

from gradewright.reports.markdown import Block, Span, blocks, inline


def test_headings_paragraphs_lists_code_and_tables_are_told_apart():
    text = "# One\n\nA line\nand its next.\n- a\n  more\n- b\n\n1. x\n2. y\n```python\n# no heading\n```\n"
    text += "| a | b |\n| --- | --- |\n| c | `d|e` |\n"
    assert list(blocks(text)) == [
        Block("heading", "One", 1),
        Block("text", "A line and its next."),
        Block("list", rows=(("a more",), ("b",))),
        Block("numbers", rows=(("x",), ("y",))),
        Block("code", "# no heading"),
        Block("table", rows=(("a", "b"), ("c", "`d|e`"))),
    ]


def test_code_that_is_not_closed_ends_with_the_text():
    assert list(blocks("```\nx")) == [Block("code", "x")]


def test_runs_of_a_text():
    found = list(inline("a `b` **c** [d](https://e.org) [f](g.md)"))
    assert [span for span in found if span.text.strip()] == [
        Span("text", "a "),
        Span("code", "b"),
        Span("strong", "c"),
        Span("link", "d", "https://e.org"),
        Span("text", "f"),
    ]


def test_every_brief_can_be_shown(repository):
    for path in (repository / "exercises").glob("*/README.md"):
        found = list(blocks(path.read_text()))
        assert found[0].kind == "heading", path
        assert not [block for block in found if block.kind == "text" and block.text.startswith(("#", "|", "- "))], path
