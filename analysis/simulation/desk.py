"""What a desk is: its contacts, its people, its items. All times are seconds from the start of the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["exponential", "lognormal", "gamma", "constant", "empirical"]


@dataclass(frozen=True, slots=True)
class Times:
    """The law of a length of time.

    Attributes
    ----------
    mean_s
        Mean [s]; of an empirical law the mean of the sample.
    kind
        exponential, lognormal, gamma, constant or empirical (one of `sample`, each as likely).
    cv
        Coefficient of variation of a lognormal or gamma law.
    sample
        Lengths seen [s], rising; empirical laws only.
    """

    mean_s: float
    kind: Kind = "exponential"
    cv: float = 1.0
    sample: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactQueue:
    """One queue of contacts.

    Attributes
    ----------
    name
        Name as in the engagement file.
    arrivals_per_h
        Expected contacts per hour in every slot of the horizon.
    handling, patience
        Laws of the handling time and of the time that a contact is willing to wait; None: nobody leaves.
    answer_within_s, target, definition, short_s
        The promise, as :class:`analysis.foundation.settings.Queue` has it.
    channel
        voice, chat, email, message or callback.
    rank
        Lower is served first: live contacts 0, e-mail and messages 1. Every contact comes before any item.
    concurrency
        Contacts of this queue that one agent serves at once; such an agent takes no other queue's contact and no item meanwhile.
    day_cv
        Coefficient of variation of the rate between days (gamma, mean 1); one factor a day for all queues with the same `day_group`.
    day_group
        Queues whose days are busy together.
    """

    name: str
    arrivals_per_h: tuple[float, ...]
    handling: Times
    patience: Times | None = None
    answer_within_s: float = 20.0
    target: float = 0.8
    definition: str = "of offered"
    short_s: float = 5.0
    channel: str = "voice"
    rank: int = 0
    concurrency: int = 1
    day_cv: float = 0.0
    day_group: int = 0


@dataclass(frozen=True, slots=True)
class ItemType:
    """One type of back-office item.

    Attributes
    ----------
    name, length
        The type, and the law of its length when an agent works on it [s].
    arrivals_per_h
        Items that become available per hour, per slot; None: there is always one more.
    backlog
        Items that wait when the horizon begins; they arrived evenly over `backlog_age_s` before it.
    due_after_s
        Time from arrival until an item is late [s]; None: never.
    interruptible
        Whether an item may be laid aside for a contact.
    resume_s
        Lost each time an item that was laid aside is taken up again [s].
    save_every_s
        Work since the last save point is lost when an item is laid aside: 0 nothing is lost, infinity the item starts again [s].
    """

    name: str
    length: Times
    arrivals_per_h: tuple[float, ...] | None = None
    backlog: int = 0
    backlog_age_s: float = 0.0
    due_after_s: float | None = None
    interruptible: bool = True
    resume_s: float = 15.0
    save_every_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Agents with the same skills.

    Attributes
    ----------
    name
        Name of the group.
    queues, items
        Positions of the queues and item types that its agents serve.
    """

    name: str
    queues: tuple[int, ...]
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time in which one agent is there for contacts and items; a break ends one shift and begins the next.

    Attributes
    ----------
    agent
        Number of the agent, from 0.
    start_s, end_s
        The agent finishes what is in hand after `end_s` but starts nothing; an item that gives way is handed back.
    """

    agent: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """How items reach an agent.

    Attributes
    ----------
    kind
        push (the system brings the item), pull (the agent fetches it), manual (the agent changes state by hand and is not there for contacts
        until it is changed back).
    start_s
        Time an agent must have been free before an item is in hand; a contact may come meanwhile [s].
    return_s
        Manual only: time after an item until contacts can reach the agent again [s].
    switch_s
        Lost at the start of an item that follows a contact [s]; contacts find the agent busy.
    """

    kind: Literal["push", "pull", "manual"] = "push"
    start_s: float = 0.0
    return_s: float = 0.0
    switch_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Desk:
    """A pool of agents over a horizon of equal slots.

    Attributes
    ----------
    slot_s, slots
        Length and number of slots; the horizon is their product.
    queues, items, groups
        What arrives and who can do it.
    agent_group
        Position of every agent's group.
    shifts
        When every agent is there.
    delivery
        How items reach agents.
    slots_per_day
        Slots that share one factor of `day_cv`.
    start
        ``"empty"``: nobody is busy when the horizon begins; ``"settled"``: contacts in hand and waiting are drawn from the exact law of the first
        slot (24-hour desks; one queue, one group).
    """

    slot_s: float
    slots: int
    queues: tuple[ContactQueue, ...]
    groups: tuple[Group, ...]
    agent_group: tuple[int, ...]
    shifts: tuple[Shift, ...]
    items: tuple[ItemType, ...] = ()
    delivery: Delivery = Delivery()
    slots_per_day: int = 48
    start: Literal["empty", "settled"] = "empty"

    @property
    def horizon_s(self) -> float:
        """Length of the horizon [s]."""
        return self.slot_s * self.slots
