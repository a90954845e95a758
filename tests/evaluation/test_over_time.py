"""A look back: who would have been where each week, and how restless either configuration is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.compared_book import AS_OF, book_project, compared, with_card
from tests.support.small_project import Rows, card, scored

from scorewell.api.v1 import Column, Condition, CustomerKey, Duration, Expression, Table
from scorewell.configuration import Metric, Segment, SourceTables
from scorewell.configuration.model import Hysteresis
from scorewell.dialect import SqlAggregate
from scorewell.evaluation import moments_back

WEEKS = tuple(AS_OF - timedelta(weeks=back) for back in (3, 2, 1, 0))
# What each customer's week came to, the latest last.
POINTS = {"a": (20, 80, 30, 90), "b": (50, 50, 50, 80), "c": (90, 90, 90, 90)}


def by(metric):
    return card(metrics={metric: scored()})


@pytest.fixture(scope="module")
def project():
    """``week`` is the last week's points, ``weeks`` the mean of the last four as far as they are known by then."""
    rows = pl.DataFrame(
        {"customer": customer, "day": moment - timedelta(days=3), "points": float(points)}
        for customer, weeks in POINTS.items()
        for moment, points in zip(WEEKS, weeks, strict=True)
    )
    table = Table(customer=CustomerKey(column=Column("customer")), time=Column("day"))
    made = book_project(by("week"), {"id": ["a", "b", "c"], "revenue": [1.0, 2.0, 4.0]})
    mean = SqlAggregate(sql=Expression("avg(points)"))
    return attrs.evolve(
        made,
        sources={**made.sources, "weekly": SourceTables(plugin=Rows(frame=rows), tables={"": table})},
        metrics={
            "week": Metric(source="weekly", measure=mean, window=Duration.parse("7d")),
            "weeks": Metric(source="weekly", measure=mean, window=Duration.parse("28d")),
        },
    )


@pytest.fixture(scope="module")
def comparison(project):
    return compared(project, with_card(project, by("weeks")), moments=WEEKS)


def test_each_moment_has_its_row(comparison):
    assert comparison.moments["as_of"].to_list() == list(WEEKS)
    assert comparison.moments.select("customers", "elsewhere").rows() == [(3, 0), (3, 1), (3, 1), (3, 2)]


def test_the_mean_absolute_difference_is_of_each_moment(comparison):
    # a: 80 against 50, 30 against 43, 90 against 55; b: 80 against 58.
    assert comparison.moments["mean_absolute_difference"].to_list() == pytest.approx([0, 10, 13 / 3, 19])
    assert comparison.figures["mean_absolute_difference_over_time"] == pytest.approx((0 + 10 + 13 / 3 + 19) / 4)


def test_band_changes_are_those_since_the_moment_before(comparison):
    assert comparison.moments["band_changes_current"].to_list() == [None, 1, 1, 2]
    assert comparison.moments["band_changes_proposed"].to_list() == [None, 1, 0, 0]


def test_who_changes_more_than_once_flaps(comparison):
    figures = comparison.figures
    assert (figures["band_changes_current"], figures["band_changes_proposed"]) == (4, 1)
    assert (figures["flapping_current"], figures["flapping_proposed"]) == (1, 0)


def test_the_spread_is_known_at_each_moment(comparison):
    latest = comparison.over_time.filter(pl.col("as_of") == AS_OF).drop("as_of")
    assert latest.rows() == [
        ("current", "healthy", 3, 1.0, 7.0),
        ("proposed", "healthy", 1, 1 / 3, 4.0),
        ("proposed", "stable", 2, 2 / 3, 3.0),
    ]


def test_the_latest_moment_is_the_one_that_is_compared(project, comparison):
    alone = compared(project, with_card(project, by("weeks")), moments=(AS_OF,))
    assert alone.customers.equals(comparison.customers)


def test_another_scorecard_is_no_band_change(project):
    # Whoever had more than 60 points last week has another scorecard, with the same bands.
    by_week = attrs.evolve(
        project,
        scorecards={"low": by("week"), "high": by("week")},
        segments={"high": Segment(when=Condition("week > 60"), scorecard="high"), "low": Segment(scorecard="low")},
    )
    assert compared(by_week, by_week, moments=WEEKS).figures["band_changes_current"] == 0


def test_moments_go_back_by_weeks_and_end_with_the_latest():
    assert moments_back(AS_OF, 3, "week", "week", "UTC") == WEEKS


def test_moments_keep_their_local_time_over_a_change_of_clocks():
    berlin = ZoneInfo("Europe/Berlin")
    back = moments_back(datetime(2026, 4, 1, tzinfo=berlin), 1, "week", "week", "Europe/Berlin")
    assert [moment.isoformat() for moment in back] == ["2026-03-25T00:00:00+01:00", "2026-04-01T00:00:00+02:00"]


def test_a_month_before_the_31st_is_its_last_day():
    back = moments_back(datetime(2026, 3, 31, tzinfo=UTC), 3, "month", "month", "UTC")
    assert [f"{moment:%m-%d}" for moment in back] == ["12-31", "01-31", "02-28", "03-31"]


def test_no_moment_is_further_back_than_asked_for():
    assert len(moments_back(AS_OF, 10, "day", "week", "UTC")) == 2


def test_bands_that_hold_calm_a_configuration_down(project):
    # a goes 20, 80, 30, 90: with bands that it leaves by no less than 51 points, it goes at risk, healthy, at risk,
    # healthy as before; with 61 it stays where it was at first, and so does b.
    def holding(points):
        return with_card(project, card(metrics={"week": scored()}, hysteresis=Hysteresis(points=points)))

    made = compared(project, holding(61.0), moments=WEEKS)
    assert made.figures["band_changes_current"] == 4
    assert made.figures["band_changes_proposed"] == 0
    assert made.customers["band_proposed"].to_list() == ["at_risk", "stable", "healthy"]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("rule", [Hysteresis(points=61.0), Hysteresis(readings=2)])
def test_a_band_holds_over_moments_without_a_score(project, rule, zone):
    # a goes 20, nothing, nothing, 90: left by two readings, or by no less than 61 points, its band is not left yet.
    rows = project.sources["weekly"].plugin.frame
    silent = rows.filter((pl.col("customer") != "a") | pl.col("points").is_in([20.0, 90.0]))
    weekly = attrs.evolve(project.sources["weekly"], plugin=Rows(frame=silent))
    quiet = attrs.evolve(project, sources={**project.sources, "weekly": weekly}, timezone=zone)
    holding = with_card(quiet, card(metrics={"week": scored()}, hysteresis=rule))
    made = compared(quiet, holding, moments=[moment.astimezone(ZoneInfo(zone)) for moment in WEEKS])
    assert made.customers.select("band_current", "band_proposed").row(0) == ("healthy", "at_risk")


def test_a_scorecard_counts_from_its_day_on(project):
    dated = card(metrics={"weeks": scored()}, replaces="standard", effective_from=(AS_OF - timedelta(days=1)).date())
    proposed = attrs.evolve(project, scorecards={**project.scorecards, "next": dated})
    made = compared(project, proposed, moments=WEEKS)
    assert made.moments["mean_absolute_difference"].to_list()[:3] == [0, 0, 0]
    assert made.figures["mean_absolute_difference"] == 19


def test_a_look_back_says_what_it_knows_only_as_it_is_today(comparison, project):
    [found] = comparison.remarks
    assert (found.id, found.where) == ("as-known-today", "crm")
    now = compared(project, project)
    assert now.remarks == ()
