"""The kit's list of whom to hear."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _answers
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write groups to hear, one of them without a role."""
    on = _answers.day(world, 5)
    rows = [["agents", "North", 6, on], ["planners", "", 2, ""], ["", "South", 4, on]]
    truth = pd.DataFrame(
        {
            "role": ["agents", "planners"],
            "team": ["North", None],
            "people": [6.0, 2.0],
            "planned_on": [pd.Timestamp(on), pd.NaT],
        }
    )
    fates = {"used": 2, "rejected:missing_role": 1}
    return _answers.listening_export(world, folder, "kit_to_hear", rows, truth=truth, fates=fates)
