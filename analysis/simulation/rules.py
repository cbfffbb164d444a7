"""Who answers, who works on items, who is taken off contacts and who goes home (layout: `layout.py`)."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import inlined, part
from analysis.simulation.layout import (
    AGE,
    AGENTS,
    ARRIVED_S,
    BY_RANK,
    COLUMNS,
    CONTACT,
    DOES,
    DUE,
    FENCES,
    GROUP,
    GROUPS,
    HOME,
    HOMES,
    LINE,
    LOAD,
    MOMENTS,
    NEXT,
    NOTHING,
    OWN,
    OWNS,
    PILE,
    Q_FIRST,
    Q_ROW,
    Q_SHARED,
    QUEUE,
    QUEUE_ROW,
    RETURN,
    RING,
    RING_NEXT,
    RINGED,
    S_HOME,
    S_KEPT,
    S_ROW,
    SHARES,
    SINCE,
    SLOT,
    SLOT_ROW,
    START_S,
    T_AT,
    T_HEAP,
    T_ROW,
    THERE,
    TRIGGERED,
    TYPE_ROW,
    TYPES,
    WENT,
    WORKED,
    WORKS_ON,
)
from analysis.simulation.moves import (
    SENT_HOME,
    answer,
    can_work,
    front,
    give_back,
    leave,
    reaches,
    ring,
    short_of_ring,
    timer,
    unring,
    waiting,
    wanted,
    work,
    works_at_all,
)
from analysis.simulation.parts import (
    enlist,
    fenced_end,
    free_agents,
    next_kind,
    note,
    unlist,
)


@part
def next_to_answer(w, m, i, f, t):
    """Return the agent free longest for whom a contact waits, or -1."""
    best = -1
    for end in range(i[AGENTS], i[AGENTS] + 2 * i[GROUPS]):
        agent = w[end * COLUMNS + NEXT]
        while agent != end and w[agent * COLUMNS + RINGED] and can_work(w, i, agent):
            agent = w[agent * COLUMNS + NEXT]
        if agent != end:
            sooner = (
                best < 0
                or m[agent * MOMENTS + SINCE] < m[best * MOMENTS + SINCE]
                or (m[agent * MOMENTS + SINCE] == m[best * MOMENTS + SINCE] and agent < best)
            )
            if sooner and waiting(i, f, w[agent * COLUMNS + GROUP], t) >= 0:
                best = agent
    return best


@part
def fill(w, m, i, f, t):
    """Let agents with room for one more contact of the queue in hand take those that wait, fewest in hand first."""
    best = 0
    while i[LINE] > 0 and best >= 0:
        best = -1
        for agent in range(i[AGENTS]):
            if w[agent * COLUMNS + DOES] == CONTACT and (
                best < 0 or w[agent * COLUMNS + LOAD] < w[best * COLUMNS + LOAD]
            ):
                row = i[QUEUE_ROW] + w[agent * COLUMNS + QUEUE] * Q_ROW
                room = w[agent * COLUMNS + LOAD] < i[row + Q_SHARED] and i[row + Q_FIRST] >= 0
                if room and reaches(w, i, agent) and front(i, f, w[agent * COLUMNS + QUEUE], t) >= 0:
                    best = agent
        if best >= 0:
            answer(w, m, i, f, front(i, f, w[best * COLUMNS + QUEUE], t), best, t)


@part
def serve(w, m, i, f, t):
    """Let free agents answer the contacts that wait, longest free first; return whether one did."""
    served = False
    while i[LINE] > 0:
        agent = next_to_answer(w, m, i, f, t)
        if agent < 0:
            break
        contact = waiting(i, f, w[agent * COLUMNS + GROUP], t)
        unlist(w, i, agent)
        answer(w, m, i, f, contact, agent, t)
        served = True
    if i[SHARES]:
        fill(w, m, i, f, t)
    return served


@inlined
def ready(w, m, i, f, agent, t):
    """Give an agent with nothing in hand the next thing to do, or let the agent be free."""
    w[agent * COLUMNS + DOES] = RETURN
    if not w[agent * COLUMNS + THERE]:
        leave(w, m, i, f, agent, t)
        return
    group, released = w[agent * COLUMNS + GROUP], False
    if i[FENCES] and not w[agent * COLUMNS + RINGED] and short_of_ring(w, m, i, f) and works_at_all(i, group):
        released = i[RING] >= wanted(i)
        if released:
            unring(w, m, i, f, w[(fenced_end(i)) * COLUMNS + RING_NEXT], t)
        ring(w, m, i, f, agent, t)
    if not (released or i[SHARES]) and reaches(w, i, agent):
        contact = waiting(i, f, group, t)
        if contact >= 0:
            answer(w, m, i, f, contact, agent, t)
            return
    free(w, m, i, f, agent, t)
    if released or i[SHARES]:
        serve(w, m, i, f, t)


@inlined
def free(w, m, i, f, agent, t):
    """Let an agent be free."""
    w[agent * COLUMNS + DOES] = NOTHING
    m[agent * MOMENTS + SINCE] = t
    enlist(w, m, i, agent)
    if i[WORKED] and f[START_S] > 0:
        timer(w, m, i, f, agent, t + f[START_S])


@part
def longest(w, m, i, f, ringed, worker, t):
    """Return the agent who has been free longest, of the ring-fenced or the others; -1 for none.

    `worker`: 0 anyone, 1 whose group works on items at all, 2 who can start an item now.
    """
    best = -1
    for group in range(i[GROUPS]):
        end = i[AGENTS] + group + ringed * i[GROUPS]
        agent = w[end * COLUMNS + NEXT]
        if agent == end or (worker == 1 and not works_at_all(i, group)):
            continue
        if worker == 2 and next_kind(i, group) < 0:
            while i[OWNS] > 0 and agent != end and w[agent * COLUMNS + OWN] < 0:
                agent = w[agent * COLUMNS + NEXT]
            if agent == end or w[agent * COLUMNS + OWN] < 0:
                continue
        since = m[agent * MOMENTS + SINCE]
        if worker == 2 and f[START_S] > 0 and since + f[START_S] > t:
            continue
        if best < 0 or since < m[best * MOMENTS + SINCE] or (since == m[best * MOMENTS + SINCE] and agent < best):
            best = agent
    return best


@part
def pull_trigger(i, f, t):
    """Set the trigger by the age of the items next in turn; return the moment when it will go on."""
    soonest, old = np.inf, False
    for kind in range(i[TYPES]):
        worked = False
        for group in range(i[GROUPS]):
            worked = worked or i[i[WORKS_ON] + group * i[TYPES] + kind] != 0
        row = i[TYPE_ROW] + kind * T_ROW
        if worked and i[row + T_HEAP] > 0:
            item = i[i[BY_RANK] + i[i[PILE] + i[row + T_AT]]]
            arrived = f[i[ARRIVED_S] + item]
            term = f[i[DUE] + item] - arrived
            soonest = min(soonest, arrived + f[AGE] * term)
            old = old or arrived + 0.5 * f[AGE] * term <= t
    if soonest <= t:
        i[TRIGGERED] = 1
    elif not old:
        i[TRIGGERED] = 0
    return np.inf if i[TRIGGERED] else soonest


@part
def fence(w, m, i, f, t):
    """Ring-fence and release agents until as many are off contacts as are wanted."""
    while i[RING] > wanted(i):
        unring(w, m, i, f, w[(fenced_end(i)) * COLUMNS + RING_NEXT], t)
    while short_of_ring(w, m, i, f):
        agent = longest(w, m, i, f, 0, 1, t)
        if agent < 0:
            break
        if i[RING] >= wanted(i):
            unring(w, m, i, f, w[(fenced_end(i)) * COLUMNS + RING_NEXT], t)
        ring(w, m, i, f, agent, t)


@part
def send_home(w, m, i, f, most, t):
    """Let free agents go for the rest of their shift while more are free than wanted; return whether an item came back."""
    before = i[OWNS]
    while free_agents(w, i) > most:
        agent = longest(w, m, i, f, 0, 0, t)
        leave(w, m, i, f, agent, t)
        give_back(w, i, agent)
        w[agent * COLUMNS + THERE], w[agent * COLUMNS + HOME] = 0, 1
        m[agent * MOMENTS + WENT] = t
        note(i, f, t, SENT_HOME, -1, agent)
    return i[OWNS] < before


@part
def settle(w, m, i, f, t):
    """Evaluate trigger, ring-fence, items and time off until nothing changes; return the moment when the trigger will go on."""
    soonest, again, triggers = np.inf, True, f[AGE] < np.inf
    row = i[SLOT_ROW] + i[SLOT] * S_ROW
    while again:
        again = False
        if triggers:
            soonest = pull_trigger(i, f, t)
        if i[FENCES]:
            fence(w, m, i, f, t)
            serve(w, m, i, f, t)
            agent = longest(w, m, i, f, 1, 2, t)
            while agent >= 0 and not again:
                work(w, m, i, f, agent, t)
                again = triggers  # the trigger looks at the items again after each that is taken
                agent = longest(w, m, i, f, 1, 2, t)
            if again or serve(w, m, i, f, t):
                again = True
                continue
        while i[row + S_KEPT] >= 0 and not again and free_agents(w, i) > i[row + S_KEPT]:
            agent = longest(w, m, i, f, 0, 2, t)
            if agent < 0:
                break
            work(w, m, i, f, agent, t)
            again = i[FENCES] > 0
        if i[HOMES] and not again:
            again = send_home(w, m, i, f, i[row + S_HOME], t)
    return soonest
