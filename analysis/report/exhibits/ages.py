"""Does live work always win until the back office ages into breach: the hypothesis, put to the test policy by policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import lab, style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

VERDICTS = {"ages into breach": "breach", "stays within due": "within", "cannot say": "unknown"}
ROW_MM, HEAD_MM, FOOT_MM = 5.4, 5.0, 4.0
MARGINS_MM = (0.2, 0.2, 0.2, 0.2)
# where the columns stand, in shares of the width
DUE, SHARE, OLDEST, MOVED, VERDICT = (0.36, 0.472), 0.648, 0.735, 0.838, 0.862
DEPTH = 0.05
# the sentence of a policy that may move no more than what stays within due
LIMIT = "within due up to"


def rows(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the policies of a pool, of the first pool by default, in the order in which they were tried."""
    frame = blending.ageing
    known = list(frame["pool"].drop_duplicates())
    return frame[frame["pool"] == (pool or known[0])].reset_index(drop=True) if known else frame


def spoken(blending: Blending, pool: str | None = None) -> Any | None:
    """Return the row that the headline speaks of: the recommended policy's, else the first that can say."""
    frame = rows(blending, pool)
    best = lab.chosen(lab.policies(blending, pool))
    own = frame[frame["policy"] == (best.policy if best is not None else "")]
    said = frame[frame["verdict"] != "cannot say"]
    return next((next(part.itertuples()) for part in (own, said, frame) if len(part)), None)


def height_mm(blending: Blending, pool: str | None = None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return HEAD_MM + ROW_MM * len(rows(blending, pool)) + FOOT_MM + MARGINS_MM[2] + MARGINS_MM[3]


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    frame = rows(blending, pool)
    if frame["within_due_share"].notna().any():
        return ""
    said = frame.loc[frame["sentence"] != "", "sentence"]
    return str(said.iloc[0]) if len(said) else (theme or Theme()).words("missing.ages")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    row = spoken(blending, pool)
    known = {"policy": _lower(_policy(row, words))}
    if row is None or pd.isna(row.within_due_share):
        return words("ages.headline.unknown", **known)
    share = words.n.interval(row.within_due_share, row.low, row.high)
    hours = words.n.hours(row.moved_h_per_week) if pd.notna(row.moved_h_per_week) else "–"
    return words(f"ages.headline.{VERDICTS.get(str(row.verdict), 'unknown')}_at", share=share, hours=hours, **known)


def in_words(blending: Blending, *, pool: str | None = None) -> str:
    """Return what the assessment says of the policy that the headline speaks of; empty where it says no more than the headline."""
    row = spoken(blending, pool)
    if row is not None and row.verdict == "stays within due" and LIMIT not in str(row.sentence):
        # the headline says it
        return ""
    said = "" if row is None else str(row.sentence).strip().removeprefix(f"{row.pool}: ")
    return said[:1].upper() + said[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _policy(row: Any, words: Words) -> str:
    plain, _, trigger = str(row.policy).partition("+")
    name = words(f"policy.{plain}") if f"policy.{plain}" in words else plain
    return words("ages.with_trigger", policy=name) if trigger else name


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words(
            "ages.alt.policy",
            policy=_policy(row, words),
            share=words.n.share(row.within_due_share) if pd.notna(row.within_due_share) else "–",
            oldest=_oldest(row, words),
            verdict=words(f"ages.verdict.{VERDICTS.get(str(row.verdict), 'unknown')}"),
        )
        for row in rows(blending, pool).itertuples()
    ]
    return words("ages.alt.all", parts="; ".join(parts))


def _oldest(row: Any, words: Words) -> str:
    return words.n.share(row.oldest_due_share) if pd.notna(row.oldest_due_share) else "–"


@exhibit
def ageing(blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw, for each policy, the share of moved items that end within their due time, and how old the oldest becomes.

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
        In points from the top left; one row a policy.

    Raises
    ------
    ValueError
        No due times are known, or nothing was simulated.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    frame = rows(blending, pool)
    high = height_mm(blending, pool)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=high, margins_mm=MARGINS_MM))
    unit = sheet.height / (high - MARGINS_MM[2] - MARGINS_MM[3])
    least = float(min(frame["low"].min(skipna=True), frame["within_due_share"].min(skipna=True)))
    low, top = style.ends(max(least - DEPTH, 0.0), 1.0)
    scale = Scale(low, top, DUE[0] * sheet.width, DUE[1] * sheet.width)
    words = theme.words
    for key, x, side in (("due", DUE[0], "left"), ("oldest", OLDEST, "right"), ("moved", MOVED, "right")):
        sheet.say(x * sheet.width, 2.2 * unit, words(f"ages.column.{key}"), ha=side)
    foot = sheet.height - FOOT_MM * unit
    sheet.line((scale(1.0),) * 2, (HEAD_MM * unit, foot), style.MUTED)
    for x, text in scale.ticks(3, words.n.share):
        sheet.say(x, foot + 2 * unit, text, ha="center")
    for place, row in enumerate(frame.itertuples()):
        _row(sheet, row, (HEAD_MM + ROW_MM * (place + 0.5)) * unit, scale, theme)
    return sheet.ax


def _row(sheet: Sheet, row: Any, middle: float, scale: Scale, theme: Theme) -> None:
    """Draw one policy."""
    words, n = theme.words, theme.words.n
    verdict = VERDICTS.get(str(row.verdict), "unknown")
    ink = {"breach": style.WARNING, "within": theme.accent, "unknown": style.MUTED}[verdict]
    form = {"size": style.LABEL, "color": theme.ink}
    sheet.fitted(1.5, middle, _policy(row, words), DUE[0] * sheet.width - 6, **form)
    if pd.notna(row.within_due_share):
        if pd.notna(row.low) and pd.notna(row.high):
            sheet.line((scale(row.low), scale(row.high)), (middle,) * 2, ink, lw=1.0, zorder=3)
        sheet.dot(scale(row.within_due_share), middle, ink)
        text = n.interval(row.within_due_share, row.low, row.high)
        sheet.say(SHARE * sheet.width, middle, text, ha="right", **form)
    moved = n.hours(row.moved_h_per_week) if pd.notna(row.moved_h_per_week) else "–"
    sheet.say(OLDEST * sheet.width, middle, _oldest(row, words), ha="right", **form)
    sheet.say(MOVED * sheet.width, middle, moved, ha="right", **form)
    text = words(f"ages.verdict.{verdict}")
    sheet.say(VERDICT * sheet.width, middle, text, size=style.LABEL, color=ink, weight=600)
