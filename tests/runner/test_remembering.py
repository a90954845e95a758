"""A run remembers: the next one knows what was before, and a run that is run again is the same run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.small_project import Failing, Remembering, Rows, card, project, scored

from scorewell.api.v1 import Column, Condition, CustomerKey, Expression, ScorewellError, Secret, Table
from scorewell.configuration import HistoryStore, Metric, Outcomes, Project, Segment, SourceTables
from scorewell.dialect import SqlAggregate
from scorewell.history import History, HistoryError
from scorewell.history.outcomes import outcomes
from scorewell.history.overrides import Override, add_override
from scorewell.runner import RunResult, run
from scorewell.runner.filling import backfill

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 3, 2, tzinfo=BERLIN)
WEEK = timedelta(days=7)


def kept(folder: Path, usage: dict[str, float], **changes: object) -> Project:
    """Customers scored by a number of theirs, in a project with a history."""
    of = project({"id": list(usage), "usage": list(usage.values())}, card(metrics={"usage": scored()}), folder=folder)
    return attrs.evolve(of, history=HistoryStore(url=Secret("sqlite:///kept.db")), **changes)


def history(of: Project) -> History:
    assert of.history is not None
    return History.open(of.history.url, project=of.name, folder=of.folder, create=False)


def of_customer(result: RunResult, customer: str) -> dict[str, object]:
    return result.scores.row(by_predicate=pl.col("customer_id") == customer, named=True)


def test_the_first_run_has_nothing_to_compare_with(tmp_path: Path) -> None:
    found = of_customer(run(kept(tmp_path, {"a": 50.0}), as_of=FIRST), "a")
    assert found["score"] == 50.0
    assert [found[name] for name in ("previous_score", "change", "slope", "line_break", "override")] == [None] * 5
    assert found["days_in_band"] == 0


def test_the_next_run_knows_what_was_before(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 50.0, "b": 80.0}), as_of=FIRST)
    result = run(kept(tmp_path, {"a": 35.0, "b": 80.0}), as_of=FIRST + WEEK)
    found = of_customer(result, "a")
    assert (found["previous_score"], found["change"], found["band"]) == (50.0, -15.0, "at_risk")
    (moved,) = result.transitions.to_dicts()
    assert (moved["customer_id"], moved["kind"], moved["from_band"], moved["to_band"]) == (
        "a",
        "moved",
        "stable",
        "at_risk",
    )


def test_all_of_a_run_is_kept(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0, "b": 80.0}, sinks=(Remembering(),))
    result = run(of, as_of=FIRST)
    with history(of) as store:
        (stored,) = store.runs()
        assert (stored.run_id, stored.as_of, stored.kind) == (result.id, FIRST, "run")
        assert store.metrics(stored).equals(result.metrics.frame)
        assert store.fit(stored) == result.fitted.to_json()
        assert store.scores([stored])["score"].to_list() == [50.0, 80.0]
        assert [(receipt.sink, receipt.count) for receipt in store.receipts(stored)] == [("sinks.1 (remembering)", 2)]


def test_the_same_run_again_replaces_itself_and_says_the_same(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0})
    run(of, as_of=FIRST)
    first = run(kept(tmp_path, {"a": 60.0}), as_of=FIRST + WEEK)
    again = run(kept(tmp_path, {"a": 60.0}), as_of=FIRST + WEEK)
    assert again.scores.equals(first.scores)
    with history(of) as store:
        assert len(store.runs()) == 2


def test_a_run_that_comes_late_mends_the_band_changes_of_the_one_behind_it(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 50.0}), as_of=FIRST)
    run(kept(tmp_path, {"a": 80.0}), as_of=FIRST + 2 * WEEK)
    of = kept(tmp_path, {"a": 20.0})
    run(of, as_of=FIRST + WEEK)
    with history(of) as store:
        found = store.transitions().select("from_band", "to_band").rows()
    assert found == [(None, "stable"), ("stable", "at_risk"), ("at_risk", "healthy")]


def test_a_dry_run_looks_back_and_writes_nothing(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0})
    assert run(of, as_of=FIRST, dry_run=True).scores["change"].to_list() == [None]
    assert not (tmp_path / "kept.db").exists()
    run(of, as_of=FIRST)
    assert run(kept(tmp_path, {"a": 45.0}), as_of=FIRST + WEEK, dry_run=True).scores["change"].to_list() == [-5.0]
    with history(of) as store:
        assert len(store.runs()) == 1


def test_a_limited_delivery_remembers_everybody(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0, "b": 80.0})
    assert len(run(of, as_of=FIRST, customers=["a"]).scores) == 1
    with history(of) as store:
        assert len(store.scores(store.runs())) == 2


def test_a_project_without_a_history_has_no_columns_of_the_past(tmp_path: Path) -> None:
    of = attrs.evolve(kept(tmp_path, {"a": 50.0}), history=None)
    assert {"change", "override"}.isdisjoint(run(of, as_of=FIRST).scores.columns)
    assert list(tmp_path.iterdir()) == []


def test_a_sink_that_fails_is_remembered_with_its_reason(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0}, sinks=(Failing(error=ScorewellError("the disk is full")), Remembering()))
    run(of, as_of=FIRST)
    with history(of) as store:
        (stored,) = store.runs()
        assert [(receipt.sink, receipt.failure) for receipt in store.receipts(stored)] == [
            ("sinks.1 (failing)", "the disk is full"),
            ("sinks.2 (remembering)", None),
        ]


def test_nothing_is_delivered_where_the_history_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "kept.db").write_bytes(b"no database at all, but long enough to look like one to nobody" * 20)
    sink = Remembering()
    with pytest.raises(HistoryError, match=r"kept\.db"):
        run(kept(tmp_path, {"a": 50.0}, sinks=(sink,)), as_of=FIRST)
    assert sink.runs == []


def test_what_a_person_decided_counts_while_it_holds_and_is_a_contribution(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0})
    run(of, as_of=FIRST)
    with history(of) as store, store.writing() as writer:
        decided = Override(
            customer_id="a",
            score_name="health",
            kind="at_most",
            value=30.0,
            because="The sponsor told us that they will leave",
            author="Maya",
            begins=FIRST + WEEK,
            until=FIRST + 3 * WEEK,
        )
        add_override(writer, decided)
    weeks = [of_customer(run(of, as_of=FIRST + number * WEEK), "a") for number in range(4)]
    assert [week["score"] for week in weeks] == [50.0, 30.0, 30.0, 50.0]
    assert [week["override"] for week in weeks] == [None, "at most 30", "at most 30", None]
    assert [week["contribution.override"] for week in weeks] == [0.0, -20.0, -20.0, 0.0]


def test_a_shadow_is_kept_under_a_name_of_its_own_and_moves_nobody(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0})
    strict = card(metrics={"usage": scored()}, replaces="standard", status="draft")
    of = attrs.evolve(of, scorecards={**of.scorecards, "strict": strict})
    run(of, as_of=FIRST)
    result = run(of, as_of=FIRST + WEEK)
    assert result.scores["score_name"].unique().to_list() == ["health"]
    assert len(result.transitions) == 0
    with history(of) as store:
        assert set(store.scores(store.runs())["score_name"]) == {"health", "health/strict"}


def test_a_period_fit_is_kept_for_the_runs_to_come(tmp_path: Path) -> None:
    usage = {f"c{number:02}": float(number) for number in range(40)}
    from scorewell.configuration import ScoredMetric
    from scorewell_standard.normalizers import Percentile

    compared = {"standard": card(metrics={"usage": ScoredMetric(normalizer=Percentile())}, refit="monthly")}
    run(kept(tmp_path, usage, scorecards=compared), as_of=FIRST)
    halved = {customer: value / 2 for customer, value in usage.items()}
    result = run(kept(tmp_path, halved, scorecards=compared), as_of=FIRST + WEEK)
    # Everybody is compared with how it was when the month began, so everybody fell.
    assert of_customer(result, "c39")["score"] == pytest.approx(50, abs=2)


def test_a_period_fit_of_other_customers_is_not_taken_for_the_same(tmp_path: Path) -> None:
    from scorewell.configuration import ScoredMetric
    from scorewell_standard.normalizers import Percentile

    table = {
        "id": [f"c{number:02}" for number in range(40)],
        "usage": [float(number) for number in range(40)],
        "plan": ["small" if number < 25 else "large" for number in range(40)],
    }
    compared = card(metrics={"usage": ScoredMetric(normalizer=Percentile())}, refit="monthly")
    of = attrs.evolve(project(table, compared, folder=tmp_path), history=kept(tmp_path, {}).history)

    def learned_from(changed: Project, week: int) -> int:
        return run(changed, as_of=FIRST + week * WEEK).fitted.values["standard"]["usage"]

    above = {"above": Segment(when=Condition("usage >= 30"), scorecard="standard")}
    active = attrs.evolve(of.customers, active=Condition("plan = 'small'"))
    assert learned_from(of, 0) == 40
    assert learned_from(attrs.evolve(of, segments=above), 1) == 10
    assert learned_from(attrs.evolve(of, customers=active), 2) == 25
    assert learned_from(attrs.evolve(of, customers=active, stages={"any": None}), 3) == 25
    with history(of) as store:
        assert store.check() == ()


def test_moments_are_kept_in_utc_and_delivered_in_the_projects_zone(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0})
    run(of, as_of=FIRST)
    result = run(kept(tmp_path, {"a": 10.0}), as_of=FIRST + WEEK)
    assert result.scores["last_transition"].dtype == pl.Datetime("us", "Europe/Berlin")
    with history(of) as store:
        assert [stored.as_of.tzinfo for stored in store.runs()] == [UTC, UTC]


def test_reports_are_given_what_was_before_and_shadows_are_none_of_it(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0})
    strict = card(metrics={"usage": scored()}, replaces="standard", status="draft")
    of = attrs.evolve(of, scorecards={**of.scorecards, "strict": strict})
    for week in range(3):
        result = run(of, as_of=FIRST + week * WEEK)
    past = result.past
    assert past is not None
    assert past.scores is not None
    assert past.scores.select("score_name", "as_of").rows() == [("health", FIRST), ("health", FIRST + WEEK)]
    assert past.metrics is not None
    assert [moment for moment, _ in past.metrics()] == [FIRST, FIRST + WEEK]


def test_internal_reports_are_given_the_causes_of_changes_since_the_run_before(tmp_path: Path) -> None:
    run(kept(tmp_path, {"a": 50.0, "b": 80.0}), as_of=FIRST)
    result = run(kept(tmp_path, {"a": 35.0, "b": 80.0}), as_of=FIRST + WEEK)
    assert result.changes is not None
    assert result.changes.select("customer_id", "kind", "name", "points", "old", "new").rows() == [
        ("a", "data", "usage", -15.0, "50.0", "35.0")
    ]


def test_a_first_run_has_no_causes_of_changes(tmp_path: Path) -> None:
    assert run(kept(tmp_path, {"a": 50.0}), as_of=FIRST).changes is None


def churned(*rows: tuple[str, str]) -> SourceTables:
    table = Table(customer=CustomerKey(column=Column("who")), time=Column("day"))
    frame = pl.DataFrame(rows, schema=["who", "day"], orient="row")
    return SourceTables(plugin=Rows(frame=frame), tables={"": table})


def with_outcomes(folder: Path, *rows: tuple[str, str], outcome: str = "'churned'") -> Project:
    of = kept(folder, {"a": 50.0, "b": 80.0})
    sources = {**of.sources, "churn": churned(*rows)}
    return attrs.evolve(of, sources=sources, outcomes=Outcomes(source="churn", outcome=Condition(outcome)))


def test_what_became_of_customers_is_kept_also_where_the_source_forgets(tmp_path: Path) -> None:
    of = with_outcomes(tmp_path, ("a", "2026-02-20"), ("b", "2026-03-20"))
    run(of, as_of=FIRST)
    run(with_outcomes(tmp_path, ("b", "2026-03-05")), as_of=FIRST + WEEK)
    with history(of) as store:
        found = outcomes(store)
        assert found.select("customer_id", "outcome").rows() == [("a", "churned"), ("b", "churned")]


def test_a_backfill_keeps_what_became_of_customers_before_its_last_moment(tmp_path: Path) -> None:
    of = with_outcomes(tmp_path, ("a", "2026-02-20"), ("b", "2026-03-05"), ("b", "2026-03-20"))
    list(backfill(of, [FIRST, FIRST + WEEK]))
    with history(of) as store:
        filled = outcomes(store).drop("recorded_at")
    (tmp_path / "run").mkdir()
    of = with_outcomes(tmp_path / "run", ("a", "2026-02-20"), ("b", "2026-03-05"), ("b", "2026-03-20"))
    run(of, as_of=FIRST + WEEK)
    with history(of) as store:
        assert filled.equals(outcomes(store).drop("recorded_at"))
    assert filled["customer_id"].to_list() == ["a", "b"]


def test_the_same_outcome_is_kept_once_and_nothing_of_who_was_forgotten(tmp_path: Path) -> None:
    of = with_outcomes(tmp_path, ("a", "2026-02-20"), ("b", "2026-02-21"), outcome="who is not null")
    run(of, as_of=FIRST)
    with history(of) as store:
        store.forget_customer("a")
    run(of, as_of=FIRST + WEEK)
    with history(of) as store:
        assert outcomes(store).select("customer_id", "outcome").rows() == [("b", "who is not null")]


def test_who_used_what_is_counted_and_never_kept(tmp_path: Path) -> None:
    of = kept(tmp_path, {"a": 50.0, "b": 80.0})
    table = Table(customer=CustomerKey(column=Column("who")), time=Column("day"))
    rows = [("a", "2026-02-20", f"user{n}@example.org") for n in range(3)]
    usage = pl.DataFrame(rows, schema=["who", "day", "user"], orient="row")
    users = Metric(source="usage", measure=SqlAggregate(sql=Expression("count(distinct user)")))
    sources = {**of.sources, "usage": SourceTables(plugin=Rows(frame=usage), tables={"": table})}
    run(attrs.evolve(of, sources=sources, metrics={**of.metrics, "users": users}), as_of=FIRST)
    with history(of) as store:
        (stored,) = store.runs()
        metrics = store.metrics(stored)
        assert metrics["users"].to_list() == [3.0, 0.0]
        told = [metrics.rows(), store.fit(stored), store.document(stored), store.findings(stored)]
    assert "@example.org" not in repr(told)
    assert not any(b"@example.org" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
