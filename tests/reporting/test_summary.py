"""The summary: twelve columns of stable types, with reasons in sentences that fit a field."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.small_project import capped, card, latest, project, scored

from scorewell.api.v1 import Column, ScorewellError
from scorewell.configuration import Adjustment, Metric, Project, Score, Scorecard, ScoredMetric
from scorewell.reporting.languages import LANGUAGES
from scorewell.reporting.reasons import LONGEST_REASON
from scorewell.reporting.wording import MISSING, NOTHING_COSTS, STATUS_HEADLINES
from scorewell.runner import run
from scorewell_standard.normalizers import Categories, Linear

AS_OF = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin"))
COLUMNS = {
    "project": pl.String,
    "customer_id": pl.String,
    "score_name": pl.String,
    "name": pl.String,
    "owner": pl.String,
    "score": pl.Float64,
    "band": pl.String,
    "score_change": pl.Float64,
    "reasons": pl.String,
    "data_completeness": pl.Float64,
    "status": pl.String,
    "as_of": pl.Datetime("us", "Europe/Berlin"),
}


def summary_of(made: Project, locale: str = "en") -> pl.DataFrame:
    return run(made, as_of=AS_OF, dry_run=True).summary(locale)


def reasons(scorecard: Scorecard, **values: Any) -> list[str]:
    """The reasons for one customer with these values."""
    [told] = summary_of(project({"id": ["a"], **{name: [value] for name, value in values.items()}}, scorecard))[
        "reasons"
    ]
    return str(told).split("\n")


def labelled(made: Project, **labels: Metric) -> Project:
    return attrs.evolve(made, metrics={**made.metrics, **labels})


def test_it_has_twelve_columns_of_the_same_types_whatever_the_project_knows() -> None:
    poor = summary_of(project({"id": ["a"], "usage": [30.0]}, card(metrics={"usage": scored()})))
    rich = project({"id": [1], "name": ["Acme"], "plan": ["L"], "usage": [30.0]}, card(metrics={"usage": scored()}))
    owned = attrs.evolve(rich.customers, roles={"name": Column("name"), "owner": Column("id")}, attributes=())
    assert poor.schema == COLUMNS
    assert summary_of(attrs.evolve(rich, customers=owned)).schema == COLUMNS


def test_a_row_says_who_how_good_and_of_when() -> None:
    made = project({"id": ["a"], "name": ["Acme"], "usage": [30.0]}, card(metrics={"usage": scored()}))
    owned = attrs.evolve(made.customers, roles={"name": Column("name"), "owner": Column("name")})
    [row] = summary_of(attrs.evolve(made, customers=owned)).to_dicts()
    assert row == {
        "project": "Small",
        "customer_id": "a",
        "score_name": "health",
        "name": "Acme",
        "owner": "Acme",
        "score": 30.0,
        "band": "at_risk",
        "score_change": None,
        "reasons": "Usage: 30 (70 points lost)",
        "data_completeness": 1.0,
        "status": "scored",
        "as_of": AS_OF,
    }


def test_the_three_parts_that_cost_most_are_told_the_largest_first() -> None:
    metrics = {name: scored() for name in ("one", "two", "three", "four")}
    assert reasons(card(metrics=metrics), one=90.0, two=0.0, three=60.0, four=50.0) == [
        "Two: 0 (25 points lost)",
        "Four: 50 (12.5 points lost)",
        "Three: 60 (10 points lost)",
    ]


def test_an_exception_is_told_by_its_reason_and_a_gain_as_a_gain() -> None:
    adjustments = (
        capped("usage > 0", 20, "Invoice unpaid"),
        Adjustment(when="usage > 0", add=30, because="Reference customer"),
    )
    assert reasons(card(metrics={"usage": scored()}, adjustments=adjustments), usage=95.0) == [
        "Invoice unpaid (75 points lost)",
        "Reference customer (30 points gained)",
        "Usage: 95 (5 points lost)",
    ]


def test_a_value_is_told_in_the_metrics_label_and_unit() -> None:
    made = project({"id": ["a"], "usage": [0.6], "wait": [1.0]}, card(metrics={"usage": scored(), "wait": scored()}))
    made = labelled(
        made,
        usage=attrs.evolve(latest("usage"), label="Seats in use", unit="%"),
        wait=attrs.evolve(latest("wait"), unit="hours"),
    )
    assert summary_of(made)["reasons"][0].split("\n") == [
        "Seats in use: 60% (49.7 points lost)",
        "Wait: 1 hour (49.5 points lost)",
    ]


def test_one_point_is_a_point() -> None:
    assert reasons(card(metrics={"usage": scored()}), usage=99.0) == ["Usage: 99 (1 point lost)"]


def test_a_filled_in_value_is_told_as_no_data() -> None:
    metrics = {"usage": scored(), "calls": scored(missing="worst")}
    assert reasons(card(metrics=metrics), usage=100.0, calls=None) == ["Calls: no data (50 points lost)"]


def test_a_perfect_score_is_told_as_such() -> None:
    assert reasons(card(metrics={"usage": scored()}), usage=100.0) == ["Nothing costs points"]


def test_rounding_is_no_reason() -> None:
    assert reasons(card(metrics={"usage": scored()}), usage=99.6) == ["Usage: 99.6 (0.4 points lost)"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"segments": {}}, "No score: no segment takes this customer"),
        ({}, "Too little data for a score"),
    ],
)
def test_where_there_is_no_score_the_reason_says_why(changes: dict[str, Any], told: str) -> None:
    metrics = {"usage": scored(), "calls": scored(3.0)}
    made = project({"id": ["a", "b"], "usage": [1.0, 1.0], "calls": [None, 1.0]}, card(metrics=metrics), **changes)
    row = summary_of(made).row(0, named=True)
    assert (row["score"], row["band"], row["reasons"]) == (None, None, told)


def test_the_reasons_fit_a_text_field_of_255_characters() -> None:
    long = "A label that never seems to end because somebody wrote a paragraph where a name was wanted"
    names = ("one", "two", "three")
    poor = {name: ScoredMetric(normalizer=Linear(from_=2e7, to=0.0)) for name in names}
    made = project({"id": ["a"], **{name: [12345678.5] for name in names}}, card(scale=(0.0, 1e6), metrics=poor))
    metrics = {name: attrs.evolve(latest(name), label=long, unit="of what was promised") for name in names}
    [told] = summary_of(labelled(made, **metrics))["reasons"]
    assert len(told.split("\n")) == 3
    assert len(told) <= 255
    assert "…: 12,345,67" in told


def test_a_text_value_keeps_to_its_line() -> None:
    points = ScoredMetric(normalizer=Categories(categories={"else": 20.0}))
    told = reasons(card(metrics={"tier": points}), tier="free\nfor\u202eever")
    assert told == ["Tier: free for ever (80 points lost)"]


def test_each_score_of_a_customer_has_a_row_with_reasons_of_its_own() -> None:
    cards = {"standard": card(metrics={"usage": scored()}), "other": card(metrics={"calls": scored()})}
    made = project({"id": ["a"], "usage": [90.0], "calls": [20.0]}, cards["standard"], scorecards=cards, segments={})
    several = attrs.evolve(made, scores={"health": Score(scorecard="standard"), "adoption": Score(scorecard="other")})
    assert summary_of(several).select("customer_id", "score_name", "score", "reasons").rows() == [
        ("a", "health", 90.0, "Usage: 90 (10 points lost)"),
        ("a", "adoption", 20.0, "Calls: 20 (80 points lost)"),
    ]


def test_a_change_that_the_scores_know_is_told() -> None:
    result = run(project({"id": ["a"], "usage": [30.0]}, card(metrics={"usage": scored()})), as_of=AS_OF, dry_run=True)
    known = attrs.evolve(result, scores=result.scores.with_columns(change=pl.lit(-12.0)))
    assert known.summary()["score_change"].to_list() == [-12.0]


def test_rows_stand_in_the_order_of_the_scores() -> None:
    made = project({"id": ["b", "a", "c"], "usage": [30.0, None, 10.0]}, card(metrics={"usage": scored()}))
    result = run(made, as_of=AS_OF, dry_run=True)
    assert result.summary()["customer_id"].to_list() == result.scores["customer_id"].to_list() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("de", "Calls: 99,5 (0,5 Punkte verloren)"),
        ("es_MX", "Calls: 99.5 (0.5 puntos perdidos)"),
        ("fr", "Calls: 99,5 (0,5 points perdus)"),
        ("da", "Calls: 99,5 (0,5 points lost)"),
    ],
)
def test_reasons_are_in_the_language_of_the_locale_where_it_is_known_and_write_its_numbers(
    locale: str, told: str
) -> None:
    made = labelled(
        project({"id": ["a"], "calls": [99.5]}, card(metrics={"calls": scored()}, precision=1)),
        calls=attrs.evolve(latest("calls"), label="Calls"),
    )
    assert summary_of(made, locale)["reasons"].to_list() == [told]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_and_three_reasons_still_fit_a_field(language: str) -> None:
    assert LANGUAGES[language].keys() == LANGUAGES["de"].keys()
    assert {*STATUS_HEADLINES.values(), NOTHING_COSTS, MISSING[1]} <= LANGUAGES[language].keys()
    for english, words in LANGUAGES[language].items():
        assert len(words) <= LONGEST_REASON
        assert english.count("{}") == words.count("{}")
    names = [f"{letter * 200}" for letter in "abc"]
    metrics = {name: scored() for name in "abc"}
    made = project({"id": ["x"], **{name: [-1e9] for name in "abc"}}, card(metrics=metrics, precision=2))
    made = labelled(made, **{each[0]: attrs.evolve(latest(each[0]), label=each) for each in names})
    (told,) = summary_of(made, language)["reasons"]
    assert told.count("\n") == 2
    assert len(told) <= 255


def test_a_locale_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(ScorewellError, match="unknown locale 'klingon'"):
        summary_of(project({"id": ["a"], "usage": [1.0]}, card(metrics={"usage": scored()})), "klingon")
