"""What better utilization and blending are worth: one balance of hours over both populations, then money, computed once."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Cost": ".settings",
    "Value": ".result",
    "ValueSettings": ".settings",
    "balance_value": ".verb",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
