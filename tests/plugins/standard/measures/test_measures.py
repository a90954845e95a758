"""Days, what is open, answers and latest values: what each measure counts, its edges, its worth without rows."""

from __future__ import annotations

import math

import polars as pl
import pytest
from tests.support.eager_rows import at, table
from tests.support.measure_values import TIMED, value, visits

from scorewell.api.v1 import ScorewellError
from scorewell_standard.measures import ActiveDays, Ces, Change, Csat, DaysSince, Latest, Nps, Open, Stickiness, Trend


def as_date(name):
    return pl.col(name).str.to_date()


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


@pytest.mark.parametrize("cells", [[20260201], [2.5], [True]], ids=["a day as a number", "a number", "yes or no"])
def test_days_since_what_is_no_date_are_a_mistake(cells):
    with pytest.raises(ScorewellError, match="is not a date"):
        value(DaysSince(column="signup"), pl.DataFrame({"signup": cells}))


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


@pytest.mark.parametrize("measure", [ActiveDays, Change, Stickiness, Trend])
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
    with pytest.raises(ScorewellError, match="open needs the moment when a row ended"):
        value(Open(), visits("2026-02-01"), **TIMED)


# nps, csat and ces


def test_nps_is_promoters_less_detractors_in_percent():
    assert value(Nps(column="answer"), table(answer=[10, 9, 8, 7, 6, 0, 10, 10])) == 25.0


def test_the_borders_of_promoters_passives_and_detractors():
    scores = {answer: value(Nps(column="answer"), table(answer=[answer])) for answer in range(11)}

    assert scores == {**dict.fromkeys(range(7), -100.0), 7: 0.0, 8: 0.0, 9: 100.0, 10: 100.0}


def test_answers_off_the_scale_count_as_missing():
    assert value(Nps(column="answer"), table(answer=[10.0, 11.0, -1.0, 8.5, math.nan, math.inf, None])) == 100.0
    assert value(Csat(column="answer"), table(answer=[5.0, 6.0, 0.0, math.nan, None])) == 100.0


def test_on_the_older_scale_of_nps_zero_is_no_answer():
    answers = table(answer=[0, 1, 6, 7, 10])

    assert value(Nps(column="answer", scale="1-10"), answers) == -25.0
    assert value(Nps(column="answer"), answers) == -40.0


def test_effort_is_the_mean_of_the_answers_on_the_scale():
    assert value(Ces(column="answer"), table(answer=[7, 6, 2, 8, 0])) == 5.0
    assert value(Ces(column="answer", scale=(1, 5)), table(answer=[5, 2, 6])) == 3.5


def test_effort_is_the_percentage_of_easy_answers():
    assert value(Ces(column="answer", as_="share"), table(answer=[7, 5, 4, 1, 9])) == 50.0
    assert value(Ces(column="answer", as_="share", scale=(1, 5), easy_from=4), table(answer=[4, 3, 5, 6])) == 200 / 3


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"scale": (7, 1)}, "scale is 7 to 1: the least answer comes first"),
        ({"as_": "share", "easy_from": 8}, "easy_from is 8: it must be above 1 and at most 7, the scale"),
        ({"easy_from": 6}, "easy_from is 6, but only as: share uses it"),
    ],
)
def test_an_effort_that_is_never_or_always_easy_is_a_mistake(settings, problem):
    assert list(Ces(column="answer", **settings).problems()) == [problem]


@pytest.mark.parametrize(
    "measure", [Nps(column="answer"), Csat(column="answer"), Ces(column="answer"), Ces(column="answer", as_="share")]
)
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
