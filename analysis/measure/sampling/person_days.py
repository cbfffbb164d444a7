"""Which person-days are watched whole, when observation is to correct what logs say of everybody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem

# Planned states in which nobody is at work.
_NOT_THERE = ("ABSENT", "OFF")


def planned_person_days(schedule: pd.DataFrame, roster: pd.DataFrame | None = None, *, zone: str) -> pd.DataFrame:
    """Return who is planned to be at work on which day, with the team of that day.

    Parameters
    ----------
    schedule
        Canonical table; a shift belongs to the local date on which it starts.
    roster
        Canonical table; a person's row that holds on the date gives the team, the later one of two.
    zone
        Time zone in which days begin.

    Returns
    -------
    pandas.DataFrame
        One row per person and day with planned time left once absences are taken off: agent, date (midnight, local), team (empty where the roster
        names none). In order of date and person.

    Examples
    --------
    >>> shift = pd.Timestamp("2026-03-02 08:00", tz="UTC")
    >>> plan = pd.DataFrame({"agent": ["a", "b", "b"], "start": shift, "end": shift + pd.Timedelta("8h"), "state": ["WORK", "WORK", "ABSENT"]})
    >>> planned_person_days(plan, zone="Europe/Amsterdam")["agent"].tolist()
    ['a']
    """
    rows = schedule[["agent", "start", "end", "state"]].copy()
    rows["date"] = rows["start"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    sign = np.where(rows["state"].isin(_NOT_THERE), -1.0, np.where(rows["state"] == "WORK", 1.0, 0.0))
    rows["left_s"] = sign * (rows["end"] - rows["start"]).dt.total_seconds()
    days = rows.groupby(["agent", "date"], as_index=False)["left_s"].sum()
    days = days.loc[days["left_s"] > 0, ["agent", "date"]].sort_values(["date", "agent"], ignore_index=True)
    return days.assign(team=_team_on(days, roster))


def _team_on(days: pd.DataFrame, roster: pd.DataFrame | None) -> pd.Series:
    """Return the team of each person on each day."""
    if roster is None or days.empty:
        return pd.Series(index=days.index, dtype="str")
    held = roster[["agent", "team", "valid_from", "valid_to"]]
    pairs = days.reset_index().merge(held, on="agent")
    holds = ~(pairs["valid_from"] > pairs["date"]) & ~(pairs["valid_to"] < pairs["date"])
    latest = (
        pairs[holds].sort_values("valid_from", kind="stable", na_position="first").drop_duplicates("index", keep="last")
    )
    return latest.set_index("index")["team"].reindex(days.index)


def draw_person_days(
    person_days: pd.DataFrame,
    *,
    n: int,
    seed: int,
    strata: Sequence[str] = ("team", "weekday"),
) -> pd.DataFrame:
    """Draw the person-days that are observed whole, each with the same known chance, evenly over teams and weekdays.

    Parameters
    ----------
    person_days
        One row per person and day at work: agent, date, and the columns of `strata` (``"weekday"`` is read from the date where it is no column), such
        as :func:`planned_person_days` makes from roster and schedule.
    n
        How many are drawn; at least 30 for a two-phase estimate.
    seed
        Seed of the draw.
    strata
        Columns over which the drawn days are spread in proportion.

    Returns
    -------
    pandas.DataFrame
        The rows drawn, in order of date, with stratum (text) and inclusion_probability (n / rows, the same for all).

    Raises
    ------
    DataProblem
        A column is absent or empty in a row, or a person-day stands twice.
    ValueError
        `n` is below 1 or above the number of person-days.

    Notes
    -----
    Rows are put in order of strata, at random within each, and every (N / n)th is taken from a random start: a stratum of share w gets n w person-days,
    rounded up or down, and each person-day has the chance n / N whatever the size of its stratum. A stratum smaller than N / n may be drawn from or
    not, yet none is shut out.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, sections 8.1-8.3 and 12.1. Madow, Annals of Mathematical Statistics 20 (1949), 333-354.

    Examples
    --------
    >>> days = pd.DataFrame({"agent": ["a", "b"] * 10, "date": pd.date_range("2026-03-02", periods=10).repeat(2), "team": ["N", "S"] * 10})
    >>> drawn = draw_person_days(days, n=4, seed=1)
    >>> len(drawn), float(drawn["inclusion_probability"].iloc[0])
    (4, 0.2)
    """
    frame = person_days.reset_index(drop=True)
    _complete(frame, ("agent", "date"))
    if "weekday" in strata and "weekday" not in frame:
        frame = frame.assign(weekday=frame["date"].dt.day_of_week + 1)
    _complete(frame, strata)
    if frame.duplicated(["agent", "date"]).any():
        raise DataProblem(
            f"person-days: {int(frame.duplicated(['agent', 'date']).sum())} persons stand twice on one day. Give one row per person and day."
        )
    size = len(frame)
    if not 1 <= n <= size:
        raise ValueError(f"n must lie between 1 and the {size} person-days, got {n}")
    rng = np.random.default_rng(seed)
    label = pd.Series("", index=frame.index)
    for position, name in enumerate(strata):
        label = label + (" / " if position else "") + frame[name].astype("str")
    order = np.lexsort((rng.random(size), label.to_numpy(dtype=object).astype("U")))
    step = size / n
    # the last place can round up to the end of the list
    picked = order[np.minimum(np.floor(rng.uniform(0, step) + step * np.arange(n)), size - 1).astype(np.intp)]
    drawn = frame.loc[picked].assign(stratum=label[picked], inclusion_probability=n / size)
    return drawn.sort_values(["date", "agent"], ignore_index=True)


def _complete(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a frame that lacks a column or a value in it."""
    for name in columns:
        if name not in frame:
            raise DataProblem(f"person-days: the column {name} is absent. Add it, or leave it out of strata.")
        if frame[name].isna().any():
            raise DataProblem(
                f"person-days: {int(frame[name].isna().sum())} rows have no {name}. Complete these rows, or leave {name} out of strata."
            )
