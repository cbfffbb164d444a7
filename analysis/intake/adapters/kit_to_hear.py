"""The kit's list of whom to hear."""

from __future__ import annotations

from analysis.intake.adapters import _answers as answers
from analysis.intake.adapters.format import Format

FORMAT = Format(
    title="the kit's sheet: whom to hear",
    table="to_hear",
    defaults=answers.COLUMNS["kit_to_hear"],
    signature=(("Role", "Team", "People", "Planned on"),),
    open_all=answers.opener("kit_to_hear"),
    serial_dates=True,
)
