"""Do raters and observers agree: coefficients of agreement for categories, ordered levels and measurements, with intervals."""

from analysis.foundation.lazy import attach

_NAMES = {
    "agreement": ".observers",
    "Agreement": ".observers",
    "observer_agreement": ".observers",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
