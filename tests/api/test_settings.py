"""Settings: lengths of time, secrets, and the classes that hold them."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from scorewell.api.v1 import Duration, Normalizer, Secret, frozen, setting


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("12h", timedelta(hours=12)),
        ("1 hour", timedelta(hours=1)),
        ("30d", timedelta(days=30)),
        ("30 d", timedelta(days=30)),
        ("090 days", timedelta(days=90)),
        ("6w", timedelta(days=42)),
        ("1week", timedelta(days=7)),
    ],
)
def test_a_duration_is_a_whole_number_of_hours_days_or_weeks(text: str, length: timedelta) -> None:
    assert Duration.parse(text).length == length


@pytest.mark.parametrize("text", ["0d", "-1d", "- 1d", "1.5d", "30", "d", "30m", "30D", "30  seconds", ""])
def test_anything_else_is_no_duration_and_the_message_shows_one_that_is(text: str) -> None:
    with pytest.raises(ValueError, match="as in 30d"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["3 months", "1 year"])
def test_what_is_not_always_as_long_is_asked_for_in_days(text: str) -> None:
    with pytest.raises(ValueError, match="is not always as long: write it in days"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["36526d", "876601h", "101 years", "9" * 5000 + "w"])
def test_a_duration_of_more_than_a_hundred_years_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="too long a duration"):
        Duration.parse(text)


def test_a_hundred_years_are_a_duration() -> None:
    assert Duration.parse("36525d").whole_days == 36_525


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("2w", 14), ("48h", 2), ("36h", None)])
def test_a_duration_knows_whether_it_is_whole_days(text: str, days: int | None) -> None:
    assert Duration.parse(text).whole_days == days


@pytest.mark.parametrize(("text", "shown"), [("30d", "30d"), ("2w", "14d"), ("36h", "36h")])
def test_a_duration_is_shown_as_it_may_be_written(text: str, shown: str) -> None:
    assert str(Duration.parse(text)) == shown


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{!r}".format])
def test_a_secret_is_never_shown(show: object) -> None:
    assert "hunter2" not in show(Secret("hunter2"))  # type: ignore[operator]


def test_a_secret_among_settings_is_not_shown_by_the_component() -> None:
    @frozen
    class Guarded(Normalizer):
        name = "guarded"
        token: Secret = setting("the token")

    assert "hunter2" not in repr(Guarded(token=Secret("hunter2")))


def test_a_secret_gives_its_value_to_who_asks() -> None:
    assert Secret("hunter2").reveal() == "hunter2"


def test_settings_are_keywords_that_cannot_be_changed() -> None:
    @frozen
    class Sized(Normalizer):
        name = "sized"
        size: int = setting("how large", default=1)

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Sized().size = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        Sized(2)  # type: ignore[misc]


def test_a_setting_without_a_default_is_required() -> None:
    @frozen
    class Sized(Normalizer):
        name = "sized"
        size: int = setting("how large")

    with pytest.raises(TypeError, match="size"):
        Sized()  # type: ignore[call-arg]
