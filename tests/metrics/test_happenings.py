"""What became of customers and what was done for them: rows with a date."""

from datetime import UTC, date, datetime

import attrs
import polars as pl
import pytest
from tests.support.measured_project import AS_OF, project, table

from scorewell.api.v1 import Column, Expression, ScorewellError
from scorewell.configuration import Actions, DatedOutcomes, Outcomes, Project, SourceTables
from scorewell.metrics import actions_as_of, are_dated, dated_outcomes

ENDS = pl.DataFrame(
    {
        "customer": ["b", "a", "a", "a", "gone", None, "b"],
        "day": ["2026-02-28", "2025-06-01", "2026-01-31", None, "2026-01-05", "2026-01-05", "2026-03-01"],
        "what": ["churned", "renewed", None, "churned", "churned", "churned", "renewed"],
    }
).with_columns(pl.col("day").str.to_date())


def told_by(outcome: str, ends: pl.DataFrame | SourceTables = ENDS, **meaning: object) -> Project:
    churn = ends if isinstance(ends, SourceTables) else table(ends, **{"time": "day", **meaning})
    small = project({}, customers=["a", "b"], churn=churn)
    return attrs.evolve(small, outcomes=Outcomes(source="churn", outcome=Expression(outcome)))


def last_moment(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, 999_999, tzinfo=UTC)


def test_an_outcome_may_be_a_text_and_a_customer_may_have_several() -> None:
    told = dated_outcomes(told_by("what"), AS_OF)
    assert told.frame.rows() == [
        ("a", last_moment(2025, 6, 1), "renewed"),
        ("b", last_moment(2026, 2, 28), "churned"),
        ("gone", last_moment(2026, 1, 5), "churned"),
    ]
    assert told.frame.schema == {"customer_id": pl.String, "time": pl.Datetime("us", "UTC"), "outcome": pl.String}


def test_every_row_may_tell_of_the_same() -> None:
    assert set(dated_outcomes(told_by("'churned'"), AS_OF).frame.get_column("outcome")) == {"churned"}


def test_of_a_condition_the_rows_count_where_it_is_true() -> None:
    told = dated_outcomes(told_by("what = 'renewed'"), AS_OF).frame
    assert told.select("customer_id", "outcome").rows() == [("a", True)]


def test_rows_without_a_time_and_of_customers_that_are_not_listed_are_told() -> None:
    findings = {one.id: one for one in dated_outcomes(told_by("what"), AS_OF).findings}
    assert findings.keys() == {"rows-without-time", "rows-without-key", "unknown-customers"}
    assert findings["rows-without-time"].count == 1
    assert findings["unknown-customers"].message == (
        "churn (table rows.csv): outcomes of customers that are not listed as of 2026-03-01: 1 ('gone')"
    )


def test_what_happened_is_seen_from_when_it_was_known() -> None:
    ends = ENDS.filter(pl.col("customer") == "b").with_columns(told=pl.lit(date(2026, 3, 10)))
    small = told_by("what", ends, known={"what": "told"})
    assert dated_outcomes(small, AS_OF).frame.is_empty()
    assert dated_outcomes(small, datetime(2026, 3, 11, tzinfo=UTC)).frame.height == 2


def test_an_outcome_that_is_a_number_is_refused() -> None:
    with pytest.raises(ScorewellError, match=r"outcomes: 1 \+ 1 yields Int64: expected yes/no, or a text"):
        dated_outcomes(told_by("1 + 1"), AS_OF)


def test_whether_outcomes_are_dated_is_declared() -> None:
    assert are_dated(told_by("what"))
    assert not are_dated(told_by("what", table(ENDS)))
    assert not are_dated(project({}))


def beside_labels(outcome: str) -> Project:
    dated = DatedOutcomes(source="churn", outcome=Expression(outcome))
    labels = Outcomes(source="customers", outcome=Expression("left"), dated=dated)
    return attrs.evolve(told_by("what"), outcomes=labels)


def test_labels_may_have_a_table_with_dates_beside_them() -> None:
    assert are_dated(beside_labels("what"))
    assert dated_outcomes(beside_labels("what"), AS_OF).frame.equals(dated_outcomes(told_by("what"), AS_OF).frame)
    with pytest.raises(ScorewellError, match=r"outcomes\.dated: 1 \+ 1 yields Int64"):
        dated_outcomes(beside_labels("1 + 1"), AS_OF)


def test_outcomes_without_a_date_are_no_dated_ones() -> None:
    with pytest.raises(ScorewellError, match="outcomes: churn has no time, so it is not known when it happened"):
        dated_outcomes(told_by("what", table(ENDS)), AS_OF)


PLAYS = pl.DataFrame(
    {
        "customer": ["a", "a", "b"],
        "at": [datetime(2026, 2, 1, 9), datetime(2026, 2, 20, 15), datetime(2026, 3, 1)],
        "play": ["Kickoff", "Executive review", "Kickoff"],
        "result": ["done", "saved", "done"],
        "closed": [datetime(2026, 2, 2), datetime(2026, 3, 5), datetime(2026, 3, 2)],
        "level": [[1], [2], [3]],
    }
)


def with_actions(result: str | None = "result", **meaning: object) -> Project:
    small = project({}, customers=["a", "b"], plays=table(PLAYS, time="at", **meaning))
    actions = Actions(source="plays", play=Column("play"), result=None if result is None else Column(result))
    return attrs.evolve(small, actions=actions)


def test_actions_are_those_taken_before_the_moment() -> None:
    told = actions_as_of(with_actions(), AS_OF)
    assert told.frame.columns == ["customer_id", "time", "play", "owner", "result"]
    assert told.frame.rows() == [
        ("a", datetime(2026, 2, 1, 9, tzinfo=UTC), "Kickoff", None, "done"),
        ("a", datetime(2026, 2, 20, 15, tzinfo=UTC), "Executive review", None, "saved"),
    ]
    assert told.findings == ()


def test_what_came_of_an_action_is_known_when_it_was() -> None:
    told = actions_as_of(with_actions(known={"result": "closed"}), AS_OF).frame
    assert told.get_column("result").to_list() == ["done", None]


def test_a_project_without_actions_has_none() -> None:
    told = actions_as_of(project({}), AS_OF).frame
    assert told.is_empty()
    assert told.schema == actions_as_of(with_actions(), AS_OF).frame.schema


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("results", "no column 'results'; it has result"),
        ("level", r"column 'level' holds List\(Int64\): expected text"),
    ],
)
def test_a_column_that_cannot_be_the_result_is_told(result: str, words: str) -> None:
    with pytest.raises(ScorewellError, match=f"actions: plays .*: {words}"):
        actions_as_of(with_actions(result), AS_OF)
