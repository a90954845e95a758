"""What each kind of partial promises (the table in ``api.v1.Partial``), seen through a metric."""

import math
from datetime import datetime, timedelta
from itertools import permutations

import polars as pl
import pytest
from tests.support.measured_project import AS_OF, Of, Reduce, metric, project, table

from scorewell.api.v1 import Column, Expression, Partial, Partials
from scorewell.dialect import SqlAggregate
from scorewell.metrics import metrics_as_of

LAST_DAY = datetime(2026, 2, 28, 12)


def measured(measure: object, rows: pl.DataFrame, *, window: str | None = None, **meaning: object) -> list[object]:
    """The metric of customers a and b."""
    small = project({"x": metric(measure, window=window)}, events=table(rows, **meaning))  # type: ignore[arg-type] # text or Measure
    table_ = metrics_as_of(small, AS_OF)
    assert table_.failed == {}
    return table_.frame.get_column("x").to_list()


def of_a(values: list[object], dtype: pl.DataType | None = None) -> pl.DataFrame:
    return pl.DataFrame({"customer": ["a"] * len(values), "n": pl.Series(values, dtype=dtype)})


def it(partials: Partials) -> pl.Expr:
    return partials["it"]


def test_cents_add_up_to_the_cent() -> None:
    prices = [0.1, 0.2, 19.99, 1234.56, -0.07] * 1000
    assert measured("sum:n", of_a(prices)) == [math.fsum(prices), 0.0]
    assert measured("sum:n", of_a(prices))[0] == 1254780.0


def test_the_order_of_rows_does_not_move_a_sum() -> None:
    values = [1e15, 0.1, -1e15, 0.2, 3e-7]
    sums = {measured("sum:n", of_a(list(order)))[0] for order in permutations(values)}
    assert sums == {0.3000003}


def test_large_and_many_floats_do_not_overflow() -> None:
    assert measured("sum:n", of_a([1e18] * 100_000))[0] == pytest.approx(1e23, rel=1e-15)


def test_large_and_many_integers_do_not_wrap() -> None:
    assert measured("sum:n", of_a([9 * 10**18] * 1000)) == [9e21, 0.0]


def test_small_integers_do_not_wrap() -> None:
    assert measured("sum:n", of_a([100] * 1000, pl.Int8())) == [100_000.0, 0.0]


def test_a_value_too_large_to_be_added_counts_as_missing_and_is_told() -> None:
    small = project({"x": metric("sum:n")}, events=table(of_a([2e18, 1.0])))
    table_ = metrics_as_of(small, AS_OF)
    assert table_.frame.get_column("x").to_list() == [1.0, 0.0]
    (finding,) = table_.findings
    assert (finding.id, finding.count) == ("too-large", 1)


def test_decimals_yes_and_durations_are_added() -> None:
    assert measured("sum:n", of_a([1, 2], pl.Decimal(10, 2))) == [3.0, 0.0]
    assert measured("sum:n", of_a([True, False, True])) == [2.0, 0.0]
    assert measured("sum:n", of_a([timedelta(hours=12), timedelta(days=1)])) == [1.5, 0.0]


def test_count_counts_values_not_rows() -> None:
    assert measured("count:n", of_a([1, None, 3])) == [2.0, 0.0]


@pytest.mark.parametrize("nothing", ["ln(0)", "1 / 0", "sqrt(-1)", "null"])
def test_what_is_written_out_and_has_no_value_is_no_value_in_any_row(nothing: str) -> None:
    assert measured(SqlAggregate(sql=Expression(f"count({nothing})")), of_a([1, 2])) == [0.0, 0.0]
    assert measured(SqlAggregate(sql=Expression(f"avg({nothing})")), of_a([1, 2])) == [None, None]
    assert measured(SqlAggregate(sql=Expression(f"sum({nothing})")), of_a([1, 2])) == [None, 0.0]
    assert measured(SqlAggregate(sql=Expression("sum(2)")), of_a([1, 2])) == [4.0, 0.0]


def test_the_least_and_the_greatest() -> None:
    assert measured("min:n", of_a([3, None, -1])) == [-1.0, None]
    assert measured("max:n", of_a(["x", "y", None])) == ["y", None]


def test_distinct_does_not_count_null() -> None:
    assert measured("distinct:n", of_a([1, 1, None, 2])) == [2.0, 0.0]


def test_first_and_last_do_not_depend_on_the_order_of_rows() -> None:
    rows = [(1, "m"), (2, "x"), (2, "y"), (1, "k"), (3, None), (None, "z")]
    for order in (rows, rows[::-1]):
        frame = pl.DataFrame(
            {"customer": ["a"] * len(rows), "by": [by for by, _ in order], "n": [value for _, value in order]}
        )
        by = Column("by")
        assert measured(Reduce(kind="first", column=Column("n"), by=by), frame) == ["k", None]
        assert measured(Reduce(kind="last", column=Column("n"), by=by), frame) == ["y", None]


def test_values_are_sorted_and_without_null() -> None:
    text = Of(
        asks=lambda rows: {"it": Partial("values", rows.column("n"))},
        ends=lambda p: p["it"].cast(pl.List(pl.String)).list.join(","),
    )
    assert measured(text, of_a([3, None, 1, 2])) == ["1,2,3", ""]


def test_more_than_ten_thousand_values_are_thinned_evenly_and_told() -> None:
    asks = Of(asks=lambda rows: {"it": Partial("values", rows.column("n"))}, ends=lambda p: p["it"].list.median())
    length = Of(asks=asks.asks, ends=lambda p: p["it"].list.len())
    rows = of_a(list(range(30_000)))
    table_ = metrics_as_of(project({"m": metric(asks), "l": metric(length)}, events=table(rows)), AS_OF)
    assert table_.frame.get_column("l").to_list() == [10_000.0, 0.0]
    assert table_.frame.get_column("m").item(0) == pytest.approx(14_999.5, abs=3)
    assert {(finding.id, finding.count) for finding in table_.findings} == {("values-thinned", 1)}


@pytest.mark.parametrize("window", ["30d", "64d", "65d", "400d"])
def test_distinct_days_are_counted_in_windows_of_any_length(window: str) -> None:
    days = [1, 1, 2, 30, 31, 64, 65, 400, 401]
    rows = pl.DataFrame({"customer": ["a"] * len(days), "at": [LAST_DAY - timedelta(days=day - 1) for day in days]})
    asks = Of(asks=lambda rows: {"it": Partial("distinct", rows.day)}, ends=it)
    length = int(window.removesuffix("d"))
    assert measured(asks, rows, window=window, time="at") == [float(len({d for d in days if d <= length})), 0.0]


def test_one_value_under_many_masks_is_counted_right_under_each() -> None:
    rows = pl.DataFrame({"customer": ["a"] * 140, "n": list(range(70)) * 2, "m": list(range(140))})
    masks = {f"x{limit:03}": metric("distinct:n", where=f"m < {limit}") for limit in range(0, 141, 2)}
    table_ = metrics_as_of(project(masks, events=table(rows)), AS_OF)
    assert table_.frame.select(sorted(masks)).row(0) == tuple(float(min(limit, 70)) for limit in range(0, 141, 2))


def test_where_inside_a_measure_limits_its_rows_further() -> None:
    def asks(rows: object) -> dict[str, Partial]:
        few = rows.where(rows.column("n") > 1).where(rows.column("n") < 4)  # type: ignore[attr-defined] # Rows
        return {"it": Partial("sum", few.column("n"))}

    assert measured(Of(asks=asks, ends=it), of_a([1, 2, 3, 4])) == [5.0, 0.0]


def test_a_partial_over_two_windows_at_once_is_taken_as_it_is() -> None:
    def asks(rows: object) -> dict[str, Partial]:
        both = pl.coalesce(rows.column("n"), rows.before(1).column("n") * 10)  # type: ignore[attr-defined] # Rows
        return {"it": Partial("sum", both)}

    rows = pl.DataFrame({"customer": ["a", "a"], "n": [1, 2], "at": [LAST_DAY, LAST_DAY - timedelta(days=7)]})
    assert measured(Of(asks=asks, ends=it), rows, window="7d", time="at") == [21.0, 0.0]


@pytest.mark.parametrize(
    ("partial", "says"),
    [
        (Reduce(kind="product", column=Column("n")), "a partial of kind 'product'"),
        (Reduce(kind="last", column=Column("n")), "by belongs to first and last"),
        (Reduce(kind="sum", column=Column("n"), before=1), "the metric has no window"),
    ],
)
def test_a_partial_that_means_nothing_is_told(partial: Reduce, says: str) -> None:
    table_ = metrics_as_of(project({"x": metric(partial)}, events=table(of_a([1]))), AS_OF)
    assert says in table_.failed["x"]
