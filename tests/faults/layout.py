"""How a table lies in its file: banners, headers, totals, widths, sheets (F08-F18, F20, F27-F29, F73)."""

from __future__ import annotations

import datetime as dt
from random import Random

from tests.faults.model import SECOND, Case, Fault, Line
from tests.faults.truth import SPELL_HEADER, VOLUME_SOURCE, as_durations, header, pick, spells, volumes

ONE_SHEET = "a text file has no sheets"
NO_WIDTH = "a sheet does not store empty cells at the end of a row"
NO_QUOTES = "a sheet has no quotes"


def banner(rng: Random) -> Case:
    export = spells(rng)
    export.lines[:0] = [Line([f"Agent report {number}"], fate="banner") for number in range(3)]
    export.lines.insert(3, Line([], fate="blank"))
    return Case([export])


def group_header(rng: Random) -> Case:
    """A row of groups above the header whose own names are plain."""
    export = spells(rng)
    export.lines.insert(0, Line(["Who", "When", "", "What"], fate="banner"))
    return Case([export])


def merged_header(rng: Random) -> Case:
    """A row of groups above names that repeat: which one is meant is not plain until the mapping names both rows."""
    export = spells(rng)
    export.lines[0].cells = ["agent", "start", "start", "state"]
    export.lines.insert(0, Line(["", "Begin", "End", "What"], fate="header"))
    answer = {"columns": {"start": "Begin / start", "end": "End / start", "state": "What / state"}}
    return Case([export], answer=answer, refused=r"column name.*twice in the header \(first: 'start'\)")


def units_row(rng: Random) -> Case:
    """A second row of the header that tells units."""
    export = spells(rng)
    export.lines.insert(1, Line(["(id)", "(local)", "(local)", "(code)"], fate="rejected:bad_stamp"))
    return Case([export])


def repeated_header(rng: Random) -> Case:
    export = spells(rng)
    for at in (30, 20, 10):
        export.lines.insert(at, header(SPELL_HEADER))
    return Case([export])


def grand_total(word: str):
    def inject(rng: Random) -> Case:
        export = as_durations(spells(rng))
        whole = sum(line.stated_us for line in export.data)
        export.lines.append(Line([word, None, whole // SECOND, None], fate="total"))
        return Case([export], {"table": "spells", "duration_unit": "s"})

    return inject


def subtotals(rng: Random) -> Case:
    """A row of totals below each person's rows."""
    export = as_durations(spells(rng, days=1))
    lines, held = [], 0
    for line in export.lines:
        if lines and lines[-1].fate == "used" and line.cells[0] != lines[-1].cells[0]:
            lines.append(Line([f"Total {lines[-1].cells[0]}", None, held, None], fate="total"))
            held = 0
        held += line.stated_us // SECOND
        lines.append(line)
    lines.append(Line([f"Totaal {lines[-1].cells[0]}", None, held, None], fate="total"))
    export.lines = lines
    return Case([export], {"table": "spells", "duration_unit": "s"})


def volume_totals(rng: Random) -> Case:
    """A total per queue in the queue's own column."""
    export = volumes(rng)
    offered = sum(line.cells[3] for line in export.data)
    export.lines.append(Line(["Total:", None, None, offered, offered, 0], fate="total"))
    return Case([export], VOLUME_SOURCE)


def blank_rows(rng: Random) -> Case:
    export = spells(rng)
    for at in sorted(rng.sample(range(1, len(export.lines)), 4), reverse=True):
        export.lines.insert(at, Line(rng.choice(([], ["", "", "", ""], [" ", "\u00a0", "", ""])), fate="blank"))
    return Case([export])


def twice_named(rng: Random) -> Case:
    export = spells(rng)
    export.lines[0].cells = [*SPELL_HEADER, "state"]
    for line in export.data:
        line.cells.append("IDLE")
    return Case([export], refused=r"column name.*twice in the header \(first: 'state'\)")


def renamed(rng: Random) -> Case:
    export = spells(rng)
    export.lines[0].cells = ["agent", "start", "end", "agent state"]
    columns = {"state": "state code"}
    answer = {"columns": {"state": "agent state"}}
    source = {"table": "spells", "columns": columns}
    return Case([export], source, refused=r"'state code'\); the nearest are .*'agent state'", answer=answer)


def absent(rng: Random) -> Case:
    export = spells(rng)
    export.lines[0].cells = ["agent", "start", "end", "kind"]
    return Case(
        [export],
        refused=r"needs state, and no column .*'kind'.*",
        answer={"columns": {"state": "kind"}},
    )


def reordered(rng: Random) -> Case:
    export = spells(rng)
    for line in export.lines:
        line.cells = [line.cells[at] for at in (3, 1, 0, 2)]
    return Case([export])


def short_rows(rng: Random) -> Case:
    export = spells(rng)
    for line in pick(export, rng, 3):
        line.cells = line.cells[:2]
        line.become("rejected:short_row", stated_us=0)
    return Case([export])


def long_rows(rng: Random) -> Case:
    export = spells(rng)
    for line in pick(export, rng, 3):
        line.cells = [*line.cells, "and more"]
        line.become("rejected:long_row", stated_us=0)
    return Case([export])


def unclosed_quote(rng: Random) -> Case:
    export = spells(rng)
    export.edit = lambda content: content.rstrip(b"\n") + b'\n"007,2026-03-04 10:00,2026-03-04 11:00,IDLE\n'
    row = len(export.lines) + 1
    return Case([export], refused=rf"a quote opens in line {row} and does not close")


def cut_line(rng: Random) -> Case:
    """The last line breaks off within its last number: no cell shows it, only the line end that is not there."""
    export = as_durations(spells(rng))
    for line in export.lines:
        line.cells = [line.cells[at] for at in (0, 1, 3, 2)]
    line = export.data[-1]
    whole = line.cells[3]
    line.stated_us = int(str(whole)[:-2]) * SECOND
    line.truth[0]["end"] = line.truth[0]["start"] + dt.timedelta(microseconds=line.stated_us)
    export.edit = lambda content: content.rstrip(b"\n")[:-2]
    return Case([export], {"table": "spells", "duration_unit": "s"}, findings={"no_line_end": 1})


def cut_cells(rng: Random) -> Case:
    """The last line breaks off before its last cells."""
    export = spells(rng)
    export.data[-1].become("rejected:cut_off_last_row", stated_us=0)
    export.edit = lambda content: content[: content.rstrip(b"\n").rindex(b",")]
    return Case([export])


def two_sheets(rng: Random) -> Case:
    export = spells(rng)

    def more(book) -> None:
        book.active.title = "Status"
        book.create_sheet("Legend").append(["IDLE", "ready"])

    export.workbook = more
    export.physical = len(export.lines)
    return Case(
        [export], refused=r"2 sheets with content \('Status', 'Legend'\).*Set sheet", answer={"sheet": "Status"}
    )


def hidden(rng: Random) -> Case:
    export = spells(rng)

    def hide(book) -> None:
        for row in (3, 7, 8):
            book.active.row_dimensions[row].hidden = True

    export.workbook = hide
    return Case([export], findings={"hidden_rows": 3})


def merged_cells(rng: Random, *, declared: bool) -> Case:
    """The agent stands once per block of its rows."""
    export = spells(rng, days=1)
    before = ""
    for line in export.data:
        if line.cells[0] == before:
            line.cells[0] = None
            if not declared:
                line.become("rejected:missing_agent")
        else:
            before = line.cells[0]
    if declared:
        filled = sum(line.cells[0] is None for line in export.data)
        return Case([export], {"table": "spells", "fill_down": ("agent",)}, findings={"filled_down": filled})
    return Case([export])


def formula(rng: Random) -> Case:
    export = spells(rng)
    rows = sorted(rng.sample(range(2, len(export.lines) + 1), 3))
    for row in rows:
        export.lines[row - 1].become("rejected:formula_without_value", stated_us=0)

    def formulas(book) -> None:
        for row in rows:
            book.active.cell(row, 3).value = "=B2+1"

    export.workbook = formulas
    return Case([export], findings={"formula_without_value": 3})


def two_versions(rng: Random) -> Case:
    """Two files of one source of which the second names a column otherwise."""
    first, second = spells(rng, days=1), spells(rng, days=1, agents=("z1", "z2"))
    second.name = "later"
    for export in (first, second):
        for line in export.lines:
            line.cells = [line.cells[at] for at in (0, 1, 2, 3)]
    second.lines[0].cells = ["agent", "start", "end", "status"]
    source = {"table": "spells", "columns": {"state": "state"}}
    return Case([first, second], source, refused=r"1_?.*later.*not in the file \(first: 'state'\)|later.*'state'")


def optional_column(rng: Random) -> Case:
    """Two files of one source of which only the second has a column that need not be there."""
    first, second = spells(rng, days=1), spells(rng, days=1, agents=("z1", "z2"))
    second.name = "later"
    second.lines[0].cells.append("channel")
    for line in second.data:
        line.cells.append("voice")
        line.truth[0]["channel"] = "voice"
    for line in first.data:
        line.truth[0]["channel"] = None
    return Case([first, second], findings={"headers_differ": None})


FAULTS = (
    Fault("F08", "banner lines above the header", "FIX", banner),
    Fault("F09", "row of groups above plain names", "FIX", group_header, variant="plain names"),
    Fault("F09", "row of groups above repeated names", "ASK", merged_header, variant="repeated names"),
    Fault("F09", "row of units below the header", "REJ", units_row, variant="units"),
    Fault("F10", "header repeated on every page", "FIX", repeated_header),
    *(
        Fault("F11", "row of totals", "FIX", grand_total(word), variant=word)
        for word in ("Grand total", "Total", "Summe", "Totaal")
    ),
    Fault("F11", "row of totals among volumes", "FIX", volume_totals, variant="volumes"),
    Fault("F12", "subtotals per person", "FIX", subtotals),
    Fault("F13", "blank rows", "FIX", blank_rows),
    Fault("F14", "a column name twice", "REF", twice_named),
    Fault("F15", "a renamed column", "REF", renamed, variant="renamed"),
    Fault("F15", "a required column that is absent", "REF", absent, variant="absent"),
    Fault("F15", "columns in another order", "FIX", reordered, variant="reordered"),
    Fault("F16", "short rows", "REJ", short_rows, xlsx=NO_WIDTH),
    Fault("F17", "long rows", "REJ", long_rows),
    Fault("F18", "a quote that never closes", "REF", unclosed_quote, xlsx=NO_QUOTES),
    Fault(
        "F20", "last line cut within a number", "REJ", cut_line, xlsx="a cut workbook does not open", variant="value"
    ),
    Fault(
        "F20",
        "last line cut before its last cell",
        "REJ",
        cut_cells,
        xlsx="a cut workbook does not open",
        variant="cells",
    ),
    Fault("F27", "several sheets", "ASK", two_sheets, csv=ONE_SHEET, variant="sheets"),
    Fault("F27", "hidden rows", "FLAG", hidden, csv=ONE_SHEET, variant="hidden rows"),
    Fault("F28", "agent once per block", "REJ", lambda rng: merged_cells(rng, declared=False), variant="not declared"),
    Fault("F28", "agent once per block", "FIX", lambda rng: merged_cells(rng, declared=True), variant="declared"),
    Fault("F29", "formulas without a value", "REJ", formula, csv="a text file has no formulas"),
    Fault("F73", "files of two schema versions", "REF", two_versions, variant="required column"),
    Fault("F73", "files of two schema versions", "FLAG", optional_column, variant="optional column"),
)
