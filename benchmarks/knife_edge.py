"""Small centres in which every half hour has the same load: how often the waiting that is needed, or not, is held by its interval.

Run with ``python benchmarks/knife_edge.py [clients]``. All half hours sit on one step from a number of agents to the next, and patience and handling
time are estimated from 20 mornings: the hardest case for figures that count whole agents. Plain: days resampled; widened: over the step as well.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis import queueing
from analysis.blending import BlendingSettings, assemble, model
from analysis.blending.inventory import inventory
from analysis.foundation.estimate import Estimate
from tests.blending.conftest import made

AHT_S, PATIENCE_S = 240.0, 120.0
CENTRES = ((14, 7.4), (12, 7.0), (14, 8.2))


def truth(agents: int, load: float) -> dict[str, float]:
    """Return waiting in mean agents: needed for 80 % in 20 s, not needed, and whole agents above the fewest."""
    promise = {"aht_s": AHT_S, "patience_s": PATIENCE_S, "answer_within_s": 20}
    needed = queueing.agents_required(load, target=0.8, **promise)
    idle = agents - load * (1 - queueing.erlang_a(agents, load, **promise).p_abandon)
    structural = min(idle, needed - load)
    return {
        "structural": structural,
        "surplus": idle - structural,
        "releasable": math.floor(min(agents - needed, idle)),
    }


def holds(estimate: Estimate, value: float) -> bool:
    """Whether the interval holds the truth."""
    return estimate.low is not None and estimate.high is not None and estimate.low <= value <= estimate.high


def main(clients: int) -> None:
    """Print the share of clients whose interval holds the truth."""
    asked = BlendingSettings(draws=300, most_kept_free=4)
    for agents, load in CENTRES:
        true, held = truth(agents, load), {"plain": [], "widened": []}
        for seed in range(clients):
            world = made(agents, load, AHT_S, PATIENCE_S, 4, 1000 + seed)
            items = inventory(world.tables, None, client=world.client, settings=asked)
            pools, source, _ = assemble.pools(
                world.tables, items, client=world.client, queues=world.queues, settings=asked, ring_s=0.0
            )
            with mock.patch.object(model, "over_steps", wraps=model.over_steps) as widen:
                found = model.model_pool(pools[0], items, asked, source=source).estimates
            for name, estimates in (("plain", widen.call_args.args[0]), ("widened", found)):
                held[name].append([holds(estimates[key], value) for key, value in true.items()])
        shares = {name: np.mean(rows, axis=0) for name, rows in held.items()}
        for place, key in enumerate(true):
            print(
                f"{agents} agents, {load} erlangs, {key}: plain {shares['plain'][place]:.2f}, widened {shares['widened'][place]:.2f} of {clients} clients"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
