# ruff: noqa: E501 - a table of cases is read by its rows
"""The source ``files``: what cells become, and what is said of files that are not as they should be."""

from __future__ import annotations

import csv
import gzip
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from scorewell.api.v1 import Location, ReadError, Secret
from scorewell_standard.sources import Files, typed
from scorewell_standard.sources.inference import Survey, survey


def files(path: Path | str, **settings: Any) -> Files:
    return Files(path=Location(str(path)), **settings)


def read(path: Path | str, **settings: Any) -> pl.DataFrame:
    return files(path, **settings).scan("", None).collect()


def said_of(path: Path | str, **settings: Any) -> list[tuple[str, str]]:
    folder = str(path if Path(path).is_dir() else Path(path).parent) + "/"
    return [
        (rejected.place.removeprefix(folder), rejected.reason)
        for rejected in files(path, **settings).rejected("", None)
    ]


def written(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["17", "-3"], pl.Int64, [17, -3]),
        (["17", "2.5", "1e-3"], pl.Float64, [17.0, 2.5, 0.001]),
        (["00017", "17"], pl.String, ["00017", "17"]),
        (["12345678901234567890"], pl.String, ["12345678901234567890"]),
        (["12e4567", "88"], pl.String, ["12e4567", "88"]),
        (["0.5", "0", "-0.25"], pl.Float64, [0.5, 0.0, -0.25]),
        (["True", "FALSE", "true"], pl.Boolean, [True, False, True]),
        (["yes", "no"], pl.String, ["yes", "no"]),
        (["2026-03-01", "2026-2-3"], pl.Date, [date(2026, 3, 1), date(2026, 2, 3)]),
        (["555-12-10"], pl.String, ["555-12-10"]),
        (["2026-02-30"], pl.String, ["2026-02-30"]),
        (["2026-03-01T10:00:00.5", "2026-03-01 3:15:52"], pl.Datetime("us"), [datetime(2026, 3, 1, 10, 0, 0, 500_000), datetime(2026, 3, 1, 3, 15, 52)]),
        (["2026-03-01 10:00", "2026-03-02"], pl.Datetime("us"), [datetime(2026, 3, 1, 10), datetime(2026, 3, 2)]),
        (["2026-03-01T10:00:00Z", "2026-03-01 10:00:00+02:00", "2026-03-01 10:00:00 UTC"], pl.Datetime("us", "UTC"), [datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (10, 8, 10)]),
        (["2026-03-01T10:00:00Z", "2026-03-01T10:00:00"], pl.String, ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00"]),
        (["7", " ", ""], pl.Int64, [7, None, None]),
        ([" Acme ", "\t"], pl.String, [" Acme ", None]),
        (["", " "], pl.Null, [None, None]),
    ],
)  # fmt: skip
def test_a_column_is_what_all_of_its_cells_are(
    tmp_path: Path, cells: list[str], dtype: pl.DataType, values: list[object]
) -> None:
    path = written(tmp_path, "x,y\n" + "".join(f"{cell},.\n" for cell in cells))

    column = read(path)["x"]

    assert column.dtype == dtype
    assert column.to_list() == values


def test_a_cell_far_down_decides_as_much_as_the_first(tmp_path: Path) -> None:
    path = written(tmp_path, "x\n" + "1\n" * 5_000 + "0001\n")

    assert read(path)["x"].to_list()[-1] == "0001"


@pytest.mark.parametrize(
    ("cell", "last", "dtype"), [("1", "2.5", pl.Float64), ("2026-03-01", "2026-03-01T10:00", pl.Datetime("us"))]
)
def test_a_wider_cell_far_down_widens_the_column(tmp_path: Path, cell: str, last: str, dtype: pl.DataType) -> None:
    frame = read(written(tmp_path, "v\n" + f"{cell}\n" * 3_000 + last))
    assert (frame.schema["v"], frame["v"].null_count()) == (dtype, 0)


def test_a_mistake_far_down_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "v\n" + "1\n" * 3_000 + "x\n")
    ((place, reason),) = said_of(path)
    assert (place, reason.partition(",")[0]) == ("t.csv line 3002", "v: 'x' is not a number")


def test_a_column_is_told_as_text_for_the_sake_of_one_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "minutes,y\n1,a\n2,b\n3,c\nabc,d\n4,e\n")

    assert read(path)["minutes"].dtype == pl.String
    assert said_of(path) == [
        ("t.csv line 5", "minutes: 'abc' is not a number, and so all of minutes is text (types: {minutes: number} leaves it empty)")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "settings", "rows", "said"),
    [
        ("id,n\na,1\nb,abc\n", {"types": {"n": "number"}}, [("a", 1), ("b", None)], [("t.csv line 3", "n: 'abc' is not a number: left empty")]),
        ("id,n\na,1.5\nb,x\n", {"types": {"n": "number"}}, [("a", 1.5), ("b", None)], [("t.csv line 3", "n: 'x' is not a number: left empty")]),
        ("id,n\n007,1\n", {"types": {"id": "number"}}, [(7, 1)], []),
        ("id,n\n7,1\n", {"types": {"id": "text"}}, [("7", 1)], []),
        ("id,d\na,19970101\nb,19971301\n", {"dates": {"d": "%Y%m%d"}}, [("a", date(1997, 1, 1)), ("b", None)], [("t.csv line 3", "d: '19971301' is not a date as %Y%m%d: left empty")]),
        ("id,d\na,31.01.2026 12:30\n", {"dates": {"d": "%d.%m.%Y %H:%M"}}, [("a", datetime(2026, 1, 31, 12, 30))], []),
        ("id,n\na,1\nb,2,3\nc\nd,4\n", {}, [("a", 1), ("d", 4)], [("t.csv line 3", "3 fields where 2 are expected"), ("t.csv line 4", "1 fields where 2 are expected")]),
        ('id,n\n"a\nb",1\n\nc,x"y\n"d"e,2\nf,\n', {}, [("a\nb", "1"), ("c", 'x"y'), ("f", None)], [("t.csv line 6", "text after a closing quote")]),
        ('id,n\na,1\nb,"open\nc,2\n', {}, [("a", 1), ("c", 2)], [("t.csv line 3", "a quote is opened and never closed")]),
        ('id,n\n"a\nb",1\nc,y\n', {"types": {"n": "number"}}, [("a\nb", 1), ("c", None)], [("t.csv line 4", "n: 'y' is not a number: left empty")]),
        ("﻿id,n\r\na,1\r\n", {}, [("a", 1)], []),
        ("id,n\n", {}, [], []),
        ("id,n", {}, [], []),
        ("id;n\na;1,5\n", {"separator": ";", "decimal_comma": True}, [("a", 1.5)], []),
        ("a report\n\nid,n\na,1\n", {"skip_rows": 2}, [("a", 1)], []),
        ("\nid,n\na,1\n", {}, [("a", 1)], []),
        ("id,n\na,n/a\nb,1\n", {"null_values": ("n/a",)}, [("a", None), ("b", 1)], []),
        ("a,1\nb,2\n", {"columns": ("id", "n")}, [("a", 1), ("b", 2)], []),
        ("key,count\na,1\n", {"columns": ("id", "n")}, [("a", 1)], []),
        ("key,count\na,b\n", {"columns": ("id", "n"), "header": True}, [("a", "b")], []),
        (" id   n \n 001  1  \n 002  2.5\n\n", {"separator": " "}, [("001", 1.0), ("002", 2.5)], []),
        ("id n\n a 1 2\n b 3\n", {"separator": " "}, [("b", 3)], [("t.csv line 2", "3 fields where 2 are expected")]),
    ],
)  # fmt: skip
def test_bad_lines_are_told_and_good_ones_kept(
    tmp_path: Path, content: str, settings: dict[str, Any], rows: list[tuple[object, ...]], said: list[tuple[str, str]]
) -> None:
    path = written(tmp_path, content)

    assert read(path, **settings).rows() == rows
    assert said_of(path, **settings) == said


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("", {}, "{path} is empty: expected a header line"),
        ("\n \n", {"columns": ("a",)}, "{path} is empty: expected at least one line"),
        ("a,b,a\n1,2,3\n", {}, "{path} line 1: two columns are called 'a' (1 and 3)\n    try: name all columns yourself by `columns: [...]` and `header: true`"),
        ("a;b\n1;2\n", {}, "{path} line 1: a single column 'a;b'\n    try: separator: \";\""),
        ("a,b\n1,2\n", {"columns": ("a", "b", "c")}, "{path} line 1: 2 fields, but `columns` names 3"),
        ("date,b\n1,2\n", {"dates": {"dat": "%Y"}}, "{path}: no column 'dat', which `dates` names; it has date, b\n    try: did you mean 'date'?"),
        ("a,b\r1,2\r", {}, "{path}: its lines end with a carriage return alone\n    try: save it with the line ends of Unix or Windows"),
        ("day,b\n,1\n2026-02-10,2\n2026-02-11,2\n", {"dates": {"day": "%d.%m.%Y"}}, "{path}: none of the 2 filled cells of 'day' is a date as %d.%m.%Y: the first is '2026-02-10'\n    try: dates: {day: how they are written, as \"%d.%m.%Y\"}"),
        ("day,b\n10.2.26,1\n", {"types": {"day": "date"}}, "{path}: none of the 1 filled cells of 'day' is a date as 2026-03-01: the first is '10.2.26'\n    try: dates: {day: how they are written, as \"%d.%m.%Y\"}"),
        (b"a,b\n1,2\n3,\xe9\n", {}, "{path} line 3: byte 0xe9 is not valid UTF-8\n    try: encoding: windows-1252, if it comes from a spreadsheet on Windows"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_told_in_one_line(
    tmp_path: Path, content: str | bytes, settings: dict[str, Any], message: str
) -> None:
    path = written(tmp_path, content)

    with pytest.raises(ReadError) as caught:
        read(path, **settings)

    assert str(caught.value) == message.replace("{path}", str(path))


def test_a_missing_file_names_its_near_miss(tmp_path: Path) -> None:
    written(tmp_path, "a\n1\n", "accounts.csv")

    with pytest.raises(ReadError) as caught:
        read(tmp_path / "acounts.csv")

    assert str(caught.value) == f"{tmp_path}/acounts.csv does not exist, did you mean accounts.csv?"


def test_a_missing_file_without_near_miss_names_what_is_there(tmp_path: Path) -> None:
    for name in ("k.csv", "l.csv", "m.csv", "n.csv"):
        written(tmp_path, "a\n1\n", name)

    with pytest.raises(ReadError) as caught:
        read(tmp_path / "tickets.parquet")

    assert (
        str(caught.value) == f"{tmp_path}/tickets.parquet does not exist; {tmp_path} holds k.csv, l.csv, m.csv (1 more)"
    )


@pytest.mark.parametrize(
    ("names", "path", "message"),
    [
        (["a.csv"], "*.parquet", "{folder}/*.parquet matches no file; {folder} holds a.csv"),
        (["usage.csv"], "usage*.CSV", "{folder}/usage*.CSV matches no file, did you mean usage.csv?"),
        (["a.csv"], "gone/*.csv", "{folder}/gone/*.csv matches no file: there is no folder {folder}/gone"),
        (["a.csv"], "*/a.csv", "{folder}/*/a.csv matches no file"),
        (["a.csv"], "$DATA/a.csv", "{folder}/$DATA/a.csv does not exist: there is no folder {folder}/$DATA\n    try: ${DATA} for the value of a variable"),
        (["a.parquet"], "a.parquet", "{folder}/a.parquet is no Parquet file: it holds text\n    try: format: csv"),
        (["a.xlsx"], "a.xlsx", "{folder}/a.xlsx is no Excel file: it holds text\n    try: format: csv"),
        (["a.csv", "b.parquet"], "", "{folder} holds several formats: a.csv and b.parquet\n    try: a pattern such as {folder}/*.csv"),
        (["a.dat"], "a.dat", "{folder}/a.dat: its format cannot be told from its ending: expected .csv, .tsv, .parquet, .ndjson or .xlsx\n    try: format: csv | tsv | parquet | ndjson | excel"),
        (["a.dat"], "", "{folder} holds no file that can be read: expected .csv, .tsv, .parquet, .ndjson or .xlsx"),
    ],
)  # fmt: skip
def test_a_path_that_says_no_table_is_told(tmp_path: Path, names: list[str], path: str, message: str) -> None:
    for name in names:
        written(tmp_path, "a\n1\n", name)

    with pytest.raises(ReadError) as caught:
        read(tmp_path / path)

    assert str(caught.value) == message.replace("{folder}", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv.gz", gzip.compress(b"id,n\na,1\n")),
        ("t.txt", b"id,n\na,1\n"),
        ("t.tsv", b"id\tn\na\t1\n"),
        ("t.csv", "id,n\na,1\n".encode("utf-16")),
        ("t.ndjson", b'{"id": "a", "n": 1}\n'),
        ("t.json", b'[{"id": "a", "n": 1}]'),
    ],
)
def test_the_ending_says_the_format(tmp_path: Path, name: str, content: bytes) -> None:
    assert read(written(tmp_path, content, name)).rows() == [("a", 1)]


def test_a_zipped_file_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.csv", "id,n\na,1\n")

    assert read(path).rows() == [("a", 1)]


def test_a_damaged_archive_is_told_in_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"id,n\na,1\n" * 1000)[:-20], "t.csv.gz")

    with pytest.raises(ReadError, match=r"t\.csv\.gz cannot be read: unexpected end of file"):
        read(path)


def test_another_encoding_is_read_when_named(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\na,Zoë\n".encode("windows-1252"))

    assert read(path, encoding="windows-1252")["name"].to_list() == ["Zoë"]


def test_a_url_is_read_like_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, "id,n\na,1\nb,2,3\n")

    assert read(f"file://{path}", storage_options={"token": Secret("t")}).rows() == [("a", 1)]


def test_files_of_a_folder_are_one_table_with_the_columns_of_all(tmp_path: Path) -> None:
    written(tmp_path, "id,n\na,1\n", "1.csv")
    written(tmp_path, "id,m,n\nb,x,2.5\n", "deeper/2.csv")
    written(tmp_path, "junk", "_SUCCESS")

    table = read(tmp_path)

    assert table.sort("id").rows(named=True) == [{"id": "a", "n": 1.0, "m": None}, {"id": "b", "n": 2.5, "m": "x"}]
    assert said_of(tmp_path) == [("1.csv", "no column 'm', which other files have: left empty")]


def test_a_column_is_text_where_one_file_of_many_has_text(tmp_path: Path) -> None:
    written(tmp_path, "id\n1\n", "1.csv")
    written(tmp_path, "id\n007\n", "2.csv")

    assert sorted(read(tmp_path / "*.csv")["id"]) == ["007", "1"]


def test_parquet_keeps_its_own_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"id": ["1", "02"], "n": [1, None], "d": [date(2026, 1, 1), None]}, schema_overrides={"n": pl.Int32}
    )
    frame.write_parquet(tmp_path / "t.parquet")

    assert read(tmp_path / "t.parquet").equals(frame)
    assert read(tmp_path / "t.parquet").schema == frame.schema


def test_integers_and_text_of_typed_files_become_the_dates_that_are_declared(tmp_path: Path) -> None:
    pl.DataFrame({"d": [19970101, None], "e": ["01.02.2026", "soon"]}).write_parquet(tmp_path / "t.parquet")
    settings = {"dates": {"d": "%Y%m%d", "e": "%d.%m.%Y"}}

    assert read(tmp_path / "t.parquet", **settings).rows() == [(date(1997, 1, 1), date(2026, 2, 1)), (None, None)]
    assert said_of(tmp_path / "t.parquet", **settings) == [
        ("t.parquet row 2", "e: 'soon' is not a date as %d.%m.%Y: left empty")
    ]


def test_partition_folders_are_columns(tmp_path: Path) -> None:
    for month in ("2026-01", "2026-02"):
        (tmp_path / f"month={month}").mkdir()
        pl.DataFrame({"n": [1]}).write_parquet(tmp_path / f"month={month}" / "part.parquet")

    assert read(tmp_path).sort("month")["month"].to_list() == ["2026-01", "2026-02"]


def test_a_corrupt_parquet_file_is_told_in_one_line_with_its_cause(tmp_path: Path) -> None:
    path = written(tmp_path, b"PAR1 no", "t.parquet")

    with pytest.raises(ReadError) as caught:
        read(path)

    assert str(caught.value).startswith(f"{path} cannot be read: parquet: File out of specification")
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None


def test_json_lines_that_are_no_objects_are_told_and_the_others_kept(tmp_path: Path) -> None:
    path = written(
        tmp_path, '{"id": "007", "at": "2026-03-01T10:00:00Z"}\n\n{"id": \n{"id": "8", "at": null}\n', "t.ndjson"
    )

    assert read(path).rows() == [("007", datetime(2026, 3, 1, 10, tzinfo=UTC)), ("8", None)]
    assert said_of(path) == [("t.ndjson line 3", "no JSON: Expecting value: line 1 column 8 (char 7)")]


def test_json_that_is_no_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"t\.ndjson cannot be read: expected one JSON object a line"):
        read(written(tmp_path, "nothing\n", "t.ndjson"))
    with pytest.raises(ReadError, match=r"e\.ndjson is empty: expected one JSON object a line"):
        read(written(tmp_path, "", "e.ndjson"))


def workbook(path: Path, rows: list[list[object]], sheet: str = "usage") -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def test_a_sheet_keeps_text_that_looks_like_a_number(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["id", "n", "day"], ["00017", 2.5, "2026-03-01"], ["18", 3, ""]])

    assert read(path, sheet="usage").rows() == [("00017", 2.5, date(2026, 3, 1)), ("18", 3.0, None)]


@pytest.mark.parametrize(
    ("rows", "settings"),
    [
        ([["a", 2.5, "2026-03-01"], ["b", 3, "2026-03-02"]], {}),
        ([["wer", "wieviel", "wann"], ["a", 2.5, "2026-03-01"], ["b", 3, "2026-03-02"]], {}),
        ([["17", "18", "19"], ["a", 2.5, "2026-03-01"], ["b", 3, "2026-03-02"]], {"header": True}),
        ([["a report"], [], ["a", 2.5, "2026-03-01"], ["b", 3, "2026-03-02"]], {"skip_rows": 2}),
    ],
    ids=["no header", "a header", "a header of numbers", "a title"],
)
def test_columns_names_those_of_a_sheet_and_costs_no_row(
    tmp_path: Path, rows: list[list[object]], settings: dict[str, object]
) -> None:
    table = read(workbook(tmp_path / "t.xlsx", rows), columns=("id", "n", "day"), **settings)

    assert table.rows() == [("a", 2.5, date(2026, 3, 1)), ("b", 3.0, date(2026, 3, 2))]
    assert table.columns == ["id", "n", "day"]


@pytest.mark.parametrize(
    ("path", "settings", "problem"),
    [
        ("t.csv", {"sheet": "usage"}, "sheet does not apply to csv files: it is for excel"),
        ("t.parquet", {"separator": ";"}, "separator does not apply to parquet files: it is for csv, tsv"),
        ("t.json", {"columns": ("a",)}, "columns does not apply to ndjson files: it is for csv, tsv, excel"),
        ("t.xlsx", {"encoding": "latin-1"}, "encoding does not apply to excel files: it is for csv, tsv, ndjson"),
    ],
)
def test_a_setting_of_another_format_is_a_mistake(path: str, settings: dict[str, object], problem: str) -> None:
    assert list(Files(path=Location(path), **settings).problems()) == [problem]


def test_a_setting_of_another_format_is_told_of_a_folder_when_it_is_read(tmp_path: Path) -> None:
    written(tmp_path, "a\n1\n", "in/t.csv")

    with pytest.raises(ReadError, match="sheet does not apply to csv files: it is for excel"):
        read(tmp_path / "in", sheet="usage")


def test_an_unknown_sheet_is_told_with_those_there_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["id"], ["a"]])

    with pytest.raises(ReadError) as caught:
        read(path, sheet="use")

    assert str(caught.value) == f"{path} has no sheet 'use'; it has 'usage'"


def test_excel_without_its_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorewell_standard.sources.opened.find_spec", lambda _: None)

    with pytest.raises(ReadError, match=r"Excel files need fastexcel\n    try: pip install 'scorewell\[excel\]'"):
        read(workbook(tmp_path / "t.xlsx", [["id"], ["a"]]))


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, "id,n\na,1\n")
    read(path)
    written(tmp_path, "id,n\na,x\nb,yy\n")

    assert read(path).rows() == [("a", "x"), ("b", "yy")]


def test_only_the_columns_that_are_used_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c\n1,2,3\n")

    assert "PROJECT 1/3 COLUMNS" in files(path).scan("", None).select("b").explain()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"separator": "ab"}, "separator 'ab': expected one character"),
        ({"header": False}, "header: false needs columns: the names of the columns"),
        ({"skip_rows": -1}, "skip_rows is -1: expected 0 or more"),
        ({"dates": {"d": "%Y"}, "types": {"d": "date"}}, "column 'd' is in dates and in types: one of them suffices"),
        ({"dates": {"d": "iso"}}, "dates: d: 'iso' is no date format: expected one such as \"%d.%m.%Y\""),
        ({"encoding": "ansi!"}, "encoding 'ansi!' is not known: expected one such as utf-8 or windows-1252"),
    ],
)
def test_settings_that_do_not_fit_are_told_before_any_reading(settings: dict[str, Any], problem: str) -> None:
    assert list(files("t.csv", **settings).problems()) == [problem]


# Letters of all scripts, the characters that CSV is made of, and none that would turn the column into another type.
names = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('",;\n\t '), max_size=20).map(
    lambda text: "x" + text
)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(names, st.integers(-(10**15), 10**15) | st.none()), min_size=1, max_size=8))
def test_what_polars_writes_as_csv_is_read_back_equal(
    rows: list[tuple[str, int | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    frame = pl.DataFrame(rows, schema={"name": pl.String, "n": pl.Int64}, orient="row")
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    frame.write_csv(path)

    assert read(path).rows() == frame.rows()
    assert said_of(path) == []


def test_cdnow_is_read_with_its_leading_spaces_and_number_dates(test_data: Path) -> None:
    path = test_data / "cdnow" / "CDNOW_master.txt"
    expected = [line.split() for line in path.read_text().splitlines()[1:] if line.strip()]

    table = read(path, separator=" ", dates={"date": "%Y%m%d"})

    assert table["customer_id"].to_list() == [fields[0] for fields in expected]
    assert table["date"].max() == date(1998, 6, 30)
    assert table["dollar_value"].sum() == pytest.approx(sum(float(fields[3]) for fields in expected))


def test_telcos_blank_charges_are_null_and_the_others_numbers(test_data: Path) -> None:
    path = test_data / "telco_ibm" / "Telco-Customer-Churn.csv"
    plain = pl.read_csv(path, infer_schema=False)["TotalCharges"]

    charges = read(path)["TotalCharges"]

    assert charges.null_count() == (plain == " ").sum() == 11
    assert charges.sum() == pytest.approx(plain.filter(plain != " ").cast(pl.Float64).sum())


def test_ravenstack_has_its_booleans_and_dates(test_data: Path) -> None:
    accounts = read(test_data / "ravenstack" / "ravenstack_accounts.csv")
    plain = pl.read_csv(test_data / "ravenstack" / "ravenstack_accounts.csv", infer_schema=False)

    assert accounts.schema["signup_date"] == pl.Date
    assert accounts["is_trial"].sum() == (plain["is_trial"] == "True").sum()


def test_a_compressed_event_log_is_read_whole(test_data: Path) -> None:
    path = test_data / "churnsim_b2b_a" / "event_raw_sample.csv.gz"
    events = read(path)

    assert events.height == gzip.decompress(path.read_bytes()).count(b"\n") - 1
    assert events.schema["event_time"] == pl.Datetime("us")


@pytest.mark.parametrize("vendor", ["salesforce", "zendesk", "stripe"])
def test_every_line_of_a_vendors_tables_is_a_row(test_data: Path, vendor: str) -> None:
    for path in sorted((test_data / "fivetran_seeds" / vendor).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            records = sum(any(fields) for fields in csv.reader(file)) - 1

        assert read(path).height == records, path


def test_a_file_is_surveyed_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    surveys: list[str] = []

    def counted(frame: pl.LazyFrame, *args: Any, **kwargs: Any) -> dict[str, Survey]:
        surveys.append("survey")
        return survey(frame, *args, **kwargs)

    monkeypatch.setattr(typed, "survey", counted)
    path = tmp_path / "t.csv"
    path.write_text("id,n\na,1\n")
    source = Files(path=Location(str(path)))
    source.scan("", None)
    assert list(source.rejected("", None)) == []
    assert source.scan("", None).collect_schema()["n"] == pl.Int64
    assert len(surveys) == 1
    path.write_text("id,n\na,one\n")
    assert source.scan("", None).collect_schema()["n"] == pl.String
