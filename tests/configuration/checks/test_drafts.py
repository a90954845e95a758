"""What a scorecard says of when it counts."""

import pytest

MAIN = "main: {metrics: {logins: {normalizer: acme.flat}}}"


@pytest.fixture
def refused(said):
    """What is said of scorecards that extend the only one that segments name, each written as given."""

    def of(**settings):
        cards = "".join(f"\n{name}: {{extends: main, {each}}}" for name, each in settings.items())
        return [one.removeprefix("scorecards.") for one in said(scorecards=f"\n{MAIN}{cards}")]

    return of


@pytest.mark.parametrize(
    "settings",
    [
        {"new": "replaces: main, status: draft"},
        {"new": "replaces: main, effective_from: 2026-07-01"},
        {
            "new": "replaces: main, effective_from: 2026-07-01",
            "newer": "replaces: new, effective_from: 2026-10-01",
            "next": "replaces: newer, status: draft",
        },
        {"new": "replaces: main, effective_from: 2026-07-01", "newer": "replaces: main, effective_from: 2026-10-01"},
        {"new": "status: live"},
    ],
)
def test_what_fits_together_is_accepted(refused, settings):
    assert refused(**settings) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"new": "replaces: mian, status: draft"},
            ["new.replaces: unknown scorecard 'mian', did you mean 'main'?"],
        ),
        (
            {"new": "status: draft"},
            ["new.status: a draft needs the scorecard that it is to replace: write replaces: NAME"],
        ),
        (
            {"new": "effective_from: 2026-07-01"},
            ["new.effective_from: effective_from needs the scorecard that is replaced: write replaces: NAME"],
        ),
        (
            {"new": "replaces: main"},
            [
                "new.replaces: replaces needs a day: write effective_from: 2027-01-15, or status: draft",
            ],
        ),
        (
            {"new": "replaces: main, status: draft, effective_from: 2026-07-01"},
            ["new.effective_from: a draft never takes effect: leave out status: draft, or the day"],
        ),
        (
            {"new": "replaces: new, status: draft"},
            ["new.replaces: the scorecards replace each other: new → new"],
        ),
        (
            {"new": "replaces: newer, status: draft", "newer": "replaces: new, status: draft"},
            ["new.replaces: the scorecards replace each other: new → newer → new"],
        ),
        (
            {
                "new": "replaces: main, effective_from: 2026-07-01",
                "newer": "replaces: new, effective_from: 2026-06-01",
            },
            ["newer.effective_from: 'new', which it replaces, has its own day later: 2026-07-01"],
        ),
        (
            {
                "new": "replaces: main, effective_from: 2026-07-01",
                "newer": "replaces: main, effective_from: 2026-07-01",
            },
            ["newer.effective_from: 'new' already replaces it from 2026-07-01 on: give each its own day"],
        ),
        (
            {"new": "replaces: main, status: planned"},
            ["new.status: expected one of live, draft, got the text 'planned'"],
        ),
        (
            {"new": "replaces: main, effective_from: soon"},
            ["new.effective_from: expected a day, as 2027-01-15, got the text 'soon'"],
        ),
    ],
)
def test_what_does_not_is_told_at_its_place(refused, settings, told):
    assert refused(**settings) == told


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("status: draft", "scorecard 'new' is a draft: name 'main' here, which it replaces"),
        ("effective_from: 2026-07-01", "scorecard 'new' has its own day: name 'main' here, which it replaces"),
    ],
)
def test_a_segment_names_the_place_and_not_who_stands_in(said, when, told):
    cards = f"\n{MAIN}\nnew: {{extends: main, replaces: main, {when}}}"
    assert said(scorecards=cards, segments="{everyone: {scorecard: new}}") == [f"segments.everyone.scorecard: {told}"]


def test_a_scorecard_that_extends_a_draft_is_none_itself(folder):
    cards = f"\n{MAIN}\nnew: {{extends: main, replaces: main, status: draft, precision: 1}}\nother: {{extends: new}}"
    other = folder.project(scorecards=cards).load().scorecards["other"]
    assert (other.status, other.replaces, other.effective_from, other.precision) == ("live", None, None, 1)
