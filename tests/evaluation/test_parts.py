"""The parts of what scores change by add up, and are called what they are."""

import attrs
import polars as pl
import pytest
from tests.support.compared_book import BOOK, book_project, by_logins, by_rating, compared, with_card
from tests.support.small_project import capped, card, scored

from scorewell.configuration import Score
from scorewell.evaluation import document

BOTH = {**BOOK, "logins": [20.0, 50.0, 90.0, 40.0, 60.0, 70.0], "rating": [80.0, 60.0, 10.0, 40.0, 30.0, 100.0]}


def weighing(logins, rating, **settings):
    return card(metrics={"logins": scored(logins), "rating": scored(rating)}, **settings)


CURRENT = book_project(weighing(1.0, 1.0), BOTH)


def labels(made):
    return made.causes.select("label", "customers").rows()


def test_other_weights_are_told_as_that():
    made = compared(CURRENT, with_card(CURRENT, weighing(3.0, 1.0)))
    # a 50 to 35, b 55 to 53 (52.5), c 50 to 70, e 45 to 53 (52.5), f 85 to 78 (77.5); d stays at 40.
    assert labels(made) == [("Weights changed", 5)]
    assert made.causes["points"].to_list() == pytest.approx([(-15 - 2.5 + 20 + 7.5 - 7.5) / 5])


@pytest.mark.parametrize(
    "proposed",
    [
        weighing(3.0, 1.0),
        by_logins(),
        by_rating(precision=2),
        weighing(1.0, 1.0, adjustments=(capped("logins < 60", 30.0, "Hardly used"),)),
        weighing(1.0, 2.0, adjustments=(capped("logins < 60", 30.0, "Hardly used"),), precision=None),
    ],
)
def test_the_parts_of_each_customer_add_up_to_its_change(proposed):
    made = compared(CURRENT, with_card(CURRENT, proposed))
    sums = made.parts.group_by("customer_id").agg(pl.col("points").sum())
    both = made.customers.filter(pl.col("change") != 0).join(sums, on="customer_id", how="left")
    assert both.height > 0
    assert both["points"].to_list() == pytest.approx(both["change"].to_list(), abs=1e-9)


def test_a_metric_that_comes_or_goes_is_told_as_that():
    assert "Rating: removed from the scorecard" in made_causes(by_logins())
    gone = with_card(CURRENT, by_logins())
    assert "Rating: added to the scorecard" in compared(gone, CURRENT).causes["label"].to_list()


def test_an_exception_that_begins_is_told_by_its_reason():
    capping = weighing(1.0, 1.0, adjustments=(capped("logins < 60", 30.0, "Hardly used"),))
    assert made_causes(capping) == ["Exception applies now: Hardly used"]


def made_causes(proposed):
    return compared(CURRENT, with_card(CURRENT, proposed)).causes["label"].to_list()


def test_without_a_change_there_are_no_parts():
    assert compared(CURRENT, CURRENT).parts.height == 0


def test_scores_of_other_names_are_compared_without_parts():
    def called(name):
        return attrs.evolve(CURRENT, segments={}, scores={name: Score(scorecard="standard")})

    made = compared(called("health"), attrs.evolve(called("fitness"), scorecards={"standard": by_logins()}))
    assert made.figures["changed"] == 5
    assert made.parts.height == 0


def test_the_document_has_the_parts_beside_each_customer():
    told = document(compared(CURRENT, with_card(CURRENT, weighing(3.0, 1.0))))
    by_id = {row["customer_id"]: row["parts"] for row in told["customers"]}
    assert [(part["label"], part["points"]) for part in by_id["a"]] == [("Weights changed", pytest.approx(-15))]
