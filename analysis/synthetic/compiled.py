"""Compile the generator at a named moment instead of at its first use."""

from __future__ import annotations

from analysis.synthetic import clerks, desk


def warm() -> None:
    """Compile the simulated desk and the simulated back office now, or load them from the cache of an earlier run.

    Examples
    --------
    >>> warm()
    """
    desk.warm()
    clerks.warm()
