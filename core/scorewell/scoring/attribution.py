"""Whose mistake it is: what a component does wrong is told with its place, its name and its plugin."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, entry_points, packages_distributions, version

import attrs
import polars as pl

from scorewell.api.v1 import Aggregator, Combination, Finding, Level, Normalizer, ScorewellError
from scorewell.discovery import GROUP
from scorewell.messages import why

__all__ = [
    "ComponentFailed",
    "Failure",
    "Failures",
    "a_baseline",
    "a_combination",
    "an_expression",
    "attributed",
    "failed_paths",
    "failure_findings",
    "merged",
]


@attrs.frozen
class Failure:
    """Why a normalizer or an aggregator gives nothing at its place.

    ``component`` says whose it is, as ``normalizer 'tilt' of plugin 'acme' (scorewell-acme 0.3.1)``. ``is_bug`` is
    False for a ScorewellError, which speaks to the user of the user's own settings.
    """

    component: str
    cause: str
    hint: str | None = None
    is_bug: bool = True

    @property
    def why(self) -> str:
        """One line."""
        return f"{self.component} failed: {self.cause}"


Failures = Mapping[str, Mapping[str, Failure]]
"""By scorecard, and there by the path of a leaf (its normalizer) or of a node (its aggregator; "" is the score)."""


class ComponentFailed(ScorewellError):  # noqa: N818 - it names what is found, and reads so where it is caught
    """A normalizer or an aggregator failed at ``path`` of the scorecards ``cards``."""

    def __init__(self, cards: Collection[str], path: str, failure: Failure) -> None:
        message = f"{path or 'the score'}: {failure.why}" if failure.is_bug else failure.cause
        super().__init__(message, hint=failure.hint)
        self.cards = tuple(cards)
        self.path = path
        self.failure = failure

    @property
    def failures(self) -> Failures:
        """The same as data."""
        return {card: {self.path: self.failure} for card in self.cards}


@contextmanager
def attributed(component: Normalizer | Aggregator, cards: Collection[str], path: str) -> Iterator[None]:
    """Raise ComponentFailed for whatever is raised inside, a panic in a compiled extension included."""
    try:
        yield
    except (Exception, pl.exceptions.PanicException) as error:
        kind = "normalizer" if isinstance(component, Normalizer) else "aggregator"
        is_bug = not isinstance(error, ScorewellError)
        owner = _owner(type(component).__module__)
        failure = Failure(
            component=f"{kind} {component.name!r} {owner}",
            cause=why(error),
            hint=f"this is a mistake in the {kind}: tell its authors, or configure another"
            if is_bug
            else getattr(error, "hint", None),
            is_bug=is_bug,
        )
        raise ComponentFailed(cards, path, failure) from error


def an_expression(answer: object) -> pl.Expr:
    """What a component answered, a polars expression; raises TypeError for anything else."""
    if not isinstance(answer, pl.Expr):
        raise TypeError(f"it answered {answer!r:.40}: expected a polars expression")
    return answer


def a_baseline(answer: object) -> float:
    """What an aggregator answered, a number from 0 to 100; raises ValueError for anything else."""
    if not isinstance(answer, int | float) or not 0 <= answer <= 100:
        raise ValueError(f"its baseline is {answer!r:.40}: expected a number from 0 to 100")
    return float(answer)


def a_combination(answer: object, parts: int) -> Combination:
    """What an aggregator answered, a Combination of expressions with one weight a part.

    Raises TypeError for what is none, ValueError for another number of weights or offsets.
    """
    if not isinstance(answer, Combination):
        raise TypeError(f"it answered {answer!r:.40}: expected a Combination")
    optional = [each for each in (answer.scale, answer.own) if each is not None]
    offsets = answer.offsets or ()
    for each in (answer.score, *answer.weights, *offsets, *optional):
        an_expression(each)
    if len(answer.weights) != parts:
        raise ValueError(f"it answered {len(answer.weights)} weights for {parts} parts")
    if offsets and len(offsets) != parts:
        raise ValueError(f"it answered {len(offsets)} offsets for {parts} parts")
    return answer


def merged(*several: Failures) -> dict[str, dict[str, Failure]]:
    """All of them; of two about one place, the first."""
    result: dict[str, dict[str, Failure]] = {}
    for failures in several:
        for card, paths in failures.items():
            known = result.setdefault(card, {})
            known.update({path: failure for path, failure in paths.items() if path not in known})
    return result


def failed_paths(failures: Failures, card: str) -> frozenset[str]:
    """The places in a scorecard where a component failed."""
    return frozenset(failures.get(card, ()))


def failure_findings(failures: Failures) -> tuple[Finding, ...]:
    """One finding for each scorecard and place."""
    return tuple(
        Finding(
            id="component-failed",
            level=Level.ERROR,
            where=f"scorecards.{card}.{path}" if path else f"scorecards.{card}",
            message=failure.why,
            hint=failure.hint,
        )
        for card, paths in failures.items()
        for path, failure in paths.items()
    )


def _owner(module: str) -> str:
    """The plugin, distribution and version of a component, by the module of its class."""
    for point in entry_points(group=GROUP):
        home = point.module.rpartition(".")[0] or point.module
        if point.dist is not None and (module == home or module.startswith(f"{home}.")):
            return f"of plugin {point.name!r} ({point.dist.name} {point.dist.version})"
    package = module.partition(".")[0]
    try:
        distribution = packages_distributions().get(package, [package])[0]
        return f"({distribution} {version(distribution)})"
    except PackageNotFoundError:  # written in a notebook, or beside the project
        return f"({package})"
