"""What people decide and say of customers, checked before it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import attrs
import polars as pl

from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project, Scorecard, live_project, of_score, score_name
from scorewell.configuration.pulse import RecordedPulses
from scorewell.configuration.scores import card_of
from scorewell.history import History, HistoryError
from scorewell.history.overrides import (
    Override,
    StoredOverride,
    add_override,
    overrides,
    withdraw_override,
)
from scorewell.history.projects import found_history, history_of
from scorewell.history.pulses import Pulse, StoredPulse, add_pulse, pulses
from scorewell.messages import near_miss
from scorewell.metrics import ACTIVE, customers_as_of
from scorewell.runner.looking_back import names_in, remembered_customer
from scorewell.runner.moments import moment
from scorewell.runner.selection import NobodySelected, check_score, customer_id
from scorewell.scoring import OverrideKind, band_values, override_words, used_scorecards

__all__ = [
    "Decided",
    "Given",
    "Refused",
    "names_of_customers",
    "override_score",
    "overrides_of",
    "pulses_of",
    "record_pulse",
    "state_of",
    "withdraw",
    "words_of",
]


class Refused(ScorewellError):  # noqa: N818 - says what happened, and reads so where it is caught
    """What somebody decided or said cannot be: it is beyond the scale, or ends before it begins."""


@attrs.frozen(kw_only=True)
class Decided:
    """A decision as it was kept, and what it is about: the customer's name, and the last score before it.

    ``ineffective`` says why it changes nothing as things are, None where it does.
    """

    override: StoredOverride
    name: str | None
    score: float | None
    band: str | None
    ineffective: str | None = None


@attrs.frozen(kw_only=True)
class Given:
    """A pulse as it was kept, and the customer's name; ``ineffective`` says why it enters no score as things are."""

    pulse: StoredPulse
    name: str | None
    ineffective: str | None = None


def override_score(
    project: Project,
    customer: str,
    *,
    kind: OverrideKind,
    value: float | None = None,
    band: str | None = None,
    because: str,
    author: str,
    until: datetime,
    begins: datetime | None = None,
    score: str | None = None,
) -> Decided:
    """Keep what a person decided of a score of ``customer``: an id, or a name that only one customer has.

    ``score`` is the name of one of the project's scores; default the first. ``begins`` and ``until`` are local where
    they say no zone; default begin is today 00:00. Raises NobodySelected for an unknown customer or score, Refused for
    a value outside the scale of the customer's scorecard, an unknown band, or a time that ends before it begins, and
    HistoryError.
    """
    check_score(project, score)
    start, end = moment(begins, project.timezone), moment(until, project.timezone)
    if end <= start:
        hint = "--from says when it begins: by default today" if begins is None else None
        raise Refused(f"it would end ({end:%Y-%m-%d %H:%M}) before it begins ({start:%Y-%m-%d %H:%M})", hint=hint)
    name_of_score = score or score_name(project)
    with history_of(project) as history:
        known = _known(project, history, customer)
        identity = known.identity
        last = history.scores_of(identity, score_name=name_of_score, limit=1)
        _possible(_scorecards(of_score(live_project(project, start), name_of_score), last), value, band)
        wanted = Override(
            customer_id=identity,
            score_name=name_of_score,
            kind=kind,
            value=value,
            band=band,
            because=_said(because, "a reason"),
            author=_said(author, "an author"),
            begins=start,
            until=end,
        )
        with history.writing() as writer:
            kept = add_override(writer, wanted)
    before = last.row(0, named=True) if last.height else {"score": None, "band": None, "status": None}
    return Decided(
        override=kept,
        name=known.name,
        score=before["score"],
        band=before["band"],
        ineffective=known.ineffective or _why_ineffective(kind, before["score"], before["status"]),
    )


def withdraw(
    project: Project, number: int, *, by: str, because: str | None = None, at: datetime | None = None
) -> StoredOverride:
    """Let an override count no more from ``at`` on; default today 00:00 local.

    Raises Refused where there is none of that number, or it was withdrawn before or has ended by then; HistoryError.
    """
    with history_of(project) as history, history.writing() as writer:
        start = moment(at, project.timezone)
        known = {each.number: each for each in overrides(writer)}
        if number not in known:
            raise Refused(f"there is no override {number}", hint="`scorewell override list --all` has their numbers")
        if known[number].withdrawn_at is not None:
            raise Refused(f"override {number} was withdrawn before, by {known[number].withdrawn_by}")
        end = known[number].until.astimezone(start.tzinfo)
        if end <= start:
            hint = "--from says when it ends: by default today" if at is None else None
            told = f"override {number} ended ({end:%Y-%m-%d %H:%M}) before it would be withdrawn"
            raise Refused(f"{told} ({start:%Y-%m-%d %H:%M})", hint=hint)
        return withdraw_override(writer, number, at=start, by=_said(by, "an author"), because=because)


def overrides_of(project: Project, customer: str | None = None) -> tuple[StoredOverride, ...]:
    """The overrides of the project, or of a customer by id or name, in the order in which they were made."""
    with found_history(project) as history:
        if history is None:
            return ()
        return overrides(history, customer_id=None if customer is None else _known(project, history, customer).identity)


def names_of_customers(project: Project) -> dict[str, str]:
    """What customers were called in the last run, by id."""
    with found_history(project) as history:
        return {} if history is None else names_in(history, history.last_run())


def record_pulse(
    project: Project,
    customer: str,
    value: int,
    *,
    author: str,
    reason: str | None = None,
    note: str | None = None,
    on: datetime | None = None,
) -> Given:
    """Keep a person's judgement of a customer, 1 to 5.

    It counts from ``on`` on, local where it says no zone; by default from now. Raises NobodySelected for an
    unknown customer, Refused for a moment that has not come, ValueError for another value, and HistoryError.
    """
    now = datetime.now(UTC)
    given_at = now if on is None else moment(on, project.timezone)
    if given_at > now:
        raise Refused(f"{given_at:%Y-%m-%d %H:%M} is in the future: expected the day of the judgement")
    with history_of(project) as history:
        known = _known(project, history, customer)
        pulse = Pulse(
            customer_id=known.identity,
            value=value,
            reason=reason,
            note=note,
            author=_said(author, "an author"),
            given_at=given_at,
        )
        with history.writing() as writer:
            kept = add_pulse(writer, pulse)
    return Given(pulse=kept, name=known.name, ineffective=known.ineffective or _why_unread(project))


def pulses_of(project: Project, customer: str | None = None) -> tuple[StoredPulse, ...]:
    """The pulses that the project's history keeps, or those of a customer by id or name, the latest first."""
    with found_history(project) as history:
        if history is None:
            return ()
        return pulses(history, customer_id=None if customer is None else _known(project, history, customer).identity)


def words_of(override: Override) -> str:
    """What was decided: ``at most 40``, ``band healthy``."""
    return override_words(override.kind, override.value, override.band)


def state_of(override: StoredOverride, as_of: datetime) -> str:
    """``in force``, ``to come``, ``ended`` or ``withdrawn``, at a moment (aware)."""
    if override.withdrawn_at is not None and override.withdrawn_at <= as_of:
        return "withdrawn"
    if override.until <= as_of:
        return "ended"
    return "in force" if override.begins <= as_of else "to come"


@attrs.frozen
class _Known:
    """A customer; ``ineffective`` says why it has no score as things are, None where it may have one."""

    identity: str
    name: str | None
    ineffective: str | None


def _known(project: Project, history: History, customer: str) -> _Known:
    """The customer that is meant: of those there are now, or were in the last run where their table cannot be read;
    else of those that the history knows.

    Who was forgotten is none of them, whatever the table says: what people say would bring it back into the history.
    """
    try:
        table = customers_as_of(project, datetime.now(UTC))
    except ScorewellError:
        last = history.last_run()
        if last is None:
            raise
        table = history.metrics(last)
    table = table.filter(~history.is_forgotten(table.get_column("customer_id")))
    try:
        identity = customer_id(table, customer)
    except NobodySelected:
        gone = _gone(project, history, customer, table.get_column("customer_id"))
        if gone is None:
            raise
        return gone
    found = table.row(by_predicate=pl.col("customer_id") == identity, named=True)
    name = found.get("name")
    active = project.customers.active
    inactive = f"this customer is not active, and only active customers have a score (customers.active: {active})"
    return _Known(identity, None if name is None else str(name), None if found.get(ACTIVE, True) else inactive)


def _gone(project: Project, history: History, customer: str, present: pl.Series) -> _Known | None:
    """The customer that is meant where only the history knows it; None where that does not either."""
    try:
        identity = remembered_customer(history, customer)
    except (NobodySelected, HistoryError):
        return None
    last = history.scores_of(identity, limit=1, imported=True)
    # Who is there now was not found among those for a reason: several have the name.
    if not last.height or (present == identity).any():
        return None
    seen = last.item(0, "as_of").astimezone(ZoneInfo(project.timezone))
    gone = f"this customer is not in the customers' table now, and was last scored as of {seen:%Y-%m-%d}"
    return _Known(identity, None, gone)


def _why_unread(project: Project) -> str | None:
    """Why nothing looks at the pulses that are recorded; None where something does."""
    if project.pulse is None:
        return "the project has no section 'pulse' yet"
    # The name does not tell: a project may call a source of its own `pulses`.
    entry = project.sources.get(project.pulse.source)
    if entry is None or not isinstance(entry.plugin, RecordedPulses):
        return f"the project's pulses are those of the source {project.pulse.source!r} (pulse.source): record it there"
    return None


def _why_ineffective(kind: OverrideKind, score: float | None, status: str | None) -> str | None:
    """Why an active customer's score of the last run would not have changed; None where it would, or nobody knows."""
    if status == "unassigned":
        return "the customer was in no segment in the last run, so it has no scorecard"
    if status is None or score is not None or kind in ("score", "band"):
        return None
    limit = kind.replace("_", " ")
    return f"there was no score in the last run to apply {limit!r} to; --score and --band give one"


def _scorecards(project: Project, last: pl.DataFrame) -> list[Scorecard]:
    """The scorecard that the customer had last; where nobody knows, all that it could have."""
    if last.height:
        segment, stage = last.select("segment", "stage").row(0)
        name = card_of(project, segment, stage) if segment in project.segments else None
        if name is not None:
            return [project.scorecards[name]]
    return [project.scorecards[name] for name in used_scorecards(project)]


def _possible(cards: Iterable[Scorecard], value: float | None, band: str | None) -> None:
    """Raise Refused where none of the scorecards has this value, or this band."""
    cards = list(cards)
    if value is not None and not any(card.scale[0] <= value <= card.scale[1] for card in cards):
        scales = dict.fromkeys(f"{card.scale[0]:g} to {card.scale[1]:g}" for card in cards)
        raise Refused(f"{value:g} is outside the scale of {' or '.join(scales)}")
    bands = list(dict.fromkeys(name for card in cards for name in band_values(card)))
    if band is not None and band not in bands:
        near = near_miss(band, bands)
        raise Refused(f"no band {band!r}; there is {', '.join(bands)}", hint=near and f"--band {near}")


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise Refused(f"{what} is empty: later readers of the score need it")
    return text.strip()
