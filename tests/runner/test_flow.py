"""One run: what is read, fitted, delivered and told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import polars as pl
import pytest
from tests.support.small_project import Failing, Remembering, Rows, Unreadable, card, project, scored

from scorewell.api.v1 import Aggregator, Condition, Level, Receipt, Run, ScorewellError, hookimpl
from scorewell.configuration import Metric, Project, ScoredMetric, Segment, SourceTables
from scorewell.discovery import Plugins
from scorewell.replay import run_id
from scorewell.runner import NobodySelected, run
from scorewell_standard.measures import Latest
from scorewell_standard.normalizers import Percentile

AS_OF = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Berlin"))
CUSTOMERS = {"id": ["a", "b", "c"], "plan": ["L", "L", "S"], "usage": [100.0, 50.0, 20.0]}
SEGMENTS = {
    "large": Segment(when=Condition("plan = 'L'"), scorecard="standard"),
    "small": Segment(scorecard="standard"),
}


@pytest.fixture
def plugins() -> Plugins:
    return Plugins.installed()


def small(**changes: Any) -> Project:
    return project(CUSTOMERS, card(metrics={"usage": scored()}), **changes)


def test_every_customer_gets_a_score_with_the_moment_and_the_run() -> None:
    result = run(small(), as_of=AS_OF)
    assert result.scores.select("customer_id", "score").rows() == [("a", 100), ("b", 50), ("c", 20)]
    assert result.scores["as_of"].to_list() == [AS_OF] * 3
    assert set(result.scores["run_id"]) == {result.id}
    assert result.scores.columns[-1] == "run_id"
    assert result.scores.columns.index("as_of") == result.scores.columns.index("stage") + 1


def test_the_customers_are_read_once() -> None:
    made = small()
    run(made, as_of=AS_OF)
    source = made.sources["crm"].plugin
    assert isinstance(source, Rows)
    assert len(source.reads) <= 2  # as customers, and as the table that is measured


def test_the_fingerprint_does_not_depend_on_who_knew_the_plugins(plugins: Plugins) -> None:
    made = small()
    plugins.component(Aggregator, "weighted_average")
    told = run(made, as_of=AS_OF, plugins=plugins)
    assert set(told.scores["scorecard"]) == set(run(made, as_of=AS_OF).scores["scorecard"])
    assert told.plugins.versions()


def test_the_run_id_depends_on_project_moment_and_configuration_alone() -> None:
    first = run(small(), as_of=AS_OF).id
    assert run(small(), as_of=AS_OF.astimezone(ZoneInfo("UTC"))).id == first
    assert run(small(name="Other"), as_of=AS_OF).id != first
    assert run(small(fingerprint="other"), as_of=AS_OF).id != first
    built, other = small(fingerprint=""), small(fingerprint="", segments={})
    assert run_id(built, AS_OF) != run_id(other, AS_OF)
    assert run(small(), as_of=AS_OF.replace(day=2)).id != first


def test_a_segment_limits_what_is_delivered_and_not_the_population() -> None:
    relative = card(metrics={"usage": ScoredMetric(normalizer=Percentile())})
    customers = {
        "id": [f"k{number:03}" for number in range(100)],
        "plan": ["L", "S"] * 50,
        "usage": [float(number) for number in range(100)],
    }
    made = project(customers, relative, segments=SEGMENTS)
    everybody = run(made, as_of=AS_OF).scores
    large = run(made, as_of=AS_OF, segments=["large"]).scores
    assert len(large) == 50
    assert large.rows() == [row for row in everybody.rows() if row[1] == "large" or "large" in row]


def test_a_customer_is_delivered_by_id() -> None:
    assert run(small(), as_of=AS_OF, customers=["b"]).scores["customer_id"].to_list() == ["b"]


def test_an_unknown_segment_is_refused_before_anything_is_read() -> None:
    made = small(segments=SEGMENTS)
    with pytest.raises(NobodySelected, match="no segment 'larg'; there are large, small") as caught:
        run(made, as_of=AS_OF, segments=["larg"])
    assert caught.value.hint == "large"
    source = made.sources["crm"].plugin
    assert isinstance(source, Rows)
    assert source.reads == []


def test_a_dry_run_delivers_nothing() -> None:
    sink = Remembering()
    result = run(small(sinks=(sink,)), as_of=AS_OF, dry_run=True)
    assert (sink.runs, result.receipts, result.dry_run) == ([], (), True)
    assert len(result.scores) == 3


def test_a_failing_sink_is_recorded_and_the_others_deliver() -> None:
    before, after = Remembering(), Remembering()
    failing = Failing(error=ScorewellError("the disk is full", hint="delete something"))
    result = run(small(sinks=(before, failing, after)), as_of=AS_OF)
    assert [len(sink.runs) for sink in (before, after)] == [1, 1]
    assert [receipt.count for receipt in result.receipts] == [3, 3]
    [failure] = result.failures
    assert (failure.sink, failure.message) == ("sinks.2 (failing)", "the disk is full")
    [found] = result.findings
    assert (found.id, found.level, found.hint) == ("sink-failed", Level.ERROR, "delete something")


def test_a_sinks_bug_is_told_with_its_type() -> None:
    result = run(small(sinks=(Failing(error=KeyError("region")),)), as_of=AS_OF)
    assert result.failures[0].message == "KeyError: 'region'"


def test_a_sink_that_returns_no_receipt_has_failed() -> None:
    class Silent(Remembering):
        def deliver(self, run: Run) -> Receipt:
            return None  # type: ignore[return-value] - as a plugin's author may forget it

    (failure,) = run(small(sinks=(Silent(),)), as_of=AS_OF).failures
    assert failure.message == "deliver returned None: expected a Receipt"


def test_a_sink_that_leaves_python_takes_down_no_other() -> None:
    class Leaving(Remembering):
        def deliver(self, run: Run) -> Receipt:
            raise SystemExit(3)

    after = Remembering()
    (failure,) = run(small(sinks=(Leaving(), after)), as_of=AS_OF).failures
    assert failure.message == "SystemExit: 3"
    assert len(after.runs) == 1


@pytest.fixture
def with_a_source_that_is_down() -> Project:
    made = small()
    down = SourceTables(plugin=Unreadable(), tables=made.sources["crm"].tables)
    lost = Metric(source="tickets", measure=Latest(column="open"))
    card_ = card(metrics={"usage": scored(), "lost": scored()})
    return attrs.evolve(
        made,
        sources={**made.sources, "tickets": down},
        metrics={**made.metrics, "lost": lost},
        scorecards={"standard": card_},
    )


def test_a_source_that_is_down_costs_its_metrics_and_is_told(with_a_source_that_is_down: Project) -> None:
    result = run(with_a_source_that_is_down, as_of=AS_OF)
    assert set(result.metrics.failed) == {"lost"}
    assert result.scores["metric.usage"].to_list() == [100, 50, 20]
    assert set(result.scores["status"]) == {"error"}
    assert any("the server is down" in found.message for found in result.findings)


def test_customers_that_cannot_be_read_stop_the_run() -> None:
    made = small()
    down = SourceTables(plugin=Unreadable(), tables=made.sources["crm"].tables)
    with pytest.raises(ScorewellError, match="the server is down"):
        run(attrs.evolve(made, sources={"crm": down}), as_of=AS_OF)


def test_findings_stand_worst_first_then_by_place() -> None:
    empty = {"empty": Segment(when=Condition("plan = 'X'"), scorecard="standard"), **SEGMENTS}
    failing = (Failing(error=OSError("b")), Failing(error=OSError("a")))
    result = run(small(segments=empty, sinks=failing), as_of=AS_OF)
    assert [(found.level, found.where) for found in result.findings] == [
        (Level.ERROR, "sinks.1 (failing)"),
        (Level.ERROR, "sinks.2 (failing)"),
        (Level.WARNING, "segments.empty"),
    ]


def test_a_rule_that_leaves_nobody_active_is_told() -> None:
    made = small()
    rule = attrs.evolve(made.customers, active=Condition("plan = 'XL'"))
    told = run(attrs.evolve(made, customers=rule), as_of=AS_OF).findings
    assert [(one.where, one.hint) for one in told if one.id == "nobody-active"] == [
        ("customers.active", "check its rule: plan = 'XL'")
    ]


def test_no_customers_at_all_stop_the_run_before_anything_is_delivered() -> None:
    nobody = {"id": [], "plan": [], "usage": []}
    made = project(nobody, card(metrics={"usage": scored()}))
    source = made.sources["crm"].plugin
    assert isinstance(source, Rows)
    typed = attrs.evolve(source, frame=pl.DataFrame(schema={"id": pl.String, "plan": pl.String, "usage": pl.Float64}))
    sink = Remembering()
    made = attrs.evolve(made, sources={"crm": attrs.evolve(made.sources["crm"], plugin=typed)}, sinks=(sink,))
    with pytest.raises(ScorewellError, match=r"crm \(table rows\): there is no customer"):
        run(made, as_of=AS_OF)
    assert sink.runs == []


class Watching:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    @hookimpl
    def run_started(self, run: str) -> None:
        self.told.append(("run_started",))

    @hookimpl
    def step_started(self, kind: str, name: str) -> None:
        self.told.append(("started", kind, name))

    @hookimpl
    def step_finished(self, kind: str, name: str, error: BaseException | None) -> None:
        self.told.append(("finished" if error is None else "failed", kind, name))

    @hookimpl
    def run_finished(self, run: Run, receipts: tuple[Receipt, ...]) -> None:
        self.told.append(("run_finished", str(len(receipts))))


def test_observers_are_told_of_every_step_and_its_end(plugins: Plugins) -> None:
    watching = Watching()
    plugins.observe(watching)
    run(small(sinks=(Remembering(), Failing(error=OSError("full")))), as_of=AS_OF, plugins=plugins)
    kinds = [told[:2] for told in watching.told]
    assert kinds[0] == ("run_started",)
    assert ("finished", "table") in kinds
    assert watching.told[-8:] == [
        ("finished", "fit", "Small"),
        ("started", "score", "Small"),
        ("finished", "score", "Small"),
        ("started", "sink", "sinks.1 (remembering)"),
        ("finished", "sink", "sinks.1 (remembering)"),
        ("started", "sink", "sinks.2 (failing)"),
        ("failed", "sink", "sinks.2 (failing)"),
        ("run_finished", "1"),
    ]


class Clumsy:
    """Fails at everything."""

    @hookimpl
    def step_started(self, kind: str, name: str) -> None:
        raise RuntimeError("oops")


def test_an_observer_that_fails_stops_nothing(plugins: Plugins, caplog: pytest.LogCaptureFixture) -> None:
    watching = Watching()
    plugins.observe(Clumsy())
    plugins.observe(watching)
    result = run(small(), as_of=AS_OF, plugins=plugins)
    assert len(result.scores) == 3
    assert ("started", "fit", "Small") in watching.told
    assert "Clumsy" in caplog.text


def test_a_sink_sees_the_run_as_the_interface_says() -> None:
    sink = Remembering()
    run(small(sinks=(sink,)), as_of=AS_OF)
    [seen] = sink.runs
    assert (seen.project, seen.as_of, len(seen.scores)) == ("Small", AS_OF, 3)
    assert list(seen.bands) == ["at_risk", "stable", "healthy"]
    assert all(len(color) == 7 and color.startswith("#") for color in seen.bands.values())
    assert seen.findings == ()


def test_the_fingerprint_of_a_score_depends_on_the_fit() -> None:
    relative = card(metrics={"usage": ScoredMetric(normalizer=Percentile())})
    ids = [f"k{number}" for number in range(50)]
    made = [project({"id": ids, "usage": [float(n * k) for n in range(50)]}, relative) for k in (1, 2)]
    one, other = (run(each, as_of=AS_OF).scores["scorecard"].unique().to_list() for each in made)
    assert one != other
