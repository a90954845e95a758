"""A sink."""

from pathlib import Path

from scorewell.api.v1 import Location, Receipt, Run, Sink, frozen, setting


@frozen
class Bulletin(Sink):
    """A text file with the number of customers in each band, from low to high."""

    name = "bulletin"

    path: Location = setting("the file to write")

    def deliver(self, run: Run) -> Receipt:
        """The same run again writes the same file; a reader never sees a half."""
        bands = run.scores["band"].to_list()
        lines = [f"{band}: {bands.count(band)}" for band in run.bands]
        path = Path(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".unfinished")
        unfinished.write_text("\n".join([f"{run.project}, {run.as_of:%Y-%m-%d}", *lines, ""]), encoding="utf-8")
        unfinished.replace(path)
        return Receipt(location=str(path), count=len(lines), what="bands")
