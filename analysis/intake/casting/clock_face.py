"""A clock of twelve hours without am and pm: half of its times would be wrong, and no cell shows it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.intake.batch import Batch
from analysis.intake.casting.stamps import HOUR_US, Stamps
from analysis.intake.words import number_of

# So many times without one from 13:00 to 1:00 are no accident.
TWELVE_HOUR_STAMPS = 50
# A working day leaves at least this share of its times from 1:00 to 6:00 and from 8:00 to 13:00 on such a clock.
LEAST_SHARE = 0.1


def refuse_half_days(batch: Batch, stamps: Mapping[str, Stamps]) -> None:
    """Ask about files none of whose times lies between 13:00 and 1:00, although they reach from the night into the day.

    Parameters
    ----------
    batch
        Rows of a source; files are looked at one by one, as each may come from another desk.
    stamps
        Stamps as they were read; those with an offset, or with am or pm, say what they mean and count as evidence against.

    Raises
    ------
    DataProblem
        A file shows such a clock and the source does not say otherwise, or the source says that its clock has twelve hours.
    """
    if batch.source.clock_hours == 24 or not stamps:
        return
    for position, raw in enumerate(batch.files):
        own = batch.fates.open & (batch.file_of == position)
        hours, halves = np.zeros(24, dtype=np.int64), 0
        for stamp in stamps.values():
            seen = own & stamp.given & ~stamp.bad & ~stamp.aware & ~stamp.date_only
            halves += int((seen & stamp.half_day).sum())
            hours += np.bincount(stamp.us[seen & ~stamp.half_day] // HOUR_US % 24, minlength=24)
        count = int(hours.sum())
        if batch.source.clock_hours == 12 and count:
            raise batch.ask(
                f"{raw.file}: clock_hours = 12, and {number_of(count, 'time')} without am or pm, which cannot be told apart. "
                "Export it with a 24-hour clock, or with am and pm."
            )
        both_sides = min(hours[1:6].sum(), hours[8:13].sum()) >= LEAST_SHARE * count
        if count >= TWELVE_HOUR_STAMPS and both_sides and not hours[0] and not hours[13:].any() and not halves:
            raise batch.ask(
                f"{raw.file}: none of its {number_of(count, 'time')} lies between 13:00 and 1:00, as on a clock of twelve hours without am and pm. "
                "If it writes 1:30 for 13:30, half of its times are wrong: export it with a 24-hour clock, or with am and pm. "
                "If the times are right as they stand, set clock_hours = 24."
            )
