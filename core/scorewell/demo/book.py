"""The tables a CRM and a billing system keep: accounts, contacts, contracts, invoices and churn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from scorewell.demo import names
from scorewell.demo.accounts import Account, Calendar
from scorewell.demo.records import Cell, Records
from scorewell.demo.stories import DAYS

__all__ = ["accounts", "churn", "contacts", "invoices", "subscription_ids", "subscriptions"]

Row = tuple[Cell, ...]

_REASONS = {
    "sponsor_left": "The sponsor left and the project lost its owner",
    "faded": "The teams stopped using it",
    "unpaid": "Budget cut",
    "stalled": "Never got started",
    "burdened": "Unhappy with the support",
}


def accounts(book: list[Account], calendar: Calendar) -> Records:
    """One row an account, as the CRM shows it on the last day. A few are partners: a plan that no segment takes."""
    rows: list[Row] = []
    for account in book:
        chance = account.stream("crm")
        yearly = account.guided or chance.happens(0.4)
        renewal = _renewal(calendar.on(account.signup), calendar.as_of) if yearly and not account.is_trial else None
        status = "trial" if account.is_trial else "closed" if account.closed else "active"
        rows.append(
            (
                account.id,
                account.name,
                account.parent,
                None if chance.happens(0.01) else account.owner,
                account.lead,
                "Partner" if account.number % 97 == 53 else account.tier,
                None if chance.happens(0.015) else account.seats,
                0 if account.is_trial or account.closed else account.arr,
                "EUR",
                account.country,
                None if chance.happens(0.03) else account.industry,
                calendar.on(account.signup),
                renewal,
                status,
                calendar.on(account.churn) if account.churn is not None and account.closed else None,
                70000 + account.number if account.has_desk else None,
                account.is_reference,
            )
        )
    columns = (
        "account_id", "account_name", "parent_id", "csm", "csm_lead", "plan_tier", "seats", "arr", "currency",
        "country", "industry", "signup_date", "renewal_date", "status", "closed_on", "helpdesk_id", "is_reference",
    )  # fmt: skip
    return Records("accounts", columns, rows)


def _renewal(signup: date, as_of: date) -> date:
    """The first anniversary of the signup that is not yet past."""
    day = min(signup.day, 28)
    this_year = date(as_of.year, signup.month, day)
    return this_year if this_year >= as_of else date(as_of.year + 1, signup.month, day)


def contacts(book: list[Account], calendar: Calendar) -> Records:
    """People with their role at the account, from when to when."""
    rows: list[Row] = []
    for account in book:
        chance = account.stream("contacts")
        for place, (role, start, end) in enumerate(_people(account), 1):
            left = calendar.on(end) if end is not None and end < account.last_day else None
            row = (f"C-{account.number}-{place}", account.id, names.person(chance), role, calendar.on(start), left)
            rows.append(row)
    return Records("contacts", ("contact_id", "account_id", "contact_name", "role", "started_on", "left_on"), rows)


def _people(account: Account) -> Iterator[tuple[str, int, int | None]]:
    """(role, first day, day of leaving or None); nobody starts after the account's last day."""
    chance = account.stream("people")
    begin = account.signup
    if account.guided:
        yield from _sponsors(account)
        yield "champion", begin, None
        if account.tier == "Enterprise":
            yield "champion", begin, None
    yield "admin", begin, None
    for _ in range(chance.whole(1, 3) if account.guided else chance.whole(0, 1)):
        yield "user", begin, chance.whole(account.first_day, DAYS * 2)


def _sponsors(account: Account) -> Iterator[tuple[str, int, int | None]]:
    chance = account.stream("sponsors")
    leaves: int | None = None
    follows: int | None = None
    if account.story == "sponsor_left":
        leaves = account.onset
        follows = account.onset + chance.whole(70, 120) if account.churn is None else None
    elif account.story == "recovered":
        leaves, follows = account.onset, account.onset + chance.whole(45, 75)
    elif chance.happens(0.18) and account.first_day + 100 < DAYS:
        leaves = chance.whole(
            account.first_day + 90, DAYS
        )  # an ordinary change of hands: the next one is there already
        follows = leaves - chance.whole(0, 20)
    yield "sponsor", account.signup, leaves
    if follows is not None and follows < account.last_day:
        yield "sponsor", follows, None


def subscription_ids(account: Account) -> tuple[str, str | None]:
    """The account's contract, and the one that replaced it after an upgrade."""
    return f"S-{account.number}-1", None if account.upgrade is None else f"S-{account.number}-2"


def subscriptions(book: list[Account], calendar: Calendar) -> Records:
    """Contracts. They renew themselves: an end is written when notice was given, often weeks before it comes."""
    rows: list[Row] = []
    for account in book:
        first, second = subscription_ids(account)
        begin = account.signup
        plan = "Trial" if account.is_trial else account.tier
        seats, subscription = account.seats, first
        if second is not None and account.upgrade is not None:
            upgraded = calendar.on(account.upgrade)
            before = max(1, account.seats * 2 // 3)
            rows.append(
                (first, account.id, plan, before, before * account.price, calendar.on(begin), upgraded, upgraded)
            )
            begin, subscription = account.upgrade, second
        end = cancelled = None
        if account.churn is not None and account.notice is not None and account.notice < DAYS:
            end, cancelled = calendar.on(account.churn), calendar.on(account.notice)
        amount = 0 if account.is_trial else seats * account.price
        rows.append((subscription, account.id, plan, seats, amount, calendar.on(begin), end, cancelled))
    columns = (
        "subscription_id", "account_id", "plan", "seats", "arr", "start_date", "end_date", "cancelled_on",
    )  # fmt: skip
    return Records("subscriptions", columns, rows)


def invoices(book: list[Account], calendar: Calendar) -> Records:
    """Invoices, quarterly for guided accounts and monthly for the others, with the day they were paid."""
    rows: list[Row] = []
    for account in book:
        if account.is_trial:
            continue
        chance = account.stream("invoices")
        every, term = (91, 30) if account.guided else (30, 7)
        issued = account.signup + every * max(0, -(account.signup // every))
        place = 0
        while issued < account.last_day:
            place += 1
            paid = _paid(account, issued + term, issued)
            rows.append(
                (
                    f"I-{account.number}-{place}",
                    account.id,
                    calendar.on(issued),
                    calendar.on(issued + term),
                    account.arr * every // 365,
                    "EUR",
                    chance.weighted({"transfer": 7, "direct debit": 3} if account.guided else {"card": 1}),
                    calendar.on(paid) if paid is not None and paid < DAYS else None,
                )
            )
            issued += every
    columns = ("invoice_id", "account_id", "issued_on", "due_on", "amount", "currency", "method", "paid_on")
    return Records("invoices", columns, rows)


def _paid(account: Account, due: int, issued: int) -> int | None:
    """The day it is paid, None for never. Never before it was issued."""
    chance = account.stream(f"paid {issued}")
    if account.story == "unpaid" and due >= account.onset - 20:
        if account.churn is not None:
            return None
        return due + chance.whole(35, 80)
    if account.churn is not None and due > account.churn - 30 and chance.happens(0.4):
        return None
    if chance.happens(0.07):
        return due + chance.whole(8, 34)
    return max(issued, due - chance.whole(0, 12))


def churn(book: list[Account], calendar: Calendar) -> Records:
    """Who left, when and why."""
    rows: list[Row] = [
        (account.id, calendar.on(account.churn), _REASONS.get(account.story, "The company was acquired"), account.arr)
        for account in book
        if account.churn is not None and account.closed
    ]
    return Records("churn", ("account_id", "churned_on", "reason", "arr"), rows)
