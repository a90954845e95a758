"""Laws that every standard measure keeps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eager_rows import EagerRows, measured, table
from tests.support.measure_values import NOW, TIMED, sql, value

from scorewell.api.v1 import Measure
from scorewell_standard.measures import (
    COMPONENTS,
    ActiveDays,
    Adoption,
    Ces,
    Change,
    Csat,
    Cycle,
    DaysSince,
    Latest,
    Milestones,
    Nps,
    Open,
    Ratio,
    Stickiness,
    Trend,
)

ANSWERS = st.lists(st.one_of(st.none(), st.integers(-2, 12)), max_size=20)
COUNT = sql("count(*)")


@given(ANSWERS)
@settings(deadline=None)
def test_nps_lies_between_minus_100_and_100(answers):
    result = value(Nps(column="answer"), table(answer=answers).cast({"answer": int}))

    valid = [answer for answer in answers if answer is not None and 0 <= answer <= 10]
    assert (result is None) == (not valid)
    assert result is None or -100 <= result <= 100


MEASURES: list[Measure] = [
    DaysSince(),
    DaysSince(column="closed_at"),
    ActiveDays(),
    Open(),
    Change(of=COUNT),
    Change(of=ActiveDays()),
    Change(of=sql("avg(answer)"), against="typical", as_="difference", windows=2),
    Change(of=COUNT, against="year_before"),
    Trend(of=COUNT),
    Trend(of=sql("avg(answer)")),
    Cycle(),
    Milestones(column="answer", due={"1": 3, "2": 30, "3": 90}),
    Adoption(column="answer", features=("1", "2", "3"), at_least=2),
    Ratio(of=sql("sum(answer)"), to=COUNT),
    Stickiness(user="answer"),
    Nps(column="answer"),
    Nps(column="answer", scale="1-10"),
    Csat(column="answer"),
    Ces(column="answer"),
    Ces(column="answer", as_="share"),
    Latest(column="answer"),
]
DAYS = st.integers(1, 28).map(lambda day: f"2026-02-{day:02} 12:00")
EVENTS = st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), st.integers(0, 10))), max_size=8)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
@settings(max_examples=40, deadline=None)
@given(events=EVENTS, cut=st.integers(0, 8))
def test_rows_in_two_places_measure_as_rows_in_one(measure, events, cut):
    begun, ended, answers = zip(*events, strict=True) if events else ((), (), ())
    frame = table(seen_at=begun, closed_at=ended, answer=answers).cast({"answer": int})
    rows = EagerRows(
        frame, NOW, until_column="closed_at", window_days=21, customer_row={"start": NOW.replace(month=1)}, **TIMED
    )

    assert measured(measure, rows, chunks=[frame[:cut], frame[cut:]]) == measured(measure, rows)


def test_every_measure_is_registered_under_a_name_of_its_own():
    assert sorted(component.name for component in COMPONENTS) == [
        "active_days", "adoption", "ces", "change", "csat", "cycle", "days_since", "latest", "milestones", "nps",
        "open", "ratio", "stickiness", "trend",
    ]  # fmt: skip


def test_every_measure_is_under_the_laws():
    assert {type(measure) for measure in MEASURES} == set(COMPONENTS)
