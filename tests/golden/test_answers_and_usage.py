"""Scores from raw rows as the literature counts them: answers to surveys, pulses that expire, product engagement."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from scorewell.configuration import load
from scorewell.metrics import metrics_as_of
from scorewell.scoring import fit

PROJECT = """
version: 1
name: Answers
sources:
  accounts: {plugin: files, path: accounts.csv, customer: account}
  answers: {plugin: files, path: answers.csv, customer: account, time: at}
  ratings: {plugin: files, path: ratings.csv, customer: account, time: at}
  pulses: {plugin: files, path: pulses.csv, customer: account, time: on}
  events: {plugin: files, path: events.csv, customer: account, time: at}
customers: {source: accounts, attributes: [core_features, users]}
metrics:
  nps: {source: answers, measure: {nps: {column: answer}}}
  promoters: {source: answers, measure: "count_if(answer >= 9) / count(answer)"}
  csat: {source: ratings, measure: {csat: {column: stars}}, min_rows: 3}
  csat_top_box: {source: ratings, measure: {csat: {column: stars, scale: [1, 7], satisfied_from: 6}}}
  pulse: {source: pulses, measure: {latest: {column: pulse}}, window: 90d}
  features_used: {source: events, measure: count(distinct feature), window: 30d}
  monthly_users: {source: events, measure: count(distinct user), window: 30d}
  daily_users: {source: events, measure: "count(distinct concat(user, ' ', cast(at as date))) / 30", window: 30d}
  adoption: {sql: 100 * features_used / core_features}
  stickiness: {sql: 100 * daily_users / monthly_users}
  growth: {sql: 100 * monthly_users / users}
scorecards:
  pes:
    precision: none
    minimum_coverage: 0%
    dimensions:
      engagement:
        metrics:
          adoption: {normalizer: {linear: {from: 0, to: 100}}}
          stickiness: {normalizer: {linear: {from: 0, to: 100}}}
          growth: {normalizer: {linear: {from: 0, to: 100}}}
      voice:
        weight: 0
        metrics: {nps: {normalizer: nps}, csat: {normalizer: {linear: {from: 0, to: 100}}}}
      judgement:
        weight: 0
        metrics: {pulse: {normalizer: {linear: {from: 1, to: 5}}}}
segments:
  all: {scorecard: pes}
"""


def answers() -> str:
    """A: 100 answers of which 80 promoters, 5 passives, 15 detractors; and what is no answer. B: one of each edge."""
    given = [9] * 40 + [10] * 40 + [7] * 3 + [8] * 2 + [0] * 5 + [6] * 10
    rows = [f"A,2026-01-0{1 + number % 9},{answer}" for number, answer in enumerate(given)]
    rows += ["A,2026-01-01,11", "A,2026-01-01,-1", "A,2026-01-01,7.5", "A,2026-01-01,", "A,2026-03-01,0"]
    rows += [f"B,2026-01-01,{answer}" for answer in (6, 7, 8, 9)]
    return "\n".join(["account,at,answer", *rows, ""])


def events() -> str:
    """A, in the window of 30 days from 30 January: u1 on 12 days, u2 on 6 of them, with 3 features; B only before."""
    rows = [f"A,2026-02-{day:02} 09:00:00,u1,search" for day in range(1, 13)]
    rows += [f"A,2026-02-{day:02} 10:00:00,u2,{'export' if day % 2 else 'share'}" for day in range(1, 7)]
    rows += ["A,2026-02-01 11:00:00,u1,search", "A,2026-01-29 23:59:59,u3,admin", "A,2026-03-01 00:00:00,u4,admin"]
    rows += ["B,2026-01-29 12:00:00,u9,search"]
    return "\n".join(["account,at,user,feature", *rows, ""])


FILES = {
    "scorewell.yaml": PROJECT,
    "accounts.csv": "account,core_features,users\nA,4,5\nB,0,10\nC,,\n",
    "answers.csv": answers(),
    # B has two ratings only; 6 and 7 are no stars of five, but are of seven.
    "ratings.csv": """account,at,stars
A,2026-02-01,5
A,2026-02-01,4
A,2026-02-01,3
A,2026-02-01,1
B,2026-02-01,5
B,2026-02-01,7
C,2026-02-01,6
""",
    # The window of 90 days begins on 1 December.
    "pulses.csv": "account,on,pulse\nA,2025-12-01,4\nB,2025-11-30,1\nC,2026-02-01,2\nC,2026-02-28,3\nC,2026-03-01,5\n",
    "events.csv": events(),
}

EXPECTED: dict[str, tuple[float | None, ...]] = {
    "metric.nps": (65, 0, None),
    "metric.csat": (50, None, None),
    "metric.csat_top_box": (0, 50, 100),
    "metric.pulse": (4, None, 3),
    "metric.features_used": (3, 0, 0),
    "metric.monthly_users": (2, 0, 0),
    "metric.daily_users": (18 / 30, 0, 0),
    "normalized.engagement.adoption": (75, None, None),
    "normalized.engagement.stickiness": (30, None, None),
    "normalized.engagement.growth": (40, 0, None),
    "dimension.engagement": ((75 + 30 + 40) / 3, 0, None),
    "dimension.voice": ((82.5 + 50) / 2, 50, None),
    "dimension.judgement": (75, None, 50),
    "score": ((75 + 30 + 40) / 3, 0, None),
    "coverage": (1, 1 / 3, 0),
}


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("answers")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    project = load(folder / "scorewell.yaml")
    table = metrics_as_of(project, datetime(2026, 3, 1, tzinfo=UTC))
    assert table.failed == {}
    return fit(project, table.frame).score(table.frame.lazy(), finite=True).collect()


@pytest.mark.parametrize("column", EXPECTED)
def test_raw_rows_give_the_numbers_of_the_literature(scores: pl.DataFrame, column: str) -> None:
    for found, expected in zip(scores[column].to_list(), EXPECTED[column], strict=True):
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))
