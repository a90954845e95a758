"""From rows to one row a customer, as of a moment."""

from scorewell.metrics.actions import actions_as_of
from scorewell.metrics.as_of import MetricsTable, metrics_as_of
from scorewell.metrics.check import checked
from scorewell.metrics.customers import ACTIVE
from scorewell.metrics.happenings import Happenings
from scorewell.metrics.hindsight import as_known_today_findings
from scorewell.metrics.listing import customers_as_of
from scorewell.metrics.outcomes import Labels, OutcomesUnsaid, are_dated, dated_outcomes, of_dates, outcomes_as_of
from scorewell.metrics.pulses import PULSES, pulses_as_of
from scorewell.metrics.series import metrics_over

__all__ = [
    "ACTIVE",
    "PULSES",
    "Happenings",
    "Labels",
    "MetricsTable",
    "OutcomesUnsaid",
    "actions_as_of",
    "are_dated",
    "as_known_today_findings",
    "checked",
    "customers_as_of",
    "dated_outcomes",
    "metrics_as_of",
    "metrics_over",
    "of_dates",
    "outcomes_as_of",
    "pulses_as_of",
]
