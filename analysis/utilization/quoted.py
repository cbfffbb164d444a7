"""What a quoted target such as 80 % would be here, by each published definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import BUCKETS
from analysis.measure.crosswalk import BASE, TIME_DEFINITIONS, WORK, WORKABLE
from analysis.utilization.answer import Answer
from analysis.utilization.settings import UtilizationSettings

FREE = tuple(part for part in WORKABLE if part not in WORK)
# A definition that moves less than this with work does not tell how much is worked.
_FLAT = 1e-9
_UNSEEN = "counts work that systems record; what they miss is not known"
_SAME = "counts waiting like work, so the share says nothing about how much is worked"
_ENOUGH = "would be had without any work"
_TOO_MUCH = "would need more than all the time that is not meetings or outages"
_MISSED = "by what systems record, and they miss work that is {share:.0f} % of the base"
_OURS, _OURS_WITH_MISSED = "utilization U5, work of base", "utilization U5, work of base, unrecorded work counted"
# Less unrecorded work than this share of the base is not worth a word.
_TOLD = 0.01


def quoted_of(baseline: Baseline, population: str, answer: Answer, settings: UtilizationSettings) -> pd.DataFrame:
    """Return what a quoted share would mean as utilization of the base, by each definition that has work in its numerator.

    Parameters
    ----------
    baseline
        Ladder and cross-walk.
    population
        ``"contact_centre"`` or ``"back_office"``.
    answer
        Today and what is achievable.
    settings
        `reference_share`, the quoted figure.

    Returns
    -------
    pandas.DataFrame
        population, definition, today, quoted, of_base, place, reason; in the cross-walk's order. `of_base` is missing where more than all time would be needed.

    Notes
    -----
    The definition is set equal to the quoted share and solved for hours of work (:func:`share_of_base`): hours that become work come from idle, away
    and unaccounted time in proportion to what each holds; breaks, absence, meetings and outages stay as they are. Work that no system records
    stays unrecorded: it is taken out of unaccounted time and added to the result, and this report's own definition has a second row that counts it.
    Where it is not known, the result counts recorded work alone, a lower end.
    """
    ladder = baseline.ladder[baseline.ladder["population"].eq(population)].set_index("bucket")["hours"]
    if ladder.empty or ladder.reindex(list(BASE)).sum() <= 0:
        return pd.DataFrame()
    hours = {part: float(ladder.get(part, 0.0)) for part in BUCKETS}
    unseen_h = _unseen_h(hours, answer.today)
    walk = baseline.crosswalk[baseline.crosswalk["population"].eq(population)]
    rows = []
    for row in walk.itertuples():
        parts = TIME_DEFINITIONS.get(str(row.definition))
        if parts is None or not set(parts[0]) & set(WORK):
            continue
        named = {"population": population, "definition": row.definition, "today": row.value}
        quoted = {"quoted": settings.reference_share, "of_base": np.nan, "place": "", "reason": str(row.reason)}
        if row.status == "ok":
            quoted |= _placed(hours, unseen_h, *parts, answer=answer, quoted=settings.reference_share)
        rows.append({**named, **quoted})
        if row.definition == _OURS and _missed(hours, unseen_h):
            rows.append(_with_missed(population, answer, settings.reference_share))
    return pd.DataFrame(rows)


def share_of_base(
    hours: Mapping[str, float],
    numerator: Sequence[str],
    denominator: Sequence[str],
    *,
    quoted: float,
    unseen_h: float = 0.0,
) -> float:
    """Return the share of the base that is work when a definition gives the quoted share.

    Parameters
    ----------
    hours
        Hours by part of the ladder.
    numerator, denominator
        Parts that the definition divides.
    quoted
        Its value.
    unseen_h
        Hours of work within ``UNACCOUNTED``, which stay there.

    Returns
    -------
    float
        Work / base, below 0 or above 1 where the share cannot be had; NaN where it does not change with work.

    Notes
    -----
    With x hours more work: each part of work grows by its share of work, each part of free time (idle, away, unaccounted without unseen work) falls by its
    share of free time. So numerator = N + a x and denominator = D + b x, x = (q D - N) / (a - q b), a and b the shares of work less the shares of free time
    that each holds; the result is (work + unseen + x) / base.

    Examples
    --------
    Sixty hours of work, twenty idle, twenty of meetings. An occupancy of 80 % is 64 of 100 hours, 80 % of the base is 80.

    >>> hours = {"HANDLING": 60.0, "IDLE": 20.0, "SUPPORT": 20.0}
    >>> round(share_of_base(hours, WORK, (*WORK, "IDLE"), quoted=0.8), 3), round(share_of_base(hours, WORK, BASE, quoted=0.8), 3)
    (0.64, 0.8)
    """
    known = {part: hours.get(part, 0.0) for part in BUCKETS}
    base = sum(known[part] for part in BASE)
    free = {part: known[part] for part in FREE}
    free["UNACCOUNTED"] = max(0.0, free["UNACCOUNTED"] - unseen_h)
    change = {**_shares({part: known[part] for part in WORK}, 1.0), **_shares(free, -1.0)}
    top, bottom = (sum(known[part] for part in parts) for parts in (numerator, denominator))
    grows, widens = (sum(change.get(part, 0.0) for part in parts) for parts in (numerator, denominator))
    slope = grows - quoted * widens
    if abs(slope) < _FLAT:
        return float("nan")
    work = sum(known[part] for part in WORK) + unseen_h
    return (work + (quoted * bottom - top) / slope) / base


def _shares(hours: Mapping[str, float], sign: float) -> dict[str, float]:
    """Return how a change of one hour falls on parts, by the hours that they hold."""
    total = sum(hours.values())
    return {part: sign * one / total if total > 0 else 0.0 for part, one in hours.items()}


def _unseen_h(hours: Mapping[str, float], today: Estimate) -> float | None:
    """Return hours of work that no system records, None where they are not known."""
    if today.value is None:
        return None
    base, seen = sum(hours[part] for part in BASE), sum(hours[part] for part in WORK)
    return min(max(0.0, today.value * base - seen), hours["UNACCOUNTED"])


def _placed(
    hours: Mapping[str, float],
    unseen_h: float | None,
    numerator: Sequence[str],
    denominator: Sequence[str],
    *,
    answer: Answer,
    quoted: float,
) -> dict[str, object]:
    """Return what the quoted share would be of the base, and where that lies."""
    base = sum(hours[part] for part in BASE)
    share = share_of_base(hours, numerator, denominator, quoted=quoted, unseen_h=unseen_h or 0.0)
    if np.isnan(share):
        return {"reason": _SAME}
    if share <= 0:
        return {"of_base": 0.0, "place": "below today", "reason": _ENOUGH}
    missed = _missed(hours, unseen_h)
    beyond = share > sum(hours[part] for part in WORKABLE) / base + _FLAT
    reason = "; ".join(part for part in (_TOO_MUCH if beyond else "", missed) if part)
    found: dict[str, object] = {"of_base": share if share <= 1 else np.nan, "reason": reason}
    high = answer.achievable.high
    if beyond or (high is not None and share > high):
        return {**found, "place": "beyond"}
    if unseen_h is None:
        return {**found, "reason": _UNSEEN}
    return {**found, "place": _place(share, answer)}


def _missed(hours: Mapping[str, float], unseen_h: float | None) -> str:
    """Return how much work systems miss; empty where it is little or not known."""
    base = sum(hours[part] for part in BASE)
    return _MISSED.format(share=100 * unseen_h / base) if unseen_h and unseen_h >= _TOLD * base else ""


def _with_missed(population: str, answer: Answer, quoted: float) -> dict[str, object]:
    """Return the row of this report's own definition with all work in it, recorded or not."""
    high = answer.achievable.high
    place = "beyond" if high is not None and quoted > high else _place(quoted, answer)
    named = {"population": population, "definition": _OURS_WITH_MISSED, "today": answer.today.value, "quoted": quoted}
    return {
        **named,
        "of_base": quoted,
        "place": place,
        "reason": "observed work counts, whether a system records it or not",
    }


def _place(share: float, answer: Answer) -> str:
    """Return where a share of the base lies: against today, and against the interval of what is achievable."""
    today, achievable = answer.today.value, answer.achievable
    if today is not None and share <= today:
        return "below today"
    if achievable.value is None or achievable.low is None:
        return ""
    return "within reach" if share <= achievable.low else "open"
