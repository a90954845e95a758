"""What a customer may see, and that nothing else is in its page or in the model behind it."""

import json
from typing import Any

import attrs
import polars as pl
from tests.support.customer_book import (
    INTERNAL_WORDS,
    METRICS,
    metrics_frame,
    page_models_of,
    pages,
    project,
    scorecard,
    scored,
)

from scorewell.api.v1 import Condition
from scorewell.configuration.model import Adjustment, Dimension
from scorewell.reporting import to_json, visible_to
from scorewell_standard.aggregators import Rule, Rules, WeightedAverage


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)]


def test_for_internal_readers_nothing_is_pruned() -> None:
    assert visible_to(project(), "internal") is not None
    assert visible_to(project(), "internal") == project()


def test_a_dimension_is_shown_when_one_of_its_metrics_is() -> None:
    dimensions = visible_to(project(), "customer").scorecards["standard"].dimensions
    assert list(dimensions) == ["product_usage", "support", "enablement"]
    assert list(dimensions["enablement"].metrics) == ["training"]


def test_an_internal_dimension_hides_visible_metrics_too() -> None:
    hidden = scorecard().dimensions["support"]
    card = scorecard(dimensions={"support": attrs.evolve(hidden, audience="internal")})
    assert not visible_to(project(scorecards={"standard": card}), "customer").scorecards


def test_a_dimension_of_dimensions_is_shown_when_a_metric_deep_in_it_is() -> None:
    card = scorecard(dimensions={"outer": Dimension(aggregator=WeightedAverage(), dimensions=scorecard().dimensions)})
    shown = visible_to(project(scorecards={"standard": card}), "customer").scorecards["standard"].dimensions["outer"]
    assert list(shown.dimensions) == ["product_usage", "support", "enablement"]


def test_an_adjustment_is_internal_unless_it_says_otherwise() -> None:
    told = Adjustment(when=Condition("unpaid > 0"), add=-5.0, because="Payment is late", audience="customer")
    card = scorecard(adjustments=(*scorecard().adjustments, told))
    assert visible_to(project(scorecards={"standard": card}), "customer").scorecards["standard"].adjustments == (told,)


def test_hidden_metrics_lose_their_words() -> None:
    hidden = visible_to(project(), "customer").metrics["profit_share"]
    assert (hidden.label, hidden.unit, hidden.description, hidden.advice) == (None, None, None, {})


def test_advice_for_us_is_not_in_what_customers_may_see() -> None:
    assert METRICS["active_days"].advice["internal"]
    assert list(visible_to(project(), "customer").metrics["active_days"].advice) == ["customer"]


def test_no_internal_word_is_in_any_customers_model() -> None:
    for _, model in page_models_of("customer"):
        texts = "\n".join(_texts(json.loads(to_json(model))))
        assert not [word for word in INTERNAL_WORDS if word in texts]


def test_no_internal_word_is_in_any_customers_page() -> None:
    for path, page in pages(audience="customer").items():
        assert not [word for word in INTERNAL_WORDS if word in page], path


def test_the_internal_words_are_in_the_internal_pages() -> None:
    """Else the two tests above would prove nothing."""
    everything = "\n".join(pages(audience="internal").values())
    for word in ("gross margin", "Commercial", "Dana Whitfield", "Key accounts", "At risk", "Invoice unpaid"):
        assert word in everything


def test_the_customers_score_is_computed_from_the_visible_parts_alone() -> None:
    frame = metrics_frame(1).with_columns(
        active_days=22.0,
        seats_used=0.95,
        key_features=8.0,
        urgent_open=0.0,
        first_reply=1.0,
        satisfaction=5.0,
        training=0.8,
        sponsors=0.0,
        profit_share=0.0,
        unpaid=1,
        plan=pl.lit("small"),
        **{"@active": True},
    )
    assert scored(project(), frame)["score"].to_list() == [55.0]
    (page,) = [model for path, model in page_models_of("customer", frame=frame)]
    assert page.gauge is not None
    assert page.gauge.score == "100"


def test_a_customer_without_a_visible_metric_gets_no_page() -> None:
    hidden = {name: attrs.evolve(metric, audience="internal") for name, metric in METRICS.items()}
    assert pages(project(metrics=hidden), audience="customer") == {}


def test_a_customer_that_is_not_active_gets_no_page_of_its_own() -> None:
    frame = metrics_frame(3)
    frame = frame.with_columns((frame["customer_id"] == "a-00001").alias("@active"))
    assert list(pages(frame=frame, audience="customer")) == ["customers/a-00001.html"]


def test_a_customer_without_data_gets_a_page_that_says_what_is_missing() -> None:
    frame = metrics_frame(1).with_columns(plan=pl.lit("small"), **{"@active": True})
    empty = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in METRICS)
    (page,) = pages(frame=empty, audience="customer").values()
    assert "There is not yet enough data for a complete picture" in page
    assert "Active days (no data)" in page
    assert "<figure" not in page


def test_a_rule_that_names_a_hidden_part_does_not_hold_for_customers() -> None:
    rules = Rules(rules=(Rule(when=Condition("commercial <= 100"), score=20.0), Rule(score=WeightedAverage())))
    project_ = project(scorecards={"standard": scorecard(aggregator=rules, adjustments=())})
    frame = metrics_frame(8)
    assert scored(project_, frame)["score"].max() == 20.0
    assert all(
        model.gauge and model.gauge.score != "20"
        for _, model in page_models_of("customer", project_=project_, frame=frame)
    )


def test_a_rule_never_reads_a_hidden_metric_of_the_name_it_uses() -> None:
    rules = Rules(rules=(Rule(when=Condition("sponsors >= 0"), score=20.0), Rule(score=WeightedAverage())))
    enablement = attrs.evolve(scorecard().dimensions["enablement"], aggregator=rules)
    project_ = project(scorecards={"standard": scorecard(dimensions={"enablement": enablement}, adjustments=())})
    models = page_models_of("customer", project_=project_, frame=metrics_frame(8))
    assert all(model.gauge is None or model.gauge.score != "20" for _, model in models)


def test_what_a_metric_is_beyond_the_segments_is_no_customers_to_see_in_a_segment_of_less_than_ten() -> None:
    days = {"mid": [float(number) for number in range(1, 11)], "small": [float(number) for number in range(21, 30)]}
    people = [(plan, number) for plan, numbers in days.items() for number in numbers]
    frame = pl.concat(
        metrics_frame(1).with_columns(
            pl.lit(f"{plan}-{number:g}").alias("customer_id"),
            pl.lit(plan).alias("plan"),
            pl.lit(value=True).alias("@active"),
            pl.lit(number).alias("active_days"),
        )
        for plan, number in people
    )
    relative = attrs.evolve(METRICS["active_days"], relative_to="segment")
    made = project(metrics=METRICS | {"active_days": relative})
    told = pages(made, frame)
    assert "3.5 days" in told["customers/mid-9.html"]
    assert "3 days" not in told["customers/small-28.html"]
    # It is missing there, and nothing is scored by it.
    assert "3 days" in pages(made, frame, "internal")["customers/small-28.html"]
