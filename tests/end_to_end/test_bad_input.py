"""Bad input, from the files to the exit code: the message says where and what, and the rest is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode

Check = Callable[[str], None]


def scores(project: ProjectOnDisk) -> dict[str, dict[str, Any]]:
    """The delivered scores by customer."""
    [file] = (project.folder / "out/parquet").iterdir()
    return {row["customer_id"]: row for row in pl.read_parquet(file).iter_rows(named=True)}


def finding(output: str, where: str) -> dict[str, Any]:
    """The finding about that place among those of ``run --json``."""
    [found] = (found for found in json.loads(output)["findings"] if found["where"] == where)
    return found


# -- what stops a run before it begins ---------------------------------------------------------------------------------


def test_a_missing_configuration_is_told_with_its_path(project: ProjectOnDisk) -> None:
    (project.folder / "scorewell.yaml").unlink()
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "scorewell.yaml" in result.stderr
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr


def test_all_mistakes_of_a_configuration_are_told_at_once_with_their_lines(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "weight: 60", "wieght: 60")
    project.replace("scorewell.yaml", "window: 90d", "window: 90 moons")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "scorewell.yaml:15:" in result.stderr
    assert "scorewell.yaml:21:" in result.stderr
    assert "did you mean 'weight'?" in result.stderr
    assert project.delivered() == {}


def test_weights_that_are_all_zero_are_refused(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "weight: 60", "weight: 0")
    project.replace("scorewell.yaml", "weight: 40", "weight: 0")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "scorewell.yaml:17:3 scorecards.standard: the weights of its parts are all zero" in result.stderr


def test_missing_customers_stop_the_run_and_name_the_file(project: ProjectOnDisk) -> None:
    (project.folder / "accounts.csv").unlink()
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    assert "error: scorewell.yaml:5:3: crm: accounts.csv does not exist" in result.stderr
    assert "Traceback" not in result.stderr
    assert project.delivered() == {}


def test_an_empty_customers_file_stops_the_run(project: ProjectOnDisk) -> None:
    project.write("accounts.csv", "")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    assert "accounts.csv is empty: expected a header line" in result.stderr


def test_a_customers_file_without_customers_stops_the_run_and_leaves_what_was_delivered(project: ProjectOnDisk) -> None:
    assert project.scorewell("run").exit_code == ExitCode.OK
    before = project.delivered()
    project.write("accounts.csv", "id,name,plan,seats\n")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.DATA == project.scorewell("check").exit_code
    assert result.stderr.splitlines()[-1].endswith("accounts.csv): there is no customer")
    assert project.delivered() == before


def test_duplicate_customers_stop_the_run_and_are_named(project: ProjectOnDisk) -> None:
    project.replace("accounts.csv", "c3,Initech", "a1,Acme again,Large,3\nc3,Initech")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    assert "accounts.csv" in result.stderr
    assert "'a1'" in result.stderr
    assert "expected one row per customer" in result.stderr


def test_a_rule_of_who_is_active_that_cannot_be_read_stops_the_run_at_its_line(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "  source: crm\n", "  source: crm\n  active: statsu = 'open'\n")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    assert "error: scorewell.yaml:10:3: customers.active: crm (table accounts.csv): no column 'statsu'" in result.stderr


def test_a_rule_that_leaves_nobody_active_is_told_before_a_run_too(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "  source: crm\n", "  source: crm\n  active: plan = 'Paying'\n")
    for command in ("check", "run"):
        result = project.scorewell(command)
        assert result.exit_code == ExitCode.OK
        assert "no customer is active, so nobody has a score" in result.output


def test_customers_who_are_called_by_numbers_have_their_pages(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "roles: {name: name}", "roles: {name: seats}")
    assert project.scorewell("run").exit_code == ExitCode.OK
    assert [row["name"] for row in scores(project).values()] == ["10", "20", "5"]
    assert "<bdi>20</bdi>" in (project.folder / "out/internal/customers/b2.html").read_text()


def test_revenue_that_is_text_is_told_with_the_cells_that_make_it_so(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "roles: {name: name}", "roles: {name: name, revenue: seats}")
    project.replace("accounts.csv", "Large,20", "Large,$20")
    for command in ("check", "run"):
        result = project.scorewell(command, "--json")
        (found,) = [each for each in json.loads(result.stdout)["findings"] if each["id"] == "revenue-is-text"]
        assert found["where"] == "customers.roles.revenue"
        assert found["examples"] == ["$20"]


# -- what costs a metric, and nothing else -----------------------------------------------------------------------------


@pytest.fixture
def usage_is_lost(project: ProjectOnDisk) -> Check:
    """Asserts that the run went on without the metric of usage, and said why."""

    def check(why: str) -> None:
        result = project.scorewell("run", "--json")
        assert result.exit_code == ExitCode.DATA
        document = json.loads(result.stdout)
        assert list(document["failed_metrics"]) == ["minutes"]
        assert why in document["failed_metrics"]["minutes"]
        assert any(why in found["message"] and found["level"] == "error" for found in document["findings"])
        rows = scores(project)
        assert {row["status"] for row in rows.values()} == {"error"}
        assert rows["b2"]["metric.minutes"] is None
        assert rows["b2"]["metric.open_tickets"] == 1
        assert len(document["delivered"]) == 5

    return check


def test_a_missing_file_is_told_with_its_folders_files(project: ProjectOnDisk, usage_is_lost: Check) -> None:
    (project.folder / "usage.csv").unlink()
    usage_is_lost("usage.csv does not exist")


def test_an_empty_file_is_told_with_what_was_expected(project: ProjectOnDisk, usage_is_lost: Check) -> None:
    project.write("usage.csv", "")
    usage_is_lost("usage.csv is empty: expected a header line")


def test_a_wrong_column_is_told_with_those_there_are(project: ProjectOnDisk, usage_is_lost: Check) -> None:
    project.replace("usage.csv", "minutes", "mins")
    usage_is_lost("no column 'minutes'; it has mins, account, day")


def test_a_wrong_column_in_the_configuration_is_told_too(project: ProjectOnDisk, usage_is_lost: Check) -> None:
    project.replace("scorewell.yaml", "sum(minutes)", "sum(minuts)")
    usage_is_lost("no column 'minuts'; it has minutes, account, day")


def test_a_corrupt_file_is_told_with_its_name(project: ProjectOnDisk, usage_is_lost: Check) -> None:
    project.replace("scorewell.yaml", "usage.csv", "usage.parquet")
    project.write("usage.parquet", b"PAR1 this is no parquet file PAR1")
    usage_is_lost("usage.parquet")


def test_a_file_that_is_not_there_is_told_once_and_without_whose_source_it_is(project: ProjectOnDisk) -> None:
    (project.folder / "usage.csv").unlink()
    found = finding(project.scorewell("run", "--json").stdout, "usage")
    assert found["message"].startswith("usage: usage.csv does not exist")


def test_a_moment_before_all_data_is_told_of_every_table_by_run_and_by_check(project: ProjectOnDisk) -> None:
    ran = project.scorewell("run", "--json", "--as-of", "2010-01-01")
    assert ran.exit_code == ExitCode.OK
    checked = project.scorewell("check", "--json", "--as-of", "2010-01-01")
    for output in (ran.stdout, checked.stdout):
        for name in ("usage", "tickets"):
            found = finding(output, name)
            assert (found["id"], found["level"]) == ("no-rows-yet", "warning")
            assert "no row is from before 2010-01-01T00:00:00+01:00" in found["message"]


HALFWAY = '''
from datetime import date

import polars as pl
from polars.io.plugins import register_io_source
from scorewell.api.v1 import ReadError, Source, frozen, hookimpl, setting


@frozen
class Halfway(Source):
    """Yields some rows, then breaks: as itself, or with an error that knows its place."""

    name = "halfway"
    knows_its_place: bool = setting("whether the error does")

    def scan(self, table, period):
        schema = {"account": pl.String, "day": pl.Date, "minutes": pl.Int64}

        def batches(columns, predicate, rows, size):
            yield pl.DataFrame({"account": ["a1"], "day": [date(2026, 2, 20)], "minutes": [5]}).select(
                columns or list(schema)
            )
            if self.knows_its_place:
                raise ReadError("page 2 of 7: the server hung up")
            raise ZeroDivisionError("a bug of the plugin")

        return register_io_source(batches, schema=schema)


@hookimpl
def scorewell_register(registry):
    registry.component(Halfway)
'''


@pytest.fixture
def halfway(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with a source that breaks half way, installed as pip would."""
    site = tmp_path_factory.mktemp("site")
    (site / "breaks_halfway.py").write_text(HALFWAY)
    info = site / "scorewell_halfway-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scorewell-halfway\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[scorewell.plugins]\nhalfway = breaks_halfway\n")
    monkeypatch.syspath_prepend(str(site))


@pytest.mark.usefixtures("halfway")
@pytest.mark.parametrize(
    ("knows_its_place", "why"),
    [("true", "page 2 of 7: the server hung up"), ("false", "a bug of the plugin")],
)
def test_a_source_that_breaks_half_way_costs_its_own_metrics_alone(
    project: ProjectOnDisk, usage_is_lost: Check, knows_its_place: str, why: str
) -> None:
    project.replace(
        "scorewell.yaml", "plugin: files, path: usage.csv", f"plugin: halfway, knows_its_place: {knows_its_place}"
    )
    usage_is_lost(why)


def test_a_wrong_type_in_an_undeclared_column_is_told_with_what_was_expected(
    project: ProjectOnDisk, usage_is_lost: Check
) -> None:
    project.replace("usage.csv", "c3,2026-02-27,45", "c3,2026-02-27,45\nc3,2026-02-28,many")
    usage_is_lost("a sum of text: expected numbers")


def test_a_wrong_type_in_row_n_of_a_declared_column_is_told_with_its_line(
    project: ProjectOnDisk,
) -> None:
    project.replace("scorewell.yaml", "path: usage.csv,", "path: usage.csv, types: {minutes: number},")
    project.replace("usage.csv", "c3,2026-02-27,45", "c3,2026-02-27,45\nc3,2026-02-28,many")
    result = project.scorewell("run", "--json")
    assert result.exit_code == ExitCode.OK
    found = finding(result.stdout, "usage")
    assert found["id"] == "rejected-rows"
    assert "minutes: 'many' is not a number" in found["message"]
    assert found["examples"] == ["usage.csv line 6"]
    assert scores(project)["c3"]["metric.minutes"] == 45


# -- what costs rows, or nothing ---------------------------------------------------------------------------------------


def test_a_cell_that_makes_text_of_a_scored_column_costs_its_metric_alone(project: ProjectOnDisk) -> None:
    project.replace("accounts.csv", "c3,Initech,Small,5", "c3,Initech,Small,n/a")
    project.replace(
        "scorewell.yaml",
        "  rating: {source",
        "  bought: {source: crm, measure: {type: latest, column: seats}}\n  rating: {source",
    )
    project.replace(
        "scorewell.yaml",
        "          open_tickets:",
        "          bought: {normalizer: {type: linear, from: 0, to: 20}}\n          open_tickets:",
    )
    result = project.scorewell("run", "--json")
    assert result.exit_code == ExitCode.DATA
    found = finding(result.stdout, "metrics.bought")
    assert "metric 'bought' is a category, and normalizer 'linear' needs a number" in found["message"]
    assert {row["status"] for row in scores(project).values()} == {"error"}
    assert all(row["score"] is not None for row in scores(project).values())
    assert {row["metric.bought"] for row in scores(project).values()} == {None}


def test_a_column_of_a_metric_is_of_numbers_also_in_a_run_that_could_not_read_it(project: ProjectOnDisk) -> None:
    project.replace(
        "scorewell.yaml",
        "          open_tickets:",
        "          seats_now: {normalizer: percentile}\n          open_tickets:",
    )
    project.replace(
        "scorewell.yaml",
        "  rating: {source",
        "  seats_now: {source: crm, measure: {type: latest, column: seats}}\n  rating: {source",
    )
    assert project.scorewell("run", "--as-of", "2026-02-28").exit_code == ExitCode.OK
    project.replace("accounts.csv", "c3,Initech,Small,5", "c3,Initech,Small,n/a")
    assert project.scorewell("run").exit_code == ExitCode.DATA
    assert pl.read_parquet(project.folder / "out/parquet").schema["metric.seats_now"] == pl.Float64


def test_a_cell_that_makes_text_of_what_a_rule_compares_is_told_with_the_rules_line(project: ProjectOnDisk) -> None:
    project.replace("accounts.csv", "c3,Initech,Small,5", "c3,Initech,Small,n/a")
    project.replace("scorewell.yaml", "when: plan = 'Large'", "when: seats > 5")
    project.replace(
        "scorewell.yaml",
        "    minimum_coverage: 30%",
        "    adjustments: [{when: seats > 6, add: 1, because: many}]\n    minimum_coverage: 30%",
    )
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.CONFIGURATION
    expected = "'>' cannot take text and a number together"
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert [line.partition(": seats")[0] for line in lines] == [
        "error: scorewell.yaml:18:20 scorecards.standard.adjustments.1.when",
        "error: scorewell.yaml:31:11 segments.large.when",
    ]
    assert all(expected in line for line in lines)


def test_a_cell_that_is_no_date_is_told_in_words_and_with_its_column(project: ProjectOnDisk) -> None:
    project.replace(
        "scorewell.yaml",
        "{source: usage, measure: sum(minutes),",
        "{source: crm, measure: {days_since: {column: plan}},",
    )
    project.replace("scorewell.yaml", " window: 30d, audience", " audience")
    for command in ("check", "run"):
        assert "a cell of 'plan' is not a date as 2026-03-01" in project.scorewell(command, "--json").stdout


@pytest.mark.parametrize("key", ["A1", "a1 ", "0a1"])
def test_keys_that_are_nearly_the_customers_say_what_to_try(project: ProjectOnDisk, key: str) -> None:
    project.replace("usage.csv", "a1,2026-02-20", f"{key},2026-02-20")
    found = json.loads(project.scorewell("check", "--json").stdout)["findings"]
    (stray,) = [each for each in found if each["id"] == "unknown-customers"]
    assert stray["hint"].startswith("write keys as the customers' are")


def test_unknown_customers_in_events_are_counted_and_named(project: ProjectOnDisk) -> None:
    project.replace("usage.csv", "c3,2026-02-27", "zz,2026-02-27,1\nc3,2026-02-27")
    result = project.scorewell("run", "--json")
    assert result.exit_code == ExitCode.OK
    found = finding(result.stdout, "usage")
    assert "no customer has" in found["message"]
    assert "usage.csv" in found["message"]
    assert (found["count"], found["examples"]) == (1, ["zz"])
    assert "zz" not in scores(project)


def test_nan_and_infinities_count_as_missing_and_are_told(project: ProjectOnDisk) -> None:
    project.replace("usage.csv", "c3,2026-02-27,45", "c3,2026-02-26,nan\nc3,2026-02-25,-inf\nc3,2026-02-27,45")
    result = project.scorewell("run", "--json")
    assert result.exit_code == ExitCode.OK
    found = finding(result.stdout, "usage")
    assert found["count"] == 2
    assert "cells of 'minutes'" in found["message"]
    assert "NaN or infinite" in found["message"]
    assert scores(project)["c3"]["metric.minutes"] == 45


def test_a_segment_with_nobody_is_told_with_its_rule(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "plan = 'Large'", "plan = 'Huge'")
    result = project.scorewell("run", "--json")
    assert result.exit_code == ExitCode.OK
    found = finding(result.stdout, "segments.large")
    assert (found["id"], found["message"]) == ("empty-segment", "no customer is in it")
    assert found["hint"] == "check its rule: plan = 'Huge'"


def test_a_metric_with_no_data_at_all_is_told_and_does_not_lower_the_score(project: ProjectOnDisk) -> None:
    project.write("tickets.csv", "account,opened,closed,rating\n")
    result = project.scorewell("run", "--json")
    assert result.exit_code == ExitCode.OK
    assert finding(result.stdout, "metrics.rating")["message"] == "no active customer has a value"
    # 90 minutes are 90 and weigh 60; no open tickets are 100 and weigh 40: 94. The rating is left out.
    assert scores(project)["a1"]["score"] == 94
    assert scores(project)["a1"]["status"] == "partial"


# -- sinks -------------------------------------------------------------------------------------------------------------


def test_a_sink_that_fails_stops_no_other_and_a_second_run_repairs_it(project: ProjectOnDisk) -> None:
    reference = project.scorewell("run")
    assert reference.exit_code == ExitCode.OK
    whole = project.delivered()
    (project.folder / "out").rename(project.folder / "away")
    # A file stands where the second of five sinks wants its folder.
    project.write("out/csv", "in the way")

    failed = project.scorewell("run", "--json")
    assert failed.exit_code == ExitCode.SINK
    document = json.loads(failed.stdout)
    [failure] = document["failed_sinks"]
    assert failure["sink"] == "sinks.2 (csv)"
    assert "cannot be written" in failure["message"]
    assert len(document["delivered"]) == 4
    found = finding(failed.stdout, "sinks.2 (csv)")
    assert (found["id"], found["level"]) == ("sink-failed", "error")
    assert {path for path in project.delivered() if path.startswith("parquet")} == {
        path for path in whole if path.startswith("parquet")
    }

    (project.folder / "out/csv").unlink()
    assert project.scorewell("run").exit_code == ExitCode.OK
    assert project.delivered() == whole


def test_a_failed_sink_is_told_in_words_on_the_screen(project: ProjectOnDisk) -> None:
    project.write("out/csv", "in the way")
    output = " ".join(project.scorewell("run").stdout.split())
    assert "failed sinks.2 (csv)" in output
    assert "run again when the cause is gone" in output
