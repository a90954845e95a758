"""Many moments of real data, measured together, against runs of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.real.conftest import AS_OF
from tests.real.running import HERE

from scorewell.configuration import load
from scorewell.metrics import metrics_as_of, metrics_over


@pytest.mark.parametrize("name", ["churnsim_b2b_a", "ravenstack", "cdnow", "zendesk", "zuora", "hubspot"])
def test_a_year_at_once_is_what_each_moment_is_alone(name: str, test_data: Path) -> None:
    project = load(HERE / name / "scorewell.yaml", environment={"SCOREWELL_TEST_DATA": str(test_data)})
    last = datetime.fromisoformat(AS_OF[name]).replace(tzinfo=ZoneInfo(project.timezone))
    moments = [last - timedelta(days=61 * back, hours=7 * back) for back in range(4)][::-1]
    for moment, table in zip(moments, metrics_over(project, moments), strict=True):
        alone = metrics_as_of(project, moment)
        assert table.frame.equals(alone.frame)
        assert table.frame.schema == alone.frame.schema
        assert (table.failed, table.findings, table.stale) == (alone.failed, alone.findings, alone.stale)
