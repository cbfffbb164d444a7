"""What a workbook may hold at most, and the refusal when it holds more."""

from __future__ import annotations

import contextlib
import zipfile

MAX_MEMBERS = 2_000
MAX_TOTAL_BYTES = 2 << 30
MAX_RATIO = 250
RATIO_FROM_BYTES = 64 << 20
MAX_COLUMNS = 2_000
MAX_CELLS = 40_000_000
ARCHIVES: tuple[str, ...] = (".zip", ".xlsx", ".xlsm", ".xlsb", ".ods", ".gz", ".7z", ".rar", ".tar")


class Refusal(Exception):
    """A workbook that is not read, with the reason in words."""


def limit_memory(limit_bytes: int) -> None:
    """Cap the memory of this process where the platform can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


def scan(book: zipfile.ZipFile) -> None:
    """Refuse archives that unpack to too much, hold archives or odd names, or are encrypted, before anything is unpacked.

    Raises
    ------
    Refusal
        The archive is no plain workbook.
    """
    members = book.infolist()
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise Refusal(f"it holds {len(members)} parts, more than the {MAX_MEMBERS} that a workbook may have")
    if total > MAX_TOTAL_BYTES or (total > RATIO_FROM_BYTES and total > MAX_RATIO * max(packed, 1)):
        raise Refusal(f"it unpacks to {total >> 20} MiB from {packed >> 10} KiB, which no plain export does")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename:
            raise Refusal("one of its parts has a name that points outside")
        if member.flag_bits & 1:
            raise Refusal("it is encrypted; save it without a password")
        if member.filename.lower().endswith(ARCHIVES):
            raise Refusal("it holds another archive")


def check_cell(column: int, cells: int) -> None:
    """Refuse a cell far outside any plain table, and more cells than a plain table has."""
    if column >= MAX_COLUMNS:
        raise Refusal(f"a cell lies in column {column + 1}, far outside any plain table")
    if cells > MAX_CELLS:
        raise Refusal(f"it holds more than {MAX_CELLS} cells")
