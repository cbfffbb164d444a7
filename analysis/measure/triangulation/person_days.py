"""Person-days as arrays: what the log says of everyone, what observers saw of some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem

_LOGGED = ("agent", "day", "base_us", "x_us")


@dataclass(frozen=True, slots=True)
class PersonDays:
    """Person-days with a base, one entry each.

    Attributes
    ----------
    base, x
        Base and what the log says of non-work, hours.
    seen
        Share of the looks that found non-work; 0 where nobody looked.
    weight
        Person-days that an observed one stands for; 0 where nobody looked.
    day, agent
        Codes from 0.
    weekday
        0 = Monday.
    """

    base: np.ndarray
    x: np.ndarray
    seen: np.ndarray
    weight: np.ndarray
    day: np.ndarray
    agent: np.ndarray
    weekday: np.ndarray

    @property
    def observed(self) -> np.ndarray:
        """Whether somebody looked at the person-day."""
        return self.weight > 0

    @property
    def days(self) -> int:
        """Number of days."""
        return int(self.day.max()) + 1 if len(self.day) else 0


def person_days_of(frame: pd.DataFrame) -> PersonDays:
    """Check a frame of person-days and return its arrays.

    Parameters
    ----------
    frame
        Columns as in :func:`analysis.measure.triangulation.two_phase`.

    Raises
    ------
    DataProblem
        A column is absent or holds something impossible.
    """
    _check(frame)
    kept = frame[frame["base_us"].to_numpy(dtype="float64") > 0]
    base, x = (kept[name].to_numpy(dtype="float64") / 3.6e9 for name in ("base_us", "x_us"))
    looks = kept["looks"].fillna(0).to_numpy(dtype="float64")
    if "y_share" in kept:
        seen = np.where(looks > 0, kept["y_share"].to_numpy(dtype="float64"), 0.0)
    else:
        hits = kept["non_work"].fillna(0).to_numpy(dtype="float64")
        seen = np.where(looks > 0, hits / np.where(looks > 0, looks, 1), 0.0)
    if not np.isfinite(seen).all() or (seen < 0).any() or (seen > 1).any():
        raise DataProblem(
            "person-days: looks that found non-work must be between 0 and the looks of the person-day. Check the observations."
        )
    stamps = kept["day"]
    weekday = stamps.dt.day_of_week.to_numpy() if pd.api.types.is_datetime64_any_dtype(stamps) else np.zeros(len(kept))
    return PersonDays(
        base,
        x,
        seen,
        np.where(looks > 0, _weights(kept, looks > 0), 0.0),
        pd.factorize(stamps, sort=True)[0],
        pd.factorize(kept["agent"])[0],
        np.asarray(weekday, dtype=int),
    )


def _check(frame: pd.DataFrame) -> None:
    """Refuse frames that lack a column or hold impossible numbers."""
    seen = "y_share" if "y_share" in frame else "non_work"
    absent = [name for name in (*_LOGGED, "looks", seen) if name not in frame]
    if absent:
        raise DataProblem(
            f"person-days: the column {absent[0]} is absent. Give agent, day, base_us, x_us, looks and non_work (or y_share)."
        )
    if frame.duplicated(["agent", "day"]).any():
        raise DataProblem("person-days: an agent stands twice on one day. Sum the rows of an agent and day first.")
    base, x = (frame[name].to_numpy(dtype="float64") for name in ("base_us", "x_us"))
    if not (np.isfinite(base).all() and np.isfinite(x).all()) or (x < 0).any() or (x > base + 1).any():
        raise DataProblem(
            "person-days: logged non-work (x_us) must be known and lie between 0 and the base of the day (base_us) on every row."
        )
    if {"inclusion", "stratum"} <= set(frame.columns):
        raise DataProblem("person-days: give either inclusion (chance of being observed) or stratum, not both.")


def _weights(frame: pd.DataFrame, observed: np.ndarray) -> np.ndarray:
    """Return how many person-days each row stands for, were it observed."""
    if "inclusion" in frame:
        chance = frame["inclusion"].to_numpy(dtype="float64")
        if not ((chance[observed] > 0) & (chance[observed] <= 1)).all():
            raise DataProblem(
                "person-days: the chance of being observed (inclusion) must be above 0 and at most 1 on every observed row."
            )
        return 1 / np.where((chance > 0) & (chance <= 1), chance, 1.0)
    if "stratum" not in frame:
        return np.ones(len(frame))
    codes = pd.factorize(frame["stratum"])[0]
    all_rows, seen_rows = np.bincount(codes), np.bincount(codes, weights=observed)
    if (seen_rows == 0).any():
        raise DataProblem(
            f"person-days: {int((seen_rows == 0).sum())} strata hold no observed person-day. Merge them with others before estimating."
        )
    return (all_rows / seen_rows)[codes]
