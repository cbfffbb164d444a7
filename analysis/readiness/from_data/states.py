"""What the agent states are worth: how many weeks, how much they leave open, how much says no reason, and whether they agree with paid time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.measure.crosswalk import ATTENDED, BASE
from analysis.readiness.from_data.clustered import by_day, share
from analysis.readiness.from_data.facts import CENTRE, Facts, numbered, percent, unsaid
from analysis.readiness.scores import Reading

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_NOT_READY = ("AWAY", "BREAK", "SUPPORT", "OUTAGE")
# Names of codes that give no reason, whatever the state map makes of them.
_CATCH_ALL = (
    r"\b(?:other|others|misc|miscellaneous|default|unspecified|undefined|not specified|no reason|"
    r"overig|overige|sonstige|sonstiges|autre|autres|otro|otros|altro|varie|aux ?0|code ?0)\b"
)
# Sources of attendance that do not come from the states themselves.
_INDEPENDENT = ("schedule", "paid_hours")
_FEWEST_DAYS_OF_A_WEEK = 5


def agent_states(facts: Facts) -> dict[str, Reading]:
    """Read D1: weeks of agent states, and the share of the base that no state accounts for."""
    return {"weeks": _weeks(facts), "unaccounted": _unaccounted(facts)}


def _weeks(facts: Facts) -> Reading:
    """Count the weeks: a day counts where at least half as many agents as usual on that weekday have states, or the client is closed."""
    seen = _agents_by_day(facts)
    weeks = weeks_covered(seen, facts.client.holidays)
    estimate = Estimate(weeks, weeks, weeks, confidence=facts.confidence, unit="weeks", n=len(seen), n_unit="days")
    if seen.empty:
        return Reading(estimate, "There are no agent states of the contact centre.")
    return Reading(estimate, f"There are {weeks:.1f} weeks of agent states, on {numbered(len(seen), 'day')}.")


def _agents_by_day(facts: Facts) -> pd.DataFrame:
    """Return day and the agents with states, from spells and interval totals."""
    seen = []
    for frame, stamp in ((facts.spells(), "start"), (facts.totals(), "interval_start")):
        if frame is not None:
            seen.append(pd.DataFrame({"day": facts.day(frame[stamp]).to_numpy(), "agent": frame["agent"].to_numpy()}))
    if not seen:
        return pd.DataFrame({"day": pd.Series(dtype="datetime64[us]"), "agents": pd.Series(dtype="int64")})
    return pd.concat(seen).groupby("day", as_index=False).agg(agents=("agent", "nunique"))


def weeks_covered(seen: pd.DataFrame, holidays: Sequence[dt.date]) -> float:
    """Return how many weeks a row of days amounts to.

    Parameters
    ----------
    seen
        day (naive midnight), agents with states that day.
    holidays
        Days on which the client is closed; they count as seen in weeks that have any states.

    Notes
    -----
    A weekday belongs to the client's week if half of the weeks with any states have states on it, and a week has at least five. A week counts by
    the share of its days that are seen. Weeks without any states in between count nothing, so a period with holes is not a long one.

    Examples
    --------
    >>> days = pd.DataFrame({"day": pd.bdate_range("2026-03-02", periods=20), "agents": 30})
    >>> weeks_covered(days, ()), weeks_covered(days.iloc[:1], ()), weeks_covered(days.drop(index=7), [days["day"][7].date()])
    (4.0, 0.2, 4.0)
    """
    if seen.empty:
        return 0.0
    rows = seen.assign(weekday=seen["day"].dt.day_of_week)
    usual = rows.groupby("weekday")["agents"].transform("median")
    rows = rows[rows["agents"] >= 0.5 * usual]
    closed = pd.DataFrame({"day": pd.to_datetime(pd.Series(list(holidays), dtype="object"))})
    rows = pd.concat([rows[["day"]], closed.assign(closed=True)]).drop_duplicates("day")
    rows = rows.assign(
        weekday=rows["day"].dt.day_of_week, week=rows["day"] - pd.to_timedelta(rows["day"].dt.day_of_week, "D")
    )
    open_weeks = rows.loc[rows["closed"].isna(), "week"].unique()
    rows = rows[rows["week"].isin(open_weeks)]
    weekdays = rows.groupby("weekday")["week"].nunique()
    weekdays = weekdays[weekdays >= 0.5 * len(open_weeks)].index
    counted = int(rows["weekday"].isin(weekdays).sum())
    return counted / max(_FEWEST_DAYS_OF_A_WEEK, len(weekdays))


def _known_attendance(facts: Facts) -> bool:
    """Tell whether most paid time of the contact centre is known from elsewhere than the states."""
    rows = facts.baseline.attendance
    rows = rows[rows["population"].eq(CENTRE)]
    known = rows.loc[rows["source"].isin(_INDEPENDENT), "paid_h"].sum()
    return bool(known > 0.5 * rows["paid_h"].sum())


def _hours(facts: Facts) -> tuple[pd.DataFrame, str, float]:
    """Return the contact centre's hours by day (or week), what a row is, and the working days it holds."""
    from analysis.baseline.shares import clusters_of

    days = facts.baseline.days
    days = days[days["population"].eq(CENTRE)].sort_values("day", kind="stable") if not days.empty else days
    if days.empty:
        return days, "days", 1.0
    clusters = clusters_of(days)
    return days, clusters.unit, clusters.working_days


def _unaccounted(facts: Facts) -> Reading:
    """Take the baseline's share of unaccounted time; where it is too rare for the baseline's interval, exact limits."""
    shares = facts.baseline.shares
    row = shares[shares["population"].eq(CENTRE) & shares["share"].eq("unaccounted")]
    if row.empty or (facts.spells() is None and facts.totals() is None):
        return unsaid("there are no agent states to hold against paid time")
    if few := facts.too_few(facts.spells(), facts.totals()):
        return unsaid(few)
    if not _known_attendance(facts):
        return unsaid("paid time is not known from a schedule or payroll, so what the states leave open cannot be seen")
    days, unit, working_days = _hours(facts)
    if row.iloc[0]["status"] == "ok":
        value, low, high = (float(row.iloc[0][name]) for name in ("value", "low", "high"))
        estimate = Estimate(value, low, high, confidence=facts.confidence, n=len(days), n_unit=unit)
    elif days.empty:
        return unsaid(str(row.iloc[0]["reason"]))
    else:
        sums = days.assign(top=days["UNACCOUNTED"], base=days[list(BASE)].sum(axis=1))
        estimate = share(sums, confidence=facts.confidence, n_unit=unit, working_days=working_days)
    if estimate.value is None:
        return Reading(estimate)
    return Reading(estimate, f"{percent(estimate.value)} of paid time less absence and breaks is seen by no state.")


def reason_codes(facts: Facts) -> dict[str, Reading]:
    """Read D2: share of not-ready time under codes that the state map gives no legitimate reason, or that are called other or default."""
    spells, totals = facts.spells(*_NOT_READY), facts.totals()
    if few := (facts.spells() is not None or totals is not None) and facts.too_few(facts.spells(), totals):
        return {"default_codes": unsaid(few)}
    if spells is not None:
        hours = (spells["end"] - spells["start"]).dt.total_seconds() / 3600
        empty = spells["state"].eq("AWAY") | spells["state_raw"].str.contains(_CATCH_ALL, case=False, na=False)
        day = facts.day(spells["start"])
    elif totals is not None and totals["state"].isin(_NOT_READY).any():
        rows = totals[totals["state"].isin(_NOT_READY)]
        hours, empty = rows["us"].astype("float64") / 3.6e9, rows["state"].eq("AWAY")
        day = facts.day(rows["interval_start"])
    else:
        return {"default_codes": unsaid("no states tell why agents were not ready")}
    estimate = share(by_day(day, hours * empty, hours), confidence=facts.confidence)
    if estimate.value is None:
        return {"default_codes": Reading(estimate)}
    text = f"{percent(estimate.value)} of the not-ready time stands under codes that give no reason."
    return {"default_codes": Reading(estimate, text)}


def reconciliation(facts: Facts) -> dict[str, Reading]:
    """Read D3: hours that only the states or only the schedule (or payroll) hold, over all hours that either holds.

    Notes
    -----
    Too much and too little are added, not netted: hours of one agent that are missing do not make up for hours of another that are too many.
    """
    nothing = {"apart": unsaid("no schedule or payroll hours stand beside the agent states")}
    if not _known_attendance(facts) or (facts.spells() is None and facts.totals() is None):
        return nothing
    if few := facts.too_few(facts.spells(), facts.totals()):
        return {"apart": unsaid(few)}
    days, unit, working_days = _hours(facts)
    if days.empty:
        return nothing
    missing, outside = days["UNACCOUNTED"].fillna(0.0), days["OUTSIDE_PAID"].fillna(0.0)
    either = days[list(ATTENDED)].sum(axis=1) + outside
    sums = days.assign(top=missing + outside, base=either)
    estimate = share(sums, confidence=facts.confidence, n_unit=unit, working_days=working_days)
    if estimate.value is None:
        return {"apart": Reading(estimate)}
    total = float(either.sum())
    text = (
        f"{percent(estimate.value)} apart: {percent(float(missing.sum()) / total)} paid but in no state, "
        f"{percent(float(outside.sum()) / total)} in states but not paid."
    )
    return {"apart": Reading(estimate, text)}
