"""Exact queueing beside plain Python and, where it is installed, pyworkforce: microseconds a cell and ratios of one run.

Run with ``python benchmarks/queueing.py``. Times differ between machines; compare the ratios.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis import queueing

SIZES = {"5-150": (5, 150), "100-1000": (100, 1000), "2000-5000": (2000, 5000)}
PROMISE = {"aht_s": 300, "target": 0.8, "answer_within_s": 20}
REPEATS = 5


def plain_erlang_c(agents: int, load: float) -> float:
    """Erlang C by the textbook recursion through Erlang B."""
    inverse = 1.0
    for k in range(1, agents + 1):
        inverse = 1.0 + k / load * inverse
    return agents / ((agents - load) * inverse + load)


def plain_abandon(agents: int, load: float) -> float:
    """Share that gives up with patience 0.4 of the handling time, by summing the birth-death chain from the empty system."""
    weight, total, queue, k = 1.0, 1.0, 0.0, 0
    while k <= agents or weight * (k - agents) > 1e-17 * queue:
        k += 1
        weight *= load / (min(k, agents) + max(k - agents, 0) * 2.5)
        total += weight
        queue += max(k - agents, 0) * weight
        if total > 1e200:
            weight, total, queue = weight * 1e-200, total * 1e-200, queue * 1e-200
    return queue / total * 2.5 / load


def plain_staffing(load: float) -> int:
    """Fewest agents for 80 % within 20 s of 300, one by one."""
    agents = int(load) + 1
    while 1 - plain_erlang_c(agents, load) * math.exp(-(agents - load) / 15) < 0.8:
        agents += 1
    return agents


def our_erlang_a(agents: int, load: float) -> float:
    """The same share as `plain_abandon`, with all that comes along."""
    return queueing.erlang_a(agents, load, aht_s=300, patience_s=120, answer_within_s=20).p_abandon


def peer_erlang_c(agents: int, load: float) -> float:
    """Erlang C of pyworkforce."""
    peer = importlib.import_module("pyworkforce.queuing")
    return peer.ErlangC(transactions=load, aht=1, asa=0.1, interval=1, shrinkage=0).waiting_probability(agents)


def each(function: Callable[..., Any], cells: list[tuple[Any, ...]]) -> list[Any]:
    """Call a function once a cell."""
    return [function(*cell) for cell in cells]


def microseconds(cells: int, call: Callable[..., Any], *arguments: Any, **named: Any) -> float:
    """Median CPU time a cell."""
    spent = []
    for _ in range(REPEATS):
        started = time.process_time()
        call(*arguments, **named)
        spent.append(time.process_time() - started)
    return sorted(spent)[REPEATS // 2] / cells * 1e6


def row(name: str, size: str, ours: float, peers: dict[str, float]) -> None:
    """Print one line: our time, then each peer's time and ratio."""
    beside = "".join(f"   {peer} {value:9.2f} us = {value / ours:5.0f} x" for peer, value in peers.items())
    print(f"{name:26s} {size:>10s} {ours:9.3f} us a cell{beside}")


def erlangs(random: np.random.Generator) -> None:
    """Erlang C and Erlang A over many cells."""
    for size, (low, high) in SIZES.items():
        agents = random.integers(low, high, 4000)
        load = agents * random.uniform(0.8, 0.98, 4000)
        few = list(zip(agents[:100].tolist(), load[:100].tolist(), strict=True))
        peers = {"plain Python": microseconds(100, each, plain_erlang_c, few)}
        if importlib.util.find_spec("pyworkforce"):
            peers["pyworkforce"] = microseconds(100, each, peer_erlang_c, few)
        row("Erlang C", size, microseconds(4000, queueing.erlang_c, agents, load), peers)
        peers = {"plain Python": microseconds(100, each, plain_abandon, few)}
        row("Erlang A", size, microseconds(100, each, our_erlang_a, few), peers)
        both = [(each(plain_erlang_c, few), each(queueing.erlang_c, few))]
        both.append((each(plain_abandon, few), each(our_erlang_a, few)))
        apart = [max(abs(a / b - 1) for a, b in zip(*pair, strict=True) if b > 1e-100) for pair in both]
        print(f"{'':26s} {size:>10s} furthest apart: Erlang C {apart[0]:.0e}, Erlang A {apart[1]:.0e}")


def staffing(random: np.random.Generator) -> None:
    """Fewest agents by search."""
    for size, top in (("to 130", 130.0), ("to 5000", 5000.0)):
        load = random.uniform(1, top, 2000)
        few = [(value,) for value in load[:40].tolist()]
        peers = {"plain Python": microseconds(40, each, plain_staffing, few)}
        row("agents_required", size, microseconds(2000, queueing.agents_required, load, **PROMISE), peers)
        ours = microseconds(2000, queueing.agents_required, load, patience_s=120, **PROMISE)
        row("agents_required, patience", size, ours, {})


def desks() -> None:
    """The blended chain and the search for the best threshold."""
    for n in (20, 60, 200, 1000):
        for patience, words in ((None, "callers stay"), (120.0, "patience 120 s")):
            desk = {"arrivals_per_h": 9.0 * n, "aht_s": 300, "item_s": 600, "patience_s": patience}
            once = microseconds(1000, queueing.blend, n, threshold=int(0.9 * n), **desk)
            best = microseconds(1000, queueing.best_threshold, n, target=0.8, **desk)
            print(f"blend, {words:19s} {f'n = {n}':>10s} {once:9.2f} ms   best_threshold {best:9.2f} ms")
    for routing in queueing.ROUTINGS:
        law = queueing.idle_gaps(100, arrivals_per_h=960, aht_s=300, routing=routing)
        row(f"gaps, {routing}", "n = 100", microseconds(200, law.survival, np.linspace(1, 600, 200)), {})


def main() -> None:
    """Print the table."""
    started = time.perf_counter()
    queueing.warm()
    print(f"warm() took {time.perf_counter() - started:.1f} s: the compiler's start, and kernels from its cache if any")
    random = np.random.default_rng(1)
    erlangs(random)
    staffing(random)
    desks()


if __name__ == "__main__":
    main()
