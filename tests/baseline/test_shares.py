"""The five shares, what has no value, and why: by hand, on clients that fit on a screen."""

import numpy as np
import pandas as pd
import pytest

from analysis import measure_baseline
from analysis.baseline import BaselineSettings
from analysis.baseline.bounds import non_work_bound
from analysis.baseline.evidence import day_hours
from analysis.baseline.shares import clusters_of, share_of
from analysis.foundation.clusters import ratio
from analysis.foundation.estimate import find
from analysis.foundation.schema import BUCKETS, DataProblem
from analysis.measure.crosswalk import BASE
from tests.baseline.factory import AGENTS, CLIENT, QUEUE, at, client_tables, roster, table, workdays

CC = {"population": "contact_centre"}
BO = {"population": "back_office"}


def usual(day, agent):
    """A shift of 480 minutes: on average of ten days 244.5 handling, 60 break, 30 meeting, 40 away, 90 idle, the rest unseen.

    The days come in no order, for a steady trend over two weeks is a correlation that no interval can judge.
    """
    day = 7 * day % 10
    lengths = {"HANDLING": 240 + day, "BREAK": 60, "SUPPORT": 21 + 2 * day, "AWAY": 31 + 2 * day, "IDLE": 99 - 2 * day}
    ends = np.cumsum(list(lengths.values())).tolist()
    return [(end - length, end, state) for (state, length), end in zip(lengths.items(), ends, strict=True)]


def test_five_shares_by_hand():
    found = measure_baseline(client_tables(10, usual), client=CLIENT)
    # per agent-day, mean over days 0 to 9: handling 244.5 of a base of 480 - 60 minutes
    expected = {"utilization": 244.5, "support": 30.0, "idle": 90.0, "away": 40.0, "unaccounted": 15.5}
    shares = found.shares.set_index("share")
    values = {
        share: find(
            found.quantities, f"baseline.{share}" if share == "utilization" else f"baseline.{share}_share", **CC
        ).value
        for share in expected
    }
    assert values == pytest.approx({share: minutes / 420 for share, minutes in expected.items()})
    assert sum(values.values()) == pytest.approx(1)
    assert shares.loc["utilization", "value"] == values["utilization"]
    assert find(found.quantities, "baseline.occupancy", **CC).value == pytest.approx(244.5 / 334.5)
    assert find(found.quantities, "baseline.shrinkage", **CC).value == pytest.approx(90 / 480)


def test_the_ladder_frame_adds_up():
    ladder = measure_baseline(client_tables(10, usual), client=CLIENT).ladder.set_index("bucket")
    assert ladder.loc[list(BUCKETS), "hours"].sum() == pytest.approx(ladder.loc["PAID", "hours"])
    assert ladder.loc["PAID", "hours"] == pytest.approx(10 * 10 * 8)
    assert ladder.loc[list(BASE), "share_of_base"].sum() == pytest.approx(1)
    assert np.isnan(ladder.loc["BREAK", "share_of_base"])


def test_a_night_over_the_last_midnight_counts_inside_the_period_alone():
    """The eleventh working day is the day after the period: its shift starts at 22:00 the evening before, two hours of it lie inside."""
    tables = client_tables(10, usual)
    night = {"start": at(workdays(10)[-1], 62 * 60), "end": at(workdays(10)[-1], 70 * 60)}
    assert night["start"].strftime("%d %H:%M") == "15 22:00"
    for name, more in (("schedule", {"state": "WORK", "paid": True}), ("spells", {"state": "IDLE"})):
        rows = [{"agent": agent, **night, **more} for agent in AGENTS]
        tables[name] = pd.concat([tables[name], table(name, rows)], ignore_index=True)
    found = measure_baseline(tables, client=CLIENT)
    assert found.days["day"].max() == pd.Timestamp("2026-03-15")
    ladder = found.ladder.set_index("bucket")
    assert ladder.loc["PAID", "hours"] == pytest.approx(10 * 10 * 8 + 10 * 2)
    assert ladder.loc["OUTSIDE_PAID", "hours"] == 0


def test_outage_is_shown_apart_and_within_support():
    def pieces(day, agent):
        return [(0, 300 + day, "HANDLING"), (300 + day, 330, "SUPPORT"), (330, 350 + 2 * day, "OUTAGE")]

    shares = measure_baseline(client_tables(10, pieces), client=CLIENT).shares.set_index("share")["value"]
    assert shares["support"] == pytest.approx((25.5 + 29) / 480)
    assert shares["outage"] == pytest.approx(29 / 480)


def test_waiting_is_apart_from_non_work_in_the_contact_centre():
    found = measure_baseline(client_tables(10, usual), client=CLIENT)
    bound = find(found.quantities, "baseline.non_work_share", **CC)
    assert (bound.value, bound.status) == (None, "insufficient")
    facts = found.facts.set_index("fact")["value"]
    ends = facts["realised_non_work_low"], facts["realised_non_work_high"]
    assert ends == pytest.approx((40 / 420, 55.5 / 420))
    assert bound.low < ends[0] < ends[1] < bound.high
    assert "waiting for contacts" in found.sentences["contact_centre"]


def test_logs_alone_give_a_bound_in_the_back_office():
    found = measure_baseline(client_tables(10, usual, population="back_office"), client=CLIENT)
    bound = find(found.quantities, "baseline.non_work_share", **BO)
    assert bound.value is None
    facts = found.facts.set_index("fact")["value"]
    ends = facts["realised_non_work_low"], facts["realised_non_work_high"]
    assert ends == pytest.approx((130 / 420, 145.5 / 420))
    # idle and away together are the same every day: nothing there to be unsure of
    assert bound.low == pytest.approx(ends[0])
    assert bound.high > ends[1]


def test_when_all_is_seen_the_bound_is_a_point():
    def pieces(day, agent):
        return [(0, 300 + day, "ITEM_WORK"), (300 + day, 480, "IDLE")]

    point = find(
        measure_baseline(client_tables(10, pieces, population="back_office"), client=CLIENT).quantities,
        "baseline.non_work_share",
        **BO,
    )
    assert point.value == pytest.approx(175.5 / 480)
    assert point.low < point.value < point.high


def observed(days, share, *, agents=AGENTS, team="one"):
    """Return three rounds a day in which that share of people is idle, a little more on some days."""
    rounds = []
    for n, day in enumerate(workdays(days)):
        for tour in range(3):
            for k, agent in enumerate(agents):
                idle = k < share * len(agents) + (n % 3 == 0)
                stamp = at(day, 60 + 120 * tour)
                rounds.append(
                    {
                        "round": f"r{n}-{tour}",
                        "observed_at": stamp,
                        "agent": agent,
                        "team": team,
                        "state": "IDLE" if idle else "ITEM_WORK",
                    }
                )
    return table("observations", rounds)


def test_observation_gives_a_point_in_the_back_office():
    tables = client_tables(10, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office")
    tables["observations"] = observed(10, 0.3)
    found = measure_baseline(tables, client=CLIENT)
    point = find(found.quantities, "baseline.non_work_share", **BO)
    assert point.value == pytest.approx(0.34)
    assert (point.grade, point.n, point.n_unit) == ("B", 10, "days")
    assert "10 days of observation" in found.sentences["back_office"]


def test_looks_at_breaks_and_absence_do_not_count():
    tables = client_tables(10, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office")
    looks = observed(10, 0.3)
    extra = looks.iloc[:40].assign(state=["BREAK", "ABSENT", "OFF", "BREAK"] * 10)
    tables["observations"] = pd.concat([looks, extra], ignore_index=True)
    assert find(
        measure_baseline(tables, client=CLIENT).quantities, "baseline.non_work_share", **BO
    ).value == pytest.approx(0.34)


@pytest.mark.parametrize(("days", "agents", "words"), [(4, AGENTS, "only 4 days"), (10, AGENTS[:5], "50 %")])
def test_rounds_that_do_not_cover_the_population_leave_the_bound(days, agents, words):
    tables = client_tables(10, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office")
    tables["observations"] = observed(days, 0.3, agents=agents, team=None)
    found = measure_baseline(tables, client=CLIENT)
    bound = find(found.quantities, "baseline.non_work_share", **BO)
    assert bound.value is None
    assert found.facts.set_index("fact").loc["realised_non_work_high", "value"] == pytest.approx(235.5 / 480)
    assert bound.low == 0
    assert bound.high > 235.5 / 480
    assert words in " ".join(bound.reasons)
    assert any(finding.code == "observation_coverage" for finding in found.findings)


def test_no_shifts_is_said_in_words():
    dates = workdays(10)
    items = [
        {"item": f"{n}-{a}", "type": "letter", "agent": a, "started": at(day, 60), "ended": at(day, 120)}
        for n, day in enumerate(dates)
        for a in AGENTS
    ]
    tables = {"roster": roster(population="back_office"), "work_items": table("work_items", items)}
    found = measure_baseline(tables, client=CLIENT)
    assert found.attendance["source"].tolist() == ["span"]
    for quantity in found.quantities:
        if quantity.id in ("baseline.utilization", "baseline.non_work_share", "baseline.shrinkage"):
            assert quantity.estimate.status == "insufficient"
            assert "no shifts" in quantity.estimate.reasons[0]
    assert "cannot be measured" in repr(found)
    assert "no shifts" in repr(found)
    assert found.ladder.empty


def test_a_zero_base_is_insufficient():
    planned = ((0, 480, "ABSENT"),)
    found = measure_baseline(client_tables(10, lambda day, agent: [], planned=planned), client=CLIENT)
    utilization = find(found.quantities, "baseline.utilization", **CC)
    assert utilization.status == "insufficient"
    assert "zero" in utilization.reasons[0]
    assert find(found.quantities, "baseline.non_work_share", **CC).value is None


def test_few_people_are_suppressed():
    found = measure_baseline(client_tables(10, usual, agents=AGENTS[:9]), client=CLIENT)
    assert {quantity.estimate.status for quantity in found.quantities} == {"suppressed"}
    assert "9 people are fewer than the 10" in repr(found)
    for name in ("ladder", "gaps", "idle_by_slot", "facts", "crosswalk", "days", "groups"):
        assert getattr(found, name).empty, name


def test_few_days_have_no_interval():
    found = measure_baseline(client_tables(5, usual), client=CLIENT)
    utilization = find(found.quantities, "baseline.utilization", **CC)
    assert (utilization.value, utilization.status) == (None, "insufficient")
    assert "5 days" in utilization.reasons[0]
    assert found.ladder.set_index("bucket").loc["HANDLING", "share_of_base"] == pytest.approx(244 / 420)


def test_what_no_source_records_has_no_value():
    found = measure_baseline(
        client_tables(10, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office"), client=CLIENT
    )
    idle = find(found.quantities, "baseline.idle_share", **BO)
    assert "no source" in idle.reasons[0]
    assert "ready without work" in find(found.quantities, "baseline.occupancy", **BO).reasons[0]


def test_a_roster_is_needed():
    with pytest.raises(DataProblem, match="roster"):
        measure_baseline({}, client=CLIENT)


def test_idle_while_a_contact_waits_is_not_idle():
    """One contact waits 20 minutes of each day; ten seconds of ringing are allowed for."""
    tables = client_tables(10, usual)
    waits = [
        {"contact": str(n), "queue": "claims", "offered_at": at(day, 400), "ended_at": at(day, 420), "abandoned": True}
        for n, day in enumerate(workdays(10))
    ]
    tables["contacts"] = table("contacts", waits)
    plain, waited = (
        find(measure_baseline(tables, client=CLIENT, queues=queues).quantities, "baseline.idle_share", **CC).value
        for queues in ((), (QUEUE,))
    )
    assert plain - waited == pytest.approx((20 - 1 / 6) / 420)


def test_contacts_do_not_add_to_agents_whose_states_show_handling():
    tables = client_tables(10, usual)
    calls = [
        {
            "contact": f"{n}{a}",
            "queue": "claims",
            "agent": a,
            "offered_at": at(day, 300),
            "answered_at": at(day, 300),
            "ended_at": at(day, 480),
        }
        for n, day in enumerate(workdays(10))
        for a in AGENTS
    ]
    tables["contacts"] = table("contacts", calls)
    assert find(
        measure_baseline(tables, client=CLIENT).quantities, "baseline.utilization", **CC
    ).value == pytest.approx(244.5 / 420)


def test_names_of_agents_do_not_matter():
    tables = client_tables(10, lambda day, agent: usual(day + agent, agent))
    other = {
        name: frame.assign(agent=frame["agent"].map(lambda name: f"q{9 - int(name[1:])}").astype("str"))
        for name, frame in tables.items()
    }
    one, two = (measure_baseline(part, client=CLIENT).to_frame() for part in (tables, other))
    pd.testing.assert_frame_equal(one, two)


def frame_of(share, days):
    """Return days of 80 base hours with a given share of work."""
    dates = pd.Series(pd.to_datetime(workdays(days)))
    weekday = dates.dt.day_of_week
    zeros = dict.fromkeys((*BUCKETS, "OUTSIDE_PAID"), 0.0)
    rows = pd.DataFrame(
        {"day": dates, "weekday": weekday, "week": dates - pd.to_timedelta(weekday, unit="D"), "PAID": 80.0, **zeros}
    )
    return rows.assign(HANDLING=80 * share, IDLE=80 * (1 - share))


def waves(days, slow, seed=3):
    """Return shares that swing slowly by this much beside a little noise."""
    rng = np.random.default_rng(seed)
    return 0.6 + slow * np.sin(np.arange(days) / 6) + 0.01 * rng.standard_normal(days)


def widths(days, clusters):
    found = share_of(days, ("HANDLING",), BASE, clusters=clusters, confidence=0.95, grade="A")
    return found.value, found.high - found.low


def test_correlated_days_are_told_and_widen_the_interval():
    calm, slow = frame_of(waves(60, 0), 60), frame_of(waves(60, 0.05), 60)
    none, found = clusters_of(calm), clusters_of(slow)
    assert (none.unit, none.notable, found.notable) == ("days", False, True)
    assert found.lag1 > 0.5
    assert 0.4 < none.wider < 1.8 < found.wider
    by_day = ratio(slow["HANDLING"], np.full(60, 80.0), n_unit="days", strata=slow["weekday"])
    value, width = widths(slow, found)
    assert value == by_day.value
    assert width == pytest.approx(found.wider * (by_day.high - by_day.low), rel=0.01)


def test_the_order_of_the_rows_does_not_matter_but_that_of_time_does():
    days = frame_of(waves(40, 0.05), 40)
    mixed = days.sample(frac=1, random_state=1)
    assert widths(mixed, clusters_of(mixed)) == widths(days, clusters_of(days))
    shuffled = frame_of(np.random.default_rng(1).permutation(waves(40, 0.05)), 40)
    assert widths(shuffled, clusters_of(shuffled))[1] < 0.8 * widths(days, clusters_of(days))[1]


def test_sums_of_weeks_are_clusters_of_five_days():
    rows = frame_of(0.6 + 0.02 * np.random.default_rng(4).standard_normal(40), 40).iloc[::5]
    found = clusters_of(rows)
    assert (found.unit, found.working_days, found.weeks) == ("weeks", 5, 8)
    estimate = share_of(rows, ("HANDLING",), BASE, clusters=found, confidence=0.95, grade="C")
    assert (estimate.n, estimate.n_unit) == (8, "weeks")


def test_few_weeks_are_told():
    found = measure_baseline(client_tables(10, usual), client=CLIENT)
    assert any(finding.code == "few_weeks" and "2 weeks" in finding.message for finding in found.findings)


def people_who_differ(days):
    """Return agent-days of ten people with shares of work of their own, moved together a little by each day."""
    moved = 0.02 * np.random.default_rng(3).standard_normal(days)
    frames = [frame_of(own + moved, days).assign(agent=f"p{n}") for n, own in enumerate(np.linspace(0.4, 0.8, 10))]
    return pd.concat(frames, ignore_index=True)


def test_other_people_are_less_certain_than_these():
    agent_days = people_who_differ(40)
    days = day_hours(agent_days)
    found = {
        speaks: share_of(
            days,
            ("HANDLING",),
            BASE,
            clusters=clusters_of(days, generalise_to=speaks),
            confidence=0.95,
            grade="A",
            agent_days=agent_days,
        )
        for speaks in ("these_people", "other_people")
    }
    these, others = found["these_people"], found["other_people"]
    assert these.value == pytest.approx(others.value)
    # ten people whose own shares have a standard deviation of .135: t(9) * .135 / sqrt(10) on either side, and a little for days
    assert others.high - others.low == pytest.approx(2 * 2.262 * 0.1346 / np.sqrt(10), rel=0.1)
    assert these.high - these.low < 0.3 * (others.high - others.low)
    assert (others.n, others.n_unit) == (10, "people")
    alone = share_of(
        days, ("HANDLING",), BASE, clusters=clusters_of(days, generalise_to="other_people"), confidence=0.95, grade="C"
    )
    assert "without persons" in alone.reasons[0]


def test_the_setting_widens_every_share_and_keeps_its_value():
    def pieces(day, agent):
        return [(0, 200 + 10 * agent + 7 * day % 10, "HANDLING"), (200 + 10 * agent + 7 * day % 10, 470, "IDLE")]

    tables = client_tables(10, pieces)
    these, others = (
        find(
            measure_baseline(tables, client=CLIENT, settings=BaselineSettings(generalise_to=whom)).quantities,
            "baseline.utilization",
            **CC,
        )
        for whom in ("these_people", "other_people")
    )
    assert these.value == pytest.approx(others.value)
    assert others.high - others.low > 2 * (these.high - these.low)
    assert "by person and by day" in others.method


def bound_of(unseen, *, days=40, idle=0.2, sd=0.02):
    rng = np.random.default_rng(5)
    frame = frame_of(1 - idle - unseen + sd * rng.standard_normal(days), days)
    unlogged = 80 * unseen if np.ndim(unseen) == 0 else 80 * np.asarray(unseen)
    frame = frame.assign(UNACCOUNTED=unlogged, IDLE=lambda rows: 80 - rows["HANDLING"] - unlogged)
    found = non_work_bound(frame, ("IDLE", "AWAY"), clusters=clusters_of(frame), confidence=0.95, grade="A")
    return frame, found


def test_a_wide_range_needs_one_sided_ends_and_a_narrow_one_two_sided():
    for unseen, level in ((0.3, 0.9), (1e-9, 0.95)):
        frame, found = bound_of(unseen)
        low = share_of(frame, ("IDLE",), BASE, clusters=clusters_of(frame), confidence=level, grade="A")
        assert found.value is None
        assert found.low == pytest.approx(low.low, abs=1e-6)
        assert found.high > low.value + unseen


def test_the_bound_without_a_judgement_has_no_ends():
    _, found = bound_of(0.3, days=5)
    assert (found.low, found.high) == (None, None)
    assert "only 5 days" in found.reasons[0]


def test_a_bound_that_no_source_limits_ends_at_one():
    _, found = bound_of(0.8, idle=0.2, sd=0.0)
    assert found.high == 1


def test_settings_refuse_what_is_unknown_or_out_of_range():
    with pytest.raises(ValueError, match="minimum_group_agent"):
        BaselineSettings(minimum_group_agent=10)
    with pytest.raises(ValueError, match="confidence"):
        BaselineSettings(confidence=95)
