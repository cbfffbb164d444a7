"""Reading what was planted, and comparing the outcome with the ledger: rows, reasons, seconds, and the canonical table."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from analysis.foundation.schema import TABLES, DataProblem
from analysis.foundation.settings import Client, Period
from analysis.intake import Intake, Source, check_sources, pseudonym, read_sources
from analysis.intake.persons.people import PERSONS
from analysis.intake.reconciliation import reconcile
from tests.faults.dress import physical_rows, written
from tests.faults.model import Case, Export, Fault

KEY = bytes(range(32))
PLAIN = ("header", "banner", "blank", "total", "duplicate")


@dataclass
class Verdict:
    """What the comparison found; every number but the first four must be 0 and `faults` empty.

    Attributes
    ----------
    rows, seconds_us
        Physical rows that were judged, and the time that they state.
    intakes, refusals
        Files read, and files refused or asked about.
    unaccounted, wrong_reasons, off_us
        Rows without a fate, rows with another fate or reason than planted, microseconds that do not reconcile.
    faults
        In words, what differs from the ledger.
    messages
        Refusals and questions as the user reads them.
    """

    rows: int = 0
    seconds_us: int = 0
    intakes: int = 0
    refusals: int = 0
    unaccounted: int = 0
    wrong_reasons: int = 0
    off_us: int = 0
    faults: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        """Sum up."""
        for name in ("rows", "seconds_us", "intakes", "refusals", "unaccounted", "wrong_reasons", "off_us"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults
        self.messages += other.messages


def judge(fault: Fault, form: str, seed: int) -> Verdict:
    """Plant a fault in a file of a form, read it, and compare."""
    return judge_case(fault.inject(Random(f"{fault.label} {seed}")), form)


def judge_case(case: Case, form: str) -> Verdict:
    """Write what was planted in a form, read it, and compare."""
    verdict = Verdict()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "data").mkdir()
        for name, content in case.extra.items():
            (root / "data" / name).write_text(content, encoding="utf-8", newline="")
        sources, groups = [], [(case.source, case.exports), *case.others]
        for number, (keys, exports) in enumerate(groups):
            names = [_put(root, export, form, number) for export in exports]
            sources.append({"files": names, **keys})
        client = _client(case)
        if case.refused is not None:
            _refused(case, sources, client, root, verdict)
            if case.answer is None:
                return verdict
            sources[0] |= case.answer
        try:
            intake = read_sources([Source(**keys) for keys in sources], client=client, root=root, key=KEY)
        except DataProblem as problem:
            verdict.faults.append(f"refused: {problem}")
            return verdict
        verdict.intakes += 1
        for number, (_, exports) in enumerate(groups):
            _compare(intake, exports, sources[number], number, root, verdict)
        _told(intake, case, client, verdict)
        if case.look is not None:
            try:
                case.look(intake)
            except AssertionError as error:
                verdict.faults.append(f"look: {error}")
    return verdict


def _client(case: Case) -> Client:
    period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
    return Client(**{"name": "Test", "time_zone": "Europe/Amsterdam", "period": period, **case.client})


def _put(root: Path, export: Export, form: str, number: int) -> str:
    """Write a file and return its path as the engagement names it."""
    name, content = written(export, form)
    name = f"{number}_{name}"
    if export.folder:
        (root / "data" / name).mkdir()
    else:
        (root / "data" / name).write_bytes(content)
    return f"data/{name}"


def _refused(case: Case, sources: Sequence[dict[str, Any]], client: Client, root: Path, verdict: Verdict) -> None:
    """Compare the refusal with what must be said, in both ways of reading."""
    read = [Source(**keys) for keys in sources]
    try:
        read_sources(read, client=client, root=root, key=KEY)
    except DataProblem as problem:
        message = str(problem)
    else:
        verdict.faults.append("read without a question")
        return
    verdict.refusals += 1
    verdict.messages.append(message)
    if not re.search(case.refused or "", message, re.DOTALL):
        verdict.faults.append(f"another message: {message}")
    every = check_sources(read, client=client, root=root, key=KEY)
    if not any(finding.severity == "ask" and finding.message == message for finding in every.findings):
        verdict.faults.append("check does not tell the question")


def _compare(
    intake: Intake, exports: Sequence[Export], keys: Mapping[str, Any], number: int, root: Path, verdict: Verdict
) -> None:
    """Compare rows by fate, rejected rows, seconds, and the canonical rows of one source."""
    for export, name in zip(exports, keys["files"], strict=True):
        record = intake.files[intake.files["file"] == name].iloc[0]
        _rows(intake, export, record, physical_rows((root / name).read_bytes()), verdict)
        _seconds(export, record, verdict)
    table = Source(**keys).target
    true = [row for export in exports for line in export.lines for row in line.truth]
    if true:
        _table(intake, table, true, [*keys["files"]], verdict)


def _rows(intake: Intake, export: Export, record: pd.Series, counted: int, verdict: Verdict) -> None:
    """Compare the fates of a file's rows."""
    planted = export.counts()
    physical = export.physical if export.physical is not None else len(export.lines)
    found = Counter({fate: int(record[fate]) for fate in (*PLAIN, "used")})
    for fate in ("excluded", "rejected"):
        found.update({f"{fate}:{reason}": rows for reason, rows in json.loads(record[fate]).items()})
    found = +found
    verdict.rows += counted
    verdict.unaccounted += abs(counted - found.total()) + abs(counted - int(record["physical"]))
    if not counted == physical == found.total():
        verdict.faults.append(f"rows: {counted} counted, {physical} planted, {found.total()} accounted for")
    listed = intake.rejects[intake.rejects["file"] == record["file"]]
    rejected = {(int(row), reason) for row, reason in zip(listed["row"], listed["reason"], strict=True)}
    wrong = len(rejected ^ set(export.rejects())) + sum(((found - planted) + (planted - found)).values())
    if wrong:
        verdict.wrong_reasons += wrong
        verdict.faults.append(
            f"fates: planted {dict(planted)} {export.rejects()}, found {dict(found)} {sorted(rejected)}"
        )


def _seconds(export: Export, record: pd.Series, verdict: Verdict) -> None:
    """Compare the time account of a file with the ledger, to the microsecond."""
    account = json.loads(record["time_us"])
    planted: dict[str, Any] = {"stated_us": 0, "used_us": 0, "moved_us": Counter(), "excluded_us": Counter()}
    planted |= {"rejected_us": Counter(), **{f"{fate}_us": 0 for fate in PLAIN}}
    for line in export.lines:
        planted["stated_us"] += line.stated_us
        fate, _, reason = line.fate.partition(":")
        if reason:
            planted[f"{fate}_us"][reason] += line.stated_us
        elif fate == "used":
            planted["used_us"] += line.stated_us + sum(line.moved.values())
            planted["moved_us"].update(line.moved)
        else:
            planted[f"{fate}_us"] += line.stated_us
    verdict.seconds_us += planted["stated_us"]
    went = account["used_us"] + sum(account[f"{fate}_us"] for fate in PLAIN)
    went += sum(account["excluded_us"].values()) + sum(account["rejected_us"].values())
    verdict.off_us += abs(account["stated_us"] + sum(account["moved_us"].values()) - went)
    for name, value in planted.items():
        value = {key: us for key, us in value.items() if us} if isinstance(value, Counter) else value
        there = account[name]
        there = {key: us for key, us in there.items() if us} if isinstance(there, dict) else there
        if there != value:
            off = abs(there - value) if isinstance(value, int) else 1
            verdict.off_us += off
            verdict.faults.append(f"{name}: planted {value}, found {there}")


def _table(intake: Intake, table: str, true: Sequence[Mapping[str, Any]], files: list[str], verdict: Verdict) -> None:
    """Compare the canonical rows with the clean truth less the ledger, row for row in the order of the file."""
    frame = intake.tables[table]
    if "source" in frame:
        frame = frame[frame["source"].isin(files)]
    want = pd.DataFrame(list(true))
    if len(frame) != len(want):
        verdict.faults.append(f"table {table}: {len(want)} rows planted, {len(frame)} found")
        return
    for name in want:
        values, kind = want[name], TABLES[table][name]
        if name in PERSONS:
            values = values.map(
                lambda person, d=PERSONS[name]: pseudonym(person, key=KEY, domain=d), na_action="ignore"
            )
        found = frame[name].reset_index(drop=True)
        if kind in ("time", "date"):
            same = pd.to_datetime(values, utc=kind == "time").astype(found.dtype).equals(found)
        elif kind == "text":
            same = values.astype("str").equals(found.astype("str"))
        else:
            a, b = (part.astype("Float64").to_numpy(dtype=float, na_value=np.nan) for part in (values, found))
            same = bool(np.array_equal(a, b, equal_nan=True))
        if not same:
            verdict.faults.append(f"table {table}: {name} differs from the truth")


def _told(intake: Intake, case: Case, client: Client, verdict: Verdict) -> None:
    """Compare the findings."""
    by_code: dict[str, list[Any]] = {}
    further = reconcile(intake, client=client).findings if case.reconciled else ()
    for finding in (*intake.findings, *further):
        by_code.setdefault(finding.code, []).append(finding)
    for code, wanted in case.findings.items():
        found = by_code.get(code, [])
        if not found:
            verdict.faults.append(f"finding {code} is not told; told: {sorted(by_code)}")
        elif isinstance(wanted, tuple):
            told = (sum(item.rows or 0 for item in found), sum(item.moved_us or 0 for item in found))
            if told != wanted:
                verdict.faults.append(f"finding {code}: planted {wanted}, told {told}")
        elif wanted is not None and sum(item.rows or 0 for item in found) != wanted:
            verdict.faults.append(f"finding {code}: planted {wanted}, told {[item.rows for item in found]}")
    for code in case.silent:
        if code in by_code:
            verdict.faults.append(f"finding {code} is told without cause: {by_code[code][0].message}")
