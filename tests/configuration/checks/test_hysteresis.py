"""Hysteresis: one way to keep bands, beyond the edges of bands that there are."""

import pytest

MAIN = "main: {metrics: {logins: {normalizer: acme.flat}}"


@pytest.fixture
def refused(said):
    """What is said of the only scorecard with that hysteresis."""

    def of(hysteresis, settings=""):
        found = said(scorecards=f"\n{MAIN}, hysteresis: {hysteresis}{settings}}}")
        return [one.removeprefix("scorecards.main.hysteresis") for one in found]

    return of


@pytest.mark.parametrize(
    "hysteresis",
    [
        "{points: 3}",
        "{points: 0.5}",
        "{readings: 2}",
        "{leave: {at_risk: {above: 45}, stable: {below: 40, above: 72}, healthy: {below: 66}}}",
        "none",
    ],
)
def test_what_fits_together_is_accepted(refused, hysteresis):
    assert refused(hysteresis) == []


@pytest.mark.parametrize(
    ("hysteresis", "told"),
    [
        ("{}", ": expected exactly one of points, leave and readings"),
        ("{points: 3, readings: 2}", ": expected exactly one of points, leave and readings"),
        ("{points: 0}", ".points: expected more than 0 points, got 0"),
        ("{readings: 1}", ".readings: expected 2 or more scores in a row, got 1"),
        ("{readings: 2.5}", ".readings: expected a whole number"),
        ("{point: 3}", ": unknown setting 'point', did you mean 'points'?"),
        ("3", ": expected settings, got the number 3"),
        ("{leave: {}}", ".leave: expected a band at least, as at_risk: {above: 45}"),
        ("{leave: {at_rsk: {above: 45}}}", ".leave.at_rsk: unknown band 'at_rsk', did you mean 'at_risk'?"),
        ("{leave: {at_risk: {}}}", ".leave.at_risk: expected below or above"),
        ("{leave: {at_risk: {below: 0}}}", ".leave.at_risk.below: there is no band below 'at_risk'"),
        ("{leave: {healthy: {above: 100}}}", ".leave.healthy.above: there is no band above 'healthy'"),
        ("{leave: {at_risk: {above: 39}}}", ".leave.at_risk.above: 39 lies in 'at_risk', which ends at 40"),
        ("{leave: {stable: {below: 41}}}", ".leave.stable.below: 41 lies in 'stable', which begins at 40"),
    ],
)
def test_a_mistaken_hysteresis_is_told(refused, hysteresis, told):
    (only,) = refused(hysteresis)
    assert only.startswith(told)


def test_thresholds_of_mistaken_bands_are_told_after_the_bands(refused):
    (only,) = refused("{leave: {at_risk: {above: 45}}}", ", bands: []")
    assert "expected at least one band" in only
