"""Draws every chart of the report at the size at which it is printed, for pages as SVG and for slides as PNG."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report.blocks import Chapter, Drawing, Exhibit
from analysis.report.numbers import plain
from analysis.report.typeset import compiled

if TYPE_CHECKING:
    from analysis.report.brand import Brand
    from analysis.report.exhibits.theme import Theme
    from analysis.report.paper import Paper

POINTS_PER_INCH = 72
DOTS_PER_INCH = 200
METRES_PER_INCH = 0.0254
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def drawings_of(chapters: Sequence[Chapter]) -> list[Drawing]:
    """Return the charts of all chapters in their order."""
    parts = [part for chapter in chapters for part in chapter.parts]
    return [part.drawing for part in parts if isinstance(part, Exhibit) and part.drawing is not None]


def draw_figures(drawings: Sequence[Drawing], folder: Path, *, paper: Paper, theme: Theme) -> tuple[Path, ...]:
    """Write every chart as SVG into a folder; return the files.

    Raises
    ------
    ValueError
        Two charts have one name, so that one would replace the other.
    """
    names = [drawing.name for drawing in drawings]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two charts are called {', '.join(twice)}")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from analysis.report.exhibits import style

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for drawing in drawings:
        path = folder / f"{drawing.name}.svg"
        with mpl.rc_context(theme.settings()):
            size = (paper.columns_mm(drawing.columns) / 25.4, drawing.height_mm / 25.4)
            figure = Figure(figsize=size, dpi=POINTS_PER_INCH)
            drawing.draw(style.inside(figure, drawing.margins_mm))
            style.save(figure, path)
        files.append(path)
    return tuple(files)


def picture_figures(files: Sequence[Path], told: Mapping[str, str], *, brand: Brand) -> tuple[Path, ...]:
    """Write every chart as PNG beside its SVG, on white; return the files.

    Parameters
    ----------
    files
        The charts as SVG.
    told
        What each file shows, in words, by its name; it becomes the picture's description.
    brand
        Typeface of the texts in the charts.

    Raises
    ------
    PageError
        A chart could not be turned into a picture.

    Notes
    -----
    The pictures are made from the SVG by the compiler that sets the pages, so that both show the same. Equal charts give equal bytes: no date,
    and no name of a program or a machine is written.
    """
    if not files:
        return ()
    with tempfile.TemporaryDirectory(prefix="pictures-") as name:
        main = Path(name) / "pictures.typ"
        pages = []
        for number, file in enumerate(files):
            # names of the kit, but a number needs no quoting in any case
            (main.parent / f"{number}.svg").write_bytes(file.read_bytes())
            pages.append(f'#image("{number}.svg")')
        setup = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
        main.write_text(setup + "\n#pagebreak()\n".join(pages), encoding="utf-8", newline="\n")
        made = compiled(main, brand, format="png", ppi=float(DOTS_PER_INCH))
    pictures = [made] if isinstance(made, bytes) else made
    written = tuple(file.with_suffix(".png") for file in files)
    for path, source, picture in zip(written, files, pictures, strict=True):
        path.write_bytes(described(picture, plain(told.get(source.name, ""))))
    return written


def described(picture: bytes, text: str) -> bytes:
    """Return a PNG with its size in print and, where there is one, a description.

    Parameters
    ----------
    picture
        A PNG without either.
    text
        What it shows, in words.
    """
    dots = round(DOTS_PER_INCH / METRES_PER_INCH)
    chunks = _chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1))
    if text:
        # keyword, no compression, no language, no translated keyword
        chunks += _chunk(b"iTXt", b"Description\x00\x00\x00\x00\x00" + text.encode("utf-8"))
    # both stand behind the header, which is the first chunk: 4 of length, 4 of name, 13 of content, 4 of check
    end = len(SIGNATURE) + 25
    return picture[:end] + chunks + picture[end:]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def told_by(record: Any) -> Iterator[tuple[str, str]]:
    """Yield file and description of every chart that a record for the template names, however deep.

    Examples
    --------
    >>> dict(told_by({"rows": [{"file": "a.svg", "alt": "Agents wait 31 %."}, {"file": ""}]}))
    {'a.svg': 'Agents wait 31 %.'}
    """
    if isinstance(record, Mapping):
        if record.get("file") and "alt" in record:
            yield record["file"], record["alt"]
        for part in record.values():
            yield from told_by(part)
    elif isinstance(record, list | tuple):
        for part in record:
            yield from told_by(part)
