"""The law of the gaps in which an agent waits for the next call, under three rules of who gets it."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.foundation.compiled import kernel
from analysis.queueing import checks
from analysis.queueing.erlang import refuse_overload
from analysis.queueing.kernels import free_weight
from analysis.queueing.results import Result, answer, asked, percent

Routing = Literal["longest_idle", "random", "last_idle_first"]
ROUTINGS: tuple[Routing, ...] = ("longest_idle", "random", "last_idle_first")

# Nodes of the contour on one side, the crossing of the axis included; the error falls as exp(-2 pi / 3 nodes).
_NODES = 16


@dataclass(frozen=True, slots=True)
class IdleGaps(Result):
    """How long an agent's waits between calls last, and what of them can be used.

    Attributes
    ----------
    agents, arrivals_per_h, aht_s, routing
        What was asked.
    mean_s
        Mean length of a gap [s]; the same under every routing.
    gaps_per_h
        Gaps that start per hour, over all agents.
    idle_agents
        Mean number of agents waiting for a call.
    """

    agents: int = asked("agents")
    arrivals_per_h: float = asked("calls/h")
    aht_s: float = asked("s")
    routing: str = asked("rule")
    mean_s: float = answer("s")
    gaps_per_h: float = answer("gaps/h")
    idle_agents: float = answer("agents")
    # chance that a gap starts with i other agents busy, i = 0..agents - 1
    _others_busy: np.ndarray = field(repr=False, compare=False)

    def __repr__(self) -> str:
        """Return the answer as a sentence."""
        return (
            f"{self.agents} agents, {self.arrivals_per_h:g} calls an hour, {self.routing.replace('_', ' ')}: "
            f"{self.idle_agents:.2f} agents wait on average, a gap lasts {self.mean_s:.0f} s, "
            f"{percent(float(self.share_of_time_longer_than(300)))} of that time lies in gaps over 5 minutes"
        )

    def survival(self, x_s: ArrayLike) -> float | np.ndarray:
        """Return the share of gaps longer than `x_s` seconds; number or array."""
        return self._evaluate(x_s, lambda x: self._both(x)[0])

    def share_of_time_longer_than(self, x_s: ArrayLike) -> float | np.ndarray:
        """Return the share of all gap time that lies in gaps longer than `x_s` seconds; number or array."""

        def law(x: np.ndarray) -> np.ndarray:
            survival, residual = self._both(x)
            return residual + x / self.mean_s * survival

        return self._evaluate(x_s, law)

    def usable_share(self, resume_s: ArrayLike) -> float | np.ndarray:
        """Return the share of all gap time left for work when each gap first costs `resume_s` seconds; number or array."""
        return self._evaluate(resume_s, lambda x: self._both(x)[1], name="resume_s")

    def curves(self, x_s: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return survival, share of time in longer gaps and usable share at an array of lengths [s], at the cost of one."""
        lengths = np.atleast_1d(checks.non_negative("x_s", x_s))
        survival, residual = (part.reshape(lengths.shape) for part in self._both(lengths.ravel()))
        return survival, residual + lengths / self.mean_s * survival, residual

    def _evaluate(
        self, values: ArrayLike, law: Callable[[np.ndarray], np.ndarray], name: str = "x_s"
    ) -> float | np.ndarray:
        """Check the lengths and apply a law to all of them."""
        lengths = checks.non_negative(name, values)
        result = law(lengths.ravel()).reshape(lengths.shape)
        return result if lengths.ndim else float(result)

    def _both(self, x_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return P(gap > x) and E[(gap - x)+] / E[gap], the chance that a gap seen at a random moment goes on for more than x."""
        return self._erlang_mixture(x_s) if self.routing == "longest_idle" else self._invert(x_s)

    def _erlang_mixture(self, x_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum over the number of arrivals that the gap lasts, each gap being that many arrivals long."""
        from scipy.special import gammaincc

        arrivals = np.arange(1.0, self.agents + 1.0)
        goes_on = gammaincc(arrivals, self.arrivals_per_h / 3600.0 * x_s[:, None])
        chances = self._others_busy[::-1]
        # sums of products: a threaded dot product costs more than it saves
        survival = (goes_on * chances).sum(axis=1)
        # of a gap of m arrivals, m - j are left after j: on average the sum of P(fewer than k so far) over k = 1..m
        residual = (np.cumsum(goes_on, axis=1) * chances).sum(axis=1) / (chances * arrivals).sum()
        return np.minimum(1.0, survival), np.minimum(1.0, residual)

    def _invert(self, x_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Invert a Laplace transform with singularities on the negative axis along a parabola around them."""
        survival, residual, later = np.ones(x_s.shape), np.ones(x_s.shape), x_s > 0.0
        points, weights = parabola(x_s[later, None] * self.arrivals_per_h / 3600.0)
        transformed = _random_transform if self.routing == "random" else _stack_transform
        load = self.arrivals_per_h / 3600.0 * self.aht_s
        mean = self.mean_s * self.arrivals_per_h / 3600.0
        transform = transformed(points.ravel(), self._others_busy, 1.0 / load).reshape(points.shape)
        survival[later] = np.clip((weights * transform).sum(axis=1).real, 0.0, 1.0)
        residual[later] = np.clip((weights * ((1.0 - transform / mean) / points)).sum(axis=1).real, 0.0, 1.0)
        return survival, residual


def idle_gaps(agents: int, *, arrivals_per_h: float, aht_s: float, routing: Routing = "longest_idle") -> IdleGaps:
    """Return how long an agent waits between calls, and how much of that time is long enough to use.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1.
    arrivals_per_h
        Calls offered per hour.
    aht_s
        Mean handling time [s].
    routing
        Which idle agent gets a call: ``"longest_idle"``, ``"random"`` or ``"last_idle_first"``.

    Returns
    -------
    IdleGaps
        Mean gap, gaps per hour, idle agents; `survival(x_s)`, `share_of_time_longer_than(x_s)`, `usable_share(resume_s)`.

    Raises
    ------
    ValueError
        An argument is out of range, the load is not below the agents, or the routing is unknown.

    Notes
    -----
    An agent falls idle leaving i others busy with chance pi_i / sum of pi_j over j < n. Longest idle: the gap then lasts
    n - i arrivals. Random: a Markov chain on the others busy, ended by an arrival with chance 1 / idle agents. Last idle
    first: the passage from i to i + 1 busy among the i others. E[gap] = (n - a) / (lambda (1 - C)) under all three.
    Usable share = E[(gap - r)+] / E[gap]. The law holds for random arrivals within the interval, no pauses and one skill.

    References
    ----------
    Cooper, Introduction to Queueing Theory, 2nd ed. 1981, chapter 3 (chances pi_i). Neuts, Matrix-Geometric Solutions,
    1981, chapter 2 (phase types). Weideman & Trefethen, Mathematics of Computation 76 (2007), 1341-1356 (inversion).

    Examples
    --------
    Twenty agents at 80 %: four are idle on average, but hardly any of that time comes in gaps over five minutes.

    >>> gaps = idle_gaps(20, arrivals_per_h=192, aht_s=300)
    >>> round(gaps.mean_s, 1), round(gaps.share_of_time_longer_than(300), 3)
    (100.8, 0.039)
    """
    n = checks.single(checks.whole("agents", agents, least=1), "agents")
    arrivals = checks.single(checks.positive("arrivals_per_h", arrivals_per_h), "arrivals_per_h")
    aht = checks.single(checks.positive("aht_s", aht_s), "aht_s")
    if routing not in ROUTINGS:
        near = difflib.get_close_matches(str(routing), ROUTINGS, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"routing must be one of {', '.join(ROUTINGS)}, got {routing}{hint}")
    load = arrivals / 3600.0 * aht
    refuse_overload(n, load, advice="measure the gaps in the agents' states")
    # 1 - C without cancellation: (n - a) w / ((n - a) w + n), w = 1/B - 1
    free = free_weight(n, load)
    starts = 1.0 if free > 1e290 else (n - load) * free / ((n - load) * free + n)
    return IdleGaps(
        agents=int(n),
        arrivals_per_h=arrivals,
        aht_s=aht,
        routing=routing,
        mean_s=(n - load) / (arrivals / 3600.0 * starts),
        gaps_per_h=arrivals * starts,
        idle_agents=n - load,
        _others_busy=_others_busy(int(n), load),
    )


def warm() -> None:
    """Compile the kernels of this module."""
    for routing in ROUTINGS:
        idle_gaps(2, arrivals_per_h=6, aht_s=300, routing=routing).survival(60)


def _others_busy(n: int, load: float) -> np.ndarray:
    """Return the law of the number of busy agents among n - 1, built outwards from its mode."""
    mode = min(int(load), n - 1)
    up = np.cumprod(load / np.arange(mode + 1, n))
    down = np.cumprod(np.arange(mode, 0, -1) / load)
    weights = np.concatenate([down[::-1], [1.0], up])
    return weights / weights.sum()


def parabola(x: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points and weights with f(x) = real part of sum(weights * transform(points)), symmetric half left out."""
    u = (np.arange(_NODES) + 0.5) * 3.0 / _NODES
    scale = np.pi * _NODES / (12.0 * x)
    points = scale * (1j * u + 1.0) ** 2
    slopes = 2.0 * scale * (1j * u + 1.0)
    return points, np.exp(points * x) * slopes * 3.0 / _NODES / math.pi


@kernel
def _random_transform(points: np.ndarray, start: np.ndarray, rate: float) -> np.ndarray:
    """Transform of P(gap > x) when any idle agent is as likely; arrivals at rate 1, each busy agent ends at `rate`."""
    n = start.size
    out = np.empty(points.size, dtype=np.complex128)
    link, part = np.empty(n, dtype=np.complex128), np.empty(n, dtype=np.complex128)
    for k in range(points.size):
        s = points[k]
        # elimination from no other busy upwards: expected(j) = part(j) + link(j) expected(j + 1)
        for j in range(n):
            down = j * rate
            pivot = s + 1.0 + down
            value = 1.0 + 0.0j
            if j > 0:
                pivot -= down * link[j - 1]
                value += down * part[j - 1]
            link[j] = (1.0 - 1.0 / (n - j)) / pivot
            part[j] = value / pivot
        expected, total = 0.0 + 0.0j, 0.0 + 0.0j
        for j in range(n - 1, -1, -1):
            expected = part[j] + link[j] * expected
            total += start[j] * expected
        out[k] = total
    return out


@kernel
def _stack_transform(points: np.ndarray, start: np.ndarray, rate: float) -> np.ndarray:
    """Transform of P(gap > x) when the agent idle last comes first; arrivals at rate 1, each busy agent ends at `rate`."""
    out = np.empty(points.size, dtype=np.complex128)
    for k in range(points.size):
        s = points[k]
        passage, total = 0.0 + 0.0j, 0.0 + 0.0j
        for i in range(start.size):
            detour = 1.0 + i * rate * passage
            passage = detour / (1.0 + s * detour)
            total += start[i] * passage
        out[k] = total
    return out
