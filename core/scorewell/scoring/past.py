"""What is stored of the time before a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import polars as pl

__all__ = ["INSTANT", "PAST_SCORES", "PAST_WORDS", "REACH", "TRANSITIONS", "Past", "in_utc", "moment_of"]

REACH = timedelta(days=113)
"""How far before a run its trend looks at stored scores: 90 days, and a quarter of them where no score is nearer."""

INSTANT = pl.Datetime("us", "UTC")
PAST_WORDS = ("band", "segment", "stage", "line")
"""The columns of stored scores that say one of few words."""
_TEXT, _NUMBER = pl.String(), pl.Float64()
PAST_SCORES = pl.Schema(
    {
        "customer_id": _TEXT,
        "score_name": _TEXT,
        "as_of": INSTANT,
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
        "as_of": INSTANT,
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


def moment_of(scores: pl.DataFrame) -> datetime:
    """The moment of a scores frame, the same in all its rows; of an empty one 1970, before all that is stored."""
    moment = scores.get_column("as_of").max()
    dtype = scores.schema["as_of"]
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    return moment if isinstance(moment, datetime) else datetime(1970, 1, 1, tzinfo=ZoneInfo(zone or "UTC"))


def in_utc(moment: datetime) -> pl.Expr:
    """An aware moment, to compare with stored ones."""
    return pl.lit(moment.astimezone(UTC), INSTANT)
