"""The kit's sheet of people: who belongs to which team, site and population, and from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

# Nobody works more hours a week than this; more is most often hours a month.
LONGEST_WEEK_H = 60.0


def long_weeks(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show contracts of more hours than a week holds work."""
    if "contract_h" not in columns:
        return None
    hours = columns["contract_h"]
    hits = batch.fates.open & hours.given & (hours.array > LONGEST_WEEK_H)
    words = (
        f"{number_of(int(hits.sum()), 'person', 'persons')} with more than {LONGEST_WEEK_H:g} contract hours a week (first: {batch.place(hits)}). "
        "Ask whether hours are per month; the sheet wants hours per week."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: people",
    table="roster",
    defaults={
        "agent": kit.AGENT,
        "team": kit.TEAM,
        "site": kit.spelled("Site", "Location", "Office"),
        "time_zone": kit.spelled("Time zone", "Timezone"),
        "contract_h": kit.spelled("Contract hours per week", "Contract hours", "Hours per week", "Contract h"),
        "grade": kit.spelled("Grade", "Level", "Job"),
        "population": kit.spelled("Population", "Kind of work"),
        "valid_from": kit.spelled("Valid from", "From", "Start date"),
        "valid_to": kit.spelled("Valid to", "To", "End date"),
    },
    signature=(("Agent ID", "Team", "Contract hours per week"), ("Agent Id", "Team", "Site", "Contract Hours")),
    traps=(Trap("long_weeks", "Are contract hours given per week?", long_weeks),),
)
