"""Small exports drawn at random: clean ones to be dressed in many ways, dirty ones with a ledger."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import strategies as st

from analysis.foundation.settings import Client, Period
from analysis.intake import Intake, Source, read_sources
from tests.faults.dress import xlsx_bytes
from tests.faults.model import Export, Line
from tests.faults.truth import FIRST_DAY, SPELL_HEADER, STATES, header, spell, us

KEY = bytes(range(32))
NAMES = ("007", "7b", "NA", "José", "anna", "1E5")
Row = tuple[str, dt.datetime, dt.datetime, str]


@st.composite
def rows(draw: st.DrawFn, *, least: int = 1, most: int = 30) -> list[Row]:
    """Return states of some persons, one after another, in whole milliseconds."""
    at = {name: FIRST_DAY + dt.timedelta(hours=8 + number) for number, name in enumerate(NAMES)}
    found = []
    for _ in range(draw(st.integers(least, most))):
        name = draw(st.sampled_from(NAMES))
        start = at[name] + dt.timedelta(seconds=draw(st.integers(0, 900)))
        end = at[name] = start + dt.timedelta(milliseconds=draw(st.integers(1, 5_400_000)))
        found.append((name, start, end, draw(st.sampled_from(STATES))))
    return found


def text(found: Sequence[Row], *, separator: str = ",", newline: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """Return rows as a text export."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator=newline, quoting=quoting)
    writer.writerow(SPELL_HEADER)
    writer.writerows(
        (name, start.isoformat(sep=" "), end.isoformat(sep=" "), state) for name, start, end, state in found
    )
    return stream.getvalue()


def workbook(found: Sequence[Row]) -> bytes:
    """Return rows as a workbook with typed dates."""
    return xlsx_bytes(Export([header(SPELL_HEADER), *(Line(list(row)) for row in found)]))


def read(files: Mapping[str, str | bytes], *, key: bytes = KEY, **keys: object) -> Intake:
    """Read files of one source of spells."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data").mkdir()
        for name, content in files.items():
            (root / "data" / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
        client = Client(name="Test", time_zone="Europe/Amsterdam", period=period)
        source = Source(**{"files": [f"data/{name}" for name in files], "table": "spells", **keys})
        return read_sources([source], client=client, root=root, key=key)


def table(intake: Intake, *, ordered: bool = True) -> pd.DataFrame:
    """Return the canonical spells without the place of each row in its file."""
    frame = intake.tables["spells"].drop(columns=["source", "source_row"])
    return frame if ordered else frame.sort_values(list(frame.columns), ignore_index=True)


def _bad_stamp(line: Line) -> None:
    line.cells[1] = "2026-02-30 09:00"
    line.become("rejected:bad_stamp", stated_us=0)


def _backwards(line: Line) -> None:
    line.cells[1], line.cells[2] = line.cells[2], line.cells[1]
    line.become("rejected:end_before_start", stated_us=-line.stated_us)


def _outside(line: Line) -> None:
    line.cells[1:3] = [cell.replace(year=2025) for cell in line.cells[1:3]]
    line.become("excluded:outside_period")


def _nobody(line: Line) -> None:
    line.cells[0] = ""
    line.become("rejected:missing_agent")


def _placeholder(line: Line) -> None:
    line.cells[2] = dt.datetime(1970, 1, 1)
    line.become("rejected:implausible_date", stated_us=us(line.cells[1], line.cells[2]))


def _offset(line: Line) -> None:
    """An offset at one end alone: the time is known only in UTC."""
    end = line.truth[0]["end"]
    line.cells[2] = end.isoformat()
    line.moved, line.stated_us = {"mixed_offsets": line.stated_us}, 0


def _left_out(line: Line) -> None:
    line.cells[0] = "test"
    line.become("excluded:agent")


DIRT: Mapping[str, Callable[[Line], None]] = {
    "clean": lambda line: None,
    "bad stamp": _bad_stamp,
    "backwards": _backwards,
    "outside": _outside,
    "nobody": _nobody,
    "placeholder": _placeholder,
    "offset": _offset,
    "left out": _left_out,
}


@st.composite
def dirty(draw: st.DrawFn) -> Export:
    """Return an export with random dirt, repeated rows, blank rows and totals, and its ledger."""
    lines = [header(SPELL_HEADER)]
    for number, row in enumerate(draw(rows(most=20))):
        line = spell(*row)
        line.cells[0] = line.truth[0]["agent"] = f"{line.cells[0]}-{number}"  # so that no two rows are equal
        DIRT[draw(st.sampled_from(sorted(DIRT)))](line)
        lines.append(line)
        if draw(st.integers(0, 9)) == 0:
            lines.append(
                Line(list(line.cells), "duplicate", line.stated_us if "mixed_offsets" not in line.moved else 0)
            )
        if draw(st.integers(0, 9)) == 0:
            lines.append(Line(["", " ", "", ""], "blank"))
        if draw(st.integers(0, 9)) == 0:
            lines.append(Line(["Total", "", "", str(number)], "total"))
    rng = Random(draw(st.integers(0, 1000)))
    export = Export(lines, separator=rng.choice(",;\t|"), encoding=rng.choice(["utf-8", "utf-8-sig"]))
    export.newline = rng.choice(["\n", "\r\n"])
    return export
