"""A customer's score over time, drawn and told."""

import re
from datetime import timedelta
from typing import Any

import attrs
import polars as pl
from tests.support.customer_book import AS_OF, metrics_frame, page_models_of, project, scorecard, scored
from tests.support.made_past import frame, past_of, scores_before, week

from scorewell.api.v1 import Audience
from scorewell.configuration.model import Band
from scorewell.reporting import Past
from scorewell.reporting.model import CustomerPage, Timeline

BOOK = metrics_frame(1).with_columns(plan=pl.lit("mid"), unpaid=0, is_reference=False, **{"@active": True})


def _scores(*weeks: tuple[int, float | None, str | None], **more: Any) -> pl.DataFrame:
    rows = [
        {"customer_id": "a-00000", "score_name": "health", "as_of": week(number), "score": score, "band": band}
        | {"segment": "mid_market", "stage": None, "line": "one"}
        | more
        for number, score, band in weeks
    ]
    return frame(rows, "as_of").with_columns(pl.col("score").cast(pl.Float64))


def _page(past: Past | None, audience: Audience = "internal", **now: Any) -> CustomerPage:
    settings = {"score": 55.0, "band": "stable"} | now
    scores = scored(project(), BOOK).with_columns(**{name: pl.lit(value) for name, value in settings.items()})
    ((_, page),) = page_models_of(audience, frame=BOOK, scores=scores, past=past)
    return page


def _timeline(scores: pl.DataFrame, **parts: Any) -> Timeline:
    line = _page(Past(scores=scores, **parts)).timeline
    assert line is not None
    return line


def test_without_a_past_there_is_no_timeline() -> None:
    assert _page(None).timeline is None
    assert _page(Past()).timeline is None
    assert _page(Past(scores=_scores((1, None, None)))).timeline is None


def test_the_line_goes_through_every_score_up_to_now() -> None:
    line = _timeline(_scores((3, 100.0, "healthy"), (2, 50.0, "stable"), (1, 0.0, "at_risk")))
    points = re.findall(r"(\d+) (\d+)", line.line)
    # Of 160 units down: 100 at the top, 0 at the bottom, 55 now.
    assert [int(y) for _, y in points] == [0, 80, 160, 72]
    assert [int(x) for x, _ in points] == sorted(int(x) for x, _ in points)
    assert line.line.count("M") == 1
    assert line.dots == ""


def test_now_is_where_the_line_ends_with_the_future_to_its_right() -> None:
    line = _timeline(_scores((2, 60.0, "stable"), (1, 50.0, "stable")))
    x, _ = re.findall(r"(\d+) (\d+)", line.line)[-1]
    assert int(x) / 10 == float(line.now) < 100
    assert line.end == "72"


def test_a_run_without_a_score_is_a_gap() -> None:
    line = _timeline(_scores((5, 60.0, "stable"), (4, 60.0, "stable"), (3, None, None), (2, 50.0, "stable")))
    assert line.line.count("M") == 2


def test_a_long_time_without_runs_is_a_gap() -> None:
    weeks = [*range(1, 5), *range(20, 25)]
    line = _timeline(_scores(*((number, 50.0, "stable") for number in weeks)))
    assert line.line.count("M") == 2


def test_weekly_runs_of_the_past_are_no_gaps_beside_daily_ones() -> None:
    weekly = _scores(*((number, 50.0, "stable") for number in range(10, 30)))
    daily = pl.concat(
        _scores((0, 50.0, "stable")).with_columns(pl.col("as_of") - timedelta(days=days)) for days in range(1, 70)
    )
    assert _timeline(pl.concat([weekly, daily])).line.count("M") == 1


def test_a_customer_without_a_score_now_has_a_line_that_ended() -> None:
    past = Past(scores=_scores((3, 60.0, "stable"), (2, 50.0, "stable")))
    line = _page(past, score=None, band=None, status="insufficient_data").timeline
    assert line is not None
    assert line.end is None
    assert line.line.count(" ") == 3


def test_a_score_between_two_gaps_is_a_dot() -> None:
    line = _timeline(
        _scores((6, 70.0, "stable"), (5, 70.0, "stable"), (4, None, None), (3, 40.0, "at_risk"), (2, None, None))
    )
    assert re.fullmatch(r"M\d+ 96h0M\d+ 72h0", line.dots), "the lonely score, and that of now"


def test_where_the_line_breaks_it_is_no_fall() -> None:
    before = _scores((3, 90.0, "healthy"), (2, 88.0, "healthy"), stage="onboarding", line="before")
    line = _timeline(pl.concat([before, _scores((1, 50.0, "stable"))], how="diagonal_relaxed"))
    assert line.line.count("M") == 2
    assert [(mark.kind, mark.y) for mark in line.marks] == [("break", None)]
    (event,) = line.events
    assert event.text == "The score is computed differently from here on"


def test_a_move_to_another_segment_is_told_by_its_name() -> None:
    before = _scores((3, 90.0, "healthy"), (2, 88.0, "healthy"), segment="small_business", line="before")
    line = _timeline(pl.concat([before, _scores((1, 50.0, "stable"))]))
    (event,) = line.events
    assert event.text == "Moved to the segment Mid market: scores before and after are not compared"


def test_the_run_itself_may_begin_a_new_line() -> None:
    page = _page(Past(scores=_scores((2, 90.0, "healthy"), (1, 88.0, "healthy"))), line_break="scorecard")
    assert page.timeline is not None
    assert [event.kind for event in page.timeline.events] == ["break"]


def test_a_band_change_is_a_mark_on_the_line_and_a_sentence() -> None:
    line = _timeline(_scores((3, 80.0, "healthy"), (2, 80.0, "healthy"), (1, 50.0, "stable")))
    (mark,), (event,) = line.marks, line.events
    assert (mark.kind, mark.y, mark.state.words) == ("fall", "80", "Stable")
    assert (event.text, event.detail, event.day) == ("Fell from Healthy to Stable", "80 → 50", "Feb 22, 2026")


def test_a_band_that_is_no_more_is_told_by_its_old_name() -> None:
    line = _timeline(_scores((3, 80.0, "champions_club"), (2, 50.0, "stable"), (1, 50.0, "stable")))
    assert line.events[0].text == "Fell from Champions club to Stable"


def test_what_was_done_is_marked_below_the_line() -> None:
    actions = frame(
        [{"customer_id": "a-00000", "time": week(2), "play": "Review", "owner": "Dana", "result": "sponsor named"}],
        "time",
    )
    line = _timeline(_scores((4, 50.0, "stable"), (1, 50.0, "stable")), actions=actions)
    assert [(mark.kind, mark.y, mark.text) for mark in line.marks] == [
        ("action", None, "Feb 15, 2026: Review (Dana · sponsor named)")
    ]
    assert line.has_lane


def test_what_was_done_for_others_or_later_is_not_shown() -> None:
    actions = frame(
        [
            {"customer_id": "a-00000", "time": week(-1), "play": "Later", "owner": None, "result": None},
            {"customer_id": "a-77777", "time": week(2), "play": "Other", "owner": None, "result": None},
        ],
        "time",
    )
    assert not _timeline(_scores((4, 50.0, "stable"), (1, 50.0, "stable")), actions=actions).events


def test_an_override_is_a_span_that_may_reach_into_the_future() -> None:
    overrides = frame(
        [
            {"customer_id": "a-00000", "score_name": "health", "what": "at most 40", "reason": "sponsor left"}
            | {"author": "Dana", "begins": week(3), "ends": week(-200)}
        ],
        "begins",
        "ends",
    )
    line = _timeline(_scores((4, 50.0, "stable"), (1, 50.0, "stable")), overrides=overrides)
    (span,) = line.spans
    assert float(span.start) + float(span.width) == 100.0
    assert [event.text for event in line.events] == ["Overridden: at most 40"]
    assert line.events[0].detail == "sponsor left · Dana · until Dec 30, 2029"


def test_the_renewal_ahead_is_on_the_axis_or_at_its_edge() -> None:
    past = Past(scores=_scores(*((number, 50.0, "stable") for number in range(1, 100))))

    def renewing(days: int) -> Timeline:
        book = BOOK.with_columns(renewal=pl.lit((AS_OF + timedelta(days=days)).date()))
        ((_, page),) = page_models_of("internal", frame=book, scores=scored(project(), book), past=past)
        assert page.timeline is not None
        return page.timeline

    near, far, gone = renewing(30), renewing(400), renewing(-3)
    assert near.renewal is not None
    assert far.renewal is not None
    assert float(near.now) < float(near.renewal.x) < 100
    assert (near.is_renewal_beyond, far.is_renewal_beyond, far.renewal.x) == (False, True, "100.0")
    assert gone.renewal is None


def test_two_years_are_shown_at_most() -> None:
    line = _timeline(_scores((300, 1.0, "at_risk"), *((number, 50.0, "stable") for number in range(1, 104))))
    assert len(line.months) == 25
    assert "1 on" not in line.described


def test_those_who_do_not_see_it_are_told_the_same() -> None:
    line = _timeline(_scores((9, 62.0, "stable"), (8, 31.0, "at_risk"), (7, 90.0, "healthy"), (1, 50.0, "stable")))
    assert line.described == (
        "The score over time: 62 on Dec 28, 2025, 55 on Mar 1, 2026;"
        " lowest 31 on Jan 4, 2026, highest 90 on Jan 11, 2026."
    )
    assert [(month.label, month.score, month.state.words) for month in line.months] == [
        ("Mar 2026", "55", "Stable"),
        ("Feb 2026", "50", "Stable"),
        ("Jan 2026", "90", "Healthy"),
        ("Dec 2025", "62", "Stable"),
    ]


def test_bands_lie_over_each_other_from_the_top_down() -> None:
    line = _timeline(_scores((2, 62.0, "stable")))
    assert [(zone.state.words, zone.y, zone.height, zone.edge) for zone in line.zones] == [
        ("Healthy", "0", "48", None),
        ("Stable", "48", "48", "70"),
        ("At risk", "96", "64", "40"),
    ]


def test_of_edges_too_near_to_be_read_apart_one_is_written() -> None:
    bands = tuple(Band(name=f"b{edge:g}", up_to=edge) for edge in (3.0, 80.0, 84.0, 96.0, 100.0))
    of = project(scorecards={"standard": scorecard(bands=bands)})
    ((_, page),) = page_models_of("internal", project_=of, frame=BOOK, past=Past(scores=_scores((2, 62.0, "b80"))))
    assert page.timeline is not None
    assert [zone.edge for zone in page.timeline.zones] == [None, "", "84", "", ""]


def test_the_axis_is_as_long_as_the_past_needs() -> None:
    short = _timeline(_scores((4, 50.0, "stable")))
    long = _timeline(_scores(*((number, 50.0, "stable") for number in range(1, 104))))
    assert [tick.label for tick in short.ticks] == ["Feb 1", "Feb 8", "Feb 15", "Feb 22"]
    assert [tick.label for tick in long.ticks][:5] == ["Apr", "Jul", "Oct", "2025", "Apr"]


def test_every_customer_of_a_batch_has_its_own_line() -> None:
    book = metrics_frame(40)
    scores = scored(project(), book)
    past = past_of(scores, scores=scores_before(scores, weeks=30))
    assert past.scores is not None
    told = {
        customer_id: page.timeline.described
        for customer_id, page in page_models_of("internal", frame=book, scores=scores, past=past)
        if page.timeline is not None
    }
    first = past.scores.filter(pl.col("as_of") == week(30))
    for customer_id, score in first.select("customer_id", "score").iter_rows():
        if customer_id in told:
            assert told[customer_id].startswith(f"The score over time: {score:.0f} on")
    assert len(told) > 30


def test_other_scores_are_not_mixed_in() -> None:
    both = pl.concat([_scores((1, 50.0, "stable")), _scores((2, 1.0, "at_risk"), score_name="adoption")])
    line = _timeline(both)
    assert "lowest 50" in line.described


def test_marks_are_limited_and_the_rest_is_counted() -> None:
    pulses = frame(
        [{"customer_id": "a-00000", "time": week(number), "rating": 3, "reason": None} for number in range(1, 90)],
        "time",
    )
    line = _timeline(_scores(*((number, 50.0, "stable") for number in range(1, 100))), pulses=pulses)
    assert len(line.events) == 10
    assert line.more_events == "and 79 earlier"
    assert len(line.marks) == 60


def test_no_frame_of_a_past_is_changed() -> None:
    past = past_of(scored(project(), BOOK))
    copies = {field.name: getattr(past, field.name) for field in attrs.fields(Past)}
    kept = {name: part.clone() for name, part in copies.items() if isinstance(part, pl.DataFrame)}
    _page(past)
    assert all(copies[name].equals(part) for name, part in kept.items())
