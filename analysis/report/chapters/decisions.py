"""Three decisions: what, whose, by when and at what cost; what nobody stated is said to be so."""

from __future__ import annotations

import re
from typing import Any

from analysis.report.blocks import Cell, Column, table_record
from analysis.report.context import Context
from analysis.report.exhibits import rungs

COUNT = 3
# room for a change and for a role; texts of the client may be of any length
MOST_CHANGE, MOST_OWNER = 150, 48


def table(c: Context) -> dict[str, Any]:
    """Return three decisions: the first changes that readiness asks for, then what any pilot needs, or what can be done while none is allowed.

    Returns
    -------
    dict
        `columns` and `rows` for the template, and `note`: from which day dates count, and what the change costs as stated.
    """
    words, rows = c.words, [_change(c, row) for row in rungs.steps(c.readiness).head(COUNT).to_dict("records")]
    allowed = c.readiness.verdict.verdict in ("ready", "ready_with_changes")
    for place in range(COUNT - len(rows)):
        # where no mode is allowed nobody is asked to prepare a pilot
        key = f"first.{'standing' if allowed else 'waiting'}.{place + 1}"
        cost = words("first.cost", effort=words(f"effort.{words(f'{key}.effort')}"))
        cells = [words(f"{key}.owner"), words(f"{key}.by"), cost]
        rows.append([Cell(words(f"{key}.change"), strong=True), *cells])
    columns = [
        Column(words("first.column.decision"), width=5.8),
        Column(words("first.column.owner"), width=2.3),
        Column(words("first.column.by"), width=2.3),
        Column(words("first.column.cost"), width=1.6),
    ]
    return table_record(columns, rows) | {"note": f"{words('first.days')} {_cost(c)}"}


def _change(c: Context, row: dict[str, Any]) -> list[Cell | str]:
    cost = c.words("first.cost", effort=c.words(f"effort.{row['effort']}"))
    change, owner = clipped(str(row["change"]), MOST_CHANGE), clipped(str(row["owner_role"]), MOST_OWNER)
    return [Cell(change, strong=True), owner, when(c, str(row["criterion"])), cost]


def _cost(c: Context) -> str:
    whole = stated(c)
    return c.words("first.stated_cost", cost=whole) if whole else c.words("first.no_cost")


def stated(c: Context) -> str:
    """Return what the change as a whole costs, as the client stated it; empty where nothing was stated."""
    if c.value is None:
        return ""
    given = c.value.settings
    costs = (("once", given.one_off_cost), ("weekly", given.running_cost_per_week))
    parts = [c.words(f"first.stated.{key}", money=c.n.money(cost, c.client.currency)) for key, cost in costs if cost]
    return c.words.listed(parts)


def clipped(text: str, most: int) -> str:
    """Return a text that fits its place on page one; the whole of it stands in the chapter on readiness.

    Examples
    --------
    >>> clipped("head of operations", 8)
    'head of…'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1].rstrip()
    whole = cut.rpartition(" ")[0]
    return f"{whole if len(whole) > most // 2 else cut}…"


def when(c: Context, criterion: str) -> str:
    """Return by when a change has to be made: its day of the plan's first two weeks, the phase that waits for it, or the next judgement."""
    named = re.compile(rf"\b{re.escape(criterion)}\b")
    for row in c.readiness.calendar.itertuples():
        if named.search(f"{row.what} {row.why}"):
            return c.words("first.by.day", day=c.n.count(row.day))
    plan = c.readiness.plan
    entries = plan[(plan["kind"] == "entry") & (plan["criterion"] == criterion)] if len(plan) else plan
    if entries.empty or c.readiness.verdict.verdict not in ("ready", "ready_with_changes"):
        return c.words("first.by.again")
    weeks = plan.loc[plan["phase"] == entries["phase"].iloc[0], "week_from"].dropna()
    start = int(weeks.min()) if len(weeks) else 1
    return c.words("first.by.week", week=c.n.count(start)) if start > 1 else c.words("first.by.pilot")


def first_change(c: Context) -> str:
    """Return the first change with its owner and its date; empty where readiness asks for none."""
    found = rungs.steps(c.readiness)
    if found.empty:
        return ""
    row = found.iloc[0]
    change, owner = clipped(str(row["change"]), MOST_CHANGE), clipped(str(row["owner_role"]), MOST_OWNER)
    start = change if change[1:2].isupper() else f"{change[:1].lower()}{change[1:]}"
    key = "first.change" if change.endswith("?") else "first.change_by"
    return c.words(key, change=start, owner=owner, by=when(c, str(row["criterion"])))
