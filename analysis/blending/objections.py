"""What speaks against giving a type of item to agents, what its owner must change, and which types to begin with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

# Share of a type's items beyond the longest length, or due before idle time comes, from which it is an objection.
_MANY_LONG, _FEW_IN_TIME = 0.25, 0.90
# Open hours that must be left between arrival and due for an item to wait for idle time.
_LEAST_SLACK_H = 1.0


class Objection(NamedTuple):
    """A fact that speaks against a type, what must change, whether it is an open question, and whether it rules out a mode."""

    holds: pd.Series
    words: str
    action: str
    question: bool = False
    rules_out: bool = True


def weighed(frame: pd.DataFrame, longest_item_s: float) -> pd.DataFrame:
    """Judge every type for each mode, every objection in words, and put the types in order.

    Parameters
    ----------
    frame
        type, items, hours_per_week, mean_s, the flags, length_cv, long_share, slack_h, idle_before_due_share.
    longest_item_s
        Longest mean length of an item that is finished between contacts [s].

    Returns
    -------
    DataFrame
        With suitable_blocks, suitable_between, suitable_interrupt, reason, rank, first, must_change and questions.

    Notes
    -----
    Order: types that suit some mode before those that suit none; among them the one with the fewest objections first, an open question counting as one;
    at the same number the one with more hours a week; at last by name. Objections are counted, never weighted: nothing says that one is worth
    one and a half of another. First are the types that share the lowest number of objections, suit a mode and leave nothing open.

    Examples
    --------
    >>> facts = {"interruptible": [True, True], "regulated": [False, True], "off_desk": [False, False], "help_needed": [False, False], "access": [True, True]}
    >>> frame = pd.DataFrame({"type": ["letter", "loan"], "items": [900.0, 900.0], "hours_per_week": [10.0, 40.0], "mean_s": [300.0, 300.0],
    ...     "length_cv": 0.5, "long_share": 0.1, "slack_h": 8.0, "idle_before_due_share": 1.0, **facts})
    >>> found = weighed(frame.astype(dict.fromkeys(facts, "boolean")), 600.0)
    >>> found["first"].tolist(), found["must_change"].tolist()
    ([True, False], ['', 'compliance clears it in writing for agents'])
    """
    said = {flag: frame[flag].eq(True).fillna(False).astype(bool) for flag in ("regulated", "off_desk", "help_needed")}
    no = {flag: frame[flag].eq(False).fillna(False).astype(bool) for flag in ("regulated", "off_desk", "access")}
    known = frame["mean_s"].gt(0) & frame["items"].gt(0)
    can_stop = frame["interruptible"].eq(True).fillna(False).astype(bool)
    blocks = known & no["regulated"] & ~no["access"]
    alone = blocks & no["off_desk"] & ~said["help_needed"]
    frame = frame.assign(
        suitable_blocks=blocks,
        suitable_between=alone & frame["mean_s"].le(longest_item_s),
        suitable_interrupt=alone & can_stop,
    )
    against = [*_facts(frame, said, no, longest_item_s), *_questions(frame)]
    held = [[one for one in against if bool(one.holds.iloc[row])] for row in range(len(frame))]
    frame = frame.assign(
        reason=_joined([[one.words for one in mine if one.rules_out] for mine in held]),
        must_change=_joined([list(dict.fromkeys(one.action for one in mine if one.action)) for mine in held]),
        questions=_joined([[one.words for one in mine if one.question] for mine in held]),
    )
    return _ordered(frame, np.array([len(mine) for mine in held], dtype=np.int64))


def _joined(lists: list[list[str]]) -> pd.Series:
    return pd.Series(["; ".join(words) for words in lists], dtype="str")


def _facts(
    frame: pd.DataFrame, said: dict[str, pd.Series], no: dict[str, pd.Series], longest_item_s: float
) -> tuple[Objection, ...]:
    """Return what is known to speak against a type."""
    minutes = f"{longest_item_s / 60:.0f} min"
    short = frame["mean_s"].le(longest_item_s)
    return (
        Objection(~frame["items"].gt(0), "none counted in the period", "back office counts what it finishes by type"),
        Objection(
            ~frame["mean_s"].gt(0), "length unknown", "back office times thirty of them, or states a standard time"
        ),
        Objection(
            said["regulated"],
            "regulated: not before it is cleared in writing",
            "compliance clears it in writing for agents",
        ),
        Objection(
            said["off_desk"],
            "leaves the desk: blocks only",
            "operations brings the step to the desk, or plans it in blocks",
        ),
        Objection(
            frame["mean_s"].gt(longest_item_s),
            f"longer than {minutes}: not between contacts",
            "the process owner splits it at a point where it can be saved",
        ),
        Objection(
            short & frame["long_share"].gt(_MANY_LONG),
            f"more than a quarter take longer than {minutes}",
            "the back office sorts out the long ones before they are handed over",
        ),
        Objection(
            frame["interruptible"].eq(False).fillna(False).astype(bool),
            "cannot be interrupted",
            "the system's owner lets half-done work be saved",
        ),
        Objection(
            said["help_needed"],
            "needs help from others: blocks only",
            "the back office names who answers within minutes, or puts the rule in writing",
        ),
        Objection(no["access"], "agents may not have access", "the data's owner decides on access, and IT grants it"),
        Objection(
            frame["slack_h"].lt(_LEAST_SLACK_H),
            f"less than {_LEAST_SLACK_H:.0f} open hour between arrival and due",
            "its owner agrees a later due time, or it stays in the back office",
        ),
        Objection(
            frame["idle_before_due_share"].lt(_FEW_IN_TIME) & ~frame["slack_h"].lt(_LEAST_SLACK_H),
            "more than one in ten are due before idle time comes",
            "its owner moves the due time or the hour of intake",
        ),
    )


def _questions(frame: pd.DataFrame) -> tuple[Objection, ...]:
    """Return what the client left open."""
    open_flags = {
        "regulated": ("not stated whether regulated", "the client states whether it is regulated"),
        "off_desk": ("not stated whether it leaves the desk", "the client states whether it leaves the desk"),
        "interruptible": (
            "not stated whether it can be interrupted",
            "the client states whether it can be interrupted",
        ),
        "help_needed": ("not stated whether help is needed", "the client states whether help is needed"),
        "access": ("not stated whether agents may have access", "the client states whether agents may have access"),
    }
    not_ruling_out = ("help_needed", "access")
    flags = [
        Objection(frame[name].isna(), *words, question=True, rules_out=name not in not_ruling_out)
        for name, words in open_flags.items()
    ]
    due = Objection(
        frame["slack_h"].isna() & frame["mean_s"].gt(0),
        "not stated when it is due",
        "the client states how long it may wait",
        question=True,
        rules_out=False,
    )
    return (*flags, due)


def _ordered(frame: pd.DataFrame, troubles: np.ndarray) -> pd.DataFrame:
    """Add rank and first."""
    suits = frame[["suitable_blocks", "suitable_between", "suitable_interrupt"]].any(axis=1).to_numpy(bool)
    keys = pd.DataFrame(
        {
            "none": ~suits,
            "troubles": troubles,
            "hours": -frame["hours_per_week"].fillna(0.0).to_numpy(float),
            "type": frame["type"].to_numpy(),
        }
    )
    order = keys.sort_values(["none", "troubles", "hours", "type"], kind="stable").index
    rank = pd.Series(np.arange(1, len(frame) + 1), index=order).sort_index()
    fewest = troubles[suits].min() if suits.any() else -1
    first = suits & (troubles == fewest) & frame["questions"].eq("").to_numpy(bool)
    return frame.assign(rank=rank.astype("int64"), first=first)
