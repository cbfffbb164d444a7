"""The kit's log of what people said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.foundation.schema import GIVEN
from analysis.synthetic.vendors import Export, _answers
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write notes of every kind, one by its theme alone, and one that says nothing."""
    first, second, back = (_answers.day(world, after) for after in (1, 3, 8))
    rows = [
        [first, "agents", "North", "", "words of one person", "trust", "an answer", back, "yes"],
        [second, "agents", "South", "idea", "other words", "systems", "", "", ""],
        [second, "planners", "", "escalation", "", "workload", "", back, "no"],
        [second, "planners", "", "complaint", "", "", "", "", ""],
    ]
    kinds = ["concern", "idea", "escalation"]
    truth = pd.DataFrame(
        {
            "heard_on": [pd.Timestamp(row[0]) for row in rows[:3]],
            "role": [row[1] for row in rows[:3]],
            "team": [row[2] or None for row in rows[:3]],
            "concern": [GIVEN if row[4] else None for row in rows[:3]],
            "theme": [row[5] for row in rows[:3]],
            "asks": [GIVEN if row[6] else None for row in rows[:3]],
            "read_back_on": [pd.Timestamp(row[7]) if row[7] else pd.NaT for row in rows[:3]],
            "agreed": [True, None, False],
            "kind": kinds,
        }
    )
    fates = {"used": 3, "rejected:missing_concern": 1}
    return _answers.listening_export(world, folder, "kit_concerns", rows, truth=truth, fates=fates)
