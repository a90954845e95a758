"""Any moment to scores: one at a time, or many in one go, with the same result; and what is learned by periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.small_project import Rows, card, project

from scorewell.api.v1 import Column, CustomerKey, Expression, Finding, Level, Table
from scorewell.configuration import Metric, Project, ScoredMetric, SourceTables
from scorewell.dialect import SqlAggregate
from scorewell.replay import PeriodFits, Records, Scored, plugins_for, run_id, scored_as_of, scored_over, told_once
from scorewell.scoring import StoredFit
from scorewell_standard.normalizers import Linear, Percentile

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 1, 5, tzinfo=BERLIN)
WEEKS = [FIRST + timedelta(weeks=week) for week in range(9)]
CUSTOMERS = [f"c{number:02}" for number in range(40)]


def used(refit: str = "every_run") -> Project:
    """Forty customers, compared by the minutes that they ever used, of which there are more each day."""
    of = project({"id": CUSTOMERS}, card())
    rows = [
        (customer, (FIRST + timedelta(days=day)).date(), float((number * 7 + day * 3) % 50))
        for number, customer in enumerate(CUSTOMERS)
        for day in range(-40, 70)
    ]
    usage = pl.DataFrame(rows, schema=["who", "day", "minutes"], orient="row")
    table = Table(customer=CustomerKey(column=Column("who")), time=Column("day"))
    minutes = Metric(source="usage", measure=SqlAggregate(sql=Expression("sum(minutes)")))
    scored = card(metrics={"minutes": ScoredMetric(normalizer=Percentile())}, precision=None, refit=refit)
    return attrs.evolve(
        of,
        timezone="Europe/Berlin",
        sources={**of.sources, "usage": SourceTables(plugin=Rows(frame=usage), tables={"": table})},
        metrics={"minutes": minutes},
        scorecards={"standard": scored},
    )


def alone(of: Project, moment: datetime) -> Scored:
    plugins = plugins_for(of, None)
    return scored_as_of(of, moment, plugins=plugins, hooks=plugins.hooks())


def together(of: Project, moments: list[datetime], periods: PeriodFits | None = None) -> list[Scored]:
    plugins = plugins_for(of, None)
    records = Records(periods=PeriodFits() if periods is None else periods)
    return list(scored_over(of, moments, plugins=plugins, hooks=plugins.hooks(), records=records))


@pytest.mark.parametrize("refit", ["every_run", "monthly", "quarterly"])
def test_many_moments_give_what_each_gives_alone(refit: str) -> None:
    of = used(refit)
    for scored in together(of, WEEKS):
        single = alone(of, scored.as_of)
        assert scored.scores.equals(single.scores)
        assert scored.findings == single.findings
        assert scored.fitted.to_json() == single.fitted.to_json()


def test_moments_come_the_earliest_first_and_each_once() -> None:
    assert [scored.as_of for scored in together(used(), [WEEKS[2], WEEKS[0], WEEKS[2]])] == [WEEKS[0], WEEKS[2]]


def test_a_moment_is_written_in_the_projects_zone_whoever_asks() -> None:
    of = used()
    (elsewhere,) = together(of, [WEEKS[1].astimezone(ZoneInfo("America/New_York"))])
    assert elsewhere.scores["as_of"].dtype == pl.Datetime("us", "Europe/Berlin")
    assert elsewhere.scores.equals(alone(of, WEEKS[1]).scores)


def test_the_same_run_has_the_same_id_and_another_moment_another() -> None:
    of = used()
    assert run_id(of, WEEKS[0]) == run_id(of, WEEKS[0].astimezone(ZoneInfo("UTC")))
    assert run_id(of, WEEKS[0]) != run_id(of, WEEKS[1])


def test_a_period_learns_once_and_is_told_what_it_learned() -> None:
    periods = PeriodFits()
    together(used("monthly"), WEEKS, periods)
    learned = periods.take_learned()
    assert [fit.as_of for fit in learned] == [datetime(2026, month, 1, tzinfo=BERLIN) for month in (1, 2, 3)]
    assert periods.take_learned() == ()


@attrs.define
class Kept:
    """A history that has one fit."""

    text: str
    asked: list[tuple[str, datetime, str]] = attrs.field(factory=list)

    def period_fit(self, *, scorecard: str, as_of: datetime, settings: str) -> str | None:
        self.asked.append((scorecard, as_of, settings))
        return self.text


def test_a_fit_that_was_kept_scores_whatever_the_sources_say_of_that_day_now() -> None:
    of = used("monthly")
    periods = PeriodFits()
    (before,) = together(of, [WEEKS[1]], periods)
    (learned,) = periods.take_learned()
    changed = attrs.evolve(of, sources={**of.sources, "usage": _without_last_year(of)})
    kept = Kept(learned.stored.to_json())
    (after,) = together(changed, [WEEKS[1]], PeriodFits(kept))
    assert kept.asked == [(learned.scorecard, learned.as_of, learned.settings)]
    assert after.fitted.statistics["standard"].keys() == before.fitted.statistics["standard"].keys()
    assert after.fitted.to_json() == before.fitted.to_json()
    (fresh,) = together(changed, [WEEKS[1]])
    assert fresh.fitted.to_json() != before.fitted.to_json()


def _without_last_year(of: Project) -> SourceTables:
    entry = of.sources["usage"]
    assert isinstance(entry.plugin, Rows)
    frame = entry.plugin.frame.filter(pl.col("day") >= FIRST.date())
    return attrs.evolve(entry, plugin=Rows(frame=frame))


def test_a_fit_of_other_settings_is_another() -> None:
    periods = PeriodFits()
    together(used("monthly"), [WEEKS[1]], periods)
    other = used("monthly")
    better = attrs.evolve(other, metrics={"minutes": attrs.evolve(other.metrics["minutes"], better="lower")})
    together(better, [WEEKS[1]], periods)
    first, second = periods.take_learned()
    assert first.settings != second.settings
    assert isinstance(second.stored, StoredFit)


def drafted(since: date | None) -> Project:
    """A scorecard for everybody, and one that is to replace it from a day on, which is twice as strict."""
    of = project({"id": ["a", "b"], "usage": [40.0, 80.0]}, card(metrics={"usage": scored_linear(100.0)}))
    strict = card(
        metrics={"usage": scored_linear(200.0)},
        replaces="standard",
        status="draft" if since is None else "live",
        effective_from=since,
    )
    return attrs.evolve(of, scorecards={**of.scorecards, "strict": strict})


def scored_linear(to: float) -> ScoredMetric:
    return ScoredMetric(normalizer=Linear(from_=0.0, to=to))


def test_a_draft_is_scored_in_the_shadow_of_the_one_in_force() -> None:
    scored = alone(drafted(None), WEEKS[0])
    assert dict(scored.scores.select("customer_id", "score").iter_rows()) == {"a": 40.0, "b": 80.0}
    shadow = scored.shadows["strict"]
    assert dict(shadow.scores.select("customer_id", "score").iter_rows()) == {"a": 20.0, "b": 40.0}
    assert shadow.scores["score_name"].unique().to_list() == ["health/strict"]


def test_a_scorecard_counts_from_its_day_on_and_not_before() -> None:
    before, after = together(drafted(WEEKS[1].date()), [WEEKS[0], WEEKS[1]])
    assert before.scores["score"].to_list() == [40.0, 80.0]
    assert list(before.shadows) == ["strict"]
    assert after.scores["score"].to_list() == [20.0, 40.0]
    assert after.shadows == {}


def test_of_a_past_moment_it_is_told_what_is_only_known_as_it_is_today() -> None:
    of = project({"id": ["a"], "usage": [40.0]}, card(metrics={"usage": scored_linear(100.0)}))
    plugins = plugins_for(of, None)

    def told(now: datetime | None) -> list[str]:
        scored = scored_as_of(of, FIRST, plugins=plugins, hooks=plugins.hooks(), now=now)
        return [finding.where for finding in scored.findings if finding.id == "as-known-today"]

    assert told(FIRST + timedelta(days=1)) == ["crm"]
    assert told(FIRST + timedelta(hours=20)) == []
    assert told(None) == []


def test_of_a_moment_that_is_still_to_come_that_is_told() -> None:
    of = project({"id": ["a"], "usage": [40.0]}, card(metrics={"usage": scored_linear(100.0)}))
    plugins = plugins_for(of, None)

    def told(now: datetime | None) -> list[str]:
        scored = scored_as_of(of, FIRST, plugins=plugins, hooks=plugins.hooks(), now=now)
        return [finding.id for finding in scored.findings]

    assert "future-moment" in told(FIRST - timedelta(minutes=1))
    assert "future-moment" not in told(FIRST)
    assert "future-moment" not in told(None)


def test_a_period_that_begins_before_there_are_customers_stops_nobody() -> None:
    of = used("quarterly")
    founded = pl.DataFrame({"id": CUSTOMERS, "since": [date(2026, 1, 20)] * len(CUSTOMERS)})
    meaning = Table(customer=CustomerKey(column=Column("id")), time=Column("since"))
    of = attrs.evolve(of, sources={**of.sources, "crm": SourceTables(plugin=Rows(frame=founded), tables={"": meaning})})
    scored = together(of, WEEKS[3:])
    assert [each.scores.equals(alone(of, each.as_of).scores) for each in scored] == [True] * len(WEEKS[3:])
    assert {found.id for found in scored[0].findings} >= {"no-customers-yet"}


def test_who_was_forgotten_is_left_out_and_counted_without_a_name() -> None:
    of = project({"id": ["a", "b"], "usage": [40.0, 80.0]}, card(metrics={"usage": scored_linear(100.0)}))
    plugins = plugins_for(of, None)
    records = Records(forgotten=lambda ids: ids == "a")
    scored = scored_as_of(of, FIRST, plugins=plugins, hooks=plugins.hooks(), records=records)
    assert scored.scores["customer_id"].to_list() == ["b"]
    (told,) = [found for found in scored.findings if found.id == "forgotten-customers"]
    assert (told.count, told.examples) == (1, ())


def test_what_many_moments_tell_is_told_once_as_the_last_does_and_the_worst_first() -> None:
    notes = [Finding(id="seen", level=Level.NOTE, where="crm", message=f"as of week {week}") for week in (1, 2)]
    warning = Finding(id="stale", level=Level.WARNING, where="usage", message="old")
    assert told_once([notes[0], warning, notes[1]]) == (warning, notes[1])
