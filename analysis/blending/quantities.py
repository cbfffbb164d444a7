"""The named figures of a pool, each with its definition and, where there is no value, the words why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.blending.model import Modelled, basis_of
from analysis.blending.pool import Pool
from analysis.blending.promise import share_over_days
from analysis.blending.result import MODES
from analysis.blending.service import QueueService
from analysis.blending.settings import BlendingSettings
from analysis.blending.simulated import Simulated
from analysis.blending.tried import Tried
from analysis.blending.verdict import GUESSED, NOT_MEASURED, Ruling
from analysis.foundation.estimate import Estimate, Quantity

_IDLE = {
    "idle": "mean number of agents ready and waiting for contacts, over the open half hours of a week",
    "structural": "of the waiting agents, those that the promise needs: the fewest agents that keep it over the load's spread, less the load",
    "surplus": "of the waiting agents, those that the promise does not need: waiting less structural",
}
_MODES = {
    "releasable": "mean number of whole agents above the fewest that keep the promise, over the open half hours of a week",
    "shareable": "mean number of agents more that are busy when items are begun between contacts at the promise, half hour by half hour, with items without end",
    "interruptible": "mean number of agents waiting, less the time to resume an item in every gap",
}
_POLICY = {
    "item_agents": ("mean number of agents on items under the best policy of the mode", "agents"),
    "net_agents": (
        "change in the mean number of busy agents: agents on items less the fall in agents on contacts",
        "agents",
    ),
    "service_level_modelled_after": ("share answered in time by the model, under the best policy of the mode", "share"),
    "occupancy_after": ("share of ready time spent busy under the recommended policy, all open half hours", "share"),
    "occupancy_peak": ("highest occupancy of the half hours in which the recommended policy places items", "share"),
}
_COLUMNS = {
    "service_level_modelled_after": "service_level",
    "occupancy_after": "occupancy",
    "occupancy_peak": "occupancy_worst",
}
_USABLE = "item hours per week that the best policy of the mode moves on simulated weeks at promise and cap, at most the suitable item hours and the time agents wait"

NO_INTERVAL = "the model's answer for the load and its spread as measured; their own uncertainty is not carried into it"


def pool_quantities(
    name: str,
    pool: Pool | None,
    *,
    services: Sequence[QueueService],
    modelled: Modelled | None,
    rulings: Mapping[str, Ruling],
    hours: Mapping[str, Estimate],
    simulated: Simulated | None,
    source: str,
    settings: BlendingSettings,
) -> tuple[Quantity, ...]:
    """Return every ``blending.*`` quantity of a pool."""
    scope = {"population": "contact_centre", "pool": name}
    return (
        *_idle_quantities(pool, modelled, scope, source, settings),
        *_service_quantities(services, modelled, simulated, scope, settings),
        *(
            quantity
            for mode in MODES
            for quantity in _mode_quantities(
                {**scope, "mode": mode},
                simulated=simulated,
                ruling=rulings[mode],
                hours=hours[mode],
                confidence=settings.confidence,
            )
        ),
    )


def idle_estimate(
    name: str, pool: Pool | None, modelled: Modelled | None, source: str, *, confidence: float = 0.95
) -> Estimate:
    """Return a figure of waiting or of a mode in mean agents, or why there is none."""
    described = {"unit": "agents", "basis": basis_of(name, source), "confidence": confidence}
    if pool is None or modelled is None or not modelled.estimates:
        return Estimate.missing(GUESSED if source == "contacts" else NOT_MEASURED, **described)
    if name == "shareable" and pool.desk.item_s is None:
        return Estimate.missing("no length is known of an item that could be finished between contacts", **described)
    return modelled.estimates[name]


def _idle_quantities(
    pool: Pool | None, modelled: Modelled | None, scope: dict[str, str], source: str, settings: BlendingSettings
) -> list[Quantity]:
    """Return idle by cause and usable by mode, mean agents."""
    return [
        Quantity(
            f"blending.{name}_agents",
            idle_estimate(name, pool, modelled, source, confidence=settings.confidence),
            words,
            scope,
        )
        for name, words in {**_IDLE, **_MODES}.items()
    ]


def _service_quantities(
    services: Sequence[QueueService],
    modelled: Modelled | None,
    simulated: Simulated | None,
    scope: dict[str, str],
    settings: BlendingSettings,
) -> list[Quantity]:
    """Return measured and reported service by queue, and measured and modelled service of the pool."""
    results = []
    for service in services:
        within = f"share answered within {service.promise.answer_within_s:.0f} s, {service.promise.definition}"
        place = {**scope, "queue": service.queue.name}
        results.append(Quantity("blending.service_level_measured", service.served.measured, within, place))
        results.append(
            Quantity(
                "blending.service_level_reported",
                service.served.reported,
                f"{within}, as the client's intervals count it",
                place,
            )
        )
    days = [service.served.daily for service in services if len(service.served.daily)]
    together = (
        pd.concat(days).groupby(["day", "weekday"], as_index=False)[["in_time", "counted"]].sum() if days else None
    )
    measured = share_over_days(
        together,
        confidence=settings.confidence,
        source="all queues of the pool",
        otherwise="no contacts, and no counts within the promised time",
    )
    results.append(
        Quantity(
            "blending.service_level_measured", measured, "share answered in time, every queue by its own promise", scope
        )
    )
    before = Estimate.missing("no model without contacts, handling times and agents on duty", basis="modelled")
    if simulated is not None:
        before = _figure(simulated.lab.today, "service_level", simulated, settings.confidence)
    elif modelled is not None:
        before = Estimate(
            modelled.before,
            basis="modelled",
            method="Erlang A over the load's spread and the agents seen",
            reasons=(NO_INTERVAL,),
        )
    results.append(
        Quantity(
            "blending.service_level_modelled_before", before, "share answered in time by the model, no items", scope
        )
    )
    return results


def _mode_quantities(
    scope: dict[str, str], *, simulated: Simulated | None, ruling: Ruling, hours: Estimate, confidence: float
) -> list[Quantity]:
    """Return what the best policy of a mode does; without room it is today's desk without items."""
    results = [Quantity("blending.usable_h_per_week", hours, _USABLE, scope)]
    for name, (words, unit) in _POLICY.items():
        described = {"unit": unit, "basis": "modelled", "confidence": confidence}
        if simulated is None or ruling.verdict == "cannot say":
            estimate = Estimate.missing(ruling.reason or NOT_MEASURED, **described)
        else:
            best = simulated.best(scope["mode"]) if ruling.verdict == "room" else None
            estimate = _figure(best or simulated.lab.today, _COLUMNS.get(name, name), simulated, confidence, unit=unit)
        results.append(Quantity(f"blending.{name}", estimate, words, scope))
    return results


def _figure(one: Tried, name: str, simulated: Simulated, confidence: float, *, unit: str = "share") -> Estimate:
    """Return a figure of a simulated policy."""
    if math.isnan(one.figures[name]):
        return Estimate.missing("the policy places items in no half hour", unit=unit, basis="modelled")
    return one.estimate(name, unit=unit, confidence=confidence, freedom=simulated.lab.facts.freedom)
