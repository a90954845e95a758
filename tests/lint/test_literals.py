"""Texts in conditions that no cell holds, and one that is nearly the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.lint.conftest import project_with

from scorewell.api.v1 import Level
from scorewell.runner.checking import check

CRM = "id,plan,seats,status\na,Free,1,open\nb,Enterprise,20,closed\nc,Tier 2,3,open\n"
USAGE = "account,day,kind\na,2026-02-01,urgent\nb,2026-02-02,Data Export\n"
EVERYONE = "\neveryone: {scorecard: main}"


def told(folder: Path, crm: str = CRM, **sections: str) -> list[str]:
    (folder / "crm.csv").write_text(crm, encoding="utf-8")
    (folder / "usage.csv").write_text(USAGE, encoding="utf-8")
    customers = "\nsource: crm\nattributes: [seats, plan]"
    project = project_with(folder, **{"customers": customers, **sections})
    findings = check(project, datetime(2026, 3, 1, tzinfo=UTC))
    assert not [each for each in findings if each.level is Level.ERROR]
    return [f"{each.where}: {each.message}" for each in findings if each.id == "misspelt-value"]


@pytest.mark.parametrize(
    ("rule", "text", "meant"),
    [
        ("plan = 'free'", "free", "Free"),
        ("'FREE' = plan", "FREE", "Free"),
        ("plan <> 'Free '", "Free ", "Free"),
        ("seats > 3 or plan in ('Enterprse', 'Free')", "Enterprse", "Enterprise"),
        ("plan = 'tier  2'", "tier  2", "Tier 2"),
    ],
)
def test_a_text_that_is_nearly_a_cells_is_told_at_its_rule(tmp_path: Path, rule: str, text: str, meant: str) -> None:
    segments = f'\nsome: {{when: "{rule}", scorecard: main}}\nothers: {{scorecard: main}}'
    assert told(tmp_path, segments=segments) == [f"segments.some.when: no plan is {text!r}: did you mean {meant!r}?"]


@pytest.mark.parametrize(
    "rule",
    [
        "plan = 'Free'",
        "plan = 'Platinum'",  # a plan that nobody has yet
        "plan = 'Tier 3'",  # numbers in names differ on purpose
        "plan in ('Free', 'free')",
        "lower(plan) = 'free'",
        "plan like 'free'",
        "plan = 'Fre'",
    ],
)
def test_a_text_that_may_be_meant_is_left_alone(tmp_path: Path, rule: str) -> None:
    segments = f'\nsome: {{when: "{rule}", scorecard: main}}\nothers: {{scorecard: main}}'
    assert told(tmp_path, segments=segments) == []


@pytest.mark.parametrize(
    ("metric", "where"),
    [
        ("measure: count(*), where: kind = 'Urgent'", "metrics.logins.where"),
        ("measure: \"count(*) filter (where kind = 'Urgent')\"", "metrics.logins.measure.sql"),
        (
            "measure: {ratio: {of: \"count(*) filter (where kind = 'Urgent')\", to: count(*)}}",
            "metrics.logins.measure.of.sql",
        ),
    ],
)
def test_a_condition_of_a_metric_is_held_against_the_rows_of_its_table(tmp_path: Path, metric: str, where: str) -> None:
    metrics = f"\nlogins: {{source: usage, {metric}, window: 30d}}"
    assert told(tmp_path, metrics=metrics) == [f"{where}: no kind is 'Urgent': did you mean 'urgent'?"]


def test_who_is_active_is_held_against_the_customers_table(tmp_path: Path) -> None:
    customers = "\nsource: crm\nattributes: [seats, plan]\nactive: status <> 'Closed'"
    assert told(tmp_path, customers=customers) == ["customers.active: no status is 'Closed': did you mean 'closed'?"]


def test_a_derived_metric_sees_the_customers(tmp_path: Path) -> None:
    metrics = """
        uses: {source: usage, measure: count(*), window: 30d}
        logins: {sql: "case when plan = 'enterprise' then uses / 2 else uses end"}
        """
    (found,) = told(tmp_path, metrics=metrics)
    assert found == "metrics.logins.sql: no plan is 'enterprise': did you mean 'Enterprise'?"


def test_a_column_of_very_many_texts_is_left_alone(tmp_path: Path) -> None:
    segments = "\nsome: {when: plan = 'free', scorecard: main}\nothers: {scorecard: main}"
    project = project_with(tmp_path, segments=segments, customers="\nsource: crm\nattributes: [seats, plan]")
    rows = "".join(f"{n},plan {n},1,open\n" for n in range(1001))
    (tmp_path / "crm.csv").write_text(f"id,plan,seats,status\n{rows}x,Free,1,open\n", encoding="utf-8")
    (tmp_path / "usage.csv").write_text(USAGE, encoding="utf-8")
    found = check(project, datetime(2026, 3, 1, tzinfo=UTC))
    assert "misspelt-value" not in {each.id for each in found}


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        ("status > '2026-01-01'", True),
        ("status between '2026-01-01' and '2026-02-01'", True),
        ("status < 'n'", False),
        ("status = '2026-01-01'", False),
    ],
)
def test_text_that_is_compared_with_a_date_is_told(tmp_path: Path, rule: str, is_told: bool) -> None:
    told(tmp_path)
    customers = "\nsource: crm\nattributes: [plan, status]"
    segments = f'\nsome: {{when: "{rule}", scorecard: main}}\nothers: {{scorecard: main}}'
    project = project_with(tmp_path, customers=customers, segments=segments)
    found = [each for each in check(project, datetime(2026, 3, 1, tzinfo=UTC)) if each.id == "text-for-date"]
    assert {each.where for each in found} == ({"segments.some.when"} if is_told else set())
    assert all(
        each.message.startswith("status is text, as 'closed', and compared with the date '2026") for each in found
    )


def test_a_column_of_dates_may_be_compared_with_one(tmp_path: Path) -> None:
    metrics = "\nlogins: {source: usage, measure: count(*), where: day > '2026-01-01', window: 30d}"
    assert told(tmp_path, metrics=metrics) == []


def categorized(
    categories: str, metric: str = "{source: crm, measure: {type: latest, column: plan}}", inside: str = "{}"
) -> dict[str, str]:
    """The project with a metric to whose texts a normalizer gives points."""
    normalizer = inside.format(f"{{categories: {categories}}}")
    return {
        "metrics": f"\nplan_now: {metric}\nplan_then: {{source: crm, measure: {{type: latest, column: plan}}}}",
        "scorecards": f"\nmain: {{metrics: {{plan_now: {{normalizer: {normalizer}}}}}}}",
    }


@pytest.mark.parametrize(
    ("categories", "metric", "inside", "column"),
    [
        ("{free: 10, Enterprise: 90}", "{source: crm, measure: {type: latest, column: plan}}", "{}", "plan"),
        ("{free: 10, else: 90}", "{sql: plan}", "{}", "plan"),
        ("{free: 10, else: 90}", "{sql: plan_then}", "{}", "plan"),
        ("{free: 10, else: 90}", "{sql: plan}", "{{cases: [{{normalizer: {}}}]}}", "plan"),
    ],
)
def test_a_category_that_is_nearly_a_cells_is_told_at_its_normalizer(
    tmp_path: Path, categories: str, metric: str, inside: str, column: str
) -> None:
    place = "scorecards.main.metrics.plan_now.normalizer"
    assert told(tmp_path, **categorized(categories, metric, inside)) == [
        f"{place}: no {column} is 'free': did you mean 'Free'?"
    ]


@pytest.mark.parametrize(
    ("categories", "metric"),
    [
        ("{Free: 10, Enterprise: 90}", "{sql: plan}"),
        ("{Free: 10, free: 10}", "{sql: plan}"),  # both spellings are taken care of
        ("{Platinum: 10, else: 90}", "{sql: plan}"),
        ("{free: 10, else: 90}", "{sql: lower(plan)}"),  # the metric's values are not the cells
        ("{closd: 10, 1: 90}", "{source: usage, measure: count(*), window: 30d}"),
    ],
)
def test_a_category_that_may_be_meant_is_left_alone(tmp_path: Path, categories: str, metric: str) -> None:
    assert told(tmp_path, **categorized(categories, metric)) == []


def test_what_takes_all_other_categories_is_no_category(tmp_path: Path) -> None:
    assert told(tmp_path, crm=CRM.replace("Free", "Else"), **categorized("{Enterprise: 90, else: 10}")) == []
