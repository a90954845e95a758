"""A small project on disk, and the command line on it."""

from __future__ import annotations

from pathlib import Path

import attrs
from click.testing import CliRunner, Result

from scorewell.cli import cli

ACCOUNTS = """\
id,name,plan,seats
a1,Acme,Large,10
b2,Globex,Large,20
c3,Initech,Small,5
"""
USAGE = """\
account,day,minutes
a1,2026-02-20,60
a1,2026-02-21,30
b2,2026-02-25,10
c3,2026-02-27,45
"""
TICKETS = """\
account,opened,closed,rating
a1,2026-02-01,2026-02-03,5
b2,2026-02-10,,
b2,2026-02-11,2026-02-12,2
"""
CONFIGURATION = """\
version: 1
name: Test Cloud
timezone: Europe/Berlin
sources:
  crm: {plugin: files, path: accounts.csv, customer: id}
  usage: {plugin: files, path: usage.csv, customer: account, time: day}
  tickets: {plugin: files, path: tickets.csv, customer: account, time: opened, until: closed, known: {rating: closed}}
customers:
  source: crm
  roles: {name: name}
  attributes: [plan, seats]
metrics:
  minutes: {source: usage, measure: sum(minutes), window: 30d, audience: customer}
  open_tickets: {source: tickets, measure: open, better: lower}
  rating: {source: tickets, measure: avg(rating), window: 90d}
scorecards:
  standard:
    minimum_coverage: 30%
    dimensions:
      product_usage:
        weight: 60
        metrics:
          minutes: {normalizer: {type: linear, from: 0, to: 100}}
      support:
        weight: 40
        metrics:
          open_tickets: {normalizer: {type: linear, from: 2, to: 0}}
          rating: {normalizer: {type: linear, from: 1, to: 5}}
segments:
  large: {when: plan = 'Large', scorecard: standard}
  everyone_else: {scorecard: standard}
sinks:
  - {plugin: parquet, path: out/parquet/}
  - {plugin: csv, path: out/csv/}
  - {plugin: json, path: out/json/}
  - {plugin: html, path: out/internal/, audience: internal}
  - {plugin: html, path: out/customers/, audience: customer}
"""


@attrs.frozen
class ProjectOnDisk:
    """A folder with a project; ``replace`` and ``write`` change one thing in it, ``scorewell`` runs a command on it."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        content = path.read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{old!r} is {content.count(old)} times in {name}"
        path.write_text(content.replace(old, new), encoding="utf-8")

    def scorewell(self, *arguments: str) -> Result:
        """Run a command in this process. The moment is 2026-03-01 where the command takes one."""
        moment = (
            ["--as-of", "2026-03-01"]
            if arguments[0] in {"run", "explain", "fit", "compare"} and "--as-of" not in arguments
            else []
        )
        command = [*arguments, "-c", str(self.folder / "scorewell.yaml"), *moment]
        return CliRunner().invoke(cli, command, prog_name="scorewell", terminal_width=1000)

    def delivered(self) -> dict[str, bytes]:
        """Every file that sinks wrote, by its path."""
        out = self.folder / "out"
        return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def project_on_disk(folder: Path) -> ProjectOnDisk:
    """The project in a folder of its own: three customers, three tables, two dimensions, five sinks."""
    made = ProjectOnDisk(folder)
    made.write("accounts.csv", ACCOUNTS)
    made.write("usage.csv", USAGE)
    made.write("tickets.csv", TICKETS)
    made.write("scorewell.yaml", CONFIGURATION)
    return made
