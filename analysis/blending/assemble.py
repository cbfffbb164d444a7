"""From canonical tables to pools: who was on duty, what came in, and what the model needs to know."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.desk import Desk
from analysis.blending.inventory import item_length_s, resumption_s
from analysis.blending.pool import OPEN_AGENTS, Pool, Staff, matched_patience_s
from analysis.blending.promise import pool_promise
from analysis.blending.settings import BlendingSettings
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.idle import (
    duty_by_slot,
    duty_from_totals,
    idle_by_cause,
    mean_agents,
    mean_duty,
    pool_of_agents,
    presence_between_contacts,
    signed_on_pieces,
    surplus_by_cause,
)
from analysis.measure.load import (
    CELL,
    contact_slots,
    expected_load,
    forecast_load,
    live_queues,
    pool_slots,
    required_agents,
)
from analysis.measure.patience import MINIMUM_ABANDONED, estimated_patience_s

# Steady state is reached when this much of a slot suffices to forget how it began.
RELAXED_SHARE = 0.5
# Share of the contacts that may arrive in half hours without agents before it is said.
OUT_OF_HOURS = 0.01


@dataclass(frozen=True, slots=True)
class Duty:
    """Agents on duty and how they are known.

    Attributes
    ----------
    by_slot
        pool, day, weekday, slot_of_day_s, agents, idle_agents, resumable_agents (NaN when gap lengths are not known).
    source
        ``"states"`` (measured state by state), ``"totals"`` (measured per interval), ``"contacts"`` (guessed from a call log), ``"none"``.
    """

    by_slot: pd.DataFrame
    source: str


def duty(
    tables: Mapping[str, pd.DataFrame],
    queues: Sequence[Queue],
    *,
    client: Client,
    settings: BlendingSettings,
    resume_s: float,
    ring_s: float,
) -> Duty:
    """Return who was on duty in every half hour of every day, from the best source there is."""
    pools = pool_of_agents(tables, queues)
    place = {"zone": client.time_zone, "slot_s": settings.slot_s}
    pieces = signed_on_pieces(tables, pools, queues, ring_s=ring_s)
    source = "states"
    if pieces.empty:
        totals = duty_from_totals(tables, pools, **place)
        if not totals.empty:
            return Duty(totals.assign(resumable_agents=np.nan), "totals")
        pieces = presence_between_contacts(tables, queues, longest_gap_s=settings.presence_cut_off_s)
        source = "contacts"
    if pieces.empty:
        return Duty(pd.DataFrame(), "none")
    by_slot = duty_by_slot(pieces, pools, **place)
    idle = pieces[pieces["state"].eq("IDLE") & pieces["agent"].isin(pools.index)]
    begun = idle["start"] + pd.Timedelta(round(1e6 * resume_s), "us")
    rest = idle.assign(start=begun)[begun < idle["end"]]
    keys = ["pool", "day", "weekday", "slot_of_day_s"]
    resumable = mean_agents(rest, pools, **place).rename("resumable_agents").reset_index()
    joined = by_slot.merge(resumable, on=keys, how="left")
    return Duty(joined.assign(resumable_agents=joined["resumable_agents"].fillna(0.0)), source)


def pools(
    tables: Mapping[str, pd.DataFrame],
    items: pd.DataFrame,
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
    ring_s: float,
) -> tuple[list[Pool], str, tuple[Finding, ...]]:
    """Assemble every pool that has contacts and people on duty.

    Returns
    -------
    tuple
        The pools, the source of duty (see :class:`Duty`), findings.
    """
    slots = contact_slots(tables, queues, client=client, slot_s=settings.slot_s)
    resume_s = resumption_s(tables, items, settings)
    present = duty(tables, queues, client=client, settings=settings, resume_s=resume_s, ring_s=ring_s)
    if slots.empty or present.by_slot.empty:
        return [], present.source, ()
    loads, daily = expected_load(slots, slot_s=settings.slot_s), pool_slots(slots)
    foreseen = forecast_load(tables, queues, client=client, slot_s=settings.slot_s)
    loads = (
        loads.merge(foreseen, on=CELL, how="left")
        if len(foreseen)
        else loads.assign(forecast_per_h=np.nan, forecast_aht_s=np.nan)
    )
    found, findings = [], []
    for name in dict.fromkeys(queue.pool for queue in live_queues(queues)):
        mine = tuple(queue for queue in live_queues(queues) if queue.pool == name)
        parts = [frame[frame["pool"].eq(name)].drop(columns="pool") for frame in (loads, daily, present.by_slot)]
        if any(part.empty for part in parts):
            continue
        desk = _desk(tables, mine, parts[1], items, settings)
        if desk is None:
            continue
        pool, more = _pool(name, mine, desk, *parts, slot_s=settings.slot_s)
        findings += more
        if len(pool.cells):
            found.append(pool)
    return found, present.source, tuple(findings)


def _desk(
    tables: Mapping[str, pd.DataFrame],
    queues: Sequence[Queue],
    daily: pd.DataFrame,
    items: pd.DataFrame,
    settings: BlendingSettings,
) -> Desk | None:
    """Return the queueing model of a pool; None where no handling time is known."""
    answered, handle_s = float(daily["answered"].sum()), float(daily["handle_s"].sum())
    if not answered > 0 or not handle_s > 0:
        return None
    return Desk(
        aht_s=handle_s / answered,
        patience_s=settings.patience_s or estimated_patience_s(tables, queues),
        item_s=item_length_s(items, settings),
        promise=pool_promise(queues, settings),
    )


def _pool(  # noqa: PLR0917 - three frames of one pool, in the order in which they are made
    name: str,
    queues: tuple[Queue, ...],
    desk: Desk,
    loads: pd.DataFrame,
    daily: pd.DataFrame,
    by_slot: pd.DataFrame,
    *,
    slot_s: int,
) -> tuple[Pool, list[Finding]]:
    """Join load and duty by half hour, leave closed half hours out, and add what the promise needs."""
    open_days = daily[["day", "weekday"]].drop_duplicates()
    by_slot = by_slot[by_slot["day"].isin(open_days["day"])]
    cells = _every_cell(loads, by_slot, open_days)
    cells = mean_duty(by_slot.assign(pool=""), cells.assign(pool="")).drop(columns="pool")
    is_open = (cells["agents"] >= OPEN_AGENTS) & (cells["offered_per_h"].gt(0) | cells["idle_agents"].ge(OPEN_AGENTS))
    outside = float(cells.loc[~is_open, "offered_per_h"].sum() / max(cells["offered_per_h"].sum(), 1e-9))
    cells = cells[is_open].sort_values(["weekday", "slot_of_day_s"], ignore_index=True)
    sums = by_slot.groupby(["weekday", "slot_of_day_s"])["resumable_agents"].sum(min_count=1)
    key = pd.MultiIndex.from_frame(cells[["weekday", "slot_of_day_s"]])
    cells["resumable_agents"] = sums.reindex(key).to_numpy() / cells["days"]
    pool = Pool(
        name=name,
        queues=queues,
        desk=desk,
        cells=cells,
        daily=_daily(cells, daily, by_slot, open_days),
        staff=Staff.of(cells, by_slot),
        slot_s=slot_s,
    )
    pool, findings = _with_patience(pool, daily)
    load, spread = cells["load"].to_numpy(), cells["load_sd"].to_numpy()
    cells["required_agents"] = required_agents(pool.desk.service, load, spread, target=desk.promise.target)
    pool = dataclasses.replace(pool, cells=_with_forecast(idle_by_cause(cells), pool.desk))
    return pool, [*findings, *_findings(pool, outside)]


def _with_patience(pool: Pool, daily: pd.DataFrame) -> tuple[Pool, list[Finding]]:
    """Return the pool with a patience: where no wait of an abandoned contact is known, the one that loses as many as were counted."""
    abandoned = float(daily["abandoned"].sum())
    if pool.desk.patience_s is not None or abandoned < MINIMUM_ABANDONED or pool.cells.empty:
        return pool, []
    patience_s = matched_patience_s(pool, abandoned / float(daily["offered"].sum()))
    text = (
        f"{abandoned:.0f} contacts were abandoned, but not when. The model takes callers to wait {patience_s:.0f} s on average, at which it loses as many. "
        "Ask for the moment at which each abandoned contact ended."
    )
    finding = Finding("patience_from_counts", "flag", f"pool {pool.name}", text, round(abandoned))
    return dataclasses.replace(pool, desk=pool.desk.with_patience(patience_s)), [finding]


def _with_forecast(cells: pd.DataFrame, desk: Desk) -> pd.DataFrame:
    """Split the surplus by what the forecast said, where there was one."""
    spread = (cells["load_sd"] / cells["load"].where(cells["load"].gt(0))).fillna(0.0).to_numpy()
    columns = {}
    for name, per_h in (("required_forecast", "forecast_per_h"), ("required_volume", "offered_per_h")):
        load = (cells[per_h] * cells["forecast_aht_s"] / 3600).to_numpy()
        known = np.isfinite(load)
        columns[name] = np.full(len(cells), np.nan)
        columns[name][known] = required_agents(
            desk.service, load[known], (spread * load)[known], target=desk.promise.target
        )
    return surplus_by_cause(cells.assign(**columns))


def _every_cell(loads: pd.DataFrame, by_slot: pd.DataFrame, open_days: pd.DataFrame) -> pd.DataFrame:
    """Return the kinds of half hours with contacts or people; without contacts the load is zero."""
    kinds = pd.concat([loads[["weekday", "slot_of_day_s"]], by_slot[["weekday", "slot_of_day_s"]]]).drop_duplicates()
    cells = kinds.merge(loads.drop(columns="days"), on=["weekday", "slot_of_day_s"], how="left")
    cells["days"] = cells["weekday"].map(open_days["weekday"].value_counts())
    cells = cells[cells["days"].gt(0)]
    return cells.fillna({"offered_per_h": 0.0, "load": 0.0, "load_sd": 0.0})


def _daily(cells: pd.DataFrame, daily: pd.DataFrame, by_slot: pd.DataFrame, open_days: pd.DataFrame) -> pd.DataFrame:
    """Return one row per open day and open half hour, zero where nothing happened."""
    keys = ["day", "weekday", "slot_of_day_s"]
    full = open_days.merge(cells[["weekday", "slot_of_day_s"]].reset_index(names="cell"), on="weekday")
    full = full.merge(daily[[*keys, "offered", "answered", "handle_s"]], on=keys, how="left")
    full = full.merge(by_slot[[*keys, "agents", "idle_agents", "resumable_agents"]], on=keys, how="left")
    return full.fillna(0.0).assign(days=1.0)


def _findings(pool: Pool, outside: float) -> list[Finding]:
    """Say where the model's assumptions strain."""
    findings, where = [], f"pool {pool.name}"
    if outside > OUT_OF_HOURS:
        findings.append(
            Finding(
                "contacts_out_of_hours",
                "flag",
                where,
                f"{100 * outside:.0f} % of the contacts arrive in half hours in which nearly nobody is on duty; they are outside this assessment. "
                "Check the opening hours and the pool of each agent.",
            )
        )
    rho = (pool.cells["load"] / pool.cells["agents"]).clip(upper=0.999)
    relaxation = pool.desk.aht_s / (pool.cells["agents"] * (1 - np.sqrt(rho)) ** 2)
    slow = float(
        (pool.cells["load"] * (relaxation > RELAXED_SHARE * pool.slot_s)).sum() / max(pool.cells["load"].sum(), 1e-9)
    )
    if slow > 0.25:
        findings.append(
            Finding(
                "steady_state_strained",
                "flag",
                where,
                f"{100 * slow:.0f} % of the load falls in half hours too busy to settle within the half hour; the model's service level is cautious there. "
                "Compare it with the measured one.",
            )
        )
    if len({(queue.answer_within_s, queue.target, queue.definition) for queue in pool.queues}) > 1:
        findings.append(
            Finding(
                "promise_pooled",
                "flag",
                where,
                f"{len(pool.queues)} queues with different promises share agents; policies are held to the strictest of them. "
                "Set service_level and answer_within_s to choose another.",
            )
        )
    return findings
