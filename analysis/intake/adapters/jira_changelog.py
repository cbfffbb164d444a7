"""Jira: the changelog of issues; each change of status ends one step of an item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.intake.adapters import _steps as steps
from analysis.intake.adapters._beside import text_beside
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.batch import Batch

FIELD, OLD, NEW = ("field", "Field"), ("fromString", "From"), ("toString", "To")
NAME = ("author.displayName", "Author name")
STATUS = "status"
_ROBOTS = r"(?i)^(?:automation for jira|.*(?:automation|integration|robot|\bbot\b|service.?account|\bapi\b).*)$"


def rows_of(issue: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return one row for each field that a change of an issue changed.

    Examples
    --------
    >>> history = {"id": "1", "created": "2026-03-04T09:00:00.000+0000", "author": {"accountId": "a"}, "items": [{"field": "status", "fromString": "To Do"}]}
    >>> [row["fromString"] for row in rows_of({"key": "AB-1", "fields": {"issuetype": {"name": "Task"}}, "changelog": {"histories": [history]}})]
    ['To Do']
    """
    fields = _object(issue.get("fields"))
    log = _object(issue.get("changelog"))
    histories = log.get("histories") or issue.get("histories") or ([issue] if "items" in issue else [])
    for history in histories:
        author = _object(history.get("author"))
        for item in history.get("items") or ():
            yield {
                **item,
                "key": issue.get("key") or issue.get("issueKey"),
                "issuetype": _object(fields.get("issuetype")).get("name"),
                "created": history.get("created"),
                "id": history.get("id"),
                "author.accountId": author.get("accountId") or author.get("name") or author.get("key"),
                "author.displayName": author.get("displayName"),
            }


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Make a step of each change of status: it ends with the change, and began with the one before if the same person made that."""
    steps.need(batch, columns, agent="author", ended="created")
    status = _text(batch, FIELD).str.lower() == STATUS
    batch.fates.give(~status, "excluded", "other_field")
    columns["started"] = steps.began(batch, columns, batch.fates.open & columns["ended"].given)
    old = _text(batch, OLD)
    kind = columns.get("type", Column("text", old, np.zeros(len(batch.rows), dtype=bool)))
    named = (kind.text + ": " + old).where(kind.given, old)
    columns["type"] = Column("text", named.astype(kind.text.dtype), (old != "").to_numpy(dtype=bool))


def _text(batch: Batch, names: tuple[str, ...]) -> pd.Series:
    """Return the cells of a column without which the rows mean nothing."""
    text = text_beside(batch, names)
    if text is None:
        raise batch.ask(
            f"{batch.files[0].file}: no {names[0]}. Ask for the changelog with field, fromString and toString."
        )
    return text


def time_that_passed(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show steps with a night in their time."""
    return steps.time_that_passed(batch, columns.get("started"), columns["ended"])


def broken_chain(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show changes that leave another status than the one before entered."""
    rows = (
        (_text(batch, FIELD).str.lower() == STATUS).to_numpy(dtype=bool)
        & columns["ended"].given
        & columns["item"].given
    )
    return steps.broken_chain(
        batch,
        columns,
        rows,
        old=_text(batch, OLD),
        new=_text(batch, NEW),
        ask_for="the whole changelog; a search gives the last 100 changes of an issue",
    )


def robots(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show steps that look as if a program made them."""
    name = text_beside(batch, NAME)
    if name is None:
        return None
    return steps.programs(batch, Column("text", name, (name != "").to_numpy(dtype=bool)), _ROBOTS)


FORMAT = Format(
    title="Jira: changelog of issues",
    vendor="jira",
    table="work_items",
    defaults={
        "item": ("key", "issueKey", "Issue key", "Key"),
        "type": ("issuetype", "Issue Type", "Issue type"),
        "agent": ("author.accountId", "author", "Author"),
        "arrived": (),
        "started": (),
        "ended": ("created", "Created", "Changed"),
        "due": (),
        "duration": (),
    },
    signature=(("key", "created", "field", "fromString", "toString"), ("Issue key", "Author", "Field", "From", "To")),
    also=("id", *FIELD, *OLD, *NEW, *NAME),
    open=json_opener(rows_of, under=("issues", "values"), elements=("items",)),
    finish=finish,
    fills=("type",),
    traps=(
        Trap("time_that_passed", "Is time from one change to the next time worked?", time_that_passed),
        Trap("programs_as_users", "Did people make all changes?", robots),
        Trap("broken_chain", "Does each change leave the status that the one before entered?", broken_chain),
    ),
    request=Request(
        report="Search for issues with expand=changelog and fields=issuetype, as JSON; all pages",
        columns=(
            "key",
            "fields.issuetype",
            "changelog.histories.created",
            "author.accountId",
            "items.field",
            "items.fromString",
            "items.toString",
        ),
        limits="A search gives at most 100 issues a page and the last 100 changes of an issue: take all pages, and long histories from the issue's own changelog.",
        zone="Stamps carry the offset of the caller, so they need no answer.",
        pseudonyms="Replace account ids and display names by codes, the same code for the same person in every file. Leave out summaries, descriptions and comments.",
    ),
)
