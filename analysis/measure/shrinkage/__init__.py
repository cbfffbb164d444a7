"""Figures of groups with the luck taken out: empirical Bayes with intervals that never vanish, and what shared days do to a comparison."""

from analysis.foundation.lazy import attach

_NAMES = {
    "BestPart": ".best",
    "FEWEST_FOR_SPREAD": ".funnel",
    "FEWEST_GROUPS": ".normal",
    "Funnel": ".funnel",
    "GroupErrors": ".shares",
    "Shrunken": ".normal",
    "best_of_noisy": ".normal",
    "best_part": ".best",
    "differ": ".normal",
    "fit_funnel": ".funnel",
    "lasting_variance": ".shares",
    "morris": ".normal",
    "shrink": ".normal",
    "shrink_counts": ".counts",
    "shrink_shares": ".shares",
    "split_errors": ".shares",
    "split_means": ".shares",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
