"""Lines: which of a customer's scores can be compared with one another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

import attrs
import polars as pl

from scorewell.configuration.model import (
    Adjustment,
    Band,
    Dimension,
    Metric,
    Project,
    RollUp,
    Scorecard,
    ScoredMetric,
)
from scorewell.configuration.scores import cards_by_place, each_score
from scorewell.scoring.uses import all_metrics_used

__all__ = ["LINE", "cards_of_rows", "with_lines"]

LINE = "line"
"""The column with the line of a score."""

_ONLY_SAID = frozenset(("label", "unit", "description", "color", "audience", "controllable", "advice"))
_NOT_THE_SCORE = frozenset(("refit", "hysteresis", "status", "replaces", "effective_from"))
_OURS = (Adjustment, Band, Dimension, Metric, RollUp, Scorecard, ScoredMetric)


def with_lines(scores: pl.DataFrame, project: Project) -> pl.DataFrame:
    """The scores frame with the column ``line`` at its end, in the order that it has.

    ``line`` is a String of 16 hexadecimal digits, the same for scores that can be compared: of one segment, one stage,
    and one scorecard with one set of ``line_settings``. Null for customers that have no scorecard. ``scores`` needs
    ``score_name``, ``segment`` and ``stage``.
    """
    table = [
        (score, segment, stage, _digest(segment, stage, card, line_settings(one, card)))
        for score, one in each_score(project)
        for (segment, stage), card in cards_by_place(one).items()
    ]
    return _looked_up(scores, table, LINE)


def cards_of_rows(scores: pl.DataFrame, project: Project) -> pl.Series:
    """The name of the scorecard of each row of a scores frame; null for customers that have none."""
    table = [(score, *place, card) for score, one in each_score(project) for place, card in cards_by_place(one).items()]
    return _looked_up(scores.select("score_name", "segment", "stage"), table, "card").get_column("card")


def line_settings(project: Project, name: str) -> str:
    """All that a scorecard's number rests on, as a text that only differs where that does.

    These are the scorecard's settings and the definitions of the metrics it uses, with what is said of their tables;
    not how something is called or coloured, why it is so, how bands are held, or what was learned and when. A setting
    that has its default is left out, so that one which a later version adds breaks no line.
    """
    card = project.scorecards[name]
    measured = {metric: project.metrics[metric] for metric in all_metrics_used(project, card)}
    tables = {metric.source for metric in measured.values() if metric.source in project.tables}
    # How fresh a table must be decides on a status, not on a number.
    meanings = [
        (table, attrs.evolve(project.table(table)[2], fresh_within=None)) for table in sorted(filter(None, tables))
    ]
    return repr((_as_written(card), _as_written(measured), _as_written(meanings)))


def _looked_up(scores: pl.DataFrame, table: list[tuple[str, str, str | None, str]], column: str) -> pl.DataFrame:
    keys = ["score_name", "segment", "stage"]
    texts = pl.DataFrame(table, schema=dict.fromkeys((*keys, column), pl.String), orient="row")
    return scores.drop(column, strict=False).join(
        texts, on=keys, how="left", nulls_equal=True, maintain_order="left", validate="m:1"
    )


def _digest(*parts: str | None) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _as_written(value: object) -> object:
    """A value as plain tuples that name only what was set; the order of names is layout where it is ours."""
    kind = cast("Any", type(value))
    if attrs.has(kind):
        ours = isinstance(value, _OURS)
        said = [
            (field.name, _as_written(getattr(value, field.name)))
            for field in attrs.fields(kind)
            if not (ours and _enters_no_number(field)) and not _is_default(value, field)
        ]
        return kind.__name__, said
    if isinstance(value, Mapping):
        entries = [(key, _as_written(each)) for key, each in value.items()]
        return sorted(entries) if all(isinstance(each, _OURS) for each in value.values()) else entries
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_as_written(each) for each in value]
    return value


def _enters_no_number(field: attrs.Attribute[Any]) -> bool:
    return field.name in _ONLY_SAID or field.name in _NOT_THE_SCORE or bool(field.metadata.get("enters_no_score"))


def _is_default(value: object, field: attrs.Attribute[Any]) -> bool:
    default: Any = field.default
    if default is attrs.NOTHING:
        return False
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        if default.takes_self:
            return False
        default = default.factory()
    own = getattr(value, field.name)
    return type(own) is type(default) and bool(own == default)
