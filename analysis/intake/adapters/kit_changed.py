"""The kit's list of what changed because of what was heard."""

from __future__ import annotations

from analysis.intake.adapters import _answers as answers
from analysis.intake.adapters.format import Format

FORMAT = Format(
    title="the kit's sheet: what changed because of it",
    table="responses",
    defaults=answers.COLUMNS["kit_changed"],
    signature=(("Theme", "Changed", "Owner role"),),
    open_all=answers.opener("kit_changed"),
    serial_dates=True,
)
