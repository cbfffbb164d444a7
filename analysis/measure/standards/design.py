"""Volumes and hours as a regression reads them: one row per team and period, from a workload table, a wide frame or arrays."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem

Array = np.ndarray
Hours = str | Sequence[float] | np.ndarray | pd.Series
_LONG = ("period_start", "type", "volume")
_PERIOD = ("period_start", "period_end")
# Periods that start so many days apart are no days.
_DAYS_OF_A_PERIOD = 4


@dataclass(frozen=True, slots=True)
class Design:
    """Rows of hours and volumes.

    Attributes
    ----------
    hours
        Hours of each row (n).
    volumes
        Items (n x types).
    types
        Names of the types.
    non_volume
        Columns of the non-volume terms (n x terms); no columns where there is none.
    cluster
        Number of each row's cluster.
    labels
        Name of each cluster: the period's dates where the data have them; empty where rows carry no names.
    working_days
        Working days that a cluster holds where clusters are periods with dates; None where they have no order of time.
    working_days
        Working days that a cluster holds where clusters are periods in the order of time; None where they have no order.
    notes
        What was left out or put together, in words.
    """

    hours: Array
    volumes: Array
    types: tuple[str, ...]
    non_volume: Array
    cluster: Array
    labels: tuple[Hashable, ...]
    working_days: float | None
    notes: tuple[str, ...] = ()

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0


def read_design(workload: pd.DataFrame | Array, *, hours: Hours, non_volume: bool | str, cluster: str | None) -> Design:
    """Return rows of hours and volumes from any of the three forms.

    Parameters
    ----------
    workload
        Canonical `workload` table (a line per team, period and type), a wide frame (a row per period, a column per type), or an array
        (periods x types).
    hours
        Name of the column of hours, or the hours themselves.
    non_volume
        Whether hours may come with the period whatever its volume; a column's name makes them hours per unit of that column.
    cluster
        Column whose rows share shocks; the period of a table and the row of a frame where none is named.

    Raises
    ------
    DataProblem
        A column is missing, a number is negative, or nothing is left.
    """
    if isinstance(workload, pd.DataFrame) and set(_LONG) <= set(workload.columns):
        wide, types, notes = _wide_of(workload, hours=hours, extra=[non_volume, cluster])
        hours = str(hours)
    else:
        wide, types, hours = _framed(workload, hours, [non_volume, cluster])
        notes = ()
    y = wide[hours].to_numpy(dtype="float64")
    x = wide[types].to_numpy(dtype="float64")
    usable = np.isfinite(y) & np.isfinite(x).all(axis=1)
    if (~usable).any():
        notes = (*notes, f"{int((~usable).sum())} periods without hours or with a missing volume were left out")
    if not usable.any():
        raise DataProblem(
            "workload: no period has both hours and volumes. Give the hours of each period beside its volumes."
        )
    wide, y, x = wide[usable], y[usable], x[usable]
    for name, block in (("hours", y), ("volumes", x)):
        if (block < 0).any():
            raise DataProblem(
                f"workload: {int((block < 0).sum())} {name} are below 0. Give 0 or more; check the sign of corrections."
            )
    codes, labels, working_days = _clusters(wide, cluster)
    named = isinstance(workload, pd.DataFrame)
    terms = _terms(wide, non_volume)
    return Design(y, x, tuple(types), terms, codes, labels if named else (), working_days, notes)


def _wide_of(
    workload: pd.DataFrame, *, hours: Hours, extra: Sequence[object]
) -> tuple[pd.DataFrame, list[str], tuple[str, ...]]:
    """Return a row per team and period from a canonical table; hours repeated on every line of a team's period count once."""
    if not isinstance(hours, str):
        raise DataProblem(
            "workload: the hours of a table with a line per type are one of its columns. Name that column."
        )
    keys = [name for name in ("team", *_PERIOD) if name in workload]
    named = [name for name in extra if isinstance(name, str) and name not in keys]
    absent = [name for name in (hours, *named) if name not in workload]
    if absent:
        raise DataProblem(f"workload: there is no column {absent[0]}. Its columns are {', '.join(workload.columns)}.")
    rows = workload[workload[keys].notna().all(axis=1)]
    notes: list[str] = []
    if len(rows) < len(workload):
        notes.append(f"{len(workload) - len(rows)} lines without team or period were left out")
    by_period = rows.groupby(keys, sort=True)
    given = by_period[hours].nunique()
    stated = by_period[hours].first().where(given <= 1, by_period[hours].sum())
    if (given > 1).any():
        notes.append(f"{int((given > 1).sum())} team periods hold different hours on their lines; they were added")
    wide = pd.DataFrame({hours: stated, **{name: by_period[name].first() for name in named}})
    items = rows[rows["type"].notna()]
    sums = items.groupby([*keys, "type"])["volume"].sum(min_count=1).unstack("type")
    # a type that has no line was not done; a line without a number is not known
    unknown = items["volume"].isna().groupby([items[key] for key in keys]).any()
    sums = sums.reindex(wide.index).fillna(0.0).astype("float64")
    sums[unknown.reindex(wide.index).fillna(False).to_numpy(dtype=bool)] = np.nan
    types = [str(name) for name in sums.columns]
    sums.columns = types
    clash = set(types) & {hours, *named, *keys}
    if clash:
        raise DataProblem(f"workload: a type is called {sorted(clash)[0]}, like a column. Give the type another name.")
    return wide.join(sums).reset_index(), types, tuple(notes)


def _framed(
    workload: pd.DataFrame | Array, hours: Hours, extra: Sequence[object]
) -> tuple[pd.DataFrame, list[str], str]:
    """Return a wide frame, the names of its types and of its hours."""
    frame = workload.copy() if isinstance(workload, pd.DataFrame) else pd.DataFrame(np.atleast_2d(np.asarray(workload)))
    frame.columns = [str(name) if isinstance(workload, pd.DataFrame) else f"type {name + 1}" for name in frame.columns]
    if not isinstance(hours, str):
        given = np.asarray(hours, dtype="float64")
        if given.shape != (len(frame),):
            raise DataProblem(
                f"workload: {len(frame)} rows of volumes stand against {given.size} hours. Give the hours of every row."
            )
        frame["_hours"], hours = given, "_hours"
    kept = {hours, "team", *_PERIOD, *(name for name in extra if isinstance(name, str))}
    absent = [name for name in (hours, *(name for name in extra if isinstance(name, str))) if name not in frame]
    if absent:
        raise DataProblem(f"workload: there is no column {absent[0]}. Its columns are {', '.join(frame.columns)}.")
    types = [name for name in frame.columns if name not in kept]
    words = [name for name in types if not pd.api.types.is_numeric_dtype(frame[name])]
    if words:
        raise DataProblem(
            f"workload: {words[0]} is no column of numbers. A wide frame holds hours and a column of volumes per type."
        )
    if not types:
        raise DataProblem(
            "workload: there is no column of volumes. Give a column per type, or the columns team, period_start, period_end, type, volume."
        )
    return frame, types, hours


def _clusters(wide: pd.DataFrame, cluster: str | None) -> tuple[Array, tuple[Hashable, ...], float | None]:
    """Return the cluster of each row, their names, and the working days of each where they follow in time."""
    if cluster is not None:
        if wide[cluster].isna().any():
            raise DataProblem(
                f"workload: {int(wide[cluster].isna().sum())} periods have no {cluster}. Fill the column."
            )
        codes, labels = pd.factorize(wide[cluster], sort=True)
        start = wide[cluster]
    elif set(_PERIOD) <= set(wide.columns):
        codes, labels = pd.factorize(pd.MultiIndex.from_frame(wide[list(_PERIOD)]), sort=True)
        start = wide["period_start"]
    elif "period_start" in wide:
        codes, labels = pd.factorize(wide["period_start"], sort=True)
        start = wide["period_start"]
    else:
        return np.arange(len(wide)), tuple(wide.index), None
    return np.asarray(codes), tuple(labels), _working_days(start)


def _working_days(start: pd.Series) -> float | None:
    """Return the working days from one period to the next; None where periods have no dates."""
    if not pd.api.types.is_datetime64_any_dtype(start):
        return None
    days = pd.Series(np.sort(start.unique())).diff().dt.days.median()
    return 1.0 if not days >= _DAYS_OF_A_PERIOD else float(days) * 5 / 7


def _terms(wide: pd.DataFrame, non_volume: bool | str) -> Array:
    """Return the columns of the non-volume terms: one per team, or the column that they go with."""
    if isinstance(non_volume, str):
        with_it = wide[non_volume].to_numpy(dtype="float64")
        if not (np.isfinite(with_it) & (with_it >= 0)).all() or not with_it.any():
            raise DataProblem(f"workload: {non_volume} must hold 0 or more in every period, and not 0 throughout.")
        return with_it[:, None]
    if not non_volume:
        return np.zeros((len(wide), 0))
    teams = wide["team"] if "team" in wide else pd.Series(0, index=wide.index)
    codes = pd.factorize(teams, sort=True)[0]
    return np.equal.outer(codes, np.unique(codes)).astype("float64")
