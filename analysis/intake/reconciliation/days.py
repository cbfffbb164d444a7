"""The calendar of the data: what each source holds on each day, and which days are missing, cut, thin or of another length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analysis.foundation import calendars
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.intake.reconciliation.origins import HOUR_US, Origin
from analysis.intake.reconciliation.result import CALENDAR_COLUMNS
from analysis.intake.words import number_of

# A weekday is one on which the source works when at least this share of such days holds rows.
WORKED_WEEKDAY_SHARE = 0.5
# A day below this share of the median of like weekdays is thin, or cut where it is the first or the last.
THIN_SHARE = 0.5
# Like days, and rows on them, that it takes to call a day thin.
LIKE_DAYS, LIKE_AMOUNT = 3, 20
# ... and it lies so many robust standard deviations below them: where days differ much anyway, a low one says nothing.
LEAST_DEVIATIONS = 3.0
# Tables whose rows belong to a day; others (weekly workload, quality) do not.
DAILY: tuple[str, ...] = (
    *("spells", "state_totals", "contacts", "volumes", "forecasts", "work_items", "observations", "schedule"),
)
# Tables in which a day without rows is a hole, not a rest day of an observer.
CONTINUOUS: tuple[str, ...] = ("spells", "state_totals", "contacts", "volumes", "forecasts", "work_items", "schedule")
# Marks of a day, in the order in which they win.
MARKS: tuple[str, ...] = ("", "outside", "missing", "closed", "holiday", "partial", "thin")


def calendar_of(origins: Sequence[Origin], client: Client, *, minimum: int) -> pd.DataFrame:
    """Return one row per source and day of its period.

    Parameters
    ----------
    origins
        Sources with their rows.
    client
        Holidays.
    minimum
        Smallest group: hours and levels of days with fewer people are left empty.

    Returns
    -------
    pandas.DataFrame
        As `Reconciliation.calendar` describes it. Marks: ``missing`` (no rows on a day on which the source works), ``outside`` (such a day before
        its first or after its last row), ``closed`` (a weekday on which it does not work), ``holiday``, ``partial`` (first or last day, cut),
        ``thin`` (less than half of like days, and further below them than they differ from each other).
    """
    frames = [_calendar(origin, client, minimum) for origin in origins if origin.table in DAILY and len(origin.frame)]
    if not frames:
        return pd.DataFrame(columns=CALENDAR_COLUMNS)
    return pd.concat(frames, ignore_index=True)


def _calendar(origin: Origin, client: Client, minimum: int) -> pd.DataFrame:
    """Return the days of one source."""
    days = calendars.days(origin.period, origin.zone, holidays=client.holidays)
    found = _by_day(origin)
    frame = days.merge(found, on="day", how="left").fillna({"rows": 0, "amount": 0.0, "persons": 0, "hours": 0.0})
    frame = frame.assign(
        source=origin.label,
        table=origin.table,
        length_h=frame["length_us"] / HOUR_US,
        rows=frame["rows"].astype("int64"),
        persons=frame["persons"].astype("int64"),
    )
    frame["like"], frame["spread"] = _like_days(frame)
    frame["mark"] = _marks(frame, origin.table)
    frame["level"] = np.where(frame["like"] > 0, frame["amount"] / frame["like"].where(frame["like"] > 0), np.nan)
    few = (frame["persons"] < minimum) & (frame["rows"] > 0) & (origin.agents is not None)
    frame.loc[few, ["hours", "level"]] = np.nan
    return frame[list(CALENDAR_COLUMNS)]


def _by_day(origin: Origin) -> pd.DataFrame:
    """Return rows, amount, persons and hours by local day; a row counts on the day on which it begins."""
    us, there = origin.moments()
    local = calendars.local_day(us[there], origin.zone)
    rows = pd.DataFrame({"day": local.view("M8[us]"), "us": origin.held_us()[there]})
    weight = (
        origin.frame["offered"]
        if origin.table in ("volumes", "forecasts")
        else pd.Series(1.0, index=origin.frame.index)
    )
    rows["amount"] = weight[there].fillna(0).to_numpy(dtype=float)
    agents = origin.agents
    rows["agent"] = np.nan if agents is None else agents[there].to_numpy()
    grouped = rows.groupby("day")
    return pd.DataFrame(
        {
            "rows": grouped.size(),
            "amount": grouped["amount"].sum(),
            "persons": grouped["agent"].nunique(),
            "hours": grouped["us"].sum() / HOUR_US,
        }
    ).reset_index()


def _like_days(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return for each day the median amount of the other days of its weekday that hold rows and are no holidays, and the spread about it.

    The spread is that of all days about their medians, relative and robust (1.4826 makes the median deviation of a normal distribution its
    standard deviation), and at least that of Poisson counts.
    """
    medians = np.full(len(frame), np.nan)
    amount, weekday = frame["amount"].to_numpy(), frame["weekday"].to_numpy()
    plain = (frame["rows"] > 0).to_numpy() & ~frame["holiday"].to_numpy()
    for day in range(7):
        own = np.flatnonzero((weekday == day) & plain)
        for at in np.flatnonzero(weekday == day) if len(own) >= LIKE_DAYS else ():
            medians[at] = np.median(amount[own[own != at]])
    known = plain & (medians > 0)
    relative = 1.4826 * np.median(np.abs(amount[known] / medians[known] - 1)) if known.any() else 0.0
    spreads = np.maximum(relative * medians, np.sqrt(medians))
    return pd.Series(medians, index=frame.index), pd.Series(spreads, index=frame.index)


def _marks(frame: pd.DataFrame, table: str) -> pd.Series:
    """Return the mark of each day."""
    marks = pd.Series("", index=frame.index, dtype="str")
    held = frame["rows"] > 0
    if not held.any() or table not in CONTINUOUS:
        return marks.mask(~held, "closed")
    first, last = int(held.to_numpy().argmax()), len(held) - 1 - int(held.to_numpy()[::-1].argmax())
    place = np.arange(len(frame))
    within = (place >= first) & (place <= last)
    worked = frame["weekday"].isin(_worked_weekdays(frame[within]))
    marks = marks.mask(~held & ~worked, "closed")
    marks = marks.mask(~held & worked, "missing").mask(~held & worked & ~within, "outside")
    marks = marks.mask(~held & frame["holiday"], "holiday")
    bound = np.minimum(THIN_SHARE * frame["like"], frame["like"] - LEAST_DEVIATIONS * frame["spread"])
    thin = held & (frame["amount"] < bound) & (frame["like"] >= LIKE_AMOUNT) & ~frame["holiday"]
    edge = pd.Series(np.isin(place, (first, last)), index=frame.index)
    return marks.mask(thin & edge, "partial").mask(thin & ~edge, "thin")


def _worked_weekdays(frame: pd.DataFrame) -> Collection[int]:
    """Return the weekdays on which the source works, as its own days show; Monday to Friday where it shows too few."""
    plain = frame[~frame["holiday"]]
    share = (plain["rows"] > 0).groupby(plain["weekday"]).mean()
    found = {int(day) for day in share.index[share >= WORKED_WEEKDAY_SHARE]}
    unseen = set(range(5)) - {int(day) for day in share.index}
    return found | unseen


def calendar_findings(calendar: pd.DataFrame, client: Client) -> list[Finding]:
    """Return what the calendar shows that the client must be asked or the reader must know."""
    found = []
    for source, days in calendar.groupby("source", sort=False):
        for code, mark, words in _STORIES:
            hit = days[days["mark"] == mark]
            if len(hit):
                found.append(Finding(code, "flag", str(source), words(hit, days), int(hit["rows"].sum()) or None))
        busy = days[days["day"].dt.date.isin(client.holidays) & (days["level"] >= THIN_SHARE)]
        if len(busy):
            found.append(
                Finding(
                    "busy_holidays",
                    "flag",
                    str(source),
                    f"{number_of(len(busy), 'holiday')} on which it holds as much as on other days ({_listed(busy)}). Ask whether the client is closed on them.",
                    int(busy["rows"].sum()),
                )
            )
    return found


def _missing(hit: pd.DataFrame, days: pd.DataFrame) -> str:
    worked = int((days["rows"] > 0).sum()) + len(hit)
    return (
        f"{number_of(len(hit), 'day')} without a row, of {worked} on which it works ({_listed(hit)}). They count as not seen, never as "
        "zero. Ask whether the client was closed (holidays) or the export has a hole."
    )


def _outside(hit: pd.DataFrame, days: pd.DataFrame) -> str:
    held = days.loc[days["rows"] > 0, "day"]
    return (
        f"its rows run from {held.min():%Y-%m-%d} to {held.max():%Y-%m-%d}: {number_of(len(hit), 'day')} of the period on which it would work "
        "lie outside. Ask for them, or set the period of this source."
    )


def _partial(hit: pd.DataFrame, days: pd.DataFrame) -> str:
    return (
        f"{_listed(hit)} {'holds' if len(hit) == 1 else 'hold'} less than half of like days, at the edge of the export: most likely cut within the day. "
        "End the period before such a day, or ask for whole days."
    )


def _thin(hit: pd.DataFrame, days: pd.DataFrame) -> str:
    return (
        f"{number_of(len(hit), 'day')} with less than half of what like weekdays hold ({_listed(hit)}). "
        "Ask what happened: an outage, a strike, or a hole in the export."
    )


_STORIES = (
    ("missing_days", "missing", _missing),
    ("period_not_covered", "outside", _outside),
    ("partial_days", "partial", _partial),
    ("thin_days", "thin", _thin),
)


def _listed(hit: pd.DataFrame, most: int = 4) -> str:
    """Return dates in words, the first few by name."""
    names = [f"{day:%Y-%m-%d}" for day in hit["day"].head(most)]
    return ", ".join(names) + (f" and {len(hit) - most} more" if len(hit) > most else "")


def clock_changes(calendar: pd.DataFrame) -> list[dt.date]:
    """Return the days in the calendar that are not 24 hours long."""
    odd = calendar.loc[calendar["length_h"] != 24, "day"]
    return sorted({day.date() for day in odd})
