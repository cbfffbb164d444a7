"""The three ceilings of one population, as their theories state them and as shares of the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.baseline.records import standard_seconds
from analysis.foundation.estimate import Basis
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.load import live_queues
from analysis.measure.records import roster_of, table_of
from analysis.utilization.allowance import allowance_ceiling, day_share
from analysis.utilization.deadline_ceiling import deadline_ceiling
from analysis.utilization.lowest import Ceiling
from analysis.utilization.promise_ceiling import PromiseCeiling, promise_ceiling
from analysis.utilization.resample import Resample
from analysis.utilization.settings import UtilizationSettings
from analysis.utilization.words import small_pool_words

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Raw:
    """A ceiling as its theory states it, and converted to the base.

    Attributes
    ----------
    of_workable
        Share of workable time; None where it is unknown.
    raw, raw_of
        The figure as the theory prints it, and what it is a share of.
    ceiling
        Point and draws as shares of the base; None without a figure.
    basis
        ``"assumed"`` (a scenario range) or ``"modelled"``.
    reason, sentence
        Why there is no figure; what it says.
    """

    of_workable: float | None
    raw: float | None
    raw_of: str
    ceiling: Ceiling | None
    basis: Basis
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The three ceilings of one population, the slots behind the promise, and cautions."""

    ceilings: dict[str, Raw]
    slots: pd.DataFrame
    findings: tuple[Finding, ...]


def limits_of(
    tables: Tables,
    baseline: Baseline,
    population: str,
    *,
    days: Resample,
    client: Client,
    queues: Sequence[Queue],
    settings: UtilizationSettings,
) -> Limits:
    """Estimate the three ceilings of one population."""
    found = {"allowance": _allowance(days, settings)}
    if population == "back_office":
        found["queueing"] = _deadlines(tables, baseline, days=days, client=client, settings=settings)
        found["policy"] = _none("no cap on occupancy was stated for the back office", "modelled")
        return Limits(found, pd.DataFrame(), ())
    duty = baseline.pool_slots
    promise = promise_ceiling(tables, duty, client=client, queues=queues, days=days, settings=settings)
    found["queueing"] = _promise(promise, days, settings)
    found["policy"] = _policy(duty, queues, days)
    return Limits(found, promise.slots, _cautions(promise))


def _allowance(days: Resample, settings: UtilizationSettings) -> Raw:
    """Return the ceiling of rest and delay; the delay allowance is an assumption, so its range is a scenario."""
    rest = settings.personal_share + settings.fatigue_share
    low, high = settings.delay_low_share, settings.delay_high_share
    convention = settings.allowance_convention

    def ceiling(delay: float, breaks: float | np.ndarray, support: float | np.ndarray) -> np.ndarray:
        return allowance_ceiling(
            rest_share=rest, delay_share=delay, convention=convention, break_share=breaks, support_share=support
        )

    middle = (low + high) / 2
    point = float(ceiling(middle, days.break_share, days.support_share))
    drawn = [ceiling(delay, days.break_draws, days.support_draws) for delay in (middle, high, low)]
    raw = 1 - day_share(rest + middle, convention)
    workable = point / (1 - days.support_share) if days.support_share < 1 else None
    words = (
        f"Rest and small delays leave {100 * raw:.0f} % of the attended day for work ({100 * (1 - day_share(rest + high, convention)):.0f} to "
        f"{100 * (1 - day_share(rest + low, convention)):.0f} by the delays assumed); after the breaks and meetings taken today that is {100 * point:.0f} % of the base."
    )
    return Raw(workable, raw, "attended day", Ceiling(point, *drawn), "assumed", "", words)


def _promise(promise: PromiseCeiling, days: Resample, settings: UtilizationSettings) -> Raw:
    """Return the ceiling of the promise to callers as a share of the base."""
    if promise.of_workable is None:
        return _none(promise.reason, "modelled")
    point, draws = of_base(promise.of_workable, promise.draws, days)
    patience = "" if promise.patience_known else " Patience is not known, so nobody is taken to hang up."
    words = f"The promise to callers allows {100 * promise.of_workable:.0f} % of workable time, {100 * point:.0f} % of the base."
    small = small_pool_words(promise.mean_agents, promise.of_workable, settings.reference_share)
    text = " ".join(part for part in (words + patience, small) if part)
    return Raw(
        promise.of_workable,
        promise.of_workable,
        "workable time",
        Ceiling(point, draws, draws, draws),
        "modelled",
        "",
        text,
    )


def _policy(duty: pd.DataFrame, queues: Sequence[Queue], days: Resample) -> Raw:
    """Return the client's own cap on occupancy, weighted by the pools' workable hours."""
    caps = {}
    for queue in live_queues(queues):
        caps[queue.pool] = min(caps.get(queue.pool, 1.0), queue.max_occupancy)
    if not caps:
        return _none("no queue states a highest occupancy", "assumed")
    weights = duty.assign(weight=duty["workable_agents"] * duty["days"]).groupby("pool")["weight"].sum()
    weights = weights[weights.index.isin(list(caps))]
    cap = (
        float(np.average([caps[pool] for pool in weights.index], weights=weights))
        if weights.sum() > 0
        else min(caps.values())
    )
    point, draws = of_base(cap, np.full(len(days.today_draws), cap), days)
    words = f"The client caps occupancy at {100 * cap:.0f} % of workable time, {100 * point:.0f} % of the base."
    return Raw(cap, cap, "workable time", Ceiling(point, draws, draws, draws), "assumed", "", words)


def _deadlines(
    tables: Tables, baseline: Baseline, *, days: Resample, client: Client, settings: UtilizationSettings
) -> Raw:
    """Return the ceiling of due times in the back office."""
    items = table_of(tables, "work_items")
    if items is None:
        return _none("no work items with arrival and due time were given", "modelled")
    roster = roster_of(tables)
    clerks = set(roster.loc[roster["population"].eq("back_office").fillna(False).astype(bool), "agent"])
    own = items[items["agent"].isin(clerks) | items["agent"].isna()]
    standards = standard_seconds(tables, baseline.item_lengths)
    found = deadline_ceiling(
        own, standards, client=client, days=days, target=settings.deadline_target, seed=settings.seed
    )
    if found.of_workable is None:
        return _none(found.reason, "modelled")
    point, draws = of_base(found.of_workable, found.draws, days)
    words = (
        f"Volumes differ by {100 * found.daily_cv:.0f} % from day to day and work is due within {found.due_days} working day{'s' if found.due_days > 1 else ''}, "
        f"which allows {100 * found.of_workable:.0f} % of workable time, {100 * point:.0f} % of the base."
    )
    return Raw(
        found.of_workable,
        found.of_workable,
        "workable time",
        Ceiling(point, draws, draws, draws),
        "modelled",
        "",
        words,
    )


def of_base(share: float, draws: np.ndarray, days: Resample) -> tuple[float, np.ndarray]:
    """Return a share of workable time as a share of the base: times 1 - support share."""
    return share * (1 - days.support_share), draws * (1 - days.support_draws)


def _none(reason: str, basis: Basis) -> Raw:
    """Return no ceiling."""
    return Raw(None, None, "", None, basis, reason, f"No figure: {reason}.")


def _cautions(promise: PromiseCeiling) -> tuple[Finding, ...]:
    """Return what a reader must know about the promise's ceiling."""
    if promise.of_workable is None or promise.unsettled_share < 0.5:
        return ()
    text = (
        f"contact centre: in {100 * promise.unsettled_share:.0f} % of agent-hours a half hour is too short for the queue to settle at the highest occupancy; "
        "the ceiling describes load that lasts, single half hours can bear a little more."
    )
    return (Finding("queue_does_not_settle", "flag", "ceiling of the promise", text),)
