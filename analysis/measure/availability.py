"""When people are usually at work, learned from their records: weekly calendars, and gaps without nights, lunches and days off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.calendars import local_day
from analysis.foundation.calendars.periods import slots
from analysis.foundation.calendars.zones import stamps_of, utc_us
from analysis.foundation.intervals.sets import repeated
from analysis.foundation.intervals.table import Ints
from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Period

EVERYBODY = "(all)"
# A longer record was put aside meanwhile: only its two ends say that somebody was there.
LONGEST_RECORD_S = 4 * 3600
# Dates' worth of weight that the profile over all weekdays has beside a weekday's own dates.
POOLED_DATES = 2.0
_CELL = ["agent", "weekday", "slot_of_day_s"]


@dataclass(frozen=True, slots=True)
class Availability:
    """Weekly calendars learned from records.

    Attributes
    ----------
    calendar
        group, weekday (0 = Monday), slot_of_day_s (local), probability (of being seen at work in it on a date on which the person is seen at
        all, mean over people), available_share (of people whose calendar holds the granule), agents (seen in it), dates (person-dates of the
        weekday). Cells in which fewer people than the minimum were seen hold no figures.
    counts
        agents, own_calendar, groups_calendar, without_calendar, person_dates, and support: the share of granules in which people were seen that
        their calendars hold.
    granule_s
        Length of a granule [s].
    windows
        agent, start, end (UTC): when each person counts as available. For computations in memory; not for print.
    """

    calendar: pd.DataFrame
    counts: dict[str, float]
    granule_s: int
    windows: pd.DataFrame = field(repr=False)


def learn_availability(
    records: pd.DataFrame,
    *,
    zone: str | Mapping[str, str],
    granule_s: int = 3600,
    confidence: float = 0.5,
    support: float = 0.7,
    minimum_dates: int = 10,
    groups: Mapping[str, str] | None = None,
    minimum_agents: int = 10,
) -> Availability:
    """Learn from a log when each person is usually at work, by weekday and time of day.

    Parameters
    ----------
    records
        agent, start, end (UTC); for completions alone start = end.
    zone
        Time zone by the clock of which people work, for all or by agent.
    granule_s
        Length of a granule by the clock [s], a divisor of 24 hours.
    confidence
        A granule belongs to a person's calendar when the probability of being seen in it reaches this share of the person's usual level.
    support
        Share of a person's sightings that the calendar must hold; below it the person has no calendar.
    minimum_dates
        Dates on which a person must have been seen for a calendar of their own; others get their group's, if that has one.
    groups
        Group by agent; None puts all into one.
    minimum_agents
        People behind any printed cell, and behind a group's calendar.

    Returns
    -------
    Availability

    Raises
    ------
    DataProblem
        There are no records.
    ValueError
        `confidence` or `support` is not between 0 and 1.

    Notes
    -----
    A person is *seen* in a granule when a record starts in it or records fill at least half of it; a record of more than four hours counts by
    its two ends. On n dates of a weekday on which the person is seen at all, k of them in the granule, and with N and K the same over all
    weekdays,

        P = (k + 2 K / N) / (n + 2),   level = sum n P^2 / sum n P,   available where P >= confidence x level.

    Weekly granules with a probability follow Lopez-Pintado & Dumas (ICPM 2023; arXiv 2410.16941); confidence and support as conditions of a
    calendar follow Martin et al. and the same authors. Two things differ: the probability is conditional on the date, so holidays, leave and
    free weekdays lower nobody's, and the threshold is relative, because a person who idles half the time is seen in fewer granules but is no
    less at work. Only dates on which a person was seen hold available time.

    **What it cannot know.** A regular pause of a granule or more looks like lunch even if it is idleness, so idle time that recurs at the same hour
    is cut; irregular breaks shorter than a granule stay. A whole day without any record is never available, whatever its cause. Where early and late
    shifts alternate, the calendar holds both. Hours that are worked on few dates (overtime) fall out.

    Examples
    --------
    >>> days = pd.date_range("2026-01-05", periods=40, freq="B", tz="UTC")
    >>> start = [day + pd.Timedelta(hours=hour) for day in days for hour in (9, 10, 11, 13, 14)]
    >>> log = pd.DataFrame({"agent": "a", "start": start})
    >>> found = learn_availability(log.assign(end=log["start"] + pd.Timedelta("40min")), zone="UTC")
    >>> found.windows.head(2)["start"].dt.hour.tolist(), found.windows.head(2)["end"].dt.hour.tolist()
    ([9, 13], [12, 15])
    """
    for name, share in (("confidence", confidence), ("support", support)):
        if not 0 < share <= 1:
            raise ValueError(f"{name} must lie above 0 and not above 1, got {share}")
    rows = records[["agent", "start", "end"]].dropna()
    if rows.empty:
        raise DataProblem("records: no row has an agent, a start and an end. Calendars are learned from such rows.")
    rows = rows.assign(agent=rows["agent"].astype("str"))
    seen, clock = _seen(rows, zone, granule_s)
    own = _profile(seen)
    group = own.index.get_level_values("agent").to_series(index=own.index)
    group = group.map(groups).fillna(EVERYBODY) if groups is not None else group.map(lambda _: EVERYBODY)
    own = own.assign(group=group.astype("str"))
    holds, kinds = _decided(own, seen, confidence, support, minimum_dates=minimum_dates, minimum_agents=minimum_agents)
    windows = _windows(seen, holds, clock)
    counts = {"agents": float(len(kinds)), **{f"{name}_calendar": float((kinds == name).sum()) for name in _KINDS}}
    counts["person_dates"] = float(len(seen[["agent", "day"]].drop_duplicates()))
    inside = seen.merge(holds, on=_CELL, how="left", indicator=True)
    trusted = inside["agent"].map(kinds).ne("without")
    counts["support"] = float(inside.loc[trusted, "_merge"].eq("both").mean()) if trusted.any() else float("nan")
    return Availability(_calendar(own, holds, minimum_agents), counts, granule_s, windows)


_KINDS = ("own", "groups", "without")


def clip_to_availability(gaps: pd.DataFrame, calendar: Availability) -> pd.DataFrame:
    """Return gaps with the time alone in which their person is usually at work.

    Parameters
    ----------
    gaps
        agent, start, end (UTC) and any other columns, as in :class:`analysis.measure.gap_classes.Spans`.
    calendar
        Of :func:`learn_availability`.

    Returns
    -------
    DataFrame
        The gaps in their order and with their own start and end; gap_us is the time inside availability, clipped_us what was taken off. Gaps
        without any such time are left out. People without a calendar keep their gaps whole. A lunch inside a gap shortens it and does not
        make two of it; for the pieces themselves use ``intervals.clip(gaps, within=calendar.windows)``.
    """
    length = utc_us(gaps["end"]) - utc_us(gaps["start"])
    spells = gaps[["start", "end"]].assign(agent=gaps["agent"].astype("str"), place=np.arange(len(gaps)))
    pieces = intervals.clip(spells, within=calendar.windows)
    inside = np.bincount(
        pieces["place"].to_numpy(), weights=utc_us(pieces["end"]) - utc_us(pieces["start"]), minlength=len(gaps)
    ).astype(np.int64)
    known = gaps["agent"].astype("str").isin(set(calendar.windows["agent"])).to_numpy()
    inside = np.where(known, inside, length)
    return gaps.assign(gap_us=inside, clipped_us=length - inside)[inside > 0].reset_index(drop=True)


def _seen(
    rows: pd.DataFrame, zone: str | Mapping[str, str], granule_s: int
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return agent, zone, slot, day, weekday, slot_of_day_s of every granule in which a person was seen, and the granules of each zone."""
    zones = rows["agent"].map(lambda _: zone) if isinstance(zone, str) else rows["agent"].map(zone)
    if zones.isna().any():
        name = rows["agent"][zones.isna()].iloc[0]
        raise DataProblem(
            f"records: no time zone is known for {int(zones.isna().sum())} rows (first: agent {name}). Add it to the roster."
        )
    parts, clock = [], {}
    for place, part in rows.groupby(zones.to_numpy()):
        first, last = local_day(part["start"], str(place)).min(), local_day(part["end"], str(place)).max()
        table = slots(Period(start=first.date(), end=last.date()), str(place), slot_s=granule_s)
        start = utc_us(table["slot_start"])
        who, number = _sightings(part, start, utc_us(table["slot_end"]))
        columns = table[["day", "weekday", "slot_of_day_s"]].iloc[number].reset_index(drop=True)
        parts.append(columns.assign(agent=pd.array(who, dtype="str"), zone=str(place)))
        clock[str(place)] = table
    # a granule that the clock shows twice counts once
    return pd.concat(parts, ignore_index=True).drop_duplicates(
        ["agent", "day", "slot_of_day_s"], ignore_index=True
    ), clock


def _sightings(part: pd.DataFrame, start: Ints, end: Ints) -> tuple[np.ndarray, Ints]:
    """Return agent and number of every granule in which somebody was seen."""
    long = (utc_us(part["end"]) - utc_us(part["start"])) > LONGEST_RECORD_S * 1_000_000
    moments = pd.concat([part[["agent", "start"]], part.loc[long, ["agent", "end"]].rename(columns={"end": "start"})])
    at = np.searchsorted(start, utc_us(moments["start"]), side="right") - 1
    busy = intervals.union(part[~long])
    left, right = utc_us(busy["start"]), utc_us(busy["end"])
    first = np.searchsorted(start, left, side="right") - 1
    row, number = repeated(first, np.searchsorted(start, right, side="left") - first)
    time = np.minimum(right[row], end[number]) - np.maximum(left[row], start[number])
    filled = pd.DataFrame({"agent": busy["agent"].to_numpy()[row], "slot": number, "us": time})
    sums = filled.groupby(["agent", "slot"])["us"].sum()
    half = sums[sums.to_numpy() * 2 >= (end - start)[sums.index.get_level_values("slot").to_numpy()]]
    found = pd.DataFrame({"agent": moments["agent"].to_numpy(), "slot": at})
    found = pd.concat([found, half.index.to_frame(index=False)], ignore_index=True).drop_duplicates()
    return found["agent"].to_numpy(), found["slot"].to_numpy().astype(np.int64)


def _profile(seen: pd.DataFrame) -> pd.DataFrame:
    """Return probability and dates by agent, weekday and granule."""
    dates = seen[["agent", "day", "weekday"]].drop_duplicates()
    n = dates.groupby(["agent", "weekday"]).size().rename("dates")
    everyday = dates.groupby("agent").size()
    k = seen.groupby(_CELL).size().rename("seen")
    pooled = seen.groupby(["agent", "slot_of_day_s"]).size()
    pooled = (pooled / everyday.reindex(pooled.index.get_level_values("agent")).to_numpy()).rename("pooled")
    frame = n.reset_index().merge(pooled.reset_index(), on="agent").merge(k.reset_index(), on=_CELL, how="left")
    frame["probability"] = (frame["seen"].fillna(0) + POOLED_DATES * frame["pooled"]) / (frame["dates"] + POOLED_DATES)
    return frame.set_index(_CELL)[["dates", "seen", "probability"]].sort_index()


def _level(part: pd.DataFrame) -> float:
    """Return how often a person is seen in a granule at a typical moment of being at work."""
    weight = part["dates"] * part["probability"]
    return float((weight * part["probability"]).sum() / weight.sum())


def _decided(
    own: pd.DataFrame, seen: pd.DataFrame, confidence: float, support: float, *, minimum_dates: int, minimum_agents: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the granules of each person's calendar, and by person whose calendar it is (own, groups, without)."""
    levels = own.groupby("agent")[["dates", "probability"]].apply(_level)
    personal = own[
        own["probability"].to_numpy() >= confidence * levels.reindex(own.index.get_level_values("agent")).to_numpy()
    ]
    dates = seen.groupby("agent")["day"].nunique()
    sightings = own["seen"].groupby("agent").sum()
    held = personal["seen"].groupby("agent").sum().reindex(sightings.index).fillna(0)
    enough = dates >= minimum_dates
    trusted = enough & (held / sightings >= support)
    common = _common(own, confidence, minimum_agents)
    group = own["group"].groupby("agent").first()
    borrowed = ~enough & group.isin(set(common["group"]))
    kinds = pd.Series(np.where(trusted, "own", np.where(borrowed, "groups", "without")), index=dates.index)
    first = personal.index.to_frame(index=False)
    second = group[borrowed].rename("group").reset_index().merge(common, on="group")[_CELL]
    return pd.concat([first[first["agent"].map(kinds).eq("own")], second], ignore_index=True), kinds


def _common(own: pd.DataFrame, confidence: float, minimum_agents: int) -> pd.DataFrame:
    """Return the granules of each group's calendar: group, weekday, slot_of_day_s; groups of few people have none."""
    people = own.reset_index().groupby("group")["agent"].nunique()
    frame = own[own["group"].isin(people.index[people >= minimum_agents])].reset_index()
    empty = frame.iloc[:0][["group", "weekday", "slot_of_day_s"]]
    if frame.empty:
        return empty
    dates = frame[["group", "agent", "weekday", "dates"]].drop_duplicates().groupby(["group", "weekday"])["dates"].sum()
    frame["expected"] = frame["dates"] * frame["probability"]
    cells = frame.groupby(["group", "weekday", "slot_of_day_s"])["expected"].sum().rename("sum").reset_index()
    cells = cells.merge(dates.reset_index(), on=["group", "weekday"])
    cells["probability"] = cells["sum"] / cells["dates"]
    levels = cells.groupby("group")[["dates", "probability"]].apply(_level)
    kept = cells["probability"] >= confidence * cells["group"].map(levels)
    return cells.loc[kept, empty.columns]


def _windows(seen: pd.DataFrame, holds: pd.DataFrame, clock: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return agent, start, end: the granules of people's calendars on the dates on which they were seen."""
    dates = seen[["agent", "day", "weekday", "zone"]].drop_duplicates().merge(holds, on=["agent", "weekday"])
    parts = [
        part.merge(clock[str(place)][["day", "slot_of_day_s", "slot_start", "slot_end"]], on=["day", "slot_of_day_s"])
        for place, part in dates.groupby("zone")
    ]
    if not parts:
        none = stamps_of(np.empty(0, dtype=np.int64))
        return pd.DataFrame({"agent": pd.Series(dtype="str"), "start": none, "end": none})
    found = pd.concat(parts, ignore_index=True).rename(columns={"slot_start": "start", "slot_end": "end"})
    return intervals.union(found[["agent", "start", "end"]])


def _calendar(own: pd.DataFrame, holds: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Return the groups' calendars; cells in which few people were seen hold no figures."""
    held = pd.MultiIndex.from_frame(holds[_CELL])
    frame = own.assign(available=own.index.isin(held), agents=own["seen"].gt(0)).reset_index()
    days = frame[["group", "agent", "weekday", "dates"]].drop_duplicates().groupby(["group", "weekday"])["dates"]
    around = days.agg(people="size", dates="sum").reset_index()
    sums = frame.groupby(["group", "weekday", "slot_of_day_s"])[["probability", "available", "agents"]].sum()
    cells = sums.reset_index().merge(around, on=["group", "weekday"])
    enough = cells["agents"] >= minimum
    cells["probability"] = (cells["probability"] / cells["people"]).where(enough)
    cells["available_share"] = (cells["available"] / cells["people"]).where(enough)
    cells[["agents", "dates"]] = cells[["agents", "dates"]].where(enough)
    return cells[["group", "weekday", "slot_of_day_s", "probability", "available_share", "agents", "dates"]]
