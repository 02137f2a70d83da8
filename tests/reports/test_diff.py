"""compare: what is marked, what is said, and that nothing a submission sends can break it."""

from __future__ import annotations

import inspect
import random
import sys
import time

import pytest

from gradewright.reports.diff import Difference, compare
from gradewright.reports.wording import escape_unseen, repetition


def marked(difference: Difference) -> tuple[str, str]:
    """Return both sides with the differing runs in angle quotes."""
    sides = (difference.expected, difference.got)
    texts = ["".join(f"«{mark.text}»" if mark.differs else mark.text for mark in marks) for marks in sides]
    return texts[0], texts[1]


def test_the_sentence_of_the_mock_up() -> None:
    found = compare('{"skip":5,"limit":7}', '{"skip":"5 ","limit":7}')
    assert marked(found) == ('{"skip":«5»,"limit":7}', '{"skip":«"5 "»,"limit":7}')
    assert found.note == 'In skip: expected the number 5, got the text "5 " (two characters, 5 and a space).'


@pytest.mark.parametrize(
    ("expected", "got", "left", "right", "note"),
    [
        ("1", "true", "«1»", "«true»", "Expected the number 1, got the true/false value true."),
        ("5", '"5"', "«5»", '«"5"»', 'Expected the number 5, got the text "5".'),
        ("null", "{}", "«null»", "«{}»", "Expected null, got an object with no keys."),
        ("{}", "[1]", "«{}»", "«[1]»", "Expected an object with no keys, got a list with one item."),
        ('{"a":1,"b":2}', '{"a":1}', '{"a":1,«"b":2»}', '{"a":1}', 'The key "b" is missing.'),
        ('{"a":1}', '{"a":1,"z":2}', '{"a":1}', '{"a":1,«"z":2»}', 'The key "z" is not expected.'),
        ('{"a":1}', '{"a":1,"a":1}', '{"a":1}', '{«"a":1»,«"a":1»}', 'The key "a" stands more than once.'),
        ("[1,2,3]", "[3,2,1]", "[«1»,2,«3»]", "[«3»,2,«1»]", "The items are the right ones, but in another order."),
        ("[1,2,3]", "[1,3]", "[1,«2»,3]", "[1,3]", "Expected three items, got two items."),
        ("[1]", "[0,1]", "[1]", "[«0»,1]", "Expected one item, got two items."),
        ("1.0", "1", "«1.0»", "«1»", "Expected the number 1.0, got the number 1; the value is the same."),
        ("", "x", "", "«x»", 'Expected nothing, got "x".'),
        (
            'status 200, {"a":"b"}',
            'status 404, {"detail":"c"}',
            'status «200, {"a":"b"}»',
            'status «404, {"detail":"c"}»',
            'Expected "status 200, {"a":"b"}", got "status 404, {"detail":"c"}".',
        ),
        ("x", "", "«x»", "", 'Expected "x", got nothing.'),
        ('{"a":NaN}', '{"a":1}', '{"a":«NaN»}', '{"a":«1»}', "In a: expected NaN, got the number 1."),
        (
            '{"a":{"b":[1,{"c":"x"}]}}',
            '{"a":{"b":[1,{"c":"y"}]}}',
            '{"a":{"b":[1,{"c":«"x"»}]}}',
            '{"a":{"b":[1,{"c":«"y"»}]}}',
            'In a.b[1].c: expected the text "x", got the text "y".',
        ),
        (
            '{"a b":1,"c":2}',
            '{"a b":2,"c":3}',
            '{"a b":«1»,"c":«2»}',
            '{"a b":«2»,"c":«3»}',
            'In ["a b"]: expected the number 1, got the number 2; one more place differs.',
        ),
        (
            "status 422",
            "status 500",
            "status «422»",
            "status «500»",
            'Expected "status 422", got "status 500".',
        ),
    ],
)
def test_the_smallest_differing_values_are_marked_and_told(expected: str, got: str, left: str, right: str, note: str) -> None:
    found = compare(expected, got)
    assert (*marked(found), found.note) == (left, right, note)


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        ('"eu"', '"Eu"', "only upper and lower case differ"),
        ('{"id":1}', '{"ID":1}', "only upper and lower case differ"),
        ('"a b"', '"a  b"', "only white space differs"),
        ("eu", "eu\n", "a line end"),
        ("eu", "eu\r\n", "only white space differs"),
        ('"eu"', '"eu\\t"', "a tab"),
        ('"ab"', '"a\u200bb"', "zero width space"),
        ('"abc"', '"\u202eabc"', "right-to-left override"),
        ('"ab"', '"a\\u0000b"', "NUL"),
        ('"paypal"', '"p\u0430ypal"', "cyrillic small letter a stands in the place of latin small letter a"),
        ('"\u00e9"', '"e\u0301"', "built from different Unicode characters"),
        ("eu", '"eu"', "in quotes"),
        ('"eu"', "eu", "got it without them"),
        ('{"a":1}', "{'a': 1}", "not JSON; JSON wants double quotes"),
        ('{"a":1}', "Internal Server Error", "a text that is not JSON"),
        ('{"a": 1}', '{"a":1}', "hold the same values"),
        ('{"a":1}', '{"a":1}', "Both read the same"),
        ("9" * 4301, "9" * 4300 + "8", "(4301 characters)"),
        ("9" * 70 + "0" + "9" * 70, "9" * 70 + "1" + "9" * 70, "they part at character 71"),
        ('"' + "x" * 70 + "a" + "x" * 70 + '"', '"' + "x" * 70 + "b" + "x" * 70 + '"', "part at character 71"),
        ("x" * 200 + "A", "x" * 200 + "B", "from character 201 on"),
    ],
)
def test_values_that_look_alike_are_told_apart(expected: str, got: str, said: str) -> None:
    assert said in compare(expected, got).note


def test_where_two_texts_have_nothing_in_common_no_place_is_named() -> None:
    got = '{"data":[' + ",".join(f'{{"id":{number}}}' for number in range(20)) + '],"next_cursor":"WyIyMDI2"}'
    note = compare("null as next_cursor", got).note
    # The report leaves this sentence out: both sides stand above it.
    assert note == repetition("null as next_cursor", got)


def test_a_long_text_is_marked_only_where_it_differs() -> None:
    words = "one two three four five six seven eight nine ten"
    left, right = marked(compare(f'{{"t":"{words}"}}', f'{{"t":"{words.replace("five", "vier")}"}}'))
    assert "«five»" in left
    assert "«vier»" in right


def test_a_note_holds_no_raw_control_or_direction_character() -> None:
    hostile = "\x1b[31m\u202e\u2066\x00\ud800\u2028"
    for expected, got in ((f'"{hostile}"', '"x"'), ("x", hostile), ("1", f'{{"{hostile}":1}}')):
        note = compare(expected, got).note
        assert note.isprintable()
        assert compare(got, expected).note.isprintable()


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("[" * 100_000, "[" * 100_001),
        ("[" * 59 + "1" + "]" * 59, "[" * 59 + "2" + "]" * 59),
        ('{"a":' * 5000 + "1" + "}" * 5000, '{"a":' * 5000 + "2" + "}" * 5000),
        ("a" * 1_000_000 + "b", "a" * 1_000_000 + "c"),
        ("[" + "1," * 7000 + "1]", "[" + "2," * 7000 + "1]"),
        ('"' + "\\" * 15_000, '"' + "\\\\" * 7_000),
        ("{" + ",".join(f'"k{n}":{n}' for n in range(1500)) + "}", "{}"),
        ("1e999999999999999999999", "1"),
    ],
)
def test_hostile_sizes_cost_little_and_lose_nothing(expected: str, got: str) -> None:
    # Processor time does not depend on what else is running.
    before = time.process_time()
    found = compare(expected, got)
    assert time.process_time() - before < 1
    assert "".join(mark.text for mark in found.expected) == expected
    assert "".join(mark.text for mark in found.got) == got
    assert len(found.expected) + len(found.got) < 200
    assert len(found.note) < 700


def test_a_stack_that_is_nearly_full_costs_the_json_walk_and_nothing_else() -> None:
    expected, got = ("[" * 55 + number + "]" * 55 for number in "12")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 60)
    try:
        found = compare(expected, got)
    finally:
        sys.setrecursionlimit(limit)
    assert found.note.startswith("Expected")
    assert "".join(mark.text for mark in found.expected) == expected


def test_marks_join_to_the_input_for_thousands_of_random_pairs() -> None:
    """Joined marks are the text, something is marked when the texts differ, and the note is one sentence."""
    chance = random.Random(7)
    pieces = ['{"a":', '"b":', "}", "[", "]", ",", '"x"', "null", "true", "1.5", "1e5", '"\\u00e9"', " ", "NaN"]
    letters = '{}[]:,"\\ué09 -.aN\t\n\x00\u202e'

    def value(depth: int) -> str:
        kind = chance.random()
        if depth > 3 or kind < 0.5:
            return chance.choice(['"a"', '"b c"', "null", "true", "1", "2.0", '"' + "z" * 60 + chance.choice("ab") + '"'])
        items = [value(depth + 1) for _ in range(chance.randint(0, 4))]
        if kind < 0.75:
            return f"[{','.join(items)}]"
        return "{" + ",".join(f'"{chance.choice("abcA")}":{item}' for item in items) + "}"

    def noise() -> str:
        size = chance.randint(0, 12)
        return "".join(chance.choice(pieces if chance.random() < 0.7 else letters) for _ in range(size))

    for turn in range(6000):
        make = noise if turn % 2 else lambda: value(0)
        expected, got = make(), make()
        found = compare(expected, got)
        assert "".join(mark.text for mark in found.expected) == expected
        assert "".join(mark.text for mark in found.got) == got
        assert all(mark.text for mark in found.expected + found.got)
        assert found.note.endswith(".")
        if expected != got:
            assert any(mark.differs for mark in found.expected + found.got), (expected, got)


def test_escape_unseen_keeps_what_can_be_seen() -> None:
    assert escape_unseen("Ünïcode 漢字 🙂\tand\nlines") == "Ünïcode 漢字 🙂\tand\nlines"
    assert escape_unseen("\x1b\x00\r\x7f\x9b\xa0\u202e\u200b\ufeff") == ("\\x1b\\x00\\r\\x7f\\x9b\\xa0\\u202e\\u200b\\ufeff")
