"""Reports: a model made from scores, the themes that draw it, and the rule of who may see what."""

from scorewell.reporting.appearance import mistaken
from scorewell.reporting.audience import visible_to
from scorewell.reporting.model import to_json
from scorewell.reporting.past import Past
from scorewell.reporting.rendering import reports
from scorewell.reporting.summary import summary
from scorewell.reporting.told_changes import told_changes

__all__ = ["Past", "mistaken", "reports", "summary", "to_json", "told_changes", "visible_to"]
