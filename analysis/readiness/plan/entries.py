"""What is still open before a way of working may begin: by criterion, with its owner and the evidence that will show it done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.readiness.plan.situation import Given, levels


@dataclass(frozen=True, slots=True)
class Open:
    """A criterion that is open for a mode: what to do about it, who, what shows it, and whether anybody could say."""

    criterion: str
    type: str
    change: str
    question: str
    owner_role: str
    evidence: str
    state: str


def open_for(given: Given, mode: str, *, goal: str = "") -> list[Open]:
    """Return what keeps `mode` from ready, gates first, then by effort, in the order of its change set.

    Parameters
    ----------
    given
        What the plan is made from.
    mode
        The way of working.
    goal
        ``allowed`` keeps only what rules the mode out or leaves it unknown; empty takes everything.
    """
    frame = given.changes[given.changes["mode"] == mode]
    frame = frame[frame["goal"] == goal] if goal else frame
    frame = frame.assign(_first=frame["goal"] != "allowed").sort_values(["_first", "order"], kind="stable")
    found: dict[tuple[str, str], Open] = {}
    for row in frame.to_dict("records"):
        key = (str(row["criterion"]), str(row["type"]))
        if key not in found and not (key[1] and (key[0], "") in found):
            found[key] = _open(given, key, str(row["change"]), str(row["owner_role"]), str(row["evidence"]))
    named = {criterion for criterion, _ in found}
    for criterion in [*_blocking(given, mode, goal), *_stopped(given, mode)]:
        if criterion not in named:
            found[(criterion, "")] = _open(given, (criterion, ""))
    return list(found.values())


def _blocking(given: Given, mode: str, goal: str) -> Iterable[str]:
    """Return the criteria that the mode's row names as blocking."""
    if goal:
        return ()
    rows = given.modes.loc[given.modes["mode"] == mode, "blocking"]
    return [name.strip() for name in str(rows.iloc[0]).split(",") if name.strip()] if len(rows) else ()


def _stopped(given: Given, mode: str) -> Iterable[str]:
    """Return gates of a mode that is ruled out or unknown, where its changes name none of them."""
    verdicts = dict(zip(given.modes["mode"], given.modes["verdict"], strict=True))
    if verdicts.get(mode) not in ("not_yet", "cannot_say"):
        return ()
    rows = given.gates[given.gates["state"].isin(["stops", "unknown"])]
    of_mode = rows["modes"].map(lambda modes: mode in [name.strip() for name in str(modes).split(",")])
    return list(rows.loc[of_mode, "criterion"])


def _open(given: Given, key: tuple[str, str], change: str = "", owner: str = "", evidence: str = "") -> Open:
    """Return one open criterion; what the changes do not say comes from the questionnaire."""
    criterion = next((one for one in given.questions if one.id == key[0]), None)
    question = str(given.criteria.loc[given.criteria["criterion"] == key[0], "text"].squeeze() or "")
    level = levels(given.criteria).get(key[0])
    return Open(
        criterion=key[0],
        type=key[1],
        change=change or (criterion.change if criterion else ""),
        question=question,
        owner_role=owner or (criterion.owner_role if criterion else ""),
        evidence=evidence or (criterion.evidence if criterion else ""),
        state="unknown" if level is None else "open",
    )
