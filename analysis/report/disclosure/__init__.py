"""Nothing that could single out a person leaves the kit: rules, an attack on what is to be published, and checks."""

from analysis.foundation.lazy import attach

_NAMES = {
    "check_groups": ".checks",
    "check_heard": ".checks",
    "check_texts": ".checks",
    "without_few": ".checks",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
