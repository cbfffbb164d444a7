"""The verb: idle by cause, what each mode could use, what each policy costs, and whether there is room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.baseline.settings import BaselineSettings
from analysis.blending import assemble, frames
from analysis.blending.few import hidden_pools
from analysis.blending.foreseen import foresee
from analysis.blending.inventory import inventory, resumption_s
from analysis.blending.judge import RECOMMENDATION, SERVICE, USABLE, Judged, PoolAnswer, judge_pool
from analysis.blending.model import FRONTIER, SCHEDULE
from analysis.blending.pool import Pool, with_modelled_resumption
from analysis.blending.result import Blending
from analysis.blending.service import queue_services
from analysis.blending.settings import BlendingSettings
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.gap_law import measured_gaps
from analysis.measure.load import live_queues

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

_CELL_COLUMNS = [
    *("pool", "weekday", "slot_of_day_s", "days", "agents", "load", "load_sd", "required_agents"),
    *("idle_agents", "structural_agents", "surplus_agents"),
    *("surplus_planned_agents", "surplus_volume_agents", "surplus_handling_agents"),
]
_COLUMNS = {
    "usable": USABLE,
    "frontier": FRONTIER,
    "schedule": SCHEDULE,
    "recommendation": RECOMMENDATION,
    "service": SERVICE,
}


def assess_blending(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline | None,
    *,
    client: Client,
    queues: Sequence[Queue] = (),
    settings: BlendingSettings | None = None,
) -> Blending:
    """Assess whether back-office items fit into the idle time of the contact centre, in which mode, and at which price in service.

    Parameters
    ----------
    tables
        Canonical tables: contacts or volumes, state spells or totals, item types and work items; absent ones narrow what can be said.
    baseline
        The baseline of the same tables; its item lengths are used where the client states no standard times.
    client
        Zone, period and holidays.
    queues
        Queues with their pools and promises.
    settings
        What is asked; None for the defaults.

    Returns
    -------
    Blending
        Frames for the exhibits, quantities with intervals, and a verdict per pool and mode: room, no room, or cannot say, with the reason.

    Raises
    ------
    DataProblem
        The volumes' intervals are longer than the slot.

    Notes
    -----
    Idle is split by cause from the expected load of like half hours and its spread, never from the realised count. Three views of the same idle
    time stand side by side and are never added: whole agents above the fewest that keep the promise; items begun between contacts while enough
    agents stay free; items that give way at once, less the time to resume. Nothing is recommended where the promise is missed already, above
    the cap on occupancy, or where the model misses the measured service level. See docs/method/blending.md.

    Examples
    --------
    >>> import datetime as dt
    >>> from analysis.foundation.settings import Period
    >>> client = Client(name="A", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 29)))
    >>> assess_blending({}, None, client=client, queues=[Queue(name="claims line")])
    service, in blocks off contacts: cannot say; the service level could not be measured: no contacts, and no counts within the promised time.
    service, between contacts: cannot say; the service level could not be measured: no contacts, and no counts within the promised time.
    service, as items that give way to contacts at once: cannot say; the service level could not be measured: no contacts, and no counts within the promised time.
    """
    asked = settings or BlendingSettings()
    items = inventory(
        tables,
        None if baseline is None else baseline.item_lengths,
        client=client,
        settings=asked,
        idle=None if baseline is None else baseline.idle_by_slot,
    )
    ring_s = (BaselineSettings() if baseline is None else baseline.settings).ring_s
    pools, source, findings = assemble.pools(tables, items, client=client, queues=queues, settings=asked, ring_s=ring_s)
    few, hidden = hidden_pools(tables, queues, baseline)
    known = {pool.name: pool for pool in pools if pool.name not in few}
    resume_s = resumption_s(tables, items, asked)
    answers = []
    for name in dict.fromkeys(queue.pool for queue in live_queues(queues)):
        pool = known.get(name)
        if pool is not None and source == "totals":
            pool = with_modelled_resumption(pool, resume_s)
        mine = [queue for queue in live_queues(queues) if queue.pool == name]
        services = queue_services(tables, mine, pool, client=client, settings=asked)
        judged = Judged.of(pool, services, items, source=source, settings=asked, hidden=few.get(name, ""))
        judged = judged.with_simulation(tables, client=client, queues=queues, ring_s=ring_s)
        answers.append(judge_pool(name, judged))
    foreseen = foresee(tables, client=client, queues=queues, settings=asked)
    gaps = measured_gaps(tables, live_queues(queues), client=client, slot_s=asked.slot_s, ring_s=ring_s)
    law = gaps.frame[~gaps.frame["pool"].isin(list(few))].reset_index(drop=True)
    shared = {"forecast": foreseen.forecast, "forecast_check": foreseen.check, "gap_law": law}
    said = (*findings, *hidden, *foreseen.findings)
    return _together(answers, known, shared, items=items, source=source, findings=said, settings=asked)


def _together(
    answers: Sequence[PoolAnswer],
    pools: Mapping[str, Pool],
    shared: Mapping[str, pd.DataFrame],
    *,
    items: pd.DataFrame,
    source: str,
    findings: tuple[Finding, ...],
    settings: BlendingSettings,
) -> Blending:
    """Stack the pools' frames."""
    cells = [pool.cells.assign(pool=name) for name, pool in pools.items()]
    idle = pd.concat(cells, ignore_index=True)[_CELL_COLUMNS] if cells else pd.DataFrame(columns=_CELL_COLUMNS)
    if source == "contacts":
        idle[[name for name in idle if name.endswith("_agents") and name != "required_agents"]] = float("nan")

    def stacked(name: str) -> pd.DataFrame:
        filled = [frame for frame in (getattr(answer, name) for answer in answers) if len(frame)]
        return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=_COLUMNS[name])

    return Blending(
        idle_by_cause=idle,
        usable=stacked("usable"),
        frontier=stacked("frontier"),
        schedule=stacked("schedule"),
        recommendation=stacked("recommendation"),
        service=stacked("service"),
        inventory=items,
        **{name: frames.stacked(name, _parts(name, answers, shared)) for name in frames.FRAMES},
        quantities=tuple(quantity for answer in answers for quantity in answer.quantities),
        findings=(*findings, *(finding for answer in answers for finding in answer.findings)),
        settings=settings,
    )


def _parts(name: str, answers: Sequence[PoolAnswer], shared: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the frames of a name, of the pools or of all together."""
    if name in shared:
        return [shared[name]]
    return [answer.simulated[name] for answer in answers if name in answer.simulated]
