"""Draws every chart of the report at the size at which it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from analysis.report.blocks import Chapter, Drawing, Exhibit
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme
from analysis.report.paper import Paper

POINTS_PER_INCH = 72


def drawings_of(chapters: Sequence[Chapter]) -> list[Drawing]:
    """Return the charts of all chapters in their order."""
    parts = [part for chapter in chapters for part in chapter.parts]
    return [part.drawing for part in parts if isinstance(part, Exhibit) and part.drawing is not None]


def draw_figures(drawings: Sequence[Drawing], folder: Path, *, paper: Paper, theme: Theme) -> tuple[Path, ...]:
    """Write every chart as SVG into a folder; return the files."""
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
