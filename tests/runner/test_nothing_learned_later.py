"""The law of time: nothing that is learned at a moment or after it changes what was measured and scored as of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.support.later import Spec, Twice, twice
from tests.support.measured_project import InMemory
from tests.support.project_on_disk import project_on_disk

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project, SourceTables
from scorewell.discovery import Plugins
from scorewell.metrics import metrics_as_of, metrics_over
from scorewell.replay import plugins_for, scored_as_of
from scorewell.runner import run

ZONE = "Europe/Berlin"
SUPPORT = Path(__file__).parents[1] / "support"
WHO = ["a", "b", "c", "stranger", None]
TABLES = {
    "crm": Spec(
        {
            "customer": ["a", "b", "c"],
            "plan": ["Free", "Pro", "Pro", "Team", "closed", None],
            "arr": [10, 60, 90],
            "parent": ["a", None],
        },
        begins="changed",
        late={"arr": "priced"},
    ),
    "owners": Spec({"customer": WHO, "owner": ["x", "y", "z"]}, begins="since", ends="to"),
    "plans": Spec({"customer": WHO, "level": [1, 2, 3]}, begins="since"),
    "seats": Spec({"customer": WHO, "seats": [1, 2, 40]}, begins="copied"),
    "devices": Spec({"customer": WHO, "device": [1, 2, 3]}, begins="since", ends="to", late={"customer": "assigned"}),
    "usage": Spec({"device": [1, 2, 3, 9], "user": [1, 2, 3], "n": [0.1, 0.2, 1e12, -3.5]}, begins="day"),
    "tickets": Spec(
        {"customer": WHO, "kind": ["urgent", "plain"], "rating": [1, 4, 5]},
        begins="opened",
        ends="closed",
        late={"rating": "rated", "kind": "closed"},
    ),
    "contracts": Spec(
        {"customer": WHO, "amount": [1.5, 20.25]},
        begins="start_date",
        ends="end_date",
        late={"end_date": "cancelled_at"},
    ),
    "invoices": Spec({"customer": WHO, "amount": [9]}, begins="due_on", ends="paid_on"),
    "backlog": Spec(
        {"customer": WHO, "status": ["waiting", "done"], "opened": [datetime(2026, 2, 9), datetime(2026, 4, 1, 12)]},
        begins="copied",
    ),
    "milestones": Spec({"customer": WHO, "what": ["live", "kickoff"]}, begins="reached"),
}


@cache
def _project() -> Project:
    return Project.load(SUPPORT / "later_project.yaml")


@cache
def _plugins() -> Plugins:
    return plugins_for(_project(), None)


def world(seed: int) -> tuple[datetime, dict[str, Twice]]:
    """A moment, at midnight or not and near a clock change or not, and all tables."""
    random = Random(seed)  # noqa: S311 - nothing secret
    day = datetime(2026, 2, 20, random.choice((0, 0, 3, 12, 23)), tzinfo=ZoneInfo(ZONE))
    as_of = day + timedelta(days=random.randint(0, 50))
    return as_of, {name: twice(spec, random, as_of) for name, spec in TABLES.items()}


def in_memory(frames: dict[str, pl.DataFrame]) -> Project:
    whole = _project()
    sources = {
        name: SourceTables(plugin=InMemory(frame=frames[name]), tables=entry.tables)
        for name, entry in whole.sources.items()
    }
    return attrs.evolve(whole, sources=sources)


def written(frame: pl.DataFrame) -> bytes:
    file = BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def told(frames: dict[str, pl.DataFrame], as_of: datetime) -> tuple[Any, ...]:
    """All that was measured and scored: what must stay as it is to the byte."""
    try:
        scored = scored_as_of(in_memory(frames), as_of, plugins=_plugins(), hooks=_plugins().hooks())
    except ScorewellError as error:
        return (error.message,)
    metrics = scored.metrics
    return written(metrics.frame), dict(metrics.failed), dict(metrics.stale), written(scored.scores)


# A seed cannot be made simpler: another world is another, not a smaller one.
@settings(deadline=None, max_examples=6, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.integers(0, 2**32))
def test_what_is_learned_later_changes_no_metric_and_no_score(seed: int) -> None:
    as_of, tables = world(seed)
    before = told({name: table.before for name, table in tables.items()}, as_of)
    assert told({name: table.after for name, table in tables.items()}, as_of) == before


def delivered(folder: Path, frames: dict[str, pl.DataFrame], as_of: datetime) -> dict[str, bytes]:
    """What a run over files leaves behind."""
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    configuration = (SUPPORT / "later_project.yaml").read_text()
    sinks = "\nsinks: [{plugin: parquet, path: out/}, {plugin: csv, path: out/}, {plugin: html, path: out/pages/}]\n"
    (folder / "scorewell.yaml").write_text(configuration + sinks)
    result = run(Project.load(folder / "scorewell.yaml"), as_of=as_of)
    assert len(result.receipts) == 3
    paths = sorted(path for path in (folder / "out").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_learned_later_changes_no_byte_that_a_run_delivers(seed: int) -> None:
    as_of, tables = world(seed)
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        before = delivered(Path(first), {name: table.before for name, table in tables.items()}, as_of)
        assert len(before) > 2
        assert delivered(Path(second), {name: table.after for name, table in tables.items()}, as_of) == before


def test_files_of_later_days_change_no_byte_whatever_is_in_them(tmp_path: Path) -> None:
    project = project_on_disk(tmp_path)
    crm = "crm: {plugin: files, path: accounts.csv, customer: id}"
    daily = 'crm: {plugin: files, path: accounts/*.csv, date_in_name: "%Y-%m-%d", customer: id, taken_at: file_date}'
    project.replace("scorewell.yaml", crm, daily)
    project.write("accounts/2026-02-27.csv", "id,name,plan,seats\na1,Acme,Large,1\ngone,Gone,Small,5\n")
    project.write("accounts/2026-02-28.csv", "id,name,plan,seats\na1,Acme,Large,10\nc3,Initech,Small,5\n")
    assert project.scorewell("run").exit_code == 0
    before = project.delivered()
    assert any(b"Initech" in content and b"Gone" not in content for content in before.values())
    project.write("accounts/2026-03-01.csv", "id,name,plan,seats\na1,Acme Ltd,Small,many\nnew,New,Large,1\n")
    project.write("accounts/2026-03-02.csv", '"no table')
    assert project.scorewell("run").exit_code == 0
    assert project.delivered() == before


@pytest.mark.parametrize("seed", [3, 4])
def test_many_moments_together_give_to_the_byte_what_each_gives_alone(seed: int) -> None:
    as_of, tables = world(seed)
    project = in_memory({name: table.before for name, table in tables.items()})
    moments = [as_of - timedelta(days=days) for days in (7, 1, 0)]
    alone = [metrics_as_of(project, moment) for moment in moments]
    together = list(metrics_over(project, moments))
    assert [written(one.frame) for one in together] == [written(one.frame) for one in alone]
    assert [(one.failed, one.stale) for one in together] == [(one.failed, one.stale) for one in alone]
