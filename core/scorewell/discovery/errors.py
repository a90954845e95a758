"""What can go wrong between a name in the configuration and a plugin's class."""

from __future__ import annotations

from scorewell.api.v1 import ScorewellError

__all__ = ["BrokenPlugin", "UnknownComponent"]


class BrokenPlugin(ScorewellError):  # noqa: N818 - it names what is found, and reads so where it is caught
    """A plugin that is named but cannot be used: told with its distribution, its version and the real cause."""


class UnknownComponent(ScorewellError):  # noqa: N818 - as above
    """A name that no installed plugin gives to a component of that kind."""
