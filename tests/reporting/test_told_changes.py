"""The causes of changes in words."""

from __future__ import annotations

import polars as pl
from tests.support.scorecards import project, scorecard, scored

from scorewell.configuration.model import Metric
from scorewell.reporting import told_changes

OF = project(
    scorecard(metrics={"active_days": scored(), "share": scored()}),
    metrics={"active_days": Metric(label="Active days", unit="days"), "share": Metric(unit="%")},
)


def told(kind: str, name: str, old: str | None = None, new: str | None = None) -> tuple[str, str | None]:
    causes = pl.DataFrame(
        {"kind": [kind], "name": [name], "points": [1.0], "old": [old], "new": [new]},
        schema_overrides={"old": pl.String, "new": pl.String},
    )
    row: tuple[str, str | None] = told_changes(causes, OF).select("label", "values").row(0)
    return row


def test_a_metric_is_told_by_its_label_and_its_values_with_their_unit() -> None:
    assert told("data", "active_days", "12.0", "4.0") == ("Active days", "12 days → 4 days")
    assert told("data", "share", "0.5", "0.125") == ("Share", "50% → 12.5%")


def test_a_category_is_told_as_it_is() -> None:
    assert told("data", "plan_tier", "Pro", "Free") == ("Plan tier", "Pro → Free")


def test_what_is_not_there_is_told_as_no_data() -> None:
    assert told("missing", "active_days", "12.0") == ("Active days: no data any more", "12 days → no data")


def test_a_reason_with_dots_is_told_whole() -> None:
    assert told("adjustment", "Still on 2.0, see docs.acme.io") == ("Exception: Still on 2.0, see docs.acme.io", None)


def test_places_population_and_settings_have_their_words() -> None:
    assert told("placement", "segment", "small", "large") == ("Moved to another segment", "small → large")
    assert told("population", "model") == ("The model was trained again", None)
    assert told("configuration", "segments", "a", "b") == ("Rules changed: who gets which scorecard", "a → b")
    assert told("weights", "") == ("Weights changed", None)
