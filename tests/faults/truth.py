"""Clean exports: what they would hold if nothing were wrong with them."""

from __future__ import annotations

import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

from tests.faults.model import SECOND, Cell, Export, Line

ZONE = ZoneInfo("Europe/Amsterdam")
STATES = ("IDLE", "HANDLING", "AWAY", "BREAK", "SUPPORT")
AGENTS = ("007", "anna", "Büro 3", "10861")
FIRST_DAY = dt.datetime(2026, 3, 3)
SPELL_HEADER = ["agent", "start", "end", "state"]


def utc(local: dt.datetime) -> dt.datetime:
    """Return a wall-clock time of Amsterdam in UTC."""
    return local.replace(tzinfo=ZONE).astimezone(dt.UTC)


def us(start: dt.datetime, end: dt.datetime) -> int:
    """Return whole microseconds between two stamps."""
    return (end - start) // dt.timedelta(microseconds=1)


def header(names: list[str]) -> Line:
    """Return the header line."""
    return Line(list(names), fate="header")


def spell(agent: str, start: dt.datetime, end: dt.datetime, state: str) -> Line:
    """Return a clean row of spells; stamps by the wall clock of Amsterdam."""
    true = {"agent": agent, "start": utc(start), "end": utc(end), "state": state}
    return Line([agent, start, end, state], stated_us=us(start, end), truth=[true])


def spells(rng: Random, *, agents: tuple[str, ...] = AGENTS, days: int = 2, states: int = 5) -> Export:
    """Return states of some agents over some days, one after another without gaps."""
    lines = [header(SPELL_HEADER)]
    for day in range(days):
        for agent in agents:
            at = FIRST_DAY + dt.timedelta(days=day, hours=8, seconds=rng.randrange(3600))
            before = ""
            for _ in range(states):
                state = rng.choice([name for name in STATES if name != before])
                end = at + dt.timedelta(seconds=rng.randrange(60, 3600))
                lines.append(spell(agent, at, end, state))
                at, before = end, state
    return Export(lines)


def as_durations(export: Export, unit_us: int = SECOND) -> Export:
    """Return the same spells with a duration in place of the end."""
    for line in export.lines:
        if line.fate == "header":
            line.cells = ["agent", "start", "duration", "state"]
        else:
            line.cells[2] = line.stated_us // unit_us if line.stated_us % unit_us == 0 else line.stated_us / unit_us
    return export


def local(export: Export, form: str) -> Export:
    """Write the stamps of an export as text in a form of strftime."""
    for line in export.data:
        line.cells = [cell.strftime(form) if isinstance(cell, dt.datetime) else cell for cell in line.cells]
    return export


def pick(export: Export, rng: Random, count: int) -> list[Line]:
    """Return some lines of data, in the order of the file."""
    lines = export.data
    chosen = sorted(rng.sample(range(len(lines)), count))
    return [lines[at] for at in chosen]


TOTAL_HEADER = ["agent", "interval_start", "length_s", "IDLE", "HANDLING", "AWAY"]
TOTALS = {"IDLE": "IDLE", "HANDLING": "HANDLING", "AWAY": "AWAY"}
TOTAL_SOURCE = {"table": "state_totals", "totals": TOTALS, "duration_unit": "s"}


def total(agent: str, start: dt.datetime, seconds: tuple[int, int, int], length_s: int = 1800) -> Line:
    """Return a clean row of interval totals, one column per state."""
    true = [
        {"agent": agent, "interval_start": utc(start), "length_s": float(length_s), "state": state, "us": held * SECOND}
        for state, held in zip(TOTALS, seconds, strict=True)
        if held
    ]
    cells: list[Cell] = [agent, start, length_s, *seconds]
    return Line(cells, stated_us=sum(seconds) * SECOND, truth=true)


def totals(rng: Random, *, days: int = 2, first_h: int = 9, intervals: int = 6) -> Export:
    """Return half hours of some agents, each filled to the second."""
    lines = [header(TOTAL_HEADER)]
    for day in range(days):
        for agent in AGENTS:
            for slot in range(intervals):
                idle, away = rng.randrange(1, 900), rng.randrange(1, 300)
                start = FIRST_DAY + dt.timedelta(days=day, hours=first_h, minutes=30 * slot)
                lines.append(total(agent, start, (idle, 1800 - idle - away, away)))
    return Export(lines)


VOLUME_HEADER = ["queue", "start", "length_s", "offered", "answered", "handle_us"]
VOLUME_SOURCE = {"table": "volumes", "columns": {"handle_us": "handle"}, "duration_unit": "s"}


def volume(queue: str, start: dt.datetime, offered: int, handle_s: int, length_s: int = 1800) -> Line:
    """Return a clean row of volumes; all offered are answered."""
    true = {"queue": queue, "start": utc(start), "length_s": float(length_s), "offered": float(offered)}
    true |= {"answered": float(offered), "handle_us": handle_s * SECOND}
    return Line([queue, start, length_s, offered, offered, handle_s], stated_us=handle_s * SECOND, truth=[true])


def volumes(rng: Random, *, days: int = 2, intervals: int = 8) -> Export:
    """Return half hours of two queues."""
    lines = [header([*VOLUME_HEADER[:-1], "handle"])]
    for day in range(days):
        for queue in ("claims line", "service line"):
            for slot in range(intervals):
                start = FIRST_DAY + dt.timedelta(days=day, hours=9, minutes=30 * slot)
                offered = rng.randrange(5, 40)
                lines.append(volume(queue, start, offered, offered * rng.randrange(200, 400)))
    return Export(lines)


ITEM_HEADER = ["item", "type", "agent", "started", "ended"]


def work_items(rng: Random, *, count: int = 20) -> Export:
    """Return finished items of some agents."""
    lines = [header(ITEM_HEADER)]
    at = dict.fromkeys(AGENTS, FIRST_DAY + dt.timedelta(hours=9))
    for number in range(count):
        agent = rng.choice(AGENTS)
        start = at[agent]
        end = at[agent] = start + dt.timedelta(seconds=rng.randrange(120, 1800))
        true = {"item": f"i{number}", "type": "claim", "agent": agent, "started": utc(start), "ended": utc(end)}
        lines.append(Line([f"i{number}", "claim", agent, start, end], stated_us=us(start, end), truth=[true]))
    return Export(lines)


def roster(rows: list[tuple[str, ...]], names: tuple[str, ...] = ("agent", "team")) -> Export:
    """Return a roster; its truth is judged by the case itself."""
    return Export([header(list(names)), *(Line(list(row)) for row in rows)], name="roster")
