"""Blending readiness: measure non-work, estimate achievable utilization, assess whether back-office work can fill idle time.

The names load on first use, so importing this package is cheap.
"""

from analysis.foundation.lazy import attach

__version__ = "0.1.0"

_NAMES = {
    "queueing": ".queueing",
    "simulation": ".simulation",
    "intervals": ".foundation.intervals",
    "agreement": ".measure.agreement",
    "sampling": ".measure.sampling",
    "triangulation": ".measure.triangulation",
    "standards": ".measure.standards",
    "gap_mixture": ".measure.gap_mixture",
    "frontier": ".measure.frontier",
    "forecast": ".measure.forecast",
    "read_sources": ".intake",
    "measure_baseline": ".baseline",
    "estimate_utilization": ".utilization",
    "assess_blending": ".blending",
    "balance_value": ".value",
    "assess_readiness": ".readiness",
    "pilot": ".readiness.pilot",
    "build_report": ".report",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
