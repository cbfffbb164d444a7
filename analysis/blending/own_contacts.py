"""The client's own contacts as they came: when, how long they took, and how long each was willing to wait."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day, utc_us
from analysis.foundation.settings import Queue
from analysis.measure.load import handle_times, offered_contacts
from analysis.measure.patience import MINIMUM_ABANDONED

# So many of the longest waits given up stand behind the exponential tail.
TAIL_ABANDONED = 10
# What a contact needs to have drawn, as the key of its own random numbers.
PATIENCE, HANDLING = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Patience:
    """How long contacts are willing to wait: the Kaplan-Meier estimate, with an exponential tail where few waited longer.

    Attributes
    ----------
    times_s, survival
        Waits at which contacts left, rising [s], and the share still willing after each; up to `tail_from_s`.
    tail_from_s, tail_mean_s
        Beyond this wait willingness decays with this mean [s]; infinity: nobody ever leaves.
    """

    times_s: np.ndarray
    survival: np.ndarray
    tail_from_s: float
    tail_mean_s: float

    @classmethod
    def of(cls, waits_s: np.ndarray, left: np.ndarray) -> Patience:
        """Estimate the law from waits, those that ended in an answer censored.

        Parameters
        ----------
        waits_s
            Wait of every contact, until its answer or until it left [s].
        left
            Whether it left.

        Returns
        -------
        Patience
            With fewer than 20 contacts that left, an exponential law throughout; with none, one of endless patience.

        Notes
        -----
        S(t) = product over waits t_i <= t at which d_i of the n_i still waiting left of (1 - d_i / n_i). The tail starts at the tenth longest
        wait given up; its mean is the time waited beyond that moment over the number that left beyond it.

        References
        ----------
        Kaplan & Meier, Nonparametric estimation from incomplete observations, Journal of the American Statistical Association 53 (1958), 457-481.

        Examples
        --------
        >>> Patience.of(np.array([30.0, 50.0]), np.array([True, False])).tail_mean_s
        80.0
        """
        waits_s, left = np.asarray(waits_s, dtype=float), np.asarray(left, dtype=bool)
        none = np.empty(0)
        if not left.any():
            return cls(none, none, 0.0, math.inf)
        given_up = np.sort(waits_s[left])
        if len(given_up) < MINIMUM_ABANDONED:
            return cls(none, none, 0.0, max(float(waits_s.sum()) / len(given_up), 1.0))
        tail = float(given_up[-TAIL_ABANDONED])
        times, number = np.unique(given_up[given_up <= tail], return_counts=True)
        at_risk = len(waits_s) - np.searchsorted(np.sort(waits_s), times, side="left")
        beyond = int((given_up > tail).sum())
        exposed = float((waits_s - tail).clip(min=0).sum())
        return cls(times, np.cumprod(1 - number / at_risk), tail, max(exposed / max(beyond, 1), 1.0))

    def survives(self, waits_s: np.ndarray) -> np.ndarray:
        """Return the share willing to wait longer than this."""
        waits_s = np.asarray(waits_s, dtype=float)
        steps = np.concatenate([[1.0], self.survival])
        body = steps[np.searchsorted(self.times_s, waits_s, side="right")]
        return body * np.exp(-np.maximum(waits_s - self.tail_from_s, 0.0) / self.tail_mean_s)

    def beyond(self, waits_s: np.ndarray, uniform: np.ndarray) -> np.ndarray:
        """Return how long contacts that have waited so long are willing to wait in all [s], by inverse transform of their own uniforms."""
        level = self.survives(waits_s) * (1.0 - np.asarray(uniform, dtype=float))
        if math.isinf(self.tail_mean_s):
            return np.full(level.shape, math.inf)
        last = float(self.survival[-1]) if len(self.survival) else 1.0
        # the first wait after which no more than `level` are willing; survival falls, so it is searched reversed
        place = len(self.survival) - np.searchsorted(self.survival[::-1], level, side="right")
        step = self.times_s[np.minimum(place, len(self.times_s) - 1)] if len(self.times_s) else np.zeros(level.shape)
        with np.errstate(divide="ignore"):
            tail = self.tail_from_s + self.tail_mean_s * np.log(last / np.maximum(level, 1e-300))
        return np.where(level < last, tail, step)


@dataclass(frozen=True, slots=True, eq=False)
class OwnContacts:
    """The contacts of a pool in order of arrival.

    Attributes
    ----------
    frame
        offered_us (UTC), day (local date), queue (position), wait_s, answered (bool), handle_s, handle_known (bool), patience_s, agent.
    patience
        The law behind the patience of each queue.
    ring_s
        How long a contact rings at an agent who is free; it is part of the handling and not of the wait.
    unknown_handling
        Share of the answered contacts whose handling time is not known.
    unknown_patience
        Share of the abandoned contacts of which it is not known when they left.
    without_wrap
        Whether no contact carries a time after the conversation.
    """

    frame: pd.DataFrame
    patience: tuple[Patience, ...]
    ring_s: float
    unknown_handling: float
    unknown_patience: float
    without_wrap: bool


def uniforms(seed: int, stream: int, count: int) -> np.ndarray:
    """Return one uniform per index, the same whatever else is drawn: counter-based, keyed by seed and stream."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64))).random(count)


def own_contacts(
    tables: Mapping[str, pd.DataFrame], queues: Sequence[Queue], *, zone: str, seed: int = 1
) -> OwnContacts | None:
    """Return the contacts of a pool's live queues with what a replay needs to know of each; None without contacts.

    Parameters
    ----------
    tables
        Canonical tables; contacts are used.
    queues
        The pool's live queues; positions follow their order.
    zone
        IANA zone of the days.
    seed
        Seed of what is drawn: patience beyond the wait seen, handling times of contacts nobody handled.

    Notes
    -----
    An abandoned contact has the patience that it showed; of an answered one it is only known to exceed its wait, and is drawn beyond it from
    the queue's law (that of all queues together where fewer than 20 left). Handling times that nobody saw are drawn from those of the queue.
    """
    parts = [offered_contacts(tables, queue).assign(position=at) for at, queue in enumerate(queues)]
    parts = [part for part in parts if len(part)]
    if not parts:
        return None
    contacts = pd.concat(parts, ignore_index=True)
    contacts = contacts.sort_values(["offered_at", "position", "contact"], kind="stable", ignore_index=True)
    answered = contacts["answered_at"].notna().to_numpy()
    until = contacts["answered_at"].fillna(contacts["ended_at"])
    waits = (until - contacts["offered_at"]).dt.total_seconds().clip(lower=0).to_numpy()
    ring_s = _ring_s(contacts, waits)
    handle = handle_times(contacts).to_numpy()
    frame = pd.DataFrame(
        {
            "offered_us": utc_us(contacts["offered_at"]),
            "day": local_day(contacts["offered_at"], zone),
            "queue": contacts["position"].to_numpy(),
            "wait_s": waits,
            "answered": answered,
            "handle_known": np.isfinite(handle),
            "agent": contacts["agent"],
        }
    )
    frame["handle_s"] = _handled(handle, frame["queue"].to_numpy(), len(queues), seed) + ring_s
    laws = _laws(frame, len(queues), ring_s)
    frame["patience_s"] = _patience(frame, laws, ring_s=ring_s, seed=seed)
    return OwnContacts(
        frame=frame,
        patience=laws,
        ring_s=ring_s,
        unknown_handling=float(1 - np.isfinite(handle[answered]).mean()) if answered.any() else 1.0,
        unknown_patience=float(np.isnan(waits[~answered]).mean()) if (~answered).any() else 0.0,
        without_wrap=bool(contacts["wrap_us"].isna().all()),
    )


def _ring_s(contacts: pd.DataFrame, waits: np.ndarray) -> float:
    """Return how long contacts ring at an agent who was free when they came: the median of their waits, to whole seconds."""
    frame = contacts.assign(wait=waits).dropna(subset=["agent", "answered_at", "ended_at"])
    frame = frame.sort_values(["agent", "answered_at"], kind="stable")
    done = frame["ended_at"] + pd.to_timedelta(frame["wrap_us"].fillna(0).astype("int64"), unit="us")
    free = done.groupby(frame["agent"]).shift() < frame["offered_at"]
    return float(np.floor(frame.loc[free, "wait"].median())) if free.any() else 0.0


def _handled(handle: np.ndarray, queue: np.ndarray, queues: int, seed: int) -> np.ndarray:
    """Return handling times, unknown ones drawn from the known of the queue."""
    drawn, result = uniforms(seed, HANDLING, len(handle)), handle.copy()
    for at in range(queues):
        mine, known = queue == at, np.isfinite(handle)
        sample = np.sort(handle[mine & known]) if (mine & known).any() else np.sort(handle[known])
        lacking = mine & ~known
        if len(sample):
            result[lacking] = sample[(drawn[lacking] * len(sample)).astype(np.int64)]
    return np.maximum(np.nan_to_num(result), 0.0)


def _laws(frame: pd.DataFrame, queues: int, ring_s: float) -> tuple[Patience, ...]:
    """Return the patience of every queue; that of all together where too few left."""
    known = frame[frame["wait_s"].notna()]
    waits, left = (known["wait_s"] - ring_s).clip(lower=0).to_numpy(), ~known["answered"].to_numpy()
    together, mine = Patience.of(waits, left), known["queue"].to_numpy()
    return tuple(
        Patience.of(waits[mine == at], left[mine == at])
        if int(left[mine == at].sum()) >= MINIMUM_ABANDONED
        else together
        for at in range(queues)
    )


def _patience(frame: pd.DataFrame, laws: Sequence[Patience], *, ring_s: float, seed: int) -> np.ndarray:
    """Return how long each contact is willing to wait [s]."""
    waited = (frame["wait_s"] - ring_s).clip(lower=0).fillna(0.0).to_numpy()
    drawn = uniforms(seed, PATIENCE, len(frame))
    result = np.empty(len(frame))
    for at, law in enumerate(laws):
        mine = frame["queue"].to_numpy() == at
        result[mine] = law.beyond(waited[mine], drawn[mine])
    seen = ~frame["answered"].to_numpy() & frame["wait_s"].notna().to_numpy()
    return np.where(seen, waited, result)
