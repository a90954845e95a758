"""Short forms of the small project that the linter's tests change."""

from __future__ import annotations


def normalized(normalizer: str, better: str | None = "higher") -> dict[str, str]:
    """The project with that normalizer of its only metric."""
    says = "" if better is None else f", better: {better}"
    return {
        "metrics": f"\nlogins: {{source: usage, measure: count(*), window: 30d{says}}}",
        "scorecards": f"\nmain: {{metrics: {{logins: {{normalizer: {normalizer}}}}}}}",
    }


def carded(settings: str) -> dict[str, str]:
    """The project with further settings of its scorecard."""
    return {
        "scorecards": f"\nmain: {{metrics: {{logins: {{normalizer: {{linear: {{from: 0, to: 10}}}}}}}}, {settings}}}"
    }


def weighted(weights: dict[str, float], **settings: str) -> dict[str, str]:
    """The project with a metric for each weight."""
    metrics = [f"{name}: {{source: usage, measure: count(*), window: {n}d}}" for n, name in enumerate(weights, 1)]
    parts = [f"{name}: {{weight: {weight}, normalizer: percentile}}" for name, weight in weights.items()]
    more = "".join(f", {key}: {value}" for key, value in settings.items())
    return {
        "metrics": "\n" + "\n".join(metrics),
        "scorecards": f"\nmain: {{metrics: {{{', '.join(parts)}}}{more}}}",
    }
