# ruff: noqa: E501, S106 - a table of cases is read by its rows; the password is of a server that lives for one test
"""The source ``sql`` against a real PostgreSQL server, by ADBC and without it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
import sqlalchemy as sa
from tests.support.postgresql import PASSWORD

from scorewell.api.v1 import ReadError, Secret
from scorewell_standard.sources import Sql


@pytest.fixture(params=["adbc", "sqlalchemy"])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test that names it runs by both ways into the database, and neither may stand in for the other."""
    if request.param == "sqlalchemy":
        monkeypatch.setattr("scorewell_standard.sources.sql_read.find_spec", lambda _: None)
    else:
        monkeypatch.delattr("scorewell_standard.sources.sql_read._by_sqlalchemy")
    return str(request.param)


def executed(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def sql(url: str, table: str | None = None, query: str | None = None) -> Sql:
    return Sql(url=Secret(url), table=table, query=query)


def test_every_type_is_read_as_what_it_means(postgresql_url: str, driver: str) -> None:
    executed(
        postgresql_url,
        "create type kind as enum ('bug', 'wish')",
        """create table t (id integer, small smallint, big bigint, price numeric(10, 2), ratio real, share double precision,
           paid boolean, name varchar(20), note text, fixed char(3), day date, opened timestamp, closed timestamptz,
           key uuid, kind kind, extra jsonb, wait interval, tags text[])""",
        """insert into t values (1, 2, 3000000000, 12.30, 0.5, 0.25, true, 'Zoë', '', 'abc', '2026-03-01',
           '2026-03-01 10:00:00.5', '2026-03-01 10:00:00+02', '00000000-0000-0000-0000-000000000001', 'bug', '{"a": 1}',
           '1 day', '{a,b}')""",
        "insert into t (id) values (null)",
    )

    table = sql(postgresql_url, "t").scan("", None).collect()

    assert table.schema == {
        "id": pl.Int64,
        "small": pl.Int64,
        "big": pl.Int64,
        "price": pl.Float64,
        "ratio": pl.Float64,
        "share": pl.Float64,
        "paid": pl.Boolean,
        "name": pl.String,
        "note": pl.String,
        "fixed": pl.String,
        "day": pl.Date,
        "opened": pl.Datetime("us"),
        "closed": pl.Datetime("us", "UTC"),
        "key": pl.String,
        "kind": pl.String,
        "extra": pl.String,
        "wait": pl.String,
        "tags": pl.String,
    }
    assert table.row(0) == (
        *(1, 2, 3_000_000_000, 12.3, 0.5, 0.25, True, "Zoë", "", "abc", date(2026, 3, 1)),
        datetime(2026, 3, 1, 10, 0, 0, 500_000),
        datetime(2026, 3, 1, 8, tzinfo=UTC),
        *("00000000-0000-0000-0000-000000000001", "bug", '{"a": 1}', "1 day", "{a,b}"),
    )
    assert table.row(1) == (None,) * 18


def test_a_table_of_another_schema_is_named_with_it(postgresql_url: str, driver: str) -> None:
    executed(
        postgresql_url,
        "create schema support",
        "create table support.tickets (id integer)",
        "insert into support.tickets values (7)",
    )

    assert sql(postgresql_url, "support.tickets").scan("", None).collect().rows() == [(7,)]


def test_a_view_is_read_like_a_table(postgresql_url: str, driver: str) -> None:
    executed(postgresql_url, "create view v as select 1 as id, date '2026-03-01' as day")

    assert sql(postgresql_url, "v").scan("", None).collect().rows() == [(1, date(2026, 3, 1))]


def test_a_query_is_read_with_the_types_that_the_server_says(postgresql_url: str, driver: str) -> None:
    executed(postgresql_url, "create table t (id integer, n numeric)", "insert into t values (1, 2.5), (1, 3.5)")

    query = "select id, sum(n) as total, '12:30 %' as label, date '2026-03-01' as day from t where id::text = '1' group by id;"
    table = sql(postgresql_url, query=query).scan("", None).collect()

    assert table.rows() == [(1, 6.0, "12:30 %", date(2026, 3, 1))]


def test_an_empty_table_keeps_its_columns_and_types(postgresql_url: str, driver: str) -> None:
    executed(postgresql_url, "create table t (id integer, price numeric, at timestamptz)")

    table = sql(postgresql_url, "t").scan("", None).collect()

    assert table.height == 0
    assert table.schema == {"id": pl.Int64, "price": pl.Float64, "at": pl.Datetime("us", "UTC")}


def test_more_rows_than_a_batch_arrive_each_once(postgresql_url: str, driver: str) -> None:
    executed(postgresql_url, "create table t as select n as id from generate_series(1, 120000) n")

    ids = sql(postgresql_url, "t").scan("", None).collect()["id"]

    assert (ids.len(), ids.n_unique(), ids.min(), ids.max()) == (120_000, 120_000, 1, 120_000)


def test_only_used_columns_and_rows_leave_the_database(postgresql_url: str, statements: list[str]) -> None:
    executed(
        postgresql_url,
        "create table t (id integer, name text, at timestamptz, extra text)",
        "insert into t values (1, 'a', '2026-03-01 10:00+00', 'x'), (2, 'a', '2026-02-01 00:00+00', 'x')",
    )
    frame = sql(postgresql_url, "t").scan("", None)
    statements.clear()

    rows = frame.filter(pl.col("at") >= datetime(2026, 3, 1, tzinfo=UTC), pl.col("name") == "a").select("id").collect()

    assert rows["id"].to_list() == [1]
    [sent] = [statement for statement in statements if " FROM t" in statement]
    assert sent.startswith("SELECT t.id AS id, t.name AS name, t.at AS at FROM t WHERE")


@pytest.mark.parametrize(
    "condition",
    [
        pl.col("at") < datetime(2026, 3, 1, 10, tzinfo=UTC),
        pl.col("local") < datetime(2026, 3, 1, 10),
        pl.col("day") >= date(2026, 3, 1),
        pl.col("day").is_between(date(2026, 2, 1), date(2026, 2, 28)),
        (pl.col("id") > 1) | (pl.col("name") == "a"),
        ~(pl.col("id") > 1),
        pl.col("name").is_not_null() & (pl.col("id") != 2),
        pl.lit(2) <= pl.col("id"),
        pl.col("price") > 0.1,
        pl.col("name") > "a",
        pl.col("paid"),
        pl.col("at").is_null(),
    ],
)
def test_a_filter_gives_the_same_rows_in_the_database_as_after_it(
    postgresql_url: str, driver: str, condition: pl.Expr
) -> None:
    executed(
        postgresql_url,
        "create table t (id integer, name text, at timestamptz, local timestamp, day date, price numeric, paid boolean)",
        "insert into t values (1, 'a', '2026-03-01 10:00+00', '2026-03-01 10:00', '2026-03-01', 0.1, true),"
        " (2, 'B', '2026-03-01 09:59:59.999+00', '2026-03-01 09:59:59.999', '2026-02-28', 0.2, false),"
        " (3, null, null, null, null, null, null),"
        " (4, 'ab', '2026-02-01 00:00+00', '2026-02-01', '2026-02-01', 3, true)",
    )
    frame = sql(postgresql_url, "t").scan("", None)

    assert frame.filter(condition).collect().sort("id").equals(frame.collect().filter(condition).sort("id"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_url_need_not_name_the_driver(postgresql_url: str, scheme: str) -> None:
    executed(postgresql_url, "create table t as select 1 as id")
    url = postgresql_url.replace("postgresql+psycopg", scheme)

    assert sql(url, "t").scan("", None).collect().rows() == [(1,)]


@pytest.mark.parametrize(
    ("table", "query", "words"),
    [
        ("ticket", None, "no table 'ticket', did you mean 'tickets'?"),
        (None, "selec 1", 'cannot be read: syntax error at or near "selec"'),
        ("hidden", None, "cannot be read: permission denied for table hidden"),
        (None, "select 1 a, 2 a", "the query has two columns called 'a'"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    postgresql_url: str, table: str | None, query: str | None, words: str
) -> None:
    executed(
        postgresql_url,
        "create table tickets (id integer)",
        "create table hidden (id integer)",
        "drop role if exists reader",
        "create role reader login password 'reader-pw'",
    )
    url = sa.make_url(postgresql_url).set(username="reader", password="reader-pw").render_as_string(hide_password=False)

    with pytest.raises(ReadError) as caught:
        sql(url, table, query).scan("", None).collect()

    assert words in str(caught.value)
    assert "reader-pw" not in str(caught.value)
    assert str(caught.value).splitlines()[0].count("(postgresql://127.0.0.1/") == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong-pw"}, 'password authentication failed for user "scorewell"'),
        ({"port": 1}, "cannot be read: connection"),
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
    ],
)
def test_a_server_that_refuses_is_told_without_the_password(
    postgresql_url: str, change: dict[str, str | int], words: str
) -> None:
    url = sa.make_url(postgresql_url).set(**change).render_as_string(hide_password=False)

    with pytest.raises(ReadError) as caught:
        sql(url, "t").scan("", None)

    assert words in str(caught.value)
    assert "wrong-pw" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
