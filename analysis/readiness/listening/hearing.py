"""Who was heard and who was not: roles of the guide, groups on the list, and teams of the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.readiness.listening.guide import OTHER_ROLES, Guide, key
from analysis.readiness.listening.hiding import shown

if TYPE_CHECKING:
    import pandas as pd

TEAMS = "teams"
_STATES = ("not heard", "too few to tell", "heard")


def heard_rows(
    notes: pd.DataFrame,
    to_hear: pd.DataFrame | None,
    roster: pd.DataFrame | None,
    guide: Guide,
    *,
    fewest: int,
    smallest_team: int,
) -> list[dict[str, Any]]:
    """Return one row a role of the guide, and one for all teams of the roster that are large enough.

    Parameters
    ----------
    notes
        From :func:`analysis.readiness.listening.counting.sorted_notes`.
    to_hear
        Canonical table of whom to hear, if any.
    roster
        Canonical roster, if any.
    guide
        Roles.
    fewest
        Notes below which a role is too little heard to tell.
    smallest_team
        People below which a team is not looked at: it could be one person's.
    """
    planned = _planned(to_hear, guide)
    counts = {role.name: int((notes["role"] == role.name).sum()) for role in guide.roles}
    others = int((notes["role"] == OTHER_ROLES).sum())
    counts |= {OTHER_ROLES: others} if others else {}
    printed = shown(counts, fewest, zeros=True)
    rows = [_role_row(role, notes, planned.get(role), printed.parts[role], fewest) for role in counts]
    return [*rows, *_teams_row(notes, roster, smallest_team)]


def _planned(to_hear: pd.DataFrame | None, guide: Guide) -> dict[str, pd.DataFrame]:
    """Return the rows of the list by role of the guide."""
    if to_hear is None or to_hear.empty:
        return {}
    role = to_hear["role"].map(guide.role).fillna(OTHER_ROLES)
    return {str(name): part for name, part in to_hear.groupby(role, sort=False)}


def _role_row(
    role: str, notes: pd.DataFrame, planned: pd.DataFrame | None, printed: int | None, fewest: int
) -> dict[str, Any]:
    """Return how far a role was heard; a count that could point to one person is left out."""
    import pandas as pd

    mine = notes[notes["role"] == role]
    state = _STATES[2 if len(mine) >= fewest else 1 if len(mine) else 0]
    people = planned["people"].sum(min_count=1) if planned is not None else None
    on = planned["planned_on"].min() if planned is not None and state != "heard" else pd.NaT
    row = {
        "kind": "role",
        "role": role,
        "to_hear": None if people is None or pd.isna(people) else int(people),
        "notes": printed,
        "teams": int(mine["team"].nunique()) if state == "heard" else None,
        "last_on": mine["heard_on"].max() if state == "heard" else pd.NaT,
        "planned_on": on,
        "state": state,
    }
    return row | {"sentence": _role_sentence(row)}


def _role_sentence(row: dict[str, Any]) -> str:
    import pandas as pd

    name = f"{row['role'][:1].upper()}{row['role'][1:]}"
    if row["state"] == "heard":
        notes = f" ({row['notes']} notes)" if row["notes"] is not None else ""
        return f"{name} were heard{notes}."
    said = "have not been heard yet" if row["state"] == "not heard" else "were heard too little to tell"
    people = f" ({row['to_hear']} people on the list)" if row["to_hear"] else ""
    on = f", planned for {row['planned_on']:%d %B %Y}" if pd.notna(row["planned_on"]) else ""
    return f"{name} {said}{people}{on.replace(' 0', ' ')}."


def _teams_row(notes: pd.DataFrame, roster: pd.DataFrame | None, smallest_team: int) -> list[dict[str, Any]]:
    """Return how many of the roster's teams were heard; teams are counted, never named."""
    import pandas as pd

    if roster is None or roster.empty:
        return []
    team = roster["team"].map(key)
    size = roster[team != ""].groupby(team)["agent"].nunique()
    large = set(size[size >= smallest_team].index)
    if not large:
        return []
    heard = len(large & set(notes["team"].dropna()))
    row = {
        "kind": TEAMS,
        "role": f"teams of {smallest_team} people or more",
        "to_hear": len(large),
        "notes": None,
        "teams": heard,
        "last_on": pd.NaT,
        "planned_on": pd.NaT,
        "state": _STATES[2] if heard == len(large) else _STATES[0],
    }
    open_ = len(large) - heard
    said = (
        f"All {len(large)} teams of {smallest_team} people or more were heard."
        if not open_
        else f"{open_} of {len(large)} teams of {smallest_team} people or more have not been heard yet."
    )
    return [row | {"sentence": said}]
