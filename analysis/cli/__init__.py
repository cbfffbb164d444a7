"""The command line: ``engage``."""

from analysis.foundation.lazy import attach

_NAMES = {"main": ".entry"}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
