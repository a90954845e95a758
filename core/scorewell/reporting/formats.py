"""Numbers, dates and money as a reader writes them: Babel's conventions, applied to whole columns by polars.

Babel formats some 100,000 numbers a second, polars a few million; so Babel is asked for the locale's symbols once, and
for the few values that are no column (dates, sums of a portfolio).
"""

from __future__ import annotations

import datetime as dt
import re

import babel.dates
import babel.numbers
import polars as pl
from babel import Locale, UnknownLocaleError

from scorewell.api.v1 import ScorewellError

__all__ = ["Formats", "singular"]

MINUS = "−"
_TIMES = frozenset(("seconds", "minutes", "hours", "days", "weeks", "months", "years"))
_TOO_LARGE = 1e15  # beyond it a float no longer holds every whole number


def singular(unit: str) -> str:
    """``days`` as it stands behind a 1; a unit that is no English measure of time stays as it is."""
    return unit.removesuffix("s") if unit in _TIMES else unit


class Formats:
    """The conventions of one locale. Expressions take Float64 and give String; null stays null."""

    def __init__(self, locale: str = "en") -> None:
        """Raises ScorewellError for a locale that Babel does not know."""
        try:
            self.locale = Locale.parse(locale.replace("-", "_"))
        except (ValueError, UnknownLocaleError) as error:
            raise ScorewellError(f"unknown locale {locale!r}", hint="en, en_GB, de, fr_CA, …") from error
        self._decimal: str = babel.numbers.get_decimal_symbol(self.locale)
        self._group: str = babel.numbers.get_group_symbol(self.locale)
        self._groups: tuple[int, int] = self.locale.decimal_formats[None].grouping
        percent = self.locale.percent_formats[None]
        self._percent_prefix: str = percent.prefix[0]
        self._percent_suffix: str = percent.suffix[0]
        self._written: dict[float, str] = {}
        self._days: dict[dt.date, str] = {}

    def number(self, value: pl.Expr, decimals: int = 0, *, trim: bool = False, signed: bool = False) -> pl.Expr:
        """With that many decimals; ``trim`` leaves out trailing zeros, ``signed`` writes the plus sign too."""
        scaled = (value.abs() * 10.0**decimals).round(0)
        text = scaled.cast(pl.Int64, strict=False)
        shown = self._grouped(text // 10**decimals if decimals else text)
        if decimals:
            fraction = (text % 10**decimals).cast(pl.String).str.zfill(decimals)
            if trim:
                fraction = fraction.str.strip_chars_end("0")
                shown = shown + pl.when(fraction == "").then(pl.lit("")).otherwise(self._decimal + fraction)
            else:
                shown = shown + self._decimal + fraction
        positive = "+" if signed else ""
        sign = pl.when(scaled == 0).then(pl.lit("")).when(value < 0).then(pl.lit(MINUS)).otherwise(pl.lit(positive))
        fits = value.abs() < _TOO_LARGE
        return pl.when(fits).then(sign + shown).otherwise(pl.when(~fits).then(value).cast(pl.String))

    def _grouped(self, whole: pl.Expr) -> pl.Expr:
        """Whole numbers with a sign between thousands, which is sought in those alone that are so large."""
        digits = whole.cast(pl.String)
        first, further = self._groups
        if first >= 10:
            return digits
        backwards = pl.when(whole >= 10**first).then(digits).str.reverse()
        tail = backwards.str.slice(first).str.replace_all(rf"(\d{{1,{further}}})", f"{self._group}${{1}}")
        return pl.coalesce((backwards.str.slice(0, first) + tail).str.reverse(), digits)

    def percent(self, fraction: pl.Expr) -> pl.Expr:
        """A fraction as a whole percentage."""
        text = self.number(fraction * 100, 0, trim=True)
        return pl.lit(self._percent_prefix) + text + self._percent_suffix

    def measured(self, value: pl.Expr, unit: str | None) -> pl.Expr:
        """A metric's value with its unit, to about three significant digits; what is not quite 0 says so.

        The unit ``%`` shows a fraction times 100.
        """
        return self.with_unit(self.three_digits(self.in_unit(value, unit)), unit)

    def in_unit(self, value: pl.Expr, unit: str | None) -> pl.Expr:
        """The number that stands before the unit."""
        return value * 100 if unit == "%" else value

    def with_unit(self, text: pl.Expr, unit: str | None) -> pl.Expr:
        """A number that is written already, with its unit."""
        if unit is None:
            return text
        if unit == "%":
            return pl.lit(self._percent_prefix) + text + self._percent_suffix
        if (one := singular(unit)) != unit and self.locale.language == "en":
            return text + pl.when(text == "1").then(pl.lit(f" {one}")).otherwise(pl.lit(f" {unit}"))
        return text + f" {unit}"

    def three_digits(self, value: pl.Expr) -> pl.Expr:
        """To about three significant digits; what is not quite 0 says so."""
        size = value.abs()
        rounded = (
            pl.when(size >= 99.95)
            .then(value.round(0))
            .when(size >= 9.995)
            .then(value.round(1))
            .when(size >= 0.9995)
            .then(value.round(2))
            .otherwise(value.round(3))
        )
        text = self.number(rounded, 3, trim=True)
        return pl.when((rounded == 0) & (value != 0)).then(pl.lit("≈ 0")).otherwise(text)

    def money(self, value: pl.Expr, currency: str | None) -> pl.Expr:
        """Whole units of a currency; text that is no currency code is written behind the number."""
        before, after = self._around(currency)
        sign = pl.when(value <= -0.5).then(pl.lit(MINUS)).otherwise(pl.lit(""))
        return sign + before + self.number(value.abs(), 0) + after

    def _around(self, currency: str | None) -> tuple[str, str]:
        if currency is None:
            return "", ""
        if not re.fullmatch(r"[A-Z]{3}", currency) or not babel.numbers.is_currency(currency):
            return "", f" {currency}"
        before, _, after = babel.numbers.format_currency(
            5, currency, format=self._whole_currency(), locale=self.locale, currency_digits=False
        ).partition("5")
        return before, after

    def _whole_currency(self) -> str:
        pattern: str = self.locale.currency_formats["standard"].pattern
        return re.sub(r"\.0+", "", pattern)

    def short_money(self, value: float, currency: str | None) -> str:
        """A sum in a headline: ``€12.3M``."""
        if currency is not None and re.fullmatch(r"[A-Z]{3}", currency) and babel.numbers.is_currency(currency):
            return babel.numbers.format_compact_currency(value, currency, locale=self.locale, fraction_digits=1)
        number = babel.numbers.format_compact_decimal(value, locale=self.locale, fraction_digits=1)
        return number if currency is None else f"{number} {currency}"

    def score(self, value: pl.Expr, precision: int | None) -> pl.Expr:
        """A score exactly as it was rounded, so that it never seems to lie in another band."""
        return self.number(value, 9, trim=True) if precision is None else self.number(value, precision)

    def plain(self, value: float) -> str:
        """A single number, with the decimals that it has."""
        if value not in self._written:
            # Grouped here: Babel takes two signs ', which it writes between Swiss thousands since 2.19, for quotation
            # marks and leaves them out.
            shown: str = babel.numbers.format_decimal(value, locale=self.locale, group_separator=False)
            whole, decimal, fraction = shown.replace("-", MINUS).partition(self._decimal)
            self._written[value] = self._grouped_text(whole) + decimal + fraction
        return self._written[value]

    def _grouped_text(self, whole: str) -> str:
        """A single whole number, its sign before it, with a sign between thousands."""
        first, further = self._groups
        digits = whole.removeprefix(MINUS)
        groups = [digits[-first:]]
        rest = digits[:-first]
        while rest:
            groups.append(rest[-further:])
            rest = rest[:-further]
        return whole[: len(whole) - len(digits)] + self._group.join(reversed(groups))

    def count(self, value: int) -> str:
        """A whole number."""
        return self.plain(value)

    def day(self, day: dt.date) -> str:
        """A date in words: 1 March 2026, as the locale writes it."""
        return babel.dates.format_date(day, format="long", locale=self.locale)

    def short_day(self, day: dt.date) -> str:
        """The same in short: 1 Mar 2026."""
        if day not in self._days:
            self._days[day] = babel.dates.format_date(day, format="medium", locale=self.locale)
        return self._days[day]

    def month(self, day: dt.date) -> str:
        """The month of a date: Mar 2026."""
        return babel.dates.format_skeleton("yMMM", day, locale=self.locale)

    def month_and_day(self, day: dt.date) -> str:
        """A date without its year: 1 Mar."""
        return babel.dates.format_skeleton("MMMd", day, locale=self.locale)

    def month_or_year(self, day: dt.date) -> str:
        """A month on an axis: Mar; of January the year."""
        return babel.dates.format_skeleton("y" if day.month == 1 else "MMM", day, locale=self.locale)

    def moment(self, moment: dt.datetime) -> str:
        """A date, with the time of day unless that is midnight."""
        day = self.day(moment.date())
        if moment.time() == dt.time():
            return day
        return f"{day}, {babel.dates.format_time(moment, format='short', locale=self.locale, tzinfo=moment.tzinfo)}"
