"""Amazon Connect: historical metrics, one row per agent and interval, with a column of seconds per metric."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.intake.adapters._beside import durations_beside, lengths_from_end, text_beside, told
from analysis.intake.adapters.format import Format, Request, Rest, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_numbers
from analysis.intake.words import number_of

IDLE, ON_CONTACT, ERROR = "Agent idle", "Agent on contact", "Contact error"
# Statuses that the client made; each has a column of its own name.
STATUSES: tuple[str, ...] = ("Break", "Lunch", "Meal", "Meeting", "Training", "Coaching", "Personal")
NON_PRODUCTIVE, ONLINE = "Nonproductive, not told apart", "Online, not told apart"
IDLE_NAMES = ("Agent idle time", "SUM_IDLE_TIME_AGENT")
CONTACT_NAMES = ("Agent on contact time", "SUM_CONTACT_TIME_AGENT")
ERROR_NAMES = ("Error status time", "Agent error status time", "SUM_ERROR_STATUS_TIME_AGENT")
NON_PRODUCTIVE_NAMES = (
    *("Nonproductive time", "Non-productive time", "Non-Productive Time", "Agent non-productive time"),
    "SUM_NON_PRODUCTIVE_TIME_AGENT",
)
ONLINE_NAMES = ("Online time", "Agent online time", "SUM_ONLINE_TIME_AGENT")
# Metrics of the other family: all of a contact's time in the interval in which it was disconnected.
HANDLE_NAMES = ("Contact handle time", "Handle time", "SUM_HANDLE_TIME")
OCCUPANCY_NAMES = ("Occupancy", "AGENT_OCCUPANCY")
# Beginnings and names of columns of time that are metrics, not statuses of the client.
METRIC_STARTS = ("Agent ", "Average ", "Maximum ", "Minimum ", "Contact ", "Customer ", "After ", "API ", "Callback ")
METRICS = frozenset(
    {
        *("Nonproductive time", "Non-productive time", "Non-Productive Time", "Online time", "Error status time"),
        *("Adherent time", "Non-adherent time", "Scheduled time", "Handle time", "Queued time", "Abandon time"),
    }
)
ROUNDING_US = 2_000_000
HOUR_US = 3_600_000_000


def lengths(batch: Batch, columns: dict[str, Column]) -> None:
    """Take the length of each interval from its end."""
    lengths_from_end(batch, columns, ("EndInterval", "End interval", "Interval end"))


def error_in_idle(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Take time in which a contact was in error out of the idle time, which includes it."""
    error, idle = durations_beside(batch, ERROR_NAMES), batch.wide.get(IDLE)
    if error is None or idle is None:
        return None
    us = np.minimum(np.where(error.given, np.maximum(error.array, 0), 0), np.where(idle.given, idle.array, 0))
    us = np.where(batch.fates.open, us, 0)
    batch.wide[IDLE] = Column("us", idle.array - us, idle.given)
    batch.wide[ERROR] = Column("us", us, us > 0)
    hits, moved = us > 0, int(us.sum())
    words = (
        f"{moved / HOUR_US:,.1f} h in {number_of(int(hits.sum()), 'row')} in which a contact was in error stood within idle time (first: {batch.place(hits)}); "
        "they count as away, not as waiting for contacts."
    )
    return told(hits, words, moved)


def overlap(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark intervals whose idle, contact and nonproductive time are more than the time online: contacts taken in another status."""
    online, rest = durations_beside(batch, ONLINE_NAMES), durations_beside(batch, NON_PRODUCTIVE_NAMES)
    parts = [batch.wide[code] for code in (IDLE, ERROR, ON_CONTACT) if code in batch.wide]
    if online is None or rest is None or not parts:
        return None
    held = rest.array * rest.given + np.sum([part.array * part.given for part in parts], axis=0)
    hits = batch.fates.open & online.given & (held > online.array + ROUNDING_US)
    words = (
        f"{number_of(int(hits.sum()), 'row')} with more time in states than online (first: {batch.place(hits)}): contacts handled in a status other than Available "
        "count as on contact and as nonproductive. Shares of these rows are not shares of a person's time; the agent event stream tells which was which."
    )
    return told(hits, words)


def occupancy(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare the report's occupancy with on contact / (on contact + idle) of the same row."""
    text = text_beside(batch, OCCUPANCY_NAMES)
    idle, contact = durations_beside(batch, IDLE_NAMES), durations_beside(batch, CONTACT_NAMES)
    if text is None or idle is None or contact is None:
        return None
    percent = text.str.endswith("%").to_numpy(dtype=bool)
    found = parse_numbers(text.str.removesuffix("%"), decimal=batch.source.decimal)
    percent = percent | bool((found.given & (np.nan_to_num(found.values) > 1.5)).any())
    stated = np.where(percent, found.values / 100, found.values)
    base = idle.array + contact.array
    still = batch.fates.open & found.given & ~found.bad & contact.given & (base > 0)
    off = np.abs(stated - contact.array / np.where(base > 0, base, 1))
    hits = still & (np.nan_to_num(off) > 0.011)
    words = (
        f"{number_of(int(hits.sum()), 'row')} whose occupancy is not on contact / (on contact + idle) (first: {batch.place(hits)}). The columns were most likely "
        "grouped or filtered differently: ask for an export by agent alone."
    )
    return told(hits, words)


def other_family(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark rows in which handle time, which lies where a contact ended, is more than the time on contact in the interval."""
    handle, contact = durations_beside(batch, HANDLE_NAMES), durations_beside(batch, CONTACT_NAMES)
    if handle is None or contact is None:
        return None
    hits = batch.fates.open & handle.given & (handle.array > contact.array + ROUNDING_US)
    words = (
        f"{number_of(int(hits.sum()), 'row')} with more handle time than time on contact (first: {batch.place(hits)}). Handle time is put in the interval in which a "
        "contact was disconnected, time on contact in those in which it happened: never set one against the other. Only the latter is used."
    )
    return told(hits, words)


def by_queue(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark rows grouped by queue or channel, for which idle time and time on contact are not given."""
    if text_beside(batch, ("Queue", "Channel")) is None:
        return None
    idle = durations_beside(batch, IDLE_NAMES)
    hits = batch.fates.open & (np.ones(len(batch.rows), dtype=bool) if idle is None else ~idle.given)
    words = (
        f"{number_of(int(hits.sum()), 'row')} grouped by queue or channel without idle time (first: {batch.place(hits)}): idle time belongs to no queue. "
        "Ask for the report grouped by agent alone."
    )
    return told(hits, words)


def own_statuses(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark rows of files with columns of statuses that this format does not know: their time stays in what is not told apart."""
    known = {f"{status} time" for status in STATUSES} | METRICS
    names: dict[str, None] = {}
    files = np.zeros(len(batch.files), dtype=bool)
    for position, raw in enumerate(batch.files):
        own = [
            name
            for name in raw.header
            if name.endswith(" time") and name not in known and not name.startswith(METRIC_STARTS)
        ]
        files[position] = bool(own) and not batch.source.totals
        names.update(dict.fromkeys(own))
    hits = batch.fates.open & files[batch.file_of]
    words = (
        f"{number_of(len(names), 'column')} of statuses of the client's own ({', '.join(map(repr, list(names)[:8]))}) count as on duty, kind unknown. "
        "List them with the other columns of time under totals in this [[source]], and give each a line in a state map of your own."
    )
    return told(hits, words)


_TOTALS: Mapping[str, tuple[str, ...]] = {
    IDLE: IDLE_NAMES,
    ON_CONTACT: CONTACT_NAMES,
    **{status: (f"{status} time", f"{status} Time") for status in STATUSES},
}

FORMAT = Format(
    title="Amazon Connect: historical metrics by agent and interval",
    vendor="amazon",
    table="state_totals",
    defaults={
        "agent": ("Agent", "Agent login", "Agent Login", "Username"),
        "interval_start": ("StartInterval", "Start interval", "Interval start"),
        "channel": (),
        "length_s": (),
    },
    signature=(
        ("StartInterval", "EndInterval", "Agent idle time"),
        ("StartInterval", "EndInterval", "Agent on contact time"),
        ("StartInterval", "EndInterval", "Online time"),
    ),
    also=(
        *("EndInterval", "End interval", "Interval end", "Queue", "Channel"),
        *(*ERROR_NAMES, *HANDLE_NAMES, *OCCUPANCY_NAMES),
    ),
    finish=lengths,
    totals=_TOTALS,
    rests={
        NON_PRODUCTIVE: Rest(NON_PRODUCTIVE_NAMES, STATUSES),
        ONLINE: Rest(ONLINE_NAMES, (*_TOTALS, NON_PRODUCTIVE)),
    },
    length_s=1800.0,
    duration_unit="s",
    missing=("-",),
    overlapping=True,
    traps=(
        Trap("error_in_idle", "Does idle time hold time in which a contact was in error?", error_in_idle, "fixed"),
        Trap("states_overlap", "Were contacts handled in a status other than Available?", overlap),
        Trap("occupancy_differs", "Is the report's occupancy on contact / (on contact + idle)?", occupancy),
        Trap("other_family", "Is handle time set against time on contact?", other_family),
        Trap("grouped_by_queue", "Is the report grouped so that idle time is not given?", by_queue),
        Trap("own_statuses", "Are there statuses whose meaning only the client knows?", own_statuses),
    ),
    request=Request(
        report="Historical metrics > Agents, grouped by agent alone, interval 30 minutes, downloaded as CSV",
        columns=(
            *(
                "Agent",
                "StartInterval",
                "EndInterval",
                "Agent idle time",
                "Agent on contact time",
                "Nonproductive time",
            ),
            *("Online time", "Error status time", "Occupancy", "one column per custom status, such as Break time"),
        ),
        limits="Intervals of 15 or 30 minutes are given for about three days a report, and at most 80,000 cells: download every day, or schedule the report.",
        zone="The time zone chosen in the report. Choose UTC, or say which it was.",
    ),
)
