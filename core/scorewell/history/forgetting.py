"""Forgetting: a customer, or a person who works with customers, is taken out of all that a history holds.

What stays is a tombstone: that somebody was forgotten and when, and a keyed hash by which the same customer is known,
should a source bring it again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal

import polars as pl
import polars.selectors as cs
import sqlalchemy as sa

from scorewell.history import schema
from scorewell.history.copies import DIMENSIONS, change_run, checksum, scores_of_part
from scorewell.history.errors import HistoryError
from scorewell.history.parts import frame_of, part_content, text_of
from scorewell.history.reading import Bound
from scorewell.history.records import StoredRun
from scorewell.history.writing import Writer

__all__ = [
    "FORGOTTEN",
    "authors",
    "forget_customer",
    "forget_person",
    "is_forgotten",
    "is_known",
    "mentioned",
    "names_of",
    "was_forgotten",
]

FORGOTTEN = "(forgotten)"
"""What stands where a person's words or name stood."""

_OF_CUSTOMER = ("overrides", "pulses", "outcomes")
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "overrides": {"author": ("because",), "withdrawn_by": ("withdrawn_because",)},
    "pulses": {"author": ("reason", "note")},
}
"""By table: the columns with who wrote, each with those of what they wrote."""


def names_of(history: Bound, customer_id: str) -> tuple[str, ...]:
    """The names under which the stored metric values know a customer, each once; by whatever they were called."""
    found: dict[str, None] = {}
    for run in _runs(history):
        for _, frame in _parts(history, run, "metrics", holding=customer_id):
            if "name" in frame.columns:
                own = frame.filter(pl.col("customer_id") == customer_id).get_column("name").cast(pl.String)
                found |= dict.fromkeys(own.drop_nulls())
    return tuple(found)


def authors(history: Bound) -> frozenset[str]:
    """Who said anything that is stored, as they are called there."""
    found: set[str] = set()
    for name, columns in _WORDS.items():
        table = schema.metadata.tables[name]
        for column in columns:
            query = sa.select(table.c[column]).where(table.c.project == history.project).distinct()
            found |= {author for author in history.connection.execute(query).scalars() if author is not None}
    return frozenset(found - {FORGOTTEN})


def is_known(history: Bound, customer_id: str) -> bool:
    """Whether anything is stored of a customer of this id: scores of whatever run, or what people said."""
    own = schema.scores.c.run.in_(sa.select(schema.runs.c.number).where(schema.runs.c.project == history.project))
    found = [sa.exists().where(schema.scores.c.customer_id == customer_id, own)]
    for name in _OF_CUSTOMER:
        table = schema.metadata.tables[name]
        found.append(sa.exists().where(table.c.project == history.project, table.c.customer_id == customer_id))
    return bool(history.connection.execute(sa.select(sa.or_(*found))).scalar_one())


def forget_customer(writer: Writer, customer_id: str, names: Collection[str]) -> dict[str, int]:
    """Remove all that is stored of a customer, of every run: how much, by kind.

    ``names`` are what findings, and what people said of others, may call it besides its id: there ``FORGOTTEN`` stands
    then. Other customers' rows only lose it as their parent.
    """
    mention = _in_words((customer_id, *names))
    removed: dict[str, int] = {"scores": 0, "metrics": 0, "transitions": 0, "findings": 0}
    for run in _runs(writer):
        _scores_rewritten(writer, run, customer_id)
        for name, table in (("scores", schema.scores), ("transitions", schema.transitions)):
            own = schema.of_run(table, run.number) & (table.c.customer_id == customer_id)
            gone = writer.connection.execute(sa.delete(table).where(own)).rowcount
            removed[name] += gone
            if name == "scores" and gone:
                change_run(writer.connection, run.number, lambda said: {"customers": said["customers"] - 1})
        removed["metrics"] += _rewritten(writer, run, "metrics", lambda frame: _without_customer(frame, customer_id))
        for kind in ("transitions", "stays"):  # what tables say as well, and is counted there
            _rewritten(writer, run, kind, lambda frame: _without_customer(frame, customer_id), holding=customer_id)
        removed["findings"] += _findings_rewritten(writer, run, mention)
    for name in _OF_CUSTOMER:
        table = schema.metadata.tables[name]
        own = (table.c.project == writer.project) & (table.c.customer_id == customer_id)
        removed[name] = writer.connection.execute(sa.delete(table).where(own)).rowcount
    removed["mentions"] = sum(_anonymous(writer, name, None, mention) for name in _WORDS)
    removed["mentions"] += _failures_rewritten(writer, mention)
    _bury(writer, "customer", customer_id, removed)
    return removed


def forget_person(writer: Writer, person: str) -> dict[str, int]:
    """Take a person's name, and the words that they wrote, out of all that is stored: how much, by kind.

    ``person`` is how they are called in overrides, in pulses and in the customers' table. What they decided stays,
    without who and why; of words that others wrote, their name alone goes. Of whom there was nothing, nothing is noted.
    """
    mention = _in_words((person,))
    changed: dict[str, int] = {"metrics": 0, "findings": 0}
    changed |= {name: _anonymous(writer, name, person, mention) for name in _WORDS}
    changed["mentions"] = _failures_rewritten(writer, mention)
    for run in _runs(writer):
        changed["metrics"] += _rewritten(writer, run, "metrics", lambda frame: _without_person(frame, person))
        changed["findings"] += _findings_rewritten(writer, run, mention)
    if any(changed.values()):
        _bury(writer, "person", person, changed)
    return changed


def is_forgotten(history: Bound, customer_ids: pl.Series) -> pl.Series:
    """Which of these customers were forgotten, as Boolean."""
    digests = _digests(history, "customer")
    if not digests:
        return pl.Series("forgotten", [False]).new_from_index(0, len(customer_ids))
    found = [_is_among(digests, each) for each in customer_ids.cast(pl.String)]
    return pl.Series("forgotten", found, dtype=pl.Boolean)


def was_forgotten(history: Bound, person: str) -> bool:
    """Whether a person of this name was forgotten before."""
    return _is_among(_digests(history, "person"), person)


def _digests(history: Bound, kind: Literal["customer", "person"]) -> dict[str, frozenset[str]]:
    """Those of the tombstones, by salt."""
    table = schema.tombstones
    query = sa.select(table.c.digest).where(table.c.project == history.project, table.c.kind == kind)
    by_salt: dict[str, set[str]] = {}
    for digest in history.connection.execute(query).scalars():
        by_salt.setdefault(digest.partition("$")[0], set()).add(digest)
    return {salt: frozenset(digests) for salt, digests in by_salt.items()}


def _is_among(digests: Mapping[str, frozenset[str]], who: str) -> bool:
    return any(_keyed(salt, who) in some for salt, some in digests.items())


def _runs(history: Bound) -> tuple[StoredRun, ...]:
    return history.stored(schema.runs.c.project == history.project)


def _parts(
    history: Bound, run: StoredRun, kind: str, *, holding: str | None = None
) -> Iterable[tuple[int, pl.DataFrame]]:
    """The parts of a run's frame of a kind; with ``holding``, only those that may hold this customer."""
    table = schema.frames
    query = sa.select(table.c.part, table.c.sha256, table.c.content)
    query = query.where(table.c.run == run.number, table.c.kind == kind)
    if holding is not None:
        query = query.where(table.c.first_customer <= holding, table.c.last_customer >= holding)
    for part, sha256, content in history.connection.execute(query.order_by(table.c.part)).all():
        yield part, frame_of([(part, sha256, content)], kind, history.place)


def _rewritten(
    writer: Writer,
    run: StoredRun,
    kind: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    *,
    holding: str | None = None,
) -> int:
    """Write those parts of a run's frame anew that ``change`` changes: how many rows are others, or gone."""
    table, count = schema.frames, 0
    for part, frame in _parts(writer, run, kind, holding=holding):
        changed = change(frame)
        if changed.equals(frame):
            continue
        same = (table.c.run == run.number) & (table.c.kind == kind) & (table.c.part == part)
        writer.connection.execute(sa.update(table).where(same).values(**part_content(changed)))
        count += frame.height - changed.height or _rows_that_differ(frame, changed)
    return count


def _scores_rewritten(writer: Writer, run: StoredRun, customer_id: str) -> None:
    """Take a customer out of the copied scores, before the rows are removed: a part's checksum is made of them.

    Where the checksum is not that of the rows' dimensions, somebody edited these. Then it stays as it is, so that
    `scorewell history check` still tells.
    """
    table = schema.frames
    for part, frame in _parts(writer, run, "scores", holding=customer_id):
        rest = _without_customer(frame, customer_id)
        if rest.height == frame.height:
            continue
        if DIMENSIONS in rest.columns:
            rows = scores_of_part(writer.connection, run.number, part)
            if checksum(rows["dimensions"]) == frame.item(0, DIMENSIONS):
                remaining = checksum(_without_customer(rows, customer_id)["dimensions"])
                rest = rest.with_columns(pl.lit(remaining, pl.Int64).alias(DIMENSIONS))
        same = (table.c.run == run.number) & (table.c.kind == "scores") & (table.c.part == part)
        writer.connection.execute(sa.update(table).where(same).values(**part_content(rest)))


def _rows_that_differ(before: pl.DataFrame, after: pl.DataFrame) -> int:
    differs = [before[name].ne_missing(after[name]).alias(name) for name in before.columns]
    return int(pl.select(pl.any_horizontal(differs).sum()).item())


def _without_customer(frame: pl.DataFrame, customer_id: str) -> pl.DataFrame:
    rest = frame.filter(pl.col("customer_id") != customer_id)
    if "parent" not in rest.columns:
        return rest
    parent = pl.col("parent")
    return rest.with_columns(pl.when(parent.cast(pl.String) != customer_id).then(parent).alias("parent"))


def _without_person(frame: pl.DataFrame, person: str) -> pl.DataFrame:
    texts = cs.by_dtype(pl.String) - cs.by_name("customer_id")
    return frame.with_columns(pl.when(texts != person).then(texts).when(texts == person).then(pl.lit(FORGOTTEN)))


def _findings_rewritten(writer: Writer, run: StoredRun, mention: re.Pattern[str]) -> int:
    """Take names out of what a run noticed: in how many findings."""
    table = schema.runs
    here = table.c.number == run.number
    told: list[dict[str, Any]] = writer.connection.execute(sa.select(table.c.findings).where(here)).scalar_one()
    count = sum(_told_without(found, mention) != found for found in told)

    def changed(said: Mapping[str, Any]) -> dict[str, Any]:
        return {"findings": [_told_without(found, mention) for found in said["findings"]]}

    change_run(writer.connection, run.number, changed)
    return count


def _told_without(found: dict[str, Any], mention: re.Pattern[str]) -> dict[str, Any]:
    kept = [each for each in found["examples"] if not mention.search(each)]
    hint = found["hint"] and mention.sub(FORGOTTEN, found["hint"])
    return {**found, "message": mention.sub(FORGOTTEN, found["message"]), "hint": hint, "examples": kept}


def _failures_rewritten(writer: Writer, mention: re.Pattern[str]) -> int:
    """Take names out of why sinks failed: in how many receipts."""
    table, count = schema.receipts, 0
    own = table.c.run.in_(sa.select(schema.runs.c.number).where(schema.runs.c.project == writer.project))
    query = sa.select(table.c.run, table.c.position, table.c.failure).where(own, table.c.failure.is_not(None))
    for run, position, failure in writer.connection.execute(query).all():
        told = mention.sub(FORGOTTEN, failure)
        if told != failure:
            same = (table.c.run == run) & (table.c.position == position)
            writer.connection.execute(sa.update(table).where(same).values(failure=told))
            count += 1
    return count


def _anonymous(writer: Writer, name: str, person: str | None, mention: re.Pattern[str]) -> int:
    """Take a person, and what ``mention`` finds, out of a table of what people said: in how many rows."""
    table, count = schema.metadata.tables[name], 0
    query = sa.select(table).where(table.c.project == writer.project)
    for row in writer.connection.execute(query).mappings().all():
        changes: dict[str, str] = {}
        for author, columns in _WORDS[name].items():
            is_theirs = person is not None and row[author] == person
            changes |= {author: FORGOTTEN} if is_theirs else {}
            for column in columns:
                if row[column] is not None:
                    text = FORGOTTEN if is_theirs else mention.sub(FORGOTTEN, row[column])
                    changes |= {column: text} if text != row[column] else {}
        if changes:
            writer.connection.execute(sa.update(table).where(table.c.number == row["number"]).values(**changes))
            count += 1
    return count


def _in_words(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of these texts, whole: ``A-1`` is not in ``A-10``."""
    every = sorted({text for text in texts if text}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, every))})(?![\w-])", re.IGNORECASE)


def _bury(writer: Writer, kind: Literal["customer", "person"], who: str, removed: dict[str, int]) -> None:
    table = schema.tombstones
    of_project = table.c.project == writer.project
    known = writer.connection.execute(sa.select(table.c.digest).where(of_project).limit(1)).scalar_one_or_none()
    salt = secrets.token_hex(16) if known is None else known.partition("$")[0]
    digest = _keyed(salt, who)
    same = of_project & (table.c.kind == kind) & (table.c.digest == digest)
    writer.connection.execute(sa.delete(table).where(same))
    greatest = writer.connection.execute(sa.select(sa.func.max(table.c.number))).scalar_one()
    row = {
        "number": int(greatest or 0) + 1,
        "project": writer.project,
        "kind": kind,
        "digest": digest,
        "removed": removed,
        "recorded_at": datetime.now(UTC),
    }
    writer.connection.execute(sa.insert(table), [row])


def _keyed(salt: str, who: str) -> str:
    return f"{salt}${hmac.new(bytes.fromhex(salt), who.encode(), hashlib.sha256).hexdigest()}"


def mentioned(history: Bound, texts: Collection[str]) -> int:
    """How many of the stored configurations hold one of these texts: those are the user's own, and are not changed.

    One that is damaged holds nothing that anybody could read.
    """
    documents, mention = schema.documents, _in_words(texts)
    query = sa.select(documents.c.sha256, documents.c.content).where(
        documents.c.sha256.in_(
            sa.select(schema.runs.c.configuration_document).where(schema.runs.c.project == history.project)
        )
    )
    rows = history.connection.execute(query).all()
    count = 0
    for sha256, content in rows:
        with suppress(HistoryError):
            count += mention.search(text_of(sha256, content, history.place)) is not None
    return count
