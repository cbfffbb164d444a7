"""A share of looks whose clusters (rounds, days) resemble themselves: its error, its interval, and when there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate

# Fewer effective looks at the rarer outcome, or fewer clusters that show it, and no interval covers; see docs/method/sampling.md.
MINIMUM_EFFECTIVE_COUNT = 4.0
MINIMUM_CLUSTERS_WITH = 4
# A design effect from few clusters is itself a guess: it counts with its degrees of freedom against this many that say 1.
_PRIOR_FREEDOM = 5.0
METHOD = "ratio of sums, clusters linearised, wider of logit and arcsine t limits"


@dataclass(frozen=True, slots=True)
class ClusteredShare:
    """A share of looks with its linearised standard error.

    Attributes
    ----------
    share, error
        Ratio (or weighted mean of the strata's ratios), and its standard error.
    freedom
        Degrees of freedom of the error.
    clusters, looks
        What stands behind it.
    showing, lacking
        Clusters with a look that found the state, and with one that did not.
    """

    share: float
    error: float
    freedom: int
    clusters: int
    looks: float
    showing: int
    lacking: int

    @property
    def design_effect(self) -> float:
        """Variance over that of as many independent looks."""
        return self.error**2 * self.looks / (self.share * (1 - self.share))

    @property
    def effective_looks(self) -> float:
        """Independent looks that would leave the same error: looks over design effect."""
        return self.share * (1 - self.share) / self.error**2

    def trusted_looks(self, confidence: float) -> float:
        """Effective looks, fewer for the degrees of freedom, for intervals that take the number of looks as known."""
        tail = 0.5 + confidence / 2
        return min(
            self.looks, self.effective_looks * float(stats.norm.ppf(tail) / stats.t.ppf(tail, self.freedom)) ** 2
        )

    def effective_count(self) -> float:
        """Effective looks at the rarer outcome; the design effect drawn towards 1 as far as few clusters leave it open, never below."""
        effect = max(self.design_effect, 1.0)
        drawn = (self.freedom * effect + _PRIOR_FREEDOM) / (self.freedom + _PRIOR_FREEDOM)
        return self.looks / drawn * min(self.share, 1 - self.share)


def clustered_share(hits: np.ndarray, looks: np.ndarray, *, weights: np.ndarray | None = None) -> ClusteredShare:
    """Return the share of looks and its error from counts by cluster and stratum.

    Parameters
    ----------
    hits, looks
        Counts, clusters x strata (one column without strata). Every stratum has looks in at least two clusters.
    weights
        Share of the time that each stratum stands for; None takes the looks as they fell.

    Notes
    -----
    Stratum ratios p_h = sum x / sum m, p = sum W_h p_h; residual of a cluster z = sum over h of W_h c_h (x_h - p_h m_h) / M_h; variance sum z^2.
    c_h = sqrt(n_h / (n_h - 1)) with n_h clusters in stratum h; with weights c = sqrt((n_h - 1) / n_h) / (1 - m_h / M_h), which is the same for
    clusters of one size and allows for strata that few looks must speak for (a delete-one jackknife, linearised).
    """
    totals = looks.sum(axis=0)
    parts = totals / totals.sum() if weights is None else weights
    by_stratum = hits.sum(axis=0) / totals
    clusters = (looks > 0).sum(axis=0)
    residuals = (hits - by_stratum * looks) / totals * parts
    residuals *= np.sqrt(clusters / np.maximum(clusters - 1, 1)) if weights is None else _leverage(looks, clusters)
    crossed = bool(((looks > 0).sum(axis=1) > 1).any())
    k = len(looks)
    return ClusteredShare(
        share=float((parts * by_stratum).sum()),
        error=math.sqrt(float((residuals.sum(axis=1) ** 2).sum())),
        freedom=max(1, k - (1 if crossed else looks.shape[1])),
        clusters=k,
        looks=float(totals.sum()),
        showing=int((hits.sum(axis=1) > 0).sum()),
        lacking=int((hits.sum(axis=1) < looks.sum(axis=1)).sum()),
    )


def _leverage(looks: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return by how much each residual understates itself because its own looks drew the ratio."""
    return np.sqrt((clusters - 1) / clusters) / (1 - looks / looks.sum(axis=0))


def interval_of(found: ClusteredShare, *, n_unit: str, confidence: float, **more: Any) -> Estimate:
    """Return the share with its interval, or the words why there is none.

    Parameters
    ----------
    found
        Share and error.
    n_unit
        What a cluster is.
    confidence
        Level of the interval.
    **more
        Further fields of :class:`Estimate`.

    Notes
    -----
    With standard error s and quantile t: logit limits expit(logit p -+ t s / (p q)) and arcsine limits
    sin^2(arcsin sqrt p -+ t s / (2 sqrt(p q))), on each side the wider. The arcsine limit is the wider one towards the rare end,
    the logit limit towards the middle; each alone misses too often on its own narrow side when a state is rare.

    References
    ----------
    Korn & Graubard, Analysis of Health Surveys, 1999, p. 64. Dean & Pagano, Journal of Survey Statistics and Methodology 3 (2015), 484-503.
    """
    p, k = found.share, found.clusters
    described = {"confidence": confidence, "n": k, "n_unit": n_unit, "method": METHOD, **more}
    if k < MINIMUM_CLUSTERS:
        words = f"only {k} {n_unit} were observed; an interval needs at least {MINIMUM_CLUSTERS}"
        return Estimate.missing(words, **described)
    if p <= 0 or p >= 1:
        words = f"{'none' if p <= 0 else 'all'} of the looks in all {k} {n_unit}: no variation to estimate from"
        return Estimate.missing(words, status="degenerate", **described)
    if found.error == 0:
        words = f"all {k} {n_unit} have the same share, so its uncertainty cannot be judged"
        return Estimate.missing(words, status="degenerate", **described)
    words = _too_rare(found, n_unit)
    if words:
        return Estimate.missing(words, **described)
    t = float(stats.t.ppf(0.5 + confidence / 2, found.freedom))
    step, centre = t * found.error / (p * (1 - p)), math.log(p / (1 - p))
    turn, angle = t * found.error / (2 * math.sqrt(p * (1 - p))), math.asin(math.sqrt(p))
    low = min(_expit(centre - step), math.sin(max(angle - turn, 0.0)) ** 2)
    high = max(_expit(centre + step), math.sin(min(angle + turn, math.pi / 2)) ** 2)
    return Estimate(p, low, high, **described)


def _too_rare(found: ClusteredShare, n_unit: str) -> str:
    """Return why a state is too rare, or too common, for an interval; empty when it is not."""
    fewest, missing = min((found.showing, "found"), (found.lacking, "did not find"))
    if fewest < MINIMUM_CLUSTERS_WITH:
        return f"only {fewest} of {found.clusters} {n_unit} have a look that {missing} the state; an interval that can be trusted needs {MINIMUM_CLUSTERS_WITH}"
    count = found.effective_count()
    if count < MINIMUM_EFFECTIVE_COUNT:
        return (
            f"looks of the same {n_unit} resemble one another so much that the {found.looks:.0f} looks hold only {count:.1f} independent ones of the rarer "
            f"outcome; an interval that can be trusted needs {MINIMUM_EFFECTIVE_COUNT:.0f}"
        )
    return ""


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
