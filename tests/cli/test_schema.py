"""``scorewell schema``."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from scorewell.cli import cli


def test_the_schema_is_one_document_on_standard_output() -> None:
    result = CliRunner().invoke(cli, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_is_written_to_a_file_and_nothing_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "schema.json"
    result = CliRunner().invoke(cli, ["schema", "--output", str(path)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(path.read_text())["title"] == "Scorewell configuration"


def test_a_file_that_cannot_be_written_is_told_in_a_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["schema", "--output", str(tmp_path)])
    assert result.stderr == f"error: {tmp_path} cannot be written: Is a directory\n"
