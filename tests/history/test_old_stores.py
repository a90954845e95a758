"""A store that an earlier version wrote says, after the upgrade, what it said then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.history.old_stores import PROJECT, STORES, copied, fill, loaded, said

from scorewell.history import History
from scorewell.history.revisions import REVISIONS
from scorewell.history.upgrading import upgraded

DUMPS = sorted(STORES.glob("*.sql"))


def test_there_is_a_store_of_every_version() -> None:
    assert tuple(dump.stem for dump in DUMPS) == REVISIONS


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_an_older_store_loses_nothing(dump: Path, store_url: str, tmp_path: Path) -> None:
    if store_url.startswith("sqlite"):
        loaded(dump, Path(store_url.removeprefix("sqlite:///")))
    else:
        loaded(dump, tmp_path / "older.db")
        older, server = sa.create_engine(f"sqlite:///{tmp_path / 'older.db'}"), sa.create_engine(store_url)
        with older.connect() as there, server.begin() as here:
            upgraded(here, to=dump.stem)
            copied(there, here)
        older.dispose()
        server.dispose()
    applied = History.upgrade(store_url, folder=Path())
    assert applied == REVISIONS[REVISIONS.index(dump.stem) + 1 :]
    with History.open(store_url, project=PROJECT, folder=Path(), create=False) as history:
        assert history.check() == ()
        assert said(history) == json.loads(dump.with_suffix(".json").read_text())


def test_the_present_version_still_writes_what_is_kept_of_it(history: History) -> None:
    fill(history)
    now, then = said(history), json.loads((STORES / f"{REVISIONS[-1]}.json").read_text())
    for document in (now, then):
        for told in [*document["runs"], *document["overrides"], *document["pulses"]]:
            told.pop("recorded_at")
    assert now == then
