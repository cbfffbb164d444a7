"""The plan follows verdict, room and levels: nothing is asked that is met, nothing begins before what it needs."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import UsageProblem
from analysis.readiness import change_rows, rows
from analysis.readiness.answer import answers_of
from analysis.readiness.case import Case
from analysis.readiness.frames import frame
from analysis.readiness.plan import plan_of
from analysis.readiness.plan.risks import state_of
from analysis.readiness.plan.situation import ALLOWED, VIEW, Given, phases_of
from analysis.readiness.plan.texts import PHASES, banned_word, message_texts, risk_texts
from analysis.readiness.raters import Ratings
from analysis.readiness.result import CLASSES, MODES
from analysis.readiness.room import rooms_of
from analysis.readiness.settings import ReadinessSettings
from tests.readiness.profiles import CRITERIA, IDS, maybe
from tests.report import factory, factory_value

ROOMS = ("room", "no room", "cannot say")
some_rooms = st.tuples(*[st.sampled_from(ROOMS)] * 3)
few_levels = st.dictionaries(st.sampled_from(IDS), maybe, max_size=8)


@cache
def desk(rooms: tuple[str, ...]):
    """Return the insurer's blending with such room in blocks, between contacts and under interruption."""
    rows_ = [
        {"pool": "service", "mode": VIEW[mode], "policy": f"policy of {mode}" if room == "room" else "", "verdict": room,
         "sentence": "A sentence.", "reason": "" if room == "room" else f"reason of {mode}"}
        for mode, room in zip(MODES, rooms, strict=True)
    ]  # fmt: skip
    return dataclasses.replace(factory.blending(), recommendation=pd.DataFrame(rows_))


@cache
def insurer():
    return {"utilization": factory.utilization(), "baseline": factory.baseline(), "value": factory_value.value()}


def assessed(levels: dict[str, int | None], blending) -> dict[str, pd.DataFrame]:
    """Return the frames of an assessment in which raters gave these levels, and 4 to all other criteria."""
    known = {**dict.fromkeys(IDS, 4), **levels}
    ratings = {name: Ratings(() if level is None else (level,)) for name, level in known.items()}
    case = Case.of(answers_of(CRITERIA, {}, ratings, None), rooms_of(blending, None), ReadinessSettings(), "EUR")
    made = {
        "criteria": rows.criteria_rows(case), "gates": rows.gate_rows(case), "modes": rows.mode_rows(case),
        "changes": change_rows.change_rows(case),
    }  # fmt: skip
    return {name: frame(name, part) for name, part in made.items()}


def planned(levels=None, rooms=("room",) * 3, **more):
    blending = more.pop("blending", None) or desk(rooms)
    asked = {
        "blending": blending, **insurer(), "client": factory.client(), "queues": factory.queues(),
        "settings": ReadinessSettings(), "questions": CRITERIA,
    }  # fmt: skip
    return plan_of(**assessed(levels or {}, blending), **{**asked, **more})


@settings(max_examples=8)
@given(few_levels, some_rooms)
def test_the_plan_is_consistent_whatever_the_levels_and_the_room(levels, rooms):
    check_consistent(levels, rooms)


@pytest.mark.slow
@settings(max_examples=200)
@given(few_levels, some_rooms)
def test_the_plan_is_consistent_over_many_clients(levels, rooms):
    check_consistent(levels, rooms)


def check_consistent(levels, rooms):
    found = assessed(levels, desk(rooms))
    made = planned(levels, rooms)
    verdicts = dict(zip(found["modes"]["mode"], found["modes"]["verdict"], strict=True))
    blocking = {
        row.mode: [name.strip() for name in row.blocking.split(",") if name.strip()]
        for row in found["modes"].itertuples()
    }
    plan = made.plan
    entry = plan[(plan["kind"] == "entry") & (plan["criterion"] != "")]
    if all(room == "no room" for room in rooms):
        assert made.way == "instead"
    elif any(verdicts[mode] in ALLOWED and room == "room" for mode, room in zip(MODES, rooms, strict=True)):
        assert made.way == "blend"
    else:
        assert made.way == "answer"
    # no entry criterion is met already, and none is asked twice
    assert all(row.criterion in {name for names in blocking.values() for name in names} for row in entry.itertuples())
    assert not entry.duplicated("criterion").any()
    asked: set[str] = set()
    started = plan[plan["kind"] == "do"]
    for phase, part in started.groupby("phase", sort=False):
        mode = part["mode"].iloc[0]
        if made.way == "blend":
            assert rooms[MODES.index(mode)] == "room"
            asked |= set(entry.loc[entry["phase"] == phase, "criterion"])
            # whatever keeps the mode from ready stands before it
            assert set(blocking[mode]) <= asked
            assert (plan[(plan["phase"] == phase) & (plan["kind"] == "entry")]["order"] > 0).any()
    if made.way != "blend":
        assert not plan["phase"].isin(["crawl", "walk", "run"]).any()
        assert not made.calendar["what"].str.contains("Dry run|Train on|pilot").any()
        assert (made.kpis["role"] != "driver").all() or made.way == "instead"
    for text in pd.concat([plan["text"], made.calendar["what"], made.messages["text"], made.risks["why"]]):
        assert text
        assert not re.search(r"[{}]|\bnan\b|NaN|<NA>", text), text


def test_every_verdict_with_every_room_starts_nothing_that_is_not_allowed_or_has_no_room():
    modes = dict(zip(PHASES, MODES, strict=True))
    for classes, found in itertools.product(itertools.product(CLASSES, repeat=3), itertools.product(ROOMS, repeat=3)):
        verdicts, rooms = dict(zip(MODES, classes, strict=True)), dict(zip(MODES, found, strict=True))
        way, chosen, left_out = phases_of(verdicts, rooms, modes)
        assert all(rooms[modes[phase]] == "room" for phase in chosen)
        assert not chosen or verdicts[modes[chosen[0]]] in ALLOWED
        assert (way == "blend") == bool(chosen)
        assert (way == "instead") == (set(found) == {"no room"})
        assert {*left_out, *chosen} in (set(), set(PHASES))
        assert chosen == sorted(chosen, key=PHASES.index)


def test_phases_take_the_weeks_of_the_ramp_and_the_first_is_no_shorter_than_the_pilot():
    lasts = planned().plan.groupby("phase", sort=False)[["week_from", "week_to"]].max()
    assert lasts.loc["crawl"].tolist() == [1, 4]
    assert lasts.loc["walk"].tolist() == [5, 12]
    assert lasts.loc["run"].tolist() == [13, 26]
    pilot = frame("pilot", [{"pool": "service", "unit": "switchback days", "outcome": "service_level", "weeks": 9, "status": "ok"}])  # fmt: skip
    made = planned(pilot=pilot)
    weeks = made.plan.groupby("phase", sort=False)[["week_from", "week_to"]].max()
    assert weeks["week_to"].tolist() == [9, 17, 31]
    said = made.plan.loc[made.plan["text"].str.contains("pilot runs"), ["phase", "text"]]
    assert said["phase"].tolist() == ["crawl"]
    assert "drawn by lot, for 9 weeks" in said["text"].iloc[0]


def test_exit_criteria_are_the_checkpoints_with_this_clients_figures():
    made = planned()
    ends = made.plan[(made.plan["phase"] == "crawl") & (made.plan["kind"] == "exit")]
    stops = made.plan[(made.plan["phase"] == "crawl") & (made.plan["kind"] == "stop")]
    assert ends["measure"].tolist() == stops["measure"].tolist()
    assert {"Service", "Occupancy", "Errors", "People", "Breaks", "Item time", "Work moved"} <= set(ends["measure"])
    time = ends.loc[ends["measure"] == "Item time", "text"].iloc[0]
    first = desk(("room",) * 3).inventory.query("suitable_blocks").iloc[0]
    assert "1.5 times" in time
    assert f"(clerks {first['mean_s'] / 60:.1f} min)" in time


def test_later_phases_ask_for_no_fewer_hours_than_earlier_ones():
    found = assessed({}, desk(("room",) * 3))
    found["modes"] = found["modes"].assign(hours_per_week=[400.0, 220.0, math.nan], hours_low=[380.0, 210.0, 120.0], hours_high=[420.0, 230.0, 240.0])  # fmt: skip
    made = plan_of(
        **found, blending=desk(("room",) * 3), **insurer(), client=factory.client(), queues=factory.queues(),
        settings=ReadinessSettings(), questions=CRITERIA,
    )  # fmt: skip
    texts = made.plan.query("measure == 'Work moved' and kind == 'exit'")["text"].tolist()
    assert ["At least 100 " in texts[0], "At least 110 " in texts[1], "At least 110 " in texts[2]] == [True] * 3
    assert "as in the phase before" in texts[2]


def test_a_criterion_that_keeps_every_mode_from_ready_is_asked_once_before_the_first():
    entry = planned({"T2": 1, "C2": 2, "T1": 2}).plan.query("kind == 'entry' and criterion != ''")
    assert sorted(entry[entry["phase"] == "crawl"]["criterion"]) == ["C2", "T2"]
    assert entry[entry["phase"] == "walk"].empty
    assert entry[entry["phase"] == "run"]["criterion"].tolist() == ["T1"]


def test_a_gate_without_an_answer_gets_steps_to_an_answer_alone():
    made = planned({"C2": None, "M1": 0})
    steps = made.plan[made.plan["kind"] == "do"]
    assert made.way == "answer"
    assert steps["criterion"].tolist()[:2] == ["M1", "C2"] or set(steps["criterion"][:2]) == {"C2", "M1"}
    asked = steps[steps["criterion"] == "C2"].iloc[0]
    assert asked["state"] == "unknown"
    assert asked["text"].startswith("Answer with something that can be shown: Is there a data protection impact")
    assert (steps["owner_role"] != "").all()
    assert (made.kpis["role"] == "guard").all()


def test_a_client_without_room_is_told_what_it_can_do_instead():
    made = planned(rooms=("no room",) * 3)
    assert made.way == "instead"
    left = made.plan[made.plan["kind"] == "left_out"]["text"].iloc[0]
    assert left == "Blending is not part of this plan: reason of blocks."
    done = " ".join(made.plan[made.plan["kind"] == "do"]["text"])
    assert "requirement" in done
    assert "back office's own room" in done
    assert "not planned" in made.messages.query("audience == 'staff' and topic == 'found'")["text"].iloc[0]


def test_explanation_comes_after_listening_and_nothing_is_measured_before_consultation():
    for levels in ({}, {"C2": 2, "K1": 0, "K2": 1}):
        days = planned(levels).calendar
        first = {word: days.loc[days["what"].str.contains(word), "day"].min() for word in ("Hear|Read back", "Explain", "impact assessment", "Dry run", "Go or")}  # fmt: skip
        order = [first[word] for word in ("Hear|Read back", "Explain", "impact assessment", "Dry run", "Go or")]
        assert order == sorted(order)
        assert len(set(order)) == len(order)
        assert days["day"].between(1, 10).all()
    assert days.loc[days["what"].str.contains("happens to freed time"), "day"].min() == 2


@pytest.mark.parametrize(("said", "room"), [(None, "room"), (0, "no room"), (2, "cannot say"), (4, "room")])
def test_the_staff_page_cannot_be_read_as_appraisal(said, room):
    texts = message_texts()
    made = planned({"K1": said}, (room,) * 3)
    staff = made.messages[made.messages["audience"] == "staff"]
    for text in staff["text"]:
        assert banned_word(text, texts.banned) == ""
        assert all(int(count.replace(",", "")) >= 10 for count in re.findall(r"([\d,]+) (?:people|agents)", text))
    freed = staff.loc[staff["topic"] == "freed", "text"].iloc[0]
    assert ("before this page is handed out" in freed) == (said in (None, 0))
    assert {"measured", "use", "not_use", "why", "when", "experience", "targets", "freed", "heard", "ask"} <= set(staff["topic"])  # fmt: skip


def test_only_targets_that_may_be_published_are_printed():
    value = factory_value.value()
    hidden = dataclasses.replace(value, targets=value.targets.assign(publish=False, why_not="Still to be read back."))
    for text in planned(value=hidden).messages.query("topic == 'targets'")["text"]:
        assert text.startswith(("None has been set for you or for your team.", "None is published yet. A target"))
        assert "read back." not in text
    shown = dataclasses.replace(value, targets=value.targets.iloc[:1].assign(publish=True, reason="Of 100 we try 62."))
    staff = planned(value=shown).messages.query("topic == 'targets' and audience == 'staff'")["text"].iloc[0]
    assert staff == "Of 100 we try 62. These are figures for all together, never for one person."


def test_a_theme_that_could_be_read_as_a_judgement_stays_off_the_staff_page_and_is_told():
    rows_ = [("theme", "lazy colleagues", 4), ("theme", "two log-ins", 3), ("all", "all", 9)]
    listening = frame("listening", [{"kind": kind, "theme": theme, "times": times, "teams": 3, "read_back": times, "changed": 0} for kind, theme, times in rows_])  # fmt: skip
    made = planned(listening=listening)
    heard = made.messages[made.messages["topic"] == "heard"].set_index("audience")["text"]
    assert "lazy colleagues" in heard["managers"]
    assert "lazy" not in heard["staff"]
    assert "two log-ins" in heard["staff"]
    assert [finding.code for finding in made.findings] == ["staff_page_text_left_out"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Some customers wait", "Idle people make customers wait", "may not say 'idle'"),
        ("{smallest}", "{least}", "no figure is called {least}"),
        ('when = ["instead"]', 'when = ["never"]', "no condition is called 'never'"),
    ],
)
def test_an_edited_file_is_checked_before_anything_is_printed(root, tmp_path, old, new, words):
    text = (root / "templates" / "questionnaires" / "messages.toml").read_text(encoding="utf-8")
    assert old in text
    edited = tmp_path / "messages.toml"
    edited.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageProblem, match=re.escape(words)):
        message_texts(edited)


def test_risks_are_raised_by_this_assessment_and_their_state_by_the_criteria():
    made = planned({"C2": 3, "P5": None, "C4": 3})
    risks = made.risks.set_index("risk")
    assert risks.loc["Measuring goes on without a basis", "why"].endswith("(C2 at 3 of 4).")
    assert risks.loc["Measuring goes on without a basis", "state"] == "open"
    assert risks.loc["People do not want it, or were not asked", "state"] == "unknown"
    assert risks.loc["Days without a pause wear people out", "state"] == "in place"
    assert "Work is outside contracts, grades or agreements" not in risks.index
    assert set(risks["kind"]) == {"people", "data protection", "service", "work", "value"}
    assert {risk.name for risk in risk_texts().risk} >= set(risks.index)


def test_figures_to_watch_hang_together_and_state_limits():
    kpis = planned().kpis
    names = set(kpis["kpi"])
    assert all(parent in names for parent in kpis["parent"] if parent)
    guards = kpis[kpis["role"] == "guard"].set_index("kpi")
    for queue in factory.queues():
        assert guards.loc[f"service_level:{queue.name}", "limit"] == queue.target
    assert guards.loc["occupancy", "limit"] == min(queue.max_occupancy for queue in factory.queues())
    low = kpis[kpis["today_low"].notna()]
    assert (low["today_low"] <= low["today_high"]).all()
    assert guards.loc["breaks", "today"] != guards.loc["breaks", "today"]


def test_state_of_a_guard_asks_for_level_4_where_the_law_is_concerned():
    def at(**levels):
        criteria = frame("criteria", [{"criterion": name, "raters": 1, "roles": 1, "not_known": 0, "level": level} for name, level in levels.items()])  # fmt: skip
        return Given(**dict.fromkeys(Given.__dataclass_fields__, None) | {"criteria": criteria})

    assert state_of(at(C2=3), ("C2",)) == "open"
    assert state_of(at(C2=4, M6=3), ("C2", "M6")) == "in place"
    assert state_of(at(C2=4), ("C2", "M6")) == "unknown"
