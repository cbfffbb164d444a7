"""The exhibits: what they draw, what they say, and that equal numbers give equal files."""

from __future__ import annotations

import dataclasses
import itertools
import re
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.report.exhibits import (
    ages,
    ahead,
    best,
    capacity,
    causes,
    crosswalks,
    deductions,
    descents,
    drivers,
    funnels,
    gap_laws,
    gaps,
    groups,
    heat_map,
    lab,
    limits,
    outcomes,
    payback,
    places,
    policies,
    profile,
    replays,
    rows,
    shares,
    spare,
    steps,
    style,
    turns,
    usable,
    worst_day,
)
from analysis.report.exhibits.labels import Room
from analysis.report.exhibits.theme import Theme
from tests.report.drawn_texts import boxes, of_report

EXHIBITS = {
    "ladder_waterfall": (descents, descents.ladder_waterfall, "baseline"),
    "definition_crosswalk": (crosswalks, crosswalks.definition_crosswalk, "utilization"),
    "funnel": (funnels, funnels.funnel, "baseline"),
    "ladder_shares": (shares, shares.ladder_shares, "baseline"),
    "group_shares": (groups, groups.group_shares, "baseline"),
    "idle_heat_map": (heat_map, heat_map.idle_heat_map, "baseline"),
    "gap_survival": (gaps, gaps.gap_survival, "baseline"),
    "ceilings": (limits, limits.ceilings, "utilization"),
    "idle_by_cause": (causes, causes.idle_by_cause, "blending"),
    "usable_by_mode": (usable, usable.usable_by_mode, "blending"),
    "frontier": (policies, policies.frontier, "blending"),
    "policy_lab": (lab, lab.policy_lab, "blending"),
    "usable_slots": (spare, spare.usable_slots, "blending"),
    "gap_law": (gap_laws, gap_laws.gap_law, "blending"),
    "replayed_days": (replays, replays.replayed_days, "blending"),
    "replayed_day": (worst_day, worst_day.replayed_day, "blending"),
    "flips": (turns, turns.flips, "blending"),
    "ageing": (ages, ages.ageing, "blending"),
    "forecast_fan": (ahead, ahead.forecast_fan, "blending"),
    "waterfall": (deductions, deductions.waterfall, "blending"),
    "readiness_profile": (profile, profile.readiness_profile, "readiness"),
    "sources": (rows, rows.sources, "intake"),
    "levels": (places, places.levels, "utilization"),
    "internal_best": (best, best.internal_best, "utilization"),
    "ramp": (steps, steps.ramp, "utilization"),
    "capacity_balance": (capacity, capacity.capacity_balance, "value"),
    "value_range": (outcomes, outcomes.value_range, "value"),
    "tornado": (drivers, drivers.tornado, "value"),
    "cumulative_cash": (payback, payback.cumulative_cash, "value"),
}
each = pytest.mark.parametrize("name", sorted(EXHIBITS))


def drawn(draw, result, path: Path | None = None, **more) -> list[str]:
    """Draw into a figure of the report's size and return its texts."""
    with mpl.rc_context(Theme().settings()):
        figure = Figure(figsize=(166 / 25.4, 80 / 25.4), dpi=72)
        axes = draw(result, ax=style.inside(figure, (40, 40, 6, 8)), **more)
        assert isinstance(axes, Axes)
        if path is not None:
            style.save(figure, path)
        texts = [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label]
        return [text.get_text() for text in texts if text.get_text()]


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\d", text)


@each
def test_it_draws_and_its_alt_text_and_headline_hold_numbers(name, material):
    module, draw, stage = EXHIBITS[name]
    assert drawn(draw, material[stage])
    assert len(numbers(module.alt_text(material[stage]))) >= 3
    headline = module.headline(material[stage])
    assert numbers(headline)
    assert headline[0].isupper() or headline[0].isdigit()
    assert not headline.endswith(".")


@pytest.mark.parametrize("name", ["ladder_shares", "ceilings", "idle_heat_map", "usable_by_mode", "gap_survival"])
def test_the_chart_shows_the_numbers_of_its_alt_text(name, material):
    module, draw, stage = EXHIBITS[name]
    shown = set(numbers(" ".join(drawn(draw, material[stage]))))
    said = numbers(module.alt_text(material[stage]))
    assert sum(number in shown for number in said) >= 0.7 * len(said), set(said) - shown


def test_the_shares_in_the_headline_are_those_of_the_frame(material):
    frame = material["baseline"].shares.set_index(["population", "share"])["value"]
    headline = shares.headline(material["baseline"]).replace("\u00a0", " ")
    for key in (("contact_centre", "utilization"), ("contact_centre", "idle"), ("back_office", "utilization")):
        assert f"{100 * frame[key]:.0f} %" in headline


def test_what_observers_saw_is_taken_out_of_the_unseen_and_the_bar_stays_whole(material):
    bars = shares.segments(material["baseline"])
    office = {segment.key: segment.value for segment in bars["back_office"]}
    assert sum(office.values()) == pytest.approx(1)
    assert office["observed"] == pytest.approx(0.273 - 0.081 - 0.147)
    assert "observed" not in {segment.key for segment in bars["contact_centre"]}


def test_a_share_that_is_part_of_the_unseen_leaves_the_bar_whole(material):
    baseline = material["baseline"]
    frame = baseline.shares.copy()
    office = frame["population"] == "back_office"
    frame.loc[office & frame["share"].isin(["idle", "away"]), "value"] = float("nan")
    frame.loc[office & (frame["share"] == "unaccounted"), "value"] = 0.368
    bars = shares.segments(dataclasses.replace(baseline, shares=frame))
    assert sum(segment.value for segment in bars["back_office"]) == pytest.approx(1)
    frame.loc[office & (frame["share"] == "unaccounted"), "value"] = 0.2
    assert "back_office" not in shares.segments(dataclasses.replace(baseline, shares=frame))


@each
def test_equal_numbers_give_equal_files_without_date_or_remote_address(name, material, tmp_path):
    _, draw, stage = EXHIBITS[name]
    paths = [tmp_path / f"{place}.svg" for place in range(2)]
    for path in paths:
        drawn(draw, material[stage], path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    text = first.decode("utf-8")
    assert b"\r" not in first
    remote = set(re.findall(r"https?://[^\s\"'<>]+", text)) - {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert not remote
    assert not re.search(r"Matplotlib v|<metadata|DOCTYPE|20\d\d-\d\d-\d\d", text)
    assert ET.fromstring(text).findall(".//{http://www.w3.org/2000/svg}text"), "labels are text, not outlines"


@each
def test_nothing_to_draw_is_a_sentence_not_an_empty_frame(name, material):
    module, draw, stage = EXHIBITS[name]
    result = material[stage]
    frames = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    empty = {key: value.head(0) for key, value in frames.items() if hasattr(value, "head")}
    nothing = dataclasses.replace(result, **empty)
    assert len(module.missing(nothing)) > 15
    with pytest.raises(ValueError, match=re.escape(module.missing(nothing)[:15])):
        draw(nothing)


def test_groups_below_the_smallest_size_are_never_drawn(material):
    baseline = material["baseline"]
    frame = baseline.groups.copy()
    frame.loc[frame["group"] == "Team North 1", "agents"] = 9
    small = dataclasses.replace(baseline, groups=frame)
    assert "Team North 1" not in " ".join(drawn(groups.group_shares, small))
    assert "Team North 1" not in groups.alt_text(small)
    assert "Team North 2" in groups.alt_text(small)


def test_a_half_hour_with_too_few_agents_has_no_number(material):
    baseline = material["baseline"]
    hidden = baseline.idle_by_slot["idle_agents"].isna().sum()
    assert hidden
    shown = [text for text in drawn(heat_map.idle_heat_map, baseline) if re.fullmatch(r"\d+", text)]
    assert len(shown) == baseline.idle_by_slot["idle_agents"].notna().sum()


def test_half_hours_that_were_put_together_are_one_cell(material):
    baseline = material["baseline"]
    frame = baseline.idle_by_slot.copy()
    span = frame["weekday"].eq(0) & frame["slot_of_day_s"].between(28_800, 32_400)
    assert span.sum() == 3
    frame.loc[span, ["span_start_s", "span_slots", "idle_agents"]] = [28_800, 3, 7.0]
    merged = dataclasses.replace(baseline, idle_by_slot=frame)
    before, after = (
        [text for text in drawn(heat_map.idle_heat_map, one) if re.fullmatch(r"\d+", text)]
        for one in (baseline, merged)
    )
    assert len(after) == len(before) - 2
    assert heat_map.merged(merged) - heat_map.merged(baseline) == 1


def test_the_steps_from_paid_time_lead_to_work_and_what_nobody_sees_is_no_zero(material):
    known = descents.rungs(material["baseline"])
    for chain in known.values():
        totals = [step for step in chain if step.total]
        taken = sum(step.hours for step in chain if not step.total)
        assert totals[0].hours - taken == pytest.approx(totals[-1].hours)
        assert [step.key for step in totals] == ["PAID", "ATTENDED", "BASE", "WORKABLE", "WORK"]
    baseline = material["baseline"]
    shares_of = baseline.shares.copy()
    office = shares_of["population"].eq("back_office") & shares_of["share"].eq("idle")
    shares_of.loc[office, ["value", "low", "high"]] = float("nan")
    ladder = baseline.ladder.copy()
    rows_of = ladder["population"].eq("back_office")
    idle, unseen = (rows_of & ladder["bucket"].eq(name) for name in ("IDLE", "UNACCOUNTED"))
    ladder.loc[unseen, "hours"] += float(ladder.loc[idle, "hours"].iloc[0])
    ladder.loc[idle, "hours"] = 0.0
    blind = dataclasses.replace(baseline, shares=shares_of, ladder=ladder)
    assert "not seen" in drawn(descents.ladder_waterfall, blind)
    ladder.loc[unseen, "hours"] = 0.0
    assert set(descents.rungs(dataclasses.replace(blind, ladder=ladder))) == {"contact_centre"}


def test_the_own_definition_is_marked_and_more_time_than_there_is_is_a_cross(material):
    frame = material["utilization"].quoted.copy()
    frame.loc[0, ["of_base", "place"]] = [float("nan"), "beyond"]
    result = dataclasses.replace(material["utilization"], quoted=frame)
    figure = of_report(
        lambda ax: crosswalks.definition_crosswalk(result, ax=ax),
        width_mm=166,
        height_mm=crosswalks.height_mm(result),
        margins_mm=crosswalks.MARGINS_MM,
    )
    texts = [box.text for box in boxes(figure)]
    assert [text for text in texts if "(this report)" in text] == ["Utilization U5, work of base (this report)"]
    assert texts.count("×") == 1


def test_a_group_that_differs_lies_outside_and_a_point_of_rounding_puts_none_there(material):
    baseline = material["baseline"]
    found = funnels.placed(baseline)
    assert found is not None
    frame, groups_of = found.frame, baseline.groups.copy()
    name = frame["group"].iloc[0]
    row = groups_of["group"].eq(name) & groups_of["share"].eq("utilization")
    limits = found.funnel.limits([float(frame["agents"].iloc[0])])
    for shift, place in ((0.004, "inside"), (0.02, "outside")):
        groups_of.loc[row, "value"] = float(limits[1][0]) + shift
        moved = funnels.placed(dataclasses.replace(baseline, groups=groups_of))
        assert moved is not None
        assert moved.frame.set_index("group").at[name, "place"] in {place, "far"} - (
            {"far"} if place == "inside" else set()
        )
    assert "a question, not a verdict" in funnels.headline(dataclasses.replace(baseline, groups=groups_of))


def test_the_meanings_differ_in_grey_and_their_labels_are_legible():
    from analysis.report.brand import contrast

    greys = sorted(contrast(colour, "#000000") for colour, _ in style.MEANINGS.values())
    assert all(later / earlier >= 1.2 for earlier, later in itertools.pairwise(greys)), greys
    for name, (colour, label) in style.MEANINGS.items():
        assert contrast(colour, label) >= (4.5 if name != "support" else 4.0), name


def test_signs_of_a_client_are_neither_formulas_nor_too_wide(material, tmp_path):
    frame = material["baseline"].item_lengths.copy()
    frame.loc[0, "type"] = "$x^2$ <&> \u682a\u5f0f" + "W" * 80
    hostile = dataclasses.replace(material["baseline"], item_lengths=frame)
    texts = drawn(gaps.gap_survival, hostile, tmp_path / "x.svg")
    label = next(text for text in texts if text.startswith("$x"))
    assert label.startswith("$x^2$ <&> \u25a1\u25a1W")
    assert label.endswith("…")
    assert "$x^2$ &lt;&amp;&gt;" in (tmp_path / "x.svg").read_text(encoding="utf-8")


def test_an_exhibit_makes_its_own_figure_for_a_notebook(material):
    from matplotlib import pyplot as plt

    axes = shares.ladder_shares(material["baseline"])
    try:
        assert axes.get_figure() is plt.gcf()
    finally:
        plt.close("all")


def test_labels_keep_their_distance_and_stay_inside():
    placed = style.spread([10, 11, 12, 90], [20, 20, 20, 20], low=0, high=100, gap=2)
    assert all(later - earlier >= 22 - 1e-9 for earlier, later in itertools.pairwise(placed))
    assert placed[0] >= 10
    assert placed[-1] <= 90


def test_a_label_goes_where_there_is_room_or_says_that_there_is_none():
    room = Room(60, 30)
    room.mark(30, 15, 3)
    first, second = (room.place((30, 15), (20, 8)) for _ in range(2))
    assert first != second
    full = Room(20, 10)
    full.taken.append((0, 0, 20, 10))
    assert full.place((10, 5), (18, 8), free_only=True) is None


def test_a_theme_speaks_and_looks_as_told(material):
    drawing = partial(limits.ceilings, material["utilization"], theme=Theme(accent="#5B2A86"))
    with mpl.rc_context(Theme().settings()):
        figure = Figure(figsize=(6, 3))
        axes = drawing(ax=style.inside(figure, (38, 30, 1, 7)))
    assert "#5B2A86" in {line.get_color() for line in axes.lines}


def test_ceilings_claim_no_room_that_was_not_found(material):
    result = material["utilization"]
    nothing = dataclasses.replace(result, achievable=result.achievable.assign(found=False))
    said = limits.headline(nothing)
    assert said.count("no reclaimable time was found below the lowest ceiling") == 2
    assert "could reach" not in said
    assert "could reach" in limits.headline(result)
