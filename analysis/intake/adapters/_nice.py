"""What the data downloads of NICE CXone share: a clock that does not follow clock changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.calendars import offset_us

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

# Half a year: a zone that changes its clocks shows two offsets this far apart.
HALF_YEAR_US = 182 * 86_400_000_000
ASKED = (
    "Data downloads show the zone of the user who ran them, without daylight saving time. Set time_zone to a clock that never changes (Etc/GMT-1 is one hour ahead of UTC, "
    "Etc/GMT+5 five behind), or to {zone} if you have seen the export follow its clock changes."
)


def changes_clocks(batch: Batch, us: np.ndarray) -> bool:
    """Return whether the zone of a source has another offset half a year before or after these moments."""
    moments = np.unique(us // HALF_YEAR_US) * HALF_YEAR_US
    near = np.concatenate([moments - HALF_YEAR_US, moments, moments + HALF_YEAR_US, us[:1]])
    return len(np.unique(offset_us(near, batch.zone))) > 1


def ask_clock(batch: Batch, start: Column) -> None:
    """Ask for the clock where the source does not state it and the client's zone has clock changes.

    Raises
    ------
    DataProblem
        The stamps may be an hour off for half of the year.
    """
    given = start.array[batch.fates.open & start.given]
    if batch.source.time_zone is None and len(given) and changes_clocks(batch, given):
        raise batch.ask(
            f"{batch.files[0].file}: its times carry no zone, and {batch.zone} changes its clocks. {ASKED.format(zone=batch.zone)}"
        )
