"""What a project remembers that enters its scores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs
import polars as pl

from scorewell.replay.periods import PeriodFits

__all__ = ["Forgotten", "Overrides", "Records"]

Overrides = Callable[[datetime], pl.DataFrame]
"""What people had decided of customers' scores as of a moment, with the columns of ``scoring.OVERRIDES``. That there is
such a function says that scores may be overridden: the scores frame has the columns for it."""

Forgotten = Callable[[pl.Series], pl.Series]
"""Which of these customers (ids) were forgotten, as Boolean: they are left out, whatever a source says."""


@attrs.frozen(kw_only=True)
class Records:
    """``periods`` are the period fits to use, and to add to. Without the others nobody decided anything, and nobody was
    forgotten."""

    periods: PeriodFits = attrs.field(factory=PeriodFits)
    overrides: Overrides | None = None
    forgotten: Forgotten | None = None
