"""Gaps between records: which shares of idle time they leave open."""

from analysis.foundation.lazy import attach

_NAMES = {
    "GapFit": ".ranges",
    "GapRange": ".ranges",
    "MINIMUM_IDLE_S": ".fits",
    "fit_gaps": ".fits",
    "idle_by_person_day": ".anchoring",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
