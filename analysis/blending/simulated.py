"""All that simulation says of one pool: the lab, its choice, and what follows from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import simulation
from analysis.blending import frames
from analysis.blending.ageing import Volume, ageing, moved_in_time
from analysis.blending.candidates import MODE_OF, NAMES, families
from analysis.blending.flips import flips
from analysis.blending.foresight import thresholds
from analysis.blending.lab import Lab, lab_of, today_alone
from analysis.blending.policies import Options
from analysis.blending.pool import Pool
from analysis.blending.recommend import Choice, against_measured, choose
from analysis.blending.replay import replay
from analysis.blending.settings import BlendingSettings
from analysis.blending.supply import not_listed
from analysis.blending.tried import Bench, Tried, half_width
from analysis.blending.verdict import Ruling
from analysis.blending.week import facts_of
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue

# A step in words, below or at zero and above.
_STEP_WORDS = {
    "all_idle": ("hours a week in which agents wait for contacts",) * 2,
    "resumption_switching": (
        "hours a week go to switching and to taking items up again, were there items without end",
        "hours a week are gained by switching",
    ),
    "backlog_trained": (
        "hours a week have no suitable item at hand that would still end within due, or no agent trained for it",
        "hours a week more are filled by the items at hand than by items without end",
    ),
    "held_back": (
        "hours a week are held back for the promise and the cap on occupancy, or lost to the policy's own rule",
        "hours a week more are filled by the policy than by items that give way at once",
    ),
    "forecast": (
        "hours a week are lost because the load is foreseen, not known",
        "hours a week more are filled with the load foreseen than with the load known",
    ),
    "usable": ("hours a week that items really get",) * 2,
}


@dataclass(frozen=True, slots=True)
class Simulated:
    """What simulation says of a pool.

    Attributes
    ----------
    lab, choice
        The policies, and which of them is recommended.
    ruling
        Why nothing may be said or recommended; None where the modes may be judged one by one.
    frames
        `lab`, `waterfall`, `flips`, `ageing` and those of the replay by name.
    findings
        What was taken for granted.
    """

    lab: Lab
    choice: Choice
    ruling: Ruling | None
    frames: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]

    def best(self, mode: str) -> Tried | None:
        """Return the policy of a mode that keeps promise and cap and moves most."""
        return self.choice.best.get(mode)

    @property
    def recommended(self) -> Tried | None:
        """The recommended policy."""
        return self.lab.tried.get(self.choice.key)


def simulate_pool(
    pool: Pool,
    options: Options,
    items: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    ruling: Ruling | None,
    measured: float | None,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
    ring_s: float = 0.0,
) -> Simulated:
    """Simulate a pool whose waiting was measured, and replay its own days.

    Parameters
    ----------
    pool, options
        The pool, and the exact model's answer for every number kept free.
    items
        The inventory.
    tables
        Canonical tables.
    ruling
        What the data forbid for all modes; then today alone is simulated.
    measured
        The measured service level.
    client, queues, settings
        Zone, period and holidays; every queue; what is asked.
    ring_s
        How long a contact rings at a free agent before it counts as waiting [s].
    """
    asked = {"client": client, "queues": queues, "settings": settings}
    facts = facts_of(pool, items, tables, **asked)
    said = not_listed(pool.name, facts.people, facts.items)
    first = today_alone(facts)
    ruling = ruling or against_measured(first, measured, settings.model_tolerance)
    lab = first if ruling is not None else lab_of(facts, options)
    bench, volumes = Bench.of(facts, lab.desks, seed=settings.seed), {}
    if ruling is None:
        lab, volumes = moved_in_time(lab, bench)
    choice = choose(lab, ruling)
    chosen = lab.tried.get(choice.key) if choice.key in MODE_OF else None
    again = None if chosen is None else dataclasses.replace(chosen.policy, name=NAMES[chosen.key])
    replayed = replay(tables, pool.name, facts.items.types, again, ring_s=ring_s, **asked)
    own = {f"replay_{name}": getattr(replayed, name) for name in ("check", "days", "slots", "ranges")}
    said += replayed.findings
    if ruling is not None:
        return Simulated(lab, choice, ruling, {**own, "lab": lab.frame("", choice.why)}, said)
    aged = ageing(lab, bench, _looked_at(choice), volumes)
    made = {
        **own,
        "lab": _with_ages(lab.frame(choice.key, choice.why), volumes),
        "waterfall": _waterfall(lab, bench, choice, volumes),
        "flips": flips(lab, families(facts, options), choice.key, seed=settings.seed + 7),
        "ageing": aged,
    }
    return Simulated(lab, choice, None, made, said)


def _looked_at(choice: Choice) -> list[str]:
    """Return the policies whose items' ages are followed: the recommended one and the best of each mode in which contacts come first."""
    keys = [choice.key, *(one.key for mode, one in choice.best.items() if mode != "releasable")]
    return [key for key in dict.fromkeys(keys) if key in MODE_OF]


def _with_ages(lab: pd.DataFrame, volumes: Mapping[str, Volume]) -> pd.DataFrame:
    """Return the frame `lab` with the ages of the items that every policy was given."""
    within = {key: one.at.share for key, one in volumes.items()}
    oldest = {key: one.at.oldest_h for key, one in volumes.items()}
    return lab.assign(
        within_due_share=lab["policy"].map(within).astype("float64"),
        oldest_h=lab["policy"].map(oldest).astype("float64"),
    )


def _waterfall(lab: Lab, bench: Bench, choice: Choice, volumes: Mapping[str, Volume]) -> pd.DataFrame:
    """Return the frame `waterfall` of the recommended policy, else of the one that moves most."""
    moving = [one for key, one in lab.tried.items() if key in MODE_OF and one.item_h > 0]
    chosen = (
        lab.tried.get(choice.key) if choice.key in MODE_OF else max(moving, key=lambda one: one.item_h, default=None)
    )
    if chosen is None:
        return frames.frame("waterfall")
    rule, asked = thresholds(lab.facts, chosen.policy), lab.facts.settings
    given = volumes[chosen.key].bench if chosen.key in volumes else bench
    found = simulation.waterfall(
        given.desks,
        dataclasses.replace(chosen.policy, name=chosen.key),
        choose=None if rule is None else rule.choose,
        foreseen=None if rule is None else rule.foreseen,
        seed=bench.seed,
        precision=1.0,
        confidence=asked.confidence,
        least=2 * len(bench.desks),
        most=2 * len(bench.desks),
    )
    return frames.frame("waterfall", _steps(found, lab, chosen))


def _steps(found: simulation.Waterfall, lab: Lab, chosen: Tried) -> list[dict[str, object]]:
    """Return the rows of a waterfall; hours that only a backlog at the start gave are taken off the suitable items."""
    keys = [step.key for step in found.steps]
    hours = dict(zip(keys, found.values.mean(axis=1).tolist(), strict=True))
    once = hours["usable"] - chosen.item_h
    hours["backlog_trained"] -= once
    hours["usable"] -= once
    rows, remaining = [], 0.0
    for step, (key, value) in enumerate(hours.items()):
        half = half_width(found.values[step], lab.facts, lab.desks)
        remaining = value if key == "usable" else remaining + value
        words = _STEP_WORDS[key][value > 0]
        rows.append(
            {
                "pool": lab.facts.pool.name,
                "policy": chosen.key,
                "step": step,
                "key": key,
                "hours_per_week": value,
                # what is usable is the policy's own figure, with its interval
                "low": chosen.figures["item_h_low"] if key == "usable" else value - half,
                "high": chosen.figures["item_h_high"] if key == "usable" else value + half,
                "remaining": remaining,
                "sentence": f"{abs(value):.0f} {words}",
            }
        )
    return rows
