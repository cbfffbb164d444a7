"""Work sampling: how many looks are needed, what share of looks shows a state, and what observers' mistakes do to it."""

from analysis.foundation.lazy import attach

_NAMES = {
    "BetaBinomial": ".correlation",
    "IntraclassCorrelation": ".correlation",
    "correct_misclassification": ".observers",
    "design_effect": ".correlation",
    "estimate_share": ".estimates",
    "fit_beta_binomial": ".correlation",
    "intraclass_correlation": ".correlation",
    "look_spacing": ".spacing",
    "naive_coverage": ".correlation",
    "plan_study": ".sizes",
    "sample_size": ".sizes",
    "spaced_variance": ".spacing",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
