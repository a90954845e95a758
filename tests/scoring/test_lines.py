"""Lines: what breaks one and what does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, cast

import attrs
import polars as pl
import pytest
from tests.support.project_on_disk import project_on_disk
from tests.support.scorecards import BANDS, dimension, project, scorecard, scored

from scorewell.api.v1 import Condition, Duration, Expression
from scorewell.configuration import load
from scorewell.configuration.model import Adjustment, Band, Hysteresis, Metric, Project, Score, Scorecard, Segment
from scorewell.scoring import with_lines
from scorewell_standard.aggregators import Minimum
from scorewell_standard.normalizers import Linear

CARD = scorecard(dimensions={"use": dimension(metrics={"a": scored(weight=2.0), "b": scored()})})


def line(of: Project, segment: str | None = "card", stage: str | None = None, score: str = "health") -> str | None:
    frame = pl.DataFrame(
        {"score_name": [score], "segment": [segment], "stage": [stage]},
        schema=dict.fromkeys(("score_name", "segment", "stage"), pl.String),
    )
    return with_lines(frame, of)["line"].item()  # type: ignore[no-any-return]


def changed(card: Scorecard, **settings: Any) -> Scorecard:
    return cast("Scorecard", attrs.evolve(cast("Any", card), **settings))


def test_a_line_is_sixteen_hexadecimal_digits_and_the_same_every_time() -> None:
    found = line(project(CARD))
    assert found is not None
    assert len(found) == 16
    assert int(found, 16)
    assert found == line(project(scorecard(dimensions=CARD.dimensions)))


@pytest.mark.parametrize(
    "other",
    [
        changed(CARD, aggregator=Minimum()),
        changed(CARD, precision=1),
        changed(CARD, minimum_coverage=0.6),
        changed(CARD, bands=(Band(name="at_risk", up_to=41.0), *BANDS[1:])),
        changed(CARD, adjustments=(Adjustment(at_most=40.0, because="unpaid"),)),
        changed(CARD, fit_on="all"),
        changed(CARD, bands=(attrs.evolve(cast("Any", BANDS[0]), name="red"), *BANDS[1:])),
        scorecard(dimensions={"use": dimension(metrics={"a": scored(weight=3.0), "b": scored()})}),
        scorecard(dimensions={"use": dimension(metrics={"a": scored(weight=2.0)})}),
        scorecard(dimensions={"use": dimension(metrics={"a": scored(Linear(from_=0.0, to=90.0), weight=2.0)})}),
    ],
)
def test_another_setting_that_a_number_rests_on_is_another_line(other: Scorecard) -> None:
    metrics = {"a": Metric(), "b": Metric()}
    assert line(project(other, metrics=metrics)) != line(project(CARD, metrics=metrics))


@pytest.mark.parametrize(
    "other",
    [
        changed(CARD, label="Health"),
        changed(CARD, because="review", owner="ops", review_by=date(2027, 1, 1)),
        changed(CARD, refit="monthly"),
        changed(CARD, hysteresis=Hysteresis(readings=2)),
        changed(CARD, bands=tuple(attrs.evolve(cast("Any", band), color="#123456", label="x") for band in BANDS)),
        scorecard(dimensions={"use": dimension(label="Use", metrics={"b": scored(), "a": scored(weight=2.0)})}),
    ],
)
def test_names_colours_reasons_the_order_of_names_and_when_it_learns_break_no_line(other: Scorecard) -> None:
    assert line(project(other)) == line(project(CARD))


def test_a_metric_that_is_defined_anew_breaks_the_lines_of_the_scorecards_that_use_it() -> None:
    def with_metrics(**metrics: Metric) -> str | None:
        return line(
            project(CARD, metrics={"a": Metric(), "b": Metric(sql=Expression("c + 1")), "c": Metric(), **metrics})
        )

    before = with_metrics()
    assert with_metrics(a=Metric(window=Duration.parse("30d"))) != before
    assert with_metrics(c=Metric(min_rows=3)) != before  # b is derived from it
    assert with_metrics(d=Metric(), a=Metric(label="A", unit="%", audience="customer")) == before


def test_each_segment_and_each_stage_has_a_line_of_its_own() -> None:
    stages = {"new": Condition("a < 1"), "old": None}
    of = project(CARD, segments={"x": Segment(scorecard="card"), "y": Segment(scorecard="card")}, stages=stages)
    lines = [line(of, segment, stage) for segment in "xy" for stage in ("new", "old", None)]
    assert len({*lines}) == 6


def test_who_has_no_scorecard_has_no_line() -> None:
    of = project(
        CARD, segments={"x": Segment(scorecard={"old": "card"})}, stages={"new": Condition("a < 1"), "old": None}
    )
    assert [line(of, "x", "old") is None, line(of, "x", "new"), line(of, "x"), line(of, None)] == [
        False,
        None,
        None,
        None,
    ]


def test_each_score_has_its_own() -> None:
    of = project(
        {"one": CARD, "two": CARD},
        segments={},
        scores={"health": Score(scorecard="one"), "use": Score(scorecard="two")},
    )
    first, second = line(of, "everybody"), line(of, "everybody", score="use")
    assert first is not None
    assert first != second


def test_a_project_without_a_segment_rule_changes_no_line_when_another_segment_comes() -> None:
    segments = {"card": Segment(scorecard="card")}
    more = {"vip": Segment(when=Condition("a > 1"), scorecard="card"), **segments}
    assert line(project(CARD, segments=segments)) == line(project(CARD, segments=more))


def test_another_name_of_a_scorecard_is_another_line() -> None:
    named = project({"other": CARD}, segments={"card": Segment(scorecard="other")})
    assert line(named) != line(project({"card": CARD}, segments={"card": Segment(scorecard="card")}))


def test_a_line_goes_on_where_a_table_is_read_from_another_place_and_not_where_it_means_something_else(
    tmp_path: Path,
) -> None:
    written = project_on_disk(tmp_path)

    def changed_to(old: str, new: str) -> str | None:
        before = (tmp_path / "scorewell.yaml").read_text()
        written.replace("scorewell.yaml", old, new)
        found = line(load(tmp_path / "scorewell.yaml"), "everyone_else")
        (tmp_path / "scorewell.yaml").write_text(before)
        return found

    (tmp_path / "moved.csv").write_text((tmp_path / "usage.csv").read_text())
    now = line(load(tmp_path / "scorewell.yaml"), "everyone_else")
    assert now is not None
    assert changed_to("path: usage.csv", "path: moved.csv") == now
    assert changed_to("path: usage.csv", "path: usage.csv, fresh_within: 2d") == now
    assert changed_to("known: {rating: closed}", "known: {rating: opened}") != now
