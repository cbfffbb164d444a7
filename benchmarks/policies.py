"""Eight policies side by side on a day of 200 agents: seconds to a point of service level, and runs saved against independent ones.

Run with ``python benchmarks/policies.py [agents]``. Times differ between machines; compare the ratios.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise

import numpy as np

from analysis.simulation import (
    NO_ITEMS,
    ContactQueue,
    Delivery,
    Desk,
    Group,
    ItemType,
    Policy,
    Shift,
    Times,
    compare,
    draw_streams,
    simulate,
)
from analysis.simulation.intervals import critical

SLOTS, SLOT_S, AHT_S = 48, 1800.0, 300.0
PRECISION = 0.01


def roster(agents: int) -> np.ndarray:
    """Agents per half hour: a night crew of a tenth, and a day that rises to all by noon."""
    hour = np.arange(SLOTS) / 2
    shape = 0.1 + 0.9 * np.clip(np.sin((hour - 6) / 14 * np.pi), 0, 1)
    return np.maximum(2, np.round(agents * shape)).astype(int)


def desk(agents: int) -> Desk:
    """One queue at about 88 % load with lognormal handling times, patience of two minutes, and days that differ by a tenth."""
    there = roster(agents)
    load = there - 1.3 * np.sqrt(there)
    calls = ContactQueue(
        "calls", tuple(np.maximum(load, 0.5) * 3600 / AHT_S), Times(AHT_S, "lognormal", 1.1), Times(120.0), day_cv=0.1
    )
    form = ItemType(
        "form", Times(420.0, "lognormal", 0.9), (0.6 * agents,) * SLOTS, backlog=agents, due_after_s=86400.0
    )
    shifts = []
    for agent in range(agents):
        on = np.flatnonzero(there > agent)
        edges = [0, *(np.flatnonzero(np.diff(on) > 1) + 1), len(on)]
        shifts += [Shift(agent, SLOT_S * on[a], SLOT_S * (on[b - 1] + 1)) for a, b in pairwise(edges) if b > a]
    delivery = Delivery("push", start_s=2.0, switch_s=5.0)
    return Desk(SLOT_S, SLOTS, (calls,), (Group("all", (0,), (0,)),), (0,) * agents, tuple(shifts), (form,), delivery)


def policies(agents: int) -> list[Policy]:
    """Today and seven ways to give agents items."""
    there = roster(agents)
    kept = max(1, round(0.6 * agents**0.5))
    schedule = tuple(np.where(there < 0.2 * agents, NO_ITEMS, np.ceil(0.7 * np.sqrt(there))).astype(int).tolist())
    return [
        Policy("today"),
        Policy("fill every gap", kept_free=0),
        Policy("keep free", kept_free=kept),
        Policy("schedule", kept_free=schedule),
        Policy("gives way", kept_free=0, gives_way="resume"),
        Policy("gives way, starts again", kept_free=kept, gives_way="restart"),
        Policy("blocks", ring_fenced=tuple((there // 25).tolist())),
        Policy("rotating blocks", ring_fenced=tuple((there // 25).tolist()), rotate_s=3600.0),
    ]


def gains(here: Desk, tried: list[Policy], replications: int) -> list[tuple[str, float, float, float]]:
    """Return per policy how many times fewer runs a difference needs: paired, paired with what is known exactly, and the half-width."""
    asked = {"seed": 11, "precision": 1e-9, "least": replications, "most": replications}
    plain, sharp = (compare(here, tried, control=on, **asked) for on in (False, True))
    at = plain.measures.index("service_level")
    # each level from runs of its own: the variances of both levels add up, on the scale of shares
    levels = plain.values[:, :, at].var(axis=1, ddof=1)
    rows = []
    for place, policy in enumerate(tried[1:], start=1):
        half = [(found.estimates[place, at, 5] - found.estimates[place, at, 4]) / 2 for found in (plain, sharp)]
        alone = critical(0.95, replications - 1) * np.sqrt((levels[0] + levels[place]) / replications)
        rows.append((policy.name, *((alone / one) ** 2 if one > 0 else float("inf") for one in half), half[1]))
    return rows


def main() -> None:
    agents = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    here, tried = desk(agents), policies(agents)
    for policy in tried:
        simulate(here, draw_streams(here, seed=0, replication=0), policy)
    compare(here, tried[:2], seed=0, precision=1.0, least=4)
    start, busy = time.perf_counter(), time.process_time()
    found = compare(here, tried, seed=7, precision=PRECISION)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    contacts = found.slots[0, :, 2].sum()
    print(f"{SLOTS} half hours, {agents} agents, {contacts:.0f} contacts a day, {len(tried)} policies, 2 threads")
    print(
        f"{seconds:.1f} s ({busy:.1f} s of processor) for {found.replications} days each, half-width {100 * found.half_width:.2f} points (goal: under 20 s)"
    )
    print(found.control)
    print()
    print("runs saved on a difference of service level against independent runs of each policy (goal: 10 times fewer)")
    print(f"{'policy':26}{'change':>9}{'half-width':>12}{'paired':>9}{'and controls':>14}")
    for name, paired, both, half in gains(here, tried, 60):
        print(
            f"{name:26}{100 * found.difference(name, 'service_level')[0]:8.1f} {100 * half:11.2f} {paired:8.1f}x{both:13.1f}x"
        )


if __name__ == "__main__":
    main()
