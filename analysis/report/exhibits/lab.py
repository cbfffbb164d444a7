"""The policy lab: every policy with what it moves, what it costs and where it hurts, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.blending.result import Blending

TODAY = "today"
# policies that use waiting in another way than for items
INSTEAD = ("roster", "time_off", "training")
# what a policy uses of the waiting
MODES = {
    **dict.fromkeys(("fill", "keep_free", "schedule", "trigger"), "shareable"),
    **dict.fromkeys(("resume", "restart"), "interruptible"),
    **dict.fromkeys(("blocks", "rotating", "low_load_blocks"), "releasable"),
}
GROUPS = ("today", "kept", "broken", "instead")
# the chart of service reaches so far below the promise or today, whichever is lower; deeper falls are named at its edge
DEPTH = 0.10
ROW_MM, GROUP_MM, HEAD_MM, FOOT_MM = 5.8, 5.4, 9.0, 4.0
MARGINS_MM = (0.2, 0.2, 0.2, 0.2)
# where the columns stand, in shares of the width
SERVICE, LEVEL, WORST, BARS, HOURS = (0.275, 0.430), 0.482, 0.497, (0.625, 0.730), 0.790
LOST, PEAK, DUE, OLDEST = 0.840, 0.889, 0.944, 0.997
LEAST_H, THICK = 0.5, 5.5
TINT, PALE = 0.11, "#9FB4C8"


def policies(blending: Blending, pool: str | None = None) -> pd.DataFrame:
    """Return the simulated policies of a pool, of the first one by default."""
    frame = blending.lab.dropna(subset=["service_level"])
    known = list(frame["pool"].drop_duplicates())
    return frame[frame["pool"] == (pool or known[0])].reset_index(drop=True) if known else frame


def promises(blending: Blending, pool: str) -> list[float]:
    """Return the targets of the pool's queues, each once."""
    frame = blending.service
    return sorted({float(target) for target in frame.loc[frame["pool"] == pool, "target"].dropna()})


def today(frame: pd.DataFrame) -> Any | None:
    """Return the row without items; None when it was not simulated."""
    return next(frame[frame["policy"] == TODAY].itertuples(), None)


def chosen(frame: pd.DataFrame) -> Any | None:
    """Return the recommended row; None when nothing is recommended."""
    return next(frame[frame["recommended"]].itertuples(), None)


def named(row: Any, words: Words) -> str:
    """Return what a policy is called in few words; its own words where the catalogue has none."""
    key = f"policy.{row.policy}"
    return words(key) if key in words else str(row.words)


def ordered(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the policies by group: today, kept, broken, instead of items; the recommended first, then by hours."""
    kept = frame["keeps_promise"] & frame["keeps_cap"]
    group = pd.Series("broken", index=frame.index).mask(kept, "kept")
    group = group.mask(frame["policy"].isin(INSTEAD), "instead").mask(frame["policy"] == TODAY, "today")
    by_worth = frame.assign(_group=group).sort_values(
        ["recommended", "item_h_per_week", "service_level"], ascending=False, kind="stable"
    )
    return [(name, by_worth[by_worth["_group"] == name]) for name in GROUPS if (by_worth["_group"] == name).any()]


def height_mm(blending: Blending, pool: str | None = None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    groups = ordered(policies(blending, pool))
    rows = sum(len(part) for _, part in groups)
    heads = sum(name != "today" for name, _ in groups)
    return HEAD_MM + ROW_MM * rows + GROUP_MM * heads + FOOT_MM + MARGINS_MM[2] + MARGINS_MM[3]


def missing(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(policies(blending, pool)) > 1 else (theme or Theme()).words("missing.lab")


def headline(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    n, frame = words.n, policies(blending, pool)
    others = frame[frame["policy"] != TODAY]
    kept = int((others["keeps_promise"] & others["keeps_cap"]).sum())
    before, best = today(frame), chosen(frame)
    level = n.share(before.service_level) if before is not None else "–"
    of = n.count(len(others))
    if best is None:
        return words("lab.headline.none", kept=n.count(kept), all=of, today=level)
    said = {"policy": _first_low(named(best, words)), "price": price(level, n.share(best.service_level), words)}
    if best.policy in INSTEAD and not best.item_h_per_week >= LEAST_H:
        return words("lab.headline.instead", hours=n.hours(fewer_h(frame, best)), **said)
    hours = n.interval(best.item_h_per_week, best.item_h_low, best.item_h_high, "hours_per_week")
    return words("lab.headline.room", kept=n.count(kept), all=of, hours=hours, **said)


def price(before: str, after: str, words: Words) -> str:
    """Return what becomes of the share answered in time, as it ends a headline."""
    return words("lab.price.same" if before == after else "lab.price.less", today=before, after=after)


def _first_low(text: str) -> str:
    return text[:1].lower() + text[1:]


def fewer_h(frame: pd.DataFrame, row: Any) -> float:
    """Return the paid hours a week that a policy takes fewer than today; NaN where they are not known."""
    before = today(frame)
    return float("nan") if before is None else float(before.paid_h_per_week - row.paid_h_per_week)


def alt_text(blending: Blending, *, pool: str | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame = policies(blending, pool)
    parts = []
    for group, part in ordered(frame):
        for row in part.itertuples():
            parts.append(
                words(
                    "lab.alt.policy",
                    policy=named(row, words),
                    verdict=words(f"lab.group.{group}"),
                    share=words.n.share(row.service_level),
                    hours=_hours(frame, row, words),
                    worst=words.n.share(row.worst_service_level),
                    slot=row.worst_slot,
                )
            )
    return words("lab.alt.all", targets=_targets(blending, frame, words), parts="; ".join(parts))


def _targets(blending: Blending, frame: pd.DataFrame, words: Words) -> str:
    return words.listed([words.n.share(target) for target in promises(blending, str(frame["pool"].iloc[0]))])


def _hours(frame: pd.DataFrame, row: Any, words: Words) -> str:
    """Return what a policy moves in a week, or how many paid hours it takes fewer."""
    n = words.n
    if row.policy in INSTEAD and not row.item_h_per_week >= LEAST_H:
        return words("lab.fewer", hours=n.hours(fewer_h(frame, row))) if fewer_h(frame, row) >= LEAST_H else "–"
    return n.hours(row.item_h_per_week) if pd.notna(row.item_h_per_week) else "–"


@dataclass(frozen=True, slots=True)
class _Table:
    """What every row is drawn with: where it lies, where numbers lie, and all policies of the pool."""

    sheet: Sheet
    service: Scale
    hours: Scale
    frame: pd.DataFrame
    theme: Theme


@exhibit
def policy_lab(
    blending: Blending, *, pool: str | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw every simulated policy as a row: service level with interval against the promise, worst half hour, net item hours, price.

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
        In points from the top left; one row a policy: what keeps promise and cap above what breaks them, then what
        could be done instead of items.

    Raises
    ------
    ValueError
        Fewer than two policies were simulated.
    """
    theme = theme or Theme()
    if missing(blending, pool=pool):
        raise ValueError(missing(blending, pool=pool, theme=theme))
    frame = policies(blending, pool)
    high = height_mm(blending, pool)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=high, margins_mm=MARGINS_MM))
    unit = sheet.height / (high - MARGINS_MM[2] - MARGINS_MM[3])
    targets = promises(blending, str(frame["pool"].iloc[0]))
    service = _service_scale(frame, targets, sheet.width)
    hours = Scale(0, max(float(frame["item_h_high"].max(skipna=True) or 0), 1.0), *_places(BARS, sheet.width))
    table = _Table(sheet, service, hours, frame, theme)
    _head(sheet, unit, theme.words)
    top, foot = HEAD_MM * unit, sheet.height - FOOT_MM * unit
    _promise(sheet, service, targets, (top, foot, unit), theme.words)
    y = top
    for group, part in ordered(frame):
        if group != "today":
            sheet.line((0, sheet.width), (y + 0.6 * unit,) * 2)
            colour = style.WARNING if group == "broken" else style.MUTED
            head = theme.words(f"lab.group.{group}")
            sheet.say(0, y + GROUP_MM * unit * 0.62, head, weight=600, color=colour)
            y += GROUP_MM * unit
        for row in part.itertuples():
            _row(table, row, (y, ROW_MM * unit), group)
            y += ROW_MM * unit
    return sheet.ax


def _places(column: tuple[float, float], width: float) -> tuple[float, float]:
    return column[0] * width, column[1] * width


def _service_scale(frame: pd.DataFrame, targets: list[float], width: float) -> Scale:
    """Return where shares in time lie: from below the promise or today to the best, deeper falls at the edge."""
    before = today(frame)
    known = [*targets, float(before.service_level if before is not None else frame["service_level"].max())]
    high = max(float(frame["service_high"].max(skipna=True)), float(frame["service_level"].max()), *known)
    low, high = style.ends(max(min(known) - DEPTH, 0.0), min(high, 1.0))
    return Scale(low, high, *_places(SERVICE, width))


def _head(sheet: Sheet, unit: float, words: Words) -> None:
    """Write the heads of the columns, each over what it names."""
    y = 2.2 * unit
    columns = (
        ("service", SERVICE[0], "left"),
        ("worst", WORST, "left"),
        ("hours", BARS[0], "left"),
        ("lost", LOST, "right"),
        ("peak", PEAK, "right"),
        ("due", DUE, "right"),
        ("oldest", OLDEST, "right"),
    )
    for key, x, side in columns:
        for place, line in enumerate(words(f"lab.column.{key}").split("|")):
            sheet.say(x * sheet.width, y + place * style.SMALL * 1.2, line, ha=side)


def _promise(sheet: Sheet, service: Scale, targets: list[float], at: tuple[float, float, float], words: Words) -> None:
    """Draw the promises through all rows, and the ends of the axis of shares below them."""
    top, foot, unit = at
    if targets:
        left, right = service.start, service(targets[0])
        sheet.box(left, top, (right - left, foot - top), "#FAF0EE", zorder=0)
    for target in targets:
        sheet.line((service(target),) * 2, (top, foot), style.WARNING, lw=0.75, zorder=1)
    for x, text in service.ticks(3, words.n.share):
        sheet.say(x, foot + 2.0 * unit, text, ha="center")
    if targets:
        shares = words.listed([words.n.share(target) for target in targets])
        text = words("lab.promises", shares=shares)
        sheet.say(service(targets[-1]), top - 1.4 * unit, text, ha="center", color=style.WARNING)


def _row(table: _Table, row: Any, at: tuple[float, float], group: str) -> None:
    """Draw one policy."""
    sheet, words, n, theme = table.sheet, table.theme.words, table.theme.words.n, table.theme
    (y, high), best = at, bool(row.recommended)
    middle = y + high / 2
    if best:
        sheet.box(0, y, (sheet.width, high), theme.tint(TINT), zorder=0.5)
    ink = theme.accent if best else style.MUTED if group == "broken" else theme.ink
    strong = {"size": style.LABEL, "color": ink, "weight": 600 if best or group == "today" else 400}
    sheet.fitted(1.5, middle, named(row, words), SERVICE[0] * sheet.width - 6, **strong)
    _service(table, row, middle, ink)
    _bar(table, row, middle, group)
    worst = words("blend.worst", share=n.share(row.worst_service_level), slot=row.worst_slot)
    sheet.say(WORST * sheet.width, middle, worst, color=ink)
    figures = {**strong, "ha": "right"}
    level = {**figures, "color": ink if row.keeps_promise or group == "today" else style.WARNING}
    sheet.say(LEVEL * sheet.width, middle, n.share(row.service_level), **level)
    told = _hours(table.frame, row, words) if group != "today" else "0"
    sheet.say(HOURS * sheet.width, middle, told, **figures)
    lost = n.count(row.contacts_lost_per_week) if group != "today" and pd.notna(row.contacts_lost_per_week) else "–"
    peak = {**figures, "color": ink if row.keeps_cap or group == "today" else style.WARNING}
    for x, text, form in (
        (LOST, lost, figures),
        (PEAK, n.share(row.occupancy_worst) if pd.notna(row.occupancy_worst) else "–", peak),
        (DUE, n.share(row.within_due_share) if pd.notna(row.within_due_share) else "–", figures),
        (OLDEST, n.length(3600 * row.oldest_h) if pd.notna(row.oldest_h) else "–", figures),
    ):
        sheet.say(x * sheet.width, middle, text, **{**form, "size": style.SMALL})


def _service(table: _Table, row: Any, middle: float, ink: str) -> None:
    """Draw a policy's share in time with its interval; what lies below the scale is named at its edge."""
    sheet, scale = table.sheet, table.service
    kept = bool(row.keeps_promise) or row.policy == TODAY
    colour = ink if kept else style.WARNING
    if not scale.holds(row.service_level):
        sheet.dot(scale.start + 2, middle, colour, size=4.0, marker="<")
        return
    if pd.notna(row.service_low) and pd.notna(row.service_high):
        sheet.line((scale(row.service_low), scale(row.service_high)), (middle,) * 2, colour, lw=1.0, zorder=3)
    sheet.dot(scale(row.service_level), middle, colour, face="" if kept else "white", size=5.0)


def _bar(table: _Table, row: Any, middle: float, group: str) -> None:
    """Draw the net hours that a policy moves, with their interval; a loss is drawn as no bar and told as its figure."""
    sheet, scale, theme = table.sheet, table.hours, table.theme
    if not row.item_h_per_week > 0:
        return
    colour = theme.accent if row.recommended else PALE if group == "broken" else style.MEANINGS["utilization"][0]
    sheet.box(scale.start, middle - THICK / 2, (scale(row.item_h_per_week) - scale.start, THICK), colour, zorder=2)
    if pd.notna(row.item_h_low) and pd.notna(row.item_h_high):
        ends = (scale(max(row.item_h_low, 0.0)), scale(row.item_h_high))
        sheet.line(ends, (middle,) * 2, theme.ink, lw=1.0, zorder=3)
