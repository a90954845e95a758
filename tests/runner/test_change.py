"""Why one customer's score moved since a day: against the run that was remembered, as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from tests.support.small_project import card, project, scored

from scorewell.api.v1 import Condition, ScorewellError, Secret
from scorewell.configuration import Adjustment, HistoryStore, Project, Score
from scorewell.history import History
from scorewell.history.overrides import Override, add_override
from scorewell.history.pruning import prune
from scorewell.runner import run
from scorewell.runner.change import Change, explain_change

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
LATER = FIRST + timedelta(days=7)


def kept(folder: Path, usage: Mapping[str, float | None], **settings: object) -> Project:
    """Customers scored by a number of theirs and by a constant 50, in a project with a history."""
    table = {"id": list(usage), "usage": list(usage.values()), "rest": [50.0] * len(usage)}
    of = project(table, card(metrics={"usage": scored(), "rest": scored()}, precision=None, **settings), folder=folder)
    return attrs.evolve(of, history=HistoryStore(url=Secret("sqlite:///kept.db")))


def story(of: Project, customer: str = "a", *, since: datetime = FIRST, as_of: datetime = LATER) -> Change:
    found = explain_change(of, customer, since=since, as_of=as_of)
    if found.difference is not None:
        assert sum(cause.points for cause in found.causes) == pytest.approx(found.difference, abs=1e-9)
    return found


def told(change: Change) -> list[tuple[str, str, float]]:
    return [(each.kind, each.label, round(each.points, 6)) for each in change.causes]


def test_the_causes_since_a_remembered_run_add_up(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 80.0, "b": 10.0}), as_of=FIRST)
    found = story(kept(tmp_path, {"a": 30.0, "b": 10.0}))
    assert (found.before.score, found.after.score, found.difference) == (65.0, 40.0, -25.0)
    assert (found.before.source, found.before.as_of) == ("history", FIRST)
    assert told(found) == [("data", "Usage", -25.0)]
    assert found.causes[0].values == "80 → 30"
    assert found.note is None


def test_the_last_run_before_the_day_counts(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 80.0}), as_of=FIRST)
    found = story(kept(tmp_path, {"a": 30.0}), since=FIRST + timedelta(days=3))
    assert found.before.as_of == FIRST


def test_without_a_history_the_score_before_is_computed_and_that_is_said(tmp_path: Path) -> None:
    of = attrs.evolve(kept(tmp_path, {"a": 80.0}), history=None)
    found = story(of)
    assert found.before.source == "computed"
    assert found.note is not None
    assert "the configuration of today" in found.note


def test_where_metric_values_were_pruned_that_is_said_and_it_is_computed(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 80.0})
    run(of, as_of=FIRST)
    assert of.history is not None
    with History.open(of.history.url, project=of.name, folder=tmp_path) as history, history.writing() as writer:
        prune(writer, {"metrics": LATER})
    found = story(of)
    assert found.note is not None
    assert "2026-03-02" in found.note
    assert "pruned" in found.note


def test_a_decision_since_then_is_told_in_words(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 80.0})
    run(of, as_of=FIRST)
    assert of.history is not None
    with History.open(of.history.url, project=of.name, folder=tmp_path) as history, history.writing() as writer:
        add_override(
            writer,
            Override(
                customer_id="a",
                score_name="health",
                kind="at_most",
                value=20.0,
                because="their sponsor left",
                author="mara",
                begins=FIRST + timedelta(days=1),
                until=LATER + timedelta(days=1),
            ),
        )
    found = story(of)
    assert [(each.kind, each.points, each.values) for each in found.causes] == [
        ("override", -45.0, "none → at most 20")
    ]


def test_an_exception_that_began_is_told_by_its_reason(tmp_path: Path) -> None:
    rule = Adjustment(when=Condition("usage > 90"), at_most=60.0, because="Too good to be true. See 2.0")
    run(kept(tmp_path, {"a": 80.0}, adjustments=(rule,)), as_of=FIRST)
    found = story(kept(tmp_path, {"a": 100.0}, adjustments=(rule,)))
    assert told(found) == [
        ("adjustment", "Exception: Too good to be true. See 2.0", -15.0),
        ("data", "Usage", 10.0),
    ]


def test_who_has_no_score_any_more_has_a_reason_instead_of_causes(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 80.0}, minimum_coverage=0.8), as_of=FIRST)
    found = story(kept(tmp_path, {"a": None, "b": 1.0}, minimum_coverage=0.8))
    assert (found.difference, found.causes) == (None, ())
    assert found.reason == "data for 50% of the weight; is missing: usage"


def test_who_is_new_has_a_reason_instead_of_causes(tmp_path: Path) -> None:
    run(kept(tmp_path, {"b": 80.0}), as_of=FIRST)
    found = story(kept(tmp_path, {"a": 50.0, "b": 80.0}))
    assert (found.before.score, found.before.status, found.reason) == (None, None, "not listed before")


def test_who_is_gone_may_still_be_asked_about(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 80.0, "b": 80.0}), as_of=FIRST)
    found = story(kept(tmp_path, {"b": 80.0}))
    assert (found.before.score, found.after.status, found.reason) == (65.0, None, "not listed any more")


def test_a_scorecard_that_came_into_force_since_is_compared_with_the_one_it_replaced(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 80.0})
    heavier = card(
        metrics={"usage": scored(3.0), "rest": scored()},
        precision=None,
        replaces="standard",
        effective_from=date(2026, 3, 5),
    )
    of = attrs.evolve(of, scorecards={**of.scorecards, "standard_v2": heavier})
    run(of, as_of=FIRST)
    found = story(of)
    assert (found.before.scorecard, found.after.scorecard) == ("standard", "standard_v2")
    assert [(each.kind, each.points, each.detail) for each in found.causes] == [("weights", 7.5, "usage 1 → 3")]


def test_one_of_several_scores_can_be_asked_for(tmp_path: Path) -> None:
    def of(usage: float) -> Project:
        cards = {"one": card(metrics={"usage": scored()}), "two": card(metrics={"rest": scored()})}
        scores = {"health": Score(scorecard="two"), "adoption": Score(scorecard="one")}
        return attrs.evolve(kept(tmp_path, {"a": usage}), scorecards=cards, segments={}, scores=scores)

    run(of(80.0), as_of=FIRST)
    found = explain_change(of(30.0), "a", since=FIRST, as_of=LATER, score="adoption")
    assert (found.score_name, found.difference) == ("adoption", -50.0)
    assert told(found) == [("data", "Usage", -50.0)]
    assert story(of(30.0)).difference == 0.0


def test_a_change_begins_before_it_ends(tmp_path: Path) -> None:
    with pytest.raises(ScorewellError, match="expected the first to be before the second"):
        story(kept(tmp_path, {"a": 80.0}), since=LATER, as_of=FIRST)
