"""How much paid time is not work today: five shares of the base, non-work, gaps and the definitions side by side."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Baseline": ".result",
    "BaselineSettings": ".settings",
    "measure_baseline": ".verb",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
