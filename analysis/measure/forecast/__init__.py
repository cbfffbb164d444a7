"""What the next weeks will bring: contacts and handling time by half hour, with intervals, and how far such forecasts were off."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Forecast": ".slots",
    "RollingCheck": ".check",
    "forecast_slots": ".slots",
    "rolling_check": ".check",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
