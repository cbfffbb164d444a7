"""The kit's sheet of skills: a row per person and skill, or a row per person with a column per skill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import NO, YES, parse_numbers
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

SKILL = kit.spelled("Skill", "Queue or type", "Queue or item type", "Competence")
LEVEL = kit.spelled("Level", "Skill level", "Proficiency")
VALID_FROM = kit.spelled("Valid from", "From", "Start date")
VALID_TO = kit.spelled("Valid to", "To", "End date")
PEOPLE = kit.spelled("Name", "Agent name", "Team", "Site", "Population", "Grade")
KNOWN = kit.known_names(kit.AGENT, SKILL, LEVEL, VALID_FROM, VALID_TO, PEOPLE)
# A skill whose level the sheet does not say.
UNLEVELLED = -1.0
# Levels run from 1 to this.
TOP_LEVEL = 10.0


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Read a column per skill where no column names the skill: a level, or yes and no."""
    if "queue_or_type" in columns:
        return
    has = np.zeros(len(batch.rows), dtype=bool)
    names, _ = kit.wide_names(batch, KNOWN)
    if not names:
        raise batch.ask(
            f"{batch.files[0].file}: no column names a skill, and none stands for one. Add a column Skill, or one per skill."
        )
    for name in names:
        column = _levels(batch, name)
        has |= column.given
        columns[kit.WIDE + name] = column
    batch.fates.give(~has & columns["agent"].given, "excluded", "no_skill")
    columns["queue_or_type"] = Column("text", batch.cells[names[0]], has)


def _levels(batch: Batch, name: str) -> Column:
    """Return the levels of one skill; given where the person has it."""
    text = batch.cells[name].str.lower()
    text = text.where(~batch.cells[name].isin(batch.source.missing), "")
    found = parse_numbers(text, decimal=".", typed=True)
    number = found.given & ~found.bad
    yes = text.isin([word for word in YES if not word.isdigit()]).to_numpy(dtype=bool)
    no = text.isin([*NO, "-"]).to_numpy(dtype=bool)
    bad = ~number & ~yes & ~no | (number & ((found.values < 0) | (found.values > TOP_LEVEL)))
    open_ = batch.fates.open
    if (bad & open_).any() and not ((number | yes) & ~bad & open_).any():
        raise batch.ask(
            f"{batch.files[0].file}: the column {name!r} holds neither levels nor yes and no. If it is a remark, name it Note; else correct its cells."
        )
    batch.reject(bad, "bad_level")
    return Column("number", np.where(yes, UNLEVELLED, found.values), yes | (number & (found.values > 0)))


def spread(_: Batch, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row per person and skill."""
    long = kit.melt(frame, name="queue_or_type", value="level")
    if "level" in long:
        long["level"] = long["level"].where(long["level"] != UNLEVELLED)
    return long


def several_levels(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show persons with several rows for one skill and no dates that part them."""
    if "valid_from" in columns or any(name.startswith(kit.WIDE) for name in columns):
        return None
    rows = np.flatnonzero(batch.fates.open)
    pair = pd.DataFrame({name: columns[name].text.iloc[rows].to_numpy() for name in ("agent", "queue_or_type")})
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[pair.duplicated(keep=False).to_numpy()]] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} that give a person the same skill at several levels (first: {batch.place(hits)}). "
        "Add Valid from where a level changed; else keep one row."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: skills",
    table="skills",
    defaults={
        "agent": kit.AGENT,
        "queue_or_type": SKILL,
        "level": LEVEL,
        "valid_from": VALID_FROM,
        "valid_to": VALID_TO,
    },
    signature=(("Agent ID", "Skill", "Level"), ("Agent Id", "Skill", "Level")),
    open=kit.open_whole,
    finish=finish,
    fills=("queue_or_type",),
    spread=spread,
    traps=(Trap("several_levels", "Has a person one skill at several levels?", several_levels),),
)
