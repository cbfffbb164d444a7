"""Who is there: shifts, slots, agents rostered fewer, and the end of the horizon (layout: `layout.py`)."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import part
from analysis.simulation.layout import (
    AGE,
    AGENTS,
    AWAY,
    BEGUN,
    BY_END,
    CAME,
    COLUMNS,
    CONTACT,
    CONTACT_S,
    COST,
    DOES,
    DUTY,
    FENCES,
    GONE,
    HOME,
    HOME_S,
    HORIZON,
    ITEM,
    KIND,
    MANY_SLOTS,
    MOMENTS,
    NOTHING,
    OFF,
    OFFS,
    ON_DUTY,
    PROGRESS,
    Q_ROW,
    Q_SHARED,
    QUEUE,
    QUEUE_ROW,
    REACHED,
    RETURN,
    RING,
    RING_NEXT,
    RINGED,
    S_OFF,
    S_ROW,
    SHIFT,
    SHIFT_AGENT,
    SHIFT_END,
    SHIFT_START,
    SHIFTS,
    SLOT,
    SLOT_ROW,
    SLOT_S,
    SLOTS,
    T_GIVES,
    T_ROW,
    TALKS,
    THERE,
    TYPE_ROW,
    WENT,
    WORK,
)
from analysis.simulation.moves import (
    SHIFT_BEGINS,
    SHIFT_ENDS,
    book,
    give_back,
    lay_aside,
    leave,
    unring,
)
from analysis.simulation.parts import (
    fenced_end,
    note,
    put,
    span,
)
from analysis.simulation.rules import (
    fence,
    free,
    pull_trigger,
    serve,
)


@part
def absent(w, m, i, f, agent, t):
    """Let an agent go who is no longer there: what is in hand is finished, an item that gives way is handed back."""
    w[agent * COLUMNS + THERE] = 0
    if w[agent * COLUMNS + RINGED]:
        unring(w, m, i, f, agent, t)
    if w[agent * COLUMNS + DOES] == NOTHING:
        leave(w, m, i, f, agent, t)
    elif w[agent * COLUMNS + DOES] == WORK and i[REACHED]:
        kind = i[i[KIND] + w[agent * COLUMNS + ITEM]]
        if i[i[TYPE_ROW] + kind * T_ROW + T_GIVES]:
            put(i, lay_aside(w, m, i, f, agent, t))
            w[agent * COLUMNS + DOES] = RETURN
            leave(w, m, i, f, agent, t)
    give_back(w, i, agent)


@part
def present(w, m, i, f, agent, t):
    """Let an agent come."""
    w[agent * COLUMNS + THERE] = 1
    if w[agent * COLUMNS + DOES] == AWAY:
        m[agent * MOMENTS + DUTY] = t
        free(w, m, i, f, agent, t)


@part
def roster(w, m, i, f, t):
    """Let the agents go who are off, the highest numbers in shift, and those come who no longer are."""
    left = i[i[SLOT_ROW] + i[SLOT] * S_ROW + S_OFF]
    for agent in range(i[AGENTS] - 1, -1, -1):
        if w[agent * COLUMNS + SHIFT]:
            off = 1 if left > 0 else 0
            if (
                w[agent * COLUMNS + HOME] and off and not w[agent * COLUMNS + OFF]
            ):  # who is off is not paid at home either
                span(i, f, HOME_S, m[agent * MOMENTS + WENT], t)
            elif w[agent * COLUMNS + HOME] and w[agent * COLUMNS + OFF]:
                m[agent * MOMENTS + WENT] = t
            w[agent * COLUMNS + OFF] = off
            left -= 1
    for agent in range(i[AGENTS]):
        if w[agent * COLUMNS + THERE] and w[agent * COLUMNS + OFF]:
            absent(w, m, i, f, agent, t)
    for agent in range(i[AGENTS]):
        if w[agent * COLUMNS + SHIFT] and not (
            w[agent * COLUMNS + THERE] or w[agent * COLUMNS + OFF] or w[agent * COLUMNS + HOME]
        ):
            present(w, m, i, f, agent, t)


@part
def change(w, m, i, f, t):
    """Let the shifts end, the slot start and the shifts start that do so at t."""
    while i[GONE] < i[SHIFTS] and f[i[SHIFT_END] + i[i[BY_END] + i[GONE]]] == t:
        agent = i[i[SHIFT_AGENT] + i[i[BY_END] + i[GONE]]]
        i[GONE] += 1
        note(i, f, t, SHIFT_ENDS, -1, agent)
        if w[agent * COLUMNS + HOME] and not w[agent * COLUMNS + OFF]:
            span(i, f, HOME_S, m[agent * MOMENTS + WENT], t)
        w[agent * COLUMNS + SHIFT], w[agent * COLUMNS + OFF], w[agent * COLUMNS + HOME] = 0, 0, 0
        if w[agent * COLUMNS + THERE]:
            absent(w, m, i, f, agent, t)
    if i[SLOTS] < i[MANY_SLOTS] and i[SLOTS] * f[SLOT_S] == t:
        i[SLOT] = i[SLOTS]
        i[SLOTS] += 1
    first = i[CAME]
    while i[CAME] < i[SHIFTS] and f[i[SHIFT_START] + i[CAME]] == t:
        agent = i[i[SHIFT_AGENT] + i[CAME]]
        w[agent * COLUMNS + SHIFT] = 1
        note(i, f, t, SHIFT_BEGINS, -1, agent)
        i[CAME] += 1
    if i[OFFS]:
        roster(w, m, i, f, t)
    else:
        for shift in range(first, i[CAME]):
            present(w, m, i, f, i[i[SHIFT_AGENT] + shift], t)
    if f[AGE] < np.inf:  # items handed back count before those who come answer
        pull_trigger(i, f, t)
    if i[FENCES]:
        fence(w, m, i, f, t)
    serve(w, m, i, f, t)


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
        if w[agent * COLUMNS + DOES] == WORK:
            f[i[PROGRESS] + w[agent * COLUMNS + ITEM]] += max(
                horizon - m[agent * MOMENTS + BEGUN] - m[agent * MOMENTS + COST], 0.0
            )
        if w[agent * COLUMNS + DOES] == WORK or w[agent * COLUMNS + DOES] == RETURN:
            book(m, i, f, agent, horizon, horizon)
            m[agent * MOMENTS + BEGUN] = np.inf
        if w[agent * COLUMNS + DOES] == CONTACT and i[i[QUEUE_ROW] + w[agent * COLUMNS + QUEUE] * Q_ROW + Q_SHARED] > 1:
            span(i, f, CONTACT_S, m[agent * MOMENTS + TALKS], horizon)
            m[agent * MOMENTS + TALKS] = np.inf
        if w[agent * COLUMNS + DOES] != AWAY:
            span(i, f, ON_DUTY, m[agent * MOMENTS + DUTY], horizon)
            m[agent * MOMENTS + DUTY] = np.inf
        if w[agent * COLUMNS + HOME] and not w[agent * COLUMNS + OFF]:
            span(i, f, HOME_S, m[agent * MOMENTS + WENT], horizon)
    while i[RING] > 0:
        unring(w, m, i, f, w[(fenced_end(i)) * COLUMNS + RING_NEXT], horizon)
    i[FENCES] = 0
    serve(w, m, i, f, horizon)
