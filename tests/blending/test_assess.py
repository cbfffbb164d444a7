"""The verb on small centres whose truth is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import assess_blending, queueing
from analysis.blending import Blending, BlendingSettings, assess, frames, simulated
from analysis.blending.candidates import MODE_OF
from analysis.blending.result import MODES
from analysis.foundation.estimate import find
from analysis.foundation.schema import empty_table, typed_table
from analysis.foundation.settings import Queue

SCOPE = {"population": "contact_centre", "pool": "service"}
QUICK = {"draws": 200, "most_kept_free": 12, "most_weeks": 10, "precision": 0.05}


@pytest.fixture(autouse=True, scope="module")
def _alone():
    """Leave out what has tests of its own: replay, forecast, measured gaps and flips."""
    nothing = {name.removeprefix("replay_"): frames.frame(name) for name in frames.FRAMES if name.startswith("replay_")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulated, "replay", lambda *_, **__: SimpleNamespace(**nothing, findings=()))
        patch.setattr(simulated, "flips", lambda *_, **__: frames.frame("flips"))
        patch.setattr(
            assess,
            "foresee",
            lambda *_, **__: SimpleNamespace(
                forecast=frames.frame("forecast"), check=frames.frame("forecast_check"), findings=()
            ),
        )
        patch.setattr(assess, "measured_gaps", lambda *_, **__: SimpleNamespace(frame=frames.frame("gap_law")))
        yield


def assessed(world, tables=None, queues=None, **asked) -> Blending:
    given_tables = world.tables if tables is None else tables
    given_queues = world.queues if queues is None else queues
    return assess_blending(
        given_tables, None, client=world.client, queues=given_queues, settings=BlendingSettings(**{**QUICK, **asked})
    )


def verdicts(result: Blending) -> dict[str, str]:
    return result.recommendation.set_index("mode")["verdict"].to_dict()


def hours(result: Blending) -> list[float]:
    return [find(result.quantities, "blending.usable_h_per_week", **SCOPE, mode=mode).value for mode in MODES]


@pytest.fixture(scope="module")
def result(centre) -> Blending:
    """Return the assessment of a centre with room: 12 agents, 7 erlangs."""
    return assessed(centre())


class TestRoom:
    def test_the_model_meets_the_service_that_was_measured(self, result):
        row = result.service.iloc[0]
        truth = queueing.erlang_a(12, 7.0, aht_s=240, patience_s=120, answer_within_s=20).service_level
        assert row["low"] < truth < row["high"]
        assert row["modelled"] == pytest.approx(row["measured"], abs=0.03)

    def test_idle_is_what_the_agents_waited(self, result):
        truth = queueing.erlang_a(12, 7.0, aht_s=240, patience_s=120, answer_within_s=20).occupancy
        idle = find(result.quantities, "blending.idle_agents", **SCOPE)
        assert idle.low < 12 * (1 - truth) < idle.high
        assert idle.basis == "measured"

    def test_structural_and_surplus_are_all_of_idle(self, result):
        frame = result.idle_by_cause
        assert (frame["structural_agents"] + frame["surplus_agents"]).to_numpy() == pytest.approx(frame["idle_agents"])
        assert (frame["structural_agents"] >= 0).all()
        assert (frame["surplus_agents"] >= 0).all()

    def test_the_gap_law_is_the_one_of_longest_idle_routing(self, result):
        law = queueing.idle_gaps(12, arrivals_per_h=105, aht_s=240).usable_share(20)
        found, idle = (
            find(result.quantities, f"blending.{name}_agents", **SCOPE).value for name in ("interruptible", "idle")
        )
        assert found / idle == pytest.approx(law, abs=0.02)

    def test_today_and_a_policy_are_those_of_the_chain(self, result):
        desk = {"arrivals_per_h": 105, "aht_s": 240, "item_s": 180, "patience_s": 120, "answer_within_s": 20}
        rows = result.frontier.set_index("policy")
        for policy, threshold in (("today, no items", 0), ("keep 3 free", 9)):
            exact = queueing.blend(12, threshold=threshold, **desk)
            assert rows.loc[policy, "occupancy"] == pytest.approx(exact.occupancy, abs=0.02)
            assert rows.loc[policy, "item_agents"] == pytest.approx(exact.item_agents, abs=0.2)
            assert rows.loc[policy, "service_level"] == pytest.approx(exact.service_level, abs=0.02)

    def test_every_policy_gains_only_what_was_idle(self, result):
        rows = result.frontier
        today = rows.iloc[0]
        assert (rows["net_agents"] <= 12 * (1 - today["occupancy"]) + 1e-6).all()
        # net agents = agents x (occupancy after - before)
        assert (12 * (rows["occupancy"] - today["occupancy"])).to_numpy() == pytest.approx(rows["net_agents"], abs=1e-6)

    def test_callers_pay_for_items_between_contacts_and_not_for_items_that_give_way(self, result):
        rows = result.frontier.set_index("policy")
        fixed = rows[rows["kept_free_agents"].notna()].sort_values("kept_free_agents")
        assert fixed["service_level"].is_monotonic_increasing
        assert fixed["item_agents"].is_monotonic_decreasing
        assert rows.loc["items that give way to contacts at once", "service_level"] == rows["service_level"].iloc[0]

    def test_a_feasible_policy_keeps_promise_and_cap(self, result):
        good = result.frontier[result.frontier["feasible"]]
        assert (good["service_level"] >= 0.8).all()
        assert (good["occupancy"] <= 0.95 + 1e-9).all()

    def test_what_is_recommended_keeps_both_in_every_half_hour_with_items(self, result):
        assert result.frontier["recommended"].sum() == 3
        placed = result.schedule[result.schedule["kept_free_agents"].notna()]
        assert len(placed)
        assert (placed["service_level_after"] >= 0.8).all()
        assert (placed["occupancy_after"] <= 0.95 + 1e-9).all()

    def test_hours_of_quantities_lab_usable_and_waterfall_agree(self, result):
        lab = result.lab.set_index("policy")
        best = {
            mode: lab.loc[[key for key in MODE_OF if MODE_OF[key] == mode and key in lab.index]]
            .query("keeps_promise and keeps_cap")["item_h_per_week"]
            .max()
            for mode in MODES
        }
        # the best of a mode may lie a little below the most: of policies that move as much another rule decides
        assert hours(result) == pytest.approx([best[mode] for mode in MODES], rel=0.02)
        assert result.usable["hours_per_week"].tolist() == pytest.approx(hours(result))
        chosen = lab[lab["recommended"]]
        assert len(chosen) == 1
        assert result.waterfall["policy"].unique().tolist() == chosen.index.tolist()
        assert result.waterfall.iloc[-1]["hours_per_week"] == pytest.approx(chosen["item_h_per_week"].iloc[0])

    def test_the_exact_model_checks_what_is_simulated(self, result):
        today = result.lab.set_index("policy").loc["today"]
        exact = result.frontier.iloc[0]
        assert today["service_level"] == pytest.approx(exact["service_level"], abs=0.02)
        assert today["occupancy"] == pytest.approx(exact["occupancy"], abs=0.02)
        rows = result.frontier[result.frontier["recommended"]].set_index("mode")["hours_per_week"]
        # the chain knows one length of item and always has the next
        assert hours(result)[1:] == pytest.approx([rows[mode] for mode in MODES[1:]], rel=0.25)

    def test_usable_hours_are_never_more_than_idle_hours_or_suitable_hours(self, result):
        idle_h = find(result.quantities, "blending.idle_agents", **SCOPE).value * 4 * 5
        items = result.inventory
        limits = [
            items.loc[items[name], "hours_per_week"].sum()
            for name in ("suitable_blocks", "suitable_between", "suitable_interrupt")
        ]
        for mode_hours, limit in zip(hours(result), limits, strict=True):
            assert mode_hours <= min(idle_h, limit) + 1e-9

    def test_every_quantity_of_the_contract_is_there_once(self, result):
        names = {quantity.id.removeprefix("blending.") for quantity in result.quantities}
        pool = {"idle", "structural", "surplus", "releasable", "shareable", "interruptible", "item", "net"}
        service = {"service_level_reported", "service_level_measured"}
        service |= {f"service_level_modelled_{side}" for side in ("before", "after")}
        assert names == {f"{name}_agents" for name in pool} | service | {
            "usable_h_per_week",
            "occupancy_after",
            "occupancy_peak",
        }
        keys = [(quantity.id, tuple(sorted(quantity.scope.items()))) for quantity in result.quantities]
        assert len(keys) == len(set(keys))

    def test_the_sentences_name_hours_policy_and_price(self, result):
        text = str(result)
        assert "room for" in text
        assert "answered within 20 s (today" in text
        assert len(result.to_frame()) == len(result.quantities)

    @pytest.mark.slow
    def test_the_same_seed_gives_the_same_figures(self, centre, result):
        pd.testing.assert_frame_equal(assessed(centre()).to_frame(), result.to_frame())


class TestModes:
    @pytest.mark.slow
    def test_shareable_is_the_best_threshold_of_the_chain(self, centre):
        world = centre(weeks=8)
        found = assessed(world, max_occupancy=1.0)
        desk = {"arrivals_per_h": 105, "aht_s": 240, "item_s": 180, "patience_s": 120}
        best = queueing.best_threshold(12, target=0.8, answer_within_s=20, **desk)
        truth = queueing.blend(12, threshold=best, answer_within_s=20, **desk).net_agents
        less = queueing.blend(12, threshold=best - 1, answer_within_s=20, **desk).net_agents
        shareable = find(found.quantities, "blending.shareable_agents", **SCOPE).value
        # half hours whose load looks a little higher keep one agent more free
        assert less - 0.2 < shareable < truth + 0.4

    @pytest.mark.slow
    def test_whole_agents_above_the_fewest(self, centre):
        world = centre(agents=14, weeks=8)
        found = assessed(world)
        needed = queueing.agents_required(7.0, aht_s=240, target=0.8, answer_within_s=20, patience_s=120)
        releasable = find(found.quantities, "blending.releasable_agents", **SCOPE).value
        assert 14 - needed - 1 <= releasable <= 14 - needed + 0.5

    def test_items_bound_the_hours_and_that_is_said(self, centre):
        world = centre()
        few = {**world.tables, "work_items": world.tables["work_items"].iloc[::40]}
        found = assessed(world, tables=few)
        suitable = found.inventory.loc[found.inventory["suitable_between"], "hours_per_week"].sum()
        # some of the week's last items wait for the next week
        assert 0.85 * suitable < hours(found)[1] <= suitable
        assert "suitable items" in found.recommendation.set_index("mode").loc["shareable", "reason"]

    @pytest.mark.slow
    def test_the_cap_on_occupancy_binds_and_that_is_said(self, centre):
        world = centre()
        loose, tight = assessed(world), assessed(world, max_occupancy=0.7)
        assert all(less < more for less, more in zip(hours(tight), hours(loose), strict=True))
        assert (tight.frontier.loc[tight.frontier["recommended"], "occupancy_peak"] <= 0.7 + 1e-9).all()
        assert "cap of 70 %" in tight.recommendation.set_index("mode").loc["interruptible", "reason"]

    def test_a_cap_below_todays_occupancy_leaves_no_room(self, centre):
        found = assessed(centre(), max_occupancy=0.5)
        assert set(verdicts(found).values()) == {"no room"}
        assert hours(found) == [0.0, 0.0, 0.0]

    def test_only_regulated_items_leave_no_room(self, centre):
        world = centre()
        types = world.tables["item_types"].assign(regulated=True).astype({"regulated": "boolean"})
        found = assessed(world, tables={**world.tables, "item_types": types})
        assert set(verdicts(found).values()) == {"no room"}
        assert found.recommendation["reason"].unique().tolist() == ["no item type suits this mode"]

    @pytest.mark.slow
    @settings(max_examples=5)
    @given(targets=st.tuples(st.floats(0.55, 0.9), st.floats(0.001, 0.09)))
    def test_raising_the_target_never_raises_usable_hours(self, centre, targets):
        low, step = targets
        lax, strict = (assessed(centre(), service_level=target) for target in (low, low + step))
        for less, more in zip(hours(strict), hours(lax), strict=True):
            assert less <= more + 1e-9
        frames = [result.usable.set_index("mode")["agents"] for result in (strict, lax)]
        assert (frames[0] <= frames[1] + 1e-9).all()

    @pytest.mark.slow
    def test_a_longer_resumption_leaves_less_to_interrupt(self, centre):
        short, long = (
            find(assessed(centre(), resume_s=resume).quantities, "blending.interruptible_agents", **SCOPE).value
            for resume in (5, 60)
        )
        assert long < short


class TestNoRoomAndCannotSay:
    def test_a_promise_missed_already_leaves_no_room_in_any_mode(self, centre):
        found = assessed(centre(agents=8, load=7.5))
        assert found.service["measured"].iloc[0] < 0.8
        assert set(verdicts(found).values()) == {"no room"}
        assert all("missed already" in sentence for sentence in found.recommendation["sentence"])
        assert hours(found) == [0.0, 0.0, 0.0]
        assert not found.frontier["recommended"].any()

    def test_zero_idle_means_zero_usable(self, centre):
        world = centre()
        spells = world.tables["spells"]
        # a trace of waiting keeps the log one that shows waiting
        idle = spells["state"].eq("IDLE")
        kept = spells[~idle | (idle.cumsum() == 1)].copy()
        first = kept["state"].eq("IDLE")
        kept.loc[first, "end"] = kept.loc[first, "start"] + pd.Timedelta(1, "us")
        found = assessed(world, tables={**world.tables, "spells": kept})
        # agents who never wait cannot have kept this promise: the model says so, and nothing is recommended
        assert set(verdicts(found).values()) == {"cannot say"}
        assert not found.frontier["recommended"].any()
        assert found.frontier["hours_per_week"].to_numpy() == pytest.approx(0.0, abs=1e-6)
        for name in ("idle", "releasable", "shareable", "interruptible"):
            assert find(found.quantities, f"blending.{name}_agents", **SCOPE).value == pytest.approx(0.0, abs=1e-6)

    def test_a_model_that_misses_what_was_measured_may_not_recommend(self, centre):
        # callers were answered at once by a service outside the pool: measured 100 %, and the model knows nothing of it
        world = centre(agents=9, load=7.0)
        contacts = world.tables["contacts"]
        quick = contacts.assign(answered_at=contacts["offered_at"], abandoned=False)
        found = assessed(world, tables={**world.tables, "contacts": quick}, patience_s=120.0)
        row = found.service.iloc[0]
        assert row["measured"] - row["modelled"] > 0.03
        assert set(verdicts(found).values()) == {"cannot say"}
        reason = found.recommendation["reason"].iloc[0]
        assert f"{100 * row['modelled']:.0f} %" in reason
        assert "100 %" in reason
        assert not found.frontier["recommended"].any()
        assert found.usable["hours_per_week"].isna().all()

    def test_a_call_log_alone_is_no_measurement_of_idle(self, centre):
        world = centre()
        found = assessed(world, tables=world.without("spells"))
        assert set(verdicts(found).values()) == {"cannot say"}
        for name in ("idle", "structural", "surplus", *MODES):
            estimate = find(found.quantities, f"blending.{name}_agents", **SCOPE)
            assert estimate.value is None
            assert estimate.status == "insufficient"
            assert "neither presence nor waiting" in estimate.reasons[0]
        assert found.idle_by_cause["idle_agents"].isna().all()
        assert found.idle_by_cause["load"].gt(0).all()
        assert len(found.frontier) == 1
        assert [finding.code for finding in found.findings if finding.severity == "ask"] == [
            "idle_guessed_from_contacts"
        ]

    @pytest.mark.slow
    def test_interval_totals_of_states_are_measured_idle_with_a_modelled_gap_law(self, centre):
        world = centre()
        spells = world.tables["spells"]
        from analysis.foundation import intervals

        long = intervals.totals(spells[["agent", "start", "end", "state"]], slot_s=1800)
        totals = typed_table(
            "state_totals", long.rename(columns={"slot_start": "interval_start"}).assign(length_s=1800.0)
        )
        by_totals = assessed(world, tables={**world.without("spells"), "state_totals": totals})
        by_spells = assessed(world)
        for name, tolerance in (("idle", 1e-6), ("surplus", 1e-6), ("interruptible", 0.1)):
            one, two = (find(x.quantities, f"blending.{name}_agents", **SCOPE) for x in (by_totals, by_spells))
            assert one.value == pytest.approx(two.value, abs=tolerance)
        assert find(by_totals.quantities, "blending.interruptible_agents", **SCOPE).basis == "modelled"
        assert verdicts(by_totals)["interruptible"] == "room"

    def test_few_days_cannot_say(self, centre):
        world = centre(weeks=1)
        assert "only 5 days" in assessed(world).recommendation["reason"].iloc[0]

    def test_unknown_items_cannot_say_how_many_hours(self, centre):
        world = centre()
        found = assessed(world, tables=world.without("item_types", "work_items"))
        assert set(verdicts(found).values()) == {"cannot say"}
        assert "items are not known" in found.recommendation["reason"].iloc[0]
        assert find(found.quantities, "blending.shareable_agents", **SCOPE).value is None
        assert find(found.quantities, "blending.interruptible_agents", **SCOPE).value > 0

    def test_volumes_without_counts_in_time_cannot_say(self, centre):
        world = centre()
        volumes = typed_table(
            "volumes",
            pd.DataFrame(
                {
                    "queue": "claims line",
                    "start": pd.date_range("2026-06-01 08:00", periods=20, freq="D", tz="UTC"),
                    "length_s": 1800.0,
                    "offered": 50.0,
                    "answered": 50.0,
                    "handle_us": 50 * 240_000_000,
                }
            ),
        )
        found = assessed(world, tables={**world.without("contacts"), "volumes": volumes})
        assert set(verdicts(found).values()) == {"cannot say"}
        assert "could not be measured" in found.recommendation["reason"].iloc[0]

    def test_empty_tables_and_no_queues_are_answered_in_words(self, centre):
        world = centre()
        nothing = {name: empty_table(name) for name in ("contacts", "spells", "work_items", "item_types", "roster")}
        assert set(verdicts(assessed(world, tables=nothing)).values()) == {"cannot say"}
        assert "no contact pool" in str(assessed(world, queues=[]))

    @pytest.mark.slow
    def test_two_pools_are_judged_apart(self, centre):
        world = centre()
        other = world.tables["contacts"].iloc[:400].assign(queue="other", agent=None)
        tables = {**world.tables, "contacts": pd.concat([world.tables["contacts"], other], ignore_index=True)}
        queues = [*world.queues, Queue(name="other", pool="second")]
        found = assessed(world, tables=tables, queues=queues)
        by_pool = found.recommendation.groupby("pool")["verdict"].agg(set).to_dict()
        assert by_pool["service"] == {"room"}
        assert by_pool["second"] == {"cannot say"}


class TestCountsByInterval:
    """A client who gives counts by half hour and agents' states, but no single contact."""

    @pytest.fixture
    def volumes(self, centre) -> pd.DataFrame:
        contacts = centre(agents=10, weeks=8).tables["contacts"]
        wait_s = (contacts["answered_at"] - contacts["offered_at"]).dt.total_seconds()
        counts = pd.DataFrame(
            {
                "start": contacts["offered_at"].dt.floor("30min"),
                "offered": 1.0,
                "answered": wait_s.notna().astype(float),
                "answered_within": (wait_s <= 20).astype(float),
                "abandoned": wait_s.isna().astype(float),
                "handle_us": 1e6 * (contacts["ended_at"] - contacts["answered_at"]).dt.total_seconds().fillna(0),
            }
        )
        sums = counts.groupby("start", as_index=False).sum().assign(queue="claims line", length_s=1800.0, within_s=20.0)
        return typed_table("volumes", sums.assign(handle_us=sums["handle_us"].round().astype("int64")))

    def test_patience_is_the_one_that_loses_as_many_callers_as_were_counted(self, centre, volumes):
        world = centre(agents=10, weeks=8)
        found = assessed(world, tables={**world.without("contacts"), "volumes": volumes})
        finding = next(finding for finding in found.findings if finding.code == "patience_from_counts")
        patience_s = float(finding.message.split(" s on average")[0].rsplit(" ", 1)[1])
        # single days and half hours differ by chance, which the model counts as spread of the load
        assert 90 < patience_s < 220
        assert found.frontier["p_abandon"].iloc[0] == pytest.approx(
            volumes["abandoned"].sum() / volumes["offered"].sum(), abs=0.002
        )

    @pytest.mark.slow
    def test_the_verdict_is_the_one_that_the_contacts_give(self, centre, volumes):
        world = centre(agents=10, weeks=8)
        asked = {"most_weeks": 40, "model_tolerance": 0.05}
        by_counts = assessed(world, tables={**world.without("contacts"), "volumes": volumes}, **asked)
        by_contacts = assessed(world, **asked)
        for mode in MODES[1:]:
            assert verdicts(by_counts)[mode] == verdicts(by_contacts)[mode]
        assert by_counts.service["measured"].tolist() == pytest.approx(by_contacts.service["measured"].tolist())
        assert by_counts.service["reported"].notna().all()


class TestForecast:
    @pytest.mark.slow
    def test_volume_below_forecast_explains_the_surplus(self, centre):
        world = centre()
        starts = pd.DatetimeIndex(
            [
                day + pd.Timedelta(hours=8, minutes=30 * slot)
                for day in pd.date_range("2026-06-01", periods=28, freq="D", tz="UTC")
                for slot in range(8)
            ]
        )
        # expected: 52.5 contacts a half hour at 240 s; forecast: twice as many
        forecast = pd.DataFrame({"queue": "claims line", "start": starts, "length_s": 1800.0, "offered": 105.0})
        forecast["handle_us"] = 105 * 240_000_000
        found = assessed(world, tables={**world.tables, "forecasts": typed_table("forecasts", forecast)}).idle_by_cause
        parts = found[[f"surplus_{name}_agents" for name in ("planned", "volume", "handling")]]
        assert parts.sum(axis=1).to_numpy() == pytest.approx(found["surplus_agents"])
        assert parts["surplus_volume_agents"].mean() == pytest.approx(
            np.diff(queueing.agents_required([7.0, 14.0], aht_s=240, target=0.8, answer_within_s=20, patience_s=120))[
                0
            ],
            abs=1.5,
        )
        assert abs(parts["surplus_handling_agents"].mean()) < 1


@pytest.mark.slow
def test_the_intervals_cover_what_other_weeks_of_the_same_centre_give(centre):
    found = {name: [] for name in ("idle", "shareable", "interruptible")}
    for seed in range(200, 240):
        quantities = assessed(centre(agents=14, load=7.4, weeks=6, seed=seed), most_kept_free=9).quantities
        for name, rows in found.items():
            estimate = find(quantities, f"blending.{name}_agents", **SCOPE)
            rows.append((estimate.value, estimate.low, estimate.high))
    for rows in found.values():
        value, low, high = np.array(rows).T
        # 34 of 40 is the 0.5 % quantile of a binomial with 95 %
        assert ((low <= value.mean()) & (value.mean() <= high)).sum() >= 34
