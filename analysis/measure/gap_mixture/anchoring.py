"""What a log suggests about each person-day, for the two-phase estimator that turns a range into a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.measure.gap_mixture.ranges import GapRange

if TYPE_CHECKING:
    import pandas as pd


def idle_by_person_day(gaps: pd.DataFrame, found: GapRange) -> pd.DataFrame:
    """Return the idle time that the middle of the range suggests for each person and day.

    Parameters
    ----------
    gaps
        agent, day, gap_us: one row per gap.
    found
        The range of these gaps.

    Returns
    -------
    DataFrame
        agent, day, x_us. In memory only: no result holds it.

    Notes
    -----
    A covariate: the two-phase difference estimator is unbiased whatever its error, and needs at least 30 observed person-days.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, chapter 12.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.measure.gap_mixture import fit_gaps
    >>> day = np.arange(600) // 50
    >>> gaps = pd.DataFrame({"agent": "a", "day": day, "gap_us": np.random.default_rng(1).lognormal(4, 1, 600) * 1e6})
    >>> x = idle_by_person_day(gaps, fit_gaps(gaps["gap_us"] / 1e6, day=day, draws=20))
    >>> list(x), len(x), bool((x["x_us"] <= gaps.groupby("day")["gap_us"].sum()).all())
    (['agent', 'day', 'x_us'], 12, True)
    """
    seconds = found.expected_idle(gaps["gap_us"].to_numpy(dtype=float) / 1e6)
    frame = gaps[["agent", "day"]].assign(x_us=(seconds * 1e6).round().astype("int64"))
    return frame.groupby(["agent", "day"], sort=True, as_index=False)["x_us"].sum()
