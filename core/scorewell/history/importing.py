"""Old scores of another product, kept beside our own so that they can be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import polars as pl
from polars.exceptions import PolarsError

from scorewell.api.v1 import ReadError
from scorewell.dialect.kinds import from_local
from scorewell.history.errors import HistoryError
from scorewell.history.records import RunRecord
from scorewell.history.rows import MOMENT, storable_texts

__all__ = ["OldScores", "Rejected", "old_scores", "read_rows", "records"]

_NEEDED = ("customer_id", "date", "score")
_COLUMNS = "the columns are customer_id, date, score and, if you like, band"
_LOCAL = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
_ZONED = ("%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M%z")


@attrs.frozen
class Rejected:
    """A row of a file that cannot be a score: its number, 1 for the first after the header, and why."""

    row: int
    reason: str


@attrs.frozen(eq=False)
class OldScores:
    """What a file holds: ``scores`` (customer_id, as_of, score, band), and the rows that are none."""

    scores: pl.DataFrame
    rejected: tuple[Rejected, ...]


def read_rows(file: Path) -> pl.DataFrame:
    """The rows of a CSV or Parquet file, cells of CSV as texts. Raises ReadError where it cannot be read."""
    try:
        if file.suffix.lower() == ".parquet":
            return pl.read_parquet(file, glob=False)
        return pl.read_csv(file, infer_schema=False, glob=False)
    except (PolarsError, OSError) as error:
        raise ReadError(f"{file.name}: {error}") from error


def old_scores(frame: pl.DataFrame, timezone: str) -> OldScores:
    """Read the rows customer_id, date, score[, band]; other columns are left out.

    A date is a day (midnight in ``timezone``), a moment without a zone (there), or with one. A row without a customer,
    date or finite score is rejected, and so is the second of a customer and date. Raises ReadError for a column that is
    missing, or whose cells are lists and the like.
    """
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise ReadError(f"there is no column {missing[0]!r}; there are {', '.join(frame.columns[:8])}", hint=_COLUMNS)
    for name in (*_NEEDED, "band"):
        if name in frame.columns and (frame.schema[name].is_nested() or frame.schema[name] == pl.Binary):
            raise ReadError(f"the cells of column {name!r} are not plain values: {frame.schema[name]}", hint=_COLUMNS)
    band = pl.col("band").cast(pl.String) if "band" in frame.columns else pl.lit(None, pl.String)
    read = frame.select(
        pl.col("customer_id").cast(pl.String).str.strip_chars().replace("", None),
        _moment(frame.schema["date"], timezone).alias("as_of"),
        pl.col("score").cast(pl.Float64, strict=False).replace([float("inf"), float("-inf"), float("nan")], None),
        band.alias("band"),
        pl.col("date").cast(pl.String).alias("given_date"),
        pl.col("score").cast(pl.String).alias("given_score"),
    ).with_row_index("row", 1)
    read = read.with_columns(pl.struct("customer_id", "as_of").is_first_distinct().alias("is_first"))
    reason = (
        pl.when(pl.col("customer_id").is_null())
        .then(pl.lit("it has no customer_id"))
        .when(pl.col("as_of").is_null())
        .then(pl.format("date {} is not a day or a time: expected one such as 2026-03-01", _shown("given_date")))
        .when(pl.col("score").is_null())
        .then(pl.format("score {} is not a number", _shown("given_score")))
        .when(~pl.col("is_first"))
        .then(pl.format("a second score of {} on {}", "customer_id", "given_date"))
    )
    read = read.with_columns(reason.alias("reason"))
    rejected = read.filter(pl.col("reason").is_not_null()).select("row", "reason")
    good = read.filter(pl.col("reason").is_null()).select("customer_id", "as_of", "score", "band")
    return OldScores(good, tuple(Rejected(row, reason) for row, reason in rejected.iter_rows()))


def _shown(column: str) -> pl.Expr:
    return pl.format("'{}'", pl.col(column).fill_null("").str.slice(0, 40))


def _moment(dtype: pl.DataType, timezone: str) -> pl.Expr:
    """The instant of a date cell, in UTC; null where it is none."""
    cell = pl.col("date")
    match dtype:
        case pl.Datetime(time_zone=str()):
            return cell.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
        case pl.Datetime() | pl.Date():
            return from_local(cell.cast(pl.Datetime("us")), timezone)
    text = cell.cast(pl.String).str.strip_chars().str.replace("T", " ", literal=True).str.replace(" ?Z$", "+0000")
    moments = [from_local(text.str.to_datetime(form, strict=False, time_unit="us"), timezone) for form in _LOCAL]
    zoned = [text.str.to_datetime(form, strict=False, time_unit="us") for form in _ZONED]
    return pl.coalesce(*moments, *(each.dt.convert_time_zone("UTC") for each in zoned))


def records(scores: pl.DataFrame, name: str, project: str) -> Iterator[RunRecord]:
    """A record for each moment of the scores (customer_id, as_of, score, band), by time.

    Raises HistoryError for a column that is missing or of another type.
    """
    expected: dict[str, type[pl.DataType] | pl.DataType] = {
        "customer_id": pl.String,
        "as_of": MOMENT,
        "score": pl.Float64,
        "band": pl.String,
    }
    try:
        typed = scores.select(pl.col(column).cast(dtype) for column, dtype in expected.items())
    except PolarsError as error:
        raise HistoryError(f"scores to import: expected the columns {', '.join(expected)}: {error}") from error
    ordered = storable_texts(typed, "band").sort("as_of", "customer_id")
    for (as_of,), some in ordered.group_by("as_of", maintain_order=True):
        assert isinstance(as_of, datetime)  # noqa: S101 - the type is ours, and polars does not tell it
        identity = json.dumps([project, "import", name, as_of.astimezone(UTC).isoformat()])
        yield RunRecord(
            run_id=hashlib.sha256(identity.encode()).hexdigest()[:16],
            as_of=as_of,
            kind="import",
            configuration="",
            document=f"imported as {name}\n",
            fit="",
            scores=some.select(
                pl.col("customer_id"),
                pl.lit(name).alias("score_name"),
                pl.col("score"),
                pl.col("band"),
                pl.lit("scored").alias("status"),
            ),
            metrics=pl.DataFrame(),
        )
