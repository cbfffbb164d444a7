"""Of 100 hours at work: the five shares in the words of the summary for staff, in large type, by population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from analysis.report.exhibits import shares, style
from analysis.report.exhibits.theme import Theme, exhibit

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# what the summary calls a part: time of which no record names a task is one part in the back office; what is left belongs to nobody's choice that a record knows
PARTS: dict[str, dict[str, str]] = {
    "contact_centre": {"utilization": "work", "support": "support", "idle": "waiting"},
    "back_office": {"utilization": "work", "support": "support", "idle": "between", "away": "between", "observed": "between"},
}  # fmt: skip
COLOURS = {"work": "utilization", "support": "support", "waiting": "idle", "between": "idle", "rest": "unaccounted"}
NAME_PT, SHARE_PT, PART_PT = 10.5, 11.0, 9.0
MARGINS_MM = (0.2, 0.2, 0.5, 0.5)
THICK_PT, HEIGHT_MM = 24.0, 24.0
# narrower segments carry their number in their name
LEAST_WIDTH_PT = 22.0


def parts(baseline: Baseline) -> dict[str, dict[str, float]]:
    """Return population -> part -> share of the time at work; the parts add to the whole.

    Parameters
    ----------
    baseline
        The measured baseline.
    """
    found: dict[str, dict[str, float]] = {}
    for population, bar in shares.segments(baseline).items():
        merged: dict[str, float] = {}
        for segment in bar:
            name = PARTS[population].get(segment.key, "rest")
            merged[name] = merged.get(name, 0.0) + segment.value
        found[population] = {name: merged[name] for name in COLOURS if name in merged}
    return found


def missing(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if parts(baseline) else (theme or Theme()).words("missing.baseline")


def headline(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    told = [
        words(f"hours_of_100.headline.{population}", points=words.n.points(bar["work"]))
        for population, bar in parts(baseline).items()
    ]
    return words("hours_of_100.headline.all", parts=words.listed(told))


def alt_text(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    return " ".join(
        words(
            "hours_of_100.alt",
            population=words(f"population.{population}"),
            parts=words.listed(
                [f"{words(f'hours_of_100.{name}.{population}')} {words.n.points(share)}" for name, share in bar.items()]
            ),
        )
        for population, bar in parts(baseline).items()
    )


def height_mm(baseline: Baseline) -> float:
    """Return how high the exhibit is [mm]."""
    return HEIGHT_MM * max(len(parts(baseline)), 1)


@exhibit
def of_100_hours(baseline: Baseline, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw one bar a population, its parts named in the words of the summary for staff.

    Parameters
    ----------
    baseline
        The measured baseline.
    ax
        Axes to draw in; without them a figure is made.
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
    known = parts(baseline)
    if not known:
        raise ValueError(missing(baseline, theme=theme))
    ax = style.axes(ax, width_mm=166, height_mm=height_mm(baseline), margins_mm=MARGINS_MM)
    height = style.size_pt(ax)[1]
    ax.set(xlim=(0, 1), ylim=(0, height))
    for place, (population, bar) in enumerate(known.items()):
        top = height * (1 - place / len(known))
        ax.text(0, top - 1, theme.words(f"population.{population}"), size=NAME_PT, weight=600, va="top")
        foot = top - NAME_PT - 7 - THICK_PT
        _bar(ax, bar, foot, theme)
        _names(ax, bar, foot - 4, population, theme)
    ax.set_axis_off()
    return ax


def _bar(ax: Axes, bar: dict[str, float], foot: float, theme: Theme) -> None:
    """Draw the segments of one bar with their numbers."""
    width, left = style.size_pt(ax)[0], 0.0
    for name, share in bar.items():
        colour, on = style.MEANINGS[COLOURS[name]]
        middle = foot + THICK_PT / 2
        ax.barh(middle, share, height=THICK_PT, left=left, color=colour, edgecolor="white", linewidth=0.75)
        if share * width > LEAST_WIDTH_PT:
            ax.text(left + share / 2, middle - 0.3, theme.words.n.points(share), size=SHARE_PT, weight=600, color=on,
                    ha="center", va="center_baseline")  # fmt: skip
        left += share


def _names(ax: Axes, bar: dict[str, float], top: float, population: str, theme: Theme) -> None:
    """Name every segment below it, as near to it as the names leave room."""
    width, left = style.size_pt(ax)[0], 0.0
    names, centres = [], []
    for name, share in bar.items():
        said = theme.words(f"hours_of_100.{name}.{population}")
        names.append(said if share * width > LEAST_WIDTH_PT else f"{said} {theme.words.n.points(share)}")
        centres.append(left + share / 2)
        left += share
    widths = [style.text_width_pt(name, PART_PT) / width for name in names]
    placed = style.spread(centres, widths, low=0, high=1, gap=9 / width)
    for name, centre, place, wide in zip(names, centres, placed, widths, strict=True):
        if abs(centre - place) > wide / 2:
            end = place + (wide / 2 - 3 / width) * (1 if centre > place else -1)
            ax.plot([centre, end], [top + 3, top - 1], color=style.MUTED, lw=style.HAIR, solid_capstyle="butt")
        ax.text(place, top - 1, name, size=PART_PT, color=theme.ink, ha="center", va="top")
