"""Rows and time counted a second way, file by file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.foundation.schema import Finding
from analysis.intake.reconciliation.origins import HOUR_US, Origin
from analysis.intake.reconciliation.result import COUNT_COLUMNS, TIME_COLUMNS
from analysis.intake.seconds import exact_sum

if TYPE_CHECKING:
    from analysis.intake.result import Intake

PLAIN = ("header", "banner", "blank", "total", "duplicate", "used")


def count_again(intake: Intake, origins: tuple[Origin, ...]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return every count that can be made in two ways, and a finding for each pair that disagrees.

    Parameters
    ----------
    intake
        What was read.
    origins
        The same rows by source.

    Notes
    -----
    Rows: the physical count of the bytes against the sum of all fates. Rows in the table: rows used against the rows that stand in the
    canonical table. Time: what the account of time says is used against the sum over the table.
    """
    rows = [_fates(record) for record in intake.files.to_dict("records")]
    for origin in origins:
        records = intake.files[intake.files["file"].isin(origin.files) & (intake.files["table"] == origin.table)]
        rows += _in_table(origin, records)
    frame = pd.DataFrame(rows, columns=COUNT_COLUMNS)
    apart = frame[~frame["agrees"].astype(bool)]
    findings = [Finding("second_count", "flag", row.file, row.words) for row in apart.itertuples()]
    return frame, findings


def time_sides(intake: Intake, origins: tuple[Origin, ...]) -> pd.DataFrame:
    """Return where the time of each file went; stated + moved equals the sum of the other sides for every file."""
    rows = []
    label = {(file, origin.table): origin.label for origin in origins for file in origin.files}
    for record in intake.files.to_dict("records"):
        for side, reason, us in _sides(_account(record)):
            source = label.get((record["file"], record["table"]), record["file"])
            rows.append((source, record["file"], record["table"], side, reason, us, us / HOUR_US))
    frame = pd.DataFrame(rows, columns=TIME_COLUMNS)
    return frame.astype({"us": "int64", "hours": "float64"}) if len(frame) else frame


def _account(record: Mapping[str, Any]) -> dict[str, Any]:
    text = record.get("time_us")
    return json.loads(text) if isinstance(text, str) and text else {}


def _sides(account: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield side, reason and microseconds of an account; sides without time are left out."""
    for key, value in account.items():
        side = key.removesuffix("_us")
        for reason, us in value.items() if isinstance(value, dict) else [("", value)]:
            if us or side in ("stated", "used"):
                yield side, reason, int(us)


def _fates(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the physical rows of a file against the sum of all fates."""
    fates = sum(int(record[name]) for name in PLAIN)
    fates += sum(sum(json.loads(record[name]).values()) for name in ("excluded", "rejected"))
    physical = int(record["physical"])
    words = (
        f"{physical:,} rows counted in the file, {fates:,} rows with a fate"
        + ("" if physical == fates else ". Rows are lost or doubled: read the file again, and report it if it stays")
        + "."
    )
    return record["file"], record["table"], "rows and their fates", "rows", physical, fates, physical == fates, words


def _in_table(origin: Origin, records: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Yield rows used against rows in the table, and time used against the time in the table."""
    if origin.table not in ("spells", "state_totals"):
        groups = [(origin.label, records, origin)]
    else:
        of = origin.frame["source"].astype(str)
        groups = [
            (str(row.file), records[records["file"] == row.file], _only(origin, of == row.file))
            for row in records.itertuples()
        ]
    for label, rows, part in groups:
        yield _rows_used(label, rows, part)
        if all(_account(record) for record in rows.to_dict("records")):
            yield _time_used(label, rows, part)


def _only(origin: Origin, mask: pd.Series) -> Origin:
    import dataclasses

    return dataclasses.replace(origin, frame=origin.frame[mask.to_numpy()])


def _rows_used(label: str, records: pd.DataFrame, origin: Origin) -> tuple[Any, ...]:
    """Return rows used against the rows that the table shows; a row may lie in several, and several in one."""
    used = int(records["used"].sum())
    traced = "source_row" in origin.frame
    shown = int(origin.frame["source_row"].nunique()) if traced else len(origin.frame)
    words = f"{used:,} rows used, {shown:,} {'of them ' if traced else 'rows '}in the table {origin.table}"
    agrees = shown == used
    if shown < used and origin.table in ("work_items", "spells", "state_totals"):
        agrees, words = True, words + f"; {used - shown:,} are part of another row or hold no time"
    elif not agrees and not traced and origin.adapter != "generic":
        # the sheets of the kit hold several statements a row, and some systems several rows a statement
        agrees, words = True, words + "; this format spreads or joins rows"
    return label, origin.table, "rows used and rows in the table", "rows", used, shown, agrees, words + "."


def _time_used(label: str, records: pd.DataFrame, origin: Origin) -> tuple[Any, ...]:
    """Return the time that the account says is used against the sum over the table."""
    accounts = [_account(record) for record in records.to_dict("records")]
    stated = sum(int(account["used_us"]) for account in accounts)
    found = exact_sum(origin.held_us())
    # no hours in words: a file may be that of a few people
    apart = "agree to the microsecond" if stated == found else f"are {abs(stated - found):,} us apart"
    words = f"time used by the account of time and time in the table {origin.table} {apart}."
    return label, origin.table, "time used and time in the table", "us", stated, found, stated == found, words
