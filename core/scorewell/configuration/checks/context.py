"""What the checks share: the project as far as it could be made, and every name as it was written."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property

from scorewell.api.v1 import Table
from scorewell.configuration.model import Project
from scorewell.configuration.nodes import Keys, Mapping, Scalar
from scorewell.configuration.notes import Notes
from scorewell.configuration.pulse import PULSE
from scorewell.messages import did_you_mean, listed

__all__ = ["Context"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Context:
    """The project under check. A name counts as known when it was written, even where its settings are mistaken."""

    def __init__(self, project: Project, notes: Notes) -> None:
        self.project = project
        self.notes = notes
        self._mistaken = frozenset(problem.path for problem in notes.problems)

    def names(self, *keys: str) -> tuple[str, ...]:
        """The names written in a section, as ``names("customers", "roles")``."""
        node = self.notes.find(keys)
        return node.names if isinstance(node, Mapping) else ()

    def written(self, keys: Keys) -> bool:
        """Whether a setting is in the files; with nothing behind it, as ``window:`` or ``measure: none``, it is not."""
        node = self.notes.find(keys)
        return node is not None and not (isinstance(node, Scalar) and node.value in (None, "none"))

    def sound(self, *keys: str) -> bool:
        """Whether no mistake was found there while reading."""
        path = ".".join(keys)
        return not any(told == path or told.startswith(f"{path}.") for told in self._mistaken)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metrics' names, and that of the one that the section ``pulse`` makes."""
        return tuple(dict.fromkeys((*self.names("metrics"), *((PULSE,) if self.written((PULSE,)) else ()))))

    @cached_property
    def population(self) -> tuple[str, ...]:
        """The names that conditions over customers may use: roles and attributes; metrics come on top."""
        return ("customer_id", *self.roles, *self.project.customers.attributes)

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles, and what is told like one."""
        go_live = ("go_live",) if self.written(("customers", "go_live")) else ()
        children = ("children",) if "parent" in self.names("customers", "roles") else ()
        return tuple(dict.fromkeys((*self.names("customers", "roles"), *go_live, *children)))

    def table(self, name: str, keys: Keys) -> Table | None:
        """The table of that name. Notes a problem at ``keys`` where there is none; None also where it is mistaken."""
        source, dot, table = name.partition(".")
        known = self.project.sources.get(source)
        if known is None:
            if source not in self.names("sources"):
                self.unknown("source", source if dot else name, self.names("sources"), keys)
            return None
        if table not in known.tables:
            tables = [f"{source}.{one}" if one else source for one in known.tables]
            self.unknown("table", name, tables, keys)
            return None
        return known.tables[table]

    def is_sound_table(self, name: str) -> bool:
        """Whether no mistake was found in the source of the table of that name."""
        return self.sound("sources", name.partition(".")[0])

    def customers_of(self, name: str, table: Table, keys: Keys) -> None:
        """Note at ``keys`` where the table of that name does not say whose its rows are."""
        if table.customer is None:
            self.notes.at(keys, f"table {name} does not name its customer: write customer: COLUMN there")

    def events(self, name: str, keys: Keys, timeless: str) -> None:
        """Note at ``keys`` where the table of that name does not say whose its rows are, or, as ``timeless``, when."""
        table = self.table(name, keys)
        if table is None or not self.is_sound_table(name):
            return
        self.customers_of(name, table, keys)
        if table.time is None:
            self.notes.at(keys, timeless)

    def unknown(self, what: str, name: str, known: Collection[str], keys: Keys) -> None:
        """Note that a name leads nowhere, with the one that is near, or with those that there are."""
        advice = did_you_mean(name, known, f"; there is {listed(known)}")
        self.notes.at(keys, f"unknown {what} {name!r}{advice}")

    def identifier(self, what: str, name: str, keys: Keys) -> None:
        """Note a name that could not be a part of a column's name."""
        if not _NAME.fullmatch(name):
            self.notes.at(keys, f"the name of a {what} is letters, digits and underscores, not {name!r}")
