"""Paid hours a week by what they are, today and after the change: both populations on one scale, every bar adds up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import shares, style
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.value.result import Value

# hours are told in steps of this many
STEP_H = 5
# what takes up the freed hours, in the order of the balance
TAKEN_UP = ("overtime", "outsourced", "vacancies", "left")
OFF, NEEDED, ITEMS, RESERVE = "off", "needed_after", "moved_to_agents", "idle_left"
MARGINS_MM = (14.0, 1.0, 0.5, 8.8)
TITLE_PT, BAR_PT, NAMES_PT, BETWEEN_PT = 13.5, 15.5, 11.5, 2.5
_PALE, CAPACITY = "#F7E6BE", 0.59


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the paid hours of a week: exact, and as shown so that parts add to their total."""

    key: str
    hours: float
    shown: int


@dataclass(frozen=True, slots=True)
class Side:
    """One population: its paid hours a week, what they are today, and what they are after the change (empty where that is not known).

    `freed` says how the freed hours come about, in place and by moving items; empty where nothing is freed.
    """

    population: str
    paid: Part
    today: tuple[Part, ...]
    after: tuple[Part, ...] = ()
    freed: tuple[Part, ...] = ()

    def shown(self, key: str, *, after: bool = False) -> int:
        """Return the hours of a part as shown; 0 where there is none."""
        return next((part.shown for part in (self.after if after else self.today) if part.key == key), 0)


def allotted(total: int, parts: Sequence[float], step: int = STEP_H) -> list[int]:
    """Return parts rounded to whole steps that add to their total, which was rounded first.

    Every part is rounded down, and the steps that are missing go where most was cut off (largest remainder).

    Examples
    --------
    >>> allotted(100, [33.4, 33.3, 33.3])
    [35, 35, 30]
    """
    size = sum(parts)
    if size <= 0:
        return [0] * len(parts)
    exact = [part * total / size / step for part in parts]
    floors = [math.floor(part + 1e-9) for part in exact]
    left = round(total / step) - sum(floors)
    largest = sorted(range(len(parts)), key=lambda place: (floors[place] - exact[place], place))
    return [step * (floor + (place in largest[:left])) for place, floor in enumerate(floors)]


def stepped(hours: float, step: int = STEP_H) -> int:
    """Return hours rounded to a whole step."""
    return step * round(hours / step)


def sides(baseline: Baseline, value: Value | None) -> list[Side]:
    """Return the populations whose paid hours and shares are known; the back office first, whose hours are freed.

    Parameters
    ----------
    baseline
        Paid hours, hours at work a week, and the shares of them.
    value
        The balance; without it nothing is known of the time after the change.
    """
    known = shares.segments(baseline)
    found = [_side(baseline, value, name, known[name]) for name in reversed(POPULATIONS) if name in known]
    return [side for side in found if side is not None]


def _side(baseline: Baseline, value: Value | None, population: str, bar: list[shares.Segment]) -> Side | None:
    """Return one population's paid hours: the total is rounded first, then what it is made of."""
    lines = _lines(value, population)
    at_work = lines.get("needed_today", _fact(baseline, population, "base_h_per_week"))
    rows = baseline.ladder[baseline.ladder["population"] == population] if len(baseline.ladder) else baseline.ladder
    hours = dict(zip(rows["bucket"], rows["hours"], strict=True)) if len(rows) else {}
    if not at_work > 0 or not hours.get("BASE", 0) > 0 or not hours.get("PAID", 0) >= hours["BASE"]:
        return None
    paid = at_work * hours["PAID"] / hours["BASE"]
    base, off = allotted(stepped(paid), [at_work, paid - at_work])
    aside = Part(OFF, paid - at_work, off)
    today = _split(base, {part.key: part.value * at_work for part in shares.in_short(bar)})
    after, freed = _after(population, lines, today, (base, at_work))
    return Side(
        population, Part("paid", paid, base + off), (*today, aside), (*after, aside) if after else (), tuple(freed)
    )


def _lines(value: Value | None, population: str) -> dict[str, float]:
    """Return the balance's known lines of a population [hours a week]."""
    if value is None or value.balance.empty:
        return {}
    rows = value.balance[(value.balance["population"] == population) & value.balance["hours_per_week"].notna()]
    return {str(row.line): float(row.hours_per_week) for row in rows.itertuples()}  # type: ignore[reportArgumentType]


def _fact(baseline: Baseline, population: str, fact: str) -> float:
    frame = baseline.facts
    found = frame.loc[(frame["population"] == population) & (frame["fact"] == fact), "value"]
    return float(found.iloc[0]) if len(found) else math.nan


def _split(total: int, parts: Mapping[str, float]) -> list[Part]:
    """Return parts whose shown hours add to a total."""
    shown = allotted(total, list(parts.values()))
    return [Part(key, hours, whole) for (key, hours), whole in zip(parts.items(), shown, strict=True)]


def _after(
    population: str, lines: Mapping[str, float], today: list[Part], base: tuple[int, float]
) -> tuple[list[Part], list[Part]]:
    """Return what the hours at work are after the change, and how the freed ones come about."""
    if population == "contact_centre":
        return _filled(lines, today), []
    if not {"needed_after", "freed"} <= set(lines):
        return [], []
    needed, freed = _split(base[0], {NEEDED: lines["needed_after"], "freed": lines["freed"]})
    taken = {name: lines.get(name, 0.0) for name in TAKEN_UP}
    ways = {name: lines.get(name, 0.0) for name in ("freed_in_place", "freed_by_moving")}
    parts = [part for part in _split(freed.shown, taken) if part.hours > 0]
    return [needed, *parts], [freed, *(part for part in _split(freed.shown, ways) if part.hours > 0)]


def _filled(lines: Mapping[str, float], today: list[Part]) -> list[Part]:
    """Return the contact centre's hours with items in a part of the waiting."""
    moved, after = lines.get(ITEMS, 0.0), list[Part]()
    waiting = next((part for part in today if part.key == "idle"), None)
    if waiting is None or not 0 < moved <= waiting.hours:
        return []
    for part in today:
        if part.key == "idle":
            after += _split(part.shown, {ITEMS: moved, RESERVE: part.hours - moved})
        else:
            after.append(part)
    return after


def height_mm(baseline: Baseline, value: Value | None) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return _height_pt(sides(baseline, value)) / style.MM + MARGINS_MM[2] + MARGINS_MM[3]


def _height_pt(found: list[Side]) -> float:
    rows = sum(2 if side.after else 1 for side in found)
    return len(found) * (TITLE_PT + BETWEEN_PT) + rows * (BAR_PT + NAMES_PT)


def missing(baseline: Baseline, *, value: Value | None = None, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if sides(baseline, value) else (theme or Theme()).words("missing.paid_hours")


def headline(baseline: Baseline, *, value: Value | None = None, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words, found = (theme or Theme()).words, sides(baseline, value)
    n, paid = words.n, sum(side.paid.shown for side in found)
    office = next((side for side in found if side.freed), None)
    if office is not None:
        freed = office.freed[0].shown
        cash = sum(office.shown(name, after=True) for name in TAKEN_UP[:-1])
        return words("paid_hours.headline.freed", paid=n.count(paid), freed=n.count(freed), cash=n.count(cash),
                     left=n.count(office.shown("left", after=True)))  # fmt: skip
    work = sum(side.shown("utilization") for side in found)
    return words("paid_hours.headline.today", paid=n.count(paid), work=n.count(work))


def alt_text(baseline: Baseline, *, value: Value | None = None, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words, said = (theme or Theme()).words, []
    for side in sides(baseline, value):
        for when, parts in (("today", side.today), ("after", side.after)):
            if parts:
                named = [f"{name_of(part, side.population, words)} {words.n.count(part.shown)}" for part in parts]
                said.append(words(f"paid_hours.alt.{when}", population=words(f"population.{side.population}"),
                                  paid=words.n.count(side.paid.shown), parts=words.listed(named)))  # fmt: skip
    return words("paid_hours.alt.all", parts=" ".join(said))


def name_of(part: Part, population: str, words: Words) -> str:
    """Return what a part is called."""
    key = f"paid_hours.part.{part.key}"
    return words(key) if key in words else words(f"share_short.{part.key}.{population}")


@exhibit
def paid_week(
    baseline: Baseline, *, value: Value | None = None, ax: Axes | None = None, theme: Theme | None = None
) -> Axes:
    """Draw the paid hours of a week by what they are, today and after the change, both populations on one scale.

    Parameters
    ----------
    baseline
        Paid hours, hours at work a week, and the shares of them.
    value
        The balance; without it only today is drawn.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: paid hours a week, from 0; one bar a population and time.

    Raises
    ------
    ValueError
        No population's paid hours are known.
    """
    theme, found = theme or Theme(), sides(baseline, value)
    if not found:
        raise ValueError(missing(baseline, value=value, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(baseline, value), margins_mm=MARGINS_MM)
    most = max(side.paid.hours for side in found)
    height = style.size_pt(ax)[1]
    ax.set(xlim=(0, most), ylim=(0, height))
    words, top = theme.words, height
    for side in found:
        title = words("paid_hours.title", population=words(f"population.{side.population}"),
                      paid=words.n.count(side.paid.shown))  # fmt: skip
        ax.text(-_left(ax), top - 2, title, size=style.VALUE, weight=600, va="top")
        top -= TITLE_PT
        for when, parts in (("today", side.today), ("after", side.after)):
            if not parts:
                continue
            style.beside(ax, -_left(ax) / most, top - BAR_PT / 2, words(f"paid_hours.{when}"), size=style.LABEL)
            _bar(ax, side, parts, top - BAR_PT, theme)
            top -= BAR_PT + NAMES_PT
        top -= BETWEEN_PT
    _scale(ax, most, words)
    return ax


def _left(ax: Axes) -> float:
    """Return the width of the left margin in hours."""
    return ax.get_xlim()[1] * style.MM * MARGINS_MM[0] / style.size_pt(ax)[0]


def _scale(ax: Axes, most: float, words: Words) -> None:
    ticks = style.round_ticks(0, most, 6)
    style.quiet(ax, x=True)
    ax.set_xticks(ticks, [words.n.count(tick) for tick in ticks])
    ax.spines["bottom"].set_visible(True)
    ax.tick_params(length=2, pad=2)
    ax.set_xlabel(words("paid_hours.axis"), loc="right", labelpad=1)


def _look(key: str, theme: Theme) -> tuple[str, str, bool]:
    """Return fill, text colour and whether a part is hatched."""
    if key in {"overtime", "outsourced", "vacancies", ITEMS}:
        return theme.accent, "white", False
    if key in style.MEANINGS:
        return (*style.MEANINGS[key], False)
    work, away = style.MEANINGS["utilization"], style.MEANINGS["away"]
    return {
        NEEDED: (*work, False), shares.SEEN_WORK: (*work, True), "observed": (*away, True),
        "left": (theme.tint(CAPACITY), style.INK, False), RESERVE: (_PALE, style.INK, False), OFF: (style.PANEL, style.MUTED, False),
    }[key]  # fmt: skip


def _bar(ax: Axes, side: Side, parts: Sequence[Part], foot: float, theme: Theme) -> None:
    """Draw one bar with the hours in its parts and their names below."""
    width, most = style.size_pt(ax)[0], ax.get_xlim()[1]
    middle, left = foot + BAR_PT / 2, 0.0
    names, centres, colours = [], [], []
    for part in parts:
        fill, on, hatched = _look(part.key, theme)
        edge = style.RULE if part.key == OFF else "white"
        ax.barh(middle, part.hours, height=BAR_PT, left=left, color=fill, edgecolor=edge, linewidth=0.75)
        if hatched:
            ax.barh(middle, part.hours, height=BAR_PT, left=left, facecolor="none", edgecolor="white", hatch="//////",
                    lw=0, alpha=0.45)  # fmt: skip
        text, name = theme.words.n.count(part.shown), name_of(part, side.population, theme.words)
        inside = style.text_width_pt(text, style.VALUE + 0.5, 600) + 5 < part.hours / most * width
        if inside:
            ax.text(left + part.hours / 2, middle - 0.3, text, size=style.VALUE + 0.5, weight=600, color=on,
                    ha="center", va="center_baseline")  # fmt: skip
        names.append(name if inside else f"{name} {text}")
        centres.append(left + part.hours / 2)
        colours.append(theme.accent if fill in {theme.accent, theme.tint(CAPACITY)} else style.MUTED)
        left += part.hours
    widths = [style.text_width_pt(name, style.SMALL) / width * most for name in names]
    placed = style.spread(centres, widths, low=0, high=most, gap=6 / width * most)
    for name, centre, place, label, colour in zip(names, centres, placed, widths, colours, strict=True):
        if abs(centre - place) > label / 2:
            end = place + (label / 2 - 2 / width * most) * (1 if centre > place else -1)
            ax.plot([centre, end], [foot, foot - 3], color=style.MUTED, lw=style.HAIR, solid_capstyle="butt")
        ax.text(place, foot - 2.5, name, size=style.SMALL, color=colour, ha="center", va="top")
