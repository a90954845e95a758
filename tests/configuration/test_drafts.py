"""Which scorecards count at a moment."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import attrs
import pytest
from tests.support.small_project import card, dimension, project, scored

from scorewell.configuration import Dimension, Project, RollUp, Score, Scorecard, Segment, live_project, shadow_projects

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)


def replacing(name: str, since: str | None = None, **settings: object) -> Scorecard:
    """A draft of another scorecard, or with a day the one that stands in for it from then on."""
    when = {"status": "draft"} if since is None else {"effective_from": date.fromisoformat(since)}
    return plain(replaces=name, **when, **settings)


def plain(**settings: object) -> Scorecard:
    return card(metrics={"usage": scored()}, **settings)


def with_cards(segments: dict[str, Segment] | None = None, **cards: Scorecard) -> Project:
    made = project({"id": ["a"], "usage": [50.0]}, plain())
    return attrs.evolve(made, scorecards=cards, segments=segments or made.segments, sinks=("somewhere",))


def standing(made: Project, as_of: datetime) -> str:
    live = live_project(made, as_of)
    name = live.segments["everyone"].scorecard
    assert isinstance(name, str)
    assert name in live.scorecards
    return name


def test_a_project_without_drafts_is_itself():
    made = with_cards(standard=plain())
    assert live_project(made, NOON) is made
    assert shadow_projects(made, NOON) == {}


def test_a_draft_leaves_the_live_scorecard_where_it_is():
    made = with_cards(standard=plain(), new=replacing("standard"))
    assert standing(made, NOON) == "standard"
    assert list(live_project(made, NOON).scorecards) == ["standard"]


@pytest.mark.parametrize(
    ("as_of", "name"),
    [
        ("2026-07-14T23:59:59.999999", "standard"),
        ("2026-07-15T00:00:00", "new"),
        ("2027-01-01T00:00:00", "new"),
    ],
)
def test_a_scorecard_stands_in_from_its_local_day_on(as_of, name):
    made = with_cards(standard=plain(), new=replacing("standard", "2026-07-15"))
    assert standing(made, datetime.fromisoformat(as_of).replace(tzinfo=ZoneInfo("Europe/Berlin"))) == name


def test_the_local_day_is_that_of_the_projects_zone():
    made = with_cards(standard=plain(), new=replacing("standard", "2026-07-15"))
    assert standing(made, datetime(2026, 7, 14, 22, tzinfo=UTC)) == "new"
    assert standing(attrs.evolve(made, timezone="UTC"), datetime(2026, 7, 14, 22, tzinfo=UTC)) == "standard"


@pytest.mark.parametrize(
    ("newest", "day", "name"),
    [
        ("new", 1, "standard"),
        ("new", 10, "new"),
        ("new", 20, "newest"),
        ("standard", 10, "new"),
        ("standard", 20, "newest"),
    ],
)
def test_the_one_whose_day_came_last_stands(newest, day, name):
    made = with_cards(standard=plain(), new=replacing("standard", "2026-07-10"), newest=replacing(newest, "2026-07-20"))
    assert standing(made, datetime(2026, 7, day, 12, tzinfo=UTC)) == name


def test_the_live_project_has_no_days_left_in_it():
    made = with_cards(standard=plain(), new=replacing("standard", "2026-07-10"), next=replacing("new"))
    live = live_project(made, NOON)
    assert live_project(live, NOON) is live
    assert list(live.scorecards) == ["new"]


def test_a_scorecard_is_replaced_in_every_stage_and_score_that_names_it():
    stages = {"early": "first", "late": "standard"}
    made = attrs.evolve(
        with_cards(standard=plain(), first=plain(), other=plain(), new=replacing("standard", "2026-07-10")),
        segments={},
        scores={
            "health": Score(segments={"a": Segment(scorecard=stages), "b": Segment(scorecard="standard")}),
            "adoption": Score(scorecard="other"),
        },
    )
    scores = live_project(made, NOON).scores
    assert scores["health"].segments["a"].scorecard == {"early": "first", "late": "new"}
    assert scores["health"].segments["b"].scorecard == "new"
    assert scores["adoption"].scorecard == "other"


def test_a_draft_is_scored_under_its_own_name_and_goes_nowhere():
    made = with_cards(standard=plain(), new=replacing("standard"))
    (shadow,) = shadow_projects(made, NOON).values()
    assert list(shadow.scores) == ["health/new"]
    assert list(shadow.scorecards) == ["new"]
    assert shadow.segments["everyone"].scorecard == "new"
    assert shadow.sinks == ()


def test_in_the_shadow_are_the_customers_of_the_scorecard_in_force_alone():
    segments = {
        "small": Segment(scorecard="other"),
        "staged": Segment(scorecard={"early": "other", "late": "standard"}),
        "everyone": Segment(scorecard="standard"),
    }
    cards = {
        "standard": plain(),
        "other": plain(),
        "new": replacing("standard", "2026-07-10"),
        "next": replacing("new"),
    }
    shadow = shadow_projects(with_cards(segments, **cards), NOON)["next"]
    assert {name: segment.scorecard for name, segment in shadow.segments.items()} == {
        "small": {},
        "staged": {"late": "next"},
        "everyone": "next",
    }


def test_what_is_announced_is_a_shadow_until_its_day_and_what_is_past_is_none():
    made = with_cards(
        standard=plain(), old=replacing("standard", "2026-07-01"), new=replacing("standard", "2026-07-20")
    )
    assert list(shadow_projects(made, datetime(2026, 6, 30, 12, tzinfo=UTC))) == ["old", "new"]
    assert list(shadow_projects(made, NOON)) == ["new"]
    assert list(shadow_projects(made, datetime(2026, 7, 21, tzinfo=UTC))) == []


def test_a_draft_that_rolls_up_children_keeps_the_scorecards_of_the_others():
    parts: dict[str, Dimension] = {"children": dimension(roll_up=RollUp())}
    segments = {"small": Segment(scorecard="other"), "everyone": Segment(scorecard="standard")}
    draft = card(dimensions=parts, replaces="standard", status="draft")
    shadow = shadow_projects(with_cards(segments, standard=plain(), other=plain(), new=draft), NOON)["new"]
    assert [segment.scorecard for segment in shadow.segments.values()] == ["other", "new"]


def test_a_draft_of_a_scorecard_that_nobody_has_is_no_shadow():
    made = with_cards(standard=plain(), unused=plain(), new=replacing("unused"))
    assert shadow_projects(made, NOON) == {}
