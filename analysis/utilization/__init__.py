"""What utilization is achievable: the lowest of three ceilings, with its uncertainty, beside today."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Utilization": ".result",
    "UtilizationSettings": ".settings",
    "estimate_utilization": ".verb",
    "learning": ".learning",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
