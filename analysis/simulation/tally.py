"""Measures of contacts and items from the moments of a run: the same for every engine."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import kernel, part, pointer
from analysis.simulation.checks import DEFINITIONS
from analysis.simulation.desk import Desk
from analysis.simulation.run import AGENTS, CONTACTS, ITEMS
from analysis.simulation.streams import Streams

_OFFERED, _ANSWERED, _IN_TIME, _COUNTED, _ABANDONED, _WAIT_S, _HANDLE_S = range(len(CONTACTS))
_OF_ANSWERED, _SHORT_OUT = 1.0, 2.0
_CONTACT_S = AGENTS.index("contact_s")
_ROW, _AGENT_ROW = len(CONTACTS), len(AGENTS)


@part
def _talks(by_slot, slot, slots, slot_s, start, end):
    """Add the time from start to end to the agents' contact time, from a slot on in which or after which it starts."""
    start, end = max(start, 0.0), min(end, slots * slot_s)
    upto = (slot + 1) * slot_s
    while slot < slots - 1 and upto < end:
        if upto > start:
            by_slot[slot * _AGENT_ROW + _CONTACT_S] += upto - start
            start = upto
        slot += 1
        upto = (slot + 1) * slot_s
    if end > start:
        by_slot[slot * _AGENT_ROW + _CONTACT_S] += end - start


@part
def _write(measures, row, came, taken, in_time, counted, left, waited, handled):
    """Write what a queue's contacts of one slot came to."""
    measures[row + _OFFERED], measures[row + _ANSWERED], measures[row + _IN_TIME] = came, taken, in_time
    measures[row + _COUNTED], measures[row + _ABANDONED], measures[row + _WAIT_S] = counted, left, waited
    measures[row + _HANDLE_S] = handled


@part
def _book(offered, queue, handle, patience, started, promise, contacts, q, slots, slot_s, measures, by_slot):
    """Book a queue's contacts in the slot in which they were offered, and the time of agents who serve one at once."""
    within, out, short, alone = promise[q * 4], promise[q * 4 + 1], promise[q * 4 + 2], promise[q * 4 + 3] == 1.0
    now, upto, row = 0, slot_s, q * slots * _ROW
    came = taken = in_time = counted = left = waited = handled = 0.0
    for contact in range(contacts):
        arrived, start = offered[contact], started[contact]
        if queue[contact] != q:
            continue
        if upto <= arrived and now < slots - 1:
            _write(measures, row, came, taken, in_time, counted, left, waited, handled)
            came = taken = in_time = counted = left = waited = handled = 0.0
            while now < slots - 1 and upto <= arrived:
                now, row = now + 1, row + _ROW
                upto = (now + 1) * slot_s
        answered = start == start  # noqa: PLR0124 (NaN: not answered)
        if answered and alone:
            _talks(by_slot, now, slots, slot_s, start, start + handle[contact])
        if arrived < 0.0:
            continue
        came += 1.0
        if answered:
            wait = start - arrived
            taken += 1.0
            counted += 1.0
            handled += handle[contact]
            in_time += wait <= within
        else:
            wait = patience[contact]
            gone = wait < np.inf
            left += gone
            counted += out != _OF_ANSWERED and not (out == _SHORT_OUT and gone and wait < short)
            if not gone:
                wait = slots * slot_s - arrived
        waited += wait
    _write(measures, row, came, taken, in_time, counted, left, waited, handled)


@kernel
def _tally(offered, queue, handle, patience, started, promise, slots, slot_s, measures, by_slot):
    """Book contacts queue by queue; `promise`: answered within [s], definition, short [s], contacts at once."""
    for q in range(promise.size // 4):
        _book(
            pointer(offered),
            pointer(queue),
            pointer(handle),
            pointer(patience),
            pointer(started),
            pointer(promise),
            offered.size,
            q,
            slots,
            slot_s,
            pointer(measures),
            pointer(by_slot),
        )


def contact_measures(desk: Desk, streams: Streams, started_s: np.ndarray, by_slot: np.ndarray) -> np.ndarray:
    """Return measures by queue and slot of offer, and add the contact time of agents who serve one at once to `by_slot`."""
    measures = np.zeros((len(desk.queues), desk.slots, len(CONTACTS)))
    promise = np.array(
        [(q.answer_within_s, DEFINITIONS.index(q.definition), q.short_s, q.concurrency) for q in desk.queues],
        dtype=np.float64,
    ).ravel()
    given = (streams.offered_s, streams.queue, streams.handle_s, streams.patience_s)
    _tally(*given, started_s, promise, desk.slots, desk.slot_s, measures.ravel(), by_slot.ravel())
    return measures


def item_measures(
    desk: Desk, streams: Streams, ended: np.ndarray, progress: np.ndarray, begun: np.ndarray
) -> np.ndarray:
    """Return measures by item type; of a type without end only the items begun count, and they have no age."""
    measures, horizon = np.zeros((len(desk.items), len(ITEMS))), desk.horizon_s
    endless = np.array([kind.arrivals_per_h is None for kind in desk.items], dtype=np.bool_)
    counts = np.arange(ended.size)
    if endless.any():
        counts = np.flatnonzero(begun if endless.all() else begun | ~endless[streams.item_type])
    types, due, end = streams.item_type[counts], streams.item_due_s[counts], ended[counts]
    work, done = progress[counts], np.isfinite(end)
    age = np.where(done, end, horizon) - streams.item_arrived_s[counts]
    for position in range(len(desk.items)):
        mine = types == position
        finished, left = mine & done, mine & ~done
        late, overdue = finished & (end > due), left & (due < horizon)
        measures[position, :5] = [np.count_nonzero(them) for them in (mine, finished, late, left, overdue)]
        measures[position, 5] = work[mine].sum()
        if not endless[position]:
            measures[position, 6:] = age[finished].sum(), age[mine].max(initial=0.0)
    return measures
