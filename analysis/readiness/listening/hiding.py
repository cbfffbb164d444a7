"""Counts that could point to one person are not shown, also not by subtraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts as they may be printed: None stands for a count that is not shown.

    Attributes
    ----------
    parts
        Count by part.
    total
        Count over all parts.
    """

    parts: Mapping[str, int | None]
    total: int | None


def shown(counts: Mapping[str, int], fewest: int, *, zeros: bool, alone: Sequence[str] = ()) -> Shown:
    """Hide counts below `fewest`, and as many others as it takes that no sum gives them away.

    Parameters
    ----------
    counts
        Count by part.
    fewest
        The least count that is shown.
    zeros
        Whether a count of nothing is shown; else nothing and too few look alike.
    alone
        Parts whose count comes from one team and one role alone: they are not shown either.

    Returns
    -------
    Shown
        For every sum of hidden parts that total and shown parts give away: it is nothing, or at least `fewest` and of two parts or more.

    Examples
    --------
    >>> shown({"pay": 4, "desk": 2, "noise": 1}, 3, zeros=True)
    Shown(parts={'pay': 4, 'desk': None, 'noise': None}, total=7)
    >>> shown({"pay": 4, "desk": 2, "noise": 0}, 3, zeros=True)
    Shown(parts={'pay': None, 'desk': None, 'noise': 0}, total=6)
    >>> shown({"pay": 0, "desk": 2, "noise": 0}, 3, zeros=True).total is None
    True
    """
    total = sum(counts.values())
    parts: dict[str, int | None] = {
        name: count if (count >= fewest and name not in alone) or (zeros and count == 0) else None
        for name, count in counts.items()
    }

    def given_away() -> bool:
        hidden = [counts[name] for name, count in parts.items() if count is None]
        return bool(sum(hidden)) and (sum(hidden) < fewest or len(hidden) < 2)

    while given_away() and any(parts.values()):
        smallest = min((count, name) for name, count in parts.items() if count)[1]
        parts[smallest] = None
    return Shown(parts, None if given_away() else total)
