"""Drivers: what is shown adds up."""

import re

import attrs
import polars as pl
import pytest
from tests.support.customer_book import metrics_frame, page_models_of, project, scorecard

from scorewell.reporting import visible_to
from scorewell.scoring import OVERRIDES, with_overrides


def _number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", "").replace(",", ""))


@pytest.mark.parametrize("precision", [0, 1, 2])
def test_start_and_points_as_printed_make_the_printed_score(precision: int) -> None:
    project_ = project(scorecards={"standard": scorecard(precision=precision)})
    shown = 0
    for _, model in page_models_of("internal", project_=project_):
        if model.drivers:
            *parts, score = (_number(driver.points) for driver in model.drivers)
            assert sum(parts) == pytest.approx(score, abs=1e-9)
            shown += 1
    assert shown > 50


def test_the_largest_loss_comes_first_and_the_rounding_last() -> None:
    frame = metrics_frame(1).with_columns(unpaid=0, is_reference=False, plan=pl.lit("mid"), **{"@active": True})
    ((_, model),) = page_models_of("internal", frame=frame)
    points = [_number(driver.points) for driver in model.drivers if driver.kind == "driver"]
    assert points == sorted(points)
    assert model.drivers[0].kind == "baseline"
    assert model.drivers[-1].kind == "score"


def test_an_exception_is_told_with_its_reason() -> None:
    frame = metrics_frame(1).with_columns(
        unpaid=1, is_reference=False, plan=pl.lit("mid"), active_days=22.0, seats_used=1.0, **{"@active": True}
    )
    ((_, model),) = page_models_of("internal", frame=frame.with_columns(training=0.9, sponsors=2.0, key_features=8.0))
    (exception,) = [driver for driver in model.drivers if driver.kind == "exception"]
    assert exception.label == "Invoice unpaid for more than 60 days"
    assert re.fullmatch(r"−\d+\.\d", exception.points)


def test_what_a_person_decided_is_an_exception_after_those_of_the_scorecard() -> None:
    frame = metrics_frame(1).with_columns(
        unpaid=1, is_reference=False, plan=pl.lit("mid"), active_days=22.0, seats_used=1.0, **{"@active": True}
    )
    frame = frame.with_columns(training=0.9, sponsors=2.0, key_features=8.0)
    row = (frame.item(0, "customer_id"), "health", "score", 7.0, None)
    decided = with_overrides(frame, pl.DataFrame([row], schema=OVERRIDES, orient="row"), ["health"])
    ((_, model),) = page_models_of("internal", frame=decided)
    labels = [driver.label for driver in model.drivers if driver.kind == "exception"]
    assert labels == ["Invoice unpaid for more than 60 days", "A person’s decision"]
    *parts, score = (_number(driver.points) for driver in model.drivers)
    assert sum(parts) == pytest.approx(score, abs=1e-9) == 7


def test_a_customers_own_page_has_no_drivers() -> None:
    assert all(model.drivers == () for _, model in page_models_of("customer"))


def test_points_have_decimals_that_fit_the_scale() -> None:
    small = scorecard(scale=(0.0, 1.0), precision=2, bands=scorecard().bands[2:], adjustments=())
    small = attrs.evolve(small, bands=(attrs.evolve(small.bands[0], up_to=1.0),))
    models = page_models_of("internal", project_=project(scorecards={"standard": small}))
    points = [driver.points for _, model in models for driver in model.drivers if driver.kind == "driver"]
    assert points
    assert all(len(each.partition(".")[2]) == 3 for each in points)
    assert {driver.points for _, model in models for driver in model.drivers if driver.kind == "baseline"} == {"1"}


def test_pruning_leaves_the_project_itself_alone() -> None:
    before = project()
    visible_to(before, "customer")
    assert before == project()
