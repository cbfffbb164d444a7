"""``engage answers``: the words of the command line, and what a new engagement says about answers."""

from __future__ import annotations

import json

import pytest

from analysis.cli import main


@pytest.fixture(autouse=True)
def own_workspace(tmp_path, monkeypatch):
    """Keep every test in its own workspace."""
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))


def test_a_new_engagement_names_its_workbooks_and_they_say_nothing_yet(tmp_path, capsys):
    assert main(["new", "acme"]) == 0
    said = capsys.readouterr().out
    assert "answers/listening.xlsx" in said
    assert "readiness.xlsx" in said
    file = tmp_path / "engagements" / "acme" / "engagement.toml"
    text = file.read_text(encoding="utf-8").replace('name = ""', 'name = "Acme"', 1)
    text = text.replace('time_zone = ""', 'time_zone = "Europe/Amsterdam"', 1).replace("# period", "period", 1)
    file.write_text(text, encoding="utf-8")
    assert main(["check", "acme"]) == 3
    said = capsys.readouterr().out
    assert "nothing was written down yet" in said
    assert "data/ holds no files yet" in said
    assert main(["run", "acme"]) == 2
    assert "names the client's data" in capsys.readouterr().err


def test_the_verb_takes_types_and_raters_and_refuses_what_cannot_be(capsys):
    main(["new", "acme"])
    capsys.readouterr()
    assert main(["answers", "acme"]) == 0
    assert "could not be read" not in capsys.readouterr().out
    assert main(["answers", "acme", "--raters", "1", "--types", "Address change", "Claim", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == ["answers/readiness.xlsx"]
    assert "Address change, Claim" in told["steps"][0]
    assert main(["answers", "acme", "--raters", "0"]) == 2
    assert "--raters 0" in capsys.readouterr().err


def test_a_wrong_questionnaire_is_said_before_anything_is_read(tmp_path, capsys):
    main(["new", "acme", "--client", "Acme"])
    main(["answers", "acme", "--questionnaire"])
    root = tmp_path / "engagements" / "acme"
    text = (root / "engagement.toml").read_text(encoding="utf-8").replace("# period", "period", 1)
    text = text.replace('time_zone = ""', 'time_zone = "Europe/Amsterdam"', 1)
    text = text.replace('questionnaire = ""', 'questionnaire = "questionnaire.toml"', 1)
    (root / "engagement.toml").write_text(text, encoding="utf-8")
    wrong = (root / "questionnaire.toml").read_text(encoding="utf-8").replace('effort = "high"', 'effort = "huge"', 1)
    (root / "questionnaire.toml").write_text(wrong, encoding="utf-8")
    capsys.readouterr()
    for verb in (["check", "acme"], ["answers", "acme"]):
        assert main(verb) == 2
        assert "questionnaire.toml: criterion T1, key effort" in capsys.readouterr().err
