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

[`scorewell check`](commands.md#check) looks at what is allowed and most likely not meant. Each finding has an id, a
level, a place in a file, and what to try. `--fail-on warning` makes findings of that level and above fail the command,
as one wants it before a change is merged; `--format github` prints them as annotations of a pull request.

What is meant all the same is said in the configuration, with its reason:

```yaml
lint:
  ignore:
    - {finding: light-metric, where: scorecards.standard.dimensions.product_usage, because: Watched until the autumn}
```

`where` is a path, and covers all that stands below it; without one the finding is ignored everywhere. What `check`
tells of the data, as `stale-table`, is ignored in the same way, at its table (`sources.NAME`); ids stand in brackets
where it is printed. An error is never ignored, and an id that there is not is a mistake.

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
