"""Staffing by the square root rule: how much spare capacity a share of waiting calls stands for."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import log_ndtr

from analysis.queueing import checks

_LOG_ROOT = 0.5 * float(np.log(2 * np.pi))


def halfin_whitt_beta(p_wait: ArrayLike) -> float | np.ndarray:
    """Return the spare capacity, in square roots of the load, at which a share `p_wait` of calls has to wait.

    Parameters
    ----------
    p_wait
        Share of calls that wait, above 0 and below 1; number or array.

    Returns
    -------
    float or numpy.ndarray
        beta: agents = load + beta x sqrt(load), the better the larger the group.

    Raises
    ------
    ValueError
        A share is not strictly between 0 and 1.

    Notes
    -----
    Nobody gives up: p_wait = 1 / (1 + beta Phi(beta) / phi(beta)), Phi and phi the normal distribution function and density. Solved by Brent's
    method; waiting falls in beta.

    References
    ----------
    Halfin & Whitt, Heavy-traffic limits for queues with many exponential servers, Operations Research 29 (1981), 567-588.

    Examples
    --------
    If one call in five may wait, a group needs its load and 1.06 times the root of it: 111 agents for 100 erlangs. Erlang C says 111 too.

    >>> round(halfin_whitt_beta(0.2), 2)
    1.06
    >>> round(square_root_staffing(100, p_wait=0.2), 1)
    110.6
    """
    share = checks.share("p_wait", p_wait)
    solved = np.array([_solve(float(value)) for value in share.ravel()]).reshape(share.shape)
    return solved if share.ndim else float(solved)


def square_root_staffing(load: ArrayLike, *, p_wait: ArrayLike) -> float | np.ndarray:
    """Return the number of agents, not rounded, at which a share `p_wait` of calls has to wait, by the square root rule.

    Parameters
    ----------
    load
        Offered load [erlangs]; number or array.
    p_wait
        Share of calls that wait; number or array.

    Returns
    -------
    float or numpy.ndarray
        load + beta x sqrt(load), beta from :func:`halfin_whitt_beta`. A rule of thumb that shows why small groups cannot be busy;
        :func:`agents_required` is exact.

    Raises
    ------
    ValueError
        A load is negative, or a share is not strictly between 0 and 1.

    References
    ----------
    As in :func:`halfin_whitt_beta`.

    Examples
    --------
    The same promise leaves ten agents 72 % busy and a hundred 90 %.

    >>> [round(load / square_root_staffing(load, p_wait=0.2), 2) for load in (7.2, 90)]
    [0.72, 0.9]
    """
    a = checks.non_negative("load", load)
    agents = a + halfin_whitt_beta(p_wait) * np.sqrt(a)
    return agents if np.ndim(agents) else float(agents)


def _solve(p_wait: float) -> float:
    """Return beta for one share: log(beta Phi / phi) = log(1 / p - 1), solved in log(beta), which has a root for every share."""
    odds = float(np.log1p(-p_wait) - np.log(p_wait))

    def surplus(log_beta: float) -> float:
        beta = np.exp(log_beta)
        return float(log_beta + log_ndtr(beta) + 0.5 * beta**2 + _LOG_ROOT) - odds

    return float(np.exp(brentq(surplus, -800.0, 4.0, xtol=1e-15, rtol=1e-14)))
