"""Which hours of items move to agents: one mode, summed over the pools; modes are alternatives and never added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.blending import Blending
from analysis.blending.candidates import MODE_OF
from analysis.foundation.estimate import Estimate

VIEWS: Mapping[str, str] = {"blocks": "releasable", "between_contacts": "shareable", "interrupt": "interruptible"}
MODE_WORDS: Mapping[str, str] = {
    "blocks": "in blocks off contacts",
    "between_contacts": "between contacts",
    "interrupt": "giving way to contacts at once",
}


@dataclass(frozen=True, slots=True)
class Moving:
    """What the chosen mode can move.

    Attributes
    ----------
    mode
        ``blocks``, ``between_contacts``, ``interrupt``, or empty where nothing is moved.
    pools
        Item hours a week by pool.
    others
        Hours a week of the modes that were not chosen.
    reason
        Why nothing is moved, or which pools have no figure; empty otherwise.
    known
        Whether the hours are known; they are not where no pool has a figure.
    """

    mode: str
    pools: Mapping[str, Estimate]
    others: Mapping[str, float]
    reason: str
    known: bool

    @property
    def hours(self) -> float:
        """Item hours a week of all pools."""
        return sum(estimate.value or 0.0 for estimate in self.pools.values())

    def at(self, score: np.ndarray) -> np.ndarray:
        """Return item hours a week at standard normal scores, every pool at the same score: many or few in all pools together."""
        total = np.zeros_like(score)
        for name in sorted(self.pools):
            total += between(self.pools[name], score)
        return total


def moving_of(blending: Blending, mode: str) -> Moving:
    """Take the hours of one mode from the blending assessment.

    Parameters
    ----------
    blending
        The result of :func:`analysis.assess_blending`.
    mode
        ``best`` (the one that blending recommends for all pools; where it recommends none or several, the one that moves most), ``none``, ``blocks``, ``between_contacts`` or ``interrupt``.
    """
    found = {name: _pools(blending, view) for name, view in VIEWS.items()}
    totals = {
        name: sum(estimate.value or 0.0 for estimate in pools.values())
        for name, pools in found.items()
        if any(estimate.value is not None for estimate in pools.values())
    }
    if mode == "none":
        return Moving("", {}, totals, "blend_mode is set to none", known=True)
    chosen = _recommended(blending, totals) if mode == "best" else mode
    if chosen not in totals:
        estimates = [estimate for name in ([chosen] if chosen else VIEWS) for estimate in found[name].values()]
        reasons = {words: None for estimate in estimates for words in estimate.reasons}
        return Moving("", {}, totals, "; ".join(reasons) or "there is no pool of contacts", known=not estimates)
    pools = found[chosen]
    others = {name: hours for name, hours in totals.items() if name != chosen}
    if totals[chosen] <= 0:
        return Moving("", {}, others, "no pool has room for items at its promise and cap", known=True)
    silent = [name for name, estimate in pools.items() if estimate.value is None]
    reason = f"pool {', '.join(silent)} has no figure and is counted as none" if silent else ""
    return Moving(
        chosen, {name: one for name, one in pools.items() if one.value is not None}, others, reason, known=True
    )


def between(estimate: Estimate, score: np.ndarray) -> np.ndarray:
    """Return an estimate at standard normal scores: normal on either side of its value, each side as wide as its limit says, never below 0.

    Parameters
    ----------
    estimate
        A figure not below 0, with its interval; without one it does not move.
    score
        Standard normal scores, any shape.

    Examples
    --------
    >>> between(Estimate(100.0, 80.4, 139.2, unit="hours_per_week"), np.array([-1.959964, 0.0, 1.959964])).round(1)
    array([ 80.4, 100. , 139.2])
    """
    value = float(estimate.value or 0.0)
    z = float(stats.norm.ppf(0.5 + estimate.confidence / 2))
    below = 0.0 if estimate.low is None else max(0.0, value - estimate.low) / z
    above = 0.0 if estimate.high is None else max(0.0, estimate.high - value) / z
    return np.maximum(value + score * np.where(score < 0, below, above), 0.0)


def _recommended(blending: Blending, totals: Mapping[str, float]) -> str:
    """Return the mode of the recommended policies, else the one that moves most; empty without any."""
    lab = blending.lab
    modes = {MODE_OF.get(str(key), "") for key in lab.loc[lab["recommended"].astype(bool), "policy"]}
    named = [name for name, view in VIEWS.items() if {view} == modes and totals.get(name, 0.0) > 0]
    return named[0] if named else max(totals, key=lambda name: totals[name], default="")


def _pools(blending: Blending, view: str) -> dict[str, Estimate]:
    """Return the usable hours of every pool under one view."""
    return {
        str(quantity.scope["pool"]): quantity.estimate
        for quantity in blending.quantities
        if quantity.id == "blending.usable_h_per_week" and quantity.scope.get("mode") == view
    }
