"""What is foreseen for the queues of a client, beside the client's own forecast."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.blending.foreseen import CHECK, ERRORS, FORECAST, client_forecasts, foresee, pool_error
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.measure.forecast.errors import error_cv

CLIENT = Client(name="A", time_zone="UTC", period=Period(start=dt.date(2026, 1, 5), end=dt.date(2026, 3, 15)))
QUEUES = [Queue(name="claims"), Queue(name="mail", channel="email", answer_within_s=86_400)]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """Ten weeks of 16 half hours a day; the client's forecast, made four weeks ahead, knows the rates but for the days' moods."""
    rng = np.random.default_rng(1)
    days = pd.date_range("2026-01-05", "2026-03-13", freq="B", tz="UTC")
    start = np.concatenate([[day + pd.Timedelta(minutes=480 + 30 * k) for k in range(16)] for day in days])
    rate = np.tile(40 + 20 * np.sin(np.arange(16)), len(days))
    mood = np.repeat(np.exp(0.1 * rng.standard_normal(len(days))), 16)
    offered = rng.poisson(rate * mood).astype(float)
    seconds = (rng.gamma(offered + 1e-9, 240.0) * 1e6).astype("int64")
    volumes = pd.DataFrame(
        {
            "queue": "claims",
            "start": start,
            "length_s": 1800.0,
            "offered": offered,
            "answered": offered,
            "handle_us": seconds,
        }
    )
    forecasts = pd.DataFrame(
        {
            "queue": "claims",
            "start": start,
            "length_s": 1800.0,
            "offered": rate,
            "handle_us": (240e6 * rate).astype("int64"),
            "made_at": pd.DatetimeIndex(start) - pd.Timedelta(days=28),
        }
    )
    return {"volumes": typed_table("volumes", volumes), "forecasts": typed_table("forecasts", forecasts)}


@pytest.fixture(scope="module")
def found(tables):
    return foresee(tables, client=CLIENT, queues=QUEUES)


def test_four_weeks_of_every_live_queue_and_both_measures(found):
    assert list(found.forecast) == FORECAST
    assert set(found.forecast["queue"]) == {"claims"}
    sizes = found.forecast.groupby("measure").size()
    assert sizes.to_dict() == {"offered": 4 * 5 * 16, "handle_s": 4 * 5 * 16}
    assert found.forecast["start"].min() == pd.Timestamp("2026-03-16 08:00", tz="UTC")


def test_the_check_sets_the_client_s_forecast_beside_ours(found):
    assert list(found.check) == CHECK
    error = found.check[found.check["measure"] == "offered"].set_index("method")["absolute_error"]
    # it knows the rates, ours must learn them
    assert error["client"] < 1.02 * error["model"]
    assert error["model"] < error["seasonal_naive"]
    assert (found.check["status"] == "ok").all()


def test_the_planted_miss_of_the_client_s_forecast_is_found(found):
    assert list(found.errors) == ERRORS
    source, cv, low, high = pool_error(found, "service")
    assert source == "client"
    assert low < 0.10 < high
    assert 0.07 < cv < 0.14
    ours = found.errors[found.errors["source"] == "model"].set_index("lead")
    assert ours["cv"].between(0.07, 0.16).all()
    assert ours.loc["week", "actual_to_forecast"] == pytest.approx(1, abs=0.06)


def test_only_forecasts_made_early_enough_count(tables):
    late = tables["forecasts"].assign(
        made_at=lambda t: t["start"] - pd.Timedelta(hours=30), offered=lambda t: t["offered"] + 5
    )
    both = {"forecasts": pd.concat([tables["forecasts"], late], ignore_index=True)}
    at = {days: client_forecasts(both, "claims", lead_days=days, zone="UTC", slot_s=1800)["offered"] for days in (1, 7)}
    assert (at[1] - at[7]).to_numpy() == pytest.approx(5.0)


def test_a_short_history_is_said_and_the_frames_keep_their_columns(tables):
    short = {"volumes": tables["volumes"].head(160)}
    found = foresee(short, client=CLIENT, queues=QUEUES)
    assert found.forecast.empty
    assert list(found.forecast) == FORECAST
    assert set(found.check["status"]) == {"insufficient"}
    assert found.check["reason"].str.contains("four weeks").all()
    assert {finding.code for finding in found.findings} == {"no_forecast"}
    assert pool_error(found, "service") is None


def test_no_data_at_all():
    found = foresee({}, client=CLIENT, queues=QUEUES)
    assert (list(found.forecast), list(found.check), list(found.errors)) == (FORECAST, CHECK, ERRORS)
    assert set(found.errors["status"]) == {"insufficient"}


def test_chance_alone_is_no_error():
    rng = np.random.default_rng(2)
    forecast = np.full(600, 30.0)
    found = error_cv(rng.poisson(forecast), forecast, np.repeat(np.arange(40), 15))
    assert found.low == 0
    assert found.value < 0.04
    assert error_cv([1.0], [1.0], [0]).status == "insufficient"
