"""What is said about a client's files names nobody: not in findings, refusals, lists of rejected rows, output or logs."""

from __future__ import annotations

import json
import logging

import pytest

from analysis.cli import main
from tests.attacks.canaries import TRACES, cases, said_by_intake, unread, write_engagement

NAMES = [name for name, _, _ in cases()]


@pytest.mark.parametrize("name", NAMES)
def test_no_fault_makes_intake_name_somebody(tmp_path, capfd, caplog, name):
    caplog.set_level(logging.DEBUG)
    said, findings = said_by_intake(tmp_path, name)
    said += [caplog.text, *capfd.readouterr()]
    assert not [TRACES.search(text).group() for text in said if TRACES.search(text)]
    assert findings, "a case without a fault tests nothing"


def test_the_traces_are_those_of_the_files():
    """Every case holds a name, so that a case without a hit says something."""
    for name, content, _ in cases():
        data = content.encode("utf-8") if isinstance(content, str) else content
        assert name.endswith((".gz", ".zip", ".xlsx")) or TRACES.search(data.decode("utf-8", "replace")), name


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
