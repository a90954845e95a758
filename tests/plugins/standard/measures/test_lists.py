"""``milestones`` and ``adoption``: how much of a list a customer has reached or uses."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.support.eager_rows import table
from tests.support.measure_values import TIMED, value

from scorewell_standard.measures import Adoption, Milestones

STEPS = Milestones(column="step", due={"login": 7, "import": 14, "report": 30})


def reached(*steps: str | None, start: object, measure: Milestones = STEPS) -> float | None:
    frame = table(seen_at=["2026-02-20 09:00"] * len(steps), step=list(steps)).cast({"step": str})
    return value(measure, frame, customer_row={"start": start}, **TIMED)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2026, 2, 23), None),  # six days: nothing is due
        (date(2026, 2, 22), 1.0),  # seven: the login is
        (date(2026, 2, 16), 1.0),
        (date(2026, 2, 15), 0.5),  # fourteen: the import, too
        (date(2026, 1, 31), 0.5),
        (date(2026, 1, 30), 2 / 3),  # thirty: the report
    ],
)
def test_the_share_reached_of_what_is_due_at_this_age(start, expected):
    assert reached("login", "report", "login", None, start=start) == expected


def test_nothing_reached_of_what_is_due_is_zero():
    assert reached(start=date(2026, 1, 1)) == 0.0


def test_a_start_that_nobody_knows_or_that_is_to_come_is_missing():
    assert reached("login", start=None) is None
    assert reached("login", start=date(2026, 4, 1)) is None


def test_what_is_reached_before_it_is_due_does_not_count_yet():
    assert reached("import", "report", start=date(2026, 2, 20)) == 0.0


def test_a_start_may_be_a_moment():
    assert reached("login", start=datetime(2026, 2, 22, 18)) == 1.0


def test_another_attribute_may_be_the_start():
    since = Milestones(column="step", due={"login": 7}, start="went live")
    frame = table(seen_at=["2026-02-20 09:00"], step=["login"])

    assert value(since, frame, customer_row={"went live": date(2026, 1, 1)}, **TIMED) == 1.0


@pytest.mark.parametrize(
    ("due", "problem"),
    [
        ({}, "due is empty: it lists the milestones, as in {first_login: 7, first_report: 30}"),
        ({"login": -1}, "due.login is -1: days after the start are 0 or more"),
    ],
)
def test_milestones_that_are_never_due_are_a_mistake(due, problem):
    assert list(Milestones(column="step", due=due).problems()) == [problem]


# adoption


def adopted(*used: object, features: tuple[str, ...] = ("export", "sharing", "api", "sso"), at_least: int = 1) -> float:
    frame = table(seen_at=["2026-02-20 09:00"] * len(used), feature=list(used))
    return value(Adoption(column="feature", features=features, at_least=at_least), frame, window_days=30, **TIMED)


def test_adoption_is_the_share_of_the_list_that_was_used():
    assert adopted("export", "export", "api", "chat", None) == 0.5


def test_a_feature_is_used_when_it_was_used_often_enough():
    assert adopted("export", "export", "api", "chat", at_least=2) == 0.25


def test_without_rows_nothing_is_adopted():
    assert adopted() == 0.0


def test_a_feature_may_be_a_number():
    assert adopted(7, 9, features=("7", "8")) == 0.5
    assert adopted(7.0, 9.5, features=("7", "9", "9.5")) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"features": ()}, "features is empty: it lists what counts, as in [export, sharing]"),
        ({"features": ("a", "b", "a")}, "features has a twice: it would count double"),
        ({"features": ("a",), "at_least": 0}, "at_least is 0: a feature is used in at least 1 row"),
    ],
)
def test_a_list_that_means_nothing_is_a_mistake(settings, problem):
    assert list(Adoption(column="feature", **settings).problems()) == [problem]
