"""Scores learned from what became of customers. Like any plugin it imports only the public edition of the interface."""

from __future__ import annotations

from scorewell.api.v1 import Registry, hookimpl


@hookimpl
def scorewell_register(registry: Registry) -> None:
    """Register the models."""
    from scorewell_ml.aggregators import COMPONENTS  # noqa: PLC0415 - polars is heavy

    for component in COMPONENTS:
        registry.component(component)
