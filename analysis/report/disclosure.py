"""Nothing that could single out a person leaves the kit: looked at once more before anything is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.foundation.schema import DisclosureProblem

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline

# A pseudonym as intake makes it: even these stay inside.
PSEUDONYM = re.compile(r"\bp[0-9a-f]{12}\b")


def check_groups(baseline: Baseline) -> None:
    """Refuse figures that stand on fewer people than the engagement's smallest group.

    Parameters
    ----------
    baseline
        The measured baseline; its settings name the smallest group.

    Raises
    ------
    DisclosureProblem
        A population, a group, a half hour or a level of a breakdown below the smallest group holds a figure; the message says how many, never which.
    """
    smallest = baseline.settings.minimum_group_agents
    attendance, shares, groups, slots = baseline.attendance, baseline.shares, baseline.groups, baseline.idle_by_slot
    levels = baseline.breakdowns
    small = set(attendance.loc[attendance["agents"] < smallest, "population"]) if len(attendance) else set()
    found = {
        "populations": int((shares["population"].isin(small) & shares["value"].notna()).sum()) if len(shares) else 0,
        "groups": int(((groups["agents"] < smallest) & groups["value"].notna()).sum()) if len(groups) else 0,
        "half hours": int(((slots["distinct_agents"] < smallest) & slots["idle_agents"].notna()).sum())
        if len(slots)
        else 0,
        "levels": int(((levels["agents"] < smallest) & (levels["low"].notna() | levels["value"].notna())).sum())
        if len(levels)
        else 0,
    }
    for what, count in found.items():
        if count:
            raise DisclosureProblem(
                f"baseline: {count} figures of {what} stand on fewer than {smallest} people. "
                "Nothing was written. Run the baseline stage again; if it stays, report it as a fault of the kit."
            )


def check_texts(texts: dict[str, str]) -> None:
    """Refuse texts that hold a pseudonym.

    Parameters
    ----------
    texts
        Name of a deliverable -> everything it says.

    Raises
    ------
    DisclosureProblem
        A deliverable holds a pseudonym; the message names the deliverable alone.

    Examples
    --------
    >>> check_texts({"assessment.pdf": "Team North 1 waits 31 %"})
    >>> check_texts({"assessment.pdf": "p0123456789ab waits 31 %"})
    Traceback (most recent call last):
        ...
    analysis.foundation.schema.DisclosureProblem: assessment.pdf: holds 1 pseudonyms of people. Nothing was written. Look for a column that names people in a table of groups or findings.
    """
    for name, text in texts.items():
        count = len(PSEUDONYM.findall(text))
        if count:
            raise DisclosureProblem(
                f"{name}: holds {count} pseudonyms of people. Nothing was written. "
                "Look for a column that names people in a table of groups or findings."
            )
