"""The kit's log of what people said, and whether it was read back to them."""

from __future__ import annotations

from analysis.intake.adapters import _answers as answers
from analysis.intake.adapters.format import Format

FORMAT = Format(
    title="the kit's sheet: concerns and ideas",
    table="listening",
    defaults=answers.COLUMNS["kit_concerns"],
    signature=(("Heard on", "Concern", "Theme"),),
    open_all=answers.opener("kit_concerns"),
    serial_dates=True,
)
