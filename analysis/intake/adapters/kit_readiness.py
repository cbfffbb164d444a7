"""The kit's workbook of readiness ratings: a sheet per role, and one by item type."""

from __future__ import annotations

from analysis.intake.adapters import _answers as answers
from analysis.intake.adapters.format import Format

FORMAT = Format(
    title="the kit's workbook: readiness ratings",
    table="answers",
    defaults=answers.COLUMNS["kit_readiness"],
    signature=(("Criterion", "Rater", "Rating", "Seen"), ("Criterion", "Rater", "Role", "Rating")),
    open_all=answers.opener("kit_readiness"),
    fills=("role",),
)
