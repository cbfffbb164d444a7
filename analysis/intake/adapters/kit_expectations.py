"""The kit's sheet of what leaders expect, written down before the data are looked at."""

from __future__ import annotations

from analysis.intake.adapters import _answers as answers
from analysis.intake.adapters.format import Format

FORMAT = Format(
    title="the kit's sheet: expectations before the data",
    table="expectations",
    defaults=answers.COLUMNS["kit_expectations"],
    signature=(("Stated on", "Rater", "Question", "Guess"),),
    open_all=answers.opener("kit_expectations"),
    serial_dates=True,
)
