"""The standard sources."""

from scorewell.api.v1 import Component
from scorewell_standard.sources.files import Files

COMPONENTS: tuple[type[Component], ...] = (Files,)
