"""What a customer's page says."""

import attrs
import polars as pl
from tests.support.customer_book import METRICS, metrics_frame, page_models_of, project, scorecard

from scorewell.api.v1 import Audience
from scorewell.configuration import Dimension, ScoredMetric
from scorewell.reporting.model import VERSION, CustomerPage, MetricLine
from scorewell_standard.aggregators import Minimum, WeightedAverage
from scorewell_standard.normalizers import Linear

PERFECT = {
    "active_days": 22.0,
    "seats_used": 0.95,
    "key_features": 8.0,
    "urgent_open": 0.0,
    "first_reply": 1.0,
    "satisfaction": 5.0,
    "training": 0.8,
    "sponsors": 2.0,
    "profit_share": 60.0,
}


def _page(
    audience: Audience = "customer", failed: tuple[str, ...] = (), card: object = None, **values: object
) -> CustomerPage:
    """The page of one customer in whom everything is as good as can be, but for ``values``."""
    settings = PERFECT | {"unpaid": 0, "is_reference": False, "plan": "mid", "@active": True} | values
    frame = metrics_frame(1).with_columns(
        pl.lit(value, dtype=pl.Float64 if name in METRICS else None).alias(name) for name, value in settings.items()
    )
    project_ = project() if card is None else project(scorecards={"standard": card})
    ((_, model),) = page_models_of(audience, project_=project_, frame=frame, failed=failed)
    return model


def test_a_model_says_its_version() -> None:
    assert _page().version == VERSION == 1


def test_a_customer_without_faults_is_told_so() -> None:
    page = _page()
    assert page.headline == "In good shape"
    assert page.improvements == ()
    assert [step.text for step in page.steps] == ["Keep going: nothing here needs a change now"]


def test_bands_that_are_ours_have_words_of_their_own_for_the_customer() -> None:
    page = _page(active_days=0.0, seats_used=0.2, key_features=0.0, training=0.0, urgent_open=4.0, first_reply=24.0)
    assert page.gauge is not None
    assert page.gauge.state.words == "Needs attention"
    assert _page("internal", **dict.fromkeys(METRICS, 0.0)).gauge.state.words == "At risk"


def test_a_bands_label_is_what_customers_read() -> None:
    bands = tuple(attrs.evolve(band, label=f"Level {index}") for index, band in enumerate(scorecard().bands, start=1))
    assert _page(card=scorecard(bands=bands)).gauge.state.words == "Level 3"


def test_what_the_customer_controls_comes_first_then_the_points_to_gain() -> None:
    page = _page(urgent_open=4.0, active_days=11.0, seats_used=0.3, key_features=0.0)
    assert [item.label for item in page.improvements] == [
        "Seats in use",
        "Active days",
        "Key features adopted",
        "Urgent tickets open",
    ]
    assert page.improvements[0].advice == METRICS["seats_used"].advice["customer"]


def test_what_nobody_controls_is_no_improvement_for_the_customer() -> None:
    assert [item.label for item in _page(satisfaction=1.0).improvements] == []
    assert [item.label for item in _page("internal", satisfaction=1.0).improvements] == ["Satisfaction with support"]


def _share(weight: float = 1.0) -> ScoredMetric:
    return ScoredMetric(weight=weight, normalizer=Linear(from_=0.0, to=1.0))


def test_below_a_minimum_a_metric_gains_no_more_than_up_to_the_next_lowest() -> None:
    lowest = Dimension(weight=50, aggregator=Minimum(), metrics={"seats_used": _share(), "training": _share()})
    mean = {"active_days": ScoredMetric(weight=50, normalizer=Linear(from_=0.0, to=22.0))}
    card = scorecard(dimensions={"lowest": lowest}, metrics=mean)
    page = _page("internal", card=card, seats_used=0.1, training=0.3, active_days=11.0)
    # The minimum is 10 and costs 45 points; with the seats at 100 it would be 30: 10 points more, and of days 25.
    assert [(item.label, item.gain) for item in page.improvements] == [
        ("Active days", "up to 25.0 points"),
        ("Seats in use", "up to 10.0 points"),
        ("People trained", None),
    ]


def test_of_two_that_are_the_lowest_together_neither_gains_alone() -> None:
    card = scorecard(aggregator=Minimum(), dimensions={}, metrics={"seats_used": _share(), "training": _share()})
    page = _page(card=card, seats_used=0.25, training=0.25)
    assert [item.gain for item in page.improvements] == [None, None]
    assert not any("points" in step.text for step in page.steps)


def test_a_dimension_below_a_minimum_rises_as_a_whole_up_to_the_next_lowest() -> None:
    dimensions = {
        name: Dimension(aggregator=WeightedAverage(), metrics=metrics)
        for name, metrics in {
            "usage": {"seats_used": _share(), "training": _share()},
            "rest": {"urgent_open": _share()},
        }.items()
    }
    card = scorecard(aggregator=Minimum(), dimensions=dimensions, adjustments=())
    page = _page("internal", card=card, seats_used=0.2, training=0.0, urgent_open=0.15)
    # The usage is 10, the rest 15: whichever of both metrics improves, the score rises by 5 at most.
    assert [item.gain for item in page.improvements] == ["up to 5.0 points", "up to 5.0 points", None]


def test_where_an_exception_holds_the_score_no_metric_promises_points() -> None:
    free = _page("internal", urgent_open=4.0, active_days=11.0)
    capped = _page("internal", urgent_open=4.0, active_days=11.0, unpaid=90)
    added_to = _page("internal", urgent_open=4.0, active_days=11.0, is_reference=True)
    assert [item.gain for item in capped.improvements] == [None, None]
    assert {item.label for item in capped.improvements} == {item.label for item in free.improvements}
    assert all(item.gain for item in added_to.improvements)


def test_the_internal_page_orders_improvements_by_points_alone() -> None:
    page = _page("internal", urgent_open=4.0, active_days=11.0)
    assert [item.gain for item in page.improvements] == ["up to 9.0 points", "up to 8.3 points"]


def test_a_missing_metric_is_named_and_is_no_zero() -> None:
    page = _page(training=None)
    assert page.missing == ("People trained (no data)",)
    assert page.summary[1] == "1 of 7 measurements could not be made; data completeness is 78% by weight."
    (part,) = [part for part in page.parts if part.label == "Skills and sponsorship"]
    assert (part.score, part.metrics[0].value, part.metrics[0].normalized) == (None, None, None)


def test_a_metric_that_could_not_be_read_says_so() -> None:
    assert _page("internal", failed=("training",), training=None).missing == ("People trained (could not be read)",)


def test_a_value_that_was_filled_in_says_what_it_counts_as() -> None:
    dimension = scorecard().dimensions["enablement"]
    filled = attrs.evolve(dimension, metrics={"training": attrs.evolve(dimension.metrics["training"], missing="worst")})
    page = _page(
        training=None, card=scorecard(dimensions={"enablement": filled, "support": scorecard().dimensions["support"]})
    )
    assert page.missing == ("People trained (no data; counted as 0)",)


def test_a_metric_that_does_not_apply_is_not_missing() -> None:
    dimension = scorecard().dimensions["support"]
    only_key = attrs.evolve(dimension.metrics["urgent_open"], when="plan = 'key'")
    support = attrs.evolve(dimension, metrics={**dimension.metrics, "urgent_open": only_key})
    page = _page(urgent_open=None, card=scorecard(dimensions={"support": support}))
    assert page.missing == ()
    assert page.parts[0].metrics[0].note == "does not apply"
    assert page.parts[0].completeness == "data complete"


def test_an_inactive_customer_has_an_internal_page_without_a_score() -> None:
    page = _page("internal", **{"@active": False})
    assert page.headline == "No score: not an active customer"
    assert (page.gauge, page.drivers, page.parts, page.how) == (None, (), (), ())


def test_a_customer_in_no_segment_has_an_internal_page_that_says_so() -> None:
    assert _page("internal", plan="other").headline == "No score: no segment takes this customer"


def test_the_internal_page_has_people_money_and_dates() -> None:
    facts = {
        fact.label: (fact.value, fact.note) for fact in _page("internal", renewal="2026-04-04", currency="USD").facts
    }
    assert facts["Owner"] == ("Dana Whitfield", None)
    assert facts["Revenue"][0].startswith("$")
    assert facts["Renewal"] == ("2026-04-04", "in 34 days")
    assert facts["Segment"] == ("Mid market", None)


def test_the_customers_page_has_none_of_them() -> None:
    assert _page().facts == ()
    assert "at_risk" not in repr(_page())


def test_shares_of_the_weight_are_of_the_whole_score() -> None:
    shares = {part.label: (part.share, [metric.share for metric in part.metrics]) for part in _page("internal").parts}
    assert shares["Product usage"] == ("45%", ["18%", "18%", "9%"])
    assert shares["Commercial"] == ("10%", ["10%"])


def test_a_metric_that_is_relative_to_the_segment_is_shown_as_it_was_scored() -> None:
    frame = pl.concat(
        metrics_frame(1).with_columns(
            pl.lit(f"a-{days}").alias("customer_id"),
            pl.lit("mid").alias("plan"),
            pl.lit(value=True).alias("@active"),
            pl.lit(days).alias("active_days"),
        )
        for days in (3.0, 8.0, 20.0)
    )
    relative = attrs.evolve(METRICS["active_days"], relative_to="segment")
    shown = page_models_of("internal", project_=project(metrics=METRICS | {"active_days": relative}), frame=frame)
    lines = {name: _line(model, "Active days").value for name, model in shown}
    assert lines == {"a-20.0": "12 days", "a-3.0": "−5 days", "a-8.0": "0 days"}


def _line(page: CustomerPage, label: str) -> MetricLine:
    return next(line for part in page.parts for line in part.metrics if line.label == label)
