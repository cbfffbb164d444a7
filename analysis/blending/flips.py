"""Where the recommendation changes: the cost of resuming, the length of items, the load, one at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.blending import frames
from analysis.blending.candidates import MODE_OF, SIMPLEST, Family
from analysis.blending.lab import Bench, Lab, Tried, judged
from analysis.blending.verdict import percent
from analysis.simulation import Desk, Policy

RESUMPTION_S = (0.0, 15.0, 30.0, 60.0, 120.0)
LENGTHS = (0.5, 0.75, 1.5, 2.0, 3.0)
LOADS = (0.85, 0.925, 1.075, 1.15)
_WEEKS = 4
_AS_MUCH = 0.05
# How much more careful the second setting tried of every family is.
_FURTHER = 3
NAMES: Mapping[str, str] = {
    "keep_free": "a fixed number kept free",
    "schedule": "a number kept free by half hour",
    "resume": "items that give way and are resumed",
    "restart": "items that give way and start again",
    "blocks": "blocks off contacts",
    "rotating": "rotating blocks",
    "low_load_blocks": "blocks in quiet half hours",
    "trigger": "a trigger on the oldest item",
    "fill": "every gap filled",
    "roster": "fewer agents rostered",
    "": "nothing",
}


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
    Every family takes part with the setting found for today and with a more careful one; the same rule chooses as for today, on fewer weeks. A flip is
    a change of the policy in these circumstances against the same few weeks of today.
    """
    if recommended not in MODE_OF:
        return frames.frame("flips")
    tried = _policies(lab, every)
    now = Bench.of(lab.facts, _WEEKS, seed=seed)
    before = _chosen(now, tried)
    rows: list[dict[str, object]] = []
    stated = _stated_resumption(lab)
    for factor, settings, today, made in (
        ("resumption", RESUMPTION_S, stated, lambda value: _with_items(now, resume_s=value)),
        ("item_length", LENGTHS, 1.0, lambda value: _with_items(now, length=value)),
        ("load", LOADS, 1.0, lambda value: Bench.of(lab.facts, _WEEKS, seed=seed, load=value)),
    ):
        rows += _factor_rows(
            lab, factor, settings, today, before=before, answer=lambda value, made=made: _chosen(made(value), tried)
        )
    return frames.frame("flips", rows)


def _policies(lab: Lab, every: Sequence[Family]) -> list[tuple[str, Policy]]:
    """Return the settings that take part, each under a name of its own."""
    found = []
    for family in every:
        one = lab.tried.get(family.key)
        if (
            one is None
            or family.key not in ("keep_free", "schedule", "resume", "blocks")
            or one.policy not in family.steps
        ):
            continue
        place = family.steps.index(one.policy)
        for number, step in enumerate(dict.fromkeys((place, min(place + _FURTHER, len(family.steps) - 1)))):
            found.append((family.key, dataclasses.replace(family.steps[step], name=f"{family.key} {number}")))
    return found


def _chosen(bench: Bench, tried: Sequence[tuple[str, Policy]]) -> Tried | None:
    """Return what would be recommended on a bench."""
    found = bench.run([policy for _, policy in tried])
    good = [judged(bench, found, key, "", policy) for key, policy in tried]
    good = [one for one in good if one.keeps_promise and one.keeps_cap and one.surely_moves]
    if not good:
        return None
    enough = max(one.item_h for one in good) * (1 - _AS_MUCH)
    return min((one for one in good if one.item_h >= enough), key=lambda one: SIMPLEST.index(one.key))


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


def _factor_rows(
    lab: Lab,
    factor: str,
    settings: Sequence[float],
    today: float,
    *,
    before: Tried | None,
    answer: Callable[[float], Tried | None],
) -> list[dict[str, object]]:
    """Return the rows of one factor, rising, today's among them."""
    found = {value: answer(value) for value in settings if abs(value - today) > 1e-9}
    found[today] = before
    ordered = sorted(found.items())
    sentence = _sentence(lab, factor, ordered, today, before)
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


def _sentence(
    lab: Lab, factor: str, ordered: Sequence[tuple[float, Tried | None]], today: float, before: Tried | None
) -> str:
    """Return from which setting on something else would be recommended, upwards and downwards."""
    key = before.key if before else ""
    above = next(((value, one) for value, one in ordered if value > today and (one.key if one else "") != key), None)
    below = next(
        ((value, one) for value, one in reversed(ordered) if value < today and (one.key if one else "") != key), None
    )
    subject = {"resumption": "the time to resume", "item_length": "the length of items", "load": "the load"}[factor]
    parts = []
    for found, side in ((above, "from"), (below, "down from")):
        if found is not None:
            value, one = found
            parts.append(f"{side} {_words(factor, value)} on, {NAMES[one.key if one else '']}")
    if not parts:
        first, last = ordered[0][0], ordered[-1][0]
        return f"{lab.facts.pool.name}: {NAMES[key]} is recommended whatever {subject}, {_span(factor, first, last)}."
    return f"{lab.facts.pool.name}: {'; '.join(parts)} instead of {NAMES[key]}."


def _span(factor: str, first: float, last: float) -> str:
    if factor == "resumption":
        return f"from {first:.0f} to {last:.0f} s"
    return f"from {percent(first)} to {percent(last)} of today's"
