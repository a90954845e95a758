"""Every sample of the docs is executed, page by page, in a scratch folder.

The info string of a fence says what happens to it:

- ``python`` runs, all blocks of a page in one namespace;
- ``bash`` runs, with the tested ``scorewell`` on the PATH, in the folder that the block before was left in. A ``text``
  block right after it is what it prints, where ``…`` stands for anything; ``<!-- exits 2 -->`` before it says that it
  fails, and how;
- a block whose first line is ``# file: PATH`` is written there, without that line; YAML, JSON, TOML are read too;
- ``yaml`` with a ``version`` is a project, and is loaded; without one it is a fragment of a project: laid over
  ``skeleton.yaml``, and loaded; ``yaml normalizer`` and ``yaml aggregator`` hold just that, and a table right after
  them says what they make of which values (``—`` is missing): it is computed, the rows being the population;
- ``yaml measure`` is a metric over the ``csv rows`` before it, of the ``csv customers`` before it or else of those in
  the table after it, which is computed as of 2026-03-01;
- ``sql`` holds expressions over rows, one a line; ``sql measure`` SQL aggregates, one a line;
- ``json`` and ``toml`` are parsed; ``text`` is text.

``<!-- not run here: why -->`` before a block leaves it alone; ``<!-- refused: words -->`` before YAML or SQL says that
it is a mistake, and words of the message.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Sequence
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import yaml
from tests.docs.samples import Sample, samples

from scorewell import dialect
from scorewell.api.v1 import ScorewellError
from scorewell.configuration import Project, load
from scorewell.configuration.model import ROLES
from scorewell.configuration.past_windows import past_column, past_columns
from scorewell.metrics import metrics_as_of
from scorewell.scoring import ACTIVE, fit

CHECKOUT = Path(__file__).parents[2]
PAGES = (CHECKOUT / "README.md", CHECKOUT / "plugins/ml/README.md", *sorted((CHECKOUT / "docs").rglob("*.md")))
SKELETON = Path(__file__).with_name("skeleton.yaml")
METRIC_OF = {"product_usage": "active_days", "support": "csat", "relationship": "nps"}
TOP_LEVEL = {
    "include",
    "name",
    "history",
    "timezone",
    "sources",
    "customers",
    "metrics",
    "pulse",
    "outcomes",
    "actions",
    "scorecards",
    "scores",
    "segments",
    "stages",
    "sinks",
    "lint",
}


class Stage:
    """Where the samples of one page are executed, in order."""

    def __init__(self, page: Path, scratch: Path) -> None:
        self.folder = scratch
        self.rows = ""
        self.customers = ""
        self.module = ModuleType(f"sample_{page.stem.replace('-', '_').lower()}")
        sys.modules[self.module.__name__] = self.module

    def play(self, sample: Sample) -> None:
        if sample.file is not None:
            path = self.folder / sample.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(sample.body)
        language, _, role = sample.info.partition(" ")
        if sample.file is not None and language in {"python", "bash"}:
            return
        play = getattr(self, f"play_{language}", None)
        if play is not None:
            play(sample, role)
        elif language != "text" and sample.file is None:
            pytest.fail(f"a fence of the kind {sample.info!r} is not checked by anything")

    def play_toml(self, sample: Sample, _role: str) -> None:
        tomllib.loads(sample.body)

    def play_json(self, sample: Sample, _role: str) -> None:
        json.loads(sample.body)

    def play_csv(self, sample: Sample, role: str) -> None:
        if role == "rows":
            self.rows = sample.text
        elif role == "customers":
            self.customers = sample.text

    def play_sql(self, sample: Sample, role: str) -> None:
        self.refusing(sample, lambda: self.translate(sample.text, role))

    def play_yaml(self, sample: Sample, role: str) -> None:
        if role == "measure":
            compare(sample.table, self.measured(sample), role)
        else:
            self.refusing(sample, lambda: self.load(sample, role))

    def play_python(self, sample: Sample, _role: str) -> None:
        with chdir(self.folder):
            exec(compile(sample.text, self.module.__name__, "exec"), vars(self.module))  # noqa: S102 - our own docs

    def play_bash(self, sample: Sample, _role: str) -> None:
        left_in = self.folder / ".left-in"
        environment = {
            "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "120",
            "TZ": "UTC",
        }
        script = f"set -euo pipefail\ntrap 'pwd > {left_in}' EXIT\n{sample.text}"
        result = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert result.returncode == int(sample.remark.get("exits", "0")), result.stdout
        self.folder = Path(left_in.read_text().strip())
        if sample.expected is not None:
            assert agrees(result.stdout, sample.expected), (
                f"it prints\n\n{result.stdout}\ninstead of\n\n{sample.expected}"
            )

    def load(self, sample: Sample, role: str) -> None:
        written = yaml.safe_load(sample.body)
        if "version" in written and not role:
            path = self.folder / (sample.file or "sample.yaml")
            path.write_text(sample.body)
        elif sample.file is not None and not role:
            return  # a file that another one includes
        else:
            path = self.folder / "sample.yaml"
            path.write_text(yaml.safe_dump(over_skeleton(written, role), sort_keys=False, allow_unicode=True))
        names = re.findall(r"\$\{(\w+)", sample.body)
        project = load(path, environment=dict.fromkeys(names, "sqlite:///sample.db"))
        if role and sample.table:
            compare(sample.table, scored(project, sample.table), role)

    def measured(self, sample: Sample) -> list[float | str | None]:
        """What the metric makes of the rows, for each customer of the sample's table."""
        customers = [row["customer"] for row in sample.table]
        (self.folder / "rows.csv").write_text(self.rows)
        listed = self.customers or "\n".join(["customer", *customers, ""])
        (self.folder / "customers.csv").write_text(listed)
        described = listed.partition("\n")[0].split(",")[1:]
        meaning = {key: key for key in ("until",) if key in self.rows.partition("\n")[0].split(",")}
        linear = {"type": "linear", "from": 0, "to": 1}
        project = {
            "version": 1,
            "name": "Sample",
            "sources": {
                "customers": {"plugin": "files", "path": "customers.csv", "customer": "customer"},
                "rows": {"plugin": "files", "path": "rows.csv", "customer": "customer", "time": "at"} | meaning,
            },
            "customers": {
                "source": "customers",
                "roles": {name: name for name in described if name in ROLES},
                "attributes": [name for name in described if name not in ROLES],
            },
            "metrics": {
                "sample": {"source": "rows", **yaml.safe_load(sample.body)},
                "rows": {"source": "rows", "measure": "count(*)"},
            },
            "scorecards": {"one": {"metrics": {"rows": {"normalizer": linear}}}},
            "segments": {"everyone": {"scorecard": "one"}},
        }
        path = self.folder / "measured.yaml"
        path.write_text(yaml.safe_dump(project, sort_keys=False))
        table = metrics_as_of(load(path), datetime(2026, 3, 1, tzinfo=UTC))
        assert not table.failed, table.failed
        assert table.frame["customer_id"].to_list() == customers
        return table.frame["sample"].to_list()

    def translate(self, text: str, role: str) -> None:
        for line in (line.partition(" -- ")[0].strip() for line in text.splitlines()):
            if line and not line.startswith("--"):
                dialect.SqlAggregate(sql=line) if role == "measure" else dialect.expression(line)

    def refusing(self, sample: Sample, act: Any) -> None:
        words = sample.remark.get("refused")
        if words is None:
            act()
        else:
            with pytest.raises(ScorewellError, match=re.escape(words)):
                act()


def over_skeleton(written: dict[str, Any], role: str) -> dict[str, Any]:
    project: dict[str, Any] = yaml.safe_load(SKELETON.read_text())
    standard = project["scorecards"]["standard"]
    if role == "normalizer":
        standard["dimensions"]["product_usage"]["metrics"]["active_days"]["normalizer"] = written
        return project
    if role == "aggregator":
        # One metric a dimension, already 0–100: a dimension's score is its metric's value.
        for dimension, metric in METRIC_OF.items():
            only = {metric: {"normalizer": {"type": "linear", "from": 0, "to": 100}}}
            standard["dimensions"][dimension] |= {"metrics": only, "aggregator": "weighted_average"}
        standard |= {"aggregator": written, "precision": "none", "minimum_coverage": 0}
        return project
    assert not role, f"no rule for 'yaml {role}'"
    assert set(written) <= TOP_LEVEL, f"neither a project nor a fragment of one: {', '.join(set(written) - TOP_LEVEL)}"
    if "scores" in written:  # in place of segments
        del project["segments"]
    for key, value in written.items():
        named = key in {"sources", "metrics", "scorecards"}
        project[key] = {**project[key], **value} if named else value
    return project


def scored(project: Project, table: tuple[dict[str, str], ...]) -> list[float | None]:
    """What the sample makes of each row of its table: the points of ``value``, or the score of the parts."""
    columns = {named(head): [typed(row[head]) for row in table] for head in list(table[0])[:-1]}
    if "value" in columns:
        columns["active_days"] = columns.pop("value")
    rows = len(table)
    past = past_columns(project)
    names = (*project.customers.roles, *project.customers.attributes, *project.metrics, *past)
    frame = pl.DataFrame(
        {"customer_id": [f"{row:03}" for row in range(rows)]}
        | {name: [None] * rows for name in names}
        | {"seats": [100.0] * rows}
        | columns
        | {ACTIVE: [True] * rows},
        schema_overrides={metric: pl.Float64 for metric in (*project.metrics, *past) if metric not in columns},
    )
    scores = fit(project, frame).score(frame.lazy()).collect()
    answer = "normalized.product_usage.active_days" if "active_days" in columns and "nps" not in columns else "score"
    return scores[answer].to_list()


def named(head: str) -> str:
    """The column that a table's head stands for: ``2 before`` is the metric in the second window before its own."""
    earlier = re.fullmatch(r"(\d+) before", head)
    return METRIC_OF.get(head, head) if earlier is None else past_column("active_days", int(earlier[1]))


def typed(cell: str) -> float | str | None:
    try:
        return None if cell == "—" else float(cell)
    except ValueError:
        return cell


def compare(table: tuple[dict[str, str], ...], computed: Sequence[float | str | None], role: str) -> None:
    answer = list(table[0])[-1]
    for row, value in zip(table, computed, strict=True):
        told = row[answer]
        decimals = len(told.partition(".")[2])
        shown = "—" if value is None else value if isinstance(value, str) else f"{value:.{decimals}f}"
        assert shown == told, f"this {role} makes {value} of {row}"


def agrees(printed: str, expected: str) -> bool:
    def plain(text: str) -> str:
        return "\n".join(line.rstrip() for line in text.strip().splitlines())

    pattern = re.escape(plain(expected)).replace("…", ".*")
    return re.fullmatch(pattern, plain(printed), flags=re.DOTALL) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_sample_of_the_page_works(page: Path, tmp_path: Path) -> None:
    stage = Stage(page, tmp_path)
    for sample in samples(page):
        if "not run here" not in sample.remark:
            try:
                stage.play(sample)
            except BaseException as error:
                error.add_note(f"in the sample at {page.relative_to(CHECKOUT)}:{sample.line}")
                raise
