"""What the coming weeks will bring to each live queue, how such forecasts did, and how far a pool's forecasts miss beyond chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.blending.settings import BlendingSettings
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.forecast.check import RollingCheck, rolling_check
from analysis.measure.forecast.errors import error_cv
from analysis.measure.forecast.history import read_history
from analysis.measure.forecast.slots import Forecast, Measure, expected, forecast_slots
from analysis.measure.load import contact_slots, live_queues, local_slots

FORECAST = [
    "pool",
    "queue",
    "start",
    "weekday",
    "slot_of_day_s",
    "measure",
    "value",
    "low80",
    "high80",
    "low95",
    "high95",
]
CHECK = [
    *("pool", "queue", "measure", "method", "origins", "absolute_error", "relative_to_model"),
    *("coverage80", "coverage80_worst_hour", "width80", "status", "reason"),
]
ERRORS = [
    *("pool", "source", "lead", "cv", "cv_low", "cv_high", "day_cv", "day_cv_low", "day_cv_high"),
    *("actual_to_forecast", "days", "status", "reason"),
]
METHODS = ("model", "seasonal_naive", "same_slot_mean")
MEASURES: tuple[Measure, ...] = ("offered", "handle_s")
# Days ahead of which a forecast was made, by the word for it.
LEADS = {"day": 1, "week": 7}
_ORIGINS, _DAY_ORIGINS = 8, 20
_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What was forecast and how forecasts did.

    Attributes
    ----------
    forecast
        pool, queue, start (UTC), weekday, slot_of_day_s, measure (offered | handle_s, the mean handling time), value, low80, high80, low95, high95.
    check
        pool, queue, measure, method (model | seasonal_naive | same_slot_mean | client), origins, absolute_error, relative_to_model, coverage80,
        coverage80_worst_hour (of the hour farthest from .80), width80, status, reason.
    errors
        pool, source (model | client), lead (day | week: made at least that long before), cv (coefficient of variation of a half hour's rate about its
        forecast, beyond the chance of single arrivals) with cv_low and cv_high, the same of whole days, actual_to_forecast (contacts that came per contact
        forecast), days, status, reason.
    findings
        What a reader must know.
    """

    forecast: pd.DataFrame
    check: pd.DataFrame
    errors: pd.DataFrame
    findings: tuple[Finding, ...]


def foresee(
    tables: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings | None = None,
    horizon_days: int = 28,
) -> Foreseen:
    """Forecast every live queue, check such forecasts on the client's own past, and measure how far a pool's forecasts miss.

    Parameters
    ----------
    tables
        Canonical tables: volumes or contacts; forecasts where the client gave its own.
    client
        Zone, period, holidays.
    queues
        Queues of the engagement; live ones are forecast.
    settings
        Slot, confidence, seed; None for the defaults.
    horizon_days
        Days after the last of the data.

    Returns
    -------
    Foreseen
        Frames, always with their columns; a queue of which nothing can be said has rows in `check` that say why.
    """
    asked = settings or BlendingSettings()
    slots = contact_slots(tables, queues, client=client, slot_s=asked.slot_s)
    made, checks, findings = [], [], []
    for queue in live_queues(queues):
        mine = _history(slots[slots["queue"].eq(queue.name)], queue)
        for measure in MEASURES:
            ahead = forecast_slots(
                mine,
                horizon_days=horizon_days,
                zone=client.time_zone,
                measure=measure,
                holidays=client.holidays,
                slot_s=asked.slot_s,
                draws=_DRAWS,
                seed=asked.seed,
            )
            made.append(ahead.frame.assign(pool=queue.pool, queue=queue.name, measure=measure))
            checks.append(_checked(mine, ahead, tables, queue, measure, client=client, settings=asked))
            findings += _said(ahead, queue, measure)
    pools = dict.fromkeys(queue.pool for queue in live_queues(queues))
    errors = [_pool_errors(slots, tables, pool, queues, client=client, settings=asked) for pool in pools]
    return Foreseen(
        _stack([one for one in made if len(one)], FORECAST),
        _stack(checks, CHECK),
        _stack(errors, ERRORS),
        tuple(findings),
    )


def _history(slots: pd.DataFrame, queue: Queue) -> pd.DataFrame:
    """Return a queue's history; handling times are again those of a contact where an agent serves several at once."""
    return slots.assign(handle_s=slots["handle_s"] * queue.concurrency)


def _stack(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(frames, ignore_index=True)[list(columns)]


def _said(ahead: Forecast, queue: Queue, measure: Measure) -> list[Finding]:
    """Return a finding where there is no forecast or where days were set aside."""
    what = "contacts" if measure == "offered" else "handling time"
    if ahead.status != "ok":
        return [Finding("no_forecast", "flag", queue.name, f"{what}: no forecast; {'; '.join(ahead.reasons)}.")]
    if measure == "offered" and ahead.notes:
        return [Finding("forecast_limits", "flag", queue.name, f"{what}: {'; '.join(ahead.notes)}.")]
    return []


def _checked(
    history: pd.DataFrame,
    ahead: Forecast,
    tables: Mapping[str, pd.DataFrame],
    queue: Queue,
    measure: Measure,
    *,
    client: Client,
    settings: BlendingSettings,
) -> pd.DataFrame:
    """Return how forecasts a week ahead would have done, beside the simple ones and the client's own."""
    whose: dict[str, Any] = {"pool": queue.pool, "queue": queue.name, "measure": measure}
    found = None
    if ahead.status == "ok":
        found = rolling_check(
            history,
            origins=_ORIGINS,
            zone=client.time_zone,
            measure=measure,
            holidays=client.holidays,
            slot_s=settings.slot_s,
            draws=_DRAWS,
            seed=settings.seed,
        )
    if found is None or found.reasons:
        why = (ahead.reasons if found is None else found.reasons)[0]
        empty = dict.fromkeys(("absolute_error", "relative_to_model", *CHECK[7:10]), np.nan)
        return pd.DataFrame(
            [
                {**whose, "method": method, "origins": 0, **empty, "status": "insufficient", "reason": why}
                for method in METHODS
            ]
        )
    rows = found.errors.assign(**whose, origins=len(found.origins), status="ok", reason="")
    rows["coverage80_worst_hour"] = np.where(rows["method"].eq("model"), _worst_hour(found), np.nan)
    own = _client_error(found, tables, queue, measure, client=client, settings=settings)
    return pd.concat([rows, own], ignore_index=True) if own is not None else rows


def _worst_hour(found: RollingCheck) -> float:
    covered = found.by_hour["coverage80"].to_numpy(float)
    return float(covered[np.argmax(np.abs(covered - 0.80))])


def client_forecasts(
    tables: Mapping[str, pd.DataFrame], queue: str, *, lead_days: int, zone: str, slot_s: int
) -> pd.DataFrame:
    """Return the client's last forecast of a queue made at least so many days ahead: day, slot_of_day_s, offered, handle_s (mean [s]).

    A forecast that does not say when it was made counts for every lead.
    """
    columns = ["day", "slot_of_day_s", "offered", "handle_s"]
    forecasts = tables.get("forecasts")
    mine = None if forecasts is None else forecasts[forecasts["queue"].eq(queue)]
    if mine is None or mine.empty or mine["length_s"].max() > slot_s:
        return pd.DataFrame(columns=columns)
    ahead = mine["start"] - mine["made_at"] >= pd.Timedelta(days=lead_days)
    mine = mine[ahead | mine["made_at"].isna()].sort_values("made_at", kind="stable", na_position="first")
    last = mine.drop_duplicates("start", keep="last")
    placed = local_slots(last["start"], zone, slot_s).assign(
        offered=last["offered"], handle=last["handle_us"].astype("float64") / 1e6
    )
    sums = placed.groupby(["day", "slot_of_day_s"], as_index=False)[["offered", "handle"]].sum(min_count=1)
    return sums.assign(handle_s=sums["handle"] / sums["offered"].where(sums["offered"].gt(0)))[columns]


def _client_error(
    found: RollingCheck,
    tables: Mapping[str, pd.DataFrame],
    queue: Queue,
    measure: Measure,
    *,
    client: Client,
    settings: BlendingSettings,
) -> pd.DataFrame | None:
    """Return the error of the client's own forecast, made at least a day ahead, on the slots of the check; None without one."""
    own = client_forecasts(tables, queue.name, lead_days=1, zone=client.time_zone, slot_s=settings.slot_s)
    rows = found.rows.merge(own, on=["day", "slot_of_day_s"], how="inner").dropna(subset=[measure])
    if rows.empty:
        return None
    error, of_model = (float((rows["actual"] - rows[name]).abs().mean()) for name in (measure, "value"))
    return pd.DataFrame(
        [
            {
                "pool": queue.pool,
                "queue": queue.name,
                "measure": measure,
                "method": "client",
                "origins": len(found.origins),
                "absolute_error": error,
                "relative_to_model": error / of_model if of_model > 0 else np.nan,
                **dict.fromkeys(CHECK[7:10], np.nan),
                "status": "ok",
                "reason": "",
            }
        ]
    )


def _pool_errors(
    slots: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    pool: str,
    queues: Sequence[Queue],
    *,
    client: Client,
    settings: BlendingSettings,
) -> pd.DataFrame:
    """Return the errors of the pool's forecasts, ours and the client's, a day and a week ahead."""
    mine = slots[slots["pool"].eq(pool)]
    came = mine.groupby(["day", "slot_of_day_s"], as_index=False)["offered"].sum()
    names = [queue.name for queue in live_queues(queues) if queue.pool == pool]
    rows = []
    for lead, days in LEADS.items():
        ours = _our_forecasts(came, days, client=client, slot_s=settings.slot_s)
        rows.append(_error_row(came, ours, whose={"pool": pool, "source": "model", "lead": lead}, settings=settings))
        parts = [
            client_forecasts(tables, name, lead_days=days, zone=client.time_zone, slot_s=settings.slot_s)
            for name in names
        ]
        # a pool's forecast is the sum over its queues, where all of them have one
        if parts and all(len(part) for part in parts):
            both = pd.concat(parts, ignore_index=True).groupby(["day", "slot_of_day_s"])["offered"]
            own = both.sum()[both.size().eq(len(parts))].rename("value").reset_index()
            rows.append(
                _error_row(came, own, whose={"pool": pool, "source": "client", "lead": lead}, settings=settings)
            )
    return pd.DataFrame(rows, columns=ERRORS)


def _our_forecasts(came: pd.DataFrame, lead_days: int, *, client: Client, slot_s: int) -> pd.DataFrame:
    """Return what would have been forecast for the last days of the data, only with what was known then."""
    history = read_history(came, zone=client.time_zone, slot_s=slot_s, holidays=client.holidays)
    if not len(history.days):
        return pd.DataFrame(columns=["day", "slot_of_day_s", "value"])
    last = history.days[-1]
    firsts = (
        history.days[-_DAY_ORIGINS:]
        if lead_days == 1
        else np.array([last - 6 - 7 * back for back in reversed(range(_ORIGINS))])
    )
    made = [
        expected(history, first, lead_days, zone=client.time_zone, holidays=client.holidays)[
            ["day", "slot_of_day_s", "value"]
        ]
        for first in firsts
    ]
    made = [one for one in made if len(one)]
    return _stack(made, ["day", "slot_of_day_s", "value"])


def _error_row(
    came: pd.DataFrame, forecast: pd.DataFrame, *, whose: Mapping[str, str], settings: BlendingSettings
) -> dict[str, Any]:
    rows = came.merge(forecast, on=["day", "slot_of_day_s"], how="inner").dropna(subset=["offered", "value"])
    days = rows.groupby("day", as_index=False)[["offered", "value"]].sum()
    slot, whole = (
        error_cv(frame["offered"], frame["value"], frame["day"], confidence=settings.confidence)
        for frame in (rows, days)
    )
    total = float(days["value"].sum())
    return {
        **whose,
        **_bounds("cv", slot),
        **_bounds("day_cv", whole),
        "actual_to_forecast": float(days["offered"].sum()) / total if total > 0 else np.nan,
        "days": len(days),
        "status": slot.status,
        "reason": "; ".join(slot.reasons),
    }


def _bounds(name: str, found: Estimate) -> dict[str, float]:
    numbers = {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return {key: np.nan if number is None else number for key, number in numbers.items()}


def pool_error(foreseen: Foreseen, pool: str, *, lead: str = "week") -> tuple[str, float, float, float] | None:
    """Return whose forecast a pool plans by and how far it misses: source, cv of whole days, low, high; the client's own before ours; None if unknown."""
    rows = foreseen.errors
    for source in ("client", "model"):
        mine = rows[rows["pool"].eq(pool) & rows["source"].eq(source) & rows["lead"].eq(lead) & rows["status"].eq("ok")]
        if len(mine):
            one = mine.iloc[0]
            return source, float(one["day_cv"]), float(one["day_cv_low"]), float(one["day_cv_high"])
    return None
