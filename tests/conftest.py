"""What all tests share: where the test data is, and what a skip means where everything is expected to be there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
TEST_DATA = Path(os.environ.get("SCOREWELL_TEST_DATA", CHECKOUT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of the repository."""
    return CHECKOUT


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real and simulated data; a test that asks for it is skipped where it is absent."""
    if not TEST_DATA.is_dir():
        pytest.skip(f"no test data at {TEST_DATA}: set SCOREWELL_TEST_DATA")
    return TEST_DATA


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Under ``CI=true`` a skip for want of a part is a failure: there, everything but the test data is installed."""
    if not report.skipped or os.environ.get("CI") != "true" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if TEST_DATA.is_dir() or "SCOREWELL_TEST_DATA" not in reason:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped where nothing may be missing: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _refuse_skip(report)
    return report
