"""Pseudonyms: a sink that is given customers under names that nobody can take back without the key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from scorewell.api.v1 import (
    Appearance,
    Audience,
    Finding,
    Forgotten,
    Receipt,
    RenderedPage,
    Run,
    ScorewellError,
    Secret,
    Sink,
    frozen,
    setting,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Pseudonymous", "pseudonym"]

_LENGTH = 32


def pseudonym(key: Secret, customer_id: str) -> str:
    """The customer's name in pseudonymous outputs: HMAC-SHA256 of the id, 32 hexadecimal digits.

    The same id and key give the same name in every run and sink, so that rows can be joined; another key gives others.
    """
    return hmac.new(key.reveal().encode(), customer_id.encode(), hashlib.sha256).hexdigest()[:_LENGTH]


@frozen
class Pseudonymous(Sink):
    """Delivers through ``sink``, with pseudonyms in place of customers' ids and without names and owners."""

    name = "pseudonymous"

    sink: Sink = setting("what delivers")
    key: Secret = setting("what pseudonyms are made with")

    def deliver(self, run: Run) -> Receipt:
        """Deliver the run without naming anybody."""
        return self.sink.deliver(_Disguised(run, self.key))

    def appearance(self) -> Appearance | None:
        """How the sink would ask for reports."""
        return self.sink.appearance()

    def obstacles(self) -> Iterator[tuple[str, str]]:
        """What would keep the sink from delivering."""
        return self.sink.obstacles()

    def forget(self, forgotten: Forgotten) -> Receipt | None:
        """Take back what was delivered under the customer's pseudonym; a person was never named."""
        disguised = pseudonym(self.key, forgotten.id) if forgotten.kind == "customer" else forgotten.id
        return self.sink.forget(attrs.evolve(forgotten, id=disguised, names=()))


@attrs.frozen
class _Disguised:
    """A run (``api.v1.Run``) in which customers have pseudonyms. Findings may name customers: there are none."""

    _run: Run
    _key: Secret

    @property
    def id(self) -> str:
        return self._run.id

    @property
    def project(self) -> str:
        return self._run.project

    @property
    def as_of(self) -> datetime:
        return self._run.as_of

    @property
    def selection(self) -> str:
        return self._run.selection

    @property
    def bands(self) -> Mapping[str, str]:
        return self._run.bands

    @property
    def scales(self) -> Mapping[str, tuple[float, float]]:
        return self._run.scales

    @property
    def findings(self) -> Sequence[Finding]:
        return ()

    @property
    def scores(self) -> pl.DataFrame:
        return self._disguised(self._run.scores.drop("name", strict=False))

    def summary(self, locale: str = "en") -> pl.DataFrame:
        import polars as pl  # noqa: PLC0415 - configurations are read without polars

        nameless = [pl.lit(None, pl.String).alias(column) for column in ("name", "owner")]
        return self._disguised(self._run.summary(locale).with_columns(nameless))

    def reports(
        self, audience: Audience, theme: str | None = None, settings: Mapping[str, str] | None = None
    ) -> Iterator[RenderedPage]:
        raise ScorewellError("pages name their customers, and this sink has pseudonyms", hint="leave pseudonyms out")

    def _disguised(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Sorted anew: the order of the ids would tell who is who."""
        import polars as pl  # noqa: PLC0415 - configurations are read without polars

        ids = frame.get_column("customer_id").cast(pl.String).to_list()
        known = {each: pseudonym(self._key, each) for each in dict.fromkeys(ids)}
        disguised = pl.Series("customer_id", [known[each] for each in ids], dtype=pl.String)
        return frame.with_columns(disguised).sort("customer_id", maintain_order=True)
