"""Service measured and modelled, side by side: whether the promise is kept, and whether the model may speak."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.blending.desk import Desk
from analysis.blending.pool import Pool, overall
from analysis.blending.promise import Promise, Served, queue_promise, served
from analysis.blending.settings import BlendingSettings
from analysis.foundation.settings import Client, Queue


@dataclass(frozen=True, slots=True)
class QueueService:
    """A queue's promise, what was measured, and what the model says.

    Attributes
    ----------
    queue, promise, served
        The queue, its promise, the measured shares.
    modelled
        Share answered in time by the model of the pool; None without a model.
    """

    queue: Queue
    promise: Promise
    served: Served
    modelled: float | None

    @property
    def missed(self) -> bool:
        """Whether the measured share lies below the target."""
        return self.served.share is not None and self.served.share < self.promise.target

    def row(self, pool: str) -> dict[str, object]:
        """Return the row of the frame `service`."""
        measured = self.served.measured
        return {
            "pool": pool,
            "queue": self.queue.name,
            "answer_within_s": self.promise.answer_within_s,
            "target": self.promise.target,
            "measured": self.served.share,
            "low": measured.low,
            "high": measured.high,
            "modelled": self.modelled,
            "reported": self.served.reported.value,
            "definition": self.promise.definition,
            "contacts": self.served.contacts,
            "status": measured.status,
            "reason": "; ".join(measured.reasons),
        }


def queue_services(
    tables: Mapping[str, pd.DataFrame],
    queues: Sequence[Queue],
    pool: Pool | None,
    *,
    client: Client,
    settings: BlendingSettings,
) -> list[QueueService]:
    """Measure every queue of a pool by its own definition, and let the pool's model answer the same question."""
    results = []
    for queue in queues:
        promise = queue_promise(queue, settings)
        got = served(tables, queue, promise, client=client, confidence=settings.confidence)
        results.append(QueueService(queue, promise, got, None if pool is None else modelled_level(pool, promise)))
    return results


def modelled_level(pool: Pool, promise: Promise) -> float:
    """Return the service level that the model gives today under some promise."""
    desk = pool.desk
    if promise != desk.promise:
        desk = Desk(aht_s=desk.aht_s, patience_s=desk.patience_s, item_s=None, promise=promise)
    return overall(dataclasses.replace(pool, desk=desk).outcome(None))


def pooled(services: Sequence[QueueService]) -> tuple[float | None, float | None]:
    """Return measured and modelled service level of a pool, each queue weighing by its contacts."""
    known = [service for service in services if service.served.share is not None]
    weight = sum(service.served.contacts for service in known)
    if not weight:
        return None, None
    measured = sum(service.served.contacts * float(service.served.share or 0.0) for service in known) / weight
    if any(service.modelled is None for service in known):
        return measured, None
    return measured, sum(service.served.contacts * float(service.modelled or 0.0) for service in known) / weight
