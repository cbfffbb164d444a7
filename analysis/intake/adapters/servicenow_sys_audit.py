"""ServiceNow: sys_audit, the history of records; each change of state ends one step of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _servicenow as sn
from analysis.intake.adapters import _steps as steps
from analysis.intake.adapters._beside import text_beside, told
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

STAMP = sn.stored("sys_created_on", "Created")
FIELD = sn.stored("fieldname", "Field name", "field_name")
OLD, NEW = sn.stored("oldvalue", "Old value", "old_value"), sn.stored("newvalue", "New value", "new_value")
# Fields that hold the state of a record, the usual one first; incidents write two of them at once.
STATE_FIELDS = ("state", "incident_state", "stage", "status")
SYSTEM = frozenset({"system", "maint"})
_ROBOTS = r"(?i)^(?:system|maint|admin|guest|mid\b.*|.*(?:integration|service.?account|robot|rpa|bot\b|svc).*)$"


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Make a step of each change of state: it ends with the change, and began with the one before if the same person made that."""
    steps.need(batch, columns, agent="user", ended="sys_created_on")
    sn.ask_for_clock(batch, STAMP)
    field, old = _text(batch, FIELD), _text(batch, OLD)
    agent, ended = columns["agent"], columns["ended"]
    words = field.str.lower()
    chosen = next((name for name in STATE_FIELDS if ((words == name) & batch.fates.open).any()), STATE_FIELDS[0])
    state = (words == chosen).to_numpy(dtype=bool)
    batch.fates.give(~state, "excluded", "other_field")
    columns["started"] = steps.began(batch, columns, batch.fates.open & ended.given)
    batch.fates.give(agent.text.str.lower().isin(SYSTEM), "excluded", "system_user")
    batch.fates.give(old == "", "excluded", "record_created")
    kind = columns["type"]
    columns["type"] = Column("text", (kind.text + ": " + old).astype(kind.text.dtype), kind.given)


def _text(batch: Batch, names: tuple[str, ...]) -> pd.Series:
    """Return the cells of a column without which the rows mean nothing."""
    text = text_beside(batch, names)
    if text is None:
        raise batch.ask(
            f"{batch.files[0].file}: no column {names[1]}. Ask for fieldname, oldvalue and newvalue of sys_audit."
        )
    return text


def time_that_passed(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show steps with a night in their time."""
    return steps.time_that_passed(batch, columns.get("started"), columns["ended"])


def robots(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show steps that look as if a program made them."""
    return steps.programs(batch, columns["agent"], _ROBOTS)


def broken_chain(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show changes that leave another state than the change before entered: changes between them are missing."""
    old, new, field = _text(batch, OLD), _text(batch, NEW), _text(batch, FIELD)
    rows = columns["ended"].given & columns["item"].given & ~_code(batch, "other_field")
    rows &= (field != "").to_numpy(dtype=bool)
    return steps.broken_chain(
        batch, columns, rows, old=old, new=new, ask_for="all rows of sys_audit of these tables and fields"
    )


def _code(batch: Batch, reason: str) -> NDArray[np.bool_]:
    """Return the rows that were left out for a reason."""
    codes = [at for at, name in enumerate(batch.fates.names) if name == ("excluded", reason)]
    return np.isin(batch.fates.codes, codes)


def numbers_for_states(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show states that are numbers, whose meaning is a choice list of the instance."""
    hits = batch.fates.open & _text(batch, OLD).str.fullmatch(r"-?\d+").to_numpy(dtype=bool)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'step')} named by the number of a state (first: {batch.place(hits)}). Ask for sys_choice of these tables, and name the types by it in the item types.",
    )


def references(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show persons given as sys_id."""
    return sn.references(batch, columns.get("agent"))


FORMAT = Format(
    title="ServiceNow: sys_audit, history of records",
    vendor="servicenow",
    table="work_items",
    defaults={
        "item": sn.stored("documentkey", "Document key", "document_key"),
        "type": sn.stored("tablename", "Table name", "table_name"),
        "agent": sn.stored("user", "User", "user_name"),
        "arrived": (),
        "started": (),
        "ended": STAMP,
        "due": (),
        "duration": (),
    },
    signature=(
        ("tablename", "fieldname", "documentkey", "oldvalue", "newvalue"),
        ("Table name", "Field name", "Document key", "Old value", "New value"),
    ),
    also=(*FIELD, *OLD, *NEW),
    open=json_opener(under=("result", "records")),
    finish=finish,
    traps=(
        Trap("time_that_passed", "Is time from one change to the next time worked?", time_that_passed),
        Trap("programs_as_users", "Did people make all changes?", robots),
        Trap("broken_chain", "Does each change leave the state that the one before entered?", broken_chain),
        Trap("numbers_for_states", "Can states be read without the instance?", numbers_for_states),
        Trap("persons_as_sys_id", "Can persons be told by other exports?", references),
    ),
    request=sn.request(
        "Table API export of sys_audit for the tables of the back office, fieldname state (and assigned_to), as JSON or CSV",
        ("tablename", "fieldname", "documentkey", "user", "oldvalue", "newvalue", "sys_created_on"),
    ),
)
