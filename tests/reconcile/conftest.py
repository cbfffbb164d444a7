"""A desk to read exports at, and origins made by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from analysis.foundation.schema import TABLES, typed_table
from analysis.foundation.settings import Client, Period
from analysis.intake.reconciliation.origins import Origin
from tests.intake.conftest import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return an empty engagement folder."""
    return Desk(tmp_path)


@pytest.fixture
def client() -> Client:
    """Return a client of eight weeks with a holiday and a clock change."""
    return Client(
        name="Test",
        time_zone="Europe/Amsterdam",
        period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26)),
        holidays=(dt.date(2026, 4, 6),),
    )


def origin(
    table: str, frame: pd.DataFrame, *, label: str = "", zone: str = "Europe/Amsterdam", **more: object
) -> Origin:
    """Return a source with these rows of a canonical table."""
    typed = typed_table(table, frame[[name for name in frame.columns if name in TABLES[table]]])
    period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
    fixed = {
        "label": label or f"data/{table}.csv",
        "adapter": "generic",
        "population": "",
        "files": (),
        "period": period,
    }
    return Origin(**{**fixed, "table": table, "zone": zone, "frame": typed, **more})


def utc(text: str) -> pd.Timestamp:
    """Return a moment."""
    return pd.Timestamp(text, tz="UTC")
