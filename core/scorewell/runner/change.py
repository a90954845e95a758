"""Why one customer's score is another than it was, as plain data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project, each_score, score_name
from scorewell.configuration.scores import card_of
from scorewell.discovery import Plugins
from scorewell.history import History, NotKept, StoredRun
from scorewell.history.projects import history_if_kept
from scorewell.replay import Scored, plugins_for, scored_as_of
from scorewell.reporting import told_changes
from scorewell.runner.documents import document_of
from scorewell.runner.remembering import records_of
from scorewell.runner.selection import NobodySelected, check_score, customer_id
from scorewell.runner.sides import side_of, stored_side
from scorewell.scoring import Side, changes, gained_and_lost

__all__ = ["Cause", "Change", "Reading", "explain_change"]


@attrs.frozen(kw_only=True)
class Cause:
    """One reason of a change. ``points`` are in the scorecard's scale; ``label`` is it in words, ``values`` what it was
    and is with its unit (``12 days → 4 days``), ``old`` and ``new`` the same without, ``detail`` more in words."""

    kind: str
    name: str
    label: str
    points: float
    old: str | None
    new: str | None
    values: str | None
    detail: str


@attrs.frozen(kw_only=True)
class Reading:
    """A customer's score as of a moment. ``status`` is None where the customer was not listed; ``source`` says where
    the score is from: ``history``, or ``computed``."""

    as_of: datetime
    score: float | None
    band: str | None
    status: str | None
    segment: str | None
    stage: str | None
    scorecard: str | None
    source: str


@attrs.frozen(kw_only=True)
class Change:
    """``before.score`` plus the points of the ``causes``, the greatest first, is ``after.score``.

    ``difference`` is None where there is no score on a side: then ``reason`` says why, and there are no causes.
    ``note`` says what the reading before rests on, where that is not what was printed then.
    """

    customer_id: str
    name: str | None
    score_name: str
    project: str
    before: Reading
    after: Reading
    precision: int | None
    difference: float | None
    causes: tuple[Cause, ...]
    reason: str | None
    note: str | None

    def document(self) -> dict[str, Any]:
        """Nested dicts, lists, text and numbers, ready for JSON."""
        return document_of(self)


def explain_change(
    project: Project,
    customer: str,
    *,
    since: datetime,
    as_of: datetime,
    score: str | None = None,
    plugins: Plugins | None = None,
    now: datetime | None = None,
) -> Change:
    """Why the score of ``customer`` (an id, or a name that only one customer has) moved between two moments (aware).

    The score before is that of the run that the history has of ``since`` or last before it. Without one, or where its
    metric values or its configuration cannot be read any more, it is computed as of ``since``, with the configuration
    of today. ``score`` is the name of one of the project's scores; default the first. ``now`` as in ``run``.

    Raises ScorewellError where ``since`` is not before ``as_of`` and where the customers cannot be read, NobodySelected
    for an unknown score and where nobody or several customers are meant.
    """
    if since >= as_of:
        raise ScorewellError(
            f"since {since:%Y-%m-%d %H:%M}, as of {as_of:%Y-%m-%d %H:%M}: expected the first to be before the second",
            hint="a change ends at --as-of, by default today",
        )
    check_score(project, score)
    plugins = plugins_for(project, plugins)
    with history_if_kept(project) as history:

        def scored(moment: datetime) -> Scored:
            return scored_as_of(
                project,
                moment,
                plugins=plugins,
                hooks=plugins.hooks(),
                records=records_of(project, history),
                now=now,
            )

        now_scored = scored(as_of)
        run, side, note = _before(project, history, since, plugins)
        then = as_of
        if side is None:
            earlier = scored(since)
            then, side = earlier.as_of, side_of(earlier)
        elif run is not None:
            then = run.as_of.astimezone(as_of.tzinfo)
    identity = _identity((now_scored.metrics.frame, side.metrics), customer)
    return _change_between(
        (side, side_of(now_scored)),
        (then, now_scored.as_of),
        identity,
        score or score_name(project),
        source="computed" if run is None else "history",
        note=note,
    )


def _identity(tables: tuple[pl.DataFrame, pl.DataFrame], customer: str) -> str:
    """Who is meant among those of now, else among those of then, who may be gone."""
    try:
        return customer_id(tables[0], customer)
    except NobodySelected:
        try:
            return customer_id(tables[1], customer)
        except NobodySelected:
            pass
        raise


def _before(
    project: Project, history: History | None, since: datetime, plugins: Plugins
) -> tuple[StoredRun | None, Side | None, str | None]:
    """The stored run of the moment or the last before it; else why there is none to compare with."""
    today = "the score before is computed with the configuration of today"
    run = None if history is None else history.run_at(since) or history.run_before(since)
    if run is None or history is None:
        return None, None, f"the history has no run of that moment: {today}"
    try:
        return run, stored_side(project, history, run, plugins), None
    except ScorewellError as error:
        day = run.as_of.astimezone(since.tzinfo).strftime("%Y-%m-%d")
        why = error.reason if isinstance(error, NotKept) else error.message
        return None, None, f"the run of {day} cannot be scored again ({why}): {today}"


def _change_between(
    sides: tuple[Side, Side],
    moments: tuple[datetime, datetime],
    identity: str,
    score: str,
    *,
    source: str,
    note: str | None,
) -> Change:
    before, after = (
        attrs.evolve(
            side,
            scores=side.scores.filter((pl.col("customer_id") == identity) & (pl.col("score_name") == score)),
        )
        for side in sides
    )
    readings = [
        _reading(side, moment, where)
        for side, moment, where in zip((before, after), moments, (source, "computed"), strict=True)
    ]
    project = after.fitted.project
    causes = told_changes(changes(before, after), project)
    apart = gained_and_lost(before, after)
    row: dict[str, Any] = next((side.scores.row(0, named=True) for side in (after, before) if len(side.scores)), {})
    card = readings[1].scorecard
    scores = [reading.score for reading in readings]
    return Change(
        customer_id=identity,
        name=row.get("name"),
        score_name=score,
        project=project.name,
        before=readings[0],
        after=readings[1],
        precision=project.scorecards[card].precision if card is not None else 0,
        difference=None if scores[0] is None or scores[1] is None else scores[1] - scores[0],
        causes=tuple(Cause(**{name: each[name] for name in _FIELDS}) for each in causes.to_dicts()),
        reason=apart.item(0, "why") if len(apart) else "no score on either side" if scores == [None, None] else None,
        note=note,
    )


_FIELDS = tuple(field.name for field in attrs.fields(Cause))


def _reading(side: Side, moment: datetime, source: str) -> Reading:
    row: dict[str, Any] = next(side.scores.iter_rows(named=True), {})
    names = ("score", "band", "status", "segment", "stage")
    projects = dict(each_score(side.fitted.project))
    one = projects.get(row.get("score_name", ""))
    card = None if one is None else card_of(one, row["segment"], row["stage"])
    return Reading(as_of=moment, source=source, scorecard=card, **{name: cast("Any", row.get(name)) for name in names})
