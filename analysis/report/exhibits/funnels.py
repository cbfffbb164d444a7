"""Whether a group lies further out than groups of its size do by chance: shares against size, limits around the population's share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.measure.crosswalk import BASE, WORK
from analysis.measure.shrinkage import FEWEST_FOR_SPREAD, Funnel, fit_funnel
from analysis.report.exhibits import groups, style
from analysis.report.exhibits.labels import Room
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

DEFAULT = "contact_centre"
PARTS = {
    "utilization": WORK,
    "support": ("SUPPORT", "OUTAGE"),
    "idle": ("IDLE",),
    "away": ("AWAY",),
    "unaccounted": ("UNACCOUNTED",),
}
# two groups are each other's mirror
FEWEST_GROUPS = 3
LEVELS = (0.95, 0.998)
# shares of groups are published to a point
HALF_POINT = 0.005
HEIGHT_MM, MARGINS_MM = 40.0, (11.0, 36.0, 3.0, 9.0)
# more dots than this are named only where they lie outside
MOST_NAMED = 12
NAME_PT = 96.0
CURVE_POINTS = 60
# less than a tenth wider is not wider
WIDER = 1.05


@dataclass(frozen=True, slots=True)
class Placed:
    """The groups of a population with the limits for their sizes.

    Attributes
    ----------
    frame
        group, agents, value, low, high (95 % limits), far_low, far_high (99.8 %), place (inside, outside, far).
    funnel
        What the limits are made of.
    """

    frame: pd.DataFrame
    funnel: Funnel

    def count(self, *places: str) -> int:
        """Return how many groups lie at these places."""
        return int(self.frame["place"].isin(places).sum())


def placed(baseline: Baseline, population: str = DEFAULT, share: str = "utilization") -> Placed | None:
    """Return the groups of a population with the limits for their sizes; None where no limits can be drawn."""
    found = groups.rows(baseline, population)
    shown = found[(found["share"] == share) & found["value"].notna()]
    if len(shown) < FEWEST_GROUPS or baseline.level_days.empty:
        return None
    funnel = _funnel(baseline, population, share, shown)
    if funnel is None:
        return None
    size = shown["agents"].to_numpy(dtype=float)
    (low, high), (far_low, far_high) = (_limits_of(funnel, size, level) for level in LEVELS)
    value = shown["value"].to_numpy(dtype=float)
    place = np.where(
        (value < far_low) | (value > far_high), "far", np.where((value < low) | (value > high), "outside", "inside")
    )
    frame = shown[["group", "agents", "value"]].assign(
        low=low, high=high, far_low=far_low, far_high=far_high, place=place
    )
    return Placed(frame.reset_index(drop=True), funnel)


def _limits_of(funnel: Funnel, sizes: Any, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of groups of these sizes, as wide as the rounding of their published figures makes them."""
    low, high = funnel.limits(sizes, level=level)
    return np.maximum(low - HALF_POINT, 0.0), np.minimum(high + HALF_POINT, 1.0)


def _funnel(baseline: Baseline, population: str, share: str, shown: pd.DataFrame) -> Funnel | None:
    """Return the limits from the groups' days and the spread between persons, both sums over at least ten people."""
    days = baseline.level_days
    days = days[(days["population"] == population) & (days["by"] == "group") & days["level"].isin(list(shown["group"]))]
    whole = baseline.shares[(baseline.shares["population"] == population) & (baseline.shares["share"] == share)][
        "value"
    ]
    if days.empty or whole.isna().all() or not 0 < float(whole.iloc[0]) < 1:
        return None
    part, base = (
        days.assign(hours=days[list(names)].sum(axis=1)).pivot_table(
            index="day", columns="level", values="hours", aggfunc="sum"
        )
        for names in (PARTS[share], BASE)
    )
    order = [group for group in shown["group"] if group in base.columns]
    base = base[order].fillna(0.0)
    part = part[order].fillna(0.0).clip(upper=base)
    size = shown.set_index("group")["agents"]
    attended = baseline.attendance.set_index("population")["agents"]
    people = max(int(attended.get(population, 0)), int(size.sum()))
    return fit_funnel(
        part.to_numpy(),
        base.to_numpy(),
        [float(size[group]) for group in order],
        share=float(whole.iloc[0]),
        people=people,
        person_sd=_person_sd(baseline, population, share),
        strata=[str(day) for day in pd.DatetimeIndex(base.index).day_of_week],
    )


def _person_sd(baseline: Baseline, population: str, share: str) -> float:
    """Return the true spread between persons, known for work alone; NaN without one."""
    frame = baseline.people_spread
    if share != "utilization" or frame.empty:
        return float("nan")
    found = frame.loc[(frame["population"] == population) & (frame["status"] == "ok"), "between_sd"]
    return float(found.iloc[0]) if len(found) else float("nan")


def missing(
    baseline: Baseline, *, population: str = DEFAULT, share: str = "utilization", theme: Theme | None = None
) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if placed(baseline, population, share) is not None else (theme or Theme()).words("missing.funnel")


def headline(
    baseline: Baseline, *, population: str = DEFAULT, share: str = "utilization", theme: Theme | None = None
) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    found = _known(placed(baseline, population, share), words("missing.funnel"))
    named = {
        "all": words.n.count(len(found.frame)),
        "groups": words(f"funnel.groups.{population}"),
        "what": words(f"funnel.what.{share}.{population}"),
        "share": words.n.share(found.funnel.share),
    }
    outside, far = found.count("outside", "far"), found.count("far")
    if not outside:
        return words("funnel.headline.inside", **named)
    beyond = words("funnel.far", n=words.n.count(far)) if far else ""
    return words.some("funnel.headline.outside", outside, far=beyond, **named)


def definition(
    baseline: Baseline, *, population: str = DEFAULT, share: str = "utilization", theme: Theme | None = None
) -> str:
    """Return what the line below the exhibit must say about its dots and limits; empty without them."""
    words = (theme or Theme()).words
    found = placed(baseline, population, share)
    if found is None:
        return ""
    wider = found.funnel.over**0.5
    key = "few" if len(found.frame) < FEWEST_FOR_SPREAD else "some" if wider > WIDER else "none"
    over = words(f"funnel.over.{key}", times=words.n.agents(wider))
    smallest = words.n.count(baseline.settings.minimum_group_agents)
    lot = words("funnel.lot" if found.funnel.of_persons else "funnel.days")
    return words("funnel.source", n=smallest, lot=lot, over=over)


def alt_text(
    baseline: Baseline, *, population: str = DEFAULT, share: str = "utilization", theme: Theme | None = None
) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    found = _known(placed(baseline, population, share), words("missing.funnel"))
    rows = [
        words(
            "funnel.alt.group",
            group=row.group,
            agents=words.n.count(row.agents),
            share=words.n.part_share(row.value),
            bounds=words.n.bounds(row.low, row.high, sign=True),
            place=words(f"funnel.place.{row.place}"),
        )
        for row in found.frame.itertuples()
    ]
    return f"{headline(baseline, population=population, share=share, theme=theme)}. {' '.join(rows)}"


def _known(found: Placed | None, why: str) -> Placed:
    if found is None:
        raise ValueError(why)
    return found


@exhibit
def funnel(
    baseline: Baseline,
    *,
    population: str = DEFAULT,
    share: str = "utilization",
    ax: Axes | None = None,
    theme: Theme | None = None,
) -> Axes:
    """Draw the share of every group against its size, between limits that chance sets for groups of that size.

    Parameters
    ----------
    baseline
        The measured baseline.
    population
        ``"contact_centre"`` or ``"back_office"``.
    share
        ``"utilization"``; other shares from 10 groups on, because the spread between persons is measured for work alone.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        In points from the top left. One dot a group of at least the smallest size, in no order; hollow: outside the 95 % limits.

    Raises
    ------
    ValueError
        Fewer than three groups are large enough, or chance cannot be known.

    Notes
    -----
    The limits: :func:`analysis.measure.shrinkage.fit_funnel`, after Spiegelhalter, Statistics in Medicine 24 (2005), 1185-1202.
    """
    theme = theme or Theme()
    found = _known(
        placed(baseline, population, share), missing(baseline, population=population, share=share, theme=theme)
    )
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=HEIGHT_MM, margins_mm=MARGINS_MM))
    x, y = _scales(found, sheet, baseline.settings.minimum_group_agents)
    room = Room(sheet.width, sheet.height)
    _limits(sheet, found.funnel, (x, y), room, theme)
    _axis(sheet, found, (x, y), theme)
    _dots(sheet, found.frame, (x, y), room, share)
    _names(sheet, found.frame, (x, y), room, theme)
    what = theme.words("funnel.axis", what=theme.words(f"funnel.what.{share}.{population}"))
    sheet.fitted(0, 0, what, sheet.width, color=theme.ink)
    return sheet.ax


def _scales(found: Placed, sheet: Sheet, smallest: int) -> tuple[Scale, Scale]:
    """Return where sizes and shares lie: from the smallest size allowed to a little beyond the largest."""
    least, most = max(smallest - 0.5, 1.0), 1.08 * float(found.frame["agents"].max())
    far = _limits_of(found.funnel, [least], LEVELS[1])
    shown = [*found.frame["value"], float(far[0][0]), float(far[1][0])]
    low, high = style.ends(min(shown) - 0.01, max(shown) + 0.01, step=0.05)
    return Scale(least, most, 0.0, sheet.width), Scale(low, high, sheet.height, 10.0)


def _limits(sheet: Sheet, found: Funnel, scales: tuple[Scale, Scale], room: Room, theme: Theme) -> None:
    """Draw the population's share and both pairs of limits, named once at their right ends."""
    (x, y), words = scales, theme.words
    sizes = np.linspace(x.low, x.high, CURVE_POINTS)
    across = [x(size) for size in sizes]
    ends: list[tuple[float, str]] = [(y(found.share), words("funnel.all", share=words.n.share(found.share)))]
    for level, ls in zip(LEVELS, ("-", (0, (4, 2))), strict=True):
        low, high = _limits_of(found, sizes, level)
        lines = [[y(share) for share in edge] for edge in (low, high)]
        if level == LEVELS[0]:
            sheet.ax.fill_between(across, *lines, color=style.PANEL, lw=0, zorder=0)
        for line in lines:
            sheet.line(across, line, style.MUTED, lw=0.9, ls=ls, zorder=1)
            room.line([(a, sheet.height - b) for a, b in zip(across, line, strict=True)])
        ends.append((lines[1][-1], words("funnel.limit", level=_level(level, theme))))
    middle = y(found.share)
    sheet.line((0, sheet.width), (middle, middle), theme.ink, lw=0.75, zorder=1)
    room.line([(0.0, sheet.height - middle), (sheet.width, sheet.height - middle)])
    ends.sort()
    places = style.spread([at for at, _ in ends], [9.0] * len(ends), low=0, high=sheet.height, gap=0)
    for place, (_, text) in zip(places, ends, strict=True):
        sheet.say(sheet.width + 4, place, text)


def _level(level: float, theme: Theme) -> str:
    """Return a level of limits in points, to a tenth where it is not whole."""
    n = theme.words.n
    return n.points(level) if round(100 * level, 6).is_integer() else n.plain_number(100 * level)


def _axis(sheet: Sheet, found: Placed, scales: tuple[Scale, Scale], theme: Theme) -> None:
    """Mark shares at the left and numbers of people below."""
    (x, y), n = scales, theme.words.n
    for place, text in y.ticks(6, n.share):
        sheet.line((0, sheet.width), (place, place), zorder=0)
        sheet.say(-4, place, text, ha="right")
    sheet.line((0, sheet.width), (sheet.height, sheet.height), style.MUTED, clip_on=False)
    whole = [tick for tick in style.round_ticks(x.low, x.high, 6) if float(tick).is_integer()]
    for tick in whole:
        sheet.say(x(tick), sheet.height + 8, n.count(tick), ha="center")
    sheet.say(sheet.width, sheet.height + 18, theme.words("funnel.people"), ha="right")


def _dots(sheet: Sheet, frame: pd.DataFrame, scales: tuple[Scale, Scale], room: Room, share: str) -> None:
    """Draw one dot a group; a hollow one lies outside."""
    x, y = scales
    colour = style.MEANINGS[share][0] if share not in ("unaccounted",) else style.MUTED
    for row in frame.itertuples():
        at = x(float(row.agents)), y(float(row.value))  # type: ignore[arg-type]
        sheet.dot(*at, colour, size=5.5, face=colour if row.place == "inside" else "white")
        room.mark(at[0], sheet.height - at[1], 4.0)


def _names(sheet: Sheet, frame: pd.DataFrame, scales: tuple[Scale, Scale], room: Room, theme: Theme) -> None:
    """Name the groups beside their dots, those outside first; of many groups those outside alone, as far as there is room."""
    x, y = scales
    for row in _named(frame):
        text = style.fitted(str(row.group), style.SMALL, NAME_PT)
        size = (style.text_width_pt(text, style.SMALL), style.SMALL + 1.0)
        at = x(float(row.agents)), sheet.height - y(float(row.value))
        free = room.place(at, size, free_only=True)
        if free is not None:
            sheet.say(free[0], sheet.height - free[1] - size[1] / 2, text, color=theme.ink)


def _named(frame: pd.DataFrame) -> Sequence[object]:
    outside = frame[frame["place"] != "inside"]
    rest = frame[frame["place"] == "inside"] if len(frame) <= MOST_NAMED else frame.head(0)
    return [*outside.itertuples(), *rest.itertuples()]
