"""Each project is run once a session, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.real.running import RealRun, run_real

AS_OF = {
    "churnsim_b2b_a": "2023-06-01",
    "ravenstack": "2024-07-01",
    "telco_ibm": "2024-01-01",
    "telecom_mlc_churn": "2024-01-01",
    "cdnow": "1998-07-01",
    "zendesk": "2020-11-10",
    "zuora": "2023-01-01",
    "hubspot": "2020-05-01",
}
# Reports of all 23,570 would take most of a minute; everybody is scored all the same.
PAGES_FOR = {"cdnow": [f"{number:05}" for number in range(1, 501)]}


@pytest.fixture(scope="session")
def real_run(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RealRun]:
    """The run of ``tests/real/<name>`` as of its day."""

    @cache
    def ran(name: str) -> RealRun:
        return run_real(name, AS_OF[name], tmp_path_factory.mktemp("real"), test_data, PAGES_FOR.get(name))

    return ran
