"""Wall-clock stamps to UTC: what the clock showed twice or never is reported, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars.zones import SECOND_US, Ints, offsets, stamps_of, years
from analysis.foundation.schema import DataProblem

_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Resolved:
    """Stamps in UTC, and what is wrong with those that have none.

    Attributes
    ----------
    utc
        Zone-aware times; empty where `problem` says why.
    problem
        ``""``, ``"missing"``, ``"dst_ambiguous"`` (the clock showed it twice and nothing tells which), ``"dst_nonexistent"`` (the clock never
        showed it), ``"offset_impossible"`` (the row's own offset does not occur there).
    settled
        Stamps that the clock showed twice and that an offset or the order of the rows told apart.
    """

    utc: pd.Series
    problem: pd.Series
    settled: int

    def __repr__(self) -> str:
        """Return the counts."""
        counts = self.problem[self.problem != ""].value_counts()
        parts = [
            f"{len(self.utc)} stamps",
            f"{self.settled} told apart",
            *(f"{n} {word}" for word, n in counts.items()),
        ]
        return ", ".join(parts)


def resolve(
    stamps: pd.Series, zone: str | pd.Series, *, agents: pd.Series | None = None, offset_s: pd.Series | None = None
) -> Resolved:
    """Turn wall-clock stamps into UTC without guessing over clock changes.

    Parameters
    ----------
    stamps
        Times without a zone.
    zone
        IANA name, or one name per stamp.
    agents
        Whose stamp each is, in the order in which it was recorded: where a person's rows are in time order, that order can tell the two
        passes of a doubled hour apart.
    offset_s
        The row's own offset from UTC [s] where it states one.

    Returns
    -------
    Resolved
        UTC stamps, empty where they stay open, with the reason for each.

    Notes
    -----
    A run of doubled stamps of a person is read as k of the first pass and the rest of the second, for every k that keeps the person's rows in
    time order, the certain rows before and after included. A stamp is settled when all such readings agree on it.

    Examples
    --------
    >>> shown = pd.Series(pd.to_datetime(["2026-10-25 02:40", "2026-10-25 02:10", "2026-03-29 02:30"]))
    >>> resolve(shown, "Europe/Amsterdam", agents=pd.Series(["a", "a", "b"])).problem.tolist()
    ['', '', 'dst_nonexistent']
    >>> resolve(shown, "Europe/Amsterdam").problem.tolist()
    ['dst_ambiguous', 'dst_ambiguous', 'dst_nonexistent']
    """
    if stamps.dtype.kind != "M" or isinstance(stamps.dtype, pd.DatetimeTZDtype):
        raise DataProblem(
            "times: only stamps without a zone can be resolved. Parse them first, and leave zone-aware ones as they are."
        )
    given = stamps.notna().to_numpy()
    local = np.where(given, stamps.to_numpy().astype("M8[us]").view(np.int64), 0)
    early, late, never = _readings(local, zone, given)
    own = np.full(len(local), np.nan) if offset_s is None else offset_s.to_numpy(dtype=float, na_value=np.nan)
    stated = given & ~np.isnan(own)
    utc = local - np.round(np.where(stated, own, 0) * SECOND_US).astype(np.int64)
    impossible = stated & (never | ((utc != early) & (utc != late)))
    twice = given & ~never & (early < late)
    sure = given & ~never & ~(twice & ~stated) & ~impossible
    early, late = np.where(stated, utc, early), np.where(stated, utc, late)
    if agents is not None:
        early, late = _told_by_order(early, late, pd.factorize(agents)[0], sure, twice & ~stated)
    open_still = twice & ~impossible & (early < late)
    problem = np.select(
        [~given, impossible, never, open_still],
        ["missing", "offset_impossible", "dst_nonexistent", "dst_ambiguous"],
        "",
    )
    result = stamps_of(early).set_axis(stamps.index).where(problem == "")
    return Resolved(result, pd.Series(problem, index=stamps.index, dtype="str"), int((twice & (problem == "")).sum()))


def readings(local_us: Ints, zone: str) -> tuple[Ints, Ints, np.ndarray]:
    """Return the earlier and the later moment at which a clock showed a time, and whether it never did.

    Parameters
    ----------
    local_us
        Wall-clock microseconds since 1970.
    zone
        IANA name.

    Returns
    -------
    tuple of arrays
        Two UTC moments [us], equal where the clock showed the time once, and a flag for times that it skipped.

    Examples
    --------
    >>> shown = np.array(["2026-10-25T02:30", "2026-10-25T04:00"], dtype="M8[us]").view("int64")
    >>> early, late, never = readings(shown, "Europe/Amsterdam")
    >>> ((late - early) // 3_600_000_000).tolist()
    [1, 0]
    """
    if not len(local_us):
        return local_us, local_us, np.empty(0, dtype=bool)
    moments, shifts = offsets(zone, *years(int(local_us.min()), int(local_us.max())))
    ends = np.append(moments[1:] + shifts[:-1], _LAST)
    begins = np.append(moments[:1], moments[1:] + shifts[1:])
    first = np.searchsorted(ends, local_us, side="right")
    last = np.searchsorted(begins, local_us, side="right") - 1
    never = last < first
    return local_us - shifts[first], local_us - shifts[np.maximum(last, first)], never


def _readings(local: Ints, zone: str | pd.Series, given: np.ndarray) -> tuple[Ints, Ints, np.ndarray]:
    """Return the readings of stamps, zone by zone; stamps that are not given keep zeros."""
    early, late, never = local.copy(), local.copy(), np.zeros(len(local), dtype=bool)
    codes, names = pd.factorize(pd.Series([zone] * len(local) if isinstance(zone, str) else zone.to_numpy()))
    if (given & (codes < 0)).any():
        raise DataProblem(f"time zone: missing for {int((given & (codes < 0)).sum())} stamps. Name a zone for each.")
    for code, name in enumerate(names):
        here = given & (codes == code)
        early[here], late[here], never[here] = readings(local[here], str(name))
    return early, late, never


def _told_by_order(early: Ints, late: Ints, person: Ints, sure: np.ndarray, twice: np.ndarray) -> tuple[Ints, Ints]:
    """Return the readings with those that the order of a person's rows excludes put aside."""
    early, late = early.copy(), late.copy()
    order = np.argsort(person, kind="stable")
    order = order[(sure | twice)[order]]
    for run in _runs(order, person, twice):
        rows = order[run]
        before, after = run.start - 1, run.stop
        floor = early[order[before]] if before >= 0 and person[order[before]] == person[rows[0]] else -_LAST
        beyond = after < len(order) and person[order[after]] == person[rows[0]]
        ceiling = early[order[after]] if beyond else _LAST
        fits = _passes(early[rows], late[rows], int(floor), int(ceiling))
        if fits is not None:
            late[rows[: fits[0]]] = early[rows[: fits[0]]]
            early[rows[fits[1] :]] = late[rows[fits[1] :]]
    return early, late


def _runs(order: Ints, person: Ints, twice: np.ndarray) -> Iterator[slice]:
    """Yield the runs of doubled stamps of one person that follow one another."""
    at = np.flatnonzero(twice[order])
    if not len(at):
        return
    new = (np.diff(at) > 1) | (person[order[at[1:]]] != person[order[at[:-1]]])
    bounds = np.concatenate([[0], np.flatnonzero(new) + 1, [len(at)]])
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield slice(int(at[low]), int(at[high - 1]) + 1)


def _passes(early: Ints, late: Ints, floor: int, ceiling: int) -> tuple[int, int] | None:
    """Return the fewest and the most rows that can belong to the first pass; None where no reading is in time order."""
    size = len(early)
    down = np.flatnonzero(np.diff(early) < 0)
    most = int(down[0]) + 1 if len(down) else size
    least = int(down[-1]) + 1 if len(down) else 0
    fits = [
        k
        for k in range(least, most + 1)
        if floor <= (early[0] if k else late[0]) and (late[-1] if k < size else early[-1]) <= ceiling
    ]
    return (fits[0], fits[-1]) if fits else None
