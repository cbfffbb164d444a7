"""Page one: one page for every kind of client, its numbers those of the results, and its four facts always said."""

from __future__ import annotations

import dataclasses
import json
import re

import pandas as pd
import pytest

from analysis.report.chapters import answers, decisions, first
from analysis.report.exhibits import rungs
from analysis.report.words import load_words
from tests.report import documents, opening

N = load_words().n
# tight paper and the longest texts by default, every other pair among the slow
PAIRS = [pytest.param(name, paper, marks=[] if (name, paper) in {("full", "letter"), ("hostile", "letter"), ("hostile", "a4"), ("nothing", "a4")} else pytest.mark.slow)
         for name in opening.CASES for paper in ("a4", "letter")]  # fmt: skip
BLEND = re.compile(r"yes|no room|not yet|nobody can say yet|what fits is not known")
SURE = re.compile(r"\(\d[\d,.]*( %)? to \d|between \d|[Bb]etween \d|could not be measured|cannot be said")


def seen(text: str) -> str:
    """Return a text with ordinary spaces and without marks of grades."""
    return re.sub(r"[\u2060\ue00a-\ue00d]", "", text.replace("\u00a0", " "))


def said(page: dict, row: int) -> str:
    return seen(" ".join(page["rows"][row]["answers"]))


@pytest.mark.parametrize(("name", "paper"), PAIRS)
def test_pages_one_and_two_are_one_page_each(name, paper, tmp_path):
    pages = opening.texts(opening.case(name), tmp_path, paper)
    assert len(pages) == 2
    one, two = (re.sub(r"\s+", " ", page) for page in pages)
    for words in (
        "Measure",
        "Estimate",
        "Assess",
        "Three decisions",
        "What we could not see",
        "What happens to people",
    ):
        assert words in one
    assert "Capacity balance" in two
    # both begin and end on their page
    assert "What is not counted" in two
    assert load_words()("first.freed_time")[-30:].rstrip(".") in one


@pytest.mark.parametrize("name", list(opening.CASES))
def test_a_reader_of_page_one_can_say_the_four_facts(name):
    page = first.first_page(opening.case(name))
    measured, reachable, blend = (said(page, row) for row in range(3))
    assert re.search(r"Of 100 attended hours.*\d+ \(\d+ to \d+\)|could not be measured", measured)
    assert re.search(r"can go from \d+ %.*to \d+ %|cannot be said", reachable)
    assert BLEND.search(blend)
    assert SURE.search(measured)
    assert all(item["text"] for item in page["open"])
    assert page["verdict"]
    assert len(page["decisions"]["rows"]) == 3


def test_the_numbers_of_page_one_are_those_of_the_results(built, material):
    results = json.loads((built / "results.json").read_text(encoding="utf-8"))["quantities"]
    page = first.first_page(opening.case("full"))
    of = {(one["id"], one["scope"].get("population", "")): one for one in results if one["status"] == "ok"}

    def hundred(name: str, population: str) -> str:
        one = of[(name, population)]
        return "{:.0f} ({:.0f} to {:.0f})".format(*(100 * one[part] + 1e-9 for part in ("value", "low", "high")))

    measured = said(page, 0)
    for name in ("utilization", "support_share", "non_work_share"):
        assert hundred(f"baseline.{name}", "back_office") in measured
    for name in ("utilization", "support_share", "idle_share", "away_share", "unaccounted_share"):
        assert hundred(f"baseline.{name}", "contact_centre") in measured
    estimated = said(page, 1)
    for population in ("back_office", "contact_centre"):
        one = of[("utilization.achievable", population)]
        assert (
            "{:.0f} % ({:.0f} to {:.0f})".format(*(100 * one[part] + 1e-9 for part in ("value", "low", "high")))
            in estimated
        )
    freed, cash = of[("value.freed_h_per_week", "")], of[("value.cashable_per_week", "")]
    assert (
        f"{N.hours(freed['value'])} ({N.hours(freed['low'])} to {N.hours(freed['high'])}) hours a week can be freed"
        in estimated
    )
    assert seen(N.money_interval(cash["value"], cash["low"], cash["high"], "EUR")) in estimated
    lab = material["blending"].lab
    best = lab[lab["recommended"]].iloc[0]
    assessed = said(page, 2)
    assert (
        f"{N.hours(best['item_h_per_week'])} ({N.hours(best['item_h_low'])} to {N.hours(best['item_h_high'])})"
        in assessed
    )
    assert (
        f"{-100 * best['change']:.1f} ({-100 * best['change_high']:.1f} to {-100 * best['change_low']:.1f}) points"
        in assessed
    )
    assert (
        f"worst half hour {N.share(best['worst_service_level'])}, {best['worst_slot']}".replace("\u00a0", " ")
        in assessed
    )


def test_what_the_quoted_target_asks_is_the_difference_of_printed_shares():
    c = opening.case("full")
    text = seen(" ".join(answers.estimated(c)))
    for today, more in re.findall(r"from (\d+) %.*?(\d+) points more", text):
        assert int(more) in {80 - int(today), *(80 - int(other) for other in re.findall(r"from (\d+) %", text))}
    asked = [int(more) for more in re.findall(r"(\d+) points more", text)]
    assert asked == [80 - int(today) for today in re.findall(r"from (\d+) %", text)]
    # reached already: it asks nothing, and never a negative number
    frame = c.utilization.achievable.assign(today=0.9, today_low=0.88, today_high=0.92)
    there = dataclasses.replace(c, utilization=dataclasses.replace(c.utilization, achievable=frame))
    assert "nothing in the back office" in seen(" ".join(answers.estimated(there)))


def test_what_blending_does_not_cost_is_said_so(material):
    lab = material["blending"].lab
    lab = lab.assign(change=lab["change"].where(~lab["recommended"], 0.0002))
    blending = dataclasses.replace(material["blending"], lab=lab)
    text = seen(" ".join(answers.assessed(documents.context({**material, "blending": blending}))))
    assert "They cost no service level" in text
    assert "points of service level" not in text


def test_a_decision_has_its_owner_its_date_and_its_cost():
    c = opening.case("full")
    rows = decisions.table(c)["rows"]
    wanted = rungs.steps(c.readiness).head(3)
    for row, change in zip(rows, wanted.itertuples(), strict=True):
        assert row[0]["text"] == change.change
        assert row[1] == change.owner_role
        assert re.fullmatch(r"day \d+|before the pilot's first day|before week \d+|before it is judged again", row[2])
        assert row[3].endswith("effort")
    note = decisions.table(c)["note"]
    assert c.value is not None
    assert seen(N.money(c.value.settings.one_off_cost, "EUR")) in seen(note)
    none = decisions.table(dataclasses.replace(c, value=None))["note"]
    assert "No cost was stated" in none
    assert not re.search(r"\d{3}", none)


def test_a_date_is_the_calendars_the_phases_or_the_next_judgement():
    c = opening.case("full")
    day = pd.DataFrame({"day": [4], "what": ["Close it"], "who": ["x"], "why": ["Before (Q7, C2)."]})
    plan = pd.DataFrame({"phase": ["crawl", "run", "run"], "kind": ["entry"] * 2 + ["do"], "criterion": ["Q8", "Q9", ""],
                         "week_from": [1, pd.NA, 29]})  # fmt: skip
    readiness = dataclasses.replace(c.readiness, calendar=day, plan=plan)
    dated = dataclasses.replace(c, readiness=readiness)
    assert [decisions.when(dated, name) for name in ("Q7", "Q8", "Q9", "Q")] == [
        "day 4", "before the pilot's first day", "before week 29", "before it is judged again",
    ]  # fmt: skip


def test_the_verdict_says_the_first_change_once():
    c = opening.case("full")
    page = first.first_page(c)
    change = str(rungs.steps(c.readiness)["change"].iloc[0])
    assert c.readiness.verdict.headline.startswith(page["verdict"])
    assert change.casefold() not in page["rest"].casefold()
    assert change[1:] in said(page, 2)


def test_what_nobody_observed_is_a_bound_and_not_a_figure():
    page = first.first_page(opening.case("not observed"))
    assert "14 (12 to 17) unseen. Between 0 and 37 are not work." in said(page, 0)
    assert "What the back office could reach cannot be said: today it is somewhere between 52 and 89 % work." in said(
        page, 1
    )
    assert "The contact centre can go from 58 %" in said(page, 1)
    # the quoted figure is put to the test where there is something to test it against
    assert "points more work in the back office" not in said(page, 1)
