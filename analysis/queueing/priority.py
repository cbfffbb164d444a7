"""Two classes at one desk: contacts first, and items that either give way at once or are finished before."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.queueing import checks
from analysis.queueing.erlang import erlang_c
from analysis.queueing.results import Result, answer, asked


@dataclass(frozen=True, slots=True)
class Preemptive(Result):
    """How long contacts and items take when contacts come first.

    Attributes
    ----------
    agents, arrivals_per_h, items_per_h, aht_s, item_s, aht_cv, item_cv, resume_s, gives_way
        What was asked.
    p_wait
        Share of contacts that have to wait.
    contact_wait_s, contact_time_s
        Mean time a contact waits, and from arrival to its end [s].
    contact_queue, contacts
        Mean number of contacts waiting, and waiting or in hand.
    item_wait_s, item_time_s
        Mean time of an item in which nobody works on it (resumption included), and from arrival to its end [s].
    item_queue, items
        Mean number of items on which nobody works, laid aside ones and resumption included, and of all unfinished items.
    interruptions_per_item
        Mean number of times an item is laid aside.
    occupancy
        Share of the agents' time spent on contacts, items and resumption.
    """

    agents: int = asked("agents")
    arrivals_per_h: float = asked("contacts/h")
    items_per_h: float = asked("items/h")
    aht_s: float = asked("s")
    item_s: float = asked("s")
    aht_cv: float = asked("1")
    item_cv: float = asked("1")
    resume_s: float = asked("s")
    gives_way: bool = asked("rule")
    p_wait: float = answer("share")
    contact_wait_s: float = answer("s")
    contact_time_s: float = answer("s")
    contact_queue: float = answer("contacts")
    contacts: float = answer("contacts")
    item_wait_s: float = answer("s")
    item_time_s: float = answer("s")
    item_queue: float = answer("items")
    items: float = answer("items")
    interruptions_per_item: float = answer("times")
    occupancy: float = answer("share")

    def __repr__(self) -> str:
        """Return the answer as a sentence."""
        how = "items give way" if self.gives_way else "items are finished first"
        return (
            f"{self.agents} agent{'' if self.agents == 1 else 's'}, {self.arrivals_per_h:g} contacts and {self.items_per_h:g} items an hour, {how}: a contact waits "
            f"{self.contact_wait_s:.1f} s on average, an item takes {self.item_time_s:.0f} s from arrival to end and is laid aside "
            f"{self.interruptions_per_item:.2f} times"
        )


def preemptive(
    agents: int,
    *,
    arrivals_per_h: float,
    items_per_h: float,
    aht_s: float,
    item_s: float,
    aht_cv: float = 1.0,
    item_cv: float = 1.0,
    resume_s: float = 0.0,
    gives_way: bool = True,
) -> Preemptive:
    """Return waits, times and queues of contacts and of items, where contacts always come before items.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1. Several agents: contacts and items exponential and equally long, no resumption time.
    arrivals_per_h, items_per_h
        Contacts and items that arrive per hour, both above 0.
    aht_s, item_s
        Mean handling time of a contact and mean length of an item [s].
    aht_cv, item_cv
        Coefficients of variation of the two: 1 exponential, 0 always the same length.
    resume_s
        Work lost every time an item that was laid aside is taken up again [s]; it can itself be interrupted and then begins again.
    gives_way
        True: an item is laid aside as soon as a contact finds no free agent, and taken up again where it was left (preemptive resume).
        False: an item once begun is finished (head of the line).

    Returns
    -------
    Preemptive

    Raises
    ------
    ValueError
        An argument is out of range; contacts and items together are more than the agents can do; or no closed form is known, which is so for
        several agents with other than exponential and equally long contacts and items, or with a resumption time.

    Notes
    -----
    Poisson arrivals; nobody gives up; first come first served within a class.

    Several agents, equal exponential lengths: where items give way, contacts see M/M/n with their own load, and all together see M/M/n with the
    load of both, whatever the order; so the items in the system are L_total - L_contacts. An item is laid aside when a contact finds every agent
    busy, but not all of them with contacts: with chance C(n, a) - C(n, a1). Head of the line: W1 = C(n, a) s / (n (1 - rho1)),
    W2 = W1 / (1 - rho).

    One agent, lengths of any law: head of the line W1 = W0 / (1 - rho1), W2 = W1 / (1 - rho), W0 = (lambda1 E[S1^2] + lambda2 E[S2^2]) / 2.
    Where items give way an item of length S is in hand for a completion time K: S, and after each of the Poisson(lambda1 S) interruptions a busy
    period B of contacts and the time R until `resume_s` passes without another. E[K] = E[S2] exp(lambda1 r) / (1 - rho1), and the item waits
    lambda2 E[K^2] / (2 (1 - lambda2 E[K])) + lambda1 E[S1^2] / (2 (1 - rho1)^2) until it is first begun.

    References
    ----------
    Cobham, Operations Research 2 (1954), 70-76, for the head of the line. White & Christie, Operations Research 6 (1958), 79-95, and Gaver,
    Journal of the Royal Statistical Society B 24 (1962), 73-90, for completion times. Buzen & Bondi, Operations Research 31 (1983), 456-465, for
    several agents.

    Examples
    --------
    Twenty agents, contacts and items of five minutes: items fill what contacts leave, and no contact waits longer for it.

    >>> both = preemptive(20, arrivals_per_h=180, items_per_h=36, aht_s=300, item_s=300)
    >>> round(both.contact_time_s / 60, 3), round(both.item_time_s / 60, 3), round(both.items, 3)
    (5.16, 12.459, 7.476)
    """
    n = int(checks.single(checks.whole("agents", agents, least=1), "agents"))
    desk = _Desk(
        checks.single(checks.positive("arrivals_per_h", arrivals_per_h), "arrivals_per_h") / 3600.0,
        checks.single(checks.positive("items_per_h", items_per_h), "items_per_h") / 3600.0,
        checks.single(checks.positive("aht_s", aht_s), "aht_s"),
        checks.single(checks.positive("item_s", item_s), "item_s"),
        checks.single(checks.non_negative("aht_cv", aht_cv), "aht_cv"),
        checks.single(checks.non_negative("item_cv", item_cv), "item_cv"),
        checks.single(checks.non_negative("resume_s", resume_s), "resume_s"),
    )
    if not gives_way and desk.resume_s:
        raise ValueError(
            "resume_s must be 0 where items do not give way: an item that is finished first is never taken up again"
        )
    _refuse_without_room(n, desk)
    if n == 1:
        found = _one_agent_gives_way(desk) if gives_way else _one_agent_in_line(desk)
    else:
        _refuse_without_formula(n, desk)
        found = _several_agents(n, desk, gives_way=gives_way)
    contact_wait, item_wait, p_wait, interruptions, busy = found
    return Preemptive(
        n,
        float(arrivals_per_h),
        float(items_per_h),
        desk.aht_s,
        desk.item_s,
        desk.aht_cv,
        desk.item_cv,
        desk.resume_s,
        bool(gives_way),
        p_wait=p_wait,
        contact_wait_s=contact_wait,
        contact_time_s=contact_wait + desk.aht_s,
        contact_queue=desk.contacts * contact_wait,
        contacts=desk.contacts * (contact_wait + desk.aht_s),
        item_wait_s=item_wait,
        item_time_s=item_wait + desk.item_s,
        item_queue=desk.items * item_wait,
        items=desk.items * (item_wait + desk.item_s),
        interruptions_per_item=interruptions,
        occupancy=busy / n,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """A checked question, in seconds and per second."""

    contacts: float
    items: float
    aht_s: float
    item_s: float
    aht_cv: float
    item_cv: float
    resume_s: float

    @property
    def contact_load(self) -> float:
        """Agents that contacts keep busy."""
        return self.contacts * self.aht_s

    @property
    def item_load(self) -> float:
        """Agents that items keep busy, resumption left out."""
        return self.items * self.item_s

    @property
    def contact_square(self) -> float:
        """Mean square of a handling time [s^2]."""
        return self.aht_s**2 * (1.0 + self.aht_cv**2)

    @property
    def item_square(self) -> float:
        """Mean square of the length of an item [s^2]."""
        return self.item_s**2 * (1.0 + self.item_cv**2)


def _refuse_without_room(n: int, desk: _Desk) -> None:
    """Raise where items would pile up without end."""
    lost = math.exp(min(desk.contacts * desk.resume_s, 700.0))
    if desk.contact_load + desk.item_load * lost < n:
        return
    with_resumption = f" ({desk.item_load * lost:.3g} with what resumption costs)" if desk.resume_s else ""
    raise ValueError(
        f"contacts of {desk.contact_load:.3g} erlangs and items of {desk.item_load:.3g}{with_resumption} need more than {n} "
        f"agent{'' if n == 1 else 's'}: items would pile up without end. Add agents, or bring fewer items an hour."
    )


def _refuse_without_formula(n: int, desk: _Desk) -> None:
    """Raise where several agents have no closed form."""
    why = []
    if desk.aht_s != desk.item_s:
        why.append("contacts and items are not equally long")
    if desk.aht_cv != 1.0 or desk.item_cv != 1.0:
        why.append("a length is not exponential")
    if desk.resume_s:
        why.append("taking an item up again costs time")
    if why:
        raise ValueError(
            f"no closed form is known for {n} agents where {' and '.join(why)}: simulate this desk, or see what the gaps leave with "
            "idle_gaps(...).usable_share(resume_s)"
        )


def _several_agents(n: int, desk: _Desk, *, gives_way: bool) -> tuple[float, float, float, float, float]:
    """Return waits of contacts and items, contacts that wait, interruptions per item and busy agents: equal exponential lengths."""
    a, b = desk.contact_load, desk.contact_load + desk.item_load
    all_busy, contacts_everywhere = float(erlang_c(n, b)), float(erlang_c(n, a))
    if not gives_way:
        wait = all_busy * desk.aht_s / (n - a)
        return wait, wait * n / (n - b), all_busy, 0.0, b
    waiting, contacts_waiting = all_busy * b / (n - b), contacts_everywhere * a / (n - a)
    laid_aside = desk.contacts * max(0.0, all_busy - contacts_everywhere) / desk.items
    return (
        contacts_waiting / desk.contacts,
        (waiting - contacts_waiting) / desk.items,
        contacts_everywhere,
        laid_aside,
        b,
    )


def _one_agent_in_line(desk: _Desk) -> tuple[float, float, float, float, float]:
    """Return the same for one agent who finishes items first."""
    a, b = desk.contact_load, desk.contact_load + desk.item_load
    wait = 0.5 * (desk.contacts * desk.contact_square + desk.items * desk.item_square) / (1.0 - a)
    return wait, wait / (1.0 - b), b, 0.0, b


def _one_agent_gives_way(desk: _Desk) -> tuple[float, float, float, float, float]:
    """Return the same for one agent who lays items aside."""
    a, lam = desk.contact_load, desk.contacts
    wait = 0.5 * lam * desk.contact_square / (1.0 - a)
    mean, square = _completion(desk)
    until_begun = 0.5 * desk.items * square / (1.0 - desk.items * mean) + wait / (1.0 - a)
    stretch = math.exp(lam * desk.resume_s)
    return wait, until_begun + mean - desk.item_s, a, lam * desk.item_s * stretch, a + desk.item_load * stretch


def _completion(desk: _Desk) -> tuple[float, float]:
    """Return mean and mean square of the time from beginning an item to its end, interruptions included."""
    from scipy.special import gammainc

    lam, r = desk.contacts, desk.resume_s
    busy = desk.aht_s / (1.0 - desk.contact_load)
    busy_square = desk.contact_square / (1.0 - desk.contact_load) ** 3
    # R = r where no contact comes meanwhile, else the time X until it comes, its busy period, and R anew
    calm, fails = math.exp(-lam * r), -math.expm1(-lam * r)
    x, x_square = float(gammainc(2.0, lam * r)) / lam, 2.0 * float(gammainc(3.0, lam * r)) / lam**2
    resume = math.expm1(lam * r) * (1.0 / lam + busy)
    again = x_square + fails * busy_square + 2.0 * x * busy + 2.0 * (x + fails * busy) * resume
    resume_square = r**2 + again / calm
    away, away_square = busy + resume, busy_square + 2.0 * busy * resume + resume_square
    factor = 1.0 + lam * away
    return desk.item_s * factor, desk.item_square * factor**2 + lam * desk.item_s * away_square
