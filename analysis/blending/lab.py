"""The policies side by side on the client's simulated weeks: tuned to promise and cap, compared on the same contacts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending import frames
from analysis.blending.candidates import MODE_OF, Family, families
from analysis.blending.policies import Options
from analysis.blending.tried import TODAY, Bench, Tried, judged
from analysis.blending.week import Facts
from analysis.simulation import ItemType, Times

#: Weeks behind the choice of a setting, and fewest behind what is printed; every made-up week is used twice.
TUNING_WEEKS, FEWEST_WEEKS = 16, 20
# How often a setting that fails on the weeks that are printed is made more careful.
_MENDS = 2
# Weeks behind what needs items of its own.
_FEW_WEEKS = 8
# Families that take over the setting found for another: the same agents are busy.
_SAME_SETTING = {"restart": "resume", "rotating": "blocks"}


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
                **{name: value for name, value in one.figures.items() if name in frames.FRAMES["lab"]},
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
    count = fewest_weeks(facts)
    few = dataclasses.replace(Bench.of(facts, min(TUNING_WEEKS, count), seed=start + 1_000_003), behind=count)
    places = tuned(few, every)
    bench = Bench.of(facts, count, seed=start)
    chosen = [family.steps[places[family.key]] for family in every]
    found = bench.precise(chosen, precision=asked.precision, most=asked.most_weeks)
    tried = {"today": judged(bench, found, "today", "no items", TODAY)}
    for family, policy in zip(every, chosen, strict=True):
        tried[family.key] = judged(bench, found, family.key, family.words(policy), policy)
    tried |= _mended(bench, every, places, tried)
    tried |= _apart(bench, tried)
    return Lab(facts, tried, len(bench.desks), found.replications)


def fewest_weeks(facts: Facts) -> int:
    """Return how many different weeks stand behind what is printed; each is used twice."""
    return min(FEWEST_WEEKS, max(facts.settings.most_weeks // 2, 2))


def today_alone(facts: Facts, *, seed: int | None = None) -> Lab:
    """Simulate today's desk without items, for a first look at its service level."""
    bench = Bench.of(facts, fewest_weeks(facts), seed=facts.settings.seed if seed is None else seed)
    found = bench.run([])
    return Lab(facts, {"today": judged(bench, found, "today", "no items", TODAY)}, len(bench.desks), found.replications)


def tuned(bench: Bench, every: Sequence[Family]) -> dict[str, int]:
    """Return the position of each family's boldest setting that keeps promise and cap, by bisection; the most careful one where none does."""
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
    last = {family.key: len(family.steps) - 1 for family in every}
    return {key: min(places[_SAME_SETTING.get(key, key)], last[key]) for key in last}


def _mended(
    bench: Bench, every: Sequence[Family], places: Mapping[str, int], tried: Mapping[str, Tried]
) -> dict[str, Tried]:
    """Return a more careful setting for the families whose own turned out not to keep promise and cap on the weeks that are printed."""
    found: dict[str, Tried] = {}
    open_ = {
        family.key: places[family.key]
        for family in every
        if len(family.steps) > 1 and not (tried[family.key].keeps_promise and tried[family.key].keeps_cap)
    }
    steps = {family.key: family for family in every}
    for _ in range(_MENDS):
        open_ = {key: place + 1 for key, place in open_.items() if place + 1 < len(steps[key].steps)}
        if not open_:
            break
        compared = bench.run([steps[key].steps[place] for key, place in open_.items()])
        for key, place in list(open_.items()):
            policy = steps[key].steps[place]
            found[key] = judged(bench, compared, key, steps[key].words(policy), policy)
            if found[key].keeps_promise and found[key].keeps_cap:
                del open_[key]
    return found


def _apart(bench: Bench, tried: Mapping[str, Tried]) -> dict[str, Tried]:
    """Return what needs items of its own: the trigger, which watches the age of what agents were given, and training."""
    base = tried.get("schedule")
    if base is None:
        return {}
    bench = dataclasses.replace(bench, desks=bench.desks[:_FEW_WEEKS])
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


def _efficient(one: Tried, others: Sequence[Tried]) -> bool:
    """Whether no other policy moves as much at as much service, and more of one."""
    level, moved = one.figures["service_level"], one.item_h
    return not any(
        other.figures["service_level"] >= level
        and other.item_h >= moved
        and (other.figures["service_level"] > level or other.item_h > moved)
        for other in others
    )
