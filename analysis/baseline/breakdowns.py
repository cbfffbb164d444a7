"""Where in the organisation and when the time goes: shares by group, site, tenure, weekday and half hour, luck and persons kept out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from analysis.baseline.bounds import non_work_bound
from analysis.baseline.cells import Cells
from analysis.baseline.evidence import People, day_hours
from analysis.baseline.frames import COLUMNS, estimate_columns
from analysis.baseline.levels import HIDDEN
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import NON_WORK, SHARE_PARTS, Clusters, five_shares
from analysis.baseline.words import SHARES, WITHIN_CHANCE
from analysis.foundation.clusters import MINIMUM_CLUSTERS, ratio
from analysis.foundation.estimate import Estimate
from analysis.measure.crosswalk import BASE
from analysis.measure.shrinkage import GroupErrors, Shrunken, differ, lasting_variance, shrink_shares, split_errors

# Levels of these are drawn from many like them, so the common mean says something about each; weekdays and half hours are what they are.
EXCHANGEABLE: tuple[str, ...] = ("group", "site", "tenure")
_ALPHA = 0.05
_SHRUNKEN = ("shrunken", "shrunken_low", "shrunken_high")
_SLOT_COLUMNS = {
    "utilization": "handling_agents",
    "idle": "idle_agents",
    "away": "away_agents",
    "unaccounted": "unaccounted_agents",
}
_COLUMNS = list(COLUMNS["breakdowns"])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every figure of a population has in common."""

    people: People
    clusters: Clusters
    settings: BaselineSettings


def breakdowns(
    people: People, slots: pd.DataFrame, cells: Cells, *, clusters: Clusters, settings: BaselineSettings
) -> pd.DataFrame:
    """Return the shares of a population by reporting group, site, tenure, weekday and half hour.

    Parameters
    ----------
    people
        The population.
    slots
        From :func:`analysis.baseline.slots.slot_table`; empty where no source has clock times.
    cells
        From :func:`analysis.baseline.cells.cells_of`: the levels, and which of them may be shown.
    clusters
        How the population's days hang together.
    settings
        Confidence and the smallest group.

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS["breakdowns"]``; one row per level and share, levels in their natural order (never by value). `share` is utilization,
        idle, away, unaccounted, or non_work (a range from logs alone, without a value). Raw interval: as for the whole population, of the level
        by itself. `shrunken` and its interval for groups, sites and tenure of 4 levels or more. Levels under the smallest group, and those that
        would give such a level away, hold no figures: ``suppressed``.

    Notes
    -----
    Small levels are put together before anything is computed (teams into groups, tenure bands and half hours with their neighbours). Levels are never crossed
    with each other. Shrunken figures leave out of the comparison what all levels share on a day
    (:func:`analysis.measure.shrinkage.split_errors`) and put it back into every interval. Where Welch's test does not set the levels of a
    share apart (5 % over the four shares), `reason` says so although there is a value; for groups, sites and tenure the test counts who the
    people of a level are as chance too, so that bands of service do not differ because a few of their people do.
    """
    if people.agent_days is None or people.days.empty:
        return pd.DataFrame(columns=_COLUMNS)
    asked = _Asked(people, clusters, settings)
    parts = [
        _of_days(by, cells.days.assign(level=level), asked, hidden=cells.hidden[by])
        for by, level in cells.levels.items()
    ]
    if len(slots):
        parts.append(_of_half_hours(slots, cells, asked))
    known = [part for part in parts if len(part)]
    if not known:
        return pd.DataFrame(columns=_COLUMNS)
    return pd.concat(known, ignore_index=True)[_COLUMNS].astype({"agents": "Int64", "days": "Int64"})


def _of_days(by: str, days: pd.DataFrame, asked: _Asked, *, hidden: frozenset[object]) -> pd.DataFrame:
    """Return the shares of levels that divide agent-days; `days` holds the level beside the ladder's parts."""
    order = list(days["level"].cat.categories)
    rows, shown = [], {}
    for level in order:
        part = days[days["level"].eq(level)]
        if part.empty:
            continue
        if level in hidden:
            rows += _suppressed(by, str(level), asked)
            continue
        shown[str(level)] = part
        named = {"by": by, "level": str(level), "agents": part["agent"].nunique(), "days": part["day"].nunique()}
        found = _estimates(by, part, asked)
        rows += [{**named, "share": share, **estimate_columns(estimate)} for share, estimate in found.items()]
    frame = pd.DataFrame(rows)
    if frame.empty:
        return frame
    return _compared(by, frame, shown, asked).assign(population=asked.people.population)


def _suppressed(by: str, level: str, asked: _Asked) -> list[dict[str, object]]:
    """Return the rows of a level that is not shown; not even how many people it holds."""
    words = HIDDEN.format(minimum=asked.settings.minimum_group_agents)
    columns = estimate_columns(Estimate.missing(words, status="suppressed"))
    named = {"by": by, "level": level, "agents": pd.NA, "days": pd.NA}
    return [{**named, "share": share, **columns} for share in SHARES]


def _estimates(by: str, part: pd.DataFrame, asked: _Asked) -> dict[str, Estimate]:
    """Return the shares of one level by itself."""
    people, settings = asked.people, asked.settings
    days = day_hours(part)
    stated = {"confidence": settings.confidence, "grade": people.attendance.grade, "agent_days": part}
    clusters = asked.clusters
    if by == "weekday" and clusters.unit == "days":
        # days of one weekday lie a week apart
        clusters = replace(clusters, working_days=5.0)
    found = five_shares(days, clusters=clusters, sees=people.sees, **stated)
    shares = {share: found[share] for share in SHARES}
    if float(days["UNACCOUNTED"].sum()) > 0:
        shares["non_work"] = non_work_bound(days, NON_WORK[people.population], clusters=clusters, **stated)
    return shares


def _compared(by: str, frame: pd.DataFrame, shown: Mapping[str, pd.DataFrame], asked: _Asked) -> pd.DataFrame:
    """Add the shrunken figures of exchangeable levels, and say where levels differ by no more than chance."""
    frame = frame.assign(**dict.fromkeys(_SHRUNKEN, np.nan))
    if len(asked.people.days) < MINIMUM_CLUSTERS:
        return frame
    for share in SHARES:
        usable = frame[frame["share"].eq(share) & frame["status"].eq("ok")]
        if len(usable) < 2:
            continue
        levels = {str(level): shown[str(level)] for level in usable["level"]}
        errors = _errors(share, levels, asked)
        if by in EXCHANGEABLE:
            found = _pulled(errors, asked)
            frame.loc[usable.index, list(_SHRUNKEN)] = np.column_stack([found.value, found.low, found.high])
            frame.loc[usable.index, "reason"] = [_joined(words, found.reason) for words in usable["reason"]]
        if _within_chance(share, errors, levels, people=by in EXCHANGEABLE):
            reasons = frame.loc[usable.index, "reason"]
            frame.loc[usable.index, "reason"] = [_joined(words, WITHIN_CHANCE) for words in reasons]
    return frame


def _joined(*words: str) -> str:
    return "; ".join(word for word in words if word)


def _pulled(errors: GroupErrors, asked: _Asked) -> Shrunken:
    """Pull levels together, unless the intervals are to speak for other people."""
    if asked.clusters.speaks_for == "other_people":
        return Shrunken.none(len(errors.share), "figures are pulled together for these people alone")
    return shrink_shares(errors, confidence=asked.settings.confidence)


def _within_chance(share: str, errors: GroupErrors, levels: Mapping[str, pd.DataFrame], *, people: bool) -> bool:
    """Return whether the levels differ by no more than chance gives, tested at 5 % over all shares together.

    Chance is the days, and for levels that hold different people also who these are; weekdays hold the same people on different days.
    """
    freedom = [(part["agent"] if people else part["day"]).nunique() - 1 for part in levels.values()]
    variance = errors.own**2
    if people:
        variance = variance + [lasting_variance(*_by_person(share, part)) for part in levels.values()]
    known = np.isfinite(variance) & (variance > 0)
    if known.sum() < 2:
        return False
    least = np.minimum(np.maximum(freedom, 1.0), max(errors.freedom, 1.0))[known]
    p_value = differ(special.logit(errors.share[known]), np.sqrt(variance[known]), freedom=least)
    return p_value > _ALPHA / len(SHARES)


def _by_person(share: str, part: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the part and the base of a level, people x days; in memory alone."""
    sums = part[["agent", "day"]].assign(base=part[list(BASE)].sum(axis=1).astype(float))
    sums["part"] = np.minimum(part[list(SHARE_PARTS[share])].sum(axis=1).astype(float), sums["base"])
    wide = sums.pivot_table(index="agent", columns="day", values=["part", "base"], aggfunc="sum")
    return wide["part"].fillna(0.0).to_numpy(), wide["base"].fillna(0.0).to_numpy()


def _errors(share: str, levels: Mapping[str, pd.DataFrame], asked: _Asked) -> GroupErrors:
    """Return the errors of the levels' shares, on the days of the population."""
    days = np.sort(asked.people.days["day"].unique())
    part, base = (
        np.column_stack(
            [rows.groupby("day")[list(words)].sum().sum(axis=1).reindex(days).fillna(0.0) for rows in levels.values()]
        )
        for words in (SHARE_PARTS[share], BASE)
    )
    weekday = pd.DatetimeIndex(days).day_of_week.to_numpy()
    return split_errors(np.minimum(part, base), base, strata=weekday, working_days=asked.clusters.working_days)


def _of_half_hours(slots: pd.DataFrame, cells: Cells, asked: _Asked) -> pd.DataFrame:
    """Return the shares by slot of the day over all days, days as clusters within weekdays; slots of few people with their neighbours."""
    spans = cells.spans[["weekday", "slot_of_day_s", "half_hour"]]
    there = slots[slots["base_agents"] > 0].merge(spans)
    starts = there.groupby("half_hour")["slot_of_day_s"].transform("min")
    rows: list[dict[str, object]] = []
    for _, part in there.groupby(starts, sort=True):
        level = str(part["half_hour"].iloc[0])
        if level in cells.hidden["half_hour"]:
            rows += _suppressed("half_hour", level, asked)
            continue
        sums = part.groupby("day")[["base_agents", *_SLOT_COLUMNS.values()]].sum().reset_index()
        named = {"by": "half_hour", "level": level, "agents": part["agent"].nunique(), "days": len(sums)}
        for share, column in _SLOT_COLUMNS.items():
            found = _of_slot(share, sums, column, asked)
            rows.append({**named, "share": share, **estimate_columns(found)})
    empty = dict.fromkeys(_SHRUNKEN, np.nan)
    return pd.DataFrame(rows).assign(population=asked.people.population, **empty)


def _of_slot(share: str, sums: pd.DataFrame, column: str, asked: _Asked) -> Estimate:
    """Return one share of one half hour; what no source records has no value."""
    base = sums["base_agents"].to_numpy()
    found = ratio(
        np.minimum(sums[column].to_numpy(), base),
        base,
        n_unit="days",
        strata=sums["day"].dt.day_of_week.to_numpy(),
        variance="serial",
        confidence=asked.settings.confidence,
        grade=asked.people.attendance.grade,
    )
    if found.value is None and share != "unaccounted" and not asked.people.sees & set(SHARE_PARTS[share]):
        words = "no source of this population records it; where it occurs it is part of unaccounted"
        return replace(found, status="insufficient", reasons=(words,))
    return found
