"""What the Salesforce formats share: identifiers of 15 and 18 signs, columns of AgentWork, and tests of work that is open at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import durations_beside, text_beside, told
from analysis.intake.adapters._cells import by_value, number_in
from analysis.intake.adapters.format import TrapResult
from analysis.intake.batch import TEXT
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# Beginning of the identifiers of users.
_USERS = "005"
USER: tuple[str, ...] = (
    "UserId",
    "User.Username",
    "User.Name",
    "User ID",
    "User: Username",
    "User: Full Name",
    "Agent: Full Name",
)
CHANNEL: tuple[str, ...] = (
    *(
        "ServiceChannel.DeveloperName",
        "ServiceChannel.MasterLabel",
        "Service Channel: Developer Name",
        "Service Channel",
    ),
    "ServiceChannelId",
)
QUEUE: tuple[str, ...] = (
    "OriginalQueue.Name",
    "OriginalQueue.DeveloperName",
    "Queue: Name",
    "Queue",
    "OriginalQueueId",
)
REQUESTED: tuple[str, ...] = ("RequestDateTime", "Request Date", "Requested Date")
ACCEPTED: tuple[str, ...] = ("AcceptDateTime", "Accept Date", "Accepted Date")
CLOSED: tuple[str, ...] = ("CloseDateTime", "Close Date", "Closed Date")
ITEM: tuple[str, ...] = ("WorkItemId", "WorkItem.Name", "Work Item ID", "Work Item")
STATUS: tuple[str, ...] = ("Status",)
HANDLE: tuple[str, ...] = ("HandleTime", "Handle Time")
ACTIVE: tuple[str, ...] = ("ActiveTime", "Active Time")
WEIGHT: tuple[str, ...] = ("CapacityWeight", "Capacity Weight")
NOT_ACCEPTED = "not_accepted"
# Status of work that nobody accepted, without blanks and capitals, to the reason under which it is left out.
REFUSED: Mapping[str, str] = {
    "declined": "declined",
    "declinedonpushtimeout": "push_timeout",
    "unavailable": "agent_unavailable",
    "canceled": "canceled",
    "transferred": "transferred_unaccepted",
}


def full_id(identifier: str) -> str:
    """Return the identifier of a user with the three signs that make it safe where capitals are lost; others stay.

    Examples
    --------
    >>> full_id("0055g000004Xk2t"), full_id("00731")
    ('0055g000004Xk2tAAC', '00731')
    """
    if (
        len(identifier) != 15
        or not identifier.startswith(_USERS)
        or not (identifier.isascii() and identifier.isalnum())
    ):
        return identifier
    chunks = (identifier[at : at + 5] for at in (0, 5, 10))
    return identifier + "".join(
        _CHECK[sum(1 << at for at, sign in enumerate(chunk) if sign.isupper())] for chunk in chunks
    )


def prepare(batch: Batch, columns: dict[str, Column], *times: str) -> None:
    """Give short and long forms of one user's identifier the same text, and add the columns that tests look at where the file lacks them."""
    nothing = np.zeros(len(batch.rows), dtype=bool)
    for name in times:
        columns.setdefault(name, Column("time", np.zeros(len(batch.rows), dtype=np.int64), nothing))
    if "agent" not in columns:
        columns["agent"] = Column("text", pd.Series("", index=batch.cells.index, dtype=TEXT), nothing)
    agent = columns["agent"].text
    if (agent.str.len() == 15).any():
        whole = by_value(agent, lambda values: values.map(full_id).astype(agent.dtype))
        columns["agent"] = Column("text", whole, columns["agent"].given)


def refusals(batch: Batch) -> list[tuple[NDArray[np.bool_], str]]:
    """Return, for each status of work that nobody accepted, its rows and the reason in words."""
    status = text_beside(batch, STATUS)
    if status is None:
        return [(np.ones(len(batch.rows), dtype=bool), NOT_ACCEPTED)]
    words = status.str.lower().str.replace(r"[\s_-]", "", regex=True)
    found = [((words == word).to_numpy(dtype=bool), reason) for word, reason in REFUSED.items()]
    return [*found, (~words.isin(list(REFUSED)).to_numpy(dtype=bool), NOT_ACCEPTED)]


def items(batch: Batch, own: Column) -> NDArray[np.int64]:
    """Return a number for the work item of each row; a row without one is an item of its own."""
    item = text_beside(batch, ITEM)
    key = own.text if item is None else item.where(item != "", own.text)
    return pd.factorize(key)[0].astype(np.int64)


def later_legs(batch: Batch, item: NDArray[np.int64], accepted: Column) -> NDArray[np.bool_]:
    """Return the rows of a work item that was accepted before: a transfer makes a row of its own."""
    rows = np.flatnonzero(batch.fates.open & accepted.given)
    order = rows[np.lexsort((accepted.array[rows], item[rows]))]
    again = np.append(False, item[order][1:] == item[order][:-1])[: len(order)]
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[order[again]] = True
    return hits


def transferred(batch: Batch, item: NDArray[np.int64], accepted: Column) -> TrapResult:
    """Show rows by which a work item was counted before."""
    hits = later_legs(batch, item, accepted)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} of work that somebody had accepted before (first: {batch.place(hits)}): a transfer makes a row of its own. "
        "Each counts for the time of its agent; numbers of contacts or items are too high by these rows.",
    )


def open_is_not_work(batch: Batch, start: Column, end: Column) -> TrapResult | None:
    """Compare the time in which work was in focus with the time in which it was open."""
    active = durations_beside(batch, ACTIVE)
    if active is None or not (active.given & (active.array > 0)).any():
        return None
    rows = batch.fates.open & active.given & start.given & end.given & (end.array > start.array)
    opened = np.where(rows, end.array - start.array, 0)
    hits = rows & (active.array < opened // 2)
    share = active.array[rows].sum() / max(1, opened.sum())
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} that were in focus for less than half of the time in which they were open (first: {batch.place(hits)}); "
        f"in all, active time is {share:.0%} of open time. Open work is not work: read its time as presence of a task, not as handling.",
    )


def at_once(batch: Batch, agent: Column, start: Column, end: Column) -> TrapResult:
    """Show work accepted while other work of the same agent was open, as capacity allows."""
    rows = np.flatnonzero(batch.fates.open & agent.given & start.given & end.given & (end.array > start.array))
    who = pd.factorize(agent.text.iloc[rows])[0]
    order = np.lexsort((start.array[rows], who))
    at, who, begin, stop = rows[order], who[order], start.array[rows[order]], end.array[rows[order]]
    reach = pd.Series(stop).groupby(who).cummax().groupby(who).shift().to_numpy()
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[at[reach > begin]] = True
    fresh = np.where(np.isnan(reach), begin, np.maximum(begin, reach))
    union = np.maximum(stop - fresh, 0).sum()
    mean = (stop - begin).sum() / union if union else 1.0
    weight = number_in(batch, *WEIGHT)
    weighed = "" if weight is None or not union else f" (capacity {((stop - begin) * weight[at]).sum() / union:.2f})"
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} accepted while other work of the agent was open (first: {batch.place(hits)}): {mean:.2f} at once on average{weighed} while any is. "
        f"The ladder counts the time once; set concurrency of the queues from what agents may take.",
    )
