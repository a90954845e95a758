"""Numbers as readers write them."""

import datetime as dt

import babel.numbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewell.api.v1 import ScorewellError
from scorewell.reporting.formats import Formats


def _one(expression: pl.Expr, value: float | None) -> str | None:
    return pl.DataFrame({"v": [value]}, schema={"v": pl.Float64}).select(shown=expression)["shown"][0]


VALUE = pl.col("v")


# No Swiss locale: Babel 2.19 takes their sign between thousands, ', for a quotation mark, and leaves it out.
@given(st.floats(-1e12, 1e12), st.sampled_from(["en", "de", "fr", "hi", "en_IN", "en_US_POSIX"]))
def test_whole_numbers_are_grouped_as_babel_groups_them(value: float, locale: str) -> None:
    shown = _one(Formats(locale).number(VALUE.round(0)), value)
    expected = babel.numbers.format_decimal(round(value), locale=locale).replace("-", "−")
    assert shown == expected


@given(st.integers(-(10**12), 10**12), st.sampled_from(["en", "de", "fr", "hi", "en_IN", "en_US_POSIX"]))
def test_a_single_number_is_grouped_as_babel_groups_it(thousandths: int, locale: str) -> None:
    value = thousandths / 1000
    expected = babel.numbers.format_decimal(value, locale=locale).replace("-", "−")
    assert Formats(locale).plain(value) == expected


@pytest.mark.parametrize("locale", ["de_CH", "fr_CH", "it_CH"])
def test_a_swiss_million_has_both_of_its_signs_between_thousands(locale: str) -> None:
    formats = Formats(locale)
    sign = babel.numbers.get_group_symbol(locale)
    assert formats.count(-1_234_567) == f"−1{sign}234{sign}567"
    assert _one(formats.number(VALUE), 1_234_567.0) == f"1{sign}234{sign}567"
    assert _one(formats.money(VALUE, None), 1_234_567.0) == f"1{sign}234{sign}567"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.0, "days", "1 day"),
        (12.0, "days", "12 days"),
        (0.123456, "%", "12.3%"),
        (1234.56, None, "1,235"),
        (0.0004, "hours", "≈ 0 hours"),
        (0.0, None, "0"),
        (-2.5, None, "−2.5"),
        (2e18, None, "2e+18"),
        (3.0, "of 6", "3 of 6"),
    ],
)
def test_a_value_is_shown_to_three_digits_with_its_unit(value: float, unit: str | None, shown: str) -> None:
    assert _one(Formats().measured(VALUE, unit), value) == shown


def test_a_missing_value_stays_missing() -> None:
    assert _one(Formats().measured(VALUE, "days"), None) is None
    assert _one(Formats("de").percent(VALUE), None) is None


def test_an_unrounded_score_is_shown_to_its_last_decimal() -> None:
    assert _one(Formats().score(VALUE, None), 69.999999999) == "69.999999999"


def test_a_signed_zero_has_no_sign() -> None:
    assert _one(Formats().number(VALUE, 1, signed=True), -0.04) == "0.0"


@pytest.mark.parametrize(
    ("locale", "currency", "shown"),
    [("en", "EUR", "€1,235"), ("de", "EUR", "1.235\xa0€"), ("en", "points", "1,235 points"), ("en", None, "1,235")],
)
def test_money_is_written_in_its_currency(locale: str, currency: str | None, shown: str) -> None:
    assert _one(Formats(locale).money(VALUE, currency), 1234.6) == shown


def test_a_debt_has_its_sign_before_the_currency() -> None:
    assert _one(Formats().money(VALUE, "USD"), -20.0) == "−$20"


def test_a_moment_at_midnight_is_a_day() -> None:
    assert Formats("en_GB").moment(dt.datetime(2026, 3, 1, tzinfo=dt.UTC)) == "1 March 2026"
    assert Formats("en_GB").moment(dt.datetime(2026, 3, 1, 14, 5, tzinfo=dt.UTC)) == "1 March 2026, 14:05"


def test_an_unknown_locale_is_an_error() -> None:
    with pytest.raises(ScorewellError, match="unknown locale 'klingon'"):
        Formats("klingon")
