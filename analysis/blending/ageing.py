"""How much may be moved before items come late: whether the back office ages into breach when contacts always come first."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import simulation
from analysis.blending import frames
from analysis.blending.candidates import MODE_OF, NAMES
from analysis.blending.lab import Lab, given_items, trigger_agents
from analysis.blending.tried import Bench, Tried, half_width, judged
from analysis.blending.verdict import percent
from analysis.simulation import Policy
from analysis.simulation.run import ITEMS

#: Shares of what a policy can do that are tried, largest first.
VOLUMES = (1.0, 0.975, 0.95, 0.925, 0.9, 0.85, 0.8, 0.7)
#: Share finished within due that is asked where the client's own is not known; a convention.
WITHIN = 0.95
_AT = {name: place for place, name in enumerate(ITEMS)}


@dataclass(frozen=True, slots=True)
class Aged:
    """What became of the items given to agents.

    Attributes
    ----------
    within
        Share finished within due, of those finished or past due, per week; empty without due times.
    oldest_h, oldest_due_share
        Highest age of any item, mean over the weeks [h], and as a share of its type's due time.
    """

    within: np.ndarray
    oldest_h: float
    oldest_due_share: float

    @property
    def share(self) -> float:
        """Mean share finished within due; NaN without due times."""
        return float(self.within.mean()) if len(self.within) else float("nan")


@dataclass(frozen=True, slots=True)
class Volume:
    """The most of the client's items that a policy moves without more of them late than today.

    Attributes
    ----------
    share
        Part of what the policy can do.
    most_h
        What it can do, hours a week.
    at, full
        Ages at that part, and at all of it.
    holds
        Whether items end within due as often as asked; False: not even at the smallest part tried.
    bench
        The weeks with the items given.
    """

    share: float
    most_h: float
    at: Aged
    full: Aged
    holds: bool
    bench: Bench


def within_asked(lab: Lab) -> float:
    """Return the share of items that must end within due: as often as today, at most what is asked where today is not known."""
    today = lab.facts.items.within_due
    return WITHIN if today is None else min(today, WITHIN)


def volume_of(lab: Lab, bench: Bench, one: Tried, policy: Policy) -> Volume:
    """Return how much a policy may move; a part is found by bisection, as fewer items are never later."""
    wanted, only = within_asked(lab), policy.only or ()
    found: dict[int, tuple[Aged, Bench]] = {}

    def at(place: int) -> Aged:
        if place not in found:
            given = given_items(bench, only, VOLUMES[place] * one.item_h)
            found[place] = aged(given, policy), given
        return found[place][0]

    full = at(0)
    if not len(full.within) or full.share >= wanted:
        return Volume(1.0, one.item_h, full, full, True, found[0][1])
    low, high = 1, len(VOLUMES) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle).share >= wanted else (middle + 1, high)
    return Volume(VOLUMES[low], one.item_h, at(low), full, at(low).share >= wanted, found[low][1])


def moved_in_time(lab: Lab, bench: Bench) -> tuple[Lab, dict[str, Volume]]:
    """Return the lab with every policy that keeps promise and cap at the volume whose items are not late, and these volumes by key.

    Notes
    -----
    A policy that is given all that it can do on average is a queue at load one: its items age without bound. Its figures are those of the weeks with fewer
    items; the interval of its hours is that of what it can do, scaled.
    """
    tried, volumes = dict(lab.tried), {}
    for key, one in lab.tried.items():
        if key not in MODE_OF or one.item_h <= 0 or not (one.keeps_promise and one.keeps_cap):
            continue
        volume = volume_of(lab, bench, one, one.policy)
        volumes[key] = volume
        given = judged(volume.bench, volume.bench.run([one.policy]), key, one.words, one.policy)
        moved = min(given.item_h, volume.share * one.item_h)
        ends = {name: one.figures[name] / one.item_h * moved for name in ("item_h_low", "item_h_high")}
        # fewer items never make a half hour busier: the busiest is that of all the policy can do
        kept = {name: one.figures[name] for name in ("occupancy_worst",)}
        figures = {**given.figures, **kept, "item_h_per_week": moved, **ends}
        tried[key] = dataclasses.replace(
            given,
            figures=figures,
            keeps_promise=one.keeps_promise,
            keeps_cap=one.keeps_cap,
            in_time=volume.holds,
            share=volume.share,
        )
    return dataclasses.replace(lab, tried=tried), volumes


def ageing(lab: Lab, bench: Bench, keys: Sequence[str], volumes: Mapping[str, Volume]) -> pd.DataFrame:
    """Return the frame `ageing`: how much each policy may move, without and with a trigger; a trigger that breaks promise or cap has no row.

    Parameters
    ----------
    lab, bench
        The policies tried, and the weeks.
    keys
        Policies to look at; those that were given no items are left out.
    volumes
        What :func:`moved_in_time` returned.
    """
    rows: list[dict[str, object]] = []
    for key in dict.fromkeys(keys):
        volume = volumes.get(key)
        if volume is None:
            continue
        one, found, kept = lab.tried[key], {key: volume}, None
        if one.policy.trigger_age is None:
            timely = dataclasses.replace(
                one.policy,
                name=f"{key}+trigger",
                trigger_age=lab.facts.settings.trigger_age,
                trigger_agents=trigger_agents(lab.facts),
            )
            able = dataclasses.replace(one, figures={**one.figures, "item_h_per_week": volume.most_h})
            found[timely.name] = volume_of(lab, bench, able, timely)
            given = found[timely.name].bench
            kept = judged(given, given.run([timely]), key, one.words, timely)
        sentence = _sentence(lab, one, found, kept)
        allowed = kept is None or (kept.keeps_promise and kept.keeps_cap)
        rows += [
            {**_row(lab, name, each), "sentence": sentence} for name, each in found.items() if allowed or name == key
        ]
    return frames.frame("ageing", rows)


def aged(bench: Bench, policy: Policy) -> Aged:
    """Simulate a policy on the items that it was given, and see how old they grew."""
    due_s = np.array([item.due_after_s or np.inf for item in bench.desks[0].items])
    within, oldest, share = [], [], []
    for number, desk in enumerate(bench.desks):
        streams = simulation.draw_streams(desk, seed=bench.seed, replication=number)
        items = simulation.simulate(desk, streams, policy).items[np.isfinite(due_s)]
        if not len(items):
            break
        done, late, overdue = (items[:, _AT[name]].sum() for name in ("finished", "late", "open_late"))
        if done + overdue > 0:
            within.append((done - late) / (done + overdue))
        oldest.append(items[:, _AT["oldest_s"]].max() / 3600)
        share.append((items[:, _AT["oldest_s"]] / due_s[np.isfinite(due_s)]).max())
    known = bool(within)
    return Aged(
        np.array(within),
        float(np.mean(oldest)) if known else float("nan"),
        float(np.mean(share)) if known else float("nan"),
    )


def _row(lab: Lab, name: str, volume: Volume) -> dict[str, object]:
    """Return the row of one policy at the volume that it may move."""
    within, mean = volume.at.within, volume.at.share
    half = half_width(within, lab.facts, max(len(within), 1))
    verdict = "stays within due" if volume.holds else "ages into breach"
    return {
        "pool": lab.facts.pool.name,
        "policy": name,
        "moved_h_per_week": volume.share * volume.most_h if name not in lab.tried else lab.tried[name].item_h,
        "within_due_share": mean,
        "low": max(mean - half, 0.0),
        "high": min(mean + half, 1.0),
        "oldest_h": volume.at.oldest_h,
        "oldest_due_share": volume.at.oldest_due_share,
        "verdict": verdict if len(within) else "cannot say",
    }


def _sentence(lab: Lab, one: Tried, found: Mapping[str, Volume], timely: Tried | None) -> str:
    """Return whether items come late when contacts come first, in one sentence."""
    pool, (first, *rest) = lab.facts.pool.name, found.values()
    if not len(first.at.within):
        return f"{pool}: whether items age into breach cannot be said; no due times are known."
    asked, full = percent(within_asked(lab)), percent(first.full.share)
    if first.share == 1.0:
        text = f"contacts first does not let items age into breach here: with {NAMES[one.key]}, {full} of {one.item_h:.0f} item hours a week end within due"
    elif first.holds:
        text = (
            f"with {NAMES[one.key]}, items stay within due up to {one.item_h:.0f} hours a week moved ({percent(first.at.share)} of them, {asked} are asked); "
            f"at {first.most_h:.0f} they would age into breach ({full})"
        )
    else:
        text = (
            f"contacts first lets items age into breach here: with {NAMES[one.key]}, {percent(first.at.share)} of {one.item_h:.0f} item hours a week end within due, "
            f"{asked} are asked"
        )
    if rest:
        text += (
            f"; with agents taken off contacts once the oldest has used {percent(lab.facts.settings.trigger_age)} of its due time, "
            f"{percent(rest[0].at.share)} of {rest[0].share * rest[0].most_h:.0f} hours do"
        )
    if timely is not None and not timely.keeps_promise:
        text += f", but only {percent(timely.figures['service_level'])} of contacts would be answered in time"
    elif timely is not None and not timely.keeps_cap:
        text += f", but agents would be busy {percent(timely.figures['occupancy_worst'])} of the busiest half hour"
    return f"{pool}: {text}."
