"""Who of the callers that find every agent busy is answered in time, when some of those agents are on items."""

from __future__ import annotations

import math

import numpy as np

from analysis.foundation.compiled import kernel

# Rates of arrivals, of calls and items in service, and of giving up.
Rates = tuple[float, float, float, float]
# Largest number of complex values held at once.
_AT_ONCE = 2**20


def last_place(n: int, c: int, rates: Rates, within: float) -> float:
    """Return a place in the queue from which nobody is served in time: too many completions and departures ahead."""
    theta, most = rates[3], _most_completions(n, c, rates, within)
    # of r callers ahead about r (1 - exp(-theta t)) leave by themselves; the factor covers chance
    return most if theta == 0.0 else 1.5 * most * math.exp(min(theta * within, 50.0)) + 40.0


def served_in_time(waiting: np.ndarray, n: int, rates: Rates, within: float) -> float:
    """Return the weight of callers in `waiting` (agents on items x callers ahead) who are served within the threshold."""
    total = float(waiting.sum())
    if within == 0.0 or total == 0.0:
        return 0.0
    if rates[3] > 0.0:
        return float(_by_jumps(waiting, n, rates, within))
    return _by_counts(waiting, n, rates, within)


def _most_completions(n: int, c: int, rates: Rates, within: float) -> float:
    """Return a number of completions that busy agents never reach for practical purposes."""
    _, mu, nu, _ = rates
    # an agent who ends an item goes on with calls, so at most c completions come on top of those of calls
    calls, fastest = n * mu * within, n * max(mu, nu) * within
    return min(calls + 9.0 * math.sqrt(calls) + c, fastest + 9.0 * math.sqrt(fastest)) + 40.0


def _by_counts(waiting: np.ndarray, n: int, rates: Rates, within: float) -> float:
    """Count completions: with callers who stay, place q + 1 is served when q + 1 agents have come free.

    Until then every agent is busy and independent of the others: an agent on a call comes free as a Poisson process, an
    agent on an item first ends it and then does the same. The generating function of the number of completions is a
    product over the agents; the discrete Fourier transform gives its law.
    """
    _, mu, nu, _ = rates
    items, places = waiting.shape
    slowest = n * min(mu, nu) * within
    if slowest - 9.0 * math.sqrt(slowest) - 40.0 > places:
        return float(waiting.sum())
    size = 2 ** math.ceil(math.log2(_most_completions(n, items - 1, rates, within)))
    z = np.exp(-2j * math.pi * np.arange(size // 2 + 1) / size)
    calls = mu * within * (z - 1.0)
    gap = calls + nu * within
    # (exp(calls) - exp(-nu t)) / gap, where gap is small without the difference
    near = np.abs(gap) < 1.0
    small, large = np.where(near, gap, 1.0), np.where(near, 1.0, gap)
    rest = math.exp(-nu * within)
    slope = np.expm1(small) / np.where(small == 0.0, 1.0, small) + (small == 0.0)
    ratio = np.where(near, rest * slope, (np.exp(calls) - rest) / large)
    item = rest + nu * within * z * ratio
    rows = np.flatnonzero(waiting.sum(axis=1) > 1e-18 * waiting.sum())
    served = 0.0
    for part in np.array_split(rows, max(1, rows.size * size // _AT_ONCE)):
        y = part[:, None]
        law = np.fft.irfft(np.exp((n - y) * calls) * item**y, size, axis=1)[:, :places]
        served += float((waiting[part] * (1.0 - np.cumsum(law, axis=1))).sum())
    return served


@kernel
def _poisson_tails(mean: float) -> np.ndarray:
    """Return P(N >= k) for k = 0, 1, ... of a Poisson number, as far as it counts."""
    size = int(mean + 9.0 * math.sqrt(mean) + 40.0)
    tails = np.empty(size + 1)
    mode = int(mean)
    tails[mode] = 1.0
    for k in range(mode + 1, size + 1):
        tails[k] = tails[k - 1] * mean / k
    for k in range(mode - 1, -1, -1):
        tails[k] = tails[k + 1] * (k + 1) / mean
    for k in range(size - 1, -1, -1):
        tails[k] += tails[k + 1]
    return tails / tails[0]


@kernel
def _by_jumps(waiting: np.ndarray, n: int, rates: Rates, within: float) -> float:
    """Follow a caller's place: with callers who give up, jump by jump at the highest rate (uniformisation).

    A caller who finds y items and q callers ahead leaves the queue at the (q + 1)-th departure ahead of him, unless he
    gives up first. The chain of items and place ends when nobody is left, or when no further jump is likely in time.
    """
    _, mu, nu, theta = rates
    items, places = waiting.shape
    top, total = items - 1, waiting.sum()
    while top > 0 and waiting[top].sum() < 1e-18 * total:
        top -= 1
    # row and column beyond the last stay 0: nobody enters from there
    state = np.zeros((top + 2, places + 2))
    state[: top + 1, 1 : places + 1] = waiting[: top + 1]
    highest = max(n * mu, (n - top) * mu + top * nu) + places * theta
    # after 40 mean patiences nobody is left
    tails = _poisson_tails(highest * min(within, 40.0 / theta))
    served, left, jump = 0.0, total, 1
    while jump < tails.size and left > 1e-17 * total and tails[jump] > 1e-17:
        answered, left = 0.0, 0.0
        for y in range(top + 1):
            fast = ((n - y) * mu) / highest
            item, more = y * nu / highest, (y + 1) * nu / highest
            answered += state[y, 1] * (fast + item)
            for r in range(1, min(places, tails.size - jump) + 1):
                leave = r * theta / highest
                state[y, r] = (
                    state[y, r] * (1.0 - fast - item - leave)
                    + state[y, r + 1] * (fast + leave)
                    + state[y + 1, r + 1] * more
                )
                left += state[y, r]
        served += answered * tails[jump]
        jump += 1
    return served
