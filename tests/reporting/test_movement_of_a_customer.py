"""What a customer's page says of how and why its score moved, and of what people say to it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.support.customer_book import AS_OF, metrics_frame, page_models_of, project, scored
from tests.support.made_past import frame, scores_before, week, with_trend

from scorewell.api.v1 import Audience
from scorewell.reporting import Past
from scorewell.reporting.model import CustomerPage, Override

BOOK = metrics_frame(1).with_columns(plan=pl.lit("mid"), unpaid=0, is_reference=False, **{"@active": True})
TREND: dict[str, Any] = {
    "previous_score": 62.0,
    "change": -7.0,
    "change_30d": -4.0,
    "change_90d": 12.0,
    "slope": 0.91,
    "volatility": 1.2,
    "days_in_band": 43,
    "last_transition": AS_OF - timedelta(days=43),
    "line_break": None,
}


def _page(past: Past | None = None, audience: Audience = "internal", **now: Any) -> CustomerPage:
    scores = scored(project(), BOOK)
    settings = {"score": 55.0, "band": "stable"} | TREND | now
    scores = scores.with_columns(**{name: pl.lit(value) for name, value in settings.items()})
    ((_, page),) = page_models_of(audience, frame=BOOK, scores=scores, past=past)
    return page


def _changes(*causes: tuple[str, str, float], **values: Any) -> Past:
    rows = [
        {"customer_id": "a-00000", "score_name": "health", "kind": kind, "name": name, "points": points}
        | {"old": None, "new": None}
        | values
        for kind, name, points in causes
    ]
    return Past(changes=pl.DataFrame(rows, schema_overrides={"old": pl.Float64, "new": pl.Float64}))


# -- trend ---------------------------------------------------------------------------------------------------------


def test_the_head_says_how_the_score_moved() -> None:
    assert [(each.label, each.value, each.direction, each.note) for each in _page().trend] == [
        ("Since the run before", "−7", "down", "from 62"),
        ("In 30 days", "−4", "down", None),
        ("In 90 days", "+12", "up", "trend +0.9 a week"),
        ("In this band", "43 days", None, "since Jan 17, 2026"),
        ("Steadiness", "steady", None, "±1.2 points around its trend"),
    ]


def test_the_run_before_is_told_by_its_day_where_it_is_known() -> None:
    scores = scores_before(scored(project(), BOOK), weeks=3)
    assert _page(Past(scores=scores)).trend[0].label == "Since Feb 22, 2026"


def test_what_cannot_be_compared_is_left_out() -> None:
    page = _page(change=None, change_30d=None, change_90d=None, volatility=None, last_transition=None)
    assert [each.label for each in page.trend] == ["In this band"]
    assert page.trend[0].note == "as far back as is known"


def test_of_a_first_run_nothing_is_told_as_a_movement() -> None:
    nothing = dict.fromkeys(("change", "change_30d", "change_90d", "volatility", "last_transition"))
    assert _page(**nothing, days_in_band=0).trend == ()


def test_a_line_that_stays_level_has_no_slope() -> None:
    assert [each.note for each in _page(slope=0.02).trend if each.label == "In 90 days"] == [None]


def test_a_score_that_stayed_says_so_and_has_no_sign() -> None:
    assert (_page(change=0.0).trend[0].value, _page(change=0.0).trend[0].direction) == ("no change", "level")


def test_a_broken_line_is_no_change() -> None:
    first = _page(change=None, line_break="stage").trend[0]
    assert (first.value, first.direction, first.note) == ("new line", None, "moved to another stage; it was 62")


@pytest.mark.parametrize(("volatility", "words"), [(1.9, "steady"), (2.1, "some swings"), (6.5, "wide swings")])
def test_steadiness_is_told_in_words(volatility: float, words: str) -> None:
    assert _page(volatility=volatility).trend[-1].value == words


def test_the_band_was_entered_on_the_day_that_it_was_there() -> None:
    midnight = datetime(2026, 1, 17, tzinfo=ZoneInfo("Europe/Berlin"))
    (since,) = [each.note for each in _page(last_transition=midnight).trend if each.label == "In this band"]
    assert since == "since Jan 17, 2026"


def test_without_a_trend_the_head_has_none() -> None:
    ((_, page),) = page_models_of("internal", frame=BOOK)
    assert page.trend == ()


# -- causes --------------------------------------------------------------------------------------------------------


def test_causes_lead_from_the_score_before_to_the_score_now() -> None:
    page = _page(
        _changes(("data", "product_usage.active_days", -9.5), ("missing", "training", 2.7), ("rounding", "", -0.2))
    )
    assert [(cause.kind, cause.label, cause.points) for cause in page.causes] == [
        ("before", "Before", "62"),
        ("cause", "Active days", "−9.5"),
        ("cause", "People trained: no data any more", "+2.7"),
        ("rounding", "Rounding to the printed scores", "−0.2"),
        ("after", "Now", "55"),
    ]


def test_causes_add_up_as_they_are_printed() -> None:
    page = _page(_changes(*(("data", "active_days", -7 / 30) for _ in range(30))))
    moved = sum(float(cause.points.replace("−", "-")) for cause in page.causes[1:-1])
    assert moved == pytest.approx(-7.0, abs=1e-9)
    assert page.causes[-2].label == "18 more"


def test_a_cause_shows_the_values_in_the_metrics_unit() -> None:
    page = _page(_changes(("data", "seats_used", -7.0), old=0.8, new=0.35))
    assert page.causes[1].detail == "80% → 35%"


def test_a_value_that_is_gone_is_no_zero() -> None:
    page = _page(_changes(("missing", "active_days", -7.0), old=12.0, new=None))
    assert page.causes[1].detail == "12 days → no data"


def test_small_moves_that_came_to_nothing_are_not_told() -> None:
    assert _page(_changes(("data", "active_days", -0.3), ("rounding", "", 0.3)), previous_score=55.0).causes == ()


def test_moves_that_cancelled_each_other_are_told() -> None:
    page = _page(_changes(("data", "active_days", -5.0), ("data", "training", 5.0)), previous_score=55.0)
    assert len(page.causes) == 4


def test_a_first_score_has_no_causes() -> None:
    assert _page(_changes(("data", "active_days", -5.0)), previous_score=None).causes == ()


def test_a_kind_of_cause_that_is_not_known_here_is_told_by_its_name() -> None:
    assert _page(_changes(("moon_phase", "", -7.0))).causes[1].label == "Moon phase"


def test_every_bar_lies_within_the_drawing() -> None:
    page = _page(_changes(("data", "active_days", -60.0), ("data", "training", 53.0)))
    for cause in page.causes:
        assert 0 <= float(cause.start) <= float(cause.start) + float(cause.width) <= 100


# -- people --------------------------------------------------------------------------------------------------------

OVERRIDES = frame(
    [
        {"customer_id": "a-00000", "score_name": "health", "what": "at most 55", "reason": "The sponsor left."}
        | {"author": "Dana", "begins": week(3), "ends": week(-6)}
    ],
    "begins",
    "ends",
)
PULSES = frame(
    [
        {"customer_id": "a-00000", "time": week(number), "rating": rating, "reason": "They are delighted."}
        | {"note": None, "author": "Dana", "expires": week(number - 13)}
        for number, rating in ((30, 1), (2, 5))
    ],
    "time",
    "expires",
)


def test_an_override_is_shown_with_reason_author_and_end() -> None:
    override = _page(Past(overrides=OVERRIDES), override="at most 55").override
    assert override is not None
    assert (override.text, override.because, override.author, override.until) == (
        "Overridden by a person: at most 55",
        "The sponsor left.",
        "Dana",
        "until Apr 12, 2026",
    )


def test_the_customer_only_reads_that_a_person_set_the_score() -> None:
    override = _page(Past(overrides=OVERRIDES), "customer", override="at most 55").override
    assert override is not None
    assert override == Override("A person set this score", None, None, None)


def test_a_decision_that_another_took_the_place_of_lends_it_no_reason() -> None:
    override = _page(Past(overrides=OVERRIDES), override="set to 80").override
    assert override is not None
    assert (override.text, override.because) == ("Overridden by a person: set to 80", None)


def test_a_decision_that_did_not_act_is_not_said_to() -> None:
    assert _page(Past(overrides=OVERRIDES)).override is None


def test_the_pulse_stands_beside_the_score_with_the_gap() -> None:
    pulse = _page(Past(pulses=PULSES)).pulse
    assert pulse is not None
    # 5 of 5 is the top of the scale: 100, and the score is 55.
    assert (pulse.rating, pulse.day, pulse.author, pulse.gap, pulse.direction) == (
        "5 of 5",
        "Feb 15, 2026",
        "Dana",
        "45 points above the score",
        "up",
    )


def test_a_pulse_near_the_score_has_no_direction() -> None:
    pulse = _page(Past(pulses=PULSES), score=94.0, band="healthy").pulse
    assert pulse is not None
    assert (pulse.gap, pulse.direction) == ("6 points above the score", "level")


def test_an_expired_pulse_is_gone() -> None:
    assert _page(Past(pulses=PULSES.filter(pl.col("time") == week(30)))).pulse is None


def test_the_customer_never_reads_a_pulse() -> None:
    assert _page(Past(pulses=PULSES), "customer").pulse is None


def test_the_trend_of_a_whole_book_is_each_customers_own() -> None:
    book = metrics_frame(30)
    scores = scored(project(), book)
    trend = with_trend(scores, scores_before(scores, weeks=20))
    changes = dict(trend.select("customer_id", "change").iter_rows())
    for customer_id, page in page_models_of("internal", frame=book, scores=trend):
        told = [each.value for each in page.trend if each.label == "Since the run before"]
        change = changes[customer_id]
        if page.gauge is not None and change is not None:
            assert told == ["no change" if change == 0 else f"{change:+.0f}".replace("-", "−")]
