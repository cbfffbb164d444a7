"""What a pilot can see: the chance to see a change, by its size and by the length of the pilot, one panel an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.readiness import Readiness

MARGINS_MM = (10.0, 4.0, 9.0, 11.0)
HEIGHT_MM = 62.0
MOST_PANELS, MOST_LINES = 3, 4
_ORDER = ("service_level", "abandonment", "handling_s", "occupancy")
_GAP = 0.075
# power at which lines carry their number of weeks, in turns so that neighbours do not touch
_LABELS_AT = (0.32, 0.58)
_CHANCES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def panels(readiness: Readiness, pool: str | None = None) -> pd.DataFrame:
    """Return the rows of the design that have a curve, at most three, of one pool: the first by default."""
    known = readiness.pilot
    known = known[known["pool"].eq(pool or (known["pool"].iloc[0] if len(known) else "")) & known["detectable"].notna()]
    drawn = readiness.pilot_power[["pool", "outcome"]].drop_duplicates()
    kept = known.merge(drawn, on=["pool", "outcome"])
    kept = kept.assign(_order=kept["outcome"].map({name: at for at, name in enumerate(_ORDER)}))
    return kept.dropna(subset="_order").sort_values("_order").head(MOST_PANELS).reset_index(drop=True)


def lengths(readiness: Readiness, row: Any) -> list[int]:
    """Return the lengths that are drawn [weeks]: the planned one and others spread over those considered."""
    known = _power(readiness, row)["weeks"].drop_duplicates().sort_values().tolist()
    planned = int(row.weeks)
    even = [known[round(at)] for at in np.linspace(0, len(known) - 1, min(MOST_LINES, len(known)))]
    if planned in even or planned not in known:
        return sorted(set(even))
    nearest = min(even, key=lambda weeks: abs(weeks - planned))
    return sorted({planned if weeks == nearest else weeks for weeks in even})


def _power(readiness: Readiness, row: Any) -> pd.DataFrame:
    frame = readiness.pilot_power
    mine = frame[frame["pool"].eq(row.pool) & frame["outcome"].eq(row.outcome)]
    return mine.sort_values(["weeks", "effect"], kind="stable")


def missing(readiness: Readiness, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(panels(readiness, pool)) else (theme or Theme()).words("missing.pilot")


def headline(readiness: Readiness, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    row = next(panels(readiness, pool).itertuples())
    seen = _amount(float(row.detectable), row.unit_of_outcome, theme or Theme())
    key = "pilot.headline.enough" if row.status == "ok" else "pilot.headline.short"
    return words(key, weeks=int(row.weeks), seen=seen, what=row.words, power=words.n.share(row.power))


def alt_text(readiness: Readiness, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    theme = theme or Theme()
    parts = []
    for row in panels(readiness, pool).itertuples():
        low, middle, high = (
            _amount(float(getattr(row, name)), row.unit_of_outcome, theme)
            for name in ("detectable_low", "detectable", "detectable_high")
        )
        parts.append(
            theme.words("pilot.alt.part", what=row.words, weeks=int(row.weeks), seen=middle, low=low, high=high)
        )
    power = theme.words.n.share(float(panels(readiness, pool)["power"].iloc[0]))
    return theme.words("pilot.alt.all", power=power, parts="; ".join(parts))


def _amount(value: float, unit: str, theme: Theme) -> str:
    return theme.words(f"pilot.amount.{unit}", n=_number(value, unit, theme))


def _number(value: float, unit: str, theme: Theme) -> str:
    n = theme.words.n
    return n.tenth(100 * value) if unit == "share" else n.count(value) if unit == "s" else n.tenth(value)


@exhibit
def pilot_power(
    readiness: Readiness, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw the chance that the pilot sees a change: a line per length of pilot, a panel per outcome.

    Parameters
    ----------
    readiness
        The readiness assessment; its pilot and pilot_power are used.
    pool
        Which pool; the first by default.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Across: size of the change; up: chance to see it, 0 to 1. The dot is the smallest change seen with the chance that was asked
        for, its line the range that this has because few past weeks show how much days vary.

    Raises
    ------
    ValueError
        No outcome has a curve.
    """
    theme = theme or Theme()
    rows = panels(readiness, pool)
    if missing(readiness, pool=pool):
        raise ValueError(missing(readiness, pool=pool, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM)
    ax.set_axis_off()
    width = (1 - _GAP * (len(rows) - 1)) / len(rows)
    for place, row in enumerate(rows.itertuples()):
        panel = ax.inset_axes((place * (width + _GAP), 0, width, 1))
        _panel(panel, readiness, row, first=place == 0, theme=theme)
    return ax


def _panel(ax: Axes, readiness: Readiness, row: Any, *, first: bool, theme: Theme) -> None:
    frame = _power(readiness, row)
    unit = str(row.unit_of_outcome)
    drawn = lengths(readiness, row)
    reach = max(float(row.detectable_high) * 1.12, float(row.detectable) * 1.9)
    reach = min(reach, float(frame["effect"].max()))
    ax.set(xlim=(0, reach), ylim=(0, 1.02))
    for turn, weeks in enumerate(reversed(drawn)):
        one = frame[frame["weeks"] == weeks]
        _line(ax, one, planned=weeks == int(row.weeks), at=_LABELS_AT[turn % 2], theme=theme)
    wanted = float(row.power)
    ax.axhline(wanted, color=style.RULE, lw=0.8, zorder=1)
    low, high = min(float(row.detectable_low), reach), min(float(row.detectable_high), reach)
    ax.plot([low, high], [wanted, wanted], color=theme.accent, lw=2.2, solid_capstyle="butt", zorder=4)
    ax.plot([row.detectable], [wanted], "o", ms=5.5, mfc=theme.accent, mec="white", mew=0.8, zorder=5)
    text = _amount(float(row.detectable), unit, theme)
    foot = 2.5 / style.size_pt(ax)[1]
    ax.text(float(row.detectable), wanted + foot, text, size=style.VALUE, weight=600, color=theme.accent, ha="right", va="bottom", zorder=6)  # fmt: skip
    title = theme.words(f"pilot.title.{row.outcome}")
    ax.text(0, 1 + 5 / style.size_pt(ax)[1], title, size=style.LABEL, weight=600, color=theme.ink, ha="left", va="bottom", transform=ax.transAxes)  # fmt: skip
    marks = [mark for mark in style.round_ticks(0, reach, 5) if 0 <= mark <= reach]
    ax.set_xticks(marks, [_mark(mark, unit, theme) for mark in marks])
    ax.set_xlabel(theme.words(f"pilot.axis.{unit}"), labelpad=2)
    ax.set_yticks(_CHANCES, [theme.words.n.share(chance) if first else "" for chance in _CHANCES])
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_color(style.MUTED)
    ax.tick_params(length=0, pad=2)
    if first:
        ax.text(reach, 4 / style.size_pt(ax)[1], theme.words("pilot.key"), size=style.SMALL, color=style.MUTED, ha="right", va="bottom")  # fmt: skip


def _mark(value: float, unit: str, theme: Theme) -> str:
    return theme.words.n.short(100 * value if unit == "share" else value)


def _line(ax: Axes, frame: pd.DataFrame, *, planned: bool, at: float, theme: Theme) -> None:
    """Draw one length of pilot and write its weeks on it."""
    effect, power = (frame[name].to_numpy(dtype=float) for name in ("effect", "power"))
    fine = np.linspace(effect[0], min(effect[-1], ax.get_xlim()[1]), 120)
    curve = np.interp(fine, effect, power)
    colour, weight = (theme.accent, 1.8) if planned else (style.MUTED, 0.9)
    ax.plot(fine, curve, color=colour, lw=weight, zorder=3 if planned else 2)
    if curve[-1] <= at:
        return
    where = float(np.interp(at, np.maximum.accumulate(curve) + 1e-9 * np.arange(len(curve)), fine))
    ax.text(
        where, at, f"{int(frame['weeks'].iloc[0])}", size=style.VALUE if planned else style.SMALL,
        weight=600 if planned else 400, color=colour, ha="center", va="center", zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip
