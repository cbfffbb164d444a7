"""The data held against themselves: rows and time counted twice, exports against each other, and every day looked at."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Reconciliation": ".result",
    "reconcile": ".verb",
    "reconciliation_lines": ".lines",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
