"""The process that reads one workbook: a hostile one can at worst end this process."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from analysis.intake.opening.workbook.limits import Refusal, forbid_reach, limit_memory, scan
from analysis.intake.opening.workbook.ods import read_ods
from analysis.intake.opening.workbook.page import read_page
from analysis.intake.opening.workbook.xlsx import read_xlsx


def main(sheet: str, encoding: str, limit_bytes: str, every: str = "") -> None:
    """Write what the workbook on standard input holds to standard output, a line of JSON each; the last line is a refusal or says done.

    Parameters
    ----------
    sheet
        Name of the sheet; empty where only one holds something.
    encoding
        Encoding of a web page where the source states it; else empty.
    limit_bytes
        Memory that this process may use.
    every
        Not empty: all sheets of a workbook that hold something are read.
    """
    limit_memory(int(limit_bytes))
    forbid_reach()
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    refused = ""
    try:
        given = sys.stdin.buffer
        for record in _records(
            given if given.seekable() else io.BytesIO(given.read()), sheet or None, encoding or None, every=bool(every)
        ):
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    except Refusal as refusal:
        refused = str(refusal)
    except MemoryError:
        refused = "it needs more memory than a plain export does"
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, IndexError, ValueError, EOFError, OSError, RuntimeError):
        refused = "it is damaged or was cut off"
    sys.stdout.write(json.dumps({"refused": refused} if refused else {"done": True}) + "\n")


def _records(stream: IO[bytes], sheet: str | None, encoding: str | None, *, every: bool) -> Iterator[dict[str, Any]]:
    """Yield the records of a workbook, or of a web page that passes for one."""
    packed = stream.read(2) == b"PK"
    stream.seek(0)
    if not packed:
        yield from read_page(stream.read(), sheet, encoding)
        return
    with zipfile.ZipFile(stream) as book:
        scan(book)
        read = read_xlsx if "xl/workbook.xml" in book.namelist() else read_ods
        yield from read(book, sheet, every=every)
