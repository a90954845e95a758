"""What is stored of the time before a moment, and of it what belongs to the customers of a scores frame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import polars as pl

__all__ = ["PAST_SCORES", "PAST_WORDS", "REACH", "ROW", "TRANSITIONS", "Past", "Readings"]

REACH = timedelta(days=113)
"""How far before a run its trend looks at stored scores: 90 days, and a quarter of them where no score is nearer."""

ROW = "@row"
"""The position of a customer's score in the scores frame, UInt32."""

_INSTANT = pl.Datetime("us", "UTC")
PAST_WORDS = ("band", "segment", "stage", "line")
"""The columns of stored scores that say one of few words."""
_TEXT, _NUMBER = pl.String(), pl.Float64()
PAST_SCORES = pl.Schema(
    {
        "customer_id": _TEXT,
        "score_name": _TEXT,
        "as_of": _INSTANT,
        "score": _NUMBER,
        "band": _TEXT,
        "segment": _TEXT,
        "stage": _TEXT,
        "line": _TEXT,
    }
)
"""The stored rows of the scores of runs."""
TRANSITIONS = pl.Schema(
    {
        "customer_id": _TEXT,
        "score_name": _TEXT,
        "as_of": _INSTANT,
        "kind": _TEXT,
        "from_band": _TEXT,
        "to_band": _TEXT,
        "from_score": _NUMBER,
        "to_score": _NUMBER,
    }
)
"""The rows of ``transitions``."""
LAST_STAYS = pl.Schema({name: TRANSITIONS[name] for name in ("customer_id", "score_name", "as_of", "kind", "to_band")})
"""The band changes with which stays began."""


@attrs.frozen(kw_only=True)
class Past:
    """Stored runs before a moment, for the trend of the scores of that moment.

    ``scores`` has the columns of ``PAST_SCORES`` (others are not looked at): every row, also those without a score, of
    the runs of the ``REACH`` before the moment, and of the last ``fewest_runs`` before it, however old; in any order,
    one row a customer, score and moment. ``last_stays`` has those of ``LAST_STAYS``: of each customer and score the
    last band change before the moment with which its time in a band began (``moved``, ``entered`` or ``restarted``);
    without it a stay begins in reach.
    """

    scores: pl.DataFrame
    last_stays: pl.DataFrame = attrs.field(factory=lambda: pl.DataFrame(schema=LAST_STAYS))

    @classmethod
    def none(cls) -> Past:
        """Nothing stored: every score is a first one."""
        return cls(scores=pl.DataFrame(schema=PAST_SCORES))


@attrs.frozen(kw_only=True)
class Readings:
    """The earlier scores of the rows of a scores frame.

    ``rows`` has, sorted by ``@row`` and time, ``@row``, ``as_of``, ``age`` (Int64: microseconds of local wall clock
    before the moment, so that a day is a day when clocks change), ``score``, ``band``, ``segment``, ``stage``,
    ``line`` (these four Categorical); only rows with a score. ``in_line`` are those since the line of the frame's row
    began. ``moment`` is the frame's own and ``last_run`` that of the last run before it, None where there was none.
    """

    moment: datetime
    rows: pl.DataFrame
    in_line: pl.DataFrame
    last_run: datetime | None

    @classmethod
    def of(cls, scores: pl.DataFrame, past: Past) -> Readings:
        """Those of a scores frame with ``as_of`` and ``line``, all of one moment."""
        moment = moment_of(scores)
        moments = past.scores.select(pl.col("as_of").cast(_INSTANT).unique().sort()).filter(
            pl.col("as_of") < in_utc(moment)
        )
        rows = _of_frame(scores, past, moments.with_row_index("@moment").with_columns(age=_age(moment)))
        last_run = moments.get_column("as_of").max()
        return cls(
            moment=moment,
            rows=rows,
            in_line=_since_broken(rows, scores.get_column("line")),
            last_run=last_run if isinstance(last_run, datetime) else None,
        )

    @property
    def last(self) -> pl.DataFrame:
        """The last of each row of the frame that has any, with words as String."""
        return last_of_each(self.rows).with_columns(pl.col(*PAST_WORDS).cast(pl.String))


def moment_of(scores: pl.DataFrame) -> datetime:
    """The moment of a scores frame, the same in all its rows; of an empty one 1970, before all that is stored."""
    moment = scores.get_column("as_of").max()
    dtype = scores.schema["as_of"]
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    return moment if isinstance(moment, datetime) else datetime(1970, 1, 1, tzinfo=ZoneInfo(zone or "UTC"))


def in_utc(moment: datetime) -> pl.Expr:
    """An aware moment, to compare with stored ones."""
    return pl.lit(moment.astimezone(UTC), _INSTANT)


def last_of_each(rows: pl.DataFrame, count: int = 1) -> pl.DataFrame:
    """Of rows sorted by ``@row`` the last so many of each."""
    return rows.filter(pl.col(ROW).ne_missing(pl.col(ROW).shift(-count)))


def first_of_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Of rows sorted by ``@row`` the first of each."""
    return rows.filter(pl.col(ROW).ne_missing(pl.col(ROW).shift(1)))


def _of_frame(scores: pl.DataFrame, past: Past, ages: pl.DataFrame) -> pl.DataFrame:
    keys = scores.lazy().select(pl.col("customer_id").cast(pl.String), "score_name").with_row_index(ROW)
    types = dict(PAST_SCORES) | dict.fromkeys(PAST_WORDS, pl.Categorical())
    return (
        past.scores.lazy()
        .select(pl.col(name).cast(dtype) for name, dtype in types.items())
        .filter(pl.col("score").is_not_null())
        .join(ages.lazy(), on="as_of")
        .join(keys, on=["customer_id", "score_name"])
        # One number to sort by, and words as numbers: half the time of a sort of what they stand for.
        .with_columns((pl.col(ROW).cast(pl.Int64) * len(ages) + pl.col("@moment")).alias("@order"))
        .sort("@order")
        .select(ROW, "as_of", "age", "score", *PAST_WORDS)
        .collect()
    )


def _age(moment: datetime) -> pl.Expr:
    """How long ago ``as_of`` was on the wall clock of the moment's zone, in microseconds."""
    wall = pl.col("as_of").dt.convert_time_zone(str(moment.tzinfo)).dt.replace_time_zone(None)
    return (pl.lit(moment.replace(tzinfo=None), pl.Datetime("us")) - wall).dt.total_microseconds()


def _since_broken(rows: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    other = (
        rows.filter(pl.col("line").ne_missing(pl.lit(lines.cast(pl.Categorical)).gather(pl.col(ROW))))
        .group_by(ROW)
        .agg(pl.col("as_of").max().alias("@until"))
    )
    if other.is_empty():
        return rows
    since = rows.join(other, on=ROW, how="left", maintain_order="left")
    return since.filter(pl.col("@until").is_null() | (pl.col("as_of") > pl.col("@until"))).drop("@until")
