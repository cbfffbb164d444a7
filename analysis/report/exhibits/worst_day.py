"""The day that items would have hurt most, half hour by half hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import lab, replays, style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.blending.result import Blending

HEIGHT_MM, MARGINS_MM = 49.0, (0.2, 0.2, 0.2, 0.2)
LEFT_PT, RIGHT_PT, HEAD_PT, FOOT_PT = 46.0, 92.0, 6.0, 12.0
STRIP_PT, GAP_PT = 17.0, 9.0
LINES = ("observed", "replayed", "blended")
LOOKS = {"observed": (style.MUTED, 0.9, (0, (2, 1.5))), "replayed": (style.INK, 1.2, "-"), "blended": ("", 1.8, "-")}
CONTACTS = "#9FB4C8"
# labels at the ends of the lines keep this distance
LABEL_PT = 9.5


def rows(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the half hours of the worst day of a pool, of the first pool by default."""
    frame = blending.replay_slots
    known = list(frame.dropna(subset=["replayed", "blended"])["pool"].drop_duplicates())
    if not known:
        return frame.head(0)
    mine = frame[frame["pool"] == (pool or known[0])]
    return mine.sort_values("slot_of_day_s", kind="stable").reset_index(drop=True)


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if rows(blending, pool)[["replayed", "blended"]].notna().all(axis=1).sum() > 1:
        return ""
    return replays.refused(blending, pool) or (theme or Theme()).words("missing.worst_day")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = rows(blending, pool)
    worst = frame.loc[(frame["blended"] - frame["replayed"]).idxmin()]
    days = replays.days(blending, str(worst["pool"]))
    whole = next(days[days["day"] == worst["day"]].itertuples(), None)
    return words(
        "worst_day.headline.slot" if whole is None else "worst_day.headline.day",
        whole_before="" if whole is None else n.share(whole.replayed),
        whole_after="" if whole is None else n.share(whole.blended),
        day=replays.day_of(worst, words),
        clock=n.clock(worst["slot_of_day_s"]),
        before=n.share(worst["replayed"]),
        after=n.share(worst["blended"]),
    )


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    slots = [
        words(
            "worst_day.alt.slot",
            clock=n.clock(row.slot_of_day_s),
            before=n.share(row.replayed),
            after=n.share(row.blended),
            contacts=n.count(row.offered),
        )
        for row in rows(blending, pool).dropna(subset=["replayed", "blended"]).itertuples()
    ]
    return words("worst_day.alt.all", slots="; ".join(slots))


@dataclass(frozen=True, slots=True)
class _Day:
    """What every strip is drawn with: where it lies, the half hours, and where they lie."""

    sheet: Sheet
    frame: pd.DataFrame
    across: Scale
    theme: Theme


@exhibit
def replayed_day(
    blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw the day that would have hurt most: service observed, replayed and with items, contacts offered and agents on items.

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
        In points from the top left; half hours from left to right, three strips one below the other.

    Raises
    ------
    ValueError
        The replay does not give what was observed, or no day can be shown.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    frame = rows(blending, pool)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM))
    start, end = float(frame["slot_of_day_s"].min()), float(frame["slot_of_day_s"].max()) + 1800
    across = Scale(start, end, LEFT_PT, max(sheet.width - RIGHT_PT, LEFT_PT + 20))
    strips = 2 * (STRIP_PT + GAP_PT)
    foot = max(sheet.height - FOOT_PT - strips, HEAD_PT + 30)
    day = _Day(sheet, frame, across, theme)
    _service(day, (HEAD_PT, foot), lab.promises(blending, str(frame["pool"].iloc[0])))
    for place, (column, colour) in enumerate((("offered", CONTACTS), ("items_on", theme.accent))):
        top = foot + GAP_PT + place * (STRIP_PT + GAP_PT)
        _strip(day, (top, top + STRIP_PT), column, colour)
    for hour in range(int(-(-start // 3600)), int(end // 3600) + 1, 2):
        sheet.say(across(3600 * hour), sheet.height - FOOT_PT / 2, theme.words.n.clock(3600 * hour), ha="center")
    return sheet.ax


def _steps(frame: pd.DataFrame, column: str, across: Scale, up: Scale) -> list[tuple[list[float], list[float]]]:
    """Return the stretches of a line in steps, from the left end of each half hour to its right end."""
    found: list[tuple[list[float], list[float]]] = []
    last = None
    for slot, value in frame[["slot_of_day_s", column]].to_numpy(dtype="float64"):
        if pd.isna(value):
            last = None
            continue
        if last is None or slot - last > 1800:
            found.append(([], []))
        found[-1][0].extend((across(slot), across(slot + 1800)))
        found[-1][1].extend((up(value),) * 2)
        last = slot
    return found


def _service(day: _Day, at: tuple[float, float], targets: list[float]) -> None:
    """Draw the three service levels against the promise, and name them at their ends."""
    sheet, frame, across, theme = day.sheet, day.frame, day.across, day.theme
    (top, foot), words = at, theme.words
    numbers = [*frame[list(LINES)].min().dropna(), *targets]
    low = style.ends(max(min(numbers) - 0.03, 0.0), 1.0)[0]
    up = Scale(low, 1.0, foot, top)
    if targets:
        sheet.box(across.start, up(targets[0]), (across.end - across.start, foot - up(targets[0])), "#FAF0EE", zorder=0)
    for y, text in up.ticks(5, words.n.share):
        sheet.line((across.start, across.end), (y, y), zorder=0.5)
        sheet.say(across.start - 4, y, text, ha="right", size=style.LABEL)
    for target in targets:
        sheet.line((across.start, across.end), (up(target),) * 2, style.WARNING, lw=0.75, zorder=1)
    wanted: list[tuple[float, str, str, int]] = []
    for target in targets:
        wanted.append((up(target), words("frontier.promise", share=words.n.share(target)), style.WARNING, 400))
    for column in LINES:
        colour, wide, dash = LOOKS[column]
        colour = colour or theme.accent
        stretches = _steps(frame, column, across, up)
        for xs, ys in stretches:
            sheet.line(xs, ys, colour, lw=wide, ls=dash, zorder=4 if column == "blended" else 3)
        if stretches:
            text = words(f"worst_day.line.{column}")
            wanted.append((stretches[-1][1][-1], text, colour, 600 if column == "blended" else 400))
    _labels(sheet, wanted, across.end + 5, at)


def _labels(sheet: Sheet, wanted: list[tuple[float, str, str, int]], x: float, at: tuple[float, float]) -> None:
    wanted = sorted(wanted, key=lambda label: label[0])
    heights = [LABEL_PT] * len(wanted)
    placed = style.spread([label[0] for label in wanted], heights, low=at[0] - 4, high=at[1] + 4, gap=0)
    for (end, text, colour, weight), y in zip(wanted, placed, strict=True):
        sheet.line((x - 4, x + 1), (end, y), colour)
        sheet.say(x + 3, y, text, color=colour, weight=weight)


def _strip(day: _Day, at: tuple[float, float], column: str, colour: str) -> None:
    """Draw one strip of bars with its highest figure and its name."""
    sheet, frame, across, theme = day.sheet, day.frame, day.across, day.theme
    (top, foot), n = at, theme.words.n
    most = float(frame[column].max(skipna=True)) if frame[column].notna().any() else 0.0
    up = Scale(0.0, max(most, 1e-9), 0.0, foot - top)
    for slot, value in frame[["slot_of_day_s", column]].to_numpy(dtype="float64"):
        if pd.isna(value):
            continue
        left, right = across(slot), across(slot + 1800)
        sheet.box(left + 0.4, foot - up(value), (max(right - left - 0.8, 0.4), up(value)), colour, zorder=2)
    sheet.line((across.start, across.end), (foot, foot), style.MUTED)
    spelled: Any = n.count if column == "offered" else n.agents
    sheet.say(across.start - 4, top + 3, spelled(most), ha="right", size=style.LABEL)
    sheet.say(across.end + 5, (top + foot) / 2, theme.words(f"worst_day.strip.{column}"))
