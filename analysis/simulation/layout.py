"""Where everything about a run stands in the four arrays that the engine works on.

`w`: whole numbers of an agent, a row each; below the agents one row per end of a linked list: the free of every group (longest free first) and, by LATER
and EARLIER, those on an item that gives way (begun last at the end); the ring-fenced free of every group; one row for the ring-fenced in order.
`m`: moments of an agent [s]. `i` and `f`: whole numbers and numbers; first the counters and settings below, then the blocks, whose places stand in `i`.
Four arrays, all flat in the engine, since each argument of a compiled function costs time at every call.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

NONE = np.int64(1) << 60

# columns of `w`; at the end of a list THERE counts its members
THERE, SHIFT, OFF, HOME, DOES, GROUP, NEXT, PREV, LATER, EARLIER, TURN, ITEM, OWN = range(13)
PLACE, LAST, RINGED, RING_NEXT, RING_PREV, QUEUE, LOAD, COLUMNS = range(13, 21)
# what an agent does
NOTHING, CONTACT, WORK, RETURN, AWAY = range(5)
# columns of `m`: free since, on duty since, item in hand since, lost at its start, ring-fenced since, contacts in hand since, gone home since, item ends
SINCE, DUTY, BEGUN, COST, FENCED, TALKS, WENT, ENDS, MOMENTS = range(9)

# numbers that change: contacts in hand, item ends in the heap, ring-fenced agents, trigger on, slot, turn of the last item, own items laid aside, events
# noted, contacts in line, timers (first, last), a supply ran out, next contact, item, shift to start, shift to end, slot to start
HANDS, WORKS, RING, TRIGGERED, SLOT, TURNS, OWNS, NOTED, LINE, FIRST, TIMERS, DRY = range(12)
OFFERED, ARRIVED, CAME, GONE, SLOTS = range(12, 17)
# sizes: agents, groups, queues, types, slots, contacts, items that arrive, shifts, rows for events, rows for timers
AGENTS, GROUPS, QUEUES, TYPES, MANY_SLOTS, CONTACTS, COMINGS, SHIFTS, ROWS, ROOM = range(17, 27)
# switches: what gives way (1 resume, 2 restart), contacts reach agents on items, somebody is ring-fenced, off, sent home; the policy works on items;
# agents ring-fenced by the trigger; agents serve several contacts at once
GIVES, REACHED, FENCES, OFFS, HOMES, WORKED, EXTRA, SHARES = range(27, 35)
# places of the blocks of whole numbers
QUEUE_OF, SERVER, BEHIND, KIND, RANK, BY_RANK, RANKED, PILE, BEGAN, COMING, IDS, ORDER = range(35, 47)
QUEUE_ROW, SERVES, WORKS_ON, TYPE_ROW, SLOT_ROW, SHIFT_AGENT, BY_END = range(47, 54)
# places of the blocks of numbers
OFFER_S, HANDLE_S, PATIENCE_S, STARTED, LENGTH, ARRIVED_S, DUE, PROGRESS, ENDED, KEYS = range(54, 64)
RESUME_S, SAVE_S, SHIFT_START, SHIFT_END, TIMER, MEASURES, LOG, HEAD = range(64, 72)
_WHOLE = (
    (QUEUE_OF, "queue"), (SERVER, "server"), (BEHIND, "behind"), (KIND, "kind"), (RANK, "rank"), (BY_RANK, "by_rank"), (RANKED, "ranked"),
    (PILE, "pile"), (BEGAN, "began"), (COMING, "coming"), (IDS, "ids"), (ORDER, "order"), (QUEUE_ROW, "queue_row"), (SERVES, "serves"),
    (WORKS_ON, "works_on"), (TYPE_ROW, "type_row"), (SLOT_ROW, "slot_row"), (SHIFT_AGENT, "shift_agent"), (BY_END, "by_end"),
)  # fmt: skip
_NUMBERS = (
    (OFFER_S, "offered"), (HANDLE_S, "handle"), (PATIENCE_S, "patience"), (STARTED, "started"), (LENGTH, "length"), (ARRIVED_S, "arrived"),
    (DUE, "due"), (PROGRESS, "progress"), (ENDED, "ended"), (KEYS, "keys"), (RESUME_S, "resume"), (SAVE_S, "save"),
    (SHIFT_START, "shift_start"), (SHIFT_END, "shift_end"), (TIMER, "timer"), (MEASURES, "measures"), (LOG, "log"),
)  # fmt: skip

# settings at the head of `f`; last the moment of the last timer or rotation, which changes
SLOT_S, HORIZON, START_S, RETURN_S, SWITCH_S, ROTATE_S, AGE, TURNED, SETTINGS = range(9)
# a queue's row: rank, contacts at once, first and last in line
Q_RANK, Q_SHARED, Q_FIRST, Q_LAST, Q_ROW = range(5)
# a type's row: waiting in its heap, next in turn of an endless supply, where its part of `pile` and `ranked` begins, its size, endless, gives way
T_HEAP, T_CURSOR, T_AT, T_MANY, T_ENDLESS, T_GIVES, T_ROW = range(7)
# a slot's row: agents kept free, ring-fenced, off, most free before one is sent home
S_KEPT, S_RING, S_OFF, S_HOME, S_ROW = range(5)
# a slot's measures, as in run.AGENTS
ON_DUTY, CONTACT_S, ITEM_S, LOST_S, RING_S, HOME_S, STARTS, INTERRUPTIONS, SWITCHES, A_ROW = range(10)


def laid_out(
    settings: np.ndarray, counters: Mapping[int, int], blocks: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return `i` and `f`: counters and settings first, then the blocks, with their places noted in `i`."""
    numbers = [blocks[name].ravel() for _, name in _NUMBERS]
    whole = [blocks[name].ravel() for _, name in _WHOLE]
    head = np.zeros(HEAD, dtype=np.int64)
    for (place, _), at in zip(_WHOLE, HEAD + _starts(whole), strict=True):
        head[place] = at
    for (place, _), at in zip(_NUMBERS, SETTINGS + _starts(numbers), strict=True):
        head[place] = at
    for place, value in counters.items():
        head[place] = value
    return (
        np.concatenate([head, *whole], dtype=np.int64, casting="same_kind"),
        np.concatenate([settings, *numbers], dtype=np.float64),
    )


def block(i: np.ndarray, values: np.ndarray, place: int, size: int) -> np.ndarray:
    """Return a block of one of the two arrays as a view."""
    return values[i[place] : i[place] + size]


def _starts(parts: list[np.ndarray]) -> np.ndarray:
    """Return where each part begins when they are put one behind the other."""
    sizes = np.array([part.size for part in parts], dtype=np.int64)
    return np.cumsum(sizes) - sizes
