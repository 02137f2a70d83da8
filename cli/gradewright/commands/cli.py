"""The Click group: `grade 07-depends` is `grade run 07-depends`, and unknown words get a suggestion."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gradewright import __version__
from gradewright.commands.ascii import write_anywhere
from gradewright.commands.context import Context, pack_option
from gradewright.errors import (
    EXIT_FAULT,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_USAGE,
    GradewrightError,
    did_you_mean,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from gradewright.session.processes import Engine

#: Command name → (module, attribute, one-line help). Loaded on use, so that a grade imports only its own command.
COMMANDS = {
    "run": ("gradewright.commands.run", "run", "Grade an exercise (also: grade 07-depends)."),
    "watch": ("gradewright.commands.watch", "watch", "Grade an exercise again each time you save."),
    "start": ("gradewright.commands.start", "start", "Put the starter and the brief here."),
    "next": ("gradewright.commands.overview", "next_exercise", "Start the next exercise without full marks."),
    "list": ("gradewright.commands.list", "list_exercises", "List the exercises and your progress."),
    "brief": ("gradewright.commands.brief", "brief", "Print an exercise's brief."),
    "hint": ("gradewright.commands.hint", "hint", "Show the next hint for a point."),
    "explain": (
        "gradewright.commands.explain",
        "explain",
        "Explain a point: question, good answer, follow-up.",
    ),
    "interview": ("gradewright.commands.interview", "interview", "Ask you the points as an interviewer would."),
    "report": ("gradewright.commands.report", "report", "Write the report of a verdict, for one of its readers."),
    "export": ("gradewright.commands.export", "export", "Write a verdict as JUnit, Gradescope, GitHub or CSV."),
    "batch": ("gradewright.commands.batch", "batch", "Grade a folder of submissions, one result each."),
    "cohort": ("gradewright.commands.cohort", "cohort", "Report on a batch: scores, points, who lost what."),
    "similar": ("gradewright.commands.similar", "similar", "List submissions that share more than independent ones do."),
    "verify": ("gradewright.commands.verify", "verify", "Grade again as recorded: does the verdict agree?"),
    "bundle": ("gradewright.commands.bundle", "bundle", "Make the zip that a candidate gets."),
    "author": ("gradewright.commands.author", "author", "Write exercises, and prove that they grade what they say."),
    "completion": ("gradewright.commands.completion", "completion", "Print what makes a shell complete `grade`."),
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

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from gradewright.commands.completion import exercise

        found = [CompletionItem(name, help=text) for name, (_m, _a, text) in COMMANDS.items() if name.startswith(incomplete)]
        return [*exercise(ctx, None, incomplete), *found, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            if ctx.resilient_parsing:
                # A shell asks what may follow; there is nobody to tell about a mistake.
                return "run", self.get_command(ctx, "run"), args
            _reject_misspelt_command(ctx, args[0], args[1:])
            return "run", self.get_command(ctx, "run"), args
        return super().resolve_command(ctx, args)


def _reject_misspelt_command(ctx: click.Context, word: str, rest: list[str]) -> None:
    """Let every exercise through; for anything else suggest the closest exercise or command."""
    from gradewright.commands.main import options
    from gradewright.errors import UnknownExercise

    context = ctx.ensure_object(Context)
    # Click has not parsed what stands behind the exercise yet.
    packs = [*context.packs, *options(rest, "--pack")]
    catalogue = replace(context, root_option=ctx.find_root().params.get("root"), packs=packs).catalogue()
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
@pack_option
@click.version_option(__version__, prog_name="gradewright")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Grade FastAPI exercises: `grade 07-depends` runs your app in a sandbox and grades it point by point.

    For example: grade next; grade watch 07-depends; grade interview
    """
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
    write_anywhere(sys.stdout, escape="--json" in arguments)
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
