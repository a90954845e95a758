"""The portfolio."""

import re

import attrs
import polars as pl
import pytest
from tests.support.customer_book import AS_OF, FINDINGS, RUN_ID, metrics_frame, pages, project, scorecard, scored

from scorewell.api.v1 import Finding, Level
from scorewell.metrics import MetricsTable
from scorewell.reporting.formats import Formats
from scorewell.reporting.material import materials
from scorewell.reporting.model import CustomerList, PortfolioPage
from scorewell.reporting.portfolio import portfolio_pages

ACTIVE = {"@active": True}


def _portfolio(frame: pl.DataFrame, project_=None, findings=FINDINGS) -> tuple[PortfolioPage, list[CustomerList]]:
    project_ = project() if project_ is None else project_
    [made_from] = materials(
        project_,
        MetricsTable(frame=frame, failed={}, findings=()),
        scored(project_, frame),
        as_of=AS_OF,
        run_id=RUN_ID,
        audience="internal",
        formats=Formats(),
    )
    (_, _, first), *lists = portfolio_pages(made_from, findings)
    return first, [model for _, _, model in lists]


def _two() -> pl.DataFrame:
    """A large customer that is fairly well, and a small one that is not."""
    frame = metrics_frame(2).with_columns(plan=pl.lit("mid"), unpaid=0, is_reference=False, **ACTIVE)
    best = {
        "urgent_open": 0.0,
        "first_reply": 1.0,
        "satisfaction": 5.0,
        "training": 0.8,
        "sponsors": 2.0,
        "profit_share": 60.0,
    }
    return frame.with_columns(
        revenue=pl.Series([1_000_000, 1_000]), active_days=pl.Series([0.0, 0.0]), seats_used=pl.Series([0.2, 0.2]),
        key_features=pl.Series([0.0, 0.0]), **{name: pl.Series([value, value]) for name, value in best.items()},
    ).with_columns(satisfaction=pl.Series([5.0, 1.0]))  # fmt: skip


def test_most_revenue_times_most_points_lost_comes_first() -> None:
    page, _ = _portfolio(_two())
    assert [row.href for row in page.needs] == ["customers/a-00000.html", "customers/a-00001.html"]
    assert page.needs_order == "Ordered by revenue times the share of the score that is lost."


def test_revenue_in_several_currencies_is_neither_added_up_nor_compared() -> None:
    page, _ = _portfolio(_two().with_columns(currency=pl.Series(["EUR", "USD"])))
    assert [row.href for row in page.needs] == ["customers/a-00001.html", "customers/a-00000.html"]
    assert "several currencies" in page.needs_order
    assert not page.has_revenue
    assert "revenue" not in page.headline
    assert [row.revenue for row in page.needs] == ["$1,000", "€1,000,000"]


def test_a_reason_has_its_value_and_its_points() -> None:
    page, _ = _portfolio(_two())
    reason = page.needs[0].reasons[0]
    assert (reason.label, reason.value, reason.points) == ("Active days", "0 days", "−18.0")


def test_the_headline_counts_those_in_the_lowest_band_and_their_revenue() -> None:
    frame = metrics_frame(4).with_columns(plan=pl.lit("mid"), revenue=250_000, unpaid=0, **ACTIVE)
    frame = frame.with_columns(
        pl.lit(0.0).alias(name) for name in ("active_days", "training", "sponsors", "profit_share")
    )
    frame = frame.with_columns(seats_used=0.0, key_features=0.0, satisfaction=1.0, first_reply=24.0)
    assert _portfolio(frame)[0].headline == "4 of 4 customers are at\N{NO-BREAK SPACE}risk, with €1M of revenue"


def test_the_shares_of_a_bar_fill_it() -> None:
    page, _ = _portfolio(metrics_frame(60))
    for bands in (page.bands, *(segment.bands for segment in page.segments)):
        assert sum(float(band.width) for band in bands) == pytest.approx(100, abs=0.05)


def test_a_label_that_not_all_scorecards_give_to_a_band_is_said_of_nobody() -> None:
    early = scorecard(bands=tuple(attrs.evolve(band, label=f"Early {band.name}") for band in scorecard().bands))
    segments = project().segments
    project_ = project(
        scorecards={"standard": scorecard(), "early": early},
        segments={**segments, "mid_market": attrs.evolve(segments["mid_market"], scorecard="early")},
    )
    page, _ = _portfolio(metrics_frame(60), project_)
    assert [band.state.words for band in page.bands] == ["At risk", "Stable", "Healthy", "No score"]


def test_findings_are_told_the_worst_first_and_capped() -> None:
    many = [Finding(id="x", level=Level.NOTE, where="t", message=f"note {number}") for number in range(20)]
    worst = Finding(id="y", level=Level.ERROR, where="crm", message="unreadable", count=3)
    page, _ = _portfolio(metrics_frame(5), findings=[*many, worst])
    assert (page.notes[0].message, page.notes[0].where) == ("unreadable", "crm · 3 in all")
    assert len(page.notes) == 12
    assert page.more_notes == "and 9 more"


def test_what_a_finding_says_itself_is_not_said_again() -> None:
    told = Finding(id="x", level=Level.NOTE, where="t", message="2 rows: 'a', 'b'", count=2, examples=("a", "b"))
    page, _ = _portfolio(metrics_frame(5), findings=[told, attrs.evolve(told, message="2 rows")])
    assert [(note.message, note.where, note.examples) for note in page.notes] == [
        ("2 rows: 'a', 'b'", "t", None),
        ("2 rows", "t", "a, b"),
    ]
    begun = Finding(id="x", level=Level.NOTE, where="crm", message="crm (table a.csv): rows left out")
    page, _ = _portfolio(metrics_frame(5), findings=[begun])
    assert page.notes[0].where == ""


def test_every_customer_is_in_the_list_also_those_without_a_score() -> None:
    frame = metrics_frame(60)
    _, (everybody,) = _portfolio(frame)
    assert len(everybody.rows) == 60
    assert {row.state.words for row in everybody.rows if row.score is None} == {"Not active", "In no segment"} - (
        set() if frame.filter((pl.col("plan") == "trial") & pl.col("@active")).height else {"In no segment"}
    )


def test_a_long_list_is_split_and_every_page_leads_to_the_others() -> None:
    _, lists = _portfolio(metrics_frame(2_500))
    assert [len(each.rows) for each in lists] == [1000, 1000, 500]
    assert [link.href for link in lists[1].lists] == ["customers.html", "customers-2.html", "customers-3.html"]
    assert [link.is_current for link in lists[1].lists] == [False, True, False]


def test_more_than_twenty_who_need_somebody_are_counted() -> None:
    page, _ = _portfolio(metrics_frame(300))
    assert len(page.needs) == 20
    assert re.fullmatch(r"and \d+ more below the highest band", page.more_needs or "")


def test_every_link_of_the_portfolio_leads_to_a_page() -> None:
    written = pages(audience="internal")
    for path in ("index.html", "customers.html"):
        links = re.findall(r'<a [^>]*href="([^"]+)"', written[path])
        assert len(links) > 2
        assert not set(links).difference(written)


def test_one_customer_makes_a_portfolio() -> None:
    page, _ = _portfolio(metrics_frame(1).with_columns(plan=pl.lit("mid"), **ACTIVE))
    assert page.lists[0].label == "All customers (1)"
    assert page.summary[0].startswith("1 of 1 customer has a score")


def test_without_scored_customers_the_portfolio_says_so() -> None:
    page, _ = _portfolio(metrics_frame(3).with_columns(**{"@active": False}))
    assert page.headline == "No customer has a score"
    assert page.needs == ()
    assert [(status.label, status.value) for status in page.statuses] == [("Not active", "3")]


def test_without_customers_there_are_no_pages() -> None:
    assert pages(frame=metrics_frame(1).clear(), audience="internal") == {}


def test_without_roles_there_is_still_a_portfolio() -> None:
    bare = project(customers=attrs.evolve(project().customers, roles={}))
    frame = metrics_frame(30).drop("name", "owner", "revenue", "currency", "renewal", "start")
    page, _ = _portfolio(frame, bare)
    assert page.needs[0].name.startswith("a-000")
    assert page.needs_order == "Ordered by score, the lowest first."


def test_an_exception_is_a_reason_and_rounding_is_none() -> None:
    frame = metrics_frame(40).with_columns(unpaid=1, plan=pl.lit("mid"), **ACTIVE)
    page, _ = _portfolio(frame)
    labels = {reason.label for row in page.needs for reason in row.reasons}
    assert "Exception: Invoice unpaid for more than 60 days" in labels
    assert "Rounding to the printed score" not in labels


def test_a_share_that_is_not_nothing_is_not_shown_as_nothing() -> None:
    frame = _two().with_columns(revenue=pl.Series([10_000_000, 1_000]), satisfaction=pl.Series([5.0, 1.0]))
    frame = frame.with_columns(training=pl.Series([0.8, 0.0]), sponsors=pl.Series([2.0, 0.0]))
    page, _ = _portfolio(frame)
    assert [band.share for band in page.bands] == ["< 1%", "100%"]
