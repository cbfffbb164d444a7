"""Work sampling: how many looks are needed, what share of looks shows a state, and what observers' mistakes do to it."""

from analysis.foundation.lazy import attach

_NAMES = {
    "correct_misclassification": ".observers",
    "estimate_share": ".estimates",
    "sample_size": ".sizes",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
