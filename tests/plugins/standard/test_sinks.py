"""The sinks that write files and the console: whole or not at all, the same bytes again, and nothing that runs."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.one_run import BERLIN, OneRun

from scorewell.api.v1 import Location, Run, ScorewellError, Sink
from scorewell_standard.sinks import Console, Csv, Json, Parquet
from scorewell_standard.sinks.console import printable
from scorewell_standard.sinks.csv import disarmed


@pytest.mark.parametrize("sink", [Parquet, Csv, Json])
@pytest.mark.parametrize("ending", ["", "/scores.{}"])
def test_a_limited_delivery_stands_beside_the_whole_one(tmp_path: Path, sink: type[Csv], ending: str) -> None:
    suffix = {"Parquet": "parquet", "Csv": "csv", "Json": "json"}[sink.__name__]
    to = sink(path=Location(f"{tmp_path}{ending.format(suffix)}"))
    whole = run_of(("a", "Acme", 70.0), ("b", "Bolt", 30.0))
    to.deliver(whole)
    (file,) = tmp_path.iterdir()
    before = file.read_bytes()
    to.deliver(attrs.evolve(whole, scores=whole.scores.head(1), selection="only-large"))
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([file.name, f"{file.stem}-only-large.{suffix}"])


@pytest.mark.parametrize("sink", [Parquet, Csv, Json])
@pytest.mark.parametrize("path", ["file", "file/deeper", "file/scores.{}"])
def test_what_keeps_a_sink_from_delivering_can_be_told_before(tmp_path: Path, sink: type[Csv], path: str) -> None:
    file = tmp_path / "file"
    file.write_text("a file", encoding="utf-8")
    to = sink(path=Location(f"{tmp_path}/{path.format(sink.name)}"))
    ((setting, obstacle),) = to.obstacles()
    assert setting == "path"
    assert obstacle.startswith(f"{file} is a file: expected a folder")
    with pytest.raises(ScorewellError, match="cannot be written"):
        to.deliver(run_of(("a", "Acme", 70.0)))
    file.unlink()
    assert list(to.obstacles()) == []
    to.deliver(run_of(("a", "Acme", 70.0)))


def scores(*rows: tuple[str, str | None, float | None], segment: str | None = "smb") -> pl.DataFrame:
    """One row a customer: customer_id, name, score."""
    return pl.DataFrame(
        [
            {
                "customer_id": customer,
                "score_name": "health",
                "name": name,
                "segment": segment,
                "as_of": datetime(2026, 3, 1, tzinfo=BERLIN),
                "score": score,
                "band": None if score is None else "at_risk" if score <= 40 else "healthy",
                "status": "insufficient_data" if score is None else "scored",
                "coverage": 0.1 if score is None else 1.0,
                "metric.n": None if score is None else 0.1 + 0.2,
            }
            for customer, name, score in rows
        ],
        schema_overrides=dict.fromkeys(("name", "segment", "band"), pl.String)
        | dict.fromkeys(("score", "metric.n"), pl.Float64),
    )


def run_of(*rows: tuple[str, str | None, float | None]) -> OneRun:
    return OneRun(scores=scores(*rows))


def _plain(drawn: str) -> str:
    """What is drawn, without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", drawn)


def sink(kind: type[Parquet | Csv | Json], path: Path) -> Sink:
    return kind(path=Location(str(path)))


def test_a_run_is_one_parquet_file_in_its_folder_and_nothing_else(tmp_path: Path) -> None:
    run: Run = run_of(("a", "Acme", 70.0))

    receipt = sink(Parquet, tmp_path / "out").deliver(run)

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scores-2026-03-01.parquet"]
    assert pl.read_parquet(receipt.location).equals(run.scores)
    assert (receipt.count, receipt.what) == (1, "rows")


@pytest.mark.parametrize("kind", [Parquet, Csv, Json])
def test_the_same_run_again_gives_the_same_bytes(tmp_path: Path, kind: type[Parquet | Csv | Json]) -> None:
    run = run_of(("a", "Acme", 70.0), ("b", None, None))
    first = Path(sink(kind, tmp_path).deliver(run).location).read_bytes()

    assert Path(sink(kind, tmp_path).deliver(run).location).read_bytes() == first
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("kind", [Parquet, Csv, Json])
def test_another_result_for_the_same_moment_replaces_the_earlier_one(
    tmp_path: Path, kind: type[Parquet | Csv | Json]
) -> None:
    sink(kind, tmp_path).deliver(run_of(("a", "Acme", 70.0)))
    receipt = sink(kind, tmp_path).deliver(run_of(("b", "Bolt", 10.0)))

    assert b"Acme" not in Path(receipt.location).read_bytes()
    assert len(list(tmp_path.iterdir())) == 1


def test_another_moment_of_the_same_day_has_its_own_file(tmp_path: Path) -> None:
    run = attrs.evolve(run_of(("a", "Acme", 70.0)), as_of=datetime(2026, 3, 1, 12, 30, tzinfo=BERLIN))

    assert Path(sink(Parquet, tmp_path).deliver(run).location).name == "scores-2026-03-01T123000.parquet"


@pytest.mark.parametrize(
    ("kind", "name"), [(Parquet, "s.parquet"), (Csv, "s.csv"), (Json, "s.json"), (Json, "s.ndjson")]
)
def test_a_path_with_the_ending_is_the_file(tmp_path: Path, kind: type[Parquet | Csv | Json], name: str) -> None:
    assert sink(kind, tmp_path / name).deliver(run_of(("a", "Acme", 70.0))).location == str(tmp_path / name)


@pytest.mark.parametrize("kind", [Parquet, Csv, Json])
def test_a_file_where_a_folder_is_needed_is_told_in_one_line(tmp_path: Path, kind: type[Parquet | Csv | Json]) -> None:
    (tmp_path / "out").write_text("")

    with pytest.raises(ScorewellError) as caught:
        sink(kind, tmp_path / "out" / "scores").deliver(run_of(("a", "Acme", 70.0)))

    assert str(caught.value).startswith(f"{tmp_path}/out/scores/scores-2026-03-01.")
    assert str(caught.value).endswith("cannot be written: Not a directory")


def test_a_failed_delivery_leaves_the_former_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    former = Path(sink(Csv, tmp_path).deliver(run_of(("a", "Acme", 70.0))).location).read_bytes()

    def full(self: pl.DataFrame, file: io.BufferedWriter) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    with pytest.raises(ScorewellError, match=r"scores-2026-03-01\.csv cannot be written: No space left on device$"):
        sink(Csv, tmp_path).deliver(run_of(("b", "Bolt", 10.0)))

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [former]


def test_a_url_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ScorewellError, match="expected a local file or folder, not a URL"):
        Csv(path=Location("s3://bucket/scores")).deliver(run_of(("a", "Acme", 70.0)))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5", "'-5"),
        ("@sum(1)", "'@sum(1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        (' "=1', "' \"=1"),
        ("＝1", "'＝1"),
        ("\u200b=1", "'\u200b=1"),
        ("Acme;=1", "Acme;'=1"),
        ("Acme\n=1", "Acme\n'=1"),
        ("'=1", "''=1"),
        ("Acme - North = 1", "Acme - North = 1"),
        ("O'Neil", "O'Neil"),
    ],
)
def test_no_name_is_a_formula_in_the_csv_file(tmp_path: Path, name: str, written: str) -> None:
    receipt = sink(Csv, tmp_path).deliver(run_of(("a", name, -5.0)))

    with Path(receipt.location).open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["name"] == written
    assert row["score"] == "-5.0"
    assert row["as_of"] == "2026-03-01T00:00:00+01:00"


texts = st.text(
    st.sampled_from("=+-@'\" \t\r\n;,a1＝＋\u00a0\u200b") | st.characters(blacklist_categories=("Cs",)), max_size=12
)


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=20))
def test_no_cell_begins_a_formula_wherever_a_spreadsheet_splits(names: list[str]) -> None:
    cells = pl.Series("name", names).to_frame().select(disarmed(pl.col("name")))["name"]

    for cell in cells:
        for piece in cell.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
            bare = piece.lstrip(' \u00a0\u3000"\u200b')
            assert not bare.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@settings(deadline=None)
@given(st.lists(texts, min_size=2, max_size=20, unique=True))
def test_names_that_differ_still_differ_when_disarmed(names: list[str]) -> None:
    cells = pl.Series("name", names).to_frame().select(disarmed(pl.col("name")))["name"]

    assert cells.n_unique() == len(names)


def test_json_is_a_list_of_objects_with_exact_numbers(tmp_path: Path) -> None:
    receipt = sink(Json, tmp_path).deliver(run_of(("a", 'A "q" ✓', 70.0), ("b", None, None)))

    first, second = json.loads(Path(receipt.location).read_text(encoding="utf-8"))
    assert first["name"] == 'A "q" ✓'
    assert first["metric.n"] == 0.1 + 0.2
    assert first["as_of"] == "2026-03-01T00:00:00+01:00"
    assert second["score"] is None


def test_ndjson_is_one_object_a_line(tmp_path: Path) -> None:
    receipt = sink(Json, tmp_path / "s.ndjson").deliver(run_of(("a", "x\ny", 70.0), ("b", None, None)))

    lines = Path(receipt.location).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["customer_id"] for line in lines] == ["a", "b"]


def test_no_customers_are_an_empty_list(tmp_path: Path) -> None:
    run = OneRun(scores=scores(("a", "Acme", 1.0)).clear())

    assert json.loads(Path(sink(Json, tmp_path).deliver(run).location).read_text()) == []


def test_the_console_says_each_segment_and_the_lowest_in_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    run = OneRun(
        scores=pl.concat(
            [
                scores(("a", "[red]Acme[/]", 10.0), ("b", "Bolt", 80.5), segment="smb"),
                scores(("c", None, None), segment=None),
            ]
        )
    )

    Console().deliver(run)

    assert capsys.readouterr().out.splitlines() == [
        "acme as of 2026-03-01 00:00: 3 customers",
        "smb: 2 customers, mean score 45.2, 1 at_risk, 1 healthy, coverage 100%",
        "(no segment): 1 customer, mean score –, 0 at_risk, 0 healthy, coverage 10%, no score: 1 insufficient_data",
        "all: 3 customers, mean score 45.2, 1 at_risk, 1 healthy, coverage 70%, no score: 1 insufficient_data",
        "lowest: 10 at_risk [red]Acme[/] (a, smb)",
        "lowest: 80.5 healthy Bolt (b, smb)",
    ]


def test_the_console_averages_and_sorts_no_scores_of_different_scales(capsys: pytest.CaptureFixture[str]) -> None:
    of_hundred = scores(("a", "Acme", 60.0), ("b", "Bolt", 10.0), segment="large")
    of_ten = scores(("c", "Cobalt", 9.0), ("d", "Dyer", 2.0), segment="small")
    cards = [of_hundred.with_columns(scorecard=pl.lit("x")), of_ten.with_columns(scorecard=pl.lit("y"))]
    run = OneRun(scores=pl.concat(cards), scales={"x": (0.0, 100.0), "y": (0.0, 10.0)})

    Console().deliver(run)

    told = capsys.readouterr().out.splitlines()
    means = [line.partition("mean score ")[2].partition(", ")[0] for line in told if "mean score" in line]
    assert means == ["35.0", "5.5", "45.0 of 100"]
    assert [line.split()[-2] for line in told if line.startswith("lowest")] == ["(b,", "(d,", "(a,", "(c,"]


def test_the_console_needs_no_names(capsys: pytest.CaptureFixture[str]) -> None:
    Console().deliver(OneRun(scores=scores(("a", "Acme", 10.0), segment="smb").drop("name")))

    assert capsys.readouterr().out.splitlines()[-1] == "lowest: 10 at_risk a (a, smb)"


def test_a_reader_that_leaves_early_is_no_failed_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Left())
    assert Console().deliver(OneRun(scores=scores(("a", "Acme", 10.0)))).what == "rows"


def test_the_console_draws_tables_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")

    Console().deliver(run_of(("a", "[red]Acme[/]", 10.0)))

    drawn = capsys.readouterr().out
    assert "Lowest scores" in drawn
    assert "at risk" in drawn
    assert "[red]Acme[/]" in drawn


def test_the_console_cuts_nothing_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    segment = "northern_and_eastern_europe_with_the_baltics"
    rows = [scores(("a", "Acme of the North and of the East", 10.0), ("b", None, None), segment=segment)]

    Console().deliver(OneRun(scores=pl.concat([*rows, scores(("c", "Cobalt", 50.0))])))

    drawn = _plain(capsys.readouterr().out)
    assert max(map(len, drawn.splitlines())) <= 80
    assert "…" not in drawn
    assert all(word in drawn for word in ("customers", "at risk", "no score", "insufficient", "Acme of the North"))


def test_each_score_has_its_totals_and_its_segments_below_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    health = pl.concat([scores(("a", "Acme", 10.0), segment="large"), scores(("b", "Bolt", 90.0), segment="small")])
    use = scores(("a", "Acme", 50.0), ("b", "Bolt", 70.0), segment="everybody").with_columns(score_name=pl.lit("use"))

    Console().deliver(OneRun(scores=pl.concat([health, use])))

    table = _plain(capsys.readouterr().out).split("\n\n")[1].splitlines()
    assert [line.split()[:3] for line in table[1:]] == [
        ["health", "2", "50.0"],
        ["large", "1", "10.0"],
        ["small", "1", "90.0"],
        ["use", "2", "60.0"],
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë 👩‍🚀 شركة", "Zoë 👩‍🚀 شركة"),
        ("a\x1b[2Jb", "a�[2Jb"),
        ("a\nb\u202ec", "a�b�c"),
        ("x" * 10_000, "x" * 59 + "…"),
    ],
)
def test_a_name_cannot_move_reverse_or_flood_the_screen(name: str, shown: str) -> None:
    assert printable(name) == shown
