"""Measures that look wrong as a whole, and files as files (F21-F26, F69, F70, F72, F74-F76)."""

from __future__ import annotations

import datetime as dt
import gzip
from random import Random

from tests.faults.model import SECOND, Case, Export, Fault, Line
from tests.faults.truth import (
    FIRST_DAY,
    SPELL_HEADER,
    VOLUME_SOURCE,
    header,
    spell,
    spells,
    utc,
    volumes,
)

HOUR = 3600 * SECOND


def packed(rng: Random, *, cut: bool) -> Case:
    export = spells(rng)
    export.suffix = ".csv.gz"
    export.edit = lambda content: gzip.compress(content)[: -20 if cut else None]
    return Case([export], refused="damaged or was cut off" if cut else None)


def cut_book(rng: Random) -> Case:
    export = spells(rng)
    export.suffix, export.edit = ".xlsx", lambda content: content[:-200]
    return Case([export], refused="damaged or was cut off")


def sealed_book(rng: Random) -> Case:
    export = spells(rng)
    words = "EncryptedPackage".encode("utf-16-le")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    export.suffix, export.edit = ".xlsx", lambda content: head + words + bytes(600)
    return Case([export], refused="password.*save it without")


def empty(rng: Random) -> Case:
    export = spells(rng)
    export.edit, export.physical = lambda content: b"", 0
    return Case([export], refused="the file is empty")


def header_alone(rng: Random) -> Case:
    return Case([Export([header(SPELL_HEADER)])], refused="no row below the header")


def header_beside_others(rng: Random) -> Case:
    return Case([spells(rng), Export([header(SPELL_HEADER)], name="void")], findings={"no_rows": None})


def one_row(rng: Random) -> Case:
    export = spells(rng)
    export.lines = export.lines[:2]
    return Case([export])


def tool_limit(rng: Random) -> Case:
    lines = [header(SPELL_HEADER)]
    for number in range(5_000):
        start = FIRST_DAY.replace(hour=9) + dt.timedelta(seconds=number)
        lines.append(spell(f"p{number}", start, start + dt.timedelta(seconds=1), "IDLE"))
    return Case([Export(lines)], findings={"row_limit": 5_000})


def renamed_text(rng: Random) -> Case:
    export = spells(rng)
    export.suffix = ".xls"
    return Case([export])


def renamed_book(rng: Random) -> Case:
    export = spells(rng)
    export.suffix = ".csv"
    return Case([export])


def web_page(rng: Random) -> Case:
    export = spells(rng)
    export.suffix = ".xls"
    export.edit = lambda content: b"<html><body><p>Session expired, please log in again.</p></body></html>"
    return Case([export], refused="web page|no table")


def one_measure(idle: bool):
    """Idle time that is always everything, or always nothing."""

    def inject(rng: Random) -> Case:
        export = spells(rng, days=5)
        for line in export.data:
            state = "IDLE" if idle else "HANDLING"
            line.cells[3] = line.truth[0]["state"] = state
        if not idle:  # the code is there and holds no time
            start = export.data[-1].cells[2]
            export.lines.append(spell(export.data[-1].cells[0], start, start, "IDLE"))
        return Case([export], findings={"measure_looks_wrong": None})

    return inject


def sound_measure(rng: Random) -> Case:
    return Case([spells(rng, days=5)], silent=("measure_looks_wrong", "long_states", "long_shifts"))


def endless_states(rng: Random) -> Case:
    """States of 17 h are shown; states of more than a day cannot be."""
    export = spells(rng)
    start = FIRST_DAY + dt.timedelta(days=4, hours=8)
    export.lines.append(spell("007", start, start + dt.timedelta(hours=17), "IDLE"))
    export.lines.append(spell("anna", start, start + dt.timedelta(hours=30), "HANDLING"))
    export.lines[-1].become("rejected:longer_than_a_day")
    export.lines.append(spell("anna", start, start + dt.timedelta(hours=63), "OFF"))
    return Case([export], findings={"long_states": (1, 17 * HOUR)}, silent=("long_shifts",))


def endless_shift(rng: Random) -> Case:
    """Short states without a pause for 20 hours."""
    export = spells(rng)
    at = FIRST_DAY + dt.timedelta(days=5, hours=2)
    for number in range(40):
        export.lines.append(spell("anna", at, at + dt.timedelta(minutes=30), ("IDLE", "HANDLING")[number % 2]))
        at += dt.timedelta(minutes=30)
    return Case([export], findings={"long_shifts": (1, 20 * HOUR)})


def contacts_of(rows: Export, *, share: float, handled: float = 1.0) -> Export:
    """Return contacts whose handling times make a share of the volumes' handling time."""
    lines = [header(["contact", "queue", "offered_at", "answered_at", "talk"])]
    for line in rows.data:
        queue, start, _, offered, _, handle = line.cells
        count = round(offered * handled)
        for number in range(count):
            at = start + dt.timedelta(seconds=number * 30)
            talk = int(handle * share / count)
            true = {"contact": f"c{len(lines)}", "queue": queue, "offered_at": utc(at), "talk_us": talk * SECOND}
            cells = [f"c{len(lines)}", queue, at, at + dt.timedelta(seconds=9), talk]
            lines.append(Line(cells, stated_us=talk * SECOND, truth=[true]))
    return Export(lines, name="contacts")


def against_contacts(share: float, handled: float, *told: str, silent: tuple[str, ...] = ()):
    """Volumes beside contacts of the same queues and days."""

    def inject(rng: Random) -> Case:
        export = volumes(rng)
        contacts = contacts_of(export, share=share, handled=handled)
        source = {"table": "contacts", "duration_unit": "s", "columns": {"talk_us": "talk"}}
        return Case(
            [export],
            VOLUME_SOURCE,
            others=[(source, [contacts])],
            findings=dict.fromkeys(told),
            silent=silent,
            reconciled=True,
        )

    return inject


def odd_name(rng: Random) -> Case:
    export = spells(rng)
    export.name = "Rapport [maart] 2026 (1) – Büro & Co"
    return Case([export])


def folder(rng: Random) -> Case:
    export = spells(rng)
    export.folder = True
    return Case([export], refused="is a folder")


def huge(rng: Random) -> Case:
    lines = [header(SPELL_HEADER)]
    for number in range(200_000):
        start = FIRST_DAY.replace(hour=9) + dt.timedelta(seconds=number % 20_000)
        lines.append(spell(f"p{number % 997}", start, start + dt.timedelta(seconds=1 + number % 60), "IDLE"))
    return Case([Export(lines)])


FAULTS = (
    Fault(
        "F21", "gzip", "FIX", lambda rng: packed(rng, cut=False), xlsx="a workbook is packed already", variant="whole"
    ),
    Fault(
        "F21",
        "cut gzip",
        "REF",
        lambda rng: packed(rng, cut=True),
        xlsx="a workbook is packed already",
        variant="cut gzip",
    ),
    Fault("F21", "cut workbook", "REF", cut_book, csv="see F20", variant="cut workbook"),
    Fault("F22", "an empty file", "REF", empty, xlsx="an empty file is no workbook", variant="empty"),
    Fault("F22", "a header alone", "REF", header_alone, variant="header alone"),
    Fault("F22", "a header alone beside others", "FLAG", header_beside_others, variant="beside others"),
    Fault("F23", "one row", "KEPT", one_row),
    Fault("F24", "export cut at a tool's limit", "FLAG", tool_limit, xlsx="as for text, and slow to write"),
    Fault("F25", "workbook with a password", "REF", sealed_book, csv="text has no passwords"),
    Fault("F26", "text named .xls", "FIX", renamed_text, xlsx="see the next row", variant="text"),
    Fault("F26", "workbook named .csv", "FIX", renamed_book, csv="see the row before", variant="workbook"),
    Fault("F26", "web page named .xls", "REF", web_page, xlsx="a page is text", variant="page"),
    Fault("F69", "nothing but idle time", "FLAG", one_measure(True), variant="all idle"),
    Fault("F69", "idle time always 0", "FLAG", one_measure(False), variant="no idle"),
    Fault("F69", "a sound measure", "KEPT", sound_measure, variant="sound"),
    Fault("F70", "states longer than a day", "REJ", endless_states, variant="state"),
    Fault("F70", "shifts longer than any", "FLAG", endless_shift, variant="shift"),
    Fault(
        "F72",
        "handling time that is not that of the contacts",
        "FLAG",
        against_contacts(0.9, 1.0, "totals_differ"),
        variant="disagrees",
    ),
    Fault(
        "F72",
        "handling time that is that of the contacts",
        "KEPT",
        against_contacts(1.0, 1.0, silent=("totals_differ", "volumes_too_low")),
        variant="agrees",
    ),
    Fault("F74", "a large file", "KEPT", huge, xlsx="as for text, and slow to write", slow=True),
    Fault("F75", "a folder in place of a file", "REF", folder, xlsx="a folder has no form", variant="folder"),
    Fault("F75", "odd file names", "KEPT", odd_name, variant="name"),
    Fault("F76", "fewer in the volumes than were handled", "FLAG", against_contacts(1.0, 1.3, "volumes_too_low")),
)
