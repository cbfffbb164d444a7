"""What changed because of what was heard: printed as it was written, once it is fit for print."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import Finding
from analysis.readiness.listening.guide import OTHER_THEMES, Guide, some

if TYPE_CHECKING:
    import pandas as pd

WHERE = "what changed"
MOST_SIGNS, MOST_OWNER_SIGNS = 200, 40
# what a text for print may not hold, in words for the one who wrote it
UNFIT = (
    ("an e-mail address or a web address", re.compile(r"@|https?://|www\.", re.IGNORECASE)),
    ("a number that could be a login or a telephone", re.compile(r"\b[A-Za-z]{1,4}[-_]?\d{3,}\b|\d(?:[ ./()-]{0,2}\d){6,}|\d{5,}")),
    ("the mark of a rater", re.compile(r"\b[Rr]\d{1,3}\b")),
    ("a person with a title", re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|Mlle|Monsieur|Madame|Señor|Señora)\b\.?\s+[A-ZÀ-Þ]")),
)  # fmt: skip
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")


def unfit(text: str, most: int, marks: Collection[str] = ()) -> str:
    """Return why a text is not fit for print; empty when it is.

    Examples
    --------
    >>> unfit("Notes after a contact count as work since 2026-04-01", 200)
    ''
    >>> unfit("Ask jane@example.com", 200)
    'an e-mail address or a web address'
    >>> unfit("Login ab4711 is off", 200)
    'a number that could be a login or a telephone'
    """
    if len(text) > most:
        return f"more than {most} signs"
    bare = _DATE.sub("", text)
    words = set(re.findall(r"[\w-]+", bare))
    if words & set(marks):
        return "the mark of a rater"
    return next((what for what, pattern in UNFIT if pattern.search(bare)), "")


def response_rows(
    table: pd.DataFrame | None, guide: Guide, shown: Collection[str], marks: Collection[str]
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Return what changed, the latest first, and what has to be written anew.

    Parameters
    ----------
    table
        Canonical table of responses, if any.
    guide
        Themes.
    shown
        Themes that are named in the counts; others are printed as merged ones.
    marks
        Marks of raters, which may not be printed.
    """
    if table is None or table.empty:
        return [], []
    rows, why = [], {}
    for row in table.sort_values("changed_on", ascending=False, kind="stable", na_position="last").itertuples():
        text, owner = _plain(row.changed), _plain(row.owner_role)
        problem = unfit(text, MOST_SIGNS, marks) or unfit(owner, MOST_OWNER_SIGNS, marks)
        if problem:
            why[problem] = why.get(problem, 0) + 1
            continue
        theme = guide.theme(row.theme)
        named = theme if theme in shown else OTHER_THEMES
        rows.append({"theme": named, "changed": text, "owner_role": owner, "changed_on": row.changed_on})
    findings = [
        Finding("response_unfit", "ask", WHERE, f"{some(count, 'text')} with {what}, not printed. Write it anew in the sheet What changed: they are printed as they stand.", rows=count)
        for what, count in why.items()
    ]  # fmt: skip
    return rows, findings


def _plain(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
