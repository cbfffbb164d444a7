"""Who stands behind the plausible insurer's figures: made-up people, consistent with its groups, sites and half hours."""

from __future__ import annotations

import pandas as pd

from analysis.baseline.frames import COLUMNS

SHARES = ("utilization", "support", "idle", "away", "unaccounted")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
# hours in the base of everybody over the eight weeks, and mean hours of one person in one half hour of the week
BASE_H, SLOT_H = 234.0, 3.0


def frames(groups: pd.DataFrame, slots: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return `members` and `merges` that fit these groups and half hours."""
    return {"members": members(groups, slots), "merges": merges(groups)}


def members(groups: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    people = _people(groups)
    spread = {f"{share}_h": people[share] * BASE_H for share in SHARES}
    hours = people[["population", "agent", "group", "site"]].assign(base_h=BASE_H, **spread)
    columns = ["base_h", *spread]
    parts = [hours.assign(by="all", level="")]
    parts += [hours.assign(by=by, level=hours[by]) for by in ("group", "site")]
    for day in WEEKDAYS[:5]:
        part = hours.assign(by="weekday", level=day)
        part[columns] /= 5
        parts.append(part)
    parts += [_of_slot(hours, columns, cell) for cell in slots.itertuples()]
    frame = pd.concat(parts, ignore_index=True)
    return frame[list(COLUMNS["members"])].astype(dict.fromkeys(("population", "by", "level", "agent"), "str"))


def _people(groups: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person with the shares of the group; who has no figure gets those of the others."""
    wide = groups.pivot_table(index=["population", "group", "site", "agents"], columns="share", values="value")
    wide = wide.reindex(columns=list(SHARES)).fillna(wide.mean()).reset_index()
    wide[list(SHARES)] = wide[list(SHARES)].div(wide[list(SHARES)].sum(axis=1), axis=0)
    people = wide.loc[wide.index.repeat(wide["agents"])].reset_index(drop=True)
    return people.assign(agent=[f"p{number:012x}" for number in range(len(people))])


def _of_slot(hours: pd.DataFrame, columns: list[str], cell: object) -> pd.DataFrame:
    """Return the people of one half hour: as many as it says, in turn, so that all of them come by in the week."""
    mine = hours[hours["population"].eq(cell.population)]
    first = int(cell.weekday * 7 + cell.slot_of_day_s // 1800 * 3)
    place = [(first + number) % len(mine) for number in range(min(cell.distinct_agents, len(mine)))]
    part = mine.iloc[place].assign(by="slot", level=f"{cell.weekday} {cell.slot_of_day_s}")
    part[columns] *= SLOT_H / BASE_H
    return part


def merges(groups: pd.DataFrame) -> pd.DataFrame:
    merged = groups[groups["group"].str.startswith("Merged")].drop_duplicates(["population", "group"])
    rows = [
        (row.population, "group", row.group, "Team East 1, Team East 2", row.agents, "fewer than 10 people each")
        for row in merged.itertuples()
    ]
    rows.append(("contact_centre", "half_hour", "18:30 to 19:30", "2 half hours on Friday", 14, rows[0][-1]))
    return pd.DataFrame(rows, columns=list(COLUMNS["merges"]))
