"""Conditions that do not fit what the columns hold: told with their place in the files, all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from scorewell.configuration import ConfigurationError, Problem, Project
from scorewell.configuration.places import placed
from scorewell.configuration.problems import Mark
from scorewell.dialect import DialectError
from scorewell.scoring import mistakes

__all__ = ["misfits_told"]


@contextmanager
def misfits_told(project: Project, schema: pl.Schema) -> Iterator[None]:
    """Raise ConfigurationError for a DialectError raised inside; ``schema`` is that of the metrics table.

    What a column holds is known only once it is read: a single cell may make text of numbers.
    """
    try:
        yield
    except DialectError as error:
        problems = []
        for found in mistakes(project, schema):
            mark = placed(project, found.where) or Mark("")
            problems.append(
                Problem(
                    file=mark.file,
                    line=mark.line,
                    column=mark.column,
                    path=found.where,
                    message=found.message,
                    hint=found.hint,
                )
            )
        if not problems:
            raise
        raise ConfigurationError(problems) from error
