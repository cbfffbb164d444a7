"""Whether items age into breach when contacts always come first: a claim that the simulated weeks prove or refute."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import simulation
from analysis.blending import frames
from analysis.blending.candidates import MODE_OF
from analysis.blending.lab import Lab, given_items, trigger_agents
from analysis.blending.tried import Bench, Tried, half_width
from analysis.blending.verdict import percent
from analysis.simulation import Policy
from analysis.simulation.run import ITEMS

#: Items stay within due when so many of them are finished in time; a convention.
WITHIN = 0.9
_AT = {name: place for place, name in enumerate(ITEMS)}


@dataclass(frozen=True, slots=True)
class Aged:
    """What became of the items given to agents.

    Attributes
    ----------
    within
        Share finished within due, of those finished or past due, per week.
    oldest_h, oldest_due_share
        Highest age of any item, mean over the weeks [h], and as a share of its type's due time.
    """

    within: np.ndarray
    oldest_h: float
    oldest_due_share: float


def ageing(lab: Lab, bench: Bench, keys: Sequence[str], known: Mapping[str, Aged]) -> pd.DataFrame:
    """Return the frame `ageing`: each policy given as many of the client's items as it can do on average, without and with a trigger.

    Parameters
    ----------
    lab, bench
        The policies tried, and the weeks.
    keys
        Policies to look at; those without items are left out.
    known
        What :func:`ages` returned.
    """
    rows: list[dict[str, object]] = []
    for key in dict.fromkeys(keys):
        one = lab.tried.get(key)
        if one is None or key not in known:
            continue
        given = given_items(bench, one.policy.only or (), one.item_h)
        timely = dataclasses.replace(
            one.policy,
            name=f"{key}+trigger",
            trigger_age=lab.facts.settings.trigger_age,
            trigger_agents=trigger_agents(lab.facts),
        )
        found = {key: known[key]}
        if one.policy.trigger_age is None:
            found[timely.name] = aged(given, timely)
        rows += _rows(lab, one, found)
    return frames.frame("ageing", rows)


def ages(lab: Lab, bench: Bench) -> dict[str, Aged]:
    """Return what becomes of the items given to every policy that moves some, by key."""
    moving = [one for key, one in lab.tried.items() if key in MODE_OF and one.item_h > 0 and one.policy.only]
    return {one.key: aged(given_items(bench, one.policy.only or (), one.item_h), one.policy) for one in moving}


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


def _rows(lab: Lab, one: Tried, found: Mapping[str, Aged]) -> list[dict[str, object]]:
    """Return the rows of one policy, all with the same verdict of the plain one in words."""
    rows = []
    for name, aged_ in found.items():
        mean = float(aged_.within.mean()) if len(aged_.within) else float("nan")
        half = half_width(aged_.within, lab.facts, max(len(aged_.within), 1))
        rows.append(
            {
                "pool": lab.facts.pool.name,
                "policy": name,
                "moved_h_per_week": one.item_h,
                "within_due_share": mean,
                "low": max(mean - half, 0.0),
                "high": min(mean + half, 1.0),
                "oldest_h": aged_.oldest_h,
                "oldest_due_share": aged_.oldest_due_share,
                "verdict": _verdict(mean - half, mean + half),
            }
        )
    sentence = _sentence(lab, one, rows)
    return [{**row, "sentence": sentence} for row in rows]


def _verdict(low: float, high: float) -> str:
    if low >= WITHIN:
        return "stays within due"
    return "ages into breach" if high < WITHIN else "cannot say"


def _sentence(lab: Lab, one: Tried, rows: Sequence[Mapping[str, object]]) -> str:
    """Return whether the claim holds, in one sentence."""
    pool, first = lab.facts.pool.name, rows[0]
    if not np.isfinite(float(first["within_due_share"])):  # pyright: ignore[reportArgumentType]
        return f"{pool}: whether items age into breach cannot be said; no due times are known."
    share = percent(float(first["within_due_share"]))  # pyright: ignore[reportArgumentType]
    claim = {
        "ages into breach": "contacts first lets items age into breach here",
        "stays within due": "contacts first does not let items age into breach here",
        "cannot say": "whether contacts first lets items age into breach cannot be said",
    }[str(first["verdict"])]
    text = (
        f"{pool}: {claim}; with {one.words}, {share} of {one.item_h:.0f} item hours a week are finished within due and the oldest item "
        f"reaches {percent(float(first['oldest_due_share']))} of its due time"  # pyright: ignore[reportArgumentType]
    )
    if len(rows) > 1:
        second = percent(float(rows[1]["within_due_share"]))  # pyright: ignore[reportArgumentType]
        text += f"; with agents taken off contacts once items are {percent(lab.facts.settings.trigger_age)} through their due time it is {second}"
    return f"{text}."
