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
from analysis.measure.crosswalk import WORKABLE
from analysis.measure.records import roster_of, table_of
from analysis.utilization.allowance import allowance_ceiling, allowance_table, day_share, granted, totals
from analysis.utilization.caps import Cap, above_cap, cap_of
from analysis.utilization.deadline_ceiling import (
    HOPELESS_TOLD,
    DeadlineCeiling,
    deadline_ceiling,
    no_ceiling,
)
from analysis.utilization.lowest import Ceiling
from analysis.utilization.promise_ceiling import PromiseCeiling, promise_ceiling
from analysis.utilization.resample import Resample
from analysis.utilization.settings import Allowance, UtilizationSettings
from analysis.utilization.words import NAMES, small_pool_words

Tables = Mapping[str, pd.DataFrame]
# Longer items are not started between two contacts.
LONGEST_ITEM_S = 600.0


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
    busy = (*_breaks_for_rest(population, days, settings, allowances), *above_cap(baseline, population, cap))
    if population == "back_office":
        due = _deadlines(tables, baseline, days=days, client=client, settings=settings)
        found["queueing"], found["policy"] = _due_raw(due, days), _policy(cap, days)
        return Limits(found, pd.DataFrame(), (*_hopeless(due), *busy), None, table)
    item_s = item_length_s(baseline.item_lengths, settings)
    promise = promise_ceiling(
        tables,
        baseline.pool_slots,
        baseline.pool_slot_days,
        client=client,
        queues=queues,
        days=days,
        settings=settings,
        item_s=item_s,
    )
    found["queueing"] = _promise(promise, days, settings)
    found["policy"] = _policy(cap, days)
    return Limits(found, promise.slots, (*_cautions(promise), *busy), _blended(promise, item_s, days), table)


def item_length_s(lengths: pd.DataFrame, settings: UtilizationSettings) -> float | None:
    """Return the mean length of the items that may be started between contacts [s], None where it is not known.

    Parameters
    ----------
    lengths
        ``Baseline.item_lengths``; types that take more than 10 minutes on average are left out.
    settings
        `item_s` is taken where it is stated.

    Examples
    --------
    >>> lengths = pd.DataFrame({"type": ["letter", "claim", "appeal"], "items": [300, 100, 50], "mean_s": [200.0, 400.0, 1800.0]})
    >>> item_length_s(lengths, UtilizationSettings())
    250.0
    """
    if settings.item_s > 0:
        return settings.item_s
    short = lengths[lengths["mean_s"].le(LONGEST_ITEM_S) & lengths["items"].gt(0)]
    return float(np.average(short["mean_s"], weights=short["items"])) if len(short) else None


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
    then = "today's breaks, meetings and outages give part of it, which leaves" if given else "that is"
    words = (
        f"Rest and small delays leave {100 * raw:.0f} % of the attended day ({100 * least:.0f} to {100 * most:.0f} as allowed for); "
        f"{then} {100 * ceiling.value:.0f} % of the base."
    )
    draws = ceiling.draws / np.maximum(1 - days.support_draws, 1e-12) if workable is not None else None
    return Raw(workable, raw, "attended day", ceiling, "assumed", "", words, draws)


def _breaks_for_rest(
    population: str, days: Resample, settings: UtilizationSettings, allowances: Sequence[Allowance]
) -> tuple[Finding, ...]:
    """Say when breaks of today give all of rest: if paid meals are among them, meals would stand for rest."""
    rest, delay = totals(granted(population, settings, allowances), 0.5).values()
    needed = day_share(rest + delay, settings.allowance_convention) * rest / max(rest + delay, 1e-12)
    if days.break_share < needed or rest == 0:
        return ()
    place = NAMES[population]
    text = (
        f"{place}: breaks take {100 * days.break_share:.0f} % of the attended day, so all {100 * needed:.0f} % of rest is taken to be given by them; "
        'if paid meals are among the breaks, state them as an [[allowance]] of their own (name = "paid meal"), because a meal is not rest from work.'
    )
    return (Finding("breaks_give_all_rest", "flag", f"{place}, ceiling of allowances", text),)


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


def _blended(promise: PromiseCeiling, item_s: float | None, days: Resample) -> Raw:
    """Return the ceiling of the promise to callers when items fill the gaps between contacts."""
    if promise.blended is None or item_s is None:
        return _none(promise.reason or promise.blended_reason or "how long items take is not known", "modelled")
    but = f"; {promise.blended_reason}" if promise.blended_reason else ""
    words = (
        f"With items of {item_s / 60:.0f} minutes between contacts and the load as expected, contacts and items together can fill "
        f"{100 * promise.blended:.0f} % of workable time, {{}} of the base{but}."
    )
    return _of_workable(promise.blended, promise.blended_draws, days, "modelled", words)


def _policy(cap: Cap, days: Resample) -> Raw:
    """Return the client's own cap on occupancy as a share of the base."""
    if cap.of_workable is None:
        return _none(cap.reason, "assumed")
    words = f"The client caps occupancy at {100 * cap.of_workable:.0f} % of workable time, {{}} of the base."
    draws = np.full(len(days.today_draws), cap.of_workable)
    return _of_workable(cap.of_workable, draws, days, "assumed", words)


def _deadlines(
    tables: Tables, baseline: Baseline, *, days: Resample, client: Client, settings: UtilizationSettings
) -> DeadlineCeiling:
    """Return what due times leave in the back office, from its own items, days and clerks on duty."""
    items = table_of(tables, "work_items")
    if items is None:
        return no_ceiling("no work items with arrival and due time were given")
    roster = roster_of(tables)
    clerks = set(roster.loc[roster["population"].eq("back_office").fillna(False).astype(bool), "agent"])
    slots, rows = baseline.idle_by_slot, baseline.days[baseline.days["population"].eq("back_office")]
    workable_h = rows.groupby("day")[list(WORKABLE)].sum().sum(axis=1).reindex(pd.DatetimeIndex(days.days))
    return deadline_ceiling(
        items[items["agent"].isin(clerks) | items["agent"].isna()],
        standard_seconds(tables, baseline.item_lengths),
        client=client,
        days=days,
        target=settings.deadline_target,
        seed=settings.seed,
        workable_h=workable_h,
        slots=slots[slots["population"].eq("back_office")],
        slot_s=baseline.settings.slot_s,
        cut_off_h=settings.cut_off_h,
    )


def _due_raw(due: DeadlineCeiling, days: Resample) -> Raw:
    """Return the ceiling of due times as a share of the base."""
    if due.of_workable is None:
        return _none(due.reason, "modelled")
    given = {0: "on the day it arrives", 1: "within 1 working day"}.get(
        due.due_days, f"within {due.due_days} working days"
    )
    words = (
        f"Volumes differ by {100 * due.daily_cv:.0f} % from day to day and half of the work is due {given}, which allows "
        f"{100 * due.of_workable:.0f} % of workable time, {{}} of the base, if any clerk can do any type and what is due first is done first."
    )
    return _of_workable(due.of_workable, due.draws, days, "modelled", words)


def _hopeless(due: DeadlineCeiling) -> tuple[Finding, ...]:
    """Say how much work falls due while nobody is at work."""
    if due.of_workable is None or due.hopeless_share < HOPELESS_TOLD:
        return ()
    text = (
        f"back office: {100 * due.hopeless_share:.0f} % of the work falls due before anybody is at work after it arrives, so no number of clerks does it when due; "
        "the ceiling of due times is about the rest. Look at the due times or at the hours of work."
    )
    return (Finding("due_while_nobody_works", "flag", "ceiling of due times", text),)


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
        "there every weekday was followed as a whole instead of taking each half hour by itself."
    )
    return (Finding("queue_does_not_settle", "flag", "ceiling of the promise", text),)
