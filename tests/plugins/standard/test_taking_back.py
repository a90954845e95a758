"""What sinks delivered of a customer is taken back, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import polars as pl
import pytest
import sqlalchemy as sa
from tests.support.one_run import OneRun

from scorewell.api.v1 import Audience, Forgotten, Location, RenderedPage, Secret, Sink
from scorewell_standard.sinks import Console, Csv, Html, Json, Parquet, Sql


@attrs.frozen(kw_only=True)
class Awkward(OneRun):
    """A run over customers whose ids and names are awkward."""

    def summary(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "project": [self.project] * len(self.scores),
                "customer_id": self.scores["customer_id"],
                "score_name": "health",
                "name": self.scores["name"],
                "owner": "maya",
                "score": self.scores["score"],
                "as_of": [self.as_of] * len(self.scores),
            }
        )

    def reports(
        self, audience: Audience, theme: str | None = None, settings: Mapping[str, str] | None = None
    ) -> Iterator[RenderedPage]:
        names = list(self.scores.select("customer_id", "name").iter_rows())
        listed = ", ".join(str(name).replace("&", "&amp;") for _, name in names)
        yield RenderedPage(path="index.html", title="All", content=f"<p>{listed}</p>", model=lambda: "{}")
        for customer, name in names:
            page = f"<h1>{str(name).replace('&', '&amp;')}</h1><p>{customer}</p>"
            yield RenderedPage(path=f"customers/{customer}.html", title="One", content=page, model=lambda: "{}")


def made(*customers: tuple[str, str | None, float | None], **changes: object) -> Awkward:
    columns = ["customer_id", "name", "score"]
    scores = pl.DataFrame(customers, schema=columns, orient="row", schema_overrides={"score": pl.Float64})
    scores = scores.with_columns(score_name=pl.lit("health"), as_of=pl.lit(Awkward.__attrs_attrs__.as_of.default))
    return Awkward(scores=scores, **changes)  # type: ignore[arg-type]


EVERYBODY = (("A-1", "Ada & Sons", 0.1 + 0.2), ("A-10", 'say "hi",\nthere', None), ("=2+2", None, 3.0), ("ä", "", 4.0))


def forgotten(customer: str, *names: str) -> Forgotten:
    return Forgotten(project="acme", kind="customer", id=customer, names=names)


@pytest.mark.parametrize("customer", ["A-1", "=2+2", "ä"])
@pytest.mark.parametrize(
    ("sink", "path"),
    [(Parquet, ""), (Csv, ""), (Json, ""), (Json, "/all.ndjson"), (Csv, "/all.csv"), (Parquet, "/all.parquet")],
)
def test_files_are_as_if_the_customer_had_never_been_in_them(
    tmp_path: Path, sink: type[Csv], path: str, customer: str
) -> None:
    to = sink(path=Location(f"{tmp_path / 'with'}{path}"))
    rest = sink(path=Location(f"{tmp_path / 'without'}{path}"))
    for selection in ("", "only-large"):
        to.deliver(made(*EVERYBODY, selection=selection))
        rest.deliver(made(*(one for one in EVERYBODY if one[0] != customer), selection=selection))
    assert to.forget(forgotten(customer)).count == 2
    for file in (tmp_path / "with").iterdir():
        assert file.read_bytes() == (tmp_path / "without" / file.name).read_bytes()
    assert to.forget(forgotten(customer)).count == 0


@pytest.mark.parametrize("sink", [Parquet, Csv, Json])
def test_a_file_that_nobody_is_left_in_hinders_no_other(tmp_path: Path, sink: type[Csv]) -> None:
    to = sink(path=Location(str(tmp_path)))
    to.deliver(made(EVERYBODY[0], selection="only-one"))
    to.deliver(made(*EVERYBODY))
    assert to.forget(forgotten("A-1")).count == 2
    assert to.forget(forgotten("ä")).count == 1


def test_a_list_that_an_earlier_version_left_empty_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / "scores-2026-02-22.json").write_text("[\n\n]\n")
    to = Json(path=Location(str(tmp_path)))
    to.deliver(made(*EVERYBODY))
    assert to.forget(forgotten("A-1")).count == 1


@pytest.mark.parametrize("sink", [Parquet, Csv, Json, Html])
def test_where_nothing_was_delivered_there_is_nothing_to_take_back(tmp_path: Path, sink: type[Csv]) -> None:
    receipt = sink(path=Location(str(tmp_path / "nowhere"))).forget(forgotten("A-1"))
    assert receipt.count == 0
    assert list(tmp_path.iterdir()) == []


def test_pages_that_name_the_customer_are_gone_and_the_others_stay(tmp_path: Path) -> None:
    to = Html(path=Location(str(tmp_path)), models=True)
    to.deliver(made(*EVERYBODY))
    assert to.forget(forgotten("A-1", "Ada & Sons")).count == 2
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.html"))
    assert left == ["customers/=2+2.html", "customers/A-10.html", "customers/ä.html"]
    manifest = json.loads((tmp_path / ".scorewell-pages.json").read_text("utf-8"))
    assert "customers/A-1.html" not in manifest["files"]
    to.deliver(made(*EVERYBODY[1:]))
    assert (tmp_path / "index.html").exists()


def test_a_person_is_in_no_file_of_scores_and_in_pages_by_name(tmp_path: Path) -> None:
    person = Forgotten(project="acme", kind="person", id="Ada & Sons")
    pages = Html(path=Location(str(tmp_path / "pages")))
    pages.deliver(made(*EVERYBODY))
    assert pages.forget(person).count == 2
    assert Parquet(path=Location(str(tmp_path / "rows"))).forget(person).count == 0


def test_rows_of_both_tables_go_and_a_person_is_nobodys_owner(tmp_path: Path) -> None:
    to = Sql(url=Secret(f"sqlite:///{tmp_path / 'crm.db'}"), scores="scores", summary="summary")
    to.deliver(made(*EVERYBODY))
    to.deliver(made(*EVERYBODY, project="other"))
    assert to.forget(forgotten("A-1")).count == 2
    assert to.forget(Forgotten(project="acme", kind="person", id="maya")).count == 3
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'crm.db'}")
    with engine.connect() as connection:
        found = connection.execute(sa.text("select project, customer_id, owner from summary order by 1, 2")).all()
    engine.dispose()
    assert [row for row in found if row.project == "acme"] == [
        ("acme", "=2+2", None),
        ("acme", "A-10", None),
        ("acme", "ä", None),
    ]
    assert len([row for row in found if row.project == "other" and row.owner == "maya"]) == 4


def test_a_console_keeps_nothing_and_a_sink_that_says_nothing_cannot(tmp_path: Path) -> None:
    assert Console().forget(forgotten("A-1")).count == 0
    assert Sink().forget(forgotten("A-1")) is None
