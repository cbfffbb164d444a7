"""Work sampling: how many looks are needed, what share of looks shows a state, and what observers' mistakes do to it."""

from analysis.foundation.lazy import attach

_NAMES = {
    "BetaBinomial": ".correlation",
    "IntraclassCorrelation": ".correlation",
    "ObserverAccuracy": ".observers",
    "PilotCorrelations": ".pilot",
    "clustered_share": ".clustered",
    "correct_misclassification": ".observers",
    "CovariateShares": ".covariates",
    "design_effect": ".correlation",
    "draw_person_days": ".person_days",
    "CheckedShare": ".observers",
    "estimate_checked_share": ".observers",
    "estimate_share": ".estimates",
    "Reactivity": ".watched",
    "reactivity": ".watched",
    "spread_otherwise": ".hours",
    "fit_beta_binomial": ".correlation",
    "intraclass_correlation": ".correlation",
    "look_spacing": ".spacing",
    "misclassification_errors": ".observers",
    "naive_coverage": ".correlation",
    "observer_accuracy": ".observers",
    "pilot_correlations": ".pilot",
    "plan_study": ".sizes",
    "plan_tours": ".tours",
    "planned_person_days": ".person_days",
    "sample_size": ".sizes",
    "share_by_covariates": ".covariates",
    "second_looks": ".tours",
    "spaced_variance": ".spacing",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
