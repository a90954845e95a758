"""The customers: who they are, what they pay, and which story each of them lives."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import attrs

from scorewell.demo import names
from scorewell.demo.chance import Stream
from scorewell.demo.stories import CHURN, DAYS, Story, shares

__all__ = ["Account", "Calendar", "Tier", "found"]

Tier = Literal["Enterprise", "Business", "Team", "Starter"]
_TIERS: dict[Tier, float] = {"Enterprise": 17, "Business": 38, "Team": 27, "Starter": 18}
_SEATS: dict[Tier, tuple[int, int]] = {"Enterprise": (25, 80), "Business": (8, 24), "Team": (3, 9), "Starter": (1, 3)}
_SEAT_PRICE: dict[Tier, tuple[int, int]] = {
    "Enterprise": (1100, 1600),
    "Business": (700, 950),
    "Team": (380, 480),
    "Starter": (180, 240),
}
_CSMS = (
    ("Freja Holm", "Tobias Lindner"),
    ("Marek Zielinski", "Tobias Lindner"),
    ("Sofia Marchetti", "Tobias Lindner"),
    ("Aisha Rahman", "Claire Dubois"),
    ("Owen Gallagher", "Claire Dubois"),
    ("Lena Vogt", "Claire Dubois"),
)
_POOLED = ("Digital success team", "Claire Dubois")
_NEW_WITHIN = 100
_REGIONS = ("Nordics", "Iberia", "North America", "DACH", "Benelux", "UK & Ireland")


@attrs.frozen
class Calendar:
    """Turns the stories' day numbers into dates; ``as_of`` is the first day without data."""

    as_of: date

    def on(self, day: int) -> date:
        """The date of a day; 0 is ``DAYS`` days before ``as_of``."""
        return self.as_of + timedelta(days=day - DAYS)


@attrs.frozen(kw_only=True)
class Account:
    """One customer. All days are day numbers; ``onset`` is the day its story turns."""

    seed: int
    number: int
    name: str
    tier: Tier
    seats: int
    price: int
    country: str
    industry: str
    owner: str
    lead: str
    parent: str | None
    story: Story
    vigor: float
    """How much it uses the product when all is well, 1 being much."""
    temper: float
    """How much more content its people are than others', −0.25 to 0.2."""
    signup: int
    onset: int
    churn: int | None
    """The day on which the customer leaves, whether or not it lies before the end of the data."""
    notice: int | None
    upgrade: int | None
    is_trial: bool
    has_desk: bool
    is_reference: bool

    @property
    def id(self) -> str:
        """The CRM's number."""
        return f"A-{1000 + self.number}"

    @property
    def guided(self) -> bool:
        """Whether a CSM looks after it."""
        return self.tier in ("Enterprise", "Business")

    @property
    def last_day(self) -> int:
        """The first day without traces of it: it left, or the data end."""
        return DAYS if self.churn is None else min(self.churn, DAYS)

    @property
    def closed(self) -> bool:
        """Whether it had left when the data end."""
        return self.churn is not None and self.churn < DAYS

    @property
    def first_day(self) -> int:
        """The first day with traces of it: the signup, or the data begin."""
        return max(self.signup, 0)

    @property
    def arr(self) -> int:
        """Yearly revenue, in EUR."""
        return self.seats * self.price

    def stream(self, topic: str) -> Stream:
        """This account's own chance for a topic."""
        return Stream(self.seed, self.number, topic)


def found(seed: int, count: int) -> list[Account]:
    """The customers, numbered from 1. The first ones stay the same when more are asked for."""
    accounts: list[Account] = []
    taken: set[str] = set()
    parents: list[Account] = []
    for number in range(1, count + 1):
        account = _account(seed, number, taken, parents)
        accounts.append(account)
        taken.add(account.name)
        if account.tier == "Enterprise" and account.parent is None and number not in names.SPECIAL_NAMES:
            parents.append(account)
    return accounts


def _account(seed: int, number: int, taken: set[str], parents: list[Account]) -> Account:
    chance = Stream(seed, number, "account")
    tier: Tier = "Enterprise" if number in names.SPECIAL_NAMES else chance.weighted(_TIERS)
    guided = tier in ("Enterprise", "Business")
    industry = chance.weighted(names.INDUSTRIES)
    country = chance.weighted(names.MARKETS)
    parent = chance.pick(parents) if guided and parents and chance.happens(0.14) else None
    if number in names.SPECIAL_NAMES:
        name, country = names.SPECIAL_NAMES[number]
    else:
        name = _name(industry, country, parent, chance, taken)
        name = f"{name} {number}" if name in taken else name
    is_trial = tier in ("Team", "Starter") and chance.happens(0.07)
    signup = _signup(is_trial, chance)
    story, onset, churn = _fate(tier, industry, signup, is_trial, chance)
    owner, lead = chance.pick(_CSMS) if guided else _POOLED
    notice = None if churn is None else churn - chance.whole(18, 45 if guided else 30)
    grows = story == "growing" and guided and signup < DAYS - 300
    return Account(
        seed=seed,
        number=number,
        name=name,
        tier=tier,
        seats=chance.whole(*_SEATS[tier]),
        price=chance.whole(*_SEAT_PRICE[tier]),
        country=country,
        industry=industry,
        owner=owner,
        lead=lead,
        parent=None if parent is None else parent.id,
        story=story,
        vigor=chance.near(0.8, 0.5),
        temper=chance.near(-0.03, 0.22),
        signup=signup,
        onset=onset,
        churn=churn,
        notice=notice,
        upgrade=chance.whole(max(signup, 0) + 120, DAYS - 60) if grows else None,
        is_trial=is_trial,
        has_desk=guided or (tier == "Team" and chance.happens(0.7)),
        is_reference=guided and story in ("steady", "growing", "sponsor_left") and chance.happens(0.15),
    )


def _name(industry: str, country: str, parent: Account | None, chance: Stream, taken: set[str]) -> str:
    """A name that nobody has yet, unless twenty attempts were in vain."""
    for _ in range(20):
        if parent is None:
            name = names.company(industry, country, chance)
        else:
            name = f"{parent.name.split()[0]} {chance.pick(_REGIONS)}"
        if name not in taken:
            break
    return name


def _signup(is_trial: bool, chance: Stream) -> int:
    if is_trial:
        return chance.whole(DAYS - 25, DAYS - 3)
    if chance.happens(0.42):
        return -chance.whole(1, 1400)
    if chance.happens(0.16):
        return chance.whole(DAYS - 85, DAYS - 8)
    return chance.whole(0, DAYS - 90)


def _fate(tier: Tier, industry: str, signup: int, is_trial: bool, chance: Stream) -> tuple[Story, int, int | None]:
    """The story, the day it turns, and the day it ends in churn if it does."""
    new = is_trial or signup > DAYS - _NEW_WITHIN - 30
    story = chance.weighted(
        shares(
            guided=tier in ("Enterprise", "Business"),
            new=new,
            seasonal_trade=industry in ("Education", "Travel"),
        )
    )
    if story == "stalled" and signup < 0:
        story = "faded"  # an onboarding before the data began left no trace of having stalled
    if story == "stalled":
        onset = signup + chance.whole(75, 130)
    else:
        earliest = max(40, signup + 100)
        # The later of two draws: troubles grow with the number of customers, and so more of them are recent.
        onset = (
            max(chance.whole(earliest, DAYS - 25), chance.whole(earliest, DAYS - 25)) if earliest < DAYS - 25 else DAYS
        )
    likely, least, most = CHURN[story]
    churn = onset + chance.whole(least, most) if chance.happens(likely) and not is_trial else None
    return story, onset, churn
