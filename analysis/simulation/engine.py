"""The desk event by event, compiled: what comes next, in the order in which things happen (layout: `layout.py`)."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.foundation.compiled import inlined, kernel, part, pointer
from analysis.simulation.layout import (
    AGENTS,
    ARRIVED,
    ARRIVED_S,
    BEGUN,
    BEHIND,
    COLUMNS,
    COMING,
    COMINGS,
    CONTACT,
    CONTACT_S,
    CONTACTS,
    COST,
    DOES,
    EARLIER,
    ENDED,
    ENDS,
    FENCED,
    FENCES,
    FIRST,
    GROUPS,
    HANDS,
    HOMES,
    HORIZON,
    IDS,
    INTERRUPTIONS,
    ITEM,
    KEYS,
    LENGTH,
    LINE,
    LOAD,
    MOMENTS,
    NEXT,
    OFFER_S,
    OFFERED,
    ORDER,
    OWN,
    OWNS,
    PATIENCE_S,
    PROGRESS,
    Q_FIRST,
    Q_LAST,
    Q_ROW,
    Q_SHARED,
    QUEUE,
    QUEUE_OF,
    QUEUE_ROW,
    QUEUES,
    REACHED,
    RETURN,
    RETURN_S,
    RING,
    RING_NEXT,
    ROTATE_S,
    ROWS,
    SERVER,
    SERVES,
    SINCE,
    START_S,
    TALKS,
    TIMER,
    TIMERS,
    TURN,
    TURNED,
    WORK,
    WORKED,
    WORKS,
)
from analysis.simulation.moves import (
    ABANDON,
    ARRIVAL,
    END,
    ITEM_END,
    answer,
    book,
    front,
    lay_aside,
    reaches,
)
from analysis.simulation.parts import (
    fenced_end,
    next_kind,
    note,
    off_begun,
    off_heap,
    onto_heap,
    pop,
    put,
    span,
    tick,
    unlist,
)
from analysis.simulation.presence import (
    change,
    close,
    rostered,
)
from analysis.simulation.rules import (
    ready,
    settle,
)

EVENTS = (
    "arrival",
    "answer",
    "end",
    "abandon",
    "item_start",
    "item_end",
    "laid_aside",
    "resumed",
    "shift_start",
    "shift_end",
    "ring_on",
    "ring_off",
    "sent_home",
)


@inlined
def longest_free(w, m, i, queue):
    """Return the agent free longest who answers contacts of a queue, or -1; ring-fenced ones only while no item waits for them."""
    best = -1
    for group in range(i[GROUPS]):
        if i[i[SERVES] + group * i[QUEUES] + queue]:
            end = i[AGENTS] + group
            agent = w[end * COLUMNS + NEXT]
            if agent != end:
                since = m[agent * MOMENTS + SINCE]
                if (
                    best < 0
                    or since < m[best * MOMENTS + SINCE]
                    or (since == m[best * MOMENTS + SINCE] and agent < best)
                ):
                    best = agent
            end += i[GROUPS]
            agent = w[end * COLUMNS + NEXT]
            if agent != end and next_kind(i, group) < 0:
                while agent != end and w[agent * COLUMNS + OWN] >= 0:
                    agent = w[agent * COLUMNS + NEXT]
                since = m[agent * MOMENTS + SINCE] if agent != end else np.inf
                if agent != end and (
                    best < 0
                    or since < m[best * MOMENTS + SINCE]
                    or (since == m[best * MOMENTS + SINCE] and agent < best)
                ):
                    best = agent
    return best


@part
def sharing(w, i, queue):
    """Return the agent with the fewest contacts of a queue who has room for one more, or -1; lowest number first."""
    best, room = -1, i[i[QUEUE_ROW] + queue * Q_ROW + Q_SHARED]
    for agent in range(i[AGENTS]):
        shares = (
            w[agent * COLUMNS + DOES] == CONTACT
            and w[agent * COLUMNS + QUEUE] == queue
            and w[agent * COLUMNS + LOAD] < room
        )
        if shares and (best < 0 or w[agent * COLUMNS + LOAD] < w[best * COLUMNS + LOAD]) and reaches(w, i, agent):
            best = agent
    return best


@part
def interrupted(w, m, i, f, queue, t):
    """Return the agent who began an item last that gives way to a contact of a queue, with nothing in hand now; -1 for none."""
    best = -1
    for group in range(i[GROUPS]):
        agent = w[(i[AGENTS] + group) * COLUMNS + EARLIER]
        serves = i[i[SERVES] + group * i[QUEUES] + queue] and agent < i[AGENTS]
        if serves and (best < 0 or w[agent * COLUMNS + TURN] > w[best * COLUMNS + TURN]):
            best = agent
    if best >= 0:
        w[best * COLUMNS + OWN] = lay_aside(w, m, i, f, best, t)
        i[OWNS] += 1
        tick(i, f, INTERRUPTIONS, t)
    return best


@inlined
def offer(w, m, i, f, contact, t):
    """Let a contact arrive."""
    queue = i[i[QUEUE_OF] + contact]
    row = i[QUEUE_ROW] + queue * Q_ROW
    if t >= 0.0:
        note(i, f, t, ARRIVAL, contact, -1)
    agent = longest_free(w, m, i, queue)
    if agent >= 0:
        unlist(w, i, agent)
    elif i[row + Q_SHARED] > 1:
        agent = sharing(w, i, queue)
    if agent < 0 and i[REACHED]:
        agent = interrupted(w, m, i, f, queue, t)
    if agent >= 0:
        answer(w, m, i, f, contact, agent, t)
        return
    i[i[BEHIND] + contact] = -1
    if i[row + Q_FIRST] < 0:
        i[row + Q_FIRST] = contact
    else:
        i[i[BEHIND] + i[row + Q_LAST]] = contact
    i[row + Q_LAST] = contact
    i[LINE] += 1


@inlined
def end_contact(w, m, i, f, t):
    """End the contact whose time is up."""
    contact = i[i[IDS]]
    agent, queue = i[i[SERVER] + contact], i[i[QUEUE_OF] + contact]
    pop(i, f, i[HANDS])
    i[HANDS] -= 1
    w[agent * COLUMNS + LOAD] -= 1
    note(i, f, t, END, contact, agent)
    if w[agent * COLUMNS + LOAD] == 0:
        if i[i[QUEUE_ROW] + queue * Q_ROW + Q_SHARED] > 1:
            span(i, f, CONTACT_S, m[agent * MOMENTS + TALKS], t)
        ready(w, m, i, f, agent, t)
    elif i[LINE] > 0 and reaches(w, i, agent):
        contact = front(i, f, queue, t)
        if contact >= 0:
            answer(w, m, i, f, contact, agent, t)


@part
def end_work(w, m, i, f, t):
    """End the item whose time is up, or the way back to contacts after it."""
    agent = i[i[ORDER]]
    item = w[agent * COLUMNS + ITEM]
    off_heap(w, m, i, agent)
    book(m, i, f, agent, t, t)
    if w[agent * COLUMNS + DOES] == WORK:
        off_begun(w, agent)
        note(i, f, t, ITEM_END, item, agent)
        if t <= f[HORIZON]:
            f[i[ENDED] + item], f[i[PROGRESS] + item] = t, f[i[LENGTH] + item]
        if f[RETURN_S] > 0:
            w[agent * COLUMNS + DOES], m[agent * MOMENTS + BEGUN], m[agent * MOMENTS + COST] = RETURN, t, np.inf
            onto_heap(w, m, i, agent, t + f[RETURN_S])
            return
    ready(w, m, i, f, agent, t)


@part
def later(w, m, i, f, t):
    """Return the next moment of a timer or rotation after t."""
    while i[FIRST] < i[TIMERS] and f[i[TIMER] + 2 * i[FIRST]] <= t:
        i[FIRST] += 1
    soonest = f[i[TIMER] + 2 * i[FIRST]] if i[FIRST] < i[TIMERS] else np.inf
    if f[ROTATE_S] < np.inf and i[RING] > 0:
        end = fenced_end(i)
        agent = w[end * COLUMNS + RING_NEXT]
        while agent != end and m[agent * MOMENTS + FENCED] + f[ROTATE_S] <= f[TURNED]:
            agent = w[agent * COLUMNS + RING_NEXT]
        if agent != end:
            soonest = min(soonest, m[agent * MOMENTS + FENCED] + f[ROTATE_S])
    return soonest


@part
def follow(w, m, i, f):  # noqa: PLR0912 (one branch per kind of event)
    """Follow the desk to the end of the horizon, and the contacts that wait then until they are answered or leave."""
    horizon, t_change, t_timer, trigger, closed = f[HORIZON], rostered(i, f), np.inf, np.inf, False
    while i[ARRIVED] < i[COMINGS] and f[i[ARRIVED_S] + i[i[COMING] + i[ARRIVED]]] <= 0.0:
        put(i, i[i[COMING] + i[ARRIVED]])
        i[ARRIVED] += 1
    while True:
        t_end = f[i[KEYS]]
        t_item = m[(i[i[ORDER]]) * MOMENTS + ENDS] if i[WORKS] > 0 else np.inf
        t_offer = f[i[OFFER_S] + i[OFFERED]] if i[OFFERED] < i[CONTACTS] else np.inf
        t_new = f[i[ARRIVED_S] + i[i[COMING] + i[ARRIVED]]] if i[ARRIVED] < i[COMINGS] else np.inf
        t = min(t_end, t_item, t_change, t_offer, t_new, t_timer, trigger)
        if not closed and (t > horizon or (t == horizon and t < min(t_end, t_item))):
            close(w, m, i, f)
            closed, t_timer, trigger = True, np.inf, np.inf
            continue
        if t == np.inf or (closed and i[LINE] == 0 and i[ROWS] == 0):
            break
        if t_end == t:
            end_contact(w, m, i, f, t)
        elif t_item == t:
            end_work(w, m, i, f, t)
        elif t_change == t:
            change(w, m, i, f, t)
            t_change = rostered(i, f)
        elif t_offer == t:
            i[OFFERED] += 1
            offer(w, m, i, f, i[OFFERED] - 1, t)
        elif t_new == t:
            put(i, i[i[COMING] + i[ARRIVED]])
            i[ARRIVED] += 1
        else:
            f[TURNED] = t
        if closed:
            continue
        if i[WORKED] or i[FENCES] or i[HOMES]:
            trigger = settle(w, m, i, f, t)
            if f[START_S] > 0 or f[ROTATE_S] < np.inf:
                t_timer = later(w, m, i, f, t)
    for queue in range(i[QUEUES]):
        contact = i[i[QUEUE_ROW] + queue * Q_ROW + Q_FIRST]
        while contact >= 0:
            if f[i[PATIENCE_S] + contact] < np.inf:
                note(i, f, f[i[OFFER_S] + contact] + f[i[PATIENCE_S] + contact], ABANDON, contact, -1)
            contact = i[i[BEHIND] + contact]


def _entry(version: int) -> Callable:
    """Return the compiled engine; the version is part of it, so a change of any of its files compiles it anew."""

    def run(w, m, i, f):
        """Run a desk that is laid out; return the version of the engine."""
        follow(pointer(w), pointer(m), pointer(i), pointer(f))
        return version

    return kernel(run)


_FILES = ("layout.py", "parts.py", "moves.py", "rules.py", "presence.py", "engine.py")
run = _entry(zlib.crc32(b"".join(Path(__file__).with_name(name).read_bytes() for name in _FILES)))
