"""The ceiling that people's needs and small delays set: nobody works every minute that is paid."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

Convention = Literal["on_normal_time", "of_the_day"]


def day_share(allowance: float, convention: Convention) -> float:
    """Return the share of the attended day that an allowance takes.

    Parameters
    ----------
    allowance
        Allowance as the tables print it: a share of normal time, or of the day.
    convention
        ``"on_normal_time"``: A / (1 + A); ``"of_the_day"``: A.

    Notes
    -----
    What is left is the raw ceiling: 1 / (1 + A) or 1 - A. Fifteen per cent is .870 by one convention and .850 by the other.

    References
    ----------
    International Labour Office, Introduction to Work Study, 4th ed. 1992, chapter 23 (personal needs 5 %, basic fatigue 4 %).

    Examples
    --------
    >>> round(1 - day_share(0.15, "on_normal_time"), 4), round(1 - day_share(0.15, "of_the_day"), 4)
    (0.8696, 0.85)
    """
    return allowance / (1 + allowance) if convention == "on_normal_time" else allowance


def allowance_ceiling(
    *,
    rest_share: float,
    delay_share: float,
    convention: Convention,
    break_share: ArrayLike,
    support_share: ArrayLike,
) -> np.ndarray:
    """Return the share of the base that can be work after what breaks and support do not already give.

    Parameters
    ----------
    rest_share
        Allowances for personal needs and basic fatigue together.
    delay_share
        Allowance for delays.
    convention
        How allowances are counted; both kinds together.
    break_share
        BREAK / ATTENDED as taken today.
    support_share
        (SUPPORT + OUTAGE) / base as it is today.

    Returns
    -------
    numpy.ndarray
        Share of the base.

    Notes
    -----
    With the attended day as 1, breaks b and support s of the base: rest still owed = max(0, rest - b), delay still owed =
    max(0, delay - s (1 - b)); ceiling = 1 - s - (rest owed + delay owed) / (1 - b). So breaks are not allowed twice, and the delay allowance
    does not repeat meetings and outages that are already out.

    Examples
    --------
    No breaks and no support: the raw ceiling. With breaks of 6 % and support of 10 % only rest remains to be given.

    >>> no_breaks = allowance_ceiling(rest_share=0.09, delay_share=0.04, convention="of_the_day", break_share=0, support_share=0)
    >>> usual = allowance_ceiling(rest_share=0.09, delay_share=0.04, convention="of_the_day", break_share=0.06, support_share=0.10)
    >>> round(float(no_breaks), 3), round(float(usual), 3)
    (0.87, 0.868)
    """
    b, s = np.asarray(break_share, dtype=float), np.asarray(support_share, dtype=float)
    total = rest_share + delay_share
    scale = day_share(total, convention) / total if total else 0.0
    rest = np.maximum(0.0, rest_share * scale - b)
    delay = np.maximum(0.0, delay_share * scale - s * (1 - b))
    return np.maximum(0.0, 1 - s - (rest + delay) / (1 - b))
