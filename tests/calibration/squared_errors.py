"""Is a figure with its luck taken out nearer to the truth than the raw one? Mean squared errors over planted groups."""

from __future__ import annotations

import numpy as np
from scipy import special

from analysis.measure.shrinkage import best_part, shrink, shrink_counts


def ratio_of_figures(worlds, *, k, reliability):
    """Return the mean squared error of shrunken figures over that of raw ones."""
    draw = np.random.default_rng([k, round(10 * reliability)])
    spread = 0.05 * np.sqrt(reliability / (1 - reliability))
    raw, pulled = 0.0, 0.0
    for _ in range(worlds):
        errors = 0.05 * np.exp(draw.uniform(-0.55, 0.55, size=k))
        true = 0.6 + spread * draw.standard_t(5, size=k) / np.sqrt(5 / 3)
        seen = true + errors * draw.normal(size=k)
        raw += ((seen - true) ** 2).sum()
        pulled += ((shrink(seen, errors).value - true) ** 2).sum()
    return pulled / raw


def ratio_of_rates(worlds, *, spread):
    """Return the same for error rates, beta-binomial against counted shares."""
    draw = np.random.default_rng(5)
    raw, pulled = 0.0, 0.0
    for _ in range(worlds):
        checked = draw.integers(80, 320, size=12)
        true = special.expit(special.logit(0.04) + spread * draw.normal(size=12))
        counts = draw.binomial(checked, true)
        raw += ((counts / checked - true) ** 2).sum()
        pulled += ((shrink_counts(counts, checked).value - true) ** 2).sum()
    return pulled / raw


def ratio_of_best(worlds, *, k, reliability):
    """Return the same for the mean of the quarter that looks best."""
    draw = np.random.default_rng([k, round(10 * reliability), 1])
    spread = 0.05 * np.sqrt(reliability / (1 - reliability))
    raw, corrected = 0.0, 0.0
    for _ in range(worlds):
        true = 0.6 + spread * draw.standard_t(5, size=k) / np.sqrt(5 / 3)
        seen = true + 0.05 * draw.normal(size=k)
        found = best_part(seen, np.full(k, 0.05))
        raw += (found.observed - true[np.argsort(seen)[k - found.count :]].mean()) ** 2
        corrected += (found.value - true[np.argsort(seen)[k - found.count :]].mean()) ** 2
    return corrected / raw
