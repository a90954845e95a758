# ruff: noqa: E501 - a table of cases is read by its rows
"""The source ``sql``, against real SQLite files, by ADBC and without it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from scorewell.api.v1 import ReadError, Secret
from scorewell_standard.sources import Sql
from scorewell_standard.sources.sql_columns import columns_of
from scorewell_standard.sources.sql_filter import where


@pytest.fixture(params=["adbc", "sqlalchemy"])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test that names it runs by both ways into the database."""
    if request.param == "sqlalchemy":
        monkeypatch.setattr("scorewell_standard.sources.sql_read.find_spec", lambda _: None)
    return str(request.param)


def database(folder: Path, *statements: str) -> Path:
    path = folder / "crm.db"
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


def sql(path: Path, table: str | None = None, query: str | None = None) -> Sql:
    return Sql(url=Secret(f"sqlite:///{path}"), table=table, query=query)


def test_sqlite_columns_are_what_their_cells_are(tmp_path: Path, driver: str) -> None:
    path = database(
        tmp_path,
        "create table t (id integer, code text, opened datetime, closed text, day text, price numeric, paid boolean, mixed, note text, ended datetime)",
        "insert into t values (1, '0017', '2026-03-01 10:00:00.5', '2026-03-02T10:00:00Z', '2026-03-01', 2, 1, 5, null, null)",
        "insert into t values (null, '17', '2026-03-02', '2026-03-02 10:00:00+02:00', null, 2.5, 0, 'x', '', null)",
    )

    table = sql(path, "t").scan("", None).collect()

    assert table.schema == {
        "id": pl.Int64,
        "code": pl.String,
        "opened": pl.Datetime("us"),
        "closed": pl.Datetime("us", "UTC"),
        "day": pl.Date,
        "price": pl.Float64,
        "paid": pl.Boolean,
        "mixed": pl.String,
        "note": pl.String,
        "ended": pl.Datetime("us"),
    }
    assert table.rows() == [
        (1, "0017", datetime(2026, 3, 1, 10, 0, 0, 500_000), datetime(2026, 3, 2, 10, tzinfo=UTC), date(2026, 3, 1), 2.0, True, "5", None, None),
        (None, "17", datetime(2026, 3, 2), datetime(2026, 3, 2, 8, tzinfo=UTC), None, 2.5, False, "x", "", None),
    ]  # fmt: skip


def test_adbc_is_the_way_where_its_driver_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = database(tmp_path, "create table t (id integer)", "insert into t values (1)")
    monkeypatch.delattr("scorewell_standard.sources.sql_read._by_sqlalchemy")

    assert sql(path, "t").scan("", None).collect().rows() == [(1,)]


def test_a_cell_after_thousands_of_nulls_is_read(tmp_path: Path, driver: str) -> None:
    path = database(
        tmp_path,
        "create table t (x text)",
        "insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) select null from n",
        "insert into t values ('late')",
    )

    assert sql(path, "t").scan("", None).collect()["x"].to_list()[-1] == "late"


def test_an_empty_table_keeps_its_columns_and_types(tmp_path: Path, driver: str) -> None:
    path = database(tmp_path, "create table t (id integer, name text, at timestamp, paid boolean)")

    table = sql(path, "t").scan("", None).collect()

    assert table.height == 0
    assert table.schema == {"id": pl.Int64, "name": pl.String, "at": pl.Datetime("us"), "paid": pl.Boolean}


def test_a_filter_that_keeps_nothing_keeps_the_columns(tmp_path: Path, driver: str) -> None:
    path = database(tmp_path, "create table t (id integer, name text)", "insert into t values (1, 'a')")

    table = sql(path, "t").scan("", None).filter(pl.col("id") > 5).collect()

    assert (table.height, table.columns) == (0, ["id", "name"])


def test_a_query_is_read_like_a_table(tmp_path: Path, driver: str) -> None:
    path = database(tmp_path, "create table t (id integer, n real)", "insert into t values (1, 2.5), (1, 3.5)")

    query = "select id, sum(n) as total, '12:30 %' as label from t group by id;"

    assert sql(path, query=query).scan("", None).collect().rows() == [(1, 6.0, "12:30 %")]


def test_a_query_may_end_in_a_comment(tmp_path: Path, driver: str) -> None:
    path = database(tmp_path, "create table t (id integer)", "insert into t values (1), (2)")

    query = "select id from t -- all\nwhere id > 1 -- but the first"

    assert sql(path, query=query).scan("", None).collect().rows() == [(2,)]


def test_the_table_that_is_asked_for_comes_before_the_setting(tmp_path: Path) -> None:
    path = database(tmp_path, "create table a (x)", "create table b (y)")

    assert sql(path, "a").scan("b", None).collect_schema().names() == ["y"]


def test_only_used_columns_and_rows_leave_the_database(tmp_path: Path, statements: list[str]) -> None:
    path = database(
        tmp_path,
        "create table t (id integer, name text, at text, extra text)",
        "insert into t values (1, 'a', '2026-03-01 10:00', 'x'), (2, 'a', '2026-02-01', 'x'), (3, 'b', '2026-03-01', 'x')",
    )
    frame = sql(path, "t").scan("", None)
    statements.clear()

    rows = frame.filter(pl.col("at") >= datetime(2026, 3, 1), pl.col("name") == "a").select("id").collect()

    assert rows["id"].to_list() == [1]
    [sent] = statements
    assert sent.startswith("SELECT t.id AS id, t.name AS name, t.at AS at FROM t WHERE")
    assert "julianday(t.at) >= julianday(?)" in sent
    assert "t.name = ?" in sent


def test_a_limit_reaches_the_database(tmp_path: Path, statements: list[str]) -> None:
    path = database(tmp_path, "create table t (id integer)", "insert into t values (1), (2), (3)")
    frame = sql(path, "t").scan("", None)
    statements.clear()

    assert frame.head(2).collect().height == 2
    assert "LIMIT" in statements[0]


@pytest.mark.parametrize(
    "condition",
    [
        pl.col("at") < datetime(2026, 3, 1, 10),
        pl.col("at").is_between(datetime(2026, 2, 1), datetime(2026, 3, 1, 10)),
        (pl.col("id") > 1) | (pl.col("name") == "a"),
        ~(pl.col("id") > 1),
        pl.col("name").is_not_null() & (pl.col("id") != 2),
        pl.lit(2) <= pl.col("id"),
        pl.col("name").str.starts_with("a"),
        pl.col("name") > "a",
        pl.col("paid"),
        pl.col("at").is_null(),
    ],
)
def test_a_filter_gives_the_same_rows_in_the_database_as_after_it(
    tmp_path: Path, driver: str, condition: pl.Expr
) -> None:
    path = database(
        tmp_path,
        "create table t (id integer, name text, at datetime, paid boolean)",
        "insert into t values (1, 'a', '2026-03-01 10:00:00', 1), (2, 'B', '2026-03-01T09:59:59.999', 0), (3, null, null, null), (4, 'ab', '2026-02-01', 1)",
    )
    frame = sql(path, "t").scan("", None)

    assert frame.filter(condition).collect().equals(frame.collect().filter(condition))


def test_other_databases_send_decimals_as_doubles_and_what_polars_lacks_as_text() -> None:
    table = sa.table(
        "t",
        sa.column("amount", sa.Numeric(10, 2)),
        sa.column("key", sa.Uuid()),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("n", sa.SmallInteger()),
        sa.column("kind", sa.Enum("a", "b", name="kind")),
    )

    columns = columns_of(table)

    assert {column.name: column.dtype for column in columns} == {
        "amount": pl.Float64,
        "key": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "n": pl.Int64,
        "kind": pl.String,
    }
    assert str(sa.select(columns[0].selected)) == "SELECT CAST(t.amount AS DOUBLE) AS amount \nFROM t"


def test_a_moment_is_compared_in_the_database_only_with_one_of_its_kind() -> None:
    columns = {column.name: column for column in columns_of(sa.table("t", sa.column("at", sa.DateTime(timezone=True))))}

    assert str(where(pl.col("at") < datetime(2026, 3, 1, tzinfo=UTC), columns)) == "t.at < :at_1"
    assert where(pl.col("at") < datetime(2026, 3, 1), columns) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "ticket"}, "ticket (sqlite:///{path}): no table 'ticket', did you mean 'tickets'?"),
        ({"table": "zz"}, "zz (sqlite:///{path}): no table 'zz'; it has tickets"),
        ({"query": "select 1 a, 2 a"}, "select 1 a, 2 a (sqlite:///{path}): the query has two columns called 'a'\n    try: … AS other_a"),
        ({"query": "selec 1"}, 'selec 1 (sqlite:///{path}) cannot be read: near "selec": syntax error'),
        ({}, "(sqlite:///{path}): neither table nor query is given: expected one of them"),
        ({"url": "sqlite:///{folder}/crn.db"}, "{folder}/crn.db does not exist, did you mean crm.db?"),
        ({"url": "nothing"}, "sql: url is not a database URL: expected one such as postgresql://host/database"),
        ({"url": "foo://bob:s3cret@h/x", "table": "t"}, "t (foo://h/x): SQLAlchemy knows no database called 'foo'\n    try: pip install the package that brings it to SQLAlchemy, or look how it is written"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    path = database(tmp_path, "create table tickets (id integer)")
    url, table, query = (settings.get(name) for name in ("url", "table", "query"))
    address = (url or f"sqlite:///{path}").replace("{folder}", str(tmp_path))

    with pytest.raises(ReadError) as caught:
        Sql(url=Secret(address), table=table, query=query).scan("", None).collect()

    assert str(caught.value) == message.replace("{path}", str(path)).replace("{folder}", str(tmp_path))


def test_a_file_that_is_no_database_is_told_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    path.write_text("id,n\n" * 1000)

    with pytest.raises(ReadError, match="cannot be read: file is not a database") as caught:
        sql(path, "t").scan("", None)

    assert caught.value.__cause__ is not None


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> sa.Engine:
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(sa, "create_engine", absent)

    with pytest.raises(ReadError) as caught:
        Sql(url=Secret("postgresql://bob:s3cret@h/crm"), table="support.tickets").scan("", None)

    assert str(caught.value) == (
        "support.tickets (postgresql://h/crm): the driver psycopg is not installed\n"
        "    try: pip install 'scorewell[postgresql]'"
    )


def test_a_failure_while_rows_are_read_is_told_with_the_table(tmp_path: Path) -> None:
    path = database(tmp_path, "create table t (id integer)", "insert into t values (1)")
    frame = sql(path, "t").scan("", None)
    database(tmp_path, "drop table t")

    with pytest.raises(ReadError, match=r"^t \(sqlite:.*\) cannot be read: no such table: t$"):
        frame.collect()


def test_a_description_has_neither_user_nor_password() -> None:
    source = Sql(
        url=Secret("postgresql+psycopg://bob:s3cret@db:5432/crm?sslpassword=x"), query="select * from big where a"
    )

    assert source.described("") == "select * from big where a (postgresql://db/crm)"
    assert source.described("support.tickets") == "support.tickets (postgresql://db/crm)"


def test_a_table_and_a_query_together_are_a_problem() -> None:
    source = Sql(url=Secret("sqlite:///x.db"), table="t", query="select 1")

    assert list(source.problems()) == ["table and query are both given: one of them suffices"]


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("snowflake://h/x", "pip install snowflake-sqlalchemy"),
        ("sqlit:///x.db", "pip install the package that brings it to SQLAlchemy, or look how it is written"),
    ],
)
def test_of_a_database_that_sqlalchemy_does_not_know_it_says_what_brings_it(url: str, hint: str) -> None:
    with pytest.raises(ReadError) as caught:
        Sql(url=Secret(url), table="t").scan("", None)
    assert caught.value.hint == hint
