"""The ceilings of one population, as their theories state them and as shares of the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.baseline.records import standard_seconds
from analysis.foundation.estimate import Basis
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.records import roster_of, table_of
from analysis.utilization.allowance import allowance_ceiling, allowance_table, day_share, granted, totals
from analysis.utilization.caps import Cap, above_cap, cap_of
from analysis.utilization.deadline_ceiling import deadline_ceiling
from analysis.utilization.lowest import Ceiling
from analysis.utilization.promise_ceiling import PromiseCeiling, promise_ceiling
from analysis.utilization.resample import Resample
from analysis.utilization.settings import Allowance, UtilizationSettings
from analysis.utilization.words import small_pool_words

Tables = Mapping[str, pd.DataFrame]
# Longer items are not started between two contacts.
_LONGEST_ITEM_S = 600.0


@dataclass(frozen=True, slots=True)
class Raw:
    """A ceiling as its theory states it, and converted to the base.

    Attributes
    ----------
    of_workable, workable_draws
        Share of workable time, point and per joint draw; None where it is unknown.
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
    workable_draws: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What limits one population.

    Attributes
    ----------
    ceilings
        allowance, queueing, policy: the lowest of them is achievable.
    slots
        Half hours behind the promise to callers.
    findings
        What a reader must know.
    blended
        The promise to callers when items fill the gaps between contacts; None in the back office.
    allowances
        The table of allowances (:func:`analysis.utilization.allowance.allowance_table`).
    """

    ceilings: dict[str, Raw]
    slots: pd.DataFrame
    findings: tuple[Finding, ...]
    blended: Raw | None = None
    allowances: pd.DataFrame = field(default_factory=pd.DataFrame)


def limits_of(
    tables: Tables,
    baseline: Baseline,
    population: str,
    *,
    days: Resample,
    client: Client,
    queues: Sequence[Queue],
    settings: UtilizationSettings,
    allowances: Sequence[Allowance] = (),
) -> Limits:
    """Estimate the ceilings of one population.

    Parameters
    ----------
    tables
        Canonical tables; volumes and contacts give the load, items their due times.
    baseline
        Agents on duty, lengths of items.
    population
        ``"contact_centre"`` or ``"back_office"``.
    days
        Joint resamples of the population's days.
    client, queues, settings, allowances
        What the engagement states.
    """
    cap = cap_of(baseline, population, queues=queues, settings=settings)
    found = {"allowance": _allowance(population, days, settings, allowances)}
    table = allowance_table(
        granted(population, settings, allowances),
        population=population,
        convention=settings.allowance_convention,
        break_share=days.break_share,
        support_share=days.support_share,
    )
    busy = above_cap(baseline, population, cap)
    if population == "back_office":
        found["queueing"] = _deadlines(tables, baseline, days=days, client=client, settings=settings)
        found["policy"] = _policy(cap, days)
        return Limits(found, pd.DataFrame(), busy, None, table)
    promise = promise_ceiling(tables, baseline.pool_slots, client=client, queues=queues, days=days, settings=settings)
    found["queueing"] = _promise(promise, days, settings)
    found["policy"] = _policy(cap, days)
    return Limits(found, promise.slots, (*_cautions(promise), *busy), None, table)


def ceilings_at(
    limits: Limits,
    days: Resample,
    *,
    population: str,
    settings: UtilizationSettings,
    allowances: Sequence[Allowance] = (),
) -> dict[str, Ceiling]:
    """Return the same ceilings for a part of a population, such as a site, from its own breaks and support.

    Parameters
    ----------
    limits
        Ceilings of the whole population.
    days
        The part's hours on the same drawn days as the population's.
    population, settings, allowances
        As for :func:`limits_of`.

    Returns
    -------
    dict
        Name -> ceiling as share of the part's base; ceilings without a figure are left out. A promise, due times and caps belong to the pool as a
        whole, so their share of workable time stands and is converted with the part's own support.
    """
    found = {}
    for name, raw in limits.ceilings.items():
        if name == "allowance":
            found[name] = _allowance_ceiling(population, days, settings, allowances)
        elif raw.of_workable is not None and raw.workable_draws is not None:
            found[name] = _converted(raw.of_workable, raw.workable_draws, days)
    return found


def _allowance_ceiling(
    population: str, days: Resample, settings: UtilizationSettings, allowances: Sequence[Allowance]
) -> Ceiling:
    """Return the ceiling of rest and delay: at the middle of all rows, with all at their largest, and with all at their least."""
    rows, convention = granted(population, settings, allowances), settings.allowance_convention

    def drawn(place: float, breaks: float | np.ndarray, support: float | np.ndarray) -> np.ndarray:
        return allowance_ceiling(
            **totals(rows, place), convention=convention, break_share=breaks, support_share=support
        )

    point = float(drawn(0.5, days.break_share, days.support_share))
    return Ceiling(point, *(drawn(place, days.break_draws, days.support_draws) for place in (0.5, 1.0, 0.0)))


def _allowance(population: str, days: Resample, settings: UtilizationSettings, allowances: Sequence[Allowance]) -> Raw:
    """Return the ceiling of rest and delay; the shares are assumptions, so their range is a scenario."""
    rows, convention = granted(population, settings, allowances), settings.allowance_convention
    raw, least, most = (1 - day_share(sum(totals(rows, place).values()), convention) for place in (0.5, 1.0, 0.0))
    ceiling = _allowance_ceiling(population, days, settings, allowances)
    left = 1 - days.support_share
    workable = ceiling.value / left if left > 0 else None
    given = days.break_share > 0 or days.support_share > 0
    then = "breaks, meetings and outages of today give part of that already, so the ceiling is" if given else "that is"
    words = (
        f"Rest and small delays leave {100 * raw:.0f} % of the attended day for work ({100 * least:.0f} to {100 * most:.0f} by the allowances "
        f"chosen); {then} {100 * ceiling.value:.0f} % of the base."
    )
    draws = ceiling.draws / np.maximum(1 - days.support_draws, 1e-12) if workable is not None else None
    return Raw(workable, raw, "attended day", ceiling, "assumed", "", words, draws)


def _promise(promise: PromiseCeiling, days: Resample, settings: UtilizationSettings) -> Raw:
    """Return the ceiling of the promise to callers as a share of the base."""
    if promise.of_workable is None:
        return _none(promise.reason, "modelled")
    patience = "" if promise.patience_known else "; patience is not known, so nobody is taken to hang up"
    words = (
        f"The promise to callers allows {100 * promise.of_workable:.0f} % of workable time, {{}} of the base{patience}."
    )
    small = small_pool_words(promise.mean_agents, promise.of_workable, settings.reference_share)
    return _of_workable(promise.of_workable, promise.draws, days, "modelled", " ".join(filter(None, (words, small))))


def _policy(cap: Cap, days: Resample) -> Raw:
    """Return the client's own cap on occupancy as a share of the base."""
    if cap.of_workable is None:
        return _none(cap.reason, "assumed")
    words = f"The client caps occupancy at {100 * cap.of_workable:.0f} % of workable time, {{}} of the base."
    draws = np.full(len(days.today_draws), cap.of_workable)
    return _of_workable(cap.of_workable, draws, days, "assumed", words)


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
    words = (
        f"Volumes differ by {100 * found.daily_cv:.0f} % from day to day and work is due within {found.due_days} working day{'s' if found.due_days > 1 else ''}, "
        f"which allows {100 * found.of_workable:.0f} % of workable time, {{}} of the base."
    )
    return _of_workable(found.of_workable, found.draws, days, "modelled", words)


def _of_workable(share: float, draws: np.ndarray, days: Resample, basis: Basis, words: str) -> Raw:
    """Return a ceiling that its theory states of workable time; `words` has a place for the share of the base."""
    ceiling = _converted(share, draws, days)
    sentence = words.format(f"{100 * ceiling.value:.0f} %")
    return Raw(share, share, "workable time", ceiling, basis, "", sentence, draws)


def _converted(share: float, draws: np.ndarray, days: Resample) -> Ceiling:
    """Return a share of workable time as a share of the base: times 1 - support share."""
    drawn = draws * (1 - days.support_draws)
    return Ceiling(share * (1 - days.support_share), drawn, drawn, drawn)


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
