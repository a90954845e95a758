"""Overrides in the scores: what a person decided is a contribution of its own."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.scorecards import customers, dimension, project, score, scorecard, scored, unexplained

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Adjustment, Band, RollUp, Score, Scorecard, Segment
from scorewell.scoring import OVERRIDES, band_values, fit, override_words, with_overrides, without_overrides

CARD = scorecard(metrics={"a": scored()})


def overrides(*rows: tuple[str, str, Any], score_name: str = "health") -> pl.DataFrame:
    """Of customers: a kind and a value, or the name of a band."""
    return pl.DataFrame(
        [
            (customer, score_name, kind, None if kind == "band" else value, value if kind == "band" else None)
            for customer, kind, value in rows
        ],
        schema=OVERRIDES,
        orient="row",
    )


def overridden(value: float | None, kind: str, to: Any, card: Scorecard = CARD) -> dict[str, Any]:
    """One customer's row of the scores, where a person decided ``kind``."""
    scores = score(project(card), with_overrides(customers(a=[value]), overrides(("1", kind, to)), ["health"]))
    assert unexplained(scores) < 1e-9
    return scores.row(0, named=True)


@pytest.mark.parametrize(
    ("value", "kind", "to", "expected", "points"),
    [
        (80.0, "score", 25.0, 25, -55),
        (80.0, "at_most", 40.0, 40, -40),
        (30.0, "at_most", 40.0, 30, 0),
        (30.0, "at_least", 60.0, 60, 30),
        (80.0, "at_least", 60.0, 80, 0),
        (30.0, "band", "healthy", 71, 41),
        (80.0, "band", "stable", 70, -10),
        (80.0, "band", "at_risk", 40, -40),
        (55.0, "band", "stable", 55, 0),
        (5.0, "band", "stable", 41, 36),
    ],
)
def test_an_override_is_a_contribution_equal_to_what_it_did(
    value: float, kind: str, to: Any, expected: float, points: float
) -> None:
    row = overridden(value, kind, to)
    assert (row["score"], row["contribution.override"]) == (expected, points)


@pytest.mark.parametrize(
    ("kind", "to", "words"),
    [
        ("score", 25.0, "set to 25"),
        ("at_most", 40.5, "at most 40.5"),
        ("at_least", 60.0, "at least 60"),
        ("band", "healthy", "band healthy"),
    ],
)
def test_the_frame_says_what_was_decided(kind: str, to: Any, words: str) -> None:
    assert overridden(50.0, kind, to)["override"] == words


def test_a_customer_without_an_override_has_no_words_and_no_points() -> None:
    metrics = with_overrides(customers(a=[80, 80]), overrides(("1", "at_most", 40.0)), ["health"])
    scores = score(project(CARD), metrics)
    assert scores.select("score", "override", "contribution.override").rows() == [
        (40, "at most 40", -40),
        (80, None, 0),
    ]


def test_without_overrides_there_are_no_columns_of_them() -> None:
    assert [name for name in score(project(CARD), customers(a=[80])).columns if "override" in name] == []


def test_where_nobody_has_one_the_columns_are_there_and_nothing_else_changes() -> None:
    metrics = customers(a=[80, None, 33.3])
    scores = score(project(CARD), with_overrides(metrics, overrides(), ["health"]))
    assert scores["override"].to_list() == [None, None, None]
    assert scores.drop("override", "contribution.override").equals(score(project(CARD), metrics))


@pytest.mark.parametrize(("kind", "to", "expected"), [("score", 55.0, 55), ("band", "stable", 70)])
def test_on_a_missing_score_a_number_and_a_band_count_from_the_baseline(kind: str, to: Any, expected: float) -> None:
    row = overridden(None, kind, to)
    assert (row["score"], row["baseline"], row["contribution.override"]) == (expected, 100, expected - 100)


@pytest.mark.parametrize("kind", ["at_most", "at_least"])
def test_on_a_missing_score_there_is_no_more_and_no_less(kind: str) -> None:
    row = overridden(None, kind, 40.0)
    assert (row["score"], row["contribution.override"]) == (None, None)


def test_the_person_has_the_last_word_after_the_adjustments() -> None:
    card = scorecard(metrics={"a": scored()}, adjustments=(Adjustment(at_most=40.0, because="unpaid"),))
    row = overridden(90.0, "at_least", 60.0, card)
    assert (row["score"], row["contribution.adjustment.1"], row["contribution.override"]) == (60, -50, 20)


def test_what_was_decided_is_rounded_as_every_score() -> None:
    row = overridden(80.0, "score", 40.5)
    assert (row["score"], row["band"], row["contribution.rounding"]) == (41, "stable", 0.5)


def test_nobody_is_overridden_who_has_no_scorecard() -> None:
    of = project(CARD, segments={"a": Segment(when=Condition("plan = 'A'"), scorecard="card")})
    metrics = with_overrides(customers(a=[80], plan=["Z"]), overrides(("1", "score", 10.0)), ["health"])
    assert score(of, metrics).select("score", "status", "override").row(0) == (None, "unassigned", None)


def test_nobody_is_overridden_who_is_not_active() -> None:
    metrics = customers(a=[80]).with_columns(pl.Series("@active", [False]))
    scores = score(project(CARD), with_overrides(metrics, overrides(("1", "score", 10.0)), ["health"]))
    assert scores.select("score", "status", "override").row(0) == (None, "inactive", None)


def test_customers_whose_scorecards_share_no_plan_are_overridden_alike() -> None:
    cards = {"flat": CARD, "deep": scorecard(dimensions={"d": dimension(metrics={"a": scored()})})}
    segments = {
        "a": Segment(when=Condition("plan = 'A'"), scorecard="flat"),
        "b": Segment(when=Condition("plan = 'B'"), scorecard="deep"),
    }
    metrics = customers(a=[80, 80, 80], plan=["A", "B", "C"])
    decided = overrides(*((customer, "at_most", 40.0) for customer in "123"))
    scores = score(project(cards, segments=segments), with_overrides(metrics, decided, ["health"]))
    assert scores["score"].to_list() == [40, 40, None]
    assert scores["override"].to_list() == ["at most 40", "at most 40", None]


def test_an_override_is_of_one_score() -> None:
    cards = {"first": CARD, "second": scorecard(metrics={"b": scored()})}
    of = project(cards, segments={}, scores={"health": Score(scorecard="first"), "adoption": Score(scorecard="second")})
    decided = overrides(("1", "at_most", 40.0), score_name="adoption")
    scores = score(of, with_overrides(customers(a=[80], b=[80]), decided, ["health", "adoption"]))
    assert scores.select("score_name", "score", "override").rows() == [
        ("health", 80, None),
        ("adoption", 40, "at most 40"),
    ]


def test_of_several_the_last_counts_and_new_ones_take_the_place_of_old_ones() -> None:
    metrics = with_overrides(customers(a=[80]), overrides(("1", "score", 10.0), ("1", "score", 20.0)), ["health"])
    assert score(project(CARD), metrics)["score"].item() == 20
    again = with_overrides(metrics, overrides(("1", "score", 30.0)), ["health"])
    assert score(project(CARD), again)["score"].item() == 30
    assert without_overrides(again).equals(customers(a=[80]))


def test_a_parent_gets_its_childs_score_as_a_person_decided_it() -> None:
    children = scorecard(dimensions={"c": dimension(roll_up=RollUp())})
    segments = {
        "group": Segment(when=Condition("plan = 'group'"), scorecard="group"),
        "others": Segment(scorecard="card"),
    }
    metrics = customers(a=[None, 80, 60], plan=["group", "x", "x"], parent=[None, "1", "1"])
    decided = with_overrides(metrics, overrides(("2", "score", 20.0)), ["health"])
    of = project({"group": children, "card": CARD}, segments=segments)
    assert score(of, decided)["score"].to_list() == [40, 20, 60]


def test_a_band_that_the_scorecard_does_not_have_changes_nothing_and_is_told() -> None:
    assert overridden(50.0, "band", "superb")["score"] == 50
    metrics = with_overrides(
        customers(a=[50, 50]), overrides(("1", "band", "superb"), ("2", "band", "healthy")), ["health"]
    )
    (found,) = fit(project(CARD), metrics).findings(metrics)
    assert (found.id, found.where, found.examples) == ("override-without-band", "scorecards.card", ("1",))
    assert "superb" in found.message


TEN = (Band(name="low", up_to=5.0), Band(name="high", up_to=10.0))
FROM = (Band(name="red", from_=0.0), Band(name="yellow", from_=50.0), Band(name="green", from_=75.0))
NARROW = (Band(name="low", up_to=40.0), Band(name="between", up_to=40.5), Band(name="high", up_to=100.0))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"at_risk": (0, 40), "stable": (41, 70), "healthy": (71, 100)}),
        ({"precision": 1}, {"at_risk": (0, 40), "stable": (40.1, 70), "healthy": (70.1, 100)}),
        ({"precision": None}, {"at_risk": (0, 40), "stable": (40.000000001, 70), "healthy": (70.000000001, 100)}),
        ({"bands": FROM}, {"red": (0, 49), "yellow": (50, 74), "green": (75, 100)}),
        ({"bands": TEN, "scale": (0.0, 10.0), "precision": 1}, {"low": (0, 5), "high": (5.1, 10)}),
        ({"bands": NARROW}, {"low": (0, 40), "high": (41, 100)}),
    ],
)
def test_the_ends_of_a_band_are_numbers_that_scores_have(settings: dict[str, Any], expected: Any) -> None:
    assert band_values(scorecard(metrics={"a": scored()}, **settings)) == expected


def test_a_value_beyond_the_scale_of_today_is_its_end() -> None:
    card = scorecard(metrics={"a": scored()}, bands=TEN, scale=(0.0, 10.0), precision=1)
    assert overridden(50.0, "score", 85.0, card)["score"] == 10


def test_a_band_in_words_is_as_people_say_it() -> None:
    assert override_words("band", None, "at_risk") == "band at risk"


def test_a_number_in_words_has_no_noise() -> None:
    assert override_words("at_most", 0.1 + 0.2, None) == "at most 0.3"


@given(
    values=st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=5),
    kind=st.sampled_from(["score", "band", "at_most", "at_least"]),
    number=st.floats(0, 100),
    name=st.sampled_from(["at_risk", "stable", "healthy"]),
    precision=st.sampled_from([0, 1, 3, None]),
)
def test_law_an_overridden_score_is_explained_and_is_what_was_decided(
    values: list[float | None], kind: str, number: float, name: str, precision: int | None
) -> None:
    card = scorecard(metrics={"a": scored()}, precision=precision)
    to = name if kind == "band" else number
    decided = overrides(*((str(position), kind, to) for position in range(1, len(values) + 1)))
    scores = score(project(card), with_overrides(customers(a=values), decided, ["health"]))
    assert unexplained(scores) < 1e-9
    for row in scores.iter_rows(named=True):
        half = 0.5 * 10.0 ** -(9 if precision is None else precision) + 1e-9
        if row["score"] is None:
            assert kind in {"at_most", "at_least"}
        elif kind == "band":
            assert row["band"] == name
        elif kind == "score":
            assert abs(row["score"] - number) <= half
        else:
            assert (row["score"] - number) * (1 if kind == "at_most" else -1) <= half
