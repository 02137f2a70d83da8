"""`grade cohort`: what the submissions of a batch have in common, as a page and a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import EXIT_OK, BadInput

if TYPE_CHECKING:
    from gradewright.cohort.adjustments import Adjustment
    from gradewright.cohort.folder import Cohort
    from gradewright.cohort.similarity.record import Similarity

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("-o", "--report", "target", type=FILE, default=Path("cohort.html"), help="Write the page here (cohort.html).")
@click.option("--csv", "table_path", type=FILE, help="Write a table, too: a line a submission.")
@click.option("--anonymous", is_flag=True, help="Pseudonyms instead of names, and no links to reports.")
@click.option("--key", "key_path", type=FILE, help="Where the key of the pseudonyms lies (OUT/pseudonyms.json).")
@click.option("--adjustments", type=FILE, help="CSV with changes by hand: submission,point,delta,reason,who.")
@click.option("--similar", "similar_path", type=FILE, help="Show the pairs that grade --json similar printed into this file.")
@click.option(
    "--screen", "screen_path", type=FILE, help="OUT has a folder for each exercise of this screen.toml: report the totals."
)
@pack_option
@pass_context
def cohort(
    context: Context,
    /,
    out: Path,
    target: Path,
    table_path: Path | None,
    anonymous: bool,
    key_path: Path | None,
    adjustments: Path | None,
    similar_path: Path | None,
    screen_path: Path | None,
) -> int:
    """Report on all results in OUT, the folder that grade batch wrote.

    For example: grade cohort out/ -o cohort.html --csv cohort.csv
    """
    from gradewright.cohort import adjustments as by_hand
    from gradewright.cohort import folder, page, pseudonyms, results, table

    if key_path is not None and not anonymous:
        raise BadInput("--key is for pseudonyms.", hint="add --anonymous")
    if screen_path is not None:
        if adjustments is not None or similar_path is not None:
            raise BadInput(
                "--adjustments and --similar are for the report of one exercise.", hint=f"grade cohort {out}/07-depends"
            )
        return _screen(context, screen_path, out, target, table_path, anonymous=anonymous, key_path=key_path)
    found = folder.read(out)
    names = [candidate.name for candidate in found.candidates]
    called = pseudonyms.keyed(names, key_path or out / "pseudonyms.json") if anonymous else pseudonyms.plain(names)
    changes = by_hand.read(adjustments, found, called) if adjustments is not None else ()
    alike = _similar(similar_path, found) if similar_path is not None else None
    results.write(target, page.render(found, called, changes, target, table_path.name if table_path else "", alike))
    if table_path is not None:
        results.write(table_path, table.table(found, called, changes))
    if context.json:
        click.echo(json.dumps(_figures(found, changes), indent=2))
        return EXIT_OK
    graded = len(found.graded)
    context.out(f"{found.exercise}: {len(names)} submission{'' if len(names) == 1 else 's'}, {graded} graded")
    context.out(f"  report   {target}")
    if table_path is not None:
        context.out(f"  table    {table_path}")
    if anonymous:
        context.out(f"  key      {key_path or out / 'pseudonyms.json'}   keep it to yourself: it says who is who")
    if changes:
        context.out(f"  adjusted {len(changes)} by hand, shown beside the scores")
    for text in found.left_out:
        context.progress(f"  left out  {text}")
    return EXIT_OK


def _screen(
    context: Context,
    screen_path: Path,
    out: Path,
    target: Path,
    table_path: Path | None,
    *,
    anonymous: bool,
    key_path: Path | None,
) -> int:
    """Report the totals of a screen, weighted as its file says."""
    from gradewright.cohort import pseudonyms, results, screen, total

    written = screen.read(screen_path)
    context.add_packs(written.packs)
    wanted = screen.resolve(written, context.catalogue())
    totals = total.read(out, wanted)
    names = [row.name for row in totals.rows]
    called = pseudonyms.keyed(names, key_path or out / "pseudonyms.json") if anonymous else pseudonyms.plain(names)
    results.write(target, total.render(wanted, totals, called))
    if table_path is not None:
        results.write(table_path, total.table(totals, called))
    counted = sum(row.total is not None for row in totals.rows)
    if context.json:
        context.document(
            {
                "format": "gradewright/screen/v1",
                "title": wanted.title,
                "weights": {part.cohort.exercise: part.weight for part in totals.parts},
                "totals": {called.label(row.name): row.total for row in totals.rows},
            }
        )
        return EXIT_OK
    exercises = len(totals.parts)
    context.out(
        f"{wanted.title or screen_path.name}: {len(names)} submissions to {exercises} exercises, {counted} with a total"
    )
    context.out(f"  report   {target}")
    if table_path is not None:
        context.out(f"  table    {table_path}")
    if anonymous:
        context.out(f"  key      {key_path or out / 'pseudonyms.json'}   keep it to yourself: it says who is who")
    for text in totals.left_out:
        context.progress(f"  left out  {text}")
    return EXIT_OK


def _similar(path: Path, found: Cohort) -> Similarity:
    """Return the findings about these submissions. Raises BadInput for those of another exercise or of others' submissions."""
    from gradewright.cohort.similarity import record

    alike = record.load(path)
    if alike.exercise != found.exercise:
        raise BadInput(f"{path} is about {alike.exercise}, and these are results of {found.exercise}.")
    known = {candidate.name for candidate in found.candidates}
    named = {name for pair in alike.pairs for name in (pair.first, pair.second)}
    named |= {one.submission for one in alike.not_compared}
    if not named <= known:
        raise BadInput(
            f"{path} names {min(named - known)}, which has no result here.",
            hint=f"grade --json similar SUBMISSIONS -e {found.exercise} > {path}, with the submissions that were graded",
        )
    return alike


def _figures(found: Cohort, changes: tuple[Adjustment, ...]) -> dict[str, object]:
    from gradewright.cohort import items

    rows = [candidate.scores for candidate in found.graded]
    weights = [point.weight for point in found.points]
    whole = items.reliability(rows, weights)
    return {
        "format": "gradewright/cohort/v1",
        "exercise": found.exercise,
        "submissions": len(found.candidates),
        "graded": len(rows),
        "points": [
            {"id": point.id, "n": item.n, "p": item.difficulty, "r": item.discrimination, "flags": list(item.flags)}
            for point, item in zip(found.points, items.analyse(rows, weights), strict=True)
        ],
        "reliability": {"name": whole.name, "n": whole.n, "value": whole.value},
        "adjustments": len(changes),
    }
