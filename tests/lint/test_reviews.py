"""What was to be looked at again."""

from __future__ import annotations

from tests.support.linted import carded, normalized


def test_a_day_that_has_passed_is_told_with_who_decides(linted):
    assert linted(**carded("owner: cs-ops, review_by: 2026-02-28")) == [
        "review-due scorecards.main.review_by: its review by cs-ops was due by 2026-02-28, yesterday"
    ]


def test_on_the_day_itself_there_is_still_time(linted):
    assert linted(**carded("review_by: 2026-03-01")) == []


def test_thresholds_are_told_at_the_normalizer(linted):
    assert linted(**normalized("{type: linear, from: 0, to: 5, review_by: 2026-01-30}")) == [
        (
            "review-due scorecards.main.metrics.logins.normalizer.review_by: "
            "its review was due by 2026-01-30, 30 days ago"
        )
    ]


def test_bands_and_adjustments_are_told_by_their_number(linted):
    rule = "adjustments: [{add: 1, because: x, review_by: 2026-01-30}]"
    (told,) = linted(**carded(rule))
    assert told.startswith("review-due scorecards.main.adjustments.1.review_by:")


def test_what_another_scorecard_extends_is_told_once(linted):
    card = "\nmain: {review_by: 2026-01-30, metrics: {logins: {normalizer: percentile}}}\nother: {extends: main}"
    (told,) = linted(
        scorecards=card, segments="\nlarge: {when: seats > 5, scorecard: other}\nothers: {scorecard: main}"
    )
    assert told.startswith("review-due scorecards.main.review_by:")
