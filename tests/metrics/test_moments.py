from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scorewell.api.v1 import ScorewellError
from scorewell.metrics.moments import Calendar, TimeColumn

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
MARCH = datetime(2026, 2, 28, 23, tzinfo=UTC)  # 1 March 00:00 in Berlin


def column(values: list[object], dtype: pl.DataType, calendar: Calendar = BERLIN) -> tuple[pl.DataFrame, TimeColumn]:
    return pl.DataFrame({"t": values}, schema={"t": dtype}), TimeColumn("t", dtype, calendar)


def before(values: list[object], dtype: pl.DataType, moment: datetime = MARCH) -> list[object]:
    frame, time = column(values, dtype)
    return frame.select(time.before(moment)).to_series().to_list()


def instants(values: list[object], dtype: pl.DataType) -> list[object]:
    frame, time = column(values, dtype)
    return frame.select(time.instant).to_series().to_list()


def test_a_date_counts_as_the_last_microsecond_of_its_local_day() -> None:
    assert instants([date(2026, 2, 28)], pl.Date()) == [MARCH - timedelta(microseconds=1)]


def test_the_day_before_is_seen_at_midnight_and_the_day_itself_is_not() -> None:
    assert before([date(2026, 2, 28), date(2026, 3, 1), None], pl.Date()) == [True, False, None]


def test_a_date_is_not_seen_during_its_own_day() -> None:
    assert before([date(2026, 3, 1)], pl.Date(), MARCH + timedelta(hours=23)) == [False]


def test_a_datetime_without_a_zone_is_local() -> None:
    cells = [datetime(2026, 2, 28, 23, 59), datetime(2026, 3, 1)]
    assert before(cells, pl.Datetime("us")) == [True, False]
    assert instants(cells, pl.Datetime("us")) == [MARCH - timedelta(minutes=1), MARCH]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_datetime_with_a_zone_is_an_instant_in_any_unit(unit: str, zone: str) -> None:
    cells = [(MARCH + timedelta(milliseconds=n)).astimezone(ZoneInfo(zone)) for n in (-1, 0)]
    assert before(cells, pl.Datetime(unit, zone)) == [True, False]


def test_a_moment_between_two_milliseconds_still_sees_the_first() -> None:
    moment = datetime(2026, 1, 1, 0, 0, 0, 1500, tzinfo=UTC)
    cells = [datetime(2026, 1, 1, 0, 0, 0, 1000, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 2000, tzinfo=UTC)]
    assert before(cells, pl.Datetime("ms", "UTC"), moment) == [True, False]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-02-28", MARCH - timedelta(microseconds=1)),
        (" 2026-02-28 23:30 ", MARCH - timedelta(minutes=30)),
        ("2026-02-28T23:30:00", MARCH - timedelta(minutes=30)),
        ("2026-02-28T22:30:00Z", MARCH - timedelta(minutes=30)),
        ("2026-02-28T22:30:00.000001Z", MARCH - timedelta(minutes=30) + timedelta(microseconds=1)),
        ("2026-02-28 17:30:00-05:00", MARCH - timedelta(minutes=30)),
        ("2026-02-28T17:30-0500", MARCH - timedelta(minutes=30)),
        ("2026-02-30", None),
        ("28.2.2026", None),
        ("", None),
    ],
)
def test_text_is_read_as_iso_8601(text: str, instant: datetime | None) -> None:
    assert instants([text], pl.String()) == [instant]


def test_an_hour_that_spring_skips_is_read_an_hour_later() -> None:
    assert instants([datetime(2026, 3, 29, 2, 30)], pl.Datetime("us")) == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]


def test_in_the_hour_that_autumn_repeats_nothing_is_seen_too_early() -> None:
    first_pass = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 for the first time
    cells = [datetime(2026, 10, 25, 2, 15), datetime(2026, 10, 25, 2, 45)]
    assert before(cells, pl.Datetime("us"), first_pass) == [True, False]


def test_the_local_day_of_an_instant_is_the_projects() -> None:
    frame, time = column([MARCH], pl.Datetime("us", "UTC"))
    assert frame.select(time.day).item() == date(2026, 3, 1)


def test_windows_are_whole_local_days_that_end_with_yesterday() -> None:
    noon = datetime(2026, 3, 30, 10, tzinfo=UTC)
    start, end = BERLIN.window(noon, 2)
    assert (start, end) == (datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert end - start == timedelta(hours=47)  # the clock went forward in between


def test_windows_follow_each_other_without_a_gap() -> None:
    windows = [BERLIN.window(MARCH, 30, k) for k in range(4)]
    assert [later[0] for later in windows[:-1]] == [earlier[1] for earlier in windows[1:]]


def test_an_unknown_zone_is_told() -> None:
    with pytest.raises(ScorewellError, match="'Europe/Atlantis' is not a known time zone"):
        Calendar.of("Europe/Atlantis")


def test_the_bound_reaches_the_file_in_the_columns_own_type() -> None:
    """Nothing is converted for the comparison: else statistics of the file could not skip its blocks."""
    for dtype in (pl.Date(), pl.Datetime("ms"), pl.Datetime("ns", "UTC"), pl.Datetime("us", "Europe/Berlin")):
        frame, time = column([], dtype)
        plan = frame.lazy().filter(time.before(MARCH) & time.since(MARCH - timedelta(days=3))).explain()
        assert "cast" not in plan
        assert "convert" not in plan
