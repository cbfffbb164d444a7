"""What each file can and cannot say, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.intake.words import number_of
from analysis.intake.written.tables import ANSWER, said

_GOOD: Mapping[str, str] = {
    "spells": "time by state and person",
    "state_totals": "time by state at the resolution of its intervals",
    "contacts": "contacts, waiting and handling times",
    "volumes": "contact volumes by interval",
    "forecasts": "forecast against what came",
    "work_items": "finished items by type",
    "observations": "shares of time seen by observers",
    "self_reports": "what people say of themselves",
    "workload": "volumes against paid hours",
    "quality": "errors and rework",
    "roster": "who belongs to which team, site and population",
    "schedule": "paid and planned time",
    "skills": "who can do which work",
    "item_types": "standard times and what may be interrupted",
    "answers": "the readiness ratings",
    "listening": "what people said",
    "expectations": "what leaders guessed before the data",
    "to_hear": "who is still to be heard",
    "responses": "what changed because of what was heard",
}


# What a table cannot say by its nature, whatever its rows hold.
_BY_NATURE: Mapping[str, str] = {
    "state_totals": "gaps between contacts and replay: totals do not say when within an interval",
    "contacts": "utilization: it sees contacts alone, so time between them may be waiting, a break or a meeting",
    "volumes": "time per person: it counts contacts of queues",
    "forecasts": "what happened: it holds what was expected",
    "schedule": "what people did: it holds what was planned",
    "workload": "anything within its periods, and anything per person",
    "quality": "time",
    "self_reports": "a baseline: people misjudge their own time, and not everybody answers",
    "observations": "single persons and single days: shares hold over many rounds",
}
# Items of one stamp from which on durations say little, and items at once from which on a name is no person.
MOST_ZERO = 0.3
MOST_AT_ONCE = 3.0


def verdict(table: str, frame: pd.DataFrame, *, used: int, date_only: bool, not_answered: int = 0) -> tuple[str, str]:
    """Return what a source is good for and what it is not.

    Parameters
    ----------
    table
        Canonical table that it fills.
    frame
        Its rows in that table.
    used
        Rows used.
    date_only
        Its stamps have no time of day.
    not_answered
        Rows that were prepared for an answer and hold none.

    Notes
    -----
    The rules stand in ``docs/data.md``, section Reconciliation.
    """
    if used == 0:
        left = f", {number_of(not_answered, 'row')} not answered" if not_answered else ""
        return f"nothing: no row of it is used{left}", _GOOD[table]
    if table in ANSWER:
        return f"{_GOOD[table]}: {said(table, frame, not_answered)}", ""
    good, bad = [_GOOD[table]], []
    if date_only and table in ("spells", "contacts", "work_items", "observations", "state_totals"):
        bad.append("utilization, or anything within a day: its stamps are dates without a time")
    for check in (_items, _persons, _states):
        more, less = check(table, frame)
        good += more
        bad += less
    if table in _BY_NATURE:
        bad.append(_BY_NATURE[table])
    return "; ".join(good), "; ".join(bad)


def _items(table: str, frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Say what the stamps of items carry: nothing without starts, a lower bound on work with them."""
    if table != "work_items":
        return [], []
    started = frame["started"].notna() if "started" in frame else pd.Series(False, index=frame.index)
    if not started.any():
        return [], [
            "working time: it holds completion stamps only, so the time spent on an item is unknown and it cannot measure utilization"
        ]
    good = ["time spent on items"]
    bad = [] if started.all() else [f"working time of {number_of(int((~started).sum()), 'item')} without a start"]
    length = (frame["ended"] - frame["started"]).dropna()
    if len(length) and (length == pd.Timedelta(0)).mean() > MOST_ZERO:
        bad.append(
            f"working time of {number_of(int((length == pd.Timedelta(0)).sum()), 'item')} whose start and end are one stamp"
        )
    bad.append("utilization by itself: it sees one process, so its time is a lower bound on work")
    return good, bad


def _persons(table: str, frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Say where names are missing, or are no persons."""
    if table not in ("work_items", "contacts") or "agent" not in frame:
        return [], []
    if frame["agent"].notna().sum() == 0:
        return [], ["anything per person: it names nobody"]
    start, end = ("started", "ended") if table == "work_items" else ("answered_at", "ended_at")
    if start not in frame or end not in frame:
        return [], []
    rows = frame.dropna(subset=["agent", start, end])
    if rows.empty:
        return [], []
    ratio = _gross_over_union(rows["agent"], rows[start], rows[end])
    if ratio > MOST_AT_ONCE:
        return [], [
            f"utilization per person: whoever it names works on {ratio:.0f} things at once on average, so these are roles or shared log-ins, not persons"
        ]
    return [], []


def _gross_over_union(agents: pd.Series, start: pd.Series, end: pd.Series) -> float:
    """Return summed durations over the time in which at least one of them runs, all persons together."""
    who = pd.factorize(agents)[0]
    a, b = (column.dt.tz_localize(None).to_numpy().astype("M8[us]").view(np.int64) for column in (start, end))
    order = np.lexsort((a, who))
    who, a, b = who[order], a[order], b[order]
    reach = pd.Series(b).groupby(who).cummax().groupby(who).shift().to_numpy()
    fresh = np.where(np.isnan(reach), a, np.maximum(a, reach))
    union = np.maximum(b - fresh, 0).sum()
    return float((b - a).sum() / union) if union > 0 else 1.0


def _states(table: str, frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Say which parts of the ladder no state of the source means."""
    if table not in ("spells", "state_totals") or "state" not in frame:
        return [], []
    held = set(frame["state"].dropna().unique())
    bad = []
    if "IDLE" not in held:
        bad.append("waiting for work, and so occupancy: no state of it means ready with nothing to do")
    if not held & {"HANDLING", "ITEM_WORK"}:
        bad.append("working time: no state of it means handling")
    return [], bad
