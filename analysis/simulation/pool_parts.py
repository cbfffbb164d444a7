"""Tools of the engine for a pool whose agents all do the same (see `pool.py`).

`w` holds an agent's whole numbers, `m` the moments, `k` counters, `r` settings; the last row of `w` ends the lists of the free and of the items begun.
"""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import inlined, part

# columns of w: what the agent does, there or not, last activity, free (both ways), items begun (both ways), item in hand, laid aside, place in the heap
DOES, THERE, LAST, NEXT, PREV, LATER, EARLIER, ITEM, OWN, PLACE, TALK, COLUMNS = range(12)
NOTHING, CONTACT, WORK, RETURN, AWAY = range(5)
# columns of m: free since, on duty since, item in hand since, lost at its start
SINCE, DUTY, BEGUN, COST, MOMENTS = range(5)
# counters: contacts in hand, items in hand, free, next contact, item to arrive, shift to start, shift to end, slot to start, slot, items laid aside, waiting
# in the heap, taken from those there at the outset, a supply ran out; sizes: agents, contacts, queues, slots, shifts, items there at the outset, items that
# arrive
HANDS, WORKS, FREE, OFFERED, ARRIVED, CAME, GONE, SLOTS, SLOT, OWNS, PILED, TAKEN, DRY = range(13)
PEOPLE, CONTACTS, QUEUES, SLOT_COUNT, SHIFTS, OUTSET, COMING, COUNTERS = range(13, 21)
# settings: slot and horizon [s], gives way (0, 1 resume, 2 restart), contacts interrupt, delivery, is there an endless supply
SLOT_S, HORIZON, GIVES, REACHED, START_S, RETURN_S, SWITCH_S, ENDLESS, SETTINGS = range(9)
# a type's row: gives way, resume_s, save_every_s; a queue's row: rank, first and last in line
GIVES_WAY, RESUME_S, SAVE_S, KIND_ROW = range(4)
RANK, FIRST, END, LINE = range(4)
# an item's row: progress, begun (2: laid aside)
PROGRESS, BEGAN, ITEM_ROW = range(3)
ON_DUTY, CONTACT_S, ITEM_S, LOST_S, RING_S, HOME_S, STARTS, INTERRUPTIONS, SWITCHES, SLOT_ROW = range(10)


@part
def span(by_slot, column, start, end, slot_s, horizon):
    """Add the time from start to end to a measure, slot by slot; what lies outside the horizon is left out."""
    slots = int(horizon / slot_s + 0.5)
    start, end = max(start, 0.0), min(end, horizon)
    if not end > start:
        return
    slot = min(int(start / slot_s), slots - 1)
    while slot < slots - 1 and (slot + 1) * slot_s < end:
        upto = (slot + 1) * slot_s
        if upto > start:
            by_slot[slot * SLOT_ROW + column] += upto - start
            start = upto
        slot += 1
    by_slot[slot * SLOT_ROW + column] += end - start


@inlined
def tick(by_slot, column, t, k, r):
    """Count one at a moment."""
    if t <= r[HORIZON]:
        by_slot[(min(max(int(t / r[SLOT_S]), 0), k[SLOT_COUNT] - 1)) * SLOT_ROW + column] += 1.0


@inlined
def rise(keys, who, w, size, key, agent):
    """Put the end of an agent's contact into the heap; equal moments in order of contact."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        other = keys[up]
        if other < key or (other == key and w[who[up] * COLUMNS + TALK] < w[agent * COLUMNS + TALK]):
            break
        keys[at], who[at] = other, who[up]
        at = up
    keys[at], who[at] = key, agent


@inlined
def sink(keys, who, w, size, key, agent):
    """Put the end of an agent's contact in the place of the first in the heap of `size`: down along the earlier ends, then up where it belongs."""
    at, down = 0, 1
    while down + 1 < size:
        low, right = keys[down], keys[down + 1]
        if right == low:
            down += w[who[down + 1] * COLUMNS + TALK] < w[who[down] * COLUMNS + TALK]
        else:
            down += right < low  # no branch: either is as likely
        keys[at], who[at] = keys[down], who[down]
        at, down = down, 2 * down + 1
    if down < size:
        keys[at], who[at] = keys[down], who[down]
        at = down
    rise(keys, who, w, at, key, agent)


@inlined
def work_rise(keys, who, w, at, key, agent):
    """Put the end of an agent's item into its heap, upwards from a place; equal moments in order of agent."""
    while at > 0:
        up = (at - 1) >> 1
        other = who[up]
        if keys[up] < key or (keys[up] == key and other < agent):
            break
        keys[at], who[at], w[other * COLUMNS + PLACE] = keys[up], other, at
        at = up
    keys[at], who[at], w[agent * COLUMNS + PLACE] = key, agent, at


@inlined
def work_out(keys, who, w, size, at):
    """Take the end at a place out of the heap of items that held one more than `size`."""
    key, agent = keys[size], who[size]
    keys[size] = np.inf
    if at == size:
        return
    up = (at - 1) >> 1
    if at > 0 and (key < keys[up] or (key == keys[up] and agent < who[up])):
        work_rise(keys, who, w, at, key, agent)
        return
    down = 2 * at + 1
    while down < size:
        if down + 1 < size and (
            keys[down + 1] < keys[down] or (keys[down + 1] == keys[down] and who[down + 1] < who[down])
        ):
            down += 1
        if key < keys[down] or (key == keys[down] and agent < who[down]):
            break
        keys[at], who[at], w[who[down] * COLUMNS + PLACE] = keys[down], who[down], at
        at, down = down, 2 * down + 1
    keys[at], who[at], w[agent * COLUMNS + PLACE] = key, agent, at


@inlined
def enlist(w, m, k, agent, t):
    """Put an agent among the free, longest free first, then by number."""
    end = k[PEOPLE]
    w[agent * COLUMNS + DOES], m[agent * MOMENTS + SINCE] = NOTHING, t
    before = w[end * COLUMNS + PREV]
    while before != end and m[before * MOMENTS + SINCE] == t and before > agent:
        before = w[before * COLUMNS + PREV]
    after = w[before * COLUMNS + NEXT]
    w[agent * COLUMNS + PREV], w[agent * COLUMNS + NEXT], w[before * COLUMNS + NEXT], w[after * COLUMNS + PREV] = (
        before,
        after,
        agent,
        agent,
    )
    k[FREE] += 1


@inlined
def unlist(w, k, agent):
    """Take an agent out of the free."""
    before, after = w[agent * COLUMNS + PREV], w[agent * COLUMNS + NEXT]
    w[before * COLUMNS + NEXT], w[after * COLUMNS + PREV] = after, before
    k[FREE] -= 1


@inlined
def waiting(k, lines, offered, patience, behind, t):
    """Take out of line the contact that a free agent answers first, or -1; those who gave up leave the line."""
    best, place = -1, 0
    for queue in range(k[QUEUES]):
        contact = lines[queue * LINE + FIRST]
        if contact >= 0:
            while contact >= 0 and offered[contact] + patience[contact] <= t:
                contact = behind[contact]
            lines[queue * LINE + FIRST] = contact
            if contact >= 0:
                rank = lines[queue * LINE + RANK]
                if (
                    best < 0
                    or rank < lines[place * LINE + RANK]
                    or (rank == lines[place * LINE + RANK] and contact < best)
                ):
                    best, place = contact, queue
    if best >= 0:
        lines[place * LINE + FIRST] = behind[best]
    return best


@inlined
def talk(w, by_slot, k, r, started, contact, agent, t):
    """Let an agent answer a contact."""
    if w[agent * COLUMNS + LAST] == WORK:
        tick(by_slot, SWITCHES, t, k, r)
    w[agent * COLUMNS + DOES], w[agent * COLUMNS + LAST], w[agent * COLUMNS + TALK] = CONTACT, CONTACT, contact
    started[contact] = t


@part
def put(pile, k, rank):
    """Let an item wait in the heap of ranks."""
    at = k[PILED]
    while at > 0 and pile[(at - 1) >> 1] > rank:
        pile[at] = pile[(at - 1) >> 1]
        at = (at - 1) >> 1
    pile[at] = rank
    k[PILED] += 1


@part
def take(pile, outset, k):
    """Take the rank of the item that is next in turn, which there must be."""
    if k[PILED] == 0 or (k[TAKEN] < k[OUTSET] and outset[k[TAKEN]] < pile[0]):
        k[TAKEN] += 1
        return outset[k[TAKEN] - 1]
    first = pile[0]
    k[PILED] -= 1
    last = k[PILED]
    rank, at, down = pile[last], 0, 1
    while down < last:
        if down + 1 < last and pile[down + 1] < pile[down]:
            down += 1
        if pile[down] > rank:
            break
        pile[at] = pile[down]
        at, down = down, 2 * down + 1
    pile[at] = rank
    return first


@inlined
def book(by_slot, m, r, agent, t, lost_after):
    """Book an agent's work on an item until t: all of it, its cost at the start, and what was lost from a moment on."""
    begun = m[agent * MOMENTS + BEGUN]
    worked = begun + m[agent * MOMENTS + COST]
    span(by_slot, ITEM_S, begun, t, r[SLOT_S], r[HORIZON])
    if worked > begun:
        span(by_slot, LOST_S, begun, min(worked, t), r[SLOT_S], r[HORIZON])
    if lost_after < t:
        span(by_slot, LOST_S, max(lost_after, worked), t, r[SLOT_S], r[HORIZON])


@inlined
def off_begun(w, agent):
    """Take an agent out of the list of those whose item gives way."""
    if w[agent * COLUMNS + LATER] >= 0:
        earlier, later = w[agent * COLUMNS + EARLIER], w[agent * COLUMNS + LATER]
        w[earlier * COLUMNS + LATER], w[later * COLUMNS + EARLIER] = later, earlier
        w[agent * COLUMNS + LATER] = -1


@part
def work(w, m, k, r, keys, who, kinds, items, length, typed, by_slot, agent, item, t):
    """Let an agent begin an item or take one up again; `items`: length, progress, type, begun (2: laid aside)."""
    cost, kind = 0.0, typed[item]
    if w[agent * COLUMNS + LAST] == CONTACT:
        cost = r[SWITCH_S]
        tick(by_slot, SWITCHES, t, k, r)
    if items[item * ITEM_ROW + BEGAN] == 2.0:
        cost += kinds[kind * KIND_ROW + RESUME_S]
    else:
        items[item * ITEM_ROW + BEGAN] = 1.0
        tick(by_slot, STARTS, t, k, r)
    w[agent * COLUMNS + DOES], w[agent * COLUMNS + LAST], w[agent * COLUMNS + ITEM] = WORK, WORK, item
    m[agent * MOMENTS + BEGUN], m[agent * MOMENTS + COST] = t, cost
    k[WORKS] += 1
    work_rise(
        keys,
        who,
        w,
        k[WORKS] - 1,
        t + (cost + (length[item] - items[item * ITEM_ROW + PROGRESS])),
        agent,
    )
    if r[REACHED] > 0 and kinds[kind * KIND_ROW + GIVES_WAY] > 0:
        end = k[PEOPLE]
        last = w[end * COLUMNS + EARLIER]
        (
            w[agent * COLUMNS + EARLIER],
            w[agent * COLUMNS + LATER],
            w[last * COLUMNS + LATER],
            w[end * COLUMNS + EARLIER],
        ) = last, end, agent, agent


@part
def lay_aside(w, m, k, r, keys, who, kinds, items, length, typed, by_slot, agent, t):
    """Take the item out of an agent's hands; return it."""
    item = w[agent * COLUMNS + ITEM]
    k[WORKS] -= 1
    work_out(keys, who, w, k[WORKS], w[agent * COLUMNS + PLACE])
    off_begun(w, agent)
    save, before = kinds[typed[item] * KIND_ROW + SAVE_S], items[item * ITEM_ROW + PROGRESS]
    done = before + max(t - m[agent * MOMENTS + BEGUN] - m[agent * MOMENTS + COST], 0.0)
    kept = done
    if r[GIVES] == 2.0:
        kept = 0.0
    elif save > 0.0:
        kept = before if save == np.inf else max(before, np.floor(done / save) * save)
    items[item * ITEM_ROW + PROGRESS], items[item * ITEM_ROW + BEGAN] = kept, 2.0
    book(by_slot, m, r, agent, t, t - (done - kept))
    return item


@part
def leave(w, m, k, r, by_slot, agent, t):
    """Let an agent who has nothing in hand go."""
    if w[agent * COLUMNS + DOES] == NOTHING:
        unlist(w, k, agent)
    w[agent * COLUMNS + DOES] = AWAY
    span(by_slot, ON_DUTY, m[agent * MOMENTS + DUTY], t, r[SLOT_S], r[HORIZON])


@part
def close(w, m, k, r, items, by_slot):
    """Book what is in hand at the end of the horizon."""
    horizon = r[HORIZON]
    for agent in range(k[PEOPLE]):
        if w[agent * COLUMNS + DOES] == WORK:
            items[w[agent * COLUMNS + ITEM] * ITEM_ROW + PROGRESS] += max(
                horizon - m[agent * MOMENTS + BEGUN] - m[agent * MOMENTS + COST], 0.0
            )
        if w[agent * COLUMNS + DOES] == WORK or w[agent * COLUMNS + DOES] == RETURN:
            book(by_slot, m, r, agent, horizon, horizon)
            m[agent * MOMENTS + BEGUN] = np.inf
        if w[agent * COLUMNS + DOES] != AWAY:
            span(by_slot, ON_DUTY, m[agent * MOMENTS + DUTY], horizon, r[SLOT_S], horizon)
            m[agent * MOMENTS + DUTY] = np.inf
