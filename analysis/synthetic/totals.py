"""What a simulated period holds: seconds by part of the time ladder, and counts of contacts and items, summed exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.synthetic import clerks, desk
from analysis.synthetic.back_office import ITEM_TYPES, OfficePeriod
from analysis.synthetic.calls import ANSWER_WITHIN_S, QUEUES, CentrePeriod
from analysis.synthetic.office_exports import item_waits_s, logged_items
from analysis.synthetic.people import SHIFT_S
from analysis.synthetic.plans import BREAK, UNPAID, Plan, planned_s
from analysis.synthetic.streams import HOUR_S, Calendar

# ladder word of each status of the export
LADDER_OF_STATUS: Mapping[str, str] = {
    "Idle": "IDLE",
    "Interacting": "HANDLING",
    "Communicating": "HANDLING",
    "Not Responding": "AWAY",
    "Break": "BREAK",
    "Meal": "BREAK",
    "Meeting": "SUPPORT",
    "Training": "SUPPORT",
    "Away": "AWAY",
    "System Issue": "OUTAGE",
    "Offline": "UNACCOUNTED",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over one period.

    Attributes
    ----------
    ladder
        population -> part of the ladder -> seconds of paid time as the exports show them; the parts add to ``PAID``.
    counts
        Name -> sum, for every ratio that is not one of the ladder.
    """

    ladder: dict[str, dict[str, int]]
    counts: dict[str, float]


def period_totals(calendar: Calendar, centre: CentrePeriod, office: OfficePeriod, *, seed: int, period: int) -> Totals:
    """Return the sums of one simulated period."""
    ladder = {"contact_centre": _centre_ladder(centre), "back_office": _office_ladder(office)}
    return Totals(ladder, {**_centre_counts(centre), **_office_counts(calendar, office, seed=seed, period=period)})


def _paid_absence_s(plan: Plan) -> int:
    return int((plan.absent[:, 3] != UNPAID).sum()) * SHIFT_S


def _centre_ladder(centre: CentrePeriod) -> dict[str, int]:
    """Return the contact centre's paid seconds: what is seen inside shifts, break up to the plan's, nothing seen as the rest."""
    plan, (shift, status, start, end) = centre.plan, centre.status.T
    begin = plan.start[shift]
    inside = np.maximum(np.minimum(end, begin + SHIFT_S) - np.maximum(start, begin), 0)
    words = np.array([LADDER_OF_STATUS[word] for word in desk.STATUSES])[status]
    seen = {word: int(inside[words == word].sum()) for word in sorted(set(LADDER_OF_STATUS.values()))}
    rest = np.bincount(shift[words == BREAK], weights=inside[words == BREAK], minlength=len(plan.person))
    overrun = int(np.maximum(rest.astype(np.int64) - planned_s(plan, BREAK), 0).sum())
    seen["BREAK"] -= overrun
    seen["AWAY"] += overrun
    del seen["UNACCOUNTED"]
    worked = len(plan.person) * SHIFT_S
    paid = worked + _paid_absence_s(plan)
    return {"PAID": paid, "ABSENT": paid - worked, **seen, "UNACCOUNTED": worked - sum(seen.values())}


def _office_ladder(office: OfficePeriod) -> dict[str, int]:
    """Return the back office's paid seconds as logs and schedule show them: all that no system sees is unaccounted for."""
    seconds = _true_seconds(office)
    absent = _paid_absence_s(office.plan)
    seen = {word: seconds[word] for word in ("ITEM_WORK", "BREAK", "SUPPORT")}
    hidden = sum(seconds[word] for word in ("WORK", "IDLE", "AWAY"))
    return {"PAID": absent + sum(seen.values()) + hidden, "ABSENT": absent, **seen, "UNACCOUNTED": hidden}


def _true_seconds(office: OfficePeriod) -> dict[str, int]:
    length = office.truth[:, 4] - office.truth[:, 3]
    return {word: int(length[office.truth[:, 1] == state].sum()) for state, word in enumerate(clerks.STATES)}


def _centre_counts(centre: CentrePeriod) -> dict[str, float]:
    """Return contacts by queue: offered, answered in time, abandoned; and handle hours."""
    _, queue, offered, answered, *_ = centre.calls.T
    counts: dict[str, float] = {"handle_h": float(centre.calls[:, 6:9].sum()) / HOUR_S}
    for place, name in enumerate(QUEUES):
        own = queue == place
        counts[f"offered {name}"] = float(own.sum())
        counts[f"within {name}"] = float((own & (answered >= 0) & (answered - offered <= ANSWER_WITHIN_S)).sum())
        counts[f"abandoned {name}"] = float((own & (answered < 0)).sum())
    return counts


def _office_counts(calendar: Calendar, office: OfficePeriod, *, seed: int, period: int) -> dict[str, float]:
    """Return true seconds by state, items, items done when due, and errors to expect among them."""
    items = logged_items(office)
    limit = np.array([one.max_wait_h for one in ITEM_TYPES])[items[:, 2]] * HOUR_S
    waits = item_waits_s(calendar, items, seed=seed, period=period)
    errors = np.array([one.errors for one in ITEM_TYPES])[items[:, 2]]
    return {
        **{f"true {word}": float(value) for word, value in _true_seconds(office).items()},
        "items": float(len(items)),
        "within due": float((waits + items[:, 4] - items[:, 3] <= limit).sum()),
        "errors": float(errors.sum()),
    }
