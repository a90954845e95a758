"""The project as a whole, and who its customers are."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from scorewell.configuration.checks.context import Context
from scorewell.configuration.model import ROLES
from scorewell.messages import did_you_mean

__all__ = ["check_customers", "check_project"]

# Columns and words of the core's own in the table of metrics and in expressions.
RESERVED = {
    "as_of": "the moment of the run",
    "customer_id": "the customer's id, which is always there",
    "value": "the metric itself, in a normalizer's expressions",
}


def check_project(context: Context) -> None:
    """Name and time zone."""
    timezone = context.project.timezone
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        meant = did_you_mean(timezone, _places(), ": expected one such as Europe/Berlin, America/New_York or UTC")
        context.notes.at(("timezone",), f"unknown time zone {timezone!r}{meant}")
    if context.written(("name",)) and context.sound("name") and not context.project.name.strip():
        context.notes.at(("name",), "the project's name is empty")


def _places() -> list[str]:
    """The zones that are called after a place, and UTC: EST, which is so near to CEST, has no summer."""
    return ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))]


def check_customers(context: Context) -> None:
    """The customers' table, roles and attributes; a name means one thing."""
    _table(context)
    for role in context.names("customers", "roles"):
        if role not in ROLES:
            context.unknown("role", role, ROLES, ("customers", "roles", role))
    _go_live(context)
    _attributes(context)
    _metrics(context)


def _go_live(context: Context) -> None:
    go_live, keys = context.project.customers.go_live, ("customers", "go_live")
    if "go_live" in context.names("customers", "roles") and context.written(keys):
        context.notes.at(keys, "go_live is a role of the customers' table too: expected exactly one of them")
    inside = (*keys, "source")
    if go_live is None or not context.written(inside) or not context.sound(*inside):
        return
    timeless = f"table {go_live.source} declares no time, so nobody is known to go live: write time: COLUMN"
    context.events(go_live.source, inside, timeless)


def _table(context: Context) -> None:
    customers = context.project.customers
    if context.written(("customers", "source")) and context.sound("customers", "source"):
        keys = ("customers", "source")
        table = context.table(customers.source, keys)
        if table is None:
            return
        context.customers_of(customers.source, table, keys)
        if table.customer is not None and table.customer.through is not None:
            context.notes.at(keys, f"table {customers.source} must hold the customer's id itself, not through another")


def _attributes(context: Context) -> None:
    keys = ("customers", "attributes")
    roles = context.roles
    for column, count in Counter(context.project.customers.attributes).items():
        if count > 1:
            context.notes.at(keys, f"{column!r} is listed {count} times")
        if column in roles:
            context.notes.at(keys, f"{column!r} is a role and an attribute: a name has one meaning, leave one out")
        if column in RESERVED:
            context.notes.at(keys, f"{column!r} is {RESERVED[column]}: no attribute can have that name")


def _metrics(context: Context) -> None:
    roles, attributes = context.roles, context.project.customers.attributes
    for name in context.metrics:
        keys = ("metrics", name)
        if name in roles or name in attributes:
            other = "role" if name in roles else "attribute"
            context.notes.at(keys, f"{name!r} is a metric and the {other} of the customers: a name has one meaning")
        if name in RESERVED:
            context.notes.at(keys, f"{name!r} is {RESERVED[name]}: no metric can have that name")
