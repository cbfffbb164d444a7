"""Whole columns in another unit than stated: shown by what cannot be, or by what would fit exactly in another unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import UNIT_US
from analysis.intake.casting.stamps import DAY_US, HOUR_US, SECOND_US
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ints = "NDArray[np.int64]"
# What one unit is to another; a column that fits by one of them, and not as it stands, is in another unit.
FACTORS: tuple[float, ...] = (60.0, 1000.0, 3600.0, 60_000.0, 3_600_000.0)
# How near to a factor what was found must lie, and on how many rows it must rest.
NEAR = 0.05
LEAST_ROWS = 20
# Persons' days, or intervals, of which so many cannot be, are no slips.
IMPOSSIBLE_SHARE = 0.5
# Presence, routing and time signed off may run side by side, and each over a weekend; beyond this a day of a person cannot be [days].
LONGEST_DAY = 4
# Handling times per contact beyond these are no handling times [us].
SHORTEST_HANDLING_US, LONGEST_HANDLING_US = SECOND_US // 2, DAY_US


def factor_of(ratio: float) -> float | None:
    """Return the unit factor that a ratio is near to, inverse ones below 1; None where it is near to none.

    Examples
    --------
    >>> factor_of(61.0), factor_of(1 / 1000), factor_of(1.02)
    (60.0, 0.001, None)
    """
    for factor in (*FACTORS, *(1 / factor for factor in FACTORS)):
        if abs(ratio / factor - 1) <= NEAR:
            return factor
    return None


def refuse_wrong_lengths(
    batch: Batch, start: Column, length: Column, used: NDArray[np.bool_], who: pd.Series | None
) -> None:
    """Refuse durations that show another unit than stated: against the starts that follow, or against the length of a day.

    Parameters
    ----------
    batch
        Rows of a source with a duration.
    start, length
        Starts in UTC and durations [us].
    used
        Rows whose end comes from their duration.
    who
        Person of each row; None where there is none.

    Raises
    ------
    DataProblem
        The durations fit the steps between a person's starts by a factor of 60, 1000 or 3600, or most days of persons hold
        more than four days, which no states side by side can.
    """
    rows = np.flatnonzero(batch.fates.open & used & (length.array > 0))
    if who is None or len(rows) < LEAST_ROWS:
        return
    person = pd.factorize(who.iloc[rows])[0]
    order = np.lexsort((start.array[rows], person))
    at, person = rows[order], person[order]
    us, held = start.array[at], length.array[at]
    follows = (person[1:] == person[:-1]) & (us[1:] > us[:-1]) & (us[1:] // DAY_US == us[:-1] // DAY_US)
    if follows.sum() >= LEAST_ROWS:
        ratio = float(np.median((us[1:] - us[:-1])[follows] / held[:-1][follows]))
        factor = factor_of(ratio)
        if factor is not None:
            words = f"a person's next row most often begins after {_times(factor)} the duration"
            raise _wrong(batch, at[:1], words, factor)
    days = pd.Series(held.astype(float)).groupby([person, us // DAY_US]).sum()
    over = int((days > LONGEST_DAY * DAY_US).sum())
    if over > IMPOSSIBLE_SHARE * len(days):
        raise _wrong(
            batch,
            at[:1],
            f"{over:,} of {number_of(len(days), 'day')} of persons would hold more than {LONGEST_DAY * 24} h",
        )


def refuse_wrong_totals(batch: Batch, held_us: pd.Series, limit_us: pd.Series, rows: NDArray[np.intp]) -> None:
    """Refuse times by state that show another unit than stated, against the lengths of their intervals.

    Parameters
    ----------
    batch
        Rows of a source of interval totals.
    held_us, limit_us
        Time held by the states of each person's interval, and its length, on each row.
    rows
        Position of each of these rows in the batch.

    Raises
    ------
    DataProblem
        Most intervals hold more than their length, or they would be full exactly in another unit.
    """
    some = (held_us > 0).to_numpy()
    if some.sum() < LEAST_ROWS:
        return
    share = (held_us / limit_us).to_numpy()[some]
    at = rows[some]
    over = int((share > 1).sum())
    for factor in (*FACTORS, *(1 / factor for factor in FACTORS)):
        full = int(((share * factor > 1 - NEAR) & (share * factor <= 1.001)).sum())
        if full > IMPOSSIBLE_SHARE * len(share):
            words = f"in another unit {full:,} of {number_of(len(share), 'row')} would fill their interval exactly"
            raise _wrong(batch, at[:1], words, factor)
    if over > IMPOSSIBLE_SHARE * len(share):
        raise _wrong(
            batch, at[:1], f"{over:,} of {number_of(len(share), 'row')} would hold more time than their interval"
        )


def refuse_wrong_handling(batch: Batch, columns: Mapping[str, Column]) -> None:
    """Refuse handling times that no contact has, or that fit the contacts' own stamps in another unit.

    Raises
    ------
    DataProblem
        The median handling time per contact lies below half a second or above a day, or fits by a factor of 60, 1000 or 3600.
    """
    still = batch.fates.open
    if batch.source.target in ("volumes", "forecasts") and "handle_us" in columns:
        count = columns["offered"]
        rows = np.flatnonzero(still & columns["handle_us"].given & count.given & (count.array >= 1))
        per = columns["handle_us"].array[rows] / np.maximum(count.array[rows], 1)
    elif batch.source.target == "contacts" and "talk_us" in columns:
        rows = np.flatnonzero(still & columns["talk_us"].given)
        per = columns["talk_us"].array[rows].astype(float)
        _against_stamps(batch, columns, rows)
    else:
        return
    per = per[per > 0]
    if len(per) < LEAST_ROWS:
        return
    middle = float(np.median(per))
    if not SHORTEST_HANDLING_US <= middle <= LONGEST_HANDLING_US:
        side, shown = (
            ("less", f"{middle / SECOND_US:.3f} s") if middle < SECOND_US else ("more", f"{middle / HOUR_US:,.0f} h")
        )
        raise _wrong(batch, rows[:1], f"half of the contacts would be handled in {side} than {shown} each")


def _against_stamps(batch: Batch, columns: Mapping[str, Column], rows: NDArray[np.intp]) -> None:
    """Refuse talk times that fit the stretch from answer to end in another unit."""
    if "answered_at" not in columns or "ended_at" not in columns:
        return
    a, b = columns["answered_at"], columns["ended_at"]
    talk = columns["talk_us"].array + (
        columns["hold_us"].array * columns["hold_us"].given if "hold_us" in columns else 0
    )
    rows = rows[(a.given & b.given & (b.array > a.array) & (talk > 0))[rows]]
    if len(rows) < LEAST_ROWS:
        return
    factor = factor_of(float(np.median((b.array - a.array)[rows] / talk[rows])))
    if factor is not None:
        raise _wrong(batch, rows[:1], f"from answer to end it most often takes {_times(factor)} that", factor)


def refuse_wrong_intervals(batch: Batch, columns: Mapping[str, Column], start: str, who: pd.Series | None) -> None:
    """Refuse lengths of intervals that are not in seconds, against the steps between their starts.

    Raises
    ------
    DataProblem
        The starts of a person's or queue's intervals most often lie 60, 1000 or 3600 times their length apart, or that part of it.
    """
    if who is None or "length_s" not in columns or start not in columns:
        return
    begin, length = columns[start], columns["length_s"]
    rows = np.flatnonzero(batch.fates.open & begin.given & length.given & (length.array > 0))
    person = pd.factorize(who.iloc[rows])[0]
    order = np.lexsort((begin.array[rows], person))
    at, person = rows[order], person[order]
    us = begin.array[at]
    follows = (person[1:] == person[:-1]) & (us[1:] > us[:-1])
    if follows.sum() < LEAST_ROWS:
        return
    steps, counts = np.unique(
        (us[1:] - us[:-1])[follows] / (length.array[at][:-1][follows] * SECOND_US), return_counts=True
    )
    ratio = float(steps[counts.argmax()])
    if counts.max() > IMPOSSIBLE_SHARE * follows.sum() and factor_of(ratio) is not None:
        raise batch.ask(
            f"{batch.file_at(_mask(batch, at[:1]))}: intervals most often begin {_times(ratio)} their own length after one another "
            f"(first: {batch.place(_mask(batch, at[:1]))}), so length_s is not in seconds. "
            "Give it in seconds or as h:mm:ss, such as length_s = { value = 1800 } in [source.columns]."
        )


def _mask(batch: Batch, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[rows] = True
    return mask


def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor > 1 else f"a {1 / factor:,.0f}th of"


def _wrong(batch: Batch, rows: NDArray[np.intp], words: str, factor: float | None = None) -> Exception:
    """Return the refusal, which names the key of the unit, and the unit that would fit."""
    first, unit = _mask(batch, rows), batch.source.duration_unit
    stated = f'duration_unit = "{unit}"' if unit else "h:mm:ss as it stands"
    us = UNIT_US.get(unit or "", SECOND_US)
    fits = [name for name in ("s", "min", "h", "d", "ms") if factor and abs(UNIT_US[name] / (us * factor) - 1) < NEAR]
    if fits:
        return batch.ask(
            f'{batch.file_at(first)}: durations read by {stated} cannot be right: {words} (first: {batch.place(first)}). Set duration_unit = "{fits[0]}", '
            "which would fit, or ask for the unit."
        )
    return batch.ask(
        f"{batch.file_at(first)}: durations read by {stated} cannot be right: {words} (first: {batch.place(first)}). "
        'Set duration_unit to the unit of the export: "s", "min", "h", "ms", "d", "m:ss" or "h:mm".'
    )
