"""Two sources that show the same people at the same time: how much of it, and whether they say the same."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.schema import Finding
from analysis.intake.reconciliation.origins import HOUR_US, Origin
from analysis.intake.reconciliation.result import OVERLAP_COLUMNS
from analysis.intake.words import number_of

# States that say too little to agree or differ.
VAGUE: tuple[str, ...] = ("WORK", "OFF")
# Shared hours below this are chance: a state that one system closes late.
LEAST_H = 1.0


def overlaps_of(origins: Sequence[Origin], *, minimum: int = 1) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the time that two sources of agent states both show, and the share of it in which they agree.

    Parameters
    ----------
    origins
        Sources with their rows.
    minimum
        Smallest group: no hours of fewer persons.

    Notes
    -----
    For two sources: hours = the time of a person that both cover; agreeing = the part of it in which both show the same part of the ladder.
    States that only say that somebody is there are left out. Numbers are sums over all persons.
    """
    states = [origin for origin in origins if origin.table == "spells" and len(origin.frame)]
    rows, found = [], []
    for one, other in itertools.combinations(states, 2):
        row = _pair(one, other, minimum)
        if row is None:
            continue
        rows.append(row)
        found.append(
            Finding(
                "sources_overlap",
                "flag",
                one.label,
                f"{row[-1]} The kit counts each moment once, under the state that comes first in the ladder. Ask which export holds.",
            )
        )
    return pd.DataFrame(rows, columns=OVERLAP_COLUMNS), found


def _pair(one: Origin, other: Origin, minimum: int) -> tuple[object, ...] | None:
    a, b = (_clear(origin) for origin in (one, other))
    common = set(a["agent"]) & set(b["agent"])
    a, b = a[a["agent"].isin(common)], b[b["agent"].isin(common)]
    if not common:
        return None
    both = _common(a, b)
    hours = _hours(both)
    if hours < LEAST_H:
        return None
    same = [
        _common(a[a["state"] == state], b[b["state"] == state]) for state in sorted(set(a["state"]) & set(b["state"]))
    ]
    agreed = [part for part in same if len(part)]
    agreeing = _hours(intervals.union(pd.concat(agreed, ignore_index=True))) if agreed else 0.0
    persons = int(both["agent"].nunique())
    if persons < minimum:
        words = (
            f"{one.label} and {other.label} both show fewer than {minimum} people at the same time; no hours are shown."
        )
        return one.label, other.label, persons, np.nan, np.nan, np.nan, words
    words = (
        f"{one.label} and {other.label} both show {number_of(persons, 'person')} for {hours:,.0f} h at the same time, "
        f"and say the same in {agreeing / hours:.0%} of it."
    )
    return one.label, other.label, persons, hours, agreeing, agreeing / hours, words


def _clear(origin: Origin) -> pd.DataFrame:
    frame = origin.frame
    return frame.loc[~frame["state"].isin(VAGUE), ["agent", "start", "end", "state"]]


def _common(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Return the time of each person that lies in both."""
    if a.empty or b.empty:
        return pd.DataFrame({"agent": [], "start": [], "end": []})
    names = ["agent", "start", "end"]
    return intervals.clip(intervals.union(a[names]), within=b[names])


def _hours(spells: pd.DataFrame) -> float:
    if spells.empty:
        return 0.0
    length = (spells["end"] - spells["start"]).to_numpy()
    return float(np.asarray(length, dtype="timedelta64[us]").astype(np.int64).sum() / HOUR_US)
