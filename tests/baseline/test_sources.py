"""The sources of non-work side by side: which one is the headline, and why the others are not."""

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS
from analysis.baseline.observed import looks_at
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.sources import observed_person_days, sources_of
from analysis.foundation.estimate import Estimate
from tests.baseline.factory import CLIENT, at, client_tables, table, workdays

AGENTS = tuple(f"p{number:02d}" for number in range(15))
BOUND = Estimate.missing("time seen in no system is not idleness", low=0.1, high=0.6)


def measured(
    *, design="random_person_days", chosen=0.3, population="back_office", named=True, more=None, doubled=(), **sources
):
    """Return the sources of 15 people over 10 days: items until 300 of 480 minutes, looks on a random part of the person-days."""
    rng = np.random.default_rng(5)
    true = rng.uniform(0.1, 0.4, (10, 15))
    pieces = lambda n, k: [(0, int(480 * (0.9 - true[n, k])), "ITEM_WORK"), (470, 480, "AWAY")]  # noqa: E731
    tables = client_tables(10, pieces, agents=AGENTS, population=population)
    looks = [
        {
            "round": f"{day}-{k}-{look}",
            "observed_at": at(day, int(rng.integers(0, 480))),
            "agent": agent if named else None,
            "team": "one",
            "state": "AWAY" if rng.random() < true[n, k] else "ITEM_WORK",
        }
        for n, day in enumerate(workdays(10))
        for k, agent in enumerate(AGENTS)
        if rng.random() < chosen
        for look in range(20)
    ]
    tables["observations"] = table("observations", [*looks, *doubled])
    tables |= more or {}
    settings = BaselineSettings(observation_design=design)
    people = people_of(tables, population, client=CLIENT, queues=(), settings=settings)
    idle = ("IDLE", "AWAY") if population == "back_office" else ("AWAY",)
    seen = looks_at(tables, people, idle=idle, client=CLIENT, settings=settings)
    given = {"bound": BOUND, "looks": seen, "shares": {}, **sources}
    return sources_of(tables, people, client=CLIENT, settings=settings, **given)


def row(found, name):
    return found.frame.set_index("source").loc[name]


@pytest.mark.parametrize("population", ["back_office", "contact_centre"])
def test_logs_and_looks_joined_stand_first_when_the_person_days_were_random(population):
    found = measured(population=population)
    assert tuple(found.frame.columns) == COLUMNS["sources"]
    assert found.frame.loc[found.frame["headline"], "source"].tolist() == ["two_phase"]
    joined = row(found, "two_phase")
    assert joined["low"] < 0.25 < joined["high"]
    assert found.headline.value == joined["value"]
    alone = row(found, "work_sampling")
    assert joined["high"] - joined["low"] < alone["high"] - alone["low"]
    assert (found.frame["why"].str.len() > 20).all()


def test_without_a_stated_design_the_looks_stand_alone_and_the_setting_is_named():
    found = measured(design="unknown")
    assert found.frame.loc[found.frame["headline"], "source"].tolist() == ["work_sampling"]
    assert "observation_design" in row(found, "two_phase")["reason"]
    assert [one.code for one in found.findings] == ["observation_design"]


def test_looks_that_name_nobody_cannot_be_joined():
    found = measured(named=False)
    assert found.frame.loc[found.frame["headline"], "source"].tolist() == ["work_sampling"]
    assert "names a person" in row(found, "two_phase")["reason"]


def test_nothing_but_logs_is_a_bound_without_a_value():
    found = measured(looks=None)
    assert found.headline == BOUND
    assert found.frame["source"].tolist() == ["log_bound"]


def test_a_log_that_saw_everything_and_looks_that_contradict_it_are_both_inside():
    found = measured(design="unknown", bound=Estimate(0.05, 0.04, 0.06))
    assert found.frame.loc[found.frame["headline"], "source"].tolist() == ["pooled"]
    assert found.headline.value == 0.05
    assert found.headline.grade == "B"
    assert found.headline.low == 0.04
    assert found.headline.high == row(found, "work_sampling")["high"]
    assert "sources_disagree" in [one.code for one in found.findings]


def test_pace_ranges_and_own_estimates_stand_beside_and_never_in_it():
    weeks = [
        {
            "agent": agent,
            "period_start": "2026-03-02",
            "period_end": "2026-03-08",
            "paid_h": 40.0,
            "non_work_h": 2.0 + number % 4,
        }
        for number, agent in enumerate(AGENTS)
    ]
    reports = pd.DataFrame(weeks).assign(period_start=pd.Timestamp("2026-03-02"), period_end=pd.Timestamp("2026-03-08"))
    alone = measured()
    found = measured(
        gap_range=Estimate.missing("it moves with the family", low=0.3, high=0.6),
        earned=Estimate(0.8, 0.75, 0.85),
        more={"self_reports": table("self_reports", reports)},
    )
    assert found.headline == alone.headline
    assert set(found.frame["source"]) == {
        "two_phase",
        "work_sampling",
        "log_bound",
        "gap_range",
        "earned_hours",
        "self_reports",
    }
    assert row(found, "self_reports")["grade"] == "C"
    assert row(found, "self_reports")["why"].startswith("never the headline")


def test_what_reference_looks_say_of_the_observers_corrects_both_figures_that_use_their_looks():
    rng = np.random.default_rng(1)
    doubled = [
        {
            "round": f"double-{number}",
            "observed_at": at(workdays(10)[number % 10], 100 + number),
            "agent": AGENTS[number % 15],
            "state": "AWAY" if (number % 2 == 0) != (not reference and rng.random() < 0.15) else "ITEM_WORK",
            "reference": reference,
        }
        for number in range(120)
        for reference in (False, True)
    ]
    plain = measured(doubled=[look for look in doubled if not look["reference"]])
    corrected = measured(doubled=doubled)
    assert corrected.headline.value < plain.headline.value - 0.02
    assert corrected.headline.high - corrected.headline.low > plain.headline.high - plain.headline.low
    assert corrected.frame.loc[corrected.frame["headline"], "source"].tolist() == ["two_phase"]


def test_looks_of_a_reference_observer_and_looks_at_breaks_are_no_looks():
    tables = client_tables(2, lambda n, k: [(0, 300, "ITEM_WORK")], agents=AGENTS, population="back_office")
    day = workdays(1)[0]
    seen = [("ITEM_WORK", False), ("IDLE", False), ("BREAK", False), ("IDLE", True)]
    rows = [
        {"round": f"r{n}", "observed_at": at(day, 60 * n), "agent": "p00", "state": state, "reference": reference}
        for n, (state, reference) in enumerate(seen)
    ]
    tables["observations"] = table("observations", rows)
    people = people_of(tables, "back_office", client=CLIENT, queues=(), settings=BaselineSettings())
    days, without = observed_person_days(tables, people)
    assert days[["looks", "non_work"]].sum().tolist() == [2, 1]
    assert without == 0
    assert days["x_us"].iloc[0] == 90 * 60 * 1_000_000  # the middle of 180 unaccounted minutes


def test_looks_at_other_hours_than_people_worked_are_weighted_by_the_hours_worked():
    """Two looks at 08:00 found nothing, one at 12:00 found somebody away: half of the hours were like either."""
    pieces = lambda n, k: [(0, 60, "ITEM_WORK"), (240, 300, "ITEM_WORK")]  # noqa: E731
    planned = ((0, 60, "WORK"), (240, 300, "WORK"))
    tables = client_tables(1, pieces, agents=AGENTS, population="back_office", planned=planned)
    day = workdays(1)[0]
    seen = [(10, "ITEM_WORK"), (20, "ITEM_WORK"), (250, "AWAY")]
    looks = [
        {"round": str(minute), "observed_at": at(day, minute), "agent": "p00", "state": word} for minute, word in seen
    ]
    tables["observations"] = table("observations", looks)
    people = people_of(tables, "back_office", client=CLIENT, queues=(), settings=BaselineSettings())
    shares = [observed_person_days(tables, people, zone=zone)[0]["y_share"].dropna().tolist() for zone in (None, "UTC")]
    assert shares == [pytest.approx([1 / 3]), pytest.approx([1 / 2])]
