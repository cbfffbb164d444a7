"""What next week will bring: contacts by half hour as foreseen, with the bands that hold 80 and 95 of 100."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style, week
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

OFFERED = "offered"
# what the forecast is held against
METHODS = ("seasonal_naive", "same_slot_mean", "client")
WIDE, NARROW = "#DCE7F1", "#A9C4DD"
MARGINS_MM = (7.5, 0.5, 8.0, 9.0)
HEIGHT_MM = 36.0


def queues(blending: Blending, pool: str | None = None) -> list[str]:
    """Return the queues of a pool with a forecast of their contacts, the busiest first."""
    frame = blending.forecast
    known = frame[(frame["measure"] == OFFERED) & frame["value"].notna()]
    if known.empty:
        return []
    mine = known[known["pool"] == (pool or known["pool"].iloc[0])]
    return list(mine.groupby("queue")["value"].sum().sort_values(ascending=False, kind="stable").index)


def rows(blending: Blending, pool: str | None = None, queue: str = "") -> pd.DataFrame:
    """Return the first week foreseen of a queue, the busiest by default."""
    known = queues(blending, pool)
    frame = blending.forecast
    if not known or (queue and queue not in known):
        return frame.head(0)
    pool = pool or str(frame["pool"].iloc[0])
    mine = frame[(frame["pool"] == pool) & (frame["queue"] == (queue or known[0])) & (frame["measure"] == OFFERED)]
    first = mine.sort_values("start", kind="stable").drop_duplicates(["weekday", "slot_of_day_s"])
    return first.sort_values(["weekday", "slot_of_day_s"], kind="stable")


def missing(blending: Blending, *, pool: str | None = None, queue: str = "", theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    if len(rows(blending, pool, queue)) > 1:
        return ""
    frame = blending.forecast_check
    said = frame.loc[((frame["pool"] == pool) | (pool is None)) & (frame["reason"] != ""), "reason"]
    words = (theme or Theme()).words
    return (
        words("missing.ahead_because", reason=str(said.iloc[0]).removesuffix("."))
        if len(said)
        else words("missing.ahead")
    )


def headline(blending: Blending, *, pool: str | None = None, queue: str = "", theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    n = (words := (theme or Theme()).words).n
    frame = rows(blending, pool, queue)
    most = frame.loc[frame["value"].idxmax()]
    return words(
        "ahead.headline",
        queue=frame["queue"].iloc[0],
        contacts=n.count(frame["value"].sum()),
        weekday=n.weekday(most["weekday"]),
        clock=n.clock(most["slot_of_day_s"]),
        most=n.count(most["value"]),
        low=n.count(most["low80"]),
        high=n.count(most["high80"]),
    )


def check(blending: Blending, *, pool: str | None = None, queue: str = "", theme: Theme | None = None) -> str:
    """Return how the forecast did on weeks that it had not seen; empty where it was not tried."""
    words = (theme or Theme()).words
    known = queues(blending, pool)
    frame = blending.forecast_check
    mine = frame[(frame["measure"] == OFFERED) & (frame["queue"] == (queue or (known[0] if known else "")))]
    if pool is not None:
        mine = mine[mine["pool"] == pool]
    by = mine.dropna(subset=["absolute_error"]).drop_duplicates("method").set_index("method")
    if "model" not in by.index:
        return ""
    model = by.loc["model"]
    others = [
        _against(name, float(by.at[name, "relative_to_model"]), words)  # type: ignore[reportArgumentType]
        for name in METHODS
        if name in by.index
    ]
    parts = [
        words("ahead.check.held", origins=words.n.count(model["origins"]), share=words.n.share(model["coverage80"]))
    ]
    return " ".join([*parts, *([words("ahead.check.error", parts=words.listed(others))] if others else [])])


def _against(method: str, relative: float, words: Words) -> str:
    """Return how far the model's error lies below, or above, that of another method."""
    share = 1 - 1 / relative
    key = "same" if words.n.share(abs(share)) == words.n.share(0.0) else "below" if share > 0 else "above"
    return words(f"ahead.check.{key}", share=words.n.share(abs(share)), method=words(f"ahead.method.{method}"))


def alt_text(blending: Blending, *, pool: str | None = None, queue: str = "", theme: Theme | None = None) -> str:
    """Return the chart in words."""
    n = (words := (theme or Theme()).words).n
    frame = rows(blending, pool, queue)
    days = [
        words("ahead.alt.day", weekday=n.weekday(int(day)), contacts=n.count(part["value"].sum()))  # type: ignore[reportArgumentType]
        for day, part in frame.groupby("weekday")
    ]
    return words("ahead.alt.all", queue=frame["queue"].iloc[0], days="; ".join(days))


@exhibit
def forecast_fan(
    blending: Blending,
    *,
    pool: str | None = None,
    queue: str = "",
    ax: Axes | None = None,
    theme: Theme | None = None,
) -> Axes:
    """Draw the contacts foreseen in every half hour of the next week, with bands of 80 and 95 %.

    Parameters
    ----------
    blending
        The blending assessment.
    pool
        Which pool; the first by default.
    queue
        Which queue; the busiest by default.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: hours, the weekdays side by side; vertical axis: contacts per half hour.

    Raises
    ------
    ValueError
        There is no forecast.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool, queue=queue):
        raise ValueError(missing(blending, pool=pool, queue=queue, theme=theme))
    frame = rows(blending, pool, queue)
    ax = style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM)
    span = week.week_of(frame)
    for weekday, part in frame.groupby("weekday"):
        day = int(weekday)  # type: ignore[reportArgumentType]
        for share, colour in (("95", WIDE), ("80", NARROW)):
            for block in week.runs(part, f"low{share}", f"high{share}"):
                low, high = (week.held(block[f"{end}{share}"]) for end in ("low", "high"))
                ax.fill_between(span.hours(block, day), low, high, step="post", color=colour, lw=0)
        for block in week.runs(part, "value"):
            at, height = span.hours(block, day), week.held(block["value"])
            ax.step(at, height, where="post", color=style.MEANINGS["utilization"][0], lw=1.1)
    week.draw_axis(ax, span, theme)
    words = theme.words
    line = style.MEANINGS["utilization"][0]
    week.draw_key(
        ax,
        [
            ("-", line, words("ahead.key.value")),
            ("s", NARROW, words("ahead.key.80")),
            ("s", WIDE, words("ahead.key.95")),
        ],
    )
    return ax
