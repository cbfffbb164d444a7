"""Intraclass correlations of measurements by several judges: the six forms of Shrout and Fleiss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem

if TYPE_CHECKING:
    import pandas as pd

FORMS = {
    "icc11": "each target by other judges, one judge",
    "icc21": "judges drawn at random, one judge, absolute agreement",
    "icc31": "these judges, one judge, consistency",
    "icc1k": "each target by other judges, mean of the judges",
    "icc2k": "judges drawn at random, mean of the judges, absolute agreement",
    "icc3k": "these judges, mean of the judges, consistency",
}


@dataclass(frozen=True, slots=True, repr=False)
class IntraclassCorrelations:
    """The six forms, each an :class:`Estimate`; which one fits depends on how judges were chosen and what is used.

    Attributes
    ----------
    icc11, icc21, icc31
        Reliability of one judge: each target by other judges; judges drawn at random; these judges alone.
    icc1k, icc2k, icc3k
        The same for the mean of the judges.
    targets, judges
        Size of the table.
    """

    icc11: Estimate
    icc21: Estimate
    icc31: Estimate
    icc1k: Estimate
    icc2k: Estimate
    icc3k: Estimate
    targets: int
    judges: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row a form: form, words, value, low, high, status, reason."""
        import pandas as pd

        rows = []
        for form, words in FORMS.items():
            one: Estimate = getattr(self, form)
            rows.append((form, words, one.value, one.low, one.high, one.status, "; ".join(one.reasons)))
        frame = pd.DataFrame(rows, columns=["form", "words", "value", "low", "high", "status", "reason"])
        return frame.astype(dict.fromkeys(("value", "low", "high"), "float64"))

    def __repr__(self) -> str:
        """Return the form that is asked for most, as a sentence."""
        one = self.icc21
        if one.value is None:
            return f"intraclass correlation cannot be given: {'; '.join(one.reasons)}"
        said = "" if one.low is None or one.high is None else f" ({one.low:.2f} to {one.high:.2f})"
        return (
            f"intraclass correlation of one judge, absolute agreement (ICC(2,1)), is {one.value:.2f}{said} "
            f"for {self.targets} targets and {self.judges} judges"
        )


def icc(x: Any, *, confidence: float = 0.95) -> IntraclassCorrelations:
    """Measure the agreement of judges on a number by intraclass correlations.

    Parameters
    ----------
    x
        Table of numbers, one row per target and one column per judge, without empty cells.
    confidence
        Level of the intervals.

    Returns
    -------
    IntraclassCorrelations
        Without intervals below 6 targets; ``"degenerate"`` where no number differs, or nothing is left of the differences.

    Raises
    ------
    ValueError
        Not a table of two targets and two judges or more.
    DataProblem
        An empty cell, or one that is no finite number.

    Notes
    -----
    From the mean squares between targets B, between judges J, residual E and within targets W of n targets and k judges:
    (1,1) = (B - W) / (B + (k-1) W); (2,1) = (B - E) / (B + (k-1) E + k (J - E) / n); (3,1) = (B - E) / (B + (k-1) E); the mean of the judges
    by Spearman and Brown. Intervals from F laws, exact for (1,.) and (3,.) where scatter is normal; (2,.) by Satterthwaite.

    References
    ----------
    Shrout & Fleiss, Psychological Bulletin 86 (1979), 420-428. McGraw & Wong, Psychological Methods 1 (1996), 30-46.

    Examples
    --------
    >>> icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    intraclass correlation of one judge, absolute agreement (ICC(2,1)), is 0.29 (0.02 to 0.76) for 6 targets and 4 judges
    """
    table = _table(x)
    n, k = table.shape
    more = {"unit": "correlation", "n": n, "n_unit": "targets", "confidence": confidence}
    rows, columns, whole = table.mean(axis=1), table.mean(axis=0), table.mean()
    between = k * float(((rows - whole) ** 2).sum()) / (n - 1)
    judges = n * float(((columns - whole) ** 2).sum()) / (k - 1)
    within = float(((table - rows[:, None]) ** 2).sum()) / (n * (k - 1))
    rest = float(((table - rows[:, None] - columns + whole) ** 2).sum()) / ((n - 1) * (k - 1))
    scale = max(float(((table - whole) ** 2).sum()), np.finfo(float).tiny)
    if rest <= 1e-12 * scale or within <= 1e-12 * scale:
        words = "nothing is left over once targets and judges are taken out, so the correlation cannot be judged"
        missing = Estimate.missing(words, status="degenerate", **more)
        return IntraclassCorrelations(*([missing] * 6), targets=n, judges=k)
    tail = 0.5 + confidence / 2
    one = _one_way(between / within, (n - 1, n * (k - 1)), k, tail)
    three = _one_way(between / rest, (n - 1, (n - 1) * (k - 1)), k, tail)
    two = _two_way(between, judges, rest, (n, k), tail)

    def estimate(limits: tuple[float, float, float], method: str) -> Estimate:
        if n < MINIMUM_CLUSTERS:
            reason = f"only {n} targets; an interval needs at least {MINIMUM_CLUSTERS}"
            return Estimate(limits[0], reasons=(reason,), method=method, **more)
        return Estimate(*limits, method=method, **more)

    single = [estimate(limits, FORMS[f"icc{number}1"]) for number, limits in ((1, one), (2, two), (3, three))]
    means = [
        estimate(tuple(_stepped(part, k) for part in limits), FORMS[f"icc{number}k"])  # type: ignore[arg-type]
        for number, limits in ((1, one), (2, two), (3, three))
    ]
    return IntraclassCorrelations(*single, *means, targets=n, judges=k)


def _table(x: Any) -> np.ndarray:
    try:
        table = np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        raise DataProblem(
            "icc: a cell is empty or no number. Leave out targets that a judge did not measure."
        ) from None
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError("icc: measurements are a table with one row per target and one column per judge, two or more")
    if not np.isfinite(table).all():
        raise DataProblem("icc: a cell is empty or no number. Leave out targets that a judge did not measure.")
    return table


def _stepped(one: float, k: int) -> float:
    """Return the reliability of the mean of k judges from that of one (Spearman, Brown)."""
    return k * one / (1 + (k - 1) * one)


def _one_way(ratio: float, freedom: tuple[int, int], k: int, tail: float) -> tuple[float, float, float]:
    """Return (F - 1) / (F + k - 1) for the ratio of mean squares and its limits."""
    low = ratio / float(stats.f.ppf(tail, *freedom))
    high = ratio * float(stats.f.ppf(tail, *freedom[::-1]))
    value, bottom, top = ((part - 1) / (part + k - 1) for part in (ratio, low, high))
    return value, bottom, top


def _two_way(b: float, j: float, e: float, size: tuple[int, int], tail: float) -> tuple[float, float, float]:
    """Return ICC(2,1) with the limits of Shrout and Fleiss."""
    n, k = size
    value = (b - e) / (b + (k - 1) * e + k * (j - e) / n)
    own = n * (1 + (k - 1) * value) - k * value
    ratio = k * value * j / e
    v = (k - 1) * (n - 1) * (ratio + own) ** 2 / ((n - 1) * ratio**2 + own**2)
    over, under = (float(stats.f.ppf(tail, *pair)) for pair in ((n - 1, v), (v, n - 1)))
    spread = k * j + (k * n - k - n) * e
    return value, n * (b - over * e) / (over * spread + n * b), n * (under * b - e) / (spread + n * under * b)
