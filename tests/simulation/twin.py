"""A blended desk in plain Python, written from the rules alone: one list of events, one object per agent, clarity before speed.

Everything happens one event at a time; after each the desk is settled: who is off, who is ring-fenced, who takes a waiting contact, who starts an
item, who goes home, and again until nothing changes. The compiled engine must give the same events and the same measures.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from analysis.simulation.desk import Desk
from analysis.simulation.policy import NO_ITEMS, Policy
from analysis.simulation.run import AGENTS, CONTACTS, ITEMS, Run
from analysis.simulation.streams import Streams

# what comes first at one moment
LEAVES, CONTACT_END, ITEM_END, SHIFT_END, SLOT, SHIFT_START, CONTACT, ITEM, TIMER, ROTATION = range(10)
# events of one moment that are one: who comes and goes and the new slot's numbers; changes of places
TOGETHER = ((SHIFT_END, SLOT, SHIFT_START), (TIMER, ROTATION))


@dataclass(eq=False)
class Contact:
    index: int
    queue: int
    offered: float
    handle: float
    leaves: float
    rank: int


@dataclass(eq=False)
class Item:
    index: int
    kind: int
    arrived: float
    length: float
    due: float
    done: float = 0.0
    begun: bool = False
    was_aside: bool = False
    ended: float = math.nan

    @property
    def place(self) -> tuple[float, float, int]:
        return self.due, self.arrived, self.index

    def has_used(self, share: float, now: float) -> bool:
        return now >= self.moment(share)

    def moment(self, share: float) -> float:
        return self.arrived + share * (self.due - self.arrived) if math.isfinite(self.due) else math.inf


@dataclass(eq=False)
class Agent:
    number: int
    queues: tuple[int, ...]
    kinds: tuple[int, ...]
    in_shift: bool = False
    off: bool = False
    home: bool = False
    contacts: list[Contact] = field(default_factory=list)
    item: Item | None = None
    began: float = 0.0
    began_fenced: bool = False
    overhead: float = 0.0
    stint: int = 0
    returning: bool = False
    aside: Item | None = None
    free_since: float = 0.0
    last: str = ""
    fenced: bool = False
    fenced_since: float = 0.0
    fence: int = 0
    due_since: float = math.inf
    counted_to: float = 0.0

    @property
    def there(self) -> bool:
        return self.in_shift and not self.off and not self.home

    @property
    def busy(self) -> bool:
        return bool(self.contacts) or self.item is not None or self.returning

    @property
    def free(self) -> bool:
        return self.there and not self.busy

    @property
    def longest_fenced(self) -> tuple[float, int]:
        return self.fenced_since, self.number

    @property
    def longest_free(self) -> tuple[float, int]:
        return self.free_since, self.number


def per_slot(setting: int | tuple[int, ...], slot: int) -> int:
    return setting[slot] if isinstance(setting, tuple) else setting


class Twin:
    def __init__(self, desk: Desk, streams: Streams, policy: Policy) -> None:
        self.desk, self.policy, self.streams = desk, policy, streams
        self.now, self.slot, self.over, self.sequence, self.triggered = 0.0, 0, False, 0, False
        self.looks = True  # at the trigger; who becomes free is fenced or takes a contact by how it stood before
        self.events: list[tuple[float, str, int, int]] = []
        self.contacts = np.zeros((len(desk.queues), desk.slots, len(CONTACTS)))
        self.times = np.zeros((desk.slots, len(AGENTS)))
        self.started = np.full(len(streams.offered_s), math.nan)
        only = range(len(desk.items)) if policy.only is None else policy.only
        self.agents = []
        for number, group in enumerate(streams.agent_group.tolist()):
            kinds = tuple(kind for kind in desk.groups[group].items if kind in only)
            self.agents.append(Agent(number, desk.groups[group].queues, kinds))
        self.kinds = set(only)
        self.worked = self.kinds & {kind for group in desk.groups for kind in group.items}
        self.waiting: list[Contact] = []
        self.queued: list[list[tuple[tuple[float, float, int], Item]]] = [[] for _ in desk.items]
        self.items = [
            Item(index, *row)
            for index, row in enumerate(
                zip(
                    streams.item_type.tolist(),
                    streams.item_arrived_s.tolist(),
                    streams.item_length_s.tolist(),
                    streams.item_due_s.tolist(),
                )
            )
        ]
        self.manual = desk.delivery.kind == "manual"
        self.line: list[tuple[float, int, int, int, object]] = []

    # the line of events

    def put(self, time: float, order: int, index: int, what: object) -> None:
        self.sequence += 1
        heapq.heappush(self.line, (time, order, index, self.sequence, what))

    def fill(self) -> None:
        streams, desk = self.streams, self.desk
        rows = zip(
            streams.queue.tolist(), streams.offered_s.tolist(), streams.handle_s.tolist(), streams.patience_s.tolist()
        )
        for index, (queue, offered, handle, patience) in enumerate(rows):
            contact = Contact(index, queue, offered, handle, offered + patience, desk.queues[queue].rank)
            if offered < 0:  # was there before
                self.waits(contact)
            elif offered < desk.horizon_s:
                self.put(offered, CONTACT, index, contact)
        for item in self.items:
            if item.arrived <= 0:
                self.lay_in_queue(item)
            elif item.arrived < desk.horizon_s:
                self.put(item.arrived, ITEM, item.index, item)
        for agent, start, end in zip(
            streams.shift_agent.tolist(), streams.shift_start_s.tolist(), streams.shift_end_s.tolist()
        ):
            for moment, order in ((start, SHIFT_START), (end, SHIFT_END)):
                if moment < desk.horizon_s:  # at the end nobody comes or goes any more
                    self.put(moment, order, agent, self.agents[agent])
        for slot in range(1, desk.slots + 1):
            self.put(slot * desk.slot_s, SLOT, slot, slot)

    def run(self) -> None:
        self.fill()
        handlers = {
            LEAVES: self.leaves,
            CONTACT_END: self.contact_ends,
            ITEM_END: self.item_ends,
            SHIFT_END: self.shift_ends,
            SHIFT_START: self.shift_starts,
            SLOT: self.slot_starts,
            CONTACT: self.contact_arrives,
            ITEM: self.item_arrives,
            TIMER: lambda _: None,
            ROTATION: self.rotates,
        }
        while self.line:
            self.now, order, _, _, what = heapq.heappop(self.line)
            handlers[order](what)
            together = next((kinds for kinds in TOGETHER if order in kinds), ())
            if self.line and self.line[0][0] == self.now and self.line[0][1] in together:
                continue
            if order in (CONTACT_END, ITEM_END):
                self.looks = False
                while self.who_is_fenced() or self.who_takes_a_contact():
                    pass
                self.looks = True
            if order != LEAVES:
                self.settle()
        for contact in self.waiting:  # nobody was left to take it
            self.book_contact(contact, max(0.0, self.desk.horizon_s - contact.offered), "")

    def log(self, kind: str, what: int = -1, agent: Agent | None = None) -> None:
        self.events.append((self.now, kind, what, -1 if agent is None else agent.number))

    # what happens

    def leaves(self, contact: Contact) -> None:
        if contact in self.waiting:
            self.waiting.remove(contact)
            self.log("abandon", contact.index)
            self.book_contact(contact, contact.leaves - contact.offered, "abandoned")

    def waits(self, contact: Contact) -> None:
        self.waiting.append(contact)
        if contact.leaves < math.inf:
            self.put(contact.leaves, LEAVES, contact.index, contact)

    def contact_ends(self, ended: tuple[Agent, Contact]) -> None:
        agent, contact = ended
        self.count(agent)
        agent.contacts.remove(contact)
        self.log("end", contact.index, agent)
        if not agent.contacts:
            self.becomes_free(agent)

    def item_ends(self, ended: tuple[Agent, int, bool]) -> None:
        agent, stint, returned = ended
        if stint != agent.stint:
            return  # laid aside meanwhile
        self.count(agent)
        if returned:
            agent.returning = False
            self.becomes_free(agent)
            return
        item, agent.item = agent.item, None
        if not self.over:
            item.done, item.ended = item.length, self.now
        self.log("item_end", item.index, agent)
        if self.manual and self.desk.delivery.return_s > 0:
            agent.returning = True
            self.put(self.now + self.desk.delivery.return_s, ITEM_END, agent.number, (agent, stint, True))
        else:
            self.becomes_free(agent)

    def shift_ends(self, agent: Agent) -> None:
        self.log("shift_end", agent=agent)
        self.count(agent)
        agent.in_shift = agent.home = False
        self.goes(agent)

    def shift_starts(self, agent: Agent) -> None:
        self.log("shift_start", agent=agent)
        self.count(agent)
        agent.in_shift, agent.home = True, False
        if not agent.busy:
            self.becomes_free(agent)

    def slot_starts(self, slot: int) -> None:
        if slot == self.desk.slots:
            for agent in self.agents:
                self.count(agent)
                if agent.item is not None:
                    agent.item.done += self.gain(agent)
            self.over = True
        else:
            self.slot = slot

    def contact_arrives(self, contact: Contact) -> None:
        self.log("arrival", contact.index)
        self.waits(contact)
        self.who_takes_a_contact()
        if contact in self.waiting:  # only one that comes takes an agent from an item
            giving = [
                agent
                for agent in self.agents
                if contact.queue in agent.queues and not agent.began_fenced and self.may_give_way(agent)
            ]
            if giving:
                agent = max(giving, key=lambda other: other.stint)
                agent.aside = self.lay_aside(agent, by_contact=True)
                self.take(agent, contact)

    def item_arrives(self, item: Item) -> None:
        self.lay_in_queue(item)

    def rotates(self, rotation: tuple[Agent, int]) -> None:
        agent, fence = rotation
        if not agent.fenced or agent.fence != fence or self.over:
            return
        agent.due_since = self.now

    # the desk settles

    def settle(self) -> None:
        steps = (self.who_is_off, self.who_is_fenced, self.who_takes_a_contact, self.who_starts_an_item, self.who_goes)
        while any(step() for step in steps):
            pass

    def who_is_off(self) -> bool:
        in_shift = [agent for agent in self.agents if agent.in_shift]
        number = per_slot(self.policy.off, self.slot)
        off = in_shift[len(in_shift) - min(number, len(in_shift)) :]
        changed = False
        for agent in self.agents:
            if agent.off != (agent in off):
                changed = True
                self.count(agent)
                agent.off = not agent.off
                if agent.off:
                    self.goes(agent)
                elif not agent.in_shift:
                    pass
                elif not agent.busy:
                    self.becomes_free(agent)
        return changed

    def who_is_fenced(self) -> bool:
        fenced = [agent for agent in self.agents if agent.fenced]
        wanted = self.fences_wanted()
        if len(fenced) > wanted:
            self.release(min(fenced, key=lambda agent: agent.longest_fenced))
            return True
        free = [agent for agent in self.agents if agent.free and not agent.fenced and agent.kinds]
        if len(fenced) < wanted and free:
            self.fence_off(min(free, key=lambda agent: agent.longest_free))
            return True
        due = [agent for agent in fenced if math.isfinite(agent.due_since)]
        if due and free:
            back = min(due, key=lambda agent: (agent.due_since, agent.number))
            self.release(back)
            self.fence_off(min(free, key=lambda agent: agent.longest_free))
            if back.free:
                self.serve(back, back.queues)
            return True
        return False

    def fences_wanted(self) -> int:
        if self.over:
            return 0
        share = self.policy.trigger_age
        if share is not None and self.looks:
            waiting = [heap[0][1] for kind, heap in enumerate(self.queued) if heap and kind in self.worked]
            if any(item.has_used(share, self.now) for item in waiting):
                self.triggered = True
            elif not any(item.has_used(0.5 * share, self.now) for item in waiting):
                self.triggered = False
        return per_slot(self.policy.ring_fenced, self.slot) + self.triggered * self.policy.trigger_agents

    def who_takes_a_contact(self) -> bool:
        for agent in sorted((agent for agent in self.agents if agent.free), key=lambda agent: agent.longest_free):
            if self.serve(agent, agent.queues):
                return True
        partly = [agent for agent in self.agents if agent.contacts and agent.there]
        for agent in sorted(partly, key=lambda agent: (len(agent.contacts), agent.number)):
            queue = agent.contacts[0].queue
            if len(agent.contacts) < self.desk.queues[queue].concurrency and self.serve(agent, (queue,)):
                return True
        return False

    def serve(self, agent: Agent, queues: tuple[int, ...]) -> bool:
        if agent.fenced and self.next_item(agent) is not None:
            return False
        waiting = [contact for contact in self.waiting if contact.queue in queues]
        if not waiting:
            return False
        self.take(agent, min(waiting, key=lambda contact: (contact.rank, contact.offered, contact.index)))
        return True

    def who_starts_an_item(self) -> bool:
        kept_free = per_slot(self.policy.kept_free, self.slot)
        free = [agent for agent in self.agents if agent.free]
        able = [agent for agent in free if agent.fenced]
        shared = [agent for agent in free if not agent.fenced]
        for agents in (able, shared if len(shared) > kept_free != NO_ITEMS else []):
            for agent in sorted(agents, key=lambda agent: agent.longest_free):
                if self.now >= agent.free_since + self.desk.delivery.start_s and self.next_item(agent) is not None:
                    self.start(agent)
                    return True
        return False

    def who_goes(self) -> bool:
        limit = self.policy.sent_home_above
        if limit is None or self.over:
            return False
        free = [agent for agent in self.agents if agent.free and not agent.fenced]
        if len(free) <= per_slot(limit, self.slot):
            return False
        agent = min(free, key=lambda agent: agent.longest_free)
        self.count(agent)
        agent.home = True
        self.log("sent_home", agent=agent)
        self.goes(agent)
        return True

    # what agents do

    def becomes_free(self, agent: Agent) -> None:
        agent.free_since = self.now
        if self.desk.delivery.start_s > 0:
            self.put(self.now + self.desk.delivery.start_s, TIMER, agent.number, None)

    def goes(self, agent: Agent) -> None:
        """The agent is not there any more: what gives way is handed back, what does not is finished."""
        if agent.fenced:
            self.release(agent)
        if self.may_give_way(agent):
            self.lay_in_queue(self.lay_aside(agent, by_contact=False))
        if agent.aside is not None:
            self.lay_in_queue(agent.aside)
            agent.aside = None

    def take(self, agent: Agent, contact: Contact) -> None:
        self.count(agent)
        self.waiting.remove(contact)
        if agent.last == "item":
            self.add("switches", self.now, 1)
        agent.last = "contact"
        agent.contacts.append(contact)
        self.started[contact.index] = self.now
        self.log("answer", contact.index, agent)
        self.put(self.now + contact.handle, CONTACT_END, contact.index, (agent, contact))
        self.book_contact(contact, self.now - contact.offered, "answered")

    def next_item(self, agent: Agent) -> Item | None:
        if self.over:
            return None
        if agent.aside is not None:
            return agent.aside
        heads = [self.queued[kind][0] for kind in agent.kinds if self.queued[kind]]
        return min(heads)[1] if heads else None

    def start(self, agent: Agent) -> None:
        item = self.next_item(agent)
        self.count(agent)
        agent.overhead = self.desk.delivery.switch_s if agent.last == "contact" else 0.0
        if item.was_aside:
            agent.overhead += self.desk.items[item.kind].resume_s
        else:
            self.add("item_starts", self.now, 1)
        self.log("resumed" if item.was_aside else "item_start", item.index, agent)
        if item is agent.aside:
            agent.aside = None
        else:
            heapq.heappop(self.queued[item.kind])
        if agent.last == "contact":
            self.add("switches", self.now, 1)
        self.sequence += 1
        item.begun = True
        agent.last, agent.item, agent.stint = "item", item, self.sequence
        agent.began, agent.began_fenced = self.now, agent.fenced
        end = self.now + (agent.overhead + (item.length - item.done))
        self.put(end, ITEM_END, agent.number, (agent, agent.stint, False))

    def gain(self, agent: Agent) -> float:
        return max(0.0, (self.now - agent.began) - agent.overhead)

    def may_give_way(self, agent: Agent) -> bool:
        if agent.item is None or not self.policy.gives_way or self.manual or self.over:
            return False
        return self.desk.items[agent.item.kind].interruptible

    def lay_aside(self, agent: Agent, *, by_contact: bool) -> Item:
        self.count(agent)
        item, agent.item = agent.item, None
        agent.stint = 0
        before, done, save = item.done, item.done + self.gain(agent), self.desk.items[item.kind].save_every_s
        if self.policy.gives_way == "restart" or math.isinf(save):
            item.done = 0.0
        else:
            item.done = done if save == 0 else max(before, math.floor(done / save) * save)
        self.spread("lost_s", self.now - (done - item.done), self.now)
        item.was_aside = True
        if by_contact:
            self.add("interruptions", self.now, 1)
        self.log("laid_aside", item.index, agent)
        self.becomes_free(agent)
        return item

    def lay_in_queue(self, item: Item) -> None:
        if item.kind in self.kinds:
            heapq.heappush(self.queued[item.kind], (item.place, item))
            if self.policy.trigger_age is not None and math.isfinite(item.due):
                self.put(max(self.now, item.moment(self.policy.trigger_age)), TIMER, -1, None)

    def fence_off(self, agent: Agent) -> None:
        self.count(agent)
        agent.fenced, agent.fenced_since, agent.due_since = True, self.now, math.inf
        agent.fence += 1
        self.log("ring_on", agent=agent)
        if math.isfinite(self.policy.rotate_s):
            self.put(self.now + self.policy.rotate_s, ROTATION, agent.number, (agent, agent.fence))

    def release(self, agent: Agent) -> None:
        self.count(agent)
        agent.fenced = False
        self.log("ring_off", agent=agent)

    # the books

    def add(self, measure: str, time: float, amount: float) -> None:
        if time <= self.desk.horizon_s:
            self.times[min(int(time / self.desk.slot_s), self.desk.slots - 1), AGENTS.index(measure)] += amount

    def spread(self, measure: str, start: float, end: float) -> None:
        start, end = max(start, 0.0), min(end, self.desk.horizon_s)
        while start < end:
            slot = int(start / self.desk.slot_s)
            until = min(end, (slot + 1) * self.desk.slot_s)
            self.times[slot, AGENTS.index(measure)] += until - start
            start = until

    def count(self, agent: Agent) -> None:
        """Book the time since the last change of this agent."""
        since, agent.counted_to = agent.counted_to, self.now
        if agent.contacts:
            self.spread("contact_s", since, self.now)
        if agent.item is not None or agent.returning:
            self.spread("item_s", since, self.now)
            lost_to = self.now if agent.returning else min(self.now, agent.began + agent.overhead)
            self.spread("lost_s", since, lost_to)
        if agent.there or agent.busy:
            self.spread("on_duty_s", since, self.now)
        if agent.fenced:
            self.spread("ring_fenced_s", since, self.now)
        if agent.home and agent.in_shift and not agent.off:
            self.spread("sent_home_s", since, self.now)

    def book_contact(self, contact: Contact, wait: float, how: str) -> None:
        if contact.offered < 0:
            return
        queue = self.desk.queues[contact.queue]
        short = how == "abandoned" and wait < queue.short_s
        counted = {"of offered": True, "of answered": how == "answered", "short abandons out": not short}
        row = {
            "offered": 1.0,
            "answered": how == "answered",
            "in_time": how == "answered" and wait <= queue.answer_within_s,
            "counted": counted[queue.definition],
            "abandoned": how == "abandoned",
            "wait_s": wait,
            "handle_s": contact.handle if how == "answered" else 0.0,
        }
        self.contacts[contact.queue, int(contact.offered / self.desk.slot_s)] += [row[name] for name in CONTACTS]

    def of_items(self) -> np.ndarray:
        horizon, table = self.desk.horizon_s, np.zeros((len(self.desk.items), len(ITEMS)))
        for item in self.items:
            endless = self.desk.items[item.kind].arrivals_per_h is None
            if item.arrived >= horizon or (endless and not item.begun):
                continue
            finished = not math.isnan(item.ended)
            age = 0.0 if endless else (item.ended if finished else horizon) - item.arrived
            row = {
                "arrived": 1.0,
                "finished": finished,
                "late": finished and item.ended > item.due,
                "open": not finished,
                "open_late": not finished and item.due < horizon,
                "work_s": min(item.done, item.length),
                "age_s": age if finished else 0.0,
            }
            oldest = max(table[item.kind, -1], age)
            table[item.kind] += [row.get(name, 0.0) for name in ITEMS]
            table[item.kind, -1] = oldest
        return table


def twin(desk: Desk, streams: Streams, policy: Policy) -> tuple[Run, list[tuple[float, str, int, int]]]:
    """Return what the desk does under the policy, and every event as (moment, kind, what, agent)."""
    it = Twin(desk, streams, policy)
    it.run()
    ended = np.array([item.ended for item in it.items], dtype=float)
    return Run(it.contacts, it.times, it.of_items(), it.started, ended, np.empty((0, 4))), it.events
