"""Measures of contacts and items from the moments of a run."""

from __future__ import annotations

import numpy as np

from analysis.simulation import engine
from analysis.simulation.desk import Desk
from analysis.simulation.run import CONTACTS, ITEMS


def contact_measures(desk: Desk, s: engine.State) -> np.ndarray:
    """Return measures by queue and slot of offer, and book the time of agents who serve one contact at once."""
    measures = np.zeros((len(desk.queues), desk.slots, len(CONTACTS)))
    promise = np.array(
        [
            (q.answer_within_s, ("of offered", "of answered", "short abandons out").index(q.definition), q.short_s)
            for q in desk.queues
        ]
    ).reshape(-1, 3)
    engine.tally(s.offered, s.queue, s.handle, s.patience, s.started, s.shared, promise, s.rule, measures, s.measures)
    return measures


def item_measures(desk: Desk, s: engine.State) -> np.ndarray:
    """Return measures by item type; of a type without end only the items begun count, and they have no age."""
    measures = np.zeros((len(desk.items), len(ITEMS)))
    horizon = desk.horizon_s
    done = np.isfinite(s.ended)
    begun = np.zeros(s.ended.size, dtype=np.bool_)
    age = np.where(done, s.ended, horizon) - s.arrived
    for position, kind in enumerate(desk.items):
        mine = s.kind == position
        if kind.arrivals_per_h is None:
            begun[:] = done | (s.laid > 0) | (s.progress > 0)
            mine &= begun
        finished = mine & done
        measures[position, :6] = (
            mine.sum(),
            finished.sum(),
            (finished & (s.ended > s.due)).sum(),
            (mine & ~done).sum(),
            (mine & ~done & (s.due < horizon)).sum(),
            s.progress[mine].sum(),
        )
        if kind.arrivals_per_h is not None:
            measures[position, 6:] = age[finished].sum(), age[mine].max(initial=0.0)
    return measures
