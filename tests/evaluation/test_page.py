"""The page about a comparison: what it says, and that no text breaks it."""

from datetime import timedelta
from html.parser import HTMLParser

import attrs
import pytest
from tests.support.compared_book import AS_OF, BOOK, book_project, by_logins, by_rating, compared, with_card

from scorewell.configuration import Band
from scorewell.discovery import Plugins
from scorewell.evaluation import comparison_page, verdicts
from scorewell.evaluation.page import page_model

EUROS = {**BOOK, "currency": ["EUR"] * 6}
CURRENT = book_project(by_logins(), EUROS)
PROPOSED = with_card(CURRENT, by_rating())


@pytest.fixture(scope="module")
def model():
    return page_model(compared(CURRENT, PROPOSED))


def html(made, told=()):
    return comparison_page(made, told, plugins=Plugins([]))


def test_the_headline_and_the_summary_say_what_matters(model):
    assert model.headline == "2 of 6 customers would be in another band"
    assert model.summary == (
        (
            "1 moves up with €100 of revenue, 1 moves down with €400 of revenue. "
            "1 loses the score, 1 gains one with €800 of revenue."
        ),
    )


def test_nothing_that_changes_is_said_so():
    same = page_model(compared(CURRENT, CURRENT))
    assert same.headline == "None of 6 customers would be in another band"
    assert same.summary == ("Nobody moves up or down. Nobody loses or gains a score.",)
    assert (same.falls, same.rises, same.lost, same.gained) == ((), (), (), ())


def test_the_matrix_has_the_bands_now_as_rows_and_those_proposed_as_columns(model):
    assert [head.words for head in model.matrix_heads] == ["At risk", "Stable", "Healthy", "No score"]
    rows = {row.state.words: [cell.customers for cell in row.cells] + [row.customers] for row in model.matrix}
    assert rows == {
        "At risk": [None, None, "1", None, "1"],
        "Stable": [None, "1", None, "1", "2"],
        "Healthy": ["1", None, None, None, "1"],
        "No score": [None, None, "1", "1", "2"],
    }
    assert [cell.value for cell in model.matrix_totals.cells] == ["€400", "€200", "€900", "€50"]


def test_a_cell_says_in_words_where_its_customers_go(model):
    healthy = model.matrix[2].cells[0]
    assert (healthy.direction, healthy.described) == ("down", "move down from Healthy to At risk")


def test_movers_are_told_with_both_scores(model):
    [fall] = model.falls
    assert (fall.name, fall.current.score, fall.proposed.score, fall.change, fall.value) == (
        "Core",
        "90",
        "10",
        "−80",
        "€400",
    )
    assert [each.name for each in model.rises] == ["Acme", "Bolt"]
    assert [each.name for each in (*model.lost, *model.gained)] == ["Echo", "Flux"]


def test_who_has_no_score_is_told_why(model):
    assert model.lost[0].proposed.state.words == "Not enough data"


def test_a_band_looks_the_same_in_both_configurations():
    worse = (Band(name="critical", up_to=20), Band(name="at_risk", up_to=40), Band(name="stable", up_to=70),
             Band(name="healthy", up_to=100))  # fmt: skip
    model = page_model(compared(CURRENT, with_card(CURRENT, by_logins(bands=worse))))
    rows = {row.state.words: row.state for row in model.matrix}
    assert rows["At risk"] == model.matrix_heads[1]
    assert len({state.band for state in model.legend}) == len(model.legend)


def test_without_a_value_no_sums_are_shown():
    made = compared(CURRENT, PROPOSED)
    bare = page_model(
        attrs.evolve(made, value=None, figures={k: v for k, v in made.figures.items() if "value" not in k})
    )
    assert bare.value is None
    assert {cell.value for row in bare.matrix for cell in row.cells} == {None}


def test_a_look_back_is_drawn_for_both():
    moments = tuple(AS_OF - timedelta(weeks=back) for back in (2, 1, 0))
    made = compared(CURRENT, PROPOSED, moments=moments)
    model = page_model(made)
    assert [chart.label for chart in model.charts] == ["Now", "Proposed"]
    assert {bar.x for bar in model.charts[0].bars} == {"0", "10", "20"}
    assert "How would it have been?" in html(made)
    assert "earlier contents are not known" in html(made)
    assert "How would it have been?" not in html(compared(CURRENT, PROPOSED))


def test_conditions_are_shown_with_what_became_of_them():
    made = compared(CURRENT, PROPOSED)
    model = page_model(made, verdicts(["moved_down > 5%", "lost_score > 1"], made.figures))
    assert [(each.text, each.state.words, each.figures) for each in model.conditions] == [
        ("moved_down > 5%", "Fails", "moved_down_share is 16.7%"),
        ("lost_score > 1", "Passes", "lost_score is 1"),
    ]


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, *(name for name, _ in attributes)))


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "\"'><b onmouseover='x'>", "{{ 7*7 }}", "</style><svg onload=x>", "x" * 10_000],
)
def test_no_name_makes_an_element(text):
    hostile = {**EUROS, "name": [text] * 6, "currency": [text[:300]] * 6}
    current = book_project(by_logins(), hostile, name=text)
    made = compared(current, with_card(current, by_rating(bands=(Band(name=text, up_to=100, label=text),))))
    elements, plain = Elements(), Elements()
    elements.feed(html(made, verdicts(["moved > 0"], made.figures)))
    tame = book_project(by_logins(), {**EUROS, "name": ["a"] * 6})
    tame = compared(tame, with_card(tame, by_rating(bands=(Band(name="all", up_to=100),))))
    plain.feed(html(tame, verdicts(["moved > 0"], tame.figures)))
    assert set(elements.seen) == set(plain.seen)


def test_the_same_comparison_gives_the_same_bytes():
    assert html(compared(CURRENT, PROPOSED)) == html(compared(CURRENT, PROPOSED))


def test_the_page_asks_for_nothing():
    page = html(compared(CURRENT, PROPOSED))
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


def test_no_score_is_a_column_only_where_somebody_has_none():
    everybody = book_project(by_logins(), {**EUROS, "logins": [50.0] * 6, "rating": [60.0] * 6})
    model = page_model(compared(everybody, with_card(everybody, by_rating())))
    assert [head.words for head in model.matrix_heads] == ["At risk", "Stable", "Healthy"]
    assert {len(row.cells) for row in (*model.matrix, model.matrix_totals)} == {3}
