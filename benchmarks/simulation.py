"""The simulation engine beside a C twin, SimPy and Ciw: the same desk, paired in one run, CPU time per contact offered.

Run with ``python benchmarks/simulation.py``. Times differ between machines; compare the ratios. The C twin is built here when a C compiler is at hand
(``cc``, or what CC names). SimPy and Ciw are no dependencies of the kit: put them into a folder of their own with
``pip install --no-deps --target FOLDER simpy ciw networkx tqdm`` and run ``PYTHONPATH=FOLDER python benchmarks/simulation.py``. What is missing is left out and said.

``--exact`` prints instead how far the engine is from every exact case (z values and service level); ``--quick`` takes fewer contacts.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analysis.simulation import draw_streams, simulate
from analysis.simulation.desk import ContactQueue, Desk, Group, ItemType, Shift, Times
from analysis.simulation.policy import Policy
from analysis.simulation.run import AGENTS, CONTACTS, Run
from analysis.simulation.streams import Streams

HERE = Path(__file__).resolve().parent
HANDLE_S, PATIENCE_S, ITEM_S, RESUME_S, LOAD, SLOT_S, WITHIN_S = 240.0, 120.0, 600.0, 20.0, 0.9, 1800.0, 20.0
SIZES = (10, 100, 1000)
# contacts per run: enough that a run lasts well above the clock's grain
OURS, SIMPY, CIW = 400_000, 20_000, 4_000
REPEATS = 5
WANTED = {"SimPy": 100.0, "Ciw": 200.0, "C": 0.8}


def policies(agents: int) -> dict[str, Policy]:
    """Plain; blended with a twentieth of the agents kept free; every gap filled, items giving way."""
    return {
        "plain": Policy("plain"),
        "blended": Policy("blended", kept_free=agents // 20),
        "preempt": Policy("preempt", kept_free=0, gives_way="resume"),
    }


def desk(agents: int, contacts: int, *, items: bool = True) -> Desk:
    """M/M/n+M with a backlog without end; agents stay on until the last contact is served."""
    rate = LOAD * agents / HANDLE_S
    slots = max(1, round(contacts / rate / SLOT_S))
    calls = ContactQueue(
        "calls", (3600 * rate,) * slots, Times(HANDLE_S), patience=Times(PATIENCE_S), answer_within_s=WITHIN_S
    )
    return Desk(
        slot_s=SLOT_S,
        slots=slots,
        queues=(calls,),
        groups=(Group("all", (0,), (0,) if items else ()),),
        agent_group=(0,) * agents,
        shifts=tuple(Shift(agent, 0.0, SLOT_S * slots + 86400.0) for agent in range(agents)),
        items=(ItemType("items", Times(ITEM_S), resume_s=RESUME_S),) if items else (),
    )


# the C twin


def build_twin(folder: Path) -> ctypes.CDLL | None:
    """Compile the C twin, or say why not."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        print("no C compiler (cc): the C twin is left out")
        return None
    library = folder / "simulation_twin.so"
    source = HERE / "simulation_twin.c"
    subprocess.run([compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
    twin = ctypes.CDLL(str(library))
    twin.run.restype = ctypes.c_long
    return twin


def run_twin(twin: ctypes.CDLL, of: Desk, drawn: Streams, policy: Policy) -> Run:
    """Run the C twin on given streams."""
    contacts, times = np.zeros((1, of.slots, len(CONTACTS))), np.zeros((of.slots, len(AGENTS)))
    items = np.zeros(3)
    started, ended = np.empty(len(drawn.offered_s)), np.empty(len(drawn.item_length_s))

    def where(values: np.ndarray) -> ctypes.c_void_p:
        return values.ctypes.data_as(ctypes.c_void_p)

    begun = twin.run(
        ctypes.c_long(len(drawn.offered_s)),
        where(drawn.offered_s),
        where(drawn.handle_s),
        where(drawn.patience_s),
        ctypes.c_long(len(drawn.item_length_s)),
        where(drawn.item_length_s),
        ctypes.c_long(len(of.agent_group)),
        ctypes.c_long(policy.kept_free),
        ctypes.c_int(policy.gives_way == "resume"),
        ctypes.c_double(RESUME_S),
        ctypes.c_double(WITHIN_S),
        ctypes.c_double(of.slot_s),
        ctypes.c_long(of.slots),
        *(where(values) for values in (contacts, times, items, started, ended)),
    )
    if begun < 0:
        raise RuntimeError("the streams hold too few items")
    return Run(contacts, times, items, started, ended, np.empty((0, 4)))


def furthest(ours: Run, twin: Run) -> float:
    """Largest relative difference of any measure; moments must be the same to the last digit."""
    np.testing.assert_array_equal(ours.started_s, twin.started_s)
    np.testing.assert_array_equal(ours.item_ended_s, twin.item_ended_s)
    apart = 0.0
    for a, b in ((ours.contacts, twin.contacts), (ours.agents, twin.agents)):
        apart = max(apart, float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1.0))))
    return apart


# SimPy


def simpy_desk(agents: int, contacts: int, kind: str) -> tuple[float, float]:
    """Run the desk in SimPy; return the share in time and the share given up."""
    simpy = importlib.import_module("simpy")
    env, rate, draw = simpy.Environment(), LOAD * agents / HANDLE_S, random.Random(1)
    kept = {"plain": None, "blended": agents // 20, "preempt": 0}[kind]
    pool = (simpy.PreemptiveResource if kind == "preempt" else simpy.PriorityResource)(env, agents)
    count, aside = {"offered": 0, "in_time": 0, "lost": 0, "items": 0}, []
    end = contacts / rate

    def fill() -> None:
        while kept is not None and not pool.queue and agents - pool.count > kept:
            env.process(item(aside.pop() if aside else None))
            return

    def item(left: float | None):
        length = draw.expovariate(1 / ITEM_S) if left is None else left + RESUME_S
        with pool.request(priority=1) as request:
            fill()
            yield request
            began = env.now
            try:
                yield env.timeout(length)
                count["items"] += 1
            except simpy.Interrupt:
                done = env.now - began - (0.0 if left is None else RESUME_S)
                aside.append((length if left is None else left) - max(0.0, done))
        fill()

    def call():
        offered = env.now
        with pool.request(priority=0) as request:
            got = yield request | env.timeout(draw.expovariate(1 / PATIENCE_S))
            if request not in got:
                count["lost"] += 1
                return
            count["in_time"] += env.now - offered <= WITHIN_S
            yield env.timeout(draw.expovariate(1 / HANDLE_S))
        fill()

    def source():
        while True:
            yield env.timeout(draw.expovariate(rate))
            count["offered"] += 1
            env.process(call())

    env.process(source())
    fill()
    env.run(until=end)
    return count["in_time"] / count["offered"], count["lost"] / count["offered"]


def ciw_desk(agents: int, contacts: int) -> None:
    """Run the plain desk in Ciw."""
    ciw = importlib.import_module("ciw")
    rate = LOAD * agents / HANDLE_S
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate)],
        service_distributions=[ciw.dists.Exponential(1 / HANDLE_S)],
        reneging_time_distributions=[ciw.dists.Exponential(1 / PATIENCE_S)],
        number_of_servers=[agents],
    )
    ciw.seed(1)
    ciw.Simulation(network).simulate_until_max_time(contacts / rate)


# side by side


def microseconds(contacts: int, call: Callable[..., Any], *arguments: Any) -> float:
    """CPU time of one call per contact [us]."""
    started = time.process_time()
    call(*arguments)
    return (time.process_time() - started) / contacts * 1e6


def paired(rivals: dict[str, tuple[int, Callable[..., Any], tuple[Any, ...]]]) -> dict[str, float]:
    """Median CPU time per contact of each rival; they take turns."""
    spent: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(REPEATS):
        for name, (contacts, call, arguments) in rivals.items():
            spent[name].append(microseconds(contacts, call, *arguments))
    return {name: sorted(values)[REPEATS // 2] for name, values in spent.items()}


def compare(agents: int, kind: str, twin: ctypes.CDLL | None, part: float) -> list[str]:
    """Time one desk under one policy in every engine; return the goals that were missed."""
    policy, of = policies(agents)[kind], desk(agents, int(part * OURS), items=kind != "plain")
    drawn = draw_streams(of, seed=1, replication=0)
    contacts = len(drawn.offered_s)
    ours = simulate(of, drawn, policy)
    rivals: dict[str, tuple[int, Callable[..., Any], tuple[Any, ...]]] = {
        "ours": (contacts, simulate, (of, drawn, policy)),
        "ours, drawing": (contacts, lambda: simulate(of, draw_streams(of, seed=1, replication=0), policy), ()),
    }
    words = ""
    if twin is not None:
        words = f"; furthest from C {furthest(ours, run_twin(twin, of, drawn, policy)):.0e}"
        rivals["C"] = (contacts, run_twin, (twin, of, drawn, policy))
    if importlib.util.find_spec("simpy"):
        rivals["SimPy"] = (int(part * SIMPY), simpy_desk, (agents, int(part * SIMPY), kind))
    if importlib.util.find_spec("ciw") and kind == "plain":
        rivals["Ciw"] = (int(part * CIW), ciw_desk, (agents, int(part * CIW)))
    spent = paired(rivals)
    missed = []
    cells = [f"{name} {value:8.3f}" for name, value in spent.items()]
    for name, wanted in WANTED.items():
        if name in spent:
            # a peer draws while it runs, and is held against us with drawing; the C twin is fed streams as we are
            given, ratio = spent[name] / spent["ours"], spent[name] / spent["ours, drawing"]
            if name == "C":
                ratio = given
                cells.append(f"C/ours {ratio:5.2f}")
            else:
                cells.append(f"{name}/ours {ratio:6.0f} ({given:.0f} on streams already drawn)")
            if ratio < wanted:
                missed.append(f"{kind}, {agents} agents: {name}/ours {ratio:.2f}, wanted {wanted:g}")
    total = ours.contacts.sum(axis=(0, 1))
    level = total[CONTACTS.index("in_time")] / total[CONTACTS.index("offered")]
    print(f"{kind:8s} n={agents:5d} service level {level:.4f}{words}")
    print("   us per contact: " + "  ".join(cells), flush=True)
    return missed


def exact() -> None:
    """Print how far the engine is from every exact case."""
    sys.path.insert(0, str(HERE.parent))
    print(importlib.import_module("tests.simulation.exact_cases").table())


def main() -> None:
    """Print every comparison, then the goals that were missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exact", action="store_true", help="the distance from every exact case instead of times")
    parser.add_argument("--quick", action="store_true", help="a tenth of the contacts")
    asked = parser.parse_args()
    if asked.exact:
        exact()
        return
    for name in ("simpy", "ciw"):
        if not importlib.util.find_spec(name):
            print(f"{name} is not installed: left out (the head of this file says how to install it apart)")
    print("Ciw runs the plain desk only: it has neither items that wait for idle agents nor a cost of resumption")
    missed: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        twin = build_twin(Path(folder))
        for agents in SIZES:
            for kind in policies(agents):
                missed += compare(agents, kind, twin, 0.1 if asked.quick else 1.0)
    print("\n".join(["missed:", *missed]) if missed else "every goal reached")


if __name__ == "__main__":
    main()
