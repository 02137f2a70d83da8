"""`grade cohort`: what the submissions of a batch have in common, as a page and a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pass_context
from gradewright.errors import EXIT_OK, BadInput

if TYPE_CHECKING:
    from gradewright.cohort.adjustments import Adjustment
    from gradewright.cohort.folder import Cohort

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("-o", "--report", "target", type=FILE, default=Path("cohort.html"), help="Write the page here (cohort.html).")
@click.option("--csv", "table_path", type=FILE, help="Write a table, too: a line a submission.")
@click.option("--anonymous", is_flag=True, help="Pseudonyms instead of names, and no links to reports.")
@click.option("--key", "key_path", type=FILE, help="Where the key of the pseudonyms lies (OUT/pseudonyms.json).")
@click.option("--adjustments", type=FILE, help="CSV with changes by hand: submission,point,delta,reason,who.")
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
) -> int:
    """Report on all results in OUT, the folder that grade batch wrote.

    For example: grade cohort out/ -o cohort.html --csv cohort.csv
    """
    from gradewright.cohort import adjustments as by_hand
    from gradewright.cohort import folder, page, pseudonyms, results, table

    if key_path is not None and not anonymous:
        raise BadInput("--key is for pseudonyms.", hint="add --anonymous")
    found = folder.read(out)
    names = [candidate.name for candidate in found.candidates]
    called = pseudonyms.keyed(names, key_path or out / "pseudonyms.json") if anonymous else pseudonyms.plain(names)
    changes = by_hand.read(adjustments, found, called) if adjustments is not None else ()
    results.write(target, page.render(found, called, changes, target, table_path.name if table_path else ""))
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
