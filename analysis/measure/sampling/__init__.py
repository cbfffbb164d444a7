"""Work sampling: how many looks are needed, what share of looks shows a state, and what observers' mistakes do to it."""

from analysis.foundation.lazy import attach

_NAMES = {
    "BetaBinomial": ".correlation",
    "IntraclassCorrelation": ".correlation",
    "design_effect": ".correlation",
    "fit_beta_binomial": ".correlation",
    "intraclass_correlation": ".correlation",
    "naive_coverage": ".correlation",
    "correct_misclassification": ".observers",
    "estimate_share": ".estimates",
    "sample_size": ".sizes",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
