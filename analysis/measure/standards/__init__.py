"""Standard times: the hours that finished items were worth."""

from analysis.foundation.lazy import attach

_NAMES = {
    "earned_hours": ".earned",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
