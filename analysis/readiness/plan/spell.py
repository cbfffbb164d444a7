"""Numbers of the plan in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from analysis.utilization.rules import percent
from analysis.value.words import hours

__all__ = ["hours", "listed", "minutes", "percent", "ranged"]


def listed(names: Sequence[str]) -> str:
    """Return names in a row.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def ranged(value: float, low: float, high: float, spell: Callable[[float], str]) -> str:
    """Return a figure with its interval, the unit of a share named once; an empty text without a value.

    Examples
    --------
    >>> ranged(0.312, 0.27, 0.35, whole), ranged(214.0, 203.0, 224.0, hours), ranged(0.5, 0.5, 0.5, whole)
    ('31 % (27 to 35)', '215 (205 to 225)', '50 %')
    """
    if math.isnan(value):
        return ""
    text, ends = spell(value), [spell(end) for end in (low, high) if not math.isnan(end)]
    if len(ends) < 2 or low == high:
        return text
    return f"{text} ({ends[0].removesuffix(' %')} to {ends[1].removesuffix(' %')})"


def whole(share: float) -> str:
    """Return a share to one point.

    Examples
    --------
    >>> whole(0.9298)
    '93 %'
    """
    return f"{100 * share:.0f} %"


def minutes(seconds: float) -> str:
    """Return a length of an item.

    Examples
    --------
    >>> minutes(45.0), minutes(490.0)
    ('45 s', '8.2 min')
    """
    return f"{seconds:.0f} s" if seconds < 99.5 else f"{seconds / 60:.1f} min"
