"""How good the client's own forecast was."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.estimate import Estimate
from analysis.readiness.from_data.clustered import by_day, positive_ratio, signed_ratio
from analysis.readiness.from_data.facts import LONGEST_INTERVAL_S, Facts, percent, unsaid
from analysis.readiness.scores import Reading

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ["queue", "start", "length_s"]


def forecast_error(facts: Facts) -> dict[str, Reading]:
    """Read D5: absolute error of the client's forecast over the volume that came, by queue and interval, and its bias.

    Notes
    -----
    No forecast source at all leaves the criterion to the raters; one that was asked for and holds nothing is the level 0 of the questionnaire. Of
    several forecasts of an interval the last one made before it counts; one made after it is no forecast.
    """
    if "forecasts" not in facts.tables:
        return dict.fromkeys(("error", "bias"), unsaid("no forecast of the client's was given"))
    forecasts, volumes = facts.table("forecasts"), facts.table("volumes")
    if forecasts is None:
        none = Estimate.missing("a forecast was asked for, and none exists")
        return dict.fromkeys(("error", "bias"), Reading(none, "A forecast was asked for, and none exists.", level=0))
    if volumes is None:
        return dict.fromkeys(("error", "bias"), unsaid("no volumes were given to hold the forecast against"))
    both = _paired(forecasts, volumes)
    if both.empty or not both["offered"].sum() > 0:
        return dict.fromkeys(
            ("error", "bias"), unsaid("no interval of an hour or less has both a forecast made before it and a volume")
        )
    return _readings(both, facts)


def _paired(forecasts: pd.DataFrame, volumes: pd.DataFrame) -> pd.DataFrame:
    """Return the intervals that have a volume and a forecast made before them."""
    before = forecasts[~(forecasts["made_at"] > forecasts["start"]) & (forecasts["length_s"] <= LONGEST_INTERVAL_S)]
    latest = before.sort_values("made_at", na_position="first", kind="stable").drop_duplicates(_KEYS, keep="last")
    came = volumes.groupby(_KEYS, as_index=False)["offered"].sum(min_count=1)
    both = came.merge(latest[[*_KEYS, "offered"]], on=_KEYS, suffixes=("", "_forecast"))
    return both.dropna(subset=["offered", "offered_forecast"])


def _readings(both: pd.DataFrame, facts: Facts) -> dict[str, Reading]:
    """Return error and bias with what they say."""
    day, miss = facts.day(both["start"]), both["offered_forecast"] - both["offered"]
    error = positive_ratio(by_day(day, miss.abs(), both["offered"]), confidence=facts.confidence)
    signed = signed_ratio(by_day(day, miss, both["offered"]), confidence=facts.confidence)
    if error.value is None or signed.value is None:
        return {"error": Reading(error), "bias": Reading(signed)}
    # a forecast that knew the expected number of every interval would still miss by what single contacts add by chance
    chance = float(np.sqrt(2 / math.pi * both["offered_forecast"].clip(lower=0)).sum() / both["offered"].sum())
    words = f"By interval the forecast misses {percent(error.value)} of the volume; chance alone makes about {percent(chance)}."
    side = "more" if signed.value > 0 else "less"
    if signed.low is not None and signed.high is not None and signed.low <= 0 <= signed.high:
        said = f"Over all, {percent(abs(signed.value))} {side} was forecast than came, which chance can explain."
    else:
        said = f"Over all, {percent(abs(signed.value))} {side} was forecast than came."
    return {"error": Reading(error, words), "bias": Reading(_size(signed), said)}


def _size(signed: Estimate) -> Estimate:
    """Return the estimate of the size of a difference whose sign does not matter."""
    value, low, high = (float(number or 0.0) for number in (signed.value, signed.low, signed.high))
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return replace(signed, value=abs(value), low=nearest, high=max(abs(low), abs(high)))
