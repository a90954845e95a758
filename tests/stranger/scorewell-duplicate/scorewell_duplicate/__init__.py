"""A plugin that takes the name of another distribution's plugin."""

from scorewell.api.v1 import Normalizer, Registry, frozen, hookimpl


@frozen
class Halving(Normalizer):
    """Never used: the name is taken."""

    name = "halving"


@hookimpl
def scorewell_register(registry: Registry) -> None:
    """Registers under a name that another distribution has too."""
    registry.component(Halving)
