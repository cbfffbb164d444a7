"""What was heard by theme: how many notes, and whether they were read back to those who gave them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.report.exhibits import style
from analysis.report.exhibits.sheet import Sheet
from analysis.report.exhibits.theme import Theme, exhibit
from analysis.report.words import Words

ROW_MM = 6.0
MARGINS_MM = (0.2, 0.2, 0.5, 0.2)
MOST_THEMES, MOST_NAMED = 7, 3
# where names end and bars lie, in shares of the width
NAMES, BARS, SAID = 0.24, 0.62, 0.64
# read back, read back but for a few, not read back: dark to light, so that it reads in grey
ALL, MOST, NONE = "#33465A", "#8493A2", "#D5DBE1"


def rows(result: Any) -> pd.DataFrame:
    """Return the themes to draw, the largest first; beyond the first seven they are put together with those that are merged.

    Parameters
    ----------
    result
        Whatever holds the frame `listening`: a readiness assessment, or what was heard.

    Returns
    -------
    DataFrame
        kind, theme, times, teams (NA where themes were put together here), escalations, read_back.
    """
    frame = result.listening
    named, merged = frame[frame["kind"] == "theme"], frame[frame["kind"] == "merged"]
    columns = ["kind", "theme", "times", "teams", "escalations", "read_back"]
    if len(named) <= MOST_THEMES:
        return pd.concat([named, merged], ignore_index=True)[columns]
    rest = pd.concat([named.iloc[MOST_THEMES:], merged], ignore_index=True)
    together = {
        "kind": "merged",
        "theme": "",
        "times": int(rest["times"].sum()),
        "teams": None,
        "escalations": None,
        "read_back": rest["read_back"].sum(skipna=False),
    }
    both = pd.DataFrame([*named.head(MOST_THEMES)[columns].to_dict("records"), together])
    return both.astype(dict.fromkeys(("times", "teams", "escalations", "read_back"), "Int64"))


def over_all(result: Any) -> pd.Series | None:
    """Return the row over all notes; None where there are too few to tell."""
    frame = result.listening
    found = frame[frame["kind"] == "all"]
    return found.iloc[0] if len(found) else None


def height_mm(result: Any) -> float:
    """Return how high the exhibit is [mm], margins included."""
    return ROW_MM * max(len(rows(result)), 1) + MARGINS_MM[2] + MARGINS_MM[3]


def missing(result: Any, *, theme: Theme | None = None) -> str:
    """Return why the exhibit cannot be drawn; empty when it can."""
    return "" if over_all(result) is not None else (theme or Theme()).words("missing.voices")


def headline(result: Any, *, theme: Theme | None = None) -> str:
    """Return the finding as one sentence with its numbers."""
    words = (theme or Theme()).words
    total = over_all(result)
    if total is None:
        return ""
    named = result.listening[result.listening["kind"] == "theme"]
    front = named.head(MOST_NAMED)
    notes = words.some("voices.notes", total["times"])
    if front.empty:
        return words("voices.headline.merged", notes=notes)
    first, *others = [
        words.some("voices.on", row.times, theme=row.theme)
        if place == 0
        else words("voices.on_too", n=words.n.count(row.times), theme=row.theme)
        for place, row in enumerate(front.itertuples())
    ]
    listed = words.listed([first, *others])
    return words("voices.headline.themes", notes=notes, themes=listed)


def alt_text(result: Any, *, theme: Theme | None = None) -> str:
    """Return the chart in words."""
    words = (theme or Theme()).words
    parts = [
        words(
            "voices.alt.theme", theme=_name(row, words), notes=words.some("voices.notes", row.times), read=_read(row, words)
        )
        for row in rows(result).itertuples()
    ]  # fmt: skip
    return f"{headline(result, theme=theme)}. {words('voices.alt.all', parts='; '.join(parts))}"


def _name(row: Any, words: Words) -> str:
    """Return a theme as the chart names it; themes put together are called so, whatever they are."""
    return words("voices.other") if row.kind == "merged" else f"{row.theme[:1].upper()}{row.theme[1:]}"


def _read(row: Any, words: Words) -> str:
    """Return how far a theme was read back."""
    if pd.isna(row.read_back):
        return words("voices.read.most")
    if row.read_back == row.times:
        return words("voices.read.all")
    return words("voices.read.some", n=words.n.count(row.read_back)) if row.read_back else words("voices.read.none")


@exhibit
def themes_heard(result: Any, *, ax: Axes | None = None, theme: Theme | None = None) -> Axes:
    """Draw the number of notes by theme, shaded by whether they were read back.

    Parameters
    ----------
    result
        Whatever holds the frame `listening`: a readiness assessment, or what was heard.
    ax
        Axes to draw in; without them a figure is made.
    theme
        Words, typeface and accent.

    Returns
    -------
    Axes
        In points from the top left; one row a theme.

    Raises
    ------
    ValueError
        Too little was heard.
    """
    theme = theme or Theme()
    if missing(result):
        raise ValueError(missing(result, theme=theme))
    frame = rows(result)
    sheet = Sheet(style.axes(ax, width_mm=166, height_mm=height_mm(result), margins_mm=MARGINS_MM))
    row_pt, start, end = ROW_MM * style.MM, NAMES * sheet.width, BARS * sheet.width
    per_note = (end - start) / int(frame["times"].max())
    for place, row in enumerate(frame.itertuples()):
        _bar(sheet, row, (place * row_pt, row_pt, start, per_note), theme)
    return sheet.ax


def _bar(sheet: Sheet, row: Any, at: tuple[float, float, float, float], theme: Theme) -> None:
    """Draw one theme: its name, its notes as a bar, and what the bar says in words."""
    top, height, start, per_note = at
    words, middle, merged = theme.words, top + height / 2, row.kind == "merged"
    colour = style.MUTED if merged else theme.ink
    sheet.fitted(0, middle, _name(row, words), start - 8, size=style.VALUE, color=colour)
    thick, long = height * 0.56, row.times * per_note
    known = pd.notna(row.read_back)
    read = row.read_back * per_note if known else 0.0
    sheet.box(start, middle - thick / 2, (long, thick), NONE if known else MOST)
    if read:
        sheet.box(start, middle - thick / 2, (read, thick), ALL)
    sheet.say(start + long + 4, middle, words.n.count(row.times), size=style.VALUE, color=theme.ink, weight=600)
    said = [_read(row, words)]
    if pd.notna(row.teams):
        said.insert(0, words.some("voices.teams", row.teams))
    if pd.notna(row.escalations) and row.escalations:
        said.append(words("voices.raised", n=words.n.count(row.escalations)))
    sheet.say(SAID * sheet.width + 16, middle, ", ".join(said), size=style.LABEL)
