"""What one run of a desk gave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# measures of contacts, by the slot in which they were offered
CONTACTS = ("offered", "answered", "in_time", "counted", "abandoned", "wait_s", "handle_s")
# measures of agents' time, by the slot in which it passed; seconds but for the counts at the end
AGENTS = (
    "on_duty_s",
    "contact_s",
    "item_s",
    "lost_s",
    "ring_fenced_s",
    "sent_home_s",
    "item_starts",
    "interruptions",
    "switches",
)
# measures of items, whole horizon; ages from arrival to the end of the work
ITEMS = ("arrived", "finished", "late", "open", "open_late", "work_s", "age_s", "oldest_s")


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One horizon of a desk under one policy.

    Attributes
    ----------
    contacts
        Array (queue, slot, measure), measures as in ``CONTACTS``. `counted`: what the queue's definition counts. `wait_s`: over all offered, the abandoned
        until they left. A contact that still waits at the end of the horizon is followed until an agent who is there takes it or it leaves; one that
        nobody is left to take counts as neither answered nor abandoned: its patience is endless, and its wait counts to the end of the horizon. Who is in
        shift at the end of the horizon stays for those that wait. Contacts offered before 0 count in no measure.
    agents
        Array (slot, measure), measures as in ``AGENTS``. `contact_s`: time with at least one contact. `item_s`: time on items, including `lost_s` (resumption,
        switching, manual return, work lost). on duty less contact and item time is idle. Ring-fenced time is on duty; time sent home is not.
        `switches`: changes of an agent between contacts and items, both ways. `interruptions`: items laid aside for a contact.
        `item_starts`: items begun, not those taken up again. Lost work counts in the slots in which it was done.
    items
        Array (item type, measure), measures as in ``ITEMS``: `arrived` with the backlog, so finished and open; of a type without end those begun. `late` finished after their due moment, `open` not finished at the end, `open_late` of those past
        due, `work_s` progress made, `age_s` summed over the finished, `oldest_s` highest age of any item while waiting or at its end.
    started_s
        Per contact the moment of answer, NaN where there was none; order of the streams.
    item_ended_s
        Per item the moment it was finished, NaN where it was not; order of the streams.
    events
        (time_s, kind, what, agent) of every event in order where they were asked for, else empty; kinds as in ``analysis.simulation.engine.EVENTS``;
        `what` is a contact or an item, -1 for shifts, ring-fences and those sent home; `agent` is -1 for arrivals and those who gave up.
    """

    contacts: np.ndarray
    agents: np.ndarray
    items: np.ndarray
    started_s: np.ndarray
    item_ended_s: np.ndarray
    events: np.ndarray
