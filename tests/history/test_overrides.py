"""What people decided, kept with who, why and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from scorewell.history import History, HistoryError
from scorewell.history.overrides import (
    Override,
    StoredOverride,
    add_override,
    overrides,
    overrides_as_of,
    withdraw_override,
)

MAY = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CAPPED = Override(
    customer_id="a1",
    score_name="health",
    kind="at_most",
    value=40.0,
    because="The sponsor told us that they look elsewhere",
    author="mara",
    begins=MAY,
    until=MAY + 30 * DAY,
)


def decided(history: History, **changes: Any) -> StoredOverride:
    with history.writing() as writer:
        return add_override(writer, attrs.evolve(CAPPED, **changes))


def withdrawn(history: History, number: int, at: datetime) -> StoredOverride:
    with history.writing() as writer:
        return withdraw_override(writer, number, at=at, by="jo", because="was a misunderstanding")


def test_what_was_decided_is_there_again(history: History) -> None:
    stored = decided(history)
    assert overrides(history) == (stored,)
    assert Override(**{field.name: getattr(stored, field.name) for field in attrs.fields(Override)}) == CAPPED
    assert (stored.number, stored.withdrawn_at) == (1, None)


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [
        (MAY - timedelta(microseconds=1), False),
        (MAY, True),
        (MAY + 30 * DAY - timedelta(microseconds=1), True),
        (MAY + 30 * DAY, False),
    ],
)
def test_it_counts_from_its_begin_and_no_more_at_its_end(history: History, as_of: datetime, counts: bool) -> None:
    stored = decided(history)
    assert len(overrides_as_of(history, as_of)) == counts
    assert stored.counts_at(as_of) is counts


def test_what_is_withdrawn_counted_until_then(history: History) -> None:
    decided(history)
    stored = withdrawn(history, 1, MAY + 10 * DAY)
    assert (stored.withdrawn_at, stored.withdrawn_by) == (MAY + 10 * DAY, "jo")
    assert [len(overrides_as_of(history, MAY + days * DAY)) for days in (9, 10, 11)] == [1, 0, 0]
    assert [stored.counts_at(MAY + days * DAY) for days in (9, 10, 11)] == [True, False, False]


def test_scoring_is_given_what_it_takes(history: History) -> None:
    from scorewell.scoring import OVERRIDES

    decided(history)
    decided(history, customer_id="b2", kind="band", value=None, band="healthy")
    frame = overrides_as_of(history, MAY)
    assert frame.schema == OVERRIDES
    assert frame.rows() == [("a1", "health", "at_most", 40.0, None), ("b2", "health", "band", None, "healthy")]
    assert overrides_as_of(history, MAY - DAY).schema == OVERRIDES


def test_of_two_in_force_the_one_recorded_last_counts(history: History) -> None:
    decided(history)
    decided(history, value=20.0, begins=MAY - DAY)
    assert overrides_as_of(history, MAY)["value"].to_list() == [20]
    withdrawn(history, 2, MAY)
    assert overrides_as_of(history, MAY)["value"].to_list() == [40]


def test_one_of_each_score_counts(history: History) -> None:
    decided(history)
    decided(history, score_name="adoption")
    assert len(overrides_as_of(history, MAY)) == 2


def test_those_of_one_customer_are_told_alone(history: History) -> None:
    decided(history)
    mine = decided(history, customer_id="b2")
    assert overrides(history, customer_id="b2") == (mine,)


def test_another_project_in_the_same_store_has_its_own(open_history: Callable[..., History]) -> None:
    stored = decided(open_history("Acme"))
    other = open_history("Other")
    assert overrides(other) == ()
    assert overrides_as_of(other, MAY).is_empty()
    with pytest.raises(HistoryError, match="there is no override 1"):
        withdrawn(other, stored.number, MAY)


def test_what_is_withdrawn_is_withdrawn_once(history: History) -> None:
    decided(history)
    withdrawn(history, 1, MAY)
    with pytest.raises(HistoryError, match="override 1 was withdrawn before, by jo"):
        withdrawn(history, 1, MAY + DAY)


def test_a_text_may_hold_what_a_database_cannot(history: History) -> None:
    assert decided(history, because="a\x00b").because == overrides(history)[0].because == "a\ufffdb"
