"""Replications of several cases on the same streams, in threads, in an order that nothing depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.simulation.desk import Desk
from analysis.simulation.measures import Tally, tally
from analysis.simulation.once import simulate
from analysis.simulation.policy import Policy
from analysis.simulation.settled import joined, put_right, start_under
from analysis.simulation.streams import Streams, draw_streams

# a policy, or what chooses one knowing what comes
Chooser = Callable[[Desk, Streams], Policy]


@dataclass(frozen=True, slots=True)
class Case:
    """What is run side by side on the same streams.

    Attributes
    ----------
    desks
        One desk, or draws of it; replication r runs on number r modulo their number.
    policy
        A policy, or what chooses one from the desk and its streams.
    """

    desks: tuple[Desk, ...]
    policy: Policy | Chooser


@dataclass(slots=True)
class Trials:
    """Replications done so far.

    Attributes
    ----------
    cases
        What is run in every replication.
    seed, threads
        Seed of the streams; how many replications run at a time. The number of threads changes nothing but the time it takes.
    watch
        What else is read off the streams of the first case: a function of (replication, desk, streams) to a row of numbers.
    """

    cases: Sequence[Case]
    seed: int
    threads: int = 2
    watch: Callable[[int, Desk, Streams], np.ndarray] | None = None
    _tallies: list[list[Tally]] = field(default_factory=list)
    _watched: list[np.ndarray] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many replications are done."""
        return len(self._tallies)

    @property
    def sums(self) -> np.ndarray:
        """Sums per run, array (case, replication, sum)."""
        return np.array([[found.sums for found in row] for row in self._tallies]).swapaxes(0, 1)

    @property
    def slots(self) -> np.ndarray:
        """Sums per slot, array (case, replication, slot, sum)."""
        return np.array([[found.slots for found in row] for row in self._tallies]).swapaxes(0, 1)

    @property
    def watched(self) -> np.ndarray:
        """What `watch` gave, array (replication, number)."""
        return np.array(self._watched)

    def extend(self, count: int) -> None:
        """Run replications until there are so many."""
        new = range(len(self), count)
        if self.threads == 1 or len(new) < 2:
            found = [self._one(number) for number in new]
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                found = list(pool.map(self._one, new))
        for tallies, watched in found:
            self._tallies.append(tallies)
            self._watched.append(watched)

    def _one(self, replication: int) -> tuple[list[Tally], np.ndarray]:
        """Run every case once."""
        drawn: dict[int, Streams] = {}
        tallies = []
        for case in self.cases:
            desk = case.desks[replication % len(case.desks)]
            if id(desk) not in drawn:
                opening = replace(desk, start="empty")
                drawn[id(desk)] = draw_streams(opening, seed=self.seed, replication=replication)
            tallies.append(self._run(desk, drawn[id(desk)], case.policy, replication))
        desk = self.cases[0].desks[replication % len(self.cases[0].desks)]
        return tallies, self.watch(replication, desk, drawn[id(desk)]) if self.watch else np.empty(0)

    def _run(self, desk: Desk, streams: Streams, policy: Policy | Chooser, replication: int) -> Tally:
        """Run one case, from the settled state under its policy where the desk never closes."""
        chosen = policy if isinstance(policy, Policy) else policy(desk, streams)
        if desk.start == "empty":
            return tally(desk, simulate(desk, streams, chosen))
        start = start_under(desk, chosen, seed=self.seed, replication=replication)
        return tally(desk, put_right(desk, simulate(desk, joined(streams, start), chosen), start))
