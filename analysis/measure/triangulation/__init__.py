"""Several sources for one share: logs joined with observed person-days, pooled summaries, and which figure to put first."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Headline": ".headline",
    "Pooled": ".pooling",
    "Source": ".headline",
    "headline_of": ".headline",
    "imbalance": ".balance",
    "pool": ".pooling",
    "two_phase": ".regression",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
