"""The tutorial's first file: every command in it is run, every line that it shows is printed."""

from __future__ import annotations

import io
import re
import shlex
import sys

from analysis.cli import main

_PART = re.compile(r"<!-- (file|run|said)(?:: (\S+))? -->\n```\n(.*?)```", re.DOTALL)


def test_the_first_file_of_the_tutorial_goes_as_it_says(root, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    text = (root / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert main(shlex.split('new first --client "Acme Mutual"')) == 0
    folder = tmp_path / "engagements" / "first"
    file = folder / "engagement.toml"
    stated = file.read_text(encoding="utf-8").replace('time_zone = ""', 'time_zone = "Europe/Amsterdam"', 1)
    stated = stated.replace("# period = {", "period = {", 1)
    file.write_text(stated, encoding="utf-8")
    said, done = "", []
    for kind, about, content in _PART.findall(text[text.index("## A first file") :]):
        done.append(kind)
        if kind == "file":
            (folder / about).write_text(content, encoding="cp1252")
        elif kind == "run":
            status = main(shlex.split(content)[1:])
            said = capsys.readouterr().out
            assert status == int(about), said
        else:
            for line in content.splitlines():
                assert line in said.splitlines(), (line, said)
    assert done == ["file", "run", "said", "run", "said", "run", "said"]
    (folder / "data" / "statusverloop_2026-04.csv").write_bytes(
        (folder / "data" / "statusverloop_2026-03.csv").read_bytes().replace(b"-03-", b"-04-")
    )
    assert main(["check", "first"]) == 0
