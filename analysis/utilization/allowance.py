"""The ceiling that people's needs and small delays set: nobody works every minute that is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.utilization.settings import Allowance, UtilizationSettings

Convention = Literal["on_normal_time", "of_the_day"]
Kind = Literal["rest", "delay"]
ALLOWANCE_COLUMNS = (
    *("population", "allowance", "kind", "low_share", "high_share"),
    *("source", "given_by", "owed_low", "owed_high"),
)
_GIVEN_BY: dict[Kind, str] = {"rest": "break", "delay": "support"}
_STATED = "stated for this engagement"
# words, kind, settings of the least and the largest share, and where the defaults are from
_USUAL: tuple[tuple[str, Kind, str, str, str], ...] = (
    ("personal needs", "rest", "personal_share", "personal_share", "ILO list, constant allowances"),
    ("basic fatigue", "rest", "fatigue_share", "fatigue_share", "ILO list, constant allowances"),
    (
        *("attention and monotony", "rest", "strain_low_share", "strain_high_share"),
        "ILO list, variable allowances, desk work",
    ),
    ("small delays", "delay", "delay_low_share", "delay_high_share", "assumption"),
)


@dataclass(frozen=True, slots=True)
class Granted:
    """One row of the table of allowances.

    Attributes
    ----------
    words, kind, source
        What it is for, who gives it first, and where the number is from.
    low_share, high_share
        Least and largest, shares of normal time (or of the day, by the convention).
    """

    words: str
    kind: Kind
    low_share: float
    high_share: float
    source: str


def granted(
    population: str, settings: UtilizationSettings, allowances: Sequence[Allowance] = ()
) -> tuple[Granted, ...]:
    """Return the table of allowances of one population: the usual ones, then what the engagement adds.

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    settings
        Shares of the usual allowances.
    allowances
        Further rows; one without a population is for both.

    Examples
    --------
    >>> rows = granted("back_office", UtilizationSettings(), [Allowance(name="standing counter", low_share=0.02, high_share=0.02)])
    >>> [(row.words, row.high_share) for row in rows][2:]
    [('attention and monotony', 0.04), ('small delays', 0.05), ('standing counter', 0.02)]
    """
    usual = UtilizationSettings()
    found = []
    for words, kind, low, high, source in _USUAL:
        default = all(getattr(settings, name) == getattr(usual, name) for name in (low, high))
        found.append(
            Granted(words, kind, getattr(settings, low), getattr(settings, high), source if default else _STATED)
        )
    more = [one for one in allowances if one.population in (None, population)]
    return (*found, *(Granted(one.name, one.kind, one.low_share, one.high_share, _STATED) for one in more))


def totals(rows: Sequence[Granted], place: float) -> dict[str, float]:
    """Return rest and delay in all, each row at a place between its least (0) and its largest share (1).

    Examples
    --------
    >>> sums = totals(granted("back_office", UtilizationSettings()), 0.5)
    >>> round(sums["rest_share"], 3), round(sums["delay_share"], 3)
    (0.115, 0.04)
    """
    return {
        f"{kind}_share": sum(
            one.low_share + place * (one.high_share - one.low_share) for one in rows if one.kind == kind
        )
        for kind in _GIVEN_BY
    }


def day_share(allowance: float, convention: Convention) -> float:
    """Return the share of the attended day that an allowance takes.

    Parameters
    ----------
    allowance
        Allowance as the tables print it: a share of normal time, or of the day.
    convention
        ``"on_normal_time"``: A / (1 + A); ``"of_the_day"``: A.

    Notes
    -----
    What is left is the raw ceiling: 1 / (1 + A) or 1 - A. Fifteen per cent is .870 by one convention and .850 by the other.

    References
    ----------
    International Labour Office, Introduction to Work Study, 4th ed. 1992, chapter 23 (personal needs 5 %, basic fatigue 4 %).

    Examples
    --------
    >>> round(1 - day_share(0.15, "on_normal_time"), 4), round(1 - day_share(0.15, "of_the_day"), 4)
    (0.8696, 0.85)
    """
    return allowance / (1 + allowance) if convention == "on_normal_time" else allowance


def allowance_ceiling(
    *,
    rest_share: float,
    delay_share: float,
    convention: Convention,
    break_share: ArrayLike,
    support_share: ArrayLike,
) -> np.ndarray:
    """Return the share of the base that can be work after what breaks and support do not already give.

    Parameters
    ----------
    rest_share
        Allowances for rest together: personal needs, fatigue, strain.
    delay_share
        Allowances for delays together.
    convention
        How allowances are counted; both kinds together.
    break_share
        BREAK / ATTENDED as taken today.
    support_share
        (SUPPORT + OUTAGE) / base as it is today.

    Returns
    -------
    numpy.ndarray
        Share of the base.

    Notes
    -----
    With the attended day as 1, breaks b and support s of the base: rest still owed = max(0, rest - b), delay still owed =
    max(0, delay - s (1 - b)); ceiling = 1 - s - (rest owed + delay owed) / (1 - b). So breaks are not allowed twice, and the delay allowance
    does not repeat meetings and outages that are already out.

    Examples
    --------
    No breaks and no support: the raw ceiling. With breaks of 6 % and support of 10 % only rest remains to be given.

    >>> no_breaks = allowance_ceiling(rest_share=0.09, delay_share=0.04, convention="of_the_day", break_share=0, support_share=0)
    >>> usual = allowance_ceiling(rest_share=0.09, delay_share=0.04, convention="of_the_day", break_share=0.06, support_share=0.10)
    >>> round(float(no_breaks), 3), round(float(usual), 3)
    (0.87, 0.868)
    """
    b, s = np.asarray(break_share, dtype=float), np.asarray(support_share, dtype=float)
    scale = _of_the_day(rest_share + delay_share, convention)
    rest = np.maximum(0.0, rest_share * scale - b)
    delay = np.maximum(0.0, delay_share * scale - s * (1 - b))
    # a day that is all breaks leaves no base to allow anything on
    return np.maximum(0.0, 1 - s - (rest + delay) / np.maximum(1 - b, 1e-12))


def allowance_table(
    rows: Sequence[Granted], *, population: str, convention: Convention, break_share: float, support_share: float
) -> pd.DataFrame:
    """Return what is allowed, what gives it already, and what is still owed.

    Parameters
    ----------
    rows
        Of :func:`granted`.
    population
        Printed in every row.
    convention, break_share, support_share
        As in :func:`allowance_ceiling`.

    Returns
    -------
    DataFrame
        population, allowance, kind, low_share, high_share (of normal time), source, given_by ("break", "support" or ""; "" where nothing is given),
        owed_low, owed_high (share of the base still to give when every allowance is at its least, or at its largest).

    Notes
    -----
    Breaks are counted against the rows of rest in their order, support and outages against those of delay. 1 - support - sum of owed = ceiling at
    either end, wherever that is above 0.

    Examples
    --------
    >>> rows = granted("back_office", UtilizationSettings())
    >>> table = allowance_table(rows, population="back_office", convention="of_the_day", break_share=0.06, support_share=0.01)
    >>> table[["allowance", "given_by", "owed_low", "owed_high"]].round(3).to_numpy().tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['personal needs', 'break', 0.0, 0.0], ['basic fatigue', 'break', 0.032, 0.032],
     ['attention and monotony', '', 0.011, 0.043], ['small delays', 'support', 0.022, 0.043]]
    """
    ends = [_owed(rows, place, convention, break_share, support_share) for place in (0.0, 1.0)]
    body = [
        (
            population,
            one.words,
            one.kind,
            one.low_share,
            one.high_share,
            one.source,
            _GIVEN_BY[one.kind] * gives,
            low,
            high,
        )
        for one, (low, gave_low), (high, gave_high) in zip(rows, *ends, strict=True)
        for gives in (gave_low or gave_high,)
    ]
    return pd.DataFrame(body, columns=list(ALLOWANCE_COLUMNS))


def _owed(
    rows: Sequence[Granted], place: float, convention: Convention, break_share: float, support_share: float
) -> list[tuple[float, bool]]:
    """Return for each row what is still owed as a share of the base, and whether something gives part of it."""
    scale = _of_the_day(sum(totals(rows, place).values()), convention)
    left = {"rest": break_share, "delay": support_share * (1 - break_share)}
    found = []
    for one in rows:
        share = scale * (one.low_share + place * (one.high_share - one.low_share))
        given = min(share, left[one.kind])
        left[one.kind] -= given
        found.append(((share - given) / max(1 - break_share, 1e-12), given > 1e-12))
    return found


def _of_the_day(total: float, convention: Convention) -> float:
    """Return the factor that turns allowances into shares of the attended day."""
    return day_share(total, convention) / total if total else 0.0
