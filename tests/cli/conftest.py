"""A small project on disk for the commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.project_on_disk import ProjectOnDisk, project_on_disk


@pytest.fixture
def project(tmp_path: Path) -> ProjectOnDisk:
    return project_on_disk(tmp_path)
