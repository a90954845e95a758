"""Laws of the metrics table, over made-up rows."""

from datetime import date, datetime, timedelta
from io import BytesIO

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.measured_project import AS_OF, Of, Reduce, metric, project, table

from scorewell.api.v1 import Column, Partial, Partials, Rows
from scorewell.metrics import metrics_as_of

NOW = AS_OF.replace(tzinfo=None)
SCHEMA = {
    "customer": pl.String,
    "user": pl.Int64,
    "at": pl.Datetime("us"),
    "n": pl.Float64,
    "grade": pl.Int64,
    "graded": pl.Datetime("us"),
    "ended": pl.Date,
}

past = st.one_of(
    st.datetimes(NOW - timedelta(days=80), NOW - timedelta(microseconds=1)),
    st.datetimes(NOW - timedelta(days=425), NOW - timedelta(days=360)),
)
future = st.datetimes(NOW, NOW + timedelta(days=80))
past_day = st.dates(date(2025, 12, 1), date(2026, 2, 28))
future_day = st.dates(date(2026, 3, 1), date(2026, 5, 1))


def rows(at: st.SearchStrategy[datetime]) -> st.SearchStrategy[list[tuple[object, ...]]]:
    return st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "stranger", None]),
            st.integers(0, 3),
            at,
            st.sampled_from([0.1, 0.2, 1e15, -3.5, 7e-9, None]),
            st.integers(0, 5),
            st.one_of(st.none(), past, future),
            st.one_of(st.none(), past_day, future_day),
        ),
        max_size=12,
    )


def open_rows() -> Of:
    def asks(seen: object) -> dict[str, Partial]:
        return {"it": Partial("count", seen.where(seen.until.is_null()).count)}  # type: ignore[attr-defined] # Rows

    return Of(asks=asks, ends=_it)


def _it(partials: Partials) -> pl.Expr:
    return partials["it"]


def change() -> Of:
    return Of(
        asks=lambda seen: {"now": Partial("sum", seen.column("n")), "then": Partial("sum", seen.before(1).column("n"))},
        ends=lambda partials: partials["now"] - partials["then"],
    )


def elsewhere() -> Of:
    """Windows that are not the metric's own: a year before, and the days of a week one by one."""

    def asks(seen: Rows) -> dict[str, Partial]:
        weeks = {f"{k}": Partial("sum", seen.window(7).before(k).column(Column("n"))) for k in range(4)}
        then = seen.year_before()
        return weeks | {"then": Partial("count", then.count), "days": Partial("set", then.before(1).day)}

    return Of(asks=asks, ends=lambda p: p["0"] - p["1"] * p["2"] + p["3"] + p["then"] * 100 + p["days"].list.len())


def pairs() -> Of:
    def asks(seen: Rows) -> dict[str, Partial]:
        user = seen.column(Column("user"))
        return {"it": Partial("distinct", pl.when(user.is_not_null()).then(pl.struct(user, seen.day)))}

    return Of(asks=asks, ends=_it)


METRICS = {
    "elsewhere": metric(elsewhere(), window="28d"),
    "pairs": metric(pairs(), window="30d"),
    "day_set": metric(Of(asks=lambda seen: {"it": Partial("set", seen.day)}, ends=lambda p: p["it"].list.len())),
    "rows": metric("count"),
    "total": metric("sum:n"),
    "total30": metric("sum:n", window="30d"),
    "change": metric(change(), window="14d"),
    "users": metric("distinct:user"),
    "users7": metric("distinct:user", window="7d"),
    "days": metric(Of(asks=lambda seen: {"it": Partial("distinct", seen.day)}, ends=_it), window="30d"),
    "grade": metric("max:grade"),
    "graded": metric("count:graded"),
    "good": metric("count", where="grade >= 4"),
    "last": metric(Reduce(kind="last", column=Column("n"), by=Column("at"))),
    "open": metric(open_rows()),
    "ended": metric("count:ended"),
    "middle": metric(
        Of(asks=lambda seen: {"it": Partial("values", seen.column("n"))}, ends=lambda p: p["it"].list.median())
    ),
}


def measured(data: list[tuple[object, ...]], as_of: datetime = AS_OF) -> pl.DataFrame:
    frame = pl.DataFrame(data, schema=SCHEMA, orient="row")
    events = table(frame, time="at", until="ended", known={"grade": "graded"})
    result = metrics_as_of(project(METRICS, customers=["a", "b", "c"], events=events), as_of)
    assert result.failed == {}
    return result.frame


def written(frame: pl.DataFrame) -> bytes:
    file = BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


@settings(deadline=None, max_examples=8)
@given(rows(past), rows(future))
def test_rows_that_are_still_to_come_change_nothing(
    seen: list[tuple[object, ...]], unseen: list[tuple[object, ...]]
) -> None:
    assert written(measured(seen + unseen)) == written(measured(seen))


@settings(deadline=None, max_examples=8)
@given(rows(past), st.data())
def test_cells_that_become_known_later_change_nothing(seen: list[tuple[object, ...]], data: st.DataObject) -> None:
    edited: list[tuple[object, ...]] = []
    for *row, grade, graded, ended in seen:
        is_graded = graded is not None and graded < NOW  # type: ignore[operator] # a datetime
        is_ended = ended is not None and ended < NOW.date()  # type: ignore[operator] # a date
        later = (data.draw(st.integers(0, 5)), data.draw(st.one_of(st.none(), future)))
        edited.append(
            (
                *row,
                *((grade, graded) if is_graded else later),
                ended if is_ended else data.draw(st.one_of(st.none(), future_day)),
            )
        )
    assert written(measured(edited)) == written(measured(seen))


@settings(deadline=None, max_examples=8)
@given(rows(past), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seen: list[tuple[object, ...]], random: object) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # random.Random
    assert written(measured(shuffled)) == written(measured(seen))


@settings(deadline=None, max_examples=5)
@given(rows(past))
def test_two_runs_give_the_same_bytes(seen: list[tuple[object, ...]]) -> None:
    assert written(measured(seen)) == written(measured(seen))


def test_two_runs_over_many_chunks_give_the_same_bytes() -> None:
    count = 200_000
    frame = pl.select(
        customer=pl.int_range(count).hash(1) % 50,
        n=(pl.int_range(count).hash(2) % 10_000).cast(pl.Float64) * 0.01 + 1e9,
        user=pl.int_range(count).hash(3) % 500,
    )
    chunks = pl.concat([frame.slice(start, 1_000) for start in range(0, count, 1_000)], rechunk=False)
    metrics = {"total": metric("sum:n"), "users": metric("distinct:user")}
    runs = [metrics_as_of(project(metrics, customers=range(50), events=table(chunks)), AS_OF).frame for _ in range(3)]
    assert len({written(run) for run in runs}) == 1


@settings(deadline=None, max_examples=8)
@given(rows(past))
def test_windows_merge(seen: list[tuple[object, ...]]) -> None:
    """The 14 days of a customer are its last 7 and the 7 before, for what is added up."""
    frame = pl.DataFrame(seen, schema=SCHEMA, orient="row")
    earlier = Reduce(kind="count", before=1)
    metrics = {
        "all": metric("count", window="14d"),
        "now": metric("count", window="7d"),
        "then": metric(earlier, window="7d"),
    }
    result = metrics_as_of(project(metrics, customers=["a", "b", "c"], events=table(frame, time="at")), AS_OF).frame
    assert result.get_column("all").to_list() == (result.get_column("now") + result.get_column("then")).to_list()


@settings(deadline=None, max_examples=8)
@given(rows(past), st.integers(1, 40))
def test_an_earlier_moment_sees_what_it_would_have_seen_then(seen: list[tuple[object, ...]], days: int) -> None:
    moment = AS_OF - timedelta(days=days)
    by_then = [row for row in seen if row[2] < moment.replace(tzinfo=None)]  # type: ignore[operator] # a datetime
    assert written(measured(seen, moment)) == written(measured(by_then, moment))
