"""`grade similar`: which submissions share so much that somebody should read both."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradewright.commands.context import Context, pack_option, pass_context
from gradewright.errors import EXIT_OK

if TYPE_CHECKING:
    from gradewright.cohort.similarity.record import Similarity

FILE = click.Path(path_type=Path, dir_okay=False)
SHOWN = 20


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("-e", "--exercise", required=True, help="What they were asked to do.")
@click.option("-o", "--report", "target", type=FILE, help="Write a page with the pairs side by side here.")
@click.option("--csv", "table_path", type=FILE, help="Write a table, too: a line a pair.")
@click.option(
    "--given", multiple=True, type=click.Path(path_type=Path), help="Code that everybody got besides the starter; repeatable."
)
@pack_option
@pass_context
def similar(
    context: Context, /, submissions: Path, exercise: str, target: Path | None, table_path: Path | None, given: tuple[Path, ...]
) -> int:
    """List the pairs in SUBMISSIONS that share more than independent solutions of the exercise do: a reason to read both.

    For example: grade similar subs/ -e 07-depends -o similar.html
    """
    from gradewright.cohort import arrivals, results
    from gradewright.cohort.similarity import compare, material, page, record
    from gradewright.cohort.similarity.prints import Fingerprinter

    # A candidate's folder may hold a content root of its own.
    context.only_trusted_roots = True
    wanted = context.catalogue().load(exercise)
    root = context.root_of(wanted)
    printer = Fingerprinter()
    known = material.load(root, wanted.slug, printer, given)
    with tempfile.TemporaryDirectory(prefix="gw-cohort-", ignore_cleanup_errors=True) as scratch:
        found = arrivals.find(submissions, Path(scratch))
        comparison = compare.compare(wanted.slug, found.found, known, printer, root.suite(wanted.slug))
    if target is not None:
        results.write(target, page.render(comparison, wanted.title))
    if table_path is not None:
        results.write(table_path, record.table(comparison.found))
    if context.json:
        context.document(comparison.found.model_dump(mode="json"))
        return EXIT_OK
    _tell(context, comparison.found)
    for place, path in (("report", target), ("table", table_path)):
        if path is not None:
            context.out(f"  {place:<8} {path}")
    for text in found.left_out:
        context.progress(f"  left out  {text}")
    return EXIT_OK


def _tell(context: Context, found: Similarity) -> None:
    from gradewright.cohort.similarity.section import figure

    count = len(found.pairs)
    context.out(
        f"{found.exercise}: {found.compared} of {found.submissions} submissions compared, "
        f"{count} pair{'' if count == 1 else 's'} to review"
    )
    if found.independent:
        text = f"independent solutions overlap by {figure(found.independent[0])} to {figure(found.independent[-1])}"
    elif found.solutions:
        text = "its reference solutions share too little to calibrate by"
    else:
        text = "no reference solutions here to calibrate by"
    context.out(f"  listed from {figure(found.limit)}; {text}")
    for pair in found.pairs[:SHOWN]:
        context.out(f"  review   {figure(pair.overlap):>4}  {pair.first} and {pair.second}, {pair.lines} shared lines")
    if count > SHOWN:
        context.out(f"  and {count - SHOWN} more: -o similar.html or --csv pairs.csv has them")
    for one in found.not_compared[:SHOWN]:
        context.out(f"  nothing  {one.submission}: {one.why}")
    if len(found.not_compared) > SHOWN:
        context.out(f"  and {len(found.not_compared) - SHOWN} more that were not compared")
