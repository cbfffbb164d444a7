"""How ready the client is: the level of every criterion with the spread of its raters, gates marked."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

LEVELS = 4


def domains(readiness: Any) -> list[tuple[str, pd.DataFrame]]:
    """Return the domains in the catalogue's order with their criteria."""
    frame = readiness.criteria
    return [(str(name), frame[frame["domain"] == name]) for name in frame["domain"].drop_duplicates()]


def missing(readiness: Any, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if readiness.criteria["level"].notna().any() else (theme or Theme()).words("missing.readiness")


def counts(readiness: Any) -> dict[str, int]:
    """Return how many criteria are answered, weak (below 2) and strong (3 or more), and how many gates are passed."""
    frame = readiness.criteria
    level, gate = frame["level"], frame["gate"].astype(bool)
    return {
        "criteria": len(frame),
        "answered": int(level.notna().sum()),
        "weak": int((level < 2).sum()),
        "strong": int((level >= 3).sum()),
        "gates": int(gate.sum()),
        "passed": int((level[gate] >= 3).sum()),
    }


def headline(readiness: Any, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    return words("profile.headline", **counts(readiness))


def alt_text(readiness: Any, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for name, frame in domains(readiness):
        levels = [
            words("profile.alt.level", criterion=row.criterion, level=row.level)
            if pd.notna(row.level)
            else words("profile.alt.none", criterion=row.criterion)
            for row in frame.itertuples()
        ]
        parts.append(words("profile.alt.domain", domain=words(f"domain.{name}"), levels=", ".join(levels)))
    return " ".join(parts)


@exhibit
def readiness_profile(readiness: Any, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the level of every criterion from 0 to 4 with the raters' spread, in two columns by domain.

    Parameters
    ----------
    readiness
        The readiness assessment.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Two columns side by side; one row a criterion.

    Raises
    ------
    ValueError
        No criterion has a level.
    """
    theme = theme or Theme()
    if missing(readiness):
        raise ValueError(missing(readiness, theme=theme))
    halves = columns(readiness)
    rows = max(sum(len(frame) + 2 for _, frame in column) for column in halves) - 1
    ax = style.axes(ax, width_mm=166, height_mm=4.6 * rows, margins_mm=(1, 1, 1, 1))
    ax.set(xlim=(0, style.size_pt(ax)[0]), ylim=(rows, 0))
    gap = 16.0
    width = (style.size_pt(ax)[0] - gap) / 2
    for place, column in enumerate(halves):
        left, y = place * (width + gap), 0.0
        for name, frame in column:
            _head(ax, (left, width), y + 0.5, theme.words(f"domain.{name}"), theme)
            for row in frame.rename(columns={"name": "title"}).itertuples():
                y += 1
                _criterion(ax, (left, width), y + 0.5, row, theme)
            y += 2
    ax.set_axis_off()
    return ax


def columns(readiness: Any) -> list[list[tuple[str, pd.DataFrame]]]:
    """Divide the domains into two columns of nearly the same height, in order."""
    parts = domains(readiness)
    sizes = [len(frame) + 2 for _, frame in parts]
    cut = min(range(len(parts) + 1), key=lambda place: max(sum(sizes[:place]), sum(sizes[place:])))
    return [parts[:cut], parts[cut:]]


def _scale(left: float, width: float, level: float) -> float:
    """Return where a level lies: the scale takes the right quarter of a column."""
    return left + width * (0.815 + 0.17 * level / LEVELS)


def _head(ax: Axes, room: tuple[float, float], y: float, text: str, theme: Theme) -> None:
    """Name a domain and its levels."""
    left, width = room
    ax.text(left, y, text, size=style.VALUE, weight=600, va="center_baseline", color=theme.ink)
    for level in range(LEVELS + 1):
        ax.text(
            _scale(left, width, level),
            y,
            str(level),
            size=style.SMALL,
            color=style.MUTED,
            ha="center",
            va="center_baseline",
        )
    ax.plot([left, left + width], [y + 0.5, y + 0.5], color=style.MUTED, lw=style.HAIR)


def _criterion(ax: Axes, room: tuple[float, float], y: float, row: Any, theme: Theme) -> None:
    """Draw one criterion: code, words, spread and level; a gate stands in a square, its code in semibold."""
    left, width = room
    ax.plot([left, left + width], [y + 0.5, y + 0.5], color=style.RULE, lw=style.HAIR * 0.6)
    gate = bool(row.gate)
    ax.text(left, y, row.criterion, size=style.SMALL, weight=600 if gate else 400, va="center_baseline")
    text = style.fitted(str(row.title), style.SMALL, width * 0.785 - 20)
    ax.text(left + 20, y, text, size=style.SMALL, color=theme.ink if gate else style.MUTED, va="center_baseline")
    if pd.isna(row.level):
        ax.text(
            _scale(left, width, 2),
            y,
            theme.words("profile.unknown"),
            size=style.SMALL,
            color=style.WARNING,
            ha="center",
            va="center_baseline",
        )
        return
    if pd.notna(row.low_level) and row.high_level > row.low_level:
        ends = [_scale(left, width, level) for level in (row.low_level, row.high_level)]
        ax.plot(ends, [y, y], color="#AEB8C2", lw=2.2, solid_capstyle="round")
    closed = gate and row.level < 3
    colour = style.WARNING if (closed and row.level == 0) or row.level < 2 else style.MEANINGS["utilization"][0]
    face = "white" if closed and row.level >= 2 else colour
    ax.plot([_scale(left, width, row.level)], [y], "s" if gate else "o", ms=5, mfc=face, mec=colour, mew=1.1, zorder=3)
