"""Arguments of the simulation: checked, and refused in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.simulation.desk import ContactQueue, Desk, ItemType, Times
from analysis.simulation.policy import NO_ITEMS, Policy

if TYPE_CHECKING:
    from analysis.simulation.streams import Streams

KINDS = ("exponential", "lognormal", "gamma", "constant", "empirical")
DEFINITIONS = ("of offered", "of answered", "short abandons out")


def refuse(name: str, rule: str, got: object) -> None:
    """Refuse a value in words."""
    raise ValueError(f"{name} must be {rule}, got {got}")


def whole(name: str, value: Any, *, least: int, most: float = math.inf) -> int:
    """Return a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        limit = f"{least} or more" if math.isinf(most) else f"{least} to {most:g}"
        refuse(name, f"a whole number of {limit}", value)
    return int(value)


def number(name: str, value: Any, *, least: float = 0.0, above: bool = False, endless: bool = False) -> float:
    """Return a number of at least (or above) a bound; infinity only where it means "never"."""
    try:
        got = float(value)
    except (TypeError, ValueError):
        got = math.nan
    if not (got > least if above else got >= least) or (math.isinf(got) and not endless):
        refuse(name, f"{'' if endless else 'a finite number '}{'above' if above else 'of at least'} {least:g}", value)
    return got


def positions(name: str, values: Sequence[int] | np.ndarray, size: int) -> None:
    """Refuse positions outside 0 to `size` - 1."""
    got = np.asarray(values)
    if got.size and not (np.issubdtype(got.dtype, np.integer) and got.min() >= 0 and got.max() < size):
        refuse(
            name, f"positions from 0 to {size - 1}", [value for value in got.tolist() if value not in range(size)][:3]
        )


def law(name: str, times: Times) -> None:
    """Refuse a law that cannot be drawn from."""
    if times.kind not in KINDS:
        refuse(f"{name}.kind", f"one of {', '.join(KINDS)}", times.kind)
    number(f"{name}.mean_s", times.mean_s, above=True)
    number(f"{name}.cv", times.cv)
    if times.kind != "empirical":
        return
    sample = np.asarray(times.sample, dtype=np.float64)
    if not sample.size or not (np.isfinite(sample).all() and sample[0] >= 0 and (np.diff(sample) >= 0).all()):
        refuse(f"{name}.sample", "finite lengths of 0 or more in rising order, at least one", f"{sample.size} of them")
    if not math.isclose(times.mean_s, sample.mean(), rel_tol=1e-6):
        refuse(f"{name}.mean_s", f"the mean of the sample, {sample.mean():g}", times.mean_s)


def rates(name: str, values: Sequence[float], slots: int) -> None:
    """Refuse rates that are not one finite number of 0 or more per slot."""
    got = np.asarray(values, dtype=np.float64)
    if got.shape != (slots,) or not (np.isfinite(got).all() and (got >= 0).all()):
        refuse(
            name, f"{slots} finite numbers of 0 or more, one per slot", f"{got.size} from {np.min(got, initial=0):g}"
        )


def desk(it: Desk) -> None:
    """Refuse a desk that cannot be simulated."""
    number("slot_s", it.slot_s, above=True)
    whole("slots", it.slots, least=1)
    whole("slots_per_day", it.slots_per_day, least=1)
    for queue in it.queues:
        _queue(queue, it.slots)
    for kind in it.items:
        _item_type(kind, it.slots)
    _people(it)
    if it.delivery.kind not in {"push", "pull", "manual"}:
        refuse("delivery.kind", "push, pull or manual", it.delivery.kind)
    for name in ("start_s", "return_s", "switch_s"):
        number(f"delivery.{name}", getattr(it.delivery, name))
    if it.start not in {"empty", "settled"}:
        refuse("start", "empty or settled", it.start)


def _queue(queue: ContactQueue, slots: int) -> None:
    """Refuse a queue of contacts that cannot be drawn or judged."""
    name = f"queue {queue.name!r}: "
    rates(f"{name}arrivals_per_h", queue.arrivals_per_h, slots)
    law(f"{name}handling", queue.handling)
    if queue.patience is not None:
        law(f"{name}patience", queue.patience)
    if queue.definition not in DEFINITIONS:
        refuse(f"{name}definition", f"one of {', '.join(DEFINITIONS)}", queue.definition)
    whole(f"{name}concurrency", queue.concurrency, least=1)
    whole(f"{name}rank", queue.rank, least=0)
    whole(f"{name}day_group", queue.day_group, least=0)
    for field in ("answer_within_s", "short_s", "day_cv"):
        number(name + field, getattr(queue, field))


def _item_type(kind: ItemType, slots: int) -> None:
    """Refuse a type of items that cannot be drawn or worked on."""
    name = f"item type {kind.name!r}: "
    law(f"{name}length", kind.length)
    whole(f"{name}backlog", kind.backlog, least=0)
    number(f"{name}backlog_age_s", kind.backlog_age_s)
    number(f"{name}resume_s", kind.resume_s)
    number(f"{name}save_every_s", kind.save_every_s, endless=True)
    if kind.due_after_s is not None:
        number(f"{name}due_after_s", kind.due_after_s, above=True, endless=True)
    if kind.arrivals_per_h is not None:
        rates(f"{name}arrivals_per_h", kind.arrivals_per_h, slots)
    elif kind.backlog or (kind.due_after_s is not None and math.isfinite(kind.due_after_s)):
        raise ValueError(
            f"{name}there is always one more (arrivals_per_h is None), so it can have no backlog and no due time; give arrivals_per_h"
        )


def _people(it: Desk) -> None:
    """Refuse groups, agents and shifts that do not fit together."""
    for group in it.groups:
        positions(f"group {group.name!r}: queues", group.queues, len(it.queues))
        positions(f"group {group.name!r}: items", group.items, len(it.items))
    positions("agent_group", it.agent_group, len(it.groups))
    served = {queue for group in it.groups for queue in group.queues}
    for position, queue in enumerate(it.queues):
        if position not in served:
            raise ValueError(f"no group serves queue {queue.name!r}: give it to a group, or leave the queue out")
    ends: dict[int, float] = {}
    for shift in sorted(it.shifts, key=lambda shift: (shift.agent, shift.start_s)):
        name = f"shift of agent {shift.agent} from {shift.start_s:g} s"
        whole(f"{name}: agent", shift.agent, least=0, most=len(it.agent_group) - 1)
        number(f"{name}: start_s", shift.start_s)
        number(f"{name}: end_s", shift.end_s, least=shift.start_s, above=True)
        if shift.start_s < ends.get(shift.agent, 0.0):
            raise ValueError(f"{name} begins before the agent's last one ends ({ends[shift.agent]:g} s): join the two")
        ends[shift.agent] = shift.end_s


def streams(it: Desk, given: Streams) -> None:
    """Refuse streams that do not fit a desk."""
    _in_order("offered_s", given.offered_s, it.horizon_s)
    _in_order("item_arrived_s", given.item_arrived_s, it.horizon_s)
    for name, values in (("handle_s", given.handle_s), ("item_length_s", given.item_length_s)):
        if values.size and not (values.min() >= 0 and values.max() < math.inf):
            refuse(name, "finite lengths of 0 or more", "others")
    for name in ("queue", "handle_s", "patience_s"):
        _as_long(name, getattr(given, name), "offered_s", given.offered_s.size)
    for name in ("item_type", "item_length_s", "item_due_s"):
        _as_long(name, getattr(given, name), "item_arrived_s", given.item_arrived_s.size)
    if given.patience_s.size and not given.patience_s.min() >= 0:
        refuse("patience_s", "0 or more (infinity: waits for ever)", "others")
    if not (given.item_due_s >= given.item_arrived_s).all():
        refuse("item_due_s", "at or after the item's arrival", "earlier moments")
    positions("queue", given.queue, len(it.queues))
    positions("item_type", given.item_type, len(it.items))
    positions("shift_agent", given.shift_agent, len(given.agent_group))
    positions("agent_group", given.agent_group, len(it.groups))


def _in_order(name: str, moments: np.ndarray, horizon_s: float) -> None:
    """Refuse moments that do not rise or lie beyond the horizon."""
    rising = (moments[1:] >= moments[:-1]).all()
    if moments.size and not (rising and moments[-1] < horizon_s and math.isfinite(moments[0])):
        refuse(name, f"finite moments in rising order, all before the end of the horizon ({horizon_s:g} s)", "others")


def _as_long(name: str, values: np.ndarray, other: str, size: int) -> None:
    """Refuse an array of another length."""
    if values.shape != (size,):
        refuse(name, f"as long as {other} ({size})", len(values))


def per_slot(name: str, value: int | Sequence[int], slots: int, *, least: int = 0) -> np.ndarray:
    """Return one whole number per slot."""
    values = np.asarray(value)
    if not np.issubdtype(values.dtype, np.integer) or values.shape not in {(), (slots,)} or (values < least).any():
        refuse(name, f"a whole number of {least} or more, or {slots} of them, one per slot", value)
    return np.ascontiguousarray(np.broadcast_to(values, slots), dtype=np.int64)


def policy(it: Policy, desk: Desk) -> None:
    """Refuse a policy that cannot be followed; numbers per slot are checked where they are spread."""
    if it.gives_way not in {"", "resume", "restart"}:
        refuse("gives_way", "'', 'resume' or 'restart'", repr(it.gives_way))
    number("rotate_s", it.rotate_s, above=True, endless=True)
    whole("trigger_agents", it.trigger_agents, least=0)
    if it.trigger_age is not None:
        number("trigger_age", it.trigger_age, above=True)
    if it.only is not None:
        positions("only", it.only, len(desk.items))


def kept_free(it: Policy, slots: int) -> np.ndarray:
    """Return the policy's threshold per slot."""
    return per_slot("kept_free", it.kept_free, slots, least=NO_ITEMS)
