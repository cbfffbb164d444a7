"""From the wall clock of a source to UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.calendars import DAY_US, offset_us

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resolve(local_us: NDArray[np.int64], zone: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return both UTC readings of wall-clock stamps: equal where the clock leaves no doubt, apart where clocks were set back.

    Parameters
    ----------
    local_us
        Wall-clock microseconds since 1970.
    zone
        IANA name.

    Returns
    -------
    tuple of arrays
        Earlier and later reading [us]; where clocks were set forward and the stamp never was, the later one lies before the earlier.

    Examples
    --------
    >>> from analysis.intake.stamps import parse_stamps
    >>> import pandas as pd
    >>> stamps = parse_stamps(pd.Series(["2026-10-25 02:30", "2026-10-25 04:00", "2026-03-29 02:30"]), order=None, near_year=2026)
    >>> early, late = resolve(stamps.us, "Europe/Amsterdam")
    >>> ((late - early) // 3_600_000_000).tolist()
    [1, 0, -1]
    """
    before = local_us - offset_us(local_us - DAY_US, zone)
    after = local_us - offset_us(local_us + DAY_US, zone)
    fits_before = before + offset_us(before, zone) == local_us
    fits_after = after + offset_us(after, zone) == local_us
    early = np.where(fits_before | ~fits_after, before, after)
    late = np.where(fits_after | ~fits_before, after, before)
    return early, late
