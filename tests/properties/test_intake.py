"""The same meaning gives the same tables, and no second is lost, whatever the rows and whatever their dress."""

from __future__ import annotations

import csv
import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake import pseudonym
from analysis.measure.ladder import time_ladder
from tests.faults.judge import judge_case
from tests.faults.model import Case
from tests.properties.worlds import KEY, NAMES, dirty, read, rows, table, text, workbook

SLOW = pytest.mark.slow
IDS = ["007", "NA", "1E5", "TRUE", "nan", "-", "null", "10861.0", "2026-03-02", "=1+1", "+5", "0x1F", "1,5", "x y"]


@pytest.mark.parametrize("examples", [12, pytest.param(500, marks=SLOW)])
def test_rows_and_seconds_of_any_dirty_file_reconcile(examples):
    @settings(max_examples=examples)
    @given(dirty())
    def check(export):
        verdict = judge_case(Case([export], {"table": "spells", "exclude": {"agent": ["test"]}}), "csv")
        assert verdict.faults == []
        assert (verdict.unaccounted, verdict.wrong_reasons, verdict.off_us) == (0, 0, 0)

    check()


def dress(found, random):
    """Return the rows in another dress: separator, line ends, quotes, encoding, or as a workbook."""
    if random.random() < 0.3:
        return {"spells.xlsx": workbook(found)}
    content = text(
        found,
        separator=random.choice(",;\t|"),
        newline=random.choice(["\n", "\r\n"]),
        quoting=random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    )
    return {"spells.csv": content.encode(random.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))}


@pytest.mark.parametrize("examples", [8, pytest.param(80, marks=SLOW)])
def test_the_dress_changes_nothing(examples):
    @settings(max_examples=examples)
    @given(rows(), st.randoms(use_true_random=False))
    def check(found, random):
        plain = table(read({"spells.csv": text(found)}))
        pd.testing.assert_frame_equal(table(read(dress(found, random))), plain)

    check()


@pytest.mark.parametrize("examples", [8, pytest.param(80, marks=SLOW)])
def test_the_order_of_rows_and_the_split_into_files_change_nothing(examples):
    @settings(max_examples=examples)
    @given(rows(least=2), st.randoms(use_true_random=False))
    def check(found, random):
        plain = table(read({"spells.csv": text(found)}), ordered=False)
        mixed = random.sample(found, len(found))
        pd.testing.assert_frame_equal(table(read({"spells.csv": text(mixed)}), ordered=False), plain)
        cut = random.randrange(1, len(found))
        # the second file repeats the last row of the first, as overlapping exports do
        files = {"a.csv": text(found[:cut]), "b.csv": text(found[cut - 1 :])}
        pd.testing.assert_frame_equal(table(read(files), ordered=False), plain)

    check()


@pytest.mark.parametrize("examples", [8, pytest.param(80, marks=SLOW)])
def test_other_names_and_another_key_change_nothing_but_the_pseudonyms(examples):
    @settings(max_examples=examples)
    @given(rows(), st.permutations(NAMES), st.binary(min_size=16, max_size=40))
    def check(found, others, key):
        plain = table(read({"spells.csv": text(found)}))
        other = dict(zip(NAMES, others, strict=True))
        swapped = table(read({"spells.csv": text([(other[row[0]], *row[1:]) for row in found])}))
        back = {pseudonym(other[name], key=KEY): pseudonym(name, key=KEY) for name in NAMES}
        pd.testing.assert_frame_equal(swapped.assign(agent=swapped["agent"].map(back).astype("str")), plain)
        keyed = table(read({"spells.csv": text(found)}, key=key))
        pd.testing.assert_frame_equal(keyed.drop(columns="agent"), plain.drop(columns="agent"))
        assert pd.factorize(keyed["agent"])[0].tolist() == pd.factorize(plain["agent"])[0].tolist()

    check()


@pytest.mark.parametrize("examples", [6, pytest.param(60, marks=SLOW)])
def test_seven_days_later_away_from_clock_changes_the_shares_are_the_same(examples):
    @settings(max_examples=examples)
    @given(rows(), st.sampled_from([7, 14]))
    def check(found, days):
        later = [(name, a + dt.timedelta(days=days), b + dt.timedelta(days=days), state) for name, a, b, state in found]
        sums = []
        for export in (found, later):
            spells = table(read({"spells.csv": text(export)}))
            paid = spells.groupby("agent", as_index=False).agg(start=("start", "min"), end=("end", "max"))
            sums.append(time_ladder(spells, paid=paid).by_agent_day.drop(columns=["agent", "day"]).sum().to_dict())
        assert sums[0] == sums[1]

    check()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_identifiers_stay_text_whatever_they_look_like(form):
    start = dt.datetime(2026, 3, 3, 9)
    found = [(name, start, start + dt.timedelta(minutes=5), "IDLE") for name in IDS]
    files = {"spells.csv": text(found)} if form == "csv" else {"spells.xlsx": workbook(found)}
    agents = read(files).tables["spells"]["agent"].tolist()
    assert agents == [pseudonym(name, key=KEY) for name in IDS]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_empty_identifier_is_nobody(form):
    start = dt.datetime(2026, 3, 3, 9)
    found = [("", start, start + dt.timedelta(minutes=5), "IDLE"), ("a", start, start, "IDLE")]
    files = {"spells.csv": text(found)} if form == "csv" else {"spells.xlsx": workbook(found)}
    assert read(files).rejects[["row", "reason"]].to_numpy().tolist() == [[2, "missing_agent"]]
