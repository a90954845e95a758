"""The standard measures: what each counts, its edges, and what it is worth without rows."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.eager_rows import EagerRows, at, measured, table

from scorewell.api.v1 import Expression, Measure, ScorewellError
from scorewell.dialect import SqlAggregate
from scorewell_standard.measures import COMPONENTS, ActiveDays, Change, Csat, DaysSince, Latest, Nps, Open

NOW = at("2026-03-01")
COUNT = SqlAggregate(sql=Expression("count(*)"))
TIMED = {"time_column": "seen_at"}


def value(measure, frame, as_of=NOW, **declared):
    return measured(measure, EagerRows(frame, as_of, **declared))


def as_date(name):
    return pl.col(name).str.to_date()


def visits(*moments, timezone="UTC"):
    return table(timezone, seen_at=moments)


# days_since


def test_the_last_row_yesterday_is_one_day_ago_whatever_the_hour():
    assert value(DaysSince(), visits("2026-02-20 08:00", "2026-02-28 00:00"), **TIMED) == 1.0
    assert value(DaysSince(), visits("2026-02-28 23:59"), **TIMED) == 1.0


def test_days_are_counted_on_the_local_calendar():
    berlin = "Europe/Berlin"
    seen = visits("2026-02-28T23:30:00+00:00")  # 1 March 00:30 in Berlin

    assert value(DaysSince(), seen, at("2026-03-02", berlin), timezone=berlin, **TIMED) == 1.0


def test_days_since_without_rows_is_missing():
    assert value(DaysSince(), visits(), **TIMED) is None


def test_days_since_a_date_in_a_snapshot():
    signup = table(signup=["2026-02-01"]).with_columns(as_date("signup"))

    assert value(DaysSince(column="signup"), signup) == 28.0


def test_days_since_a_date_to_come_are_negative():
    renewal = table(renewal=["2026-03-31"]).with_columns(as_date("renewal"))

    assert value(DaysSince(column="renewal"), renewal) == -30.0


def test_days_since_the_latest_of_many_moments_in_a_column():
    frame = table(seen_at=["2026-01-01", "2026-01-02"], rated_at=["2026-02-01 10:00", "2026-01-20 10:00"])

    assert value(DaysSince(column="rated_at"), frame, **TIMED) == 28.0


def test_a_column_may_have_any_name():
    frame = table(**{'the "day"': ["2026-02-27"]}).with_columns(as_date('the "day"'))

    assert value(DaysSince(column='the "day"'), frame) == 2.0


# active_days


def test_several_rows_on_one_local_day_are_one_active_day():
    seen = visits("2026-02-10 22:30", "2026-02-10 23:30", "2026-02-11 10:00")  # UTC: 23:30 is 11 February in Berlin

    assert value(ActiveDays(), seen, window_days=30, **TIMED) == 2
    assert value(ActiveDays(), seen.head(2), window_days=30, **TIMED) == 1
    assert value(ActiveDays(), seen.head(2), timezone="Europe/Berlin", window_days=30, **TIMED) == 2


def test_days_before_the_window_do_not_count():
    assert value(ActiveDays(), visits("2026-01-30 12:00", "2026-01-29 12:00"), window_days=30, **TIMED) == 1


def test_without_rows_no_day_was_active():
    assert value(ActiveDays(), visits(), window_days=30, **TIMED) == 0


@pytest.mark.parametrize("measure", [ActiveDays, Change])
def test_some_measures_mean_nothing_without_a_window(measure):
    assert measure.window_required


# open


def test_rows_that_have_not_ended_by_then_are_open():
    tickets = table(
        seen_at=["2026-02-01", "2026-02-02", "2026-02-03", "2026-03-02"],
        closed_at=["2026-02-05", None, "2026-03-04", None],
    )

    assert value(Open(), tickets, until_column="closed_at", **TIMED) == 2


def test_without_rows_nothing_is_open():
    assert value(Open(), table(seen_at=[], closed_at=[]), until_column="closed_at", **TIMED) == 0


def test_open_needs_to_know_when_a_row_ended():
    with pytest.raises(ScorewellError, match="open needs to know when a row ended"):
        value(Open(), visits("2026-02-01"), **TIMED)


# change


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(8, 10, -0.2), (10, 8, 0.25), (5, 5, 0.0), (0, 4, -1.0), (0, 0, 0.0), (3, 0, None)],
)
def test_change_is_a_share_of_what_was_before(now, before, expected):
    frame = visits(*["2026-02-25"] * now, *["2026-02-20"] * before, "2026-01-01")

    assert value(Change(of=COUNT), frame, window_days=7, **TIMED) == expected


def test_change_is_missing_where_a_window_has_no_value():
    mean = SqlAggregate(sql=Expression("avg(minutes)"))
    frame = table(seen_at=["2026-02-25"], minutes=[3])

    assert value(Change(of=mean), frame, window_days=7, **TIMED) is None


def test_a_rise_from_below_zero_is_a_rise():
    balance = SqlAggregate(sql=Expression("sum(amount)"))
    frame = table(seen_at=["2026-02-25", "2026-02-20"], amount=[-1, -2])

    assert value(Change(of=balance), frame, window_days=7, **TIMED) == 0.5


# nps and csat


def test_nps_is_promoters_less_detractors_in_percent():
    assert value(Nps(column="answer"), table(answer=[10, 9, 8, 7, 6, 0, 10, 10])) == 25.0


def test_the_borders_of_promoters_passives_and_detractors():
    scores = {answer: value(Nps(column="answer"), table(answer=[answer])) for answer in range(11)}

    assert scores == {**dict.fromkeys(range(7), -100.0), 7: 0.0, 8: 0.0, 9: 100.0, 10: 100.0}


def test_answers_off_the_scale_count_as_missing():
    assert value(Nps(column="answer"), table(answer=[10.0, 11.0, -1.0, 8.5, math.nan, math.inf, None])) == 100.0
    assert value(Csat(column="answer"), table(answer=[5.0, 6.0, 0.0, math.nan, None])) == 100.0


@pytest.mark.parametrize("measure", [Nps(column="answer"), Csat(column="answer")])
def test_without_answers_satisfaction_is_missing(measure):
    assert value(measure, table(answer=[None, None]).cast({"answer": int})) is None
    assert value(measure, table(answer=[]).cast({"answer": int})) is None


def test_csat_is_the_share_of_the_two_best_answers():
    assert value(Csat(column="answer"), table(answer=[5, 4, 3, 1])) == 50.0


def test_csat_on_another_scale():
    assert value(Csat(column="answer", scale=(0, 10), satisfied_from=8), table(answer=[8, 7, 10, 0])) == 50.0


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"scale": (5, 1)}, "scale is 5 to 1: the least answer comes first"),
        ({"satisfied_from": 9}, "satisfied_from is 9: it must be above 1 and at most 5, the scale"),
    ],
)
def test_a_csat_that_nobody_or_everybody_meets_is_a_mistake(settings, problem):
    assert list(Csat(column="answer", **settings).problems()) == [problem]


# latest


def test_latest_is_the_value_of_the_last_row_that_has_one():
    frame = table(seen_at=["2026-02-01", "2026-02-03", "2026-02-02"], plan=["free", None, "pro"])

    assert value(Latest(column="plan"), frame, **TIMED) == "pro"


def test_of_rows_at_the_same_moment_the_order_does_not_matter():
    frame = table(seen_at=["2026-02-01", "2026-02-01"], seats=[3, 5])

    assert value(Latest(column="seats"), frame, **TIMED) == value(Latest(column="seats"), frame.reverse(), **TIMED) == 5


def test_of_a_snapshot_the_latest_is_the_value():
    assert value(Latest(column="plan"), table(plan=["pro"])) == "pro"


# laws

ANSWERS = st.lists(st.one_of(st.none(), st.integers(-2, 12)), max_size=20)


@given(ANSWERS)
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
    Nps(column="answer"),
    Csat(column="answer"),
    Latest(column="answer"),
]
DAYS = st.integers(1, 28).map(lambda day: f"2026-02-{day:02} 12:00")
EVENTS = st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), st.integers(0, 10))), max_size=8)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
@settings(max_examples=40)
@given(events=EVENTS, cut=st.integers(0, 8))
def test_rows_in_two_places_measure_as_rows_in_one(measure, events, cut):
    begun, ended, answers = zip(*events, strict=True) if events else ((), (), ())
    frame = table(seen_at=begun, closed_at=ended, answer=answers).cast({"answer": int})
    rows = EagerRows(frame, NOW, until_column="closed_at", window_days=14, **TIMED)

    assert measured(measure, rows, chunks=[frame[:cut], frame[cut:]]) == measured(measure, rows)


def test_every_measure_is_registered_under_a_name_of_its_own():
    assert sorted(component.name for component in COMPONENTS) == [
        "active_days", "change", "csat", "days_since", "latest", "nps", "open"
    ]  # fmt: skip
