"""The page about a comparison: everything it shows, and the HTML of it."""

from scorewell.evaluation.page.model import ComparisonPage
from scorewell.evaluation.page.rendering import comparison_page, page_model

__all__ = ["ComparisonPage", "comparison_page", "page_model"]
