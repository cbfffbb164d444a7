"""From paid hours to work, step by step, by population: what is taken away, what it leaves, hours a week and shares of paid time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.measure.crosswalk import WORK
from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# what is taken away, in the ladder's order, with the total that it leaves where one has a name
STEPS = (
    ("ABSENT", "ATTENDED"), ("BREAK", "BASE"), ("SUPPORT", ""), ("OUTAGE", "WORKABLE"), ("IDLE", ""), ("AWAY", ""), ("UNACCOUNTED", "WORK"),
)  # fmt: skip
SHARE_OF = {"OUTAGE": "outage", "IDLE": "idle", "AWAY": "away", "UNACCOUNTED": "unaccounted"}
COLOURS = {"SUPPORT": "support", "OUTAGE": "support", "IDLE": "idle", "AWAY": "away", "UNACCOUNTED": "unaccounted", "WORK": "utilization"}  # fmt: skip
OFF, TOTAL = "#B9C2CB", style.MUTED
# parts that miss their whole by more than this share are not a ladder
LEFT_OVER = 0.005
ROW_MM, HEAD_MM = 5.1, 10.5
MARGINS_MM = (0.3, 0.3, 0.3, 0.3)
# where names end; bars, hours and shares of each population, in shares of the width
NAMES = 0.2
PANELS = (((0.215, 0.415), 0.505, 0.575), ((0.64, 0.84), 0.93, 0.999))


@dataclass(frozen=True, slots=True)
class Rung:
    """A total, or a step from one total to the next.

    Attributes
    ----------
    key
        Part of the ladder.
    hours, start, end
        Hours a week; where the bar begins and ends.
    total
        Whether it is a total.
    seen
        Whether a source sees it.
    """

    key: str
    hours: float
    start: float
    end: float
    total: bool
    seen: bool = True


def rungs(baseline: Baseline) -> dict[str, list[Rung]]:
    """Return population -> totals and steps from paid time to work, hours a week, for populations whose hours are known."""
    frame, found = baseline.ladder, {}
    for population in POPULATIONS:
        part = frame[frame["population"] == population] if len(frame) else frame
        hours = dict(zip(part["bucket"], part["hours"].astype(float), strict=True)) if len(part) else {}
        base, weekly = hours.get("BASE", 0.0), _per_week(baseline, population)
        if base > 0 and weekly > 0 and hours.get("PAID", 0.0) >= base and _whole(hours):
            found[population] = _descent(
                {key: value * weekly / base for key, value in hours.items()}, _unseen(baseline, population)
            )
    return found


def _whole(hours: dict[str, float]) -> bool:
    """Return whether the steps lead from paid time to work: the parts add up."""
    left = hours["PAID"] - sum(hours.get(key, 0.0) for key, _ in STEPS)
    return abs(left - sum(hours.get(key, 0.0) for key in WORK)) <= LEFT_OVER * hours["PAID"]


def _descent(hours: dict[str, float], unseen: set[str]) -> list[Rung]:
    """Return totals and steps in their order."""
    left = hours["PAID"]
    steps = [Rung("PAID", left, 0.0, left, total=True)]
    for key, total in STEPS:
        taken = hours.get(key, 0.0)
        steps.append(Rung(key, taken, left, left - taken, total=False, seen=key not in unseen))
        left -= taken
        if total:
            steps.append(Rung(total, left, 0.0, left, total=True))
    return steps


def _unseen(baseline: Baseline, population: str) -> set[str]:
    """Return the parts that no source of a population records: they have no share and no hours."""
    shares = baseline.shares[baseline.shares["population"] == population].set_index("share")["value"]
    hours = baseline.ladder[baseline.ladder["population"] == population].set_index("bucket")["hours"]
    return {key for key, share in SHARE_OF.items() if pd.isna(shares.get(share)) and not (hours.get(key) or 0.0) > 0}


def _per_week(baseline: Baseline, population: str) -> float:
    frame = baseline.facts
    found = (
        frame.loc[(frame["population"] == population) & (frame["fact"] == "base_h_per_week"), "value"]
        if len(frame)
        else []
    )
    return float(found.iloc[0]) if len(found) else math.nan


def height_mm(baseline: Baseline) -> float:
    """Return how high the exhibit is [mm], margins included."""
    known = rungs(baseline)
    return HEAD_MM + ROW_MM * max((len(steps) for steps in known.values()), default=1) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if rungs(baseline) else (theme or Theme()).words("missing.descents")


def headline(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    told = []
    for place, (population, steps) in enumerate(rungs(baseline).items()):
        hours = {step.key: step.hours for step in steps}
        told.append(
            words(
                f"descent.headline.{'first' if place == 0 else 'then'}",
                population=words(f"ceilings.subject.{population}"),
                work=words(f"share.utilization.{population}"),
                paid=words.n.hours(hours["PAID"]),
                base=words.n.hours(hours["BASE"]),
                work_h=words.n.hours(hours["WORK"]),
                share=_share(baseline, population, words),
            )
        )
    return "; ".join(told)


def _share(baseline: Baseline, population: str, words: Words) -> str:
    """Return the share of work in the time at work with its interval."""
    frame = baseline.shares
    row = frame[(frame["population"] == population) & (frame["share"] == "utilization")]
    if row.empty or row["value"].isna().all():
        return words("status.none")
    return words.n.interval(*(float(row[name].iloc[0]) for name in ("value", "low", "high")))


def alt_text(baseline: Baseline, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    told = []
    for population, steps in rungs(baseline).items():
        parts = [
            f"{words(f'descent.step.{step.key}').lower()} {_hours(step, words)}" for step in steps if step.hours > 0
        ]
        told.append(words("descent.alt", population=words(f"population.{population}"), parts=", ".join(parts)))
    return f"{headline(baseline, theme=theme)}. {' '.join(told)}"


def _hours(step: Rung, words: Words) -> str:
    """Return the hours of a total, or what a step takes with its sign."""
    if not step.seen:
        return words("descent.unseen")
    if step.hours <= 0:
        return "0"
    return words.n.hours(step.hours) if step.total else words("number.minus") + words.n.hours(step.hours)


@exhibit
def ladder_waterfall(baseline: Baseline, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw how paid hours become hours of work, one row a step, the populations side by side on one scale of hours.

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
        In points from the top left. Bars: hours a week, each population from 0 to its paid hours; totals begin at 0.

    Raises
    ------
    ValueError
        The paid hours of no population are known.
    """
    theme = theme or Theme()
    known = rungs(baseline)
    if not known:
        raise ValueError(missing(baseline, theme=theme))
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(baseline), margins_mm=MARGINS_MM))
    most = max(len(steps) for steps in known.values())
    head = sheet.height * HEAD_MM / (HEAD_MM + ROW_MM * most)
    row = (sheet.height - head) / most
    longest = max(steps[0].hours for steps in known.values())
    _names(sheet, known, (head, row), theme)
    for (population, steps), ((left, right), hours, share) in zip(known.items(), PANELS, strict=False):
        scale = Scale(0.0, longest, left * sheet.width, right * sheet.width)
        columns = hours * sheet.width, share * sheet.width
        _heads(sheet, population, (scale.start, head), columns, theme)
        for place, step in enumerate(steps):
            _step(sheet, step, (head + place * row, row, steps[0].hours), (scale, columns), theme)
    return sheet.ax


def _names(sheet: Sheet, known: dict[str, list[Rung]], at: tuple[float, float], theme: Theme) -> None:
    """Name every step at the left; totals stand out."""
    (head, row), words = at, theme.words
    steps = next(iter(known.values()))
    for place, step in enumerate(steps):
        top = head + place * row
        sheet.line((0, sheet.width), (top, top), lw=style.HAIR * (1.0 if step.total else 0.5))
        form = {"color": theme.ink if step.total else style.MUTED, "weight": 600 if step.total else 400}
        sheet.fitted(
            0 if step.total else 8, top + row / 2, words(f"descent.step.{step.key}"), NAMES * sheet.width - 8, **form
        )


def _heads(sheet: Sheet, population: str, at: tuple[float, float], columns: tuple[float, float], theme: Theme) -> None:
    """Name a population and its columns."""
    (left, foot), words = at, theme.words
    sheet.say(left, foot - 20, words(f"population.{population}"), size=style.VALUE, weight=600, color=theme.ink)
    sheet.say(columns[0], foot - 7, words("descent.hours"), ha="right")
    sheet.say(columns[1], foot - 7, words("descent.of_paid"), ha="right")


def _step(
    sheet: Sheet,
    step: Rung,
    at: tuple[float, float, float],
    scales: tuple[Scale, tuple[float, float]],
    theme: Theme,
) -> None:
    """Draw one total or step: its bar tied to what was left before, its hours and its share of paid time."""
    (top, high, paid), (scale, (hours_x, share_x)), n = at, scales, theme.words.n
    middle, thick = top + high / 2, min(0.62 * high, 10.0)
    if step.seen and step.hours > 0:
        colour = style.MEANINGS[COLOURS[step.key]][0] if step.key in COLOURS else TOTAL if step.total else OFF
        left, right = sorted((scale(step.start), scale(step.end)))
        more = {"hatch": "//////", "edgecolor": "white"} if step.key == "OUTAGE" else {}
        sheet.box(left, middle - thick / 2, (max(right - left, 0.8), thick), colour, zorder=2, **more)
    if step.key != "WORK":
        sheet.line((scale(step.end),) * 2, (middle, middle + high), style.MUTED, zorder=1)
    form = {"color": theme.ink, "weight": 600 if step.total else 400, "ha": "right"}
    sheet.say(hours_x, middle, _hours(step, theme.words), **form)
    if step.seen:
        sheet.say(share_x, middle, n.fine_share(step.hours / paid) if step.hours > 0 else "0", **form)
