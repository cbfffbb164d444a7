"""Amazon Connect: agent activity audit, one row per change of status; each lasts until the next one."""

from __future__ import annotations

from analysis.intake.adapters._beside import told
from analysis.intake.adapters.events import end_at_next
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

HANDLING = frozenset({"connected", "busy"})


def until_next(batch: Batch, columns: dict[str, Column]) -> None:
    """Let each status last until the person's next row; Offline ends the day."""
    end_at_next(batch, columns, closing=("Offline",))


def after_contact(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark rows of Available right after a contact: the report has no status for after-contact work."""
    state, start = columns["state"].text.str.lower(), columns["start"]
    still = batch.fates.open & start.given & columns["agent"].given
    frame = columns["agent"].text[still].to_frame("agent").assign(us=start.array[still], state=state[still])
    if frame.empty:
        return None
    frame = frame.sort_values(["agent", "us"], kind="stable")
    before = frame.groupby("agent")["state"].shift()
    after = frame.index[frame["state"].eq("available") & before.isin(HANDLING)]
    hits = batch.fates.open & still & False
    hits[after.to_numpy()] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} of Available right after a contact (first: {batch.place(hits)}). The report has no status for after-contact work, so "
        "part of it may stand in Available and count as waiting; the agent event stream or the contact records show it."
    )
    return told(hits, words)


FORMAT = Format(
    title="Amazon Connect: agent activity audit",
    vendor="amazon",
    table="spells",
    defaults={
        "agent": ("Agent", "Agent login", "Agent Login", "Username"),
        "state": ("Status", "Agent status", "Activity"),
        "start": ("Date", "Timestamp", "Time", "Date and time", "Start time"),
        "end": (),
        "duration": (),
        "channel": (),
        "population": (),
    },
    signature=(("Agent", "Date", "Status"),),
    finish=until_next,
    traps=(Trap("after_contact_work", "Does after-contact work stand in Available?", after_contact),),
    request=Request(
        report="Historical metrics > Agents > Agent activity audit, downloaded as CSV",
        columns=("Agent", "Date", "Status"),
        limits="One agent and one day a report: send the agent event stream instead where there are more than a few people.",
        zone="The time zone chosen in the report. Choose UTC, or say which it was.",
    ),
)
