"""The engine for a pool whose agents all do the same: equal to `engine.py` to the last digit, and much faster.

It knows shifts, thresholds, items that give way, delivery times, and any number of queues and item types; but one group of agents, one contact at a time
per agent, no ring-fence, nobody off or sent home, and no list of events.
"""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.foundation.compiled import inlined, kernel, part, pointer
from analysis.simulation.pool_parts import (
    ARRIVED,
    AWAY,
    BEGUN,
    CAME,
    COLUMNS,
    COMING,
    CONTACTS,
    COST,
    DOES,
    DRY,
    DUTY,
    EARLIER,
    END,
    ENDLESS,
    FIRST,
    FREE,
    GIVES_WAY,
    GONE,
    HANDS,
    HORIZON,
    INTERRUPTIONS,
    ITEM,
    ITEM_ROW,
    KIND_ROW,
    LINE,
    MOMENTS,
    NEXT,
    NOTHING,
    OFFERED,
    OUTSET,
    OWN,
    OWNS,
    PEOPLE,
    PILED,
    PROGRESS,
    QUEUES,
    REACHED,
    RETURN,
    RETURN_S,
    SHIFTS,
    SINCE,
    SLOT,
    SLOT_COUNT,
    SLOT_S,
    SLOTS,
    START_S,
    TAKEN,
    THERE,
    WORK,
    WORKS,
    book,
    close,
    enlist,
    lay_aside,
    leave,
    off_begun,
    put,
    rise,
    sink,
    take,
    talk,
    tick,
    unlist,
    waiting,
    work,
    work_out,
    work_rise,
)


@part
def rule(w, m, k, r, keys, who, kinds, items, length, typed, by_rank, pile, outset, kept, by_slot, t):
    """Start items while more agents are free than are kept free; return the moment when the next may start for want of time only."""
    while kept[k[SLOT]] >= 0 and k[FREE] > kept[k[SLOT]]:
        end = k[PEOPLE]
        agent = w[end * COLUMNS + NEXT]
        waits = k[PILED] > 0 or k[TAKEN] < k[OUTSET]
        if not waits:
            k[DRY] = max(k[DRY], np.int64(r[ENDLESS]))
            while k[OWNS] > 0 and agent != end and w[agent * COLUMNS + OWN] < 0:
                agent = w[agent * COLUMNS + NEXT]
            if agent == end or w[agent * COLUMNS + OWN] < 0:
                break
        if r[START_S] > 0.0 and m[agent * MOMENTS + SINCE] + r[START_S] > t:
            return m[agent * MOMENTS + SINCE] + r[START_S]
        item = w[agent * COLUMNS + OWN]
        if item < 0:
            item = by_rank[take(pile, outset, k)]
        else:
            w[agent * COLUMNS + OWN] = -1
            k[OWNS] -= 1
        unlist(w, k, agent)
        work(w, m, k, r, keys, who, kinds, items, length, typed, by_slot, agent, item, t)
    return np.inf


@part
def serve(w, m, k, r, keys, who, lines, offered, patience, handle, behind, started, by_slot, t):
    """Let the free answer the contacts that wait, longest free first."""
    end = k[PEOPLE]
    while k[FREE] > 0:
        contact = waiting(k, lines, offered, patience, behind, t)
        if contact < 0:
            break
        agent = w[end * COLUMNS + NEXT]
        unlist(w, k, agent)
        talk(w, by_slot, k, r, started, contact, agent, t)
        rise(keys, who, w, k[HANDS], t + handle[contact], agent)
        k[HANDS] += 1


@part
def change(
    w,
    m,
    k,
    r,
    shift_agent,
    shift_start,
    shift_end,
    by_end,
    keys,
    who,
    kinds,
    items,
    length,
    typed,
    ranks,
    pile,
    by_slot,
    t,
):
    """Let the shifts end, the slot start and the shifts start that do so at t."""
    while k[GONE] < k[SHIFTS] and shift_end[by_end[k[GONE]]] == t:
        agent = shift_agent[by_end[k[GONE]]]
        k[GONE] += 1
        w[agent * COLUMNS + THERE] = 0
        if w[agent * COLUMNS + DOES] == NOTHING:
            leave(w, m, k, r, by_slot, agent, t)
        elif (
            w[agent * COLUMNS + DOES] == WORK
            and r[REACHED] > 0
            and kinds[typed[w[agent * COLUMNS + ITEM]] * KIND_ROW + GIVES_WAY] > 0
        ):
            put(pile, k, ranks[lay_aside(w, m, k, r, keys, who, kinds, items, length, typed, by_slot, agent, t)])
            w[agent * COLUMNS + DOES] = RETURN
            leave(w, m, k, r, by_slot, agent, t)
        if w[agent * COLUMNS + OWN] >= 0:
            put(pile, k, ranks[w[agent * COLUMNS + OWN]])
            w[agent * COLUMNS + OWN] = -1
            k[OWNS] -= 1
    if k[SLOTS] < k[SLOT_COUNT] and k[SLOTS] * r[SLOT_S] == t:
        k[SLOT] = k[SLOTS]
        k[SLOTS] += 1
    while k[CAME] < k[SHIFTS] and shift_start[k[CAME]] == t:
        agent = shift_agent[k[CAME]]
        k[CAME] += 1
        w[agent * COLUMNS + THERE] = 1
        if w[agent * COLUMNS + DOES] == AWAY:
            m[agent * MOMENTS + DUTY] = t
            enlist(w, m, k, agent, t)


@part
def rostered(k, r, shift_start, shift_end, by_end, slots):
    """Return the next moment at which a shift ends or starts or a slot starts, within the horizon."""
    soonest = np.inf
    if k[GONE] < k[SHIFTS]:
        soonest = shift_end[by_end[k[GONE]]]
    if k[CAME] < k[SHIFTS]:
        soonest = min(soonest, shift_start[k[CAME]])
    if k[SLOTS] < slots:
        soonest = min(soonest, k[SLOTS] * r[SLOT_S])
    return soonest if soonest < r[HORIZON] else np.inf


@part
def end_work(w, m, k, r, keys, who, items, length, ended, by_slot, t):
    """End the item whose time is up, or the way back to contacts after it; return the agent who has nothing in hand now, or -1."""
    agent = who[0]
    k[WORKS] -= 1
    work_out(keys, who, w, k[WORKS], 0)
    book(by_slot, m, r, agent, t, t)
    if w[agent * COLUMNS + DOES] == RETURN:
        return agent
    item = w[agent * COLUMNS + ITEM]
    off_begun(w, agent)
    if t <= r[HORIZON]:
        ended[item], items[item * ITEM_ROW + PROGRESS] = t, length[item]
    if r[RETURN_S] > 0:
        w[agent * COLUMNS + DOES], m[agent * MOMENTS + BEGUN], m[agent * MOMENTS + COST] = RETURN, t, np.inf
        k[WORKS] += 1
        work_rise(keys, who, w, k[WORKS] - 1, t + r[RETURN_S], agent)
        return -1
    return agent


@part
def offer(w, m, k, r, work_keys, work_who, kinds, items, length, typed, by_slot, t):
    """Return the agent who answers a contact that arrives, taken from what the agent did, or -1."""
    end = k[PEOPLE]
    if k[FREE] > 0:
        agent = w[end * COLUMNS + NEXT]
        unlist(w, k, agent)
        return agent
    agent = w[end * COLUMNS + EARLIER]
    if r[REACHED] == 0 or agent == end:
        return -1
    w[agent * COLUMNS + OWN] = lay_aside(
        w, m, k, r, work_keys, work_who, kinds, items, length, typed, by_slot, agent, t
    )
    k[OWNS] += 1
    tick(by_slot, INTERRUPTIONS, t, k, r)
    return agent


@inlined
def stand(lines, queue, behind, contact):
    """Put a contact last in line."""
    place = queue[contact]
    behind[contact] = -1
    if lines[place * LINE + FIRST] < 0:
        lines[place * LINE + FIRST] = contact
    else:
        behind[lines[place * LINE + END]] = contact
    lines[place * LINE + END] = contact


@inlined
def freed(w, m, k, r, keys, who, lines, offered, patience, handle, behind, started, by_slot, agent, t):
    """Give an agent with nothing in hand the next contact, or let the agent be free or leave."""
    contact = waiting(k, lines, offered, patience, behind, t) if w[agent * COLUMNS + THERE] else -1
    if contact >= 0:
        talk(w, by_slot, k, r, started, contact, agent, t)
        rise(keys, who, w, k[HANDS], t + handle[contact], agent)
        k[HANDS] += 1
    elif w[agent * COLUMNS + THERE]:
        enlist(w, m, k, agent, t)
    else:
        leave(w, m, k, r, by_slot, agent, t)


@inlined
def talked(w, m, k, r, keys, who, lines, offered, patience, handle, behind, started, by_slot, t):
    """End the contact whose time is up; whoever waits takes its place in the heap."""
    agent = who[0]
    contact = waiting(k, lines, offered, patience, behind, t) if w[agent * COLUMNS + THERE] else -1
    if contact >= 0:
        talk(w, by_slot, k, r, started, contact, agent, t)
        sink(keys, who, w, k[HANDS], t + handle[contact], agent)
        return
    k[HANDS] -= 1
    last = k[HANDS]
    key, other = keys[last], who[last]
    keys[last] = np.inf
    if last > 0:
        sink(keys, who, w, last, key, other)
    if w[agent * COLUMNS + THERE]:
        enlist(w, m, k, agent, t)
    else:
        leave(w, m, k, r, by_slot, agent, t)


@inlined
def nobody(k, lines):
    """Whether no contact is in line."""
    queue = 0
    while queue < k[QUEUES] and lines[queue * LINE + FIRST] < 0:
        queue += 1
    return queue == k[QUEUES]


@part
def follow(  # noqa: PLR0912, PLR0915 (one branch per kind of event)
    w, m, k, r, keys, who, work_keys, work_who, offered, patience, handle, queue, behind, started, lines,
    items, length, typed, ended, kinds, ranks, by_rank, outset, coming, arrived, pile, shift_agent, shift_start, shift_end, by_end, kept, by_slot,
):  # fmt: skip
    """Follow the pool to the end of the horizon, and the contacts that wait then until they are answered or leave."""
    slots, keep, closed, wake = k[SLOT_COUNT], kept[0], False, np.inf
    t_change, t_close = rostered(k, r, shift_start, shift_end, by_end, slots), r[HORIZON]
    t_offer = offered[0] if k[CONTACTS] > 0 else np.inf
    t_new = arrived[coming[0]] if k[COMING] > 0 else np.inf
    soon = min(t_change, t_new, t_close)
    while not (closed and nobody(k, lines)):
        t_end, t_item = keys[0], work_keys[0]
        rare = min(soon, wake)
        if t_end <= t_offer and t_end <= t_item and t_end <= rare:
            t = t_end
            if t == np.inf:
                break
            talked(w, m, k, r, keys, who, lines, offered, patience, handle, behind, started, by_slot, t)
        elif t_item <= t_offer and t_item <= rare:
            t = t_item
            agent = end_work(w, m, k, r, work_keys, work_who, items, length, ended, by_slot, t)
            if agent >= 0:
                freed(w, m, k, r, keys, who, lines, offered, patience, handle, behind, started, by_slot, agent, t)
        elif t_offer < t_change and t_offer <= rare:
            t, contact = t_offer, k[OFFERED]
            k[OFFERED] += 1
            t_offer = offered[contact + 1] if contact + 1 < k[CONTACTS] else np.inf
            agent = offer(w, m, k, r, work_keys, work_who, kinds, items, length, typed, by_slot, t)
            if agent >= 0:
                talk(w, by_slot, k, r, started, contact, agent, t)
                rise(keys, who, w, k[HANDS], t + handle[contact], agent)
                k[HANDS] += 1
            else:
                stand(lines, queue, behind, contact)
        elif t_change <= rare:
            t = t_change
            change(
                w, m, k, r, shift_agent, shift_start, shift_end, by_end, work_keys, work_who, kinds, items, length, typed, ranks, pile, by_slot, t,
            )  # fmt: skip
            serve(w, m, k, r, keys, who, lines, offered, patience, handle, behind, started, by_slot, t)
            t_change, keep = rostered(k, r, shift_start, shift_end, by_end, slots), kept[k[SLOT]]
            soon = min(t_change, t_new, t_close)
        elif t_new <= wake and t_new < t_close:
            t = t_new
            put(pile, k, ranks[coming[k[ARRIVED]]])
            k[ARRIVED] += 1
            t_new = arrived[coming[k[ARRIVED]]] if k[ARRIVED] < k[COMING] else np.inf
            soon = min(t_change, t_new, t_close)
        elif wake < t_close:
            t = wake
        else:
            close(w, m, k, r, items, by_slot)
            closed, t_close, keep = True, np.inf, -1
            soon = min(t_change, t_new, t_close)
        wake = np.inf
        if 0 <= keep < k[FREE]:
            wake = rule(
                w, m, k, r, work_keys, work_who, kinds, items, length, typed, by_rank, pile, outset, kept, by_slot, t
            )


def _entry(version: int) -> Callable:
    """Return the compiled engine; the version is part of it, so a change of any of its files compiles it anew."""

    def run(
        w, m, k, r, keys, who, work_keys, work_who, offered, patience, handle, queue, behind, started, lines,
        items, length, typed, ended, kinds, ranks, by_rank, outset, coming, arrived, pile, shift_agent, shift_start, shift_end, by_end, kept, by_slot,
    ):  # fmt: skip
        """Run a pool that is laid out; return the version of the engine."""
        follow(
            pointer(w), pointer(m), pointer(k), pointer(r), pointer(keys), pointer(who), pointer(work_keys), pointer(work_who),
            pointer(offered), pointer(patience), pointer(handle), pointer(queue), pointer(behind), pointer(started), pointer(lines),
            pointer(items), pointer(length), pointer(typed), pointer(ended), pointer(kinds), pointer(ranks), pointer(by_rank), pointer(outset), pointer(coming),
            pointer(arrived), pointer(pile), pointer(shift_agent), pointer(shift_start), pointer(shift_end), pointer(by_end),
            pointer(kept), pointer(by_slot),
        )  # fmt: skip
        return version

    return kernel(run)


_FILES = ("pool_parts.py", "pool.py")
run = _entry(zlib.crc32(b"".join(Path(__file__).with_name(name).read_bytes() for name in _FILES)))
