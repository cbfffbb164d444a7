"""What moves the value most: every uncertain input at its 10 and 90 % point, all others at their middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.value.balance import Situation, balance
from analysis.value.money import amounts
from analysis.value.settings import ValueSettings
from analysis.value.start import Start

# driver -> words
DRIVERS: Mapping[str, str] = {
    "today": "utilization of the back office today",
    "achievable": "achievable utilization of the back office",
    "base_h": "hours of the base in the back office",
    "movable_h": "item hours that can move to agents",
    "uptake": "share of them that is really moved",
    "hour": "cost of a paid hour",
    "running": "running cost",
}
_FIELDS = ("base_h", "today", "achievable", "movable_h", "uptake")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Every uncertain input of the weekly value, one number per draw."""

    start: Start
    hour: np.ndarray
    running: np.ndarray
    settings: ValueSettings

    def of(self, driver: str) -> np.ndarray:
        """Return one driver's draws."""
        return getattr(self, driver) if driver in ("hour", "running") else getattr(self.start.now, driver)


def tornado_rows(inputs: Inputs) -> list[dict[str, object]]:
    """Return one row per driver that moves the value, widest swing first.

    Parameters
    ----------
    inputs
        The draws.

    Returns
    -------
    list of dict
        driver, words, low_setting, high_setting, value_low, value_high, base.

    Notes
    -----
    Non-work moves against today's utilization, as it does in the data. Where no room was found achievable utilization is today's and is no driver. One at a time leaves out what moves
    together; the ranges of the value come from the joint draws and not from here.
    """
    middles = {driver: float(np.median(inputs.of(driver))) for driver in DRIVERS}
    base = combined_at(inputs, middles, middles)
    rows = []
    for driver, words in DRIVERS.items():
        if driver == "achievable" and not inputs.start.found:
            continue
        low, high = (float(end) for end in np.quantile(inputs.of(driver), [0.1, 0.9]))
        ends = [combined_at(inputs, {**middles, driver: end}, middles) for end in (low, high)]
        if max(ends) - min(ends) > 1e-9 * max(1.0, abs(base)):
            rows.append({"driver": driver, "words": words, "low_setting": low, "high_setting": high,
                         "value_low": ends[0], "value_high": ends[1], "base": base})  # fmt: skip
    return sorted(rows, key=lambda row: -abs(float(row["value_high"]) - float(row["value_low"])))


def combined_at(inputs: Inputs, at: Mapping[str, float], middles: Mapping[str, float]) -> float:
    """Return the weekly value with every driver at one number."""
    start = inputs.start
    one = {name: np.array([at[name]]) for name in DRIVERS}
    non_work = float(np.median(start.now.non_work)) + middles["today"] - at["today"]
    fields = {name: one[name] for name in _FIELDS}
    if not start.found:
        fields["achievable"] = fields["today"]
    now = Situation(
        **fields,
        non_work=np.array([max(non_work, 0.0)]),
        agents_idle_h=np.array([float(np.median(start.now.agents_idle_h))]),
    )
    found = amounts(
        balance(now, start.uses),
        one["hour"],
        base_share=start.base_share,
        running=one["running"],
        one_off=np.zeros(1),
        settings=inputs.settings,
    )
    return float(found.combined[0])
