"""How far what people think of a customer is from what was computed."""

from __future__ import annotations

__all__ = ["pulse_gap", "pulse_points"]

_WORST, _BEST = 1.0, 5.0


def pulse_points(pulse: float | None, scale: tuple[float, float] = (0.0, 100.0)) -> float | None:
    """A pulse of 1 to 5 in a scorecard's scale: 1 is its lowest score, 3 its middle, 5 its highest, and a straight
    line between; None for none and for one that is not 1 to 5."""
    if pulse is None or not _WORST <= pulse <= _BEST:
        return None
    low, high = scale
    return low + (pulse - _WORST) / (_BEST - _WORST) * (high - low)


def pulse_gap(pulse: float | None, score: float | None, scale: tuple[float, float] = (0.0, 100.0)) -> float | None:
    """The pulse in the scorecard's scale less the score: above 0, people think better of the customer than the data
    do. None where there is no score, no pulse, or one that is not 1 to 5."""
    points = pulse_points(pulse, scale)
    return None if points is None or score is None else round(points - score, 9)
