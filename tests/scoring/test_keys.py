"""Keys: what another frame says of the same customers and scores, as a join finds it, in whatever order both are."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from scorewell.scoring.keys import KEYS, Keys

PAIRS = st.tuples(st.sampled_from(["", "a", "a\x00", "ab", "b", "B", "ä", "€"]), st.sampled_from(["health", "growth"]))
FRAMES = st.lists(PAIRS, unique=True).flatmap(lambda pairs: st.sampled_from([pairs, sorted(pairs)]))


def frame(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=dict.fromkeys(KEYS, pl.String), orient="row")


def numbered(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    return frame(pairs).with_columns(number=pl.int_range(pl.len()))


@given(FRAMES, FRAMES)
def test_what_is_looked_up_is_what_a_join_finds(own: list[tuple[str, str]], others: list[tuple[str, str]]) -> None:
    joined = frame(own).join(numbered(others), on=KEYS, how="left", maintain_order="left")
    assert_frame_equal(Keys.of(frame(own)).looked_up(numbered(others)), joined.drop(KEYS))


@given(FRAMES)
def test_a_frame_of_the_same_rows_is_answered_as_it_is(pairs: list[tuple[str, str]]) -> None:
    assert_frame_equal(Keys.of(frame(pairs)).looked_up(numbered(pairs)), numbered(pairs).drop(KEYS))


def test_customers_of_any_type_are_looked_up_by_their_ids() -> None:
    ids = frame([("a", "health"), ("b", "health")]).with_columns(pl.col("customer_id").cast(pl.Categorical))
    assert Keys.of(ids).looked_up(numbered([("b", "health")]))["number"].to_list() == [None, 0]
