"""`scorewell history`: what is kept, looked at, taken elsewhere and kept in order."""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from tests.support.project_on_disk import ProjectOnDisk

from scorewell.cli.exit_codes import ExitCode

OLD = """\
customer_id,date,score,band
a1,2026-02-28,55,yellow
b2,2026-02-28,,red
c3,28.2.2026,70,green
"""


@pytest.fixture
def kept(project: ProjectOnDisk) -> ProjectOnDisk:
    """A project with runs of two moments."""
    for day in ("2026-02-22", "2026-03-01"):
        assert project.scorewell("run", "--as-of", day, "--quiet").exit_code == ExitCode.OK
    return project


def document(project: ProjectOnDisk, *arguments: str, code: ExitCode = ExitCode.OK) -> dict[str, Any]:
    result = project.scorewell("history", *arguments, "--json")
    assert result.exit_code == code, result.output
    said: dict[str, Any] = json.loads(result.stdout)
    return said


def said(project: ProjectOnDisk, *arguments: str, code: ExitCode = ExitCode.OK) -> str:
    result = project.scorewell("history", *arguments)
    assert result.exit_code == code, result.output
    return result.output


def test_runs_are_listed_by_their_moment(kept: ProjectOnDisk) -> None:
    runs = document(kept, "list")["runs"]
    assert [run["as_of"] for run in runs] == ["2026-02-22T00:00:00+01:00", "2026-03-01T00:00:00+01:00"]
    assert [(run["kind"], run["customers"]) for run in runs] == [("run", 3), ("run", 3)]
    assert runs[0]["run_id"] in said(kept, "list")
    assert [run["as_of"] for run in document(kept, "list", "--since", "2026-02-23")["runs"]] == [runs[1]["as_of"]]


def test_a_superseded_run_is_listed_where_all_are_wanted(kept: ProjectOnDisk) -> None:
    kept.replace("scorewell.yaml", "minimum_coverage: 30%", "minimum_coverage: 40%")
    assert kept.scorewell("run", "--as-of", "2026-03-01", "--quiet").exit_code == ExitCode.OK
    assert len(document(kept, "list")["runs"]) == 2
    assert [run["superseded"] for run in document(kept, "list", "--all")["runs"]] == [False, True, False]
    assert "superseded" in said(kept, "list", "--all")


def test_a_superseded_run_is_shown_with_the_band_changes_that_it_had(kept: ProjectOnDisk) -> None:
    former = document(kept, "show", "2026-03-01")
    assert former["band_changes"] > 0
    kept.replace("scorewell.yaml", "minimum_coverage: 30%", "minimum_coverage: 40%")
    assert kept.scorewell("run", "--as-of", "2026-03-01", "--quiet").exit_code == ExitCode.OK
    assert document(kept, "show", former["run_id"])["band_changes"] == former["band_changes"]


def test_without_a_history_there_is_nothing_to_look_at(project: ProjectOnDisk) -> None:
    told = said(project, "list", code=ExitCode.HISTORY)
    assert f"history {project.folder / 'scorewell.db'}: there is no history yet" in told
    assert not (project.folder / "scorewell.db").exists()


def test_a_run_is_shown_by_its_moment_and_by_its_id(kept: ProjectOnDisk) -> None:
    details = document(kept, "show", "2026-03-01")
    assert details == document(kept, "show", details["run_id"])
    assert sum(details["statuses"].values()) == 3
    assert len(details["delivered"]) == 5
    told = said(kept, "show", "2026-03-01")
    assert "band changes" in told
    assert "sinks.1 (parquet)" in told


def test_a_run_is_shown_with_what_each_sink_came_to(project: ProjectOnDisk) -> None:
    project.write("out/csv", "in the way")
    assert project.scorewell("run", "--as-of", "2026-03-01", "--customer", "a1").exit_code == ExitCode.SINK
    told = " ".join(said(project, "show", "2026-03-01").split())
    assert re.search(r"sinks.1 \(parquet\) 1 row in \S+", told)
    assert re.search(r"sinks.2 \(csv\) failed: \S+", told)


def test_a_line_that_begins_anew_is_no_band_change_of_the_run(kept: ProjectOnDisk) -> None:
    kept.replace("scorewell.yaml", "weight: 60", "weight: 50")
    assert kept.scorewell("run", "--as-of", "2026-03-01", "--quiet").exit_code == ExitCode.OK
    assert document(kept, "show", "2026-03-01")["band_changes"] == 0


def test_a_moment_without_a_run_names_the_one_before(kept: ProjectOnDisk) -> None:
    told = said(kept, "show", "2026-02-25", code=ExitCode.USAGE)
    assert "there is no run of 2026-02-25 00:00" in told
    assert "the one before is of 2026-02-22 00:00" in told


def test_a_customer_is_shown_by_its_id_and_by_its_name(kept: ProjectOnDisk) -> None:
    acme = document(kept, "show", "Acme")
    assert acme == document(kept, "show", "a1")
    assert [score["as_of"] for score in acme["scores"]] == [
        "2026-03-01T00:00:00.000000+01:00",
        "2026-02-22T00:00:00.000000+01:00",
    ]
    assert set(acme["scores"][0]["dimensions"]) == {"product_usage", "support"}
    assert acme["name"] == "Acme"
    assert said(kept, "show", "a1", "--limit", "1").count("2026-") == 1
    lines = said(kept, "show", "a1").splitlines()
    assert lines[0] == "Acme  a1"
    assert lines[-1].endswith("first score")


def test_who_is_unknown_is_told_with_near_misses(kept: ProjectOnDisk) -> None:
    assert "Acme" in said(kept, "show", "Acmee", code=ExitCode.USAGE)


def test_an_export_that_has_no_place_is_told_as_that(kept: ProjectOnDisk) -> None:
    kept.write("taken", "")
    result = kept.scorewell("history", "export", str(kept.folder / "taken" / "inside"))
    assert result.exit_code == ExitCode.DATA
    assert re.search(r"error: \S+taken\S+ cannot be written: Not a directory", result.stderr)


def test_the_first_day_of_all_is_no_moment_of_a_run(kept: ProjectOnDisk) -> None:
    assert kept.scorewell("history", "show", "0001-01-01").exit_code == ExitCode.USAGE


def test_an_export_is_told_by_its_files(kept: ProjectOnDisk) -> None:
    rows = document(kept, "export", str(kept.folder / "parquet"))["rows"]
    assert rows["runs.parquet"] == 2
    assert pl.read_parquet(kept.folder / "parquet/scores/*.parquet").height == 6


def test_what_would_be_pruned_is_told_before(kept: ProjectOnDisk) -> None:
    before = document(kept, "list")
    assert document(kept, "prune", "--before", "2026-03-01", "--dry-run")["removed"] == {"runs": 1}
    assert document(kept, "list") == before
    assert said(kept, "prune", "--before", "2026-03-01") == "removed 1 run before 2026-03-01 00:00\n"
    assert len(document(kept, "list")["runs"]) == 1


def test_metric_values_alone_are_pruned(kept: ProjectOnDisk) -> None:
    told = said(kept, "prune", "--older-than", "1h", "--only", "metrics", "--only", "receipts")
    assert told.startswith("removed 2 rows of metrics, 10 rows of receipts before")
    assert "without metrics, receipts" in said(kept, "list")


def test_superseded_runs_are_counted_as_runs(kept: ProjectOnDisk) -> None:
    told = said(kept, "prune", "--before", "2027-01-01", "--only", "superseded", "--only", "period_fits")
    assert re.match(r"removed \d superseded runs?, 0 rows of period fits before 2027-01-01", told)


def test_a_single_run_is_removed_by_its_moment_and_by_its_id(kept: ProjectOnDisk) -> None:
    kept.replace("scorewell.yaml", "minimum_coverage: 30%", "minimum_coverage: 40%")
    assert kept.scorewell("run", "--as-of", "2026-03-01", "--quiet").exit_code == ExitCode.OK
    _, former, mistaken = document(kept, "list", "--all")["runs"]
    gone, again = said(kept, "remove", "2026-03-01", "--yes").splitlines()
    assert gone.startswith(f"removed the run of 2026-03-01 ({mistaken['run_id']}, 3 customers)")
    assert gone.endswith("3 scores, 3 metrics, 3 transitions, 5 receipts")
    assert again == f"valid again: the run of 2026-03-01 ({former['run_id']}, 3 customers)"
    assert [run["run_id"] for run in document(kept, "list")["runs"]][1:] == [former["run_id"]]
    done = document(kept, "remove", former["run_id"], "--yes")
    assert (done["run"]["run_id"], done["valid_again"], done["mended"]) == (former["run_id"], None, 0)
    assert done["removed"] == {"scores": 3, "metrics": 3, "transitions": 1, "receipts": 5}
    assert len(document(kept, "list", "--all")["runs"]) == 1


def test_later_runs_whose_band_changes_are_others_are_counted(kept: ProjectOnDisk) -> None:
    assert document(kept, "remove", "2026-02-22", "--yes")["mended"] == 1
    assert said(kept, "check") == "1 run checked: no damage found\n"


def test_no_run_is_removed_without_being_asked(kept: ProjectOnDisk) -> None:
    assert "--yes" in said(kept, "remove", "2026-03-01", code=ExitCode.USAGE)
    assert len(document(kept, "list")["runs"]) == 2


@pytest.mark.parametrize(
    ("what", "hint"),
    [("2026-02-25", "the one before is of 2026-02-22"), ("0" * 16, "list --all"), ("a1", "list --all")],
)
def test_what_is_no_run_is_not_removed(kept: ProjectOnDisk, what: str, hint: str) -> None:
    assert hint in said(kept, "remove", what, "--yes", code=ExitCode.USAGE)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--before", "2026-03-01", "--older-than", "3d"], ["--older-than", "soon"], ["--older-than", "0d"]],
)
def test_pruning_needs_to_know_until_when(kept: ProjectOnDisk, arguments: list[str]) -> None:
    said(kept, "prune", *arguments, code=ExitCode.USAGE)


def test_a_whole_history_is_said_to_be_whole(kept: ProjectOnDisk) -> None:
    assert said(kept, "check") == "2 runs checked: no damage found\n"


def test_damage_is_told_and_has_a_code(kept: ProjectOnDisk) -> None:
    with sa.create_engine(f"sqlite:///{kept.folder / 'scorewell.db'}", poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("delete from scores where customer_id = 'a1'")
    assert "it has scores of 2 customers, but records 3" in said(kept, "check", code=ExitCode.HISTORY)
    [first, *_] = document(kept, "check", code=ExitCode.HISTORY)["findings"]
    assert first["id"] == "customers-differ"


def test_a_present_history_needs_no_upgrade(kept: ProjectOnDisk) -> None:
    assert said(kept, "upgrade") == "the history already has the current version\n"
    assert document(kept, "upgrade") == {"applied": []}


def test_a_file_with_rows_that_are_no_scores_is_not_imported(kept: ProjectOnDisk) -> None:
    kept.write("old.csv", OLD)
    told = said(kept, "import", str(kept.folder / "old.csv"), "--as", "gainsight", code=ExitCode.DATA)
    assert "row 2: score '' is not a number" in told
    assert "row 3: date '28.2.2026' is not a day or a time" in told
    assert "nothing was imported" in told
    assert len(document(kept, "show", "a1")["scores"]) == 2


def test_the_other_rows_are_imported_where_one_says_so(kept: ProjectOnDisk) -> None:
    kept.write("old.csv", OLD)
    arguments = ("import", str(kept.folder / "old.csv"), "--as", "gainsight", "--skip-rejected")
    imported = document(kept, *arguments, code=ExitCode.DATA)
    assert (imported["imported"], imported["moments"], len(imported["rejected"])) == (1, 1, 2)
    scores = document(kept, "show", "a1")["scores"]
    assert [(score["score_name"], score["score"]) for score in scores if score["score_name"] != "health"] == [
        ("gainsight", 55.0)
    ]
    assert [run["kind"] for run in document(kept, "list", "--all")["runs"]] == ["run", "import", "run"]
    assert document(kept, "check")["findings"] == []


def test_scores_of_a_file_are_imported_without_a_history_before(project: ProjectOnDisk) -> None:
    frame = pl.DataFrame({"customer_id": ["a1"], "date": ["2026-02-01"], "score": [5]})
    frame.with_columns(pl.col("date").str.to_date()).write_parquet(project.folder / "old.parquet")
    told = said(project, "import", str(project.folder / "old.parquet"), "--as", "old")
    assert told == "1 score of 1 moment imported as old\n"


def test_an_import_says_that_it_leaves_out_who_was_forgotten(kept: ProjectOnDisk) -> None:
    kept.scorewell("forget", "a1", "--yes")
    kept.write("old.csv", "customer_id,date,score\na1,2026-02-01,5\nb2,2026-02-01,6\n")
    arguments = ("import", str(kept.folder / "old.csv"), "--as", "old")
    assert "because their customers were forgotten: 1 score" in kept.scorewell("history", *arguments).output
    imported = document(kept, *arguments)
    assert (imported["imported"], imported["forgotten"]) == (1, 1)


@pytest.mark.parametrize("content", ["", "customer,day\n1,2\n"])
def test_a_file_that_is_none_is_told(project: ProjectOnDisk, content: str) -> None:
    project.write("old.csv", content)
    result = project.scorewell("history", "import", str(project.folder / "old.csv"), "--as", "old")
    assert result.exit_code == ExitCode.DATA
    assert "Traceback" not in result.output


def test_an_import_does_not_take_the_name_of_our_own_score(project: ProjectOnDisk) -> None:
    project.write("old.csv", OLD)
    told = said(project, "import", str(project.folder / "old.csv"), "--as", "health", code=ExitCode.USAGE)
    assert "is a score of the project itself" in told


def test_a_project_without_a_history_says_so(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "timezone: Europe/Berlin", "timezone: Europe/Berlin\nhistory: none")
    assert "has no history" in said(project, "list", code=ExitCode.HISTORY)
    assert "has no history" in said(project, "upgrade", code=ExitCode.HISTORY)


def test_an_import_is_listed_with_its_name(kept: ProjectOnDisk) -> None:
    (kept.folder / "old.csv").write_text("customer_id,date,score\na1,2026-02-28,55\n", "utf-8")
    assert said(kept, "import", str(kept.folder / "old.csv"), "--as", "pulsar")
    [line] = [line for line in said(kept, "list", "--all").splitlines() if "import" in line]
    assert line.endswith("as pulsar")
    assert [run["imported_as"] for run in document(kept, "list", "--all")["runs"]] == [None, "pulsar", None]


def test_a_project_that_was_renamed_is_told_whose_runs_there_are(project: ProjectOnDisk) -> None:
    assert project.scorewell("run").exit_code == ExitCode.OK
    assert project.scorewell("history", "list", "--until", "2020-01-01").stdout == "no runs of that time\n"
    project.replace("scorewell.yaml", "name: Test Cloud", "name: Best Cloud")
    told = "it has those of Test Cloud, and finds a project by its name\n"
    for command in (("history", "list"), ("rescore",)):
        said = project.scorewell(*command).stdout
        assert said.startswith("no runs of Best Cloud: history ")
        assert said.endswith(told)


def test_where_there_is_no_run_of_a_moment_the_nearest_is_told(project: ProjectOnDisk) -> None:
    assert project.scorewell("run").exit_code == ExitCode.OK
    for wanted, which in (("2026-02-01", "after"), ("2026-04-01", "before")):
        told = project.scorewell("history", "show", wanted).stderr
        assert f"try: the one {which} is of 2026-03-01 00:00" in told


def test_a_password_in_an_address_is_nowhere_in_the_history(project: ProjectOnDisk) -> None:
    project.replace("scorewell.yaml", "path: usage.csv", "path: 'http://reader:s3cret@127.0.0.1:9/u.csv?token=t0ken'")
    result = project.scorewell("run")
    assert result.exit_code == ExitCode.DATA
    kept = (project.folder / "scorewell.db").read_bytes()
    assert b"127.0.0.1:9/u.csv" in kept
    told = [kept, *project.delivered().values(), result.output.encode()]
    assert [secret for secret in (b"s3cret", b"t0ken") if any(secret in each for each in told)] == []


def test_a_run_for_a_customer_whom_there_is_not_keeps_nothing(project: ProjectOnDisk) -> None:
    assert project.scorewell("run", "--customer", "nobody").exit_code == ExitCode.USAGE
    assert project.scorewell("history", "list").stdout == "no runs\n"


def test_a_project_that_was_renamed_is_told_that_its_history_does_not_know_it(kept: ProjectOnDisk) -> None:
    config = kept.folder / "scorewell.yaml"
    [name] = [line for line in config.read_text("utf-8").splitlines() if line.startswith("name: ")]
    former = name.removeprefix("name: ")
    kept.replace("scorewell.yaml", name, "name: Renamed")
    told = f"history scorewell.db has no run of Renamed, but some of {former}"
    checked = json.loads(kept.scorewell("check", "--json").stdout)
    assert [found["message"] for found in checked["findings"] if found["id"] == "new-to-history"] == [told]
    assert told in kept.scorewell("run", "--as-of", "2026-03-08").stderr
    # Now it is known.
    assert told not in kept.scorewell("run", "--as-of", "2026-03-08").output


def test_of_a_customer_that_is_gone_the_run_that_missed_it_is_shown(kept: ProjectOnDisk) -> None:
    accounts = (kept.folder / "accounts.csv").read_text("utf-8").splitlines()
    kept.write("accounts.csv", "\n".join(line for line in accounts if not line.startswith("a1,")))
    assert kept.scorewell("run", "--as-of", "2026-03-08", "--quiet").exit_code == ExitCode.OK
    gone, *before = said(kept, "show", "a1").splitlines()[2:]
    assert (gone.split()[0], gone.endswith("no score any more")) == ("2026-03-08", True)
    assert "not listed" in gone
    assert [line.split()[0] for line in before] == ["2026-03-01", "2026-02-22"]
