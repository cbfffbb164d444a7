"""Non-work from logs alone: a range for what the logs cannot divide, and the shares of the period as facts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from scipy import optimize, stats

from analysis.baseline.shares import SHARE_PARTS, Clusters, judged_share
from analysis.foundation.clusters import MINIMUM_CLUSTERS, Judged
from analysis.foundation.estimate import Estimate
from analysis.measure.crosswalk import BASE

_METHOD = "bound from logs alone, interval for what lies between its ends"


def non_work_bound(
    days: pd.DataFrame,
    idle: Sequence[str],
    *,
    clusters: Clusters,
    confidence: float,
    grade: str,
    agent_days: pd.DataFrame | None = None,
) -> Estimate:
    """Return what logs alone say about non-work: a range that holds the expected share in `confidence` of all periods like this one.

    Parameters
    ----------
    days
        Hours by day.
    idle
        Ladder words that count as non-work here: IDLE and AWAY in the back office, AWAY alone in the contact centre.
    clusters, confidence, grade, agent_days
        As in :func:`analysis.baseline.shares.share_of`.

    Returns
    -------
    Estimate
        No value; `low` and `high` are the interval. The period's own ends are facts (:func:`realised`). No ends either below 6 days, and where
        idle, away and unaccounted together are too rare to judge.

    Notes
    -----
    Expected non-work lies between l = idle + away and u = l + unaccounted, each estimated as a share. It cannot lie at both ends at once, so
    the interval [l - c s_l, u + c s_u] needs less than a two-sided c: c solves F(c + (u - l) / max(s_l, s_u)) - F(-c) = confidence, all on the logit
    scale, F the t distribution with the fewer degrees of freedom of the two. As l <= u in every sample the width of the range is estimated well
    enough for this to hold however narrow it is (Stoye's lemma 3). An end that is 0 or 1, or too near to judge, is put at 0 or 1.

    References
    ----------
    Imbens & Manski, Econometrica 72 (2004), 1845-1857. Stoye, Econometrica 77 (2009), 1299-1315.
    """
    described = {"confidence": confidence, "grade": grade, "n": len(days), "n_unit": clusters.unit, "method": _METHOD}
    parts = (tuple(idle), (*idle, "UNACCOUNTED"))
    lower, upper = (
        judged_share(days, part, BASE, clusters=clusters, confidence=confidence, grade=grade, agent_days=agent_days)
        for part in parts
    )
    known = len(days) >= MINIMUM_CLUSTERS and _base(days) > 0
    if isinstance(upper, Estimate) and upper.value is None and not (known and _near_one(days, parts[1])):
        return Estimate.missing(*upper.reasons, **described)
    low, high = _ends(lower, upper, confidence)
    words = (
        "time seen in no system is not idleness, and only observation or idle states can divide it; "
        f"the range holds what is to be expected in {100 * confidence:.0f} % of periods like this one"
    )
    return Estimate.missing(words, low=low, high=high, **described)


def _ends(lower: Judged | Estimate, upper: Judged | Estimate, confidence: float) -> tuple[float, float]:
    """Return the ends of the interval; what cannot be judged is at 0 or 1, what does not vary stays."""
    c = _critical(lower, upper, confidence)
    low = lower.moved(-c * lower.scale) if isinstance(lower, Judged) else lower.value or 0.0
    if isinstance(upper, Judged):
        return low, upper.moved(c * upper.scale)
    return low, 1.0 if upper.value is None else upper.value


def _critical(lower: Judged | Estimate, upper: Judged | Estimate, confidence: float) -> float:
    """Return by how many standard errors the ends move outwards."""
    found = [end for end in (lower, upper) if isinstance(end, Judged)]
    if not found:
        return 0.0
    law = stats.t(min(end.freedom for end in found))
    if len(found) < 2:
        # the other end is 0 or 1: nothing can be missed there
        return float(law.ppf(confidence))
    logits = [math.log(end.share / (1 - end.share)) for end in found]
    apart = (logits[1] - logits[0]) / max(end.scale for end in found)
    one, two = float(law.ppf(confidence)), float(law.ppf(0.5 + confidence / 2))
    return float(optimize.brentq(lambda c: law.cdf(c + apart) - law.cdf(-c) - confidence, one - 1e-9, two + 1e-9))


def _base(days: pd.DataFrame) -> float:
    return float(days[list(BASE)].to_numpy().sum())


def _near_one(days: pd.DataFrame, parts: Sequence[str]) -> bool:
    return float(days[list(parts)].to_numpy().sum()) > 0.5 * _base(days)


def realised(days: pd.DataFrame, *, idle: Sequence[str] = ()) -> pd.DataFrame:
    """Return the shares of the period itself, which have no sampling error: fact, value, unit.

    Parameters
    ----------
    days
        Hours by day.
    idle
        Ladder words that count as non-work; with them the ends of the bound from logs alone are added.

    Returns
    -------
    DataFrame
        ``realised_utilization``, ``realised_{support,outage,idle,away,unaccounted}_share`` and, with `idle`, ``realised_non_work_low`` and
        ``realised_non_work_high``; no rows where the base is zero.

    Examples
    --------
    >>> day = {bucket: 0.0 for bucket in BASE} | {"HANDLING": 6.0, "IDLE": 2.0, "UNACCOUNTED": 2.0}
    >>> facts = realised(pd.DataFrame([day]), idle=("IDLE", "AWAY")).set_index("fact")["value"]
    >>> facts[["realised_utilization", "realised_non_work_low", "realised_non_work_high"]].tolist()
    [0.6, 0.2, 0.4]
    """
    base = _base(days)
    named = {
        f"realised_{share}{'' if share == 'utilization' else '_share'}": parts for share, parts in SHARE_PARTS.items()
    }
    if idle:
        named |= {"realised_non_work_low": tuple(idle), "realised_non_work_high": (*idle, "UNACCOUNTED")}
    rows = [
        (name, float(days[list(parts)].to_numpy().sum()) / base, "share") for name, parts in named.items() if base > 0
    ]
    return pd.DataFrame(rows, columns=["fact", "value", "unit"]).astype({"value": "float64"})
