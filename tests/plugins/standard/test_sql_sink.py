"""The sink ``sql`` against real databases: whole or not at all, and nobody's rows but its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import attrs
import polars as pl
import pytest
import sqlalchemy as sa
from tests.support.one_run import BERLIN, OneRun
from tests.support.postgresql import PASSWORD

from scorewell.api.v1 import Run, ScorewellError, Secret
from scorewell_standard.sinks import Sql
from scorewell_standard.sinks.sql_tables import column_names
from scorewell_standard.sources import Sql as Source

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=BERLIN), datetime(2026, 4, 1, tzinfo=BERLIN)


@attrs.frozen(kw_only=True)
class SummedUp(OneRun):
    """A run with the given scores; its summary has the same rows."""

    def summary(self) -> pl.DataFrame:
        return self.scores.select(
            pl.lit(self.project).alias("project"),
            "customer_id",
            "score_name",
            "name",
            pl.lit(None, dtype=pl.String).alias("owner"),
            "score",
            pl.lit("stable").alias("band"),
            pl.lit(None, dtype=pl.Float64).alias("score_change"),
            pl.lit("Seats in use: 40% (30 points lost)\nCalls: 0 (2.5 points lost)").alias("reasons"),
            pl.lit(1.0).alias("data_completeness"),
            pl.lit("scored").alias("status"),
            "as_of",
        )


def run_of(*rows: tuple[str, float | None], as_of: datetime = MARCH, **changes: Any) -> SummedUp:
    """A run with these customers and scores; ``columns`` are further columns, the same for all."""
    columns: Mapping[str, Any] = changes.pop("columns", {})
    scores = pl.DataFrame(
        [(customer, "health", customer.upper(), score) for customer, score in rows],
        schema={"customer_id": pl.String, "score_name": pl.String, "name": pl.String, "score": pl.Float64},
        orient="row",
    )
    moment = pl.lit(as_of).cast(pl.Datetime("us", "Europe/Berlin")).alias("as_of")
    more = [
        value.alias(name) if isinstance(value, pl.Expr) else pl.lit(value).alias(name)
        for name, value in columns.items()
    ]
    return SummedUp(scores=scores.with_columns(moment, *more), as_of=as_of, **changes)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database; every test that names it runs on each."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/crm.db"
    return str(request.getfixturevalue("postgresql_url"))


def sink(url: str, scores: str | None = "scores", summary: str | None = None) -> Sql:
    return Sql(url=Secret(url), scores=scores, summary=summary)


def executed(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def columns(url: str, table: str) -> dict[str, str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {column["name"]: str(column["type"]) for column in sa.inspect(connection).get_columns(table)}


ALL = "select project, customer_id, score from scores order by project, as_of, customer_id"
SUMMARY = "select project, customer_id, score from summary order by project, customer_id"


# -- what is written ---------------------------------------------------------------------------------------------------


def test_the_scores_frame_becomes_a_table_with_the_project_before_it(url: str) -> None:
    run: Run = run_of(("a", 70.0), ("b", None), columns={"metric.n": 0.1 + 0.2, "contribution.usage.n": -30.0})

    receipt = sink(url).deliver(run)

    assert list(columns(url, "scores")) == [
        *("project", "customer_id", "score_name", "name", "score", "as_of", "metric.n", "contribution.usage.n")
    ]
    quoted = 'select project, customer_id, name, score, "metric.n", "contribution.usage.n" from scores order by 2'
    assert rows(url, quoted) == [("acme", "a", "A", 70.0, 0.1 + 0.2, -30.0), ("acme", "b", "B", None, 0.1 + 0.2, -30.0)]
    assert (receipt.count, receipt.what) == (2, "rows")


def test_the_summary_is_a_table_of_twelve_columns(url: str) -> None:
    sink(url, None, "crm").deliver(run_of(("a", 70.0)))

    assert list(columns(url, "crm")) == [
        *("project", "customer_id", "score_name", "name", "owner", "score", "band", "score_change"),
        *("reasons", "data_completeness", "status", "as_of"),
    ]
    [row] = rows(url, "select customer_id, score, owner, reasons from crm")
    assert row == ("a", 70.0, None, "Seats in use: 40% (30 points lost)\nCalls: 0 (2.5 points lost)")


def test_a_moment_is_the_same_instant_in_the_database(url: str) -> None:
    sink(url).deliver(run_of(("a", 70.0)))

    [(moment,)] = rows(url, "select as_of from scores")
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    assert read == datetime(2026, 2, 28, 23, tzinfo=UTC)


def test_every_kind_of_cell_arrives_unharmed(url: str) -> None:
    cells = {
        "metric.text": pl.Series(["Zoë, \"q\"\n'x' ; \\ %s :y 👩‍🚀"]),
        "metric.empty": pl.Series([""]),
        "metric.null": pl.Series([None], dtype=pl.String),
        "metric.long": pl.Series(["x" * 100_000]),
        "metric.nul": pl.Series(["a\x00b"]),
        "metric.nan": pl.Series([float("nan")]),
        "metric.inf": pl.Series([float("-inf")]),
        "metric.small": pl.Series([5e-324]),
        "metric.large": pl.Series([1.7976931348623157e308]),
        "metric.whole": pl.Series([2**62], dtype=pl.Int64),
        "metric.band": pl.Series(["low"], dtype=pl.Categorical),
        "metric.day": pl.Series([date(2026, 3, 1)]),
        "metric.local": pl.Series([datetime(2026, 3, 1, 10, 0, 0, 5)]),
    }
    run = run_of(("a", 1.0))
    sink(url).deliver(
        attrs.evolve(run, scores=run.scores.with_columns(value.alias(name) for name, value in cells.items()))
    )

    names = ", ".join(f'"{name}"' for name in cells)
    [row] = rows(url, f"select {names} from scores")
    *values, day, local = row
    assert values == [
        *(cells["metric.text"].item(), "", None, "x" * 100_000, "a\ufffdb", None, None),
        *(5e-324, 1.7976931348623157e308, 2**62, "low"),
    ]
    assert str(day) == "2026-03-01"
    assert str(local).replace("T", " ") == "2026-03-01 10:00:00.000005"


def test_more_rows_than_a_batch_are_each_there_once(url: str) -> None:
    sink(url).deliver(run_of(*((f"c{number:05}", 1.0) for number in range(45_000))))

    assert rows(url, "select count(*), count(distinct customer_id) from scores") == [(45_000, 45_000)]


def test_no_customers_are_an_empty_table(url: str) -> None:
    sink(url, "scores", "summary").deliver(run_of())

    assert rows(url, ALL) == rows(url, SUMMARY) == []


@pytest.mark.parametrize("word", ["order", "select", "user", "Mixed Case", "ünï"])
def test_a_table_may_be_called_anything(url: str, word: str) -> None:
    to = sink(url, word)
    to.deliver(run_of(("a", 1.0)))
    to.deliver(run_of(("a", 2.0), columns={"group": 1.0}))

    assert rows(url, f'select score, "group" from "{word}"') == [(2.0, 1.0)]


def test_what_is_written_is_read_again_by_the_source(url: str) -> None:
    run = run_of(("a", 0.1 + 0.2), ("b", None), columns={"metric.plan": "L"})
    sink(url, "scores", "summary").deliver(run)

    for table, sent in (("scores", run.scores), ("summary", run.summary())):
        read = Source(url=Secret(url), table=table).scan("", None).collect().sort("customer_id")
        moment = pl.col("as_of").dt.convert_time_zone("UTC")
        known = [name for name in sent.columns if sent[name].null_count() < sent.height]
        assert read.select(known).equals(sent.select(known).with_columns(moment))


# -- whose rows are replaced -------------------------------------------------------------------------------------------


def test_the_same_moment_again_replaces_its_rows(url: str) -> None:
    sink(url).deliver(run_of(("a", 70.0), ("b", 30.0)))
    sink(url).deliver(run_of(("a", 60.0), id="another configuration"))

    assert rows(url, ALL) == [("acme", "a", 60.0)]


def test_each_moment_keeps_its_rows(url: str) -> None:
    sink(url).deliver(run_of(("a", 70.0)))
    sink(url).deliver(run_of(("a", 60.0), as_of=APRIL))

    assert rows(url, ALL) == [("acme", "a", 70.0), ("acme", "a", 60.0)]


def test_projects_share_a_table_and_keep_out_of_each_others_rows(url: str) -> None:
    to = sink(url, "scores", "summary")
    for _ in range(2):
        to.deliver(run_of(("a", 70.0)))
        to.deliver(run_of(("a", 20.0), project="bolt"))

    assert rows(url, ALL) == rows(url, SUMMARY) == [("acme", "a", 70.0), ("bolt", "a", 20.0)]


def test_a_limited_delivery_replaces_its_customers_alone(url: str) -> None:
    to = sink(url, "scores", "summary")
    to.deliver(run_of(("a", 70.0), ("b", 30.0)))
    to.deliver(run_of(("b", 50.0), selection="only-smb"))

    assert rows(url, ALL) == rows(url, SUMMARY) == [("acme", "a", 70.0), ("acme", "b", 50.0)]


def test_a_limited_delivery_may_be_large(url: str) -> None:
    many = [(f"c{number:04}", 1.0) for number in range(1_200)]
    to = sink(url, "scores", "summary")
    to.deliver(run_of(("a", 70.0), *many))
    to.deliver(run_of(*((customer, 2.0) for customer, _ in many), selection="only-smb"))

    for table in ("scores", "summary"):
        assert rows(url, f"select score, count(*) from {table} group by score order by score") == [
            (2.0, 1_200),
            (70.0, 1),
        ]


def test_the_summary_has_one_row_a_customer_the_latest(url: str) -> None:
    to = sink(url, None, "summary")
    to.deliver(run_of(("a", 70.0), ("gone", 30.0)))
    to.deliver(run_of(("a", 60.0), ("new", 10.0), as_of=APRIL))

    assert rows(url, SUMMARY) == [("acme", "a", 60.0), ("acme", "new", 10.0)]


def test_a_run_of_a_former_moment_does_not_take_the_summary_back(url: str) -> None:
    to = sink(url, "scores", "summary")
    to.deliver(run_of(("a", 60.0), as_of=APRIL))
    to.deliver(run_of(("a", 70.0), ("b", 30.0)))
    to.deliver(run_of(("a", 75.0), selection="only-a"))

    assert rows(url, SUMMARY) == [("acme", "a", 60.0), ("acme", "b", 30.0)]
    assert rows(url, ALL) == [("acme", "a", 75.0), ("acme", "b", 30.0), ("acme", "a", 60.0)]


# -- tables that are there already -------------------------------------------------------------------------------------


def test_a_new_metric_is_a_new_column_and_former_rows_are_null_there(url: str) -> None:
    sink(url).deliver(run_of(("a", 70.0)))
    sink(url).deliver(run_of(("a", 60.0), as_of=APRIL, columns={"metric.plan": "L", "metric.n": 1.0}))

    assert rows(url, 'select score, "metric.plan", "metric.n" from scores order by as_of') == [
        (70.0, None, None),
        (60.0, "L", 1.0),
    ]


def test_a_metric_that_is_gone_leaves_its_column(url: str) -> None:
    sink(url).deliver(run_of(("a", 70.0), columns={"metric.n": 1.0}))
    sink(url).deliver(run_of(("a", 60.0), as_of=APRIL))

    assert rows(url, 'select score, "metric.n" from scores order by as_of') == [(70.0, 1.0), (60.0, None)]


def test_a_metric_of_another_type_is_refused_and_nothing_is_changed(url: str) -> None:
    to = sink(url, "scores", "summary")
    to.deliver(run_of(("a", 70.0), columns={"metric.plan": 1.0}))

    with pytest.raises(ScorewellError) as caught:
        to.deliver(run_of(("a", 60.0), columns={"metric.new": 1.0, "metric.plan": "L"}))

    kind = "DOUBLE PRECISION" if url.startswith("postgresql") else "DOUBLE"
    assert str(caught.value) == (
        f"scores: column 'metric.plan' is {kind}, but TEXT is delivered\n"
        "    try: deliver to another table, or give the metric another name"
    )
    assert rows(url, ALL) == rows(url, SUMMARY) == [("acme", "a", 70.0)]
    assert "metric.new" not in columns(url, "scores")


def test_whole_numbers_fit_into_a_column_of_numbers_and_not_the_other_way_round(url: str) -> None:
    executed(url, 'create table scores ("metric.n" double precision, "metric.m" integer)')
    sink(url).deliver(run_of(("a", 1.0), columns={"metric.n": pl.lit(3, dtype=pl.Int64)}))

    with pytest.raises(ScorewellError, match=r"column 'metric\.m' is INTEGER"):
        sink(url).deliver(run_of(("a", 1.0), columns={"metric.m": 0.5}))


def test_columns_of_somebody_else_are_left_alone(url: str) -> None:
    executed(url, "create table summary (note text, customer_id varchar(40))")
    sink(url, None, "summary").deliver(run_of(("a", 70.0)))

    assert rows(url, "select note, customer_id, score from summary") == [(None, "a", 70.0)]


def test_a_long_name_is_shortened_and_still_itself(postgresql_url: str) -> None:
    path = "contribution.product_usage.adoption_of_the_reporting_module.weekly_active_"
    names = {f"{path}{who}": number for number, who in enumerate(("users", "teams", "ürün"), start=1)}
    for _ in range(2):
        sink(postgresql_url).deliver(run_of(("a", 1.0), columns={name: float(value) for name, value in names.items()}))

    written = [name for name in columns(postgresql_url, "scores") if name.startswith("contribution.")]
    assert [len(name.encode()) for name in written] == [63, 63, 63]
    selected = ", ".join(f'"{name}"' for name in written)
    assert rows(postgresql_url, f"select {selected} from scores") == [(1.0, 2.0, 3.0)]


def test_names_that_differ_in_case_alone_are_refused_where_the_database_cannot_tell_them_apart(tmp_path: Path) -> None:
    run = run_of(("a", 1.0), columns={"metric.NPS": 1.0, "metric.nps": 2.0})

    with pytest.raises(ScorewellError, match=r"sqlite treats the columns metric\.NPS and metric\.nps as the same"):
        sink(f"sqlite:///{tmp_path}/crm.db").deliver(run)


def test_a_shortened_name_never_breaks_a_letter() -> None:
    dialect = sa.create_engine("sqlite://").dialect
    dialect.max_identifier_length = 12
    [name] = column_names(["ab" + "ü" * 10], dialect).values()
    assert name.startswith("ab_")


def test_a_schema_is_named_before_the_table(postgresql_url: str) -> None:
    executed(postgresql_url, "create schema health")
    to = sink(postgresql_url, "health.scores", "health.summary")
    to.deliver(run_of(("a", 1.0)))
    to.deliver(run_of(("a", 2.0), columns={"metric.n": 1.0}))

    assert rows(postgresql_url, 'select score, "metric.n" from health.scores') == [(2.0, 1.0)]
    assert rows(postgresql_url, "select score from health.summary") == [(2.0,)]


# -- whole or not at all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("former", [True, False])
def test_a_delivery_that_fails_half_way_changes_nothing(
    url: str, former: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = sink(url, "scores", "summary")
    if former:
        to.deliver(run_of(("a", 70.0)))

    def broken(self: SummedUp) -> pl.DataFrame:
        raise ScorewellError("no words")

    monkeypatch.setattr(SummedUp, "summary", broken)
    with pytest.raises(ScorewellError, match="no words"):
        to.deliver(run_of(("b", 10.0)))

    if former:
        assert rows(url, ALL) == rows(url, SUMMARY) == [("acme", "a", 70.0)]
    else:
        assert not sa.inspect(sa.create_engine(url, poolclass=sa.NullPool)).get_table_names()


def test_a_reader_sees_the_former_rows_until_the_new_ones_are_all_there(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = sink(url, "scores", "summary")
    to.deliver(run_of(("a", 70.0)))
    seen: list[list[tuple[Any, ...]]] = []
    summary = SummedUp.summary

    def looking(self: SummedUp) -> pl.DataFrame:  # asked for after the scores were written
        seen.append(rows(url, ALL))
        return summary(self)

    monkeypatch.setattr(SummedUp, "summary", looking)
    to.deliver(run_of(("a", 60.0), ("b", 10.0)))

    assert seen == [[("acme", "a", 70.0)]]
    assert rows(url, ALL) == [("acme", "a", 60.0), ("acme", "b", 10.0)]


def test_deliveries_at_the_same_time_come_one_after_the_other(url: str) -> None:
    many = tuple((f"c{number:04}", 1.0) for number in range(2_000))
    failed: list[BaseException] = []

    def deliver() -> None:
        try:
            sink(url, "scores", "summary").deliver(run_of(*many))
        except BaseException as error:  # noqa: BLE001 - a thread's error is looked at below
            failed.append(error)

    threads = [Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert rows(url, "select count(*), count(distinct customer_id) from scores") == [(2_000, 2_000)]
    assert rows(url, "select count(*) from summary") == [(2_000,)]


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong-pw"}, 'password authentication failed for user "scorewell"'),
        ({"port": 1}, "cannot be written: connection"),
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
    ],
)
def test_a_server_that_refuses_is_told_in_one_line_without_the_password(
    postgresql_url: str, change: dict[str, str | int], words: str
) -> None:
    address = sa.make_url(postgresql_url).set(**change).render_as_string(hide_password=False)

    with pytest.raises(ScorewellError) as caught:
        sink(address).deliver(run_of(("a", 1.0)))

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "wrong-pw" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_text_too_long_for_somebodys_column_is_told_with_the_table(postgresql_url: str) -> None:
    executed(postgresql_url, "create table scores (name varchar(3))")

    with pytest.raises(ScorewellError, match=r"^scores \(postgresql://.*\) cannot be written: value too long for type"):
        sink(postgresql_url).deliver(run_of(("abcd", 1.0)))


def test_a_schema_that_is_not_there_is_told(postgresql_url: str) -> None:
    with pytest.raises(ScorewellError, match='cannot be written: schema "nowhere" does not exist'):
        sink(postgresql_url, "nowhere.scores").deliver(run_of(("a", 1.0)))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScorewellError, match="cannot be written: unable to open database file"):
        sink(f"sqlite:///{tmp_path}/nowhere/crm.db").deliver(run_of(("a", 1.0)))


def test_a_table_that_somebody_locks_is_told_and_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scorewell_standard.sinks.sql_delivery._SECONDS_TO_WAIT_FOR_OTHERS", 0)
    other = sqlite3.connect(tmp_path / "crm.db", isolation_level=None)
    other.execute("begin immediate")
    try:
        with pytest.raises(ScorewellError, match="cannot be written: database is locked"):
            sink(f"sqlite:///{tmp_path}/crm.db").deliver(run_of(("a", 1.0)))
    finally:
        other.close()


@pytest.mark.parametrize(
    ("scores", "summary", "problem"),
    [
        (None, None, "neither scores nor summary is given: name the table of at least one"),
        ("t", "t", "scores and summary are both t: each needs a table of its own"),
    ],
)
def test_at_least_one_table_is_named_and_no_two_are_one(scores: str | None, summary: str | None, problem: str) -> None:
    assert list(sink("sqlite://", scores, summary).problems()) == [problem]


def test_the_receipt_names_tables_and_database_and_no_password(postgresql_url: str) -> None:
    location = sink(postgresql_url, "scores", "crm").deliver(run_of(("a", 1.0))).location

    assert location == f"scores and crm (postgresql://127.0.0.1/{sa.make_url(postgresql_url).database})"
