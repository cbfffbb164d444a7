"""What columns could be by their cells alone, where their names say nothing: suggestions for a person to confirm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.foundation.schema import TABLES
from analysis.intake.casting.stamps import DAY_US
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.profile import MOST, Profile
from analysis.intake.recognise.tables import FEW_COLUMNS, KEY_COLUMNS, PERSON_COLUMNS, Origin, Reading, moments
from analysis.intake.settings import DURATION_TABLES


def suggested(ours: str, head: Peek, looked: Sequence[Profile], reading: Reading) -> str | None:
    """Return the column (``"Datum+Van"`` for a date and a time) whose cells suit one of ours best; None where none does.

    Parameters
    ----------
    ours
        Our column.
    head, looked, reading
        The file's head, its columns, and the table as it was read by names.
    """
    free = [one for one in looked if one.name and one.name not in reading.used and one.kind != "empty"]
    kind = TABLES[reading.table].get(ours, "us")
    if kind == "time":
        return _moment(ours, head, free, reading)
    if kind == "date":
        return next((one.name for one in free if one.is_stamp), None)
    if kind in ("us", "number", "count"):
        return next((one.name for one in free if one.kind == "number" or (kind == "us" and one.kind == "clock")), None)
    return _word(ours, free)


def _word(ours: str, free: Sequence[Profile]) -> str | None:
    """Return a column of text that suits: persons recur, keys do not, states are few."""
    words = [one for one in free if one.kind == "text" or (one.kind == "number" and one.whole)]
    if ours in KEY_COLUMNS:
        return next((one.name for one in words if one.distinct >= 0.9 * one.filled and one.filled > 1), None)
    if ours in PERSON_COLUMNS:
        again = [one for one in words if 2 <= one.distinct <= one.filled / 2]
        return max(again, key=lambda one: one.distinct).name if again else None
    if ours in FEW_COLUMNS:
        few = [one for one in words if one.few and one.distinct > 1]
        return min(few, key=lambda one: (one.kind != "text", one.distinct)).name if few else None
    return None


def _moment(ours: str, head: Peek, free: Sequence[Profile], reading: Reading) -> str | None:
    """Return a column of moments that suits: what ends comes after what starts."""
    start, end = DURATION_TABLES.get(reading.table, ("", ""))
    there: list[Origin] = [one.name for one in free if one.kind == "moment"]
    days = [one.name for one in looked_days(head, free, reading)]
    there += [(day, one.name) for one in free if one.kind == "clock" and not one.long_clock for day in days[:1]]
    other = {start: end, end: start}.get(ours, "")
    if other in reading.found:
        known = reading.found[other].origin
        fits = [one for one in there if _follows(head, *((known, one) if ours == end else (one, known)))]
        return _said(fits[0]) if fits else None
    if ours in (start, end) and len(there) > 1:
        for first in there:
            for second in there:
                if first != second and _follows(head, first, second):
                    return _said(second if ours == end else first)
    return _said(there[0]) if there else None


def looked_days(head: Peek, free: Sequence[Profile], reading: Reading) -> list[Profile]:
    """Return the columns of days that a clock time could belong to; one that is used already serves again."""
    used = [name for one in reading.found.values() if isinstance(one.origin, tuple) for name in one.origin[:1]]
    again = [Profile(name, "day", head.rows, head.rows, 2) for name in dict.fromkeys(used)]
    return [*again, *(one for one in free if one.kind == "day")]


def _follows(head: Peek, first: Origin, second: Origin) -> bool:
    """Return whether nearly all moments of the second lie at or after those of the first, and most of them within a day."""
    a, b = (moments(head, one, order="dmy") for one in (first, second))
    rows = a.given & b.given & ~a.bad & ~b.bad
    if rows.sum() < 3:
        return False
    gap = (b.us - a.us)[rows]
    return bool((gap >= 0).mean() >= MOST and (gap > 0).any() and np.median(gap) < DAY_US)


def _said(origin: Origin) -> str:
    return origin if isinstance(origin, str) else "+".join(origin)
