"""The policies side by side on the client's simulated weeks: tuned to promise and cap, compared on the same contacts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis import simulation
from analysis.blending import frames
from analysis.blending.candidates import MODE_OF, Family, families
from analysis.blending.policies import DAYS, Options
from analysis.blending.week import Facts, weeks
from analysis.foundation.estimate import Estimate
from analysis.simulation import Comparison, Desk, ItemType, Policy, Times

TODAY = Policy("today")
#: Weeks behind the choice of a setting, and fewest behind what is printed; every made-up week is used twice.
TUNING_WEEKS, FEWEST_WEEKS = 6, 20
# Half hours with fewer contacts on average are not named as the worst.
_FEWEST_OFFERED = 3.0
# A half hour is one in which a policy places items when agents are so much busier than today.
_BUSIER = 0.01
# Families that take over the setting found for another: the same agents are busy.
_SAME_SETTING = {"restart": "resume", "rotating": "blocks"}


@dataclass(frozen=True, slots=True)
class Tried:
    """One policy as simulated.

    Attributes
    ----------
    key, words, policy
        As in the frame `lab`; the rule itself.
    figures
        Numbers of the frame `lab` by column.
    weekly_item_h
        Net item hours of every simulated week.
    keeps_promise, keeps_cap
        Whether it keeps both.
    sure
        Probability that the promise is kept in the long run, data and simulation considered.
    """

    key: str
    words: str
    policy: Policy
    figures: Mapping[str, float]
    weekly_item_h: np.ndarray
    worst_slot: str
    keeps_promise: bool
    keeps_cap: bool
    sure: float

    @property
    def item_h(self) -> float:
        """Net item hours per week."""
        return self.figures["item_h_per_week"]

    @property
    def surely_moves(self) -> bool:
        """Whether it moves items beyond doubt."""
        return self.figures["item_h_low"] > 0

    def estimate(self, name: str, *, unit: str, confidence: float, freedom: int) -> Estimate:
        """Return a figure of the frame as an estimate, with its interval where it has one."""
        stem = {"service_level": "service", "item_h_per_week": "item_h"}.get(name, name)
        low, high = (self.figures.get(f"{stem}_{side}") for side in ("low", "high"))
        return Estimate(
            self.figures[name],
            low,
            high,
            unit=unit,
            basis="modelled",
            confidence=confidence,
            n=freedom,
            n_unit="days",
            method="simulated weeks made of the client's own days; days as clusters",
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """A pool's simulated weeks.

    Attributes
    ----------
    facts
        What the weeks are made of.
    desks
        The weeks.
    seed
        Seed of contacts and items.
    """

    facts: Facts
    desks: tuple[Desk, ...]
    seed: int

    @classmethod
    def of(cls, facts: Facts, count: int, *, seed: int, load: float = 1.0) -> Bench:
        """Return a bench with so many weeks."""
        return cls(facts, tuple(weeks(facts, count, seed=seed, load=load)), seed)

    def run(self, policies: Sequence[Policy], *, precision: float = 1.0, most: int = 0) -> Comparison:
        """Return policies on the same weeks, today first; twice each week, or as often as the precision asks."""
        least = 2 * len(self.desks)
        return simulation.compare(
            self.desks,
            [TODAY, *policies],
            precision=precision,
            seed=self.seed,
            confidence=self.facts.settings.confidence,
            least=least,
            most=max(most, least),
        )


@dataclass(frozen=True, slots=True)
class Lab:
    """What the simulated weeks say of a pool.

    Attributes
    ----------
    facts, tried
        What was simulated; policies by key, today first.
    desks
        Simulated weeks that differ.
    weeks
        Weeks simulated per policy.
    """

    facts: Facts
    tried: Mapping[str, Tried]
    desks: int
    weeks: int

    @property
    def today(self) -> Tried:
        """Today's desk."""
        return self.tried["today"]

    def frame(self, recommended: str = "", why: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Return the frame `lab`; `why` holds a sentence per policy."""
        words = why or {}
        moving = {key: one for key, one in self.tried.items() if key == "today" or key in MODE_OF}
        rows = [
            {
                "pool": self.facts.pool.name,
                "policy": key,
                "words": one.words,
                "worst_slot": one.worst_slot,
                "keeps_promise": one.keeps_promise,
                "keeps_cap": one.keeps_cap,
                "efficient": key in moving and _efficient(one, list(moving.values())),
                "recommended": key == recommended,
                "why": words.get(key, ""),
                **one.figures,
            }
            for key, one in self.tried.items()
        ]
        return frames.frame("lab", rows)


def lab_of(facts: Facts, options: Options, *, seed: int | None = None) -> Lab:
    """Simulate every family of policies of a pool at the boldest setting that keeps promise and cap.

    Parameters
    ----------
    facts
        What the weeks are made of; see :func:`analysis.blending.week.facts_of`.
    options
        The exact model's answer for every number kept free.
    seed
        Seed of the weeks; None takes the settings'.

    Notes
    -----
    Settings are chosen on weeks of their own; what is printed comes from other weeks, so that no setting profits from the luck by which it was chosen.
    """
    asked = facts.settings
    start = asked.seed if seed is None else seed
    every = families(facts, options)
    chosen = tuned(Bench.of(facts, TUNING_WEEKS, seed=start + 1_000_003), every)
    most = max(2 * FEWEST_WEEKS, asked.most_weeks)
    bench = Bench.of(facts, FEWEST_WEEKS, seed=start)
    found = bench.run(list(chosen.values()), precision=asked.precision, most=most)
    words = {family.key: family.words for family in every}
    tried = {"today": judged(bench, found, "today", "no items", TODAY)}
    for key, policy in chosen.items():
        tried[key] = judged(bench, found, key, words[key](policy), policy)
    tried |= _apart(bench, tried)
    return Lab(facts, tried, len(bench.desks), found.replications)


def tuned(bench: Bench, every: Sequence[Family]) -> dict[str, Policy]:
    """Return the boldest setting of each family that keeps promise and cap, by bisection; the most careful one where none does."""
    open_ = {family.key: (0, len(family.steps) - 1) for family in every if family.key not in _SAME_SETTING}
    steps = {family.key: family.steps for family in every}
    while any(low < high for low, high in open_.values()):
        middle = {key: (low + high) // 2 for key, (low, high) in open_.items() if low < high}
        found = bench.run([steps[key][place] for key, place in middle.items()])
        for key, place in middle.items():
            one = judged(bench, found, key, "", steps[key][place])
            low, high = open_[key]
            open_[key] = (low, place) if one.keeps_promise and one.keeps_cap else (place + 1, high)
    places = {key: low for key, (low, _) in open_.items()}
    result = {}
    for family in every:
        place = places[_SAME_SETTING.get(family.key, family.key)] if family.key in _SAME_SETTING else places[family.key]
        result[family.key] = family.steps[min(place, len(family.steps) - 1)]
    return result


def _apart(bench: Bench, tried: Mapping[str, Tried]) -> dict[str, Tried]:
    """Return what needs items of its own: the trigger, which watches the age of what agents were given, and training."""
    base = tried.get("schedule")
    if base is None:
        return {}
    facts, asked = bench.facts, bench.facts.settings
    only = base.policy.only or ()
    found = {}
    given = given_items(bench, only, base.item_h)
    agents = trigger_agents(facts)
    if any(item.due_after_s is not None for item in facts.items.types):
        trigger = dataclasses.replace(base.policy, name="trigger", trigger_age=asked.trigger_age, trigger_agents=agents)
        words = f"{base.words}; {agents} off contacts once the oldest item has used {100 * asked.trigger_age:.0f} % of its due time"
        found["trigger"] = judged(given, given.run([trigger]), "trigger", words, trigger)
    school = _with_training(bench)
    place = len(facts.items.types)
    training = dataclasses.replace(base.policy, name="training", only=(place,))
    words = (
        f"{facts.settings.longest_item_s / 60:.0f} min of training at a time instead of items, at the same thresholds"
    )
    found["training"] = judged(school, school.run([training]), "training", words, training)
    return found


def trigger_agents(facts: Facts) -> int:
    """Return how many agents the trigger takes off contacts: a tenth of those on duty, at least one."""
    return max(1, round(0.1 * float(facts.pool.agents.mean())))


def given_items(bench: Bench, only: Sequence[int], item_h: float) -> Bench:
    """Return the bench with so many hours of items a week, the same share of every type's own arrivals; other types do not come."""
    total = bench.facts.items.hours_per_week(only)
    share = min(1.0, item_h / total) if total > 0 else 0.0
    types = tuple(
        dataclasses.replace(
            item,
            arrivals_per_h=tuple((np.asarray(item.arrivals_per_h) * (share if place in only else 0.0)).tolist()),
            backlog=round(item.backlog * share) if place in only else 0,
        )
        for place, item in enumerate(bench.facts.items.types)
    )
    return dataclasses.replace(bench, desks=tuple(dataclasses.replace(desk, items=types) for desk in bench.desks))


def _with_training(bench: Bench) -> Bench:
    """Return the bench with sessions of training without end, for everybody."""
    length = bench.facts.settings.longest_item_s
    session = ItemType("training", Times(length, "constant", cv=0.0), None, interruptible=False, resume_s=0.0)
    desks = []
    for desk in bench.desks:
        place = len(desk.items)
        groups = tuple(dataclasses.replace(group, items=(*group.items, place)) for group in desk.groups)
        desks.append(dataclasses.replace(desk, items=(*desk.items, session), groups=groups))
    return dataclasses.replace(bench, desks=tuple(desks))


def judged(bench: Bench, found: Comparison, key: str, words: str, policy: Policy) -> Tried:
    """Return one policy of a comparison with the frame's figures, and whether it keeps promise and cap."""
    facts, confidence = bench.facts, bench.facts.settings.confidence
    promise, desk = facts.pool.desk.promise, bench.desks[0]
    place, at = found.policies.index(policy.name), {name: number for number, name in enumerate(found.measures)}
    weekly = {name: found.values[place, :, number] for name, number in at.items()}
    before = {name: found.values[0, :, number] for name, number in at.items()}
    hours = desk.horizon_s / 3600
    net_h = (
        weekly["net_agents"] * hours - weekly["lost_h"] if key in MODE_OF or key == "training" else 0 * weekly["item_h"]
    )

    def around(series: np.ndarray) -> float:
        return half_width(series, facts, len(bench.desks), confidence)

    level = found.value(policy.name, "service_level")[0]
    change = found.difference(policy.name, "service_level")[0]
    error = around(weekly["service_level"])
    change_error = around(weekly["service_level"] - before["service_level"])
    service_low, service_high = _share_limits(level, error)
    slots, today = found.slots[place], found.slots[0]
    worst = _worst_slot(slots)
    busiest, above = _busiest(found, place, facts, promise.max_occupancy)
    occupancy = found.value(policy.name, "occupancy")[0]
    lost, lost_error = float(weekly["contacts_lost"].mean()), around(weekly["contacts_lost"])
    item_h, item_error = float(net_h.mean()), around(net_h)
    open_h = float(facts.open_slots.sum()) * facts.pool.slot_h
    figures = {
        "service_level": level,
        "service_low": service_low,
        "service_high": service_high,
        "change": change,
        "change_low": change - change_error,
        "change_high": change + change_error,
        "worst_service_level": float(slots[worst, 0]) if worst >= 0 else float("nan"),
        "occupancy": occupancy,
        "occupancy_worst": busiest,
        "p_abandon": found.value(policy.name, "p_abandon")[0],
        "contacts_lost_per_week": lost,
        "contacts_lost_low": lost - lost_error,
        "contacts_lost_high": lost + lost_error,
        "net_agents": float(weekly["net_agents"].mean()) * hours / open_h,
        "item_h_per_week": item_h,
        "item_h_low": item_h - item_error,
        "item_h_high": item_h + item_error,
        "items_per_week": float(weekly["finished"].mean()),
        "switches_per_agent_h": found.value(policy.name, "switches_per_agent_h")[0],
        "paid_h_per_week": float(weekly["paid_h"].mean()),
    }
    kept = level >= promise.target and (service_low >= promise.target or change - change_error > -0.01)
    cap_error = around(weekly["occupancy"])
    capped = occupancy + (cap_error if key != "today" else 0.0) <= promise.max_occupancy and not above
    del today
    return Tried(
        key=key,
        words=words,
        policy=policy,
        figures=figures,
        weekly_item_h=net_h,
        worst_slot=slot_of_week(worst, facts) if worst >= 0 else "",
        keeps_promise=bool(kept),
        keeps_cap=bool(capped),
        sure=_sure(level - promise.target, error, facts, confidence),
    )


def half_width(series: np.ndarray, facts: Facts, desks: int, confidence: float) -> float:
    """Return the half-width of the interval of a weekly mean: the chance of the client's own days and of the simulation.

    Notes
    -----
    A week is made of one day per weekday, each drawn from n like days, so its variance s^2 is that of days drawn anew, and the mean over all days
    that a client could have has variance s^2 / n on account of the data; the simulation adds s^2 / (number of different weeks) at most. t with the days less
    the weekdays as degrees of freedom.
    """
    if len(series) < 2 or facts.freedom < 1:
        return 0.0
    error = float(series.std(ddof=1)) * math.sqrt(1 / facts.days_per_weekday + 1 / desks)
    return float(stats.t.ppf(0.5 + confidence / 2, facts.freedom)) * error


def _share_limits(share: float, half: float) -> tuple[float, float]:
    """Return the ends of an interval around a share on the logit scale."""
    if not 0 < share < 1:
        return share, share
    reach, centre = half / (share * (1 - share)), math.log(share / (1 - share))
    return tuple(float(end) for end in stats.logistic.cdf([centre - reach, centre + reach]))  # pyright: ignore[reportReturnType]


def _sure(above: float, half: float, facts: Facts, confidence: float) -> float:
    """Return the probability that a figure lies above what is asked, given its distance and half-width."""
    if half <= 0 or facts.freedom < 1:
        return float(above >= 0)
    scale = half / float(stats.t.ppf(0.5 + confidence / 2, facts.freedom))
    return float(stats.t.cdf(above / scale, facts.freedom))


def _worst_slot(slots: np.ndarray) -> int:
    """Return the half hour with the lowest service level among those with contacts; -1 without any."""
    level = np.where(slots[:, 2] >= _FEWEST_OFFERED, slots[:, 0], np.inf)
    return int(level.argmin()) if np.isfinite(level).any() else -1


def _busiest(found: Comparison, place: int, facts: Facts, cap: float) -> tuple[float, bool]:
    """Return the occupancy of the busiest half hour in which a policy places items (today: of all), and whether one lies above the cap beyond chance."""
    here = facts.open_slots & np.isfinite(found.slots[place, :, 1])
    if place:
        here &= found.slots[place, :, 1] > found.slots[0, :, 1] + _BUSIER
    if not here.any():
        return float("nan"), False
    occupancy, error = found.slots[place, here, 1], found.slot_errors[place, here, 1]
    beyond = occupancy - stats.norm.ppf(1 - 0.05 / len(occupancy)) * error > cap
    return float(occupancy.max()), bool(place) and bool(beyond.any())


def slot_of_week(place: int, facts: Facts) -> str:
    """Return a slot of the week such as "Mon 09:30"."""
    day, slot = divmod(place, facts.per_day)
    minutes = slot * facts.pool.slot_s // 60
    return f"{DAYS[day]} {minutes // 60:02d}:{minutes % 60:02d}"


def _efficient(one: Tried, others: Sequence[Tried]) -> bool:
    """Whether no other policy moves as much at as much service, and more of one."""
    level, moved = one.figures["service_level"], one.item_h
    return not any(
        other.figures["service_level"] >= level
        and other.item_h >= moved
        and (other.figures["service_level"] > level or other.item_h > moved)
        for other in others
    )
