"""Files that are made to exhaust whoever reads them: each is written as it would arrive, and described by what its refusal says.

Sizes are those of the promise (every one ends as a refusal within half a minute and 2 GiB); `share` makes smaller ones for quick tests.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20
HEADER = b"agent,start,end,state\n"
ROW = b"a,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_RELATIONS = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""
_BOOK = b"""<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"""


@dataclass(frozen=True)
class Hostile:
    """A hostile file.

    Attributes
    ----------
    name
        Its name in ``data/``.
    write
        Yields its bytes; takes the share of the full size.
    said
        Part of the refusal's words; empty where the file is read and none of its rows is used.
    source
        Keys of the [[source]] that names it.
    quick
        Share of the full size that the default tests write; 0 = slow tests only.
    whole
        Part of the refusal's words at full size, where a limit of size speaks first.
    """

    name: str
    write: Callable[[float], Iterator[bytes]]
    said: str
    source: dict[str, object] = field(default_factory=dict)
    quick: float = 1.0
    whole: str = ""

    def put(self, folder: Path, share: float = 1.0) -> Path:
        """Write the file into a folder."""
        path = folder / self.name
        with path.open("wb") as stream:
            for block in self.write(share):
                stream.write(block)
        return path


def workbook(sheet: bytes | Iterator[bytes], **more: bytes) -> bytes:
    """Return an .xlsx with one sheet, given as XML."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
        book.writestr("xl/workbook.xml", _BOOK)
        book.writestr("xl/_rels/workbook.xml.rels", _RELATIONS)
        with book.open("xl/worksheets/sheet1.xml", "w") as part:
            for block in (sheet,) if isinstance(sheet, bytes) else sheet:
                part.write(block)
        for name, content in more.items():
            book.writestr(name, content)
    return stream.getvalue()


def _times(block: bytes, size: float) -> Iterator[bytes]:
    """Yield a block again and again up to a size."""
    step = block * max(MIB // len(block), 1)
    for _ in range(max(int(size / len(step)), 1)):
        yield step


def _zip(name: str, blocks: Iterator[bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book, book.open(name, "w", force_zip64=True) as member:
        for block in blocks:
            member.write(block)
    return stream.getvalue()


def _gzip(blocks: Iterator[bytes]) -> bytes:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed:
        for block in blocks:
            packed.write(block)
    return stream.getvalue()


def _entities(prolog: bytes, use: bytes) -> bytes:
    lines = b"".join(
        b'<!ENTITY e%d "%b">' % (level, b"&e%d;" % (level - 1) * 10 if level else b"lol") for level in range(10)
    )
    return b'<?xml version="1.0"?><!DOCTYPE x [' + lines + b"]>" + prolog + use


def zip_bomb(share: float) -> Iterator[bytes]:
    """1 GiB of zeros in a megabyte."""
    yield _zip("spells.csv", _times(bytes(MIB), share * 1024 * MIB))


def overlapping_zip(share: float) -> Iterator[bytes]:
    """Many members that share one run of packed bytes."""
    content = bytearray(_zip("0.csv", iter([ROW * 10_000])))
    at = content.index(b"PK\x01\x02")
    entry, end = bytes(content[at : content.index(b"PK\x05\x06")]), content.index(b"PK\x05\x06")
    count = 900
    central = b"".join(
        entry.replace(b"0.csv", b"%d" % (number % 10) + b".cs" + bytes([97 + number // 10 % 26]), 1)
        for number in range(count)
    )
    tail = bytearray(content[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = len(central).to_bytes(4, "little")
    yield bytes(content[:at]) + central + bytes(tail)


def sheet_bomb(share: float) -> Iterator[bytes]:
    """A workbook of a megabyte that unpacks to 1 GiB."""
    yield workbook(b for part in ([_SHEET], _times(b" " * MIB, share * 1024 * MIB)) for b in part)


def dense_sheet(share: float) -> Iterator[bytes]:
    """A workbook of short rows that packs well but not suspiciously: 1.5 GiB of cells."""
    row = b'<row><c t="str"><v>%d</v></c><c><v>%d</v></c></row>'
    rows = (
        b"".join(row % (n * 7919 % 1_000_003, n) for n in range(block * 20_000, block * 20_000 + 20_000))
        for block in range(max(int(share * 1500), 1))
    )
    yield workbook(b for part in ([_SHEET], rows) for b in part)


def far_cell(share: float) -> Iterator[bytes]:
    """A cell in the last column of the last row."""
    yield workbook(_SHEET + b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData></worksheet>')


def shared_strings(share: float) -> Iterator[bytes]:
    """A table of shared strings of one endless text, packed just below the limit of the ratio."""
    text = b"".join(b"%d" % (n * n) for n in range(int(share * 3_000_000)))
    strings = b"<sst><si><t>" + text * 8 + b"</t></si></sst>"
    yield workbook(
        _SHEET + b'<row><c t="s"><v>0</v></c></row></sheetData></worksheet>', **{"xl/sharedStrings.xml": strings}
    )


def entity_sheet(share: float) -> Iterator[bytes]:
    """A billion laughs in a workbook."""
    yield workbook(_entities(_SHEET, b'<row><c t="str"><v>&e9;</v></c></row></sheetData></worksheet>'))


def entity_log(share: float) -> Iterator[bytes]:
    """A billion laughs in an event log."""
    yield _entities(b"<log>", b'<trace><event><string key="a" value="&e9;"/></event></trace></log>')


def external_log(share: float) -> Iterator[bytes]:
    """An event log that names a file of this machine."""
    yield b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><trace><event><string key="a" value="&x;"/></event></trace></log>'


def deep_log(share: float) -> Iterator[bytes]:
    """An event log whose attributes are nested ten million deep."""
    yield b'<?xml version="1.0"?><log><trace><event>'
    yield from _times(b'<string key="a" value="b">', share * 250 * MIB)


def deep_json(share: float) -> Iterator[bytes]:
    """Brackets, a hundred million deep."""
    yield b'{"a":'
    yield from _times(b"[", share * 100 * MIB)


def keys_json(share: float) -> Iterator[bytes]:
    """An object with three million keys."""
    yield b"{"
    yield b",".join(b'"k%d":1' % n for n in range(int(share * 3_000_000)))
    yield b"}"


def string_json(share: float) -> Iterator[bytes]:
    """A text that never ends."""
    yield b'[{"a":"'
    yield from _times(b'\\"x', share * 200 * MIB)


def number_json(share: float) -> Iterator[bytes]:
    """A number of a hundred million digits."""
    yield b'[{"agent":'
    yield from _times(b"9", share * 100 * MIB)


def comment_json(share: float) -> Iterator[bytes]:
    """Comments that open and never close."""
    yield b'{"a":1'
    yield from _times(b"/*/", share * 100 * MIB)


def slash_json(share: float) -> Iterator[bytes]:
    """Commas and blanks that a repair might walk over again and again."""
    yield b'{"a":1'
    yield from _times(b"," + b" " * 1023, share * 100 * MIB)


def wide_header(share: float) -> Iterator[bytes]:
    """A header of a million columns."""
    yield b",".join(b"c%d" % n for n in range(int(share * 1_000_000))) + b"\n" + b"1," * 10 + b"\n"


def wide_known_header(share: float) -> Iterator[bytes]:
    """A header of a million columns that begins as it should, with rows as long."""
    width = int(share * 1_000_000)
    yield b",".join([b"agent,start,end,state", *(b"c%d" % n for n in range(width))]) + b"\n"
    for _ in range(5):
        yield b"a,2026-03-02 09:00,2026-03-02 09:30,IDLE" + b",1" * width + b"\n"


def one_line(share: float) -> Iterator[bytes]:
    """A line of 100 MB."""
    yield from _times(b"agent,", share * 100 * MIB)


def one_long_row(share: float) -> Iterator[bytes]:
    """A header and a row as they should be, then a row of 100 MB that opens a quote."""
    yield HEADER + ROW + b'"'
    yield from _times(b"a", share * 100 * MIB)


def quotes(share: float) -> Iterator[bytes]:
    """Quotes at which a search for the end of a cell might begin again and again."""
    yield HEADER
    yield from _times(b'"a', share * 100 * MIB)


def quote_pairs(share: float) -> Iterator[bytes]:
    """A quoted cell of nothing but doubled quotes, never closed."""
    yield HEADER + b'"'
    yield from _times(b'""', share * 100 * MIB)


def quoted_lines(share: float) -> Iterator[bytes]:
    """Cells that open a quote and run over the line, each."""
    yield HEADER
    yield from _times(b'a,"b\n', share * 50 * MIB)


def carriage_returns(share: float) -> Iterator[bytes]:
    """Nothing but line ends of old systems."""
    yield HEADER
    yield from _times(b"\r", share * 20 * MIB)


def gzip_bomb(share: float) -> Iterator[bytes]:
    """4 GiB of blank lines in 4 MB."""
    yield _gzip(b for part in ([HEADER, ROW], _times(b"\n" * MIB, share * 4096 * MIB)) for b in part)


def gzip_json_bomb(share: float) -> Iterator[bytes]:
    """1 GiB of JSON in a megabyte."""
    yield _gzip(b for part in ([b'[{"agent":1}'], _times(b',{"agent":1}', share * 1024 * MIB)) for b in part)


def nul_bytes(share: float) -> Iterator[bytes]:
    """A header and 200 MB of nothing."""
    yield HEADER
    yield from _times(bytes(MIB), share * 200 * MIB)


def nested_tables(share: float) -> Iterator[bytes]:
    """A page of tables within tables."""
    yield b"<html>"
    yield from _times(b"<table><tr><td>", share * 50 * MIB)


def many_tables(share: float) -> Iterator[bytes]:
    """A page of millions of tables."""
    yield b"<html>"
    yield from _times(b"<table><tr><td>agent</td></tr></table>", share * 40 * MIB)


def open_comment(share: float) -> Iterator[bytes]:
    """A page of comments, declarations and tags that open and never close."""
    yield b"<html><table><tr><td>agent"
    yield from _times(b"<!--<![CDATA[<? <a ", share * 40 * MIB)


def spans(share: float) -> Iterator[bytes]:
    """Cells over thousands of columns and rows."""
    yield b"<html><table>"
    yield from _times(b"<tr><td rowspan=65000 colspan=2000>x<td rowspan=65000 colspan=2000>y", share * 20 * MIB)


def references(share: float) -> Iterator[bytes]:
    """Text of nothing but ampersands."""
    yield b"<html><table><tr><td>"
    yield from _times(b"&", share * 50 * MIB)


def open_quotes(share: float) -> Iterator[bytes]:
    """Tags with values whose quotes do not close."""
    yield b"<html><table><tr><td>agent"
    yield from _times(b"<a b=\"'", share * 40 * MIB)
    yield b"<!---->"


def open_declarations(share: float) -> Iterator[bytes]:
    """Declarations within declarations."""
    yield b"<html><table><tr><td>agent"
    yield from _times(b"<![x[", share * 40 * MIB)
    yield b"<!---->"


_XES = {"adapter": "xes"}
_TABLE = {"table": "spells"}
_JSON = {"adapter": "amazon_contact_records"}
HOSTILE: tuple[Hostile, ...] = (
    Hostile("bomb.zip", zip_bomb, "unpacks to", _TABLE, quick=0.1),
    Hostile("overlap.zip", overlapping_zip, "unpacks to 351 MiB", _TABLE),
    Hostile("bomb.xlsx", sheet_bomb, "unpacks to", _TABLE, quick=0.1),
    Hostile(
        "dense.xlsx",
        dense_sheet,
        "no header found|more memory|GiB of memory|not read within",
        _TABLE,
        quick=0.001,
        whole="more than 1048576 rows",
    ),
    Hostile("far.xlsx", far_cell, "far outside", _TABLE),
    Hostile("strings.xlsx", shared_strings, "more text than any sheet can", _TABLE, quick=0.05),
    Hostile("laughs.xlsx", entity_sheet, "declares entities", _TABLE),
    Hostile("laughs.xes", entity_log, "declares a document type or entities", _XES),
    Hostile("external.xes", external_log, "declares a document type or entities", _XES),
    Hostile("deep.xes", deep_log, "nested|breaks off", _XES, quick=0.01),
    Hostile("deep.json", deep_json, "nested more than 64 deep", _JSON, quick=0.05),
    Hostile(
        "keys.json",
        keys_json,
        "keys, which no plain export does",
        _JSON,
        quick=0.1,
        whole="record 1 breaks off, or it is longer",
    ),
    Hostile("string.json", string_json, "record 1 breaks off, or it is longer", _JSON, quick=0.1),
    Hostile("number.json", number_json, "record 1 breaks off, or it is longer", _JSON, quick=0.2),
    Hostile("comment.json", comment_json, "breaks off|damaged", _JSON, quick=0.05),
    Hostile("slash.json", slash_json, "breaks off|damaged", _JSON, quick=0.05),
    Hostile("header.csv", wide_header, "no header found|columns", _TABLE, quick=0.1, whole="no row ends within"),
    Hostile("wide.csv", wide_known_header, "columns", _TABLE, quick=0.05, whole="no row ends within"),
    Hostile("line.csv", one_line, "no row ends within|columns|megabyte", _TABLE, quick=0.05),
    Hostile("row.csv", one_long_row, "quote", _TABLE, quick=0.05, whole="longer than 64 MiB"),
    Hostile("quotes.csv", quotes, "", _TABLE, quick=0.05, whole="longer than 64 MiB"),
    Hostile("pairs.csv", quote_pairs, "quote opens in line 2", _TABLE, quick=0.05, whole="longer than 64 MiB"),
    Hostile("lines.csv", quoted_lines, "quote opens in line 2", _TABLE, quick=0.05),
    Hostile("returns.csv", carriage_returns, "no row below the header", _TABLE, quick=0.05),
    Hostile("bomb.gz", gzip_bomb, "unpacks to", _TABLE, quick=0.05),
    Hostile("bomb.json.gz", gzip_json_bomb, "unpacks to", _JSON, quick=0.1),
    Hostile("nul.csv", nul_bytes, "NUL bytes|neither text nor a workbook", _TABLE, quick=0.05),
    Hostile("nested.xls", nested_tables, "nested too deep", _TABLE, quick=0.05),
    Hostile("many.xls", many_tables, "more than 10000 tables", _TABLE, quick=0.02),
    Hostile(
        "comment.xls",
        open_comment,
        "breaks off in a tag or a comment",
        _TABLE,
        quick=0.01,
    ),
    Hostile("spans.xls", spans, "far outside", _TABLE, quick=0.05),
    Hostile(
        "quotes.xls", open_quotes, "no header found|not read within|more memory|GiB of memory|damaged", _TABLE, quick=0
    ),
    Hostile(
        "declarations.xls",
        open_declarations,
        "no header found|not read within|more memory|GiB of memory|damaged|no table",
        _TABLE,
        quick=0,
    ),
    Hostile("references.xls", references, "no header found|no row below|not read within", _TABLE, quick=0.01),
)
