"""Why weights and thresholds are what they are: in the internal report, and nowhere in the customer's."""

from datetime import date

import attrs
import polars as pl
import pytest
from tests.support.customer_book import METRICS, metrics_frame, page_models_of, pages, project, scorecard

from scorewell.api.v1 import Condition
from scorewell.configuration import Project, Review
from scorewell.configuration.model import Adjustment
from scorewell.reporting import to_json, visible_to
from scorewell.reporting.model import CustomerPage, DimensionPart, MetricLine

_DAY = date(2027, 1, 15)
_KEY = pl.lit("key")
_PLACE = "scorecards.standard.dimensions.product_usage.metrics.active_days.normalizer"


def _reviewed() -> Project:
    """A project that gives a reason wherever one may stand, all in parts that a customer sees."""
    card = scorecard()
    usage = card.dimensions["product_usage"]
    days = attrs.evolve(usage.metrics["active_days"], because="zz habit", owner="zz weights", review_by=_DAY)
    usage = attrs.evolve(
        usage,
        metrics={**usage.metrics, "active_days": days},
        because="zz strongest predictor",
        owner="zz operations",
        review_by=_DAY,
    )
    lowest, *others = card.bands
    told = Adjustment(when=Condition("unpaid > 0"), add=-5.0, because="Late", audience="customer", owner="zz finance")
    card = attrs.evolve(
        card,
        dimensions={**card.dimensions, "product_usage": usage},
        bands=(attrs.evolve(lowest, because="zz half of them left", owner="zz lead"), *others),
        adjustments=(*card.adjustments, attrs.evolve(told, review_by=_DAY)),
        because="zz agreed in spring",
    )
    metric = attrs.evolve(METRICS["active_days"], because="zz sign-ins are complete", owner="zz data")
    return project(
        metrics={**METRICS, "active_days": metric},
        scorecards={"standard": card},
        thresholds={_PLACE: Review(because="zz 22 working days"), f"{_PLACE}x": Review(because="zz of another")},
    )


def _page(project_: Project) -> CustomerPage:
    return page_models_of("internal", project_=project_, frame=metrics_frame(1).with_columns(plan=_KEY))[0][1]


def _part(page: CustomerPage, label: str) -> DimensionPart:
    return next(part for part in page.parts if part.label == label)


def _line(page: CustomerPage, label: str) -> MetricLine:
    return next(line for part in page.parts for line in part.metrics if line.label == label)


def test_a_dimension_says_why_it_weighs_what_it_weighs_who_decides_and_when_to_look_again() -> None:
    assert _part(_page(_reviewed()), "Product usage").reviews == (
        "Weight: zz strongest predictor · zz operations · review by January 15, 2027",
    )


def test_a_metric_says_it_of_its_weight_then_of_its_thresholds_then_of_itself() -> None:
    assert _line(_page(_reviewed()), "Active days").reviews == (
        "Weight: zz habit · zz weights · review by January 15, 2027",
        "Thresholds: zz 22 working days",
        "Metric: zz sign-ins are complete · zz data",
    )


def test_the_scorecard_and_its_bands_say_it_where_the_score_is_explained() -> None:
    assert _page(_reviewed()).how[-2:] == (
        "Scorecard: zz agreed in spring",
        "“At risk”: zz half of them left · zz lead",
    )


def test_parts_without_a_reason_say_nothing() -> None:
    page = _page(_reviewed())
    assert (_part(page, "Support").reviews, _line(page, "Seats in use").reviews) == ((), ())


def test_a_day_is_written_as_the_reports_locale_writes_it() -> None:
    page = next(
        content
        for path, content in pages(_reviewed(), audience="internal", settings={"locale": "de"}).items()
        if path.startswith("customers/") and "zz habit" in content
    )
    assert "review by 15. Januar 2027" in page


def test_an_internal_page_shows_each_reason_once() -> None:
    shown = pages(_reviewed(), metrics_frame(1).with_columns(plan=_KEY), "internal")["customers/a-00000.html"]
    for reason in ("habit", "strongest predictor", "22 working days", "sign-ins are complete", "half of them left"):
        assert shown.count(f"zz {reason}") == 1, reason


def test_what_a_customer_may_see_of_the_project_holds_no_reason() -> None:
    shown = repr(attrs.asdict(visible_to(_reviewed(), "customer")))
    assert "zz" not in shown
    assert repr(_DAY) not in shown


@pytest.mark.parametrize("word", ["zz", "look again", "2027"])
def test_no_customers_model_or_page_holds_a_reason_an_owner_or_a_day(word: str) -> None:
    models = page_models_of("customer", project_=_reviewed())
    assert models
    assert not [customer for customer, model in models if word in to_json(model)]
    assert not [path for path, page in pages(_reviewed(), audience="customer").items() if word in page]


def test_a_project_without_reasons_has_the_same_customers_pages_as_one_with_them() -> None:
    card = scorecard()
    told = Adjustment(when=Condition("unpaid > 0"), add=-5.0, because="Late", audience="customer")
    plain = project(scorecards={"standard": attrs.evolve(card, adjustments=(*card.adjustments, told))})
    assert pages(_reviewed(), audience="customer") == pages(plain, audience="customer")
