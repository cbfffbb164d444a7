"""The desk call by call, compiled: every rule of a desk and a policy, in the order in which things happen.

State of an agent: one row of `whole` (whole numbers) and one of `moments` (seconds). Rows beyond the agents are the ends of linked lists: the free of
every group (longest free first), the free of every group that are ring-fenced, and those on an item that gives way (begun last at the end); one last
row for the ring-fenced in order. Contacts and item ends wait in binary heaps; a contact that gave up is found when an agent looks for it.
"""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.foundation.compiled import kernel

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
(ARRIVAL, ANSWER, END, ABANDON, ITEM_START, ITEM_END, LAID_ASIDE, RESUMED) = range(8)
SHIFT_START, SHIFT_END, RING_ON, RING_OFF, SENT_HOME = range(8, 13)
# whole numbers of an agent; of a list's end THERE counts its members
THERE, SHIFT, OFF, HOME, DOES, GROUP, NEXT, PREV, LATER, EARLIER, TURN, ITEM, OWN = range(13)
PLACE, LAST, RINGED, RING_NEXT, RING_PREV, QUEUE, LOAD, COLUMNS = range(13, 21)
NOTHING, CONTACT, WORK, RETURN, AWAY = range(5)
# moments of an agent: free since, on duty since, item in hand since, lost at its start, ring-fenced since, contacts in hand since, gone home since, item ends
SINCE, DUTY, BEGUN, COST, FENCED, TALKS, WENT, ENDS = range(8)
# columns of the agents' measures by slot
ON_DUTY, CONTACT_S, ITEM_S, LOST_S, RING_S, HOME_S, STARTS, INTERRUPTIONS, SWITCHES = range(9)
# numbers that change: contacts in hand, item ends waiting, ring-fenced agents, trigger on, slot, turn of the last item, own items laid aside,
# events noted, contacts in line, timers (first, last), supply ran out, next contact, item, shift to come, shift to end, slot to start
HANDS, WORKS, RING, TRIGGERED, SLOT, TURNS, OWNS, NOTED, LINE, FIRST, TIMERS, DRY = range(12)
OFFERED, ARRIVED, CAME, GONE, SLOTS = range(12, 17)
# settings: slot and horizon [s], what gives way (0 nothing, 1 resume, 2 restart), contacts reach agents on items, delivery, switching, rotation,
# trigger, whether anybody is ever ring-fenced, off
SLOT_S, HORIZON, GIVES, REACHED, START_S, RETURN_S, SWITCH_S, ROTATE_S, AGE, EXTRA, FENCES, OFFS = range(12)
# settings of a type: interruptible, resume_s, save_every_s
GIVES_WAY, RESUME_S, SAVE_S = range(3)
# waiting items of a type: how many in its heap, next in turn of an endless supply, where its part of `pile` and `ranked` begins, size of it, endless
HEAP, CURSOR, AT, MANY, ENDLESS = range(5)
NONE = np.int64(1) << 60


class State(NamedTuple):
    """All of a run: what is given, and what changes."""

    offered: np.ndarray
    queue: np.ndarray
    handle: np.ndarray
    patience: np.ndarray
    kind: np.ndarray
    length: np.ndarray
    arrived: np.ndarray
    due: np.ndarray
    rank: np.ndarray
    by_rank: np.ndarray
    ranked: np.ndarray
    coming: np.ndarray
    serves: np.ndarray
    works_on: np.ndarray
    ranks: np.ndarray
    shared: np.ndarray
    types: np.ndarray
    rule: np.ndarray
    by_slot: np.ndarray
    shift_agent: np.ndarray
    shift_start: np.ndarray
    shift_end: np.ndarray
    by_end: np.ndarray
    whole: np.ndarray
    moments: np.ndarray
    count: np.ndarray
    keys: np.ndarray
    ids: np.ndarray
    order: np.ndarray
    server: np.ndarray
    started: np.ndarray
    behind: np.ndarray
    lines: np.ndarray
    piles: np.ndarray
    pile: np.ndarray
    laid: np.ndarray
    progress: np.ndarray
    ended: np.ndarray
    timers: np.ndarray
    measures: np.ndarray
    log: np.ndarray


@kernel
def span(measures, column, start, end, slot_s):
    """Add the time from start to end to a measure, slot by slot; what lies outside the horizon is left out."""
    slots = measures.shape[0]
    start, end = max(start, 0.0), min(end, slots * slot_s)
    if not end > start:
        return
    slot = min(int(start / slot_s), slots - 1)
    while slot < slots - 1 and (slot + 1) * slot_s < end:
        upto = (slot + 1) * slot_s
        if upto > start:
            measures[slot, column] += upto - start
            start = upto
        slot += 1
    measures[slot, column] += end - start


@kernel
def note(s, t, kind, what, agent):
    """Write an event where events are asked for."""
    if s.log.shape[0]:
        row = s.count[NOTED]
        if row < s.log.shape[0]:
            s.log[row, 0] = t
            s.log[row, 1] = kind
            s.log[row, 2] = what
            s.log[row, 3] = agent
        s.count[NOTED] += 1


@kernel
def push(keys, ids, size, key, number):
    """Put a moment into a heap; equal moments in order of number."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] < key or (keys[up] == key and ids[up] < number):
            break
        keys[at], ids[at] = keys[up], ids[up]
        at = up
    keys[at], ids[at] = key, number


@kernel
def pop(keys, ids, size):
    """Take the first moment out of a heap of `size`."""
    last = size - 1
    key, number = keys[last], ids[last]
    keys[last] = np.inf
    at = 0
    while 2 * at + 1 < last:
        down = 2 * at + 1
        right = down + 1
        if right < last and (keys[right] < keys[down] or (keys[right] == keys[down] and ids[right] < ids[down])):
            down = right
        if key < keys[down] or (key == keys[down] and number < ids[down]):
            break
        keys[at], ids[at] = keys[down], ids[down]
        at = down
    if last:
        keys[at], ids[at] = key, number


@kernel
def ends_before(s, one, other):
    """Whether an agent's item ends before another's; equal moments in order of item."""
    left, right = s.moments[one, ENDS], s.moments[other, ENDS]
    return left < right or (left == right and s.whole[one, ITEM] < s.whole[other, ITEM])


@kernel
def sift(s, at):
    """Bring the agent at a place of the heap of item ends where it belongs."""
    agent = s.order[at]
    size = s.count[WORKS]
    while at > 0:
        up = (at - 1) >> 1
        if ends_before(s, s.order[up], agent):
            break
        s.order[at] = s.order[up]
        s.whole[s.order[at], PLACE] = at
        at = up
    while 2 * at + 1 < size:
        down = 2 * at + 1
        if down + 1 < size and ends_before(s, s.order[down + 1], s.order[down]):
            down += 1
        if ends_before(s, agent, s.order[down]):
            break
        s.order[at] = s.order[down]
        s.whole[s.order[at], PLACE] = at
        at = down
    s.order[at] = agent
    s.whole[agent, PLACE] = at


@kernel
def onto_heap(s, agent, t):
    """Put the end of an agent's item into the heap."""
    s.moments[agent, ENDS] = t
    s.order[s.count[WORKS]] = agent
    s.count[WORKS] += 1
    sift(s, s.count[WORKS] - 1)


@kernel
def off_heap(s, agent):
    """Take the end of an agent's item out of the heap."""
    at = s.whole[agent, PLACE]
    s.count[WORKS] -= 1
    last = s.order[s.count[WORKS]]
    if last != agent:
        s.order[at] = last
        sift(s, at)


@kernel
def enlist(s, agent):
    """Put an agent among the free of the group, longest free first, then by number."""
    w = s.whole
    end = s.moments.shape[0] + w[agent, GROUP] + w[agent, RINGED] * s.serves.shape[0]
    since = s.moments[agent, SINCE]
    before = w[end, PREV]
    while before != end and (
        s.moments[before, SINCE] > since or (s.moments[before, SINCE] == since and before > agent)
    ):
        before = w[before, PREV]
    after = w[before, NEXT]
    w[agent, PREV], w[agent, NEXT] = before, after
    w[before, NEXT], w[after, PREV] = agent, agent
    w[end, THERE] += 1


@kernel
def unlist(s, agent):
    """Take an agent out of the free."""
    w = s.whole
    before, after = w[agent, PREV], w[agent, NEXT]
    w[before, NEXT], w[after, PREV] = after, before
    w[s.moments.shape[0] + w[agent, GROUP] + w[agent, RINGED] * s.serves.shape[0], THERE] -= 1


@kernel
def free_agents(s):
    """Return how many agents are free and not ring-fenced."""
    many = 0
    for group in range(s.serves.shape[0]):
        many += s.whole[s.moments.shape[0] + group, THERE]
    return many


@kernel
def head(s, kind):
    """Return the rank of the next item of a type, NONE where none waits."""
    at = s.piles[kind, AT]
    if s.piles[kind, HEAP] > 0:
        return s.pile[at]
    if s.piles[kind, ENDLESS]:
        if s.piles[kind, CURSOR] < s.piles[kind, MANY]:
            return s.rank[s.ranked[at + s.piles[kind, CURSOR]]]
        s.count[DRY] = 1
    return NONE


@kernel
def next_kind(s, group):
    """Return the type whose next item a group's agents would take first, -1 where none waits."""
    best, kind = NONE, -1
    for other in range(s.works_on.shape[1]):
        if s.works_on[group, other]:
            first = head(s, other)
            if first < best:
                best, kind = first, other
    return kind


@kernel
def put(s, item):
    """Let an item wait: it arrives, or is handed back."""
    kind = s.kind[item]
    at, rank, place = s.piles[kind, AT], s.rank[item], s.piles[kind, HEAP]
    while place > 0 and s.pile[at + ((place - 1) >> 1)] > rank:
        s.pile[at + place] = s.pile[at + ((place - 1) >> 1)]
        place = (place - 1) >> 1
    s.pile[at + place] = rank
    s.piles[kind, HEAP] += 1


@kernel
def take(s, kind):
    """Take the next item of a type, which must have one."""
    at = s.piles[kind, AT]
    if s.piles[kind, HEAP] == 0:
        s.piles[kind, CURSOR] += 1
        return s.ranked[at + s.piles[kind, CURSOR] - 1]
    first = s.pile[at]
    s.piles[kind, HEAP] -= 1
    last = s.piles[kind, HEAP]
    rank, place = s.pile[at + last], 0
    while 2 * place + 1 < last:
        down = 2 * place + 1
        if down + 1 < last and s.pile[at + down + 1] < s.pile[at + down]:
            down += 1
        if s.pile[at + down] > rank:
            break
        s.pile[at + place] = s.pile[at + down]
        place = down
    s.pile[at + place] = rank
    return s.by_rank[first]


@kernel
def can_work(s, agent):
    """Whether an item waits that an agent can do."""
    return s.whole[agent, OWN] >= 0 or next_kind(s, s.whole[agent, GROUP]) >= 0


@kernel
def book(s, agent, t, lost_after):
    """Book an agent's work on an item until t: all of it, its cost at the start, and what was lost from a moment on."""
    slot_s, begun = s.rule[SLOT_S], s.moments[agent, BEGUN]
    worked = begun + s.moments[agent, COST]
    span(s.measures, ITEM_S, begun, t, slot_s)
    span(s.measures, LOST_S, begun, min(worked, t), slot_s)
    span(s.measures, LOST_S, max(lost_after, worked), t, slot_s)


@kernel
def tick(s, column, t):
    """Count one at a moment."""
    if t < s.rule[HORIZON]:
        s.measures[max(int(t / s.rule[SLOT_S]), 0), column] += 1.0


@kernel
def off_begun(s, agent):
    """Take an agent off the list of those whose item gives way."""
    w = s.whole
    if w[agent, TURN] >= 0:
        earlier, later = w[agent, EARLIER], w[agent, LATER]
        w[earlier, LATER], w[later, EARLIER] = later, earlier
        w[agent, TURN] = -1


@kernel
def work(s, agent, t):
    """Let a free agent take up the own item that was laid aside, or begin the next."""
    w, m = s.whole, s.moments
    item = w[agent, OWN]
    if item < 0:
        item = take(s, next_kind(s, w[agent, GROUP]))
    else:
        w[agent, OWN] = -1
        s.count[OWNS] -= 1
    unlist(s, agent)
    cost = 0.0
    if w[agent, LAST] == CONTACT:
        cost = s.rule[SWITCH_S]
        tick(s, SWITCHES, t)
    if s.laid[item]:
        cost += s.types[s.kind[item], RESUME_S]
        note(s, t, RESUMED, item, agent)
    else:
        tick(s, STARTS, t)
        note(s, t, ITEM_START, item, agent)
    w[agent, DOES], w[agent, LAST], w[agent, ITEM] = WORK, WORK, item
    m[agent, BEGUN], m[agent, COST] = t, cost
    onto_heap(s, agent, t + cost + (s.length[item] - s.progress[item]))
    if s.rule[REACHED] > 0 and s.types[s.kind[item], GIVES_WAY] > 0 and not w[agent, RINGED]:
        end = m.shape[0] + w[agent, GROUP]
        last = w[end, EARLIER]
        w[agent, EARLIER], w[agent, LATER] = last, end
        w[last, LATER], w[end, EARLIER] = agent, agent
        s.count[TURNS] += 1
        w[agent, TURN] = s.count[TURNS]


@kernel
def lay_aside(s, agent, t):
    """Take the item out of an agent's hands; return it."""
    m, item = s.moments, s.whole[agent, ITEM]
    off_heap(s, agent)
    off_begun(s, agent)
    save = s.types[s.kind[item], SAVE_S]
    before = s.progress[item]
    done = before + max(t - (m[agent, BEGUN] + m[agent, COST]), 0.0)
    saved = done
    if s.rule[GIVES] == 2.0:
        saved = 0.0
    elif save > 0.0:
        saved = before if save == np.inf else max(before, np.floor(done / save) * save)
    s.progress[item], s.laid[item] = saved, 1
    book(s, agent, t, t - (done - saved))
    tick(s, INTERRUPTIONS, t)
    note(s, t, LAID_ASIDE, item, agent)
    return item


@kernel
def waiting(s, agent, t):
    """Return the waiting contact that an agent who is free takes first, or -1; those who gave up leave the line."""
    best, best_rank = -1, NONE
    if s.count[LINE] > 0:
        for queue in range(s.serves.shape[1]):
            if s.serves[s.whole[agent, GROUP], queue]:
                contact = front(s, queue, t)
                if contact >= 0 and (s.ranks[queue] < best_rank or (s.ranks[queue] == best_rank and contact < best)):
                    best, best_rank = contact, s.ranks[queue]
    return best


@kernel
def front(s, queue, t):
    """Return the contact of a queue that has waited longest and is still there, or -1."""
    while s.lines[queue, 0] >= 0:
        contact = s.lines[queue, 0]
        if s.offered[contact] + s.patience[contact] > t:
            return contact
        note(s, s.offered[contact] + s.patience[contact], ABANDON, contact, -1)
        s.lines[queue, 0] = s.behind[contact]
        s.count[LINE] -= 1
    return -1


@kernel
def answer(s, contact, agent, t):
    """Let an agent answer a contact, and as many more from its queue as the agent serves at once."""
    w, queue = s.whole, s.queue[contact]
    if w[agent, DOES] != CONTACT:
        if w[agent, LAST] == WORK:
            tick(s, SWITCHES, t)
        w[agent, DOES], w[agent, LAST], w[agent, QUEUE], w[agent, LOAD] = CONTACT, CONTACT, queue, 0
        s.moments[agent, TALKS] = t
    while contact >= 0:
        if s.lines[queue, 0] == contact:
            s.lines[queue, 0] = s.behind[contact]
            s.count[LINE] -= 1
        s.started[contact], s.server[contact] = t, agent
        w[agent, LOAD] += 1
        push(s.keys, s.ids, s.count[HANDS], t + s.handle[contact], contact)
        s.count[HANDS] += 1
        note(s, t, ANSWER, contact, agent)
        contact = front(s, queue, t) if w[agent, LOAD] < s.shared[queue] else -1


@kernel
def ring(s, agent, t):
    """Take an agent off contacts for items."""
    w, end = s.whole, s.whole.shape[0] - 1
    idle = w[agent, DOES] == NOTHING
    if idle:
        unlist(s, agent)
    w[agent, RINGED], s.moments[agent, FENCED] = 1, t
    last = w[end, RING_PREV]
    w[agent, RING_PREV], w[agent, RING_NEXT] = last, end
    w[last, RING_NEXT], w[end, RING_PREV] = agent, agent
    s.count[RING] += 1
    note(s, t, RING_ON, -1, agent)
    if idle:
        enlist(s, agent)


@kernel
def unring(s, agent, t):
    """Give a ring-fenced agent back to contacts."""
    w = s.whole
    idle = w[agent, DOES] == NOTHING
    if idle:
        unlist(s, agent)
    w[agent, RINGED] = 0
    before, after = w[agent, RING_PREV], w[agent, RING_NEXT]
    w[before, RING_NEXT], w[after, RING_PREV] = after, before
    s.count[RING] -= 1
    span(s.measures, RING_S, s.moments[agent, FENCED], t, s.rule[SLOT_S])
    note(s, t, RING_OFF, -1, agent)
    if idle:
        enlist(s, agent)


@kernel
def leave(s, agent, t):
    """Let an agent who has nothing in hand go."""
    w = s.whole
    if w[agent, DOES] == NOTHING:
        unlist(s, agent)
    w[agent, DOES] = AWAY
    span(s.measures, ON_DUTY, s.moments[agent, DUTY], t, s.rule[SLOT_S])


@kernel
def overdue(s, t):
    """Return how many ring-fenced agents wait to change places."""
    many, agent, end = 0, s.whole[-1, RING_NEXT], s.whole.shape[0] - 1
    while agent != end and s.moments[agent, FENCED] + s.rule[ROTATE_S] <= t:
        many += 1
        agent = s.whole[agent, RING_NEXT]
    return many


@kernel
def wanted(s):
    """Return how many agents are to be ring-fenced."""
    return s.by_slot[s.count[SLOT], 1] + (np.int64(s.rule[EXTRA]) if s.count[TRIGGERED] else 0)


@kernel
def ready(s, agent, t):
    """Give an agent with nothing in hand the next thing to do, or let the agent be free."""
    w = s.whole
    w[agent, DOES] = RETURN
    if not w[agent, THERE]:
        leave(s, agent, t)
        return
    if s.rule[FENCES] > 0 and not w[agent, RINGED] and s.count[RING] - overdue(s, t) < wanted(s):
        if s.works_on[w[agent, GROUP]].any():
            ring(s, agent, t)
    contact = -1 if w[agent, RINGED] and can_work(s, agent) else waiting(s, agent, t)
    if contact >= 0:
        answer(s, contact, agent, t)
        return
    w[agent, DOES] = NOTHING
    s.moments[agent, SINCE] = t
    enlist(s, agent)
    if s.rule[START_S] > 0:
        timer(s, agent, t + s.rule[START_S])


@kernel
def timer(s, agent, t):
    """Note when an agent will have been free long enough for an item; those that no longer count are dropped when there is no room."""
    if s.count[TIMERS] == s.timers.shape[0]:
        kept = 0
        for row in range(s.count[FIRST], s.count[TIMERS]):
            who = np.int64(s.timers[row, 1])
            if s.whole[who, DOES] == NOTHING and s.moments[who, SINCE] + s.rule[START_S] == s.timers[row, 0]:
                s.timers[kept, 0], s.timers[kept, 1] = s.timers[row, 0], s.timers[row, 1]
                kept += 1
        s.count[FIRST], s.count[TIMERS] = 0, kept
    s.timers[s.count[TIMERS], 0], s.timers[s.count[TIMERS], 1] = t, agent
    s.count[TIMERS] += 1


@kernel
def release(s, t):
    """Give the agent who has been ring-fenced longest back to contacts."""
    agent = s.whole[-1, RING_NEXT]
    unring(s, agent, t)
    if s.whole[agent, DOES] == NOTHING:
        contact = waiting(s, agent, t)
        if contact >= 0:
            unlist(s, agent)
            answer(s, contact, agent, t)


@kernel
def longest(s, ringed, worker, t):
    """Return the agent who has been free longest, of the ring-fenced or the others; -1 for none.

    `worker`: 0 anyone, 1 whose group works on items at all, 2 who can start an item now.
    """
    best, groups = -1, s.serves.shape[0]
    for group in range(groups):
        end = s.moments.shape[0] + group + ringed * groups
        agent = s.whole[end, NEXT]
        if agent == end or (worker == 1 and not s.works_on[group].any()):
            continue
        if worker == 2 and next_kind(s, group) < 0:
            while s.count[OWNS] > 0 and agent != end and s.whole[agent, OWN] < 0:
                agent = s.whole[agent, NEXT]
            if agent == end or s.whole[agent, OWN] < 0:
                continue
        since = s.moments[agent, SINCE]
        if worker == 2 and s.rule[START_S] > 0 and since + s.rule[START_S] > t:
            continue
        if best < 0 or since < s.moments[best, SINCE] or (since == s.moments[best, SINCE] and agent < best):
            best = agent
    return best


@kernel
def pull_trigger(s, t):
    """Set the trigger by the age of the items next in turn; return the moment when it would go on."""
    soonest, old = np.inf, False
    for kind in range(s.piles.shape[0]):
        if s.works_on[:, kind].any() and s.piles[kind, HEAP] > 0:
            item = s.by_rank[s.pile[s.piles[kind, AT]]]
            term = s.due[item] - s.arrived[item]
            soonest = min(soonest, s.arrived[item] + s.rule[AGE] * term)
            old = old or s.arrived[item] + 0.5 * s.rule[AGE] * term <= t
    if soonest <= t:
        s.count[TRIGGERED] = 1
    elif not old:
        s.count[TRIGGERED] = 0
    return np.inf if s.count[TRIGGERED] else soonest


@kernel
def fence(s, t):
    """Ring-fence and release agents until as many are off contacts as are wanted."""
    while s.count[RING] > wanted(s):
        release(s, t)
    while s.count[RING] - overdue(s, t) < wanted(s):
        agent = longest(s, 0, 1, t)
        if agent < 0:
            break
        ring(s, agent, t)
        if s.count[RING] > wanted(s):
            release(s, t)


@kernel
def send_home(s, t):
    """Let free agents go for the rest of their shift while more are free than wanted; return whether an item came back."""
    before = s.count[OWNS]
    while free_agents(s) > s.by_slot[s.count[SLOT], 3]:
        agent = longest(s, 0, 0, t)
        leave(s, agent, t)
        give_back(s, agent)
        s.whole[agent, THERE], s.whole[agent, HOME] = 0, 1
        s.moments[agent, WENT] = t
        note(s, t, SENT_HOME, -1, agent)
    return s.count[OWNS] < before


@kernel
def give_back(s, agent):
    """Hand an agent's own laid-aside item back."""
    if s.whole[agent, OWN] >= 0:
        put(s, s.whole[agent, OWN])
        s.whole[agent, OWN] = -1
        s.count[OWNS] -= 1


@kernel
def settle(s, t):
    """Evaluate trigger, ring-fence, items and time off until nothing changes; return the moment of the next trigger."""
    soonest = np.inf
    if t >= s.rule[HORIZON]:
        return soonest
    again = True
    while again:
        again = False
        if s.rule[AGE] < np.inf:
            soonest = pull_trigger(s, t)
        if s.rule[FENCES] > 0:
            fence(s, t)
            agent = longest(s, 1, 2, t)
            while agent >= 0:
                work(s, agent, t)
                again = s.rule[AGE] < np.inf
                agent = longest(s, 1, 2, t)
            again = lend(s, t) or again
        kept = s.by_slot[s.count[SLOT], 0]
        while kept >= 0 and free_agents(s) > kept:
            agent = longest(s, 0, 2, t)
            if agent < 0:
                break
            work(s, agent, t)
            again = s.rule[AGE] < np.inf
        if s.by_slot[s.count[SLOT], 3] >= 0:
            again = send_home(s, t) or again
    return soonest


@kernel
def lend(s, t):
    """Let ring-fenced agents for whom no item is left answer contacts that wait; return whether one did."""
    if s.count[LINE] == 0:
        return False
    for group in range(s.serves.shape[0]):
        end = s.moments.shape[0] + s.serves.shape[0] + group
        agent = s.whole[end, NEXT]
        while agent != end:
            if not can_work(s, agent):
                contact = waiting(s, agent, t)
                if contact >= 0:
                    unlist(s, agent)
                    answer(s, contact, agent, t)
                    return True
            agent = s.whole[agent, NEXT]
    return False


@kernel
def taker(s, queue, t):
    """Return the agent who answers a contact that arrives, or -1; who is found is taken from what the agent did."""
    best, n, groups = -1, s.moments.shape[0], s.serves.shape[0]
    for group in range(groups):
        if s.serves[group, queue]:
            for ringed in range(2):
                end = n + group + ringed * groups
                agent = s.whole[end, NEXT]
                if ringed and agent != end and next_kind(s, group) >= 0:
                    continue
                while ringed and agent != end and s.whole[agent, OWN] >= 0:
                    agent = s.whole[agent, NEXT]
                if agent != end:
                    since = s.moments[agent, SINCE]
                    if best < 0 or since < s.moments[best, SINCE] or (since == s.moments[best, SINCE] and agent < best):
                        best = agent
    if best >= 0:
        unlist(s, best)
        return best
    if s.shared[queue] > 1:
        best = sharing(s, queue)
    if best >= 0 or s.rule[REACHED] == 0:
        return best
    for group in range(groups):
        agent = s.whole[n + group, EARLIER]
        if s.serves[group, queue] and agent != n + group and (best < 0 or s.whole[agent, TURN] > s.whole[best, TURN]):
            best = agent
    if best >= 0:
        s.whole[best, OWN] = lay_aside(s, best, t)
        s.count[OWNS] += 1
    return best


@kernel
def sharing(s, queue):
    """Return the agent with the fewest contacts of a queue who has room for one more, or -1; lowest number first."""
    best = -1
    for agent in range(s.moments.shape[0]):
        if s.whole[agent, DOES] == CONTACT and s.whole[agent, QUEUE] == queue and s.whole[agent, THERE]:
            load = s.whole[agent, LOAD]
            if load < s.shared[queue] and (best < 0 or load < s.whole[best, LOAD]):
                if not (s.whole[agent, RINGED] and can_work(s, agent)):
                    best = agent
    return best


@kernel
def offer(s, contact, t):
    """Let a contact arrive."""
    queue = s.queue[contact]
    note(s, t, ARRIVAL, contact, -1)
    agent = taker(s, queue, t)
    if agent >= 0:
        answer(s, contact, agent, t)
        return
    s.behind[contact] = -1
    if s.lines[queue, 0] < 0:
        s.lines[queue, 0] = contact
    else:
        s.behind[s.lines[queue, 1]] = contact
    s.lines[queue, 1] = contact
    s.count[LINE] += 1


@kernel
def end_contact(s, t):
    """End the contact whose time is up."""
    contact = s.ids[0]
    agent, queue = s.server[contact], s.queue[contact]
    pop(s.keys, s.ids, s.count[HANDS])
    s.count[HANDS] -= 1
    s.whole[agent, LOAD] -= 1
    note(s, t, END, contact, agent)
    if s.whole[agent, LOAD] == 0:
        if s.shared[queue] > 1:
            span(s.measures, CONTACT_S, s.moments[agent, TALKS], t, s.rule[SLOT_S])
        ready(s, agent, t)
    elif s.whole[agent, THERE] and not (s.whole[agent, RINGED] and can_work(s, agent)):
        contact = front(s, queue, t)
        if contact >= 0:
            answer(s, contact, agent, t)


@kernel
def end_work(s, t):
    """End the item whose time is up, or the way back to contacts after it."""
    agent = s.order[0]
    w, m, item = s.whole, s.moments, s.whole[s.order[0], ITEM]
    off_heap(s, agent)
    if w[agent, DOES] == WORK:
        off_begun(s, agent)
        book(s, agent, t, t)
        note(s, t, ITEM_END, item, agent)
        if t <= s.rule[HORIZON]:
            s.ended[item], s.progress[item] = t, s.length[item]
        if s.rule[RETURN_S] > 0 and w[agent, THERE]:
            w[agent, DOES], m[agent, BEGUN], m[agent, COST] = RETURN, t, np.inf
            onto_heap(s, agent, t + s.rule[RETURN_S])
            return
    else:
        book(s, agent, t, t)
    ready(s, agent, t)


@kernel
def absent(s, agent, t):
    """Let an agent go who is no longer there: what is in hand is finished, an item that gives way is handed back."""
    w = s.whole
    w[agent, THERE] = 0
    if w[agent, RINGED]:
        unring(s, agent, t)
    if w[agent, DOES] == WORK and s.rule[GIVES] > 0 and s.types[s.kind[w[agent, ITEM]], GIVES_WAY] > 0:
        put(s, lay_aside(s, agent, t))
        w[agent, DOES] = RETURN
        leave(s, agent, t)
    elif w[agent, DOES] == NOTHING:
        leave(s, agent, t)
    give_back(s, agent)


@kernel
def present(s, agent, t):
    """Let an agent come."""
    s.whole[agent, THERE] = 1
    if s.whole[agent, DOES] == AWAY:
        s.moments[agent, DUTY] = t
        ready(s, agent, t)


@kernel
def roster(s, t):
    """Let the agents go and come who are off, or no longer: the highest numbers in shift."""
    left = s.by_slot[s.count[SLOT], 2]
    for agent in range(s.moments.shape[0] - 1, -1, -1):
        if s.whole[agent, SHIFT]:
            s.whole[agent, OFF] = 1 if left > 0 else 0
            left -= 1
    for agent in range(s.moments.shape[0]):
        there = s.whole[agent, SHIFT] and not s.whole[agent, OFF] and not s.whole[agent, HOME]
        if s.whole[agent, THERE] and not there:
            absent(s, agent, t)
    for agent in range(s.moments.shape[0]):
        there = s.whole[agent, SHIFT] and not s.whole[agent, OFF] and not s.whole[agent, HOME]
        if there and not s.whole[agent, THERE]:
            present(s, agent, t)


@kernel
def close(s):
    """Book what is in hand at the end of the horizon."""
    horizon, slot_s = s.rule[HORIZON], s.rule[SLOT_S]
    m, w = s.moments, s.whole
    for agent in range(m.shape[0]):
        if w[agent, DOES] == WORK or (w[agent, DOES] == RETURN):
            book(s, agent, horizon, horizon)
            if w[agent, DOES] == WORK:
                s.progress[w[agent, ITEM]] += max(horizon - (m[agent, BEGUN] + m[agent, COST]), 0.0)
            m[agent, BEGUN] = np.inf
        if w[agent, DOES] == CONTACT and s.shared[w[agent, QUEUE]] > 1:
            span(s.measures, CONTACT_S, m[agent, TALKS], horizon, slot_s)
            m[agent, TALKS] = np.inf
        if w[agent, DOES] != AWAY:
            span(s.measures, ON_DUTY, m[agent, DUTY], horizon, slot_s)
            m[agent, DUTY] = np.inf
        if w[agent, RINGED]:
            span(s.measures, RING_S, m[agent, FENCED], horizon, slot_s)
            m[agent, FENCED] = np.inf
        if w[agent, HOME]:
            span(s.measures, HOME_S, m[agent, WENT], horizon, slot_s)


@kernel
def change(s, t):
    """Let shifts end, a slot start and shifts start that do so at t, in this order."""
    c, w = s.count, s.whole
    while c[GONE] < s.by_end.shape[0] and s.shift_end[s.by_end[c[GONE]]] == t:
        agent = s.shift_agent[s.by_end[c[GONE]]]
        c[GONE] += 1
        note(s, t, SHIFT_END, -1, agent)
        w[agent, SHIFT] = 0
        if w[agent, HOME]:
            span(s.measures, HOME_S, s.moments[agent, WENT], t, s.rule[SLOT_S])
            w[agent, HOME] = 0
        if w[agent, THERE]:
            absent(s, agent, t)
    if c[SLOTS] < s.by_slot.shape[0] and c[SLOTS] * s.rule[SLOT_S] == t:
        c[SLOT] = c[SLOTS]
        c[SLOTS] += 1
        if s.rule[FENCES] > 0:
            fence(s, t)
    first = c[CAME]
    while c[CAME] < s.shift_start.shape[0] and s.shift_start[c[CAME]] == t:
        w[s.shift_agent[c[CAME]], SHIFT] = 1
        note(s, t, SHIFT_START, -1, s.shift_agent[c[CAME]])
        c[CAME] += 1
    if s.rule[OFFS] > 0:
        roster(s, t)
    else:
        for shift in range(first, c[CAME]):
            present(s, s.shift_agent[shift], t)


@kernel
def later(s, t):
    """Return the next moment of a timer or rotation after t."""
    c = s.count
    while c[FIRST] < c[TIMERS] and s.timers[c[FIRST], 0] <= t:
        c[FIRST] += 1
    soonest = s.timers[c[FIRST], 0] if c[FIRST] < c[TIMERS] else np.inf
    if s.rule[ROTATE_S] < np.inf and c[RING] > 0:
        end = s.whole.shape[0] - 1
        agent = s.whole[end, RING_NEXT]
        while agent != end and s.moments[agent, FENCED] + s.rule[ROTATE_S] <= t:
            agent = s.whole[agent, RING_NEXT]
        if agent != end:
            soonest = min(soonest, s.moments[agent, FENCED] + s.rule[ROTATE_S])
    return soonest


@kernel
def rostered(s):
    """Return the next moment at which a shift ends or starts or a slot starts, within the horizon."""
    c, soonest = s.count, np.inf
    if c[GONE] < s.by_end.shape[0]:
        soonest = s.shift_end[s.by_end[c[GONE]]]
    if c[CAME] < s.shift_start.shape[0]:
        soonest = min(soonest, s.shift_start[c[CAME]])
    if c[SLOTS] < s.by_slot.shape[0]:
        soonest = min(soonest, c[SLOTS] * s.rule[SLOT_S])
    return soonest if soonest < s.rule[HORIZON] else np.inf


@kernel
def run(s):
    """Follow the desk to the end of the horizon, and the contacts that wait then until they are answered or leave."""
    c, horizon = s.count, s.rule[HORIZON]
    t_change, t_timer, trigger, closed = rostered(s), np.inf, np.inf, False
    while True:
        t_end = s.keys[0]
        t_item = s.moments[s.order[0], ENDS] if c[WORKS] > 0 else np.inf
        t_offer = s.offered[c[OFFERED]] if c[OFFERED] < s.offered.shape[0] else np.inf
        t_new = s.arrived[s.coming[c[ARRIVED]]] if c[ARRIVED] < s.coming.shape[0] else np.inf
        t_timer = min(t_timer, trigger)
        t = min(t_end, t_item, t_change, t_offer, t_new, t_timer)
        if not closed and (t > horizon or (t_timer == t and t >= horizon)):
            close(s)
            closed, t_timer, trigger = True, np.inf, np.inf
            continue
        if t == np.inf or (closed and c[LINE] == 0):
            break
        if t_end == t:
            end_contact(s, t)
        elif t_item == t:
            end_work(s, t)
        elif t_change == t:
            change(s, t)
            t_change = rostered(s)
        elif t_offer == t:
            c[OFFERED] += 1
            offer(s, c[OFFERED] - 1, t)
        elif t_new == t:
            c[ARRIVED] += 1
            put(s, s.coming[c[ARRIVED] - 1])
        trigger = settle(s, t)
        t_timer = later(s, t)
    for queue in range(s.serves.shape[1]):
        front(s, queue, np.inf)


@kernel
def tally(offered, queue, handle, patience, started, shared, promise, rule, measures, by_slot):
    """Book every contact in the slot in which it was offered, and the time of agents who serve one at once."""
    slot_s, horizon, slots = rule[SLOT_S], rule[HORIZON], by_slot.shape[0]
    for contact in range(offered.shape[0]):
        q = queue[contact]
        answered = not np.isnan(started[contact])
        if answered and shared[q] == 1:
            span(by_slot, CONTACT_S, started[contact], started[contact] + handle[contact], slot_s)
        if offered[contact] < 0.0:
            continue
        row = measures[q, min(int(offered[contact] / slot_s), slots - 1)]
        row[0] += 1.0
        wait = started[contact] - offered[contact] if answered else patience[contact]
        left = not answered and wait < np.inf
        if wait == np.inf:
            wait = horizon - offered[contact]
        row[1] += answered
        row[2] += answered and wait <= promise[q, 0]
        row[3] += answered or promise[q, 1] == 0.0 or (promise[q, 1] == 2.0 and wait >= promise[q, 2])
        row[4] += left
        row[5] += wait
        if answered:
            row[6] += handle[contact]
