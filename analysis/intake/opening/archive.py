"""Zip archives of exports: their members are read in memory and never written anywhere."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from analysis.foundation.schema import DataProblem

MAX_MEMBERS = 1_000
MAX_TOTAL_BYTES = 3 << 30
MAX_RATIO = 300
RATIO_FROM_BYTES = 64 << 20
_NAME_LENGTH = 1_000
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)\s*(\..*)?")
# What operating systems add to folders; it never holds an export.
_LITTER = re.compile(r"(?i)(^|/)(__MACOSX/|\.ds_store$|\._[^/]*$|thumbs\.db$|desktop\.ini$)")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file within a zip archive, with the few verbs of a path that reading needs.

    Attributes
    ----------
    archive
        Where the archive lies.
    inner
        Name of the member, as the archive has it.
    file
        Name for messages: ``data/exports.zip/agents.csv``.
    size
        Bytes when unpacked.
    """

    archive: Path
    inner: str
    file: str
    size: int

    @property
    def name(self) -> str:
        """Last part of the member's name."""
        return PurePosixPath(self.inner).name

    @property
    def suffix(self) -> str:
        """Ending of the member's name."""
        return PurePosixPath(self.inner).suffix

    def stat(self) -> os.stat_result:
        """Return the archive's status with the size of the member."""
        status = list(self.archive.stat())
        status[stat.ST_SIZE] = self.size
        return os.stat_result(status)

    def read_bytes(self) -> bytes:
        """Return the unpacked content, of the size that the archive states.

        Raises
        ------
        DataProblem
            The member is damaged.
        """
        try:
            with zipfile.ZipFile(self.archive) as book, book.open(self.inner) as stream:
                data = stream.read(self.size + 1)
        except PermissionError:
            raise
        except _DAMAGED:
            raise _damaged(self.file) from None
        if len(data) != self.size:
            raise _damaged(self.file)
        return data

    def stream(self) -> IO[bytes]:
        """Open the content for reading it once from its start, without having all of it in memory.

        Raises
        ------
        DataProblem
            The member is damaged.
        """
        try:
            with zipfile.ZipFile(self.archive) as book:  # the archive stays open until the member is closed
                return cast("IO[bytes]", _Watched(book.open(self.inner), self))
        except PermissionError:
            raise
        except _DAMAGED:
            raise _damaged(self.file) from None

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the unpacked content as text."""
        return self.read_bytes().decode(encoding, errors)

    def open(self, mode: str = "rb") -> IO[bytes]:
        """Open the content for reading its bytes."""
        if mode != "rb":
            raise ValueError("a member of an archive is read as bytes")
        return io.BytesIO(self.read_bytes())


class _Watched(io.RawIOBase):
    """A member read step by step; damage is told as such, and so is another size than the archive states."""

    def __init__(self, inner: IO[bytes], member: Member) -> None:
        self.inner, self.member = inner, member

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; none at the end."""
        try:
            block = self.inner.read(size)
            wrong = not block and self.inner.tell() != self.member.size
        except _DAMAGED:
            raise _damaged(self.member.file) from None
        if wrong:
            raise _damaged(self.member.file)
        return block

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer with the next bytes, and return how many they are."""
        view = memoryview(buffer)
        block = self.read(len(view))
        view[: len(block)] = block
        return len(block)

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self.inner.tell()

    def close(self) -> None:
        """Close the member, and with it the archive."""
        self.inner.close()
        super().close()


def _damaged(file: str) -> DataProblem:
    return DataProblem(f"{file}: the zip archive is damaged or was cut off. Pack it again.")


def is_archive(path: Path) -> bool:
    """Return whether a file is a zip archive and no workbook; a damaged archive is left to the reader."""
    with path.open("rb") as stream:
        if stream.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as book:
            names = set(book.namelist())
    except _DAMAGED:
        return path.suffix.lower() == ".zip"
    return not is_workbook(names)


def is_workbook(names: set[str]) -> bool:
    """Return whether an archive with these members is a workbook of some kind."""
    return bool({"xl/workbook.xml", "xl/workbook.bin"} & names) or {"content.xml", "mimetype"} <= names


def members(file: str, path: Path) -> list[Member]:
    """Return the files within a zip archive, in its order, without what operating systems add; checked before anything is unpacked.

    Parameters
    ----------
    file
        Name of the archive for messages.
    path
        Where it lies.

    Raises
    ------
    DataProblem
        The archive is damaged, encrypted or hostile, or it is empty.
    """
    try:
        with zipfile.ZipFile(path) as book:
            entries = book.infolist()
    except PermissionError:
        raise
    except _DAMAGED:
        raise _damaged(file) from None
    _check_sizes(file, path, entries)
    entries = [entry for entry in entries if not entry.is_dir() and not _LITTER.search(entry.filename)]
    for number, entry in enumerate(entries, start=1):
        reason = _fault(entry)
        if reason:
            raise DataProblem(
                f"{file}: the zip archive is refused: file {number} in it {reason}. Pack it again without."
            )
    names = [_inner_name(entry) for entry in entries]
    if len({name.casefold() for name in names}) != len(names):
        raise DataProblem(f"{file}: the zip archive is refused: two files in it have one name. Pack it again.")
    if not entries:
        raise DataProblem(f"{file}: the zip archive holds no file. Ask for the export again, or take it out of files.")
    return [
        Member(path, entry.filename, f"{file}/{name}", entry.file_size)
        for entry, name in zip(entries, names, strict=True)
    ]


def _inner_name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/")


def _check_sizes(file: str, path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse archives with too many members, or that unpack to more than plain exports do."""
    total, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    if len(entries) > MAX_MEMBERS:
        raise DataProblem(
            f"{file}: the zip archive holds {len(entries)} files, more than {MAX_MEMBERS}. Unpack it into data/."
        )
    if total > MAX_TOTAL_BYTES or (total > RATIO_FROM_BYTES and total > MAX_RATIO * packed):
        raise DataProblem(
            f"{file}: the zip archive unpacks to {total >> 20} MiB from {packed >> 10} KiB, which no plain export does. "
            "Ask for the export again, or unpack it yourself and look."
        )


def _fault(entry: zipfile.ZipInfo) -> str:
    """Return what is wrong with a member, in words; empty where nothing is."""
    name = _inner_name(entry)
    parts = name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if name.startswith("/") or ".." in parts or ":" in name or not name.isprintable() or len(name) > _NAME_LENGTH:
        return "has a name that points outside, or that no file may have"
    if any(_DEVICE.fullmatch(part) for part in parts):
        return "is named like a device"
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device"
    if entry.flag_bits & 1:
        return "is encrypted"
    return ""


def chosen(found: Sequence[Member], patterns: Sequence[str]) -> list[Member]:
    """Return the members whose names match one of some patterns; ``*`` matches within one folder only.

    Raises
    ------
    DataProblem
        A pattern matches nothing.
    """
    kept: dict[str, Member] = {}
    for pattern in patterns:
        wanted = pattern.split("/")
        hits = [
            member
            for member in found
            if len(parts := member.inner.replace("\\", "/").split("/")) == len(wanted)
            and all(map(fnmatchcase, parts, wanted))
        ]
        if not hits:
            archive = found[0].file.removesuffix("/" + found[0].inner.replace("\\", "/"))
            there = ", ".join(member.inner for member in found[:6]) + (" ..." if len(found) > 6 else "")
            raise DataProblem(
                f"{archive}: no file in the archive matches {pattern!r}; it holds {there}. Correct files."
            )
        kept.update((member.inner, member) for member in hits)
    return [member for member in found if member.inner in kept]
