"""What would turn the recommendation: other loads, lengths of items and times to resume, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

ROW_MM, MARGINS_MM = 16.5, (0.2, 0.2, 0.2, 0.2)
# Up to so many turns are named with what would be recommended there; the boxes say it for all.
MOST_NAMED = 2
NAMES = 0.2
MOST_CELLS = 6
# factors whose settings are seconds; all others are multiples of today
IN_SECONDS = ("resumption",)
# factors that have a word of their own
WORDS = {0.5: "half", 2.0: "twice"}
SAME, OTHER, NONE = 0.11, "#FBEFD2", "#FAF0EE"
LINE_PT = 9.2


def rows(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the circumstances of a pool, of the first pool by default, each factor from its lowest setting."""
    frame = blending.flips
    known = list(frame["pool"].drop_duplicates())
    if not known:
        return frame
    mine = frame[frame["pool"] == (pool or known[0])].drop_duplicates(["factor", "setting"])
    place = {factor: number for number, factor in enumerate(mine["factor"].drop_duplicates())}
    order = mine.assign(_place=mine["factor"].map(place)).sort_values(["_place", "setting"], kind="stable")
    return order.drop(columns="_place").reset_index(drop=True)


def factors(blending: Blending, pool: str | None = None) -> list[str]:
    """Return the factors in their order."""
    return list(rows(blending, pool)["factor"].drop_duplicates())


def turned(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return, of each factor, the setting next to today's at which another policy, or none, would be recommended."""
    found = []
    for _, part in rows(blending, pool).groupby("factor", sort=False):
        own = part[part["today"]]
        if own.empty:
            continue
        base = own.iloc[0]
        other = part[part["recommended"] != base["recommended"]]
        if len(other):
            far = (other["setting"] - base["setting"]).abs()
            found.append(other.loc[far.idxmin()])
    return pd.DataFrame(found, columns=rows(blending, pool).columns)


def height_mm(blending: Blending, pool: str | None = None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * len(factors(blending, pool)) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(rows(blending, pool)) > 1 else (theme or Theme()).words("missing.turns")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    frame, found = rows(blending, pool), turned(blending, pool)
    tried = words.n.count(int((~frame["today"]).sum()))
    if found.empty:
        return words("turns.headline.stands", tried=tried)
    if len(found) > MOST_NAMED:
        what = words.listed([_circumstance(row, words) for row in found.itertuples()])
        return words("turns.headline.turns", tried=tried, parts=what)
    said = [
        words(
            "turns.headline.other",
            what=_circumstance(row, words),
            policy=_lower(_policy(row.recommended, words)),
        )
        for row in found.itertuples()
    ]
    return words("turns.headline.turns", tried=tried, parts="; ".join(said))


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words(
            "turns.alt.cell",
            factor=_factor(row, words),
            setting=_setting(row, words),
            policy=_policy(row.recommended, words),
            figures=_figures(row, words),
        )
        for row in rows(blending, pool).itertuples()
    ]
    return words("turns.alt.all", parts="; ".join(parts))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _factor(row: Any, words: Words) -> str:
    key = f"turns.factor.{row.factor}"
    return words(key) if key in words else str(row.words)


def _policy(key: str, words: Words) -> str:
    if not key:
        return words("turns.nothing")
    return words(f"policy.{key}") if f"policy.{key}" in words else key


def _setting(row: Any, words: Words) -> str:
    """Return a setting as it is said: seconds, or what it is more or less than today."""
    n = words.n
    if row.factor in IN_SECONDS:
        text = n.length(float(row.setting))
        return words("turns.today_at", setting=text) if row.today else text
    if row.today:
        return words("turns.today")
    setting = float(row.setting)
    if setting in WORDS:
        return words(f"turns.{WORDS[setting]}")
    if setting > max(WORDS):
        return words("turns.times", times=words.n.short(setting))
    return words("turns.more" if setting > 1 else "turns.less", points=words.n.short(abs(100 * (setting - 1)), 3))


def _circumstance(row: Any, words: Words) -> str:
    """Return a circumstance in the middle of a sentence."""
    key = f"turns.at.{row.factor}"
    if key not in words:
        return words("turns.at.other", factor=_lower(_factor(row, words)), setting=_setting(row, words))
    return words(key, setting=_setting(row, words), times=words.n.short(float(row.setting)))


def _figures(row: Any, words: Words) -> str:
    n = words.n
    level = n.share(row.service_level) if pd.notna(row.service_level) else "–"
    hours = n.hours(row.item_h_per_week) if pd.notna(row.item_h_per_week) and row.recommended else "0"
    return words("turns.figures", hours=hours, share=level)


@exhibit
def flips(blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw, for each circumstance, what would be recommended at other settings than today's.

    Parameters
    ----------
    blending
        The blending assessment.
    pool
        Which pool; the first by default.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        In points from the top left; one row a factor, one box a setting from low to high, green where the
        recommendation stands.

    Raises
    ------
    ValueError
        No circumstance was varied.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    frame = rows(blending, pool)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(blending, pool), margins_mm=MARGINS_MM))
    high = sheet.height / len(factors(blending, pool))
    most = min(int(frame.groupby("factor").size().max()), MOST_CELLS)
    wide = sheet.width * (1 - NAMES) / most
    for place, (_, part) in enumerate(frame.groupby("factor", sort=False)):
        y = place * high
        name = _wrapped(_factor(next(part.itertuples()), theme.words), style.VALUE, NAMES * sheet.width - 6)
        for number, line in enumerate(name):
            sheet.say(0, y + 19 + number * LINE_PT, line, size=style.VALUE, weight=600, color=theme.ink)
        own = part.loc[part["today"], "recommended"]
        for number, row in enumerate(part.head(most).itertuples()):
            box = (NAMES * sheet.width + number * wide, y, wide, high)
            _cell(sheet, row, box, str(own.iloc[0]) if len(own) else None, theme)
    return sheet.ax


def _cell(sheet: Sheet, row: Any, box: tuple[float, float, float, float], own: str | None, theme: Theme) -> None:
    """Draw one setting: its name above, what would be recommended and what that would move."""
    (x, y, wide, high), words = box, theme.words
    same = own is None or row.recommended == own
    colour = theme.tint(SAME) if same and row.recommended else OTHER if row.recommended else NONE
    ink = theme.accent if same and row.recommended else theme.ink if row.recommended else style.WARNING
    weight = 600 if row.today else 400
    sheet.say(x + 1, y + 7, _setting(row, words), weight=weight, color=theme.ink if row.today else style.MUTED)
    edge = {"edgecolor": theme.accent, "lw": 1.0} if row.today else {}
    sheet.box(x, y + 12, (wide - 4, high - 15), colour, **edge)
    key = f"policy_short.{row.recommended or 'none'}"
    short = words(key) if key in words else _policy(row.recommended, words)
    lines = _wrapped(short, style.SMALL, wide - 9)[:2]
    for number, line in enumerate(lines):
        sheet.fitted(x + 3, y + 18 + number * 8.4, line, wide - 9, color=ink, weight=600)
    sheet.fitted(x + 3, y + high - 8, _figures(row, words), wide - 9, color=theme.ink)


def _wrapped(text: str, size: float, room: float) -> list[str]:
    """Return a text in lines that are not wider than `room` points, words kept whole."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and style.text_width_pt(longer, size, 600) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
