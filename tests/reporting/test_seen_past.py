"""The past on a customer's own page: from what it may see alone, and not a word of ours."""

import json
import re
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.support.customer_book import AS_OF, INTERNAL_WORDS, RUN_ID, metrics_frame, pages, project, scorecard, scored
from tests.support.made_past import INSTANT, changes_of, metrics_before, past_of, scores_before, week, with_trend

from scorewell.configuration import Project
from scorewell.configuration.model import Dimension, Hysteresis, ScoredMetric
from scorewell.discovery import Plugins
from scorewell.reporting import Past, reports
from scorewell.scoring import OVERRIDES, PAST_SCORES, with_lines, with_overrides
from scorewell_standard.aggregators import WeightedAverage
from scorewell_standard.normalizers import Linear

BOOK = metrics_frame(4).with_columns(plan=pl.lit("mid"), unpaid=0, is_reference=False, **{"@active": True})
OURS = (*INTERNAL_WORDS, "Executive review", "Mei Tanaka", "12 people trained", "reference call", "sponsor has left")


def _models(past: Past, book: pl.DataFrame = BOOK, of: Project | None = None) -> dict[str, Any]:
    of = project() if of is None else of
    made = reports(
        of,
        SimpleNamespace(frame=book, failed={}, stale={}, findings=()),
        scored(of, book),
        as_of=AS_OF,
        run_id=RUN_ID,
        audience="customer",
        theme=None,
        settings={},
        findings=(),
        plugins=Plugins([]),
        past=past,
    )
    return {page.path.partition("/")[2].removesuffix(".html"): json.loads(page.model()) for page in made}


def _past(weeks: int = 8, **parts: Any) -> Past:
    scores = scored(project(), BOOK)
    settings: dict[str, Any] = {
        "scores": scores_before(scores, weeks=weeks),
        "metrics": lambda: metrics_before(BOOK, weeks),
    }
    return past_of(scores, **(settings | parts))


def test_without_stored_metrics_a_customer_has_no_timeline() -> None:
    assert all(page["timeline"] is None and page["causes"] == [] for page in _models(_past(metrics=None)).values())


def test_the_line_is_computed_again_from_what_the_customer_may_see() -> None:
    scores = scored(project(), BOOK)
    as_it_was = scores_before(scores, weeks=8).with_columns(score=pl.lit(3.0), band=pl.lit("at_risk"))
    pages_ = _models(_past(scores=as_it_was, metrics=lambda: [(week(2), BOOK), (week(1), BOOK)]))
    for page in pages_.values():
        # Nothing visible changed, so neither did the visible score, whatever ours was.
        shown = page["gauge"]["score"]
        assert {month["score"] for month in page["timeline"]["months"]} == {shown}
        assert page["trend"][0]["value"] == "no change"


def test_nothing_of_ours_is_in_the_page_or_behind_it() -> None:
    scores = scored(project(), BOOK)
    before = scores_before(scores, weeks=8)
    now = with_trend(scores, before).with_columns(override=pl.lit("at most 55"))
    past = _past(changes=changes_of(now))
    for content in pages(frame=BOOK, audience="customer", scores=now, past=past).values():
        assert 'class="line"' in content
        assert not [word for word in OURS if word in content]
    for model in _models(past).values():
        texts = json.dumps(model)
        assert not [word for word in OURS if word in texts]
        assert (model["pulse"], model["override"], model["timeline"]["renewal"]) == (None, None, None)
        assert {event["kind"] for event in model["timeline"]["events"]} <= {"rise", "fall"}


def test_there_is_no_past_from_before_the_line_began() -> None:
    scores = scored(project(), BOOK)
    lines = scores_before(scores, weeks=8).with_columns(
        line=pl.when(pl.col("as_of") < week(3)).then(pl.lit("before")).otherwise("line")
    )
    for page in _models(_past(scores=lines)).values():
        assert page["timeline"]["line"].count(" ") == 2 * 4 - 1, "three weeks and now"


def test_a_line_that_another_interrupted_begins_after_it() -> None:
    scores = scored(project(), BOOK)
    lines = scores_before(scores, weeks=8).with_columns(
        line=pl.when(pl.col("as_of") == week(5)).then(pl.lit("other")).otherwise("line")
    )
    for page in _models(_past(scores=lines)).values():
        assert page["timeline"]["line"].count(" ") == 2 * 5 - 1


def test_a_moment_without_a_metric_that_is_shown_now_is_left_out() -> None:
    moments = [
        (moment, frame.drop("training") if moment == week(8) else frame) for moment, frame in metrics_before(BOOK, 8)
    ]
    pages_ = _models(_past(metrics=lambda: moments))
    assert all(page["timeline"]["line"].count(" ") == 2 * 8 - 1 for page in pages_.values())


def test_the_causes_are_visible_metrics_and_add_up_as_printed() -> None:
    weeks = [(week(1), BOOK.with_columns(active_days=pl.lit(2.0), sponsors=pl.lit(0.0), profit_share=pl.lit(0.0)))]
    for page in _models(_past(metrics=lambda: weeks)).values():
        if not page["causes"]:
            continue
        first, *causes, last = page["causes"]
        assert [cause["label"] for cause in causes if cause["kind"] == "cause"] == ["Active days"]
        assert re.fullmatch(r"2 days → \d+ days", causes[0]["detail"])
        moved = sum(float(cause["points"].replace("−", "-")) for cause in causes)
        assert float(last["points"]) - float(first["points"]) == pytest.approx(moved, abs=1e-9)


def test_causes_come_after_some_customer_moved() -> None:
    weeks = [(week(1), BOOK.with_columns(active_days=pl.lit(2.0)))]
    assert any(page["causes"] for page in _models(_past(metrics=lambda: weeks)).values())


def test_many_moments_are_scored_as_each_alone() -> None:
    moments = metrics_before(BOOK, 3)
    together = _heights(_models(_past(3)))
    for number, moment in enumerate(moments):
        alone = _heights(_models(_past(3, metrics=lambda moment=moment: [moment])))
        assert {customer: heights[0] for customer, heights in alone.items()} == {
            customer: heights[number] for customer, heights in together.items()
        }


def _heights(pages_: dict[str, Any]) -> dict[str, list[str]]:
    """The height of each point of each customer's line."""
    return {
        customer: re.findall(r"\d+ (\d+)", page["timeline"]["line"] + page["timeline"]["dots"])
        for customer, page in pages_.items()
    }


def test_a_persons_decision_is_a_cause_without_its_reason() -> None:
    decided = pl.DataFrame(
        [("a-00000", "health", "at_most", 12.0, None)],
        schema=["customer_id", "score_name", "kind", "value", "band"],
        orient="row",
    )
    nothing = with_overrides(BOOK, decided.clear(), ["health"])
    book = with_overrides(BOOK, decided, ["health"])
    page = _models(_past(metrics=lambda: [(week(1), nothing)]), book)["a-00000"]
    assert [cause["label"] for cause in page["causes"]][:2] == ["Before", "A person’s decision"]
    assert (page["override"]["text"], page["override"]["because"]) == ("A person set this score", None)


def _weekly(*days: float, decided_in: int | None = None, hidden: float = 0.0) -> dict[str, Any]:
    """The page of a customer with so many active days a week, where 1 is the score 1 and bands hold by three points.

    ``decided_in`` is the week in which a person capped the score at 69.
    """
    dimensions = {
        "usage": Dimension(aggregator=WeightedAverage(), metrics={"active_days": _percent}),
        "ours": Dimension(weight=hidden, aggregator=WeightedAverage(), metrics={"profit_share": _percent}),
    }
    card = scorecard(dimensions=dimensions, adjustments=(), hysteresis=Hysteresis(points=3.0))
    of = project(scorecards={"standard": card})
    one = BOOK.head(1)
    decided = pl.DataFrame([("a-00000", "health", "at_most", 69.0, None)], schema=OVERRIDES, orient="row")
    weeks = [
        (
            week(len(days) - number),
            with_overrides(
                one.with_columns(active_days=pl.lit(each), profit_share=pl.lit(0.0)),
                decided if number == decided_in else decided.clear(),
                ["health"],
            ),
        )
        for number, each in enumerate(days, 1)
    ]
    scores = pl.concat([scored(of, frame).with_columns(as_of=pl.lit(moment, INSTANT)) for moment, frame in weeks[:-1]])
    before = with_lines(scores, of).select(PAST_SCORES.names())
    return _models(Past(scores=before, metrics=lambda: weeks[:-1]), weeks[-1][1], of)["a-00000"]


_percent = ScoredMetric(normalizer=Linear(from_=0, to=100))


def _told_moves(page: dict[str, Any]) -> list[str]:
    return [event["text"] for event in page["timeline"]["events"]]


def test_bands_hold_on_the_line_of_the_customer_as_they_were_announced() -> None:
    # The weeks of the how-to: at risk up to 43, stable from 44, and stable still at 38.
    page = _weekly(39, 41, 43, 44, 40, 38)
    assert page["gauge"]["score"] == "38"
    assert page["gauge"]["state"]["words"] == page["timeline"]["end_state"]["words"] == "Room to improve"
    assert [(event["day"], event["detail"]) for event in page["timeline"]["events"]] == [("Feb 15, 2026", "43 → 44")]


def test_bands_hold_by_the_scores_that_the_customer_sees() -> None:
    # With what it may not see the scores are half as high, and at risk all the time.
    assert _told_moves(_weekly(39, 44, 38, hidden=1.0)) == ["Rose from Needs attention to Room to improve"]
    assert _told_moves(_weekly(39, 43, 38, hidden=1.0)) == []


def test_a_persons_decision_counts_at_once_on_the_line_of_the_customer() -> None:
    assert _weekly(80, 80, 69)["gauge"]["state"]["words"] == "Going well"
    assert _weekly(80, 80, 69, decided_in=2)["gauge"]["state"]["words"] == "Room to improve"
