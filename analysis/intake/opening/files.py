"""Finding the files of a source and telling what they are: by content, never by name."""

from __future__ import annotations

import bz2
import contextlib
import difflib
import gzip
import hashlib
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from analysis.foundation.schema import DataProblem
from analysis.intake.opening.archive import Member, chosen, is_archive, is_workbook, members
from analysis.intake.opening.raw import RawFile, Wanted
from analysis.intake.settings import Source

MAX_FILE_BYTES = 4 << 30
MAX_TEXT_BYTES = 3 << 30
MAX_GZIP_RATIO = 300
RATIO_FROM_BYTES = 64 << 20
MOST_DEFLATED = 1032

_R_DATA = (b"RDX", b"RDA", b"X\n", b"A\n")
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"SQLite format 3\0", "a database; export the table as CSV"),
    (b"\x89HDF", "an HDF5 container; export the table as CSV"),
    (b"%PDF", "a PDF; ask for the table behind it as CSV or XLSX"),
    (b"RDX", "an R data file; export the table from R as CSV"),
    (b"\x93NUMPY", "a NumPy file; export the table as CSV"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file; unpack it first"),
    (b"ORC", "an ORC file; export the table as CSV or parquet"),
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_SEARCH_BYTES = 256 << 20
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|meta|body|table|style|title|div|center|font)\b")
# Signs that move a terminal's cursor or turn its writing around; a file with one in its name is not named in messages as it stands.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# JSON begins with an object or an array of objects; some exports put comments or a record separator before it.
_JSON = re.compile(rb"(?:[\s\x1e]++|//[^\n]*+\n|/\*.*?\*/)*+(?:\{\s*+[\"}/]|\[\s*+(?:[\[{/]|\]\s*+\Z))", re.DOTALL)


def expand(source: Source, root: Path) -> list[Path]:
    """Return the files of a source, sorted within each pattern; none twice.

    Raises
    ------
    DataProblem
        A pattern matches nothing, or leads out of the engagement folder.
    """
    base, found = root.resolve(), {}
    for pattern in source.files:
        matches = _matches(base, pattern) or _matches(base, _within(pattern)[0])
        if not matches:
            if _is_folder(base, pattern):
                raise DataProblem(f"files: {pattern} is a folder. Name its files, such as {pattern.rstrip('/')}/*.csv.")
            raise DataProblem(f"files: nothing matches {pattern!r} in the engagement folder{_near(pattern, base)}.")
        for path in matches:
            if not path.resolve().is_relative_to(base):
                raise DataProblem(
                    f"{relative(path, base)}: the file leads out of the engagement folder. Copy it into data/."
                )
            if _UNSHOWN.search(relative(path, base)):
                raise DataProblem(
                    f"files: the name of {relative(path, base)!r} holds signs that cannot be shown. Rename the file."
                )
            found[path] = None
    return list(found)


def is_there(path: Path) -> bool:
    """Return whether a file lies there; a name that the system cannot have lies nowhere."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_folder(base: Path, pattern: str) -> bool:
    try:
        return (base / pattern).is_dir()
    except (OSError, ValueError):
        return False


def _matches(base: Path, pattern: str) -> list[Path]:
    """Return the files that a pattern names; none where it is no pattern that the system understands."""
    try:
        matches = [base / pattern] if (base / pattern).is_file() else sorted(base.glob(pattern))
        return [path for path in matches if path.is_file() and not path.name.startswith(("~$", "."))]
    except (OSError, ValueError, NotImplementedError):
        return []


def _within(pattern: str) -> tuple[str, str]:
    """Return a pattern's path to a zip archive and what it names within; nothing where it names no archive's content."""
    parts = pattern.split("/")
    for at, part in enumerate(parts[:-1], start=1):
        if part.lower().endswith(".zip"):
            return "/".join(parts[:at]), "/".join(parts[at:])
    return pattern, ""


def parts_of(source: Source, root: Path, path: Path) -> list[tuple[str, Path]]:
    """Return the name and place of each table that a file holds: of itself, or of the members of a zip archive.

    Parameters
    ----------
    source
        Its patterns may name members: ``data/exports.zip/agents_*.csv``; an archive named as a whole gives all of them.
    root
        The engagement folder.
    path
        One of the files that :func:`expand` returns.

    Returns
    -------
    list
        Names for messages and accounts (``data/exports.zip/agents.csv``), each with the path or the :class:`archive.Member` to open.

    Raises
    ------
    DataProblem
        The archive is damaged, encrypted or hostile, or a pattern matches none of its members.
    """
    name = relative(path, root)
    try:
        if not is_archive(path):
            return [(name, path)]
        found = members(name, path)
    except OSError:
        raise unreadable(name) from None
    base = root.resolve()
    patterns = [_within(pattern) for pattern in source.files if path not in _matches(base, pattern)]
    inner = [rest for prefix, rest in patterns if rest and path in _matches(base, prefix)]
    whole = any(path in _matches(base, pattern) for pattern in source.files)
    kept = found if whole else chosen(found, inner)
    return [(member.file, cast(Path, member)) for member in kept]


def unreadable(file: str) -> DataProblem:
    """Return the refusal of a file that the system does not let us open."""
    return DataProblem(f"{file}: the file cannot be opened. Close it in other programs and check its rights.")


def relative(path: Path, root: Path) -> str:
    """Return the path within the engagement folder, with forward slashes."""
    return path.relative_to(root.resolve()).as_posix()


def _near(pattern: str, base: Path) -> str:
    """Return the ending of a message: the files nearest to a pattern."""
    there = [relative(path, base) for path in sorted(base.glob("data/**/*"))[:2000] if path.is_file()]
    close = difflib.get_close_matches(pattern, there, n=4, cutoff=0.3) or there[:4]
    if not close:
        return "; the folder data/ holds no files: put the client's exports there"
    return f"; the nearest files are {', '.join(close)}. Correct files, or put the export there"


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.stream() if isinstance(path, Member) else path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sniff(file: str, path: Path) -> str:
    """Return what a file is: ``text``, ``json``, ``gzip``, ``xlsx``, ``ods``, ``page``, ``parquet`` or ``xes``.

    Raises
    ------
    DataProblem
        The content is nothing that intake reads.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise DataProblem(f"{file}: {size >> 20} MiB is more than intake reads at once. Split the export by week.")
    with path.stream() if isinstance(path, Member) else path.open("rb") as stream:
        head = stream.read(4096)
    if head[:4] == b"PK\x03\x04":
        return _zip_kind(file, path)
    if head[:2] == b"\x1f\x8b" and not isinstance(path, Member):
        guard_ratio(file, _stated_size(path, size), size)
        _watch_beginning(file, path, size)
        return "gzip"
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:8] == _OLE and _sealed(path):
        raise DataProblem(f"{file}: this workbook is password-protected; save it without a password.")
    return kind_of_text(file, head)


def _watch_beginning(file: str, path: Path, packed: int) -> None:
    """Refuse a gzip file that packs its beginning beyond all measure: unpacked without reading it, until the limit or its end.

    The size that a gzip file states is that of its last 4 GiB, and whoever writes it may lie.
    """
    unpacked = 0
    try:
        with path.open("rb") as outer, gzip.GzipFile(fileobj=outer) as stream:
            while block := stream.read(1 << 22):
                unpacked += len(block)
                guard_ratio(file, unpacked, packed)
                if unpacked >= RATIO_FROM_BYTES and unpacked <= MAX_GZIP_RATIO * outer.tell():
                    return
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return  # told where it is read


def _stated_size(path: Path, packed: int) -> int:
    """Return what a gzip file says at its end that it unpacks to; what it really unpacks to is watched while it is read."""
    with path.open("rb") as stream:
        stream.seek(-min(4, path.stat().st_size), os.SEEK_END)
        stated = int.from_bytes(stream.read(4), "little")
    # nothing packs better than so: what claims more was cut off, and its last bytes state no size
    return stated if stated <= MOST_DEFLATED * packed else 0


def _packed_r_data(head: bytes) -> bool:
    """Return whether packed content begins as R's data files do; a few bytes are unpacked, no more."""
    ways = {b"\xfd7zXZ": lzma.LZMADecompressor, b"BZh": bz2.BZ2Decompressor}
    for mark, unpacker in ways.items():
        if head.startswith(mark):
            with contextlib.suppress(OSError, EOFError, lzma.LZMAError):
                return unpacker().decompress(head, max_length=8).startswith(_R_DATA)
    return False


def kind_of_text(file: str, head: bytes) -> str:
    """Return whether unpacked content is ``text``, ``json``, ``page`` or ``xes``; refuse the rest by its first bytes."""
    if _packed_r_data(head):
        raise DataProblem(f"{file}: this is an R data file, which is not opened. Export the table from R as CSV.")
    for mark, words in _REFUSED:
        if head.startswith(mark):
            raise DataProblem(f"{file}: this is {words}.")
    if head[:8] == _OLE:
        raise DataProblem(f"{file}: this is an old .xls workbook or another Office file; save it as .xlsx.")
    if head[8:12] == b"DUCK":
        raise DataProblem(f"{file}: this is a database; export the table as CSV.")
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
        raise DataProblem(f"{file}: this is a Python pickle, which can run code when opened. Export the table as CSV.")
    if head[:4] == b"PK\x03\x04" or head[:2] == b"\x1f\x8b":
        raise DataProblem(f"{file}: this is an archive within an archive. Unpack it first.")
    opening = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    if opening.startswith(b"<"):
        return _kind_of_markup(file, opening)
    if opening.startswith((b"mime-version:", b"content-type: multipart/")):
        raise DataProblem(f"{file}: this is a web archive (MHTML). Open it in Excel and save it as .xlsx.")
    if _JSON.match(head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")):
        return "json"
    utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not utf16 and sum(byte < 9 or 13 < byte < 26 for byte in head) > len(head) // 20:
        raise DataProblem(f"{file}: the content is neither text nor a workbook. Export the table as CSV or XLSX.")
    return "text"


def _kind_of_markup(file: str, opening: bytes) -> str:
    """Return ``xes`` or ``page`` for markup that is one of them."""
    if b"office:spreadsheet" in opening and not opening.startswith(b"<html"):
        raise DataProblem(f"{file}: this is an XML workbook of Excel 2003. Open it in Excel and save it as .xlsx.")
    if _PAGE.match(opening) or b"<table" in opening or b"<html" in opening:
        return "page"
    if opening.startswith((b"<?xml", b"<log", b"<!--")) and (b"<log" in opening or b"xes" in opening):
        return "xes"
    raise DataProblem(f"{file}: this is an XML file that is no event log. Export the table as CSV or XLSX.")


def _sealed(path: Path) -> bool:
    """Return whether an Office container holds an encrypted workbook."""
    with path.open("rb") as stream:
        return "EncryptedPackage".encode("utf-16-le") in stream.read(_OLE_SEARCH_BYTES)


def _zip_kind(file: str, path: Path) -> str:
    """Return ``xlsx`` or ``ods`` for a zip archive that is a workbook."""
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as book:
            names = set(book.namelist())
    except PermissionError:
        raise
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        raise DataProblem(f"{file}: the workbook is damaged or was cut off. Export it again.") from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise DataProblem(f"{file}: this is a binary .xlsb workbook; save it as .xlsx.")
    if is_workbook(names):
        return "ods"
    if isinstance(path, Member):
        raise DataProblem(f"{file}: this is an archive within an archive. Unpack it first.")
    raise DataProblem(f"{file}: this is a zip archive and no workbook. Unpack it into data/ and name the files in it.")


def unpack(file: str, path: Path) -> bytes:
    """Return the content of a gzip file, within limits."""
    packed, parts, size = path.stat().st_size, [], 0
    try:
        with path.open("rb") as outer, gzip.open(outer) as stream:
            while block := stream.read(1 << 22):
                parts.append(block)
                size += len(block)
                guard_ratio(file, size, packed)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataProblem(f"{file}: the gzip file is damaged or was cut off. Export it again.") from None
    return b"".join(parts)


def guard_ratio(file: str, size: int, packed: int) -> None:
    """Refuse a gzip file that unpacks to more than any plain export does."""
    if size > MAX_TEXT_BYTES or (size > RATIO_FROM_BYTES and size > MAX_GZIP_RATIO * packed):
        raise DataProblem(
            f"{file}: it unpacks to more than {size >> 20} MiB from {packed >> 10} KiB, which no plain export does. "
            "Ask for the export again."
        )


def open_table(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
    """Return the cells of one file of a tabular source, whatever its format."""
    from analysis.intake.opening.streams import Content
    from analysis.intake.opening.text import read_text
    from analysis.intake.opening.workbook.parent import read_workbook

    try:
        kind = sniff(file, path)
        if kind in ("xlsx", "ods", "page"):
            return read_workbook(
                file, path, wanted=wanted, sheet=source.sheet, encoding=source.encoding, page=kind == "page"
            )
        if kind == "parquet":
            from analysis.intake.opening.parquet import read_parquet

            return read_parquet(file, cast(Path, path.open("rb")) if isinstance(path, Member) else path, wanted=wanted)
        content = Content.of_path(file, path, packed=kind == "gzip")
        if content.packed:
            kind = kind_of_text(file, content.head(4096))
        if kind == "text":
            return read_text(file, content, wanted=wanted, encoding=source.encoding, separator=source.separator)
        head = content.head(1 << 16)
    except OSError:
        raise unreadable(file) from None
    if kind == "page":
        raise DataProblem(f"{file}: this is a packed web page. Unpack it first.")
    if kind == "xes":
        raise DataProblem(f'{file}: this is an XES event log. Set adapter = "xes" for it.')
    raise DataProblem(
        f"{file}: this is JSON, which only the adapter of the product that wrote it can read{_json_adapters(head)}. "
        "Set adapter, or export the table as CSV or XLSX."
    )


def _json_adapters(head: bytes) -> str:
    """Return the ending of a message: the adapters whose keys all stand at the head of a JSON text."""
    from analysis.intake.adapters import adapter_names, format_of

    head = head.replace(b"\0", b"")
    fits = [
        name
        for name in adapter_names()
        if any(
            all(b'"%b"' % key.rpartition(".")[2].encode() in head for key in group)
            for group in format_of(name).signature
        )
    ]
    return f" (it looks like {' or '.join(fits)})" if fits else ""


def listed(paths: Sequence[Path], root: Path) -> str:
    """Return the first few files in words."""
    names = [relative(path, root) for path in paths]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
