"""The law of idle gaps: where gaps begin and end, published survival, what cutting off does, three routings, and words."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis import queueing
from analysis.foundation.settings import Client, Period, Queue
from analysis.measure.gap_law import COLUMNS, LENGTHS_S, law_of_gaps, measured_gaps, routing_laws
from analysis.measure.gap_spells import Spells
from analysis.measure.gap_survival import Counts, estimates, laws
from analysis.measure.idle import duty_by_slot
from tests.calibration.gap_worlds import Desk, Renewal, pieces_of

START = pd.Timestamp("2026-03-02 08:00", tz="UTC")
CLIENT = Client(name="Acme", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 5, 1)))
QUEUES = (Queue(name="claims", pool="service"),)


def pieces(*rows):
    """Return pieces of agents from (agent, from, to, state), in seconds after eight."""
    frame = pd.DataFrame(rows, columns=["agent", "start", "end", "state"])
    for side in ("start", "end"):
        frame[side] = START + pd.to_timedelta(frame[side], unit="s")
    return frame


def test_where_gaps_begin_and_what_ends_them():
    spells = Spells.of(
        pieces(
            ("a", 0, 100, "IDLE"),  # signed on: a gap, ended by a contact
            ("a", 100, 300, "HANDLING"),
            ("a", 300, 350, "IDLE"),  # a contact rings elsewhere, the gap goes on around it
            ("a", 350, 360, "UNACCOUNTED"),
            ("a", 360, 400, "IDLE"),
            ("a", 400, 420, "UNACCOUNTED"),  # rings here
            ("a", 420, 500, "RESERVED"),
            ("a", 500, 560, "IDLE"),  # cut off by a break
            ("a", 560, 900, "BREAK"),
            ("a", 900, 1000, "IDLE"),  # cut off: a long time that nothing accounts for
            ("a", 1000, 1200, "UNACCOUNTED"),
            ("a", 1200, 1300, "IDLE"),  # no known beginning
            ("a", 1300, 1400, "HANDLING"),
            ("b", 1400, 1450, "IDLE"),  # signs off
            ("b", 2000, 2060, "IDLE"),  # another agent's contact does not end it
            ("c", 2060, 2100, "HANDLING"),
        )
    )
    assert list(zip(spells.from_s, spells.to_s, spells.ended, spells.first, strict=True)) == [
        (0, 100, True, True),
        (0, 50, False, True),
        (60, 100, True, False),
        (0, 60, False, True),
        (0, 100, False, True),
        (0, 50, False, True),
        (0, 60, False, True),
    ]
    assert spells.unknown_start == 1


def test_a_published_survival_curve():
    """Freireich et al., Blood 21 (1963): remission under 6-MP, in weeks, + cut off; the survival as every textbook prints it (Kaplan & Meier)."""
    weeks = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35.0])
    seen = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    many = 12  # copies: ages with fewer than ten left would be left to the last rate
    ages, ended = np.tile(weeks, many), np.tile(seen, many)
    day = np.arange(len(ages)) % 6
    counts = Counts.of(
        (np.zeros(len(ages)), ages), ended, np.ones(len(ages), bool), day=day, kind=np.zeros(len(ages), int)
    )
    found, _ = laws(counts, np.array([5, 6, 7, 10, 13, 16, 22, 23]), without_a_day=False)
    assert found[0] == pytest.approx([1, 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)


def test_stretches_seen_late_count_only_from_then_on():
    """Delayed entry: at risk at age t are those whose stretch spans t; the product by hand."""
    begin, end = np.array([0, 0, 0, 5, 5.0]), np.array([4, 8, 8, 6, 9.0])
    ended = np.array([True, False, True, True, True])
    first = np.array([True, True, True, False, False])
    counts = Counts.of((begin, end), ended, first, day=np.zeros(5, int), kind=np.zeros(5, int))
    assert counts.at_risk[0, 0].tolist() == [3, 3, 3, 3, 2, 4, 3, 3, 1]
    assert counts.ended[0, 0].tolist() == [0, 0, 0, 1, 0, 1, 0, 1, 1]
    assert counts.begun[0, 0] == 3


@pytest.mark.parametrize("cut_off_s", [60.0, 200.0])
def test_shares_of_time_are_those_of_gaps_that_nothing_cuts_off(cut_off_s):
    """Exponential gaps: usable share exp(-r/m), share of time (1 + x/m) exp(-x/m). The lengths seen would say far less."""
    rng = np.random.default_rng(4)
    mean, size = 120.0, 60_000
    gaps, cut = rng.exponential(mean, size), rng.exponential(cut_off_s, size)
    seen = np.minimum(gaps, cut)
    counts = Counts.of(
        (np.zeros(size), seen), gaps < cut, np.ones(size, bool), day=np.arange(size) % 20, kind=np.zeros(size, int)
    )
    x = np.array([30, 60, 240])
    found, unseen = laws(counts, x, without_a_day=False)
    assert found[0] == pytest.approx(np.exp(-x / mean), abs=0.02)
    assert found[1] == pytest.approx((1 + x / mean) * np.exp(-x / mean), abs=0.02)
    assert found[2] == pytest.approx(np.exp(-x / mean), abs=0.02)
    assert unseen < 0.1
    by_lengths_seen = seen[seen > 240].sum() / seen.sum()
    assert found[1, 2] > by_lengths_seen + 0.15


def test_the_interval_takes_days_as_clusters():
    """All of a day alike: as many gaps again on the same days say nothing new, twice the days do."""
    rng = np.random.default_rng(8)

    def width(days, per_day):
        mood = np.exp(0.3 * rng.normal(size=days))
        day = np.repeat(np.arange(days), per_day)
        ages = rng.exponential(100, len(day)) * mood[day]
        counts = Counts.of(
            (np.zeros(len(day)), ages), np.ones(len(day), bool), np.ones(len(day), bool), day=day, kind=0 * day
        )
        found = estimates(counts, np.array([120]), labels=np.arange(days) % 5, confidence=0.95)["usable_share"][0]
        assert found.n == days
        assert found.n_unit == "days"
        return found.high - found.low

    few, more, longer = (np.mean([width(*size) for _ in range(16)]) for size in ((20, 300), (20, 1200), (80, 300)))
    assert more > 0.7 * few
    assert longer < 0.75 * few


def test_one_kind_of_half_hour_gives_the_closed_form():
    load = pd.DataFrame(
        {"weekday": [0], "slot_of_day_s": [32400], "days": [4], "load": [15.2], "load_sd": [0.0], "aht_s": [300.0]}
    )
    duty = pd.DataFrame({"weekday": [0] * 4, "slot_of_day_s": 32400, "agents": 20.0})
    found = routing_laws(load, duty)
    for routing in queueing.ROUTINGS:
        mine, exact = (
            found[found["law"].eq(routing)],
            queueing.idle_gaps(20, arrivals_per_h=182.4, aht_s=300, routing=routing),
        )
        assert mine["survival"].to_numpy() == pytest.approx(exact.survival(LENGTHS_S), rel=1e-9)
        assert mine["share_of_time"].to_numpy() == pytest.approx(exact.share_of_time_longer_than(LENGTHS_S), rel=1e-9)
        assert mine["usable_share"].to_numpy() == pytest.approx(exact.usable_share(LENGTHS_S), rel=1e-9)


def test_half_hours_are_averaged_by_gaps_and_time_by_idle_time():
    cells = {"weekday": [0, 0], "slot_of_day_s": [32400, 34200], "days": [4, 4], "aht_s": [300.0] * 2}
    load = pd.DataFrame(cells | {"load": [15.2, 5.0], "load_sd": [0.0, 0.0]})
    duty = pd.DataFrame({"weekday": 0, "slot_of_day_s": [32400, 34200], "agents": [20.0, 10.0]})
    found = routing_laws(load, duty).query("law == 'longest_idle' and length_s == 120").iloc[0]
    one, other = (queueing.idle_gaps(n, arrivals_per_h=12 * a, aht_s=300) for n, a in ((20, 15.2), (10, 5)))
    gaps, idle = one.gaps_per_h + other.gaps_per_h, one.idle_agents + other.idle_agents
    survival = (one.gaps_per_h * one.survival(120) + other.gaps_per_h * other.survival(120)) / gaps
    usable = (one.idle_agents * one.usable_share(120) + other.idle_agents * other.usable_share(120)) / idle
    assert (found["survival"], found["usable_share"]) == pytest.approx((survival, usable), rel=1e-9)


def test_a_simulated_pool_is_recognised():
    """Calls to the longest idle agent: of the three closed forms the nearest is that one, found from pieces and contacts alone."""
    world = Desk(cv=0.05, days=20)
    frame = pieces_of(world.draw(np.random.default_rng(2))[0])
    handled = frame[frame["state"].eq("HANDLING")]
    contacts = pd.DataFrame(
        {
            "contact": np.arange(len(handled)).astype(str),
            "queue": "claims",
            "agent": handled["agent"].to_numpy(),
            "offered_at": handled["start"].to_numpy(),
            "answered_at": handled["start"].to_numpy(),
            "ended_at": handled["end"].to_numpy(),
            "abandoned": False,
            "deferrable": False,
            "direction": "in",
        }
    ).assign(talk_us=np.nan, hold_us=np.nan, wrap_us=np.nan)
    found = measured_gaps({"contacts": contacts}, QUEUES, client=CLIENT, pieces=frame)
    assert found.nearest == {"service": "longest_idle"}
    assert "nearest to routing by longest idle first" in found.sentences["service"]
    assert list(found.frame.columns) == list(COLUMNS)
    assert set(found.frame["law"]) == {"measured", *queueing.ROUTINGS}
    mine = found.frame[found.frame["law"].eq("measured") & found.frame["survival"].notna()]
    assert (mine["survival_low"] <= mine["survival"]).all()
    assert (mine["survival"] <= mine["survival_high"]).all()
    assert mine["survival"].is_monotonic_decreasing
    assert found.frame[["gaps", "agent_days"]].dtypes.tolist() == ["int64", "int64"]


def world_of(days=10, agents=12, **more):
    frame = pieces_of(Renewal(days=days, **more).draw(np.random.default_rng(1))[0])
    frame = frame[frame["agent"].isin(sorted(frame["agent"].unique())[:agents])]
    return frame, duty_by_slot(frame, pd.Series("service", index=frame["agent"].unique()), zone="UTC")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"agents": 9}, "Only 9 agents of the pool were seen waiting; figures of fewer than 10 people are not shown"),
        ({"days": 5}, "Gaps were seen on 5 days only; an interval needs at least 6"),
    ],
)
def test_what_is_too_little_is_said(shape, words):
    law, why = law_of_gaps(*world_of(**shape), zone="UTC")
    assert law is None
    assert words in why


def test_gaps_that_contacts_hardly_ever_end():
    frame, duty = world_of()
    never = frame[frame["state"].ne("HANDLING")]
    assert law_of_gaps(never, duty, zone="UTC")[1].startswith("Only 0 gaps were ended by a contact")
    rare, _ = world_of(mean_s=3000.0, stretch_h=0.3, days=20)
    law, why = law_of_gaps(rare, duty, zone="UTC")
    assert law is not None
    assert law["survival"].notna().any()
    assert law["share_of_time"].isna().all()
    assert "% of the idle time would lie in gaps longer than any that was seen to its end" in why


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            {"state_totals": pd.DataFrame({"agent": ["a"]})},
            "totals per interval: they say how much agents waited, not in what lengths",
        ),
        ({}, "cannot be told from a log of contacts. Ask for the agents' state log"),
    ],
)
def test_sources_that_hold_no_gaps_say_so(tables, words):
    found = measured_gaps(tables, QUEUES, client=CLIENT)
    assert words in found.sentences["service"]
    assert found.reasons == found.sentences
    assert found.frame.empty
    assert list(found.frame.columns) == list(COLUMNS)
