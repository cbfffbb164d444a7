"""Marks of persons in what is about to be handed over: pseudonyms and e-mail addresses, in texts and inside files."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from analysis.foundation.schema import DisclosureProblem

# A pseudonym as intake makes it: even these stay inside.
PSEUDONYM = re.compile(r"(?<![0-9a-z])p[0-9a-f]{12}(?![0-9a-z])")
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[A-Za-z]{2,24}\b")
_PNG, _ZIP, _PDF = b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"%PDF-"
_STREAM = re.compile(rb"stream\r?\n")


def check_texts(texts: Mapping[str, str]) -> None:
    """Refuse texts that hold a pseudonym or an e-mail address.

    Parameters
    ----------
    texts
        Name of a deliverable -> everything it says.

    Raises
    ------
    DisclosureProblem
        A deliverable holds one; the message names the deliverable alone.

    Examples
    --------
    >>> check_texts({"assessment.pdf": "Team North 1 waits 31 %"})
    >>> check_texts({"assessment.pdf": "p0123456789ab waits 31 %"})
    Traceback (most recent call last):
        ...
    analysis.foundation.schema.DisclosureProblem: assessment.pdf: holds 1 pseudonyms of people. Nothing was written. Look for a column that names people in a table of groups or findings.
    """
    for name, text in texts.items():
        _refuse(name, "pseudonyms of people", len(PSEUDONYM.findall(text)))
        _refuse(name, "e-mail addresses", len(ADDRESS.findall(text)))


def check_files(files: Mapping[str, bytes]) -> None:
    """Refuse files that hold a pseudonym anywhere, or an e-mail address in what a reader sees of them.

    Parameters
    ----------
    files
        Name of a deliverable -> its bytes, before they are written: PDF (all streams, so alt texts and metadata too), SVG, PNG (text chunks), workbooks (all
        parts, so names of sheets too), JSON and other text.

    Raises
    ------
    DisclosureProblem
        A file holds one; the message names the file alone.

    Notes
    -----
    Words on a page of a PDF are numbers of glyphs and cannot be read here: :func:`check_texts` looks at them before they are set. Streams of a PDF
    hold fonts, which may name their maker, so addresses are not looked for there.

    Examples
    --------
    >>> check_files({"figures/groups.svg": b"<svg><title>Claims 31 %</title></svg>"})
    """
    for name, content in files.items():
        for text in _texts_of(content):
            _refuse(name, "pseudonyms of people", len(PSEUDONYM.findall(text)))
            if not content.startswith(_PDF):
                _refuse(name, "e-mail addresses", len(ADDRESS.findall(text)))


def _refuse(name: str, what: str, count: int) -> None:
    if count:
        raise DisclosureProblem(
            f"{name}: holds {count} {what}. Nothing was written. "
            "Look for a column that names people in a table of groups or findings."
        )


def _texts_of(content: bytes) -> Iterator[str]:
    """Yield every text inside a file."""
    if content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.infolist():
                yield part.filename
                yield parts.read(part).decode("utf-8", errors="replace")
    elif content.startswith(_PNG):
        yield from _of_png(content)
    elif content.startswith(_PDF):
        for part in (content, *_streams(content)):
            yield part.decode("latin-1")
            # strings of a PDF are often two bytes a letter
            yield part.replace(b"\x00", b"").decode("latin-1")
    else:
        yield content.decode("utf-8", errors="replace")


def _of_png(content: bytes) -> Iterator[str]:
    """Yield the text chunks of a PNG."""
    at = len(_PNG)
    while at + 8 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield body.decode("utf-8", errors="replace")
        elif kind == b"zTXt":
            yield zlib.decompress(body.split(b"\x00", 1)[1][1:]).decode("latin-1")
        at += 12 + length


def _streams(content: bytes) -> Iterator[bytes]:
    """Yield the unpacked streams of a PDF; what is not packed by deflate is in the file as it is."""
    for found in _STREAM.finditer(content):
        try:
            yield zlib.decompressobj().decompress(memoryview(content)[found.end() :])
        except zlib.error:
            # a picture or a font in another packing
            continue
