"""Why a weight or a threshold is what it is, who decides about it, and when to look at it again."""

from datetime import date

import pytest

REASONS = "because: Strongest predictor, owner: cs-ops, review_by: 2027-01-15"


def of(written):
    return (written.because, written.owner, written.review_by)


WHOLE = ("Strongest predictor", "cs-ops", date(2027, 1, 15))


def card(folder, text):
    return folder.project(scorecards=f"\nmain: {{{text}}}").load().scorecards["main"]


def test_a_scorecard_a_dimension_and_a_metric_in_it_have_reasons(folder):
    metric = f"metrics: {{logins: {{{REASONS}, normalizer: acme.flat}}}}"
    main = card(folder, f"{REASONS}, dimensions: {{use: {{{REASONS}, {metric}}}}}")
    use = main.dimensions["use"]
    assert of(main) == of(use) == of(use.metrics["logins"]) == WHOLE


def test_a_metric_has_reasons(folder):
    metrics = f"\nlogins: {{source: usage, measure: acme.touched, window: 30d, {REASONS}}}"
    assert of(folder.project(metrics=metrics).load().metrics["logins"]) == WHOLE


def test_a_band_has_reasons(folder):
    bands = f"bands: [{{name: low, up_to: 40, {REASONS}}}, {{name: high, up_to: 100}}]"
    assert of(card(folder, f"metrics: {{logins: {{normalizer: acme.flat}}}}, {bands}").bands[0]) == WHOLE


def test_an_adjustment_has_an_owner_and_a_day(folder):
    rule = "adjustments: [{add: 1, because: x, owner: cs-ops, review_by: 2027-01-15}]"
    (adjustment,) = card(folder, f"metrics: {{logins: {{normalizer: acme.flat}}}}, {rule}").adjustments
    assert of(adjustment) == ("x", "cs-ops", date(2027, 1, 15))


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (f"{{type: acme.line, from: 0, to: 5, {REASONS}}}", ""),
        (f"{{acme.line: {{from: 0, to: 5}}, {REASONS}}}", ""),
        (f"{{acme.line: {{from: 0, to: 5, {REASONS}}}}}", ".acme.line"),
        (f"{{acme.formula: value / 2, {REASONS}}}", ""),
        (f"{{acme.choose: [{{normalizer: {{type: acme.flat, {REASONS}}}}}]}}", ".acme.choose.1.normalizer"),
    ],
)
def test_the_thresholds_of_a_normalizer_have_reasons_beside_them(folder, written, place):
    cards = f"\nmain: {{metrics: {{logins: {{normalizer: {written}}}}}}}"
    project = folder.project(scorecards=cards).load()
    assert {path: of(said) for path, said in project.thresholds.items()} == {
        f"scorecards.main.metrics.logins.normalizer{place}": WHOLE
    }


def test_a_misspelt_word_beside_a_normalizer_is_told_with_the_near_one(said):
    cards = "\nmain: {metrics: {logins: {normalizer: {type: acme.flat, becuase: x}}}}"
    assert said(scorecards=cards) == [
        "scorecards.main.metrics.logins.normalizer: unknown setting 'becuase', did you mean 'because'?"
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2027", "expected a day, as 2027-01-15, got the number 2027"),
        ("15.1.2027", "expected a day, as 2027-01-15, got the text '15.1.2027'"),
        ("2027W031", "expected a day, as 2027-01-15, got the text '2027W031'"),
        ("[1]", "expected a day, as 2027-01-15, got a list"),
    ],
)
def test_what_is_no_day_is_refused(said, written, told):
    cards = f"\nmain: {{review_by: {written}, metrics: {{logins: {{normalizer: acme.flat}}}}}}"
    assert said(scorecards=cards) == [f"scorecards.main.review_by: {told}"]


def test_a_day_that_is_not_on_the_calendar_is_refused(said):
    (told,) = said(scorecards="\nmain: {review_by: 2027-02-30, metrics: {logins: {normalizer: acme.flat}}}")
    assert "got the text '2027-02-30': day" in told
