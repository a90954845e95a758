"""Old rows are pruned, damage is told, and a history leaves and enters as plain files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from tests.support.remembered import MONDAY, NEXT_MONDAY, record, scores, transition

from scorewell.api.v1 import ReadError
from scorewell.history import History, HistoryError, StoredReceipt, schema
from scorewell.history.importing import old_scores


@pytest.fixture
def two_weeks(history: History) -> History:
    """Two runs with all that belongs to a run, the earlier one superseding another."""
    with history.writing() as writer:
        writer.replace(record(run_id="superseded", fit="other"))
        for as_of in (MONDAY, NEXT_MONDAY):
            run = writer.replace(record({"ada": 70.0, "bob": 30.0}, as_of=as_of, transitions=transition("ada")))
            writer.remember_receipts(run, [StoredReceipt(sink="sinks.1 (csv)", failure="no room")])
        writer.remember_period_fit(scorecard="standard", as_of=MONDAY, settings="s", document="learned")
    return history


@contextmanager
def by_hand(store_url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(store_url, poolclass=sa.NullPool).begin() as connection:
        yield connection


def some_bytes(connection: sa.Connection) -> str:
    return "x'00'" if connection.dialect.name == "sqlite" else "'\\x00'::bytea"


def told(history: History) -> list[str]:
    return [found.id for found in history.check()]


def test_a_store_as_it_was_written_is_whole(two_weeks: History) -> None:
    two_weeks.import_scores(
        pl.DataFrame({"customer_id": ["ada"], "as_of": [MONDAY], "score": [9.0], "band": [None]}), "old"
    )
    assert told(two_weeks) == []


@pytest.mark.parametrize(
    ("harm", "identity"),
    [
        ("update frames set content = {bytes}", "damaged-metrics"),
        ("delete from frames", "missing-metrics"),
        ("delete from documents where kind = 'fit'", "missing-document"),
        ("update documents set content = {bytes}", "damaged-document"),
        ("delete from scores where customer_id = 'bob'", "customers-differ"),
        ("update scores set customer_id = 'eve' where customer_id = 'bob'", "scores-without-metrics"),
        ("update scores set run = 1 where run = 2", "rows-of-another-run"),
        ("delete from runs where number = 2", "rows-without-run"),
        ("update runs set superseded = (1 = 0)", "several-valid-runs"),
        ("update runs set superseded = (1 = 1)", "no-valid-run"),
        ("update transitions set project = 'Other'", "rows-of-another-run"),
        ("update transitions set run = 1", "rows-of-another-run"),
    ],
)
def test_every_damage_is_told(two_weeks: History, store_url: str, harm: str, identity: str) -> None:
    with by_hand(store_url) as connection:
        connection.exec_driver_sql(harm.format(bytes=some_bytes(connection)))
    assert identity in told(two_weeks)


EDITS = {
    ("runs", "run-differs"): ("stale = '[1]'", "superseded = (1 = 1)", "configuration = 'x'", "kind = 'rescore'"),
    ("transitions", "transitions-differ"): (
        "to_band = 'stable'",
        "kind = 'entered'",
        "to_score = 1",
        "from_score = null",
    ),
    ("scores", "scores-differ"): (
        "coverage = 0.5",
        "baseline = null",
        "scorecard = 'x'",
        "override = 'x'",
        "line = 'x'",
    ),
}


@pytest.mark.parametrize(
    ("table", "identity", "edit"), [(*where, edit) for where, edits in EDITS.items() for edit in edits]
)
def test_an_edit_of_whatever_column_is_told(
    two_weeks: History, store_url: str, table: str, identity: str, edit: str
) -> None:
    with by_hand(store_url) as connection:
        run = "number" if table == "runs" else "run"
        connection.exec_driver_sql(f"update {table} set {edit} where {run} = 3")
    assert identity in told(two_weeks)


def test_a_run_that_was_edited_says_in_which_columns(two_weeks: History, store_url: str) -> None:
    with by_hand(store_url) as connection:
        connection.exec_driver_sql("update runs set versions = '{\"x\": 1}', findings = '[1]' where number = 3")
    messages = {found.id: found.message for found in two_weeks.check()}
    assert messages["run-differs"] == "versions, findings in table runs: different from what was written"


@pytest.mark.parametrize("customers", [3, 45_000])
@pytest.mark.parametrize("dimensions", ['{"usage":7.5,"usage.depth":0.5}', '{"usage":1.0,"x":1}', ""])
def test_an_edit_of_one_customers_dimensions_is_told(
    history: History, store_url: str, customers: int, dimensions: str
) -> None:
    values: dict[str, float | None] = {f"c{number:05}": float(number) for number in range(customers)}
    with history.writing() as writer:
        writer.replace(record(values))
    assert told(history) == []
    with by_hand(store_url) as connection:
        its_own = schema.scores.c.customer_id == f"c{customers - 2:05}"
        connection.execute(sa.update(schema.scores).where(its_own).values(dimensions=dimensions))
    assert told(history) == ["dimensions-differ"]


def test_band_changes_that_nobody_had_are_told(two_weeks: History, store_url: str) -> None:
    with by_hand(store_url) as connection:
        columns = ", ".join(name for name in schema.transitions.columns.keys()[1:])
        connection.exec_driver_sql(f"insert into transitions (id, {columns}) select id + 1, {columns} from transitions")
    assert set(told(two_weeks)) == {"transitions-differ"}


def another_run(history: History) -> None:
    with history.writing() as writer:
        for as_of in (MONDAY, NEXT_MONDAY):
            writer.replace(record(as_of=as_of, run_id="another"))


DONE: dict[str, Callable[[History], object]] = {
    "a customer is forgotten": lambda history: history.forget_customer("bob"),
    "a person is forgotten": lambda history: history.forget_person("maya"),
    "metrics are pruned": lambda history: history.prune({"metrics": MONDAY + timedelta(days=30)}),
    "another run comes": another_run,
}


@pytest.mark.parametrize("done", DONE)
def test_what_is_done_after_an_edit_makes_it_no_truth(two_weeks: History, store_url: str, done: str) -> None:
    edited = {"run-differs", "transitions-differ", "scores-differ", "dimensions-differ"}
    with by_hand(store_url) as connection:
        connection.exec_driver_sql("update runs set configuration = 'x'")
        connection.exec_driver_sql("update transitions set to_band = 'x'")
        connection.exec_driver_sql("update scores set coverage = 0.5 where run = 3")
        connection.exec_driver_sql("update scores set dimensions = '{}' where run = 2")
    assert set(told(two_weeks)) == edited
    DONE[done](two_weeks)
    assert set(told(two_weeks)) == edited


@pytest.mark.parametrize("done", DONE)
def test_a_run_of_an_earlier_version_is_compared_with_nothing(two_weeks: History, store_url: str, done: str) -> None:
    with by_hand(store_url) as connection:
        kinds = ["run", "scores", "transitions", "stays"]
        connection.execute(sa.delete(schema.frames).where(schema.frames.c.kind.in_(kinds)))
        connection.exec_driver_sql("update scores set coverage = 0.5")
    DONE[done](two_weeks)
    assert told(two_weeks) == []


def test_damaged_metrics_are_not_read(two_weeks: History, store_url: str) -> None:
    with by_hand(store_url) as connection:
        connection.exec_driver_sql(f"update frames set content = {some_bytes(connection)}")
    with pytest.raises(HistoryError, match="part 0 of the metrics differs from what was written"):
        two_weeks.metrics(two_weeks.runs()[0])


def test_a_damaged_document_is_not_read(two_weeks: History, store_url: str) -> None:
    with by_hand(store_url) as connection:
        connection.exec_driver_sql(f"update documents set content = {some_bytes(connection)}")
    with pytest.raises(HistoryError, match="a stored document differs from what was written"):
        two_weeks.fit(two_weeks.runs()[0])


def test_runs_are_pruned_with_all_that_is_theirs(two_weeks: History, store_url: str) -> None:
    assert two_weeks.prune({"runs": NEXT_MONDAY}) == {"runs": 2}
    assert [run.as_of for run in two_weeks.runs(superseded=True)] == [NEXT_MONDAY]
    assert two_weeks.transitions()["as_of"].to_list() == [NEXT_MONDAY]
    with by_hand(store_url) as connection:
        kept = set(connection.execute(sa.select(schema.documents.c.kind)).scalars())
        fits = connection.execute(sa.select(sa.func.count()).where(schema.documents.c.kind == "fit")).scalar_one()
    assert (kept, fits) == ({"configuration", "fit", "period_fit"}, 1)
    assert told(two_weeks) == []


def test_superseded_runs_are_pruned_alone(two_weeks: History) -> None:
    assert two_weeks.prune({"superseded": NEXT_MONDAY}) == {"superseded": 1}
    assert len(two_weeks.runs(superseded=True)) == len(two_weeks.runs()) == 2


def test_metric_values_are_pruned_and_the_scores_stay(two_weeks: History) -> None:
    assert two_weeks.prune({"metrics": NEXT_MONDAY, "receipts": NEXT_MONDAY}) == {"metrics": 2, "receipts": 1}
    first, second = two_weeks.runs()
    assert (first.pruned, second.pruned) == (["metrics", "receipts"], [])
    assert two_weeks.scores([first]).height == 2
    with pytest.raises(HistoryError, match="its metric values were pruned"):
        two_weeks.metrics(first)
    assert two_weeks.metrics(second).height == 2
    assert told(two_weeks) == []


def test_scores_are_pruned_and_the_runs_stay(two_weeks: History) -> None:
    assert two_weeks.prune({"scores": NEXT_MONDAY, "period_fits": NEXT_MONDAY}) == {"scores": 4, "period_fits": 1}
    assert len(two_weeks.runs()) == 2
    assert two_weeks.scores_of("ada")["as_of"].to_list() == [NEXT_MONDAY]
    assert told(two_weeks) == []


def test_other_projects_are_not_pruned(two_weeks: History, open_history: Callable[..., History]) -> None:
    assert open_history(project="Other").prune({"runs": NEXT_MONDAY}) == {"runs": 0}
    assert len(two_weeks.runs()) == 2


def test_what_cannot_be_pruned_is_told(history: History) -> None:
    with pytest.raises(HistoryError, match="nothing called 'logs' can be pruned: expected one of runs, superseded"):
        history.prune({"logs": MONDAY})


def test_what_was_pruned_is_not_in_the_file_any_more(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    with History.open(f"sqlite:///{file}", project="Acme", folder=tmp_path) as history:
        with history.writing() as writer:
            writer.replace(record({"zzyzx-corporation": 1.0}))
        assert b"zzyzx-corporation" in file.read_bytes()
        with history.writing() as writer:
            writer.remove(history.runs()[0])
        assert b"zzyzx-corporation" not in file.read_bytes()


def test_pruning_gives_the_room_back(tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    with History.open(f"sqlite:///{file}", project="Acme", folder=tmp_path) as history:
        empty = file.stat().st_size
        with history.writing() as writer:
            writer.replace(record({f"c{number}": 1.0 for number in range(20_000)}))
        history.prune({"runs": NEXT_MONDAY})
        assert file.stat().st_size == empty


def test_an_export_is_the_history_as_parquet(two_weeks: History, tmp_path: Path) -> None:
    with two_weeks.writing() as writer:
        frame = scores({"ada": 1.0}).rename({"dimension.usage": "dimension.support"})
        writer.replace(record(as_of=NEXT_MONDAY + timedelta(days=7), scores=frame))
    rows = two_weeks.export(tmp_path)
    assert rows["runs.parquet"] == 4
    assert rows["transitions.parquet"] == 2
    assert sum(count for name, count in rows.items() if name.startswith("scores/")) == 2 + 2 + 2 + 1
    exported = pl.read_parquet(tmp_path / "scores" / "*.parquet").filter(customer_id="ada").sort("run")
    assert exported.filter(pl.col("as_of") >= NEXT_MONDAY)["dimension.support"].to_list() == [None, 1.0]
    assert exported.filter(pl.col("as_of") == NEXT_MONDAY)["dimension.usage"].to_list() == [70.0]
    metrics = pl.read_parquet(tmp_path / "metrics" / "*.parquet")
    assert metrics.columns == ["run", "as_of", "customer_id", "logins"]


def test_an_export_again_leaves_nothing_of_runs_that_are_gone(two_weeks: History, tmp_path: Path) -> None:
    two_weeks.export(tmp_path)
    two_weeks.prune({"runs": NEXT_MONDAY})
    rows = two_weeks.export(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.parquet")) == sorted(rows)
    assert len([name for name in rows if name.startswith("scores/")]) == 1


def test_an_empty_history_exports_its_columns(history: History, tmp_path: Path) -> None:
    assert history.export(tmp_path) == {"transitions.parquet": 0, "runs.parquet": 0}
    assert "run_id" in pl.read_parquet(tmp_path / "runs.parquet").columns


def imported(*rows: tuple[str, datetime, float]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["customer_id", "as_of", "score"], orient="row")
    return frame.with_columns(pl.lit("green").alias("band"))


def test_imported_scores_stand_beside_ours(two_weeks: History) -> None:
    runs = two_weeks.import_scores(
        imported(("ada", MONDAY, 5.0), ("bob", MONDAY, 6.0), ("ada", NEXT_MONDAY, 7.0)), "old"
    )
    assert [(run.kind, run.as_of, run.customers) for run in runs] == [("import", MONDAY, 2), ("import", NEXT_MONDAY, 1)]
    assert [run.kind for run in two_weeks.runs()] == ["run", "run"]
    assert two_weeks.scores_of("ada")["score"].to_list() == [70.0, 70.0]
    assert two_weeks.scores_of("ada", score_name="old", imported=True)["score"].to_list() == [7.0, 5.0]
    assert two_weeks.runs(kinds=["import"]) == runs


def test_an_import_again_replaces_its_moments_and_no_others(two_weeks: History) -> None:
    two_weeks.import_scores(imported(("ada", MONDAY, 5.0), ("ada", NEXT_MONDAY, 7.0)), "old")
    two_weeks.import_scores(imported(("ada", MONDAY, 1.0)), "old")
    two_weeks.import_scores(imported(("ada", MONDAY, 2.0)), "older")
    assert two_weeks.scores_of("ada", score_name="old", imported=True)["score"].to_list() == [7.0, 1.0]
    assert two_weeks.scores_of("ada", score_name="older", imported=True)["score"].to_list() == [2.0]


def test_an_import_of_other_customers_of_a_moment_leaves_those_before(two_weeks: History) -> None:
    two_weeks.import_scores(imported(("ada", MONDAY, 5.0), ("bob", MONDAY, 6.0)), "old")
    [run] = two_weeks.import_scores(imported(("bob", MONDAY, 7.0), ("cat", MONDAY, 8.0)), "old")
    assert run.customers == 3
    told = two_weeks.scores([run]).select("customer_id", "score", "status").rows()
    assert told == [("ada", 5.0, "scored"), ("bob", 7.0, "scored"), ("cat", 8.0, "scored")]
    assert two_weeks.check() == ()


def test_old_scores_are_read_in_the_projects_zone() -> None:
    frame = pl.DataFrame(
        {
            "customer_id": ["ada", " bob ", "cat", "dan"],
            "date": ["2026-03-01", "2026-07-01T12:00:00", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00+0300"],
            "score": ["70", "1e1", "0", "-5.5"],
            "band": ["green", None, "red", "red"],
            "note": "left out",
        }
    )
    read = old_scores(frame, "Europe/Berlin")
    assert read.rejected == ()
    assert read.scores.rows() == [
        ("ada", datetime(2026, 2, 28, 23, tzinfo=UTC), 70.0, "green"),
        ("bob", datetime(2026, 7, 1, 10, tzinfo=UTC), 10.0, None),
        ("cat", datetime(2026, 7, 1, 12, tzinfo=UTC), 0.0, "red"),
        ("dan", datetime(2026, 7, 1, 9, tzinfo=UTC), -5.5, "red"),
    ]


@pytest.mark.parametrize(
    "cell",
    ["2026-03-01 18:00", "2026-03-01T18:00", "2026-03-01T18:00:00.0", "2026-03-01T17:00Z", "2026-03-01 19:00:00+02:00"],
)
def test_a_time_is_read_as_people_and_exports_write_it(cell: str) -> None:
    read = old_scores(pl.DataFrame({"customer_id": ["ada"], "date": [cell], "score": ["70"]}), "Europe/Berlin")
    assert read.scores["as_of"].to_list() == [datetime(2026, 3, 1, 17, tzinfo=UTC)]


@pytest.mark.parametrize("cell", ["2026-03-29", date(2026, 3, 29)])
def test_a_day_whose_midnight_the_clocks_leave_out_begins_an_hour_later(cell: object) -> None:
    read = old_scores(pl.DataFrame({"customer_id": ["ada"], "date": [cell], "score": [70]}), "Asia/Beirut")
    assert read.scores["as_of"].to_list() == [datetime(2026, 3, 28, 22, tzinfo=UTC)]


@pytest.mark.parametrize("cell", [date(2026, 3, 1), datetime(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)])
def test_old_scores_of_typed_files_are_read(cell: date) -> None:
    read = old_scores(pl.DataFrame({"customer_id": [1], "date": [cell], "score": [70]}), "UTC")
    assert read.scores.rows() == [("1", datetime(2026, 3, 1, tzinfo=UTC), 70.0, None)]


def test_rows_that_are_no_scores_are_rejected_by_their_number() -> None:
    frame = pl.DataFrame(
        {
            "customer_id": ["ada", None, "bob", "cat", "dan", "ada", "eve"],
            "date": ["2026-03-01", "2026-03-01", "1.3.2026", "2026-03-01", None, "2026-03-01", "2026-03-01"],
            "score": ["70", "1", "2", "good", "3", "71", "NaN"],
        }
    )
    read = old_scores(frame, "UTC")
    assert [(rejected.row, rejected.reason) for rejected in read.rejected] == [
        (2, "it has no customer_id"),
        (3, "date '1.3.2026' is not a day or a time: expected one such as 2026-03-01"),
        (4, "score 'good' is not a number"),
        (5, "date '' is not a day or a time: expected one such as 2026-03-01"),
        (6, "a second score of ada on 2026-03-01"),
        (7, "score 'NaN' is not a number"),
    ]
    assert read.scores["customer_id"].to_list() == ["ada"]


def test_a_file_without_the_columns_is_told() -> None:
    with pytest.raises(ReadError, match="there is no column 'date'; there are customer_id, day, score"):
        old_scores(pl.DataFrame({"customer_id": ["ada"], "day": ["2026-03-01"], "score": [1]}), "UTC")


@pytest.mark.parametrize("column", ["customer_id", "date", "score", "band"])
def test_a_file_whose_cells_are_lists_is_told(column: str) -> None:
    cells = {"customer_id": "ada", "date": "2026-03-01", "score": 1.0, "band": "green"}
    frame = pl.DataFrame({name: [[cell] if name == column else cell] for name, cell in cells.items()})
    with pytest.raises(ReadError, match=f"the cells of column '{column}' are not plain values: List"):
        old_scores(frame, "UTC")
