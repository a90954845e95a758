"""Every example in the dialect's page is computed, and every function has one."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.conftest import CHECKOUT
from tests.support.eager_rows import EagerRows, measured

from scorewell.api.v1 import Expression
from scorewell.dialect import DialectError, SqlAggregate, check_types, expression
from scorewell.dialect.functions import AGGREGATES, FUNCTIONS

PAGE = (CHECKOUT / "docs" / "reference" / "dialect.md").read_text()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
AS_OF = pl.lit(NOW, pl.Datetime("us", "UTC"))
ROW, ROWS = (
    pl.read_csv(io.StringIO(text), try_parse_dates=True, schema_overrides={"owner": pl.String, "is_paid": pl.Boolean})
    for text in re.findall(r"```csv rows\n(.*?)```", PAGE, flags=re.DOTALL)
)


def examples(*heads):
    """The rows of all tables whose first columns are called ``heads``, as tuples of those cells."""
    found, reading = [], False
    for line in PAGE.splitlines():
        cells = [cell.strip().strip("`").replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if tuple(cells[: len(heads)]) == heads:
            reading = True
        elif not cells:
            reading = False
        elif reading and set(cells[0]) != {"-"}:
            found.append(tuple(cells[: len(heads)]))
    return found


def agrees(value, told):
    """Whether a computed value is what the page tells, to the decimals that it tells."""
    if told in ("—", "true", "false"):
        return value is {"—": None, "true": True, "false": False}[told]
    if isinstance(value, str):
        return value == told
    return not isinstance(value, bool) and value == pytest.approx(
        float(told), abs=0.5 * 10 ** -len(told.partition(".")[2])
    )


def rowwise(sql):
    expr = expression(sql, as_of=AS_OF, schema=ROW.schema)
    check_types(expr, ROW.schema)
    return ROW.select(expr.alias("value")).item()


def aggregate(sql, rows):
    moments = rows.with_columns(pl.col("at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
    return measured(SqlAggregate(sql=Expression(sql)), EagerRows(moments, NOW, time_column="at"))


@pytest.mark.parametrize(("sql", "told"), examples("expression", "value"))
def test_an_expression_is_what_the_page_tells(sql, told):
    assert agrees(rowwise(sql), told)


@pytest.mark.parametrize(("sql", "told", "without"), examples("aggregate", "value", "without rows"))
def test_an_aggregate_is_what_the_page_tells(sql, told, without):
    assert agrees(aggregate(sql, ROWS), told)
    assert agrees(aggregate(sql, ROWS.clear()), without)


@pytest.mark.parametrize(("sql", "message"), examples("expression", "the message says"))
def test_a_refused_expression_is_told_as_the_page_says(sql, message):
    with pytest.raises(DialectError, match=re.escape(message)):
        rowwise(sql)


@pytest.mark.parametrize(("sql", "message"), examples("aggregate", "the message says"))
def test_a_refused_aggregate_is_told_as_the_page_says(sql, message):
    [problem] = SqlAggregate(sql=Expression(sql)).problems()
    assert message in problem


@pytest.mark.parametrize(
    ("names", "heads"), [(FUNCTIONS, ("expression", "value")), (AGGREGATES, ("aggregate", "value"))]
)
def test_every_function_has_an_example(names, heads):
    told = " ".join(sql for sql, _ in examples(*heads))

    assert [name for name in names if f"{name}(" not in told.replace("(*", "(")] == []
