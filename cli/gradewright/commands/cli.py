"""The Click group: `grade 07-depends` is `grade run 07-depends`, and unknown words get a suggestion."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gradewright import __version__
from gradewright.commands.context import Context
from gradewright.errors import (
    EXIT_FAULT,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_USAGE,
    GradewrightError,
    did_you_mean,
)

if TYPE_CHECKING:
    from gradewright.session.processes import Engine

#: Command name → (module, attribute, one-line help). Loaded on use, so that a grade imports only its own command.
COMMANDS = {
    "run": ("gradewright.commands.run", "run", "Grade an exercise (also: grade 07-depends)."),
    "watch": ("gradewright.commands.watch", "watch", "Grade an exercise again each time you save."),
    "start": ("gradewright.commands.start", "start", "Put the starter and the brief here."),
    "list": ("gradewright.commands.list", "list_exercises", "List the exercises and your progress."),
    "brief": ("gradewright.commands.brief", "brief", "Print an exercise's brief."),
    "hint": ("gradewright.commands.hint", "hint", "Show the next hint for a point."),
    "explain": (
        "gradewright.commands.explain",
        "explain",
        "Explain a point: question, good answer, follow-up.",
    ),
    "batch": ("gradewright.commands.batch", "batch", "Grade a folder of submissions, one result each."),
    "cohort": ("gradewright.commands.cohort", "cohort", "Report on a batch: scores, points, who lost what."),
    "verify": ("gradewright.commands.verify", "verify", "Grade again as recorded: does the verdict agree?"),
    "bundle": ("gradewright.commands.bundle", "bundle", "Make the zip that a candidate gets."),
    "author": ("gradewright.commands.author", "author", "Check exercises."),
    "doctor": ("gradewright.commands.doctor", "doctor", "Say which isolation layers hold on this machine."),
}


class GradeGroup(click.Group):
    """A group whose unknown first word is an exercise."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - Click's
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        import importlib

        command: click.Command = getattr(importlib.import_module(found[0]), found[1])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, _attribute, text) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            _reject_misspelt_command(ctx, args[0])
            return "run", self.get_command(ctx, "run"), args
        return super().resolve_command(ctx, args)


def _reject_misspelt_command(ctx: click.Context, word: str) -> None:
    """Let every exercise through; for anything else suggest the closest exercise or command."""
    from gradewright.content.catalogue import Catalogue
    from gradewright.content.root import find_root
    from gradewright.errors import UnknownExercise

    catalogue = Catalogue(find_root(ctx.find_root().params.get("root")))
    try:
        catalogue.resolve(word)
    except UnknownExercise as error:
        names = [*COMMANDS, *catalogue.slugs(), *(slug.partition("-")[2] for slug in catalogue.slugs())]
        hint = did_you_mean(word, names) or error.hint
        raise UnknownExercise(f"{word!r} is neither an exercise nor a command.", hint=hint) from None


@click.group(cls=GradeGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="No remarks on stderr.")
@click.option("-v", "--verbose", is_flag=True, help="Show exchanges of points that were won, too.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output.")
@click.option("--root", metavar="FOLDER", help="Take exercises from this content root.")
@click.version_option(__version__, prog_name="gradewright")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Grade FastAPI exercises: `grade 07-depends` runs your app in a sandbox and grades it point by point."""
    context: Context = ctx.obj
    context.json = options["as_json"]
    context.quiet, context.verbose = options["quiet"], options["verbose"]
    context.color, context.root_option = options["color"], options["root"]
    if ctx.invoked_subcommand is None:
        from gradewright.commands.overview import overview

        overview(context)


def invoke(arguments: list[str], engine: Engine | None) -> int:
    """Run the command line; return the exit code. Errors are told on stderr, never as a traceback."""
    context = Context(engine=engine)
    try:
        result = cli.main(args=arguments, prog_name="grade", standalone_mode=False, obj=context)
        return result if isinstance(result, int) else EXIT_OK
    except click.exceptions.Abort:
        return EXIT_INTERRUPTED
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        return EXIT_INTERRUPTED
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return EXIT_USAGE
    except GradewrightError as error:
        click.echo(f"{click.style('error', bold=True)}  {error}", err=True, color=context.use_color)
        if error.hint:
            click.echo(f"  try  {error.hint}", err=True)
        return error.exit_code
    except BrokenPipeError:
        return EXIT_OK
    except Exception as error:  # noqa: BLE001 - a traceback of ours is a bug; say so and keep the details
        return _own_failure(error, context)
    finally:
        context.close()


def _own_failure(error: Exception, context: Context) -> int:
    import traceback

    click.echo(f"error  Gradewright itself failed: {type(error).__name__}: {error}", err=True)
    if context.verbose:
        click.echo("".join(traceback.format_exception(error)), err=True)
    else:
        click.echo("  try  grade -v … shows where; grade doctor checks this machine", err=True)
    return EXIT_FAULT
