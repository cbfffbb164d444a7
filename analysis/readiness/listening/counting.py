"""What was heard by theme: counts alone, rare themes merged, nothing that points to one person."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import Finding
from analysis.readiness.listening.guide import OTHER_ROLES, OTHER_THEMES, Guide, key, some
from analysis.readiness.listening.hiding import Shown, shown

if TYPE_CHECKING:
    import pandas as pd

WHERE = "listening notes"
RAISED = ("escalation", "complaint")
DAY_US = 86_400_000_000


def sorted_notes(notes: pd.DataFrame, guide: Guide) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the notes with themes and roles of the guide's lists, and what the writer must be asked.

    Returns
    -------
    tuple
        theme, own (the theme is on the list), written (theme as it was written), role, team, raised, read (read back), agreed, heard_on, days (until it was read back; NaN where it was not);
        and the findings.
    """
    import pandas as pd

    written = notes["theme"].fillna("").astype("str")
    theme, role, team = written.map(guide.theme), notes["role"].map(guide.role), notes["team"].map(key).astype("str")
    days = (notes["read_back_on"] - notes["heard_on"]).dt.days
    kind = notes["kind"].fillna("") if "kind" in notes else pd.Series("", index=notes.index)
    result = pd.DataFrame(
        {
            "theme": theme.fillna(OTHER_THEMES).astype("str"),
            "own": theme.notna(),
            "written": theme.fillna(written.str.casefold().str.strip()).astype("str"),
            "role": role.fillna(OTHER_ROLES).astype("str"),
            "team": team.mask(team == ""),
            "raised": kind.isin(RAISED),
            "read": notes["read_back_on"].notna() & ~(days < 0),
            "agreed": notes["agreed"].astype("boolean").fillna(False).astype(bool),
            "heard_on": notes["heard_on"],
            "days": days.where(days >= 0),
        }
    ).reset_index(drop=True)
    return result, _questions(result, written.ne("").to_numpy(), role.isna().to_numpy(), int((days < 0).sum()))


def _questions(notes: pd.DataFrame, themed: Any, no_role: Any, backwards: int) -> list[Finding]:
    """Return what the one who listened has to mend."""
    unknown = int((~notes["own"] & themed).sum())
    cases = (
        ("listening_theme_unknown", "ask", unknown, "{n} with a theme that is not on the list, merged with others. Choose the nearest one of the list in the sheet Concerns."),
        ("listening_theme_none", "ask", int((~themed).sum()), "{n} without a theme, merged with others. Choose one of the list in the sheet Concerns."),
        ("listening_role_unknown", "ask", int(no_role.sum()), "{n} without a role of the guide, so that nobody can tell who was heard. Choose one of its roles in the sheet Concerns."),
        ("listening_read_back_early", "flag", backwards, "{n} read back before being heard, by the dates; not counted as read back. Mend the dates."),
    )  # fmt: skip
    return [
        Finding(code, severity, WHERE, text.format(n=some(count, "note")), rows=count)  # type: ignore[arg-type]
        for code, severity, count, text in cases
        if count
    ]


def merged(notes: pd.DataFrame, fewest: int) -> pd.Series:
    """Return the theme under which each note is counted; empty where nothing may be shown.

    A theme is named with `fewest` notes or more that come from two teams or two roles. All other themes are merged; these hold `fewest` notes or more, from two
    teams or roles, and of two themes or more, so that none of them is told by what is left; where they would not, the smallest named theme joins them.
    """
    named = [name for name, group in notes[notes["own"]].groupby("theme", sort=True) if enough(group, fewest)]
    named.sort(key=lambda name: (-int((notes["theme"] == name).sum()), name))
    while True:
        rest = notes[~notes["theme"].isin(named)]
        if rest.empty or (enough(rest, fewest) and (rest["written"].nunique() > 1 or not named)):
            break
        if not named:
            return notes["theme"].where(notes["theme"].isna(), "")
        named.pop()
    return notes["theme"].where(notes["theme"].isin(named), OTHER_THEMES)


def enough(notes: pd.DataFrame, fewest: int) -> bool:
    """Tell whether notes are so many, and of so many teams or roles, that none points to a person."""
    return len(notes) >= fewest and (notes["team"].nunique() > 1 or notes["role"].nunique() > 1)


def theme_rows(notes: pd.DataFrame, fewest: int, answered: Sequence[str]) -> list[dict[str, Any]]:
    """Return one row a theme, the largest first and the merged ones before the row over all.

    Parameters
    ----------
    notes
        From :func:`sorted_notes`.
    fewest
        Notes below which a theme is merged.
    answered
        Themes of what was changed.
    """
    group = merged(notes, fewest)
    if notes.empty or (group == "").all():
        return []
    sizes = group.value_counts()
    order = sorted(sizes.index, key=lambda name: (name == OTHER_THEMES, -int(sizes[name]), name))
    parts = {name: notes[group == name] for name in order}
    one_side = [name for name, part in parts.items() if not enough(part[part["raised"]], fewest)]
    raised = _shown(parts, "raised", fewest, zeros=False, alone=one_side)
    if raised.total and not enough(notes[notes["raised"]], fewest):
        raised = Shown(dict.fromkeys(parts), None)
    unread = _shown(parts, "unread", fewest, zeros=True)
    unsettled = _shown(parts, "unsettled", fewest, zeros=True)
    changed = [theme if theme in parts else OTHER_THEMES for theme in answered]
    rows = []
    for name, part in [*parts.items(), ("", notes)]:
        over_all = name == ""
        told = [one.total if over_all else one.parts[name] for one in (raised, unread, unsettled)]
        rows.append(
            {
                "kind": "all" if over_all else "merged" if name == OTHER_THEMES else "theme",
                "theme": name,
                "times": len(part),
                "teams": int(part["team"].nunique()),
                "roles": int(part["role"].nunique()),
                "escalations": told[0],
                "read_back": None if told[1] is None else len(part) - told[1],
                "agreed": None if told[2] is None else len(part) - told[2],
                "days_to_read_back": _median(part["days"], fewest) if over_all else float("nan"),
                "changed": len(answered) if over_all else changed.count(name),
            }
        )
    return [row | {"sentence": _sentence(row)} for row in rows]


def _shown(parts: dict[str, pd.DataFrame], what: str, fewest: int, *, zeros: bool, alone: Sequence[str] = ()) -> Shown:
    """Return how many notes of each part were raised, are not read back, or are not agreed, as far as they may be shown."""
    counts = {
        name: int({"raised": part["raised"], "unread": ~part["read"], "unsettled": ~part["agreed"]}[what].sum())
        for name, part in parts.items()
    }
    return shown(counts, fewest, zeros=zeros, spare=zeros, alone=alone)


def _median(days: pd.Series, fewest: int) -> float:
    known = days.dropna()
    return float(known.median()) if len(known) >= fewest else float("nan")


def _sentence(row: dict[str, Any]) -> str:
    """Return a row in words."""
    if row["kind"] == "all":
        return _over_all(row)
    read, times = row["read_back"], row["times"]
    said = (
        "all of them read back"
        if read == times
        else "how many were read back is not shown"
        if read is None
        else f"{read} read back"
    )
    return f"{row['theme'][:1].upper()}{row['theme'][1:]}: {some(times, 'note')}, {said}."


def _over_all(row: dict[str, Any]) -> str:
    """Return the row over all notes in words."""
    days, times, read = row["days_to_read_back"], row["times"], row["read_back"]
    took = "" if math.isnan(days) else f", after {some(round(days), 'day')} at the median"
    if read == times:
        said = "all were read back"
    else:
        said = (
            "not all were read back" if read is None else f"{read} were read back" if read else "none was read back yet"
        )
    agreed = f"; of {row['agreed']} it was agreed that we had understood" if row["agreed"] else ""
    teams = f" from {row['teams']} teams" if row["teams"] > 1 else ""
    return f"{some(times, 'note')}{teams}: {said}{took}{agreed}."
