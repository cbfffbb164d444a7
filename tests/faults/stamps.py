"""Dates and times as they are written (F31-F36, F71)."""

from __future__ import annotations

import datetime as dt
from random import Random

from tests.faults.model import Case, Export, Fault, Line
from tests.faults.truth import FIRST_DAY, as_durations, header, local, pick, spell, spells, utc

HOUR = 3_600_000_000


def serial(stamp: dt.datetime) -> float:
    """Return a spreadsheet's day number."""
    return (stamp - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)


def serials(rng: Random, *, declared: bool) -> Case:
    export = spells(rng)
    for line in export.data:
        line.cells[1:3] = [serial(cell) for cell in line.cells[1:3]]
    if declared:
        return Case([export], {"table": "spells", "serial_dates": True})
    return Case([export], refused=r"day numbers of a spreadsheet.*serial_dates = true", answer={"serial_dates": True})


def serial_parts(rng: Random) -> Case:
    """Date and time of day apart, both as numbers, with a decimal comma."""
    export = spells(rng)
    export.separator = ";"
    export.lines[0].cells = ["agent", "day", "from", "to", "state"]
    for line in export.data:
        start, end = line.cells[1:3]
        parts = [serial(start) % 1, serial(end) % 1]
        line.cells[1:3] = [int(serial(start)), *(f"{part:.10f}".replace(".", ",") for part in parts)]
    columns = {"start": ["day", "from"], "end": ["day", "to"]}
    return Case([export], {"table": "spells", "serial_dates": True, "columns": columns})


def few_serials(rng: Random) -> Case:
    export = spells(rng)
    for line in pick(export, rng, 3):
        line.cells[1] = serial(line.cells[1])
        line.become("rejected:bad_stamp", stated_us=0)
    return Case([export])


def unclear_order(rng: Random) -> Case:
    export = local(spells(rng), "%d/%m/%Y %H:%M:%S")
    return Case([export], refused="day-first or month-first.*Set date_order", answer={"date_order": "dmy"})


def plain_order(form: str):
    """One date beyond the twelfth shows the order of all."""

    def inject(rng: Random) -> Case:
        export = spells(rng)
        late = FIRST_DAY.replace(day=31)
        export.lines.append(spell("007", late.replace(hour=9), late.replace(hour=10), "IDLE"))
        return Case([local(export, form)])

    return inject


def mixed_order(rng: Random) -> Case:
    export = spells(rng)
    late = FIRST_DAY.replace(day=31)
    for form in ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"):
        cells = [late.replace(hour=hour).strftime(form) for hour in (9, 10)]
        export.lines.append(Line(["007", *cells, "IDLE"], stated_us=HOUR))
    return Case(
        [local(export, "%d/%m/%Y %H:%M:%S")], refused=r"dates mix day-first .* and month-first .*Set date_order"
    )


def short_years(rng: Random) -> Case:
    """Years of two digits near the period; far ones cannot be meant."""
    export = spells(rng)
    late = FIRST_DAY.replace(day=31)
    export.lines.append(spell("007", late.replace(hour=9), late.replace(hour=10), "IDLE"))
    local(export, "%d-%m-%y %H:%M:%S")
    for line, year, fate in zip(
        pick(export, rng, 3),
        ("69", "70", "25"),
        ("rejected:implausible_date",) * 2 + ("excluded:outside_period",),
        strict=True,
    ):
        line.cells[1:3] = [cell.replace("-26 ", f"-{year} ") for cell in line.cells[1:3]]
        line.become(fate)
    return Case([export], findings={"two_digit_years": None})


def hour_24(rng: Random) -> Case:
    export = spells(rng)
    for day in range(3):
        start = FIRST_DAY + dt.timedelta(days=10 + day, hours=23, minutes=rng.randrange(60))
        midnight = FIRST_DAY + dt.timedelta(days=11 + day)
        line = spell("late", start, midnight, "IDLE")
        line.cells[2] = f"{start:%Y-%m-%d} 24:00"
        export.lines.append(line)
    return Case([export], findings={"hour_24": 3})


def no_am_pm(rng: Random) -> Case:
    """A day shift of which 13:30 is written as 1:30."""
    export = spells(rng, days=4, states=8)
    for line in export.data:
        line.cells[1:3] = [f"{cell:%Y-%m-%d} {cell:%I:%M:%S}" for cell in line.cells[1:3]]
    for at, line in enumerate(export.data):
        start = FIRST_DAY + dt.timedelta(hours=8 + at % 9, minutes=5)
        line.cells[1:3] = [f"{stamp:%Y-%m-%d} {stamp:%I:%M:%S}" for stamp in (start, start + dt.timedelta(minutes=5))]
    return Case([export], refused=r"between 13:00 and 1:00.*clock_hours = 24")


def looks_like_no_am_pm(rng: Random) -> Case:
    """A shift from one o'clock to noon, which a clock of 24 hours shows alike."""
    lines = [header(["agent", "start", "end", "state"])]
    for at in range(80):
        start = FIRST_DAY + dt.timedelta(days=at % 4, hours=1 + at % 11, minutes=rng.randrange(29))
        lines.append(spell(f"p{at}", start, start + dt.timedelta(minutes=at % 30 + 1), "IDLE"))
    return Case([Export(lines)], refused=r"clock_hours = 24", answer={"clock_hours": 24})


def midnight_shown(rng: Random) -> Case:
    """The same shift with one time after midnight: a clock of twelve hours has no hour 0."""
    case = looks_like_no_am_pm(rng)
    start = FIRST_DAY + dt.timedelta(days=1, minutes=30)
    case.exports[0].lines.append(spell("late", start, start + dt.timedelta(minutes=10), "IDLE"))
    return Case(case.exports)


def am_pm(rng: Random) -> Case:
    export = spells(rng)
    for line in export.data:
        line.cells[1:3] = [f"{cell:%Y-%m-%d} {cell:%I:%M:%S %p}" for cell in line.cells[1:3]]
    return Case([export], silent=("twelve_hour_clock",))


def placeholders(rng: Random) -> Case:
    """Dates that systems write for none."""
    export = as_durations(spells(rng))
    for line, year in zip(pick(export, rng, 5), (1899, 1900, 1904, 1970, 2099), strict=True):
        line.cells[1] = line.cells[1].replace(year=year, month=1, day=1).isoformat(sep=" ")
        line.become("rejected:implausible_date")
    return Case([export], {"table": "spells", "duration_unit": "s"})


def placeholder_answers(rng: Random) -> Case:
    """A placeholder for no answer must not move the contact to 1970."""
    lines = [header(["contact", "queue", "offered_at", "answered_at", "ended_at"])]
    for number in range(12):
        offered = FIRST_DAY + dt.timedelta(hours=9, minutes=number)
        stamps = [offered, offered + dt.timedelta(seconds=20), offered + dt.timedelta(minutes=5)]
        true = {"contact": f"c{number}", "queue": "q"}
        true |= {
            name: utc(stamp) for name, stamp in zip(("offered_at", "answered_at", "ended_at"), stamps, strict=True)
        }
        lines.append(Line([f"c{number}", "q", *stamps], truth=[true]))
    for line in lines[3:5]:
        line.cells[3] = "1970-01-01 00:00:00"
        line.become("rejected:implausible_date")
    return Case([Export(lines)], {"table": "contacts"})


FAULTS = (
    Fault("F31", "day numbers of a spreadsheet", "FIX", lambda rng: serials(rng, declared=True), variant="declared"),
    Fault(
        "F31", "day numbers of a spreadsheet", "ASK", lambda rng: serials(rng, declared=False), variant="not declared"
    ),
    Fault("F31", "day numbers, date and time apart", "FIX", serial_parts, variant="parts"),
    Fault("F31", "a few day numbers among dates", "REJ", few_serials, variant="few"),
    Fault("F32", "order of day and month not shown", "ASK", unclear_order),
    Fault("F32", "one date shows the order", "FIX", plain_order("%d/%m/%Y %H:%M:%S"), variant="day first"),
    Fault("F32", "one date shows the order", "FIX", plain_order("%m/%d/%Y %H:%M:%S"), variant="month first"),
    Fault("F33", "two orders in one file", "REF", mixed_order),
    Fault("F34", "years of two digits", "FIX", short_years),
    Fault("F35", "24:00", "FIX", hour_24),
    Fault("F36", "clock of twelve hours without am and pm", "ASK", no_am_pm, variant="is one"),
    Fault("F36", "hours that only look like such a clock", "ASK", looks_like_no_am_pm, variant="looks like one"),
    Fault("F36", "hours with one after midnight", "KEPT", midnight_shown, variant="shows 0:30"),
    Fault("F36", "clock of twelve hours with am and pm", "FIX", am_pm, variant="am and pm"),
    Fault("F71", "dates that stand for none, and far future", "REJ", placeholders, variant="starts"),
    Fault("F71", "dates that stand for no answer", "REJ", placeholder_answers, variant="answers"),
)
