"""To be written"""

from scorewell.api.v1 import Component

COMPONENTS: tuple[type[Component], ...] = ()
