"""The demo's company: the same bytes from the same seed, tables that fit together, causes that precede churn."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from scorewell.demo import AS_OF, DemoSummary, generate

SMALL = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    return generate(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    """Enough customers for shares to mean something."""
    return generate(tmp_path_factory.mktemp("many"), customers=400)


def table(summary: DemoSummary, name: str) -> pl.DataFrame:
    if name == "usage":
        return pl.read_parquet(summary.folder / "usage" / "*.parquet")
    return pl.read_csv(summary.folder / f"{name}.csv", try_parse_dates=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def usage_of(summary: DemoSummary, end: date, days: int) -> pl.DataFrame:
    """Rows of usage an account in the ``days`` before ``end``."""
    owners = table(summary, "subscriptions").select("subscription_id", "account_id")
    events = table(summary, "usage").filter(
        pl.col("usage_date").is_between(end - timedelta(days), end, closed="left"),
    )
    return events.join(owners, on="subscription_id").group_by("account_id").agg(pl.len().cast(pl.Int64).alias("events"))


def leaving_soon(summary: DemoSummary, moment: date, days: int = 90) -> pl.DataFrame:
    """Who was a paying customer for 100 days at the moment, and whether it left within the days that followed."""
    present = table(summary, "accounts").filter(
        (pl.col("status") != "trial")
        & (pl.col("signup_date") < moment - timedelta(100))
        & (pl.col("closed_on").is_null() | (pl.col("closed_on") >= moment)),
    )
    return present.with_columns(leaves=(pl.col("closed_on") < moment + timedelta(days)).fill_null(False))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, customers=SMALL)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    generate(tmp_path / "one", customers=SMALL)
    generate(tmp_path / "two", customers=SMALL, seed=8)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert [name for name in one if one[name] == two.get(name)] == []


def test_the_first_customers_stay_when_more_are_asked_for(tmp_path: Path) -> None:
    few = generate(tmp_path / "few", customers=20)
    more = generate(tmp_path / "more", customers=40)
    for name in ("accounts", "invoices", "objectives"):
        lines = (more.folder / f"{name}.csv").read_text("utf-8").splitlines()
        assert lines[: few.rows[name] + 1] == (few.folder / f"{name}.csv").read_text("utf-8").splitlines()


def test_another_moment_shifts_the_company_in_time(tmp_path: Path) -> None:
    later = generate(tmp_path, customers=SMALL, as_of=date(2027, 6, 15))
    assert table(later, "usage")["usage_date"].max() == date(2027, 6, 14)


def test_fewer_than_one_customer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="customers is 0: at least one is needed"):
        generate(tmp_path, customers=0)


def test_the_summary_counts_the_rows_of_every_file(demo: DemoSummary) -> None:
    assert set(demo.rows) == {path.stem for path in demo.folder.glob("*.csv")} | {"usage"}
    assert {name: table(demo, name).height for name in demo.rows} == dict(demo.rows)


@pytest.mark.parametrize(
    "name", ["contacts", "subscriptions", "invoices", "churn", "milestones", "objectives", "pulses", "plays"]
)
def test_every_row_belongs_to_a_known_account(demo: DemoSummary, name: str) -> None:
    strays = table(demo, name).join(table(demo, "accounts"), on="account_id", how="anti")
    assert strays["account_id"].to_list() == []


def test_surveys_lead_through_contacts_to_accounts(demo: DemoSummary) -> None:
    assert table(demo, "surveys").join(table(demo, "contacts"), on="contact_id", how="anti").height == 0


def test_parents_are_accounts_and_no_account_is_its_own(demo: DemoSummary) -> None:
    accounts = table(demo, "accounts")
    children = accounts.filter(pl.col("parent_id").is_not_null())
    assert children.height > 5
    assert children.join(accounts, left_on="parent_id", right_on="account_id", how="anti").height == 0
    assert children.filter(pl.col("parent_id") == pl.col("account_id")).height == 0


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("accounts", "account_id"),
        ("accounts", "account_name"),
        ("contacts", "contact_id"),
        ("subscriptions", "subscription_id"),
        ("invoices", "invoice_id"),
        ("tickets", "ticket_id"),
        ("surveys", "survey_id"),
    ],
)
def test_keys_are_unique(demo: DemoSummary, name: str, key: str) -> None:
    assert table(demo, name)[key].is_duplicated().sum() == 0


def test_the_strays_are_those_announced_and_no_others(demo: DemoSummary) -> None:
    tickets = table(demo, "tickets").join(table(demo, "accounts"), on="account_id", how="anti")
    usage = table(demo, "usage").join(table(demo, "subscriptions"), on="subscription_id", how="anti")
    assert sorted(tickets["account_id"]) == ["A-0001", "A-0001", "a-1007"]
    assert usage["subscription_id"].to_list() == ["S-0-1"] * 3


def test_a_few_cells_are_missing_as_in_life(demo: DemoSummary) -> None:
    missing = table(demo, "accounts").select(pl.col("csm", "seats", "industry").null_count()).row(0)
    assert all(0 < count < 15 for count in missing), missing


def test_names_that_any_output_must_survive_are_there(demo: DemoSummary) -> None:
    names = set(table(demo, "accounts")["account_name"])
    assert {"Ærø & Søn", "Müller <Medien>", "شركة النور", "Café Lumière ☕"} <= names


def test_nothing_in_the_files_tells_the_story(demo: DemoSummary) -> None:
    words = re.compile("|".join(set(demo.stories.values()) - {"unpaid", "steady", "growing", "seasonal"}))
    assert [path.name for path in demo.folder.glob("*.csv") if words.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("usage", ["usage_date"]),
        ("tickets", ["opened_at", "first_response_at", "closed_at"]),
        ("invoices", ["issued_on", "paid_on"]),
        ("surveys", ["asked_on", "answered_on"]),
        ("milestones", ["planned_on", "reached_on"]),
        ("objectives", ["agreed_on", "reached_on"]),
        ("pulses", ["given_on"]),
        ("plays", ["done_on"]),
        ("contacts", ["started_on", "left_on"]),
        ("subscriptions", ["start_date", "cancelled_on"]),
        ("churn", ["churned_on"]),
    ],
)
def test_nothing_is_written_that_nobody_could_know_yet(demo: DemoSummary, name: str, columns: list[str]) -> None:
    latest = table(demo, name).select(pl.col(columns).max().dt.date()).row(0)
    assert all(day < AS_OF for day in latest), latest


@pytest.mark.parametrize(
    ("name", "begin", "end"),
    [
        ("tickets", "opened_at", "closed_at"),
        ("invoices", "issued_on", "paid_on"),
        ("surveys", "asked_on", "answered_on"),
        ("objectives", "agreed_on", "reached_on"),
        ("contacts", "started_on", "left_on"),
        ("subscriptions", "start_date", "end_date"),
    ],
)
def test_nothing_ends_before_it_began(demo: DemoSummary, name: str, begin: str, end: str) -> None:
    assert table(demo, name).filter(pl.col(end) < pl.col(begin)).height == 0


def test_a_customer_that_left_leaves_no_traces_after(many: DemoSummary) -> None:
    closed = table(many, "churn").select("account_id", "churned_on")
    owners = table(many, "subscriptions").select("subscription_id", "account_id")
    usage = table(many, "usage").join(owners, on="subscription_id").join(closed, on="account_id")
    tickets = table(many, "tickets").join(closed, on="account_id")
    assert usage.filter(pl.col("usage_date") >= pl.col("churned_on")).height == 0
    assert tickets.filter(pl.col("opened_at").dt.date() >= pl.col("churned_on")).height == 0


def test_an_end_of_contract_is_known_before_it_comes(many: DemoSummary) -> None:
    ended = table(many, "subscriptions").filter(pl.col("end_date").is_not_null())
    assert ended.filter(pl.col("cancelled_on") > pl.col("end_date")).height == 0
    assert ended.filter(pl.col("end_date") >= AS_OF).height > 0


def test_one_in_six_customers_left_within_the_two_years(many: DemoSummary) -> None:
    assert 0.12 < many.rows["churn"] / many.rows["accounts"] < 0.26


def test_churn_has_causes(many: DemoSummary) -> None:
    left = set(table(many, "churn")["account_id"])
    troubled = {"sponsor_left", "faded", "unpaid", "stalled", "burdened"}
    with_cause = [many.stories[account] in troubled for account in left]
    calm = [account in left for account, story in many.stories.items() if story not in troubled]
    assert sum(with_cause) / len(with_cause) > 0.85
    assert sum(calm) / len(calm) < 0.05


@pytest.mark.parametrize("months_back", [3, 6, 9])
def test_those_who_leave_had_used_it_less_and_less(many: DemoSummary, months_back: int) -> None:
    moment = AS_OF - timedelta(days=30 * months_back)
    now, before = usage_of(many, moment, 30), usage_of(many, moment - timedelta(90), 30)
    change = (
        leaving_soon(many, moment)
        .join(now, on="account_id", how="left")
        .join(before, on="account_id", how="left", suffix="_before")
        .with_columns(ratio=pl.col("events").fill_null(0) / pl.col("events_before"))
        .group_by("leaves")
        .agg(pl.col("ratio").median())
    )
    ratio = dict(change.iter_rows())
    assert ratio[True] < 0.75
    assert ratio[False] > 0.85


def test_the_sponsor_had_left_before_a_customer_of_that_story_did(many: DemoSummary) -> None:
    left = table(many, "churn").filter(pl.col("account_id").replace_strict(many.stories) == "sponsor_left")
    sponsors = table(many, "contacts").filter(pl.col("role") == "sponsor").join(left, on="account_id")
    gap = (pl.col("churned_on") - pl.col("left_on")).dt.total_days()
    assert left.height > 10
    assert sponsors.select((gap >= 100).all()).item()


def test_invoices_had_stayed_unpaid_before_a_customer_of_that_story_left(many: DemoSummary) -> None:
    left = table(many, "churn").filter(pl.col("account_id").replace_strict(many.stories) == "unpaid")
    overdue = (
        table(many, "invoices")
        .join(left, on="account_id")
        .filter(pl.col("paid_on").is_null() & (pl.col("due_on") < pl.col("churned_on") - timedelta(30)))
    )
    assert left.height > 10
    assert overdue["account_id"].n_unique() == left.height


def test_a_stalled_onboarding_shows_in_its_milestones(many: DemoSummary) -> None:
    milestones = table(many, "milestones").with_columns(story=pl.col("account_id").replace_strict(many.stories))
    late = (
        milestones.filter(pl.col("due_on") < AS_OF - timedelta(30))
        .with_columns(late=pl.col("reached_on").is_null() | (pl.col("reached_on") > pl.col("due_on") + timedelta(7)))
        .group_by(stalled=pl.col("story") == "stalled")
        .agg(pl.col("late").mean())
    )
    share = dict(late.iter_rows())
    assert share[True] > 0.9
    assert share[False] < 0.3


def test_only_accounts_with_the_helpdesk_write_tickets(demo: DemoSummary) -> None:
    without = table(demo, "accounts").filter(pl.col("helpdesk_id").is_null())
    assert without.height > 20
    assert table(demo, "tickets").join(without, on="account_id", how="semi").height == 0


def test_a_customer_in_ten_is_being_onboarded(many: DemoSummary) -> None:
    accounts = table(many, "accounts").filter(pl.col("status") == "active")
    new = accounts.filter(pl.col("signup_date") > AS_OF - timedelta(90))
    assert 0.05 < new.height / accounts.height < 0.2
