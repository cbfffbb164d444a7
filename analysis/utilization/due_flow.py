"""Work of whole days flowing through a capacity that follows the clerks on duty, first due first served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.foundation.compiled import kernel

_TINY = 1e-9
_NONE_LATE = 1e-5


@dataclass(frozen=True, slots=True)
class WorkDays:
    """Work of observed days, by the slot in which it can first be done and the slot in which it falls due.

    Attributes
    ----------
    weekday
        Of each day, 0 = Monday.
    hours
        Work of each day [h].
    start
        First row of each day, and one more: rows of a day are in order of `slot`.
    slot, due, amount
        Per row: slot of the day; slot in which it falls due, counted from the day's first slot; work [h]. Due before `slot`: work that nobody could
        do when due; it is done first and counts neither way.
    rate
        Weekday x slot: clerks, in any unit.
    staffing
        Of each day: its clerks against those of its weekday.
    """

    weekday: np.ndarray
    hours: np.ndarray
    start: np.ndarray
    slot: np.ndarray
    due: np.ndarray
    amount: np.ndarray
    rate: np.ndarray
    staffing: np.ndarray


@kernel
def late_shares(picked, days_of, rows, rate, capacity):
    """Return the share of work that is not done when due, for sequences of days.

    Parameters
    ----------
    picked
        Sequences x days: observed day whose work arrives [int64].
    days_of
        Of each observed day: its first row, the row after its last, its staffing.
    rows
        slot, due, amount as in :class:`WorkDays`.
    rate
        Days of the sequence x slots: share of an average day's capacity.
    capacity
        Work that an average day can do, one for each sequence [h].
    """
    found = np.zeros(len(picked))
    days, slots = rate.shape
    horizon = days * slots
    for number in range(len(picked)):
        # work by the slot in which it is due; place 0 is overdue from the start, the last is due after the sequence
        waiting = np.zeros((days + 2) * slots)
        daily = np.zeros(days + 2)
        counted, late, lowest, last = 0.0, 0.0, 0, -1
        for day in range(days):
            row = int(days_of[picked[number, day], 0])
            stop = int(days_of[picked[number, day], 1])
            able = capacity[number] * days_of[picked[number, day], 2]
            for part in range(slots):
                now = day * slots + part
                while row < stop and rows[row, 0] <= part:
                    hours = rows[row, 2]
                    at = min(day * slots + int(rows[row, 1]), horizon)
                    if at < now:
                        # nobody could do it when due: overdue at once, and counted neither way
                        at = now - 1
                    elif at < horizon:
                        counted += hours
                    waiting[at + 1] += hours
                    daily[(at + 1) // slots] += hours
                    lowest, last = min(lowest, at + 1), max(last, at + 1)
                    row += 1
                room = able * rate[day, part]
                if room > 0:
                    lowest = _serve(waiting, daily, lowest, last, room)
                late += waiting[now + 1]
        found[number] = late / max(counted, 1e-12)
    return found


@kernel
def _serve(waiting, daily, lowest, last, room):
    """Do work that is due from slot `lowest` to slot `last`, in this order, until `room` is used up; return the first slot that may have work left."""
    slots = len(waiting) // len(daily)
    while lowest <= last:
        if lowest % slots == 0 and daily[lowest // slots] <= _TINY:
            # nothing but rounding is due on this day
            lowest += slots
            continue
        done = min(room, waiting[lowest])
        waiting[lowest] -= done
        daily[lowest // slots] -= done
        room -= done
        if room <= _TINY:
            break
        lowest += 1
    return lowest


def ceilings(
    work: WorkDays,
    picked: np.ndarray,
    weekday: np.ndarray,
    *,
    target: float,
    between: tuple[float, float] = (0.02, 1.0),
    steps: int = 12,
) -> np.ndarray:
    """Return mean work / smallest capacity that does `target` of the work when due, for sequences of days.

    Parameters
    ----------
    work
        Observed days.
    picked
        Sequences x days: the observed day whose work arrives.
    weekday
        Of each day of the sequences.
    target
        Share of work to be done when due.
    between
        Where the ceilings lie; a capacity below the mean work never lasts.
    steps
        Steps of false position (Illinois).

    Notes
    -----
    Capacity of a slot = C x share of an average day's clerks, with the staffing of the observed day whose work arrives. Work that is due first is done
    first, overdue work before all; what is done in a slot counts as done at its end, and a slot's work can be done in it. The sequence starts with
    nothing waiting.

    Examples
    --------
    Ten hours arrive at the opening of every second day. Due the same day, 95 % of them need 9.5 hours a day: a ceiling of 5 / 9.5.

    >>> days = WorkDays(*(np.array(part) for part in ([0, 1], [10.0, 0], [0, 1, 1], [0], [0], [10.0], [[1.0]] * 7, [1.0, 1.0])))
    >>> float(ceilings(days, np.array([[0, 1] * 50]), np.array([0, 1] * 50), target=0.95).round(3)[0])
    0.526
    """
    paths, rate = np.ascontiguousarray(picked, dtype=np.int64), work.rate[weekday].astype(float)
    able = np.maximum((work.staffing[paths] * rate.sum(axis=1)).mean(axis=1), 1e-12)
    mean = np.maximum(work.hours[paths].mean(axis=1), 1e-12)
    days_of = np.column_stack([work.start[:-1], work.start[1:], work.staffing]).astype(float)
    rows = np.column_stack([work.slot, work.due, work.amount]).astype(float)

    def misses(share: np.ndarray) -> np.ndarray:
        """Return how far the late share is above what is allowed, nearly linear in the share."""
        late = late_shares(paths, days_of, rows, rate, mean / able / share)
        return np.log((late + _NONE_LATE) / (1 - target + _NONE_LATE))

    low, high = (np.full(len(paths), end) for end in between)
    under, over = misses(low), misses(high)
    lighter = np.ones((2, len(paths)))
    for _ in range(steps):
        middle = _crossing(low, high, under * lighter[0], over * lighter[1])
        found = misses(middle)
        enough = found <= 0
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
        under, over = np.where(enough, found, under), np.where(enough, over, found)
        # an end that stays counts half (Illinois), so that none stays for ever
        lighter = np.where(np.stack([enough, ~enough]), 1.0, lighter / 2)
    return np.where(over > 0, _crossing(low, high, under, over), high)


def _crossing(low: np.ndarray, high: np.ndarray, under: np.ndarray, over: np.ndarray) -> np.ndarray:
    """Return where a line from (low, under) to (high, over) crosses zero, a little inside."""
    part = under / np.where(over > under, under - over, -1.0)
    return low + np.clip(part, 0.02, 0.98) * (high - low)
