"""The chapter on blending: with room, without, where nothing can be said, and with several pools; its numbers are the lab's."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest

from analysis.blending.ageing import WITHIN
from analysis.blending.candidates import MODE_OF
from analysis.blending.frames import FRAMES, frame
from analysis.blending.replay_days import MUCH
from analysis.foundation.schema import Finding
from analysis.report import build_report
from analysis.report.blocks import Absent, Cell, Exhibit, Facts, Text
from analysis.report.chapters import blend, first, items, worth
from analysis.report.exhibits import ages, ahead, deductions, gap_laws, lab, policies, replays, spare, turns, worst_day
from analysis.report.numbers import plain
from analysis.report.workbook import tables
from tests.report import factory_lab
from tests.report.conftest import words_of
from tests.report.test_exhibits import drawn
from tests.report.test_results import context

NOTHING = {name: frame(name) for name in FRAMES}
ORDER = ["What it yields", "What it costs", "When it can be used", "When it hurts", "Why not more", "Which items first",
         "Does the work grow old", "What would turn it", "How far to trust it", "What comes next"]  # fmt: skip


def blending_with(material, **frames):
    return dataclasses.replace(material["blending"], **frames)


def verdict(pool: str, word: str, reason: str) -> pd.DataFrame:
    rows = [(pool, mode, "", word, f"{mode}: {word}; {reason}.", reason) for mode in spare.MODES]
    return pd.DataFrame(rows, columns=["pool", "mode", "policy", "verdict", "sentence", "reason"])


@pytest.fixture(scope="module")
def missed(material):
    """Return blending of a client who misses the promise today."""
    reason = "the promise is missed today: 62 % answered in time, 80 % promised"
    frames = {
        name: NOTHING[name] for name in ("replay_days", "replay_slots", "replay_ranges", "flips", "ageing", "waterfall")
    }
    simulated = factory_lab.lab(room=False, shift=-0.25)
    simulated["why"] = f"nothing is recommended: {reason}"
    return blending_with(
        material, lab=simulated, recommendation=verdict("service", "no room", reason),
        frontier=material["blending"].frontier.assign(recommended=False), **frames,
    )  # fmt: skip


def recommended(c):
    row = lab.chosen(lab.policies(c.blending))
    assert row is not None
    return row


def topics(chapter) -> list[str]:
    said = [part.topic for part in chapter.parts if isinstance(part, Exhibit) and part.topic]
    return list(dict.fromkeys(said))


def test_with_room_it_answers_in_the_order_of_a_decision(material):
    chapter = blend.chapter(context(material))
    assert topics(chapter) == ORDER
    assert isinstance(chapter.parts[0], Facts)
    assert not [part for part in chapter.parts if isinstance(part, Absent)]


def test_answer_facts_charts_and_page_one_say_the_labs_numbers(material, pages):
    c = context(material)
    row, today = recommended(c), lab.today(lab.policies(c.blending))
    assert today is not None
    hours = c.n.interval(row.item_h_per_week, row.item_h_low, row.item_h_high, "hours_per_week")
    level, before = c.n.share(row.service_level), c.n.share(today.service_level)
    answer = blend.sentence(c)
    assert hours in plain(answer).replace(" (grade A)", "") or hours.replace("\u00a0", " ") in plain(answer)
    for text in (answer, lab.headline(c.blending), policies.headline(c.blending)):
        assert level in text
        assert before in text
    hurt = material["blending"].replay_days["hurt"].sum()
    assert f"{hurt} of 40 past days" in plain(answer)
    assert f"{hurt} of 40 days" in plain(replays.headline(c.blending))
    # page one says the same hours and the same level, in its own sentence
    said = first.first_page(c)["rows"][2]["answers"][1]
    assert {hours, level, before} <= {part for part in (hours, level, before) if part in said}
    assert plain(hours) in " ".join(pages[0].split()).replace("\u00a0", " ")


def test_steps_usable_hours_lab_and_value_agree(material):
    c = context(material)
    row, steps = recommended(c), deductions.steps(c.blending).set_index("key")
    assert steps.at["usable", "hours_per_week"] == pytest.approx(row.item_h_per_week)
    parts = steps.loc[~steps.index.isin(["usable"]), "hours_per_week"].sum()
    assert parts == pytest.approx(steps.at["usable", "hours_per_week"])
    quantity = c.estimate("blending.usable_h_per_week", pool="service", mode="shareable")
    assert quantity is not None
    assert quantity.value == pytest.approx(row.item_h_per_week)
    assert worth.sentence(c)


def test_without_room_it_is_short_and_says_why_with_numbers(material, missed):
    chapter = blend.chapter(context(material, blending=missed))
    assert chapter.answer.startswith("There is no room")
    assert "62 %" in chapter.answer
    assert not [part for part in chapter.parts if isinstance(part, Facts)]
    assert len(chapter.parts) <= 5
    said = lab.headline(missed)
    assert said.startswith("0 of 12 policies keep promise and cap, and none is recommended")
    assert "62 %" in said.replace("\u00a0", " ")


def test_a_demonstration_is_labelled_and_comes_first(material, missed):
    finding = Finding(
        "idle_guessed_from_contacts", "ask", "pool service", "Gaps of up to 15 min would make 3.1 agents idle.", 1
    )
    chapter = blend.chapter(context(material, blending=dataclasses.replace(missed, findings=(finding,))))
    assert isinstance(chapter.parts[0], Text)
    assert chapter.parts[0].text.startswith("Demonstration, not a finding (pool service)")


def test_where_nothing_was_simulated_the_model_speaks_and_the_reason_stands(material):
    chapter = blend.chapter(context(material, blending=blending_with(material, **NOTHING)))
    absent = [part for part in chapter.parts if isinstance(part, Absent)]
    assert "No policy could be simulated" in absent[0].headline
    assert "agents could work on items" in chapter.answer
    unknown = blending_with(
        material, **NOTHING, recommendation=verdict("service", "cannot say", "no contacts were given"),
        frontier=material["blending"].frontier.head(0),
    )  # fmt: skip
    assert "cannot be said: no contacts were given." in blend.sentence(context(material, blending=unknown))


def test_a_recommendation_to_roster_fewer_is_told_in_paid_hours(material):
    frame_ = factory_lab.lab()
    frame_["recommended"] = frame_["policy"] == "roster"
    result = blending_with(material, lab=frame_)
    said = plain(blend.sentence(context(material, blending=result)))
    assert said.startswith("Rostering fewer agents uses the waiting better than items: 205 paid hours a week less")
    assert "205 paid hours a week less" in plain(lab.headline(result))
    facts = next(part for part in blend.chapter(context(material, blending=result)).parts if isinstance(part, Facts))
    assert plain(facts.items[0].value) == "205 h a week"


@pytest.fixture(scope="module")
def several(material):
    """Return blending of three pools: the second has room, the first and the third have none."""
    frames = factory_lab.pools("back", "service", "night")
    for pool in ("back", "night"):
        mine = frames["lab"]["pool"] == pool
        frames["lab"].loc[mine, "recommended"] = False
        frames["lab"].loc[mine, "why"] = "nothing is recommended: the promise is missed today"
    one = material["blending"].recommendation
    parts = [*(verdict(pool, "no room", "the promise is missed today") for pool in ("back", "night")), one]
    return blending_with(material, **frames, recommendation=pd.concat(parts, ignore_index=True))


def test_several_pools_have_one_in_full_and_the_others_in_a_table(material, several):
    c = context(material, blending=several)
    chapter = blend.chapter(c)
    alone = len(blend.chapter(context(material)).parts)
    assert len(chapter.parts) == alone + 1
    table = chapter.parts[-1]
    assert isinstance(table, Exhibit)
    assert [row[0] for row in table.rows] == ["back", "night"]
    assert "2 more pools" in table.headline
    names = [part.drawing.name for part in chapter.parts if isinstance(part, Exhibit) and part.drawing]
    assert len(names) == len(set(names))
    assert blend.spoken_pool(c) == "service"
    assert first.first_page(c)["rows"][2]["file"]


def test_every_frame_of_the_desk_is_a_sheet(material):
    sheets = tables(context(material))
    assert set(FRAMES) <= set(sheets)


def test_modes_and_the_bound_of_ageing_are_the_labs():
    assert blend.WITHIN_DUE == WITHIN
    # as the catalogue says of days that would have hurt
    assert MUCH == 0.05
    assert dict(MODE_OF) == lab.MODES


def test_what_is_broken_is_out_of_the_group_of_what_keeps(material):
    groups = dict(lab.ordered(lab.policies(material["blending"])))
    kept = groups["kept"]
    assert (kept["keeps_promise"] & kept["keeps_cap"]).all()
    assert kept["policy"].iloc[0] == "schedule"
    assert not (groups["broken"]["keeps_promise"] & groups["broken"]["keeps_cap"]).any()
    assert set(groups["instead"]["policy"]) == {"roster", "time_off", "training"}


def test_a_step_may_give_and_a_step_may_take(material):
    texts = drawn(deductions.waterfall, material["blending"])
    assert any(text.startswith("\u2212120 (") for text in texts)
    assert any(text.startswith("+25 (") for text in texts)
    wide = material["blending"].waterfall.copy()
    wide.loc[wide["key"] == "forecast", ["low", "high"]] = [-10.0, 60.0]
    assert "+25 (\u221210\u00a0to\u00a0+60)" in drawn(deductions.waterfall, blending_with(material, waterfall=wide))
    wide.loc[wide["key"] == "forecast", ["hours_per_week", "low", "high"]] = [1.2, -0.8, 2.0]
    assert "under 5" in drawn(deductions.waterfall, blending_with(material, waterfall=wide))


def test_a_replay_that_misses_today_shows_no_effect_and_says_why(material):
    refused = blending_with(
        material, replay_check=factory_lab.replay_check(holds=False), replay_days=NOTHING["replay_days"],
        replay_slots=NOTHING["replay_slots"],
    )  # fmt: skip
    assert "service_level: seen 0.87, replayed 0.78." in replays.missing(refused)
    assert worst_day.missing(refused) == replays.missing(refused)
    chapter = blend.chapter(context(material, blending=refused))
    check = next(
        part for part in chapter.parts if isinstance(part, Exhibit) and "do not give what was observed" in part.headline
    )
    assert check.headline.endswith("outside the tolerance: answered in time")
    absent = [part.headline for part in chapter.parts if isinstance(part, Absent)]
    assert replays.missing(refused) in absent
    assert "past days" not in chapter.answer


def test_on_no_day_is_a_finding_too(material):
    calm = blending_with(material, replay_days=factory_lab.replay_days(hurt=()))
    assert replays.headline(calm).startswith("On none of 40 days")
    assert "none of 40 past days" in plain(blend.sentence(context(material, blending=calm)))


def test_the_hypothesis_of_ageing_is_refuted_or_borne_out(material):
    assert "up to 365 hours a week items do not age into breach" in ages.headline(material["blending"])
    frame_ = material["blending"].ageing.copy()
    frame_.loc[frame_["policy"] == "schedule", "verdict"] = "ages into breach"
    assert "and items age into breach" in ages.headline(blending_with(material, ageing=frame_))


def test_what_turns_is_the_next_setting_and_standing_is_said(material):
    found = turns.turned(material["blending"]).set_index("factor")
    assert found.at["load", "setting"] == 1.05
    frame_ = material["blending"].flips
    same = blending_with(material, flips=frame_.assign(recommended="schedule"))
    assert "stands in all 8 other circumstances" in turns.headline(same)


def test_the_law_of_gaps_names_the_nearest_routing_and_reads_shares_off_the_curve(material):
    law, far = gap_laws.nearest(material["blending"]) or ("", 1.0)
    assert (law, round(far, 2)) == ("random", 0.06)
    known = gap_laws.items(material["blending"])
    assert known["outlasts"].is_monotonic_decreasing
    assert known["usable"].between(0, 1).all()


def test_the_forecast_says_how_it_did(material):
    said = ahead.check(material["blending"])
    assert "81" in said
    assert "24" in said  # 1 - 1 / 1.31
    reason = frame("forecast_check", [{"pool": "service", "queue": "x", "measure": "offered", "method": "model", "status": "insufficient", "reason": "only 3 weeks of volumes"}])  # fmt: skip
    nothing = blending_with(material, forecast=NOTHING["forecast"], forecast_check=reason)
    assert ahead.missing(nothing) == "Next week could not be foreseen: only 3 weeks of volumes."


def length(pages: list[str]) -> int:
    """Return over how many pages the chapter goes."""
    start = next(place for place, page in enumerate(pages[3:], 3) if "Can back-office items fill the waiting?" in page)
    end = next(place for place, page in enumerate(pages[3:], 3) if "What is it worth?" in page)
    assert re.search(r"\d+ h a week", pages[start])
    return end - start


def test_one_pool_takes_at_most_six_pages(pages):
    assert length(pages) <= 6


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_it_stays_so_on_both_papers_with_long_names(material, tmp_path, paper):
    hostile = "W" * 43 + " <&> $x^2$ #*_"
    blending = material["blending"]
    named = blending.inventory.assign(type=[f"{name} {hostile}" for name in blending.inventory["type"]])
    queue = blending.forecast.assign(queue=[f"{name} {hostile}" for name in blending.forecast["queue"]])
    changed = dataclasses.replace(blending, inventory=named, forecast=queue)
    for result in (blending, changed):
        out = tmp_path / str(result is changed)
        build_report(**{**material, "blending": result}, out=out, paper=paper)
        assert length(words_of(out / "assessment.pdf")) <= 6


def test_what_every_type_leaves_open_is_said_once(material):
    inventory = material["blending"].inventory.assign(
        must_change="the client states whether it is regulated; the client states whether help is needed", first=False
    )
    inventory.loc[0, "must_change"] = "operations brings the step to the desk; " + inventory.loc[1, "must_change"]
    c = context(material, blending=blending_with(material, inventory=inventory))
    (table,) = items.inventory(c)
    assert isinstance(table, Exhibit)
    assert str(table.source).count("the client states whether it is regulated, help is needed") == 1
    told = sorted({cell.text for row in table.rows for cell in row[-1:] if isinstance(cell, Cell)})
    assert told == ["as for every type", "operations brings the step to the desk"]
