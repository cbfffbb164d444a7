"""One data set under every published definition of utilization: what each gives today, and what a quoted share would ask under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.foundation.schema import POPULATIONS
from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Scale, Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.utilization.result import Utilization

# the definition of this report, as the cross-walk names it; a second row counts work that no system records
OURS = "utilization U5, work of base"
ROW_MM, HEAD_MM, FOOT_MM = 5.0, 10.5, 6.5
MARGINS_MM = (0.3, 0.3, 0.3, 0.3)
# where names end, the dots lie and the columns of figures end, in shares of the width
NAMES, DOTS, TODAY, ASKED = 0.365, (0.38, 0.69), (0.765, 0.835), (0.925, 0.998)
MARKS = {"contact_centre": "o", "back_office": "D"}
SIZES = {"contact_centre": 5.2, "back_office": 4.4}


def rows(utilization: Utilization) -> pd.DataFrame:
    """Return the definitions that have a figure here, one row each: today and of_base by population, in the cross-walk's order."""
    frame = utilization.quoted
    if frame.empty:
        return frame
    known = frame[frame["today"].notna()]
    order = known["definition"].drop_duplicates()
    # an addition to this report's own definition stands below it
    rank = {name: place + 0.5 * str(name).startswith(f"{OURS},") for place, name in enumerate(order)}
    ours = rank.get(OURS, 0.0)
    rank |= {name: ours + 0.5 for name in order if str(name).startswith(f"{OURS},")}
    wide = known.pivot_table(
        index="definition", columns="population", values=["today", "of_base"], aggfunc="first", dropna=False
    )
    wide.columns = [f"{name}.{population}" for name, population in wide.columns]
    places = known.pivot_table(index="definition", columns="population", values="place", aggfunc="first")
    for population in places.columns:
        wide[f"place.{population}"] = places[population]
    wide = wide.dropna(how="all").reset_index()
    return wide.sort_values("definition", key=lambda names: names.map(rank), kind="stable").reset_index(drop=True)


def populations(utilization: Utilization) -> list[str]:
    """Return the populations with a figure by any definition, in the report's order."""
    frame = utilization.quoted
    present = set(frame.loc[frame["today"].notna(), "population"]) if len(frame) else set()
    return [name for name in POPULATIONS if name in present]


def height_mm(utilization: Utilization) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return HEAD_MM + FOOT_MM + ROW_MM * len(rows(utilization)) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if len(rows(utilization)) else (theme or Theme()).words("missing.crosswalks")


def headline(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    n, frame = words.n, utilization.quoted
    told = []
    for name in populations(utilization):
        today = frame.loc[frame["population"] == name, "today"].dropna()
        spread = n.bounds(float(today.min()), float(today.max()), sign=True)
        told.append(words("crosswalk.spread", population=words(f"ceilings.subject.{name}"), spread=spread))
    said = words("crosswalk.headline", n=n.count(len(rows(utilization))), spread=words.listed(told))
    asked = frame["of_base"].dropna()
    if len(asked) < 2:
        return said
    bounds = n.bounds(float(asked.min()), float(asked.max()), sign=True)
    return said + words("crosswalk.asked", share=n.share(float(frame["quoted"].iloc[0])), bounds=bounds)


def alt_text(utilization: Utilization, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    frame = rows(utilization).set_index("definition")
    own = [
        words(
            "crosswalk.own", population=words(f"ceilings.subject.{name}"), share=words.n.share(frame.at[OURS, column])
        )
        for name in populations(utilization)
        if OURS in frame.index and pd.notna(frame.at[OURS, column := f"today.{name}"])
    ]
    said = headline(utilization, theme=theme)
    return f"{said}. {words('crosswalk.alt', figures=words.listed(own))}" if own else f"{said}."


def spelled(definition: str) -> str:
    """Return a definition's name as it begins a line.

    Examples
    --------
    >>> spelled("occupancy_icmi, all occupied time")
    'Occupancy (ICMI), all occupied time'
    """
    text = definition.replace("_icmi", " (ICMI)").replace("_", " ")
    return text[0].upper() + text[1:]


@exhibit
def definition_crosswalk(utilization: Utilization, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw today's figure of both populations under every published definition, and what the quoted share would ask under it.

    Parameters
    ----------
    utilization
        The estimated utilization; its cross-walk is the baseline's, converted.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        In points from the top left. One row a definition, this report's own marked; horizontal axis of the dots: share from 0 to 1.

    Raises
    ------
    ValueError
        No definition has a figure.
    """
    theme = theme or Theme()
    frame = rows(utilization)
    if frame.empty:
        raise ValueError(missing(utilization, theme=theme))
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(utilization), margins_mm=MARGINS_MM))
    unit = sheet.height / (HEAD_MM + FOOT_MM + ROW_MM * len(frame))
    head, row_pt = HEAD_MM * unit, ROW_MM * unit
    scale = Scale(0.0, 1.0, DOTS[0] * sheet.width, DOTS[1] * sheet.width)
    quoted = float(utilization.quoted["quoted"].iloc[0])
    foot = head + row_pt * len(frame)
    _heads(sheet, utilization, (head, scale(quoted)), theme)
    for place, row in enumerate(frame.to_dict("records")):
        _definition(sheet, row, (head + place * row_pt, row_pt), scale, theme)
    sheet.line((scale(quoted),) * 2, (head, foot), theme.ink, lw=0.75, ls=(0, (2, 2)), zorder=3)
    for at, text in scale.ticks(6, theme.words.n.share):
        sheet.line((at, at), (head, foot), zorder=0)
        sheet.say(at, foot + 8, text, ha="center")
    return sheet.ax


def _heads(sheet: Sheet, utilization: Utilization, at: tuple[float, float], theme: Theme) -> None:
    """Name the columns: definition, quoted share, today and what is asked, a mark for each population."""
    (foot, quoted), words = at, theme.words
    share = words.n.share(float(utilization.quoted["quoted"].iloc[0]))
    sheet.say(0, foot - 7, words("definitions.column.name"))
    sheet.say(quoted, foot - 7, share, ha="center", color=theme.ink)
    for columns, text in ((TODAY, words("crosswalk.today")), (ASKED, words("crosswalk.would_be", share=share))):
        sheet.say(columns[1] * sheet.width, foot - 20, text, ha="right")
        for name, x in zip(POPULATIONS, columns, strict=True):
            if name in populations(utilization):
                right = x * sheet.width
                label = words(f"crosswalk.short.{name}")
                sheet.say(right, foot - 7, label, ha="right", color=theme.ink)
                _mark(
                    sheet, right - style.text_width_pt(label, style.SMALL) - 6, foot - 7, name, ours=False, theme=theme
                )


def _mark(sheet: Sheet, x: float, y: float, population: str, *, ours: bool, theme: Theme) -> None:
    """Draw the mark of a population: a filled circle, a hollow diamond."""
    colour = theme.accent if ours else style.MEANINGS["utilization"][0]
    face = colour if population == "contact_centre" else "white"
    sheet.dot(x, y, colour, size=SIZES[population], face=face, marker=MARKS[population])


def _definition(sheet: Sheet, row: dict[str, Any], at: tuple[float, float], scale: Scale, theme: Theme) -> None:
    """Draw one definition: its name, a mark for each population, today's figures and what the quoted share asks."""
    (top, high), words = at, theme.words
    shown = [name for name in POPULATIONS if f"today.{name}" in row]
    middle, ours = top + high / 2, str(row["definition"]).startswith(OURS) and "without" not in row["definition"]
    if ours:
        sheet.box(0, top + 0.5, (sheet.width, high - 1.0), style.PANEL, zorder=0)
    sheet.line((0, sheet.width), (top, top), lw=style.HAIR * 0.6)
    form = {"color": theme.accent if ours else theme.ink, "weight": 600 if ours else 400}
    name = spelled(str(row["definition"]))
    if ours:
        name = words("crosswalk.ours" if row["definition"] == OURS else "crosswalk.ours_all", definition=name)
    sheet.fitted(2, middle, name, NAMES * sheet.width - 4, **form)
    known = [scale(row[f"today.{name}"]) for name in shown if pd.notna(row[f"today.{name}"])]
    if len(known) > 1:
        sheet.line(known, (middle, middle), style.MUTED, zorder=2)
    for population, today, asked in zip(POPULATIONS, TODAY, ASKED, strict=True):
        if population not in shown:
            continue
        value = row[f"today.{population}"]
        if pd.notna(value):
            _mark(sheet, scale(value), middle, population, ours=ours, theme=theme)
        text = words.n.share(value) if pd.notna(value) else words("crosswalk.none")
        sheet.say(today * sheet.width, middle, text, ha="right", **form)
        sheet.say(asked * sheet.width, middle, _asked(row, population, words), ha="right", **form)


def _asked(row: dict[str, Any], population: str, words: Words) -> str:
    """Return what the quoted share would be of the time at work, or that there is not so much time."""
    if pd.notna(row[f"of_base.{population}"]):
        return words.n.share(row[f"of_base.{population}"])
    return words("crosswalk.too_much" if row[f"place.{population}"] == "beyond" else "crosswalk.none")
