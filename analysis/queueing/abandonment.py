"""Erlang A: callers who wait, and give up when their patience runs out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.queueing import checks
from analysis.queueing.erlang import refuse_overload
from analysis.queueing.kernels import NO_LOAD, cell
from analysis.queueing.results import Result, answer, asked, percent


@dataclass(frozen=True, slots=True)
class ErlangA(Result):
    """What callers and agents see when callers may give up.

    Attributes
    ----------
    agents, load, aht_s, patience_s, answer_within_s
        What was asked.
    p_wait
        Share of offered calls that find every agent busy.
    p_abandon
        Share of offered calls given up before an agent answers.
    mean_wait_s
        Mean time in queue over all offered calls, those answered at once and those given up included [s].
    mean_queue
        Mean number of calls in queue.
    occupancy
        Share of the agents' ready time spent on calls.
    service_level
        Share of offered calls answered within `answer_within_s`; calls given up count as failures.
    """

    agents: int = asked("agents")
    load: float = asked("erlangs")
    aht_s: float = asked("s")
    patience_s: float = asked("s")
    answer_within_s: float = asked("s")
    p_wait: float = answer("share")
    p_abandon: float = answer("share")
    mean_wait_s: float = answer("s")
    mean_queue: float = answer("calls")
    occupancy: float = answer("share")
    service_level: float = answer("share")

    def __repr__(self) -> str:
        """Return the answer as a sentence."""
        return (
            f"{self.agents} agents, {self.load:g} erlangs: {percent(self.service_level)} answered within "
            f"{self.answer_within_s:g} s, {percent(self.p_abandon)} given up, mean wait {self.mean_wait_s:.1f} s, "
            f"occupancy {percent(self.occupancy)}"
        )

    def p_wait_longer_than(self, x_s: float) -> float:
        """Return the share of offered calls that spend more than `x_s` seconds in queue, whether answered or given up."""
        tau = checks.single(checks.non_negative("x_s", x_s), "x_s") / self.aht_s
        return cell(self.agents, self.load, self.aht_s / self.patience_s, tau, 0.0)[4] if self.load > NO_LOAD else 0.0

    def quantile_wait_s(self, p: float) -> float:
        """Return the time in queue [s] that a share `p` of offered calls do not exceed; 0 where that share does not wait."""
        share = checks.single(checks.probability("p", p), "p")
        if self.p_wait <= 1.0 - share:
            return 0.0
        low, high = 0.0, self.aht_s / self.agents
        while self.p_wait_longer_than(high) > 1.0 - share:
            low, high = high, 2.0 * high
        while True:
            middle = 0.5 * (low + high)
            if high - low <= 1e-14 * high or middle in (low, high):
                return high
            if self.p_wait_longer_than(middle) > 1.0 - share:
                low = middle
            else:
                high = middle


def erlang_a(agents: int, load: float, *, aht_s: float, patience_s: float, answer_within_s: float) -> ErlangA:
    """Return how long callers wait and how many give up, when every caller has limited patience.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1.
    load
        Offered load [erlangs]; may exceed the number of agents.
    aht_s
        Mean handling time [s].
    patience_s
        Mean time that a caller is willing to wait [s]; infinity gives Erlang C.
    answer_within_s
        Threshold of the promise [s].

    Returns
    -------
    ErlangA
        Shares of offered calls, waits over all offered calls, queue and occupancy; `p_wait_longer_than(x_s)` and
        `quantile_wait_s(p)` give the law of the time in queue.

    Raises
    ------
    ValueError
        An argument is not positive or not finite; or patience is infinite and the load is not below the agents.

    Notes
    -----
    Calls arrive at random (rate lambda), handling times and patience are exponential (rates mu, theta). The time that a
    call with endless patience would wait has the density lambda pi_{n-1} exp(lambda / theta (1 - exp(-theta x)) - n mu x)
    for x > 0, pi_k the chance of k busy agents. Abandoned, served in time and still waiting are integrals of it against
    1 - exp(-theta x) and exp(-theta x). They are taken by Gauss-Legendre panels outwards from the mode of the integrand,
    the states below saturation are summed relative to the saturated one; neither overflows at any load.

    References
    ----------
    Palm, Tele 1957 (English edition), "Research on telephone traffic". Garnett, Mandelbaum & Reiman, Manufacturing &
    Service Operations Management 4 (2002), 208-227. Mandelbaum & Zeltyn, "Service engineering in action: the
    Palm/Erlang-A queue", 2007.

    Examples
    --------
    Fifty agents, 48 erlangs of one-minute calls, callers who wait two minutes on average.

    >>> busy = erlang_a(50, 48.0, aht_s=60, patience_s=120, answer_within_s=20)
    >>> round(busy.p_abandon, 3), round(busy.mean_wait_s, 1), round(busy.occupancy, 2)
    (0.031, 3.7, 0.93)
    """
    n = checks.single(checks.whole("agents", agents, least=1), "agents")
    a = checks.single(checks.non_negative("load", load), "load")
    aht = checks.single(checks.positive("aht_s", aht_s), "aht_s")
    patience = checks.single(checks.patience("patience_s", patience_s), "patience_s")
    within = checks.single(checks.non_negative("answer_within_s", answer_within_s), "answer_within_s")
    if math.isinf(patience):
        refuse_overload(n, a, advice="give the callers' patience")
    if a <= NO_LOAD:
        return ErlangA(int(n), a, aht, patience, within, 0.0, 0.0, 0.0, 0.0, a / n, 1.0)
    p_wait, p_abandon, wait, in_time, _, _, free = cell(n, a, aht / patience, within / aht, 0.0)
    occupancy = a * (1.0 - p_abandon) / n if a < n else 1.0 - free / n
    return ErlangA(int(n), a, aht, patience, within, p_wait, p_abandon, wait * aht, a * wait, occupancy, in_time)


def warm() -> None:
    """Compile the kernels of this module."""
    erlang_a(2, 1.0, aht_s=300, patience_s=300, answer_within_s=20)
