"""No row is lost: whatever a file holds, its rows by fate add up to the physical rows, and the fates are the planted ones."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from tests.intake.conftest import Desk

HEADER = ["agent", "start", "end", "state", "note"]
NOTES = st.text(alphabet='ab ,;"\n\t|é', max_size=6).map(lambda text: text.replace("\r", ""))

KINDS = {
    "used": lambda i, note: [f"p{i}", "2026-03-02 09:00", "2026-03-02 09:30", "IDLE", note],
    "blank": lambda i, note: ["", " ", "", "\u00a0", ""],
    "header": lambda i, note: HEADER,
    "total": lambda i, note: ["Grand total", "", "", "", str(i)],
    "short_row": lambda i, note: [f"p{i}", "2026-03-02 09:00"],
    "long_row": lambda i, note: [f"p{i}", "2026-03-02 09:00", "2026-03-02 09:30", "IDLE", note, "more"],
    "bad_stamp": lambda i, note: [f"p{i}", "2026-02-30 09:00", "2026-03-02 09:30", "IDLE", note],
    "end_before_start": lambda i, note: [f"p{i}", "2026-03-02 09:00", "2026-03-02 08:30", "IDLE", note],
    "missing_agent": lambda i, note: ["", "2026-03-02 09:00", "2026-03-02 09:30", "IDLE", f"{note}{i}"],
    "outside_period": lambda i, note: [f"p{i}", "2025-03-02 09:00", "2025-03-02 09:30", "IDLE", note],
    "agent": lambda i, note: ["test", "2026-03-02 09:00", "2026-03-02 09:30", "IDLE", f"{note}{i}"],
}


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, Counter]:
    """Return the bytes of a file, and how many of its rows must meet each fate."""
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=25))
    rows = [KINDS[kind](place, draw(NOTES)) for place, kind in enumerate(["used", *kinds])]
    planted = Counter(["used", *kinds])
    repeats = draw(st.integers(0, 2))
    rows += [rows[0]] * repeats
    planted["duplicate"] += repeats
    banner = draw(st.integers(0, 2))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator=line_end, quoting=quoting)
    writer.writerows([["Report"]] * banner + [HEADER, *rows])
    planted.update(banner=banner, header=1)
    text = stream.getvalue()
    if draw(st.booleans()):
        text = text[: -len(line_end)]
        if rows[-1] == KINDS["short_row"](len(kinds), ""):
            planted.subtract(["short_row"])
            planted["cut_off_last_row"] += 1
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    return text.encode(encoding), +planted


def account(row: pd.Series) -> Counter:
    """Return the fates of a file, excluded and rejected by reason."""
    found = Counter({fate: row[fate] for fate in ("header", "banner", "blank", "total", "duplicate", "used")})
    found.update(json.loads(row["excluded"]))
    found.update(json.loads(row["rejected"]))
    return +found


@settings(max_examples=25)
@given(files())
def test_planted_fates_are_found_and_add_up(file):
    content, planted = file
    with TemporaryDirectory() as folder:
        row = Desk(Path(folder)).spells(content, exclude={"agent": ["test"]}).files.iloc[0]
    assert account(row) == planted
    assert row["physical"] == sum(planted.values())


def read_or_refusal(text: str) -> pd.Series | str:
    """Return the accounting of a file with these rows, or the words with which it is refused."""
    with TemporaryDirectory() as folder:
        try:
            return Desk(Path(folder)).spells("agent,start,end,state\n" + text).files.iloc[0]
        except DataProblem as refusal:
            return str(refusal)


@settings(max_examples=60)
@given(st.text(alphabet='a1,;"\n\r \t-', max_size=60))
def test_any_text_below_a_header_is_accounted_for_or_refused(text):
    found = read_or_refusal(text)
    if isinstance(found, str):
        assert "rows accounted for" not in found  # both ways of counting agree
    else:
        assert found["physical"] == sum(account(found).values())


@settings(max_examples=10)
@given(files(), files(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_files_changes_no_row(first, second, random):
    tables = []
    for turn in range(2):
        with TemporaryDirectory() as folder:
            desk = Desk(Path(folder))
            names = ["a.csv", "b.csv"]
            for name, content in zip(names if turn else reversed(names), (first[0], second[0]), strict=True):
                desk.put(name, content)
            intake = desk.read({"files": ["data/*.csv"], "table": "spells", "exclude": {"agent": ["test"]}})
        spells = intake.tables["spells"].drop(columns=["source", "source_row"])
        tables.append(spells.sort_values(list(spells.columns)).reset_index(drop=True))
        assert int(intake.files["physical"].sum()) == sum((first[1] + second[1]).values())
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_bare_line_ends_between_rows_are_blank_and_shift_no_number(desk, ending):
    rows = ["a,2026-03-02 09:00,2026-03-02 09:30,IDLE", "", "", "b,2026-03-02 09:00,x,IDLE", ""]
    rows += ['"c', "", '1",2026-03-02 09:00,2026-03-02 09:30,IDLE', "", "d,2026-03-02 09:00"]
    intake = desk.spells(ending.join(["agent,start,end,state", *rows]))
    assert intake.files.loc[0, ["physical", "blank", "used"]].tolist() == [9, 4, 2]
    assert intake.tables["spells"]["source_row"].tolist() == [2, 7]
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[5, "bad_stamp"], [9, "cut_off_last_row"]]


def test_a_file_of_bare_line_ends_below_its_header_is_blank(desk):
    desk.put("s1.csv", "agent,start,end,state\n" + "\n" * 50_000)
    desk.put("s2.csv", "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n")
    intake = desk.read({"files": ["data/s*.csv"], "table": "spells"})
    assert intake.files["blank"].tolist() == [50_000, 0]
    assert intake.files["used"].tolist() == [0, 1]
