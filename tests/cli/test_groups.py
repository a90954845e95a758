"""Groups of companies on disk: run, explain, files and pages."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk

from scorewell.cli.exit_codes import ExitCode

ACCOUNTS = """\
id,name,plan,seats,parent,arr
g1,Holding,Group,0,,500
a1,Acme,Large,10,g1,100
b2,Globex,Large,20,g1,300
c3,Initech,Small,5,,50
"""
GROUPS = """\
  group:
    roll_up: {by: revenue, floor: worst_child}
    minimum_coverage: 30%
"""


@pytest.fixture
def on_disk(tmp_path: Path) -> ProjectOnDisk:
    made = project_on_disk(tmp_path)
    made.write("accounts.csv", ACCOUNTS)
    made.replace("scorewell.yaml", "roles: {name: name}", "roles: {name: name, parent: parent, revenue: arr}")
    made.replace("scorewell.yaml", "scorecards:\n", f"scorecards:\n{GROUPS}")
    made.replace("scorewell.yaml", "segments:\n", "segments:\n  groups: {when: children > 0, scorecard: group}\n")
    return made


def explained(on_disk: ProjectOnDisk, *arguments: str) -> dict:
    result = on_disk.scorewell("explain", *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_group_has_a_score_of_its_children_in_the_files(on_disk: ProjectOnDisk) -> None:
    assert on_disk.scorewell("run").exit_code == 0
    (path,) = (on_disk.folder / "out" / "parquet").glob("*.parquet")
    frame = pl.read_parquet(path)
    by_id = dict(frame.select("customer_id", "score").iter_rows())
    # 90 of 100 minutes, nothing open, rated 5: (60 × 90 + 40 × 100) / 100; 10 minutes, 1 open, rated 2: 6 + 40 × 37.5 %
    assert (by_id["a1"], by_id["b2"]) == (94, 21)
    # By revenue (94 × 100 + 21 × 300) / 400 = 39.25, in the band of the worst, which ends at 40.
    assert by_id["g1"] == 39
    assert dict(frame.select("customer_id", "children").iter_rows()) == {"g1": 2, "a1": None, "b2": None, "c3": None}


def test_explain_shows_the_children_with_their_points(on_disk: ProjectOnDisk) -> None:
    explanation = explained(on_disk, "Holding")
    (rolled_up,) = explanation["root"]["parts"]
    assert rolled_up["remark"] == "2 of 2 children, by revenue"
    assert [(each["label"], each["kind"], each["normalized"]) for each in rolled_up["parts"]] == [
        ("Globex", "child", 21),
        ("Acme", "child", 94),
    ]
    # 3/4 × (21 − 100) and 1/4 × (94 − 100)
    assert [each["contribution"] for each in rolled_up["parts"]] == pytest.approx([-59.25, -1.5])
    assert sum(each["contribution"] for each in rolled_up["parts"]) == pytest.approx(rolled_up["contribution"])


def test_explain_says_whom_the_floor_is_for(on_disk: ProjectOnDisk) -> None:
    on_disk.replace("accounts.csv", "g1,100", "g1,900")
    (rolled_up,) = explained(on_disk, "g1")["root"]["parts"]
    assert rolled_up["remark"] == "2 of 2 children, by revenue; held in the band of the worst, Globex"
    assert rolled_up["normalized"] == 40
    points = [each["contribution"] for each in rolled_up["parts"]]
    assert sum(points) + rolled_up["own"] == pytest.approx(-60)
    assert rolled_up["own"] < 0


def test_explain_draws_the_children(on_disk: ProjectOnDisk) -> None:
    told = on_disk.scorewell("explain", "g1").stdout
    assert "Globex" in told
    assert "2 of 2 children, by revenue" in told


def test_explain_of_a_child_is_as_without_groups(on_disk: ProjectOnDisk) -> None:
    assert explained(on_disk, "b2")["score"] == 21


def test_totals_count_nobody_twice(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "internal" / "index.html").read_text(encoding="utf-8")
    facts = page.partition('<dl class="facts">')[2].partition("</dl>")[0]
    assert "<dt>Customers</dt><dd><bdi>3</bdi>" in facts
    assert "<dt>Groups</dt><dd><bdi>1</bdi>" in facts
    assert "<dt>Revenue</dt><dd><bdi>450</bdi>" in facts


def test_the_summary_counts_nobody_twice(on_disk: ProjectOnDisk) -> None:
    told = on_disk.scorewell("run", "--dry-run").stdout
    (line,) = [line for line in told.splitlines() if line.strip().startswith("all")]
    assert line.split()[1] == "3"


def test_a_parents_page_leads_to_its_children(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "internal" / "customers" / "g1.html").read_text(encoding="utf-8")
    section = page.partition("Scores of its children")[2].partition("</section>")[0]
    assert section.index('href="b2.html"') < section.index('href="a1.html"')


def test_a_parent_that_is_delivered_alone_tells_of_its_children_without_ways_that_lead_nowhere(
    on_disk: ProjectOnDisk,
) -> None:
    assert on_disk.scorewell("run", "--customer", "g1").exit_code == 0
    (path,) = (on_disk.folder / "out" / "internal").glob("only-*/customers/*.html")
    section = path.read_text(encoding="utf-8").partition("Scores of its children")[2].partition("</section>")[0]
    assert section.index("Globex") < section.index("Acme")
    assert "Initech" not in section
    assert "<a " not in section


def test_a_parent_that_is_delivered_with_one_child_leads_to_that_one(on_disk: ProjectOnDisk) -> None:
    assert on_disk.scorewell("run", "--customer", "g1", "--customer", "a1").exit_code == 0
    (path,) = (on_disk.folder / "out" / "internal").glob("only-*/customers/g1.html")
    section = path.read_text(encoding="utf-8").partition("Scores of its children")[2].partition("</section>")[0]
    assert section.count("<a ") == 1
    assert "Globex" in section
    assert 'href="a1.html"' in section


def test_a_parents_waterfall_adds_up(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    page = (on_disk.folder / "out" / "internal" / "customers" / "g1.html").read_text(encoding="utf-8")
    waterfall = page.partition('<ol class="waterfall">')[2].partition("</ol>")[0]
    assert "Children" in waterfall
    assert "−60.8" in waterfall or "-60.8" in waterfall


def test_a_group_has_no_page_of_its_own_for_customers(on_disk: ProjectOnDisk) -> None:
    on_disk.scorewell("run")
    pages = {path.name for path in (on_disk.folder / "out" / "customers" / "customers").glob("*.html")}
    assert pages == {"a1.html", "b2.html", "c3.html"}


def test_check_has_nothing_to_say_of_groups(on_disk: ProjectOnDisk) -> None:
    result = on_disk.scorewell("check")
    assert result.exit_code == 0, result.output


def test_a_circle_is_told_and_nobody_is_lost(on_disk: ProjectOnDisk) -> None:
    on_disk.write("accounts.csv", ACCOUNTS + "h1,Loop,Group,0,h2,\nh2,Pool,Group,0,h1,\n")
    result = on_disk.scorewell("run", "--dry-run", "--json")
    assert result.exit_code == ExitCode.DATA
    document = json.loads(result.stdout)
    statuses = {row["customer_id"]: row["status"] for row in document["scores"]}
    assert (statuses["h1"], statuses["h2"], statuses["g1"]) == ("error", "error", "scored")
    assert [each["id"] for each in document["findings"] if each["level"] == "error"] == ["roll-up-circle"]


def test_explain_says_of_a_circle_what_is_wrong(on_disk: ProjectOnDisk) -> None:
    on_disk.write("accounts.csv", ACCOUNTS + "h1,Loop,Group,0,h2,\nh2,Pool,Group,0,h1,\n")
    told = on_disk.scorewell("explain", "h1").stdout
    assert "it is its own ancestor: its parents lead back to itself" in told
    assert "Pool" in told


def test_explain_shows_a_group_among_the_children_with_the_weight_of_its_own_children(on_disk: ProjectOnDisk) -> None:
    on_disk.write(
        "accounts.csv",
        ACCOUNTS + "t1,Top,Group,0,,\nh1,Mid,Group,0,t1,\nd4,Dyer,Small,5,h1,80\ne5,Else,Small,5,t1,20\n",
    )
    (rolled_up,) = explained(on_disk, "t1")["root"]["parts"]
    assert [(each["label"], each["share"]) for each in rolled_up["parts"]] == [("Mid", 0.8), ("Else", 0.2)]
