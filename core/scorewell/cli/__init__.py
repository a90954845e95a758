"""The command line. ``scorewell --help`` imports click and the standard library, and nothing else."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Any

import click

from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.preferences import PREFERENCES, Preferences

__all__ = ["cli", "main"]

_COMMANDS = {
    "init": "Write a small commented project with sample data.",
    "check": "Check the configuration, then the data behind it.",
    "fit": "Learn statistics, train models, and store them.",
    "run": "Score all customers and deliver the results.",
    "explain": "Show how one customer's score was computed.",
    "compare": "Show what another configuration would change.",
    "backfill": "Score past moments and store them in the history.",
    "rescore": "Score stored runs again with the current configuration.",
    "override": "Decide one customer's score by hand, until a date.",
    "pulse": "Record your own judgement of a customer.",
    "forget": "Erase a customer, or a person, from everything stored.",
    "history": "Show and maintain the stored runs.",
    "schema": "Print the JSON Schema of the configuration, for editors.",
    "plugins": "List the installed plugins and their components.",
    "demo": "Generate a made-up company, score it and write its reports.",
    "version": "Print the version.",
}


class _Deferred(click.Command):
    """A command whose module is imported only when it is called: the list of commands needs its one line alone."""

    def load(self) -> click.Command:
        assert self.name is not None  # noqa: S101 - every command in the table has a name; tells the type checker so
        command: click.Command = import_module(f"scorewell.cli.commands.{self.name}").command
        # Accepted before and after the command's name: nobody remembers which one a program wants.
        command.params += [option for option in PREFERENCES if option not in command.params]
        return command


class _Commands(click.Group):
    """Imports the command that is called, and turns what it raises into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        # In the order in which one meets them, not in the alphabet's.
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, _Deferred) else command, rest

    def invoke(self, ctx: click.Context) -> Any:
        _survive_narrow_encodings()
        try:
            try:
                return super().invoke(ctx)
            finally:
                # What is still buffered would fail when Python exits, where nobody can tell of it.
                sys.stdout.flush()
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(ExitCode.INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output has left (`| head`): nobody to tell, and Python must not complain when it exits.
            _leave_stdout()
            ctx.exit(ExitCode.OK)
        except Exception as error:  # noqa: BLE001 - the outermost place: whatever it is becomes one line and a code
            if isinstance(error, OSError) and error.filename is None and _stdout_fails():
                _leave_stdout()
                click.echo(f"error: standard output cannot be written: {error.strerror}", err=True)
                ctx.exit(ExitCode.OUTPUT)
            from scorewell.cli.failures import tell  # noqa: PLC0415 - needed only when something failed

            ctx.exit(tell(error, ctx.ensure_object(Preferences)))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code.value), code.meaning) for code in ExitCode])


def _stdout_fails() -> bool:
    """Whether standard output takes nothing any more: then an error that names no file was about that."""
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return True
    return False


def _leave_stdout() -> None:
    """Let what standard output still holds go nowhere: Python writes it once more when it exits, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _survive_narrow_encodings() -> None:
    """A customer's name must not stop a command on a terminal that cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _print_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms that only this option needs

        click.echo(f"scorewell {version('scorewell')}")
        ctx.exit()


@click.group(
    cls=_Commands,
    commands={name: _Deferred(name, help=help_) for name, help_ in _COMMANDS.items()},
    params=[
        *PREFERENCES,
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Print the version and exit.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
def cli() -> None:
    """Customer health scores that are exact, explained and reproducible."""


def main() -> None:
    """The console script ``scorewell``."""
    # Nearly all that a command makes lives until it ends: to seek garbage every 700 objects takes 5 % of a run.
    gc.set_threshold(200_000)
    cli(prog_name="scorewell")
