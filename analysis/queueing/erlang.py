"""Erlang B and C: calls lost, calls delayed, and the share answered in time when nobody gives up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.queueing import checks
from analysis.queueing.kernels import fill_erlang_b, fill_erlang_c, fill_service_level


def erlang_b(agents: ArrayLike, load: ArrayLike) -> float | np.ndarray:
    """Return the share of calls that are turned away when nobody can wait.

    Parameters
    ----------
    agents
        Number of agents, whole, 0 or more; number or array.
    load
        Offered load [erlangs]: arrivals per second times mean handling time in seconds; number or array.

    Returns
    -------
    float or numpy.ndarray
        Blocking probability of every pair after broadcasting; 1 for 0 agents, 0 for a load of 0.

    Raises
    ------
    ValueError
        An argument is negative, not finite, or not a whole number of agents.

    Notes
    -----
    1/B = sum over k = 0..n of n! / (n - k)! / a^k, summed from the saturated state down and cut once terms no longer
    count, which takes about 9 sqrt(a) steps at high load. Answers below 1e-308 are 0.

    References
    ----------
    Erlang, Elektroteknikeren 13 (1917). Jagerman, Bell System Technical Journal 53 (1974), 525-551.

    Examples
    --------
    One agent and a load of one erlang: half of the calls find the agent busy.

    >>> erlang_b(1, 1.0)
    0.5
    >>> erlang_b([1, 2], 1.0).tolist()
    [0.5, 0.2]
    """
    return checks.apply(fill_erlang_b, checks.whole("agents", agents, least=0), checks.non_negative("load", load))


def erlang_c(agents: ArrayLike, load: ArrayLike) -> float | np.ndarray:
    """Return the share of calls that have to wait when every caller stays until served.

    Parameters
    ----------
    agents
        Number of agents, whole; number or array.
    load
        Offered load [erlangs], below the number of agents; number or array.

    Returns
    -------
    float or numpy.ndarray
        P(wait > 0) of every pair after broadcasting.

    Raises
    ------
    ValueError
        A load is not below its number of agents (the first pair is named), or an argument is negative or not finite.

    Notes
    -----
    C = n / ((n - a) / B + a), with 1/B from :func:`erlang_b`.

    References
    ----------
    Erlang, Elektroteknikeren 13 (1917). Cooper, Introduction to Queueing Theory, 2nd ed. 1981, section 3.5.

    Examples
    --------
    With one agent a call waits as often as the agent is busy.

    >>> erlang_c(1, 0.6)
    0.6
    >>> erlang_c(5, 4.0).__round__(6)
    0.554113
    """
    n, a = checks.whole("agents", agents, least=0), checks.non_negative("load", load)
    refuse_overload(n, a)
    return checks.apply(fill_erlang_c, n, a)


def service_level(
    agents: ArrayLike, load: ArrayLike, *, aht_s: ArrayLike, answer_within_s: ArrayLike
) -> float | np.ndarray:
    """Return the share of offered calls answered in time when every caller stays until served.

    Parameters
    ----------
    agents
        Number of agents, whole; number or array.
    load
        Offered load [erlangs], below the number of agents; number or array.
    aht_s
        Mean handling time: talk, hold and wrap-up [s]; number or array.
    answer_within_s
        Threshold of the promise [s]; number or array.

    Returns
    -------
    float or numpy.ndarray
        P(wait <= answer_within_s) of every case after broadcasting. With callers who give up use :func:`erlang_a`.

    Raises
    ------
    ValueError
        A load is not below its number of agents, or an argument is negative or not finite.

    Notes
    -----
    P(W <= t) = 1 - C exp(-(n - a) t / aht), with C from :func:`erlang_c`.

    References
    ----------
    Cooper, Introduction to Queueing Theory, 2nd ed. 1981, section 3.5.

    Examples
    --------
    100 calls per half hour of 3 minutes each are 10 erlangs; 14 agents, answer within 20 seconds.

    >>> round(service_level(14, 10.0, aht_s=180, answer_within_s=20), 4)
    0.8884
    """
    n, a = checks.whole("agents", agents, least=0), checks.non_negative("load", load)
    aht, within = checks.positive("aht_s", aht_s), checks.non_negative("answer_within_s", answer_within_s)
    refuse_overload(n, a)
    return checks.apply(fill_service_level, n, a, within / aht)


def refuse_overload(
    agents: ArrayLike, load: ArrayLike, *, advice: str = "use erlang_a with the callers' patience"
) -> None:
    """Raise where calls that never give up would pile up without end."""
    n, a = np.broadcast_arrays(np.asarray(agents), np.asarray(load))
    wrong = np.asarray(a >= n)
    if wrong.any():
        raise ValueError(
            f"load {float(a[wrong].flat[0]):g} erlangs needs more than {float(n[wrong].flat[0]):g} agents"
            f"{checks.first_place(wrong)}: calls that never give up would pile up without end. "
            f"Add agents, or {advice}."
        )


def warm() -> None:
    """Compile the kernels of this module."""
    service_level(2, 1.0, aht_s=300, answer_within_s=20)
    erlang_b(2, 1.0)
    erlang_c(2, 1.0)
