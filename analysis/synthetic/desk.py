"""One day of a contact centre as a deterministic function of given calls and plans: longest-idle routing, compiled."""

# ruff: noqa: PLR0917 (compiled functions take their arrays by position)
from __future__ import annotations

import numpy as np

from analysis.foundation.compiled import kernel

# states of an agent, as the status export words them; "Idle" is on queue without a contact
STATUSES = (
    "Idle",
    "Interacting",
    "Communicating",
    "Not Responding",
    "Break",
    "Meal",
    "Meeting",
    "Training",
    "Away",
    "System Issue",
    "Offline",
)
(IDLE, INTERACTING, COMMUNICATING, NOT_RESPONDING, BREAK, MEAL, MEETING, TRAINING, AWAY, SYSTEM, OFFLINE) = range(11)
_BEFORE, _GONE = -2, -1
_NEVER = np.int64(1) << 60
# an activity that could not start within this time is dropped (only for those marked so)
_LAPSE_S = 600
# rows of the agents' record
_STATE, _SINCE, _NEXT, _CALL, _AT, _LAST, _LOGIN, _LOGOFF = range(8)
# columns of an activity: status, planned start, length, fixed end (0 = none), lapses (1 = dropped when late)
_KIND, _PLANNED, _LENGTH, _UNTIL, _LAPSES = range(5)
# columns of a call: arrival, patience, talk, hold, wrap, refused by the first agent (seconds not responding, 0 = no)
_ARRIVAL, _PATIENCE, _TALK, _HOLD, _WRAP, _REFUSED = range(6)


@kernel
def _close_row(agents, agent, t, rows, count):
    """Write the stretch of an agent's state that ends at t."""
    if t > agents[_SINCE, agent] and agents[_STATE, agent] >= 0:
        rows[count[0], 0] = agent
        rows[count[0], 1] = agents[_STATE, agent]
        rows[count[0], 2] = agents[_SINCE, agent]
        rows[count[0], 3] = t
        count[0] += 1


@kernel
def _start_call(agents, speed, calls, result, agent, call, t):
    """Let an agent answer a call; the agent's speed scales talk, hold and wrap."""
    total = np.int64(0)
    for part in range(3):
        length = np.int64(np.rint(calls[call, _TALK + part] * speed[agent]))
        result[call, 3 + part] = length
        total += length
    if total < 5:
        result[call, 3] += 5 - total
        total = np.int64(5)
    result[call, 0] = agent
    result[call, 1] = t
    result[call, 2] = t + total - result[call, 5]
    agents[_STATE, agent] = INTERACTING
    agents[_SINCE, agent] = t
    agents[_NEXT, agent] = t + total
    agents[_CALL, agent] = call


@kernel
def _waiting_call(calls, result, queue, ends, t):
    """Take the first call that still waits out of the queue, or -1; those whose patience ended have hung up."""
    while ends[0] < ends[1]:
        call = queue[ends[0]]
        ends[0] += 1
        gone = calls[call, _ARRIVAL] + calls[call, _PATIENCE]
        if gone > t:
            return call
        result[call, 2] = gone
    return -1


@kernel
def _start_activity(agents, acts, agent, t):
    """Start the next activity that is due, if any; return whether one started."""
    while agents[_AT, agent] < agents[_LAST, agent]:
        act = agents[_AT, agent]
        if acts[act, _PLANNED] > t:
            return False
        agents[_AT, agent] += 1
        end = t + acts[act, _LENGTH]
        if acts[act, _UNTIL] > 0:
            end = acts[act, _UNTIL]
        late = acts[act, _LAPSES] == 1 and t - acts[act, _PLANNED] > _LAPSE_S
        if end <= t or late:
            continue
        agents[_STATE, agent] = acts[act, _KIND]
        agents[_SINCE, agent] = t
        agents[_NEXT, agent] = end
        return True
    return False


@kernel
def _free(agents, speed, acts, calls, result, queue, ends, agent, t, close):
    """Give an agent who is free at t the next thing to do: go home, an activity, a waiting call, or wait."""
    if t >= agents[_LOGOFF, agent]:
        call = _waiting_call(calls, result, queue, ends, t) if agents[_LOGOFF, agent] >= close else -1
        if call < 0:
            agents[_STATE, agent] = _GONE
            agents[_NEXT, agent] = _NEVER
        else:
            _start_call(agents, speed, calls, result, agent, call, t)
        return
    if _start_activity(agents, acts, agent, t):
        return
    call = _waiting_call(calls, result, queue, ends, t)
    if call >= 0:
        _start_call(agents, speed, calls, result, agent, call, t)
        return
    agents[_STATE, agent] = IDLE
    agents[_SINCE, agent] = t
    agents[_NEXT, agent] = agents[_LOGOFF, agent]
    if agents[_AT, agent] < agents[_LAST, agent]:
        agents[_NEXT, agent] = min(agents[_NEXT, agent], acts[agents[_AT, agent], _PLANNED])


@kernel
def _longest_idle(agents):
    """Return the agent who has waited longest, or -1."""
    best = -1
    for agent in range(agents.shape[1]):
        if agents[_STATE, agent] == IDLE and (best < 0 or agents[_SINCE, agent] < agents[_SINCE, best]):
            best = agent
    return best


@kernel
def _offer(agents, speed, calls, result, queue, ends, call, t, rows, count):
    """Offer a call to the longest-idle agent; a refusal sends it on to the next, else it waits."""
    refused = calls[call, _REFUSED]
    while True:
        agent = _longest_idle(agents)
        if agent < 0:
            queue[ends[1]] = call
            ends[1] += 1
            return
        _close_row(agents, agent, t, rows, count)
        if refused == 0:
            _start_call(agents, speed, calls, result, agent, call, t)
            return
        agents[_STATE, agent] = NOT_RESPONDING
        agents[_SINCE, agent] = t
        agents[_NEXT, agent] = t + np.int64(refused)
        refused = 0


@kernel
def run_day(shifts, speed, acts, calls, close):
    """Return what every agent and every call did on one day.

    Parameters
    ----------
    shifts
        Per agent: log-in, log-off, first and one-past-last row of `acts` [int64, seconds of the day].
    speed
        Factor on handling times per agent.
    acts
        Activities, sorted by agent and planned time: status, planned start, length, fixed end, lapses.
    calls
        Calls by arrival: arrival, patience, talk, hold, wrap, seconds not responding of a first agent who refuses (0 for none) [int64].
    close
        Second of the day at which the lines close; agents whose shift ends then clear the queue.

    Returns
    -------
    tuple
        Rows agent, status, start, end; and per call: agent (-1 abandoned), answered, ended (for an abandoned call, when), talk, hold, wrap.
    """
    agents = np.zeros((8, len(shifts)), dtype=np.int64)
    for agent in range(len(shifts)):
        agents[_STATE, agent] = _BEFORE
        agents[_NEXT, agent] = shifts[agent, 0]
        agents[_LOGOFF, agent] = shifts[agent, 1]
        agents[_AT, agent] = shifts[agent, 2]
        agents[_LAST, agent] = shifts[agent, 3]
    rows = np.empty((4 * len(calls) + 4 * len(acts) + 8 * len(shifts) + 8, 4), dtype=np.int64)
    result = np.full((len(calls), 6), -1, dtype=np.int64)
    queue = np.empty(len(calls), dtype=np.int64)
    count, ends = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    call = 0
    while True:
        agent = np.argmin(agents[_NEXT])
        t = agents[_NEXT, agent]
        if call < len(calls) and calls[call, _ARRIVAL] < t:
            _offer(agents, speed, calls, result, queue, ends, call, calls[call, _ARRIVAL], rows, count)
            call += 1
            continue
        if t == _NEVER:
            break
        _close_row(agents, agent, t, rows, count)
        _free(agents, speed, acts, calls, result, queue, ends, agent, t, close)
    while ends[0] < ends[1]:
        left = queue[ends[0]]
        ends[0] += 1
        result[left, 2] = calls[left, _ARRIVAL] + calls[left, _PATIENCE]
    return rows[: count[0]].copy(), result


def warm() -> None:
    """Compile the kernels of this module."""
    one = np.array([[0, 100, 0, 0]], dtype=np.int64)
    none = np.empty((0, 5), dtype=np.int64)
    run_day(one, np.ones(1), none, np.array([[10, 60, 30, 0, 5, 0]], dtype=np.int64), 100)
