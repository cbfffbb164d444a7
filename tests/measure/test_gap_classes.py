"""Gaps by hand, by property, and on a public bank's calls.

Reference figures of February 1999 and of the Dutch loan log: computed independently with plain numpy (docs/data.md lists the rules).
"""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.intervals import union
from analysis.measure.gap_classes import GAP_CLASSES, classify, sensitivity, spans, survival, waiting_us


def at(minute, day="2026-03-02"):
    return pd.Timestamp(day + " 08:00", tz="UTC").as_unit("us") + pd.Timedelta(minutes=minute)


def records(*triples):
    frame = pd.DataFrame([(a, at(s), at(e)) for a, s, e in triples], columns=["agent", "start", "end"])
    return frame.astype({"start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]"})


def test_union_span_and_gaps_log01():
    """LOG01 (computed by hand) without its break: busy 286 of a span of 480, plain sum 293."""
    events = [
        [0, 20],
        [15, 40],
        [40, 55],
        [70, 95],
        [90, 92],
        [120, 170],
        [210, 240],
        [300, 330],
        [330, 361],
        [400, 440],
        [455, 480],
    ]
    found = spans(records(*[("a", *event) for event in events]), zone="UTC")
    day = found.days.iloc[0]
    assert (day["records"], day["work_us"] / 60e6, day["sum_us"] / 60e6, day["span_us"] / 60e6) == (11, 286, 293, 480)
    assert (found.gaps["gap_us"] / 60e6).tolist() == [15, 25, 40, 60, 39, 15]


def test_a_day_needs_enough_records_and_begins_at_local_midnight():
    calls = records(("a", 0, 5), ("a", 10, 15), ("b", 0, 5), ("c", 0, 17 * 60), ("c", 17 * 60, 18 * 60))
    found = spans(calls, zone="UTC", least=2)
    assert found.days["agent"].tolist() == ["a"]
    assert found.left_out == 1
    assert spans(calls, zone={"a": "UTC", "b": "UTC", "c": "America/Los_Angeles"}).left_out == 0


def test_classes_include_their_upper_limit():
    lengths = [60, 60.5, 300, 900, 1800, 3600, 3600.5]
    gaps = pd.DataFrame({"gap_us": [int(1e6 * s) for s in lengths]})
    found = classify(gaps)
    assert found["gaps"].tolist() == [1, 2, 1, 1, 1, 1]
    assert found["hours"].sum() == pytest.approx(sum(lengths) / 3600)
    assert found["share_of_gap_time"].sum() == pytest.approx(1)
    assert found["contact_waiting_h"].isna().all()


def test_no_gaps_no_share():
    found = classify(pd.DataFrame({"gap_us": pd.Series(dtype="int64")}))
    assert found["hours"].sum() == 0
    assert found["share_of_gap_time"].isna().all()


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 20)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 30)), min_size=1, max_size=8),
)
def test_waiting_equals_counting_minutes(gaps, waits):
    stretch = [
        pd.DataFrame({"start": [at(s) for s, _ in rows], "end": [at(s + d) for s, d in rows]}) for rows in (gaps, waits)
    ]
    waited = {minute for s, d in waits for minute in range(s, s + d)}
    expected = [60e6 * len(waited & set(range(s, s + d))) for s, d in gaps]
    assert waiting_us(*stretch).tolist() == expected


def test_sensitivity_leaves_out_longer_gaps_only():
    found = spans(records(("a", 0, 10), ("a", 70, 80), ("a", 141, 150)), zone="UTC")
    table = sensitivity(found).set_index("label")
    assert table.loc["all gaps", "share"] == pytest.approx(29 / 150)
    assert table.loc["without gaps > 60 min", "span_h"] == pytest.approx((150 - 61) / 60)
    assert table.loc["without gaps > 30 min", "share"] == pytest.approx(1)
    assert table["longest_gap_s"].isna().tolist() == [True] + [False] * 5


def test_survival_of_two_lengths():
    days = pd.date_range("2026-03-02", periods=8)
    gaps = pd.DataFrame({"day": np.repeat(days, 4), "gap_us": [int(30e6), int(30e6), int(60e6), int(120e6)] * 8})
    found = survival(gaps, seed=1, lengths_s=[20, 30, 60]).set_index("length_s")
    assert found["share_of_time_longer"].tolist() == pytest.approx([1.0, 0.75, 0.5])
    assert found.loc[60, ["low", "high"]].tolist() == pytest.approx([0.5, 0.5])
    short = survival(gaps[gaps["day"] < days[5]], seed=1, lengths_s=[30])
    assert short["share_of_time_longer"].iloc[0] == pytest.approx(0.75)
    assert short[["low", "high"]].isna().all(axis=None)


def bank(folder):
    """Return the handled calls of February 1999 and every wait in the queue."""
    with gzip.open(folder / "contact-centre" / "anonymous_bank_1999-02_calls.txt.gz", "rt", encoding="utf-8") as file:
        rows = pd.read_csv(file, sep="\t", dtype="str").apply(lambda column: column.str.strip())
    date = pd.to_datetime(rows["date"], format="%y%m%d")
    stamp = {
        name: (date + pd.to_timedelta(rows[name])).dt.tz_localize("UTC").astype("datetime64[us, UTC]")
        for name in ("ser_start", "ser_exit", "q_start", "q_exit")
    }
    handled = rows["outcome"].eq("AGENT") & rows["server"].ne("NO_SERVER")
    calls = pd.DataFrame({"agent": rows["server"], "start": stamp["ser_start"], "end": stamp["ser_exit"]})[handled]
    waits = pd.DataFrame({"start": stamp["q_start"], "end": stamp["q_exit"]})[rows["q_time"].astype(int) > 0]
    return calls, waits


@pytest.mark.real_data
def test_february_1999(real_data):
    calls, waits = bank(real_data)
    assert len(calls) == 26_671
    forward = calls[calls["end"] >= calls["start"]]
    assert len(calls) - len(forward) == 16
    found = spans(forward, zone="UTC", least=10)
    assert len(found.days) == 361
    hours = found.days[["work_us", "span_us", "sum_us"]].sum() / 3.6e9
    assert hours.round(1).tolist() == [1305.2, 3165.7, 1316.3]
    classes = classify(found.gaps, waits=waits)
    assert classes["hours"].round(1).tolist() == [67.7, 271.1, 379.6, 246.8, 151.3, 744.0]
    assert classes["gaps"].iloc[-1] == 116
    table = sensitivity(found).set_index("label")["share"]
    assert table.loc[["all gaps", "without gaps > 60 min"]].round(3).tolist() == [0.412, 0.539]
    short = classes.iloc[:-1]
    assert short["contact_waiting_h"].sum() / short["hours"].sum() == pytest.approx(0.29, abs=0.005)
    assert classes["contact_waiting_h"].iloc[0] / classes["hours"].iloc[0] == pytest.approx(0.53, abs=0.005)


@pytest.mark.real_data
def test_february_1999_without_stamps_that_did_not_happen(real_data):
    """Fifty answered calls are stamped 0:00:00, "did not happen" in this log, and five began after midnight under the date of the day before.

    Taken as they stand they make 51 of the 116 gaps over an hour.
    """
    calls, _ = bank(real_data)
    night = calls["start"].dt.hour < 6
    assert (calls["start"] == calls["start"].dt.normalize()).sum() == 50
    assert night.sum() == 55
    found = spans(calls[(calls["end"] >= calls["start"]) & ~night], zone="UTC", least=10)
    assert (found.gaps["gap_us"] > 3.6e9).sum() == 65
    table = sensitivity(found).set_index("label")["share"]
    assert table.loc[["all gaps", "without gaps > 60 min"]].round(3).tolist() == [0.516, 0.539]


@pytest.mark.real_data
def test_loan_log_2012(real_data):
    rows = pd.read_csv(real_data / "event-logs" / "bpic2012_w_start_end.csv.gz")
    columns = {name.lower(): name for name in rows.columns}
    agent, start, end = (columns[key] for key in ("resource", "start_time", "end_time"))
    rows = rows[rows[agent].notna()]
    items = pd.DataFrame({"agent": rows[agent].astype("str")})
    for name, column in (("start", start), ("end", end)):
        stamps = pd.to_datetime(rows[column], format="ISO8601", utc=True)
        items[name] = stamps.astype("datetime64[us, UTC]")
    assert (items["end"] - items["start"]).dt.total_seconds().sum() / 3600 == pytest.approx(10_876, abs=0.5)
    merged = union(items)
    assert (merged["end"] - merged["start"]).dt.total_seconds().sum() / 3600 == pytest.approx(9_720, abs=0.5)
    found = spans(items, zone="UTC", least=5)
    assert len(found.days) == 2_070
    assert found.days["work_us"].sum() / 3.6e9 == pytest.approx(5_494, abs=0.5)
    assert found.days["span_us"].sum() / 3.6e9 == pytest.approx(11_510, abs=0.5)


def test_the_classes_cover_everything():
    assert [limit for _, limit in GAP_CLASSES] == sorted(limit for _, limit in GAP_CLASSES)
    assert GAP_CLASSES[-1][1] == float("inf")
