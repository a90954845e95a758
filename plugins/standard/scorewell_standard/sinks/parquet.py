"""The sink ``parquet``."""

from __future__ import annotations

from scorewell.api.v1 import Location, Receipt, Run, Sink, frozen, setting
from scorewell_standard.sinks.placing import file_for, placed

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
