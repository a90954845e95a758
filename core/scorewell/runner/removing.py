"""Removing a run that should not be: the runs after it look as if it had never been."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from scorewell.history import History, StoredRun, Writer, schema
from scorewell.history.period_fits import remove_period_fits_of
from scorewell.history.records import OWN_KINDS
from scorewell.runner.looking_back import UnknownRun
from scorewell.runner.remembering import find_band_changes_anew, mend_following, who_is_followed

__all__ = ["Removal", "remove_run"]


@attrs.frozen(kw_only=True)
class Removal:
    """What was done: ``removed`` counts the rows of the run by kind; ``valid_again`` is the run of the same moment that
    it had superseded; ``mended`` is of how many later runs the band changes were found anew."""

    run: StoredRun
    removed: Mapping[str, int]
    valid_again: StoredRun | None = None
    mended: int = 0


def remove_run(history: History, run: StoredRun) -> Removal:
    """Remove a run with all that is its own, in one transaction: what it has of its periods and no other run has too.

    Another of its moment that was remembered before it is valid again; the band changes of the runs behind it are those
    that there are without it. Raises UnknownRun where it is there no more.
    """
    with history.writing() as writer:
        done = _removed(writer, _as_it_is_now(writer, run))
    history.give_space_back()
    return done


def _as_it_is_now(writer: Writer, run: StoredRun) -> StoredRun:
    same = (schema.runs.c.number == run.number) & (schema.runs.c.run_id == run.run_id)
    for found in writer.stored(same):
        if found.recorded_at == run.recorded_at:
            return found
    raise UnknownRun(
        f"{writer.place}: the run {run.run_id} was removed or replaced in the meantime; nothing was removed",
        hint="`scorewell history list --all` shows what is there now",
    )


def _removed(writer: Writer, run: StoredRun) -> Removal:
    moved_from = who_is_followed(writer, run)
    fits = remove_period_fits_of(writer, run)
    removed, again = writer.take_out(run)
    removed |= {"period_fits": fits} if fits else {}
    if run.superseded or run.kind not in OWN_KINDS:
        return Removal(run=run, removed=removed)
    if again is not None:
        find_band_changes_anew(writer, again)
        moved_from = moved_from.vstack(who_is_followed(writer, again)).unique()
    mended = mend_following(writer, run.as_of, moved_from)
    return Removal(run=run, removed=removed, valid_again=again, mended=mended)
