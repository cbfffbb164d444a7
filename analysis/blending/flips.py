"""Where the recommendation changes: the cost of resuming, the length of items, the load, one at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.blending import frames
from analysis.blending.candidates import MODE_OF, NAMES, Family
from analysis.blending.lab import Lab, fewest_weeks
from analysis.blending.recommend import most
from analysis.blending.tried import Bench, Tried, judged
from analysis.blending.verdict import percent
from analysis.simulation import Desk, Policy

RESUMPTION_S = (0.0, 15.0, 30.0, 60.0, 120.0)
LENGTHS = (0.5, 1.5, 2.0, 3.0)
LOADS = (0.85, 0.925, 1.075, 1.15)
_WEEKS = 3
# How many families take part, and how much more careful the second setting of each is.
_FAMILIES, _FURTHER = 3, 3
_TAKING_PART = ("keep_free", "schedule", "resume", "blocks", "low_load_blocks")
_MOVED = ("service_level", "occupancy", "item_h_per_week", "item_h_low", "item_h_high")
# A policy that costs callers less than this leaves the promise as it is.
_UNTOUCHED = 0.01


def flips(lab: Lab, every: Sequence[Family], recommended: str, *, seed: int) -> pd.DataFrame:
    """Return the frame `flips`.

    Parameters
    ----------
    lab
        The policies as tried today.
    every
        The families that they come from.
    recommended
        What is recommended today; without a policy that moves items nothing can flip and the frame is empty.
    seed
        Seed of the weeks.

    Notes
    -----
    The best families take part with the setting found for today and with a more careful one. A figure in other circumstances is the lab's own plus the
    difference that the circumstances make on a few weeks, with the same contacts and people: so today's row is the lab's. The same rule chooses.
    """
    if recommended not in MODE_OF:
        return frames.frame("flips")
    start = _Start.of(lab, every, seed)
    stated = _stated_resumption(lab)
    rows: list[dict[str, object]] = []
    for factor, settings, today, made in (
        ("resumption", RESUMPTION_S, stated, lambda value: _with_items(start.bench, resume_s=value)),
        ("item_length", LENGTHS, 1.0, lambda value: _with_items(start.bench, length=value)),
        ("load", LOADS, 1.0, lambda value: Bench.of(lab.facts, len(start.bench.desks), seed=seed, load=value)),
    ):
        # only items that give way are ever resumed
        asked = ("resume",) if factor == "resumption" else _TAKING_PART
        found = {value: start.chosen(made(value), asked) for value in settings if abs(value - today) > 1e-9}
        rows += _factor_rows(lab, factor, today, {**found, today: lab.tried[recommended]})
    return frames.frame("flips", rows)


@dataclass(frozen=True, slots=True)
class _Start:
    """Today's few weeks, and what the policies come to on them."""

    lab: Lab
    bench: Bench
    policies: tuple[tuple[str, Policy], ...]
    before: Mapping[str, Tried]

    @classmethod
    def of(cls, lab: Lab, every: Sequence[Family], seed: int) -> _Start:
        """Simulate today's few weeks."""
        count = min(_WEEKS, fewest_weeks(lab.facts))
        bench, policies = Bench.of(lab.facts, count, seed=seed), tuple(_policies(lab, every))
        found = bench.run([policy for _, policy in policies])
        names = {key: policy for key, policy in policies if policy.name == key}
        return cls(lab, bench, policies, {key: judged(bench, found, key, "", one) for key, one in names.items()})

    def chosen(self, bench: Bench, asked: Sequence[str]) -> Tried | None:
        """Return what would be recommended on other weeks; policies that were not asked for stay as they are."""
        run = [(key, policy) for key, policy in self.policies if key in asked]
        moved = [self.lab.tried[key] for key, policy in self.policies if key not in asked and policy.name == key]
        if run:
            found = bench.run([policy for _, policy in run])
            moved += [self._moved(judged(bench, found, key, "", policy)) for key, policy in run]
        return most([one for one in moved if one.keeps_promise and one.keeps_cap and one.in_time and one.surely_moves])

    def _moved(self, there: Tried) -> Tried:
        """Return the lab's figures, moved by what the circumstances change."""
        own, here = self.lab.tried[there.key], self.before[there.key]
        promise = self.lab.facts.pool.desk.promise

        def moved(name: str) -> float:
            return own.figures[name] + there.figures[name] - here.figures[name]

        figures = {**own.figures, **{name: moved(name) for name in _MOVED}}
        sure = own.figures["service_level"] - own.figures["service_low"]
        level = figures["service_level"]
        today = self.lab.today.figures["service_level"] + there.figures["service_level"] - there.figures["change"]
        today -= here.figures["service_level"] - here.figures["change"]
        kept = level >= promise.target and (level - sure >= promise.target or level >= today - _UNTOUCHED)
        # the lab found today's setting to keep the cap half hour by half hour
        return dataclasses.replace(
            own,
            policy=there.policy,
            figures=figures,
            keeps_promise=kept,
            keeps_cap=own.keeps_cap and figures["occupancy"] <= promise.max_occupancy,
        )


def _policies(lab: Lab, every: Sequence[Family]) -> list[tuple[str, Policy]]:
    """Return the settings that take part: of the families that move most of those that keep promise and cap, today's and a more careful one."""
    good = [one for key, one in lab.tried.items() if key in _TAKING_PART and one.keeps_promise and one.keeps_cap]
    best = sorted(good, key=lambda one: -one.item_h)[:_FAMILIES]
    found = []
    for one in best:
        steps = next(family.steps for family in every if family.key == one.key)
        place = steps.index(one.policy)
        found.append((one.key, dataclasses.replace(one.policy, name=one.key)))
        if place + 1 < len(steps):
            further = steps[min(place + _FURTHER, len(steps) - 1)]
            found.append((one.key, dataclasses.replace(further, name=f"{one.key} more careful")))
    return found


def _with_items(bench: Bench, *, resume_s: float | None = None, length: float = 1.0) -> Bench:
    """Return a bench whose items take other times."""

    def changed(desk: Desk) -> Desk:
        types = tuple(
            dataclasses.replace(
                item,
                resume_s=item.resume_s if resume_s is None else resume_s,
                length=dataclasses.replace(
                    item.length,
                    mean_s=item.length.mean_s * length,
                    sample=tuple(value * length for value in item.length.sample),
                ),
            )
            for item in desk.items
        )
        return dataclasses.replace(desk, items=types)

    return dataclasses.replace(bench, desks=tuple(changed(desk) for desk in bench.desks))


def _stated_resumption(lab: Lab) -> float:
    """Return the mean time to resume of the items that can be interrupted [s], each weighing by its arrivals."""
    types = [item for item in lab.facts.items.types if item.interruptible and item.arrivals_per_h]
    weights = [sum(item.arrivals_per_h or ()) for item in types]
    if not sum(weights):
        return 0.0
    return sum(weight * item.resume_s for weight, item in zip(weights, types, strict=True)) / sum(weights)


def _factor_rows(lab: Lab, factor: str, today: float, found: Mapping[float, Tried | None]) -> list[dict[str, object]]:
    """Return the rows of one factor, rising, today's among them."""
    ordered = sorted(found.items(), key=lambda pair: pair[0])
    sentence = _sentence(lab, factor, ordered, today)
    return [
        {
            "pool": lab.facts.pool.name,
            "factor": factor,
            "words": _words(factor, value),
            "setting": value,
            "today": value == today,
            "recommended": one.key if one else "",
            "item_h_per_week": one.item_h if one else 0.0,
            "service_level": one.figures["service_level"] if one else float("nan"),
            "sentence": sentence,
        }
        for value, one in ordered
    ]


def _words(factor: str, value: float) -> str:
    if factor == "resumption":
        return f"{value:.0f} s to resume an item"
    if factor == "item_length":
        return f"items {value:g} times as long"
    return f"load {100 * (value - 1):+.1f} %" if value != 1 else "load as today"


def _sentence(lab: Lab, factor: str, ordered: Sequence[tuple[float, Tried | None]], today: float) -> str:
    """Return from which setting on something else would be recommended, upwards and downwards."""
    before = dict(ordered)[today]
    key = before.key if before else ""
    above = next(((value, one) for value, one in ordered if value > today and (one.key if one else "") != key), None)
    below = next(
        ((value, one) for value, one in reversed(ordered) if value < today and (one.key if one else "") != key), None
    )
    subject = {
        "resumption": "the time to resume",
        "item_length": "the length of items, their number as today",
        "load": "the load",
    }[factor]
    parts = []
    for found, side in ((above, "more"), (below, "less")):
        if found is not None:
            value, one = found
            parts.append(f"{NAMES[one.key if one else '']} at {_words(factor, value)} or {side}")
    if not parts:
        first, last = ordered[0][0], ordered[-1][0]
        return f"{lab.facts.pool.name}: {NAMES[key]} is recommended whatever {subject}, {_span(factor, first, last)}."
    stays = "; the number of items stays" if factor == "item_length" else ""
    return f"{lab.facts.pool.name}: instead of {NAMES[key]}, {'; '.join(parts)}{stays}."


def _span(factor: str, first: float, last: float) -> str:
    if factor == "resumption":
        return f"from {first:.0f} to {last:.0f} s"
    return f"from {percent(first)} to {percent(last)} of today's"
