"""How one customer's score comes about, checked against sums that fit on a napkin."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from tests.support.small_project import capped, card, dimension, project, scored

from scorewell.api.v1 import Condition, Expression, PartName
from scorewell.configuration import Adjustment, Project, Review, Score, ScoredMetric, Segment
from scorewell.runner import NobodySelected, run
from scorewell.runner.explanation import Explanation, explain
from scorewell.runner.tree_of_one import Node, leaves
from scorewell_standard.aggregators import AddedPoints, GeometricMean, Minimum, Rule, Rules, WeightedAverage
from scorewell_standard.normalizers import Linear, Percentile

AS_OF = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin"))


def of(customers: dict[str, list[Any]], scorecard: Any, customer: str = "a", **changes: Any) -> Explanation:
    return explain(project(customers, scorecard, **changes), customer, as_of=AS_OF)


def node(explanation: Explanation, path: str) -> Node:
    """The node of that path, anywhere in the tree."""

    def search(this: Node) -> Node | None:
        return this if this.path == path else next((found for part in this.parts if (found := search(part))), None)

    assert explanation.root is not None
    found = search(explanation.root)
    assert found is not None
    return found


def total(explanation: Explanation) -> float:
    """Baseline and all contributions that the explanation shows."""
    assert explanation.baseline is not None
    assert explanation.root is not None
    adjusted = sum(each.contribution for each in explanation.adjustments)
    return explanation.baseline + explanation.root.contribution + adjusted + explanation.rounding


TWO = {"id": ["a"], "x": [50.0], "y": [80.0]}
# x weighs 3 of 4, y 1 of 4: 50 · 0.75 + 80 · 0.25 = 57.5, printed as 58.
AVERAGE = card(metrics={"x": scored(3), "y": scored(1)})


def test_the_parts_add_up_to_the_printed_score() -> None:
    explanation = of(TWO, AVERAGE)
    assert explanation.score == 58
    assert explanation.rounding == pytest.approx(0.5)
    assert total(explanation) == pytest.approx(58, abs=1e-9)


def test_a_leaf_shows_value_normalized_share_and_points() -> None:
    x = node(of(TWO, AVERAGE), "x")
    assert (x.value, x.normalized, x.weight) == (50, 50, 3)
    assert x.share == pytest.approx(0.75)
    assert x.contribution == pytest.approx(-37.5)


def test_a_part_says_why_its_weight_and_thresholds_are_what_they_are_and_who_decides() -> None:
    use = dimension(
        metrics={"x": attrs.evolve(scored(), because="Asked for in Q1")}, because="Best predictor", owner="ops"
    )
    built = attrs.evolve(
        project(TWO, card(dimensions={"use": use})),
        thresholds={
            "scorecards.standard.dimensions.use.metrics.x.normalizer": Review(because="20 days a month", owner="data"),
            "scorecards.standard.dimensions.use.metrics.xy.normalizer": Review(because="of another metric"),
        },
    )
    explanation = explain(built, "a", as_of=AS_OF)
    assert (node(explanation, "use").because, node(explanation, "use").owner) == (("Best predictor",), "ops")
    assert node(explanation, "use.x").because == ("Asked for in Q1", "20 days a month")
    assert node(explanation, "use.x").owner == "data"


def test_shares_multiply_down_the_tree() -> None:
    nested = card(
        dimensions={
            "use": dimension(weight=3.0, metrics={"x": scored(1), "y": scored(1)}),
            "talk": dimension(metrics={"z": scored()}),
        }
    )
    explanation = of({"id": ["a"], "x": [50.0], "y": [80.0], "z": [10.0]}, nested)
    assert node(explanation, "use").share == pytest.approx(0.75)
    assert node(explanation, "use").normalized == pytest.approx(65)
    assert node(explanation, "use.x").share == pytest.approx(0.375)
    # Half of three quarters of the 50 points that x lacks.
    assert node(explanation, "use.x").contribution == pytest.approx(-18.75)
    assert node(explanation, "use").contribution == pytest.approx(-26.25)


def test_a_missing_part_has_no_share_and_the_others_take_it() -> None:
    explanation = of({"id": ["a", "b"], "x": [50.0, 1.0], "y": [None, 1.0]}, AVERAGE)
    assert node(explanation, "x").share == pytest.approx(1)
    assert node(explanation, "y").share is None
    assert node(explanation, "y").remark == "no data: left out, its weight goes to the others"
    assert explanation.coverage == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("policy", "remark", "score"),
    [
        ("neutral", "no data: counted as 50 of 100", 50),
        ("worst", "no data: counted as 0 of 100", 38),
        (80.0, "no data: counted as 80 of 100", 58),
    ],
)
def test_a_filled_in_part_says_what_it_counts_as_and_keeps_its_share(policy: Any, remark: str, score: float) -> None:
    explanation = of(
        {"id": ["a", "b"], "x": [50.0, 1.0], "y": [None, 1.0]},
        card(metrics={"x": scored(3), "y": scored(1, missing=policy)}),
    )
    assert explanation.score == score
    assert node(explanation, "y").remark == remark
    assert node(explanation, "y").share == pytest.approx(0.25)
    assert total(explanation) == pytest.approx(score, abs=1e-9)


def test_a_part_whose_condition_does_not_hold_is_not_applicable() -> None:
    explanation = of(TWO, card(metrics={"x": scored(3), "y": scored(1, when=Condition("x > 60"))}))
    assert node(explanation, "y").remark == "not applicable: its condition does not hold"
    assert explanation.score == 50
    assert explanation.coverage == 1


def test_a_minimum_gives_its_lowest_part_the_whole_share() -> None:
    explanation = of(TWO, card(aggregator=Minimum(), metrics={"x": scored(), "y": scored()}))
    assert (node(explanation, "x").share, node(explanation, "y").share) == (1, 0)
    assert node(explanation, "x").contribution == pytest.approx(-50)


def test_what_a_rule_sets_is_the_nodes_own() -> None:
    rules = Rules(rules=(Rule(when=Condition("x < 60"), score=20.0), Rule(score=WeightedAverage())))
    explanation = of(TWO, card(aggregator=rules, metrics={"x": scored(), "y": scored()}))
    assert explanation.score == 20
    assert node(explanation, "").own == pytest.approx(-80)
    assert total(explanation) == pytest.approx(20, abs=1e-9)


def test_a_scale_of_its_own_is_used_for_points_and_not_for_what_is_of_100() -> None:
    explanation = of(TWO, card(metrics={"x": scored(3), "y": scored(1)}, scale=(0.0, 10.0), precision=1, bands=_TENTHS))
    assert (explanation.score, explanation.baseline, explanation.scale) == (5.8, 10, (0, 10))
    assert node(explanation, "x").normalized == pytest.approx(50)
    assert node(explanation, "").normalized == pytest.approx(57.5)
    assert node(explanation, "x").contribution == pytest.approx(-3.75)
    assert total(explanation) == pytest.approx(5.8, abs=1e-9)


_TENTHS = tuple(attrs.evolve(band, up_to=band.up_to / 10) for band in card().bands)


def test_an_adjustment_shows_its_rule_its_reason_and_its_points() -> None:
    explanation = of(TWO, card(metrics=AVERAGE.metrics, adjustments=(capped("x < 60", 40, "Invoice unpaid"),)))
    [adjusted] = explanation.adjustments
    assert (adjusted.rule, adjusted.because) == ("at most 40", "Invoice unpaid")
    assert adjusted.contribution == pytest.approx(-17.5)
    assert explanation.score == 40


def test_an_adjustment_that_moves_nothing_is_not_shown() -> None:
    adjustments = (capped("x > 60", 40, "never"), capped("x < 60", 90, "far away"))
    assert of(TWO, card(metrics=AVERAGE.metrics, adjustments=adjustments)).adjustments == ()


# -- what would add most -----------------------------------------------------------------------------------------------


def gains(explanation: Explanation) -> dict[str, float]:
    return {each.path: pytest.approx(each.gain, abs=1e-9) for each in explanation.improvements}


def test_improvements_are_the_points_lost_where_the_score_is_linear() -> None:
    explanation = of(TWO, AVERAGE)
    assert gains(explanation) == {"x": 37.5, "y": 5}
    assert [each.path for each in explanation.improvements] == ["x", "y"]
    # 100 · 0.75 + 80 · 0.25
    assert (explanation.improvements[0].score, explanation.improvements[0].band) == (95, "healthy")


def test_under_a_minimum_only_the_lowest_part_helps_and_only_up_to_the_next() -> None:
    assert gains(of(TWO, card(aggregator=Minimum(), metrics={"x": scored(), "y": scored()}))) == {"x": 30}


def test_under_a_geometric_mean_the_gain_is_computed_and_not_guessed() -> None:
    explanation = of(
        {"id": ["a"], "x": [25.0], "y": [100.0]},
        card(aggregator=GeometricMean(), metrics={"x": scored(), "y": scored()}),
    )
    assert gains(explanation) == {"x": 50}  # √(25 · 100) = 50, then 100


def test_under_a_cap_no_metric_helps_but_the_end_of_the_cap_does() -> None:
    explanation = of(TWO, card(metrics=AVERAGE.metrics, adjustments=(capped("x < 60", 40, "Invoice unpaid"),)))
    assert gains(explanation) == {"adjustment.1": 17.5}
    assert explanation.improvements[0].label == "Invoice unpaid"


def test_a_bonus_that_would_be_lost_is_no_improvement() -> None:
    bonus = Adjustment(add=10.0, because="Reference")
    assert "adjustment.1" not in gains(of(TWO, card(metrics=AVERAGE.metrics, adjustments=(bonus,))))


def test_a_perfect_score_cannot_be_improved() -> None:
    assert of({"id": ["a"], "x": [100.0], "y": [100.0]}, AVERAGE).improvements == ()


# -- without a score ---------------------------------------------------------------------------------------------------


def test_too_little_data_says_how_much_there_is_and_how_much_is_needed() -> None:
    explanation = of({"id": ["a", "b"], "x": [None, 1.0], "y": [80.0, 1.0]}, AVERAGE)
    assert (explanation.score, explanation.status) == (None, "insufficient_data")
    assert explanation.reason == "data for 25% of the weight; 50% is needed"
    assert explanation.improvements == ()


def test_a_customer_of_no_segment_has_no_tree() -> None:
    explanation = of(TWO, AVERAGE, segments={"few": Segment(when=Condition("x > 60"), scorecard="standard")})
    assert (explanation.status, explanation.root) == ("unassigned", None)
    assert explanation.reason == "no segment's rule takes this customer"


def test_an_inactive_customer_says_what_makes_one_active() -> None:
    made = project({"id": ["a"], "plan": ["gone"], "x": [1.0], "y": [2.0]}, AVERAGE)
    made = attrs.evolve(made, customers=attrs.evolve(made.customers, active=Condition("plan <> 'gone'")))
    explanation = explain(made, "a", as_of=AS_OF)
    assert (explanation.status, explanation.score) == ("inactive", None)
    assert explanation.root is None
    assert explanation.reason == "not an active customer: plan <> 'gone'"


# -- whom, and how -----------------------------------------------------------------------------------------------------


def test_a_customer_is_found_by_name() -> None:
    customers = {"id": ["a", "b"], "name": ["Acme", "Globex"], "x": [1.0, 2.0], "y": [1.0, 2.0]}
    explanation = of(customers, AVERAGE, "globex")
    assert (explanation.customer_id, explanation.name) == ("b", "Globex")


def test_an_unknown_customer_is_refused() -> None:
    with pytest.raises(NobodySelected, match="no customer with the id 'zz' among 1"):
        of(TWO, AVERAGE, "zz")


def test_the_document_is_json_and_holds_the_tree() -> None:
    document = json.loads(json.dumps(of(TWO, AVERAGE).document(), allow_nan=False))
    assert [part["path"] for part in document["root"]["parts"]] == ["x", "y"]
    assert document["as_of"] == "2026-03-01T00:00:00+01:00"


@pytest.fixture
def tangled() -> Project:
    """Every aggregator, a condition, policies, adjustments, a scale: whatever could make a sum wrong."""
    rules = Rules(rules=(Rule(when=Condition("p < 2"), score=1.0), Rule(score=GeometricMean())))
    scorecard = card(
        scale=(1.0, 5.0),
        precision=1,
        bands=tuple(attrs.evolve(band, up_to=band.up_to / 25 + 1) for band in card().bands),
        minimum_coverage=0.1,
        dimensions={
            "low": dimension(aggregator=Minimum(), weight=2.0, metrics={"x": scored(), "y": scored()}),
            "ruled": dimension(
                aggregator=rules,
                dimensions={"p": dimension(metrics={"z": scored(2), "w": scored(1, missing="worst")})},
                metrics={"v": scored(when=Condition("x > 30"))},
            ),
        },
        metrics={"u": scored(0.5, missing=3.0)},
        adjustments=(capped("u < 20", 2.5, "cap"), Adjustment(add=0.4, because="bonus")),
    )
    numbers = [None, 0.0, 7.0, 33.0, 50.0, 100.0]
    size = 60
    columns = {
        name: [numbers[(index * step + step // 2) % len(numbers)] for index in range(size)]
        for name, step in {"x": 1, "y": 5, "z": 7, "w": 11, "v": 13, "u": 17}.items()
    }
    return project({"id": [f"k{index:02}" for index in range(size)], **columns}, scorecard)


def test_every_explanation_agrees_with_the_run_and_adds_up(tangled: Project) -> None:
    scores = {row["customer_id"]: row for row in run(tangled, as_of=AS_OF).scores.iter_rows(named=True)}
    for customer in list(scores)[:12]:
        explanation = explain(tangled, customer, as_of=AS_OF)
        assert explanation.score == scores[customer]["score"]
        if explanation.score is not None:
            assert total(explanation) == pytest.approx(explanation.score, abs=1e-9)


def test_share_times_distance_is_the_contribution_of_every_leaf(tangled: Project) -> None:
    for customer in ("k01", "k02", "k03", "k04", "k05"):
        explanation = explain(tangled, customer, as_of=AS_OF)
        assert explanation.root is not None
        for leaf in leaves(explanation.root):
            if leaf.share is not None and leaf.normalized is not None:
                # Four points of the scale are a hundred; the reference is the top.
                assert leaf.contribution == pytest.approx(leaf.share * (leaf.normalized - 100) * 4 / 100, abs=1e-9)


def test_a_metric_that_is_relative_to_the_segment_is_explained_by_the_value_that_was_scored() -> None:
    # The median of x is 40: a is 30 beyond it.
    people = {"id": ["a", "b", "c"], "x": [70.0, 40.0, 10.0], "plan": ["big", "big", "big"]}
    other = Segment(when=Condition("plan = 'small'"), scorecard="standard")
    built = project(people, card(metrics={"x": scored(), "y": scored(when=Condition("x < 35"))}))
    relative = attrs.evolve(built.metrics["x"], relative_to="segment")
    built = attrs.evolve(
        built,
        metrics={"x": relative, "y": built.metrics["x"]},
        segments={"small": other, "everyone": built.segments["everyone"]},
    )
    explanation = explain(built, "a", as_of=AS_OF)
    assert (node(explanation, "x").value, node(explanation, "x").normalized) == (30, 30)
    assert node(explanation, "x").label == "x (beyond the segment's)"
    assert node(explanation, "y").remark is None
    assert explanation.score == 50
    assert [(each.path, each.gain) for each in explanation.improvements] == [("x", 35), ("y", 15)]
    assert total(explanation) == pytest.approx(50, abs=1e-9)


def test_what_was_agreed_with_the_customer_stands_beside_what_is_measured_against_it() -> None:
    against = card(metrics={"x": attrs.evolve(scored(), normalizer=Linear(from_=0.0, to=Expression("y * 2")))})
    assert node(of(TWO, against), "x").remark == "measured against y * 2 = 160"
    nothing = {"id": ["a", "b"], "x": [50.0, 1.0], "y": [None, 1.0]}
    assert node(of(nothing, against), "x").remark == "not applicable: y * 2 is empty"
    zero = {"id": ["a"], "x": [50.0], "y": [0.0]}
    assert node(of(zero, against), "x").remark == "not applicable: its normalizer has no answer for this value"


def test_points_that_start_at_nothing_are_explained_from_there() -> None:
    points = AddedPoints(add={PartName("x"): 60.0, PartName("y"): 10.0})
    explanation = of(TWO, card(aggregator=points, metrics={"x": scored(), "y": scored()}))
    assert (explanation.baseline, explanation.score) == (0, 38)
    assert explanation.root is not None
    assert explanation.root.normalized == pytest.approx(38)
    assert (node(explanation, "x").contribution, node(explanation, "y").contribution) == pytest.approx((30, 8))
    assert total(explanation) == pytest.approx(38, abs=1e-9)


def test_a_scorecard_of_two_scores_is_explained_by_what_the_run_learned() -> None:
    table = {"id": [f"c{number:02}" for number in range(80)], "usage": [float(number) for number in range(80)]}
    shared = project(table, card(metrics={"usage": ScoredMetric(normalizer=Percentile())}))
    half = Segment(when=Condition("usage < 40"), scorecard="standard")
    scores = {"small": Score(segments={"half": half}), "everybody": Score(scorecard="standard")}
    both = attrs.evolve(shared, segments={}, scores=scores)
    printed = run(both, as_of=AS_OF).scores.filter(customer_id="c20")
    told = [explain(both, "c20", as_of=AS_OF, score=name).score for name in scores]
    assert told == [51.0, 51.0] == printed["score"].to_list()
