"""The criteria that the client's data can score; where they cannot, the raters decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.readiness.from_data.facts import Facts
from analysis.readiness.from_data.forecast import forecast_error
from analysis.readiness.from_data.items import backlog, item_times, short_items, slack
from analysis.readiness.from_data.room import idle_posts, promise
from analysis.readiness.from_data.states import agent_states, reason_codes, reconciliation
from analysis.readiness.scores import Reading, Score, scored

if TYPE_CHECKING:
    from analysis.readiness.criteria import Criterion
    from analysis.readiness.settings import ReadinessSettings

#: What reads the figures of each criterion.
READERS: Mapping[str, Callable[[Facts], dict[str, Reading]]] = {
    "D1": agent_states,
    "D2": reason_codes,
    "D3": reconciliation,
    "D4": item_times,
    "D5": forecast_error,
    "W1": short_items,
    "W4": slack,
    "W5": backlog,
    "P1": idle_posts,
    "P2": promise,
}
__all__ = ["READERS", "Facts", "score_all"]


def score_all(
    facts: Facts, criteria: Sequence[Criterion], settings: ReadinessSettings | None = None
) -> dict[str, Score]:
    """Score every criterion that the client's data can score.

    Parameters
    ----------
    facts
        Tables and results of the stages before.
    criteria
        The questionnaire; its rules turn figures into levels.
    settings
        Those of the facts by default.

    Returns
    -------
    dict
        Score by criterion, in the questionnaire's order, for those that are marked as scored from data and have rules. A figure that cannot be
        said has no level and says why; :attr:`Score.level` is None where such a figure could lower it, and the raters decide.
    """
    import dataclasses

    facts = facts if settings is None else dataclasses.replace(facts, settings=settings)
    return {
        criterion.id: scored(criterion, READERS[criterion.id](facts) if criterion.id in READERS else {})
        for criterion in criteria
        if criterion.data and criterion.rules
    }
