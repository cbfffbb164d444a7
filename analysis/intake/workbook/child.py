"""The process that reads one workbook: a hostile one can at worst end this process."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from xml.parsers import expat

from analysis.intake.workbook.limits import Refusal, limit_memory, scan
from analysis.intake.workbook.ods import read_ods
from analysis.intake.workbook.xlsx import read_xlsx


def main(sheet: str, limit_bytes: str) -> None:
    """Write what the workbook on standard input holds to standard output, a line of JSON each; the last line is a refusal or says done.

    Parameters
    ----------
    sheet
        Name of the sheet; empty where only one holds something.
    limit_bytes
        Memory that this process may use.
    """
    limit_memory(int(limit_bytes))
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    refused = ""
    try:
        given = sys.stdin.buffer
        with zipfile.ZipFile(given if given.seekable() else io.BytesIO(given.read())) as book:
            scan(book)
            read = read_xlsx if "xl/workbook.xml" in book.namelist() else read_ods
            for record in read(book, sheet or None):
                sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    except Refusal as refusal:
        refused = str(refusal)
    except MemoryError:
        refused = "it needs more memory than a plain export does"
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, IndexError, ValueError, EOFError, OSError, RuntimeError):
        refused = "it is damaged or was cut off"
    sys.stdout.write(json.dumps({"refused": refused} if refused else {"done": True}) + "\n")
