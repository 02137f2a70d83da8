"""`grade interview`: the points as cards that are answered aloud."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, complete_exercise, pack_option, pass_context

if TYPE_CHECKING:
    from gradewright.history.cards import Spoken


@click.command()
@click.argument("exercise", required=False, shell_complete=complete_exercise)
@click.option(
    "-n", "--cards", "most", type=click.IntRange(1, 1000), default=10, show_default=True, help="At most so many cards."
)
@click.option("--all", "every", is_flag=True, help="Ask what is not due yet, too.")
@pack_option
@pass_context
def interview(context: Context, exercise: str | None, most: int, *, every: bool) -> None:
    """Ask what an interviewer would: think, answer aloud, compare with a good answer, and rate yourself from 1 to 4.

    Without EXERCISE, all exercises. What is due comes first, then points that your code has won. Each card comes back when you
    are likely to have half forgotten it.

    For example: grade interview 07-depends
    """
    from gradewright.history import cards

    catalogue = context.catalogue()
    known = cards.cards(context.history, [catalogue.load(exercise)] if exercise else catalogue.all())
    asked = [card for card in known if every or cards.is_due(card)][:most]
    if context.json:
        context.document([_record(card) for card in asked])
        return
    if not asked:
        first = known[0]
        context.out(f"Nothing is due. The next card, {first.exercise.slug} P{first.number}, comes {_when(first.due)}.")
        context.out("  try  grade interview --all")
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        context.progress("note  Not at a terminal, so the cards are printed with their answers, and nothing is rated.")
        for card in asked:
            _ask(context, card, "")
            _reveal(context, card)
            context.out()
        return
    _sit(context, asked)


def _sit(context: Context, asked: list[Spoken]) -> None:
    """Ask one card after the other. Each rating is kept at once, so that nothing is lost by leaving."""
    from gradewright.history import cards

    rated = 0
    for number, card in enumerate(asked, start=1):
        _ask(context, card, f"{number} of {len(asked)}   ")
        if _line(context, "          Answer aloud, then press Enter (q ends): ") in ("q", None):
            break
        _reveal(context, card)
        rating = _rating(context)
        if rating is None:
            break
        due = cards.rate(context.history, card, rating)
        rated += 1
        context.out(f"          {cards.RATINGS[rating]}: it comes again {_when(due)}", dim=True)
        context.out()
    context.out(f"{rated} of {len(asked)} cards rated.")


def _ask(context: Context, card: Spoken, count: str) -> None:
    won = "   (your code has won this point)" if card.won else ""
    context.out(f"{count}{card.exercise.slug} P{card.number} {card.point.title}{won}", bold=True)
    _paragraph(context, "asked", f'"{card.point.question}"')


def _reveal(context: Context, card: Spoken) -> None:
    _paragraph(context, "good", card.point.answer)
    _paragraph(context, "then", f'"{card.point.follow_up}"')
    if card.point.say_aloud:
        _paragraph(context, "also", card.point.say_aloud)


def _paragraph(context: Context, label: str, text: str) -> None:
    """Print text beside its label, wrapped where there is a terminal."""
    if context.columns is None:
        context.out(f"{label:<10}{text}")
        return
    import textwrap

    lines = [line for part in text.splitlines() for line in (textwrap.wrap(part, max(context.columns - 11, 20)) or [""])]
    for number, line in enumerate(lines):
        context.out(f"{label if number == 0 else '':<10}{line}")


def _rating(context: Context) -> int | None:
    """Ask for a rating until there is one; None when the person leaves."""
    while True:
        text = _line(context, "          How was it? 1 again · 2 hard · 3 good · 4 easy (q ends): ")
        if text in ("q", None):
            return None
        if text in ("1", "2", "3", "4"):
            return int(text)
        context.out("          One of 1, 2, 3, 4, or q.")


def _line(context: Context, prompt: str) -> str | None:
    """Return what was typed, in lower case, or None at the end of input."""
    context.out(prompt, newline=False)
    typed = sys.stdin.readline()
    if not typed:
        context.out()
        return None
    return typed.strip().lower()


def _when(due: dt.datetime | None) -> str:
    if due is None:
        return "now"
    minutes = round((due - dt.datetime.now(dt.UTC)).total_seconds() / 60)
    if minutes < 1:
        return "now"
    if minutes < 120:
        return f"in {minutes} minute{'' if minutes == 1 else 's'}"
    days = round(minutes / 60 / 24)
    return f"in {round(minutes / 60)} hours" if days < 1 else f"in {days} day{'' if days == 1 else 's'}"


def _record(card: Spoken) -> dict[str, object]:
    return {
        "exercise": card.exercise.slug,
        "point": card.point.id,
        "question": card.point.question,
        "answer": card.point.answer,
        "follow_up": card.point.follow_up,
        "won": card.won,
        "due": card.due.isoformat() if card.due else None,
    }
