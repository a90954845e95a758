"""The standard measures as the engine measures them: over many customers, with rows that are still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eager_rows import EagerRows
from tests.support.eager_rows import measured as eagerly
from tests.support.measure_values import sql
from tests.support.measured_project import AS_OF, metric, project, table

from scorewell.api.v1 import Column, Measure
from scorewell.metrics import metrics_as_of
from scorewell_standard.measures import (
    ActiveDays,
    Adoption,
    Ces,
    Change,
    Csat,
    Cycle,
    DaysSince,
    Milestones,
    Nps,
    Ratio,
    Stickiness,
    Trend,
)

COUNT = sql("count(*)")
USERS = sql("count(distinct user)")
DUE = {"1": 3, "2": 200, "3": 500}
MEASURES: dict[str, Measure] = {
    "year_before": Change(of=COUNT, against="year_before"),
    "users_year_before": Change(of=USERS, against="year_before", as_="difference"),
    "typical": Change(of=COUNT, against="typical", windows=4),
    "typical_mean": Change(of=sql("avg(answer)"), against="typical", as_="difference", windows=3),
    "before_year_before": Change(of=Change(of=COUNT, as_="difference"), against="year_before", as_="difference"),
    "trend": Trend(of=COUNT),
    "trend_of_users": Trend(of=USERS),
    "trend_of_change": Trend(of=Change(of=COUNT, as_="difference")),
    "cycle": Cycle(),
    "milestones": Milestones(column="answer", due=DUE),
    "adoption": Adoption(column="answer", features=("1", "2", "3"), at_least=2),
    "ratio": Ratio(of=sql("sum(answer)"), to=ActiveDays()),
    "stickiness": Stickiness(user="user"),
    "ces": Ces(column="answer", scale=(1, 5)),
    "nps": Nps(column="answer", scale="1-10"),
}
ZONE = "America/New_York"
SCHEMA = {"customer": pl.String, "at": pl.Datetime("us", "UTC"), "user": pl.String, "answer": pl.Int64}
START = date(2025, 6, 1)
MONTHS_AGO = st.one_of(st.integers(0, 70), st.integers(360, 440))

past = st.tuples(MONTHS_AGO, st.integers(1, 86_399)).map(lambda ago: AS_OF - timedelta(days=ago[0], seconds=ago[1]))
future = st.integers(0, 86_400 * 40).map(lambda ahead: AS_OF + timedelta(seconds=ahead))


def rows(at: st.SearchStrategy[datetime]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            at,
            st.sampled_from(["x", "y", None]),
            st.one_of(st.none(), st.integers(0, 6)),
        ),
        max_size=24,
    )


def measured(seen: list[tuple[Any, ...]]) -> pl.DataFrame:
    customers = table(pl.DataFrame({"customer": ["a", "b"], "since": [START, None]}))
    events = table(pl.DataFrame(seen, schema=SCHEMA, orient="row"), time="at")
    metrics = {name: metric(measure, window="28d") for name, measure in MEASURES.items()}
    small = project(metrics, customers=customers, roles={"start": "since"}, timezone=ZONE, events=events)
    result = metrics_as_of(small, AS_OF)
    assert result.failed == {}
    return result.frame


@settings(deadline=None, max_examples=25)
@given(rows(past), rows(future))
def test_each_measure_gives_what_the_rows_of_one_customer_give_without_the_engine(seen, unseen):
    frame = measured(seen + unseen)

    # The moment is 19:00 of 28 February there: the last whole local day is the 27th.
    midnight = datetime(2026, 2, 28, 5, tzinfo=UTC)
    for customer, start in (("a", START), ("b", None)):
        own = pl.DataFrame([row for row in seen if row[0] == customer], schema=SCHEMA, orient="row")
        for name, measure in MEASURES.items():
            alone = EagerRows(own, midnight, ZONE, "at", window_days=28, customer_row={"start": start})
            found = frame.filter(pl.col("customer_id") == customer).get_column(name).item()
            expected = eagerly(measure, alone)
            assert found == (expected if expected is None else pytest.approx(expected, rel=1e-12)), name


@settings(deadline=None, max_examples=8)
@given(rows(past), rows(future), st.randoms(use_true_random=False))
def test_rows_to_come_and_the_order_of_rows_change_nothing(seen, unseen, random):
    mixed = [*seen, *unseen]
    random.shuffle(mixed)

    assert measured(mixed).equals(measured(seen), null_equal=True)


@pytest.mark.parametrize("measure", [Nps(column="answer"), Csat(column="answer"), Ces(column="answer")], ids=repr)
def test_answers_that_are_words_are_told_with_their_column(measure: Measure) -> None:
    rows = pl.DataFrame({"customer": ["a"], "at": [AS_OF - timedelta(days=1)], "answer": ["good"]})
    measured = metrics_as_of(project({"m": metric(measure, window="30d")}, events=table(rows, time="at")), AS_OF)
    assert "column 'answer' holds String: expected numbers" in measured.failed["m"]


def test_days_since_a_date_of_the_customers_own_row_needs_no_time_of_rows() -> None:
    from tests.support import small_project

    of = small_project.project({"id": ["a", "b"], "signed": [date(2026, 2, 1), None]}, small_project.card())
    tenure = attrs.evolve(of.metrics["signed"], measure=DaysSince(column=Column("signed")))
    table = metrics_as_of(attrs.evolve(of, metrics={"tenure": tenure}), datetime(2026, 3, 1, tzinfo=UTC))
    assert table.failed == {}
    assert table.frame["tenure"].to_list() == [28.0, None]
