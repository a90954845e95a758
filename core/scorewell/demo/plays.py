"""What the company's customer success managers did for their accounts, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from scorewell.demo.accounts import Account, Calendar
from scorewell.demo.chance import Stream
from scorewell.demo.records import Cell, Records
from scorewell.demo.stories import Story

__all__ = ["plays"]

_RESCUES: dict[Story, tuple[str, ...]] = {
    "sponsor_left": ("Search for a new sponsor", "Executive review"),
    "faded": ("Adoption workshop", "Training for newcomers"),
    "unpaid": ("Call with their accounts department",),
    "stalled": ("Onboarding taken up again",),
    "burdened": ("Escalation to the head of support", "Executive review"),
    "recovered": ("Adoption workshop", "Training for newcomers"),
}
_REVIEW_EVERY = (110, 190)  # days


def plays(book: list[Account], calendar: Calendar) -> Records:
    """Business reviews, and what is tried when an account turns; only accounts with a manager of their own have any."""
    rows: list[tuple[Cell, ...]] = []
    for account in book:
        if not account.guided or account.is_trial:
            continue
        chance = account.stream("plays")
        done = sorted([*_reviews(account, chance), *_rescues(account, chance)])
        rows += [
            (account.id, account.owner, calendar.on(day), play, result)
            for day, play, result in done
            if account.first_day <= day < account.last_day
        ]
    return Records("plays", ("account_id", "csm", "done_on", "play", "result"), rows)


def _reviews(account: Account, chance: Stream) -> Iterator[tuple[int, str, str]]:
    day = account.signup + chance.whole(*_REVIEW_EVERY)
    while day < account.last_day:
        yield (
            day,
            "Business review",
            chance.pick(("Goals for the next half year agreed", "On plan", "Two wishes noted")),
        )
        day += chance.whole(*_REVIEW_EVERY)


def _rescues(account: Account, chance: Stream) -> Iterator[tuple[int, str, str]]:
    """A manager notices some weeks after the data do."""
    day = account.onset + chance.whole(25, 60)
    for play in _RESCUES.get(account.story, ()):
        if account.story == "recovered":
            result = chance.pick(("Twelve people trained", "New workflow live", "Sponsor back at the table"))
        else:
            result = chance.pick(("No answer yet", "Meeting held, nothing agreed", "Next step agreed"))
        yield day, play, result
        day += chance.whole(14, 40)
