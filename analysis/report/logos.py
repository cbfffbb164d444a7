"""Looks at a firm's logo before a page is set: that it is a picture, how wide it is, and how high it is printed."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from xml.etree import ElementTree

from analysis.foundation.schema import UsageProblem

MOST_BYTES = 2_000_000
# a picture made of dots needs so many for its printed height
FEWEST_DOTS = 80
# room at the head of the first page [mm]
WIDEST_MM, HIGHEST_MM, USUAL_MM = 45.0, 12.0, 8.0
_PNG = b"\x89PNG\r\n\x1a\n"


def logo_size(path: Path) -> tuple[float, float]:
    """Return width and height of a logo in its own units.

    Parameters
    ----------
    path
        An SVG or PNG file.

    Raises
    ------
    UsageProblem
        It is no such picture, too large, too small to print, or names other files; the message says what to do.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UsageProblem(f"logo: {path.name} has {path.stat().st_size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f} are taken. Save it smaller.")  # fmt: skip
    data = path.read_bytes()
    return _svg(path.name, data) if path.suffix.lower() == ".svg" else _png(path.name, data)


def height_mm(size: tuple[float, float]) -> float:
    """Return how high a logo is printed such that it leaves room for the client's name [mm].

    Examples
    --------
    >>> height_mm((40.0, 10.0)), height_mm((200.0, 10.0)), height_mm((10.0, 30.0))
    (8.0, 2.25, 12.0)
    """
    width, height = size
    usual = HIGHEST_MM if height > width else USUAL_MM
    return min(usual, WIDEST_MM * height / width)


def _png(name: str, data: bytes) -> tuple[float, float]:
    if data[:8] != _PNG or data[12:16] != b"IHDR" or len(data) < 24:
        raise UsageProblem(f"logo: {name} is no PNG picture, whatever its ending says. Save it again as PNG or SVG.")
    width, height = struct.unpack(">II", data[16:24])
    if min(width, height) < FEWEST_DOTS:
        raise UsageProblem(f"logo: {name} has {width} x {height} dots, at least {FEWEST_DOTS} each way are needed to print it sharp. Take a larger one, or an SVG.")  # fmt: skip
    return float(width), float(height)


def _svg(name: str, data: bytes) -> tuple[float, float]:
    wrong = f"logo: {name} is no SVG picture with a size. Save it again with width and height, or with a viewBox."
    if b"<!ENTITY" in data:
        raise UsageProblem(f"logo: {name} defines entities, which are not read. Save it again as plain SVG.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise UsageProblem(wrong) from error
    if root.tag.rpartition("}")[2] != "svg":
        raise UsageProblem(wrong)
    for part in root.iter():
        for key, value in part.attrib.items():
            if key.rpartition("}")[2] == "href" and not value.startswith(("#", "data:")):
                raise UsageProblem(f"logo: {name} takes a part from another file, which is not read. Save it as one file with all its parts.")  # fmt: skip
    box = [float(number) for number in re.findall(r"-?[\d.]+", root.get("viewBox", ""))]
    found = tuple(_length(root.get(side)) for side in ("width", "height"))
    size = (box[2], box[3]) if len(box) == 4 else found
    if not all(side > 0 for side in size):
        raise UsageProblem(wrong)
    return size[0], size[1]


def _length(text: str | None) -> float:
    """Return a length in whatever unit it is; 0 where there is none."""
    number = re.fullmatch(r"\s*([\d.]+)\s*(px|pt|mm|cm|in)?\s*", text or "")
    return float(number.group(1)) if number else 0.0
