"""The commands, on a small project: what they print, and what their exit code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli import cli
from scorewell.cli.exit_codes import ExitCode


def words(text: str) -> str:
    """A text with every run of spaces and line breaks as one space."""
    return " ".join(text.split())


# -- run ---------------------------------------------------------------------------------------------------------------


def test_a_run_prints_segments_bands_and_what_was_delivered(project: ProjectOnDisk) -> None:
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.OK
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][:5] == ["Test", "Cloud", "as", "of", "2026-03-01"]
    # a1: 90 minutes and a perfect rating, b2: 10 minutes and an open ticket, c3: 45 minutes and no ticket ever.
    assert ["large", "2", "1", "-", "1", "-", "57.5"] in lines
    assert ["everyone_else", "1", "-", "1", "-", "-", "67"] in lines
    assert ["all", "3", "1", "1", "1", "-", "67"] in lines
    assert sum(line[:1] == ["delivered"] for line in lines) == 5


def test_a_run_takes_no_median_of_scores_of_different_scales(project: ProjectOnDisk) -> None:
    bands = "[{name: at_risk, up_to: 4}, {name: healthy, up_to: 10}]"
    small = f"  tenths: {{extends: standard, scale: [0, 10], bands: {bands}}}\n"
    project.replace("scorewell.yaml", "segments:\n", f"{small}segments:\n")
    project.replace("scorewell.yaml", "'Large', scorecard: standard", "'Large', scorecard: tenths")
    lines = [line.split() for line in project.scorewell("run").stdout.splitlines()]
    # a1 and b2 have 9 and 2 of 10, c3 has 67 of 100.
    assert [line[-1] for line in lines if line[:1] == ["large"]] == ["5.5"]
    assert [line[-3:] for line in lines if line[:1] == ["all"]] == [["67", "of", "100"]]


def test_a_page_for_a_customer_says_that_its_figures_are_old(project: ProjectOnDisk) -> None:
    project.scorewell("run")
    assert b"data that is no longer updated" not in project.delivered()["customers/customers/a1.html"]
    project.replace(
        "scorewell.yaml", "customer: account, time: day}", "customer: account, time: day, fresh_within: 1d}"
    )
    project.scorewell("run")
    assert b"data that is no longer updated" in project.delivered()["customers/customers/a1.html"]


def test_one_customer_in_a_band_is_not_several(project: ProjectOnDisk) -> None:
    project.scorewell("run")
    page = project.delivered()["internal/index.html"].decode()
    assert "customer (33%)" in page
    assert "customers (33%)" not in page


def test_explain_writes_one_of_a_unit_in_the_singular(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "better: lower}", "better: lower, unit: days}")
    assert "1 day " in project.scorewell("explain", "b2").stdout
    assert "0 days " in project.scorewell("explain", "a1").stdout


def test_progress_elsewhere_than_on_a_terminal_is_a_line_a_step_on_standard_error(project: ProjectOnDisk) -> None:
    stderr = project.scorewell("run").stderr.splitlines()
    assert "measured usage" in stderr
    assert "fitted Test Cloud" in stderr
    assert "delivered to sinks.1 (parquet)" in stderr


def test_quiet_prints_nothing_when_all_is_well(project: ProjectOnDisk) -> None:
    result = project.scorewell("run", "--quiet")
    assert (result.stdout, result.stderr) == ("", "")


def test_quiet_still_tells_what_failed(project: ProjectOnDisk) -> None:
    project.write("out/csv", "in the way")
    result = project.scorewell("run", "--quiet")
    assert result.exit_code == ExitCode.SINK
    assert result.stdout == ""
    assert "sinks.2 (csv): did not deliver" in result.stderr


def test_json_is_one_document_even_where_a_sink_prints(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "plugin: csv, path: out/csv/", "plugin: console")
    result = project.scorewell("run", "--json")
    document = json.loads(result.stdout)
    assert [(row["customer_id"], row["score"]) for row in document["scores"]] == [("a1", 94), ("b2", 21), ("c3", 67)]
    assert document["as_of"] == "2026-03-01T00:00:00+01:00"
    assert "lowest: 21 at_risk Globex" in result.stderr


def test_a_dry_run_delivers_nothing_and_says_so(project: ProjectOnDisk) -> None:
    result = project.scorewell("run", "--dry-run")
    assert result.exit_code == ExitCode.OK
    assert "Dry run: nothing was delivered" in result.stdout
    assert project.delivered() == {}


def test_a_run_may_be_limited_to_a_segment_or_a_customer_by_name(project: ProjectOnDisk) -> None:
    def delivered(*arguments: str) -> list[str]:
        document = json.loads(project.scorewell("run", "--json", "--dry-run", *arguments).stdout)
        return [row["customer_id"] for row in document["scores"]]

    assert delivered("--segment", "large") == ["a1", "b2"]
    assert delivered("--customer", "initech", "--customer", "a1") == ["a1", "c3"]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("--segment", "lage"), "no segment 'lage'; there are large, everyone_else", "large"),
        (("--customer", "Akme"), "no customer with the id or name 'Akme' among 3", "Acme"),
    ],
)
def test_naming_nobody_is_a_usage_error_with_a_near_miss(
    project: ProjectOnDisk, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    result = project.scorewell("run", *arguments)
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr.splitlines()[-2:] == [f"error: {message}", f"    try: {hint}"]
    assert project.delivered() == {}


def test_logs_are_one_json_object_a_line_with_durations(project: ProjectOnDisk) -> None:
    project.write("out/csv", "in the way")
    result = project.scorewell("run", "--log-format", "json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert events[0]["event"] == "run_started"
    assert events[-1]["event"] == "run_finished"
    assert events[-1]["customers"] == 3
    [failed] = [each for each in events if each["event"] == "step_failed"]
    assert (failed["level"], failed["kind"], failed["name"]) == ("error", "sink", "sinks.2 (csv)")
    assert all(each["seconds"] >= 0 for each in events if each["event"] == "step_finished")


def test_an_error_in_json_logs_is_an_object_too(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "weight: 60", "wieght: 60")
    result = project.scorewell("run", "--log-format", "json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert result.exit_code == ExitCode.CONFIGURATION
    assert {each["exit_code"] for each in events} == {ExitCode.CONFIGURATION}
    assert "unknown setting 'wieght'" in events[0]["message"]


def test_preferences_may_stand_before_the_command(project: ProjectOnDisk) -> None:
    command = ["--quiet", "run", "--as-of", "2026-03-01", "-c", str(project.folder / "scorewell.yaml")]
    assert CliRunner().invoke(cli, command).output == ""


def test_verbose_shows_the_traceback_behind_an_error(project: ProjectOnDisk) -> None:
    (project.folder / "accounts.csv").unlink()
    assert "Traceback" not in project.scorewell("run").stderr
    assert "Traceback" in project.scorewell("run", "--verbose").stderr


def test_a_bug_is_told_in_one_line_as_a_bug(project: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: Any, **_named: Any) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("scorewell.runner.run", broken)
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.BUG
    assert "error: unexpected ZeroDivisionError: division by zero" in result.stderr
    assert "report it as a bug" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interrupt_has_a_code_of_its_own(project: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scorewell.runner.run", interrupted)
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.INTERRUPTED
    assert result.stderr.splitlines()[-1] == "stopped"


# -- check -------------------------------------------------------------------------------------------------------------


def test_check_of_a_sound_project_says_what_it_holds(project: ProjectOnDisk) -> None:
    result = project.scorewell("check")
    assert result.exit_code == ExitCode.OK
    assert "3 tables, 3 metrics, 1 scorecard, 2 segments, 5 sinks" in result.stdout
    assert result.stdout.endswith("no findings\n")


def test_check_tells_data_findings_and_fails_on_errors_alone(project: ProjectOnDisk) -> None:
    project.replace("tickets.csv", "a1,2026-02-01", "zz,2026-02-01")
    warned = project.scorewell("check")
    assert warned.exit_code == ExitCode.OK
    assert "tickets.csv" in warned.stdout
    assert warned.stdout.endswith("1 warning\n")
    (project.folder / "usage.csv").unlink()
    failed = project.scorewell("check")
    assert failed.exit_code == ExitCode.DATA
    assert "usage.csv does not exist" in words(failed.stdout)


def test_check_without_data_reads_none(project: ProjectOnDisk) -> None:
    (project.folder / "usage.csv").unlink()
    assert project.scorewell("check", "--no-data").exit_code == ExitCode.OK


def test_check_tells_all_mistakes_of_the_configuration(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "weight: 60", "wieght: 60")
    project.replace("scorewell.yaml", "measure: open,", "measure: opne,")
    plain = project.scorewell("check")
    assert plain.exit_code == ExitCode.CONFIGURATION
    assert [line.partition(" ")[0] for line in plain.stderr.splitlines() if "scorewell.yaml:" in line] == ["error:"] * 2
    document = json.loads(project.scorewell("check", "--json").stdout)
    assert [(problem["line"], problem["path"].split(".")[0]) for problem in document["problems"]] == [
        (14, "metrics"),
        (21, "scorecards"),
    ]


# -- explain -----------------------------------------------------------------------------------------------------------


def test_explain_prints_a_tree_from_value_to_points(project: ProjectOnDisk) -> None:
    result = project.scorewell("explain", "Globex")
    assert result.exit_code == ExitCode.OK
    told = words(result.stdout)
    assert "21 of 100, at risk" in told
    assert "minutes 10 10 60% -54" in told
    assert "open tickets 1 50 20% -10" in told
    assert "rating 2 25 20% -15" in told
    assert "+54 minutes at 100 then 75, healthy" in told


def test_explain_says_in_words_what_is_missing(project: ProjectOnDisk) -> None:
    told = words(project.scorewell("explain", "c3").stdout)
    assert "rating - - - - no data: left out, its weight goes to the others" in told
    assert "data for 80% of the weight" in told


def test_explain_keeps_its_tree_whole_where_there_is_little_room(
    project: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    project.replace(
        "scorewell.yaml",
        "{source: tickets, measure: open,",
        "{source: tickets, measure: open, label: Tickets that nobody has answered so far,",
    )
    told = re.sub(r"\x1b\[[0-9;]*m", "", project.scorewell("explain", "c3").stdout).splitlines()
    assert max(map(len, told)) <= 80
    first = next(number for number, line in enumerate(told) if "Tickets that nobody" in line)
    assert told[first + 1].startswith(("│", " "))
    assert "answered so far" in told[first + 1]
    assert any(line.startswith("rating") and "no data: " in line for line in told)


def test_explain_as_json_is_one_document(project: ProjectOnDisk) -> None:
    document = json.loads(project.scorewell("explain", "b2", "--json").stdout)
    assert (document["score"], document["band"], document["improvements"][0]["path"]) == (
        21,
        "at_risk",
        "product_usage.minutes",
    )


def test_explain_of_nobody_is_a_usage_error(project: ProjectOnDisk) -> None:
    result = project.scorewell("explain", "Globx")
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr.splitlines()[-1] == "    try: Globex"


# -- plugins, init, demo -----------------------------------------------------------------------------------------------


def test_plugins_lists_the_standard_plugin_with_its_components() -> None:
    told = words(CliRunner().invoke(cli, ["plugins"]).stdout)
    assert "standard scorewell" in told
    assert "edition v1" in told
    assert "points, rules, weakest_share, weighted_average" in told
    document = json.loads(CliRunner().invoke(cli, ["plugins", "--json"]).stdout)
    [standard] = (plugin for plugin in document["plugins"] if plugin["name"] == "standard")
    assert (standard["problem"], standard["edition"]) == (None, "v1")
    assert {"files", "sql"} <= set(standard["components"]["source"])


def test_init_writes_a_project_that_checks_and_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(cli, ["init", "mine"])
    assert made.exit_code == ExitCode.OK
    assert "wrote mine/scorewell.yaml" in made.stdout
    assert made.stdout.splitlines()[-1] == (
        "next:  cd mine && scorewell check --as-of 2026-03-01 && scorewell run --as-of 2026-03-01"
    )
    monkeypatch.chdir(tmp_path / "mine")
    assert CliRunner().invoke(cli, ["check"]).exit_code == ExitCode.OK
    run = CliRunner().invoke(cli, ["run", "--as-of", "2026-03-01", "--json", "--dry-run"])
    assert run.exit_code == ExitCode.OK
    assert len({row["band"] for row in json.loads(run.stdout)["scores"] if row["band"]}) == 3


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = CliRunner().invoke(cli, ["init", str(tmp_path)])
    assert result.exit_code == ExitCode.USAGE
    assert "is not empty: name a folder that is empty or does not exist yet" in words(result.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_demo_scores_a_made_up_company_and_says_what_to_open(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = CliRunner().invoke(cli, ["demo", str(folder), "--customers", "30"])
    assert first.exit_code == ExitCode.OK, first.output
    path = Path(first.stdout.splitlines()[-1].removeprefix("Open  "))
    assert path.is_file()
    assert path.is_absolute()
    assert path.name == "index.html"
    assert "What changed since February 22, 2026?" in path.read_text(encoding="utf-8")
    (folder / "scorewell.db").write_bytes(b"the history of another company")
    again = CliRunner().invoke(cli, ["demo", str(folder), "--customers", "30"])
    assert again.exit_code == ExitCode.OK
    assert again.stdout == first.stdout


def test_the_demo_writes_over_a_demo_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    result = CliRunner().invoke(cli, ["demo", str(tmp_path)])
    assert result.exit_code == ExitCode.USAGE
    assert "is not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31"])
def test_a_moment_at_the_ends_of_the_calendar_is_refused_before_anything_is_read(moment: str) -> None:
    result = CliRunner().invoke(cli, ["run", "--as-of", moment])
    assert result.exit_code == ExitCode.USAGE
    assert f"'{moment}' is not within the years 1900 to 9000" in result.stderr
