"""Counts on the edges of days, windows and knowledge, each worked out by hand, in a zone whose clocks change.

On Sunday 29 March 2026 clocks in Berlin go from 02:00 to 03:00: that day begins at 23:00 UTC of the 28th and ends at
22:00 UTC of the 29th. As of 30 March 00:00, a window of one day is that Sunday.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scorewell.configuration import load
from scorewell.metrics import metrics_as_of

BERLIN = ZoneInfo("Europe/Berlin")
Values = dict[str, list[float | str | None]]

PROJECT = """
version: 1
name: Edges
timezone: Europe/Berlin
sources:
  crm: {plugin: files, path: crm.csv, customer: account}
  zoned: {plugin: files, path: zoned.csv, customer: account, time: at}
  local: {plugin: files, path: local.csv, customer: account, time: at}
  days: {plugin: files, path: days.csv, customer: account, time: day}
  contracts: {plugin: files, path: contracts.csv, customer: account, time: begins, until: ends, known: {ends: notice}}
  users:
    plugin: files
    path: users.csv
    customer: {column: contract, through: contracts.contract}
    time: joined
    until: left
  tickets:
    plugin: files
    path: tickets.csv
    customer: {column: user, through: users.user}
    time: opened
    until: closed
    known: {rating: closed, cause: found_at}
    covers: desk is not null
customers: {source: crm, attributes: [desk, seats]}
metrics:
  zoned_1d: {source: zoned, measure: count(*), window: 1d}
  zoned_2d: {source: zoned, measure: count(*), window: 2d}
  zoned_all: {source: zoned, measure: count(*)}
  zoned_active_days: {source: zoned, measure: active_days, window: 3d}
  zoned_since: {source: zoned, measure: days_since}
  zoned_latest: {source: zoned, measure: {latest: {column: what}}}
  local_1d: {source: local, measure: count(*), window: 1d}
  local_sum: {source: local, measure: sum(n), window: 2d}
  local_change: {source: local, measure: {change: {of: sum(n)}}, window: 1d}
  days_1d: {source: days, measure: count(*), window: 1d}
  days_2d: {source: days, measure: sum(n), window: 2d}
  days_seen: {source: days, measure: count(*)}
  days_average: {source: days, measure: avg(n), window: 2d, min_rows: 2}
  days_this_month: {source: days, measure: count(*), where: "date_trunc('month', day) = date_trunc('month', as_of)"}
  days_recent: {source: days, measure: count(*), where: day >= as_of - interval '2 days'}
  contracts_open: {source: contracts, measure: open}
  users_open: {source: users, measure: open}
  tickets_all: {source: tickets, measure: count(*)}
  tickets_open: {source: tickets, measure: open}
  tickets_rated: {source: tickets, measure: count(rating)}
  tickets_csat: {source: tickets, measure: {csat: {column: rating}}}
  tickets_average: {source: tickets, measure: avg(rating)}
  tickets_causes: {source: tickets, measure: count(cause)}
  tickets_slow: {source: tickets, measure: count(*), where: closed - opened > interval '1 day'}
  hours_to_close: {source: tickets, measure: avg(closed - opened) * 24}
  per_seat: {sql: days_2d / seats}
  of_none: {sql: tickets_rated / tickets_all}
scorecards:
  s: {metrics: {zoned_1d: {normalizer: {linear: {from: 0, to: 1}}}}}
segments:
  all: {scorecard: s}
"""

FILES = {
    "crm.csv": "account,desk,seats\nA,1,10\nB,2,0\nC,,\n",
    # A: the last moment of the 28th, the first and the last of the 29th, and 30 March 00:00. B: one moment twice.
    "zoned.csv": """account,at,what
A,2026-03-28T22:59:59Z,before
A,2026-03-28T23:00:00Z,begins
A,2026-03-29T21:59:59Z,ends
A,2026-03-29T22:00:00Z,after
B,2026-03-29T00:59:59+01:00,twin_a
B,2026-03-28T23:59:59Z,twin_b
""",
    "local.csv": """account,at,n
A,2026-03-28 00:00:00,1
A,2026-03-28 23:59:59,2
A,2026-03-29 00:00:00,4
A,2026-03-29 02:30:00,8
A,2026-03-29 23:59:59,16
A,2026-03-30 00:00:00,32
B,2026-03-27 12:00:00,1
C,2026-03-29 12:00:00,5
""",
    "days.csv": """account,day,n
A,2026-03-27,1
A,2026-03-28,2
A,2026-03-29,4
A,2026-03-30,8
B,2026-02-28,1
B,2026-03-29,3
""",
    # c1 runs; c2 was ended on the 28th; c3 ends in June, and that was said on the 20th; c4 ended on the 10th: an end is
    # known when it comes, though it was written down in April; c5 begins on the day itself; c6 ended on the 29th, the
    # last day before.
    "contracts.csv": """contract,account,begins,ends,notice
c1,A,2025-01-01,,
c2,A,2025-01-01,2026-03-28,2026-03-01
c3,B,2025-01-01,2026-06-30,2026-03-20
c4,B,2025-01-01,2026-03-10,2026-04-05
c5,B,2026-03-30,,
c6,C,2025-01-01,2026-03-29,
""",
    "users.csv": """user,contract,joined,left
u1,c1,2026-01-01,
u2,c2,2026-01-01,2026-03-29
u3,c3,2026-01-01,2026-03-30
u4,c6,2026-01-01,
u5,c5,2026-03-30,
""",
    # t3 is closed at the very moment, t4 later: both are open still, and their ratings unknown. t5 begins with it.
    "tickets.csv": """ticket,user,opened,closed,rating,cause,found_at
t1,u1,2026-03-01 10:00:00,2026-03-01 22:00:00,5,bug,2026-03-02 00:00:00
t2,u2,2026-03-28 12:00:00,2026-03-29 23:59:59,2,bug,
t3,u1,2026-03-20 10:00:00,2026-03-30 00:00:00,1,bug,2026-03-30 00:00:00
t4,u2,2026-03-20 10:00:00,2026-04-01 00:00:00,1,,
t5,u3,2026-03-30 00:00:00,,,,
t6,u4,2026-03-01 00:00:00,,,,
""",
}

# customer A, B, C
AS_OF_MONDAY: dict[str, tuple[float | str | None, ...]] = {
    "zoned_1d": (2, 2, 0),
    "zoned_2d": (3, 2, 0),
    "zoned_all": (3, 2, 0),
    "zoned_active_days": (2, 1, 0),
    "zoned_since": (1, 1, None),
    "zoned_latest": ("ends", "twin_b", None),
    "local_1d": (3, 0, 1),
    "local_sum": (31, 0, 5),
    "local_change": (28 / 3 - 1, 0, None),
    "days_1d": (1, 1, 0),
    "days_2d": (6, 3, 0),
    "days_seen": (3, 2, 0),
    "days_average": (3, None, None),
    "days_this_month": (3, 1, 0),
    "days_recent": (2, 1, 0),
    "contracts_open": (1, 1, 0),
    "users_open": (1, 1, 1),
    "tickets_all": (4, 0, None),
    "tickets_open": (2, 0, None),
    "tickets_rated": (2, 0, None),
    "tickets_csat": (50, None, None),
    "tickets_average": (3.5, None, None),
    "tickets_causes": (1, 0, None),
    "tickets_slow": (1, 0, None),
    # 12 h, and from Saturday noon to Sunday midnight 36 h less the one that was skipped (and a second).
    "hours_to_close": ((12 + 35 - 1 / 3600) / 2, None, None),
    "per_seat": (0.6, None, None),
    "of_none": (0.5, None, None),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edges")
    for name, text in {"scorewell.yaml": PROJECT, **FILES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


# As of Sunday 12:00 windows end with Saturday; what has no window is seen up to the moment.
AS_OF_NOON: dict[str, tuple[float | str | None, ...]] = {
    "zoned_1d": (1, 0, 0),
    "zoned_all": (2, 2, 0),
    "zoned_since": (0, 0, None),
    "local_1d": (2, 0, 0),
    "local_sum": (3, 1, 0),
    "days_1d": (1, 0, 0),
    "days_seen": (2, 1, 0),
    "contracts_open": (1, 1, 1),
    "users_open": (2, 1, 1),
    "tickets_open": (3, 0, None),
    "tickets_rated": (1, 0, None),
}


def values(folder: Path, as_of: datetime) -> Values:
    table = metrics_as_of(load(folder / "scorewell.yaml"), as_of)
    assert table.failed == {}
    return table.frame.to_dict(as_series=False)


@pytest.fixture(scope="module")
def monday(folder: Path) -> Values:
    return values(folder, datetime(2026, 3, 30, tzinfo=BERLIN))


@pytest.fixture(scope="module")
def noon(folder: Path) -> Values:
    return values(folder, datetime(2026, 3, 29, 12, tzinfo=BERLIN))


@pytest.mark.parametrize("metric", AS_OF_MONDAY)
def test_at_midnight_the_counts_are_those_made_by_hand(monday: Values, metric: str) -> None:
    assert monday[metric] == [
        pytest.approx(each, abs=1e-9) if isinstance(each, float) else each for each in AS_OF_MONDAY[metric]
    ]


@pytest.mark.parametrize("metric", AS_OF_NOON)
def test_at_noon_the_counts_are_those_made_by_hand(noon: Values, metric: str) -> None:
    assert noon[metric] == list(AS_OF_NOON[metric])
