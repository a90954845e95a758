"""SQL aggregates as a measure: what counts, what is missing, what is zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.eager_rows import EagerRows, at, measured, table

from scorewell.api.v1 import Expression
from scorewell.dialect import SqlAggregate

NOW = at("2026-03-01")
ROWS = table(
    minutes=[10, 30, None, 20],
    user=["ann", "bob", "ann", None],
    plan=["free", "pro", "team", None],
    is_paid=[True, False, True, None],
    score=[4.0, None, 2.0, 3.0],
    opened_at=["2026-02-01 10:00", "2026-02-03 10:00", "2026-02-02 10:00", "2026-01-31 10:00"],
    closed_at=["2026-02-02 10:00", "2026-02-03 22:00", None, None],
)


def value(sql: str, rows=ROWS, **declared):
    declared = {"time_column": "opened_at", **declared}
    return measured(SqlAggregate(sql=Expression(sql)), EagerRows(rows, NOW, **declared))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("count(*)", 4),
        ("count(minutes)", 3),
        ("count(distinct user)", 2),
        ("count_if(minutes > 15)", 2),
        ("sum(minutes)", 60),
        ("sum(minutes * 2 + 1)", 123),
        ("sum(minutes > 15)", 2),
        ("avg(score)", 3.0),
        ("mean(score)", 3.0),
        ("min(minutes)", 10),
        ("max(user)", "bob"),
        ("median(minutes)", 20.0),
        ("quantile_cont(minutes, 0.25)", 15.0),
        ("percentile(minutes, 1)", 30.0),
        ("stddev(score)", 1.0),
        ("variance(minutes)", 100.0),
        ("first(plan)", "free"),
        ("last(plan)", "pro"),
        ("last(plan order by minutes)", "pro"),
        ("first(plan order by minutes desc)", "pro"),
        ("arg_max(plan, score)", "free"),
        ("arg_min(plan, score)", "team"),
        ("bool_or(minutes > 25)", True),
        ("bool_and(minutes > 25)", False),
        ("bool_or(is_paid)", True),
        ("avg(closed_at - opened_at)", 0.75),
        ("min(as_of - opened_at)", 25 + 14 / 24),
        ("count(*) FILTER (WHERE user = 'ann')", 2),
        ("sum(minutes) filter (where user = 'ann')", 10),
        ("SUM(minutes) / COUNT(distinct user)", 30.0),
        ("sum(minutes) / count_if(user = 'eve')", None),
        ("coalesce(sum(score) filter (where score > 9), -1)", 0.0),
        ("cast(sum(minutes) as double) / 7 * 0.5", pytest.approx(60 / 7 * 0.5)),
        ("case when count(*) > 3 then 'many' else 'few' end", "many"),
        ("round(avg(score) - 0.5)", 3.0),
        ("greatest(count(*), 10)", 10),
    ],
)
def test_aggregates_mean_what_they_mean_in_sql(sql, expected):
    assert value(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("count(*)", 0),
        ("count(distinct user)", 0),
        ("sum(minutes)", 0),
        ("sum(minutes) / 2", 0),
        ("avg(minutes)", None),
        ("min(minutes)", None),
        ("median(minutes)", None),
        ("stddev(minutes)", None),
        ("last(plan)", None),
        ("bool_or(is_paid)", False),
        ("bool_and(is_paid)", None),
        ("sum(minutes) / count(*)", None),
    ],
)
def test_without_rows_counts_and_sums_are_zero_and_the_rest_is_missing(sql, expected):
    assert value(sql, ROWS.clear()) == expected


def test_a_sum_of_rows_without_any_value_is_missing_and_not_zero():
    assert value("sum(score)", ROWS.filter(user="bob")) is None


def test_the_spread_of_a_single_value_is_missing():
    assert value("stddev(minutes)", ROWS.head(1)) is None


def test_a_window_limits_every_aggregate():
    assert value("count(*) + sum(minutes)", window_days=28) == 3 + 40


def test_the_same_reduction_is_asked_for_once():
    partials = SqlAggregate(sql=Expression("sum(minutes) / count(minutes) + avg(minutes)")).partials(
        EagerRows(ROWS, NOW, time_column="opened_at")
    )

    assert sorted(partial.kind for partial in partials.values()) == ["count", "count", "sum"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("minutes", "an aggregate was expected, as in sum(minutes)"),
        ("minutes + sum(minutes)", "'minutes' stands outside an aggregate: write it inside one, as in sum(minutes)"),
        (
            "as_of - max(opened_at)",
            "'as_of' stands outside an aggregate: write it inside one, as in min(as_of - started_at)",
        ),
        ("sum(avg(minutes))", "sum(▸avg(minutes)): an aggregate inside sum: aggregates cannot be nested"),
        ("sun(minutes)", "there is no function 'sun', did you mean 'sum'?"),
        ("sum(flor(minutes))", "sum(▸flor(minutes)): there is no function 'flor', did you mean 'floor'?"),
        ("sum(minutes, 2)", "sum takes 1 argument, not 2"),
        ("quantile_cont(minutes)", "quantile_cont takes 2 arguments, not 1"),
        ("quantile_cont(minutes, 90)", "a number from 0 to 1, written out"),
        ("sum(distinct minutes)", "distinct is for count(distinct x)"),
        ("sum(minutes) over ()", "window functions (over) are not supported"),
        ("any_value(plan)", "write min(x), first(x) or last(x)"),
        ("sum(minutes) > current_date", "write as_of"),
        ("max(plan order by minutes)", "order by is for first and last"),
        ("sum(", "not understood"),
    ],
)
def test_a_mistake_in_the_text_is_a_problem_of_the_configuration(sql, message):
    [problem] = SqlAggregate(sql=Expression(sql)).problems()

    assert message in problem


@pytest.mark.parametrize(
    "sql", ["sum(minutes)", "max(opened_at) - min(opened_at)", "count(*) filter (where a > as_of)"]
)
def test_a_sound_text_has_no_problems(sql):
    assert list(SqlAggregate(sql=Expression(sql)).problems()) == []


NUMBERS = st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=12)


@given(NUMBERS, st.integers(0, 12))
def test_rows_in_two_places_measure_as_rows_in_one(numbers, cut):
    frame = table(x=numbers).cast({"x": int})
    measure = SqlAggregate(
        sql=Expression(
            "coalesce(sum(x), 7) + 3 * count(x) + coalesce(median(x), 5) + coalesce(max(x), 0) * count(distinct x)"
        )
    )
    rows = EagerRows(frame, NOW)

    assert measured(measure, rows, chunks=[frame[:cut], frame[cut:]]) == measured(measure, rows)
