"""A history as Parquet files, for whatever reads those."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.history.dimensions import dimension_paths, with_dimensions
from scorewell.history.reading import Reads
from scorewell.history.records import EVERY_KIND, StoredRun

__all__ = ["exported"]


def exported(history: Reads, folder: Path) -> dict[str, int]:
    """Write the files, each whole or not at all; how many rows each has, by its path in ``folder``.

    Raises ScorewellError for the first that cannot be written.
    """
    runs = history.runs(kinds=EVERY_KIND, superseded=True)
    paths = sorted({path for run in runs for path in dimension_paths(history.scores([run], ["dimensions"]))})
    rows: dict[str, int] = {}
    for name, frame in _files(history, runs, paths):
        _write(frame, folder / name)
        rows[name] = frame.height
    for kind in ("scores", "metrics"):
        for former in (folder / kind).glob("run-*.parquet"):
            if f"{kind}/{former.name}" not in rows:
                former.unlink()
    return rows


def _files(history: Reads, runs: Sequence[StoredRun], paths: Sequence[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    for run in runs:
        scores = history.scores([run])
        if scores.height:
            yield f"scores/run-{run.number:06}.parquet", with_dimensions(scores, paths)
        if run.kind != "import" and "metrics" not in run.pruned:
            about = (pl.lit(run.number).alias("run"), pl.lit(run.as_of).dt.cast_time_unit("us").alias("as_of"))
            yield f"metrics/run-{run.number:06}.parquet", history.metrics(run).select(*about, pl.all())
    yield "transitions.parquet", history.transitions()
    yield "runs.parquet", _runs_frame(runs)


def _runs_frame(runs: Sequence[StoredRun]) -> pl.DataFrame:
    moment = pl.Datetime("us", "UTC")
    columns: dict[str, type[pl.DataType] | pl.DataType] = {
        "number": pl.Int64,
        "run_id": pl.String,
        "project": pl.String,
        "as_of": moment,
        "kind": pl.String,
        "configuration": pl.String,
        "customers": pl.Int64,
        "superseded": pl.Boolean,
        "recorded_at": moment,
    }
    rows = [[getattr(run, name) for name in columns] for run in runs]
    told = pl.DataFrame(rows, schema=columns, orient="row")
    versions = pl.Series("versions", [json.dumps(dict(run.versions), sort_keys=True) for run in runs], dtype=pl.String)
    return told.with_columns(versions)


def _write(frame: pl.DataFrame, file: Path) -> None:
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            frame.write_parquet(partial)
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        # Told here: else it would be said of the history that it cannot be read.
        raise ScorewellError(f"{file} cannot be written: {error.strerror or error}") from error
