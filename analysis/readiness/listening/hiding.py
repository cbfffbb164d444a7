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


def shown(
    counts: Mapping[str, int], fewest: int, *, zeros: bool, spare: bool = False, alone: Sequence[str] = ()
) -> Shown:
    """Hide counts below `fewest`, and as many others as it takes that no sum gives them away.

    Parameters
    ----------
    counts
        Count by part.
    fewest
        The least count that is shown.
    zeros
        Whether a count of nothing is shown; else nothing and too few look alike.
    spare
        Whether a count of nothing may be hidden where each hidden count would else be told by their sum.
    alone
        Parts whose count comes from one team and one role alone: they are not shown either.

    Returns
    -------
    Shown
        For every sum of hidden parts that total and shown parts give away: it is nothing, or at least `fewest`, of two parts or more, and several sets of counts have it.

    Examples
    --------
    >>> shown({"pay": 4, "desk": 2, "noise": 1}, 3, zeros=True)
    Shown(parts={'pay': 4, 'desk': None, 'noise': None}, total=7)
    >>> shown({"pay": 4, "desk": 2, "noise": 0}, 3, zeros=True)
    Shown(parts={'pay': None, 'desk': None, 'noise': 0}, total=6)
    >>> shown({"pay": 0, "desk": 2, "noise": 0}, 3, zeros=True).total is None
    True
    >>> shown({"pay": 1, "desk": 1, "noise": 1, "heat": 0}, 3, zeros=True, spare=True)
    Shown(parts={'pay': None, 'desk': None, 'noise': None, 'heat': None}, total=3)
    """
    parts: dict[str, int | None] = {
        name: count if (count >= fewest and name not in alone) or (zeros and count == 0) else None
        for name, count in counts.items()
    }
    while given_away(hidden := [counts[name] for name, count in parts.items() if count is None], fewest, zeros=zeros):
        told = len(hidden) > 1 and sum(hidden) >= fewest
        nothing = [name for name, count in parts.items() if count == 0] if spare and told else []
        others = sorted((count, name) for name, count in parts.items() if count)
        if not nothing and not others:
            return Shown(parts, None)
        parts[nothing[-1] if nothing else others[0][1]] = None
    return Shown(parts, sum(counts.values()))


def given_away(hidden: Sequence[int], fewest: int, *, zeros: bool) -> bool:
    """Tell whether the sum of hidden counts tells them, or is too small itself.

    Where a count of nothing is shown, a hidden one is known to lie between 1 and `fewest` - 1: then a sum at either end tells each of them.

    Examples
    --------
    >>> given_away([1, 2], 3, zeros=True), given_away([2, 2], 3, zeros=True), given_away([2, 2], 3, zeros=False)
    (False, True, False)
    """
    total, parts = sum(hidden), len(hidden)
    if not total:
        return False
    ends = zeros and max(hidden) < fewest and total in (parts, parts * (fewest - 1))
    return total < fewest or parts < 2 or ends
