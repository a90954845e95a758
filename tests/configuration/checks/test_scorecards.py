"""Parts, weights, adjustments and bands of a scorecard."""

import pytest

PART = "metrics: {logins: {normalizer: acme.flat}}"


@pytest.fixture
def refused(said):
    """What is said of the only scorecard, written as given."""

    def of(card):
        return [one.removeprefix("scorecards.main") for one in said(scorecards=f"\nmain: {card}")]

    return of


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ("{}", [": it has no parts: expected metrics or dimensions"]),
        ("{dimensions: {d: {}}}", [".dimensions.d: it has no parts: expected metrics or dimensions"]),
        (
            "{metrics: {lgoins: {normalizer: acme.flat}}}",
            [".metrics.lgoins: unknown metric 'lgoins', did you mean 'logins'?"],
        ),
        (
            "{metrics: {logins: {weight: -1, normalizer: acme.flat}}}",
            [".metrics.logins.weight: expected a weight of 0 or more, got -1"],
        ),
        (
            "{metrics: {logins: {weight: .inf, normalizer: acme.flat}}}",
            [".metrics.logins.weight: expected a finite number"],
        ),
        (
            "{metrics: {logins: {weight: 0, normalizer: acme.flat}}}",
            [": the weights of its parts are all zero: at least one must count"],
        ),
        (
            "{dimensions: {d: {metrics: {logins: {weight: 0, normalizer: acme.flat}}}}}",
            [".dimensions.d: the weights of its parts are all zero: at least one must count"],
        ),
        (
            f"{{dimensions: {{logins: {{{PART}}}}}, {PART}}}",
            [".dimensions.logins: 'logins' is a dimension and a metric in one place: a name has one meaning"],
        ),
        (
            f"{{dimensions: {{own: {{{PART}}}}}}}",
            [".dimensions.own: 'own' is reserved in the scores frame: no dimension can have that name"],
        ),
        (
            f"{{dimensions: {{My-D: {{{PART}}}}}}}",
            [".dimensions.My-D: the name of a dimension is letters, digits and underscores, not 'My-D'"],
        ),
        (f"{{scale: [10, 0], {PART}}}", [".scale: expected the lower end first, got 10 to 0"]),
        (f"{{scale: [0], {PART}}}", [".scale: expected a list of 2, got 1"]),
        (
            "{scale: [0, 10], metrics: {logins: {normalizer: acme.flat, missing: 50}}}",
            [".metrics.logins.missing: 50 is outside the scale of 0 to 10"],
        ),
    ],
)
def test_a_mistaken_scorecard_is_told(refused, card, told):
    found = refused(card)
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True))


def test_a_metric_directly_under_the_score_has_no_word_of_the_frame(said):
    metrics = "\nrounding: {source: usage, measure: acme.touched}"
    cards = "\nmain: {metrics: {rounding: {normalizer: acme.flat}}}"
    assert said(metrics=metrics, scorecards=cards) == [
        "scorecards.main.metrics.rounding: 'rounding' is reserved in the scores frame: put the metric into a dimension"
    ]


def test_a_scorecard_that_no_segment_uses_is_no_mistake(said):
    assert said(scorecards=f"\nmain: {{{PART}}}\nspare: {{{PART}}}") == []


@pytest.mark.parametrize(
    ("adjustment", "told"),
    [
        ("{because: x}", ": expected exactly one of at_most, at_least, add, replace"),
        ("{at_most: null, because: x}", ": expected exactly one of at_most, at_least, add, replace"),
        (
            "{at_most: 1, add: 2, because: x}",
            ": expected exactly one of at_most, at_least, add, replace, got at_most and add",
        ),
        ("{at_most: 40}", ": missing setting 'because': the reason, as shown to readers of the report"),
        ("{at_most: 40, because: ' '}", ".because: the reason is empty: readers of the report will see it"),
        ("{at_most: 400, because: x}", ".at_most: 400 is outside the scale of 0 to 100"),
        ("{replace: -1, because: x}", ".replace: -1 is outside the scale of 0 to 100"),
        ("{when: [a], add: 1, because: x}", ".when: expected an SQL condition, got a list"),
    ],
)
def test_a_mistaken_adjustment_is_told_by_its_number(refused, adjustment, told):
    (found,) = refused(f"{{adjustments: [{{add: 1, because: x}}, {adjustment}], {PART}}}")
    assert found.startswith(f".adjustments.2{told}")


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ("[{name: a, up_to: 100}, {name: b, up_to: 50}]", ".2: bands go from low to high, and 50 follows 100"),
        ("[{name: a, up_to: 50}, {name: b, up_to: 50}]", ".2: bands go from low to high, and 50 follows 50"),
        ("[{name: a, up_to: 50}, {name: a, up_to: 100}]", ": 2 bands are named 'a'"),
        ("[{name: a, up_to: 50}, {name: b, from: 51}]", ": all bands of a scorecard have the same kind of edge"),
        ("[{name: a}]", ".1: expected exactly one of up_to and from"),
        ("[{name: a, up_to: 100, from: 0}]", ".1: expected exactly one of up_to and from"),
        ("[{name: a, up_to: 90}]", ".1: the last band ends at 90, the scale at 100"),
        ("[{name: a, up_to: -5}, {name: b, up_to: 100}]", ".1: -5 is below the scale, which begins at 0"),
        ("[{name: a, from: 10}]", ".1: the first band begins at 10, the scale at 0"),
        ("[{name: a, from: 0}, {name: b, from: 110}]", ".2: 110 is beyond the scale, which ends at 100"),
        ('[{name: " ", up_to: 100}]', ".1.name: expected a name"),
        ("[{name: a, up_to: 100, color: red}]", ".1.color: expected a colour as #1b7a4b, got 'red'"),
        ("[{up_to: 100}]", ".1: missing setting 'name'"),
        ("[]", ": expected at least one band"),
    ],
)
def test_mistaken_bands_are_told(refused, bands, told):
    (found,) = refused(f"{{bands: {bands}, {PART}}}")
    assert found.startswith(f".bands{told}")


@pytest.mark.parametrize(
    "bands",
    [
        "[{name: a, up_to: 40}, {name: b, up_to: 100}]",
        "[{name: a, from: 0}, {name: b, from: 40.5}]",
        "[{name: a, up_to: 0}, {name: b, up_to: 100}]",
        "[{name: only, up_to: 100}]",
    ],
)
def test_bands_that_cover_the_scale_are_taken(refused, bands):
    assert refused(f"{{bands: {bands}, {PART}}}") == []


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9])
def test_every_band_has_a_colour(folder, count):
    bands = ", ".join(f"{{name: b{n}, up_to: {100 * n / count}}}" for n in range(1, count + 1))
    card = folder.project(scorecards=f"\nmain: {{bands: [{bands}], {PART}}}").load().scorecards["main"]
    assert len(card.bands) == count
    assert all(band.color.startswith("#") for band in card.bands)


def test_a_given_colour_is_kept(folder):
    bands = "[{name: a, up_to: 50, color: '#123456'}, {name: b, up_to: 100}]"
    card = folder.project(scorecards=f"\nmain: {{bands: {bands}, {PART}}}").load().scorecards["main"]
    assert card.bands[0].color == "#123456"
