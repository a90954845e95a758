"""The sink ``parquet``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from scorewell.api.v1 import Forgotten, Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import file_for, obstacles_to, placed
from scorewell_standard.sinks.taking_back import taken_back

__all__ = ["Parquet"]


@frozen
class Parquet(Sink):
    """The scores frame as a Parquet file, one per moment in a folder: the type of every column is kept."""

    name = "parquet"

    path: Location = setting("a folder, or a file that ends in .parquet")

    def deliver(self, run: Run) -> Receipt:
        """Write the scores; the same moment again replaces them, byte for byte where nothing changed."""
        target = file_for(self.path, run, (".parquet",))
        scores = run.scores
        placed(target, scores.write_parquet)
        return Receipt(location=str(target), count=scores.height, what="rows")

    def obstacles(self) -> Iterator[tuple[str, str]]:
        """A file where a folder is needed."""
        return obstacles_to(self.path, (".parquet",))

    def forget(self, forgotten: Forgotten) -> Receipt:
        """Write each file anew without the customer's rows."""
        return taken_back(self.path, (".parquet",), forgotten, _without)


def _without(file: Path, forgotten: Forgotten) -> int:
    scores = pl.read_parquet(file, glob=False)
    rest = scores.filter(pl.col("customer_id") != forgotten.id)
    if rest.height < scores.height:
        placed(file, rest.write_parquet)
    return scores.height - rest.height
