"""Everybody's time cut into pieces, fine enough that every published set is a sum of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.report.disclosure.published import MEASURES

HOURS = [f"{measure}_h" for measure in MEASURES]
# Level of what lies outside all levels.
NOWHERE = ""
_NUMBERS = ["base_h", *HOURS]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Hours that sums of the same time by two breakdowns may differ by.
_SAME_H = 1e-6


def of_people(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one piece per group, site and band of tenure.

    Parameters
    ----------
    rows
        `Baseline.members` of one population, with `person` (position).

    Returns
    -------
    pandas.DataFrame
        group, site, tenure (:data:`NOWHERE` for none), base_h, the five measures [h], people (set of positions).
    """
    bands = rows[rows["by"].eq("tenure")].rename(columns={"level": "tenure"})
    pieces = pd.concat([bands, _rest(_whole(rows), bands)], ignore_index=True)
    return _summed(_with_places(pieces, rows), ["group", "site", "tenure"])


def of_time(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one piece per weekday and half hour, by pool where there are several, and what lies outside them.

    Parameters
    ----------
    rows
        As for :func:`of_people`.

    Returns
    -------
    pandas.DataFrame
        slot, pool_slot, weekday, half_hour (:data:`NOWHERE` for none), base_h, the five measures [h], people.
    """
    slots = rows[rows["by"].eq("slot")].rename(columns={"level": "slot"})
    pools = rows[rows["by"].eq("pool_slot")].rename(columns={"level": "pool_slot"})
    if len(pools):
        pools = pools.assign(slot=pools["pool_slot"].str.rsplit(" ", n=2).str[1:].str.join(" "))
        slots = pd.concat([pools, _rest(slots, pools, "slot")], ignore_index=True)
    slots = slots.assign(
        weekday=[_WEEKDAYS[int(level.split(" ")[0])] for level in slots["slot"]],
        half_hour=_half_hours(slots["slot"], rows),
    )
    days = rows[rows["by"].eq("weekday")].rename(columns={"level": "weekday"})
    left = _rest(days, slots, "weekday") if len(days) else _rest(_whole(rows), slots)
    return _summed(pd.concat([slots, left], ignore_index=True), ["slot", "pool_slot", "weekday", "half_hour"])


def of_both(rows: pd.DataFrame, by: str) -> tuple[pd.DataFrame, dict[tuple[str, str], float]]:
    """Return one piece per group, site and band of tenure in each weekday, or each half hour.

    Parameters
    ----------
    rows
        As for :func:`of_people`.
    by
        ``"weekday"`` or ``"half_hour"``.

    Returns
    -------
    tuple
        The pieces as by :func:`of_people`, with the level of `by`; and (``"tenure"``, band) -> hours of people who changed band in the period: which
        of their half hours lie in which band is not in the frame, so these hours of a band can be anything.
    """
    parts = rows[rows["by"].eq(by)].rename(columns={"level": by})
    pieces = pd.concat([parts, _rest(_whole(rows), parts)], ignore_index=True)
    bands = rows[rows["by"].eq("tenure")]
    several = bands["person"].duplicated(keep=False)
    level = bands[~several].set_index("person")["level"]
    pieces = _with_places(pieces.assign(tenure=pieces["person"].map(level)), rows)
    loose = {
        ("tenure", str(band)): float(part) for band, part in bands[several].groupby("level")["base_h"].sum().items()
    }
    return _summed(pieces, ["group", "site", "tenure", by]), loose


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["by"].eq("all")]


def _rest(whole: pd.DataFrame, parts: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return what the parts leave of each person's time, by `keys` too."""
    keys = (*keys, "person")
    left = whole.groupby(list(keys))[_NUMBERS].sum()
    if len(parts):
        left = left.sub(parts.groupby(list(keys))[_NUMBERS].sum(), fill_value=0.0)
    return left[left["base_h"] > _SAME_H].clip(lower=0.0).reset_index()


def _with_places(pieces: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add each person's group and site."""
    found = {}
    for by in ("group", "site"):
        level = rows[rows["by"].eq(by)].drop_duplicates("person").set_index("person")["level"]
        found[by] = pieces["person"].map(level)
    return pieces.assign(**found)


def _summed(pieces: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one row per combination of levels, with the people in it."""
    pieces = pieces.reindex(columns=[*keys, "person", *_NUMBERS])
    pieces[keys] = pieces[keys].astype(object).where(pieces[keys].notna(), NOWHERE)
    there = pieces[pieces["base_h"] > 0]
    place, levels = pd.factorize(pd.MultiIndex.from_frame(there[keys]), sort=True)
    sums = there[_NUMBERS].groupby(place).sum()
    people: list[set[int]] = [set() for _ in range(len(levels))]
    for at, person in zip(place, there["person"].to_numpy(), strict=True):
        people[at].add(int(person))
    return pd.concat([pd.DataFrame(list(levels), columns=keys), sums], axis=1).assign(people=people)


def _half_hours(slots: pd.Series, rows: pd.DataFrame) -> list[str]:
    """Return the half hour, or the half hours that were put together, in which each slot lies: the last that begins no later."""
    levels = sorted(rows.loc[rows["by"].eq("half_hour"), "level"].unique())
    if not levels:
        return [NOWHERE] * len(slots)
    starts = np.array([int(level[:2]) * 3600 + int(level[3:5]) * 60 for level in levels])
    at = np.array([int(level.split(" ")[1]) for level in slots], dtype="int64")
    return [levels[place] for place in np.searchsorted(starts, at, side="right") - 1]
