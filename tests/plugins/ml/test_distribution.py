"""The distribution that is published: what is in its wheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests.conftest import built


@pytest.mark.wheel
def test_the_wheel_has_the_package_its_types_its_licence_and_its_entry_point(checkout: Path, tmp_path: Path) -> None:
    wheel = zipfile.ZipFile(built(checkout / "plugins/ml", tmp_path))
    names = {name.partition("/")[2] for name in wheel.namelist()}
    assert {"aggregators.py", "py.typed", "licenses/LICENSE", "entry_points.txt"} <= names
    assert not [name for name in wheel.namelist() if "test" in name]
    [metadata] = [name for name in wheel.namelist() if name.endswith("METADATA")]
    requirements = {line for line in wheel.read(metadata).decode().splitlines() if line.startswith("Requires-Dist: ")}
    assert {"Requires-Dist: scorewell", "Requires-Dist: scikit-learn>=1.6"} <= requirements
