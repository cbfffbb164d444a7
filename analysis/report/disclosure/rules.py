"""The rules of disclosure control, as numbers and pure functions.

References
----------
ACRO (automatic checking of research outputs), default risk profile: threshold 10, top 2 contributors under 90 %, the others over 10 % of the
largest, rounding base 5. ABS DataLab rules of ten and of dominance; ONS rule of 10 and 5; Hundepool et al., Statistical Disclosure Control,
Wiley 2012, chapters 4 and 5 (complementary suppression, audit by linear programming).
"""

from __future__ import annotations

import math

import pandas as pd

from analysis.measure import groups

# Smallest group [agents]: by default, and with a written reason.
MINIMUM_AGENTS, FLOOR_AGENTS = groups.MINIMUM_AGENTS, 5
# Dominance (:func:`analysis.measure.groups.too_few`): most that the two largest may hold, and least that all others have beside the largest.
TOP_SHARE, OTHERS_SHARE = groups.DOMINANT_TWO, groups.OTHERS_TO_LARGEST
# A quantile needs this many people on each of its sides.
QUANTILE_SIDE_AGENTS = 5
# Rounding base of a published figure about a part of a population, by kind.
BASE = {"share": 0.01, "hours": 5.0, "agents": 0.1, "count": 1.0}
# A protected figure is recovered when all that an attacker cannot rule out lies this near to it, as a share of its base. Hours of a measure are
# never more than their base, so hours within 10 % of the truth are within 10 points of the base, too: the first is the stricter rule for us.
NEAR_SHARE = 0.10


def half_width(kind: str) -> float:
    """Return how far a published figure about a part may lie from the measured one.

    Examples
    --------
    >>> half_width("share"), half_width("hours"), half_width("agents")
    (0.005, 2.5, 0.05)
    """
    return BASE[kind] / 2


def to_base(values: pd.Series, kind: str) -> pd.Series:
    """Return figures rounded to the base of their kind; missing ones stay missing.

    Parameters
    ----------
    values
        Figures about parts of a population.
    kind
        ``"share"``, ``"hours"``, ``"agents"`` or ``"count"``.

    Examples
    --------
    >>> to_base(pd.Series([0.31449, float("nan")]), "share").tolist(), to_base(pd.Series([187.49]), "hours").tolist()
    ([0.31, nan], [185.0])
    """
    base, digits = BASE[kind], max(0, round(-math.log10(BASE[kind])))
    return ((values / base).round() * base).round(digits) + 0.0


def quantile_allowed(agents: int, quantile: float) -> bool:
    """Return whether enough people lie on each side of a quantile; smallest and largest never.

    Parameters
    ----------
    agents
        People behind it.
    quantile
        0 to 1.

    Examples
    --------
    >>> quantile_allowed(10, 0.5), quantile_allowed(19, 0.25), quantile_allowed(20, 0.25), quantile_allowed(500, 1.0)
    (True, False, True, False)
    """
    return math.floor(agents * min(quantile, 1 - quantile) + 1e-9) >= QUANTILE_SIDE_AGENTS
