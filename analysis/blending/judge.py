"""One pool judged: each mode ruled on, in sentences that a board can act on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.blending.inventory import suitable_hours
from analysis.blending.model import FRONTIER, SCHEDULE, Modelled, model_pool
from analysis.blending.pool import Pool
from analysis.blending.quantities import idle_estimate, pool_quantities
from analysis.blending.replay import Replayed, replay
from analysis.blending.result import MODES
from analysis.blending.service import QueueService, pooled
from analysis.blending.settings import BlendingSettings
from analysis.blending.simulated import Simulated, simulate_pool
from analysis.blending.tried import Tried
from analysis.blending.verdict import MODE_WORDS, NOT_MEASURED, Ruling, on_data, on_mode, percent
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue

RECOMMENDATION = ["pool", "mode", "policy", "verdict", "sentence", "reason"]
SERVICE = [
    *("pool", "queue", "answer_within_s", "target", "measured", "low", "high", "modelled", "reported", "definition"),
    *("contacts", "status", "reason"),
]
USABLE = ["pool", "mode", "agents", "low", "high", "hours_per_week", "basis", "sentence"]
# Hours that use up this share of the suitable items are bounded by them; the rest goes to switching and to what comes after closing.
_USED_UP = 0.85
# Agents this close to the cap on occupancy are held back by it.
_AT_CAP = 0.02


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """The frames, quantities and findings of one pool; columns as in :class:`analysis.blending.result.Blending`."""

    usable: pd.DataFrame
    frontier: pd.DataFrame
    schedule: pd.DataFrame
    recommendation: pd.DataFrame
    service: pd.DataFrame
    simulated: Mapping[str, pd.DataFrame]
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a pool before its modes are ruled on.

    Attributes
    ----------
    pool
        The pool; None where contacts or people on duty are missing.
    services
        Its queues with measured and modelled service.
    items
        The inventory.
    source
        How duty is known; see :class:`analysis.blending.assemble.Duty`.
    settings
        What is asked.
    modelled
        The exact model's answers; None without a pool.
    general
        The ruling that holds for all modes; None where they may be judged one by one.
    simulated
        The simulated weeks; None where waiting was not measured.
    guessed
        What presence guessed from contacts would give in a replay of today; None where waiting was measured.
    """

    pool: Pool | None
    services: Sequence[QueueService]
    items: pd.DataFrame
    source: str
    settings: BlendingSettings
    modelled: Modelled | None
    general: Ruling | None
    simulated: Simulated | None = None
    guessed: Replayed | None = None

    @classmethod
    def of(
        cls,
        pool: Pool | None,
        services: Sequence[QueueService],
        items: pd.DataFrame,
        *,
        source: str,
        settings: BlendingSettings,
        hidden: str = "",
    ) -> Judged:
        """Let the exact model speak, and say what the data forbid; `hidden` says why nothing may be shown of the pool."""
        modelled = None if pool is None else model_pool(pool, items, settings, source=source)
        general = on_data(services, source=source, modelled=pool is not None, settings=settings)
        if hidden:
            general = Ruling("cannot say", hidden)
        return cls(pool, services, items, source, settings, modelled, general)

    def with_simulation(
        self, tables: Mapping[str, pd.DataFrame], *, client: Client, queues: Sequence[Queue], ring_s: float
    ) -> Judged:
        """Add the simulated weeks and the replayed days where waiting was measured; where presence is guessed, what the guess would give."""
        if self.pool is not None and self.source == "contacts":
            asked = {"client": client, "queues": queues, "settings": self.settings, "ring_s": ring_s}
            return dataclasses.replace(self, guessed=replay(tables, self.pool.name, (), None, **asked))
        if self.pool is None or self.modelled is None or not self.modelled.estimates:
            return self
        found = simulate_pool(
            self.pool,
            self.modelled.options,
            self.items,
            tables,
            ruling=self.general,
            measured=pooled(self.services)[0],
            client=client,
            queues=queues,
            settings=self.settings,
            ring_s=ring_s,
        )
        return dataclasses.replace(self, simulated=found, general=found.ruling)

    def best(self, mode: str) -> Tried | None:
        """Return the simulated policy of a mode that keeps promise and cap and moves most."""
        return None if self.simulated is None else self.simulated.best(mode)


# columns of `usable` that are missing as numbers, also where no mode has any
_FIGURES = ("agents", "low", "high", "hours_per_week")


def judge_pool(name: str, judged: Judged) -> PoolAnswer:
    """Judge one pool in all modes.

    Parameters
    ----------
    name
        The pool.
    judged
        What is known of it.
    """
    modelled, settings = judged.modelled, judged.settings
    rulings = {mode: judged.general or _ruled(mode, judged) for mode in MODES}
    hours = {mode: _hours(mode, rulings[mode], judged) for mode in MODES}
    usable = [_usable_row(name, mode, judged, hours=hours[mode]) for mode in MODES]
    recommended = [_recommendation(name, mode, judged, ruling=rulings[mode], hours=hours[mode]) for mode in MODES]
    simulated = judged.simulated
    return PoolAnswer(
        usable=pd.DataFrame(usable, columns=USABLE).astype(dict.fromkeys(_FIGURES, "float64")),
        frontier=pd.DataFrame(columns=FRONTIER) if modelled is None else _marked(modelled, rulings),
        schedule=pd.DataFrame(columns=SCHEDULE) if modelled is None else modelled.schedule,
        recommendation=pd.DataFrame(recommended, columns=RECOMMENDATION),
        service=pd.DataFrame([service.row(name) for service in judged.services], columns=SERVICE),
        simulated={
            **({} if modelled is None else {"usable_slots": modelled.slots}),
            **({} if judged.guessed is None else {"replay_check": judged.guessed.check}),
            **({} if simulated is None else simulated.frames),
        },
        quantities=pool_quantities(
            name,
            judged.pool,
            services=judged.services,
            modelled=modelled,
            rulings=rulings,
            hours=hours,
            simulated=simulated,
            source=judged.source,
            settings=settings,
        ),
        findings=(
            *_findings(name, judged.pool, judged.source, settings),
            *(() if simulated is None else simulated.findings),
        ),
    )


def _ruled(mode: str, judged: Judged) -> Ruling:
    """Judge one mode of a pool whose data may speak."""
    if judged.pool is None or judged.simulated is None:
        return Ruling("cannot say", NOT_MEASURED)
    lab, promise = judged.simulated.lab, judged.pool.desk.promise
    today, best = lab.today.figures["service_level"], judged.best(mode)
    why_not = f"no policy moves items that other weeks like these would also have room for, at the promise and the cap of {percent(promise.max_occupancy)} on occupancy"
    if mode == "interruptible" and judged.settings.delivery == "manual":
        why_not = "agents who take items by hand are out of reach of contacts, so nothing gives way; items that are pushed or pulled could"
    if today < promise.target:
        why_not = f"the simulated weeks give a service level of {percent(today)} today, below the target of {percent(promise.target)}"
    return on_mode(
        Estimate(0.0) if best is None else _item_hours(best, judged),
        suitable_h=suitable_hours(judged.items, mode),
        stated_items=bool(len(judged.items)),
        feasible=best is not None,
        why_not=why_not,
    )


def _item_hours(best: Tried, judged: Judged) -> Estimate:
    """Return the net item hours of a policy."""
    freedom = 0 if judged.simulated is None else judged.simulated.lab.facts.freedom
    return best.estimate(
        "item_h_per_week", unit="hours_per_week", confidence=judged.settings.confidence, freedom=freedom
    )


def _hours(mode: str, ruling: Ruling, judged: Judged) -> Estimate:
    """Return the hours per week that the mode may move: none without room, no figure where nothing can be said."""
    described = {"unit": "hours_per_week", "basis": "modelled", "confidence": judged.settings.confidence}
    best = judged.best(mode)
    if ruling.verdict == "room" and best is not None:
        return _item_hours(best, judged)
    if ruling.verdict == "no room":
        return Estimate(0.0, 0.0, 0.0, method=f"nothing is moved: {ruling.reason}", **described)
    return Estimate.missing(ruling.reason, **described)


def _marked(modelled: Modelled, rulings: Mapping[str, Ruling]) -> pd.DataFrame:
    """Mark the exact model's policy of every mode with room."""
    names = {modelled.policies[mode].name for mode in MODES if rulings[mode].verdict == "room"}
    marked = modelled.frontier["policy"].isin(names) & modelled.frontier["feasible"].astype(bool)
    return modelled.frontier.assign(recommended=marked)


def _usable_row(name: str, mode: str, judged: Judged, *, hours: Estimate) -> dict[str, object]:
    """Return the row of the frame `usable`."""
    agents = idle_estimate(mode, judged.pool, judged.modelled, judged.source)
    weekly = float("nan") if hours.value is None else hours.value
    subject = {
        "releasable": "whole agents could be taken off contacts at the promise",
        "shareable": "agents' worth of items could be done between contacts at the promise",
        "interruptible": "agents' worth of waiting is left for items that give way at once",
    }[mode]
    sentence = f"{name}, {MODE_WORDS[mode]}: "
    if agents.value is None:
        sentence += f"no figure; {'; '.join(agents.reasons)}."
    else:
        sentence += f"on average {_range(agents)} {subject}."
    return {
        "pool": name,
        "mode": mode,
        "agents": agents.value,
        "low": agents.low,
        "high": agents.high,
        "hours_per_week": weekly,
        "basis": agents.basis,
        "sentence": sentence,
    }


def _recommendation(name: str, mode: str, judged: Judged, *, ruling: Ruling, hours: Estimate) -> dict[str, object]:
    """Return the row of the frame `recommendation`."""
    policy, reason, best = "", ruling.reason, judged.best(mode)
    sentence = f"{name}, {MODE_WORDS[mode]}: {ruling.verdict}; {reason}."
    if ruling.verdict == "room" and judged.pool is not None and judged.simulated is not None and best is not None:
        policy, reason = best.words, _binding(mode, judged, best)
        today = judged.simulated.lab.today.figures
        sentence = (
            f"{name}, {MODE_WORDS[mode]}: room for {_range(hours)} hours of items a week, {policy}; "
            f"{percent(best.figures['service_level'])} answered within {judged.pool.desk.promise.answer_within_s:.0f} s "
            f"(today {percent(today['service_level'])}), occupancy {percent(best.figures['occupancy'])} "
            f"(today {percent(today['occupancy'])}); {reason}."
        )
    return {
        "pool": name,
        "mode": mode,
        "policy": policy,
        "verdict": ruling.verdict,
        "sentence": sentence,
        "reason": reason,
    }


def _binding(mode: str, judged: Judged, best: Tried) -> str:
    """Return what bounds the hours: the suitable items, the cap on occupancy, or the mode's own law."""
    lab, pool = judged.simulated.lab, judged.pool  # pyright: ignore[reportOptionalMemberAccess]
    limit = lab.facts.items.hours_per_week(best.policy.only)
    if best.item_h >= _USED_UP * limit:
        return f"bounded by the {limit:.0f} hours a week of suitable items"
    if best.share < 1:
        return "bounded by the due times of the items"
    cap = pool.desk.promise.max_occupancy  # pyright: ignore[reportOptionalMemberAccess]
    if max(best.figures["occupancy"], best.figures["occupancy_worst"]) >= cap - _AT_CAP:
        return f"bounded by the cap of {percent(cap)} on occupancy"
    return {
        "releasable": "bounded by the fewest agents that keep the promise",
        "shareable": "bounded by the promise to callers",
        "interruptible": "bounded by the time agents wait, less the time to resume",
    }[mode]


def _range(estimate: Estimate) -> str:
    """Return a figure with its interval, as printed."""
    digits = 1 if float(estimate.value or 0.0) < 20 else 0
    value = f"{estimate.value:.{digits}f}"
    low, high = (None if bound is None else f"{bound:.{digits}f}" for bound in (estimate.low, estimate.high))
    if low is None or high is None or (low == value == high):
        return value
    return f"{value} ({low} to {high})"


def _findings(name: str, pool: Pool | None, source: str, settings: BlendingSettings) -> tuple[Finding, ...]:
    """Say what a guess from contacts alone would have shown."""
    if pool is None or source != "contacts":
        return ()
    guess = float(pool.cells["idle_agents"].mean())
    return (
        Finding(
            "idle_guessed_from_contacts",
            "ask",
            f"pool {name}",
            f"No source shows agents' states. Gaps of up to {settings.presence_cut_off_s / 60:.0f} min between contacts in which nobody waited would make "
            f"{guess:.1f} agents idle on average: a demonstration, not a measurement. Ask for the agents' state log.",
        ),
    )
