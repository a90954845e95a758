"""The sentences at the head of a customer's page: its state in words."""

from __future__ import annotations

from scorewell.reporting.drivers import DECISION
from scorewell.reporting.formats import Formats
from scorewell.reporting.lines import DOES_NOT_APPLY
from scorewell.reporting.reading import Reading
from scorewell.reporting.sections import Improvements
from scorewell.reporting.wording import CUSTOMER_HEADLINES, NOTHING_COSTS, STATUS_HEADLINES, TOO_OLD, counted

__all__ = ["headline", "summary"]


def headline(reading: Reading, best: Improvements) -> str:
    """The page's first sentence."""
    if reading.score is None or reading.band is None:
        headlines = CUSTOMER_HEADLINES if reading.for_customer else STATUS_HEADLINES
        return headlines.get(reading.status, "No score")
    return _for_customer(reading, best) if reading.for_customer else _for_us(reading)


def _for_customer(reading: Reading, best: Improvements) -> str:
    first = best.shown[0].label if best.shown else None
    tone = "none" if reading.band is None else reading.band.tone
    if tone == "high":
        return "In good shape" if first is None else f"In good shape, with room to improve in “{first}”"
    if first is None:
        return "On the way, with room to improve" if tone != "low" else "Some things need attention"
    if tone == "low":
        return f"Some things need attention, “{first}” first"
    if best.shown[0].gain is None:
        return f"On the way, with room to improve in “{first}”"
    return f"On the way, with most to gain from “{first}”"


def _for_us(reading: Reading) -> str:
    words = "" if reading.band is None else reading.band.words
    losses = sorted(
        (step for step in reading.steps if step.points < 0 and step.part.kind != "rounding"),
        key=lambda step: step.points,
    )
    if not losses:
        return f"{words}: {NOTHING_COSTS}"
    worst = losses[0]
    cost = f"{worst.shown[1:]} points"
    if worst.part.label == DECISION:
        return f"{words}: a person’s decision takes {cost}"
    if worst.part.kind == "exception":
        return f"{words}: the exception “{worst.part.label}” costs the most, {cost}"
    tone = "none" if reading.band is None else reading.band.tone
    if tone == "high":
        return f"{words}; most points are lost on “{worst.part.label}”, {cost}"
    return f"{words}: “{worst.part.label}” costs the most, {cost}"


def summary(reading: Reading, formats: Formats) -> tuple[str, ...]:
    """What the page rests on."""
    applicable = [metric for metric in reading.metrics if metric.why != DOES_NOT_APPLY]
    if not applicable:
        return ()
    rated = len(reading.rated)
    good = sum(metric.line.state.tone == "high" for metric in reading.rated)
    told = []
    if rated:
        of_rated = counted(rated, formats.count(rated), "measurement")
        if rated == 1:
            told.append("The one measurement is good." if good else "The one measurement is not good.")
        elif good == rated:
            told.append("Both measurements are good." if rated == 2 else f"All {of_rated} are good.")
        else:
            told.append(f"{formats.count(good)} of {of_rated} {'is' if good == 1 else 'are'} good.")
    absent = len(applicable) - rated
    if absent and not rated:
        told.append(f"None of {counted(absent, formats.count(absent), 'measurement')} could be made.")
    elif absent and reading.completeness is not None:
        of_all = counted(len(applicable), formats.count(len(applicable)), "measurement")
        completeness = f"data completeness is {reading.completeness} by weight"
        told.append(f"{formats.count(absent)} of {of_all} could not be made; {completeness}.")
    if reading.status == "stale" and reading.for_customer:
        told.append(TOO_OLD)
    return tuple(told)
