"""The questions about columns and state codes that a proposal leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.foundation.schema import REQUIRED
from analysis.intake.recognise.codes import Code
from analysis.intake.recognise.content import suggested
from analysis.intake.recognise.names import shown
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.profile import Profile
from analysis.intake.recognise.questions import Question
from analysis.intake.recognise.tables import SURE, Reading
from analysis.intake.recognise.wording import BUCKETS_SAID, MEANING, origin_words
from analysis.intake.states import STATED
from analysis.intake.words import number_of

# Columns that may have one value for a whole file.
CAN_BE_CONSTANT = ("queue", "type", "team", "state", "queue_or_type", "round")


def column_questions(
    head: Peek, reading: Reading, looked: Sequence[Profile], answers: Mapping[str, str]
) -> list[Question]:
    """Return the questions about needed columns that are not found, or not surely."""
    asked = []
    names = ", ".join(shown(one.name) for one in looked if one.name and one.name not in reading.used)
    for ours in reading.missing:
        if ours == "length_s":
            asked.append(Question("length_s", "How long is an interval, in seconds? Half an hour is 1800."))
            continue
        said, proposed = answers.get(f"columns.{ours}"), suggested(ours, head, looked, reading)
        text = f"The file has no column {shown(said)}. " if said else ""
        text += f"Which column holds {MEANING.get(ours, ours)}? Not used yet: {names or 'none'}."
        text += f" By its cells it could be {shown(proposed)}." if proposed else ""
        if ours in CAN_BE_CONSTANT:
            text += " If it is the same in all rows, write = and the value, such as =claims line."
        asked.append(Question(f"columns.{ours}", text, proposed=proposed))
    for ours in REQUIRED[reading.table]:
        one = reading.found.get(ours)
        if one is not None and one.score < SURE and f"columns.{ours}" not in answers:
            text = f"Does {origin_words(one)} hold {MEANING.get(ours, ours)}? Else name the column that does."
            asked.append(Question(f"columns.{ours}", text, proposed="+".join(one.names)))
    return asked


def code_questions(codes: Sequence[Code]) -> list[Question]:
    """Return the questions about codes that nobody has confirmed yet."""
    asked = []
    for one in codes:
        if not one.confirmed:
            text = f"What does the state code {shown(one.code)} mean? {number_of(one.rows, 'row')}, {one.hours:,.1f} h."
            asked.append(
                Question(f"state.{one.code}", text, STATED, proposed=one.bucket or None, meanings=BUCKETS_SAID)
            )
    return asked
