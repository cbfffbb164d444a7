"""Zones, clock changes, midnight and the business day (F37-F43)."""

from __future__ import annotations

import datetime as dt
import itertools
from random import Random

import pandas as pd

from analysis.foundation.calendars import slots
from analysis.foundation.intervals import busy
from analysis.foundation.settings import Period
from tests.faults.model import SECOND, Case, Export, Fault, Line
from tests.faults.truth import (
    AGENTS,
    FIRST_DAY,
    SPELL_HEADER,
    TOTAL_SOURCE,
    VOLUME_SOURCE,
    ZONE,
    header,
    pick,
    roster,
    spell,
    spells,
    total,
    us,
    utc,
    volume,
)

HOUR = 3600 * SECOND
AUTUMN = {"period": {"start": "2026-10-19", "end": "2026-11-01"}}
AUTUMN_DAY, SPRING_DAY = dt.datetime(2026, 10, 25), dt.datetime(2026, 3, 29)


def two_zones(rng: Random) -> Case:
    people = roster([("007", "Europe/Amsterdam"), ("anna", "Europe/Lisbon")], ("agent", "time_zone"))
    return Case(
        [spells(rng)],
        others=[({"table": "roster"}, [people])],
        refused=r"carry no time zone, and the roster has people in .*Set time_zone",
        answer={"time_zone": "Europe/Amsterdam"},
    )


def offsets(rng: Random) -> Case:
    """Some rows carry offsets, some at one end alone; each is plain by itself."""
    export, mixed = spells(rng), 0
    for at, line in enumerate(pick(export, rng, 9)):
        start, end = line.cells[1:3]
        late = utc(end).strftime("%Y-%m-%dT%H:%M:%SZ")
        if at % 3 == 0:
            line.cells[1:3] = [start.strftime("%Y-%m-%dT%H:%M:%S+01:00"), late]
        elif at % 3 == 1:
            line.cells[1:3] = [
                utc(start).strftime("%Y-%m-%d %H:%M:%S UTC"),
                utc(end).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            ]
        else:
            line.cells[2] = late
            line.moved, line.stated_us, mixed = {"mixed_offsets": line.stated_us}, 0, mixed + 1
    return Case([export], findings={"mixed_offsets": 9})


def zone_words(rng: Random) -> Case:
    export = spells(rng)
    for line, word in zip(pick(export, rng, 2), ("CET", "PST"), strict=True):
        line.cells[1] = line.cells[1].strftime(f"%Y-%m-%d %H:%M:%S {word}")
        line.become("rejected:bad_stamp", stated_us=0)
    return Case([export])


def wall(moment: dt.datetime) -> dt.datetime:
    """Return what the clock in Amsterdam shows, without a zone."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def night(rng: Random, agent: str) -> list[Line]:
    """Return a person's states through the doubled hour, of which each pass shows a step back."""
    base = dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC)  # 01:30 by the wall
    minutes = (0, 50, 70, 100, 140, 180)  # 01:30, 02:20, 02:40, then 02:10, 02:50, 03:30
    moments = [base + dt.timedelta(minutes=minute, seconds=rng.randrange(300)) for minute in minutes]
    lines = []
    for start, end in itertools.pairwise(moments):
        true = {"agent": agent, "start": start, "end": end, "state": "IDLE"}
        stated = us(wall(start), wall(end))
        change = us(start, end) - stated
        lines.append(
            Line(
                [agent, wall(start), wall(end), "IDLE"],
                "used",
                stated,
                {"clock_change": change} if change else {},
                [true],
            )
        )
    return lines


def doubled_by_order(rng: Random) -> Case:
    lines = [header(SPELL_HEADER), *(line for agent in AGENTS for line in night(rng, agent))]
    changed = [line for line in lines if line.moved]
    moved = sum(line.moved["clock_change"] for line in changed)
    return Case([Export(lines)], findings={"clock_change": (len(changed), moved)}, client=AUTUMN)


def doubled_backwards(rng: Random) -> Case:
    """The newest row first, as many reports write them."""
    lines = [header(SPELL_HEADER), *(line for agent in AGENTS for line in reversed(night(rng, agent)))]
    return Case([Export(lines)], client=AUTUMN)


def doubled_by_offset(rng: Random) -> Case:
    lines = [header(SPELL_HEADER), *night(rng, "007")]
    for line in lines[1:]:
        stamps = [line.truth[0][name].astimezone(ZONE) for name in ("start", "end")]
        line.cells[1:3] = [stamp.isoformat() for stamp in stamps]
        line.stated_us, line.moved = line.stated_us + sum(line.moved.values()), {}
    return Case([Export(lines)], client=AUTUMN)


def doubled_open(rng: Random) -> Case:
    lines = [header(SPELL_HEADER)]
    for number in range(3):
        start = AUTUMN_DAY.replace(hour=2, minute=rng.randrange(5, 25))
        lines.append(Line([f"p{number}", start, start + dt.timedelta(minutes=20), "IDLE"], stated_us=1200 * SECOND))
        lines[-1].become("rejected:dst_ambiguous")
    day = FIRST_DAY.replace(month=10, day=20, hour=9)
    lines.append(spell("007", day, day.replace(hour=10), "IDLE"))
    return Case([Export(lines)], client=AUTUMN)


def skipped(rng: Random) -> Case:
    export = spells(rng)
    lost = SPRING_DAY.replace(hour=2, minute=rng.randrange(60))
    over = SPRING_DAY.replace(hour=1, minute=rng.randrange(60))
    end = SPRING_DAY.replace(hour=4)
    export.lines.append(Line(["007", lost, end, "IDLE"], "rejected:dst_nonexistent", us(lost, end)))
    true = {"agent": "007", "start": utc(over), "end": utc(end), "state": "IDLE"}
    export.lines.append(Line(["007", over, end, "IDLE"], "used", us(over, end), {"clock_change": -HOUR}, [true]))
    return Case([export], findings={"clock_change": (1, -HOUR)})


def long_day(table: str, day: dt.datetime, halves: int):
    """All half hours of a day on which clocks change."""

    def inject(rng: Random) -> Case:
        whole = slots(Period(start=day.date(), end=day.date()), "Europe/Amsterdam")
        lines = [header(["agent", "interval_start", "length_s", "IDLE", "HANDLING", "AWAY"])]
        if table == "volumes":
            lines = [header(["queue", "start", "length_s", "offered", "answered", "handle"])]
        for name in ("007", "anna"):
            for moment in whole["slot_start"]:
                shown, held = wall(moment.to_pydatetime()), rng.randrange(100, 800)
                line = (
                    total(name, shown, (held, 1700 - held, 100))
                    if table == "state_totals"
                    else volume(name, shown, held // 40, held // 40 * 300)
                )
                for row in line.truth:
                    row["interval_start" if table == "state_totals" else "start"] = moment
                lines.append(line)

        def right_length(intake) -> None:
            frame = intake.tables[table]
            key, start = ("agent", "interval_start") if table == "state_totals" else ("queue", "start")
            per = frame.groupby(key)[start].nunique()
            assert per.tolist() == [halves, halves], per.tolist()

        source = TOTAL_SOURCE if table == "state_totals" else VOLUME_SOURCE
        return Case([Export(lines)], source, client=AUTUMN if day == AUTUMN_DAY else {}, look=right_length)

    return inject


def over_midnight(rng: Random) -> Case:
    """Date and times apart: shifts that end after midnight under the date of their start."""
    lines, crossing = [header(["agent", "day", "from", "to", "state"])], 0
    for number, agent in enumerate(AGENTS * 2):
        day = FIRST_DAY + dt.timedelta(days=number)
        start = day + dt.timedelta(hours=20, minutes=rng.randrange(60))
        end = start + dt.timedelta(hours=rng.choice((2, 6, 8)), seconds=rng.randrange(60))
        wraps = end.date() > start.date()
        crossing += wraps
        true = {"agent": agent, "start": utc(start), "end": utc(end), "state": "IDLE"}
        cells = [agent, f"{day:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{end:%H:%M:%S}", "IDLE"]
        stated = us(start, end) - (24 * HOUR if wraps else 0)
        lines.append(Line(cells, "used", stated, {"over_midnight": 24 * HOUR} if wraps else {}, [true]))

    def conserved(intake) -> None:
        rows = intake.tables["spells"]
        held = busy(rows, slot_s=1800)["busy_us"].sum()
        whole = (rows["end"] - rows["start"]).sum() // pd.Timedelta(microseconds=1)
        assert held == whole, f"{held} us in half hours, {whole} us in spells"

    columns = {"start": ["day", "from"], "end": ["day", "to"]}
    findings = {"over_midnight": (crossing, crossing * 24 * HOUR)}
    return Case([Export(lines)], {"table": "spells", "columns": columns}, findings=findings, look=conserved)


def business_day(rng: Random, *, declared: bool) -> Case:
    """Half hours after midnight under the date on which the shift began."""
    lines = [header(["agent", "day", "time", "length_s", "IDLE", "HANDLING", "AWAY"])]
    late = 0
    for day in range(4):
        for agent in AGENTS:
            for slot in range(12):  # 20:00 to 02:00
                start = FIRST_DAY + dt.timedelta(days=day, hours=20, minutes=30 * slot)
                idle = rng.randrange(100, 800)
                line = total(agent, start, (idle, 1700 - idle, 100))
                label = FIRST_DAY + dt.timedelta(days=day)
                line.cells[1:2] = [f"{label:%Y-%m-%d}", f"{start:%H:%M}"]
                late += slot >= 8
                lines.append(line)
    source = {**TOTAL_SOURCE, "columns": {"interval_start": ["day", "time"]}}
    answer = {"business_day_start": "04:00"}
    findings = {"business_day": late}
    if declared:
        return Case([Export(lines)], {**source, **answer}, findings=findings)
    return Case(
        [Export(lines)], source, refused=r"step back.*business_day_start = \"", answer=answer, findings=findings
    )


def business_day_spells(rng: Random) -> Case:
    """Shifts of which some begin after midnight, under the date of the business day."""
    lines = [header(["agent", "day", "from", "to", "state"])]
    for day in range(3):
        for agent in AGENTS:
            label, at = FIRST_DAY + dt.timedelta(days=day), FIRST_DAY + dt.timedelta(days=day, hours=21)
            for _ in range(5):
                end = at + dt.timedelta(minutes=rng.randrange(40, 80))
                true = {"agent": agent, "start": utc(at), "end": utc(end), "state": "IDLE"}
                cells = [agent, f"{label:%Y-%m-%d}", f"{at:%H:%M}", f"{end:%H:%M}", "IDLE"]
                wraps = at.date() == label.date() < end.date()
                stated = us(at, end) - (24 * HOUR if wraps else 0)
                lines.append(Line(cells, "used", stated, {"business_day": 24 * HOUR} if wraps else {}, [true]))
                at = end
    columns = {"start": ["day", "from"], "end": ["day", "to"]}
    source = {"table": "spells", "columns": columns}
    answer = {"business_day_start": "05:00"}
    return Case([Export(lines)], source, refused=r"step back.*business_day_start", answer=answer)


def calendar_day(rng: Random) -> Case:
    """A centre open day and night, sorted by time, needs no such question."""
    lines = [header(["agent", "day", "time", "length_s", "IDLE", "HANDLING", "AWAY"])]
    for slot in range(48 * 3):
        for agent in AGENTS[:2]:
            start = FIRST_DAY + dt.timedelta(minutes=30 * slot)
            line = total(agent, start, (900, 800, 100))
            line.cells[1:2] = [f"{start:%Y-%m-%d}", f"{start:%H:%M}"]
            lines.append(line)
    return Case([Export(lines)], {**TOTAL_SOURCE, "columns": {"interval_start": ["day", "time"]}})


def mixed_rows(rng: Random) -> Case:
    """Rows in no order of time step back at all hours, and that says nothing about the day."""
    case = calendar_day(rng)
    data = case.exports[0].lines[1:]
    rng.shuffle(data)
    case.exports[0].lines[1:] = data
    return case


def evenings_newest_first(rng: Random) -> Case:
    """Open from 18:00 to 2:30 by the calendar, the newest row first: each date steps back once over the closed hours."""
    lines = [header(["agent", "day", "time", "length_s", "IDLE", "HANDLING", "AWAY"])]
    for agent in AGENTS[:2]:
        for slot in reversed(range(48 * 3)):
            start = FIRST_DAY + dt.timedelta(minutes=30 * slot)
            if start.hour >= 18 or start.hour < 2:
                line = total(agent, start, (900, 800, 100))
                line.cells[1:2] = [f"{start:%Y-%m-%d}", f"{start:%H:%M}"]
                lines.append(line)
    return Case([Export(lines)], {**TOTAL_SOURCE, "columns": {"interval_start": ["day", "time"]}})


def two_channels(rng: Random) -> Case:
    """A centre open day and night, of each date first all calls and then all chats."""
    lines = [header(["agent", "day", "time", "length_s", "IDLE", "HANDLING", "AWAY", "channel"])]
    for day in range(3):
        for channel in ("voice", "chat"):
            for slot in range(48):
                start = FIRST_DAY + dt.timedelta(days=day, minutes=30 * slot)
                idle = rng.randrange(100, 400)
                line = total("007", start, (idle, 900 - idle, 0))
                line.cells[1:2] = [f"{start:%Y-%m-%d}", f"{start:%H:%M}"]
                line.cells.append(channel)
                lines.append(line)
    return Case([Export(lines)], {**TOTAL_SOURCE, "columns": {"interval_start": ["day", "time"]}})


def two_blocks(rng: Random) -> Case:
    """The business day again, the later days of each person first."""
    case = business_day(rng, declared=False)
    later = f"{FIRST_DAY + dt.timedelta(days=2):%Y-%m-%d}"
    data = case.exports[0].lines[1:]
    data.sort(key=lambda line: (line.cells[0], line.cells[1] < later))
    case.exports[0].lines[1:] = data
    return case


FAULTS = (
    Fault("F37", "stamps without a zone, people under several clocks", "ASK", two_zones),
    Fault("F38", "offsets in some rows or at one end alone", "FIX", offsets, variant="plain"),
    Fault("F38", "zone words that name no offset", "REJ", zone_words, variant="words"),
    Fault("F39", "doubled hour, told apart by order", "FIX", doubled_by_order, variant="order"),
    Fault("F39", "doubled hour, newest row first", "FIX", doubled_backwards, variant="newest first"),
    Fault("F39", "doubled hour, told apart by offset", "FIX", doubled_by_offset, variant="offset"),
    Fault("F39", "doubled hour with nothing to tell", "REJ", doubled_open, variant="open"),
    Fault("F40", "skipped hour", "REJ", skipped),
    Fault("F41", "46 half hours of persons", "FIX", long_day("state_totals", SPRING_DAY, 46), variant="46 totals"),
    Fault("F41", "50 half hours of persons", "FIX", long_day("state_totals", AUTUMN_DAY, 50), variant="50 totals"),
    Fault("F41", "46 half hours of queues", "FIX", long_day("volumes", SPRING_DAY, 46), variant="46 volumes"),
    Fault("F41", "50 half hours of queues", "FIX", long_day("volumes", AUTUMN_DAY, 50), variant="50 volumes"),
    Fault("F42", "states over midnight", "FIX", over_midnight),
    Fault(
        "F43",
        "after midnight under the day before",
        "FIX",
        lambda rng: business_day(rng, declared=True),
        variant="declared",
    ),
    Fault(
        "F43",
        "after midnight under the day before",
        "ASK",
        lambda rng: business_day(rng, declared=False),
        variant="not declared",
    ),
    Fault("F43", "states after midnight under the day before", "ASK", business_day_spells, variant="states"),
    Fault("F43", "after midnight under the day before, in blocks", "ASK", two_blocks, variant="blocks"),
    Fault("F43", "evenings, newest first", "KEPT", evenings_newest_first, variant="newest first"),
    Fault("F43", "calls and chats of a date apart", "KEPT", two_channels, variant="channels"),
    Fault("F43", "open day and night", "KEPT", calendar_day, variant="calendar day"),
    Fault("F43", "rows in no order", "KEPT", mixed_rows, variant="no order"),
)
