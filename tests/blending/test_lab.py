"""The policy lab on planted clients: what it must find, what it must refuse, and that what it promises holds on fresh weeks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from analysis import simulation
from analysis.blending import BlendingSettings, assemble, frames
from analysis.blending import ageing as ageing_module
from analysis.blending.ageing import VOLUMES, Aged, ageing, moved_in_time, volume_of, within_asked
from analysis.blending.candidates import families, fewest_kept_free
from analysis.blending.flips import flips
from analysis.blending.foresight import thresholds
from analysis.blending.inventory import inventory
from analysis.blending.lab import Lab, given_items, lab_of, today_alone
from analysis.blending.policies import Options
from analysis.blending.recommend import against_measured, choose, most
from analysis.blending.tried import Bench, half_width
from analysis.blending.verdict import Ruling
from analysis.blending.week import facts_of
from analysis.simulation import Policy

ASKED = BlendingSettings(draws=200, most_kept_free=10, most_weeks=12, precision=0.05)


def made(world, tables: Mapping[str, pd.DataFrame] | None = None, **asked):
    """Return facts and options of a world's pool."""
    settings, given = ASKED.model_copy(update=asked), tables or world.tables
    items = inventory(given, None, client=world.client, settings=settings)
    place = {"client": world.client, "queues": world.queues, "settings": settings}
    pool = assemble.pools(given, items, ring_s=0.0, **place)[0][0]
    options = Options.none(pool) if pool.desk.item_s is None else Options.of(pool, settings.most_kept_free)
    return facts_of(pool, items, given, **place), options


@pytest.fixture(scope="module")
def planted(centre):
    """Return facts, options and lab of a centre with room: 12 agents, 7 erlangs, 100 hours of short items a week."""
    facts, options = made(centre())
    return facts, options, lab_of(facts, options)


@pytest.fixture(scope="module")
def lab(planted) -> Lab:
    return planted[2]


@pytest.fixture(scope="module")
def bench(lab) -> Bench:
    return Bench.of(lab.facts, lab.desks, seed=ASKED.seed)


class TestRoom:
    def test_one_policy_is_recommended_and_it_moves_most_of_those_that_keep_both(self, lab):
        choice = choose(lab, None)
        frame = lab.frame(choice.key, choice.why)
        chosen = frame[frame["recommended"]].iloc[0]
        assert chosen["keeps_promise"]
        assert chosen["keeps_cap"]
        good = frame[frame["keeps_promise"] & frame["keeps_cap"] & ~frame["policy"].isin(["training"])]
        # within 5 % the one that callers do not notice is taken
        assert chosen["item_h_per_week"] >= 0.95 * good["item_h_per_week"].max()
        assert "certainty" in chosen["why"]

    def test_what_is_promised_holds_on_fresh_weeks(self, lab):
        choice = choose(lab, None)
        one, promise = lab.tried[choice.key], lab.facts.pool.desk.promise
        fresh = Bench.of(lab.facts, 12, seed=987_654)
        found = fresh.run([one.policy])
        assert found.value(one.policy.name, "service_level")[0] >= promise.target
        assert found.value(one.policy.name, "occupancy")[0] <= promise.max_occupancy
        net = (found.values[1, :, found.measures.index("net_agents")] * 168).mean()
        lost = found.values[1, :, found.measures.index("lost_h")].mean()
        assert net - lost == pytest.approx(one.item_h, rel=0.05)

    def test_nobody_gains_more_than_was_idle(self, lab):
        today = lab.today.figures
        idle = today["paid_h_per_week"] * (1 - today["occupancy"])
        assert all(one.item_h <= idle + 1e-6 for one in lab.tried.values())

    def test_items_that_give_way_cost_callers_nothing_and_filling_every_gap_costs_most(self, lab):
        change = {key: one.figures["change"] for key, one in lab.tried.items()}
        assert abs(change["resume"]) < 0.005
        assert change["fill"] == min(change[key] for key in ("fill", "keep_free", "schedule", "resume", "blocks"))
        assert not lab.tried["fill"].keeps_promise
        assert lab.tried["fill"].figures["contacts_lost_per_week"] > 0

    def test_starting_again_moves_less_than_resuming(self, lab):
        assert lab.tried["restart"].item_h < lab.tried["resume"].item_h

    def test_rostering_to_requirement_saves_paid_hours_and_moves_nothing(self, lab):
        roster, today = lab.tried["roster"], lab.today
        assert roster.item_h == 0
        assert roster.figures["paid_h_per_week"] < today.figures["paid_h_per_week"] - 10

    def test_the_frame_has_its_columns_and_every_policy_a_reason(self, lab):
        choice = choose(lab, None)
        frame = lab.frame(choice.key, choice.why)
        assert list(frame.columns) == list(frames.FRAMES["lab"])
        assert frame["policy"].tolist()[0] == "today"
        assert (frame["why"] != "").all()
        assert frame.loc[frame["efficient"], "item_h_per_week"].max() == pytest.approx(
            frame.loc[~frame["policy"].isin(["training"]), "item_h_per_week"].max()
        )

    def test_the_same_seed_gives_the_same_lab(self, planted):
        facts, options, lab = planted
        pd.testing.assert_frame_equal(lab_of(facts, options).frame(), lab.frame())


class TestRefusals:
    def test_a_missed_promise_recommends_nothing(self, lab):
        choice = choose(lab, Ruling("no room", "the promise is missed already"))
        assert choice.key == ""
        assert all("missed already" in words for words in choice.why.values())

    def test_weeks_that_do_not_give_what_was_measured_may_not_speak(self, lab):
        level = lab.today.figures["service_level"]
        assert against_measured(lab, level - 0.02, 0.03) is None
        ruling = against_measured(lab, level - 0.04, 0.03)
        assert ruling is not None
        assert ruling.verdict == "cannot say"

    def test_agents_who_are_outnumbered_have_no_room(self, centre):
        facts, options = made(centre(agents=8, load=7.5))
        choice = choose(lab_of(facts, options), None)
        assert choice.key == ""
        assert "below the target" in choice.sentence

    def test_a_cap_below_todays_occupancy_recommends_nothing(self, centre):
        facts, options = made(centre(), max_occupancy=0.5)
        assert choose(lab_of(facts, options), None).key == ""

    def test_few_items_and_many_agents_roster_fewer_instead(self, centre):
        world = centre(agents=16, load=7.0)
        tables = {**world.tables, "work_items": world.tables["work_items"].iloc[::200]}
        facts, options = made(world, tables)
        lab = lab_of(facts, options)
        choice = choose(lab, None)
        assert choice.key == "roster"
        assert "the two are never added" in choice.sentence
        assert lab.tried["roster"].keeps_promise

    def test_of_policies_that_move_as_much_callers_decide_then_simplicity(self, lab):
        def one(key: str, hours: float, change_low: float):
            figures = {**lab.tried["schedule"].figures, "item_h_per_week": hours, "change_low": change_low}
            return dataclasses.replace(lab.tried["schedule"], key=key, figures=figures)

        noticed, unnoticed, simple = one("schedule", 100, -0.03), one("resume", 96, -0.005), one("blocks", 97, -0.03)
        assert most([noticed, unnoticed, simple]) is unnoticed
        assert most([noticed, simple]) is simple
        assert most([noticed, one("resume", 94, 0.0)]) is noticed
        assert most([]) is None

    def test_today_alone_is_one_row(self, planted):
        assert list(today_alone(planted[0]).tried) == ["today"]

    def test_items_taken_by_hand_never_give_way(self, planted, centre):
        by_hand, options = made(centre(), delivery="manual")
        assert {"resume", "restart"} <= {family.key for family in families(*planted[:2])}
        assert not {"resume", "restart"} & {family.key for family in families(by_hand, options)}


class TestAround:
    def test_ageing_says_whether_the_claim_holds(self, lab, bench):
        facts = lab.facts
        types = tuple(dataclasses.replace(item, due_after_s=3600.0) for item in facts.items.types)
        strict = dataclasses.replace(facts, items=dataclasses.replace(facts.items, types=types))
        tight = dataclasses.replace(lab, facts=strict)
        late = Bench.of(strict, 6, seed=3)
        given, volumes = moved_in_time(tight, late)
        frame = ageing(given, late, ["keep_free"], volumes)
        assert frame["policy"].tolist() == ["keep_free", "keep_free+trigger"]
        # items of Friday afternoon wait for Monday
        assert frame["oldest_due_share"].iloc[0] > 0.5
        volume = volumes["keep_free"]
        assert volume.share in VOLUMES
        assert volume.holds == (volume.at.share >= within_asked(tight))
        assert volume.at.share >= volume.full.share
        assert given.tried["keep_free"].item_h <= volume.share * volume.most_h + 1e-9
        assert given.tried["fill"] is tight.tried["fill"]
        same, known = moved_in_time(lab, bench)
        assert {one.share for one in known.values()} == {1.0}
        unknown = ageing(same, bench, ["keep_free"], known)
        assert set(unknown["verdict"]) == {"cannot say"}
        assert "no due times are known" in unknown["sentence"].iloc[0]

    def test_a_trigger_that_breaks_the_cap_is_no_way_to_move_more(self, lab, bench, monkeypatch):
        _, volumes = moved_in_time(lab, bench)
        kept = ageing_module.judged
        assert ageing(lab, bench, ["keep_free"], volumes)["policy"].tolist() == ["keep_free", "keep_free+trigger"]
        monkeypatch.setattr(ageing_module, "judged", lambda *given: dataclasses.replace(kept(*given), keeps_cap=False))
        assert ageing(lab, bench, ["keep_free"], volumes)["policy"].tolist() == ["keep_free"]

    @pytest.mark.parametrize("share", [1.0, 0.96, 0.925, 0.81, 0.7, 0.5])
    def test_the_volume_is_the_largest_part_whose_items_are_in_time(self, lab, bench, share):
        one = lab.tried["keep_free"]

        def in_time(hours: float, _: Policy) -> Aged:
            return Aged(np.array([1.0 if hours <= share * one.item_h + 1e-9 else 0.0]), 1.0, 0.1)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("analysis.blending.ageing.given_items", lambda *args: args[-1])
            patch.setattr("analysis.blending.ageing.aged", in_time)
            volume = volume_of(lab, bench, one, one.policy)
        good = [part for part in VOLUMES if part <= share + 1e-9]
        assert volume.share == (good[0] if good else VOLUMES[-1])
        assert volume.holds == bool(good)

    def test_items_given_are_what_the_policy_moves(self, bench):
        only = bench.facts.items.suits["suitable_between"]
        given = given_items(bench, only, 10.0)
        rates = [sum(item.arrivals_per_h or ()) / 2 * item.length.mean_s / 3600 for item in given.desks[0].items]
        assert sum(rates) == pytest.approx(10.0)
        assert not any(rate for place, rate in enumerate(rates) if place not in only)

    def test_flips_hold_today_and_move_the_right_way(self, planted):
        facts, options, lab = planted
        key = choose(lab, None).key
        frame = flips(lab, families(facts, options), key, seed=5)
        today = frame[frame["today"]]
        assert set(today["recommended"]) == {key}
        assert today["item_h_per_week"].to_numpy() == pytest.approx(lab.tried[key].item_h)
        load = frame[frame["factor"].eq("load")].sort_values("setting")["item_h_per_week"]
        assert load.iloc[0] > load.iloc[-1]
        assert flips(lab, families(facts, options), "", seed=5).empty

    def test_the_foreseen_load_gives_the_schedule_itself_and_more_load_keeps_more_free(self, lab):
        policy = lab.tried["schedule"].policy
        rule = thresholds(lab.facts, policy)
        assert rule is not None
        assert tuple(rule.choose(rule.foreseen)) == policy.kept_free
        more = np.array(rule.choose(2 * rule.foreseen))
        assert (more >= np.array(policy.kept_free)).all()
        assert thresholds(lab.facts, lab.tried["resume"].policy) is None

    def test_waterfall_bars_have_their_signs(self, lab, bench):
        found = simulation.waterfall(
            bench.desks, lab.tried["schedule"].policy, seed=bench.seed, precision=1.0, least=12, most=12
        )
        steps = {step.key: step.hours for step in found.steps}
        today = lab.today.figures
        assert steps["all_idle"] == pytest.approx(today["paid_h_per_week"] * (1 - today["occupancy"]), rel=0.03)
        assert steps["resumption_switching"] < 0
        assert steps["held_back"] < 0
        assert sum(hours for key, hours in steps.items() if key != "usable") == pytest.approx(steps["usable"])
        assert steps["usable"] == pytest.approx(lab.tried["schedule"].item_h, rel=0.05)


def test_fewest_kept_free_is_the_simulated_occupancy():
    # 10 agents, 5 erlangs, items that give way and never run out: busy max(B, 10 - k) of 10
    kept = fewest_kept_free(10, np.array([5.0]), np.ones(1), 0.8)
    assert fewest_kept_free(10, np.array([9.0]), np.ones(1), 0.8) is None
    queue = simulation.ContactQueue("calls", (60.0,) * 48, simulation.Times(300.0))
    desk = simulation.Desk(
        1800.0,
        48,
        (queue,),
        (simulation.Group("all", (0,), (0,)),),
        (0,) * 10,
        tuple(simulation.Shift(agent, 0.0, 86400.0) for agent in range(10)),
        (simulation.ItemType("item", simulation.Times(300.0), resume_s=0.0),),
    )
    busy = []
    for number in range(12):
        streams = simulation.draw_streams(desk, seed=1, replication=number)
        run = simulation.simulate(desk, streams, Policy("resume", kept_free=kept or 0, gives_way="resume"))
        busy.append((run.agents[:, 1] + run.agents[:, 2]).sum() / run.agents[:, 0].sum())
    # callers wait now and then, which the Poisson law leaves out
    assert 0.7 < np.mean(busy) < 0.815


def test_an_interval_widens_with_fewer_days_and_weeks(lab):
    series = np.random.default_rng(1).normal(size=20)
    assert half_width(series, lab.facts, 5, behind=3) > half_width(series, lab.facts, 5, behind=30)
    # chance that the week's work explains is the data's; the rest can be simulated away
    assert half_width(series, lab.facts, 5, work=series) > half_width(series, lab.facts, 5, work=series[::-1])
    assert half_width(series[:1], lab.facts, 5) == 0.0
