"""Pages about a plugin of its own are tested where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


@pytest.fixture(autouse=True)
def _has_the_plugin_of_the_page(request: pytest.FixtureRequest) -> None:
    parameters = getattr(request.node, "callspec", None)
    page = parameters.params.get("page") if parameters else None
    if page is not None and "ml" in page.parts[-3:] and find_spec("scorewell_ml") is None:
        pytest.skip("scorewell-ml is not installed: pip install -e . -e plugins/ml")
