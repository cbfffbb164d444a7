"""Why steps of a case wait: batching, contention, prioritization, unavailability, and what the log cannot explain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.calendars.zones import stamps_of, utc_us
from analysis.foundation.intervals.sets import Packing, repeated
from analysis.foundation.intervals.table import Ints, Rows
from analysis.foundation.schema import DataProblem

PARTS: tuple[str, ...] = ("batching", "prioritization", "contention", "unavailability", "extraneous")
OTHER = "(other)"
# the first part that holds a moment gets it
_ORDER = ("batching", "contention", "prioritization", "available")
_COLUMNS = ("item", "type", "agent", "started", "ended")
# pairs of a wait and a record beside it that are held in memory at once
_PAIRS = 2_000_000


@dataclass(frozen=True, slots=True)
class WaitingTimes:
    """The waits of a case log by cause.

    Attributes
    ----------
    steps
        One row per step that waited for a known moment: row, source_row (positions in the log; -1 where the wait began with the item's
        arrival), total_us and one column ``<part>_us`` per part; the parts add to the total exactly. unavailability_us is missing where no
        availability of that person is known: extraneous_us then holds it too.
    transitions
        source_type, type, steps, items, agents, total_h and one column ``<part>_h`` per part. Transitions of few people are added together
        as ``(other)``, and no row stands for fewer people than asked.
    left_out
        reason -> rows of the log that could not be used.
    """

    steps: pd.DataFrame
    transitions: pd.DataFrame
    left_out: dict[str, int]


def decompose_waiting(
    log: pd.DataFrame,
    *,
    available: pd.DataFrame | None = None,
    parallel: Collection[tuple[str, str]] = (),
    minimum_batch: int = 2,
    batch_gap_s: float = 0.0,
    minimum_agents: int = 10,
) -> WaitingTimes:
    """Divide the time that each step waited by what the person who did it was doing meanwhile.

    Parameters
    ----------
    log
        One row per step: item (the case), type (the activity), agent, started, ended (UTC) and, where known, arrived.
    available
        agent, start, end (UTC): when people are at work, from a schedule or :func:`analysis.measure.availability.learn_availability`. None, or
        a person without any row: unavailability is not told apart.
    parallel
        Pairs of types that run side by side within an item; neither waits for the other. Steps that overlap never wait for one another.
    minimum_batch, batch_gap_s
        Steps that make a batch, and the longest pause inside one [s].
    minimum_agents
        People that a row of `transitions` must stand for.

    Returns
    -------
    WaitingTimes

    Raises
    ------
    DataProblem
        A column is missing, or no row can be used.

    Notes
    -----
    A step is enabled when the latest earlier step of its item ends (or its item arrives, if that is later or there is none). Its wait runs
    to its start. In this order a moment of the wait is (Lashkevich et al. 2023, arXiv 2212.01392)

    1. batching: until the last member of its batch is enabled. A batch is a run of steps of one type by one person, each enabled by the
       time the first one starts, without a pause longer than `batch_gap_s`;
    2. contention: the person works on a step that was enabled no later;
    3. prioritization: the person works on a step that was enabled later (outside a batch, "later" is counted from the batch's enabling);
    4. unavailability: the person is not at work;
    5. extraneous: everything else. It holds waiting for customers and other systems, work that no log shows, and idleness, and cannot
       tell them apart.

    An item's first step counts as enabled at its start where no arrival is known. The person is the one who did the step in the end: whether
    somebody else could have done it sooner is not in the log.

    Examples
    --------
    >>> at = lambda clock: pd.Timestamp(f"2026-03-02 {clock}", tz="UTC")
    >>> log = pd.DataFrame({"item": [1, 1, 2], "type": ["A", "B", "A"], "agent": ["x", "y", "y"],
    ...     "started": [at("10:00"), at("12:00"), at("10:00")], "ended": [at("10:30"), at("12:30"), at("11:30")]})
    >>> (decompose_waiting(log).steps[["total_us", "contention_us", "extraneous_us"]] / 60e6).to_numpy().tolist()
    [[90.0, 60.0, 30.0]]
    """
    rows, left_out = _usable(log)
    enabled, source = _enabled(rows, parallel)
    batch = _batches(rows, enabled, minimum_batch, batch_gap_s)
    ready = pd.Series(enabled).groupby(batch).transform("max").to_numpy().astype(np.int64)
    ready = np.where(batch >= 0, np.minimum(ready, rows["start"].to_numpy()), enabled)
    known = np.flatnonzero((source >= 0) | rows["arrived_us"].notna().to_numpy())
    parts = _parts(rows, enabled, ready, batch=batch, waits=known, available=available)
    place = rows["row"].to_numpy()
    steps = pd.DataFrame({"row": place[known], "source_row": np.where(source[known] >= 0, place[source[known]], -1)})
    steps["total_us"] = rows["start"].to_numpy()[known] - enabled[known]
    steps = pd.concat([steps, parts], axis=1).sort_values("row", ignore_index=True)
    return WaitingTimes(steps, _transitions(log, steps, minimum_agents), left_out)


def _usable(log: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows that have a person and both ends, in order of item, end and start, and how many do not."""
    missing = [name for name in _COLUMNS if name not in log]
    if missing:
        raise DataProblem(
            f"work items: no column {' and no column '.join(missing)}. Waiting times need {', '.join(_COLUMNS)}."
        )
    timed = log["started"].notna() & log["ended"].notna()
    named = log["agent"].notna() & log["item"].notna() & log["type"].notna()
    forward = ~(timed & (log["ended"] < log["started"]))
    kept = np.flatnonzero(timed & named & forward)
    if not len(kept):
        raise DataProblem("work items: no row has item, type, agent, start and end. Waiting times need such rows.")
    part = log.iloc[kept]
    arrived = part["arrived"] if "arrived" in part else pd.Series(pd.NaT, index=part.index, dtype="datetime64[us, UTC]")
    rows = pd.DataFrame(
        {
            "row": kept,
            "item": pd.factorize(part["item"])[0],
            "type": part["type"].astype("str").to_numpy(),
            "agent": part["agent"].astype("str").to_numpy(),
            "start": utc_us(part["started"]),
            "end": utc_us(part["ended"]),
            "arrived_us": pd.array([pd.NA] * len(part), dtype="Int64"),
        }
    )
    seen = arrived.notna().to_numpy()
    if seen.any():
        rows.loc[seen, "arrived_us"] = utc_us(arrived[seen])
    left_out = {
        "no person, item or type": int((~named).sum()),
        "no start or no end": int((named & ~timed).sum()),
        "ends before it starts": int((named & ~forward).sum()),
    }
    return rows.sort_values(["item", "end", "start", "row"], kind="stable", ignore_index=True), left_out


def _enabled(rows: pd.DataFrame, parallel: Collection[tuple[str, str]]) -> tuple[Ints, Ints]:
    """Return when each row could have begun, and the row whose end enabled it (-1: none)."""
    item, start, end = (rows[name].to_numpy() for name in ("item", "start", "end"))
    packing = Packing.of(int(item.max()) + 1, [Rows(item, start, end)])
    ends = packing.keys(item, end)
    place = np.arange(len(rows))
    source = np.minimum(np.searchsorted(ends, packing.keys(item, start), side="right"), place) - 1
    first = np.searchsorted(item, item, side="left")
    beside = {pair for one, other in parallel for pair in ((str(one), str(other)), (str(other), str(one)))}
    types = rows["type"].to_numpy(dtype=object)
    while beside:
        open_ = np.flatnonzero(source >= first)
        step = open_[[(types[source[n]], types[n]) in beside for n in open_]]
        if not len(step):
            break
        source[step] -= 1
    source = np.where(source >= first, source, -1)
    before = np.where(source >= 0, end[source], np.iinfo(np.int64).min)
    arrived = rows["arrived_us"].fillna(np.iinfo(np.int64).min).to_numpy(dtype=np.int64)
    enabled = np.maximum(before, arrived)
    return np.where(enabled > np.iinfo(np.int64).min, np.minimum(enabled, start), start), source


def _batches(rows: pd.DataFrame, enabled: Ints, minimum: int, gap_s: float) -> Ints:
    """Return the number of each row's batch, -1 outside batches."""
    gap = round(gap_s * 1_000_000)
    who = pd.factorize(rows["agent"])[0]
    what = pd.factorize(rows["type"])[0]
    order = np.lexsort((rows["end"], rows["start"], what, who))
    start, end = rows["start"].to_numpy()[order].tolist(), rows["end"].to_numpy()[order].tolist()
    group = list(zip(who[order].tolist(), what[order].tolist(), strict=True))
    ready = enabled[order].tolist()
    number = np.zeros(len(order), dtype=np.int64)
    current, begun, over = -1, 0, 0
    for n in range(len(order)):
        goes_on = n and group[n] == group[n - 1] and ready[n] <= begun and start[n] - over <= gap
        if not goes_on:
            current, begun, over = current + 1, start[n], end[n]
        over = max(over, end[n])
        number[n] = current
    size = np.bincount(number)
    batch = np.full(len(order), -1, dtype=np.int64)
    batch[order] = np.where(size[number] >= minimum, number, -1)
    return batch


def _parts(
    rows: pd.DataFrame, enabled: Ints, ready: Ints, *, batch: Ints, waits: Ints, available: pd.DataFrame | None
) -> pd.DataFrame:
    """Return microseconds per part of each wait."""
    start = rows["start"].to_numpy()
    lasting = waits[start[waits] > enabled[waits]]
    at = pd.DataFrame({"wait": lasting, "agent": rows["agent"].to_numpy()[lasting]})
    at["start"], at["end"] = stamps_of(enabled[lasting]), stamps_of(start[lasting])
    held = {part: np.zeros(len(rows), dtype=np.int64) for part in _ORDER}
    for few, beside in _meanwhile(rows, enabled, ready, batch=batch, waits=lasting):
        own = at[at["wait"].isin(few)]
        pieces = [beside, _gathering(own, ready)]
        if available is not None:
            pieces.append(intervals.clip(own, within=available[["agent", "start", "end"]]).assign(state="available"))
        evidence = pd.concat([piece[["wait", "start", "end", "state"]] for piece in pieces], ignore_index=True)
        window = own[["wait", "start", "end"]].rename(columns={"wait": "agent"})
        found = intervals.exclusive(evidence.rename(columns={"wait": "agent"}), order=_ORDER, within=window)
        for row in intervals.totals(found, slot_s=None).groupby("state"):
            held[str(row[0])][row[1]["agent"].to_numpy()] = row[1]["us"].to_numpy()
    total = (start - enabled)[waits]
    named = {part: held[part][waits] for part in ("batching", "prioritization", "contention")}
    rest = total - sum(named.values())
    sure = np.zeros(len(waits), dtype=bool)
    if available is not None:
        sure = rows["agent"].isin(set(available["agent"].astype("str"))).to_numpy()[waits]
    extraneous = np.where(sure, held["available"][waits], rest)
    absent = pd.array(rest - extraneous, dtype="Int64")
    absent[~sure] = pd.NA
    frame = pd.DataFrame({**named, "unavailability": absent, "extraneous": extraneous})
    return frame[list(PARTS)].add_suffix("_us")


def _gathering(own: pd.DataFrame, ready: Ints) -> pd.DataFrame:
    """Return the part of each wait in which its batch was still being gathered."""
    end = stamps_of(ready[own["wait"].to_numpy()]).set_axis(own.index)
    return own.assign(end=end, state="batching")[end > own["start"]]


def _meanwhile(
    rows: pd.DataFrame, enabled: Ints, ready: Ints, *, batch: Ints, waits: Ints
) -> Iterator[tuple[Ints, pd.DataFrame]]:
    """Yield waits in portions with what their people worked on meanwhile: wait, start, end, state."""
    who = pd.factorize(rows["agent"])[0].astype(np.int64)
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
    low = np.minimum(start, enabled)
    packing = Packing.of(int(who.max()) + 1, [Rows(who, low, end)])
    order = np.lexsort((end, start, who))
    latest = np.maximum.accumulate(packing.keys(who, end)[order])
    first = np.searchsorted(latest, packing.keys(who, enabled)[waits], side="right")
    beyond = np.searchsorted(packing.keys(who, start)[order], packing.keys(who, start)[waits], side="left")
    counts = np.maximum(beyond - first, 0)
    portion = np.cumsum(counts) // _PAIRS
    for number in np.unique(portion):
        few = portion == number
        pair, place = repeated(first[few], counts[few])
        wait, other = waits[few][pair], order[place]
        meets = (end[other] > enabled[wait]) & (other != wait)
        wait, other = wait[meets], other[meets]
        together = (batch[wait] >= 0) & (batch[wait] == batch[other])
        due = np.where(together, enabled[wait], ready[wait])
        state = np.where(enabled[other] > due, "prioritization", "contention")
        frame = pd.DataFrame({"wait": wait, "start": stamps_of(start[other]), "end": stamps_of(end[other])})
        yield waits[few], frame.assign(state=pd.array(state, dtype="str"))


def _transitions(log: pd.DataFrame, steps: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Return hours by pair of types; pairs of few people together, and nothing for fewer than the minimum."""
    columns = ["total_us", *(f"{part}_us" for part in PARTS)]
    source = steps["source_row"].to_numpy()
    named = log["type"].astype("str").to_numpy(dtype=object)
    rows = steps.assign(
        source_type=np.where(source >= 0, named[source], "(arrival)"),
        type=named[steps["row"].to_numpy()],
        item=log["item"].to_numpy()[steps["row"].to_numpy()],
        agent=log["agent"].astype("str").to_numpy()[steps["row"].to_numpy()],
    )
    pairs = rows.groupby(["source_type", "type"])["agent"].agg(frozenset).sort_values(key=_sizes)
    folded: set[tuple[str, str]] = set()
    people: frozenset[str] = frozenset()
    for pair, names in pairs.items():
        if len(names) >= minimum and (not people or len(people) >= minimum):
            break
        folded.add(pair)  # type: ignore[arg-type]
        people |= names
    if folded:
        hidden = np.array([pair in folded for pair in zip(rows["source_type"], rows["type"], strict=True)])
        rows = rows.assign(**{name: rows[name].mask(hidden, OTHER) for name in ("source_type", "type")})
        rows = rows if len(people) >= minimum else rows[~hidden]
    grouped = rows.groupby(["source_type", "type"])
    counts = grouped.agg(steps=("row", "size"), items=("item", "nunique"), agents=("agent", "nunique"))
    hours = (grouped[columns].sum(min_count=1) / 3.6e9).astype("float64")
    hours.columns = [name.replace("_us", "_h") for name in columns]
    return counts.join(hours).sort_values("total_h", ascending=False, kind="stable").reset_index()


def _sizes(column: pd.Series) -> pd.Series:
    return column.map(len)
