"""Looks that were taken twice: reference looks, and people whom two observers saw in one round."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class FirstLooks:
    """Looks of which none repeats another.

    Attributes
    ----------
    looks
        Rows of the observations that count, in their order, numbered anew.
    doubles
        Second and later looks of ordinary observers at the same person in the same round; they never count in a share.
    unclear
        Looks at unnamed people of a team whom two observers counted in one round with different numbers; all of them count.
    """

    looks: pd.DataFrame
    doubles: pd.DataFrame
    unclear: int


def round_keys(observations: pd.DataFrame) -> pd.Series:
    """Return what tells rounds apart: the label, and the date (UTC) where stamps are given, so that numbers which start again daily do not meet."""
    label = observations["round"].astype("str")
    return label + observations["observed_at"].dt.strftime(" %Y-%m-%d") if "observed_at" in observations else label


def reference_looks(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the looks of reference observers."""
    return observations[_flag(observations)]


def first_looks(observations: pd.DataFrame) -> FirstLooks:
    """Return the looks that a share counts: no reference looks, and of several looks at one person in one round the first by time.

    Parameters
    ----------
    observations
        One row per look: `round`; `agent`, `team`, `observer`, `observed_at`, `reference` where known.

    Notes
    -----
    A named person is looked at twice where round and agent repeat. Unnamed people of a team are counted twice where several observers counted
    the same number of them in one round: the observer who came first counts. With different numbers they may have shared the team between
    them, so all looks count and are told.
    """
    own = observations[~_flag(observations)].reset_index(drop=True)
    named = "agent" in own or {"team", "observer"} <= set(own)
    if "round" not in own or own.empty or not named:
        return FirstLooks(own, own.iloc[:0], 0)
    ordered = (own.sort_values("observed_at", kind="stable") if "observed_at" in own else own).assign(round=round_keys)
    again = pd.Series(False, index=ordered.index)
    if "agent" in ordered:
        again = ordered["agent"].notna() & ordered.duplicated(["round", "agent"])
    counted, unclear = _counted_twice(ordered[ordered["agent"].isna()] if "agent" in ordered else ordered)
    again = (again | ordered.index.isin(counted)).reindex(own.index)
    return FirstLooks(own[~again], own[again], unclear)


def _counted_twice(unnamed: pd.DataFrame) -> tuple[pd.Index, int]:
    """Return the rows of unnamed people counted by a second observer, and how many looks leave it open."""
    nothing = unnamed.index[:0]
    if unnamed.empty or "team" not in unnamed or "observer" not in unnamed:
        return nothing, 0
    known = unnamed.dropna(subset=["team", "observer"])
    place = ["round", "team"]
    counts = known.groupby([*place, "observer"], sort=False).size().rename("looks").reset_index()
    several = counts.groupby(place)["observer"].transform("size") > 1
    same = counts.groupby(place)["looks"].transform("nunique") == 1
    later = counts[several & same & counts.duplicated(place)]  # observers stand in the order of their first look
    marked = known.reset_index(names="row").merge(later[[*place, "observer"]], on=[*place, "observer"])
    return pd.Index(marked["row"]), int(counts.loc[several & ~same, "looks"].sum())


def _flag(observations: pd.DataFrame) -> pd.Series:
    if "reference" not in observations:
        return pd.Series(False, index=observations.index)
    return observations["reference"].fillna(False).astype(bool)
