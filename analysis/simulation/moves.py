"""What an agent does: answers contacts, works on items, comes and goes (layout: `layout.py`)."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import inlined, part
from analysis.simulation.layout import (
    AWAY,
    BEGAN,
    BEGUN,
    BEHIND,
    COLUMNS,
    CONTACT,
    COST,
    DOES,
    DUTY,
    EXTRA,
    FENCED,
    FIRST,
    GIVES,
    GROUP,
    HANDLE_S,
    HANDS,
    ITEM,
    ITEM_S,
    KIND,
    LAST,
    LENGTH,
    LINE,
    LOAD,
    LOST_S,
    MOMENTS,
    NONE,
    NOTHING,
    OFFER_S,
    ON_DUTY,
    OWN,
    OWNS,
    PATIENCE_S,
    PROGRESS,
    Q_FIRST,
    Q_RANK,
    Q_ROW,
    QUEUE,
    QUEUE_OF,
    QUEUE_ROW,
    QUEUES,
    REACHED,
    RESUME_S,
    RING,
    RING_NEXT,
    RING_PREV,
    RING_S,
    RINGED,
    ROOM,
    ROTATE_S,
    S_RING,
    S_ROW,
    SAVE_S,
    SERVER,
    SERVES,
    SINCE,
    SLOT,
    SLOT_ROW,
    START_S,
    STARTED,
    STARTS,
    SWITCH_S,
    SWITCHES,
    T_GIVES,
    T_ROW,
    TALKS,
    THERE,
    TIMER,
    TIMERS,
    TRIGGERED,
    TURNED,
    TYPE_ROW,
    TYPES,
    WORK,
    WORKS_ON,
)
from analysis.simulation.parts import (
    enlist,
    fenced_end,
    next_kind,
    note,
    off_begun,
    off_heap,
    on_begun,
    onto_heap,
    push,
    put,
    span,
    take,
    tick,
    unlist,
)

# kinds of events, as in engine.EVENTS
ARRIVAL, ANSWER, END, ABANDON, ITEM_START, ITEM_END, LAID_ASIDE, RESUMED = range(8)
SHIFT_BEGINS, SHIFT_ENDS, RING_ON, RING_OFF, SENT_HOME = range(8, 13)


@inlined
def front(i, f, queue, t):
    """Return the contact of a queue that has waited longest and is still there, or -1; those who gave up leave the line."""
    row = i[QUEUE_ROW] + queue * Q_ROW
    while i[row + Q_FIRST] >= 0:
        contact = i[row + Q_FIRST]
        gone = f[i[OFFER_S] + contact] + f[i[PATIENCE_S] + contact]
        if gone > t or gone == np.inf:
            return contact
        note(i, f, gone, ABANDON, contact, -1)
        i[row + Q_FIRST] = i[i[BEHIND] + contact]
        i[LINE] -= 1
    return -1


@inlined
def waiting(i, f, group, t):
    """Return the waiting contact that a free agent of a group takes first, or -1."""
    best, best_rank = -1, NONE
    if i[LINE] > 0:
        for queue in range(i[QUEUES]):
            if i[i[SERVES] + group * i[QUEUES] + queue]:
                contact = front(i, f, queue, t)
                rank = i[i[QUEUE_ROW] + queue * Q_ROW + Q_RANK]
                if contact >= 0 and (rank < best_rank or (rank == best_rank and contact < best)):
                    best, best_rank = contact, rank
    return best


@inlined
def answer(w, m, i, f, contact, agent, t):
    """Let an agent answer a contact."""
    queue = i[i[QUEUE_OF] + contact]
    row = i[QUEUE_ROW] + queue * Q_ROW
    if w[agent * COLUMNS + DOES] != CONTACT:
        if w[agent * COLUMNS + LAST] == WORK:
            tick(i, f, SWITCHES, t)
        w[agent * COLUMNS + DOES], w[agent * COLUMNS + LAST], w[agent * COLUMNS + QUEUE], w[agent * COLUMNS + LOAD] = (
            CONTACT,
            CONTACT,
            queue,
            0,
        )
        m[agent * MOMENTS + TALKS] = t
    if i[row + Q_FIRST] == contact:
        i[row + Q_FIRST] = i[i[BEHIND] + contact]
        i[LINE] -= 1
    f[i[STARTED] + contact], i[i[SERVER] + contact] = t, agent
    w[agent * COLUMNS + LOAD] += 1
    push(i, f, i[HANDS], t + f[i[HANDLE_S] + contact], contact)
    i[HANDS] += 1
    note(i, f, t, ANSWER, contact, agent)


@inlined
def can_work(w, i, agent):
    """Whether an item waits that an agent can do."""
    return w[agent * COLUMNS + OWN] >= 0 or next_kind(i, w[agent * COLUMNS + GROUP]) >= 0


@part
def book(m, i, f, agent, t, lost_after):
    """Book an agent's work on an item until t: all of it, its cost at the start, and what was lost from a moment on."""
    begun = m[agent * MOMENTS + BEGUN]
    worked = begun + m[agent * MOMENTS + COST]
    span(i, f, ITEM_S, begun, t)
    if worked > begun:
        span(i, f, LOST_S, begun, min(worked, t))
    if lost_after < t:
        span(i, f, LOST_S, max(lost_after, worked), t)


@part
def work(w, m, i, f, agent, t):
    """Let a free agent take up the own item that was laid aside, or begin the next."""
    item = w[agent * COLUMNS + OWN]
    if item < 0:
        item = take(i, next_kind(i, w[agent * COLUMNS + GROUP]))
    else:
        w[agent * COLUMNS + OWN] = -1
        i[OWNS] -= 1
    unlist(w, i, agent)
    cost = 0.0
    if w[agent * COLUMNS + LAST] == CONTACT:
        cost = f[SWITCH_S]
        tick(i, f, SWITCHES, t)
    kind = i[i[KIND] + item]
    if i[i[BEGAN] + item] == 2:
        cost += f[i[RESUME_S] + kind]
        note(i, f, t, RESUMED, item, agent)
    else:
        i[i[BEGAN] + item] = 1
        tick(i, f, STARTS, t)
        note(i, f, t, ITEM_START, item, agent)
    w[agent * COLUMNS + DOES], w[agent * COLUMNS + LAST], w[agent * COLUMNS + ITEM] = WORK, WORK, item
    m[agent * MOMENTS + BEGUN], m[agent * MOMENTS + COST] = t, cost
    onto_heap(w, m, i, agent, t + (cost + (f[i[LENGTH] + item] - f[i[PROGRESS] + item])))
    if i[REACHED] and i[i[TYPE_ROW] + kind * T_ROW + T_GIVES] and not w[agent * COLUMNS + RINGED]:
        on_begun(w, i, agent)


@part
def lay_aside(w, m, i, f, agent, t):
    """Take the item out of an agent's hands; return it."""
    item = w[agent * COLUMNS + ITEM]
    off_heap(w, m, i, agent)
    off_begun(w, agent)
    save = f[i[SAVE_S] + i[i[KIND] + item]]
    before = f[i[PROGRESS] + item]
    done = before + max(t - m[agent * MOMENTS + BEGUN] - m[agent * MOMENTS + COST], 0.0)
    kept = done
    if i[GIVES] == 2:
        kept = 0.0
    elif save > 0.0:
        kept = before if save == np.inf else max(before, np.floor(done / save) * save)
    f[i[PROGRESS] + item], i[i[BEGAN] + item] = kept, 2
    book(m, i, f, agent, t, t - (done - kept))
    note(i, f, t, LAID_ASIDE, item, agent)
    return item


@part
def give_back(w, i, agent):
    """Hand back the item that an agent has laid aside."""
    if w[agent * COLUMNS + OWN] >= 0:
        put(i, w[agent * COLUMNS + OWN])
        w[agent * COLUMNS + OWN] = -1
        i[OWNS] -= 1


@part
def leave(w, m, i, f, agent, t):
    """Let an agent who has nothing in hand go."""
    if w[agent * COLUMNS + DOES] == NOTHING:
        unlist(w, i, agent)
    w[agent * COLUMNS + DOES] = AWAY
    span(i, f, ON_DUTY, m[agent * MOMENTS + DUTY], t)


@part
def ring(w, m, i, f, agent, t):
    """Take an agent off contacts for items."""
    idle = w[agent * COLUMNS + DOES] == NOTHING
    if idle:
        unlist(w, i, agent)
    w[agent * COLUMNS + RINGED], m[agent * MOMENTS + FENCED] = 1, t
    end = fenced_end(i)
    before = w[end * COLUMNS + RING_PREV]
    while before != end and m[before * MOMENTS + FENCED] == t and before > agent:
        before = w[before * COLUMNS + RING_PREV]
    after = w[before * COLUMNS + RING_NEXT]
    w[agent * COLUMNS + RING_PREV], w[agent * COLUMNS + RING_NEXT] = before, after
    w[before * COLUMNS + RING_NEXT], w[after * COLUMNS + RING_PREV] = agent, agent
    i[RING] += 1
    note(i, f, t, RING_ON, -1, agent)
    if idle:
        enlist(w, m, i, agent)


@part
def unring(w, m, i, f, agent, t):
    """Give a ring-fenced agent back to contacts."""
    idle = w[agent * COLUMNS + DOES] == NOTHING
    if idle:
        unlist(w, i, agent)
    w[agent * COLUMNS + RINGED] = 0
    before, after = w[agent * COLUMNS + RING_PREV], w[agent * COLUMNS + RING_NEXT]
    w[before * COLUMNS + RING_NEXT], w[after * COLUMNS + RING_PREV] = after, before
    i[RING] -= 1
    span(i, f, RING_S, m[agent * MOMENTS + FENCED], t)
    note(i, f, t, RING_OFF, -1, agent)
    if idle:
        enlist(w, m, i, agent)


@inlined
def reaches(w, i, agent):
    """Whether contacts reach an agent: not one who is ring-fenced while an item waits."""
    return w[agent * COLUMNS + THERE] and not (w[agent * COLUMNS + RINGED] and can_work(w, i, agent))


@part
def overdue(w, m, i, f):
    """Return how many ring-fenced agents wait to change places."""
    many, end = 0, fenced_end(i)
    agent = w[end * COLUMNS + RING_NEXT]
    while agent != end and m[agent * MOMENTS + FENCED] + f[ROTATE_S] <= f[TURNED]:
        many += 1
        agent = w[agent * COLUMNS + RING_NEXT]
    return many


@part
def wanted(i):
    """Return how many agents are to be ring-fenced."""
    return i[i[SLOT_ROW] + i[SLOT] * S_ROW + S_RING] + (i[EXTRA] if i[TRIGGERED] else 0)


@part
def short_of_ring(w, m, i, f):
    """Whether one more agent is to be ring-fenced, for lack of them or to change places."""
    return i[RING] - overdue(w, m, i, f) < wanted(i)


@part
def works_at_all(i, group):
    """Whether a group works on any type under the policy."""
    works = False
    for kind in range(i[TYPES]):
        works = works or i[i[WORKS_ON] + group * i[TYPES] + kind] != 0
    return works


@part
def timer(w, m, i, f, agent, t):
    """Note when an agent will have been free long enough for an item; where there is no room, those that no longer count are dropped."""
    if i[TIMERS] == i[ROOM]:
        kept = 0
        for row in range(i[FIRST], i[TIMERS]):
            moment, who = f[i[TIMER] + 2 * row], int(f[i[TIMER] + 2 * row + 1])
            if w[who * COLUMNS + DOES] == NOTHING and m[who * MOMENTS + SINCE] + f[START_S] == moment:
                f[i[TIMER] + 2 * kept], f[i[TIMER] + 2 * kept + 1] = moment, who
                kept += 1
        i[FIRST], i[TIMERS] = 0, kept
    at = i[TIMER] + 2 * i[TIMERS]
    f[at], f[at + 1] = t, agent
    i[TIMERS] += 1
