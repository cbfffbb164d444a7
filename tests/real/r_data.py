"""A reader of data frames that R saved, for tests alone: the kit itself opens no R data."""

from __future__ import annotations

import lzma
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Kinds of value in R's serialization format (XDR), as far as data frames need them.
NULL, REFERENCE, ALTERNATIVE = 254, 255, 238
SYMBOL, PAIRS, CHARACTERS, LOGICAL, INTEGER, REAL, STRINGS, LIST = 1, 2, 9, 10, 13, 14, 16, 19
MISSING = -(2**31)


class _Reader:
    """Reads one value after the other; a value is (content, attributes)."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.seen = data, 0, []

    def integers(self, count: int) -> np.ndarray:
        return np.frombuffer(self._take(4 * count), dtype=">i4")

    def _take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]

    def value(self) -> Any:
        flags = int(self.integers(1)[0])
        kind, has_attributes, has_tag = flags & 0xFF, bool(flags & 0x200), bool(flags & 0x400)
        if kind == NULL:
            return None, {}
        if kind == REFERENCE:
            return self.seen[(flags >> 8) - 1], {}
        if kind == SYMBOL:
            self.seen.append(self.value()[0])
            return self.seen[-1], {}
        if kind == PAIRS:
            return self._pairs(has_attributes, has_tag)
        if kind == CHARACTERS:
            size = int(self.integers(1)[0])
            return (None if size < 0 else self._take(size).decode("utf-8")), {}
        content = self._vector(kind)
        return content, self.value()[0] if has_attributes else {}

    def _pairs(self, has_attributes: bool, has_tag: bool) -> Any:
        if has_attributes:
            self.value()
        tag = self.value()[0] if has_tag else ""
        first = self.value()
        return {tag: first, **(self.value()[0] or {})}, {}

    def _vector(self, kind: int) -> Any:
        count = int(self.integers(1)[0])
        if kind in (LOGICAL, INTEGER):
            return self.integers(count)
        if kind == REAL:
            return np.frombuffer(self._take(8 * count), dtype=">f8")
        if kind in (STRINGS, LIST):
            items = [self.value() for _ in range(count)]
            return [content for content, _ in items] if kind == STRINGS else items
        raise ValueError(f"R value of kind {kind} is not read here")


def read_frame(path: Path) -> pd.DataFrame:
    """Return the data frame of an ``.rda`` file that holds one, factors and texts as text, times as numbers of seconds."""
    data = lzma.decompress(path.read_bytes())
    if not data.startswith(b"RDX"):
        raise ValueError("no R data")
    version = struct.unpack(">i", data[7:11])[0]
    reader = _Reader(data)
    reader.at = 19
    if version == 3:
        reader.at += 4 + struct.unpack(">i", data[19:23])[0]
    (columns, attributes) = next(iter(reader.value()[0].values()))
    names = attributes["names"][0]
    return pd.DataFrame({name: _column(*column) for name, column in zip(names, columns, strict=True)})


def _column(content: Any, attributes: dict[str, Any]) -> pd.Series:
    if "levels" in (attributes or {}):
        levels = np.array([*attributes["levels"][0], ""], dtype=object)
        codes = content.astype(np.int64)
        return pd.Series(levels[np.where(codes == MISSING, len(levels) - 1, codes - 1)])
    return pd.Series(content if isinstance(content, list) else content.astype(content.dtype.newbyteorder("=")))
