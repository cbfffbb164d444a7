"""The policies that the lab tries on a client's desk, each family from its boldest setting to its most careful."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import pdtr

from analysis.blending.policies import NO_ITEMS as POSITION_NONE
from analysis.blending.policies import Options, allowed_blocks
from analysis.blending.week import Facts
from analysis.measure.load import load_nodes
from analysis.simulation import NO_ITEMS, Policy

#: Mode of every family that moves items, by key.
MODE_OF: Mapping[str, str] = MappingProxyType(
    {
        "fill": "shareable",
        "keep_free": "shareable",
        "schedule": "shareable",
        "trigger": "shareable",
        "resume": "interruptible",
        "restart": "interruptible",
        "blocks": "releasable",
        "rotating": "releasable",
        "low_load_blocks": "releasable",
    }
)
#: The simplest rule first; decides between policies that move as much.
SIMPLEST = ("keep_free", "blocks", "low_load_blocks", "rotating", "schedule", "resume", "restart", "trigger", "fill")
#: Every policy in a few words, by key.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "keep_free": "a fixed number kept free",
        "schedule": "a number kept free by half hour",
        "resume": "items that give way and are resumed",
        "restart": "items that give way and start again",
        "blocks": "blocks off contacts",
        "rotating": "rotating blocks",
        "low_load_blocks": "blocks in quiet half hours",
        "trigger": "a trigger on the oldest item",
        "fill": "every gap filled",
        "roster": "fewer agents rostered",
        "": "nothing",
    }
)
_SUITS = {"shareable": "suitable_between", "interruptible": "suitable_interrupt", "releasable": "suitable_blocks"}
_STEPS = 14
# How much every step lowers the occupancy that a half hour may reach.
_CAP_STEP = 0.006
_MOST_KEPT_FREE = 40


@dataclass(frozen=True, slots=True)
class Family:
    """Settings of one kind of policy.

    Attributes
    ----------
    key
        As in the frame `lab`.
    steps
        Policies, boldest first.
    words
        What a step is, in words.
    """

    key: str
    steps: tuple[Policy, ...]
    words: Callable[[Policy], str]


def families(facts: Facts, options: Options) -> tuple[Family, ...]:
    """Return every family that the client's items, people and hours allow.

    Parameters
    ----------
    facts
        The pool's facts.
    options
        The exact model's answer for every number kept free; thresholds are set from it.
    """
    suits = facts.items.suits
    between, interrupt, block = (suits[_SUITS[mode]] for mode in ("shareable", "interruptible", "releasable"))
    found: list[Family] = []
    if between:
        found += _between(facts, options, between)
    # an agent who changes state by hand is out of reach of contacts
    if interrupt and facts.settings.delivery != "manual":
        found += _giving_way(facts, options, interrupt)
    if block:
        found += _blocks(facts, options, block)
    return (*found, *_without_items(facts, options))


def _between(facts: Facts, options: Options, only: tuple[int, ...]) -> list[Family]:
    """Return the families that begin items between contacts."""
    most = min(_MOST_KEPT_FREE, int(np.ceil(facts.pool.agents.max(initial=1.0) * 0.6)))
    fixed = tuple(Policy("keep_free", kept_free=number, only=only) for number in range(most + 1))
    schedules = tuple(
        Policy("schedule", kept_free=chosen, only=only) for chosen in _distinct(_schedules(facts, options))
    )
    found = [
        Family("fill", (Policy("fill", kept_free=0, only=only),), lambda _: "every free agent starts an item"),
        Family("keep_free", fixed, lambda policy: f"{policy.kept_free} agents kept free of items, all day"),
    ]
    return [*found, Family("schedule", schedules, _schedule_words)] if schedules else found


def _schedules(facts: Facts, options: Options) -> list[tuple[int, ...]]:
    """Return numbers kept free per slot of the week, at rising floors of service and falling occupancy."""
    promise, agents = facts.pool.desk.promise, facts.pool.agents
    steps = np.array([*options.kept_free, NO_ITEMS])
    found = []
    for step in range(_STEPS):
        floor = promise.target + step * (1 - promise.target) / _STEPS
        choice = options.choose(floor, agents, promise.max_occupancy - step * _CAP_STEP)
        found.append(by_slot(facts, np.where(choice == POSITION_NONE, NO_ITEMS, steps[choice]), NO_ITEMS))
    return found


def _giving_way(facts: Facts, options: Options, only: tuple[int, ...]) -> list[Family]:
    """Return the families whose items give way to contacts."""
    cap = facts.pool.desk.promise.max_occupancy
    kept = _distinct([by_slot(facts, _rationed(facts, cap - step * _CAP_STEP), NO_ITEMS) for step in range(_STEPS)])
    return [
        Family(
            key,
            tuple(Policy(key, kept_free=numbers, gives_way=key, only=only) for numbers in kept),  # pyright: ignore[reportArgumentType]
            words,
        )
        for key, words in (
            ("resume", lambda policy: f"items give way to contacts and are resumed; {_kept_words(policy)}"),
            ("restart", lambda policy: f"items give way to contacts and start again; {_kept_words(policy)}"),
        )
    ]


def _rationed(facts: Facts, cap: float) -> np.ndarray:
    """Return the fewest agents kept free per like half hour at which items that give way leave agents no busier than the cap; NO_ITEMS where no number does."""
    cells = facts.pool.cells
    loads, weights = load_nodes(cells["load"].to_numpy(), cells["load_sd"].to_numpy())
    numbers = np.maximum(np.round(cells["agents"].to_numpy()), 1).astype(int)
    found = [fewest_kept_free(int(n), load, weights, cap) for n, load in zip(numbers, loads, strict=True)]
    return np.array([NO_ITEMS if kept is None else kept for kept in found])


def fewest_kept_free(agents: int, loads: np.ndarray, weights: np.ndarray, cap: float) -> int | None:
    """Return the fewest agents kept free of items that give way at which agents are no busier than the cap; None where no number below all does.

    Parameters
    ----------
    agents
        Agents on duty.
    loads, weights
        Loads that the half hour may bring [erlangs], and how likely they are.
    cap
        Highest share of time spent busy.

    Notes
    -----
    With k kept free, max(B, n - k) of n agents are busy, B of them with contacts: Poisson, cut off at n.
    E[max(B, m)] = m + sum over b from m to n - 1 of P(B > b).

    Examples
    --------
    >>> fewest_kept_free(10, np.array([5.0]), np.array([1.0]), 0.8), fewest_kept_free(10, np.array([9.0]), np.array([1.0]), 0.8)
    (3, None)
    """
    beyond = 1 - (pdtr(np.arange(agents)[:, None], loads) * weights).sum(axis=1)
    above = np.concatenate([np.cumsum(beyond[::-1])[::-1], [0.0]])
    good = np.flatnonzero(np.arange(agents + 1) + above <= cap * agents + 1e-9)
    return int(agents - good[-1]) if len(good) and good[-1] > 0 else None


def _blocks(facts: Facts, options: Options, only: tuple[int, ...]) -> list[Family]:
    """Return the families that take agents off contacts."""
    pool = facts.pool
    waited = _waited(facts, options)
    whole = allowed_blocks(pool.agents, options.today[4], pool.cells["required_agents"].to_numpy(), waited, pool)
    occupancy = options.today[4] / np.maximum(pool.agents, 1e-9)
    quiet = np.where(occupancy <= np.median(occupancy), whole, 0.0)
    rotate_s = facts.settings.rotate_s
    kinds = (
        ("blocks", whole, float("inf"), "agents in blocks off contacts, by half hour"),
        ("rotating", whole, rotate_s, f"agents in blocks off contacts, changing places every {rotate_s / 60:.0f} min"),
        (
            "low_load_blocks",
            quiet,
            float("inf"),
            "agents in blocks off contacts, in the quieter half of the week alone",
        ),
    )
    found = []
    for key, numbers, turn, words in kinds:
        fewer = _distinct([by_slot(facts, np.floor(numbers * share), 0) for share in np.linspace(1, 0, _STEPS)[:-1]])
        steps = tuple(Policy(key, ring_fenced=ring, rotate_s=turn, only=only) for ring in fewer if any(ring))
        if steps:
            found.append(Family(key, steps, lambda policy, words=words: f"up to {_most(policy.ring_fenced)} {words}"))
    return found


def _without_items(facts: Facts, options: Options) -> list[Family]:
    """Return what can be done with surplus agents instead of items."""
    pool = facts.pool
    waited = _waited(facts, options)
    whole = allowed_blocks(pool.agents, options.today[4], pool.cells["required_agents"].to_numpy(), waited, pool)
    fewer = _distinct([by_slot(facts, np.floor(whole * share), 0) for share in np.linspace(1, 0, _STEPS)[:-1]])
    roster = tuple(Policy("roster", off=off) for off in fewer if any(off))
    most = max(int(pool.agents.max(initial=1.0)), 1)
    home = tuple(Policy("time_off", sent_home_above=number) for number in sorted({*range(1, min(most, 24))}))
    found = []
    if roster:
        found.append(
            Family("roster", roster, lambda policy: f"up to {_most(policy.off)} agents rostered fewer, by half hour")
        )
    if home:
        found.append(
            Family(
                "time_off",
                home,
                lambda policy: f"an agent may go home while more than {policy.sent_home_above} are free",
            )
        )
    return found


def _waited(facts: Facts, options: Options) -> np.ndarray:
    """Return the agents waiting per like half hour: measured, else by the model."""
    measured = facts.pool.cells["idle_agents"].to_numpy(dtype=float)
    return np.where(np.isfinite(measured), measured, np.maximum(facts.pool.agents - options.today[4], 0.0))


def by_slot(facts: Facts, values: np.ndarray, otherwise: int) -> tuple[int, ...]:
    """Return a whole number per like half hour as one per slot of the week; `otherwise` where the pool is closed."""
    cells, per_day = facts.pool.cells, facts.per_day
    place = cells["weekday"].to_numpy() * per_day + cells["slot_of_day_s"].to_numpy() // facts.pool.slot_s
    week = np.full(7 * per_day, otherwise)
    week[place.astype(np.int64)] = values
    return tuple(week.tolist())


def _distinct(steps: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return settings in which something happens, each once."""
    return [step for step in dict.fromkeys(steps) if any(number >= 0 for number in step)]


def _most(numbers: int | tuple[int, ...]) -> int:
    return max(numbers) if isinstance(numbers, tuple) else numbers


def _kept_words(policy: Policy) -> str:
    """Return how many agents stay free, as a range over the half hours with items."""
    numbers = policy.kept_free if isinstance(policy.kept_free, tuple) else (policy.kept_free,)
    placed = sorted({number for number in numbers if number != NO_ITEMS})
    if len(placed) == 1:
        return f"{placed[0]} agents kept free" if placed[0] != 1 else "1 agent kept free"
    return f"{placed[0]} to {placed[-1]} agents kept free, by half hour"


def _schedule_words(policy: Policy) -> str:
    return f"{_kept_words(policy)}; items begun are finished"
