"""The kit's sheet of what leaders expect."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _answers
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write guesses of a share in percent and as a fraction, one that can be read both ways, and a question without a guess."""
    on, share = _answers.day(world, 2), _answers.QUESTION
    rows = [
        [on, "R1", "head", "contact centre", share, 25, 10, 40],
        [on, "R2", "head", "back office", share, 0.125, "", ""],
        [on, "R3", "planner", "", share, 1, "", ""],
        [on, "R4", "planner", "", share, "", "", ""],
    ]
    truth = pd.DataFrame(
        {
            "rater": ["R1", "R2"],
            "role": ["head", "head"],
            "population": ["contact_centre", "back_office"],
            "quantity": share,
            "guess": [0.25, 0.125],
            "low": [0.10, None],
            "high": [0.40, None],
            "stated_on": pd.Timestamp(on),
        }
    )
    fates = {"used": 2, "rejected:unclear_share": 1, "excluded:not_answered": 1}
    return _answers.listening_export(world, folder, "kit_expectations", rows, truth=truth, fates=fates)
