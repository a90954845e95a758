"""Who is forgotten is in nothing that is stored, and is known again should a source bring them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from tests.support.remembered import MONDAY, NEXT_MONDAY, record

from scorewell.api.v1 import Finding, Level
from scorewell.history import History, StoredReceipt, StoredRun
from scorewell.history.forgetting import FORGOTTEN
from scorewell.history.overrides import Override, add_override, overrides
from scorewell.history.pulses import Pulse, add_pulse, pulses

DAY = timedelta(days=1)


def metrics(**parents: str | None) -> pl.DataFrame:
    rows = {
        "customer_id": ["ada", "ada-2", "bob"],
        "name": ["Ada & Sons", "Ada Two", "Bob Ltd"],
        "owner": ["maya", "maya", "noor"],
        "parent": [None, "ada", None],
        "logins": [1.0, 2.0, 3.0],
    }
    return pl.DataFrame({**rows, **parents})


def remembered(history: History) -> list[StoredRun]:
    noticed = Finding(
        id="null-condition",
        level=Level.NOTE,
        where="customers.active",
        message="customers for whom nothing is known: ada, ada-2",
        count=2,
        examples=("ada", "ada-2"),
    )
    scores = {"ada": 10.0, "ada-2": 20.0, "bob": 30.0}
    with history.writing() as writer:
        return [
            writer.replace(record(scores, as_of=moment, run_id=name, metrics=metrics(), findings=(noticed,)))
            for name, moment in (("a1", MONDAY), ("a2", NEXT_MONDAY))
        ]


def decided(history: History, customer: str, author: str, because: str) -> None:
    override = Override(
        customer_id=customer,
        score_name="health",
        kind="at_most",
        value=40.0,
        because=because,
        author=author,
        begins=MONDAY,
        until=MONDAY + 30 * DAY,
    )
    with history.writing() as writer:
        add_override(writer, override)


def said(history: History, customer: str, author: str, **words: str) -> None:
    with history.writing() as writer:
        add_pulse(writer, Pulse(customer_id=customer, value=2, author=author, given_at=MONDAY, **words))


def everything(url: str) -> str:
    """All rows of all tables as text, with the content of the metrics."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    told: list[Any] = []
    try:
        with engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                rows = connection.execute(sa.text(f'select * from "{table}"')).mappings().all()
                for row in rows:
                    told += [
                        pl.read_parquet(value).rows()
                        if table == "frames" and key == "content"
                        else b""
                        if isinstance(value, bytes)
                        else value
                        for key, value in row.items()
                    ]
    finally:
        engine.dispose()
    return repr(told)


def test_nothing_of_a_customer_is_left(history: History, store_url: str) -> None:
    runs = remembered(history)
    decided(history, "ada", "maya", "The sponsor left")
    said(history, "ada", "maya", note="They are looking around")
    removed = history.forget_customer("ada", ["Ada & Sons"])
    assert removed["scores"] == 2
    assert removed["metrics"] == 2
    assert (removed["overrides"], removed["pulses"], removed["findings"]) == (1, 1, 2)
    left = everything(store_url)
    assert "'ada'" not in left
    assert "Ada & Sons" not in left
    assert "looking around" not in left
    assert "'ada-2'" in left
    assert [run.customers for run in history.runs()] == [2, 2]
    assert history.scores(runs)["customer_id"].to_list() == ["ada-2", "bob"] * 2


def test_what_was_said_of_others_names_the_customer_no_more(history: History, store_url: str) -> None:
    [run, _] = remembered(history)
    decided(history, "bob", "maya", "As with Ada & Sons, and unlike ada-2")
    said(history, "bob", "noor", note="The same people as at ada")
    with history.writing() as writer:
        writer.remember_receipts(run, [StoredReceipt(sink="sinks.1 (crm)", failure="no such account: ada")])
    removed = history.forget_customer("ada", ["Ada & Sons"])
    assert removed["mentions"] == 3
    [override], [pulse] = overrides(history), pulses(history)
    assert (override.author, override.because) == ("maya", f"As with {FORGOTTEN}, and unlike ada-2")
    assert (pulse.author, pulse.note) == ("noor", f"The same people as at {FORGOTTEN}")
    [receipt] = history.receipts(run)
    assert receipt.failure == f"no such account: {FORGOTTEN}"
    assert "Ada & Sons" not in everything(store_url)


def test_an_import_does_not_bring_back_who_was_forgotten(history: History, store_url: str) -> None:
    history.forget_customer("ada")
    rows = pl.DataFrame(
        {"customer_id": ["ada", "bob", "ada"], "as_of": [MONDAY, MONDAY, NEXT_MONDAY], "score": [1.0, 2.0, 3.0]}
    )
    runs = history.import_scores(rows.with_columns(band=pl.lit(None, pl.String)), "old")
    assert [(run.as_of, run.customers) for run in runs] == [(MONDAY, 1)]
    assert "'ada'" not in everything(store_url)


def test_a_customer_whose_id_begins_alike_is_somebody_else(history: History) -> None:
    runs = remembered(history)
    history.forget_customer("ada")
    [first, _] = [history.findings(run)[0] for run in runs]
    assert first.examples == ("ada-2",)
    assert first.message == f"customers for whom nothing is known: {FORGOTTEN}, ada-2"
    assert history.metrics(runs[0])["customer_id"].to_list() == ["ada-2", "bob"]
    assert history.check() == ()


def test_who_was_forgotten_is_known_again_and_nobody_else(history: History) -> None:
    ids = pl.Series(["ada", "ada-2", "bob"])
    assert history.is_forgotten(ids).to_list() == [False, False, False]
    remembered(history)
    history.forget_customer("ada")
    history.forget_customer("bob")
    assert history.is_forgotten(ids).to_list() == [True, False, True]


def test_to_forget_twice_is_to_forget_once(history: History) -> None:
    remembered(history)
    history.forget_customer("ada")
    assert set(history.forget_customer("ada").values()) == {0}


def test_another_projects_customer_of_the_same_id_stays(open_history: Callable[..., History]) -> None:
    ours, theirs = open_history("Acme"), open_history("Zebra")
    remembered(ours)
    runs = remembered(theirs)
    ours.forget_customer("ada")
    assert len(theirs.scores(runs)) == 6
    assert theirs.is_forgotten(pl.Series(["ada"])).to_list() == [False]


def test_what_a_person_decided_stays_without_who_and_why(history: History, store_url: str) -> None:
    runs = remembered(history)
    decided(history, "ada", "maya", "I know them")
    decided(history, "bob", "noor", "As maya told me")
    said(history, "ada", "maya", reason="relationship", note="I am unhappy there")
    said(history, "bob", "noor", note="Maya: all well")
    changed = history.forget_person("maya")
    assert (changed["overrides"], changed["pulses"]) == (2, 2)
    first, second = overrides(history)
    assert (first.author, first.because, first.value) == (FORGOTTEN, FORGOTTEN, 40.0)
    assert (second.author, second.because) == ("noor", f"As {FORGOTTEN} told me")
    notes = {pulse.customer_id: (pulse.author, pulse.reason, pulse.note) for pulse in pulses(history)}
    assert notes["ada"] == (FORGOTTEN, FORGOTTEN, FORGOTTEN)
    assert notes["bob"] == ("noor", None, f"{FORGOTTEN}: all well")
    assert history.metrics(runs[0])["owner"].to_list() == [FORGOTTEN, FORGOTTEN, "noor"]
    assert "maya" not in everything(store_url).lower()
    assert len(history.scores(runs)) == 6


def test_a_stores_own_file_has_no_room_left_with_what_was_forgotten(tmp_path: Path) -> None:
    with History.open("sqlite:///kept.db", project="Acme", folder=tmp_path) as history:
        remembered(history)
        said(history, "ada", "maya", note="An unmistakable remark")
        assert b"unmistakable" in (tmp_path / "kept.db").read_bytes()
        history.forget_customer("ada")
    assert not any(b"unmistakable" in file.read_bytes() for file in tmp_path.iterdir())
