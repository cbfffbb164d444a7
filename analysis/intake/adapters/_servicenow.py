"""What the ServiceNow formats share: the clock of their stamps, persons as references, and time that merely passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._beside import text_beside, told
from analysis.intake.adapters.format import Request, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

_OFFSET = r"(?i)(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_SYS_ID = r"^[0-9a-f]{32}$"


def stored(*names: str) -> tuple[str, ...]:
    """Return names of fields with what the Table API makes of them when it gives values stored and shown side by side.

    Examples
    --------
    >>> stored("opened_at", "Opened")
    ('opened_at.value', 'opened_at', 'Opened')
    """
    return tuple(form for name in names for form in ((f"{name}.value", name) if name.islower() else (name,)))


def ask_for_clock(batch: Batch, *stamps: Sequence[str]) -> None:
    """Stop where stamps carry no offset and nobody said which clock they show.

    Parameters
    ----------
    batch
        Rows of a source.
    stamps
        The client's names of each column of stamps.

    Raises
    ------
    DataProblem
        `time_zone` is to be set.
    """
    if batch.source.time_zone is not None:
        return
    bare = np.zeros(len(batch.rows), dtype=bool)
    for names in stamps:
        text = text_beside(batch, names)
        if text is not None:
            bare |= (text != "").to_numpy(dtype=bool) & ~text.str.contains(_OFFSET, regex=True).to_numpy(dtype=bool)
    bare &= batch.fates.open
    if bare.any():
        raise batch.ask(
            f"{batch.file_at(bare)}: its times carry no zone (first: {batch.place(bare)}). ServiceNow keeps UTC and shows the zone of the user: web services and "
            'scheduled exports give UTC, lists and ODBC the zone of whoever exported. Set time_zone = "UTC" or that zone in this [[source]].'
        )


def references(batch: Batch, agent: Column | None) -> TrapResult | None:
    """Show persons given as the identifier of their record."""
    if agent is None or not agent.given.any():
        return None
    hits = batch.fates.open & agent.given & agent.text.str.fullmatch(_SYS_ID).to_numpy(dtype=bool)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} with a person as a sys_id (first: {batch.place(hits)}). Roster and other exports must give the same sys_id, "
        "or ask for user names by dot-walking (assigned_to.user_name).",
    )


def request(report: str, columns: tuple[str, ...]) -> Request:
    """Return how to ask for a table."""
    return Request(
        report=report,
        columns=columns,
        limits="Exports from lists are cut at a number of rows that the instance sets (10,000 and more are usual): export by week, and compare the number of rows with the list.",
        zone="Web services give UTC; lists follow the time zone of the user who exports. Which of the two is it, and which zone?",
        pseudonyms="Replace user names and sys_ids by codes, the same code for the same person in every file; keep codes as text. Leave out short descriptions and comments.",
    )
