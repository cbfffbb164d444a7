"""Interval algebra on people's spells: union, clipping, gaps, precedence, totals by slot; exact to the microsecond."""

from analysis.foundation.lazy import attach

_NAMES = {
    "union": ".algebra",
    "clip": ".algebra",
    "gaps": ".algebra",
    "exclusive": ".algebra",
    "busy": ".slots",
    "totals": ".slots",
    "attribute": ".split",
    "warm": ".kernels",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
