"""The baseline of two public data sets, against figures computed independently with plain numpy."""

import datetime as dt
import gzip

import pandas as pd
import pytest

from analysis import estimate_utilization, measure_baseline
from analysis.foundation.estimate import find
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue

pytestmark = pytest.mark.real_data


def bank(folder):
    """Return roster and contacts of February 1999, and the contacts that were offered to people.

    A call that queued was offered `q_time` seconds before its service began; a call that did not queue was offered when it was answered.
    """
    with gzip.open(folder / "contact-centre" / "anonymous_bank_1999-02_calls.txt.gz", "rt", encoding="utf-8") as file:
        rows = pd.read_csv(file, sep="\t", dtype="str").apply(lambda column: column.str.strip())
    date = pd.to_datetime(rows["date"], format="%y%m%d")

    def stamp(name):
        return (date + pd.to_timedelta(rows[name])).dt.tz_localize("UTC").astype("datetime64[us, UTC]")

    agent, wait = rows["outcome"].eq("AGENT"), pd.to_timedelta(rows["q_time"].astype(int), unit="s")
    answered = stamp("ser_start").where(agent)
    left = stamp("q_exit").where(wait > pd.Timedelta(0), stamp("vru_exit"))
    frame = pd.DataFrame(
        {
            "contact": pd.Series(range(len(rows))).astype("str"),
            "queue": "all",
            "offered_at": (answered.fillna(left) - wait).astype("datetime64[us, UTC]"),
            "answered_at": answered,
            "ended_at": stamp("ser_exit").where(agent, left),
            "abandoned": ~agent,
            "agent": rows["server"].where(agent & rows["server"].ne("NO_SERVER")),
        }
    )
    contacts = typed_table("contacts", frame)
    names = sorted(contacts["agent"].dropna().unique())
    roster = typed_table("roster", pd.DataFrame({"agent": names, "population": "contact_centre"}))
    return {"roster": roster, "contacts": contacts}, contacts[rows["outcome"].ne("PHANTOM").to_numpy()]


CLIENT = Client(name="A bank", time_zone="UTC", period=Period(start=dt.date(1999, 2, 1), end=dt.date(1999, 2, 28)))


def test_february_1999(real_data):
    tables, offered = bank(real_data)
    queues = [Queue(name="all")]
    found = measure_baseline(tables, client=CLIENT, queues=queues)
    facts = found.facts.set_index("fact")["value"]
    assert facts["contacts_handled"] == 26_671
    assert facts["records_timed"] == 26_671 - 16  # the end of a call over midnight lies before its start
    assert facts["agent_days"] == 361
    assert facts[["work_h", "span_h", "sum_of_durations_h"]].round(1).tolist() == [1305.2, 3165.7, 1316.3]
    assert facts["work_over_span"] == pytest.approx(0.4123, abs=5e-5)
    assert facts["queued_share"] == pytest.approx(0.549, abs=5e-4)
    assert facts["mean_wait_of_queued_s"] == pytest.approx(76.1, abs=0.05)
    gaps = found.gaps
    assert gaps["hours"].round(1).tolist() == [67.7, 271.1, 379.6, 246.8, 151.3, 744.0]
    waiting = gaps["contact_waiting_h"]
    assert waiting[:5].sum() / gaps["hours"][:5].sum() == pytest.approx(0.29, abs=0.005)
    # the log stamps the end of a queue a second after the start of service; here the wait ends with service
    assert waiting[0] / gaps["hours"][0] == pytest.approx(0.53, abs=0.01)
    shares = found.sensitivity.set_index("label")["share"]
    assert shares[["all gaps", "without gaps > 60 min"]].round(3).tolist() == [0.412, 0.539]
    # offered: all calls but PHANTOM (33,066); in time: answered by an agent, with or without a name, within 20 s in the queue
    wait = (offered["answered_at"] - offered["offered_at"]).dt.total_seconds()
    assert (wait <= 20).sum() / len(offered) == pytest.approx(0.490, abs=5e-4)


def test_february_1999_has_no_shares_of_paid_time(real_data):
    tables, _ = bank(real_data)
    queues = [Queue(name="all")]
    found = measure_baseline(tables, client=CLIENT, queues=queues)
    for share in ("utilization", "support_share", "idle_share", "away_share", "unaccounted_share", "non_work_share"):
        estimate = find(found.quantities, f"baseline.{share}", population="contact_centre")
        assert (estimate.value, estimate.low, estimate.status) == (None, None, "insufficient")
    assert "no shifts" in repr(found)
    assert found.ladder.empty
    achievable = estimate_utilization(tables, found, client=CLIENT, queues=queues)
    assert "cannot be said" in repr(achievable)
    assert "no shifts" in repr(achievable)
    assert achievable.achievable["value"].isna().all()


def test_loan_log_2012(real_data):
    """Work items with start and end; rows without a resource belong to nobody."""
    rows = pd.read_csv(real_data / "event-logs" / "bpic2012_w_start_end.csv.gz")
    stamps = {
        name: pd.to_datetime(rows[f"{name}_time"], format="ISO8601", utc=True).astype("datetime64[us, UTC]")
        for name in ("start", "end")
    }
    person = rows["resource"].map(lambda number: f"{number:.0f}", na_action="ignore")
    frame = pd.DataFrame(
        {
            "item": rows["case_id"].astype("str"),
            "type": rows["activity"],
            "agent": person,
            "started": stamps["start"],
            "ended": stamps["end"],
        }
    )
    items = typed_table("work_items", frame)
    roster = typed_table(
        "roster", pd.DataFrame({"agent": sorted(items["agent"].dropna().unique()), "population": "back_office"})
    )
    client = Client(name="A bank", time_zone="UTC", period=Period(start=dt.date(2011, 10, 1), end=dt.date(2012, 3, 14)))
    found = measure_baseline({"roster": roster, "work_items": items}, client=client)
    facts = found.facts.set_index("fact")["value"]
    assert facts["records_timed"] == 52_967
    assert facts[["gross_h", "merged_h", "work_h", "span_h"]].round().tolist() == [10_876, 9_720, 5_494, 11_510]
    assert facts["agent_days"] == 2_070
    assert facts["work_over_span"] == pytest.approx(0.477, abs=5e-4)
    assert "cannot be measured" in found.sentences["back_office"]
