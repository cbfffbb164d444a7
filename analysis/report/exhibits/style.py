"""What all exhibits share: colours by meaning, sizes in millimetres and points, direct labels that never touch."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from analysis.foundation.assets import assets
from analysis.report.numbers import Numbers
from analysis.report.typeset import UNSHOWN

INK, MUTED, RULE, PANEL = "#1B2733", "#5B6875", "#D5DBE1", "#F4F6F8"
ACCENT, WARNING = "#0B7A75", "#A3352B"
# The same meaning keeps its colour through the whole report; the second entry is the text that is legible on it.
MEANINGS: dict[str, tuple[str, str]] = {
    "utilization": ("#1F4E79", "#FFFFFF"),
    "support": ("#6A97BF", INK),
    "idle": ("#EBBB4E", INK),
    "away": ("#B8502A", "#FFFFFF"),
    "unaccounted": ("#D9DDE2", INK),
}
# Waiting from none to much, monotone in lightness so that it reads in grey.
WAITING_RAMP = ("#FFFFFF", "#FBEFD2", "#F3D58E", "#EBBB4E", "#C48A1E", "#8A5A0C", "#573704")
SMALL, LABEL, VALUE = 7.0, 7.5, 8.0
HAIR = 0.5
# steps of an axis of shares that can be told apart
MOST_TICKS = 6
# room that the label of a tick needs
TICK_PT = 26.0
MM = 72 / 25.4
SPACES = " \u00a0"
FONT_FILES = assets() / "templates" / "report" / "fonts"


@cache
def register_fonts(folder: Path = FONT_FILES) -> tuple[str, ...]:
    """Make the bundled typeface known to matplotlib, once a folder; return its families."""
    families = []
    for path in sorted(folder.glob("*.[ot]tf")):
        font_manager.fontManager.addfont(path)
        families.append(FT2Font(path).family_name)
    return tuple(dict.fromkeys(families))


@cache
def glyphs(folder: Path = FONT_FILES) -> frozenset[int]:
    """Return the characters that every upright file of a font folder can show."""
    files = [path for path in sorted(folder.glob("*.[ot]tf")) if "italic" not in path.stem.lower()]
    covered = [frozenset(FT2Font(path).get_charmap()) for path in files]
    return frozenset.intersection(*covered) if covered else frozenset()


def settings(*, font: str = "Inter", ink: str = INK) -> dict[str, Any]:
    """Return the drawing settings of every exhibit, for ``matplotlib.rc_context``."""
    register_fonts()
    return {
        "font.family": [font, "Inter"] if font != "Inter" else ["Inter"],
        "font.size": LABEL,
        "text.color": ink,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": RULE,
        "axes.linewidth": HAIR,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.labelsize": LABEL,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": LABEL,
        "ytick.labelsize": LABEL,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
        "grid.color": RULE,
        "grid.linewidth": HAIR,
        "hatch.linewidth": 0.7,
        "svg.fonttype": "none",
        "svg.hashsalt": "blending-readiness",
        "path.simplify": False,
        "text.usetex": False,
        "text.parse_math": False,
        "figure.dpi": 110,
    }


def axes(ax: Axes | None, *, width_mm: float, height_mm: float, margins_mm: tuple[float, float, float, float]) -> Axes:
    """Return `ax`, or fresh axes of a figure of this size for a notebook; margins are left, right, top, foot."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(width_mm / 25.4, height_mm / 25.4))
    return inside(figure, margins_mm)


def inside(figure: Figure, margins_mm: tuple[float, float, float, float]) -> Axes:
    """Return axes that fill a figure up to these margins [mm]: left, right, top, foot."""
    width, height = figure.get_figwidth() * 25.4, figure.get_figheight() * 25.4
    left, right, top, foot = margins_mm
    return figure.add_axes(
        (left / width, foot / height, (width - left - right) / width, (height - top - foot) / height)
    )


def size_pt(ax: Axes) -> tuple[float, float]:
    """Return the width and height of axes in points."""
    box, dpi = ax.get_window_extent(), _figure(ax).dpi
    return box.width * 72 / dpi, box.height * 72 / dpi


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes belong to no figure")
    return figure


def text_width_pt(text: str, size: float, weight: int = 400) -> float:
    """Return how wide a text is in points."""
    if not text.strip():
        return 0.0
    return _width(text, tuple(mpl.rcParams["font.family"]), size, weight)


@lru_cache(maxsize=8192)
def _width(text: str, families: tuple[str, ...], size: float, weight: int) -> float:
    """Return the width of a text in points; the same labels are measured many times."""
    font = FontProperties(family=list(families), weight=weight)
    font.set_size(size)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def spread(centres: Sequence[float], widths: Sequence[float], *, low: float, high: float, gap: float) -> list[float]:
    """Return label centres near `centres` that keep `gap` between labels and stay between `low` and `high`.

    Parameters
    ----------
    centres, widths
        Wanted centres, ascending, and widths of the labels, one unit.
    low, high
        Ends of the row.
    gap
        Least distance between two labels.

    Examples
    --------
    >>> spread([10, 12], [8, 8], low=0, high=40, gap=2)
    [6.0, 16.0]
    """
    if not centres:
        return []
    groups: list[list[float]] = []  # start, width, wanted start summed, labels
    for centre, width in zip(centres, widths, strict=True):
        groups.append([centre - width / 2, width, centre - width / 2, 1])
        while True:
            start, total, wanted, labels = groups[-1]
            groups[-1][0] = min(max(wanted / labels, low), max(high - total, low))
            if len(groups) < 2 or groups[-2][0] + groups[-2][1] + gap <= groups[-1][0]:
                break
            last = groups.pop()
            into = groups[-1]
            into[2] += last[2] - last[3] * (into[1] + gap)
            into[1] += gap + last[1]
            into[3] += last[3]
    placed, index = [], 0
    for start, _, _, labels in groups:
        left = start
        for _ in range(int(labels)):
            placed.append(left + widths[index] / 2)
            left += widths[index] + gap
            index += 1
    return [float(centre) for centre in placed]


def fitted(text: str, size: float, room: float) -> str:
    """Return a client's text as it can be drawn: unknown signs replaced, shortened with an ellipsis to fit `room` points."""
    known = glyphs()
    shown = "".join(
        sign if ord(sign) in known or sign in SPACES else UNSHOWN
        # the compiler cannot read a mark that stands over a letter of a drawing out loud; marked letters of their own stay
        for sign in unicodedata.normalize("NFC", text)
        if (sign.isprintable() or sign in SPACES) and unicodedata.category(sign) not in {"Mn", "Me"}
    )
    if text_width_pt(shown, size) <= room:
        return shown
    fits, most = 0, len(shown)
    while fits < most:
        middle = (fits + most + 1) // 2
        fits, most = (middle, most) if text_width_pt(shown[:middle] + "…", size) <= room else (fits, middle - 1)
    return shown[:fits].rstrip() + "…"


def part_points(n: Numbers, share: float) -> str:
    """Return the share of a part of a population in points: nobody is told that none or all of it is one thing.

    Examples
    --------
    >>> from analysis.report.words import load_words
    >>> [part_points(load_words().n, share) for share in (0.002, 0.31, 0.998)]
    ['<1', '31', '>99']
    """
    return {"0": "<1", "100": ">99"}.get(n.points(share), n.points(share))


def beside(ax: Axes, x: float, y: float, text: str, **more: Any) -> None:
    """Write a label at `x` in widths of the axes and `y` in data, small and muted unless told otherwise."""
    form = {"size": SMALL, "color": MUTED, "va": "center_baseline", **more}
    ax.text(x, y, text, transform=ax.get_yaxis_transform(), **form)


def aside(ax: Axes, x: float, reference_mm: float) -> float:
    """Return a place beside axes, in their widths, that keeps its distance from them on any paper.

    Parameters
    ----------
    ax
        Axes of any width.
    x
        Place in widths of axes that are `reference_mm` wide; below 0 left of them, above 1 right of them.
    reference_mm
        Width of the axes for which the place was chosen [mm].
    """
    part = reference_mm * MM / size_pt(ax)[0]
    return x * part if x < 0 else 1 + (x - 1) * part if x > 1 else x


def line(ax: Axes, xs: Sequence[float], ys: Sequence[float], **more: Any) -> None:
    """Draw a line or marks into axes whose ends are set already: nothing is measured for them, which is what takes time."""
    ax.add_artist(Line2D(list(xs), list(ys), **{"transform": ax.transData, **more}))


def box(ax: Axes, corner: tuple[float, float], size: tuple[float, float], **more: Any) -> None:
    """Fill a box into axes whose ends are set already, from its corner and its width and height."""
    ax.add_artist(Rectangle(corner, *size, **{"transform": ax.transData, **more}))


def quiet(ax: Axes, *, left: bool = False, bottom: bool = False, x: bool = False, y: bool = False) -> None:
    """Take away the spines and tick labels that are not asked for."""
    ax.spines["left"].set_visible(left)
    ax.spines["bottom"].set_visible(bottom)
    if not x:
        ax.set_xticks([])
    if not y:
        ax.set_yticks([])


def ends(low: float, high: float, *, step: float = 0.05) -> tuple[float, float]:
    """Return the ends of an axis of shares that holds `low` and `high`, on whole steps, within 0 and 1.

    Examples
    --------
    >>> ends(0.52, 0.87)
    (0.5, 0.9)
    """
    foot = math.floor(low / step + 1e-9) * step
    head = math.ceil(high / step - 1e-9) * step
    return round(max(foot, 0.0), 4), round(min(max(head, foot + 2 * step), 1.0), 4)


def share_ticks(ax: Axes, spelled: Callable[[float], str]) -> None:
    """Mark an axis of shares at round points, few enough to be read, and draw its line."""
    low, high = (round(100 * end) for end in ax.get_xlim())
    most = min(MOST_TICKS, size_pt(ax)[0] / TICK_PT)
    step = next((step for step in (5, 10, 20) if (high - low) / step <= most), 25)
    points = [point for point in range(low, high + 1) if point % step == 0]
    ax.set_xticks([point / 100 for point in points])
    ax.set_xticklabels([spelled(point / 100) for point in points])
    ax.spines["bottom"].set_visible(True)


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round points between two ends, at most so many, zero among them where it lies inside.

    Examples
    --------
    >>> round_ticks(-1200, 9000, 4)
    [0.0, 5000.0]
    """
    if not high > low:
        return [low]
    size = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(
        (
            size * factor
            for factor in (1, 2, 5, 10, 20)
            if math.floor(high / (size * factor)) - math.ceil(low / (size * factor)) < most
        ),
        size * 50,
    )
    return [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG with its texts as text, equal bytes for equal figures."""
    figure.savefig(
        path, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    drawn = path.read_text(encoding="utf-8")
    # the doctype names a remote address and the comments name versions: neither belongs in a deliverable
    drawn = re.sub(r"<!DOCTYPE[^>]*>\n?|<!--.*?-->\n?| <metadata>.*?</metadata>\n?", "", drawn, flags=re.DOTALL)
    path.write_text(re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE), encoding="utf-8", newline="\n")
