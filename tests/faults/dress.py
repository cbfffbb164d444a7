"""Writing an export as a client would send it, and counting its rows without the reader's help."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import zipfile

import openpyxl

from tests.faults.model import Cell, Export


def text_of(cell: Cell) -> str:
    """Return what a text export writes for a cell."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def csv_bytes(export: Export) -> bytes:
    """Return the export as text."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=export.separator, lineterminator=export.newline)
    for line in export.lines:
        writer.writerow([text_of(cell) for cell in line.cells])
    return export.edit(stream.getvalue().encode(export.encoding))


def xlsx_bytes(export: Export) -> bytes:
    """Return the export as a workbook; blank rows keep a row element, as templates have them."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row, line in enumerate(export.lines, start=1):
        sheet.cell(row, 1)
        for column, cell in enumerate(line.cells, start=1):
            if cell is None or cell == "":
                continue
            place = sheet.cell(row, column)
            place.value = cell
            if isinstance(cell, str) and cell.startswith("="):
                place.data_type = "s"
    export.workbook(book)
    stream = io.BytesIO()
    book.save(stream)
    return export.edit(stream.getvalue()) if export.suffix else stream.getvalue()


def written(export: Export, form: str) -> tuple[str, bytes]:
    """Return name and content of the file."""
    content = csv_bytes(export) if form == "csv" else xlsx_bytes(export)
    return f"{export.name}{export.suffix or '.' + form}", content


def physical_rows(content: bytes) -> int:
    """Count the rows of a file: line ends of a text, row elements of a sheet."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return len(re.findall(rb"<row[ />]", book.read("xl/worksheets/sheet1.xml")))
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16").encode()
    content = content.removesuffix(b"\x1a")  # the end mark of old systems is no row
    ends = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    return ends + (not content.endswith((b"\n", b"\r")))
