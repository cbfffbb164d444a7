"""The kit's workbook of readiness ratings."""

from __future__ import annotations

from pathlib import Path

from analysis.intake.answer_books import NOT_KNOWN, Row
from analysis.synthetic.vendors import Export, _answers
from analysis.synthetic.vendors.world import VendorWorld


def write(_: VendorWorld, folder: Path) -> Export:
    """Write ratings of two roles and by item type; one not known, some rows not answered."""

    def row(criterion: str, rater: str, rating: str = "", seen: str = "", **more: str) -> Row:
        return Row(
            criterion, f"What about {criterion}?", _answers.LEVELS, rater=rater, rating=rating, seen=seen, **more
        )

    asked = {
        "IT lead": [
            row("T1", "R1", "3", "in the system", evidence="shown on the screen of somebody"),
            row("T2", "R1", NOT_KNOWN),
            row("T1", "R2", "0", "observed"),
            row("T2", "R2"),
        ],
        "team leaders": [row("S1", "R3", "4", "said"), row("S2", "R3"), row("S1", "R4", "2")],
    }
    by_type = [
        row("W1", "R1", "4", "in a document", type="claim", role="IT lead"),
        row("W1", "R1", "1", "assumed", type="letter", role="IT lead"),
        row("W2", "R3", type="claim", role="team leaders"),
    ]
    return _answers.readiness_export(folder, asked, by_type)
