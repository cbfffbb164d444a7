"""Counts in words."""

from __future__ import annotations


def number_of(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> number_of(1, "row"), number_of(2144, "row")
    ('1 row', '2,144 rows')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
