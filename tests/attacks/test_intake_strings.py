"""No text of a client is code: payloads in every field, header, sheet, code and file name are shown as they stand and do nothing."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import unicodedata
import zipfile

import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source
from analysis.intake.opening.raw import plain
from tests.attacks.hostile import workbook


def table(*rows: list[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def tidy(values: list[str]) -> list[str]:
    return [unicodedata.normalize("NFC", value.strip()) for value in values]


def sheet(*rows: list[str]) -> bytes:
    """Return an .xlsx whose cells are given as they stand, in shared strings."""
    texts = list(dict.fromkeys(text for row in rows for text in row))
    cells = "".join(
        "<row>" + "".join(f'<c t="s"><v>{texts.index(text)}</v></c>' for text in row) + "</row>" for row in rows
    )
    strings = "<sst>" + "".join(f'<si><t xml:space="preserve">{_xml(text)}</t></si>' for text in texts) + "</sst>"
    body = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    return workbook(body.encode(), **{"xl/sharedStrings.xml": strings.encode("utf-8", "surrogatepass")})


def _xml(text: str) -> str:
    kept = "".join(sign for sign in text if sign in "\t\n\r" or sign >= " ")
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


FIELDS = ("contact", "queue", "agent", "channel", "direction")


def contacts(attacks: dict[str, str]) -> list[list[str]]:
    header = [*FIELDS, "offered_at", "abandoned"]
    rows = [
        [f"{text} {field}" if field == "contact" else text for field in FIELDS] + [f"2026-03-02 09:{at % 60:02d}", "no"]
        for at, text in enumerate(attacks.values())
    ]
    return [header, *rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_text_field_is_kept_as_it_stands_and_runs_nothing(desk, attacks, canary, capfd, form):
    rows = contacts(attacks)
    content = table(*rows) if form == "csv" else sheet(*rows)
    intake = desk.read({"files": [desk.put(f"calls.{form}", content)], "table": "contacts"})
    kept = intake.tables["contacts"]
    shown = usable(attacks) if form == "csv" else [_unxml(text) for text in attacks.values()]
    assert intake.rejects["reason"].tolist() == ["control_character"] * (len(attacks) - len(shown))
    assert kept["queue"].tolist() == kept["channel"].tolist() == tidy(shown)
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")


def usable(attacks: dict[str, str]) -> list[str]:
    """Return the payloads that intake takes as text; a row with control characters is rejected."""
    found = [text for text in attacks.values() if _unxml(text) == text]
    assert 2 <= len(attacks) - len(found) < 5
    return found


def _unxml(text: str) -> str:
    """Return a text as XML can hold it."""
    return "".join(sign for sign in text if sign in "\t\n\r" or sign >= " ")


def test_teams_and_sites_are_kept_as_they_stand(desk, attacks, canary):
    rows = [
        ["agent", "team", "site", "valid_from"],
        *([f"a{at}", text, text, ""] for at, text in enumerate(usable(attacks))),
    ]
    roster = desk.read({"files": [desk.put("roster.csv", table(*rows))], "table": "roster"}).tables["roster"]
    assert roster["team"].tolist() == roster["site"].tolist() == tidy(usable(attacks))
    assert not canary.exists()


def test_state_codes_are_looked_up_and_nothing_else(desk, attacks, canary, capfd):
    codes = [text for text in usable(attacks) if text.strip()]
    rows = [
        ["agent", "start", "end", "state"],
        *([f"a{at}", "2026-03-02 09:00", "2026-03-02 09:30", text] for at, text in enumerate(codes)),
    ]
    name = desk.put("spells.csv", table(*rows))
    with pytest.raises(DataProblem) as stopped:
        desk.read({"files": [name], "table": "spells"})
    assert printable(str(stopped.value))
    header = "state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage"
    mapped = [
        header.split(","),
        *([text, "IDLE", "true", "false", "false", "demand", "true", "false"] for text in codes),
    ]
    (desk.root / "map.csv").write_text(table(*mapped), encoding="utf-8", newline="")
    intake = desk.read({"files": [name], "table": "spells", "state_map": "map.csv"})
    assert set(intake.tables["spells"]["state"]) == {"IDLE"}
    assert len(intake.tables["spells"]) == len(codes)
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")


def printable(message: str) -> bool:
    """Return whether a message can neither move a terminal's cursor nor feign a line of its own kind."""
    return (
        re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", message) is None
    )


def test_headers_and_the_words_about_them_run_nothing(desk, attacks, canary, capfd):
    names = [text for text in attacks.values() if plain(text)]
    for start in range(0, len(names), len(FIELDS)):
        some = names[start : start + len(FIELDS)]
        rows = [["offered_at", "abandoned", *some], ["2026-03-02 09:00", "no", *map(str, range(len(some)))]]
        spare = {field: {"value": "x"} for field in FIELDS[len(some) :]}
        source = {"files": [desk.put("calls.csv", table(*rows))], "table": "contacts"}
        mapped = dict(zip(FIELDS, some, strict=False))
        assert desk.read({**source, "columns": {**spare, **mapped}}).tables["contacts"]["contact"].tolist() == ["0"]
        with pytest.raises(DataProblem) as stopped:
            desk.read({**source, "columns": {**spare, **mapped, "queue": some[-1] + "?"}})
        assert printable(str(stopped.value)), some
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")


def test_sheet_names_are_asked_for_as_they_stand(desk, attacks, canary):
    names = [_unxml(text)[:200] for text in attacks.values()]
    quoted = [_xml(name).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") for name in names]
    sheets = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(quoted, start=1))
    parts = {
        "xl/workbook.xml": f'<workbook xmlns:r="r"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<R>"
        + "".join(f'<Relationship Id="r{at}" Target="worksheets/s{at}.xml"/>' for at in range(1, len(names) + 1))
        + "</R>",
    }
    cells = "".join(f'<c t="str"><v>{word}</v></c>' for word in ("agent", "start", "end", "state"))
    values = "".join(f'<c t="str"><v>{word}</v></c>' for word in ("a", "2026-03-02 09:00", "2026-03-02 09:30", "IDLE"))
    for at in range(1, len(names) + 1):
        parts[f"xl/worksheets/s{at}.xml"] = (
            f"<worksheet><sheetData><row>{cells}</row><row>{values}</row></sheetData></worksheet>"
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    with pytest.raises(DataProblem, match=f"{len(names)} sheets with content") as stopped:
        desk.spells(stream.getvalue(), "book.xlsx")
    assert printable(str(stopped.value))
    for name in names[::12]:
        assert len(desk.spells(stream.getvalue(), "book.xlsx", sheet=name).tables["spells"]) == 1
    assert not canary.exists()


def test_file_names_are_names_and_nothing_else(desk, attacks, canary, capfd):
    read = []
    for text in attacks.values():
        name = text.replace("/", "_").replace("\0", "").lstrip(".")[:80] + ".csv"  # hidden files are left alone
        path = desk.root / "data" / name
        try:
            path.write_text("agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n", encoding="utf-8")
        except (OSError, ValueError):
            continue  # this system has no such name
        intake = desk.read({"files": ["data/*.csv"], "table": "spells"}, check=True)
        said = [finding.message for finding in intake.findings]
        assert all(map(printable, said)), text
        read += intake.files["file"].tolist()
        if printable(name) and not set(name) & set("\n\r\t"):
            assert intake.files["file"].tolist() == [f"data/{name}"]
        else:
            assert any("holds signs that cannot be shown. Rename the file" in message for message in said)
        path.unlink()
    assert len(read) >= (10 if os.name == "nt" else 40)
    assert all(map(printable, read))
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")


def test_keys_and_values_of_json_run_nothing(desk, attacks, canary, capfd):
    from analysis.intake.adapters.json_records import json_opener
    from analysis.intake.opening.raw import Wanted

    records = [{"queue": text, text: text, "more": {text: [text]}} for text in attacks.values()]
    desk.put("records.json", json.dumps(records))
    raw = json_opener()(
        "data/records.json",
        desk.root / "data" / "records.json",
        Source(files=("x",), table="spells"),
        Wanted(("queue",)),
    )
    assert raw.cells[0].tolist() == list(attacks.values())
    with pytest.raises(DataProblem) as stopped:
        json_opener()(
            "data/records.json",
            desk.root / "data" / "records.json",
            Source(files=("x",), table="spells"),
            Wanted(("queues",)),
        )
    assert printable(str(stopped.value))
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")


def test_attributes_of_event_logs_run_nothing(desk, attacks, canary, capfd):
    texts = [_unxml(text) for text in attacks.values()]
    events = "".join(
        f'<trace><string key="concept:name" value="{at}"/><event><string key="concept:name" value="{quoted(text)}"/>'
        f'<string key="org:resource" value="{quoted(text)}"/><string key="{quoted(text)}" value="x"/>'
        f'<date key="time:timestamp" value="2026-03-02T09:00:00+01:00"/></event></trace>'
        for at, text in enumerate(texts)
    )
    intake = desk.read({"files": [desk.put("log.xes", f'<?xml version="1.0"?><log>{events}</log>')], "adapter": "xes"})
    assert intake.tables["work_items"]["type"].tolist() == tidy(texts)
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")


def quoted(text: str) -> str:
    return _xml(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def test_keys_of_a_source_are_values_and_run_nothing(desk, attacks, canary, capfd):
    for text in attacks.values():
        rows = [
            ["agent", "start", "end", "state"],
            [text, "2026-03-02 09:00", "2026-03-02 09:30", "IDLE"],
            ["b", "2026-03-02 09:00", "", "IDLE"],
        ]
        file = desk.put("spells.csv", table(*rows))
        intake = desk.read({"files": [file], "table": "spells", "exclude": {"agent": [text]}, "missing": [text]})
        assert intake.files.loc[0, "used"] == 0
        for key in ("sheet", "state_map", "identities", "time_zone"):
            with contextlib.suppress(DataProblem, ValueError):
                desk.read({"files": [file], "table": "spells", key: text})
    assert not canary.exists()
    assert capfd.readouterr() == ("", "")
