"""What was learned for periods: which of it rests on a single run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.errors import HistoryError
from scorewell.history.parts import text_of
from scorewell.history.records import OWN_KINDS, StoredRun
from scorewell.history.writing import Writer

__all__ = ["remove_period_fits_of"]

_LONGEST = timedelta(days=93)
"""A quarter, and the hour by which a clock may have been changed in it."""
_fits, _runs = schema.period_fits, schema.runs


def remove_period_fits_of(writer: Writer, run: StoredRun) -> int:
    """Remove what a run has of its periods and no other run has; how many fits that were.

    One that cannot be read is left alone.
    """
    ours = (_fits.c.project == writer.project) & (_fits.c.as_of <= run.as_of) & (_fits.c.as_of > run.as_of - _LONGEST)
    query = sa.select(_fits, schema.documents.c.content)
    query = query.join(schema.documents, schema.documents.c.sha256 == _fits.c.document).where(ours)
    gone = [fit for fit in writer.connection.execute(query).all() if _is_of_it_alone(writer, run, fit)]
    for fit in gone:
        same = sa.and_(*(column == getattr(fit, column.name) for column in _fits.primary_key))
        writer.connection.execute(sa.delete(_fits).where(same))
    return len(gone)


def _is_of_it_alone(writer: Writer, run: StoredRun, fit: sa.Row[Any]) -> bool:
    try:
        learned = json.loads(text_of(fit.document, fit.content, writer.place))
        return _has(writer, run, learned) and not any(
            _has(writer, other, learned) for other in _others(writer, run, fit)
        )
    except HistoryError:
        return False


def _others(writer: Writer, run: StoredRun, fit: sa.Row[Any]) -> Iterator[StoredRun]:
    """The other runs that may be of the period."""
    within = (_runs.c.as_of >= fit.as_of) & (_runs.c.as_of < fit.as_of + _LONGEST) & _runs.c.kind.in_(OWN_KINDS)
    yield from writer.stored((_runs.c.project == writer.project) & within & (_runs.c.number != run.number))


def _has(writer: Writer, run: StoredRun, learned: dict[str, Any]) -> bool:
    """Whether a run's scorecard has exactly this: it was learned for it, or found."""
    card, fit = learned["scorecard"], json.loads(writer.fit(run))
    return all(fit[part].get(card, {}) == learned[part] for part in ("statistics", "values"))
