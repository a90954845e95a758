"""The tables that people's work leaves: tickets, surveys, milestones, objectives and pulses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from scorewell.demo import names
from scorewell.demo.accounts import Account, Calendar, Tier
from scorewell.demo.chance import Stream
from scorewell.demo.records import Cell, Records
from scorewell.demo.stories import DAYS, mood

__all__ = ["milestones", "objectives", "pulses", "surveys", "tickets"]

Row = tuple[Cell, ...]

_TICKETS_A_DAY: dict[Tier, float] = {"Enterprise": 0.09, "Business": 0.045, "Team": 0.014, "Starter": 0.0}
_TOPICS = {"how-to": 5.0, "permissions": 2.0, "integration": 2.0, "signature failed": 1.0, "slow loading": 1.0}
_GUIDED_MILESTONES = (
    ("Kick-off held", 7),
    ("Single sign-on connected", 21),
    ("First workflow live", 35),
    ("Team trained", 55),
    ("First value review", 80),
)
_SELF_SERVE_MILESTONES = (("First document shared", 3), ("Colleagues invited", 10), ("First approval finished", 21))
_PULSE_WORDS = {
    1: ("Wants to leave; no owner on their side", "Open complaint with their board"),
    2: ("Sponsor quiet for weeks", "Unsure what they got for the money"),
    3: ("Works, but nobody is enthusiastic", "Waiting for their new budget"),
    4: ("Good cooperation, regular calls", "Team happy, rollout on plan"),
    5: ("Talks about us at conferences", "Asks for more seats"),
}
_OUTLOOK = {1: "leave", 2: "unsure", 3: "renew", 4: "renew", 5: "expand"}


def tickets(book: list[Account], calendar: Calendar) -> Records:
    """Support tickets; the rating is given when a ticket is closed. Only accounts with the helpdesk have any."""
    rows: list[Row] = []
    for account in book:
        if not account.has_desk:
            continue
        chance = account.stream("tickets")
        place = 0
        for day in range(account.first_day, account.last_day):
            if chance.happens(_TICKETS_A_DAY[account.tier] * _trouble(account, day)):
                place += 1
                rows.append((f"T-{account.number}-{place}", account.id, *_ticket(account, day, calendar, chance)))
    columns = (
        "ticket_id", "account_id", "topic", "priority", "opened_at", "first_response_at", "first_response_minutes",
        "closed_at", "satisfaction",
    )  # fmt: skip
    return Records("tickets", columns, rows)


def _trouble(account: Account, day: int) -> float:
    """How many times its normal number of tickets an account writes that day."""
    if day - account.signup < 60:
        return 1.8
    if account.story == "burdened" and day >= account.onset:
        return 2.6
    if account.story == "sponsor_left" and account.onset + 20 <= day:
        return 1.6
    return 1.0


def _ticket(account: Account, day: int, calendar: Calendar, chance: Stream) -> Row:
    burdened = account.story == "burdened" and day >= account.onset
    priority = chance.weighted(
        {"urgent": 30.0, "high": 30.0, "normal": 40.0}
        if burdened
        else {"urgent": 8, "high": 18, "normal": 57, "low": 17}
    )
    opened = datetime.combine(calendar.on(day), time(chance.whole(7, 18), chance.whole(0, 59)))
    minutes = chance.whole(10, 90) if priority == "urgent" else chance.whole(35, 620)
    if burdened:
        minutes *= 4
    hours = chance.whole(90, 800) if burdened else chance.whole(2, 130)
    end = datetime.combine(calendar.as_of, time())
    responded: datetime | None = opened + timedelta(minutes=minutes)
    closed: datetime | None = opened + timedelta(minutes=minutes, hours=hours)
    rated = chance.happens(0.65)
    rating = 1 + int(mood(account.story, day, onset=account.onset, temper=account.temper, chance=chance) * 4 + 0.75)
    if responded is None or responded >= end:
        responded, minutes_known = None, None
    else:
        minutes_known = minutes
    if closed is None or closed >= end:
        closed, rated = None, False
    topic = chance.weighted(_TOPICS)
    return topic, priority, opened, responded, minutes_known, closed, min(rating, 5) if rated else None


def surveys(book: list[Account], calendar: Calendar, contacts: Records) -> Records:
    """NPS surveys, sent every half year to the people there at the time; about half of them answer, days later.

    The rows name the contact, not the account: the account is found through the contacts.
    """
    people: dict[str, list[tuple[str, Cell, Cell]]] = {}
    for contact_id, account_id, _, _, started_on, left_on in contacts.rows:
        people.setdefault(str(account_id), []).append((str(contact_id), started_on, left_on))
    rows: list[Row] = []
    for account in book:
        chance = account.stream("surveys")
        for asked in range(account.first_day + chance.whole(20, 200), account.last_day, 182):
            on = calendar.on(asked)
            for contact_id, started, left in people[account.id]:
                if not _there(started, left, on):
                    continue
                feeling = mood(account.story, asked, onset=account.onset, temper=account.temper, chance=chance)
                nps = min(10, int(3 + feeling * 8))
                answered = asked + chance.whole(0, 14)
                replied = chance.happens(0.3 + 0.4 * feeling) and answered < DAYS
                score, when = (nps, calendar.on(answered)) if replied else (None, None)
                rows.append((f"Q-{account.number}-{asked}-{contact_id[-1]}", contact_id, on, when, score))
    return Records("surveys", ("survey_id", "contact_id", "asked_on", "answered_on", "nps"), rows)


def _there(started: Cell, left: Cell, on: Cell) -> bool:
    """Whether a person with these dates was there; ISO text compares as dates do."""
    return str(started) <= str(on) and (left is None or str(on) < str(left))


def milestones(book: list[Account], calendar: Calendar) -> Records:
    """The steps of the onboarding, planned at the signup, with the day each was reached."""
    rows: list[Row] = []
    for account in book:
        if account.signup < 0:
            continue
        chance = account.stream("milestones")
        reached = account.signup
        stuck = False
        for name, due_after in _GUIDED_MILESTONES if account.guided else _SELF_SERVE_MILESTONES:
            due = account.signup + due_after
            if account.story == "stalled":
                stuck = stuck or chance.happens(0.3)
                reached = max(reached, due + chance.whole(9, 50))
            else:
                reached = max(reached, due + chance.whole(-5, 11))
            done = not stuck and reached < account.last_day
            row = (
                account.id,
                name,
                calendar.on(account.signup),
                calendar.on(due),
                calendar.on(reached) if done else None,
            )
            rows.append(row)
    return Records("milestones", ("account_id", "milestone", "planned_on", "due_on", "reached_on"), rows)


def objectives(book: list[Account], calendar: Calendar) -> Records:
    """What was agreed with the customer, until when, and when it was reached."""
    rows: list[Row] = []
    for account in book:
        if not account.guided:
            continue
        chance = account.stream("objectives")
        first = chance.whole(0, len(names.OBJECTIVES) - 1)
        for turn, agreed in enumerate(range(account.first_day + chance.whole(25, 60), account.last_day, 160)):
            for extra in range(2 if account.tier == "Enterprise" else 1):
                name, target = names.OBJECTIVES[(first + turn * 2 + extra) % len(names.OBJECTIVES)]
                due = agreed + chance.whole(100, 190)
                feeling = mood(account.story, due, onset=account.onset, temper=account.temper, chance=chance)
                reached = due - chance.whole(0, 40) if chance.happens(feeling) else due + chance.whole(20, 120)
                done = reached < account.last_day and (feeling > 0.45 or reached < account.onset)
                row = (
                    account.id,
                    name,
                    target,
                    calendar.on(agreed),
                    calendar.on(due),
                    calendar.on(reached) if done else None,
                )
                rows.append(row)
    return Records("objectives", ("account_id", "objective", "target", "agreed_on", "due_on", "reached_on"), rows)


def pulses(book: list[Account], calendar: Calendar) -> Records:
    """The CSM's own judgement, 1 to 5, every six weeks or so; now and then one is forgotten."""
    rows: list[Row] = []
    for account in book:
        if not account.guided or account.is_trial:
            continue
        chance = account.stream("pulses")
        for planned in range(account.first_day + chance.whole(10, 60), account.last_day, 42):
            day = planned + chance.whole(0, 9)
            if day >= account.last_day or chance.happens(0.2):
                continue
            # A CSM notices later than the data do.
            feeling = mood(account.story, day - 20, onset=account.onset, temper=account.temper, chance=chance)
            pulse = 1 + min(4, int(feeling * 4 + 0.55))
            rows.append((account.id, account.owner, calendar.on(day), pulse, _OUTLOOK[pulse], _reason(pulse, chance)))
    return Records("pulses", ("account_id", "csm", "given_on", "pulse", "outlook", "reason"), rows)


def _reason(pulse: int, chance: Stream) -> str:
    reasons: Sequence[str] = _PULSE_WORDS[pulse]
    return chance.pick(reasons)
