"""A release that nobody was given is forgotten from the command line: with its run, with a reason, and not otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.engagement import chain
from analysis.engagement.chain import ChainRun, StageRun
from analysis.engagement.files import write_json
from analysis.engagement.releases import Withdrawal

ENTRY = {"run": "aaaa11112222", "on": "2026-05-04", "deliverables": "d", "content": "c", "key": "k", "withdrawn": None}
REASON = "a draft, shown to nobody"


@pytest.fixture(autouse=True)
def acme(tmp_path: Path, monkeypatch) -> Path:
    """Return the folder of an engagement that has released a report."""
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    root = tmp_path / "engagements" / "acme"
    root.mkdir(parents=True)
    stated = 'name = "Acme Mutual"\ntime_zone = "Europe/Amsterdam"\nperiod = { start = 2026-03-02, end = 2026-04-26 }\n'
    (root / "engagement.toml").write_text(f"[client]\n{stated}", encoding="utf-8")
    write_json(root / "private" / "releases" / "register.json", {"schema": 1, "releases": [ENTRY]})
    return root


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--withdraw", "aaaa1111"],
            'needs a reason, which the register keeps: engage report acme --withdraw aaaa1111 --reason "',
        ),
        (
            ["--withdraw", "bbbb2222", "--reason", REASON],
            "holds no release of the run bbbb2222. It holds: aaaa1111 (2026-05-04).",
        ),
        (["--reason", REASON], "belongs to --withdraw RUN"),
        (["--only", "listening", "--withdraw", "aaaa1111", "--reason", REASON], "goes with the whole report"),
    ],
)
def test_what_cannot_be_followed_is_said_before_anything_is_built(words, said, capsys):
    assert main(["report", "acme", *words]) == 2
    assert said in capsys.readouterr().err
    assert main(["report", "acme", "--json", *words]) == 2
    assert said in json.loads(capsys.readouterr().out)["error"]


def test_run_and_reason_reach_the_register(monkeypatch, tmp_path, capsys):
    asked: list[Withdrawal] = []

    def rebuilt(folder, *, withdrawal, say):
        asked.append(withdrawal)
        return ChainRun((StageRun("report", "k", True),), tmp_path / "assessment.pdf", ("The release is forgotten.",))

    monkeypatch.setattr(chain, "rebuild_report", rebuilt)
    words = ["--withdraw", "aaaa1111", "--withdraw", "cccc3333", "--reason", REASON]
    assert main(["report", "acme", "--json", *words]) == 0
    assert asked == [Withdrawal(("aaaa1111", "cccc3333"), REASON)]
    assert json.loads(capsys.readouterr().out)["notes"] == ["The release is forgotten."]
