"""The command line: exit statuses, messages without traces, nothing left behind, output that machines can read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.cli.doctor import examine
from analysis.cli.lab import copy_notebooks
from analysis.engagement.notebooks import declared_parameters
from analysis.engagement.stages import STAGES
from analysis.engagement.workspace import find_engagement

CLIENT = """\
[client]
name = "Acme Mutual"
time_zone = "Europe/Amsterdam"
period = { start = 2026-03-02, end = 2026-03-15 }
"""
SOURCE = """
[[source]]
files = ["data/shifts.csv"]
table = "schedule"
population = "contact_centre"
"""
SHIFTS = "agent,start,end,state,paid\n" + "".join(
    f"a{n},2026-03-02 0{n}:00,2026-03-02 1{n}:00,WORK,true\n" for n in range(3, 8)
)


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch):
    """Keep every test in its own workspace."""
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))


@pytest.fixture
def acme(tmp_path):
    """Write an engagement called acme and return its folder."""

    def written(text: str = CLIENT + SOURCE, shifts: str = SHIFTS) -> Path:
        root = tmp_path / "engagements" / "acme"
        (root / "data").mkdir(parents=True)
        (root / "engagement.toml").write_text(text, encoding="utf-8")
        (root / "data" / "shifts.csv").write_text(shifts, encoding="utf-8")
        return root

    return written


def left_behind(tmp_path: Path) -> list[str]:
    """Return unfinished files and folders."""
    found = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    return [name for name in found if "/." in f"/{name}" and not name.endswith(".lock")] + [
        name for name in found if "running-" in name or name.endswith(".part")
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["run", "--help"], 0),
        ([], 2),
        (["fly"], 2),
        (["run"], 2),
        (["run", "acme", "--forc"], 2),
        (["run", "acme", "--json=yes"], 2),
        (["tours", "acme", "--from", "tomorrow"], 2),
    ],
)
def test_words_that_the_parser_answers(words, status, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == status
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["run", "nobody"], 2, "There is no engagement nobody in this workspace. There are: acme."),
        (["run", "../acme"], 2, "There is no engagement.toml"),
        (["new", "sample"], 2, "kept for the kit's own sample"),
        (["new", "Acme & Co"], 2, "holds other characters"),
        (["new", "acme"], 2, "There is an engagement acme already"),
        (["run", "acme", "--set", "blending.service_levl=0.9"], 2, "Did you mean service_level?"),
        (["run", "acme", "--set", "blending.service_level=1.9"], 2, "--set [blending] service_level: must be less than 1"),
        (["run", "acme", "--from", "blendin"], 2, "There is no stage blendin. Did you mean blending?"),
        (["run", "acme", "--from", "report", "--until", "intake"], 2, "comes after intake"),
        (["run", "acme", "--force", "--from", "intake"], 2, "Give one of them"),
        (["run", "acme", "--workspace", "nowhere"], 2, "--workspace names is not a folder"),
        (["report", "acme"], 1, "has not been run to its end. Run first: engage run acme"),
        (["explain", "acme", "baseline.idle_share"], 1, "Run first: engage run acme"),
        (["explain", "acme", "baseline.idle_share", "contact_centre"], 2, "such as population=contact_centre"),
        (["tours", "acme"], 2, "give --people 24, and --team NAME for each team"),
        (["tours", "acme", "--people", "24", "--days", "400"], 2, "--days 400: give 1 to 366 working days"),
        (["tours", "acme", "--people", "24", "--between", "9 to 5"], 2, "such as 09:00-17:00"),
        (["close", "acme"], 2, "Give --yes if you are sure"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_message_and_a_status(words, status, said, acme, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    acme()
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    assert main(words) == status
    out, err = capsys.readouterr()
    assert said in err
    assert err.startswith("engage: ")
    assert "Traceback" not in err
    assert out == ""
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".lock")) == before
    assert main([*words, "--json"]) == status
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == status
    assert said in told["error"]


@pytest.mark.parametrize(
    ("text", "shifts", "status", "said"),
    [
        (CLIENT, SHIFTS, 2, "there is no [[source]] yet"),
        (CLIENT + SOURCE + '[report]\nbrand = "firm.toml"\n', SHIFTS, 2, "firm.toml: there is no such file"),
        (CLIENT + SOURCE + "[blnding]\n", SHIFTS, 2, "Did you mean blending?"),
        (CLIENT + SOURCE.replace("shifts.csv", "shift.csv"), SHIFTS, 3, "the nearest files are data/shifts.csv"),
        (CLIENT + SOURCE, SHIFTS.replace("agent,", "login,"), 3, "data/shifts.csv"),
        (CLIENT + SOURCE, SHIFTS.replace("WORK", "Lunch walk"), 3, "data/shifts.csv: 1 state code without a meaning"),
        (CLIENT + SOURCE, "", 3, "data/shifts.csv"),
    ],
)  # fmt: skip
def test_data_that_cannot_be_read_stop_a_run(text, shifts, status, said, acme, capsys, tmp_path):
    root = acme(text, shifts)
    assert main(["run", "acme", "--until", "intake"]) == status
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert "a3" not in err
    assert left_behind(tmp_path) == []
    assert not (tmp_path / "reports").exists()
    assert not list(root.glob("work/*/*/done.json"))


def test_tours_prints_the_plan_and_writes_papers_once(acme, capsys):
    root = acme()
    words = [
        "tours",
        "acme",
        "--people",
        "24",
        "--team",
        "North",
        "--team",
        "South",
        "--from",
        "2026-03-02",
        "--days",
        "5",
    ]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert out.startswith("5 days with 8 rounds each, 40 rounds in all")
    assert "an interval needs at least 6" in out
    assert 'files = ["data/rounds_2026-03-02.xlsx"]' in out
    papers = sorted(path.name for path in (root / "sheets").iterdir())
    assert papers == [f"{name}_2026-03-02.xlsx" for name in ("looks", "rounds", "second_looks", "tours")]
    assert main(words) == 2
    assert "Nothing was written" in capsys.readouterr().err
    assert main([*words, "--overwrite", "--seed", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], len(told["tours"]), told["plan"]["reached"]) == (0, 40, False)


def test_check_lists_every_file_and_every_question(acme, capsys):
    root = acme(CLIENT + SOURCE + SOURCE.replace("shifts", "missing"))
    assert main(["check", "acme"]) == 3
    out = capsys.readouterr().out
    assert "data/shifts.csv: schedule, 6 rows = 1 header + 5 used" in out
    assert "QUESTION: " in out
    assert "data/missing.csv" in out
    (root / "engagement.toml").write_text(CLIENT + SOURCE, encoding="utf-8")
    assert main(["check", "acme", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"][0]["rows"]["used"] == 5
    assert told["questions"] == []


def test_new_tells_what_comes_next(tmp_path, capsys):
    assert main(["new", "acme", "--client", "Acme Mutual"]) == 0
    assert "engage check acme" in capsys.readouterr().out
    assert main(["check", "acme"]) == 2
    err = capsys.readouterr().err
    assert "[client] time_zone" in err
    assert "[client] period: is missing" in err


def test_close_asks_and_deletes(acme, capsys, monkeypatch):
    root = acme()
    typed = io.StringIO("no\n")
    typed.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", typed)
    assert main(["close", "acme"]) == 2
    assert (root / "data" / "shifts.csv").exists()
    assert "data/ (1 files)" in capsys.readouterr().err
    assert main(["close", "acme", "--yes"]) == 0
    assert sorted(path.name for path in root.iterdir()) == ["closed.json", "engagement.toml", "work"]
    assert main(["run", "acme"]) == 1
    assert "is closed" in capsys.readouterr().err


def test_debug_alone_shows_a_trace(acme, capsys):
    acme(CLIENT + "[blnding]\n")
    main(["run", "acme", "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_a_fault_of_the_kit_or_the_machine_is_told_from_the_users(acme, capsys, monkeypatch):
    acme()
    for error, said in (
        (ZeroDivisionError("secret 42"), "ZeroDivisionError: a fault of the kit"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (
            PermissionError(13, "Permission denied", "/home/jan/assessment.pdf"),
            "assessment.pdf cannot be read or written",
        ),
        (KeyboardInterrupt(), "Finished stages are kept; run again"),
        (MemoryError(), "Memory ran out"),
    ):

        def fail(*_: object, error: BaseException = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("analysis.cli.commands.find_engagement", fail)
        assert main(["run", "acme"]) == 1
        err = capsys.readouterr().err
        assert said in err
        assert "secret" not in err
        assert "/home" not in err


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_every_console_can_print_every_message(encoding, acme, tmp_path):
    acme(CLIENT + '["blnding → 東京"]\n')
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "ENGAGE_HOME": str(tmp_path),
        "PYTHONUTF8": "0",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-m", "analysis.cli", "run", "acme", "--json"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert "blnding → 東京" in json.loads(done.stdout.decode("utf-8"))["error"]
    assert b"Traceback" not in done.stderr


def test_output_into_a_closed_pipe_is_no_error(acme):
    acme()
    command = f'"{sys.executable}" -m analysis.cli doctor | head -c 1'
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_the_lab_gets_copies_that_speak_of_this_engagement_and_keep_edits(acme):
    acme()
    folder = find_engagement("acme")
    copies = copy_notebooks(folder)
    assert len(list(copies.glob("*.ipynb"))) >= 5
    copy = copies / "03_utilization.ipynb"
    assert declared_parameters(copy)["engagement"] == "acme"
    copy.write_text(copy.read_text(encoding="utf-8").replace("achievable", "edited"), encoding="utf-8")
    copy_notebooks(folder)
    assert "edited" in copy.read_text(encoding="utf-8")


def seen(tmp_path: Path) -> dict[str, bool]:
    return {item.what: item.fine for item in examine(tmp_path)}


def test_doctor_finds_an_open_jupyter_and_an_open_folder(acme, tmp_path, monkeypatch):
    root = acme()
    config = tmp_path / "jupyter"
    config.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    main(["new", "beta"])
    (root / "private").mkdir(mode=0o755)
    (root / "private" / "pseudonym.key").write_bytes(b"x" * 32)
    os.utime(root / "private" / "pseudonym.key", (0, 0))
    fine = seen(tmp_path)
    assert fine["Jupyter's address"]
    assert fine["Jupyter's token"]
    assert fine["Jupyter's origin"]
    assert fine["packages"]
    assert not fine["acme/private"]
    assert not fine["acme: client data"]
    assert not fine["beta"]
    settings = {"ServerApp": {"ip": "0.0.0.0", "allow_origin": "*"}, "IdentityProvider": {"token": ""}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings), encoding="utf-8")
    fine = seen(tmp_path)
    assert not fine["Jupyter's address"]
    assert not fine["Jupyter's token"]
    assert not fine["Jupyter's origin"]
    assert main(["doctor", "--json"]) == 1


def test_stage_names_are_those_of_the_chain():
    assert STAGES == ("intake", "baseline", "utilization", "blending", "readiness", "report")
