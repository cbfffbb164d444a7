"""What the gaps of two public logs leave open: nearly everything, and the range says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import gap_mixture
from analysis.baseline.evidence import handled_contacts
from analysis.foundation.settings import Queue
from analysis.measure.availability import clip_to_availability, learn_availability
from analysis.measure.gap_classes import spans, waiting_us
from analysis.measure.load import queue_waits
from tests.baseline.test_public_data import bank

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def loan_gaps(real_data):
    """Gaps between work steps of the loan log of 2012, inside the hours at which each person usually works."""
    rows = pd.read_csv(real_data / "event-logs" / "bpic2012_w_start_end.csv.gz").dropna(subset=["resource"])
    stamps = {
        name: pd.to_datetime(rows[f"{name}_time"], format="ISO8601", utc=True).astype("datetime64[us, UTC]")
        for name in ("start", "end")
    }
    steps = pd.DataFrame({"agent": rows["resource"].astype(int).astype("str"), **stamps})
    found = spans(steps, zone="Europe/Amsterdam", least=5)
    return clip_to_availability(found.gaps, learn_availability(steps, zone="Europe/Amsterdam"))


def test_loan_log_2012(loan_gaps):
    found = gap_mixture.fit_gaps(loan_gaps["gap_us"] / 1e6, day=loan_gaps["day"])
    print(found)
    assert found.low == 0
    assert found.high > 0.5
    assert "this log cannot tell" in repr(found)


def test_loan_log_2012_with_a_stated_longest_work(loan_gaps):
    """If nothing unlogged lasts over a quarter of an hour: time above that, a fact of the log, less its sampling error."""
    seconds = loan_gaps["gap_us"].to_numpy() / 1e6
    found = gap_mixture.fit_gaps(seconds, day=loan_gaps["day"], longest_unlogged_s=900)
    print(found)
    above = np.maximum(seconds - 900, 0).sum() / seconds.sum()
    assert above - 0.05 < found.low < above < found.high


def test_february_1999(real_data):
    """Contacts without idle states: time in which a contact waits is no waiting for contacts, of the rest nothing can be said."""
    tables, _ = bank(real_data)
    gaps = spans(handled_contacts(tables)[["agent", "start", "end"]], zone="UTC", least=10).gaps
    waited = waiting_us(gaps, queue_waits(tables, [Queue(name="all")]))
    left = np.maximum(gaps["gap_us"].to_numpy() - waited, 0) / 1e6
    found = gap_mixture.fit_gaps(left, day=gaps["day"], idle_in_every_gap=True)
    print(found)
    assert (found.low, found.high) == (0, 1)
    assert found.gap_h < gaps["gap_us"].sum() / 3.6e9
