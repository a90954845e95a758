"""The twelve columns made for a CRM, as files: the same that the database gets, and taken back as the scores are."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.small_project import card, project, scored

from scorewell.api.v1 import Column, Forgotten, Location
from scorewell.runner import RunResult, run
from scorewell_standard.sinks import Csv, Json

AS_OF = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin"))


def ran() -> RunResult:
    made = project({"id": ["a", "b"], "name": ["Ada", "Bo"], "usage": [30.5, 80.0]}, card(metrics={"usage": scored()}))
    owned = attrs.evolve(made.customers, roles={"name": Column("name"), "owner": Column("name")}, attributes=())
    return run(attrs.evolve(made, customers=owned), as_of=AS_OF, dry_run=True)


def sink(kind: type[Csv | Json], path: Path, locale: str | None = None) -> Csv | Json:
    return kind(path=Location(str(path)), table="summary", locale=locale)


def read(file: Path) -> list[dict[str, object]]:
    if file.suffix == ".csv":
        return pl.read_csv(io.BytesIO(file.read_bytes())).to_dicts()
    return list(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", [Csv, Json])
def test_a_summary_is_a_file_beside_those_of_the_scores(tmp_path: Path, kind: type[Csv | Json]) -> None:
    result = ran()
    kind(path=Location(str(tmp_path))).deliver(result)
    receipt = sink(kind, tmp_path, "de").deliver(result)
    ending = kind.__name__.lower()
    assert {file.name for file in tmp_path.iterdir()} == {f"scores-2026-03-01.{ending}", f"summary-2026-03-01.{ending}"}
    first, second = read(Path(receipt.location))
    assert list(first) == result.summary().columns
    assert (first["name"], first["score"], first["band"], first["as_of"]) == (
        "Ada",
        31.0,
        "at_risk",
        "2026-03-01T00:00:00+01:00",
    )
    assert str(first["reasons"]).startswith("Usage: 30,5 (69,5 Punkte verloren)")
    assert second["customer_id"] == "b"


@pytest.mark.parametrize("kind", [Csv, Json])
def test_a_customer_and_a_person_are_taken_back_out_of_a_summary(tmp_path: Path, kind: type[Csv | Json]) -> None:
    to = sink(kind, tmp_path)
    file = Path(to.deliver(ran()).location)
    person = to.forget(Forgotten(project="Small", kind="person", id="Ada"))
    assert person is not None
    assert person.count == 1
    assert [(row["customer_id"], row["name"], row["owner"]) for row in read(file)] == [
        ("a", "Ada", None),
        ("b", "Bo", "Bo"),
    ]
    customer = to.forget(Forgotten(project="Small", kind="customer", id="b"))
    assert customer is not None
    assert customer.count == 1
    assert [row["customer_id"] for row in read(file)] == ["a"]


@pytest.mark.parametrize("kind", [Csv, Json])
def test_a_locale_without_words_to_write_in_it_is_a_problem(tmp_path: Path, kind: type[Csv | Json]) -> None:
    made = kind(path=Location(str(tmp_path)), locale="de")
    assert list(made.problems()) == ["locale is de, but the scores frame has no words: use table: summary"]
    assert list(sink(kind, tmp_path, "de").problems()) == []
