"""What is achievable where and in which steps, and what it is worth: figures as computed, cash apart from capacity, nobody singled out."""

from __future__ import annotations

import dataclasses
import json
import math

import matplotlib as mpl
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.foundation.schema import DisclosureProblem, Finding
from analysis.report.blocks import Absent, Exhibit
from analysis.report.chapters import achievable, balance, first, traps, worth
from analysis.report.disclosure import check_groups
from analysis.report.exhibits import best, capacity, drivers, outcomes, payback, places, steps, style
from analysis.report.exhibits.theme import Theme
from analysis.report.words import load_words
from tests.report import factory, factory_value
from tests.report.test_results import context

N = load_words().n


def seen(text: str) -> str:
    return text.replace("\u00a0", " ")


def texts(draw, result, **more) -> list[str]:
    with mpl.rc_context(Theme().settings()):
        axes = draw(result, ax=style.inside(Figure(figsize=(166 / 25.4, 110 / 25.4), dpi=72), (46, 66, 9, 8)), **more)
        return [seen(text.get_text()) for text in axes.texts]


def page_of(pages: list[str], words: str) -> int:
    # pages one to three are the verdict, the balance and the questions
    return next(place for place, page in enumerate(pages, start=1) if words in page and place > 3)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(12_345.0, "EUR 12,000"), (-1_900.8, "−EUR 1,900"), (52.26, "EUR 52"), (3.14, "EUR 3.10"), (0.0, "EUR 0"), (9.96, "EUR 10"), (999.6, "EUR 1,000"), (1_234_567.0, "EUR 1,200,000")],
)  # fmt: skip
def test_money_has_two_significant_digits_and_its_currency_before_it(amount, text):
    assert seen(N.money(amount, "EUR")) == text


def test_an_amount_without_bounds_stands_alone():
    assert seen(N.money_interval(5_850.0, 4_660.0, 7_270.0, "EUR")) == "EUR 5,900 (4,700 to 7,300)"
    assert seen(N.money_interval(45.0, 45.0, 45.0, "EUR")) == "EUR 45"


def test_the_two_chapters_fit_on_five_pages_and_page_one_on_one(pages):
    reach, blend = page_of(pages, "What utilization can be reached?"), page_of(pages, "Can back-office items fill")
    value, ready = page_of(pages, "What is it worth?"), page_of(pages, "Is the client ready to blend?")
    assert reach < blend < value < ready
    assert (blend - reach) + (ready - value) <= 5
    assert "What happens to people" in pages[0]
    assert "Capacity balance" in pages[1]
    assert pages[2].index("Questions and answers")
    assert "What was read, and what can it carry?" in pages[3]


def test_page_one_says_by_when_at_which_limit_and_what_is_cashable(pages):
    said = seen(pages[0])
    assert "69 % (67 to 72)" in said
    assert "work, 68 % by week 20, bound by the promise to customers" in said
    assert "The quoted 80 % would take 28 points more work in the back office" in said
    assert "22 points more work in the contact centre, 11 beyond what can be reached" in said
    assert "hours a week can be freed; 135 of them are cashable" in said
    assert "EUR 5,200 (4,200 to 6,100)" in said


def test_the_ramp_is_counted_by_its_area_and_not_by_its_end(pages):
    ramp = factory.utilization().ramp
    last = ramp[ramp["by"].eq("population") & ramp["week"].eq(ramp["week"].max())].set_index(["population", "scenario"])
    text = seen(" ".join(pages))
    for population in last.index.get_level_values(0).unique():
        rows = last.loc[population]
        week, area = int(rows.loc["expected", "week"]), rows["hours_to_date"].map(N.hours)
        end = N.hours(week * rows.loc["expected", "hours_per_week"])
        assert (
            f"{area['expected']} hours in all by week {week} ({area['cautious']} to {area['bold']}), not {end}" in text
        )


def test_what_the_value_says_stands_in_results_and_on_the_pages(built, pages):
    results = json.loads((built / "results.json").read_text(encoding="utf-8"))
    by = {quantity["id"]: quantity for quantity in results["quantities"] if quantity["id"].startswith("value.")}
    assert {quantity["source"]["stage"] for quantity in by.values()} == {"readiness"}
    text = seen(" ".join(pages))
    for name in ("combined_per_week", "cashable_per_week"):
        found = by[f"value.{name}"]
        assert seen(N.money_interval(found["value"], found["low"], found["high"], "EUR")) in text
    for sentence in (factory_value.SENTENCES[key] for key in ("alternatives", "fte", "precision", "payback")):
        assert seen(sentence) in text


def test_draws_and_days_of_levels_stay_inside(built):
    names = [name.lower() for name in openpyxl.load_workbook(built / "tables.xlsx", read_only=True).sheetnames]
    assert {"ramp", "checkpoints", "capacity balance", "money", "tornado", "targets", "sites and groups"} <= set(names)
    inside = [name for name in names if "draw" in name or "day" in name or "people" in name]
    # days of a pool, never of a level or a person
    assert inside == ["replayed days"]


def test_levels_stand_in_the_order_of_their_names_and_say_where_nothing_was_found():
    utilization = factory.utilization()
    shown = list(places.rows(utilization)["level"])
    by_figure = list(utilization.levels.sort_values("today")["level"])
    assert shown[:4] == ["North", "South", "Team North 1", "Team South 4"]
    assert shown != by_figure
    assert texts(places.levels, utilization).count("none found") == 1
    assert "4 of 4 sites" not in places.headline(utilization)  # each population by itself
    assert "2 of 2 sites and 2 of 3 groups of the contact centre" in places.headline(utilization)


def test_a_level_known_between_bounds_alone_gets_no_figure_of_today():
    utilization = factory.utilization()
    frame = utilization.levels.copy()
    office = frame["population"] == "back_office"
    frame.loc[office, ["today", "hours_per_week"]] = math.nan
    frame.loc[office, ["today_low", "today_high", "hours_low", "hours_high"]] = [0.45, 0.93, 0.0, 275.0]
    frame.loc[office, "found"] = False
    utilization = dataclasses.replace(utilization, levels=frame)
    assert "between bounds alone" in places.headline(utilization)
    shown = texts(places.levels, utilization)
    assert "45 to 93 %" in shown
    assert "up to 275, not sure" in shown


def test_many_levels_are_cut_and_counted():
    frame = factory.utilization().levels
    one = frame[(frame["by"] == "group") & (frame["level"] == "Team North 1")]
    many = pd.concat([one.assign(level=f"Team {place:02d}") for place in range(30)], ignore_index=True)
    utilization = dataclasses.replace(factory.utilization(), levels=many)
    assert (len(places.rows(utilization)), places.left_out(utilization)) == (places.MOST_LEVELS, 6)


def test_recorded_work_is_not_set_beside_a_utilization_that_observers_added_to():
    utilization = factory.utilization()
    frame = utilization.best.copy()
    mine = (frame["population"] == "back_office") & frame["value"].notna()
    frame.loc[mine, "reason"] = "recorded work, and logs miss work"
    utilization = dataclasses.replace(utilization, best=frame)
    assert "today 52 %" not in texts(best.internal_best, utilization)
    assert not [text for text in texts(best.internal_best, utilization) if "recorded" in text]
    lifted = texts(best.internal_best, utilization, recorded={"back_office": 0.412})
    assert {"recorded today 41 %", "achievable, as recorded 68 %"} <= set(lifted)
    assert best.without(utilization) == ["only 4 reporting groups; comparing them needs at least 10"]


def test_the_week_of_arrival_is_the_first_within_a_point():
    utilization = factory.utilization()
    expected = steps.rows(utilization, "contact_centre").query("scenario == 'expected'")
    week = steps.arrival(utilization, "contact_centre")
    assert week is not None
    targets = expected.set_index("week")["target"]
    assert targets[week] >= 0.694 - 0.01 > targets[week - 1]
    slow = utilization.ramp.assign(target=utilization.ramp["target"] - 0.05)
    assert steps.arrival(dataclasses.replace(utilization, ramp=slow), "contact_centre") is None


def test_groups_have_lines_of_their_own_only_while_they_can_be_told_apart():
    utilization = factory.utilization()
    assert [name for name, _ in steps.groups(utilization, "contact_centre")] == ["Team North 1", "Team South 4"]
    one = utilization.ramp[utilization.ramp["level"] == "Team North 1"]
    more = pd.concat([utilization.ramp, *(one.assign(level=f"Team {place}") for place in range(4))], ignore_index=True)
    assert steps.groups(dataclasses.replace(utilization, ramp=more), "contact_centre") == []


def test_bars_of_the_balance_are_taken_from_the_whole_and_alternatives_never_added():
    by = {bar.line: bar for bar in capacity.bars(factory_value.value())}
    assert "outsourced" not in by
    assert (by["freed_in_place"].end, by["freed_by_moving"].end) == (990.0, 780.0)
    assert by["needed_after"].end == pytest.approx(by["freed_by_moving"].start)
    assert by["left"].start == pytest.approx(by["needed_after"].end)
    assert by["surplus_instead"].end == by["idle_today"].end
    headline = capacity.headline(factory_value.value())
    assert "135 of them take the place of paid hours, 330 are capacity" in headline


def test_an_alternative_alone_is_no_balance():
    value = factory_value.value()
    alone = dataclasses.replace(value, balance=value.balance[value.balance["line"] == "surplus_instead"])
    assert capacity.bars(alone) == []
    assert capacity.missing(alone) == factory_value.SENTENCES["balance"]


def test_money_keeps_cash_apart_and_leaves_out_what_is_nought():
    value = factory_value.value()
    assert list(outcomes.rows(value)["line"]) == [
        "overtime",
        "vacancies",
        "running_cost",
        "cashable",
        "left",
        "combined",
    ]
    said = seen(outcomes.headline(value, currency="EUR"))
    assert said.startswith("EUR 5,200 a week is cashable; the EUR 13,000 that are capacity become money only if")
    # a line that was stated has no range
    stated = value.money.assign(low80=value.money["per_week"], high80=value.money["per_week"])
    assert "as stated" in texts(outcomes.value_range, dataclasses.replace(value, money=stated))


def test_drivers_stand_widest_first_each_in_its_own_unit():
    value = factory_value.value()
    widths = (drivers.rows(value)["value_high"] - drivers.rows(value)["value_low"]).abs()
    assert widths.is_monotonic_decreasing
    shown = texts(drivers.tornado, value, currency="EUR")
    assert {"50 %", "90 %", "180 h", "EUR 18,000 with all at their middle"} <= set(shown)


def test_the_week_of_payback_is_the_results_own():
    value = factory_value.value()
    assert payback.payback(value) == 23
    without = dataclasses.replace(value, quantities=())
    assert payback.payback(without) == payback.even(without) == 27
    never = value.cumulative.assign(median=-1.0)
    text = payback.headline(dataclasses.replace(without, cumulative=never), currency="EUR")
    assert text.startswith("Cash is not even within 52 weeks")


def test_without_a_cost_the_hours_stay_and_a_sentence_says_what_is_needed(material):
    value = factory_value.value()
    why = "What it is worth in money cannot be said: no cost of an hour is stated."
    money = {name: getattr(value, name).head(0) for name in ("money", "cumulative", "distribution", "tornado")}
    kept = tuple(one for one in value.quantities if one.id.endswith("h_per_week"))
    sentences = {**value.sentences, "money": why}
    sentences.pop("payback")
    bare = dataclasses.replace(value, quantities=kept, sentences=sentences, **money)
    chapter = worth.chapter(context(material, value=bare))
    assert "465 (335 to 595)" in seen(chapter.answer)
    assert why in chapter.answer
    assert "It would take the cost of an hour by grade in the engagement file." in [
        part.text for part in chapter.parts if isinstance(part, Absent)
    ]
    # the hours stand on page two
    bare_context = context(material, value=bare)
    assert [drawing.name for drawing in balance.drawings(bare_context)] == ["capacity_balance"]
    assert "465 (335 to 595)" in seen(balance.page(bare_context)["lead"])
    assert not [part for part in chapter.parts if isinstance(part, Exhibit) and part.drawing]


def test_nothing_known_and_nothing_computed_are_sentences(material):
    nothing = worth.chapter(context(material, value=factory_value.unknown()))
    assert nothing.answer == "No hours to balance: paid time is not known."
    none = worth.chapter(context(material, value=None))
    assert none.answer == "What it is worth cannot be said from these data."
    answers = first.first_page(context(material, value=None))["rows"][1]["answers"]
    assert answers[-1].startswith("The quoted 80")


def test_targets_that_may_not_be_told_say_why(material):
    text = json.dumps([part.record() for part in worth.chapter(context(material)).parts], ensure_ascii=False)
    assert "3 of 4 first steps can be told to teams now" in text
    assert "errors were not measured for six teams" in text


def test_what_the_value_found_stands_among_the_findings(material):
    asked = Finding("cost_missing", "flag", "cost", "What does an hour of a specialist cost?")
    value = dataclasses.replace(factory_value.value(), findings=(asked,))
    text = json.dumps(
        [part.record() for part in traps.chapter(context(material, value=value)).parts], ensure_ascii=False
    )
    assert "What does an hour of a specialist cost?" in text


def test_what_holds_back_every_target_is_said_once(material):
    value = factory_value.value()
    why = ["Nobody was heard yet."] + ["There is no target to publish. Nobody was heard yet."] * (
        len(value.targets) - 1
    )
    held = dataclasses.replace(value, targets=value.targets.assign(publish=False, why_not=why))
    text = json.dumps(
        [part.record() for part in worth.chapter(context(material, value=held)).parts], ensure_ascii=False
    )
    assert text.count("Nobody was heard yet.") == 1
    assert text.count("There is no target to publish.") == len(value.targets) - 1


def test_rules_that_both_populations_share_stand_once(material):
    frame = factory.utilization().checkpoints.assign(
        measure="concerns", go="Every team was asked.", stop="A team says stop."
    )
    utilization = dataclasses.replace(factory.utilization(), checkpoints=frame)
    parts = achievable.chapter(context(material, utilization=utilization)).parts
    rows = [row for part in parts if hasattr(part, "rows") for row in part.rows if "A team says stop." in row]
    assert [getattr(row[0], "text", row[0]) for row in rows] == ["Concerns, both"]


@pytest.mark.parametrize(
    ("frame", "column", "value", "what"),
    [("levels", "agents", 9, "sites or groups"), ("best", "units", 37, "best quarters"), ("ramp", "level", "Team X", "ramps")],
)  # fmt: skip
def test_a_figure_of_too_few_people_stops_the_report(material, frame, column, value, what):
    utilization = material["utilization"]
    check_groups(material["baseline"], utilization)
    table = getattr(utilization, frame).copy()
    pick = (
        table["by"] == "group"
        if frame == "ramp"
        else table["unit"] == "people"
        if frame == "best"
        else table.index == 0
    )
    table.loc[pick, column] = value
    with pytest.raises(DisclosureProblem, match=f"figures of {what} stand on fewer than 10 people"):
        check_groups(material["baseline"], dataclasses.replace(utilization, **{frame: table}))


def test_a_quarter_of_people_is_counted_as_it_was_formed(material):
    utilization = material["utilization"]
    table = utilization.best.copy()
    table.loc[table["unit"] == "people", "units"] = 38
    check_groups(material["baseline"], dataclasses.replace(utilization, best=table))
