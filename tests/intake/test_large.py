"""Files of any size are read in blocks: the same rows, fates and refusals as at once, in memory that does not grow with the text."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import random
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from analysis.intake.opening import arrow_text, cells, streams, text
from analysis.intake.opening.cells import Cells, Coded
from analysis.intake.opening.marks import checksums, digests_of
from analysis.intake.opening.records import Records
from tests.intake.conftest import Desk
from tests.intake.test_accounting import files

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "intake.py"


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    """Read texts in blocks of so many bytes, and parse and decode cells a few at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK_BYTES", size)
        patch.setattr(text, "_HEAD_BYTES", 4 * size)
        patch.setattr(arrow_text, "SLICE_ROWS", 3)
        patch.setattr(arrow_text, "_LOOK_ROWS", 4)
        patch.setattr(cells, "_PIECE_ROWS", 3)
        yield


def outcome(content: bytes, name: str = "spells.csv", **more: object) -> object:
    """Return all that one file of spells comes to, or the words with which it is refused."""
    with TemporaryDirectory() as folder:
        try:
            intake = Desk(Path(folder)).spells(content, name, **more)
        except DataProblem as refusal:
            return str(refusal)
    found = [finding for finding in intake.findings if finding.code != "encoding"]
    return (
        intake.tables["spells"].to_csv(),
        intake.files.to_csv(),
        intake.rejects.to_csv(),
        intake.states.to_csv(),
        found,
    )


@settings(max_examples=25)
@given(files(), st.integers(16, 200))
def test_blocks_of_any_size_give_what_the_whole_text_gives(file, size):
    content, _ = file
    exclude = {"exclude": {"agent": ["test"]}}
    with blocks_of(1 << 20):
        whole = outcome(content, **exclude)
    with blocks_of(size):
        assert outcome(content, **exclude) == whole


@settings(max_examples=50)
@given(
    st.text(alphabet='a1,;"\n\r \t-\x1aé', max_size=80),
    st.integers(8, 40),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_any_text_is_read_or_refused_as_it_is_at_once(rows, size, encoding):
    content = ("agent,start,end,state\n" + rows).encode(encoding)
    with blocks_of(1 << 20):
        whole = outcome(content)
    with blocks_of(size):
        found = outcome(content)
    assert found == whole or (isinstance(found, str) and "no row ends within" in found)


def by_hand(content: str) -> list[int]:
    """Return where the rows of a text end, sign by sign: a quote opens at the start of a cell only."""
    ends, inside, fresh, at = [], False, True, 0
    while at < len(content):
        sign = content[at]
        at += 1
        if inside:
            if sign == '"' and content[at : at + 1] == '"':
                at += 1
            elif sign == '"':
                inside = False
        elif sign == '"' and fresh:
            inside, fresh = True, False
            continue
        elif sign in "\r\n":
            at += content[at - 1 : at + 1] == "\r\n"
            ends.append(at)
            fresh = True
            continue
        fresh = not inside and sign == ","
    return ends + [len(content)] * bool(ends[-1:] != [len(content)] and content)


@settings(max_examples=300)
@given(st.text(alphabet='a,"\n\r', max_size=40), st.integers(1, 9))
def test_rows_end_where_a_reader_would_end_them(content, size):
    data = content.encode()
    records, found, at = Records("f", ","), [], 0
    try:
        for start in [*range(0, len(data), size), len(data)]:
            _, ends = records.feed(data[start : start + size], final=start == len(data))
            found += (at + ends).tolist()
            at += int(ends[-1]) if len(ends) else 0
    except DataProblem:
        return
    assert found == by_hand(content)
    assert records.count == len(found)


@pytest.mark.parametrize("packed", [False, True])
def test_places_in_messages_do_not_depend_on_blocks(packed):
    rows = "".join(f"a{i},2026-03-02 09:00,2026-03-02 09:30,IDLE\n" for i in range(200))
    head = "agent,start,end,state\n"
    faults = [
        (head + rows + "José,1,2,IDLE\n").encode() + "José,1,2,IDLE\n".encode("cp1252"),
        (head + rows + "a\0,1,2,IDLE\n" + rows + "\0").encode(),
        (head + rows + '"a,1,2,IDLE\n' + rows).encode(),
        (head + rows).encode("utf-16")[:-1],
        (head + rows).encode() + b"Jos\x81,1,2,IDLE\n",
        (head + rows + "x" * 5000).encode(),
    ]
    for content in faults:
        name, content = ("s.csv.gz", gzip.compress(content)) if packed else ("s.csv", content)
        with blocks_of(1 << 20):
            whole = outcome(content, name)
        with blocks_of(64):
            assert outcome(content, name) == whole


@pytest.mark.parametrize("size", range(34, 41))
def test_a_letter_that_two_blocks_share_shows_that_encodings_are_mixed(desk, size):
    content = b"agent,start,end,state\nJos\xe9,1,2,IDLE\n" + "é,1,2,IDLE\n".encode()
    with blocks_of(size), pytest.raises(DataProblem, match=r"first byte that is not UTF-8: 25, line 2"):
        desk.spells(content)


def test_a_row_without_an_end_is_refused_before_it_fills_the_memory(desk, monkeypatch):
    monkeypatch.setattr("analysis.intake.opening.records.MAX_ROW_BYTES", 1000)
    head = "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
    with blocks_of(200):
        with pytest.raises(DataProblem, match="a quote opens in line 3 and does not close"):
            desk.spells(head + '"a,' + "b\n" * 2000)
        with pytest.raises(DataProblem, match="the row that begins in line 3 is longer than"):
            desk.spells(head + "b" * 4000)


# --- equal rows -------------------------------------------------------------------------------------------------------


def test_rows_that_differ_only_in_a_column_nobody_needs_both_count(desk):
    rows = ["a,2026-03-02 09:00,2026-03-02 09:30,IDLE,r1", "a,2026-03-02 09:00,2026-03-02 09:30,IDLE,r2"]
    content = "agent,start,end,state,record\n" + "\n".join([*rows, rows[0].replace("r1", " r1 ")]) + "\n"
    assert desk.spells(content).files.loc[0, ["used", "duplicate"]].tolist() == [2, 1]


@pytest.mark.parametrize("other", ["csv", "xlsx"])
def test_equal_rows_count_once_across_files_of_different_columns(desk, other):
    desk.put("s1.csv", "agent,start,end,state,note,record\na,2026-03-02 09:00,2026-03-02 09:30,IDLE,,r1\n")
    header, rows = (
        ["record", "state", "agent", "end", "start"],
        [["r1", "IDLE", "a", "2026-03-02 09:30", "2026-03-02 09:00"]],
    )
    rows.append(["r2", *rows[0][1:]])
    if other == "csv":
        stream = io.StringIO()
        csv.writer(stream, delimiter=";").writerows([header, *rows])
        desk.put("s2.csv", stream.getvalue())
    else:
        pd.DataFrame(rows, columns=header).to_excel(desk.root / "data" / "s2.xlsx", index=False)
    intake = desk.read({"files": ["data/s*.*"], "table": "spells"})
    assert intake.files["duplicate"].tolist() == [0, 1]
    assert len(intake.tables["spells"]) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sparse", [1, 10**9])
def test_rows_looked_at_again_are_the_rows_that_were_meant(desk, monkeypatch, encoding, sparse):
    monkeypatch.setattr("analysis.intake.opening.places.SPARSE", sparse)
    rows = [f'a{i},2026-03-02 09:{i:02d},2026-03-02 09:59,IDLE,"é\n{i}"\n' for i in range(60)]
    again = [rows[7], rows[30].replace("é", "e"), rows[59], rows[0].rstrip("\n") + ",\n"]
    content = "Report\nagent,start,end,state,note\n" + "".join([*rows, *again]) + "\x1a"
    with blocks_of(97):
        intake = desk.spells(content.encode(encoding))
    assert intake.files.loc[0, ["used", "duplicate"]].tolist() == [61, 3]


def test_digests_tell_cells_apart_wherever_they_end():
    def text_of(*values: str) -> pa.Array:
        return pa.array(values, type=pa.large_string())

    found = digests_of({"a": text_of("x", "", "xa", "x"), "b": text_of("", "x", "", "a")}, 4)
    assert len(set(found)) == 4


def test_a_checksum_that_is_the_same_for_all_rows_loses_none(desk, monkeypatch):
    """The fast checksum only proposes: which rows are equal is decided by their digests."""
    monkeypatch.setattr("analysis.intake.batch.checksums", lambda cells, names: np.zeros(len(cells), dtype=np.uint64))
    rows = "".join(f"a{i % 7},2026-03-02 09:{i:02d},2026-03-02 09:59,IDLE,{i}\n" for i in range(50))
    content = "agent,start,end,state,record\n" + rows + rows
    assert desk.spells(content).files.loc[0, ["used", "duplicate"]].tolist() == [50, 50]


def test_checksums_are_equal_for_equal_rows_however_the_cells_are_held():
    draw = random.Random(5)
    values = ["", "é" * 50, *("".join(draw.choices("abé\U0001f600", k=draw.randrange(30))) for _ in range(40))]
    codes = np.array(draw.choices(range(len(values)), k=500), dtype=np.int32)
    array = pa.array(values, type=pa.large_string())
    coded = Coded(codes, array)
    plain = pa.chunked_array([coded.text().combine_chunks().slice(at, 70) for at in range(0, 500, 70)])
    one, other = (checksums(Cells({"x": column}, 500), ["x"]) for column in (coded, plain))
    assert (one == other).all()
    assert len(set(one.tolist())) == len({values[code] for code in codes})


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """Return the benchmark, which makes the file and measures a process of its own."""
    spec = importlib.util.spec_from_file_location("benchmark_intake", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def taken(benchmark: ModuleType, folder: Path, rows: int, **more: object) -> tuple[dict, dict, float]:
    """Write a timeline and read it in a process of its own; return what was planted, what it took, and the size of the file [MiB]."""
    path = folder / benchmark.FILE
    planted = benchmark.write(path, rows, "plain")
    try:
        return dict(planted), benchmark.measure("ours", folder, **more), path.stat().st_size / 2**20
    finally:
        path.unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is not told")
def test_memory_grows_far_less_than_the_file(benchmark, tmp_path):
    planted, took, size = taken(benchmark, tmp_path, 120_000, block_bytes=1 << 18)
    assert took["rows"] == planted
    assert size > 45
    # Modules take 30 MiB; read at once, the file takes five times its size.
    assert took["peak_mib"] - took["before_mib"] < 30 + 3 * size


@pytest.mark.slow
def test_five_million_rows_of_two_gigabytes_fit_into_two_gibibytes(benchmark, tmp_path):
    planted, took, size = taken(benchmark, tmp_path, 5_000_000)
    assert took["rows"] == planted
    assert size * 2**20 > 2e9
    assert took["peak_mib"] is None or took["peak_mib"] <= 2048


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_within_a_file_is_told_to_whom_asks(desk):
    from analysis.intake import Source, read_sources

    class Watcher:
        def __init__(self) -> None:
            self.files: list[tuple[str, int, int]] = []
            self.bytes: list[tuple[str, int, int]] = []

        def __call__(self, file: str, done: int, total: int) -> None:
            self.files.append((file, done, total))

        def within(self, file: str, done: int, total: int) -> None:
            self.bytes.append((file, done, total))

    row = "a,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
    plain = ("agent,start,end,state\n" + row * 40).encode()
    packed = gzip.compress(plain)
    desk.put("a.csv", plain), desk.put("b.csv.gz", packed)
    seen = Watcher()
    sources = [Source(files=("data/a.csv", "data/b.csv.gz"), table="spells")]
    with blocks_of(100):
        read_sources(sources, client=desk.client, root=desk.root, key=bytes(32), progress=seen)
    assert seen.files == [("data/a.csv", 1, 2), ("data/b.csv.gz", 2, 2)]
    steps = [done for file, done, total in seen.bytes if file == "data/a.csv" and total == len(plain)]
    assert steps == [*range(100, len(plain), 100), len(plain)]
    last = [(done, total) for file, done, total in seen.bytes if file == "data/b.csv.gz"][-1]
    assert last == (len(packed), len(packed))


def test_a_bar_is_shown_on_a_terminal_only(monkeypatch):
    from analysis.cli import bar

    with bar.reading_bar() as progress:
        assert progress is None

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr(bar, "DELAY_S", 0.0)
    monkeypatch.setattr(bar.sys, "stderr", shown)
    with bar.reading_bar() as progress:
        progress("data/André\x1b[2J.csv", 1, 2)
        for done in (1 << 20, 2 << 20):
            progress.within("data/André\x1b[2J.csv", done, 2 << 20)
            progress.line.refresh()
    words = shown.getvalue()
    assert words.isascii()
    assert "100%" in words
    assert "data/Andr??[2J.csv (1 of 2)" in words
    assert "\n" not in words.strip("\r\n ")


def test_a_parquet_file_is_the_same_table_batch_by_batch(make_desk, monkeypatch):
    rows = [
        f"a{i % 3},2026-03-02 09:{i:02d},2026-03-02 09:59,{'IDLE' if i % 2 else 'HANDLING'},r{i}" for i in range(40)
    ]
    rows += ["Total,,,,", rows[3], rows[4].replace("r4", "other"), ",,,,"]
    frame = pd.DataFrame([row.split(",") for row in rows], columns=["agent", "start", "end", "state", "record"])
    tables = []
    for batch_rows in (1 << 16, 7):
        monkeypatch.setattr("analysis.intake.opening.parquet.BATCH_ROWS", batch_rows)
        desk = make_desk()
        frame.replace("", None).to_parquet(desk.root / "data" / "s.parquet", index=False)
        intake = desk.read({"files": ["data/s.parquet"], "table": "spells"})
        assert intake.files.loc[0, ["used", "total", "duplicate", "blank"]].tolist() == [41, 1, 1, 1]
        tables.append(intake.tables["spells"])
    pd.testing.assert_frame_equal(*tables)
    text_table = (
        make_desk().spells("agent,start,end,state,record\n" + "".join(f"{row}\n" for row in rows)).tables["spells"]
    )
    compared = ["agent", "state", "start", "end"]
    pd.testing.assert_frame_equal(tables[0][compared], text_table[compared])


def test_a_member_of_an_archive_is_read_in_blocks_and_its_damage_is_told(make_desk, monkeypatch):
    from analysis.intake.opening.archive import Member

    monkeypatch.setattr(Member, "read_bytes", lambda self: pytest.fail("the member was read whole"))
    row = "a{},2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
    content = "agent,start,end,state\n" + "".join(row.format(i) for i in range(2000))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("s.csv", content)
    packed = stream.getvalue()
    with blocks_of(1000):
        assert len(make_desk().spells(packed, "s.zip").tables["spells"]) == 2000
        damaged = bytearray(packed)
        damaged[len(packed) // 2] ^= 0xFF
        with pytest.raises(DataProblem, match="the zip archive is damaged or was cut off"):
            make_desk().spells(bytes(damaged), "s.zip")
