"""From the hours in which agents wait to the hours that items really get: a chain of paired runs, each bar the difference of two."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.simulation.desk import Desk, ItemType, Times
from analysis.simulation.intervals import critical, spread
from analysis.simulation.measures import SUMS, live
from analysis.simulation.policy import Policy
from analysis.simulation.streams import Streams
from analysis.simulation.trials import Case, Chooser, Trials

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("all_idle", "resumption_switching", "backlog_trained", "held_back", "forecast", "usable")
# expected erlangs per slot to agents kept free per slot
Thresholds = Callable[[np.ndarray], Sequence[int]]
# what was foreseen: expected erlangs per slot, or a function of (desk, streams) to them
Foreseen = np.ndarray | Callable[[Desk, Streams], np.ndarray]
_NOBODY = Policy("no items")
_GIVES_WAY = Policy("gives way at once", kept_free=0, gives_way="resume")
# whole agents by which thresholds set from the load that came are moved at most to reach the same service level
_MOST_SHIFT = 12


@dataclass(frozen=True, slots=True)
class ByLoad:
    """A policy whose agents kept free follow the load of every slot.

    Attributes
    ----------
    base
        The policy, but for `kept_free`.
    choose
        Expected erlangs per slot to agents kept free per slot.
    came
        Whether it is told the load that came (rates times the factor of the day, not the counts, which are chance too) instead of what was foreseen.
    foreseen
        Erlangs per slot that were foreseen, or a function of (desk, streams) to them; None: the desk's rates without the day's factor.
    more
        Whole agents kept free on top where items may start at all.
    """

    base: Policy
    choose: Thresholds
    came: bool = False
    foreseen: Foreseen | None = None
    more: int = 0

    @property
    def name(self) -> str:
        """The policy in words."""
        return self.base.name

    def __call__(self, desk: Desk, streams: Streams) -> Policy:
        """Return the policy of one horizon."""
        if self.came:
            load = load_of(desk, streams)
        elif self.foreseen is None:
            load = load_of(desk)
        else:
            load = self.foreseen(desk, streams) if callable(self.foreseen) else np.asarray(self.foreseen, dtype=float)
        chosen = np.asarray(self.choose(load))
        if chosen.shape != (desk.slots,):
            raise ValueError(f"the thresholds chosen must be one per slot: got {chosen.shape} for {desk.slots} slots")
        kept = np.where(chosen < 0, chosen, np.maximum(chosen + self.more, 0))
        return replace(self.base, kept_free=tuple(kept.tolist()), perfect=self.came)


@dataclass(frozen=True, slots=True)
class Step:
    """A bar: its key, hours per horizon, and the ends of their interval."""

    key: str
    hours: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Waterfall:
    """What is left of the hours in which agents wait.

    Attributes
    ----------
    policy
        Its name.
    steps
        all_idle, then four bars that may be positive or negative, then usable: the first five add up to the last, in every horizon and in the mean.
    values
        Array (step, replication) of hours.
    replications, reached
        Horizons simulated; whether the precision asked for was reached.
    service_level, service_level_without
        Share answered in time under the policy and without items.
    matched
        How the policy that knows the load that came is held to the same service level, in words.
    """

    policy: str
    steps: tuple[Step, ...]
    values: np.ndarray = field(repr=False)
    replications: int
    reached: bool
    service_level: float
    service_level_without: float
    matched: str

    def __repr__(self) -> str:
        """Return the bars in one sentence."""
        first, *bars, last = self.steps
        taken = ", ".join(f"{step.key} {step.hours:+z.1f}" for step in bars)
        return (
            f"{self.policy}: of {first.hours:.1f} idle hours {last.hours:.1f} ({last.low:.1f} to {last.high:.1f}) are usable ({taken}); "
            f"{100 * self.service_level:.1f} % answered in time, {100 * self.service_level_without:.1f} % without items"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step: policy, step, key, hours, low, high, remaining (the hours left after it)."""
        import pandas as pd

        hours = [step.hours for step in self.steps]
        rows = [
            (self.policy, place, step.key, step.hours, step.low, step.high) for place, step in enumerate(self.steps)
        ]
        frame = pd.DataFrame(rows, columns=["policy", "step", "key", "hours", "low", "high"])
        return frame.assign(remaining=[*np.cumsum(hours[:-1]), hours[-1]])


def waterfall(
    desk: Desk | Sequence[Desk],
    policy: Policy | Chooser,
    *,
    choose: Thresholds | None = None,
    foreseen: Foreseen | None = None,
    seed: int,
    precision: float = 0.01,
    confidence: float = 0.95,
    least: int = 20,
    most: int = 2000,
    threads: int = 2,
) -> Waterfall:
    """Return what is taken from the hours in which agents wait until items have theirs, as paired runs in a fixed order.

    Parameters
    ----------
    desk
        A desk, or draws of it, as in :func:`analysis.simulation.compare`.
    policy
        The policy; with `choose` its agents kept free are replaced.
    choose
        From expected erlangs per slot to agents kept free per slot. Without it the policy needs no forecast, and that bar is 0.
    foreseen
        Erlangs per slot that were foreseen, or a function of (desk, streams) to them; None: the desk's rates without the factor of the day.
    seed, confidence, least, most, threads
        As in :func:`analysis.simulation.compare`.
    precision
        Half-width wanted of the policy's change in service level.

    Returns
    -------
    Waterfall

    Raises
    ------
    ValueError
        The policy changes who is there, or no item type is on the desk.

    Notes
    -----
    The runs, each on the same contacts: (1) no items: all hours on duty without a contact; (2) an endless supply of items that everybody can do and
    that give way at once, with resumption and switching; (3) the real items, with their arrivals and due times, for those trained for them, still giving
    way at once; (4) the policy, its agents kept free chosen from the load that came; (5) the same, chosen from the load foreseen. Hours of a run are the
    progress made on items, less the fall in time on contacts against (1): contacts lost are never sold as items. A bar is the difference of two runs, so bars add up
    in every single horizon.

    Runs 4 and 5 must give callers the same, or the bar between them would mix forecast and promise. So all agents kept free of run 4 are moved by whole
    agents until two neighbours hold the service level of run 5 between them, and one of both is drawn for each horizon with the chance that makes the
    mean equal; its hours are the mean over that draw. The interval includes the error of that chance (linearised).

    References
    ----------
    Spearman & Hopp, Factory Physics, for counterfactual runs as a decomposition; its order is a convention, hence fixed.
    """
    desks = (desk,) if isinstance(desk, Desk) else tuple(desk)
    _refuse(desks, policy)
    last = policy if choose is None else ByLoad(policy, choose, foreseen=foreseen)
    only = getattr(policy, "only", None)
    cases = [
        Case(desks, _NOBODY),
        Case(tuple(_endless(one, only) for one in desks), _GIVES_WAY),
        Case(tuple(_giving_way(one) for one in desks), replace(_GIVES_WAY, only=only)),
        Case(desks, last),
    ]
    count = len(desks) if 2 * len(desks) <= most else 1
    trials, reached = _run(cases, count, (seed, threads), (precision, confidence, least, most))
    chain = _Chain(trials.sums)
    hours = chain.hours
    scores = hours.copy()
    matched = "the policy needs no forecast"
    if choose is not None:
        knowing, adds, matched = _matched(ByLoad(policy, choose, came=True), desks, chain, (seed, threads))
        hours, scores = np.insert(hours, 3, knowing, axis=0), np.insert(scores, 3, knowing + adds, axis=0)
    else:
        hours, scores = (np.insert(part, 3, part[3], axis=0) for part in (hours, scores))
    bars, scored = (np.vstack([part[:1], np.diff(part, axis=0), part[-1:]]) for part in (hours, scores))
    variance = spread(scored, count)
    freedom = count * max(2, math.ceil(least / count)) - 1 if count == 1 else variance.freedom
    half = critical(confidence, freedom) * np.sqrt(variance.total)
    mean = bars.mean(axis=1)
    ends = zip(KEYS, mean.tolist(), (mean - half).tolist(), (mean + half).tolist(), strict=True)
    return Waterfall(
        policy=getattr(policy, "name", ""),
        steps=tuple(Step(*end) for end in ends),
        values=bars,
        replications=len(trials),
        reached=reached,
        service_level=chain.levels[-1],
        service_level_without=chain.levels[0],
        matched=matched,
    )


class _Chain:
    """Hours and service levels of some runs; the first is the one without items."""

    def __init__(self, sums: np.ndarray) -> None:
        at = {name: sums[..., place] for place, name in enumerate(SUMS)}
        self.without = at["contact_s"][0]
        self.hours = (at["work_s"] - (self.without - at["contact_s"])) / 3600
        self.hours[0] = (at["on_duty_s"][0] - at["contact_s"][0] - at["item_s"][0]) / 3600
        self.in_time, self.counted = at["in_time"], at["counted"]
        self.levels = (self.in_time.sum(axis=1) / self.counted.sum(axis=1)).tolist()

    def scores(self, run: int) -> np.ndarray:
        """Return how each replication moves the service level of a run."""
        return (self.in_time[run] - self.levels[run] * self.counted[run]) / self.counted[run].mean()


def _run(
    cases: Sequence[Case], count: int, how: tuple[int, int], asked: tuple[float, float, int, int]
) -> tuple[Trials, bool]:
    """Run replications until the change in service level of the last case is precise enough."""
    precision, confidence, least, most = asked
    first = wanted = count * max(2, math.ceil(least / count))
    last, factor = max(first, count * (most // count)), critical(confidence, first - count)
    trials = Trials(cases, *how)
    while True:
        trials.extend(wanted)
        chain = _Chain(trials.sums)
        half = factor * math.sqrt(spread(chain.scores(-1) - chain.scores(0), count).simulated)
        if half <= precision or wanted >= last:
            return trials, half <= precision
        wanted = min(last, max(count * math.ceil(wanted / count * min(2.0, (half / precision) ** 2)), wanted + count))


def _matched(
    knowing: ByLoad, desks: tuple[Desk, ...], chain: _Chain, how: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return hours per replication of the policy that knows the load, at the service level of the last run; what the match adds to their scores; and words."""
    runs: dict[int, tuple[np.ndarray, np.ndarray, float]] = {}
    wanted, replications = chain.levels[-1], chain.hours.shape[1]

    def at(more: int) -> tuple[np.ndarray, np.ndarray, float]:
        if more not in runs:
            trials = Trials([Case(desks, replace(knowing, more=more))], *how)
            trials.extend(replications)
            found = trials.sums[0]
            own = {name: found[:, place] for place, name in enumerate(SUMS)}
            level = float(own["in_time"].sum() / own["counted"].sum())
            scores = (own["in_time"] - level * own["counted"]) / own["counted"].mean()
            runs[more] = (own["work_s"] - (chain.without - own["contact_s"])) / 3600, scores, level
        return runs[more]

    more, step = 0, 1 if at(0)[2] < wanted else -1
    while abs(more) < _MOST_SHIFT and (at(more + step)[2] - wanted) * step < 0:
        more += step
    (hours, scores, level), (next_hours, next_scores, next_level) = at(more), at(more + step)
    if level == next_level or (next_level - wanted) * step < 0:
        said = f"no number of agents kept free comes to {wanted:.1%}; {more + step:+d} agents kept free comes to {next_level:.1%}"
        return next_hours, np.zeros(replications), said
    share = (wanted - next_level) / (level - next_level)
    moved = (chain.scores(-1) - share * scores - (1 - share) * next_scores) / (level - next_level)
    said = f"{more:+d} agents kept free in {share:.0%} of horizons and {more + step:+d} in the others, so that {wanted:.1%} are answered in time in both"
    mixed = share * hours + (1 - share) * next_hours
    return mixed, (hours - next_hours).mean() * moved, said


def load_of(desk: Desk, streams: Streams | None = None) -> np.ndarray:
    """Return the expected erlangs of the queues served first per slot, with streams times the factor of the day."""
    load = np.zeros(desk.slots)
    groups = sorted({queue.day_group for queue in desk.queues})
    for number in np.flatnonzero(live(desk)):
        queue = desk.queues[number]
        own = np.array(queue.arrivals_per_h) * queue.handling.mean_s / 3600 / queue.concurrency
        if streams is not None:
            factors = np.asarray(streams.day_factor)[:, groups.index(queue.day_group)]
            own = own * np.repeat(factors, desk.slots_per_day)[: desk.slots]
        load += own
    return load


def _refuse(desks: tuple[Desk, ...], policy: Policy | Chooser) -> None:
    """Refuse a desk without items, and policies that change who is there."""
    if not desks or not all(desk.items for desk in desks):
        raise ValueError("a waterfall needs a desk with item types")
    if isinstance(policy, Policy) and (np.any(policy.off) or policy.sent_home_above is not None):
        raise ValueError(
            f"{policy.name!r} changes who is there: its waterfall would compare different hours; use compare"
        )


def _giving_way(desk: Desk) -> Desk:
    """Return the desk with items that can be laid aside, brought so that they can."""
    items = tuple(replace(item, interruptible=True) for item in desk.items)
    kind = "pull" if desk.delivery.kind == "manual" else desk.delivery.kind
    return replace(desk, items=items, delivery=replace(desk.delivery, kind=kind, return_s=0.0))


def _endless(desk: Desk, only: tuple[int, ...] | None) -> Desk:
    """Return the desk with an endless supply of one type, the mean of its types by their numbers, that everybody can do."""
    items = [desk.items[place] for place in (range(len(desk.items)) if only is None else only)]
    endless = [item for item in items if item.arrivals_per_h is None]
    chosen = endless or items
    number = np.array(
        [1.0 if endless else item.backlog + sum(item.arrivals_per_h) * desk.slot_s / 3600 for item in chosen]
    )
    weight = number / number.sum() if number.sum() > 0 else np.full(len(chosen), 1 / len(chosen))
    length = chosen[0].length if len({item.length for item in chosen}) == 1 else _pooled(chosen, weight)
    heaviest = chosen[int(weight.argmax())]
    resume = float(weight @ [item.resume_s for item in chosen])
    one = ItemType("any item", length, resume_s=resume, save_every_s=heaviest.save_every_s)
    return replace(_giving_way(desk), items=(one,), groups=tuple(replace(group, items=(0,)) for group in desk.groups))


def _pooled(items: Sequence[ItemType], weight: np.ndarray) -> Times:
    """Return a lognormal law with mean and spread of the mixture of the types' lengths."""
    mean = np.array([item.length.mean_s for item in items])
    square = np.array([_second_moment(item.length) for item in items])
    whole = float(weight @ mean)
    return Times(whole, "lognormal", cv=math.sqrt(max(0.0, float(weight @ square) / whole**2 - 1)))


def _second_moment(law: Times) -> float:
    """Return the mean square of a law [s^2]."""
    if law.kind == "empirical":
        return float(np.mean(np.square(law.sample)))
    cv = {"exponential": 1.0, "constant": 0.0}.get(law.kind, law.cv)
    return law.mean_s**2 * (1 + cv**2)
