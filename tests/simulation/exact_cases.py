"""Every case whose answer is known exactly, run in the engine: how far away, in standard errors and in shares.

A case is one long run, cut into batches of many relaxation times; the first batches are left out, long enough for every trace of the empty start
to be below e^-20. z compares the batches with the exact figure (a ratio by its score: mean of y - exact x over its standard error).
"""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis import queueing
from analysis.simulation import draw_streams, simulate
from analysis.simulation.desk import ContactQueue, Desk, Group, ItemType, Shift, Times
from analysis.simulation.policy import NO_ITEMS, Policy
from analysis.simulation.run import AGENTS, CONTACTS, Run
from analysis.simulation.streams import Streams

with (Path(__file__).parents[1] / "reference" / "queueing.csv").open(encoding="utf-8", newline="") as file:
    ROWS = {
        row["id"]: {name: json.loads(row[name]) for name in ("arguments", "expected")} for row in csv.DictReader(file)
    }
BATCHES, WARM = 100, 20.0
CONTACTS_A_RUN, LONGEST = 400_000, 200


@dataclass(frozen=True)
class Answer:
    """One measure of a case: what came out, what is exact, and the distance in standard errors."""

    case: str
    measure: str
    exact: float
    found: float
    error: float
    z: float


@dataclass(frozen=True)
class Steady:
    """A desk that never changes."""

    agents: int
    arrivals_per_h: float
    aht_s: float
    item_s: float = 300.0
    kept_free: int = NO_ITEMS
    patience_s: float | None = None
    answer_within_s: float = 20.0
    gives_way: str = ""
    resume_s: float = 0.0
    items_per_h: float | None = None
    item_kind: str = "exponential"

    @property
    def relaxation_s(self) -> float:
        """Time after which what was is forgotten by a factor e, on the safe side."""
        load = self.arrivals_per_h * self.aht_s + (self.items_per_h or 0.0) * self.item_s
        usage = load / 3600 / self.agents
        queue = self.aht_s / (self.agents * (1 - math.sqrt(usage)) ** 2) if usage < 1 else math.inf
        slow = min(queue, 4 * (self.patience_s or math.inf))
        items = self.item_s if self.kept_free != NO_ITEMS and not self.gives_way else 0.0
        return max(self.aht_s, items) + slow

    def desk(self, contacts: int) -> Desk:
        """As many slots as batches; a slot is a batch, and the first ones are the start."""
        length = max(contacts / self.arrivals_per_h * 3600 / BATCHES, 5 * self.relaxation_s)
        slots = BATCHES + math.ceil(WARM * self.relaxation_s / length)
        patience = None if self.patience_s is None else Times(self.patience_s)
        calls = ContactQueue(
            "calls",
            (self.arrivals_per_h,) * slots,
            Times(self.aht_s),
            patience=patience,
            answer_within_s=self.answer_within_s,
        )
        items = ItemType(
            "items",
            Times(self.item_s, self.item_kind),
            arrivals_per_h=None if self.items_per_h is None else (self.items_per_h,) * slots,
            resume_s=self.resume_s,
        )
        blended = self.kept_free != NO_ITEMS
        return Desk(
            slot_s=length,
            slots=slots,
            queues=(calls,),
            groups=(Group("all", (0,), (0,) if blended else ()),),
            agent_group=(0,) * self.agents,
            shifts=tuple(Shift(agent, 0.0, length * slots + 86400.0) for agent in range(self.agents)),
            items=(items,) if blended else (),
        )

    @property
    def policy(self) -> Policy:
        return Policy("steady", kept_free=self.kept_free, gives_way=self.gives_way)


def score(y: np.ndarray, x: np.ndarray | float, exact: float) -> tuple[float, float, float]:
    """Ratio found, its standard error, and its distance from the exact one in standard errors."""
    x = np.broadcast_to(x, y.shape)
    rest = y - exact * x
    error = rest.std(ddof=1) / math.sqrt(len(rest))
    z = 0.0 if error == 0 and abs(rest.mean()) < 1e-9 else float(rest.mean() / error)
    return float(y.sum() / x.sum()), float(error / x.mean()), z


def books(of: Desk, run: Run) -> dict[str, np.ndarray]:
    """The measures by batch, the start left out."""
    kept = slice(of.slots - BATCHES, None)
    tables = dict(zip(CONTACTS, run.contacts[0].T)) | dict(zip(AGENTS, run.agents.T))
    return {name: column[kept] for name, column in tables.items()}


def by_batch(of: Desk, moments: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums and counts of values by the batch of their moment; what is not known is left out."""
    slot = (moments / of.slot_s).astype(int) - (of.slots - BATCHES)
    kept = (slot >= 0) & (slot < BATCHES) & ~np.isnan(values)
    return np.bincount(slot[kept], values[kept], BATCHES), np.bincount(slot[kept], minlength=BATCHES).astype(float)


def ratios(of: Desk, drawn: Streams, run: Run, steady: Steady) -> dict[str, tuple[np.ndarray, np.ndarray | float]]:
    """Numerator and denominator of every measure that an exact model may give."""
    book = books(of, run)
    waited = (~(run.started_s <= drawn.offered_s)).astype(float)
    time = of.slot_s * np.ones(BATCHES)
    busy = book["contact_s"] + book["item_s"]
    found: dict[str, tuple[np.ndarray, np.ndarray | float]] = {
        "service_level": (book["in_time"], book["offered"]),
        "p_wait": by_batch(of, drawn.offered_s, waited),
        "p_abandon": (book["abandoned"], book["offered"]),
        "mean_wait_s": (book["wait_s"], book["offered"]),
        "occupancy": (busy, book["on_duty_s"]),
        "item_agents": (book["item_s"], time),
        "progress_agents": (book["item_s"] - book["lost_s"], time),
        "items_per_h": (3600 * book["item_starts"], time),
        "interruptions_per_h": (3600 * book["interruptions"], time),
        # contacts answered x handling time + items x their length = busy agents
        "balance": (book["answered"] * steady.aht_s + book["item_starts"] * steady.item_s - busy, time),
    }
    if steady.items_per_h:
        age = run.item_ended_s - drawn.item_arrived_s
        found["item_time_s"] = by_batch(of, drawn.item_arrived_s, age)
    return found


def measured(
    case: str,
    steady: Steady,
    exact: dict[str, float],
    precision: float,
    change: Callable[[Streams], Streams] | None = None,
) -> Iterator[Answer]:
    """Run a steady desk, again with other streams until the standard error of the service level is small enough, and compare."""
    of, seed = steady.desk(CONTACTS_A_RUN), zlib.crc32(case.encode())
    runs: list[dict[str, tuple[np.ndarray, np.ndarray | float]]] = []
    for replication in range(LONGEST):
        drawn = draw_streams(of, seed=seed, replication=replication)
        drawn = drawn if change is None else change(drawn)
        runs.append(ratios(of, drawn, simulate(of, drawn, steady.policy), steady))
        if score(*joined(runs, "service_level"), exact.get("service_level", 0.0))[1] <= precision:
            break
    for measure, value in exact.items():
        yield Answer(case, measure, value, *score(*joined(runs, measure), value))


def joined(runs: list[dict[str, tuple[np.ndarray, np.ndarray | float]]], measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Numerators and denominators of the batches of all runs."""
    pairs = [run[measure] for run in runs]
    return np.concatenate([y for y, _ in pairs]), np.concatenate([np.broadcast_to(x, y.shape) for y, x in pairs])


BLEND = ("service_level", "p_wait", "p_abandon", "mean_wait_s", "occupancy", "item_agents", "items_per_h")


def blended(case: str, precision: float, arguments: dict[str, float]) -> Iterator[Answer]:
    """The threshold policy with items without end, with and without patience."""
    exact = queueing.blend(**arguments)
    steady = Steady(
        exact.agents,
        exact.arrivals_per_h,
        exact.aht_s,
        exact.item_s,
        exact.agents - exact.threshold if exact.threshold else NO_ITEMS,
        exact.patience_s,
        exact.answer_within_s,
    )
    names = [name for name in BLEND if exact.threshold or not name.startswith("item")]
    names = [name for name in names if exact.patience_s or name != "p_abandon"]
    if exact.threshold == exact.agents:  # nobody is ever free
        names = [name for name in names if name not in ("p_wait", "occupancy")]
    yield from measured(case, steady, {name: getattr(exact, name) for name in names} | {"balance": 0.0}, precision)


def waiting(
    case: str, precision: float, agents: int, load: float, aht_s: float, patience_s: float | None = None
) -> Iterator[Answer]:
    """Erlang C, or Erlang A where callers give up."""
    exact = queueing.erlang_a(agents, load, aht_s=aht_s, patience_s=patience_s or math.inf, answer_within_s=20)
    steady = Steady(agents, 3600 * load / aht_s, aht_s, patience_s=patience_s)
    names = [name for name in BLEND[:5] if patience_s or name != "p_abandon"]
    yield from measured(case, steady, {name: getattr(exact, name) for name in names} | {"balance": 0.0}, precision)


def lost(case: str, precision: float, agents: int, load: float) -> Iterator[Answer]:
    """Erlang B: nobody has any patience."""
    steady = Steady(agents, 20 * load, 180.0, patience_s=1.0)
    exact = {"p_abandon": queueing.erlang_b(agents, load), "mean_wait_s": 0.0, "balance": 0.0}

    def hasty(drawn: Streams) -> Streams:
        return dataclasses.replace(drawn, patience_s=np.zeros_like(drawn.patience_s))

    yield from measured(case, steady, exact, precision, hasty)


def giving_way(
    case: str, precision: float, agents: int, load: float, resume_s: float, patience_s: float | None
) -> Iterator[Answer]:
    """Items without end that give way at once: contacts as if alone, items get the idle time less what each gap loses to resumption."""
    arrivals = 12 * load
    steady = Steady(
        agents, arrivals, 300.0, 1e9, 0, patience_s, gives_way="resume", resume_s=resume_s, item_kind="constant"
    )
    alone = queueing.erlang_a(agents, load, aht_s=300, patience_s=patience_s or math.inf, answer_within_s=20)
    exact = {name: getattr(alone, name) for name in ("service_level", "p_wait", "mean_wait_s")}
    exact["item_agents"] = agents * (1 - alone.occupancy)
    if patience_s is None:
        gaps = queueing.idle_gaps(agents, arrivals_per_h=arrivals, aht_s=300, routing="last_idle_first")
        exact["progress_agents"] = gaps.idle_agents * float(gaps.usable_share(resume_s))
        exact["interruptions_per_h"] = gaps.gaps_per_h
    else:
        exact["p_abandon"] = alone.p_abandon
    yield from measured(case, steady, exact, precision)


def gaps(
    case: str, precision: float, agents: int, arrivals_per_h: float, resume_s: tuple[float, ...]
) -> Iterator[Answer]:
    """Idle gaps under longest-idle routing, read from the events: agents whose waiting is longer than what resumption costs."""
    exact = queueing.idle_gaps(agents, arrivals_per_h=arrivals_per_h, aht_s=300)
    steady = Steady(agents, arrivals_per_h, 300.0)
    of = steady.desk(CONTACTS_A_RUN)
    time, kind, _, agent = simulate(
        of, draw_streams(of, seed=zlib.crc32(case.encode()), replication=0), steady.policy, events=True
    ).events.T
    events = {name: number for number, name in enumerate(event_names())}
    kept = (kind == events["answer"]) | (kind == events["end"])
    order = np.lexsort((np.flatnonzero(kept), agent[kept]))
    time, kind, agent = time[kept][order], kind[kept][order], agent[kept][order]
    idle = (kind[:-1] == events["end"]) & (agent[:-1] == agent[1:])
    begins, lasts = time[:-1][idle], np.diff(time)[idle]
    for resume in resume_s:
        usable, _ = by_batch(of, begins, np.maximum(lasts - resume, 0.0))
        expected = exact.idle_agents * float(exact.usable_share(resume))
        yield Answer(
            case, f"usable agents, {resume:g} s", expected, *score(usable, of.slot_s * np.ones(BATCHES), expected)
        )
    total, _ = by_batch(of, begins, lasts)
    yield Answer(case, "idle agents", exact.idle_agents, *score(total, of.slot_s * np.ones(BATCHES), exact.idle_agents))


def event_names() -> tuple[str, ...]:
    from analysis.simulation.engine import EVENTS

    return EVENTS


def two_classes(case: str, precision: float, arguments: dict[str, float]) -> Iterator[Answer]:
    """Contacts before items that arrive by themselves. An agent keeps the item that it laid aside, so items are exact for one agent only."""
    exact = queueing.preemptive(**arguments)
    steady = Steady(
        exact.agents,
        exact.arrivals_per_h,
        exact.aht_s,
        exact.item_s,
        kept_free=0,
        gives_way="resume" if exact.gives_way else "",
        resume_s=exact.resume_s,
        items_per_h=exact.items_per_h,
        item_kind="constant" if exact.item_cv == 0 else "exponential",
    )
    wanted = {"p_wait": exact.p_wait, "mean_wait_s": exact.contact_wait_s}
    if exact.agents == 1 or not exact.gives_way:
        wanted["item_time_s"] = exact.item_time_s
    if exact.agents == 1:
        wanted["interruptions_per_h"] = exact.interruptions_per_item * exact.items_per_h
        wanted["occupancy"] = exact.occupancy
    yield from measured(case, steady, wanted, precision)


@dataclass(frozen=True)
class Changing:
    """A day whose agents never become fewer; every day begins empty. Where they become more the promise is short: the exact model takes the wait of an
    arrival with the agents of its slot, which concerns a share answer_within_s / slot_s of the contacts."""

    agents: tuple[int, ...]
    arrivals_per_h: tuple[float, ...]
    kept_free: tuple[int, ...] | None = None
    patience_s: float | None = 120.0
    slot_s: float = 3600.0
    item_s: float = 400.0
    pause: int = 3
    answer_within_s: float = 20.0

    def desk(self, days: int) -> tuple[Desk, Policy]:
        """Days in a row with a pause between them in which everything ends (e^-27 of an item is left)."""
        period = len(self.agents) + self.pause
        rates = (*self.arrivals_per_h, *(0.0,) * self.pause) * days
        calls = ContactQueue(
            "calls",
            rates,
            Times(300.0),
            None if self.patience_s is None else Times(self.patience_s),
            self.answer_within_s,
        )
        shifts = []
        for agent in range(max(self.agents)):
            begins = next(slot for slot, agents in enumerate(self.agents) if agents > agent)
            shifts += [
                Shift(agent, (day * period + begins) * self.slot_s, (day + 1) * period * self.slot_s)
                for day in range(days)
            ]
        blended = self.kept_free is not None
        of = Desk(
            slot_s=self.slot_s,
            slots=period * days,
            queues=(calls,),
            groups=(Group("all", (0,), (0,) if blended else ()),),
            agent_group=(0,) * max(self.agents),
            shifts=tuple(sorted(shifts, key=lambda shift: (shift.start_s, shift.agent))),
            items=(ItemType("items", Times(self.item_s)),) if blended else (),
        )
        kept = (*(self.kept_free or (NO_ITEMS,) * len(self.agents)), *(NO_ITEMS,) * self.pause) * days
        return of, Policy("day", kept_free=kept)


def changing(case: str, days: int, day: Changing, *, runs: int = 1) -> Iterator[Answer]:
    """A day that changes, against uniformisation slot by slot; `runs` times so many days, to bound the memory."""
    of, policy = day.desk(days)
    settings = {
        "arrivals_per_h": day.arrivals_per_h,
        "slot_s": day.slot_s,
        "aht_s": 300,
        "answer_within_s": day.answer_within_s,
    }
    if day.kept_free is None:
        exact = queueing.day(day.agents, **settings, patience_s=day.patience_s)
    else:
        threshold = [agents - kept for agents, kept in zip(day.agents, day.kept_free)]
        exact = queueing.blended_day(
            day.agents, **settings, threshold=threshold, item_s=day.item_s, patience_s=day.patience_s
        )
    shape, books = (days, len(day.agents) + day.pause), []
    for replication in range(runs):
        run = simulate(of, draw_streams(of, seed=zlib.crc32(case.encode()), replication=replication), policy)
        contacts = {name: column.reshape(shape) for name, column in zip(CONTACTS, run.contacts[0].T)}
        books.append(contacts | {name: column.reshape(shape) for name, column in zip(AGENTS, run.agents.T)})
    book = {name: np.concatenate([one[name] for one in books]) for name in books[0]}
    for slot in range(len(day.agents)):
        level = exact.service_level[slot]
        yield Answer(
            case, f"service_level {slot}", level, *score(book["in_time"][:, slot], book["offered"][:, slot], level)
        )
        busy = (book["contact_s"] + book["item_s"])[:, slot]
        yield Answer(
            case,
            f"occupancy {slot}",
            exact.occupancy[slot],
            *score(busy, book["on_duty_s"][:, slot], exact.occupancy[slot]),
        )
        if day.kept_free is not None:
            on_items = exact.item_agents[slot]
            time = of.slot_s * np.ones(days * runs)
            yield Answer(case, f"item_agents {slot}", on_items, *score(book["item_s"][:, slot], time, on_items))
    whole = {name: column.sum(axis=1) for name, column in book.items()}
    given_up = whole["abandoned"], whole["offered"], exact.day_p_abandon
    if day.patience_s is not None:
        yield Answer(case, "p_abandon", exact.day_p_abandon, *score(*given_up))


RISING = Changing((8, 12, 12, 20), (80.0, 120.0, 160.0, 200.0), answer_within_s=1.0)
BLENDED_DAY = Changing((10, 14, 14, 20), (80.0, 130.0, 100.0, 200.0), kept_free=(2, 1, 3, 4), answer_within_s=1.0)
PATIENT_DAY = Changing((10, 10, 10, 10), (60.0, 110.0, 60.0, 90.0), patience_s=None)


def small(precision: float, days: int) -> Iterator[Answer]:
    """The rows of the reference, each until the standard error of its service level is small enough; days: how many of those that change."""
    for name in (
        "BL00",
        "BL16",
        "BL18",
        "BL20",
        "BS06",
        "BS08",
        "BU00",
        "BU04",
        "BU07",
        "BA00",
        "BA14",
        "BA17",
        "BA19",
    ):
        yield from blended(name, precision, ROWS[name]["arguments"])
    yield from waiting("QC01", precision, 14, 10, 180)
    for agents, load in zip(*ROWS["QC03 C"]["arguments"].values()):
        yield from waiting(f"QC03 C {agents}", precision, agents, load, 180)
    for agents, load in zip(*ROWS["QC03 B"]["arguments"].values()):
        yield from lost(f"QC03 B {agents}", precision, agents, load)
    yield from waiting("EA01", precision, 50, 48, 180, 360)
    yield from waiting("EA04", precision, 20, 16, 180, 540)
    yield from two_classes("PR01", precision, ROWS["PR01"]["arguments"])
    yield from two_classes("PR04", precision, ROWS["PR04"]["arguments"])
    one = {"agents": 1, "arrivals_per_h": 5, "items_per_h": 3, "aht_s": 240, "item_s": 300}
    yield from two_classes("PR04 giving way", precision, {**one, "item_cv": 0, "resume_s": 20})
    yield from two_classes("PR01 one agent", precision, one)
    yield from gaps("IG90", precision, 20, 180, (15, 30, 60, 120))
    yield from giving_way("IG90 giving way", precision, 20, 15, 30, None)
    yield from giving_way("EA giving way", precision, 20, 19, 15, 120)
    yield from changing("day", days, RISING)
    yield from changing("blended day", days, BLENDED_DAY)
    yield from changing("patient day", days, PATIENT_DAY)


def large(precision: float, days: int) -> Iterator[Answer]:
    """A thousand agents."""
    desk = {"agents": 1000, "aht_s": 300.0, "answer_within_s": 20}
    yield from blended(
        "BA 1000",
        precision,
        {**desk, "arrivals_per_h": 11700.0, "item_s": 600.0, "threshold": 985, "patience_s": 120.0},
    )
    yield from blended("BL 1000", precision, {**desk, "arrivals_per_h": 11400.0, "item_s": 300.0, "threshold": 990})
    yield from waiting("EA 1000", precision, 1000, 1000, 300, 120)
    yield from giving_way("EA 1000 giving way", precision, 1000, 980, 20, 120)
    day = Changing((700, 1000), (8400.0, 11800.0), kept_free=(20, 10), answer_within_s=1.0)
    # a day of 1,000 agents has twenty thousand contacts: many days, a few at a time
    yield from changing("blended day 1000", max(days // 80, 2), day, runs=10)


def table(precision: float = 0.0008, days: int = 20_000) -> str:
    """Every answer as a line, then the furthest."""
    answers = [*small(precision, days), *large(precision, days)]
    lines = [f"{'case':20s} {'measure':22s} {'exact':>14s} {'found':>14s} {'error':>10s} {'z':>6s}"]
    lines += [
        f"{a.case:20s} {a.measure:22s} {a.exact:14.6f} {a.found:14.6f} {a.error:10.6f} {a.z:6.2f}" for a in answers
    ]
    levels = [abs(a.found - a.exact) for a in answers if a.measure.startswith("service_level")]
    lines.append(
        f"{len(answers)} answers: largest |z| {max(abs(a.z) for a in answers):.2f}, mean of z squared "
        f"{sum(a.z**2 for a in answers) / len(answers):.2f}; service level at most {max(levels):.5f} away"
    )
    return "\n".join(lines)
