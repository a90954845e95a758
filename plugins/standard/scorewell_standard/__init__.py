"""The standard plugins: registered like anybody's, and importing only the public edition of the interface."""

from __future__ import annotations

from scorewell.api.v1 import Registry, hookimpl


@hookimpl
def scorewell_register(registry: Registry) -> None:
    """Register the standard sources, measures, normalizers, aggregators and sinks."""
    from scorewell_standard import aggregators, measures, normalizers, sinks, sources  # noqa: PLC0415 - polars is heavy

    for module in (sources, measures, normalizers, aggregators, sinks):
        for component in module.COMPONENTS:
            registry.component(component)
