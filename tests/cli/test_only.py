"""One document alone: from the first day on, without data, and never in the way of the assessment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.engagement import only
from analysis.engagement.workspace import find_engagement
from analysis.intake.answer_books import Word, listening_book
from analysis.readiness.listening import read_guide

GUIDE = read_guide()
SECRET = "They say that Jane Miller is tired."


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch):
    """Keep every test in its own workspace."""
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))


def filled(**rows):
    """Return the workbook of what was heard with these rows."""
    import datetime as dt

    day, read = dt.date(2026, 3, 2), dt.date(2026, 3, 9)
    notes = [[day, "agent", f"Team {n}", "concern", SECRET, theme, SECRET, read, "yes"] for n in range(4) for theme in ("workload", "systems")]  # fmt: skip
    guesses = [[day, f"R{n}", "manager", "back office", GUIDE.expectations[0].question, 10 + 5 * n, None, None] for n in range(3)]  # fmt: skip
    changed = [["workload", "Notes after a contact count as work.", "head of operations", day]]
    return listening_book(
        themes=[Word(theme.name, theme.about) for theme in GUIDE.themes],
        questions=[Word(one.question, one.ask) for one in GUIDE.expectations],
        roles=[role.name for role in GUIDE.roles],
        rows={"Concerns": notes, "Expectations": guesses, "What changed": changed, **rows},
    )


@pytest.fixture
def acme(tmp_path):
    """Return the folder of an engagement that has a name and an answer."""
    root = tmp_path / "engagements" / "acme"
    (root / "answers").mkdir(parents=True)
    (root / "engagement.toml").write_text('[client]\nname = "Acme Mutual"\ntime_zone = ""\n', encoding="utf-8")
    (root / "answers" / "listening.xlsx").write_bytes(filled())
    return find_engagement("acme")


def test_listening_needs_a_name_and_nothing_else(capsys):
    assert main(["new", "acme", "--client", "Acme Mutual"]) == 0
    acme = find_engagement("acme")
    capsys.readouterr()
    assert main(["report", "acme", "--only", "listening"]) == 0
    out, err = capsys.readouterr()
    pdf = acme.reports / "listening.pdf"
    assert out.strip() == str(pdf)
    assert "7 of 7 roles not heard" in err
    empty = pdf.read_bytes()
    (acme.root / "answers" / "listening.xlsx").write_bytes(filled())
    assert main(["report", "acme", "--only", "listening", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["only"] == "listening"
    assert pdf.read_bytes() != empty
    assert SECRET not in told.out + told.err
    from tests.report.conftest import words_of

    first, second = words_of(pdf)
    assert "Of 8 notes, 4 are on systems and 4 on workload" in first
    assert "Notes after a contact count as work." in first
    assert "15 %" in second.replace("\u00a0", " ")
    assert "Jane" not in first + second


def test_what_it_was_made_of_stands_beside_it_and_a_change_is_found(acme, capsys):
    made = only.build_only(acme, "listening")
    assert made.notes[0].startswith("answers/listening.xlsx is read, though no [[source]]")
    once = made.path.read_bytes()
    again = only.build_only(acme, "listening")
    assert again.path.read_bytes() == once
    assert again.notes == made.notes
    manifest = json.loads((acme.reports / "listening.manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["inputs"]) == {"answers/listening.xlsx", "guide", "package"}
    assert manifest["shown"] == {"": 8, "systems": 4, "workload": 4}
    assert only.changed(acme) == []
    few, many = ({**manifest, "shown": {"workload": count}} for count in (3, 1))
    made = only.Made("listening.pdf", {}, shown=manifest["shown"], fewest=3)
    assert "fewer than 3 notes" in only._grown_by_few(made, few)[0]
    assert only._grown_by_few(made, many) == []
    (acme.reports / "listening.pdf").write_bytes(b"x")
    assert only.changed(acme) == ["reports/acme/listening.pdf is changed"]
    assert [path.name for path in acme.reports.iterdir() if path.name.startswith(".")] == []


def test_mistakes_are_said_with_what_to_do_next(acme, capsys):
    cases = [
        (["report", "acme", "--only", "lstening"], 2, "Did you mean listening?"),
        (["report", "acme", "--only", "communication"], 2, "time_zone"),
    ]
    text = acme.file.read_text(encoding="utf-8")
    for words, status, said in cases:
        assert main(words) == status
        assert said in capsys.readouterr().err
    acme.file.write_text(text.replace('""', '"UTC"') + "period = { start = 2026-03-02, end = 2026-04-26 }\n", encoding="utf-8")  # fmt: skip
    assert main(["report", "acme", "--only", "communication"]) == 1
    assert "Run first: engage run acme" in capsys.readouterr().err
    acme.file.write_text(text.replace('name = "Acme Mutual"', 'name = ""'), encoding="utf-8")
    assert main(["report", "acme", "--only", "listening"]) == 2
    assert "[client] name" in capsys.readouterr().err
    assert not acme.reports.exists() or list(acme.reports.iterdir()) == []


def test_without_the_workbook_it_still_works_until_the_engagement_is_closed(acme, capsys):
    (acme.root / "answers" / "listening.xlsx").unlink()
    assert only.build_only(acme, "listening").notes[0].startswith("No answers/listening.xlsx is there")
    assert main(["close", "acme", "--yes"]) == 0
    assert main(["report", "acme", "--only", "listening"]) == 1
    assert "is closed: what was heard is deleted" in capsys.readouterr().err
