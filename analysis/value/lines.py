"""The rows of the balance and of the money, each with its ranges and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.blending import Blending
from analysis.foundation.estimate import Estimate
from analysis.value.balance import Balance
from analysis.value.money import QUANTILES, Amounts
from analysis.value.moving import between
from analysis.value.result import BALANCE, MONEY
from analysis.value.words import CAPACITY

_BACK_OFFICE = {
    "needed_today": ("measured", "hours of the base, paid time less absence and breaks"),
    "freed_in_place": ("modelled", "hours today less the work today over the utilization after"),
    "freed_by_moving": (
        "assumed",
        "hours of items moved over the utilization after; what share moves is an assumption",
    ),
    "freed": ("modelled", "in place and by moving"),
    "needed_after": ("modelled", "the work that stays over the utilization after"),
    "overtime": ("modelled", "freed hours that replace the overtime stated"),
    "outsourced": ("modelled", "freed hours that replace the hours bought outside"),
    "vacancies": ("modelled", "freed hours that replace open vacancies"),
    "left": ("modelled", f"freed hours that nothing stated takes up: {CAPACITY}"),
}
_CONTACT_CENTRE = {
    "idle_today": ("measured", "hours in which agents wait for contacts"),
    "moved_to_agents": ("assumed", "hours of items done in that time; what share moves is an assumption"),
    "idle_left": ("modelled", "hours in which agents still wait"),
}
_MONEY = {
    "overtime": ("cashable", "overtime that is no longer paid"),
    "outsourced": ("cashable", "hours that are no longer bought"),
    "vacancies": ("cashable", "vacancies that need not be filled, at contract hours"),
    "left": ("capacity", f"hours that are left, at what they cost: {CAPACITY}"),
    "running_cost": ("cost", "stated cost of keeping it up"),
    "cashable": ("sum", "overtime, bought hours and vacancies, less running cost"),
    "combined": ("sum", "the same with the hours that are left"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Hours of a full-time contract, and hours of the base per paid hour by population (NaN where not known)."""

    full_time_h: float
    base_share: Mapping[str, float]

    def of(self, population: str, number: float) -> dict[str, float]:
        """Return hours as full-time equivalents and as contracts."""
        share = self.base_share.get(population, math.nan)
        return {"fte": number / self.full_time_h, "rostered_fte": number / self.full_time_h / share}


def balance_rows(found: Balance, scale: Scale, *, room: bool) -> list[dict[str, object]]:
    """Return the lines of both populations; see :class:`analysis.value.Value`."""
    rows = []
    for population, lines in (("back_office", _BACK_OFFICE), ("contact_centre", _CONTACT_CENTRE)):
        for line, (basis, words) in lines.items():
            draws = getattr(found, line)
            if not np.isfinite(draws).all():
                continue
            said = (
                "no reclaimable time was found, so none is claimed" if line == "freed_in_place" and not room else words
            )
            rows.append(_row(population, line, ranges(draws, "hours_per_week"), scale, about=(basis, said)))
    return rows


def surplus_row(blending: Blending, scale: Scale) -> dict[str, object] | None:
    """Return the alternative to items: the hours of the whole agents above the fewest that keep the promise; None where it is not known or none."""
    agents, open_h = surplus_of(blending)
    if not agents or not any(estimate.value for estimate in agents.values()):
        return None
    z = float(stats.norm.ppf(0.9)), float(stats.norm.ppf(0.975))
    points = {"hours_per_week": 0.0, "low80": -z[0], "high80": z[0], "low": -z[1], "high": z[1]}
    found = {
        name: sum(float(between(one, np.array([score]))[0]) * open_h[pool] for pool, one in agents.items())
        for name, score in points.items()
    }
    words = "fewer agents at the promise instead of items: another use of the same time, never added"
    return _row("contact_centre", "surplus_instead", found, scale, about=("modelled", words))


def surplus_of(blending: Blending) -> tuple[dict[str, Estimate], dict[str, float]]:
    """Return whole agents above the fewest that keep the promise, and open hours a week, by pool."""
    slot_h = blending.settings.slot_s / 3600
    open_h = {str(pool): len(rows) * slot_h for pool, rows in blending.idle_by_cause.groupby("pool")}
    agents = {
        str(quantity.scope["pool"]): quantity.estimate
        for quantity in blending.quantities
        if quantity.id == "blending.releasable_agents" and quantity.estimate.value is not None
    }
    return {pool: one for pool, one in agents.items() if pool in open_h}, open_h


def bounded_rows(
    *,
    base_h: float,
    today: tuple[float, float],
    after: float,
    non_work: float,
    moved: np.ndarray,
    idle: np.ndarray,
    reason: str,
    scale: Scale,
) -> list[dict[str, object]]:
    """Return the balance where today's work is known only within bounds: ranges without a value.

    Parameters
    ----------
    base_h
        Hours of the base a week.
    today
        Bounds of today's utilization.
    after
        Highest utilization that may be achievable; today's upper bound where it is not known.
    non_work
        Largest share of the base that may be non-work.
    moved, idle
        Draws of hours moved and of hours in which agents wait.
    reason
        Why there is no value.
    scale
        For full-time equivalents.

    Notes
    -----
    In place: from none to H (1 - u_low / u_after), at most the non-work. An hour moved frees at least one hour and at most 1 / u_low; all of it is at most the non-work and the hours moved.
    """
    low, high = max(today[0], 1e-9), max(after, today[1])
    least, most = (float(end) for end in np.quantile(moved, [0.025, 0.975]))
    place = 0.0, base_h * min(max(0.0, 1 - low / high), non_work)
    moving = least, min(most / low, base_h * non_work + most, base_h)
    freed = least, min(max(place[1] + most / high, moving[1]), base_h * non_work + most, base_h)
    known = dict.fromkeys(("hours_per_week", *_ENDS), base_h)
    rows = [_row("back_office", "needed_today", known, scale, about=_BACK_OFFICE["needed_today"])]
    after_that = base_h - freed[1], base_h - freed[0]
    spans = {"freed_in_place": place, "freed_by_moving": moving, "freed": freed, "needed_after": after_that}
    for line, ends in spans.items():
        only = {"hours_per_week": math.nan, "low80": math.nan, "high80": math.nan, "low": ends[0], "high": ends[1]}
        rows.append(_row("back_office", line, only, scale, about=("modelled", f"a bound, no figure: {reason}")))
    if np.isfinite(idle).all():
        for line, draws in (("idle_today", idle), ("moved_to_agents", moved), ("idle_left", idle - moved)):
            rows.append(
                _row("contact_centre", line, ranges(draws, "hours_per_week"), scale, about=_CONTACT_CENTRE[line])
            )
    return rows


_ENDS = ("low80", "high80", "low", "high")


def balance_frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return the balance as a frame."""
    kinds = dict.fromkeys(BALANCE, "float64") | dict.fromkeys(("population", "line", "basis", "sentence"), "str")
    return pd.DataFrame(rows, columns=list(BALANCE)).astype(kinds)


def money_frame(found: Amounts | None) -> pd.DataFrame:
    """Return the money as a frame; without rows where there is none."""
    rows = []
    for line, (kind, words) in _MONEY.items() if found is not None else ():
        rows.append({"line": line, "kind": kind, **ranges(getattr(found, line), "per_week"), "sentence": words})
    kinds = dict.fromkeys(MONEY, "float64") | dict.fromkeys(("line", "kind", "sentence"), "str")
    return pd.DataFrame(rows, columns=list(MONEY)).astype(kinds)


def ranges(draws: np.ndarray, name: str) -> dict[str, float]:
    """Return the median under `name` with its 80 % and 95 % ranges."""
    numbers = np.quantile(draws, list(QUANTILES.values()))
    return {name if key == "median" else key: float(number) for key, number in zip(QUANTILES, numbers, strict=True)}


def _row(
    population: str, line: str, numbers: Mapping[str, float], scale: Scale, *, about: tuple[str, str]
) -> dict[str, object]:
    """Return one line of the balance; `about` is its basis and what it is."""
    basis, words = about
    equivalents = scale.of(population, numbers["hours_per_week"])
    sentence = f"{words[:1].upper()}{words[1:]}."
    return {"population": population, "line": line, **numbers, **equivalents, "basis": basis, "sentence": sentence}
