"""The kit's list of what changed because of what was heard."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _answers
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a change, a promise, and a theme for which nothing changed yet."""
    on = _answers.day(world, 9)
    rows = [
        ["trust", "What happens to freed time is written down.", "head of operations", on],
        ["systems", "One screen for both kinds of work is ordered.", "IT lead", ""],
        ["workload", "", "", ""],
    ]
    truth = pd.DataFrame(
        {
            "theme": ["trust", "systems"],
            "changed": [row[1] for row in rows[:2]],
            "owner_role": [row[2] for row in rows[:2]],
            "changed_on": [pd.Timestamp(on), pd.NaT],
        }
    )
    fates = {"used": 2, "excluded:not_answered": 1}
    return _answers.listening_export(world, folder, "kit_changed", rows, truth=truth, fates=fates)
