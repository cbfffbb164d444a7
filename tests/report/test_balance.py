"""Page two: the balance closes before and after, its totals first, and says what it could not add up."""

from __future__ import annotations

import dataclasses
import json
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report.chapters import balance
from analysis.report.exhibits import paid_hours, shares
from analysis.report.exhibits.paid_hours import allotted
from tests.report import opening
from tests.report.factory import CC
from tests.report.test_first import seen


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.integers(0, 4000).map(lambda steps: 5 * steps),
    st.lists(st.floats(0, 1e4), min_size=1, max_size=9).filter(lambda parts: sum(parts) > 1),
)
def test_parts_are_rounded_so_that_they_add_to_their_total(total, parts):
    shown = allotted(total, parts)
    assert sum(shown) == total
    exact = [part * total / sum(parts) for part in parts]
    assert all(abs(whole - part) < 5 + 1e-6 for whole, part in zip(shown, exact, strict=True))
    assert all(whole % 5 == 0 for whole in shown)


def test_paid_hours_close_before_and_after_the_change(material):
    found = paid_hours.sides(material["baseline"], material["value"])
    assert [side.population for side in found] == ["back_office", "contact_centre"]
    for side in found:
        assert sum(part.shown for part in side.today) == side.paid.shown
        assert sum(part.shown for part in side.after) == side.paid.shown
        for parts in (side.today, side.after):
            assert sum(part.hours for part in parts) == pytest.approx(side.paid.hours, rel=0.002)
        whole, *ways = side.freed or (None,)
        if whole is not None:
            assert sum(part.shown for part in ways) == whole.shown
            assert sum(side.shown(name, after=True) for name in paid_hours.TAKEN_UP) == whole.shown


def test_the_lines_of_the_ledger_add_up_as_printed():
    rows = balance.page(opening.case("full"))["ledger"]["rows"]
    text = lambda cell: cell if isinstance(cell, str) else cell["text"]  # noqa: E731
    number = lambda cell: int(text(cell).replace(",", "")) if re.fullmatch(r"[\d,]+", text(cell)) else 0  # noqa: E731
    blocks: list[list] = []
    for row in rows:
        if not text(row[0]).startswith(balance.INDENT):
            blocks.append([])
        blocks[-1].append(row)
    assert len(blocks) == 2
    for whole, *lines in blocks:
        own = [row for row in lines if not text(row[0]).startswith(2 * balance.INDENT)]
        deep = [row for row in lines if row not in own]
        assert sum(number(row[1]) for row in own) == number(whole[1])
        assert sum(number(row[2]) for row in own) == number(whole[2])
        assert number(whole[1]) == number(whole[2]) > 0
        freed = [number(row[2]) for row in own if text(row[5]) == "value.balance.freed"]
        ways = sum(number(row[2]) for row in deep if "freed_" in text(row[5]))
        uses = sum(number(row[2]) for row in deep if "freed_" not in text(row[5]))
        assert [ways, uses] == [*freed, *freed] if freed else not deep
    assert all(text(row[5]).partition(".")[0] in {"baseline", "value"} for row in rows)


def test_every_line_has_its_range_or_why_there_is_none():
    for row in balance.page(opening.case("full"))["ledger"]["rows"]:
        span = seen(row[3])
        assert re.fullmatch(r"[\d,]+ to [\d,]+|under 5 to [\d,]+|counted|remainder|as stated", span), row


def test_page_two_and_page_one_say_the_same_hours():
    from analysis.report.chapters import answers

    c = opening.case("full")
    page, one = balance.page(c), seen(" ".join(answers.estimated(c)))
    freed, cash = re.search(r"a week (\d+) can be freed: (\d+) replace", seen(page["title"])).groups()  # type: ignore[union-attr]
    assert f"{freed} (" in one
    assert f"{cash} of them are cashable" in one


def test_the_balance_says_what_it_hangs_on_and_what_it_leaves_out():
    page = balance.page(opening.case("full"))
    titles = {block["title"]: seen(" ".join(block["items"])) for block in page["blocks"]}
    assert set(titles) == {"What it is worth", "What would have to be true", "What is not counted"}
    assert "No figure for a year" in titles["What it is worth"]
    assert "50 to 90 %" in titles["What would have to be true"]
    assert "another use of the same waiting" in titles["What is not counted"]


@pytest.mark.parametrize("name", ["logs alone", "nothing", "no value", "unknown value"])
def test_without_a_balance_the_page_says_why_and_what_it_would_take(name):
    page = balance.page(opening.case(name))
    assert page["absent"]
    assert page["absent"][0]["term"].endswith(".")
    assert "It would take" in page["absent"][0]["text"]
    assert "What would have to be true" not in {block["title"] for block in page["blocks"]}


def test_work_that_observers_saw_is_work_and_never_called_unseen(material):
    bar = shares.segments(material["baseline"])["back_office"]
    parts = {part.key: part.value for part in shares.in_short(bar)}
    assert sum(parts.values()) == pytest.approx(1, abs=shares.TOLERANCE)
    # 1 - support - non-work, as utilization today has it
    assert parts["utilization"] + parts[shares.SEEN_WORK] == pytest.approx(1 - parts["support"] - 0.273)
    assert parts["observed"] == pytest.approx(0.273)
    assert "unaccounted" not in parts


def test_logs_alone_show_hours_on_record_that_add_up_and_no_paid_hour():
    c = opening.case("logs alone")
    spans = pd.DataFrame([(CC, "span_h", 23_407.0, "h")], columns=["population", "fact", "value", "unit"])
    baseline = dataclasses.replace(c.baseline, facts=pd.concat([c.baseline.facts, spans], ignore_index=True))
    page = balance.page(dataclasses.replace(c, baseline=baseline))
    rows = {seen(row[0]["text"]).strip(): int(row[1]["text"].replace(",", "")) for row in page["ledger"]["rows"]}
    assert rows["work on record"] == 16_080
    assert (
        rows["work on record"] + rows["gaps between records"] == rows["Contact centre, first to last record of a day"]
    )
    assert rows["Back office, work on record"] == 7_920
    assert "paid hours" not in json.dumps(page["ledger"])
