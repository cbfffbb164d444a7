"""What check does with files that nobody has described: recognised, mapped by asking, added once, nothing said that names a person."""

from __future__ import annotations

import io
import json
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from analysis.cli import main

PEOPLE = ("jansen", "devries", "bakker")
CLIENT = """\
# a remark that must stay
[client]
name = "Acme Mutual"   # and this one
time_zone = "Europe/Amsterdam"
period = { start = 2026-03-02, end = 2026-04-30 }

[privacy]
retention_days = 30
"""
GENESYS = "Agent Id,Status,Start Time,End Time\n" + "".join(
    f"{person},Idle,2026-03-02 0{n}:00:00,2026-03-02 0{n}:30:00\n" for n, person in enumerate(PEOPLE, start=3)
)
ANSWERS = ["--answer", "population=contact_centre", "--answer", "time_zone=Europe/Amsterdam"]


def dutch(month: int = 3) -> bytes:
    lines = ["Rapport: statusverloop;;;;;", "Medewerker;Datum;Van;Tot;Toestand;Duur (min)"]
    for day in (2, 16):
        for n, person in enumerate(PEOPLE * 6):
            at, length = 480 + 20 * n, 10 + n % 9
            clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (at, at + length)]
            lines.append(
                f"{person};{day:02d}-{month:02d}-2026;{clock[0]};{clock[1]};{('Pauze', 'In gesprek', 'X7')[n % 3 - n // 9]};{length},0"
            )
    return "\r\n".join([*lines, ""]).encode("cp1252")


@pytest.fixture
def acme(tmp_path, monkeypatch) -> Path:
    """Return an engagement with an empty data/."""
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    root = tmp_path / "engagements" / "acme"
    (root / "data").mkdir(parents=True)
    (root / "engagement.toml").write_text(CLIENT, encoding="utf-8", newline="\n")
    return root


@pytest.fixture
def types(monkeypatch):
    """Return what lets somebody sit at the terminal and type lines."""

    def at_terminal(*lines: str) -> None:
        typed = io.StringIO("".join(f"{line}\n" for line in lines))
        typed.isatty = lambda: True
        monkeypatch.setattr(sys, "stdin", typed)

    return at_terminal


def check(*words: str) -> int:
    return main(["check", "acme", *words])


def sources(root: Path) -> list[dict]:
    return tomllib.loads((root / "engagement.toml").read_text(encoding="utf-8")).get("source", [])


def test_with_nothing_sent_yet_it_says_where_to_put_files(acme, capsys):
    assert check() == 3
    assert "data/ holds no files yet" in capsys.readouterr().out


def test_a_known_export_is_offered_and_added_once_with_the_file_intact(acme, capsys):
    (acme / "data" / "status_2026-03.csv").write_text(GENESYS, encoding="utf-8")
    assert check() == 3
    out = capsys.readouterr().out
    assert "Genesys Cloud: agent status timeline (certain, 1.00)" in out
    assert 'files = ["data/status_*.csv"]' in out
    assert sources(acme) == []
    assert check("--accept") == 0
    text = (acme / "engagement.toml").read_text(encoding="utf-8")
    assert text.startswith(CLIENT)
    assert [source["adapter"] for source in sources(acme)] == ["genesys_status_timeline"]
    assert "3 used" in capsys.readouterr().out
    (acme / "data" / "status_2026-04.csv").write_text(GENESYS.replace("-03-", "-04-"), encoding="utf-8")
    assert check("--accept") == 0
    assert (acme / "engagement.toml").read_text(encoding="utf-8") == text


def test_files_that_are_alike_are_told_as_one(acme, capsys):
    for month in ("03", "04", "05"):
        (acme / "data" / f"status_2026-{month}.csv").write_text(GENESYS.replace("-03-", f"-{month}-"), encoding="utf-8")
    (acme / "data" / "status_of_old.csv").write_text(GENESYS.replace("Status", "Condition"), encoding="utf-8")
    check()
    out = capsys.readouterr().out
    assert "data/status_2026-03.csv and 2 more files like it: Genesys Cloud" in out
    assert out.count('files = ["data/status_[0-9]*.csv"]') == 1
    (acme / "data" / "status_of_old.csv").unlink()
    assert check("--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert [len(one["others"]) for one in told["unread"]] == [2]
    assert 'files = ["data/status_*.csv"]' in told["unread"][0]["blocks"][0]


def test_line_ends_of_the_file_are_kept(acme):
    (acme / "engagement.toml").write_bytes(CLIENT.replace("\n", "\r\n").encode("utf-8"))
    (acme / "data" / "status.csv").write_text(GENESYS, encoding="utf-8")
    assert check("--accept") == 0
    content = (acme / "engagement.toml").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_at_a_terminal_yes_adds_and_anything_else_does_not(acme, types, capsys):
    (acme / "data" / "status.csv").write_text(GENESYS, encoding="utf-8")
    types("no")
    assert check() == 3
    assert sources(acme) == []
    types("y")
    assert check() == 0
    assert len(sources(acme)) == 1


def test_an_unknown_export_is_mapped_without_a_terminal(acme, capsys):
    (acme / "data" / "statusverloop_2026-03.csv").write_bytes(dutch())
    assert check() == 3
    out = capsys.readouterr().out
    assert "no export that the kit knows" in out
    assert "engage check acme --map data/statusverloop_2026-03.csv --answer population=..." in out
    assert check(*ANSWERS) == 3
    out = capsys.readouterr().out
    assert "state_maps/statusverloop.csv" in out
    assert "--answer states=proposed --answer state.X7=..." in out
    assert "please confirm" in (acme / "state_maps" / "statusverloop.csv").read_text(encoding="utf-8")
    # what was answered before still counts
    assert check("--answer", "states=proposed", "--answer", "state.X7=AWAY", "--accept") == 0
    assert "36 used" in capsys.readouterr().out
    assert (
        "please confirm" not in (acme / "state_maps" / "statusverloop.csv").read_text(encoding="utf-8").splitlines()[1]
    )
    # the next month is read without a question
    (acme / "data" / "statusverloop_2026-04.csv").write_bytes(dutch(month=4))
    assert check() == 0
    out = capsys.readouterr().out
    assert "data/statusverloop_2026-04.csv: spells" in out
    assert len(sources(acme)) == 1


def test_an_unknown_export_is_mapped_by_asking(acme, types, capsys):
    (acme / "data" / "log.csv").write_bytes(dutch())
    types("contact_centre", "", "away", "AWAY", "8", "y")
    assert check() == 0
    out = capsys.readouterr().out
    assert "time_zone [Enter = Europe/Amsterdam]" in out
    assert sources(acme)[0]["time_zone"] == "Europe/Amsterdam"
    assert "X7,AWAY" in (acme / "state_maps" / "log.csv").read_text(encoding="utf-8")


def test_an_input_that_ends_answers_nothing(acme, types):
    (acme / "data" / "log.csv").write_bytes(dutch())
    types("contact_centre")
    assert check() == 3
    assert sources(acme) == []
    assert not (acme / "state_maps").exists()
    kept = json.loads((acme / "work" / "check_answers.json").read_text(encoding="utf-8"))
    assert kept == {"data/log.csv": {"population": "contact_centre"}}


def test_a_file_that_is_read_already_is_mapped_again_but_not_added_again(acme, capsys):
    (acme / "data" / "log.csv").write_bytes(dutch())
    everything = [*ANSWERS, "--answer", "states=proposed", "--answer", "state.X7=AWAY"]
    assert check("--accept", *everything) == 0
    before = (acme / "engagement.toml").read_bytes()
    capsys.readouterr()
    assert check("--map", "log.csv", "--accept", *everything) == 0
    assert "reads data/log.csv already, in [[source]] number 1" in capsys.readouterr().out
    assert (acme / "engagement.toml").read_bytes() == before


def test_nothing_that_is_said_or_kept_holds_a_name(acme, capsys):
    (acme / "data" / "log.csv").write_bytes(dutch())
    (acme / "data" / "status.csv").write_text(GENESYS, encoding="utf-8")
    check("--json", *ANSWERS)
    check(*ANSWERS, "--answer", "states=proposed", "--answer", "state.X7=AWAY")
    said = "".join(capsys.readouterr())
    kept = "".join(
        path.read_text(encoding="utf-8")
        for path in acme.rglob("*")
        if path.suffix in (".toml", ".json") or path.parent.name == "state_maps"
    )
    for person in PEOPLE:
        assert person not in said
        assert person not in kept


def test_members_of_a_zip_archive_are_looked_at_one_by_one(acme, capsys):
    with zipfile.ZipFile(acme / "data" / "march.zip", "w") as archive:
        archive.writestr("status.csv", GENESYS)
        archive.writestr("log.csv", dutch())
    everything = [*ANSWERS, "--answer", "states=proposed", "--answer", "state.X7=AWAY"]
    assert check("--accept", *everything) == 0
    assert sorted(source["files"][0] for source in sources(acme)) == [
        "data/march.zip/log.csv",
        "data/march.zip/status.csv",
    ]
    out = capsys.readouterr().out
    assert "36 used" in out
    assert "3 used" in out
    assert check() == 0
    assert check("--map", "data/march.zip/nothing.csv") == 2


def test_a_link_that_leads_out_of_the_folder_is_refused(acme, tmp_path, capsys):
    (tmp_path / "elsewhere.csv").write_bytes(dutch())
    try:
        (acme / "data" / "log.csv").symlink_to(tmp_path / "elsewhere.csv")
    except OSError:
        pytest.skip("links cannot be made here")
    assert check("--accept", *ANSWERS) == 3
    assert "leads out of the engagement folder" in capsys.readouterr().out
    assert sources(acme) == []


def test_json_carries_all_of_it(acme, capsys):
    (acme / "data" / "log.csv").write_bytes(dutch())
    (acme / "data" / "status.csv").write_text(GENESYS, encoding="utf-8")
    (acme / "data" / "x.pdf").write_bytes(b"%PDF-1.7")
    assert check("--json") == 3
    told = json.loads(capsys.readouterr().out)
    by_file = {one["file"]: one for one in told["unread"]}
    assert by_file["data/status.csv"]["guesses"][0]["adapter"] == "genesys_status_timeline"
    assert by_file["data/status.csv"]["blocks"][0].startswith("[[source]]")
    assert {one["key"] for one in by_file["data/log.csv"]["proposal"]["questions"]} == {"population", "time_zone"}
    assert "PDF" in by_file["data/x.pdf"]["problem"]
    assert told["status"] == 3
    assert len(told["questions"]) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--map", "nothing.csv"], "there is no such file in the engagement's data/. There are: data/log.csv."),
        (["--map", "../../secret.csv"], "there is no such file"),
        (["--answer", "time_zone"], "written name=value"),
        (["--answer", "time_zone=Mars"], "not an IANA time zone"),
        (["--answer", "colour=red"], "there is no such question"),
    ],
)
def test_a_mistake_is_one_message(words, said, acme, capsys):
    (acme / "data" / "log.csv").write_bytes(dutch())
    assert check(*words) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""


def test_a_file_behind_which_no_block_can_stand_is_left_as_it_is(acme, capsys):
    text = "source = []\n" + CLIENT
    (acme / "engagement.toml").write_text(text, encoding="utf-8", newline="\n")
    (acme / "data" / "status.csv").write_text(GENESYS, encoding="utf-8")
    assert check("--accept") == 2
    assert "Copy it in by hand" in capsys.readouterr().err
    assert (acme / "engagement.toml").read_text(encoding="utf-8") == text


def test_no_line_is_wider_than_a_terminal_apart_from_commands_and_blocks(acme, capsys):
    (acme / "data" / "log.csv").write_bytes(dutch())
    (acme / "data" / "status.csv").write_text(GENESYS, encoding="utf-8")
    check(*ANSWERS)
    wide = [line for line in capsys.readouterr().out.splitlines() if len(line) > 100]
    assert all(line.strip().startswith("engage check") for line in wide)


def test_codes_that_a_known_format_lacks_begin_a_state_map(acme, capsys):
    (acme / "data" / "status.csv").write_text(GENESYS.replace("Idle", "Lunch Early"), encoding="utf-8")
    assert check("--accept") == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "state_maps/genesys_status_timeline.csv now has a line for each of these codes" in said
    path = acme / "state_maps" / "genesys_status_timeline.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.endswith("please confirm")] == [
        "Lunch Early,BREAK,true,true,true,policy,false,true,3,1.5,please confirm"
    ]
    text = (acme / "engagement.toml").read_text(encoding="utf-8")
    named = 'adapter = "genesys_status_timeline"\nstate_map = "state_maps/genesys_status_timeline.csv"'
    named = text.replace('adapter = "genesys_status_timeline"', named)
    (acme / "engagement.toml").write_text(named, encoding="utf-8", newline="\n")
    assert check() == 3
    assert "please_confirm" in capsys.readouterr().out
    path.write_text("\n".join(line.replace("please confirm", "") for line in lines), encoding="utf-8", newline="\n")
    assert check() == 0


def test_a_state_map_that_somebody_began_is_not_written_over(acme):
    (acme / "data" / "status.csv").write_text(GENESYS.replace("Idle", "Lunch Early"), encoding="utf-8")
    (acme / "state_maps").mkdir()
    path = acme / "state_maps" / "genesys_status_timeline.csv"
    path.write_text("mine\n", encoding="utf-8")
    assert check("--accept") == 3
    assert path.read_text(encoding="utf-8") == "mine\n"
