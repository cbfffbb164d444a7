"""Frontiers and conditional quantiles of comparable units: what a consultant may compute beside the report, never a target by itself."""

from analysis.foundation.lazy import attach

_NAMES = {
    "ConditionalQuantile": ".quantiles",
    "CorrectedLeastSquares": ".stochastic",
    "Envelopment": ".hull",
    "Expectile": ".quantiles",
    "StochasticFrontier": ".stochastic",
    "conditional_quantile": ".quantiles",
    "corrected_least_squares": ".stochastic",
    "envelopment": ".hull",
    "expectile": ".quantiles",
    "stochastic_frontier": ".stochastic",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
