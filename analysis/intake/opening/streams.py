"""Text of any encoding as blocks of UTF-8, never whole in memory."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from analysis.foundation.schema import DataProblem, Finding

# So much of a text is in memory at once; parsing holds a few blocks at a time.
BLOCK_BYTES = 1 << 22
Report = Callable[[int, int], None]
Coding = Literal["utf-8", "utf-16", "cp1252"]

_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")
_DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
_MARK_8 = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file, which may be read more than once.

    Attributes
    ----------
    file
        Name for messages.
    open
        Opens it at its start.
    size
        Bytes as it lies there.
    packed
        It is a gzip file.
    """

    file: str
    open: Callable[[], IO[bytes]]
    size: int
    packed: bool = False

    @classmethod
    def of_bytes(cls, file: str, data: bytes) -> Content:
        """Return content that is in memory already."""
        return cls(file, lambda: io.BytesIO(data), len(data))

    @classmethod
    def of_path(cls, file: str, path: Path, *, packed: bool = False) -> Content:
        """Return the content of a file, plain or gzip."""
        opened = getattr(path, "stream", None) or (lambda: path.open("rb"))
        return cls(file, opened, path.stat().st_size, packed)

    def head(self, size: int) -> bytes:
        """Return the first bytes of the unpacked content."""
        with self.open() as raw:
            try:
                return (gzip.GzipFile(fileobj=raw) if self.packed else raw).read(size)
            except _DAMAGED:
                raise self._damaged() from None

    def _damaged(self) -> DataProblem:
        return DataProblem(f"{self.file}: the gzip file is damaged or was cut off. Export it again.")

    def blocks(self, report: Report | None = None) -> Iterator[bytes]:
        """Yield the unpacked content in blocks, telling how many bytes of how many were read.

        Raises
        ------
        DataProblem
            A gzip file is damaged, or unpacks to more than any export does.
        """
        from analysis.intake.opening.files import guard_ratio

        size, at_once = 0, BLOCK_BYTES
        with self.open() as raw:
            stream = gzip.GzipFile(fileobj=raw) if self.packed else raw
            try:
                while block := stream.read(at_once):
                    size += len(block)
                    if self.packed:
                        guard_ratio(self.file, size, self.size)
                    if report is not None:
                        report(min(raw.tell(), self.size), self.size)
                    yield block
            except _DAMAGED:
                raise self._damaged() from None


class NotUtf8(Exception):
    """A text stops being UTF-8 at some byte; it has to be read again in another encoding, or refused."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the encoding in which it is read.

    Attributes
    ----------
    content
        Its bytes.
    coding
        Encoding; ``"utf-8"`` may turn out to be wrong while it is read.
    findings
        What was converted.
    """

    content: Content
    coding: Coding
    findings: tuple[Finding, ...] = field(default=())

    def blocks(self, report: Report | None = None) -> Iterator[bytes]:
        """Yield the text as UTF-8 without a byte-order mark, in blocks that never part a letter.

        Raises
        ------
        NotUtf8
            The text was taken for UTF-8 and is not.
        DataProblem
            The text cannot be decoded, or holds NUL bytes, which readers take for the end of a cell or drop.
        """
        for block in self._decoded(report):
            if b"\0" in block:
                raise self._nul()
            yield block

    def seekable_from(self) -> int | None:
        """Return where the text begins in a file in which each of its bytes stands as it is; None where it was unpacked or converted."""
        with self.content.open() as raw:
            if self.content.packed or self.coding != "utf-8" or not raw.seekable():
                return None
            return len(_MARK_8) if raw.read(len(_MARK_8)) == _MARK_8 else 0

    def _decoded(self, report: Report | None) -> Iterator[bytes]:
        blocks = self.content.blocks(report)
        if self.coding == "utf-16":
            return _from_utf16(self.content.file, blocks)
        blocks = _without_mark(blocks)
        return _from_cp1252(self.content.file, blocks) if self.coding == "cp1252" else _whole_letters(blocks)

    def _nul(self) -> DataProblem:
        """Return the refusal of a text with NUL bytes, all of them counted."""
        count = line = lines = 0
        for block in self._decoded(None):
            found = block.count(b"\0")
            if found and not count:
                line = lines + block.count(b"\n", 0, block.find(b"\0")) + 1
            count += found
            lines += block.count(b"\n")
        return DataProblem(
            f"{self.content.file}: {count} NUL bytes in the text (first: line {line}). "
            'Export the file again; if it is UTF-16 without a mark, set encoding = "utf-16".'
        )

    def again(self, odd: NotUtf8, stated: str | None) -> Text:
        """Return the text to be read as Windows text, after it turned out not to be UTF-8.

        Raises
        ------
        DataProblem
            Some of it is UTF-8 beyond doubt, so the file mixes encodings; or UTF-8 was stated.
        """
        line, mixed, before = 1, False, b""
        at = 0
        for block in _without_mark(self.content.blocks()):
            line += block.count(b"\n", 0, max(0, min(len(block), odd.at - at)))
            at += len(block)
            mixed = mixed or _MULTIBYTE.search(before + block) is not None
            before = block[-1:]
        file = self.content.file
        if stated == "utf-8" or mixed:
            raise DataProblem(
                f"{file}: the text mixes encodings (first byte that is not UTF-8: {odd.at}, line {line}). "
                'Export the file again as UTF-8, or set encoding = "cp1252" if it is Windows text throughout.'
            )
        return _windows(self.content)


def open_text(content: Content, encoding: Coding | None) -> Text:
    """Return a text to be read in the encoding stated, or the one that its first bytes show."""
    head = content.head(2) if encoding is None else b""
    if encoding == "utf-16" or head in _MARKS_16:
        note = Finding("encoding", "fixed", content.file, f"{content.file}: read as UTF-16 and converted.")
        return Text(content, "utf-16", (note,))
    return _windows(content) if encoding == "cp1252" else Text(content, "utf-8")


def to_utf8(file: str, data: bytes, *, encoding: Coding | None, findings: list[Finding]) -> bytes:
    """Return a text that is in memory as UTF-8 without a byte-order mark, noting what was converted."""
    text = open_text(Content.of_bytes(file, data), encoding)
    try:
        converted = b"".join(text.blocks())
    except NotUtf8 as odd:
        text = text.again(odd, encoding)
        converted = b"".join(text.blocks())
    findings += text.findings
    return converted


def _windows(content: Content) -> Text:
    note = Finding("encoding", "fixed", content.file, f"{content.file}: read as Windows text (cp1252) and converted.")
    return Text(content, "cp1252", (note,))


def _without_mark(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield blocks without the mark with which UTF-8 may begin."""
    head = b""
    for block in blocks:
        head += block
        if len(head) >= len(_MARK_8):
            break
    if head.removeprefix(_MARK_8):
        yield head.removeprefix(_MARK_8)
    yield from blocks


def _whole_letters(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield UTF-8 in blocks that end with a whole letter."""
    rest, at = b"", 0
    for block in blocks:
        data = rest + block
        if data.isascii():
            length = len(data)
        else:
            try:
                length = codecs.utf_8_decode(data, "strict", False)[1]
            except UnicodeDecodeError as error:
                raise NotUtf8(at + error.start) from None
        rest = data[length:]
        if length:
            yield data[:length] if rest else data
        at += length
    if rest:
        raise NotUtf8(at)


def _from_cp1252(file: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield Windows text as UTF-8."""
    at = 0
    for block in blocks:
        try:
            text = block.decode("cp1252")
        except UnicodeDecodeError as error:
            raise DataProblem(
                f"{file}: the text is neither UTF-8 nor Windows text (first odd byte: {at + error.start}). "
                "Export the file again as UTF-8."
            ) from None
        at += len(block)
        yield text.encode("utf-8")


def _from_utf16(file: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield UTF-16 as UTF-8."""
    decoder, at, ended = codecs.getincrementaldecoder("utf-16")(), 0, False
    while not ended:
        block = next(blocks, b"")
        ended = not block
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, final=ended)
        except UnicodeDecodeError as error:
            raise DataProblem(
                f"{file}: the UTF-16 text breaks off at byte {at - waiting + error.start}. Export the file again as UTF-8."
            ) from None
        at += len(block)
        if text:
            yield text.encode("utf-8")
