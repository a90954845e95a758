"""Any two configurations over one history: what is kept is read again, changes add up, and the same again is the same.

The default tests draw 30 pairs, of which about a third is valid; ``tox -e fuzz`` sets SCOREWELL_FUZZ to draw more.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.fuzz.configurations import Document, documents, write_data
from tests.fuzz.test_configurations import WithoutAliases

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import ConfigurationError, Project, load, load_kept
from scorewell.history import History
from scorewell.runner import RunResult, run
from scorewell.runner.rescoring import rescore

THEN, NOW = datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
KEYS = ["customer_id", "score_name"]
some = settings(
    max_examples=int(os.environ.get("SCOREWELL_FUZZ", "300")) // 10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    database=None,
)


@st.composite
def learning(draw: st.DrawFn) -> Document:
    """A drawn document, of one project whatever else it says, whose scorecards learn when they like and round as they
    like."""
    document = {**draw(documents()), "name": "Fuzz", "sinks": []}
    for card in document["scorecards"].values():
        card["refit"] = draw(st.sampled_from(["every_run", "monthly", "quarterly"]))
        card["precision"] = draw(st.sampled_from(["none", 0, 2]))
    return document


def loaded(document: Document, folder: Path) -> Project | None:
    path = folder / "scorewell.yaml"
    path.write_text(yaml.dump(document, Dumper=WithoutAliases, sort_keys=False, allow_unicode=True))
    try:
        return load(path)
    except ConfigurationError:
        return None


def told(project: Project) -> list[Any]:
    """All of a project but where it was written."""
    fields = [field.name for field in attrs.fields(type(project)) if field.name not in ("origin", "kept")]
    return [(name, getattr(project, name)) for name in fields]


def ran(project: Project, as_of: datetime) -> RunResult | None:
    try:
        return run(project, as_of=as_of)
    except ScorewellError:
        return None  # what check tells of such a project is another test's


def kept_in(history: History) -> list[Any]:
    runs = history.runs(superseded=True)
    return [(each.run_id, each.superseded, history.scores([each]), history.metrics(each)) for each in runs]


@some
@given(one=learning(), other=learning())
def test_what_is_kept_is_read_again_changes_add_up_and_the_same_again_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, one: Document, other: Document
) -> None:
    folder = tmp_path_factory.mktemp("pair")
    write_data(folder)
    pair = [project for project in (loaded(one, folder), loaded(other, folder)) if project is not None]
    for project in pair:
        again = load_kept(project.kept, folder=folder, fingerprint=project.fingerprint)
        assert told(again) == told(project)
    if len(pair) < 2:
        return
    former, latter = ran(pair[0], THEN), ran(pair[1], NOW)
    if former is None or latter is None:
        return
    assert latter.changes is not None
    points = latter.changes.group_by(KEYS).agg(pl.col("points").sum())
    both = former.scores.select(*KEYS, before="score").join(latter.scores.select(*KEYS, "score"), on=KEYS).drop_nulls()
    gap = pl.col("score") - pl.col("before") - pl.col("points").fill_null(0.0)
    assert (both.join(points, on=KEYS, how="left").select(gap.abs().max()).item() or 0.0) < 1e-9
    store = pair[1].history
    assert store is not None
    with History.open(store.url, project="Fuzz", folder=folder, create=False) as history:
        before = kept_in(history)
        for result, project in ((latter, pair[1]), (former, pair[0])):
            same = run(project, as_of=result.as_of)
            assert_frame_equal(same.scores, result.scores, check_exact=True)
        assert not any(each.is_written for each in rescore(pair[1], since=NOW))
        for stored, known in zip(kept_in(history), before, strict=True):
            assert stored[:2] == known[:2]
            assert_frame_equal(stored[2], known[2], check_exact=True)
            assert_frame_equal(stored[3], known[3], check_exact=True)
        assert history.check() == ()
