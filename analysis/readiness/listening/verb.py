"""Puts together what was heard; it needs no data of the client, and says more once there are some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import Finding, empty_table
from analysis.readiness.frames import frame
from analysis.readiness.listening.answering import response_rows
from analysis.readiness.listening.counting import WHERE, merged, sorted_notes, theme_rows
from analysis.readiness.listening.guessing import FEWEST_PEOPLE, expectation_rows, guesses
from analysis.readiness.listening.guide import Guide, read_guide, some
from analysis.readiness.listening.hearing import heard_rows
from analysis.readiness.listening.result import Heard
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.estimate import Quantity
    from analysis.foundation.settings import Client
    from analysis.utilization.result import Utilization

# the smallest team that is looked at where no baseline states one
SMALLEST_TEAM = 10


def listen(
    tables: Mapping[str, pd.DataFrame],
    *,
    baseline: Baseline | None = None,
    utilization: Utilization | None = None,
    blending: Blending | None = None,
    client: Client | None = None,
    settings: ReadinessSettings | None = None,
    guide: Guide | None = None,
) -> Heard:
    """Count what people said by theme and role, and hold what leaders expected against what was measured.

    Parameters
    ----------
    tables
        Canonical tables by name; `listening`, `expectations`, `to_hear`, `responses`, `roster` and `answers` are looked at where they are there.
    baseline, utilization, blending
        Results that the guesses are held against, where they exist already.
    client
        Whose period tells guesses made before from guesses made after it.
    settings
        `fewest_notes` is used.
    guide
        Roles, themes and questions; the kit's own by default.

    Returns
    -------
    Heard
        Five frames of counts; nobody's words but those written for print.

    Notes
    -----
    A theme is named with `fewest_notes` notes or more from two teams or roles; the others are merged, two or more together, so that none can be had by
    subtraction. Small counts of escalations, of notes not read back and of notes not agreed are hidden in the same way.

    Examples
    --------
    >>> import pandas as pd
    >>> notes = {"heard_on": pd.Timestamp("2026-03-02"), "role": "agent", "theme": "systems", "read_back_on": pd.Timestamp("2026-03-06")}
    >>> from analysis.foundation.schema import typed_table
    >>> table = typed_table("listening", pd.DataFrame([notes | {"team": team} for team in "aabbc"]))
    >>> listen({"listening": table})
    5 notes from 3 teams: all were read back, after 4 days at the median.
    """
    settings, guide = settings or ReadinessSettings(), guide or read_guide()
    fewest = settings.fewest_notes
    notes, asked = sorted_notes(_table(tables, "listening"), guide)
    shown = set(merged(notes, fewest)) if len(notes) else set()
    marks = _marks(tables)
    responses, unfit = response_rows(tables.get("responses"), guide, shown, marks)
    guessed, odd = guesses(tables.get("expectations"), guide)
    quantities = _quantities(baseline, utilization, blending)
    smallest = baseline.settings.minimum_group_agents if baseline is not None else SMALLEST_TEAM
    rows: dict[str, Sequence[Mapping[str, Any]]] = {
        "listening": theme_rows(notes, fewest, [row["theme"] for row in responses]),
        "heard": heard_rows(notes, tables.get("to_hear"), tables.get("roster"), guide, fewest=fewest, smallest_team=smallest),
        "expectations": expectation_rows(guessed, quantities, guide, last_day=client.period.end if client else None),
        "responses": responses,
    }  # fmt: skip
    frames = {name: frame(name, part) for name, part in rows.items()}
    findings = (*asked, *odd, *unfit, *_open(frames, guessed, len(guide.roles)))
    return Heard(f"{guide.name} {guide.version}", **frames, findings=findings)


def _table(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    found = tables.get(name)
    return empty_table(name) if found is None else found


def _marks(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return the marks of raters and of those who guessed."""
    held = [tables[name]["rater"] for name in ("answers", "expectations") if name in tables]
    return {str(mark) for column in held for mark in column.dropna() if mark}


def _quantities(*results: Baseline | Utilization | Blending | None) -> list[Quantity]:
    return [quantity for result in results if result is not None for quantity in result.quantities]


def _open(frames: Mapping[str, pd.DataFrame], guessed: pd.DataFrame, roles: int) -> list[Finding]:
    """Return what listening still has to do."""
    listening, heard, expectations = frames["listening"], frames["heard"], frames["expectations"]
    found = []
    over_all = listening[listening["kind"] == "all"]
    unread = int((over_all["times"] - over_all["read_back"]).fillna(0).sum())
    if unread:
        text = f"{some(unread, 'note')} not read back yet to those who gave them. Read them back: until then they do not count as heard."
        found.append(Finding("listening_not_read_back", "ask", WHERE, text, rows=unread))
    silent = int(((heard["kind"] == "role") & (heard["state"] != "heard")).sum())
    if silent:
        text = f"{silent} of {some(roles, 'role')} not heard, or too little to tell. The guide has questions for each."
        found.append(Finding("listening_not_heard", "ask", WHERE, text, rows=silent))
    pairs = guessed.drop_duplicates(["number", "population"]) if len(guessed) else guessed
    few = len(pairs) - len(expectations)
    if few:
        text = f"{some(few, 'question')} guessed by fewer than {FEWEST_PEOPLE} people, and not shown. Ask more leaders, before a figure is known."
        found.append(Finding("expectation_few", "flag", "expectations", text, rows=few))
    return found
