"""What-if: two configurations over the same data, now and at past moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

import attrs
import polars as pl

from scorewell.api.v1 import Finding
from scorewell.configuration import Project, of_score, scores_of
from scorewell.discovery import Plugins
from scorewell.evaluation.errors import UnknownName
from scorewell.evaluation.figures import figures
from scorewell.evaluation.following import Follower
from scorewell.evaluation.in_vain import in_vain
from scorewell.evaluation.migration import histogram, migration, scored_by, spread
from scorewell.evaluation.over_time import OverTime
from scorewell.evaluation.pairing import CUSTOMER, LinedScores, paired
from scorewell.evaluation.parts import causes_of, parts_of
from scorewell.evaluation.replaying import both_over
from scorewell.evaluation.values import Value, described, unsummed, value_of
from scorewell.messages import suggested
from scorewell.metrics import as_known_today_findings
from scorewell.replay import Records, Scored, is_past, plugins_for

__all__ = ["Comparison", "Configuration", "compare", "configurations"]


@attrs.frozen
class Configuration:
    """One of the two that are compared: ``label`` is what readers call it; ``project`` has ``score`` alone,
    with the scorecards in force; ``whole`` has every score."""

    label: str
    score: str
    project: Project = attrs.field(repr=False)
    whole: Project = attrs.field(repr=False)


MOVERS = 20
EXPLAINED = 20_000
"""Of how many customers the parts of their change are told: of all up to so many, else of the greatest movers."""


@attrs.frozen(kw_only=True, eq=False)
class Comparison:
    """What would be different for whom, with the configuration ``proposed`` in place of ``current``.

    ``customers`` has the columns of ``pairing.paired`` as of ``as_of``, and where they are known ``name``, ``owner``
    and ``value`` (Float64). All other frames rest on those of them that are counted; ``value`` there is a sum, and is
    null where no value is compared. A null band is no score.

    - ``migration``: ``band_current, band_proposed, customers, value``.
    - ``spread``: ``side`` (current, proposed), ``band, customers, value``.
    - ``histogram``: ``from_, to`` (points, 0 to 100; the last range includes 100), ``current, proposed``: customers.
    - ``scored_by``: ``segment_current, scorecard_current, segment_proposed, scorecard_proposed, customers, value``.
    - ``moments``: a row a moment: ``as_of, customers, elsewhere`` (in another band), ``mean_absolute_difference``
      (points), and for each side ``mean_…`` (points) and ``band_changes_…`` (since the moment before; null at
      the first).
    - ``over_time``: ``as_of, side, band, customers, share, value``.

    The last two are empty without a look back. ``figures`` are named numbers, for conditions; ``findings`` are of the
    two scorings as of ``as_of``; ``remarks`` are about the numbers here: of past moments which tables count as they are
    today, that revenue in several currencies is not summed, and what of the proposal scores nobody.
    """

    current: Configuration
    proposed: Configuration
    as_of: datetime
    value: Value | None
    customers: pl.DataFrame = attrs.field(repr=False)
    migration: pl.DataFrame = attrs.field(repr=False)
    spread: pl.DataFrame = attrs.field(repr=False)
    histogram: pl.DataFrame = attrs.field(repr=False)
    scored_by: pl.DataFrame = attrs.field(repr=False)
    moments: pl.DataFrame = attrs.field(repr=False)
    over_time: pl.DataFrame = attrs.field(repr=False)
    figures: Mapping[str, float | None] = attrs.field(repr=False)
    findings: tuple[Finding, ...] = attrs.field(repr=False)
    remarks: tuple[Finding, ...] = attrs.field(repr=False)
    scored: tuple[Scored, Scored] = attrs.field(repr=False)

    @property
    def counted(self) -> pl.DataFrame:
        """The customers that all numbers are about."""
        return self.customers.filter("is_counted")

    @property
    def new_findings(self) -> tuple[Finding, ...]:
        """What is told of the proposed configuration alone."""
        told = frozenset(self.scored[0].findings)
        return tuple(found for found in self.scored[1].findings if found not in told)

    @property
    def is_whole(self) -> bool:
        """Whether all metrics could be measured and no component failed, with either configuration."""
        return not any(
            each.metrics.failed or not each.fitted.failures.keys().isdisjoint(each.project.scorecards)
            for each in self.scored
        )

    @cached_property
    def parts(self) -> pl.DataFrame:
        """Why scores change: rows of ``scoring.changes`` with a ``label`` for readers, of every counted customer whose
        score does, or of the ``MOVERS`` greatest movers each way where those are more than ``EXPLAINED``."""
        moved = self.counted.filter(pl.col("change").is_not_null() & (pl.col("change") != 0))
        if moved.height > EXPLAINED:
            moved = pl.concat(self.movers(direction, MOVERS) for direction in ("down", "up"))
        return parts_of(*self.scored, moved[CUSTOMER].to_list())

    @cached_property
    def causes(self) -> pl.DataFrame:
        """What moves scores at all, over all ``parts``: as ``parts.causes_of``."""
        return causes_of(self.parts)

    def movers(self, direction: str, limit: int) -> pl.DataFrame:
        """The rows of customers who move most, ``up`` or ``down``: first those who get to another band, be it by its
        edge alone, then by points; of equal ones those of greater value."""
        sign = 1.0 if direction == "up" else -1.0
        changes_band = pl.col("move") == direction
        moved = self.counted.filter(changes_band | ((pl.col("move") == "same") & (pl.col("change") * sign > 0)))
        order = [~changes_band, -pl.col("change") * sign, -pl.col("value").fill_null(0.0), pl.col(CUSTOMER)]
        return moved.sort(order).head(limit)


def configurations(
    current: Project, proposed: Project, *, labels: tuple[str, str], score: str | None
) -> tuple[Configuration, Configuration]:
    """Both with the score that is compared: ``score``, else the headline of ``current``, and in ``proposed`` the one of
    its name or else its headline. Raises UnknownName for a score that one of them does not have."""
    made: list[Configuration] = []
    for label, project in zip(labels, (current, proposed), strict=True):
        known = list(scores_of(project))
        name = score if score is not None else made[0].score if made and made[0].score in known else known[0]
        if name not in known:
            raise UnknownName(f"no score {name!r} in {label}; there is {', '.join(known)}", hint=suggested(name, known))
        made.append(Configuration(label, name, of_score(project, name), project))
    return made[0], made[1]


def compare(
    current: Configuration,
    proposed: Configuration,
    moments: Sequence[datetime],
    *,
    value: str | None = None,
    records: Records | None = None,
    now: datetime | None = None,
    plugins: Plugins | None = None,
) -> Comparison:
    """Score everybody by both configurations at each of the moments (aware, at least one); the latest is compared.

    ``value`` is a role, an attribute or a metric that is a number, of the current configuration; None is the role
    ``revenue`` where there is one, and only where all of it is in one currency: where not, that is remarked.
    ``records`` are what the project remembers; overrides are left out. ``now`` (aware) is the clock: without it, only a
    look back is of the past. Raises ScorewellError where the customers cannot be read, UnknownName for a value that is
    not there or no number, and for revenue in several currencies.
    """
    plugins = plugins_for(proposed.project, plugins_for(current.project, plugins))
    hooks, over = plugins.hooks(), OverTime()
    followers = Follower(), Follower()
    records = Records() if records is None else records
    both = both_over(current.whole, proposed.whole, moments, records=records, plugins=plugins, hooks=hooks)
    for whole in both:
        one, other = whole[0].of_score(current.score), whole[1].of_score(proposed.score)
        sides = (LinedScores(each.project, by.follow(each)) for by, each in zip(followers, (one, other), strict=True))
        pairs = paired(*sides)
        paying = one.metrics.frame.join(pairs.filter("is_counted"), on=CUSTOMER, how="semi")
        sums = value_of(paying, value)
        frame = described(pairs, one.metrics.frame, other.metrics.frame, sums)
        over.add(one.as_of, frame.filter("is_counted"))
    counted = frame.filter("is_counted")
    return Comparison(
        current=attrs.evolve(current, project=one.project),
        proposed=attrs.evolve(proposed, project=other.project),
        as_of=one.as_of,
        value=sums,
        customers=frame,
        migration=migration(counted),
        spread=spread(counted),
        histogram=histogram(counted),
        scored_by=scored_by(counted),
        moments=over.moments,
        over_time=over.spread,
        figures=figures(one.project, other.project, counted, over, has_value=sums is not None),
        findings=tuple(dict.fromkeys((*one.findings, *other.findings))),
        remarks=(
            *in_vain(current.whole, proposed.whole, one.as_of),
            *(_hindsight(one, other) if over.looks_back or is_past(one.project, one.as_of, now) else ()),
            *(unsummed(paying) if sums is None else ()),
        ),
        scored=(one, other),
    )


def _hindsight(*both: Scored) -> tuple[Finding, ...]:
    told = (found for each in both for found in as_known_today_findings(each.project, each.metrics.as_known_today))
    return tuple(dict.fromkeys(told))
