"""One period of back-office days as a deterministic function of given draws: items, unlogged work, idle and away, compiled."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import kernel

# what a clerk truly does; the log sees ITEM_WORK alone
STATES = ("ITEM_WORK", "WORK", "IDLE", "AWAY", "BREAK", "SUPPORT")
ITEM_WORK, WORK, IDLE, AWAY, BREAK, SUPPORT = range(6)
# candidate items looked at before a clerk gives up fitting one in before the next break
_TRIES = 4


@kernel
def _emit(rows, count, shift, state, kind, start, end):
    """Write one stretch."""
    if end > start:
        rows[count, 0] = shift
        rows[count, 1] = state
        rows[count, 2] = kind
        rows[count, 3] = start
        rows[count, 4] = end
        return count + 1
    return count


@kernel
def _item_that_fits(lengths, shift, item, left):
    """Return the first of the next candidate items that ends before the next break, or -1."""
    for one in range(item, min(item + _TRIES, lengths.shape[1])):
        if lengths[shift, one] <= left:
            return one
    return -1


@kernel
def run_shifts(windows, bounds, choice, other, kinds, lengths):
    """Return what every clerk did in every stretch between planned activities.

    Parameters
    ----------
    windows
        Rows start, end, after a break (1 or 0) [int64, seconds of the day], in order of shift.
    bounds
        Per shift: first and one-past-last row of `windows`.
    choice
        Shifts x steps: 0 an item, else ``WORK``, ``IDLE`` or ``AWAY``.
    other
        Shifts x steps x 3: seconds of other work, idle and away if chosen; at position 0 also the pause after an item [s].
    kinds, lengths
        Shifts x candidates: items in the order in which they come up, and their seconds; one that would run into the next break is passed over.

    Returns
    -------
    numpy.ndarray
        Rows shift, state (index of ``STATES``), item type (-1), start, end: every window covered without overlap.

    Raises
    ------
    ValueError
        The draws do not suffice for a shift.
    """
    shifts, steps = choice.shape
    rows = np.empty((2 * shifts * steps, 5), dtype=np.int64)
    count = 0
    for shift in range(shifts):
        step, item = 0, 0
        for window in range(bounds[shift], bounds[shift + 1]):
            at, end = windows[window, 0], windows[window, 1]
            if windows[window, 2] == 1:
                until = min(end, at + other[shift, step, AWAY] // 2)
                count = _emit(rows, count, shift, AWAY, -1, at, until)
                at = until
            while at < end:
                if step == steps or (choice[shift, step] == ITEM_WORK and item >= lengths.shape[1]):
                    raise ValueError("a shift needs more draws than were given")
                state = choice[shift, step]
                until = end
                if state == ITEM_WORK:
                    one = _item_that_fits(lengths, shift, item, end - at)
                    item += _TRIES
                    if one >= 0:
                        item = one + 1
                        until = at + lengths[shift, one]
                        count = _emit(rows, count, shift, ITEM_WORK, kinds[shift, one], at, until)
                        at = until
                        until = min(end, at + other[shift, step, 0])
                    count = _emit(rows, count, shift, WORK, -1, at, until)
                else:
                    until = min(end, at + other[shift, step, state])
                    count = _emit(rows, count, shift, state, -1, at, until)
                at = until
                step += 1
            # the last draw of a shift also serves the overrun of a break that follows it
            step = min(step, steps - 1)
    return rows[:count].copy()


def warm() -> None:
    """Compile the kernels of this module."""
    number = np.zeros((1, 2), dtype=np.int64)
    window = np.array([[0, 10, 0]], dtype=np.int64)
    run_shifts(window, np.array([0, 1]), number, np.zeros((1, 2, 4), dtype=np.int64), number, number + 10)
