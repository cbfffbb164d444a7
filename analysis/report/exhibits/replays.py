"""When it would have hurt: the client's own days, replayed with items, and the half hours of the worst of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import lab, style
from analysis.report.exhibits.labels import Room
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

DAYS_MM, DAYS_MARGINS_MM = 41.0, (8.5, 0.5, 6.5, 5.5)
# most days that are named in the chart
MOST_NAMED = 4
# days are apart by one, weeks by so much more
WEEK_GAP = 0.8
WITHOUT = "#9FB4C8"
SHARES = ("replayed", "blended")


def days(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the replayed days of a pool in their order, of the first pool by default."""
    frame = blending.replay_days.dropna(subset=list(SHARES))
    known = list(frame["pool"].drop_duplicates())
    return frame[frame["pool"] == (pool or known[0])].sort_values("day", kind="stable") if known else frame


def refused(blending: Blending, pool: str | None = None) -> str:
    """Return why a pool's days could not be replayed with items: the measures that the replay of today misses."""
    frame = blending.replay_check
    mine = frame if pool is None else frame[frame["pool"] == pool]
    return " ".join(mine.loc[~mine["holds"].astype(bool), "sentence"].drop_duplicates())


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if len(days(blending, pool)):
        return ""
    return refused(blending, pool) or (theme or Theme()).words("missing.replays")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    frame = days(blending, pool)
    hurt = frame[frame["hurt"]]
    worst = _worst(blending, frame)
    return words(
        "replays.headline.hurt" if len(hurt) else "replays.headline.none",
        n=words.n.count(len(hurt)),
        all=words.n.count(len(frame)),
        day=day_of(worst, words),
        before=words.n.share(worst["replayed"]),
        after=words.n.share(worst["blended"]),
    )


def _worst(blending: Blending, frame: pd.DataFrame) -> pd.Series:
    """Return the day that is shown by half hour; where none is, the one with the largest fall."""
    slots = blending.replay_slots
    shown = frame[frame["day"].isin(slots.loc[slots["pool"] == frame["pool"].iloc[0], "day"])]
    hurt = frame[frame["hurt"]]
    part = next(one for one in (shown, hurt, frame) if len(one))
    return part.loc[part["change"].idxmin()]


def day_of(row: Any, words: Words) -> str:
    """Return a day with its weekday: Tue 10 March."""
    day = pd.Timestamp(row["day"] if isinstance(row, pd.Series) else row.day)
    return words(
        "replays.day", weekday=words.n.weekday(day.weekday(), short=True), day=words.n.day(day.date(), year=False)
    )


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame = days(blending, pool)
    n = words.n
    hurt = [
        words("replays.alt.day", day=day_of(row, words), before=n.share(row.replayed), after=n.share(row.blended))
        for row in frame[frame["hurt"]].itertuples()
    ]
    return words(
        "replays.alt.all",
        days=n.count(len(frame)),
        before=n.share(frame["replayed"].mean()),
        after=n.share(frame["blended"].mean()),
        least=n.share(frame["blended"].min()),
        hurt="; ".join(hurt) or words("replays.alt.none"),
    )


@exhibit
def replayed_days(
    blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw every day of the client as it was replayed: share answered in time without items and with them.

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
        Horizontal axis: days in their order, weeks apart; vertical axis: service level of the day, 0 to 1. Days that kept the promise
        without items and would have missed it with them are in the colour of warning.

    Raises
    ------
    ValueError
        The replay does not give what was observed, or the days are not known.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    frame = days(blending, pool)
    ax = style.axes(ax, width_mm=166, height_mm=DAYS_MM, margins_mm=DAYS_MARGINS_MM)
    weeks = frame["day"].dt.to_period("W-SUN")
    places = [place + WEEK_GAP * week for place, week in enumerate(weeks.ne(weeks.shift()).cumsum() - 1)]
    frame = frame.assign(x=places, first=weeks.ne(weeks.shift()))
    targets = lab.promises(blending, str(frame["pool"].iloc[0]))
    numbers = [*frame["replayed"], *frame["blended"], *targets]
    low, high = style.ends(min(numbers) - 0.02, min(max(numbers) + 0.02, 1.0))
    ax.set(xlim=(-0.8, max(places) + 0.8), ylim=(low, high))
    if targets:
        ax.axhspan(low, targets[0], color="#FAF0EE", lw=0, zorder=0)
    for target in targets:
        ax.axhline(target, color=style.WARNING, lw=0.75, zorder=1)
    step = style.size_pt(ax)[0] / (max(places) + 1.6)
    size = min(max(0.55 * step, 1.6), 5.0)
    for row in frame.itertuples():
        _day(ax, row, size, theme)
    _names(ax, frame, theme)
    _days_axis(ax, frame, theme)
    return ax


def _day(ax: Axes, row: Any, size: float, theme: Theme) -> None:
    """Draw one day: without items, with items, and the way between."""
    colour = style.WARNING if row.hurt else theme.accent
    ax.plot([row.x] * 2, [row.replayed, row.blended], color=colour, lw=0.9, zorder=2)
    ax.plot([row.x], [row.replayed], "o", ms=size, color=WITHOUT, zorder=3)
    ax.plot([row.x], [row.blended], "o", ms=size, color=colour, zorder=4)


def _names(ax: Axes, frame: pd.DataFrame, theme: Theme) -> None:
    """Name the days that would have hurt most, where there is room."""
    (left, right), (low, high), (width, height) = ax.get_xlim(), ax.get_ylim(), style.size_pt(ax)
    room, words = Room(width, height), theme.words

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - left) / (right - left) * width, (y - low) / (high - low) * height

    for row in frame.itertuples():
        room.line([at(row.x, row.replayed), at(row.x, row.blended)])
    for row in frame[frame["hurt"]].sort_values("change", kind="stable").head(MOST_NAMED).itertuples():
        text = words("replays.named", day=day_of(row, words), share=words.n.share(row.blended))
        spot = room.place(at(row.x, row.blended), (style.text_width_pt(text, style.SMALL, 600), 8.5))
        if spot is not None:
            ax.text(spot[0] / width, (spot[1] + 1.5) / height, text, size=style.SMALL, weight=600, color=style.WARNING,
                    transform=ax.transAxes, zorder=5)  # fmt: skip


def _days_axis(ax: Axes, frame: pd.DataFrame, theme: Theme) -> None:
    """Name shares and the first day of every week, and what the marks mean."""
    n = (words := theme.words).n
    firsts = frame[frame["first"]]
    width, height = style.size_pt(ax)
    every = max(int(len(firsts) * 42 / width) + 1, 1)
    named = firsts.iloc[::every]
    ax.set_xticks(
        list(named["x"]), [n.day(day.date(), year=False) for day in named["day"]], size=style.SMALL, ha="left"
    )
    low, high = ax.get_ylim()
    ticks = style.round_ticks(low, high, 4)
    ax.set_yticks(ticks, [n.share(tick) for tick in ticks])
    ax.grid(axis="y")
    ax.spines["left"].set_visible(False)
    ax.tick_params(length=0, pad=2)
    x, y = 0.0, 1 + 10 / height
    entries = [("without", WITHOUT), ("with", theme.accent)]
    for key, colour in [*entries, *([("hurt", style.WARNING)] if frame["hurt"].any() else [])]:
        text = words(f"replays.key.{key}")
        ax.plot([(x + 3) / width], [y], "o", ms=4.5, color=colour, transform=ax.transAxes, clip_on=False)
        ax.text((x + 9) / width, y, text, size=style.LABEL, transform=ax.transAxes, va="center_baseline")
        x += 9 + style.text_width_pt(text, style.LABEL) + 14
