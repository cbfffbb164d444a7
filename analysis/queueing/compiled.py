"""Compile every kernel of this room at a named moment instead of at its first use."""

from __future__ import annotations

from analysis.queueing import (
    abandonment,
    erlang,
    finite,
    gaps,
    many_thresholds,
    staffing,
    threshold,
    whole_blended_day,
    whole_day,
)


def warm() -> None:
    """Compile the queueing kernels now, or load them from the cache of an earlier run.

    Examples
    --------
    >>> warm()
    """
    for module in (
        erlang,
        abandonment,
        staffing,
        threshold,
        gaps,
        whole_day,
        whole_blended_day,
        many_thresholds,
        finite,
    ):
        module.warm()
