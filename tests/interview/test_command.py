"""`grade interview` at a terminal and elsewhere."""

import json

import pytest

THINK = r"press Enter \(q ends\): "
RATE = r"4 easy \(q ends\): "


def test_a_sitting(terminal):
    screen = terminal("interview", "07", "-n", "2")
    shown = screen.expect(THINK)
    assert "1 of 2   07-depends P1" in shown
    assert "asked     " in shown
    assert "good      " not in shown, "nothing is given away before one has thought"
    screen.type("\n")
    shown = screen.expect(RATE)
    assert "good      It names a callable" in shown
    assert "then      " in shown
    assert max(len(line) for line in shown.splitlines()) <= 80
    screen.type("5\n")
    screen.expect("One of 1, 2, 3, 4, or q.*" + RATE)
    screen.type("3\n")
    assert "good: it comes again in 2 days" in screen.expect("2 of 2   07-depends P2.*" + THINK)
    screen.type("q\n")
    screen.expect("1 of 2 cards rated")
    assert screen.ended() == 0

    again = terminal("interview", "07", "-n", "1")
    again.expect("1 of 1   07-depends P2")
    again.type("\x04")
    assert again.ended() == 0


def test_ctrl_c_keeps_what_was_rated(terminal):
    screen = terminal("interview", "07")
    screen.expect(THINK)
    screen.type("\n")
    screen.expect(RATE)
    screen.type("1\n")
    screen.expect("again: it comes again in 10 minutes.*" + THINK)
    screen.interrupt()
    assert screen.ended() == 130
    other = terminal("interview", "07", "-n", "1")
    other.expect("1 of 1   07-depends P2")


def test_when_nothing_is_due_it_says_what_comes_when(terminal, grade, tmp_path):
    screen = terminal("interview", "24", "-n", "50")
    cards = json.loads(grade("--json", "interview", "24", "-n", "50").out)
    for _card in cards:
        screen.expect(THINK)
        screen.type("\n")
        screen.expect(RATE)
        screen.type("4\n")
    screen.expect(f"{len(cards)} of {len(cards)} cards rated")
    assert screen.ended() == 0
    done = grade("interview", "24", cwd=tmp_path)
    assert done.code == 0
    assert "Nothing is due. The next card, 24-cors P1, comes in 8 days." in done.out
    assert "grade interview --all" in done.out
    assert len(json.loads(grade("--json", "interview", "24", "--all", "-n", "50", cwd=tmp_path).out)) == len(cards)


def test_in_a_pipe_the_cards_are_printed_and_nothing_is_rated(grade):
    done = grade("interview", "07", "-n", "3")
    assert done.code == 0
    assert done.out.count("asked     ") == done.out.count("good      ") == done.out.count("then      ") == 3
    assert "nothing is rated" in done.err
    assert grade("interview", "07", "-n", "3").out == done.out


def test_as_json(grade, repository):
    grade("07", repository / "graders/07-depends/solutions/annotated", "--no-report")
    first = json.loads(grade("--json", "interview", "-n", "1").out)[0]
    assert set(first) == {"exercise", "point", "question", "answer", "follow_up", "won", "due"}
    assert (first["exercise"], first["won"]) == ("07-depends", True)


@pytest.mark.parametrize(("arguments", "said"), [(["77"], "no exercise"), (["07", "-n", "0"], "0 is not in the range")])
def test_a_mistake_is_told(grade, arguments, said):
    done = grade("interview", *arguments)
    assert done.code == 2
    assert said in done.err
