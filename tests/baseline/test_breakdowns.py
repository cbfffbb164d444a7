"""Shares by level: by hand, with luck and persons kept out; causes to the microsecond."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis import measure_baseline
from analysis.baseline.breakdowns import SHARES, WITHIN_CHANCE, breakdowns
from analysis.baseline.cells import cells_of, hidden_when, hidden_who
from analysis.baseline.evidence import people_of
from analysis.baseline.frames import COLUMNS, group_frame
from analysis.baseline.levels import TENURE, WEEKDAYS, tenure_bands
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import clusters_of
from analysis.baseline.slots import slot_table
from analysis.baseline.spans import spans_of
from analysis.foundation.settings import Client, Period
from analysis.measure.crosswalk import BASE
from tests.baseline.factory import CLIENT, START, client_tables, table

ASKED = BaselineSettings()


def client_of(days):
    return Client(name="Acme", time_zone="UTC", period=Period(start=START, end=START + dt.timedelta(days=days - 1)))


def staff(sizes, sites, *, population="contact_centre", joined=None):
    """Return a roster: team number -> people, and the team's site."""
    rows, number = [], 0
    for team, (size, site) in enumerate(zip(sizes, sites, strict=True)):
        for _ in range(size):
            row = {"agent": f"p{number:03d}", "population": population, "team": f"T{team}", "site": site}
            rows.append(row | ({} if joined is None else {"valid_from": joined[number]}))
            number += 1
    return table("roster", rows)


def broken_down(roster, days, pieces, *, client=None, settings=ASKED, population="contact_centre"):
    client = client or client_of(7 * ((days + 4) // 5))
    agents = tuple(roster["agent"])
    tables = client_tables(days, pieces, agents=agents, population=population) | {"roster": roster}
    people = people_of(tables, population, client=client, queues=(), settings=settings)
    slots = slot_table(people, client=client, slot_s=1800)
    clusters = clusters_of(people.days)
    cells = cells_of(tables, people, slots, settings)
    return breakdowns(people, slots, cells, clusters=clusters, settings=settings), tables, people


def of(frame, by, level, share="idle"):
    return frame[frame["by"].eq(by) & frame["level"].eq(level) & frame["share"].eq(share)].iloc[0]


def by_team(sizes, idle, noise, seed=1):
    """Idle minutes by team, with day shocks that all share and noise by person and day; the rest of the shift is handling."""
    draw = np.random.default_rng(seed)
    teams = np.repeat(np.arange(len(sizes)), sizes)
    shared, own = 10 * draw.normal(size=60), noise * draw.normal(size=(60, len(teams)))

    def pieces(day, agent):
        minutes = int(np.clip(idle[teams[agent]] + shared[day] + own[day, agent], 1, 470))
        return [(0, minutes, "IDLE"), (minutes, 480, "HANDLING")]

    return pieces


@pytest.fixture(scope="module")
def frame():
    sizes, sites = [10, 12, 10, 11, 10], ["N", "N", "S", "S", "S"]
    return broken_down(staff(sizes, sites), 20, by_team(sizes, [100, 120, 140, 160, 180], 20))[0]


class TestByHand:
    def test_columns_levels_and_order(self, frame):
        assert list(frame.columns) == list(COLUMNS["breakdowns"])
        assert list(frame["by"].unique()) == ["group", "site", "weekday", "half_hour"]
        assert list(frame.loc[frame["by"].eq("weekday"), "level"].unique()) == list(WEEKDAYS[:5])
        assert list(frame.loc[frame["by"].eq("half_hour"), "level"].unique())[:2] == ["08:00", "08:30"]
        assert set(frame["share"]) == set(SHARES)

    def test_shares_are_ratios_of_sums(self, frame):
        row = of(frame, "site", "N")
        groups = [of(frame, "group", name)["value"] for name in ("T0", "T1")]
        assert row["value"] == pytest.approx((10 * groups[0] + 12 * groups[1]) / 22, abs=1e-9)
        assert (row["agents"], row["days"]) == (22, 20)
        work = of(frame, "site", "N", "utilization")["value"]
        assert row["value"] + work == pytest.approx(1)

    def test_shrunken_figures_lie_between_the_raw_one_and_the_middle(self, frame):
        rows = frame[frame["by"].eq("group") & frame["share"].eq("idle")]
        middle = rows["value"].mean()
        assert ((rows["shrunken"] - middle).abs() <= (rows["value"] - middle).abs() + 1e-9).all()
        assert (rows["shrunken_low"] < rows["shrunken"]).all()
        assert (rows["shrunken"] < rows["shrunken_high"]).all()
        assert not rows["reason"].str.contains(WITHIN_CHANCE).any()

    def test_two_sites_are_not_pulled_together(self, frame):
        rows = frame[frame["by"].eq("site") & frame["share"].eq("idle")]
        assert rows["shrunken"].isna().all()
        assert rows["reason"].str.startswith("only 2 groups can be compared").all()

    def test_weekdays_and_half_hours_stay_as_counted(self, frame):
        rows = frame[frame["by"].isin(["weekday", "half_hour"])]
        assert rows["shrunken"].isna().all()
        assert len(rows[rows["by"].eq("half_hour")]) == 16 * len(SHARES)

    def test_what_no_source_records_has_no_value(self, frame):
        rows = frame[frame["share"].eq("away")]
        assert rows["value"].isna().all()
        assert rows["reason"].str.contains("no source of this population records it").all()


def test_half_hours_are_means_over_days():
    """Everybody is idle for the first quarter of an hour on even days and for the first half hour on odd ones."""
    pieces = lambda day, agent: [(0, 30 if day % 2 else 15, "IDLE"), (30 if day % 2 else 15, 480, "HANDLING")]  # noqa: E731
    frame = broken_down(staff([12], ["N"]), 20, pieces)[0]
    row = of(frame, "half_hour", "08:00")
    assert row["value"] == pytest.approx(0.75)
    assert 0.5 < row["low"] < 0.75 < row["high"] <= 1
    assert of(frame, "half_hour", "08:30")["status"] == "degenerate"


def test_groups_without_differences_are_said_to_be_alike():
    frame = broken_down(staff([10] * 6, ["N"] * 6), 20, by_team([10] * 6, [140] * 6, 60, seed=4))[0]
    rows = frame[frame["by"].eq("group") & frame["share"].eq("idle")]
    assert rows["status"].eq("ok").all()
    assert rows["reason"].str.contains(WITHIN_CHANCE).all()
    assert rows["shrunken"].std() < rows["value"].std()


def test_a_few_people_do_not_make_bands_of_service_differ():
    """Two people of one band are idle for hours, every day: a fact about them, and none about their length of service."""
    first = pd.Timestamp(START) - pd.Timedelta(days=3000)
    joined = [first + pd.Timedelta(days=7 * n) for n in range(12)]
    joined += [pd.Timestamp(START) - pd.Timedelta(days=400 + n) for n in range(12)]
    draw = np.random.default_rng(2)
    own = 15 * draw.normal(size=(30, 24))

    def pieces(day, agent):
        minutes = int(np.clip((400 if agent < 2 else 100) + own[day, agent], 1, 470))
        return [(0, minutes, "IDLE"), (minutes, 480, "HANDLING")]

    frame = broken_down(staff([24], ["N"], joined=joined), 30, pieces)[0]
    rows = frame[frame["by"].eq("tenure") & frame["share"].eq("idle")]
    assert list(rows["level"]) == ["6 to 24 months", "over 2 years"]
    assert rows["high"].iloc[0] < rows["low"].iloc[1]
    assert rows["reason"].str.contains(WITHIN_CHANCE).all()


def test_non_work_of_a_level_is_a_range():
    pieces = lambda day, agent: [(0, 60 + day, "IDLE"), (60 + day, 300 + agent % 5, "ITEM_WORK")]  # noqa: E731
    roster = staff([12, 12], ["N", "S"], population="back_office")
    frame = broken_down(roster, 20, pieces, population="back_office")[0]
    row = of(frame, "site", "N", "non_work")
    assert np.isnan(row["value"])
    assert row["status"] == "insufficient"
    assert row["low"] < 0.15 < 0.45 < row["high"]


def test_without_time_by_person_and_day_there_are_no_rows():
    found = measure_baseline({"roster": staff([12], ["N"])}, client=CLIENT).breakdowns
    assert found.empty
    assert list(found.columns) == list(COLUMNS["breakdowns"])


class TestTenure:
    day = pd.Timestamp("2026-03-02")

    def bands(self, months, minimum=1):
        agents = [f"a{n}" for n in range(len(months))]
        start = [pd.NaT if one is None else self.day - pd.Timedelta(days=round(one * 30.4375)) for one in months]
        roster = table("roster", {"agent": agents, "population": "back_office", "valid_from": start})
        days = pd.DataFrame({"agent": agents, "day": self.day})
        return list(tenure_bands(roster, days, minimum=minimum))

    def test_bands_by_hand(self):
        assert self.bands([1, 5.9, 6.1, 23, 25, 100, None]) == [
            *(TENURE[0],) * 2,
            *(TENURE[1],) * 2,
            *(TENURE[2],) * 2,
            TENURE[3],
        ]

    def test_small_bands_join_their_smaller_neighbour(self):
        assert set(self.bands([1, 2, 3, 10, 30, 31, 32, 33], minimum=3)) == {
            "under 6 months and 6 to 24 months",
            "over 2 years",
        }

    def test_the_day_on_which_the_roster_begins_is_no_day_of_joining(self):
        assert self.bands([8.0] * 6 + [2, 3, 4]) == ["tenure not known"] * 6 + ["under 6 months"] * 3
        assert self.bands([30.0] * 6 + [2, 3, 4])[:6] == ["over 2 years"] * 6

    def test_service_runs_from_the_first_row_of_a_person(self):
        rows = [("a", 0), ("a", 700), ("b", 20), ("c", 30)]
        start = [self.day - pd.Timedelta(days=1000 - after) for _, after in rows]
        roster = table("roster", {"agent": [who for who, _ in rows], "population": "back_office", "valid_from": start})
        days = pd.DataFrame({"agent": ["a"], "day": [self.day]})
        assert list(tenure_bands(roster, days, minimum=1)) == ["over 2 years"]


def obtainable(atoms, published, minimum):
    """Return whether sums and differences of published cells are about 1 to minimum - 1 people, by trying every such set of people.

    `atoms`: agent and what is published of the row; a combination is about the people on whose rows it is not zero.
    """
    rows = np.array([[float(holds(row)) for row in atoms.itertuples()] for holds in [lambda row: True, *published]])
    rank = np.linalg.matrix_rank(rows)
    people = sorted(atoms["agent"].unique())
    for size in range(1, minimum):
        for few in combinations(people, size):
            outside = rows[:, ~atoms["agent"].isin(few).to_numpy()]
            if (np.linalg.matrix_rank(outside) if outside.size else 0) < rank:
                return True
    return False


def complement(pairs, shown):
    """Return how many people have time at a level that is not shown."""
    return pairs.loc[~pairs["level"].isin(shown), "agent"].nunique()


NO_POOLS = pd.Series(dtype="str")


class TestDisclosure:
    @settings(max_examples=30)
    @given(
        people=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.booleans()), min_size=6, max_size=13),
        sites=st.lists(st.sampled_from(["N", "S", None]), min_size=5, max_size=5),
    )
    def test_no_difference_of_groups_sites_and_service_is_about_few(self, people, sites):
        """Some people pass into the next band of service within the period."""
        rows = [
            (f"a{at}", group, sites[group], band + passed)
            for at, (group, band, passes) in enumerate(people)
            for passed in range(1 + passes)
        ]
        atoms = pd.DataFrame(rows, columns=["agent", "group", "site", "tenure"]).astype({"site": object})
        days = atoms[["agent"]].assign(**dict.fromkeys(BASE, 1.0), day=pd.Timestamp("2026-03-02"))
        hidden = hidden_who(days, dict(atoms[["group", "site", "tenure"]].items()), NO_POOLS, pd.DataFrame(), 3)
        shown = [
            (lambda row, by=by, name=name: getattr(row, by) == name)
            for by in ("group", "site", "tenure")
            for name in atoms[by].dropna().unique()
            if name not in hidden[by]
        ]
        assert not obtainable(atoms, shown, 3)

    @settings(max_examples=30)
    @given(
        shifts=st.lists(
            st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=6, unique=True),
            min_size=4,
            max_size=10,
        ),
    )
    def test_no_difference_of_weekdays_and_half_hours_is_about_few(self, shifts):
        rows = [(f"a{at}", day, 1800 * half) for at, worked in enumerate(shifts) for day, half in worked]
        slots = pd.DataFrame(rows, columns=["agent", "weekday", "slot_of_day_s"])
        slots = slots.assign(base_agents=1.0, attended_agents=1.0)
        spans = spans_of(slots, minimum=3, slot_s=1800)
        atoms = slots.merge(spans)
        days = slots[["agent", "weekday"]].drop_duplicates().assign(**dict.fromkeys(BASE, 1.0))
        there = atoms.assign(hours=1.0).groupby(["agent", "weekday", "span_start_s", "half_hour"])["hours"].sum()
        level = {"weekday": days["weekday"].map(dict(enumerate(WEEKDAYS)))}
        hidden = hidden_when(days, level, spans, there.reset_index(), 3)
        names = [
            *[("weekday", WEEKDAYS.index(day)) for day in level["weekday"].unique() if day not in hidden["weekday"]]
        ]
        names += [("half_hour", name) for name in atoms["half_hour"].unique() if name not in hidden["half_hour"]]
        shown = [(lambda row, by=by, name=name: getattr(row, by) == name) for by, name in names]
        cells = set(zip(atoms["weekday"], atoms["span_start_s"], strict=True)) - hidden["slot"]
        shown += [(lambda row, cell=cell: (row.weekday, row.span_start_s) == cell) for cell in sorted(cells)]
        assert not obtainable(atoms, shown, 3)

    def test_a_night_shift_and_its_hours_do_not_give_away_who_else_worked_at_night(self):
        """Twelve people work nights, and are a group; three others stayed for an hour: night less the group would be those three."""
        night, others = [f"n{at}" for at in range(12)], [f"d{at}" for at in range(30)]
        days = pd.DataFrame({"agent": [*night, *others]}).assign(**dict.fromkeys(BASE, 1.0), day=pd.Timestamp(START))
        group = pd.Series(["Night"] * 12 + ["Day 1"] * 15 + ["Day 2"] * 15)
        at = [*((who, "22:00") for who in [*night, *others[:3]]), *((who, "09:00") for who in others)]
        there = pd.DataFrame(at, columns=["agent", "half_hour"]).assign(weekday=0)
        assert hidden_who(days, {"group": group}, NO_POOLS, there, 10)["group"] == {"Night", "Day 1"}
        apart = there[there["half_hour"].eq("09:00") | there["agent"].isin(night)]
        assert not hidden_who(days, {"group": group}, NO_POOLS, apart, 10)["group"]

    def test_the_cheapest_cells_are_hidden(self):
        """A band of nine: of the others the one with the fewest people goes with it."""
        days = (
            pd.DataFrame({"agent": range(60)}).astype("str").assign(**dict.fromkeys(BASE, 1.0), day=pd.Timestamp(START))
        )
        band = pd.Series(["a"] * 9 + ["b"] * 26 + ["c"] * 11 + ["d"] * 14)
        assert hidden_who(days, {"tenure": band}, NO_POOLS, pd.DataFrame(), 10)["tenure"] == {"a", "c"}

    def test_two_people_who_are_nearly_all_of_a_group_are_too_few(self):
        days = pd.DataFrame({"agent": [f"a{at}" for at in range(40)]}).assign(
            **dict.fromkeys(BASE, 0.0), day=pd.Timestamp(START)
        )
        days[BASE[0]] = [1000.0, 1000.0, *[10.0] * 18, *[100.0] * 20]
        group = pd.Series(["A"] * 20 + ["B"] * 20)
        assert hidden_who(days, {"group": group}, NO_POOLS, pd.DataFrame(), 10)["group"] == {"A"}

    def test_a_pool_and_a_group_that_differ_by_few_are_not_both_shown(self):
        days = pd.DataFrame({"agent": [f"a{at}" for at in range(45)]}).assign(
            **dict.fromkeys(BASE, 1.0), day=pd.Timestamp(START)
        )
        group = pd.Series(["A"] * 15 + ["B"] * 15 + ["C"] * 15)
        pools = pd.Series(["chat"] * 18 + ["voice"] * 27, index=days["agent"])
        hidden = hidden_who(days, {"group": group}, pools, pd.DataFrame(), 10)
        assert not hidden["pool"]
        assert hidden["group"] == {"A", "B"}
        even = pd.Series(["chat"] * 30 + ["voice"] * 15, index=days["agent"])
        assert not hidden_who(days, {"group": group}, even, pd.DataFrame(), 10)["group"]

    @settings(max_examples=8, phases=(Phase.explicit, Phase.generate))
    @given(
        sizes=st.lists(st.integers(1, 14), min_size=1, max_size=5),
        sites=st.lists(st.sampled_from("NS"), min_size=5, max_size=5),
        seed=st.integers(0, 10_000),
    )
    def test_random_rosters(self, sizes, sites, seed):
        draw = np.random.default_rng(seed)
        count = sum(sizes)
        joined = [
            pd.NaT if draw.random() < 0.1 else pd.Timestamp(START) - pd.Timedelta(days=int(draw.integers(1, 1500)))
            for _ in range(count)
        ]
        roster = staff(sizes, sites[: len(sizes)], joined=joined)
        there = draw.random(count) < 0.85
        late = draw.random(count) < 0.1
        agents = tuple(roster["agent"])
        tables = client_tables(7, lambda day, agent: [(0, 60, "IDLE"), (60, 300, "HANDLING")], agents=agents) | {
            "roster": roster
        }
        kept = {name for name, here in zip(agents, there, strict=True) if here}
        shift = dict(zip(agents, np.where(late, pd.Timedelta(hours=6), pd.Timedelta(0)), strict=True))
        for name in ("schedule", "spells"):
            rows = tables[name][tables[name]["agent"].isin(kept)].reset_index(drop=True)
            by = pd.to_timedelta(rows["agent"].map(shift))
            tables[name] = rows.assign(start=rows["start"] + by, end=rows["end"] + by)
        client = client_of(14)
        people = people_of(tables, "contact_centre", client=client, queues=(), settings=ASKED)
        if people.agents < 10 or people.agent_days is None:
            return
        slots = slot_table(people, client=client, slot_s=1800)
        cells = cells_of(tables, people, slots, ASKED)
        clusters = clusters_of(people.days)
        found = breakdowns(people, slots, cells, clusters=clusters, settings=ASKED)
        self.check_levels(found, cells.levels, cells.days)
        self.check_half_hours(found, slots, cells.spans)
        groups = group_frame(tables, people, cells, clusters=clusters, settings=ASKED)
        shown = set(groups.loc[groups["status"].ne("suppressed"), "group"])
        level = cells.levels.get("group")
        if level is not None:
            left = complement(pd.DataFrame({"agent": cells.days["agent"], "level": level.astype(object)}), shown)
            assert left == 0 or left >= 10 or not shown

    def check_levels(self, found, levels, worked):
        for by, level in levels.items():
            pairs = pd.DataFrame({"agent": worked["agent"], "level": level.astype(object)})
            rows = found[found["by"].eq(by)]
            shown = set(rows.loc[rows["status"].ne("suppressed"), "level"])
            assert set(rows.loc[rows["agents"].notna(), "level"]) == shown
            for name in shown:
                assert pairs.loc[pairs["level"].eq(name), "agent"].nunique() >= 10
            left = complement(pairs, shown)
            assert left == 0 or left >= 10 or not shown
        assert found.loc[found["status"].eq("suppressed"), ["value", "low", "high", "shrunken"]].isna().all(axis=None)

    def check_half_hours(self, found, slots, spans):
        rows = found[found["by"].eq("half_hour") & found["status"].ne("suppressed")]
        assert (rows["agents"] >= 10).all()
        there = slots[slots["base_agents"] > 0].merge(spans)
        shown = there[there["half_hour"].isin(rows["level"])]
        left = shown[~shown["shown"]].groupby(["half_hour"])["agent"].nunique()
        assert (left >= 10).all()
