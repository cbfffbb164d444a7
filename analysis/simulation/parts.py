"""The engine's tools: time by slot, notes of events, heaps, and lists of agents (layout: `layout.py`)."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import inlined, part
from analysis.simulation.layout import (
    A_ROW,
    AGENTS,
    BY_RANK,
    COLUMNS,
    DRY,
    EARLIER,
    ENDS,
    GROUP,
    GROUPS,
    HORIZON,
    IDS,
    KEYS,
    KIND,
    LATER,
    LOG,
    MANY_SLOTS,
    MEASURES,
    MOMENTS,
    NEXT,
    NONE,
    NOTED,
    ORDER,
    PILE,
    PLACE,
    PREV,
    RANK,
    RANKED,
    RINGED,
    ROWS,
    SINCE,
    SLOT_S,
    T_AT,
    T_CURSOR,
    T_ENDLESS,
    T_HEAP,
    T_MANY,
    T_ROW,
    THERE,
    TURN,
    TURNS,
    TYPE_ROW,
    TYPES,
    WORKS,
    WORKS_ON,
)


@inlined
def span(i, f, column, start, end):
    """Add the time from start to end to a measure, slot by slot; what lies outside the horizon is left out."""
    slot_s, slots = f[SLOT_S], i[MANY_SLOTS]
    start, end = max(start, 0.0), min(end, f[HORIZON])
    if not end > start:
        return
    slot = min(int(start / slot_s), slots - 1)
    at = i[MEASURES] + slot * A_ROW + column
    while slot < slots - 1 and (slot + 1) * slot_s < end:
        upto = (slot + 1) * slot_s
        if upto > start:
            f[at] += upto - start
            start = upto
        slot += 1
        at += A_ROW
    f[at] += end - start


@inlined
def tick(i, f, column, t):
    """Count one at a moment."""
    if t <= f[HORIZON]:
        slot = min(max(int(t / f[SLOT_S]), 0), i[MANY_SLOTS] - 1)
        f[i[MEASURES] + slot * A_ROW + column] += 1.0


@inlined
def note(i, f, t, kind, what, agent):
    """Write an event where events are asked for."""
    if i[ROWS] > 0:
        if i[NOTED] < i[ROWS]:
            at = i[LOG] + 4 * i[NOTED]
            f[at], f[at + 1], f[at + 2], f[at + 3] = t, kind, what, agent
        i[NOTED] += 1


@inlined
def push(i, f, size, key, number):
    """Put the end of a contact into the heap; equal moments in order of contact."""
    keys, ids, at = i[KEYS], i[IDS], size
    while at > 0:
        up = (at - 1) >> 1
        other = f[keys + up]
        if other < key or (other == key and i[ids + up] < number):
            break
        f[keys + at], i[ids + at] = other, i[ids + up]
        at = up
    f[keys + at], i[ids + at] = key, number


@inlined
def pop(i, f, size):
    """Take the first end of a contact out of the heap of `size`."""
    keys, ids, last, at = i[KEYS], i[IDS], size - 1, 0
    key, number = f[keys + last], i[ids + last]
    f[keys + last] = np.inf
    down = 1
    while down < last:
        low = f[keys + down]
        right = f[keys + down + 1]
        if right < low or (right == low and right < np.inf and i[ids + down + 1] < i[ids + down]):
            down, low = down + 1, right
        if key < low or (key == low and number < i[ids + down]):
            break
        f[keys + at], i[ids + at] = low, i[ids + down]
        at, down = down, 2 * down + 1
    if last > 0:
        f[keys + at], i[ids + at] = key, number


@inlined
def ends_before(w, m, one, other):
    """Whether an agent's item ends before another's; equal moments in order of agent."""
    return m[one * MOMENTS + ENDS] < m[other * MOMENTS + ENDS] or (
        m[one * MOMENTS + ENDS] == m[other * MOMENTS + ENDS] and one < other
    )


@part
def sift(w, m, i, at):
    """Bring the agent at a place of the heap of item ends where it belongs."""
    order, size = i[ORDER], i[WORKS]
    agent = i[order + at]
    while at > 0:
        up = (at - 1) >> 1
        other = i[order + up]
        if ends_before(w, m, other, agent):
            break
        i[order + at], w[other * COLUMNS + PLACE] = other, at
        at = up
    down = 2 * at + 1
    while down < size:
        if down + 1 < size and ends_before(w, m, i[order + down + 1], i[order + down]):
            down += 1
        other = i[order + down]
        if ends_before(w, m, agent, other):
            break
        i[order + at], w[other * COLUMNS + PLACE] = other, at
        at, down = down, 2 * down + 1
    i[order + at], w[agent * COLUMNS + PLACE] = agent, at


@part
def onto_heap(w, m, i, agent, t):
    """Put the end of an agent's item into the heap."""
    m[agent * MOMENTS + ENDS] = t
    i[i[ORDER] + i[WORKS]] = agent
    i[WORKS] += 1
    sift(w, m, i, i[WORKS] - 1)


@part
def off_heap(w, m, i, agent):
    """Take the end of an agent's item out of the heap."""
    i[WORKS] -= 1
    last = i[i[ORDER] + i[WORKS]]
    if last != agent:
        at = w[agent * COLUMNS + PLACE]
        i[i[ORDER] + at] = last
        sift(w, m, i, at)


@inlined
def enlist(w, m, i, agent):
    """Put an agent among the free of the group, longest free first, then by number."""
    end = i[AGENTS] + w[agent * COLUMNS + GROUP] + w[agent * COLUMNS + RINGED] * i[GROUPS]
    since = m[agent * MOMENTS + SINCE]
    before = w[end * COLUMNS + PREV]
    while before != end and (
        m[before * MOMENTS + SINCE] > since or (m[before * MOMENTS + SINCE] == since and before > agent)
    ):
        before = w[before * COLUMNS + PREV]
    after = w[before * COLUMNS + NEXT]
    w[agent * COLUMNS + PREV], w[agent * COLUMNS + NEXT] = before, after
    w[before * COLUMNS + NEXT], w[after * COLUMNS + PREV] = agent, agent
    w[end * COLUMNS + THERE] += 1


@inlined
def unlist(w, i, agent):
    """Take an agent out of the free."""
    before, after = w[agent * COLUMNS + PREV], w[agent * COLUMNS + NEXT]
    w[before * COLUMNS + NEXT], w[after * COLUMNS + PREV] = after, before
    w[(i[AGENTS] + w[agent * COLUMNS + GROUP] + w[agent * COLUMNS + RINGED] * i[GROUPS]) * COLUMNS + THERE] -= 1


@inlined
def fenced_end(i):
    """Return the row that ends the list of the ring-fenced."""
    return i[AGENTS] + 2 * i[GROUPS]


@inlined
def free_agents(w, i):
    """Return how many agents are free and not ring-fenced."""
    many = 0
    for group in range(i[AGENTS], i[AGENTS] + i[GROUPS]):
        many += w[group * COLUMNS + THERE]
    return many


@part
def on_begun(w, i, agent):
    """Put an agent last into the list of those whose item gives way."""
    end = i[AGENTS] + w[agent * COLUMNS + GROUP]
    last = w[end * COLUMNS + EARLIER]
    w[agent * COLUMNS + EARLIER], w[agent * COLUMNS + LATER] = last, end
    w[last * COLUMNS + LATER], w[end * COLUMNS + EARLIER] = agent, agent
    i[TURNS] += 1
    w[agent * COLUMNS + TURN] = i[TURNS]


@part
def off_begun(w, agent):
    """Take an agent out of the list of those whose item gives way."""
    if w[agent * COLUMNS + TURN] >= 0:
        earlier, later = w[agent * COLUMNS + EARLIER], w[agent * COLUMNS + LATER]
        w[earlier * COLUMNS + LATER], w[later * COLUMNS + EARLIER] = later, earlier
        w[agent * COLUMNS + TURN] = -1


@inlined
def head(i, kind):
    """Return the rank of the next item of a type, NONE where none waits."""
    row = i[TYPE_ROW] + kind * T_ROW
    if i[row + T_HEAP] > 0:
        return i[i[PILE] + i[row + T_AT]]
    if i[row + T_ENDLESS]:
        if i[row + T_CURSOR] < i[row + T_MANY]:
            return i[i[RANK] + i[i[RANKED] + i[row + T_AT] + i[row + T_CURSOR]]]
        i[DRY] = 1
    return NONE


@inlined
def next_kind(i, group):
    """Return the type whose next item a group's agents would take first, -1 where none waits."""
    best, kind = NONE, -1
    for other in range(i[TYPES]):
        if i[i[WORKS_ON] + group * i[TYPES] + other]:
            first = head(i, other)
            if first < best:
                best, kind = first, other
    return kind


@part
def put(i, item):
    """Let an item wait: it arrives, or is handed back."""
    row = i[TYPE_ROW] + i[i[KIND] + item] * T_ROW
    at, rank, place = i[PILE] + i[row + T_AT], i[i[RANK] + item], i[row + T_HEAP]
    while place > 0 and i[at + ((place - 1) >> 1)] > rank:
        i[at + place] = i[at + ((place - 1) >> 1)]
        place = (place - 1) >> 1
    i[at + place] = rank
    i[row + T_HEAP] += 1


@inlined
def take(i, kind):
    """Take the next item of a type, which must have one."""
    row = i[TYPE_ROW] + kind * T_ROW
    if i[row + T_HEAP] == 0:
        i[row + T_CURSOR] += 1
        return i[i[RANKED] + i[row + T_AT] + i[row + T_CURSOR] - 1]
    at = i[PILE] + i[row + T_AT]
    first = i[at]
    i[row + T_HEAP] -= 1
    last = i[row + T_HEAP]
    rank, place, down = i[at + last], 0, 1
    while down < last:
        if down + 1 < last and i[at + down + 1] < i[at + down]:
            down += 1
        if i[at + down] > rank:
            break
        i[at + place] = i[at + down]
        place, down = down, 2 * down + 1
    i[at + place] = rank
    return i[i[BY_RANK] + first]
