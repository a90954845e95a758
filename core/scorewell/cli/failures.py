"""What a command says when it cannot go on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import attrs
import click

from scorewell.api.v1 import ScorewellError
from scorewell.cli.exit_codes import ExitCode
from scorewell.cli.logs import event, logged
from scorewell.cli.preferences import Preferences
from scorewell.cli.words import printable
from scorewell.configuration import ConfigurationError
from scorewell.dialect import DialectError
from scorewell.discovery import BrokenPlugin, UnknownComponent
from scorewell.evaluation import UnknownName
from scorewell.history import HistoryError
from scorewell.metrics import OutcomesUnsaid
from scorewell.runner import NobodySelected
from scorewell.runner.decisions import Refused
from scorewell.runner.looking_back import UnknownRun

__all__ = ["tell"]

_CODES: tuple[tuple[type[ScorewellError], ExitCode], ...] = (
    (ConfigurationError, ExitCode.CONFIGURATION),
    (UnknownComponent, ExitCode.CONFIGURATION),
    (BrokenPlugin, ExitCode.CONFIGURATION),
    (DialectError, ExitCode.CONFIGURATION),
    (OutcomesUnsaid, ExitCode.CONFIGURATION),
    (NobodySelected, ExitCode.USAGE),
    (UnknownName, ExitCode.USAGE),
    (UnknownRun, ExitCode.USAGE),
    (Refused, ExitCode.USAGE),
    (HistoryError, ExitCode.HISTORY),
    (ScorewellError, ExitCode.DATA),
)


def tell(error: Exception, preferences: Preferences) -> ExitCode:
    """Print ``error`` on standard error, as a user's mistake or as our bug, and return the exit code that it means."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.BUG)
    if preferences.log_format == "json":
        with logged(preferences):
            for message, hint in _told(error):
                event("failed", {"message": message, "hint": hint, "exit_code": code.value}, level=logging.ERROR)
        return code
    if preferences.verbose:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    for message, hint in _told(error):
        click.echo(f"error: {message}", err=True)
        if hint is not None:
            click.echo(f"    try: {hint}", err=True)
    return code


def _told(error: Exception) -> Iterator[tuple[str, str | None]]:
    """One message and hint a mistake."""
    if isinstance(error, ConfigurationError):
        for problem in error.problems:
            place = str(attrs.evolve(problem, hint=None))
            yield _one_line(place), None if problem.hint is None else _one_line(problem.hint)
    elif isinstance(error, ScorewellError):
        yield _one_line(error.message), None if error.hint is None else _one_line(error.hint)
    else:
        told = f"unexpected {type(error).__name__}: {_one_line(str(error))}"
        yield told, "report it as a bug, with what the same command prints with --verbose"


def _one_line(message: str) -> str:
    return " ".join(printable(line.strip()) for line in message.splitlines() if line.strip())
