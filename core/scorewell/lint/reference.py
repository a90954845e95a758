"""The page about what the linter finds, written from its own data.

``python -m scorewell.lint.reference docs/reference/findings.md`` writes the page again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from scorewell.lint.kinds import KINDS

__all__ = ["reference"]

_TOP = """\
# Findings of the linter

<!-- Written by `python -m scorewell.lint.reference docs/reference/findings.md`; a test compares. -->

[`scorewell check`](commands.md#check) reports what is allowed but most likely not meant. Each finding has an id, a
level, a place in a file, and what to try. With `--fail-on warning` the command fails on findings of that level and
above, which is useful before a change is merged. `--format github` prints findings as annotations of a pull request.

If something is meant all the same, say so in the configuration, with the reason:

```yaml
lint:
  ignore:
    - {finding: light-metric, where: scorecards.standard.dimensions.product_usage, because: Watched until the autumn}
```

`where` is a path, and includes everything below it; without `where` the finding is ignored everywhere. Findings about
the data, such as `stale-table`, are ignored in the same way, at their table (`sources.NAME`); `check` prints their ids
in brackets. An error is never ignored, and an unknown id is a mistake.

| id | level | what |
|---|---|---|
"""


def reference() -> str:
    """The page, in Markdown."""
    return "".join(_lines())


def _lines() -> Iterator[str]:
    yield _TOP
    for kind in KINDS.values():
        yield f"| [{kind.id}](#{kind.id}) | {kind.level} | {kind.title} |\n"
    for kind in KINDS.values():
        yield f"\n## {kind.id}\n\n**{kind.title}** ({kind.level}). {kind.explanation}\n\nTry: {kind.fix}.\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
