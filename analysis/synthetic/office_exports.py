"""The back office's files, and those that cover both populations: schedule, work items, workload, rounds, quality, roster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from analysis.synthetic import clerks
from analysis.synthetic.back_office import ITEM_TYPES, OfficePeriod
from analysis.synthetic.exports import text_of
from analysis.synthetic.people import MOVE_DATE, SHIFT_S, People
from analysis.synthetic.plans import ABSENCES, ACTIVITIES, UNPAID, Plan, duty_rows
from analysis.synthetic.streams import HOUR_S, Calendar, stream, wall_clock_after

SCHEDULE_HEADER = "Agent Id,Start,End,Activity,Paid"
ITEMS_HEADER = "Item,Type,Clerk,Arrived,Started,Ended,Due"
WORKLOAD_HEADER = "Team;Week Start;Week End;Paid Hours;Type;Volume"
ROUNDS_HEADER = "Round,Observed At,Observer,Person,Team,State,Reference Look"
SELF_REPORTS_HEADER = "Person,Team,Week Start,Week End,Paid Hours,Hours Not Worked"
QUALITY_HEADER = "Team,Week Start,Type,Checked,Errors,Reworked,Complaints"
TYPES_HEADER = "Type,Standard (s),Interruptible,Resume (s),Max Wait (h),Regulated,Off Desk,Help Needed,Access"
ROSTER_HEADER = (
    *("Agent Id", "Name", "Team", "Site", "Time Zone", "Contract Hours", "Grade", "Population"),
    *("Valid From", "Valid To"),
)
ON_DUTY = "On duty"
ROUNDS_PER_DAY = 3
_ROUND_HOURS = (8, 17)
# On every so many tours a reference observer looks at the same people at the same moment.
_REFERENCE_EVERY = 12
# How often an observer takes non-work for work, and work for non-work.
_MISSED, _MISTAKEN = 0.06, 0.02
_AT_WORK, _NON_WORK = ("ITEM_WORK", "WORK"), ("IDLE", "AWAY")
# The week that people were asked about, who answered, and what part of their non-work they own up to.
_ASKED_WEEK, _ANSWERED, _ADMITTED = 5, 0.8, 0.5
_HIRED = dt.date(2024, 1, 1)


def schedule_lines(people: People, calendar: Calendar, plan: Plan) -> list[str]:
    """Return the schedule as it was worked: on duty, breaks, meetings, and absences of whole shifts; no rows overlap."""
    midnights = calendar.midnights()
    rows = duty_rows(plan)
    words = np.array([*(word for word, _ in ACTIVITIES), ON_DUTY])
    person, day = plan.person[rows[:, 0]], plan.day[rows[:, 0]]
    gone = plan.absent
    person, day = np.concatenate([person, gone[:, 0]]), np.concatenate([day, gone[:, 1]])
    start = np.concatenate([rows[:, 2], gone[:, 2]])
    end = np.concatenate([rows[:, 3], gone[:, 2] + SHIFT_S])
    state = np.concatenate([words[rows[:, 1]], np.array(ABSENCES)[gone[:, 3]]])
    paid = np.concatenate([np.ones(len(rows), dtype=bool), gone[:, 3] != UNPAID])
    order = np.lexsort((start, day, person))
    begins = text_of(midnights[day[order]] + start[order].astype("timedelta64[s]"))
    ends = text_of(midnights[day[order]] + end[order].astype("timedelta64[s]"))
    keys = [one.key for one in people.persons]
    return [
        f"{keys[who]},{one},{two},{what},{'yes' if money else 'no'}"
        for who, one, two, what, money in zip(
            person[order].tolist(), begins, ends, state[order].tolist(), paid[order].tolist(), strict=True
        )
    ]


def logged_items(office: OfficePeriod) -> np.ndarray:
    """Return rows person, day, type, start, end of the items that the workflow system logged, in order of their end."""
    plan, rows = office.plan, office.truth[office.truth[:, 1] == clerks.ITEM_WORK]
    person, day = plan.person[rows[:, 0]], plan.day[rows[:, 0]]
    order = np.lexsort((person, rows[:, 4], day))
    return np.column_stack([person, day, rows[:, 2], rows[:, 3], rows[:, 4]])[order]


def item_waits_s(calendar: Calendar, items: np.ndarray, *, seed: int, period: int = 0) -> np.ndarray:
    """Return how long each item had waited when it was started: about half its due time, seldom more than all of it."""
    rng = stream(seed, "waits", period)
    limit = np.array([one.max_wait_h for one in ITEM_TYPES])[items[:, 2]] * HOUR_S
    shared = rng.standard_normal(len(calendar.days))[items[:, 1]]
    waits = limit * np.exp(-0.85 + 0.25 * shared + 0.5 * rng.standard_normal(len(items)))
    return waits.astype(np.int64)


def item_lines(people: People, calendar: Calendar, office: OfficePeriod, *, seed: int) -> list[str]:
    """Return the work items as logged."""
    items = logged_items(office)
    midnight = calendar.midnights()[items[:, 1]]
    started = midnight + items[:, 3].astype("timedelta64[s]")
    ended = midnight + items[:, 4].astype("timedelta64[s]")
    waits = item_waits_s(calendar, items, seed=seed)
    arrived = wall_clock_after(started, -waits)
    limit = np.array([one.max_wait_h for one in ITEM_TYPES])[items[:, 2]] * HOUR_S
    due = wall_clock_after(arrived, limit)
    keys = [one.key for one in people.persons]
    columns = zip(
        items[:, 2].tolist(),
        items[:, 0].tolist(),
        *(text_of(stamps) for stamps in (arrived, started, ended, due)),
        strict=True,
    )
    return [
        f"W{number:06d},{ITEM_TYPES[of].name},{keys[who]},{','.join(stamps)}"
        for number, (of, who, *stamps) in enumerate(columns, start=1)
    ]


def workload_lines(people: People, calendar: Calendar, office: OfficePeriod) -> list[str]:
    """Return paid hours and items done per team, week and type; numbers carry a decimal comma."""
    plan, items = office.plan, logged_items(office)
    done: dict[tuple[str, int, int], int] = {}
    for who, day, of in items[:, :3].tolist():
        key = (people.persons[who].team_on(calendar.days[day]), int(calendar.week[day]), of)
        done[key] = done.get(key, 0) + 1
    hours: dict[tuple[str, int], float] = {}
    paid = np.concatenate([np.column_stack([plan.person, plan.day]), plan.absent[plan.absent[:, 3] != UNPAID][:, :2]])
    for who, day in paid.tolist():
        at = (people.persons[who].team_on(calendar.days[day]), int(calendar.week[day]))
        hours[at] = hours.get(at, 0.0) + SHIFT_S / HOUR_S
    lines = []
    for (team, week), paid_h in sorted(hours.items()):
        monday = calendar.start + dt.timedelta(days=7 * week)
        for of, kind in enumerate(ITEM_TYPES):
            if (team, week, of) in done:
                number = f"{paid_h:.1f}".replace(".", ",")
                lines.append(
                    f"{team};{monday};{monday + dt.timedelta(days=6)};{number};{kind.name};{done[team, week, of]}"
                )
    return lines


def observed_states(office: OfficePeriod, shift: int, at: np.ndarray) -> np.ndarray:
    """Return what the person of one shift does at the given seconds of the day (indices of ``clerks.STATES``)."""
    low, high = np.searchsorted(office.truth[:, 0], [shift, shift + 1])
    rows = office.truth[low:high]
    return rows[np.searchsorted(rows[:, 3], at, side="right") - 1, 1]


def round_lines(
    people: People, calendar: Calendar, office: OfficePeriod, observers: Sequence[str], *, seed: int
) -> list[str]:
    """Return the observation rounds: three a day at random times, every person present looked at once, in random order.

    The last of the observers is the reference: on every twelfth tour he looks as well, and he makes no mistakes.
    """
    rng, mistakes = stream(seed, "rounds"), stream(seed, "observers")
    plan, keys = office.plan, [one.key for one in people.persons]
    block = (_ROUND_HOURS[1] - _ROUND_HOURS[0]) * HOUR_S / ROUNDS_PER_DAY
    *ordinary, reference = observers
    lines = []
    for day, date in enumerate(calendar.days):
        for number in range(ROUNDS_PER_DAY):
            start = _ROUND_HOURS[0] * HOUR_S + int(block * (number + rng.random()))
            observer = ordinary[int(rng.integers(len(ordinary)))]
            every = np.flatnonzero(plan.day == day)
            order = rng.permutation(len(every))
            # a tour takes some minutes; its middle is the drawn time
            at = start + 8 * (order - len(every) // 2)
            present = (at >= plan.start[every]) & (at < plan.start[every] + SHIFT_S)
            seen = sorted(zip(at[present].tolist(), every[present].tolist(), strict=True))
            stamps = text_of(calendar.midnights()[day] + np.array([one for one, _ in seen]).astype("timedelta64[s]"))
            tour = day * ROUNDS_PER_DAY + number + 1
            for (second, shift), stamp in zip(seen, stamps, strict=True):
                person = people.persons[int(plan.person[shift])]
                state = clerks.STATES[int(observed_states(office, shift, np.array([second]))[0])]
                looked_at = f"{keys[person.place]},{person.team_on(date)}"
                lines.append(f"R{tour:03d},{stamp},{observer},{looked_at},{_taken_for(state, mistakes.random())},no")
                if tour % _REFERENCE_EVERY == 0:
                    lines.append(f"R{tour:03d},{stamp},{reference},{looked_at},{state},yes")
    return lines


def _taken_for(state: str, luck: float) -> str:
    """Return what an ordinary observer writes down for what a person does."""
    if state in _NON_WORK:
        return "WORK" if luck < _MISSED else state
    return "IDLE" if state in _AT_WORK and luck < _MISTAKEN else state


def self_report_lines(people: People, calendar: Calendar, office: OfficePeriod, *, seed: int) -> list[str]:
    """Return what the people of the back office say of one week: hours without work, owned up to in part."""
    rng, plan = stream(seed, "self reports"), office.plan
    week = min(_ASKED_WEEK, int(calendar.week[-1]))
    monday = calendar.start + dt.timedelta(days=7 * week)
    rows = office.truth[np.isin(office.truth[:, 1], [clerks.STATES.index(state) for state in _NON_WORK])]
    lines = []
    for person in people.persons:
        shifts = np.flatnonzero((plan.person == person.place) & (calendar.week[plan.day] == week))
        answered, owned = rng.random() < _ANSWERED, _ADMITTED * rng.uniform(0.6, 1.4)
        if not len(shifts) or not answered:
            continue
        mine = rows[np.isin(rows[:, 0], shifts)]
        idle_h = owned * float((mine[:, 4] - mine[:, 3]).sum()) / HOUR_S
        paid_h = len(shifts) * SHIFT_S / HOUR_S
        told = f"{paid_h:.1f},{round(2 * idle_h) / 2:.1f}"
        lines.append(f"{person.key},{person.team_on(monday)},{monday},{monday + dt.timedelta(days=6)},{told}")
    return lines


def quality_lines(people: People, calendar: Calendar, office: OfficePeriod, *, seed: int) -> list[str]:
    """Return checks and errors per team, week and type: about one item in twelve is checked."""
    rng = stream(seed, "quality")
    items = logged_items(office)
    counts: dict[tuple[str, int, int], int] = {}
    for who, day, of in items[:, :3].tolist():
        key = (people.persons[who].team_on(calendar.days[day]), int(calendar.week[day]), of)
        counts[key] = counts.get(key, 0) + 1
    lines = []
    for (team, week, of), done in sorted(counts.items()):
        checked = int(rng.binomial(done, 0.08))
        errors = int(rng.binomial(checked, ITEM_TYPES[of].errors))
        reworked = int(rng.binomial(errors, 0.8))
        complaints = int(rng.binomial(done, 0.002))
        monday = calendar.start + dt.timedelta(days=7 * week)
        lines.append(f"{team},{monday},{ITEM_TYPES[of].name},{checked},{errors},{reworked},{complaints}")
    return lines


def type_lines() -> list[str]:
    """Return the client's list of item types with its standard times."""
    return [
        f"{one.name},{round(57 * one.mean_min)},{_yes(one.interruptible)},{one.resume_s},{one.max_wait_h},"
        f"{_yes(one.regulated)},{_yes(one.off_desk)},{_yes(one.help_needed)},{_yes(one.access)}"
        for one in ITEM_TYPES
    ]


def _yes(flag: bool | None) -> str:
    """Return the flag as the client writes it; nothing where it is not decided."""
    return {True: "yes", False: "no", None: ""}[flag]


def roster_rows(people: People, calendar: Calendar) -> list[tuple[object, ...]]:
    """Return the roster; whoever changes team within the period has two rows with dates."""
    rows: list[tuple[object, ...]] = []
    for one in people.persons:
        moves = bool(one.moves_to) and calendar.start < MOVE_DATE <= calendar.end
        spans = (
            [(one.team, _HIRED, MOVE_DATE - dt.timedelta(days=1)), (one.moves_to, MOVE_DATE, None)]
            if moves
            else [(one.team, _HIRED, None)]
        )
        rows += [
            (one.key, one.name, team, one.site, one.time_zone, one.contract_h, one.grade, one.population, begins, ends)
            for team, begins, ends in spans
        ]
    return rows
