"""The source ``files`` where each file's name tells its day."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scorewell.api.v1 import Location, Period, ReadError
from scorewell_standard.sources import Files


def files(path: Path | str, form: str = "%Y-%m-%d", **settings: Any) -> Files:
    return Files(path=Location(str(path)), date_in_name=form, **settings)


def read(source: Files, until: datetime | None = None) -> list[tuple[object, ...]]:
    return source.scan("", None if until is None else Period(None, until)).collect().rows()


def written(folder: Path, **names: str) -> Path:
    for name, content in names.items():
        (folder / f"crm-{name.removeprefix('on_').replace('_', '-')}.csv").write_text(content)
    return folder


DAYS = {"on_2026_02_27": "id,plan\na,Free\n", "on_2026_02_28": "id,plan\na,Pro\nb,Free\n"}


def test_the_day_in_a_files_name_is_a_column(tmp_path: Path) -> None:
    written(tmp_path, **DAYS)
    source = files(tmp_path / "crm-*.csv")
    assert source.scan("", None).collect_schema()["file_date"] == pl.Date
    assert read(source) == [
        ("a", "Free", date(2026, 2, 27)),
        ("a", "Pro", date(2026, 2, 28)),
        ("b", "Free", date(2026, 2, 28)),
    ]
    assert list(source.rejected("", None)) == []


@pytest.mark.parametrize("suffix", ["parquet", "ndjson", "xlsx"])
def test_so_it_is_in_every_format(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame({"id": ["a"]})
    for day in ("20260227", "20260228"):
        place = tmp_path / f"crm{day}.{suffix}"
        {"parquet": frame.write_parquet, "ndjson": frame.write_ndjson, "xlsx": frame.write_excel}[suffix](place)
    rows = read(files(tmp_path / f"*.{suffix}", "%Y%m%d"))
    assert rows == [("a", date(2026, 2, 27)), ("a", date(2026, 2, 28))]


def test_files_of_parquet_whose_columns_changed_make_one_table(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a"]}).write_parquet(tmp_path / "2026-02-27.parquet")
    pl.DataFrame({"id": ["a"], "plan": ["Pro"]}).write_parquet(tmp_path / "2026-02-28.parquet")
    rows = files(tmp_path).scan("", None).select("id", "file_date", "plan").collect().rows()
    assert rows == [("a", date(2026, 2, 27), None), ("a", date(2026, 2, 28), "Pro")]


@pytest.mark.parametrize(
    ("place", "form", "day"),
    [
        ("crm_20260301.csv", "%Y%m%d", date(2026, 3, 1)),
        ("crm_20260301T0310.csv", "%Y%m%d", date(2026, 3, 1)),
        ("crm_20260301031055.csv", "%Y%m%d", None),
        ("01.03.26 crm.csv", "%d.%m.%y", date(2026, 3, 1)),
        ("crm-2026-060.csv", "%Y-%j", date(2026, 3, 1)),
        ("2026-01-01/crm-2026-03-01.csv", "%Y-%m-%d", date(2026, 3, 1)),
        ("2026-03-01/crm.csv", "%Y-%m-%d", None),
        ("2026/03/01/crm.csv", "%Y/%m/%d/", date(2026, 3, 1)),
        ("day=2026-03-01/part-0.csv", "day=%Y-%m-%d/", date(2026, 3, 1)),
        ("crm-2026-02-30.csv", "%Y-%m-%d", None),
        ("from 2026-02-01 to 2026-02-28.csv", "%Y-%m-%d", date(2026, 2, 28)),
    ],
)
def test_where_the_day_is_told(tmp_path: Path, place: str, form: str, day: date | None) -> None:
    (tmp_path / "always-2020-01-01-20200101-01.01.20-2020-001.csv").write_text("id\na\n")
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("id\nb\n")
    source = files(tmp_path, form)
    if day is None:
        (told,) = [each for each in source.rejected("", None) if place in each.place]
        assert told.reason == f"no date as {form} in its name: not read"
        assert [row[0] for row in read(source)] == ["a"]
    else:
        assert ("b", day) in read(source)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("%Y-%m", "'%Y-%m' does not give a day: expected %Y, %m and %d"),
        ("%H:%M", "'%H' is not known"),
        ("daily", "'daily' does not give a day"),
        ("%Y-%m-%", "'%' is not known"),
    ],
)
def test_a_format_that_tells_no_day_is_told(form: str, words: str) -> None:
    (told,) = files("crm.csv", form).problems()
    assert told.startswith(f"date_in_name: {words}")


def test_files_without_any_date_are_told(tmp_path: Path) -> None:
    for name in ("old.csv", "new.csv"):
        (tmp_path / name).write_text("id\na\n")
    with pytest.raises(ReadError, match=r"new.csv: its name has no date as %Y-%m-%d, and so have the names of 1 more"):
        read(files(tmp_path / "*.csv"))


def test_files_of_later_days_are_not_read(tmp_path: Path) -> None:
    written(tmp_path, **DAYS, on_2026_03_01='"', on_2026_03_02="no,csv\n1,2,3\n")
    source = files(tmp_path / "*.csv")
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    assert len(read(source, midnight)) == 3
    assert list(source.rejected("", Period(None, midnight))) == []
    assert len(read(source, datetime(2026, 2, 28, tzinfo=UTC))) == 1


@pytest.mark.parametrize(
    "zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo", "Asia/Kolkata"]
)
def test_a_file_is_read_when_its_day_is_over_where_the_project_is(tmp_path: Path, zone: str) -> None:
    source = files(written(tmp_path, **DAYS, on_2026_03_01="no,csv\n1,2,3\n") / "*.csv")

    def days(*moment: int) -> set[object]:
        end = datetime(2026, *moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return {row[-1] for row in source.scan("", Period(None, end, zone)).collect().rows()}

    assert days(3, 1) == days(3, 1, 23, 59) == {date(2026, 2, 27), date(2026, 2, 28)}
    assert days(2, 28) == days(2, 28, 23, 59) == {date(2026, 2, 27)}


def test_what_later_files_hold_changes_no_type(tmp_path: Path) -> None:
    days = {"on_2026_02_27": "id,n\na,1\n", "on_2026_02_28": "id,n\na,none\n"}
    source = files(written(tmp_path, **days) / "*.csv")
    assert read(source, datetime(2026, 2, 28, tzinfo=UTC)) == [("a", 1, date(2026, 2, 27))]


def test_before_the_first_file_the_columns_are_there_all_the_same(tmp_path: Path) -> None:
    source = files(written(tmp_path, **DAYS) / "*.csv")
    schema = source.scan("", Period(None, datetime(2025, 1, 1, tzinfo=UTC))).collect_schema()
    assert schema.names() == ["id", "plan", "file_date"]


def test_a_column_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    source = files(written(tmp_path, on_2026_02_27="id,file_date\na,1\n") / "*.csv")
    with pytest.raises(ReadError, match="it has a column 'file_date', which date_in_name would make"):
        read(source)


def test_a_pattern_of_an_object_store_is_read_by_the_names_that_it_lists(tmp_path: Path) -> None:
    for day in (27, 28):
        pl.DataFrame({"id": [day]}).write_parquet(tmp_path / f"crm-2026-02-{day}.parquet")
    source = files(f"file://{tmp_path}/crm-*.parquet")
    assert read(source) == [(27, date(2026, 2, 27)), (28, date(2026, 2, 28))]
    assert read(source, datetime(2026, 2, 28, 5, tzinfo=UTC)) == [(27, date(2026, 2, 27))]
    with pytest.raises(ReadError, match="only Parquet files can be listed there"):
        read(files(f"file://{tmp_path}/crm-*.csv"))


def test_files_of_days_before_the_period_are_not_read(tmp_path: Path) -> None:
    source = files(written(tmp_path, **DAYS, on_2026_02_01='"') / "*.csv")
    rows = source.scan("", Period(datetime(2026, 2, 27, 23, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))).collect()
    assert rows.get_column("file_date").min() == date(2026, 2, 27)
