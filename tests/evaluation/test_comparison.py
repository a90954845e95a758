"""Two configurations over one book: every number told by hand."""

from datetime import date, timedelta

import attrs
import polars as pl
import pytest
from tests.support.compared_book import AS_OF, BOOK, book_project, by_logins, by_rating, compared, with_card
from tests.support.small_project import Rows, card, scored

from scorewell.api.v1 import Column, Condition, CustomerKey, Level, Table
from scorewell.configuration import Band, RollUp, Score, ScoredMetric, Segment, SourceTables
from scorewell.evaluation import UnknownName, Value, configurations
from scorewell.evaluation.page.sentences import how
from scorewell.runner import run
from scorewell_standard.normalizers import Percentile

CURRENT = book_project(by_logins())
PROPOSED = with_card(CURRENT, by_rating())


@pytest.fixture(scope="module")
def comparison():
    return compared(CURRENT, PROPOSED)


def moves(made):
    return dict(made.customers.select("customer_id", "move").iter_rows())


def test_each_customers_move_is_told(comparison):
    assert moves(comparison) == {"a": "up", "b": "same", "c": "down", "d": "none", "e": "lost", "f": "gained"}


def test_the_migration_has_counts_and_sums_of_revenue(comparison):
    assert comparison.migration.rows() == [
        ("at_risk", "healthy", 1, 100),
        ("healthy", "at_risk", 1, 400),
        ("stable", "stable", 1, 200),
        ("stable", None, 1, None),  # nobody knows what it pays
        (None, "healthy", 1, 800),
        (None, None, 1, 50),
    ]


def test_the_spread_over_bands_is_that_of_either_configuration(comparison):
    assert comparison.spread.rows() == [
        ("current", "at_risk", 1, 100),
        ("current", "healthy", 1, 400),
        ("current", "stable", 2, 200),
        ("current", None, 2, 850),
        ("proposed", "at_risk", 1, 400),
        ("proposed", "healthy", 2, 900),
        ("proposed", "stable", 1, 200),
        ("proposed", None, 2, 50),
    ]


def test_the_histogram_holds_everybody_with_a_score_and_100_in_its_last_range(comparison):
    held = comparison.histogram.filter((pl.col("current") > 0) | (pl.col("proposed") > 0))
    assert held.rows() == [
        (10, 15, 0, 1),
        (20, 25, 1, 0),
        (50, 55, 1, 0),
        (60, 65, 1, 1),
        (80, 85, 0, 1),
        (90, 95, 1, 0),
        (95, 100, 0, 1),
    ]


def test_the_biggest_movers_come_first(comparison):
    assert comparison.movers("up", 10)["customer_id"].to_list() == ["a", "b"]
    assert comparison.movers("up", 1)["change"].to_list() == [60]
    assert comparison.movers("down", 10).select("customer_id", "change").rows() == [("c", -80)]


def test_who_changes_band_comes_before_who_changes_more_points_within_one():
    strict = (Band(name="at_risk", up_to=49), Band(name="stable", up_to=70), Band(name="healthy", up_to=100))
    book = {**BOOK, "logins": [50.0, 90.0, 0.0, 0.0, 0.0, 0.0], "rating": [49.0, 80.0, 0.0, 0.0, 0.0, 0.0]}
    current = book_project(by_logins(bands=strict), book)
    made = compared(current, with_card(current, by_rating(bands=strict)))
    assert made.movers("down", 9).select("customer_id", "change").rows() == [("a", -1), ("b", -10)]


def test_figures_are_counts_shares_sums_and_points(comparison):
    expected = {
        "customers": 6,
        "scored_current": 4,
        "scored_proposed": 4,
        "gained_score": 1,
        "lost_score": 1,
        "changed": 3,
        "moved": 2,
        "moved_up": 1,
        "moved_down": 1,
        "moved_down_share": 1 / 6,
        "other_scorecard": 0,
        "in_at_risk_current": 1,
        "in_stable_proposed": 1,
        "moved_to_at_risk": 1,
        "moved_to_stable": 0,
        "value_customers": 1550,
        "value_moved_down": 400,
        "value_moved_to_at_risk": 400,
        "value_moved_to_at_risk_share": 400 / 1550,
        "value_lost_score": 0,
        "value_gained_score": 800,
        "mean_current": 55,
        "mean_proposed": 62.5,
        "median_current": 55,
        "median_proposed": 70,
        "mean_absolute_difference": 50,
        "largest_rise": 60,
        "largest_fall": 80,
    }
    assert {name: comparison.figures[name] for name in expected} == pytest.approx(expected)


def test_the_same_configuration_twice_moves_nobody():
    made = compared(CURRENT, CURRENT)
    assert set(moves(made).values()) == {"same", "none"}
    assert made.figures["mean_absolute_difference"] == 0


def test_the_sources_are_read_once_where_both_measure_alike():
    reads: list[int] = []

    def counting(project):
        source = project.sources["crm"]
        plugin = attrs.evolve(source.plugin, reads=reads)
        return attrs.evolve(project, sources={"crm": attrs.evolve(source, plugin=plugin)})

    current = counting(CURRENT)
    compared(current, current)
    alone = len(reads)
    reads.clear()
    compared(current, with_card(current, by_rating()))
    assert len(reads) == alone


def test_a_period_that_began_before_there_were_customers_stops_no_comparison():
    ranked = card(metrics={"logins": ScoredMetric(normalizer=Percentile())}, refit="monthly")
    founded = {**BOOK, "since": [date(2026, 3, 3)] * len(BOOK["id"])}
    table = Table(customer=CustomerKey(column=Column("id")), time=Column("since"))
    sources = {"crm": SourceTables(plugin=Rows(frame=pl.DataFrame(founded)), tables={"": table})}
    current = attrs.evolve(book_project(ranked), sources=sources)
    made = compared(current, with_card(current, by_logins()), moments=(AS_OF + timedelta(days=7),))
    assert made.customers.select("score_current", "score_proposed").count().row(0) == (4, 4)


def test_one_of_several_scores_is_what_runs_print():
    names = [f"c{number:02}" for number in range(80)]
    book = {"id": names, "logins": [float(number) for number in range(80)], "rating": [50.0] * 80}
    half = Segment(when=Condition("logins < 40"), scorecard="standard")
    scores = {"small": Score(segments={"half": half}), "everybody": Score(scorecard="standard")}
    ranked = card(metrics={"logins": ScoredMetric(normalizer=Percentile())})
    current = attrs.evolve(book_project(ranked, book), segments={}, scores=scores)
    printed = run(current, as_of=AS_OF).scores.filter(score_name="everybody")
    made = compared(current, current, score="everybody")
    assert made.customers.sort("customer_id")["score_current"].to_list() == printed["score"].to_list()


def test_renamed_bands_are_matched_by_order():
    names = ("red", "amber", "green")
    bands = tuple(Band(name=name, up_to=edge) for name, edge in zip(names, (40, 70, 100), strict=True))
    made = compared(CURRENT, with_card(CURRENT, by_logins(bands=bands)))
    assert set(moves(made).values()) == {"same", "none"}
    assert made.migration.select("band_current", "band_proposed", "customers").rows() == [
        ("at_risk", "red", 1),
        ("healthy", "green", 1),
        ("stable", "amber", 2),
        (None, None, 2),
    ]


def test_other_edges_move_customers_whose_points_stay():
    strict = (Band(name="at_risk", up_to=55), Band(name="stable", up_to=70), Band(name="healthy", up_to=100))
    made = compared(CURRENT, with_card(CURRENT, by_logins(bands=strict)))
    assert moves(made)["b"] == "down"
    assert (made.figures["moved_down"], made.figures["changed"]) == (1, 0)


def test_scores_of_other_scales_are_compared_by_their_place_on_the_scale():
    tens = by_logins(scale=(0.0, 10.0), precision=1, bands=(Band(name="low", up_to=4), Band(name="high", up_to=10)))
    made = compared(CURRENT, with_card(CURRENT, tens))
    acme = made.customers.row(0, named=True)
    assert (acme["score_current"], acme["score_proposed"], acme["change"]) == (20, 2, 0)


def test_who_is_active_on_neither_side_is_not_counted():
    settled = attrs.evolve(CURRENT, customers=attrs.evolve(CURRENT.customers, active=Condition("revenue > 100")))
    made = compared(settled, with_card(settled, by_rating()))
    assert (made.figures["customers"], made.counted["customer_id"].to_list()) == (3, ["b", "c", "f"])


def test_who_is_active_on_one_side_is_counted():
    settled = attrs.evolve(CURRENT, customers=attrs.evolve(CURRENT.customers, active=Condition("revenue > 100")))
    made = compared(CURRENT, settled)
    assert made.figures["customers"] == 6
    assert moves(made)["a"] == "lost"


def test_a_parent_is_counted_with_its_children():
    parents = {**BOOK, "parent": ["f", "f", None, None, None, None]}
    rolled = card(roll_up=RollUp())
    both = book_project(
        by_logins(),
        parents,
        scorecards={"group": rolled, "standard": by_logins()},
        segments={
            "groups": Segment(when=Condition("revenue = 800"), scorecard="group"),
            "everyone": Segment(scorecard="standard"),
        },
    )
    made = compared(
        attrs.evolve(both, customers=attrs.evolve(both.customers, roles={**both.customers.roles, "parent": "parent"})),
        attrs.evolve(both, customers=attrs.evolve(both.customers, roles={**both.customers.roles, "parent": "parent"})),
    )
    assert made.figures["customers"] == 5
    assert made.customers.filter(customer_id="f")["score_current"].to_list() == [35]


def test_who_is_scored_by_whom_is_told():
    made = compared(
        CURRENT,
        attrs.evolve(
            CURRENT,
            scorecards={"standard": by_logins(), "rated": by_rating()},
            segments={
                "big": Segment(when=Condition("revenue >= 400"), scorecard="rated"),
                "small": Segment(scorecard="standard"),
            },
        ),
    )
    assert made.scored_by.rows() == [
        ("everyone", "standard", "big", "rated", 2, 1200),
        ("everyone", "standard", "small", "standard", 4, 350),
    ]
    assert made.figures["other_scorecard"] == 2


def test_a_proposed_scorecard_under_a_misspelt_name_is_told():
    cards = {**CURRENT.scorecards, "standrd": by_rating()}
    [remark] = compared(CURRENT, attrs.evolve(CURRENT, scorecards=cards)).remarks
    assert remark.message == "scorecards.standrd of the proposal scores nobody: no segment leads to it"
    assert (remark.level, remark.hint) == (Level.WARNING, "standard?")


def test_a_proposed_draft_is_told_to_change_nothing_and_one_there_was_is_not():
    draft = attrs.evolve(by_rating(), status="draft", replaces="standard")
    drafted = attrs.evolve(CURRENT, scorecards={**CURRENT.scorecards, "next": draft})
    [remark] = compared(CURRENT, drafted).remarks
    assert remark.message == "scorecards.next of the proposal scores nobody: it is not in force"
    assert compared(drafted, drafted).remarks == ()


MIXED = book_project(by_logins(), {**BOOK, "currency": ["EUR", "USD", "EUR", "EUR", "EUR", "EUR"]})


def test_revenue_in_several_currencies_is_not_summed():
    made = compared(MIXED, MIXED)
    assert made.value is None
    [remark] = made.remarks
    assert remark.message == "revenue is in EUR, USD, so it is not summed"
    assert f"{remark.message}." in how(made)
    assert "value_moved_down" not in made.figures
    assert made.migration["value"].null_count() == made.migration.height


def test_sums_of_revenue_in_several_currencies_are_refused():
    with pytest.raises(UnknownName, match="revenue is in EUR, USD, so it cannot be summed") as caught:
        compared(MIXED, MIXED, value="revenue")
    assert "an attribute with the revenue in one currency" in caught.value.hint
    assert compared(MIXED, MIXED, value="rating").value == Value("rating")


def test_who_is_not_counted_may_pay_in_whatever_currency():
    active = attrs.evolve(MIXED.customers, active=Condition("id <> 'b'"))
    euros = attrs.evolve(MIXED, customers=active)
    assert compared(euros, euros, value="revenue").value == Value("revenue", "EUR")


def test_the_currency_of_all_revenue_is_told():
    euros = book_project(by_logins(), {**BOOK, "currency": ["EUR"] * 6})
    assert compared(euros, euros).value == Value("revenue", "EUR")


def test_another_number_can_be_summed(comparison):
    assert comparison.value == Value("revenue")
    made = compared(CURRENT, PROPOSED, value="rating")
    assert made.figures["value_moved_to_at_risk"] == 10


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("revenu", "no role, attribute or metric 'revenu'; numbers are revenue, logins, rating", "revenue"),
        ("name", "'name' is not a number (String), so it cannot be summed", None),
        ("customer_id", "no role, attribute or metric 'customer_id'; numbers are revenue, logins, rating", None),
    ],
)
def test_a_value_that_is_not_there_is_told(value, message, hint):
    with pytest.raises(UnknownName) as caught:
        compared(CURRENT, PROPOSED, value=value)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def several(**scores):
    return attrs.evolve(
        CURRENT,
        segments={},
        scorecards={"one": by_logins(), "two": by_rating()},
        scores={name: Score(scorecard=used) for name, used in scores.items()},
    )


def test_the_headline_is_compared_unless_another_score_is_named():
    both = several(health="one", mood="two")
    assert compared(both, both).current.score == "health"
    assert compared(both, both, score="mood").figures["mean_current"] == 62.5


def test_a_score_of_another_name_is_compared_where_it_is_the_headline_there():
    made = configurations(several(health="one"), several(fitness="two"), labels=("a", "b"), score=None)
    assert [each.score for each in made] == ["health", "fitness"]


def test_a_score_that_one_of_them_lacks_is_told():
    with pytest.raises(UnknownName, match=r"no score 'mood' in now\.yaml; there is health"):
        compared(several(health="one"), several(health="one", mood="two"), score="mood")


def test_a_single_moment_is_no_look_back(comparison):
    assert (comparison.moments.height, comparison.over_time.height) == (0, 0)
    assert "flapping_current" not in comparison.figures
    assert comparison.as_of == AS_OF


def test_findings_of_both_are_told_once():
    made = compared(CURRENT, with_card(CURRENT, card(metrics={"rating": scored(when=Condition("logins > 1 / 0"))})))
    assert len(made.findings) == len(set(made.findings))
