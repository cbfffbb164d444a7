"""XML parts of a workbook, without document types and entities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from analysis.intake.opening.workbook.limits import Refusal

BLOCK_BYTES = 1 << 18


Start = Callable[[str, dict[str, str]], None]


def parse(
    stream: IO[bytes], start: Start, end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None
) -> None:
    """Run an XML part through expat to its end; see :func:`parse_by_block`."""
    for _ in parse_by_block(stream, start, end, text):
        pass


def parse_by_block(
    stream: IO[bytes], start: Start, end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Run an XML part through expat, pausing after each block; names arrive without their namespace.

    Raises
    ------
    Refusal
        It declares a document type or entities.
    """

    def refuse(*_: Any) -> None:
        raise Refusal("its XML declares entities or a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    short: dict[str, str] = {}

    def bare(name: str) -> str:
        if name not in short:
            short[name] = name.rpartition(" ")[2]
        return short[name]

    def on_start(name: str, attributes: dict[str, str]) -> None:
        start(bare(name), {bare(key): value for key, value in attributes.items()} if attributes else attributes)

    parser.StartElementHandler = on_start
    if end is not None:
        parser.EndElementHandler = lambda name: end(bare(name))
    if text is not None:
        parser.CharacterDataHandler = text
    while block := stream.read(BLOCK_BYTES):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield
