"""What the linter knows to find: as data, from which its page in the docs is written."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from scorewell.api.v1 import Finding, Level

__all__ = ["KINDS", "Kind", "found"]


@attrs.frozen(kw_only=True)
class Kind:
    """A kind of finding. ``id`` is stable; ``fix`` is what most often helps."""

    id: str
    level: Level
    title: str
    explanation: str
    fix: str


_ALL = (
    Kind(
        id="gap",
        level=Level.WARNING,
        title="Some values have no points",
        explanation=(
            "Between or beyond the steps of a normalizer lie values that no step takes. For a customer with such "
            "a value the metric is *not applicable*: its weight goes to the others, as if it had not been asked "
            "for."
        ),
        fix="make the steps meet (`< 20` and `>= 20`), or add `else`; `else: none` says that it is meant",
    ),
    Kind(
        id="never-reached",
        level=Level.WARNING,
        title="A step that is never reached",
        explanation=(
            "Steps are tried in order, and those before this one take all its values. Most often two steps stand "
            "in the wrong order."
        ),
        fix="put the narrower step first, or remove it",
    ),
    Kind(
        id="band-out-of-reach",
        level=Level.WARNING,
        title="A band that no score can reach",
        explanation=(
            "No printed score lies in the band: it is narrower than the score's precision, the normalizers give "
            "nothing so low or so high, or an adjustment that holds for everybody keeps the score out of it."
        ),
        fix="move the band's edge or the points, give the score more `precision`, or the adjustment a `when`",
    ),
    Kind(
        id="hysteresis-too-wide",
        level=Level.WARNING,
        title="A band that is kept over the whole of its neighbour",
        explanation=(
            "The scorecard's `hysteresis` holds a customer in a band with every score that the neighbouring band has. "
            "From there it comes into that band from the far side only, and out of the band not at all where the "
            "neighbour ends the scale."
        ),
        fix="lower `points`, or bring the threshold in `leave` nearer to the band's edge",
    ),
    Kind(
        id="zero-weight",
        level=Level.NOTE,
        title="A part that weighs nothing",
        explanation=(
            "It is computed and shown, and moves no score. That may be meant: to watch a metric before it counts."
        ),
        fix="give it a weight, or say in `because` that it is only watched",
    ),
    Kind(
        id="light-metric",
        level=Level.WARNING,
        title="A metric that can move the score by less than a point",
        explanation=(
            "From its worst value to its best, the metric moves the score by less than one of a hundred points. "
            "It costs attention in every explanation and changes nothing."
        ),
        fix="give it more weight, group it with others of its kind, or take it out of the scorecard",
    ),
    Kind(
        id="heavy-pulse",
        level=Level.WARNING,
        title="A pulse that is more than a fifth of the score",
        explanation=(
            "A pulse is somebody's judgement. Where it weighs more than 20 %, the score says what that person "
            "thinks already, and is raised before a renewal like any forecast. A metric counts as a pulse when "
            "its name or its table's has the word in it."
        ),
        fix="give it less weight, or show it beside the score",
    ),
    Kind(
        id="against-better",
        level=Level.WARNING,
        title="The normalizer and `better` contradict each other",
        explanation=(
            "The metric says that lower is better and its normalizer gives more points to higher values, or the "
            "other way round (`better: higher` is the default). The score follows the normalizer; reports, advice"
            " and percentiles follow `better`."
        ),
        fix="write `better: lower` at the metric, or turn the normalizer round",
    ),
    Kind(
        id="unused-metric",
        level=Level.WARNING,
        title="A metric that nothing uses",
        explanation="It is measured in every run, and no scorecard, condition or other metric asks for it.",
        fix="use it, or remove it",
    ),
    Kind(
        id="unused-scorecard",
        level=Level.WARNING,
        title="A scorecard that scores nobody",
        explanation=(
            "No segment and no score names it, it replaces no other, is no draft, and no other extends it. Most often "
            "a segment was to lead to it and leads to the one before."
        ),
        fix="name it in a segment, say `status: draft` and what it `replaces`, or remove it",
    ),
    Kind(
        id="duplicate-metric",
        level=Level.WARNING,
        title="Two metrics that measure the same",
        explanation=(
            "Source, measure, window and conditions are the same: what they tell counts twice under two names."
        ),
        fix="remove one of them",
    ),
    Kind(
        id="segment-never-matches",
        level=Level.WARNING,
        title="A segment or stage that no customer can be in",
        explanation="Its condition contradicts itself, as `plan = 'A' and plan = 'B'`.",
        fix="look at its `when`; `or` may have been meant",
    ),
    Kind(
        id="segment-hidden",
        level=Level.WARNING,
        title="A segment or stage that an earlier one hides",
        explanation=(
            "A customer belongs to the first that matches, and whoever this one takes an earlier one has taken."
        ),
        fix="put the narrower one first",
    ),
    Kind(
        id="coverage-out-of-reach",
        level=Level.WARNING,
        title="A minimum coverage that nobody in a segment can reach",
        explanation=(
            "So much of the weight rests on tables that cover nobody of the segment that its customers stay below"
            " `minimum_coverage`: none of them has a score."
        ),
        fix="take those metrics out of the segment's scorecard, or lower `minimum_coverage`",
    ),
    Kind(
        id="nothing-to-learn-from",
        level=Level.WARNING,
        title="A model without outcomes to learn from",
        explanation=(
            "The aggregator learns from what became of customers, and the project does not say it. `fit` cannot train "
            "it, and its rules give the scores."
        ),
        fix="name them: `outcomes: {source: …, outcome: …}`",
    ),
    Kind(
        id="learns-nothing",
        level=Level.WARNING,
        title="A scorecard that says how it learns, and learns nothing",
        explanation=(
            "`refit` says when what compares customers learns anew, and `fit_on` from whom. Nothing in the scorecard "
            "does: everybody is scored by their own data, and the setting changes no score. Models are no exception: "
            "`scorewell fit` alone trains them."
        ),
        fix="remove the setting, or use a normalizer that compares customers, as `percentile`",
    ),
    Kind(
        id="review-due",
        level=Level.WARNING,
        title="It was to be looked at again",
        explanation="The day in `review_by` has passed. Nothing changes by itself; somebody wanted to look.",
        fix="look at it with its owner, then write the next day",
    ),
    Kind(
        id="written-password",
        level=Level.WARNING,
        title="A password in the file itself",
        explanation=(
            "A password, token or key is written into the configuration: whoever sees the file, its copies or its past "
            "in version control has it. The history does not keep it, and no message shows it."
        ),
        fix="write `${NAME}` in its place, set that variable where Scorewell runs, and change the password",
    ),
    Kind(
        id="misspelt-value",
        level=Level.WARNING,
        title="A text that no cell holds, and one that is nearly the same",
        explanation=(
            "A condition compares a column with a text that stands in none of its cells, and another does that differs "
            "in case, blanks or a letter; or a normalizer has such a text among its categories. The condition never "
            "holds, or with `<>` always, nobody gets the category's points, and the score is as if nobody had written "
            "it. Told when the data are read, of columns with at most a thousand different texts."
        ),
        fix="write it as the cells do, or compare `lower(column)`",
    ),
    Kind(
        id="text-for-date",
        level=Level.WARNING,
        title="A column of text that is compared with a date",
        explanation=(
            "The column's cells are not written as 2026-03-01, so they are text, and text is compared letter by "
            "letter: 31.12.2025 is more than 2026-01-01. Told when the data are read."
        ),
        fix='tell the source how its dates are written, as `dates: {column: "%d.%m.%Y"}` of `files`',
    ),
    Kind(
        id="unknown-times",
        level=Level.NOTE,
        title="Two columns with times, and nothing says when cells become known",
        explanation=(
            "Rows of such tables are often filled in later: a rating when the ticket is closed, a loss when the deal "
            "is. A score as of an earlier day then sees what nobody knew, and a backtest is better than the truth. "
            "Told when the data are read, of tables with a `time` and another one, where a metric reads a cell."
        ),
        fix="write `known: {rating: closed_at}`, or `known: {}` where nothing is filled in later",
    ),
    Kind(
        id="ignored-nothing",
        level=Level.WARNING,
        title="An ignored finding that is not there",
        explanation="An entry of `lint: ignore:` fits no finding, be it mended or misspelt.",
        fix="remove the entry",
    ),
)

KINDS: Mapping[str, Kind] = {kind.id: kind for kind in _ALL}
"""All kinds by id."""


def found(id_: str, where: str, message: str, *, hint: str | None = None, examples: tuple[str, ...] = ()) -> Finding:
    """A finding of that kind at a path of the configuration; what to try is the kind's fix unless given."""
    kind = KINDS[id_]
    return Finding(
        id=id_,
        level=kind.level,
        where=where,
        message=message,
        hint=hint or kind.fix.replace("`", ""),
        examples=examples,
    )
