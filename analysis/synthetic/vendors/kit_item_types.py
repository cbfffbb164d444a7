"""The kit's sheet of item types."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import VendorWorld


def write(_: VendorWorld, folder: Path) -> Export:
    """Write three types, standard times as seconds and as h:mm:ss, and a flag that is none."""
    address, claim, letter = _kit.ITEM_TYPES
    rows = [
        (address, "240", "yes", 15, 24, "no", "no", "no", "yes", ""),
        (claim, "0:18:30", "no", 60, 72, "yes", "no", "yes", "no", "two signatures"),
        (letter, "900", "ja", "", 48, "nee", "nee", "", "", ""),
    ]
    draft = _kit.draft_of("data/item_types.csv", _kit.template("item_types"), rows)
    draft.append("rejected:bad_flag", [_kit.line(("other", 60, "perhaps", 5, 24, "no", "no", "no", "yes", ""))])
    truth = pd.DataFrame(
        {
            "type": [address, claim, letter],
            "standard_s": [240.0, 1110.0, 900.0],
            "interruptible": [True, False, True],
            "resume_s": [15.0, 60.0, None],
            "max_wait_h": [24.0, 72.0, 48.0],
            "regulated": [False, True, False],
            "off_desk": [False, False, False],
            "help_needed": [False, True, None],
            "access": [True, False, None],
        }
    )
    return _kit.export_of(folder, "kit_item_types", truth, draft)
