"""Measures of contacts and items from the moments of a run: the same for every engine."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import borrowed, kernel
from analysis.simulation.checks import DEFINITIONS
from analysis.simulation.desk import Desk
from analysis.simulation.run import AGENTS, CONTACTS, ITEMS
from analysis.simulation.streams import Streams

_OFFERED, _ANSWERED, _IN_TIME, _COUNTED, _ABANDONED, _WAIT_S, _HANDLE_S = range(len(CONTACTS))
_OF_ANSWERED, _SHORT_OUT = 1.0, 2.0
_CONTACT_S = AGENTS.index("contact_s")


@kernel
def _tally(offered, queue, handle, patience, started, promise, slot_s, measures, by_slot):  # noqa: PLR0912
    """Book contacts in the slot in which they were offered, and the time of agents who serve one at once.

    `promise`: answered within [s], definition, short [s], contacts at once.
    """
    offered, handle, patience = borrowed(offered), borrowed(handle), borrowed(patience)
    slots, now = by_slot.shape[0], 0
    horizon = slots * slot_s
    for contact in range(offered.shape[0]):
        q, arrived, start = queue[contact], offered[contact], started[contact]
        while now < slots - 1 and (now + 1) * slot_s <= arrived:
            now += 1
        answered = not np.isnan(start)
        if answered and promise[q, 3] == 1.0:
            at, end, slot = max(start, 0.0), min(start + handle[contact], horizon), now
            while slot < slots - 1 and (slot + 1) * slot_s < end:
                upto = (slot + 1) * slot_s
                if upto > at:
                    by_slot[slot, _CONTACT_S] += upto - at
                    at = upto
                slot += 1
            if end > at:
                by_slot[slot, _CONTACT_S] += end - at
        if arrived < 0.0:
            continue
        measures[q, now, _OFFERED] += 1.0
        if answered:
            wait = start - arrived
            measures[q, now, _ANSWERED] += 1.0
            measures[q, now, _HANDLE_S] += handle[contact]
            measures[q, now, _COUNTED] += 1.0
            if wait <= promise[q, 0]:
                measures[q, now, _IN_TIME] += 1.0
        else:
            wait = patience[contact]
            left = wait < np.inf
            if left:
                measures[q, now, _ABANDONED] += 1.0
            else:
                wait = horizon - arrived
            out = promise[q, 1]
            if out != _OF_ANSWERED and not (out == _SHORT_OUT and left and wait < promise[q, 2]):
                measures[q, now, _COUNTED] += 1.0
        measures[q, now, _WAIT_S] += wait


def contact_measures(desk: Desk, streams: Streams, started_s: np.ndarray, by_slot: np.ndarray) -> np.ndarray:
    """Return measures by queue and slot of offer, and add the contact time of agents who serve one at once to `by_slot`."""
    measures = np.zeros((len(desk.queues), desk.slots, len(CONTACTS)))
    promise = np.array(
        [(q.answer_within_s, DEFINITIONS.index(q.definition), q.short_s, q.concurrency) for q in desk.queues],
        dtype=np.float64,
    ).reshape(-1, 4)
    given = (streams.offered_s, streams.queue, streams.handle_s, streams.patience_s)
    _tally(*given, started_s, promise, desk.slot_s, measures, by_slot)
    return measures


def item_measures(
    desk: Desk, streams: Streams, ended: np.ndarray, progress: np.ndarray, begun: np.ndarray
) -> np.ndarray:
    """Return measures by item type; of a type without end only the items begun count, and they have no age."""
    measures, horizon = np.zeros((len(desk.items), len(ITEMS))), desk.horizon_s
    endless = np.array([kind.arrivals_per_h is None for kind in desk.items], dtype=np.bool_)
    counts = np.flatnonzero(begun | ~endless[streams.item_type]) if endless.any() else np.arange(ended.size)
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
