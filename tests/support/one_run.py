"""A run as a sink gets it, made by hand: no project, no history, no pages unless a test adds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import Audience, Finding, RenderedPage

__all__ = ["BERLIN", "OneRun"]

BERLIN = ZoneInfo("Europe/Berlin")


@attrs.frozen(kw_only=True)
class OneRun:
    """A run with the given scores."""

    scores: pl.DataFrame
    as_of: datetime = datetime(2026, 3, 1, tzinfo=BERLIN)
    id: str = "r1"
    selection: str = ""
    project: str = "acme"
    bands: Mapping[str, str] = {"at_risk": "#cc0000", "healthy": "#00aa00"}
    scales: Mapping[str, tuple[float, float]] = {}
    findings: Sequence[Finding] = ()

    def reports(
        self, audience: Audience, theme: str | None = None, settings: Mapping[str, str] | None = None
    ) -> Iterator[RenderedPage]:
        """No page."""
        return iter(())
