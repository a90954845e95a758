"""Conditions over figures: SQL, percentages of customers or of their value, and what is told of a mistake."""

import pytest

from scorewell.dialect import DialectError
from scorewell.evaluation import UnknownName, check_conditions, verdicts

FIGURES = {
    "customers": 200.0,
    "customers_share": 1.0,
    "moved_down": 11.0,
    "moved_down_share": 0.055,
    "value_moved_to_at_risk": 120_000.0,
    "value_moved_to_at_risk_share": 0.01,
    "mean_absolute_difference": 2.5,
    "largest_fall": None,
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("moved_down > 10", True),
        ("moved_down > 5%", True),
        ("moved_down > 5.5%", False),
        ("moved_down>=5.5 %", True),
        ("moved_down_share > 5%", True),
        ("value_moved_to_at_risk > 100000", True),
        ("value_moved_to_at_risk > 2%", False),
        ("moved_down > 50% or mean_absolute_difference between 2 and 3", True),
        ("moved_down > 5% and value_moved_to_at_risk > 2%", False),
        ("not (moved_down > 5%)", False),
        ("moved_down % 2 = 1", True),
        ("11 > moved_down % 4", True),
        ("largest_fall > 20", None),
    ],
)
def test_a_condition_is_sql_over_the_figures(condition, holds):
    [verdict] = verdicts([condition], FIGURES)
    assert (verdict.condition, verdict.holds) == (condition, holds)


def test_a_verdict_tells_the_figures_it_rests_on():
    assert verdicts(["moved_down > 5% or customers < 10"], FIGURES)[0].figures == {
        "customers": 200.0,
        "moved_down_share": 0.055,
    }


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        (
            "moved_donw > 5%",
            (
                "moved_donw > 5%: there is no figure 'moved_donw'; there are customers, moved_down, "
                "value_moved_to_at_risk, mean_absolute_difference, largest_fall"
            ),
            "moved_down or moved_down_share",
        ),
        (
            "mean_absolute_difference > 5%",
            (
                "mean_absolute_difference > 5%: mean_absolute_difference is not a number of customers, so it "
                "has no percentage"
            ),
            None,
        ),
        (
            "flapping_proposed > 0",
            "flapping_proposed > 0: there is no figure 'flapping_proposed' without a look back",
            "add --over 12 weeks",
        ),
    ],
)
def test_an_unknown_figure_is_told(condition, message, hint):
    with pytest.raises(UnknownName) as caught:
        check_conditions([condition], FIGURES)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_figures_of_a_value_need_one():
    with pytest.raises(UnknownName, match="no value is compared") as caught:
        check_conditions(["value_moved_down > 5"], [name for name in FIGURES if not name.startswith("value_")])
    assert caught.value.hint == "name a role, attribute or metric with --value"


@pytest.mark.parametrize("condition", ["moved_down", "moved_down > 'a'", "moved_down >", "sum(moved_down) > 1"])
def test_what_is_no_condition_is_refused(condition):
    with pytest.raises(DialectError):
        check_conditions([condition], FIGURES)
