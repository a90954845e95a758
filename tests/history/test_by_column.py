"""What a trend reads of everybody is kept by column too: it says what the tables say, whatever was done to them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.support.remembered import MONDAY, NEXT_MONDAY, record, scores, transition

from scorewell.history import History, HistoryError, StoredRun, schema
from scorewell.history.reading import COPIED

WEEK = timedelta(weeks=1)
LATER = MONDAY + 100 * WEEK
LOOKED_BACK_AT = [*COPIED[:2], "as_of", *COPIED[2:], "run"]


def without_columns(history: History, kind: str | None = None) -> None:
    """The store as an earlier version wrote it."""
    with history.writing() as writer:
        of_kinds = schema.frames.c.kind.in_(["scores", "stays"] if kind is None else [kind])
        assert writer.connection.execute(sa.delete(schema.frames).where(of_kinds)).rowcount


def by_row_and_by_column(history: History) -> None:
    """Prove that both say the same: the scores of every run, and the stays before every moment."""
    runs = history.runs(superseded=True)
    moments = [*(run.as_of for run in runs), LATER]
    copied = [history.scores([run], LOOKED_BACK_AT) for run in runs]
    stays = [history.last_stays(moment) for moment in moments]
    rows = [history.scores([run]) for run in runs]
    for copy, row in zip(copied, rows, strict=True):
        assert_frame_equal(copy, row.select(LOOKED_BACK_AT), check_exact=True)
    if runs:
        without_columns(history)
    for before, moment in zip(stays, moments, strict=True):
        assert_frame_equal(history.last_stays(moment), before)


def weekly(history: History, *bands: str, customer: str = "ada") -> list[StoredRun]:
    """A run a week, in each of which the customer moves into another band."""
    with history.writing() as writer:
        return [
            writer.replace(record(as_of=MONDAY + number * WEEK, transitions=transition(customer, band, kind="moved")))
            for number, band in enumerate(bands)
        ]


def stay(history: History, before: datetime = LATER) -> list[tuple[str, datetime, str]]:
    return history.last_stays(before).select("customer_id", "as_of", "to_band").rows()


def test_scores_of_everybody_are_those_of_the_rows_in_their_order(history: History) -> None:
    awkward = {'ä,"b\nc': 0.1 + 0.2, "": 1e-300, "nul \x00": 100.0, "null": None}
    both = pl.concat([scores(awkward), scores({"": 3.0, "zed": 4.0}, score_name="health/draft")])
    mixed = both.sample(fraction=1.0, shuffle=True, seed=1).with_columns(pl.col("band").cast(pl.Categorical))
    with history.writing() as writer:
        [run] = [writer.replace(record(awkward, scores=mixed))]
        assert_frame_equal(writer.scores([run], COPIED), writer.scores([run]).select(COPIED), check_exact=True)
    by_row_and_by_column(history)


def test_a_stay_begins_with_the_last_band_change_before_the_moment(history: History) -> None:
    weekly(history, "stable", "healthy", "at_risk")
    assert stay(history, MONDAY + 2 * WEEK) == [("ada", NEXT_MONDAY, "healthy")]
    assert stay(history) == [("ada", MONDAY + 2 * WEEK, "at_risk")]
    assert stay(history, MONDAY) == []
    by_row_and_by_column(history)


@pytest.mark.parametrize("kind", ["left", "returned"])
def test_who_leaves_or_comes_back_begins_no_stay(history: History, kind: str) -> None:
    weekly(history, "stable")
    gone = transition("ada", kind=kind)
    with history.writing() as writer:
        writer.replace(record(as_of=NEXT_MONDAY, transitions=gone))
    assert stay(history) == [("ada", MONDAY, "stable")]
    by_row_and_by_column(history)


def test_a_store_that_an_earlier_version_wrote_is_read_by_row_and_goes_on_by_column(history: History) -> None:
    weekly(history, "stable", "healthy")
    without_columns(history)
    assert history.scores(history.runs(), COPIED).height == 4
    assert stay(history) == [("ada", NEXT_MONDAY, "healthy")]
    with history.writing() as writer:
        writer.replace(record(as_of=MONDAY + 2 * WEEK))
    assert stay(history) == [("ada", NEXT_MONDAY, "healthy")]
    assert history.check() == ()
    by_row_and_by_column(history)


def test_a_run_between_others_changes_what_the_later_ones_say(history: History) -> None:
    weekly(history, "stable", "healthy")
    with history.writing() as writer:
        writer.replace(record(as_of=MONDAY + WEEK / 2, transitions=transition("bob", "at_risk", kind="moved")))
    assert stay(history) == [("ada", NEXT_MONDAY, "healthy"), ("bob", MONDAY + WEEK / 2, "at_risk")]
    with history.writing() as writer:
        writer.replace_transitions(history.runs()[-1], transition("cy", "healthy", kind="moved"))
    assert [name for name, _, _ in stay(history)] == ["ada", "bob", "cy"]
    assert stay(history)[0] == ("ada", MONDAY, "stable")
    by_row_and_by_column(history)


def test_a_run_that_supersedes_another_takes_its_band_changes_out(history: History) -> None:
    weekly(history, "stable", "healthy")
    with history.writing() as writer:
        writer.replace(record(as_of=NEXT_MONDAY, run_id="again"))
    assert stay(history) == [("ada", MONDAY, "stable")]
    by_row_and_by_column(history)


@pytest.mark.parametrize("kind", ["runs", "transitions"])
def test_what_was_pruned_began_no_stay_that_anybody_knows(history: History, kind: str) -> None:
    weekly(history, "stable")
    with history.writing() as writer:
        writer.replace(record(as_of=NEXT_MONDAY))
    history.prune({kind: NEXT_MONDAY})
    assert stay(history) == []
    assert history.check() == ()
    by_row_and_by_column(history)


def test_scores_that_were_pruned_are_gone_by_column_too(history: History, store_url: str) -> None:
    weekly(history, "stable", "healthy")
    assert history.prune({"scores": NEXT_MONDAY}) == {"scores": 2}
    first, second = history.runs()
    assert history.scores([first], COPIED).height == 0
    assert history.scores([second], COPIED).height == 2
    with sa.create_engine(store_url, poolclass=sa.NullPool).connect() as connection:
        kept = connection.execute(sa.select(schema.frames.c.run).where(schema.frames.c.kind == "scores")).scalars()
        assert set(kept) == {second.number}
    assert history.check() == ()


def test_a_forgotten_customer_is_in_no_column(history: History, store_url: str) -> None:
    values = {f"c{number:05}": 1.0 for number in range(25_000)}
    moved = pl.concat(transition(name, kind="moved") for name in ("c00003", "c24000"))
    with history.writing() as writer:
        for as_of in (MONDAY, NEXT_MONDAY):
            writer.replace(record(values, as_of=as_of, transitions=moved))
    history.forget_customer("c24000")
    with sa.create_engine(store_url, poolclass=sa.NullPool).connect() as connection:
        query = sa.select(schema.frames.c.content, schema.frames.c.last_customer)
        query = query.where(schema.frames.c.kind != "run")
        for content, last in connection.execute(query):
            assert "c24000" not in pl.read_parquet(content)["customer_id"].to_list()
            assert last is not None
    assert [name for name, _, _ in stay(history)] == ["c00003"]
    assert history.check() == ()
    by_row_and_by_column(history)


def test_what_columns_say_is_proven(history: History, store_url: str) -> None:
    weekly(history, "stable")
    with sa.create_engine(store_url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("update scores set band = 'healthy' where customer_id = 'ada'")
        content = "x'00'" if connection.dialect.name == "sqlite" else "'\\x00'::bytea"
        connection.exec_driver_sql(f"update frames set content = {content} where kind = 'stays'")
    assert [found.id for found in history.check()] == ["scores-differ", "damaged-stays"]
    with pytest.raises(HistoryError, match="part 0 of the stays differs from what was written"):
        history.last_stays(LATER)


def test_imported_scores_change_nobodys_stay(history: History) -> None:
    weekly(history, "stable", "healthy")
    old = pl.DataFrame({"customer_id": ["ada"], "as_of": [MONDAY], "score": [9.0], "band": [None]})
    history.import_scores(old, "old")
    assert stay(history) == [("ada", NEXT_MONDAY, "healthy")]
    by_row_and_by_column(history)


KINDS = ["moved", "entered", "restarted", "returned", "left"]
DONE = st.tuples(
    st.sampled_from(["run", "run", "run", "again", "prune", "prune transitions", "forget", "mend", "older", "remove"]),
    st.integers(0, 5),
    st.integers(0, 2**16),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(done=st.lists(DONE, min_size=2, max_size=14))
def test_whatever_was_done_columns_say_what_the_tables_say(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with History.open("sqlite:///kept.db", project="Acme", folder=folder) as history:
        for what, number, seed in done:
            do(history, what, MONDAY + number * WEEK, random.Random(seed))  # noqa: S311 - chance, not secrecy
        assert history.check() == ()
        by_row_and_by_column(history)


def do(history: History, what: str, moment: datetime, chance: random.Random) -> None:
    """One of the things that change a history."""
    runs = history.runs()
    if what == "forget":
        history.forget_customer(chance.choice("abc"))
    elif what.startswith("prune"):
        history.prune({what.removeprefix("prune ") if " " in what else "runs": moment})
    elif what == "older" and runs:
        without_columns(history, chance.choice(["scores", "stays"])) if has_columns(history) else None
    elif what == "remove" and runs:
        with history.writing() as writer:
            writer.take_out(chance.choice(history.runs(superseded=True)))
    elif what == "mend" and runs:
        with history.writing() as writer:
            writer.replace_transitions(chance.choice(runs), moves(chance))
    else:
        with history.writing() as writer:
            values = {name: chance.choice([None, 10.0]) for name in "abcd"}
            writer.replace(
                record(values, as_of=moment, run_id="again" if what == "again" else "a1", transitions=moves(chance))
            )


def moves(chance: random.Random) -> pl.DataFrame:
    who = sorted(chance.sample("abcd", chance.randrange(5)))
    changes = [transition(name, kind=chance.choice(KINDS)) for name in who]
    return pl.concat([transition("a").clear(), *changes])


def has_columns(history: History) -> bool:
    with history.reading() as reads:
        kinds = reads.connection.execute(sa.select(schema.frames.c.kind).distinct()).scalars()
        return {"scores", "stays"} <= set(kinds)
