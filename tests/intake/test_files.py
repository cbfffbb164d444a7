"""What a file is decided by content; archives and JSON give the same tables as text; a file that cannot be read stops only itself."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from analysis.intake.adapters import json_records
from analysis.intake.adapters.json_records import flatten, json_opener, read_json_records
from analysis.intake.opening import archive, json_text
from analysis.intake.opening.raw import RawFile, Wanted
from analysis.intake.settings import Source

HEADER = "agent,start,end,state\n"
MORNING = HEADER + "a,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
NOON = HEADER + "b,2026-03-02 12:00,2026-03-02 12:30,IDLE\nb,never,2026-03-02 13:30,IDLE\n"


def packed(*members: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members:
            book.writestr(name, content)
    return stream.getvalue()


# --- archives -----------------------------------------------------------------------------------------------------------


def test_each_member_of_an_archive_is_a_file_of_its_own(desk):
    content = packed(("day/one.csv", MORNING), ("__MACOSX/day/._one.csv", b"\0\5"), ("day/two.csv", NOON))
    intake = desk.spells(content, "exports.zip")
    assert intake.files[["file", "physical", "used", "size_bytes"]].to_numpy().tolist() == [
        ["data/exports.zip/day/one.csv", 2, 1, len(MORNING)],
        ["data/exports.zip/day/two.csv", 3, 1, len(NOON)],
    ]
    assert intake.rejects.to_numpy().tolist() == [["data/exports.zip/day/two.csv", 3, "bad_stamp"]]
    assert intake.tables["spells"]["source"].tolist() == intake.files["file"].tolist()
    plain = desk.spells(MORNING, "one.csv")
    assert plain.files.loc[0, "sha256"] == intake.files.loc[0, "sha256"]
    assert sorted(path.name for path in (desk.root / "data").rglob("*")) == ["exports.zip", "one.csv"]


def test_members_are_named_by_patterns_and_each_kind_of_table_is_read(desk, tmp_path):
    from tests.intake.test_workbooks import ROWS, workbook

    roster = "agent,team\na,North\n"
    content = packed(("spells/book.xlsx", workbook(ROWS)), ("spells/one.csv", MORNING), ("roster.csv", roster))
    desk.put("exports.zip", content)
    spells = {"files": ["data/exports.zip/spells/*"], "table": "spells"}
    intake = desk.read(spells, {"files": ["data/exports.zip/roster.csv"], "table": "roster"})
    assert intake.files["file"].tolist() == [
        f"data/exports.zip/{name}" for name in ("spells/book.xlsx", "spells/one.csv", "roster.csv")
    ]
    assert len(intake.tables["spells"]) == 3
    with pytest.raises(DataProblem, match=r"no file in the archive matches 'spells/\*.txt'; it holds spells/book.xlsx"):
        desk.read({"files": ["data/exports.zip/spells/*.txt"], "table": "spells"})
    with pytest.raises(DataProblem, match="fills the table spells in"):
        desk.read(spells, {"files": ["data/exports.zip/spells/one.csv"], "table": "spells"})


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed(("../out.csv", MORNING)), "points outside"),
        (packed(("/etc/out.csv", MORNING)), "points outside"),
        (packed(("C:/out.csv", MORNING)), "points outside"),
        (packed(("a\\..\\out.csv", MORNING)), "points outside"),
        (packed(("day/aux.csv", MORNING)), "named like a device"),
        (packed(("one\x1b[31m.csv", MORNING)), "no file may have"),
        (packed((link("one.csv"), "/etc/passwd")), "is a link"),
        (packed(("one.csv", MORNING), ("ONE.csv", MORNING)), "two files in it have one name"),
        (packed(("inner.zip", packed(("one.csv", MORNING)))), "archive within an archive"),
        (packed(("one.csv.gz", gzip.compress(MORNING.encode()))), "archive within an archive"),
        (packed(("folder/", "")), "holds no file"),
        (packed(("zeros.csv", bytes(80 << 20))), "unpacks to 80 MiB from"),
        (packed(("one.csv", MORNING))[:-30], "damaged or was cut off"),
        (packed(*((f"{number}.csv", MORNING) for number in range(1001))), "holds 1001 files"),
    ],
)
def test_an_archive_that_no_export_tool_writes_is_refused(desk, content, words):
    with pytest.raises(DataProblem, match=words):
        desk.spells(content, "exports.zip")


def test_an_encrypted_or_altered_member_is_refused(desk):
    content = bytearray(packed(("one.csv", MORNING)))
    at = content.index(b"PK\x01\x02")
    sealed = bytearray(content)
    sealed[at + 8] |= 1
    with pytest.raises(DataProblem, match="is encrypted"):
        desk.spells(bytes(sealed), "sealed.zip")
    content[45] ^= 255
    with pytest.raises(DataProblem, match="damaged or was cut off"):
        desk.spells(bytes(content), "altered.zip")


@pytest.mark.parametrize("stated", [10, 1_000])
def test_a_member_of_another_size_than_it_states_is_refused(desk, stated):
    content = bytearray(packed(("one.csv", MORNING)))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = stated.to_bytes(4, "little")
    with pytest.raises(DataProblem, match="damaged or was cut off"):
        desk.spells(bytes(content), "short.zip")


# --- JSON ---------------------------------------------------------------------------------------------------------------

EVENTS = [
    {"id": "007", "at": {"start": "2026-03-02T09:00Z"}, "n": 1},
    {"id": "1", "at": None, "n": 12345678901234567890},
]
WANTED = Wanted((), ("id", "at.start", "n", "on"))


def opened(tmp_path: Path, content: str | bytes, wanted: Wanted = WANTED, **how: object) -> RawFile:
    path = tmp_path / "export.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return json_opener(**how)("data/export.json", path, Source(files=("x",), table="spells"), wanted)  # type: ignore[arg-type]


def lines(records: list[object]) -> str:
    return "\n".join(map(json.dumps, records))


WRITTEN: dict[str, Callable[[list[object]], str | bytes]] = {
    "array": json.dumps,
    "indented": lambda records: json.dumps(records, indent=2),
    "lines": lines,
    "sequence": lambda records: "".join(f"\x1e{json.dumps(record)}\n" for record in records),
    "one after the other": lambda records: "".join(map(json.dumps, records)),
    "envelope": lambda records: json.dumps({"total": len(records), "events": records, "next": [{}]}),
    "pages": lambda records: "\n".join(json.dumps({"events": [record]}) for record in records),
    "gzip": lambda records: gzip.compress(lines(records).encode()),
    "mark": lambda records: b"\xef\xbb\xbf" + lines(records).encode(),
    "utf-16": lambda records: lines(records).encode("utf-16"),
    "utf-16-le": lambda records: lines(records).encode("utf-16-le"),
    "commented": lambda records: (
        "// first\n" + json.dumps(records, indent=1).replace("\n", " // a note, {[\n") + " /* end */"
    ),
    "loose": lambda records: json.dumps(records).replace("}]", "},]").replace(": 1}", ": 1,}") + "\n}",
}


@pytest.mark.parametrize("form", WRITTEN)
def test_records_are_read_in_whatever_form_json_is_written(tmp_path, form):
    raw = opened(tmp_path, WRITTEN[form](EVENTS), under=("events",))
    assert raw.header == ["id", "at.start", "n", ""]
    assert raw.cells.to_numpy().tolist() == [["007", "2026-03-02T09:00Z", "1"], ["1", "", "12345678901234567890"]]
    assert (raw.physical, raw.rows.tolist()) == (2, [1, 2])
    told = {finding.code: finding.rows for finding in raw.findings if finding.code.startswith("json")}
    assert told == {"commented": {"json_comments": 15}, "loose": {"json_commas": 2, "json_brackets": 1}}.get(form, {})


def timeline(user: dict) -> list[dict]:
    return [{"id": user["id"], **entry} for name in ("presence", "routing") for entry in user.get(name) or ()]


def test_elements_of_a_record_are_rows_and_counted_as_such(tmp_path):
    users = [
        {"id": "a", "presence": [{"n": 1}, {"n": 2}], "routing": [{"n": 3}]},
        {"id": "b", "presence": []},
        {"id": "c", "routing": [{"n": 4}]},
    ]
    how = {"explode": timeline, "under": ("userDetails",), "elements": ("presence", "routing")}
    raw = opened(tmp_path, json.dumps({"userDetails": users}), Wanted(("id", "n")), **how)
    assert raw.cells.to_numpy().tolist() == [["a", "1"], ["a", "2"], ["a", "3"], ["c", "4"]]
    with pytest.raises(DataProblem, match="3 rows read but 4 counted on the bytes"):
        opened(tmp_path, json.dumps(users), Wanted(("id",)), **how | {"explode": lambda user: timeline(user)[-2:]})


def test_values_that_no_cell_can_hold_reject_their_row(tmp_path):
    text = '{"id": 1.50, "n": true}\n{"id": NaN}\n{"id": "\\ud800"}\n{"id": "a\\u0000"}\n{"id": "9", "n": [1, {"b": null}]}\n{"id": "10", "n'
    raw = opened(tmp_path, text)
    assert raw.cells.to_numpy().tolist() == [["1.50", "true"], ["9", '["1",{"b":null}]']]
    assert [(fault.row, fault.reason) for fault in raw.faults] == [
        (2, "not_a_number"),
        (3, "broken_text"),
        (4, "broken_text"),
        (6, "cut_off"),
    ]
    assert raw.physical == 6


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"id": "1"}, {"id": "2"', "breaks off in record 2"),
        ('[{"id": "1"}, {"id" "2"}]', "damaged in or after record 2"),
        ('{"id": "1", "id": "2"}', "record 1 holds an object with one key twice"),
        ('{"events": [{"id": 1}], "events": [{"id": 2}]}', "one key twice"),
        ('[{"id": "1"}, 2]', "record 2 is a bare value"),
        ('{"id": ' + "[" * 70 + "]" * 70 + "}", "nested more than 64 deep"),
        ("[" * 100_000 + "{}", "nested more than 64 deep"),
        ('{"id": {' + ",".join(f'"{n}": 1' for n in range(5001)) + "}}", "5001 keys"),
        ('[{"id": "never closed}]', "breaks off"),
        ('{"id": 1, "key": "' + "a" * 20, "breaks off in record 1"),
        ('{"\\u0065vents": [{"id": 1}, {"id": 2}]}', "2 rows read but 1 counted"),
    ],
)
def test_json_that_cannot_be_read_without_loss_is_refused(tmp_path, text, words):
    with pytest.raises(DataProblem, match=words):
        opened(tmp_path, text, under=("events",))


def test_a_column_that_no_record_has_is_told_with_the_nearest(tmp_path):
    with pytest.raises(DataProblem, match=r"'agent.id'.*nearest are 'agent.id2'"):
        opened(tmp_path, '{"agent.id2": 1}', Wanted(("agent.id",)), explode=lambda record: [record])


def test_size_and_number_of_records_are_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(json_records, "MAX_RECORDS", 1)
    with pytest.raises(DataProblem, match="more than 1 records"):
        opened(tmp_path, lines(EVENTS))
    monkeypatch.setattr(json_records, "MAX_JSON_BYTES", 10)
    with pytest.raises(DataProblem, match="MiB of JSON is more"):
        opened(tmp_path, lines(EVENTS))
    monkeypatch.setattr(json_text, "MAX_RECORD_CHARACTERS", 100)
    monkeypatch.setattr(json_text, "_BLOCK_BYTES", 64)
    with pytest.raises(DataProblem, match="record 1 breaks off, or it is longer than"):
        list(json_text.records("f", b'{"a": "' + b"x" * 300 + b'"}'))


def test_records_that_differ_in_values_not_kept_are_no_duplicates(desk):
    from analysis.intake.batch import gather, sift

    records = [
        {"id": "1", "event": "x", "at": {"b": 1, "c": 2}},
        {"id": "1", "event": "y"},
        {"at": {"c": 2, "b": 1}, "event": "x", "id": "1"},
    ]
    raw = opened(desk.root, json.dumps(records), Wanted(("id",)))
    batch = gather(Source(files=("x",), table="spells"), 1, [raw])
    sift(batch, keys=[], needed=[], keep_repeats=np.zeros(3, dtype=bool))
    assert batch.fates.open.tolist() == [True, True, False]


def test_all_values_are_shown_where_everything_is_wanted(tmp_path):
    raw = opened(tmp_path, lines(EVENTS), Wanted((), everything=True))
    assert raw.header == ["id", "at.start", "n", "at", ""]


def test_a_table_with_the_same_names_will_do_as_well(tmp_path):
    assert opened(tmp_path, "id,n\n007,1\n").cells.to_numpy().tolist() == [["007", "1"]]


def test_json_without_its_adapter_is_told(desk):
    with pytest.raises(DataProblem, match=r"this is JSON, which only the adapter .* Set adapter"):
        desk.spells(json.dumps(EVENTS), "events.csv")
    with pytest.raises(DataProblem, match=r"this is JSON, .* Set adapter"):
        desk.spells(gzip.compress(lines(EVENTS).encode()), "events.csv")


def test_a_bracketed_header_is_text_and_no_json(desk):
    text = MORNING.replace("agent,start", "[agent],start")
    assert len(desk.spells(text, columns={"agent": "[agent]"}).tables["spells"]) == 1


def test_records_are_handed_out_as_they_are(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(lines(EVENTS) + ",// end", encoding="utf-8")
    assert read_json_records("f", path, at_most=1) == [{"id": "007", "at": {"start": "2026-03-02T09:00Z"}, "n": "1"}]
    assert len(read_json_records("f", path)) == 2


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(['a"b', "}{", "[", "\\", '\\"', "é😀", "//x", "/* y */", ",", ",]", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", 'b"', "x}", "presence"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=3), values, max_size=3), max_size=4), st.integers(1, 40), st.booleans()
)
def test_two_counts_of_any_json_agree_and_nothing_in_strings_is_mended(found, block, ascii_only):
    for under, text in (
        ((), json.dumps(found, ensure_ascii=ascii_only)),
        (("events",), json.dumps({"events": found}, indent=1)),
    ):
        data = text.encode("utf-8", "surrogatepass") if ascii_only else text.encode("utf-8", "replace")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_text, "_BLOCK_BYTES", block)
            read = list(json_text.records("f", data, under=under))
        whole = json.loads(data, parse_int=str)
        assert read == (whole["events"] if under else whole)
        assert json_text.census(data, under=under).objects == len(read)
        assert json_text.mended(data) == (data, {})


# --- files that cannot be read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["day one.csv", "Ågents 😀.csv", "dots...csv", "trailing.", "x" * 240 + ".csv", "#1 %41 'q'.csv"]
)
def test_odd_names_are_read(desk, name):
    if os.name == "nt" and name.endswith("."):
        pytest.skip("Windows has no such names")
    assert desk.spells(MORNING, name).files["file"].tolist() == [f"data/{name}"]


def test_a_name_with_brackets_is_taken_as_it_stands(desk):
    assert desk.spells(MORNING, "export [1].csv").files["file"].tolist() == ["data/export [1].csv"]


def test_a_file_that_cannot_be_read_stops_only_itself(desk, monkeypatch):
    desk.put("a.csv", MORNING)
    desk.put("locked.csv", NOON)
    (desk.root / "data" / "folder.csv").mkdir()
    real = Path.open

    def locked(self, *args, **kwargs):
        if self.name == "locked.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", locked)
    intake = desk.read(
        {"files": ["data/*.csv"], "table": "spells"}, {"files": ["data/folder.csv"], "table": "spells"}, check=True
    )
    assert intake.files["file"].tolist() == ["data/a.csv"]
    asked = [finding.message for finding in intake.findings if finding.severity == "ask"]
    assert len(asked) == 2
    assert any("locked.csv: the file cannot be opened. Close it in other programs" in message for message in asked)
    assert any("folder.csv is a folder" in message for message in asked)
    assert not any(str(desk.root) in message for message in asked)


def test_the_verbs_of_a_member_are_those_of_a_path(tmp_path):
    path = tmp_path / "exports.zip"
    path.write_bytes(packed(("day/one.csv", MORNING)))
    (member,) = archive.members("data/exports.zip", path)
    assert (member.name, member.suffix, member.stat().st_size) == ("one.csv", ".csv", len(MORNING))
    assert member.read_text() == MORNING == member.open("rb").read().decode()
    with pytest.raises(ValueError, match="read as bytes"):
        member.open("wb")


def test_a_path_within_a_record_leads_to_its_value():
    assert flatten({"a": {"b": {"c": 1}}, "a.b": 2}, ["a.b.c", "a.b", "a.c", "a.b.c.d"]) == {"a.b.c": 1, "a.b": 2}


def test_a_gzip_bomb_is_refused_whatever_size_it_states(desk):
    for stated in (None, 100):
        bomb = bytearray(gzip.compress(MORNING.encode() + b"\n" * (80 << 20)))
        if stated:
            bomb[-4:] = stated.to_bytes(4, "little")
        with pytest.raises(DataProblem, match="unpacks to more than"):
            desk.spells(bytes(bomb), "bomb.csv.gz")


# --- cells that repeat the one above --------------------------------------------------------------------------------------


MERGED = (
    "agent,start,end,state\n,2026-03-02 08:00,2026-03-02 08:30,IDLE\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n,2026-03-02 10:00,2026-03-02 10:30,IDLE\n"
    ",,,\nagent,start,end,state\n,2026-03-02 11:00,2026-03-02 11:30,IDLE\nTotal,,,3\n,2026-03-02 12:00,2026-03-02 12:30,IDLE\n"
    "b,2026-03-02 09:00,2026-03-02 09:30,IDLE\n,2026-03-02 10:00,2026-03-02 10:30,IDLE\nc,2026-03-02 11:00,2026-03-02 11:30,IDLE,too,long\n"
    ",2026-03-02 13:00,2026-03-02 13:30,IDLE\n"
)


def test_declared_columns_are_filled_from_above_and_never_past_a_total_or_a_rejected_row(desk):
    from analysis.intake import pseudonym

    a, b = (pseudonym(name, key=bytes(range(32))) for name in "ab")
    intake = desk.spells(MERGED, fill_down=["agent"])
    spells = intake.tables["spells"]
    assert spells[["source_row", "agent"]].to_numpy().tolist() == [[3, a], [4, a], [7, a], [10, b], [11, b]]
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [
        [2, "missing_agent"],
        [9, "missing_agent"],
        [12, "long_row"],
        [13, "missing_agent"],
    ]
    (told,) = (finding for finding in intake.findings if finding.code == "filled_down")
    assert (told.severity, told.rows) == ("fixed", 3)
    assert "first: data/spells.csv, row 4" in told.message


def test_undeclared_columns_are_not_filled(desk):
    intake = desk.spells(MERGED.replace("b,2026", "a,2026").replace(",too,long", ""))
    assert intake.rejects["reason"].unique().tolist() == ["missing_agent"]
    assert len(intake.tables["spells"]) == 2


def test_a_value_is_not_carried_into_the_next_file(desk):
    desk.put("1.csv", "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n")
    desk.put("2.csv", "agent,start,end,state\n,2026-03-02 10:00,2026-03-02 10:30,IDLE\n")
    intake = desk.read({"files": ["data/?.csv"], "table": "spells", "fill_down": ["agent"]})
    assert intake.rejects.to_numpy().tolist() == [["data/2.csv", 2, "missing_agent"]]
