"""States and durations: ends, order, overlaps, gaps, repeats, versions, units (F44-F58, F66, F67)."""

from __future__ import annotations

import datetime as dt
from random import Random

from analysis.measure.ladder import time_ladder
from tests.faults.model import SECOND, Case, Export, Fault, Line
from tests.faults.truth import (
    FIRST_DAY,
    SPELL_HEADER,
    STATES,
    TOTAL_SOURCE,
    VOLUME_SOURCE,
    as_durations,
    header,
    pick,
    spell,
    spells,
    totals,
    us,
    utc,
    volumes,
)

HOUR = 3600 * SECOND
MAP_HEADER = "state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage\n"


def cut_at_the_edge(rng: Random) -> Case:
    """The first states begin, and the last ones end, where the export was cut."""
    export = spells(rng, days=4)
    first, last = FIRST_DAY.replace(hour=12), FIRST_DAY + dt.timedelta(days=3, hours=9, minutes=30)
    kept = [export.lines[0]]
    left = right = 0
    for line in export.data:
        agent, start, end, state = line.cells
        if end <= first or start >= last:
            continue
        left, right = left + (start < first), right + (end > last)
        kept.append(spell(agent, max(start, first), min(end, last), state))
    for agent in ("early", "later"):  # so that at least two persons are cut at each edge
        kept.append(spell(agent, first, first + dt.timedelta(minutes=7), "IDLE"))
        kept.append(spell(agent, last - dt.timedelta(minutes=7), last, "IDLE"))
    return Case([Export(kept)], findings={"partial_edge": left + right + 4})


def whole_days(rng: Random) -> Case:
    return Case([spells(rng, days=5)], silent=("partial_edge",))


def same_start(rng: Random) -> Case:
    """Everybody begins at eight every day: a habit and no cut."""
    lines = [header(SPELL_HEADER)]
    for day in range(4):
        for agent in ("007", "anna", "10861"):
            start = FIRST_DAY + dt.timedelta(days=day, hours=8)
            lines.append(spell(agent, start, start + dt.timedelta(seconds=rng.randrange(60, 9000)), "IDLE"))
    return Case([Export(lines)], silent=("partial_edge",))


def open_ends(rng: Random) -> Case:
    """States without an end last to the person's next row; the last one of a person has none."""
    export = spells(rng, days=1)
    rows = export.data
    filled = moved = 0
    for at in (1, 7, 12):
        rows[at].cells[2] = None
        rows[at].moved, rows[at].stated_us = {"open_end": rows[at].stated_us}, 0
        filled, moved = filled + 1, moved + rows[at].moved["open_end"]
    rows[9].cells[2] = None
    rows[9].become("rejected:missing_end", stated_us=0)
    return Case([export], findings={"open_end": (filled, moved)})


def capped_ends(rng: Random) -> Case:
    export = spells(rng, days=2, agents=("007", "anna"))
    rows = export.data
    line = rows[4]  # the last one of the day: the next row is tomorrow's
    line.cells[2] = None
    line.moved, line.stated_us = {"open_end": 2 * HOUR}, 0
    line.truth[0]["end"] = line.truth[0]["start"] + dt.timedelta(hours=2)
    return Case([export], {"table": "spells", "open_end_cap_h": 2}, findings={"open_end": (1, 2 * HOUR)})


def backwards(rng: Random) -> Case:
    export = spells(rng)
    for line in pick(export, rng, 3):
        line.cells[1], line.cells[2] = line.cells[2], line.cells[1]
        line.become("rejected:end_before_start", stated_us=-line.stated_us)
    return Case([export])


def negative(rng: Random) -> Case:
    export = as_durations(spells(rng))
    for line in pick(export, rng, 3):
        line.cells[2] = -line.cells[2]
        line.become("rejected:negative_duration", stated_us=-line.stated_us)
    return Case([export], {"table": "spells", "duration_unit": "s"})


def negative_totals(rng: Random) -> Case:
    export = totals(rng)
    for line in pick(export, rng, 3):
        held = line.cells[3]
        line.cells[3] = -held
        line.become("rejected:negative_duration", stated_us=line.stated_us - 2 * held * SECOND)
    return Case([export], TOTAL_SOURCE)


def negative_clock(rng: Random) -> Case:
    export = as_durations(spells(rng))
    for line in export.data:
        line.cells[2] = hours_minutes_seconds(int(line.cells[2]))
    for line in pick(export, rng, 3):
        line.cells[2] = f"-{line.cells[2]}"
        line.become("rejected:negative_duration", stated_us=-line.stated_us)
    return Case([export])


def zero_length(rng: Random) -> Case:
    export = spells(rng)
    for at in sorted(rng.sample(range(1, len(export.lines)), 4), reverse=True):
        agent, start, _, state = export.lines[at].cells
        export.lines.insert(at, spell(agent, start, start, "AWAY" if state != "AWAY" else "IDLE"))
    return Case([export], findings={"zero_length": 4})


def disagreeing(rng: Random) -> Case:
    export = spells(rng)
    export.lines[0].cells.append("duration")
    for line in export.data:
        line.cells.append(line.stated_us // SECOND)
    off = 0
    for line in pick(export, rng, 4):
        line.cells[4] += 90
        off += 90 * SECOND
    for line in export.data[:3]:
        line.cells[4] += line.cells[4] * SECOND == line.stated_us  # a second is rounding
    return Case([export], {"table": "spells", "duration_unit": "s"}, findings={"duration_disagrees": (4, off)})


def overlaps(rng: Random) -> Case:
    export = spells(rng, days=1)
    over = 0
    for at in (16, 11, 6):  # from behind, so that positions stay
        agent, start, end, state = export.lines[at].cells
        middle = start + dt.timedelta(seconds=20)
        export.lines.insert(at + 1, spell(agent, middle, end, "HANDLING" if state != "HANDLING" else "BREAK"))
        over += us(middle, end)

    def union_within_the_clock(intake) -> None:
        rows = intake.tables["spells"]
        span = rows.groupby("agent").agg(start=("start", "min"), end=("end", "max")).reset_index()
        ladder = time_ladder(rows, paid=span)
        held = ladder.by_agent_day.drop(columns=["agent", "day", "PAID", "OUTSIDE_PAID"]).to_numpy().sum()
        assert held == us(span["start"], span["end"]).sum()

    return Case([export], findings={"overlapping_states": (3, over)}, look=union_within_the_clock)


def gaps(rng: Random) -> Case:
    export = spells(rng, days=2)
    dropped = [export.lines[at] for at in (3, 8, 17)]
    export.lines = [line for line in export.lines if line not in dropped]
    missing = sum(line.stated_us for line in dropped)

    def unaccounted(intake) -> None:
        rows = intake.tables["spells"]
        day = rows["start"].dt.date
        span = rows.groupby(["agent", day]).agg(start=("start", "min"), end=("end", "max"))
        found = time_ladder(rows, paid=span.reset_index("agent")).by_agent_day
        assert int(found["UNACCOUNTED"].sum()) == missing

    return Case([export], findings={"gaps_between_states": (3, missing)}, look=unaccounted)


def too_full(rng: Random) -> Case:
    export = totals(rng)
    for line in pick(export, rng, 3):
        line.cells[3] += 2
        line.become("rejected:more_than_interval", stated_us=line.stated_us + 2 * SECOND)
    for line in [line for line in export.data if line.fate == "used"][:2]:
        line.cells[3] += 1  # a second is rounding
        line.stated_us += SECOND
        line.truth[0]["us"] += SECOND
    return Case([export], TOTAL_SOURCE)


def not_full(rng: Random) -> Case:
    export = totals(rng)
    short = 0
    for line in pick(export, rng, 5):
        line.cells[4] -= 60
        short += 60 * SECOND
        line.stated_us -= 60 * SECOND
        line.truth[1]["us"] -= 60 * SECOND
    return Case([export], TOTAL_SOURCE, findings={"less_than_interval": (5, short)})


def repeats(rng: Random) -> Case:
    export = spells(rng)
    for at in sorted(rng.sample(range(1, len(export.lines)), 4)):
        line = export.lines[at]
        export.lines.append(Line(list(line.cells), "duplicate", line.stated_us))
    return Case([export], findings={"duplicate_rows": 4})


def contradictions(rng: Random) -> Case:
    export = volumes(rng)
    for line in pick(export, rng, 2):
        again = Line(list(line.cells), "rejected:contradicting_rows", line.stated_us)
        again.cells[3] += 1
        line.become("rejected:contradicting_rows")
        export.lines.append(again)
    return Case([export], VOLUME_SOURCE)


def versions(rng: Random) -> Case:
    """The same half hour exported again, with the moment of the export."""
    export = volumes(rng)
    export.lines[0].cells.append("exported")
    for line in export.data:
        line.cells.append("2026-03-06 06:00")
    for line in pick(export, rng, 3):
        older = Line(list(line.cells), "excluded:older_version", line.stated_us)
        older.cells[3] += 1
        older.cells[-1] = "2026-03-05 23:30"
        export.lines.append(older)
    return Case([export], {**VOLUME_SOURCE, "latest_by": "exported"}, findings={"older_version": 3})


def spell_versions(rng: Random) -> Case:
    """A state that was still running when the first export was made."""
    export = spells(rng)
    export.lines[0].cells.append("version")
    for line in export.data:
        line.cells.append(10)
    lines = list(export.lines)
    for line in pick(export, rng, 3):
        agent, start, end, state, _ = line.cells
        cut = start + (end - start) / 2
        cut = cut.replace(microsecond=0)
        lines.insert(lines.index(line), Line([agent, start, cut, state, 9], "excluded:older_version", us(start, cut)))
    export.lines = lines
    return Case([export], {"table": "spells", "latest_by": "version"}, findings={"older_version": 3})


def overlapping_exports(rng: Random) -> Case:
    first = spells(rng, days=3)
    lines = first.lines
    second = Export([header(SPELL_HEADER)], name="later")
    for line in lines[25:41]:
        second.lines.append(Line(list(line.cells), "duplicate", line.stated_us))
    second.lines += lines[41:]
    first.lines = lines[:41]
    return Case([first, second], findings={"duplicate_rows": 16})


def unit(name: str, write, rejected: tuple[str, ...] = ()):
    """Durations in a unit; cells of another form are rejected."""

    def inject(rng: Random) -> Case:
        export = as_durations(spells(rng))
        for line in export.data:
            seconds = line.stated_us // SECOND // 60 * 60 + (
                0 if name in ("min", "h", "h:mm") else line.stated_us // SECOND % 60
            )
            line.stated_us = seconds * SECOND
            start = line.truth[0]["start"]
            line.truth[0]["end"] = start + dt.timedelta(seconds=seconds)
            line.cells[2] = write(seconds)
        for line, cell in zip(pick(export, rng, len(rejected)), rejected, strict=True):
            line.cells[2] = cell
            line.become("rejected:bad_duration", stated_us=0)
        return Case([export], {"table": "spells", "duration_unit": name})

    return inject


def minutes_seconds(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def hours_minutes_seconds(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def beyond_a_day(rng: Random) -> Case:
    lines = [header(["agent", "start", "duration", "state"])]
    start = FIRST_DAY.replace(hour=9)
    true = {"agent": "007", "start": utc(start), "end": utc(start) + dt.timedelta(hours=25), "state": "OFF"}
    lines.append(Line(["007", start, "25:00:00", "OFF"], stated_us=25 * HOUR, truth=[true]))
    lines.append(
        Line(["anna", start, "1 day, 01:00:00", "OFF"], stated_us=25 * HOUR, truth=[{**true, "agent": "anna"}])
    )
    return Case([Export(lines)])


def colons_unclear(rng: Random) -> Case:
    export = as_durations(spells(rng))
    for line in export.data:
        line.cells[2] = minutes_seconds(int(line.cells[2]))
    answer = {"duration_unit": "m:ss"}
    return Case([export], refused=r"m:ss.*h:mm.*duration_unit", answer=answer)


def no_unit(rng: Random) -> Case:
    export = as_durations(spells(rng))
    return Case([export], refused="plain numbers.*Set duration_unit", answer={"duration_unit": "s"})


def unit_mixture(rng: Random) -> Case:
    """h:mm:ss in most rows, plain numbers in some: which unit these have is not shown."""
    export = as_durations(spells(rng))
    for line in export.data:
        line.cells[2] = hours_minutes_seconds(int(line.cells[2]))
    for line in pick(export, rng, 2):
        line.cells[2] = "90"
        line.become("rejected:bad_duration", stated_us=0)
    return Case([export], refused="plain numbers.*Set duration_unit", answer={"duration_unit": "hms"})


def wrong_unit(table: str, stated: str, true_unit: str, factor_us: int):
    """A whole column in another unit than stated."""

    def inject(rng: Random) -> Case:
        if table == "spells":
            export, source = as_durations(spells(rng, days=10), factor_us), {"table": "spells"}
        else:
            export, source = totals(rng, days=4), dict(TOTAL_SOURCE)
            for line in export.data:
                line.cells[3:6] = [cell * SECOND / factor_us for cell in line.cells[3:6]]
                line.cells[3:6] = [int(cell) if cell == int(cell) else cell for cell in line.cells[3:6]]
        source["duration_unit"] = stated
        return Case([export], source, refused=r"duration_unit", answer={"duration_unit": true_unit})

    return inject


def wrong_handling(rng: Random) -> Case:
    """Handling times of an interval in milliseconds, read as seconds: days per contact."""
    export = volumes(rng, days=3)
    for line in export.data:
        line.cells[5] *= 1000
    return Case([export], VOLUME_SOURCE, refused=r"half of the contacts.*duration_unit", answer={"duration_unit": "ms"})


def wrong_talk(rng: Random) -> Case:
    """Talk times in minutes, read as seconds, beside stamps of answer and end."""
    lines = [header(["contact", "queue", "offered_at", "answered_at", "ended_at", "talk"])]
    for number in range(40):
        at = FIRST_DAY + dt.timedelta(hours=9, minutes=5 * number)
        talk = rng.randrange(2, 5)
        stamps = [at, at + dt.timedelta(seconds=8), at + dt.timedelta(seconds=8 + 60 * talk)]
        true = {"contact": f"c{number}", "queue": "q", "talk_us": talk * 60 * SECOND}
        true |= {
            name: utc(stamp) for name, stamp in zip(("offered_at", "answered_at", "ended_at"), stamps, strict=True)
        }
        lines.append(Line([f"c{number}", "q", *stamps, talk], stated_us=talk * 60 * SECOND, truth=[true]))
    source = {"table": "contacts", "duration_unit": "s", "columns": {"talk_us": "talk"}}
    words = r"from answer to end.*Set duration_unit = \"min\""
    return Case([Export(lines)], source, refused=words, answer={"duration_unit": "min"})


def wrong_lengths(rng: Random) -> Case:
    """Lengths of intervals in minutes where seconds are wanted."""
    export = volumes(rng, days=3)
    for line in export.data:
        line.cells[2] = 30
    columns = {"handle_us": "handle", "length_s": {"value": "1800"}}
    return Case([export], VOLUME_SOURCE, refused="length_s is not in seconds", answer={"columns": columns})


def no_open_ends(rng: Random) -> Case:
    export = spells(rng, days=1)
    for line in pick(export, rng, 3):
        line.cells[2] = None
        line.become("rejected:missing_end", stated_us=0)
    return Case([export], {"table": "spells", "open_end_cap_h": 0}, silent=("open_end",))


def unknown_state(rng: Random) -> Case:
    export = spells(rng, days=1)
    chosen = pick(export, rng, 3)
    for line in chosen:
        line.cells[3] = "Project X"
    hours = sum(line.stated_us for line in chosen) / HOUR
    for line in chosen:
        line.truth[0] |= {"state": "SUPPORT"}
    states = "".join(f"{state},{state},true,false,false,unknown,false,false\n" for state in STATES)
    extra = {"map.csv": MAP_HEADER + states + "Project X,SUPPORT,true,true,true,policy,false,true\n"}
    words = rf"1 state code without a meaning: 'Project X' \(3 rows, {hours:,.1f} h\)"
    return Case([export], refused=words, answer={"state_map": "data/map.csv"}, extra=extra)


def other_words(rng: Random) -> Case:
    export = spells(rng)
    words = {"IDLE": "Wachten", "HANDLING": "in gesprek", "AWAY": "Afwezig", "BREAK": "Pauze", "SUPPORT": "Overleg"}
    for line in export.data:
        line.cells[3] = rng.choice((words[line.cells[3]], words[line.cells[3]].upper(), f" {words[line.cells[3]]} "))
    lines = "".join(f"{theirs},{ours},true,false,false,unknown,false,false\n" for ours, theirs in words.items())
    return Case([export], {"table": "spells", "state_map": "data/map.csv"}, extra={"map.csv": MAP_HEADER + lines})


FAULTS = (
    Fault("F44", "states cut at the edges of the export", "FLAG", cut_at_the_edge),
    Fault("F44", "whole days", "KEPT", whole_days, variant="whole"),
    Fault("F44", "everybody begins at one time", "KEPT", same_start, variant="habit"),
    Fault("F45", "states without an end", "FIX", open_ends),
    Fault("F45", "states without an end before a long absence", "FIX", capped_ends, variant="capped"),
    Fault("F45", "states without an end, not to be filled", "REJ", no_open_ends, variant="no cap"),
    Fault("F46", "end before start", "REJ", backwards),
    Fault("F47", "negative durations", "REJ", negative, variant="states"),
    Fault("F47", "negative times of an interval", "REJ", negative_totals, variant="totals"),
    Fault("F47", "negative durations by the clock", "REJ", negative_clock, variant="clock"),
    Fault("F48", "states of no length", "FIX", zero_length),
    Fault("F49", "duration that is not end less start", "FLAG", disagreeing),
    Fault("F50", "overlapping states", "FLAG", overlaps),
    Fault("F51", "gaps between states", "FLAG", gaps),
    Fault("F52", "states that hold more than their interval", "REJ", too_full),
    Fault("F53", "states that hold less than their interval", "FLAG", not_full),
    Fault("F54", "equal rows", "FIX", repeats),
    Fault("F55", "one key, different values", "REJ", contradictions),
    Fault("F55", "later version of an interval", "FIX", versions, variant="latest"),
    Fault("F55", "later version of a state", "FIX", spell_versions, variant="latest state"),
    Fault("F56", "overlapping exports", "FIX", overlapping_exports),
    Fault("F57", "seconds", "FIX", unit("s", str, ("0:01:30", "soon")), variant="s"),
    Fault("F57", "minutes", "FIX", unit("min", lambda s: s // 60), variant="min"),
    Fault("F57", "hours", "FIX", unit("h", lambda s: f"{s // 60 / 60:.10f}"), variant="h"),
    Fault("F57", "milliseconds", "FIX", unit("ms", lambda s: s * 1000), variant="ms"),
    Fault("F57", "day fractions", "FIX", unit("d", lambda s: f"{s / 86400:.12f}"), variant="d"),
    Fault("F57", "m:ss", "FIX", unit("m:ss", minutes_seconds, ("1:75", "90")), variant="m:ss"),
    Fault("F57", "h:mm", "FIX", unit("h:mm", lambda s: f"{s // 3600}:{s // 60 % 60:02d}", ("1:75",)), variant="h:mm"),
    Fault("F57", "h:mm:ss", "FIX", unit("hms", hours_minutes_seconds, ("90",)), variant="hms"),
    Fault("F57", "durations beyond a day", "FIX", beyond_a_day, variant="25:00:00"),
    Fault("F57", "two parts between a colon", "ASK", colons_unclear, variant="colons"),
    Fault("F57", "plain numbers", "ASK", no_unit, variant="no unit"),
    Fault("F57", "plain numbers among h:mm:ss", "ASK", unit_mixture, variant="mixture"),
    Fault(
        "F58", "milliseconds read as seconds", "REF", wrong_unit("spells", "s", "ms", 1000), variant="states too long"
    ),
    Fault(
        "F58",
        "seconds read as milliseconds",
        "REF",
        wrong_unit("spells", "ms", "s", SECOND),
        variant="states too short",
    ),
    Fault(
        "F58",
        "milliseconds read as seconds",
        "REF",
        wrong_unit("state_totals", "s", "ms", 1000),
        variant="totals too long",
    ),
    Fault(
        "F58",
        "minutes read as seconds",
        "REF",
        wrong_unit("state_totals", "s", "min", 60 * SECOND),
        variant="totals too short",
    ),
    Fault("F58", "handling times of days", "REF", wrong_handling, variant="handling"),
    Fault("F58", "talk times against stamps", "REF", wrong_talk, variant="talk"),
    Fault("F58", "lengths of intervals in minutes", "REF", wrong_lengths, variant="lengths"),
    Fault("F66", "unknown state codes", "ASK", unknown_state),
    Fault("F67", "state names of another language and case", "FIX", other_words),
)
