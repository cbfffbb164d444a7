"""Do raters and observers agree: coefficients of agreement for categories, ordered levels and measurements, with intervals."""

from analysis.foundation.lazy import attach

_NAMES = {
    "agreement": ".observers",
    "Agreement": ".observers",
    "observer_agreement": ".observers",
    "agreement_weights": ".weights",
    "brennan_prediger": ".coefficients",
    "Coefficient": ".coefficient",
    "conger_kappa": ".coefficients",
    "fleiss_kappa": ".coefficients",
    "gwet_ac": ".coefficients",
    "icc": ".correlations",
    "IntraclassCorrelations": ".correlations",
    "krippendorff_alpha": ".alpha",
    "percent_agreement": ".coefficients",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
