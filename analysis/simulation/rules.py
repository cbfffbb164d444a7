"""Who works on items, who is taken off contacts, who goes home, and who is there (layout: `layout.py`)."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import part
from analysis.simulation.layout import (
    AGE,
    AGENTS,
    ARRIVED_S,
    AWAY,
    BEGUN,
    BY_END,
    BY_RANK,
    CAME,
    CONTACT,
    CONTACT_S,
    COST,
    DOES,
    DUE,
    DUTY,
    FENCES,
    GIVES,
    GONE,
    GROUP,
    GROUPS,
    HOME,
    HOME_S,
    HOMES,
    HORIZON,
    ITEM,
    KIND,
    LINE,
    MANY_SLOTS,
    NEXT,
    NOTHING,
    OFF,
    OFFS,
    ON_DUTY,
    OWN,
    OWNS,
    PILE,
    PROGRESS,
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
    S_OFF,
    S_ROW,
    SHIFT,
    SHIFT_AGENT,
    SHIFT_END,
    SHIFT_START,
    SHIFTS,
    SINCE,
    SLOT,
    SLOT_ROW,
    SLOT_S,
    SLOTS,
    START_S,
    T_AT,
    T_GIVES,
    T_HEAP,
    T_ROW,
    TALKS,
    THERE,
    TRIGGERED,
    TYPE_ROW,
    TYPES,
    WENT,
    WORK,
    WORKS_ON,
)
from analysis.simulation.moves import (
    SENT_HOME,
    SHIFT_BEGINS,
    SHIFT_ENDS,
    answer,
    book,
    can_work,
    give_back,
    lay_aside,
    leave,
    more,
    ready,
    release,
    ring,
    short_of_ring,
    unring,
    waiting,
    wanted,
    work,
    works_at_all,
)
from analysis.simulation.parts import (
    free_agents,
    next_kind,
    note,
    put,
    span,
    unlist,
)


@part
def longest(w, m, i, f, ringed, worker, t):
    """Return the agent who has been free longest, of the ring-fenced or the others; -1 for none.

    `worker`: 0 anyone, 1 whose group works on items at all, 2 who can start an item now.
    """
    best = -1
    for group in range(i[GROUPS]):
        end = i[AGENTS] + group + ringed * i[GROUPS]
        agent = w[end, NEXT]
        if agent == end or (worker == 1 and not works_at_all(i, group)):
            continue
        if worker == 2 and next_kind(i, group) < 0:
            while i[OWNS] > 0 and agent != end and w[agent, OWN] < 0:
                agent = w[agent, NEXT]
            if agent == end or w[agent, OWN] < 0:
                continue
        since = m[agent, SINCE]
        if worker == 2 and f[START_S] > 0 and since + f[START_S] > t:
            continue
        if best < 0 or since < m[best, SINCE] or (since == m[best, SINCE] and agent < best):
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
        release(w, m, i, f, t)
    while short_of_ring(w, m, i, f, t):
        agent = longest(w, m, i, f, 0, 1, t)
        if agent < 0:
            break
        if i[RING] >= wanted(i):
            release(w, m, i, f, t)
        ring(w, m, i, f, agent, t)


@part
def lend(w, m, i, f, t):
    """Let ring-fenced agents for whom no item is left answer contacts that wait; return whether one did."""
    end = w.shape[0] - 1
    agent = w[end, RING_NEXT] if i[LINE] > 0 else end
    best, shares = -1, -1
    while agent != end:
        if w[agent, DOES] == NOTHING and not can_work(w, i, agent):
            sooner = best < 0 or m[agent, SINCE] < m[best, SINCE]
            sooner = sooner or (m[agent, SINCE] == m[best, SINCE] and agent < best)
            if sooner and waiting(i, f, w[agent, GROUP], t) >= 0:
                best = agent
        elif w[agent, DOES] == CONTACT and w[agent, THERE] and not can_work(w, i, agent):
            shares = agent
        agent = w[agent, RING_NEXT]
    if best >= 0:
        unlist(w, i, best)
        answer(w, m, i, f, waiting(i, f, w[best, GROUP], t), best, t)
        return True
    return shares >= 0 and more(w, m, i, f, shares, t)


@part
def send_home(w, m, i, f, most, t):
    """Let free agents go for the rest of their shift while more are free than wanted; return whether an item came back."""
    before = i[OWNS]
    while free_agents(w, i) > most:
        agent = longest(w, m, i, f, 0, 0, t)
        leave(w, m, i, f, agent, t)
        give_back(w, i, agent)
        w[agent, THERE], w[agent, HOME] = 0, 1
        m[agent, WENT] = t
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
            agent = longest(w, m, i, f, 1, 2, t)
            while agent >= 0 and not again:
                work(w, m, i, f, agent, t)
                again = triggers  # the trigger looks at the items again after each that is taken
                agent = longest(w, m, i, f, 1, 2, t)
            if again or lend(w, m, i, f, t):
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


@part
def absent(w, m, i, f, agent, t):
    """Let an agent go who is no longer there: what is in hand is finished, an item that gives way is handed back."""
    w[agent, THERE] = 0
    if w[agent, RINGED]:
        unring(w, m, i, f, agent, t)
    if w[agent, DOES] == NOTHING:
        leave(w, m, i, f, agent, t)
    elif w[agent, DOES] == WORK and i[GIVES]:
        kind = i[i[KIND] + w[agent, ITEM]]
        if i[i[TYPE_ROW] + kind * T_ROW + T_GIVES]:
            put(i, lay_aside(w, m, i, f, agent, t))
            w[agent, DOES] = RETURN
            leave(w, m, i, f, agent, t)
    give_back(w, i, agent)


@part
def present(w, m, i, f, agent, t):
    """Let an agent come."""
    w[agent, THERE] = 1
    if w[agent, DOES] == AWAY:
        m[agent, DUTY] = t
        ready(w, m, i, f, agent, t)


@part
def roster(w, m, i, f, t):
    """Let the agents go who are off, the highest numbers in shift, and those come who no longer are."""
    left = i[i[SLOT_ROW] + i[SLOT] * S_ROW + S_OFF]
    for agent in range(i[AGENTS] - 1, -1, -1):
        if w[agent, SHIFT]:
            w[agent, OFF] = 1 if left > 0 else 0
            left -= 1
    for agent in range(i[AGENTS]):
        if w[agent, THERE] and w[agent, OFF]:
            absent(w, m, i, f, agent, t)
    for agent in range(i[AGENTS]):
        if w[agent, SHIFT] and not (w[agent, THERE] or w[agent, OFF] or w[agent, HOME]):
            present(w, m, i, f, agent, t)


@part
def change(w, m, i, f, t):
    """Let the shifts end, the slot start and the shifts start that do so at t."""
    while i[GONE] < i[SHIFTS] and f[i[SHIFT_END] + i[i[BY_END] + i[GONE]]] == t:
        agent = i[i[SHIFT_AGENT] + i[i[BY_END] + i[GONE]]]
        i[GONE] += 1
        note(i, f, t, SHIFT_ENDS, -1, agent)
        w[agent, SHIFT], w[agent, OFF] = 0, 0
        if w[agent, HOME]:
            span(i, f, HOME_S, m[agent, WENT], t)
            w[agent, HOME] = 0
        if w[agent, THERE]:
            absent(w, m, i, f, agent, t)
    if i[SLOTS] < i[MANY_SLOTS] and i[SLOTS] * f[SLOT_S] == t:
        i[SLOT] = i[SLOTS]
        i[SLOTS] += 1
    first = i[CAME]
    while i[CAME] < i[SHIFTS] and f[i[SHIFT_START] + i[CAME]] == t:
        agent = i[i[SHIFT_AGENT] + i[CAME]]
        w[agent, SHIFT] = 1
        note(i, f, t, SHIFT_BEGINS, -1, agent)
        i[CAME] += 1
    if i[FENCES]:  # those who are free already go before those who come
        fence(w, m, i, f, t)
    if i[OFFS]:
        roster(w, m, i, f, t)
    else:
        for shift in range(first, i[CAME]):
            present(w, m, i, f, i[i[SHIFT_AGENT] + shift], t)


@part
def rostered(i, f):
    """Return the next moment at which a shift ends or starts or a slot starts, within the horizon."""
    soonest = np.inf
    if i[GONE] < i[SHIFTS]:
        soonest = f[i[SHIFT_END] + i[i[BY_END] + i[GONE]]]
    if i[CAME] < i[SHIFTS]:
        soonest = min(soonest, f[i[SHIFT_START] + i[CAME]])
    if i[SLOTS] < i[MANY_SLOTS]:
        soonest = min(soonest, i[SLOTS] * f[SLOT_S])
    return soonest if soonest < f[HORIZON] else np.inf


@part
def close(w, m, i, f):
    """Book what is in hand at the end of the horizon; the ring-fence falls, and from here on there are contacts only."""
    horizon = f[HORIZON]
    for agent in range(i[AGENTS]):
        if w[agent, DOES] == WORK:
            f[i[PROGRESS] + w[agent, ITEM]] += max(horizon - m[agent, BEGUN] - m[agent, COST], 0.0)
        if w[agent, DOES] == WORK or w[agent, DOES] == RETURN:
            book(m, i, f, agent, horizon, horizon)
            m[agent, BEGUN] = np.inf
        if w[agent, DOES] == CONTACT and i[i[QUEUE_ROW] + w[agent, QUEUE] * Q_ROW + Q_SHARED] > 1:
            span(i, f, CONTACT_S, m[agent, TALKS], horizon)
            m[agent, TALKS] = np.inf
        if w[agent, DOES] != AWAY:
            span(i, f, ON_DUTY, m[agent, DUTY], horizon)
            m[agent, DUTY] = np.inf
        if w[agent, HOME]:
            span(i, f, HOME_S, m[agent, WENT], horizon)
    while i[RING] > 0:
        release(w, m, i, f, horizon)
    i[FENCES] = 0
