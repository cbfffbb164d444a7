"""What is said about a client's files names nobody: not in findings, refusals, lists of rejected rows, output or logs."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from analysis.foundation.schema import DataProblem
from analysis.intake import Source
from tests.attacks.canaries import TRACES, cases, unread, write_engagement
from tests.intake.conftest import Desk

NAMES = [name for name, _, _ in cases()]


def everything(frame: pd.DataFrame) -> str:
    return "\n".join(str(cell) for column in frame.columns for cell in (column, *frame[column]))


@pytest.mark.parametrize("name", NAMES)
def test_no_fault_makes_intake_name_somebody(tmp_path, capfd, caplog, name):
    caplog.set_level(logging.DEBUG)
    root = tmp_path / "acme"
    (source,) = write_engagement(root, only=name)
    desk = Desk.__new__(Desk)
    desk.root, desk.client = root, _client(tmp_path)
    said = [repr(Source(**source))] if "exclude" not in source else []
    try:
        desk.read(source)
    except DataProblem as problem:
        said += [str(problem), repr(problem), *(str(value) for value in problem.args)]
    intake = desk.read(source, check=True)
    said += [str(finding) for finding in intake.findings]
    said += [everything(frame) for frame in (intake.rejects, intake.files, intake.traps, intake.states)]
    persons = [table[column] for table in intake.tables.values() for column in ("agent", "observer") if column in table]
    said += [str(value) for column in persons for value in column]
    said += [caplog.text, *capfd.readouterr(), repr(intake)]
    assert not [TRACES.search(text).group() for text in said if TRACES.search(text)]
    assert intake.findings, "a case without a fault tests nothing"


def _client(tmp_path: Path):
    (tmp_path / "other").mkdir()
    return Desk(tmp_path / "other").client


@pytest.mark.parametrize(
    "arguments", [["check", "acme", "--json"], ["check", "acme"], ["run", "acme", "--until", "intake"]]
)
def test_the_command_line_names_nobody(tmp_path, monkeypatch, capfd, caplog, arguments):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    root = tmp_path / "engagements" / "acme"
    sources = write_engagement(root)
    if arguments[0] == "check":
        unread(root)
    assert main(arguments) == 3
    out, err = capfd.readouterr()
    text = (root / "engagement.toml").read_text(encoding="utf-8")
    excluded = [value for source in sources for values in source.get("exclude", {}).values() for value in values]
    for value in excluded:  # what the consultant wrote may be read back
        out = out.replace(value, "")
    found = {match.group() for match in TRACES.finditer("\n".join([out, err, caplog.text]))}
    assert not found
    assert "Traceback" not in err
    if "--json" in arguments:
        told = json.loads(out)
        assert len(told["files"]) >= 20
        assert len(told["questions"]) >= 5
    assert text
