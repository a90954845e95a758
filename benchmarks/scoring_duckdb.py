"""The job in DuckDB: one query, percentiles by window functions, weights joined by segment."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import duckdb
from scoring_input import (
    BANDS,
    COMPRESSION,
    CONTRIBUTIONS,
    DIMENSIONS,
    FURTHEST,
    GOOD,
    METRICS,
    NORMAL_P,
    NORMAL_Q,
    OK,
    PLANS,
    SEGMENTS,
    WEIGHTS,
    Z90,
    dimension_whole,
    kind,
    members,
    metric_weight,
    of_kind,
)


def score(source: Path, target: Path) -> None:
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(f"COPY ({query(source)}) TO '{target}' (FORMAT parquet, COMPRESSION {COMPRESSION})")


def query(source: Path) -> str:
    """Named steps, so that nothing is computed twice; DuckDB runs them as one pipeline but for windows and sort."""
    return f"""
    WITH weights({listed(["s", *weights()])}) AS (VALUES {weight_rows()}),
    assigned AS (
        SELECT *,
            CASE plan {listed((f"WHEN '{plan}' THEN {s}" for s, plan in enumerate(PLANS[:-1])), " ")} ELSE 3 END AS g
        FROM '{source}'
    ),
    customers AS (
        SELECT *, CASE WHEN "@active" THEN g END AS s, {listed(f"{distance(i)} AS z{i}" for i in of_kind("curve"))}
        FROM assigned
    ),
    ranked AS (
        SELECT *,
            {listed(f"{tail(i)} AS tail{i}" for i in of_kind("curve"))},
            {listed(f"{rank(i)} AS r{i}" for i in of_kind("percentile"))}
        FROM customers
    ),
    normalized AS (
        SELECT customer_id, "@active", g, s, {listed(f"{normalized(i)} AS n{i}" for i in range(20))} FROM ranked
    ),
    weighted AS (
        SELECT *, {listed(f"nullif({present('n', 'w', members(d))}, 0) AS t{d}" for d in range(5))}
        FROM normalized LEFT JOIN weights USING (s)
    ),
    dimensions AS (
        SELECT *, {listed(f"{total('n', 'w', members(d))} / t{d} AS d{d}" for d in range(5))} FROM weighted
    ),
    covered AS (
        SELECT *, nullif({present("d", "dw", range(5))}, 0) AS t,
            ({listed((f"coalesce(t{d}, 0) / whole{d} * dw{d}" for d in range(5)), " + ")}) / 100 AS coverage
        FROM dimensions
    ),
    raws AS (
        SELECT *, CASE WHEN coverage >= 0.5 - 1e-9 THEN {total("d", "dw", range(5))} / t END AS raw FROM covered
    ),
    scored AS (SELECT *, floor(round(raw, 9) + 0.5) AS score FROM raws)
    SELECT
        customer_id,
        CASE g {listed((f"WHEN {s} THEN '{segment}'" for s, segment in enumerate(SEGMENTS)), " ")} END AS segment,
        score,
        CASE {listed((f"WHEN score <= {up_to} THEN '{band}'" for band, up_to in BANDS.items()), " ")} END AS band,
        CASE WHEN NOT "@active" THEN 'inactive' WHEN score IS NULL THEN 'insufficient_data'
            WHEN coverage < 1 - 1e-9 THEN 'partial' ELSE 'scored' END AS status,
        round(coverage, 9) AS coverage,
        CASE WHEN score IS NOT NULL THEN 100e0 END AS baseline,
        {listed(f'round(d{d}, 9) AS "dimension.{name}"' for d, name in enumerate(DIMENSIONS))},
        {listed(f'{contribution(i)} AS "{name}"' for i, name in enumerate(CONTRIBUTIONS))}
    FROM scored ORDER BY customer_id
    """


def listed(parts: Iterable[str], separator: str = ", ") -> str:
    return separator.join(parts)


def weights() -> dict[str, list[float]]:
    """The columns of the table of weights, each with its value for each segment."""
    return {
        **{f"w{i}": [metric_weight(i, segment) for segment in range(4)] for i in range(20)},
        **{f"dw{d}": list(WEIGHTS[name]) for d, name in enumerate(DIMENSIONS)},
        **{f"whole{d}": [dimension_whole(d, segment) for segment in range(4)] for d in range(5)},
    }


def weight_rows() -> str:
    rows = zip(*weights().values(), strict=True)
    return listed(f"({s}, {listed(f'{weight}::DOUBLE' for weight in row)})" for s, row in enumerate(rows))


def distance(i: int) -> str:
    """Of a curve's value from ok, in standard deviations; ln of what is not positive is an error in DuckDB."""
    per_log = Z90 / (math.log(OK) - math.log(GOOD))
    return f"CASE WHEN {METRICS[i]} > 0 THEN (ln({OK}) - ln({METRICS[i]})) * {per_log!r}::DOUBLE END"


def tail(i: int) -> str:
    """100·Φ(−|z|)."""
    a = f"least(abs(z{i}), {FURTHEST})"
    p, q = (polynomial(coefficients, a) for coefficients in (NORMAL_P, NORMAL_Q))
    return f"exp(-0.5e0 * {a} * {a}) * {p} * 100 / {q}"


def polynomial(coefficients: tuple[float, ...], a: str) -> str:
    result = f"{coefficients[0]!r}::DOUBLE"
    for coefficient in coefficients[1:]:
        result = f"({result} * {a} + {coefficient!r}::DOUBLE)"
    return result


def rank(i: int) -> str:
    """The mean of the shares below and up to the value, among the segment's active customers."""
    by_value = f"(PARTITION BY s ORDER BY {METRICS[i]})"  # nulls come last
    return f"(rank() OVER {by_value} - 1 + count(*) OVER {by_value}) * 50 / count({METRICS[i]}) OVER (PARTITION BY s)"


def normalized(i: int) -> str:
    """Null stays null: ``least`` and ``greatest`` would pass over it."""
    x = METRICS[i]
    match kind(i):
        case "linear":
            return f"CASE WHEN {x} IS NOT NULL THEN least(greatest({x} * 10, 0), 100) END"
        case "steps":
            return f"CASE WHEN {x} < 0.2e0 THEN 0e0 WHEN {x} <= 0.6e0 THEN 50e0 WHEN {x} IS NOT NULL THEN 100e0 END"
        case "curve":
            return f"CASE WHEN {x} <= 0 THEN 100e0 WHEN z{i} > 0 THEN 100 - tail{i} WHEN z{i} <= 0 THEN tail{i} END"
        case _:
            return f"CASE WHEN {x} IS NOT NULL AND s IS NOT NULL THEN r{i} END"


def present(part: str, weight: str, numbers: Iterable[int]) -> str:
    return listed((f"CASE WHEN {part}{i} IS NOT NULL THEN {weight}{i} ELSE 0 END" for i in numbers), " + ")


def total(part: str, weight: str, numbers: Iterable[int]) -> str:
    return "(" + listed((f"coalesce({part}{i} * {weight}{i}, 0)" for i in numbers), " + ") + ")"


def contribution(i: int) -> str:
    """Points lost against the baseline of 100: the effective weights down the tree times what is lacking."""
    d = i // 4
    return f"CASE WHEN raw IS NOT NULL THEN dw{d} / t / t{d} * w{i} * (n{i} - 100) END"
