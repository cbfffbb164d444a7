"""What a workbook may hold at most, and the refusal when it holds more."""

from __future__ import annotations

import contextlib
import sys
import zipfile
from typing import Any

MAX_MEMBERS = 2_000
MAX_TOTAL_BYTES = 2 << 30
MAX_RATIO = 250
RATIO_FROM_BYTES = 64 << 20
MAX_COLUMNS = 2_000
MAX_CELLS = 40_000_000
# A cell of a spreadsheet holds 32,767 signs.
MAX_TEXT = 1 << 20
# A sheet of .xlsx ends here.
MAX_ROWS = 1_048_576
# A workbook that is filled in by hand has a sheet for each role, and few more.
MAX_SHEETS = 200
ARCHIVES: tuple[str, ...] = (".zip", ".xlsx", ".xlsm", ".xlsb", ".ods", ".gz", ".7z", ".rar", ".tar")


class Refusal(Exception):
    """A workbook that is not read, with the reason in words."""


def limit_memory(limit_bytes: int) -> bool:
    """Cap the memory of this process, and on Windows its children too; return whether the platform did."""
    if sys.platform == "win32":
        return limit_by_job(limit_bytes)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
        return True
    return False


def limit_by_job(limit_bytes: int, kernel: Any = None) -> bool:
    """Put this process into a Windows job of its own, with a limit of memory and no other process; return whether that went well.

    Parameters
    ----------
    limit_bytes
        Memory that the process may commit.
    kernel
        The Windows kernel's functions; None = those of this machine.

    Notes
    -----
    The job lives as long as the process. Jobs nest since Windows 8, so a job around the whole session is no obstacle.
    """
    import ctypes

    try:
        kernel = kernel or ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
        for name in ("CreateJobObjectW", "GetCurrentProcess"):
            getattr(kernel, name).restype = ctypes.c_void_p
        job = kernel.CreateJobObjectW(None, None)
        if not job:
            return False
        limits = job_limits(limit_bytes)
        handle = ctypes.c_void_p(job)
        done = kernel.SetInformationJobObject(handle, 9, ctypes.byref(limits), ctypes.sizeof(limits))
        return bool(done and kernel.AssignProcessToJobObject(handle, ctypes.c_void_p(kernel.GetCurrentProcess())))
    except (AttributeError, OSError):
        return False


def job_limits(limit_bytes: int) -> Any:
    """Return what Windows calls JOBOBJECT_EXTENDED_LIMIT_INFORMATION: so much memory, one process, no box for errors."""
    from ctypes import Structure, c_int64, c_size_t, c_uint32, c_uint64

    class Limits(Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", c_int64),
            ("PerJobUserTimeLimit", c_int64),
            ("LimitFlags", c_uint32),
            ("MinimumWorkingSetSize", c_size_t),
            ("MaximumWorkingSetSize", c_size_t),
            ("ActiveProcessLimit", c_uint32),
            ("Affinity", c_size_t),
            ("PriorityClass", c_uint32),
            ("SchedulingClass", c_uint32),
            ("IoInfo", c_uint64 * 6),
            ("ProcessMemoryLimit", c_size_t),
            ("JobMemoryLimit", c_size_t),
            ("PeakProcessMemoryUsed", c_size_t),
            ("PeakJobMemoryUsed", c_size_t),
        )

    one_process, process_memory, no_error_box = 0x8, 0x100, 0x400
    return Limits(
        LimitFlags=one_process | process_memory | no_error_box, ActiveProcessLimit=1, ProcessMemoryLimit=limit_bytes
    )


# What a process that only reads its standard input and writes its standard output has no need of.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.",
    "shutil.",
    "webbrowser.",
    "ctypes.",
    "pty.",
    "winreg.",
    "urllib.",
    "ftplib.",
)
_HARMLESS = frozenset({"os.listdir", "os.scandir", "os.putenv", "os.unsetenv"})


def forbid_reach() -> None:
    """From now on, refuse this process to connect, to start programs, and to write or remove files; it cannot be undone."""
    sys.addaudithook(_refuse_reach)


def _refuse_reach(event: str, arguments: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or (event.startswith(_FORBIDDEN) and event not in _HARMLESS):
        raise Refusal("reading it would reach outside")


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


def check_rows(rows: int) -> None:
    """Refuse more rows than a sheet can have."""
    if rows > MAX_ROWS:
        raise Refusal(f"it holds more than {MAX_ROWS} rows, which no sheet can")


def check_sheets(sheets: int) -> None:
    """Refuse to read more sheets of one workbook than anybody fills in: each of them may be the same large part."""
    if sheets > MAX_SHEETS:
        raise Refusal(f"it holds {sheets} sheets with content, more than the {MAX_SHEETS} that are read")


class Words:
    """Text that arrives in pieces, up to what a cell may hold."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0

    def add(self, data: str) -> None:
        """Take a piece."""
        self.length += len(data)
        if self.length > MAX_TEXT:
            raise Refusal("a cell holds more text than any sheet can")
        self.pieces.append(data)

    def take(self) -> str:
        """Return the text so far and begin anew."""
        text = "".join(self.pieces)
        self.pieces, self.length = [], 0
        return text


def check_cell(column: int, cells: int) -> None:
    """Refuse a cell far outside any plain table, and more cells than a plain table has."""
    if column >= MAX_COLUMNS:
        raise Refusal(f"a cell lies in column {column + 1}, far outside any plain table")
    if cells > MAX_CELLS:
        raise Refusal(f"it holds more than {MAX_CELLS} cells")
