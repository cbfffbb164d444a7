"""How text is dressed: marks, encodings, separators, number signs (F01-F07, F19, F30)."""

from __future__ import annotations

from random import Random

from tests.faults.model import SECOND, Case, Fault
from tests.faults.truth import (
    TOTAL_SOURCE,
    VOLUME_SOURCE,
    as_durations,
    pick,
    spells,
    totals,
    volumes,
)

NO_TEXT = "a workbook's text is Unicode by its format"
NO_SEPARATOR = "a workbook has no separators"


def bom(rng: Random) -> Case:
    export = spells(rng)
    export.encoding = "utf-8-sig"
    return Case([export])


def utf16(mark: bytes, encoding: str):
    def inject(rng: Random) -> Case:
        export = spells(rng)
        export.encoding, export.edit = encoding, lambda content: mark + content
        return Case([export], findings={"encoding": None})

    return inject


def windows(rng: Random) -> Case:
    export = spells(rng, agents=("José", "Zoë", "007"))
    export.encoding = "cp1252"
    return Case([export], findings={"encoding": None})


def windows_like_utf8(rng: Random) -> Case:
    export = spells(rng, agents=("Ã¼ber", "José"))
    export.encoding = "cp1252"
    return Case([export], refused=r"mixes encodings .*encoding = \"cp1252\"", answer={"encoding": "cp1252"})


def mixed(rng: Random) -> Case:
    export = spells(rng, agents=("José", "Zoë"))
    cut = len(spells(Random(0)).lines[0].cells)
    export.edit = lambda content: content.replace("José".encode(), "José".encode("cp1252"), cut)
    return Case([export], refused=r"mixes encodings \(first byte that is not UTF-8: \d+, line 2\)")


def nul(rng: Random) -> Case:
    export = spells(rng)
    export.edit = lambda content: content.replace(b"007", b"0\x0007", 1)
    return Case([export], refused=r"NUL byte.*line 2")


def control(rng: Random) -> Case:
    export = spells(rng)
    for line in pick(export, rng, 2):
        line.cells[0] = f"{line.cells[0][:1]}\x1a{line.cells[0][1:]}"
        line.become("rejected:control_character")
    return Case([export])


def dos_mark(rng: Random) -> Case:
    export = spells(rng)
    export.edit = lambda content: content + b"\x1a"
    return Case([export], findings={"end_mark": None})


def dos_end(rng: Random) -> Case:
    export = spells(rng)
    export.lines.append(type(export.lines[0])(["\x1a"], fate="rejected:short_row"))
    return Case([export])


def separator(sign: str):
    def inject(rng: Random) -> Case:
        export = spells(rng)
        export.separator = sign
        return Case([export])

    return inject


def declared_separator(rng: Random) -> Case:
    export = spells(rng)
    export.separator = ";"
    export.lines.insert(0, type(export.lines[0])(["sep="], fate="banner"))
    export.edit = lambda content: content.replace(b"sep=\n", b"sep=;\n", 1)
    return Case([export])


def number_signs(thousands: str, decimal: str):
    """Durations written as 3.600,5 or 3 600,5."""

    def inject(rng: Random) -> Case:
        export = as_durations(spells(rng))
        export.separator = ";"
        for line in export.data:
            line.cells[2] = f"{int(line.cells[2]):,}".replace(",", thousands) + f"{decimal}0"
        return Case([export], {"table": "spells", "duration_unit": "s"})

    return inject


def grouped_integers(thousands: str):
    """Whole numbers with groups alone: plain for blanks and apostrophes."""

    def inject(rng: Random) -> Case:
        export = as_durations(spells(rng))
        export.separator = ";"
        for line in export.data:
            line.cells[2] = f"{int(line.cells[2]):,}".replace(",", thousands)
        return Case([export], {"table": "spells", "duration_unit": "s"})

    return inject


def unclear_groups(rng: Random) -> Case:
    export = as_durations(spells(rng))
    export.separator = ";"
    for line in export.data:
        line.cells[2] = f"{int(line.cells[2]):,}"
    answer = {"decimal": "."}
    return Case([export], {"table": "spells", "duration_unit": "s"}, refused="thousand times apart", answer=answer)


def broken_groups(rng: Random) -> Case:
    """A blank or an apostrophe that parts no thousands makes no number."""
    export = as_durations(spells(rng))
    for line, cell in zip(pick(export, rng, 4), ("1 5", "12'3", "1 2345", "9\u00a09"), strict=True):
        line.cells[2] = cell
        line.become("rejected:bad_duration", stated_us=0)
    return Case([export], {"table": "spells", "duration_unit": "s"})


def late_type(rng: Random) -> Case:
    export = volumes(rng, days=5, intervals=24)
    line = export.data[-3]
    line.cells[export.column("offered")] = "many"
    line.become("rejected:bad_number")
    return Case([export], VOLUME_SOURCE)


def words_in_numbers(rng: Random) -> Case:
    export = totals(rng)
    for line, word in zip(pick(export, rng, 4), ("#N/A", "#VALUE!", "-", "n/a"), strict=True):
        line.cells[export.column("HANDLING")] = word
        idle_away = sum(line.cells[export.column(name)] for name in ("IDLE", "AWAY"))
        line.become("rejected:bad_duration", stated_us=idle_away * SECOND)
    return Case([export], TOTAL_SOURCE)


def declared_words(rng: Random) -> Case:
    export = totals(rng)
    for line, word in zip(pick(export, rng, 2), ("-", "n/a"), strict=True):
        held = line.cells[export.column("HANDLING")]
        line.cells[export.column("HANDLING")] = word
        line.stated_us -= held * SECOND
        line.truth = [row for row in line.truth if row["state"] != "HANDLING"]
    return Case([export], {**TOTAL_SOURCE, "missing": ("-", "n/a")})


def errors_in_names(rng: Random) -> Case:
    export = spells(rng)
    for line, word, column in zip(pick(export, rng, 3), ("#N/A", "#REF!", "#VALUE!"), (0, 3, 0), strict=True):
        line.cells[column] = word
        line.become("rejected:spreadsheet_error")
    return Case([export])


FAULTS = (
    Fault("F01", "byte-order mark", "FIX", bom, xlsx=NO_TEXT),
    Fault("F02", "UTF-16", "FIX", utf16(b"\xff\xfe", "utf-16-le"), xlsx=NO_TEXT, variant="little end"),
    Fault("F02", "UTF-16", "FIX", utf16(b"\xfe\xff", "utf-16-be"), xlsx=NO_TEXT, variant="big end"),
    Fault("F03", "Windows text", "FIX", windows, xlsx=NO_TEXT, variant="plain"),
    Fault("F03", "Windows text that may be UTF-8", "ASK", windows_like_utf8, xlsx=NO_TEXT, variant="not plain"),
    Fault("F04", "two encodings in one file", "REF", mixed, xlsx=NO_TEXT),
    Fault("F05", "NUL bytes", "REF", nul, xlsx="XML cannot hold NUL", variant="NUL"),
    Fault("F05", "control characters", "REJ", control, xlsx="XML cannot hold them", variant="in a cell"),
    Fault("F05", "end mark in a row of its own", "REJ", dos_end, xlsx="XML cannot hold it", variant="in a row"),
    Fault("F05", "end mark of old systems", "FIX", dos_mark, xlsx="XML cannot hold it", variant="as the last byte"),
    Fault("F06", "semicolons", "FIX", separator(";"), xlsx=NO_SEPARATOR, variant="semicolon"),
    Fault("F06", "tabs", "FIX", separator("\t"), xlsx=NO_SEPARATOR, variant="tab"),
    Fault("F06", "bars", "FIX", separator("|"), xlsx=NO_SEPARATOR, variant="bar"),
    Fault("F06", "declared separator", "FIX", declared_separator, xlsx=NO_SEPARATOR, variant="declared"),
    Fault("F07", "1.234,0", "FIX", number_signs(".", ","), xlsx="numbers are typed", variant="points"),
    Fault("F07", "1 234,0", "FIX", number_signs(" ", ","), xlsx="numbers are typed", variant="blanks"),
    Fault("F07", "1 234,0 with no-break blanks", "FIX", number_signs("\u00a0", ","), variant="no-break"),
    Fault("F07", "1 234,0 with narrow blanks", "FIX", number_signs("\u202f", ","), variant="narrow"),
    Fault("F07", "1'234.0", "FIX", number_signs("'", "."), variant="apostrophe"),
    Fault("F07", "1,234.0", "FIX", number_signs(",", "."), variant="commas"),
    Fault("F07", "1 234", "FIX", grouped_integers("\u00a0"), variant="whole, no-break"),
    Fault("F07", "1’234", "FIX", grouped_integers("\u2019"), variant="whole, apostrophe"),
    Fault("F07", "1,234 throughout", "ASK", unclear_groups, variant="unclear"),
    Fault("F07", "blanks that part no thousands", "REJ", broken_groups, variant="broken"),
    Fault("F19", "a word late in a column of numbers", "REJ", late_type),
    Fault("F30", "#N/A and the like in numbers", "REJ", words_in_numbers, variant="not declared"),
    Fault("F30", "declared words for nothing", "FIX", declared_words, variant="declared"),
    Fault("F30", "spreadsheet errors in names and states", "REJ", errors_in_names, variant="in text"),
)
