"""What agents do while no contact needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# in `kept_free`: no item starts between contacts in this slot
NO_ITEMS = -1


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule for items; contacts always come first.

    Attributes
    ----------
    name
        The policy in words.
    kept_free
        An idle agent starts an item while more than so many agents (neither ring-fenced nor off) are free, the agent included: 0 fills every gap.
        One number, or one per slot; NO_ITEMS: none starts between contacts.
    gives_way
        ``""``: an item begun is finished; ``"resume"``: a contact that finds no free agent takes one from the item begun last, which the same agent
        takes up again when free, at the cost of the type's `resume_s` and of the work since its last save point; ``"restart"``: all work is lost.
        Only interruptible items give way, only to a contact that arrives, and none with manual delivery, where contacts do not reach the agent. Begun last
        is by the last time it was taken up. `resume_s` is lost under ``"restart"`` too.
    ring_fenced
        Agents taken off contacts for items: one number, or one per slot. The longest free go first, else the next to become free; without any item
        waiting they serve contacts. Only agents who can do items are taken. What they began is never interrupted, also after the release; whoever was
        ring-fenced longest is released first.
    rotate_s
        A ring-fenced agent changes places with a free one after so long [s], or, where nobody is free then, with the next to become free; infinity: stays.
    trigger_age
        Ring-fence `trigger_agents` from the moment the oldest waiting item has used this share of its due time until the oldest has used less than
        half of that share; None: never. Of every type the item next in turn is looked at.
    trigger_agents
        Agents ring-fenced by the trigger, on top of `ring_fenced`.
    off
        Agents rostered fewer, one number or one per slot: neither paid nor there (at every moment the last in the order of agents of those in shift).
    sent_home_above
        Voluntary time off: whenever more than so many agents are free, the longest free one goes for the rest of the shift; None: never. One
        number or one per slot. Looked at after items have been given out.
    only
        Positions of the item types that the policy works on; None: all.
    perfect
        The thresholds in `kept_free` were set from the load that came, not from the load that was foreseen; a label, no rule.
    """

    name: str
    kept_free: int | tuple[int, ...] = NO_ITEMS
    gives_way: Literal["", "resume", "restart"] = ""
    ring_fenced: int | tuple[int, ...] = 0
    rotate_s: float = float("inf")
    trigger_age: float | None = None
    trigger_agents: int = 0
    off: int | tuple[int, ...] = 0
    sent_home_above: int | tuple[int, ...] | None = None
    only: tuple[int, ...] | None = None
    perfect: bool = False
