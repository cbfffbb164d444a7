"""One pool judged: each mode ruled on, in sentences that a board can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.blending.inventory import suitable_hours
from analysis.blending.model import FRONTIER, SCHEDULE, Modelled, model_pool
from analysis.blending.pool import Pool
from analysis.blending.quantities import idle_estimate, pool_quantities
from analysis.blending.result import MODES
from analysis.blending.service import QueueService
from analysis.blending.settings import BlendingSettings
from analysis.blending.verdict import MODE_WORDS, NOT_MEASURED, Ruling, on_data, on_mode, percent
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import Finding

RECOMMENDATION = ["pool", "mode", "policy", "verdict", "sentence", "reason"]
SERVICE = [
    *("pool", "queue", "answer_within_s", "target", "measured", "low", "high", "modelled", "reported", "definition"),
    *("contacts", "status", "reason"),
]
USABLE = ["pool", "mode", "agents", "low", "high", "hours_per_week", "basis", "sentence"]
# Hours that use up this share of the suitable items are bounded by them.
_USED_UP = 0.98


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """The frames, quantities and findings of one pool; columns as in :class:`analysis.blending.result.Blending`."""

    usable: pd.DataFrame
    frontier: pd.DataFrame
    schedule: pd.DataFrame
    recommendation: pd.DataFrame
    service: pd.DataFrame
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]


def judge_pool(
    name: str,
    pool: Pool | None,
    services: Sequence[QueueService],
    items: pd.DataFrame,
    *,
    source: str,
    settings: BlendingSettings,
) -> PoolAnswer:
    """Judge one pool in all modes.

    Parameters
    ----------
    name, pool
        The pool; None where contacts or people on duty are missing.
    services
        Its queues with measured and modelled service.
    items
        The inventory.
    source
        How duty is known; see :class:`analysis.blending.assemble.Duty`.
    settings
        What is asked.
    """
    modelled = None if pool is None else model_pool(pool, items, settings, source=source)
    general = on_data(services, source=source, modelled=pool is not None, settings=settings)
    rulings = {mode: general or _ruled(mode, pool, modelled, items) for mode in MODES}
    hours = {mode: _hours(mode, rulings[mode], modelled, settings) for mode in MODES}
    usable = [_usable_row(name, mode, pool=pool, modelled=modelled, hours=hours[mode], source=source) for mode in MODES]
    recommended = [
        _recommendation(name, mode, ruling=rulings[mode], pool=pool, modelled=modelled, hours=hours[mode], items=items)
        for mode in MODES
    ]
    return PoolAnswer(
        usable=pd.DataFrame(usable, columns=USABLE),
        frontier=pd.DataFrame(columns=FRONTIER) if modelled is None else _marked(modelled, rulings),
        schedule=pd.DataFrame(columns=SCHEDULE) if modelled is None else modelled.schedule,
        recommendation=pd.DataFrame(recommended, columns=RECOMMENDATION),
        service=pd.DataFrame([service.row(name) for service in services], columns=SERVICE),
        quantities=pool_quantities(
            name,
            pool,
            services=services,
            modelled=modelled,
            rulings=rulings,
            hours=hours,
            source=source,
            settings=settings,
        ),
        findings=_findings(name, pool, source, settings),
    )


def _ruled(mode: str, pool: Pool | None, modelled: Modelled | None, items: pd.DataFrame) -> Ruling:
    """Judge one mode of a pool whose data may speak."""
    if pool is None or modelled is None:
        return Ruling("cannot say", NOT_MEASURED)
    row, promise = modelled.row(mode), pool.desk.promise
    why_not = (
        f"no half hour has time to spare at the promise and the cap of {percent(promise.max_occupancy)} on occupancy"
    )
    if modelled.before < promise.target:
        why_not = f"the model gives a service level of {percent(modelled.before)} today, below the target of {percent(promise.target)}"
    return on_mode(
        modelled.estimates[f"{mode} hours"],
        suitable_h=suitable_hours(items, mode),
        stated_items=bool(len(items)),
        feasible=bool(row["feasible"]),
        why_not=why_not,
    )


def _hours(mode: str, ruling: Ruling, modelled: Modelled | None, settings: BlendingSettings) -> Estimate:
    """Return the hours per week that the mode may move: none without room, no figure where nothing can be said."""
    described = {"unit": "hours_per_week", "basis": "modelled", "confidence": settings.confidence}
    if ruling.verdict == "room" and modelled is not None:
        return modelled.estimates[f"{mode} hours"]
    if ruling.verdict == "no room":
        return Estimate(0.0, 0.0, 0.0, method=f"nothing is moved: {ruling.reason}", **described)
    return Estimate.missing(ruling.reason, **described)


def _marked(modelled: Modelled, rulings: Mapping[str, Ruling]) -> pd.DataFrame:
    """Mark the recommended policy of every mode with room."""
    names = {modelled.policies[mode].name for mode in MODES if rulings[mode].verdict == "room"}
    return modelled.frontier.assign(recommended=modelled.frontier["policy"].isin(names))


def _usable_row(
    name: str, mode: str, *, pool: Pool | None, modelled: Modelled | None, hours: Estimate, source: str
) -> dict[str, object]:
    """Return the row of the frame `usable`."""
    agents = idle_estimate(mode, pool, modelled, source)
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


def _recommendation(
    name: str,
    mode: str,
    *,
    ruling: Ruling,
    pool: Pool | None,
    modelled: Modelled | None,
    hours: Estimate,
    items: pd.DataFrame,
) -> dict[str, object]:
    """Return the row of the frame `recommendation`."""
    policy, reason = "", ruling.reason
    sentence = f"{name}, {MODE_WORDS[mode]}: {ruling.verdict}; {reason}."
    if ruling.verdict == "room" and pool is not None and modelled is not None:
        policy, reason = _policy_words(mode, modelled), _binding(mode, pool, modelled, hours, items)
        row = modelled.row(mode)
        sentence = (
            f"{name}, {MODE_WORDS[mode]}: room for {_range(hours)} hours of items a week, {policy}; "
            f"{percent(float(row['service_level']))} answered within {pool.desk.promise.answer_within_s:.0f} s "
            f"(today {percent(modelled.before)}), occupancy {percent(float(row['occupancy']))} "
            f"(today {percent(float(modelled.frontier['occupancy'].iloc[0]))}); {reason}."
        )
    return {
        "pool": name,
        "mode": mode,
        "policy": policy,
        "verdict": ruling.verdict,
        "sentence": sentence,
        "reason": reason,
    }


def _policy_words(mode: str, modelled: Modelled) -> str:
    """Return the recommended policy in words."""
    if mode == "releasable":
        most = int(modelled.policies[mode].outcome[3].max() + 1e-6)
        return f"up to {most} whole agents in blocks, by half hour"
    if mode == "interruptible":
        return "items that give way to contacts at once, rationed to the cap on occupancy"
    kept = modelled.schedule["kept_free_agents"].dropna()
    return f"{int(kept.min())} to {int(kept.max())} agents kept free of items, by half hour"


def _binding(mode: str, pool: Pool, modelled: Modelled, hours: Estimate, items: pd.DataFrame) -> str:
    """Return what bounds the hours: the suitable items, the cap on occupancy, or the mode's own law."""
    limit = suitable_hours(items, mode)
    if hours.value is not None and hours.value >= _USED_UP * limit:
        return f"bounded by the {limit:.0f} hours a week of suitable items"
    if modelled.cap_binds[mode]:
        return f"bounded by the cap of {percent(pool.desk.promise.max_occupancy)} on occupancy"
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
