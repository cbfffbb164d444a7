"""Where the time at work goes: five shares that add to the whole, by population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS, SHARES
from analysis.report.exhibits import style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# Shares that are known must leave no more than this of the whole unexplained; then a missing one occurs nowhere or is part of another.
TOLERANCE = 0.005
# narrower segments carry their number in their name
LEAST_WIDTH_PT = 16.0
# names keep this distance
GAP_PT = 6.0
# work that observers saw and no system records
SEEN_WORK = "seen_work"
NON_WORK = ("idle", "away", "observed")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a population's bar: its meaning, its size, and the part of it that is hatched."""

    key: str
    value: float
    hatched: float = 0.0


def segments(baseline: Baseline) -> dict[str, list[Segment]]:
    """Return population -> the parts of its bar, for populations whose known shares add to the whole."""
    frame = baseline.shares.pivot(index="population", columns="share", values="value")
    found = {}
    for name in POPULATIONS:
        if name not in frame.index:
            continue
        values = {share: float(frame.loc[name].get(share, float("nan"))) for share in (*SHARES, "outage")}
        known = {share: value for share, value in values.items() if share in SHARES and pd.notna(value)}
        if "utilization" in known and abs(sum(known.values()) - 1) <= TOLERANCE:
            outage = values["outage"] if pd.notna(values["outage"]) else 0.0
            found[name] = _parts(known, _observed(baseline, name, known), outage, population=name)
    return found


def in_short(bar: list[Segment]) -> list[Segment]:
    """Return a bar in which all that observers and systems saw as non-work is one part, where observers divided the rest.

    Examples
    --------
    >>> bar = [Segment("utilization", 0.5), Segment("away", 0.2), Segment("observed", 0.3)]
    >>> [(part.key, round(part.value, 2)) for part in in_short(bar)]
    [('utilization', 0.5), ('observed', 0.5)]
    """
    if not {"observed", SEEN_WORK} & {part.key for part in bar}:
        return bar
    seen = sum(part.value for part in bar if part.key in NON_WORK)
    kept = [part for part in bar if part.key not in NON_WORK]
    at = len(kept) - (kept[-1].key == "unaccounted")
    return [*kept[:at], *([Segment("observed", seen)] if seen > 0 else []), *kept[at:]]


def _parts(known: dict[str, float], observed: float | None, outage: float, *, population: str) -> list[Segment]:
    """Return the bar's parts in the ladder's order; what observers saw in the time that no system records is taken out of it.

    In the back office the rest of that time is work: utilization today is the same 1 - support - non-work.
    """
    parts = [
        Segment(share, value, outage if share == "support" else 0.0)
        for share, value in known.items()
        if share != "unaccounted" and value > 0
    ]
    rest = known.get("unaccounted", 0.0) - (observed or 0.0)
    if observed is not None and population == "back_office" and rest > 0:
        parts.insert(1, Segment(SEEN_WORK, rest))
        rest = 0.0
    if observed:
        parts.append(Segment("observed", observed))
    return [*parts, Segment("unaccounted", rest)] if rest > 0 else parts


def _observed(baseline: Baseline, population: str, known: dict[str, float]) -> float | None:
    """Return the share of the unseen time that observers saw as non-work; None where nobody observed."""
    for quantity in baseline.quantities:
        if quantity.id == "baseline.non_work_share" and quantity.scope.get("population") == population:
            value = quantity.estimate.value
            seen = known.get("idle", 0.0) + known.get("away", 0.0)
            return None if value is None else min(max(value - seen, 0.0), known.get("unaccounted", 0.0))
    return None


def missing(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if segments(baseline) else (theme or Theme()).words("missing.baseline")


def headline(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    parts = []
    for name, bar in segments(baseline).items():
        sizes = {segment.key: segment.value for segment in bar}
        said = words(f"shares.headline.{name}", utilization=words.n.share(sizes["utilization"]))
        for key in ("idle", "observed"):
            if key in sizes and f"shares.headline.{name}_{key}" in words:
                said += words(f"shares.headline.{name}_{key}", share=words.n.share(sizes[key]))
        parts.append(said)
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def alt_text(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = []
    for name, bar in segments(baseline).items():
        shares = [f"{words(f'share.{part.key}.{name}')} {words.n.share(part.value)}" for part in bar]
        parts.append(words("shares.alt", population=words(f"population.{name}"), shares=words.listed(shares)))
    return " ".join(parts)


@exhibit
def ladder_shares(
    baseline: Baseline, *, ax: Axes | None = None, compact: bool = False, theme: Theme | None = None
) -> Axes:
    """Draw one bar a population, its five shares of the time at work labelled in place.

    Parameters
    ----------
    baseline
        The measured baseline.
    ax
        Axes to draw in; without them a figure is made.
    compact
        Draw the small form of the first page.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        Horizontal axis: share of the base, 0 to 1.

    Raises
    ------
    ValueError
        No population has shares that add to the whole.
    """
    theme = theme or Theme()
    known = segments(baseline)
    if not known:
        raise ValueError(missing(baseline, theme=theme))
    if compact:
        # page one speaks of the back office first, and of non-work as one
        known = {name: in_short(bar) for name, bar in reversed(known.items())}
    ax = style.axes(ax, width_mm=166, height_mm=22 * len(known), margins_mm=(1, 1, 1, 1))
    height = style.size_pt(ax)[1]
    ax.set(xlim=(0, 1), ylim=(0, height))
    thick = 15.0 if compact else 19.0
    for place, (name, bar) in enumerate(known.items()):
        top = height * (1 - place / len(known))
        foot = top - (13 if compact else 15) - thick
        _title(ax, baseline, name, top, theme)
        _bar(ax, bar, foot, thick, theme)
        key = f"share_short.{{}}.{name}" if compact else f"share.{{}}.{name}"
        _names(ax, bar, foot - (1 if compact else 2), key, theme)
    ax.set_axis_off()
    return ax


def _title(ax: Axes, baseline: Baseline, population: str, top: float, theme: Theme) -> None:
    """Write the population above its bar, with the agents and hours behind it at the right."""
    words = theme.words
    ax.text(0, top - 2, words(f"population.{population}"), size=style.VALUE, weight=600, va="top")
    seen = baseline.attendance[baseline.attendance["population"] == population]
    if len(seen):
        row = seen.iloc[0]
        behind = words("shares.behind", agents=words.n.count(row["agents"]), hours=words.n.hours(row["paid_h"]))
        ax.text(1, top - 2.5, behind, size=style.SMALL, color=style.MUTED, ha="right", va="top")


def _bar(ax: Axes, bar: list[Segment], foot: float, thick: float, theme: Theme) -> None:
    """Draw the segments of one bar with their numbers; what observers saw is away's colour, hatched."""
    width, left, middle = style.size_pt(ax)[0], 0.0, foot + thick / 2
    for segment in bar:
        seen = segment.key in {"observed", SEEN_WORK}
        colour, on = style.MEANINGS[{"observed": "away", SEEN_WORK: "utilization"}.get(segment.key, segment.key)]
        ax.barh(middle, segment.value, height=thick, left=left, color=colour, edgecolor="white", linewidth=0.75)
        hatched = segment.value if seen else segment.hatched
        if hatched > 0:
            ax.barh(middle, hatched, height=thick, left=left + segment.value - hatched, facecolor="none",
                    edgecolor="white", hatch="//////", lw=0, alpha=0.45 if seen else 1.0)  # fmt: skip
        if segment.value * width > LEAST_WIDTH_PT:
            points = theme.words.n.points(segment.value) if left else theme.words.n.share(segment.value)
            ax.text(left + segment.value / 2, middle - 0.3, points, size=style.VALUE + 0.5, weight=600, color=on,
                    ha="center", va="center_baseline")  # fmt: skip
        left += segment.value


def _names(ax: Axes, bar: list[Segment], base: float, key: str, theme: Theme) -> None:
    """Name every segment below it; a name that had to move is tied to its segment by a hair line."""
    width, n = style.size_pt(ax)[0], theme.words.n
    names, centres, left = list[str](), list[float](), 0.0
    sizes = [segment.value for segment in bar]
    for segment in bar:
        tight = segment.value * width <= LEAST_WIDTH_PT
        name = theme.words(key.format(segment.key))
        names.append(f"{name} {n.points(segment.value)}" if tight else name)
        centres.append(left + segment.value / 2)
        left += segment.value
    widths = [style.text_width_pt(name, style.SMALL) / width for name in names]
    # where not all names find room the narrowest parts go without: a sentence beside the chart says them
    while sum(widths) + (len(widths) - 1) * GAP_PT / width > 1:
        least = min(range(len(names)), key=lambda place: sizes[place])
        for row in (names, centres, widths, sizes):
            del row[least]
    placed = style.spread(centres, widths, low=0, high=1, gap=GAP_PT / width)
    for name, centre, place, label in zip(names, centres, placed, widths, strict=True):
        if abs(centre - place) > label / 2:
            end = place + (label / 2 - 2 / width) * (1 if centre > place else -1)
            ax.plot([centre, end], [base, base - 4], color=style.MUTED, lw=style.HAIR, solid_capstyle="butt")
        ax.text(place, base - 4, name, size=style.SMALL, color=style.MUTED, ha="center", va="top")
