"""Row-wise expressions and conditions: the repairs, the refusals, and moments in a time zone."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewell.dialect import DialectError, check_types, condition, expression, names_in

INSTANT = pl.Datetime("us", "UTC")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROW = pl.DataFrame(
    {
        "seats": [4],
        "zero": [0],
        "small": [100],
        "price": [2.5],
        "nothing": [None],
        "plan": ["Pro"],
        "trial": [True],
        "signup": [date(2026, 2, 1)],
        "seen": [datetime(2026, 2, 27, 12)],
        "paid": [datetime(2026, 2, 28, 23, 30, tzinfo=UTC)],
        "Team name": ["A team"],
        "product.depth": [39.5],
    },
    schema_overrides={"small": pl.Int8, "nothing": pl.Float64},
)


def value(sql: str, *, typed: bool = True, timezone: str = "UTC", as_of: datetime = NOW, row: pl.DataFrame = ROW):
    expr = expression(
        sql, as_of=pl.lit(as_of.astimezone(UTC), INSTANT), schema=row.schema if typed else None, timezone=timezone
    )
    check_types(expr, row.schema)
    return row.select(expr.alias("value")).item()


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("seats / 8", 0.5),
        ("1 / 3", pytest.approx(1 / 3)),
        ("seats / zero", None),
        ("seats % zero", None),
        ("seats // 3", 1),
        ("zero / zero", None),
        ("2000000000 * 2000000000 > 0", True),
        ("4000000000 * 4000000000", None),
        ("2000000000 * 2000000000 * seats", None),
        ("1e300 // 1", None),
        ("cast(1e300 as bigint)", None),
        ("cast(price * 1e300 as bigint)", None),
        ("0.1 * 3", pytest.approx(0.3, rel=1e-15)),
        ("0.000000001 + 0", 1e-9),
        ("1e3", 1000.0),
        ("ln(0)", None),
        ("sqrt(-1)", None),
        ("sqrt(-1) > 1", None),
        ("round(2.5)", 3.0),
        ("round(-2.345, 2)", pytest.approx(-2.35)),
        ("plan = 'Pro' AND NOT trial", False),
        ("nothing > 1", None),
        ("nothing is null", True),
        ("not nothing is not null", True),
        ("(nothing > 1) is true", False),
        ("(nothing > 1) is not true", True),
        ("seats in (1, 4)", True),
        ("seats not in (1, null)", None),
        ("plan not in ('Free', 'Pro')", False),
        ("seats between 4 and 5", True),
        ("plan like 'P_o'", True),
        ("plan like 'p%'", False),
        ("plan ilike 'p%'", True),
        ("plan not like '.%'", True),
        ("case when seats > 3 then 'big' when seats > 1 then 'mid' end", "big"),
        ("case plan when 'Free' then 1 end", None),
        ("seats <> 4 or seats != 4", False),
        ("\"Team name\" || '!'", "A team!"),
        ("product.depth < 40", True),
        ("seats is distinct from nothing", True),
        ("cast(price as bigint) + seats::double", 6.0),
        ("try_cast(plan as double)", None),
        ("as_of - signup", 28.0),
        ("as_of - seen", 1.5),
        ("signup - as_of", -28.0),
        ("signup < as_of - interval '27 days'", True),
        ("seen < as_of - interval '2 days'", False),
        ("paid < as_of", True),
        ("as_of - paid > interval '30 minutes'", False),
        ("extract(month from signup)", 2),
        ("cast(paid as date) = date '2026-02-28'", True),
    ],
)
def test_an_expression_means_the_same_with_and_without_a_schema(sql, expected, typed):
    assert value(sql, typed=typed) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("small * small", 10_000),
        ("signup + 7", date(2026, 2, 8)),
        ("signup + interval '1 month'", date(2026, 3, 1)),
        ("signup < '2026-02-02'", True),
        ("paid >= '2026-02-28 23:30:00'", True),
        ("signup in ('2026-02-01', '2026-02-02')", True),
        ("paid - seen", pytest.approx(1.5 - 1 / 48)),
        ("(paid - seen) / 2 < 1", True),
        ("greatest(signup, seen) = seen", True),
        ("trial + 1", 2),
        ("trial = 1", True),
    ],
)
def test_with_a_schema_dates_and_flags_compute(sql, expected):
    assert value(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("as_of - signup", 28.0),  # days on the calendar, although the clocks were changed in between elsewhere
        ("signup < as_of - interval '28 days'", False),
        ("signup <= as_of - interval '28 days'", True),
        ("cast(paid as date) = date '2026-03-01'", True),
        ("extract(hour from paid)", 0),
        ("extract(hour from seen)", 12),
        ("as_of - seen", 1.5),
    ],
)
def test_days_begin_in_the_projects_time_zone(sql, expected):
    midnight = datetime(2026, 2, 28, 23, tzinfo=UTC)  # 1 March 00:00 in Berlin

    assert value(sql, timezone="Europe/Berlin", as_of=midnight) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("cast(day as date) = date '2026-02-01'", True),
        ("as_of - cast(day as date)", 28.0),
        ("try_cast(clock as date)", None),
        ("cast(clock as timestamp) = timestamp '2026-02-01 10:30:00'", True),
        ("cast(day as timestamp) = timestamp '2026-02-01'", True),
        ("try_cast(word as timestamp)", None),
        ("cast(clock as timestamp)", datetime(2026, 2, 1, 9, 30, tzinfo=UTC)),
        ("cast('2026-02-01 10:30:00' as timestamp)", datetime(2026, 2, 1, 9, 30, tzinfo=UTC)),
        ("cast('2026-02-01T10:30:00+00:00' as timestamp)", datetime(2026, 2, 1, 10, 30, tzinfo=UTC)),
        ("cast('2026-02-01 23:30:00' as date)", date(2026, 2, 1)),
    ],
)
def test_text_is_read_as_local_dates_and_moments(sql, expected):
    row = pl.DataFrame({"day": ["2026-02-01"], "clock": ["2026-02-01T10:30:00"], "word": ["soon"]})
    midnight = datetime(2026, 2, 28, 23, tzinfo=UTC)  # 1 March 00:00 in Berlin

    assert value(sql, row=row, timezone="Europe/Berlin", as_of=midnight) == expected


@pytest.mark.parametrize(
    ("dtype", "cell", "sql", "expected"),
    [
        (pl.UInt16, 5, "x - 6", -1),
        (pl.Decimal(10, 2), "1.25", "x / 3", pytest.approx(1.25 / 3)),
        (pl.Categorical, "a", "upper(x)", "A"),
        (pl.Enum(["a", "b"]), "a", "x = 'zz'", False),
        (pl.Duration("ms"), timedelta(hours=36), "x + 1", 2.5),
        (pl.Datetime("ms", "America/New_York"), datetime(2026, 2, 28, tzinfo=UTC), "as_of - x", 1.0),
        (pl.Datetime("ns"), datetime(2026, 2, 28), "as_of - x", 1.0),
        (pl.Null, None, "x > 1", None),
    ],
)
def test_columns_of_any_type_compute(dtype, cell, sql, expected):
    row = pl.DataFrame({"x": pl.Series([cell]).cast(dtype)})

    assert value(sql, row=row) == expected


def test_days_on_the_calendar_ignore_a_change_of_clocks():
    row = pl.DataFrame({"begun": [date(2026, 3, 28)]})
    after_the_change = datetime(2026, 3, 29, 22, tzinfo=UTC)  # 30 March 00:00 in Berlin, 47 hours after the 28th began

    assert value("as_of - begun", row=row, timezone="Europe/Berlin", as_of=after_the_change) == 2.0
    assert value("as_of - interval '2 days' = begun", row=row, timezone="Europe/Berlin", as_of=after_the_change)


def test_as_of_may_be_a_column_and_a_name_may_stand_for_an_expression():
    frame = ROW.with_columns(pl.lit(NOW, INSTANT).alias("@as_of"))

    expr = condition(
        "begun < as_of and value > 3", rename={"begun": "signup", "value": pl.col("seats")}, as_of=pl.col("@as_of")
    )

    assert frame.select(expr).item() is True


def test_as_of_may_be_the_local_wall_clock_where_the_columns_are():
    expr = condition("seen < as_of and signup < as_of", as_of=pl.lit(datetime(2026, 3, 1), pl.Datetime("us")))

    assert ROW.select(expr).item() is True


def test_names_are_those_of_columns():
    assert names_in('sum(a) filter (where b.c > as_of) / count(*) + "D e"') == {"a", "b.c", "D e"}


def test_a_column_may_be_called_like_a_function():
    assert names_in("age > 3 and rank < 2") == {"age", "rank"}
    assert pl.DataFrame({"age": [4]}).select(condition("age > 3")).item() is True


def test_the_clock_is_refused_wherever_names_are_asked_for_and_a_quoted_column_is_not():
    with pytest.raises(DialectError, match="write as_of"):
        names_in("paid < current_date")
    assert names_in('paid < "current_date"') == {"paid", "current_date"}


def test_keywords_have_no_case_and_names_do():
    assert names_in("Seats IS NOT NULL And seats Is Null") == {"Seats", "seats"}


@pytest.mark.parametrize("sql", ["(" * 5000 + "seats" + ")" * 5000, " or ".join(["seats = 1"] * 3000)])
def test_what_is_nested_too_deep_is_refused_and_not_a_crash(sql):
    with pytest.raises(DialectError, match="nested"):
        condition(sql)


def test_long_conditions_are_fine():
    assert ROW.select(condition(" or ".join(f"seats = {n}" for n in range(90)))).item() is True


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("seatz > 1", "seatz > 1: no column 'seatz', did you mean 'seats'? it has seats, zero, small,"),
        (
            "1 + xyz",
            "1 + ▸xyz: no column 'xyz'; it has seats, zero, small, price, nothing, plan, trial, signup (4 more)",
        ),
        ("plan > 1", "'>' cannot take text and a number together"),
        ("plan + 1", "'+' needs a number, and this is text"),
        ("lower(seats)", "'lower' needs text, and this is a number"),
        ("plan < as_of", "'<' needs a date or a moment, and this is text: write cast(… as date)"),
        ("signup < 'soon'", "'soon' is no date; write it as '2026-03-01'"),
        ("signup + signup", "two dates cannot be added"),
        ("seats and trial", "this is a number, and a condition was expected"),
        ("case when trial then 1 else 'x' end", "cannot take text and a number together"),
        ("seats > interval '1 month'", "a month has no fixed number of days"),
        ("as_of - interval '1 day 2 hours'", "an interval is a whole number and one unit"),
        ("now() > paid", "write as_of"),
        ("paid < current_date", "paid < ▸current_date: the clock has no place here"),
        ("random()", "chance has no place here"),
        ("sum(seats)", "sum is an aggregate, and here one row is looked at"),
        ("max(seats, price)", "max is an aggregate"),
        ("rond(price)", "there is no function 'rond', did you mean 'round'?"),
        ("round(price, seats)", "the digits of round must be a whole number, written out"),
        ("datediff('day', seen, paid)", "subtract instead"),
        ("if(trial)", "not understood"),
        ("abs(seats, price)", "abs takes 1 argument, not 2"),
        ("select 1", "a query (select) has no place here"),
        ("seats in (select 1)", "a query (select) has no place here"),
        ("avg(seats) over ()", "window functions (over) are not supported"),
        ("seats; price", "seats▸; price: one expression was expected, not several"),
        ("seats -- 1", "comments"),
        ("*", "* is no value"),
        ("seats as s", "a name (as) has no place here"),
        ("signup < as_of - 90d", "as_of - 90▸d: write a duration as interval '90 days'"),
        ("(seats, price)", "not several in parentheses"),
        ("seats = ?", "parameters are not supported"),
        ("cast(seats as blob)", "no type 'blob'; there are double, bigint, varchar, boolean, date, timestamp"),
        (
            "cast(seats as date)",
            "a number is not a date; where 20260301 stands for a day, the source's settings",
        ),
        ("cast(trial as timestamp)", "true or false is not a moment"),
        ("cast(paid as bigint)", "a moment is not a number; as_of - day is a number of days"),
        ("cast(signup as boolean)", "a date is not a number"),
        ("plan like plan", "the pattern of like must be text, written out"),
        ("seats +", "seats ▸+: not understood at '+'"),
        ("'Pro", "a quote is not closed"),
        ("", "there is none"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_place(sql, message):
    with pytest.raises(DialectError) as caught:
        value(sql)

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_as_of_is_refused_where_nothing_is_about_rows():
    with pytest.raises(DialectError, match="as_of is not known here"):
        condition("signup < as_of")


def test_a_number_is_no_condition():
    with pytest.raises(DialectError, match="this is a number, and a condition was expected"):
        condition("1 + 1")


@pytest.mark.parametrize("sql", ["signup + 30 > as_of", "as_of > signup - 1", "signup + 1 + 1 > '2026-01-01'"])
def test_days_are_added_to_what_is_not_known_to_be_a_date(sql):
    assert condition(sql, as_of=pl.lit(NOW)) is not None
    assert value(f"case when {sql} then 1 else 0 end") == 1
    with pytest.raises(DialectError):
        condition("signup + 30", as_of=pl.lit(NOW))


def test_types_are_checked_later_where_no_schema_was_given():
    with pytest.raises(DialectError, match=r"the types do not fit: .*plan is text"):
        check_types(expression("plan > 1"), ROW.schema)


def test_unknown_columns_are_found_later_where_no_schema_was_given():
    with pytest.raises(DialectError, match="no column 'seatz', did you mean 'seats'"):
        check_types(expression("seatz > 1"), ROW.schema)


def test_the_type_of_an_expression_is_known_without_any_row():
    assert check_types(expression("seats / 2"), ROW.schema) == pl.Float64
    assert check_types(condition("seats > 2"), ROW.schema) == pl.Boolean


NUMBERS = st.one_of(
    st.none(), st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(-5, 5).map(float)
)


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_finite_or_null(left, right):
    row = pl.DataFrame({"a": [left], "b": [right]}, schema={"a": pl.Float64, "b": pl.Float64})

    for sql in ("a / b", "a % b", "ln(a)", "sqrt(a)", "exp(a)", "pow(a, b)", "log(a, b)"):
        result = row.select(expression(sql, schema=row.schema).is_finite().alias("finite")).item()
        assert result in (True, None), sql


TOKENS = "a b.c as_of 1 0.5 'x' null ( ) + - / < = and not in is like case when then end between interval sum abs , ;"


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(TOKENS.split()), max_size=10).map(" ".join)))
def test_any_text_is_an_expression_or_a_dialect_error(text):
    with contextlib.suppress(DialectError):
        assert isinstance(expression(text, as_of=pl.lit(NOW)), pl.Expr)


@pytest.mark.parametrize("sql", ["x / 100", "x / (25 * 4)"])
def test_a_quotient_by_a_constant_is_the_nearest_number_in_every_batch(sql):
    # 35 times the reciprocal of 100 is 0.35000000000000003: a step of '<= 35%' would miss it.
    frame = pl.DataFrame({"x": [float(number) for number in range(1, 101)]})
    together = frame.select(expression(sql, schema=frame.schema)).to_series().to_list()
    assert together == [number / 100 for number in range(1, 101)]


def test_days_between_moments_are_the_nearest_number_in_every_batch():
    moments = pl.DataFrame({"at": [NOW - timedelta(hours=hours) for hours in range(1, 101)]})
    expr = expression("as_of - at", as_of=pl.lit(NOW, INSTANT), schema=moments.schema)
    assert moments.select(expr).to_series().to_list() == [hours / 24 for hours in range(1, 101)]
