"""Pulses with all that was said beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import polars as pl
import pytest
from tests.support.small_project import Rows, card, project, scored

from scorewell.api.v1 import Column, CustomerKey, Duration, ScorewellError, Table
from scorewell.configuration import Project, Pulse, SourceTables
from scorewell.configuration.pulse import with_pulse
from scorewell.metrics import PULSES, metrics_as_of, pulses_as_of
from scorewell.metrics.check import checked
from scorewell_standard.measures import Latest

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
VOICES = Table(customer=CustomerKey(column=Column("who")), time=Column("said_on"))


def judged(table: Table = VOICES, pulse: Pulse | None = None, **columns: list[Any]) -> Project:
    """A project of customers a, b and c in Berlin with a table of pulses."""
    of = project({"id": ["a", "b", "c"], "usage": [1.0, 2.0, 3.0]}, card(metrics={"usage": scored()}))
    voices = SourceTables(plugin=Rows(frame=pl.DataFrame(columns)), tables={"": table})
    section = pulse or Pulse(source="voices", column=Column("mood"))
    return with_pulse(attrs.evolve(of, sources={**of.sources, "voices": voices}, pulse=section), Latest)


def test_everything_that_was_said_is_told_by_customer_and_time() -> None:
    section = Pulse(source="voices", column=Column("mood"), reason=Column("why"), note=Column("more"), by=Column("csm"))
    rows = pulses_as_of(
        judged(
            pulse=section,
            who=["b", "a", "a"],
            said_on=[date(2026, 2, 3), date(2026, 2, 2), date(2026, 2, 1)],
            mood=[5, 2, 3],
            why=["won", None, "sponsor"],
            more=[None, "quiet", None],
            csm=["jo", "mara", "mara"],
        ),
        AS_OF,
    )
    assert rows.schema == PULSES
    assert rows.drop("time", "expires").rows() == [
        ("a", 3.0, "sponsor", None, "mara"),
        ("a", 2.0, None, "quiet", "mara"),
        ("b", 5.0, "won", None, "jo"),
    ]


def test_what_is_said_later_and_what_is_no_pulse_is_not_told() -> None:
    rows = pulses_as_of(
        judged(who=["a", "a", "b"], said_on=[date(2026, 2, 28), date(2026, 3, 1), date(2026, 2, 1)], mood=[1, 2, None]),
        AS_OF,
    )
    assert rows["rating"].to_list() == [1]


@pytest.mark.parametrize("day", range(2, 7))
def test_it_holds_at_the_moments_at_which_the_metric_has_it(day: int) -> None:
    section = Pulse(source="voices", column=Column("mood"), within=Duration.parse("3d"))
    of = judged(pulse=section, who=["a"], said_on=[datetime(2026, 3, 1, 15)], mood=[4])
    as_of = datetime(2026, 3, day, 12, tzinfo=UTC)
    is_measured = metrics_as_of(of, as_of).frame["pulse"][0] is not None
    holds = not pulses_as_of(of, as_of).filter(pl.col("expires") > as_of).is_empty()
    assert (is_measured, holds) == ((True, True) if day <= 4 else (False, False))


@pytest.mark.parametrize("beyond", [7, 0, -1])
def test_a_cell_beyond_one_to_five_is_no_pulse_and_is_told(beyond: int) -> None:
    of = judged(who=["a", "b"], said_on=[date(2026, 2, 1), date(2026, 2, 2)], mood=[beyond, 4])
    measured = metrics_as_of(of, AS_OF)
    assert measured.frame["pulse"].to_list() == [None, 4, None]
    assert pulses_as_of(of, AS_OF)["rating"].to_list() == [4]
    [told] = [finding for finding in measured.findings if finding.id == "strange-pulses"]
    assert (told.count, told.examples) == (1, (str(beyond),))
    assert checked(of, AS_OF).findings == (told,)


def test_an_empty_cell_is_no_strange_pulse() -> None:
    of = judged(who=["a", "b"], said_on=[date(2026, 2, 1), date(2026, 2, 2)], mood=[None, 5])
    assert metrics_as_of(of, AS_OF).findings == ()


def test_a_pulse_column_that_is_not_there_is_told_once() -> None:
    of = judged(pulse=Pulse(source="voices", column=Column("mod")), who=["a"], said_on=[date(2026, 2, 1)], mood=[4])
    assert [finding.id for finding in checked(of, AS_OF).findings] == ["metric-failed"]


def test_a_project_without_a_pulse_has_none() -> None:
    of = attrs.evolve(judged(who=["a"], said_on=[date(2026, 2, 1)], mood=[4]), pulse=None)
    assert pulses_as_of(of, AS_OF).is_empty()


def test_recorded_pulses_that_nobody_opened_are_no_silence() -> None:
    of = judged(who=["a"], said_on=[date(2026, 2, 1)], mood=[4])
    of = with_pulse(attrs.evolve(of, pulse=Pulse(), metrics={"usage": of.metrics["usage"]}), Latest)
    with pytest.raises(ScorewellError, match="nobody opened it"):
        pulses_as_of(of, AS_OF)
    assert "nobody opened it" in metrics_as_of(of, AS_OF).failed["pulse"]
