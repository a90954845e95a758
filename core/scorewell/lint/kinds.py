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
            "Some values between or beyond the steps of a normalizer are not in any step. For a customer with "
            "such a value the metric is *not applicable*: its weight goes to the other metrics, as if it were not "
            "in the scorecard."
        ),
        fix="make the steps meet (`< 20` and `>= 20`), or add `else`; with `else: none` you say that it is meant",
    ),
    Kind(
        id="never-reached",
        level=Level.WARNING,
        title="A step that is never reached",
        explanation=(
            "Steps are tried in order, and earlier steps take all values of this one. Most often two steps are in "
            "the wrong order."
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
        title="A band that is held over the whole of its neighbour",
        explanation=(
            "The scorecard's `hysteresis` holds a customer in a band for every score that the neighbouring band "
            "has. From this side, a customer can never enter the neighbouring band. If the neighbour is at the "
            "end of the scale, a customer cannot leave the band to that side at all."
        ),
        fix="lower `points`, or bring the threshold in `leave` nearer to the band's edge",
    ),
    Kind(
        id="zero-weight",
        level=Level.NOTE,
        title="A part that weighs nothing",
        explanation=(
            "It is computed and shown, but does not affect the score. That may be meant, to watch a metric before "
            "it counts."
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
            "A pulse is a person's judgement. If it weighs more than 20 %, the score mainly repeats what that "
            "person already thinks, and people may raise it before a renewal like any forecast. A metric counts "
            "as a pulse if its name, or the name of its table, has the word in it."
        ),
        fix="give it less weight, or show it beside the score",
    ),
    Kind(
        id="against-better",
        level=Level.WARNING,
        title="The normalizer and `better` contradict each other",
        explanation=(
            "The metric says that lower is better, but its normalizer gives more points to higher values, or the "
            "other way round (`better: higher` is the default). The score follows the normalizer; reports, advice "
            "and percentiles follow `better`."
        ),
        fix="write `better: lower` at the metric, or reverse the normalizer",
    ),
    Kind(
        id="unused-metric",
        level=Level.WARNING,
        title="A metric that nothing uses",
        explanation="It is measured in every run, but no scorecard, condition or other metric uses it.",
        fix="use it, or remove it",
    ),
    Kind(
        id="unused-scorecard",
        level=Level.WARNING,
        title="A scorecard that scores nobody",
        explanation=(
            "No segment and no score names it, it replaces no other scorecard, is not a draft, and no other "
            "scorecard extends it. Most often a segment should name it, but names the earlier one."
        ),
        fix="name it in a segment, say `status: draft` and what it `replaces`, or remove it",
    ),
    Kind(
        id="duplicate-metric",
        level=Level.WARNING,
        title="Two metrics that measure the same",
        explanation="Source, measure, window and conditions are the same, so one fact counts twice under two names.",
        fix="remove one of them",
    ),
    Kind(
        id="segment-never-matches",
        level=Level.WARNING,
        title="A segment or stage that no customer can be in",
        explanation="Its condition contradicts itself, as in `plan = 'A' and plan = 'B'`.",
        fix="look at its `when`; `or` may have been meant",
    ),
    Kind(
        id="segment-hidden",
        level=Level.WARNING,
        title="A segment or stage that an earlier one hides",
        explanation=(
            "A customer belongs to the first segment or stage that matches. Earlier ones take every customer that "
            "this one would take."
        ),
        fix="put the narrower one first",
    ),
    Kind(
        id="coverage-out-of-reach",
        level=Level.WARNING,
        title="A minimum coverage that nobody in a segment can reach",
        explanation=(
            "So much of the weight belongs to tables that cover no customer of the segment that all its customers "
            "stay below `minimum_coverage`: none of them has a score."
        ),
        fix="take those metrics out of the segment's scorecard, or lower `minimum_coverage`",
    ),
    Kind(
        id="nothing-to-learn-from",
        level=Level.WARNING,
        title="A model without outcomes to learn from",
        explanation=(
            "The aggregator learns from outcomes, but the project has none. `fit` cannot train it, and its rules "
            "give the scores."
        ),
        fix="name them: `outcomes: {source: …, outcome: …}`",
    ),
    Kind(
        id="learns-nothing",
        level=Level.WARNING,
        title="A scorecard with settings for learning that learns nothing",
        explanation=(
            "`refit` sets when normalizers that compare customers learn again, and `fit_on` from which customers. "
            "Nothing in the scorecard compares customers: each is scored by its own data, and the setting changes "
            "no score. This includes models, which only `scorewell fit` trains."
        ),
        fix="remove the setting, or use a normalizer that compares customers, such as `percentile`",
    ),
    Kind(
        id="review-due",
        level=Level.WARNING,
        title="The day of a review has passed",
        explanation="The day in `review_by` has passed. Nothing changes by itself, but somebody wanted to review it.",
        fix="review it with its owner, then write the next day",
    ),
    Kind(
        id="written-password",
        level=Level.WARNING,
        title="A password in the file itself",
        explanation=(
            "A password, token or key is written in the configuration. Everyone who sees the file, its copies or "
            "its past versions has it. The history does not store it, and no message shows it."
        ),
        fix="write `${NAME}` in its place, set that variable where Scorewell runs, and change the password",
    ),
    Kind(
        id="misspelt-value",
        level=Level.WARNING,
        title="A text that no cell holds, and one that is nearly the same",
        explanation=(
            "A condition compares a column with a text that no cell has, while some cells have one that differs "
            "only in case, blanks or a letter; or a normalizer has such a text among its categories. The "
            "condition never holds, or with `<>` always; no customer gets the category's points; and the score is "
            "as if the line were not there. Reported when the data is read, for columns with at most a thousand "
            "different texts."
        ),
        fix="write it as the cells do, or compare `lower(column)`",
    ),
    Kind(
        id="text-for-date",
        level=Level.WARNING,
        title="A column of text that is compared with a date",
        explanation=(
            "The column's cells are not written as 2026-03-01, so they are text, and text is compared letter by "
            "letter: 31.12.2025 is more than 2026-01-01. Reported when the data is read."
        ),
        fix='tell the source how its dates are written, as `dates: {column: "%d.%m.%Y"}` of `files`',
    ),
    Kind(
        id="unknown-times",
        level=Level.NOTE,
        title="Two columns with times, and nothing says when cells become known",
        explanation=(
            "Rows of such tables are often filled in later: a rating when the ticket is closed, a loss when the "
            "deal is. A score as of an earlier day then uses what nobody knew at that time, and a backtest looks "
            "better than the truth. Reported when the data is read, for tables with a `time` and another column "
            "with times, if a metric uses a cell."
        ),
        fix="write `known: {rating: closed_at}`, or `known: {}` if nothing is filled in later",
    ),
    Kind(
        id="ignored-nothing",
        level=Level.WARNING,
        title="An ignored finding that is not there",
        explanation=(
            "An entry of `lint: ignore:` matches no finding: the finding was resolved, or its id or path is misspelt."
        ),
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
