"""The two workbooks that people fill in by hand, `answers/readiness.xlsx` and `answers/listening.xlsx`: which sheet is which, told by its header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.adapters import _kit as kit
from analysis.intake.opening.arrow_text import as_array
from analysis.intake.opening.cells import Cells, Coded
from analysis.intake.opening.files import open_table, sniff, unreadable
from analysis.intake.opening.marks import marks_of
from analysis.intake.opening.raw import RawFile, Wanted, plain
from analysis.intake.opening.workbook.several import Sheets, read_sheets

if TYPE_CHECKING:
    from analysis.intake.adapters.format import OpenerOfAll
    from analysis.intake.settings import Source

Names = tuple[str, ...]
ROLE: Names = kit.spelled("Role")
# adapter -> our column -> their names
COLUMNS: Mapping[str, Mapping[str, Names]] = {
    "kit_readiness": {
        "criterion": kit.spelled("Criterion"),
        "rater": kit.spelled("Rater"),
        "role": ROLE,
        "rating": kit.spelled("Rating"),
        "basis": kit.spelled("Seen", "Basis"),
        "evidence": kit.spelled("Evidence"),
        "type": kit.spelled("Type", "Item type"),
    },
    "kit_concerns": {
        "heard_on": kit.spelled("Heard on"),
        "role": ROLE,
        "team": kit.spelled("Team"),
        "kind": kit.spelled("Kind"),
        "concern": kit.spelled("Concern"),
        "theme": kit.spelled("Theme"),
        "asks": kit.spelled("Asks"),
        "read_back_on": kit.spelled("Read back on"),
        "agreed": kit.spelled("Agreed"),
    },
    "kit_expectations": {
        "stated_on": kit.spelled("Stated on"),
        "rater": kit.spelled("Rater"),
        "role": ROLE,
        "population": kit.spelled("Population"),
        "quantity": kit.spelled("Question", "Quantity"),
        "guess": kit.spelled("Guess"),
        "low": kit.spelled("Low"),
        "high": kit.spelled("High"),
    },
    "kit_to_hear": {
        "role": ROLE,
        "team": kit.spelled("Team"),
        "people": kit.spelled("People"),
        "planned_on": kit.spelled("Planned on"),
    },
    "kit_changed": {
        "theme": kit.spelled("Theme"),
        "changed": kit.spelled("Changed"),
        "owner_role": kit.spelled("Owner role"),
        "changed_on": kit.spelled("Changed on"),
    },
}
# adapter -> our columns that only this sheet has, all of which its header holds
NEEDS: Mapping[str, Names] = {
    "kit_readiness": ("criterion", "rater", "rating"),
    "kit_concerns": ("heard_on", "concern"),
    "kit_expectations": ("rater", "quantity", "guess"),
    "kit_to_hear": ("role", "planned_on"),
    "kit_changed": ("theme", "changed"),
}
# adapter -> name of the sheet as the kit makes it
TITLES: Mapping[str, str] = {
    "kit_concerns": "Concerns",
    "kit_expectations": "Expectations",
    "kit_to_hear": "To hear",
    "kit_changed": "What changed",
}
# Names that programs give to new sheets; they are no roles.
_NAMELESS = re.compile(r"(?:sheet|blad|tabelle|feuille?|feuil|hoja|foglio|planilha|table)\s?\d*", re.IGNORECASE)
# How programs name the copy of a sheet.
_COPIED = re.compile(
    r"(?:(?:copy|kopie|copie|copia) (?:of|van|von|de|di) )?(?P<name>.+?)(?: ?\(\d+\)|_\d+| copy| \(copy\))?",
    re.IGNORECASE,
)


def role_of_sheet(name: str) -> str:
    """Return the role that a sheet is named after, without what programs add to the name of a copy.

    Examples
    --------
    >>> role_of_sheet("team leader (2)"), role_of_sheet("Copy of team leader"), role_of_sheet("team leader_2")
    ('team leader', 'team leader', 'team leader')
    """
    found = _COPIED.fullmatch(plain(name))
    return plain(found["name"]) if found else plain(name)


def sheets_of(adapter: str) -> Sheets:
    """Return which sheets of a workbook an adapter reads."""
    own = COLUMNS[adapter]

    def needs(other: str) -> tuple[Names, ...]:
        return tuple(COLUMNS[other][name] for name in NEEDS[other])

    return Sheets(
        needs(adapter),
        tuple(own.values()),
        title=TITLES.get(adapter, ""),
        others=tuple(needs(other) for other in COLUMNS if other != adapter),
        tells=adapter in ("kit_readiness", "kit_concerns"),
    )


def opener(adapter: str) -> OpenerOfAll:
    """Return what opens a file for one of these adapters: every sheet that fits, or the one table of another kind of file."""

    def open_all(file: str, path: Path, source: Source, wanted: Wanted) -> list[RawFile]:
        try:
            kind = sniff(file, path)
        except OSError:
            raise unreadable(file) from None
        if kind not in ("xlsx", "ods"):
            return [_with_role(open_table(file, path, source, wanted), adapter, source)]
        stated = {name: origin.names for name, origin in source.columns.items()}
        sheets = _under_their_names(sheets_of(adapter), COLUMNS[adapter], stated)
        found = read_sheets(file, path, wanted=wanted, sheets=sheets, sheet=source.sheet)
        for raw in found:
            raw.header = _one_header(raw.header, COLUMNS[adapter])
        return _by_role(found, source) if adapter == "kit_readiness" else found

    return open_all


def _with_role(raw: RawFile, adapter: str, source: Source) -> RawFile:
    """Refuse a table of ratings that names no role; only a sheet can be named after one."""
    if adapter == "kit_readiness" and "role" not in source.columns and not set(ROLE) & set(raw.header):
        raise DataProblem(
            f'{raw.file}: no column names the role of who rated. Add a column Role, or role = "..." to [source.columns].'
        )
    return raw


def _under_their_names(sheets: Sheets, own: Mapping[str, Names], stated: Mapping[str, Sequence[str]]) -> Sheets:
    """Return the sheets to read, with columns under the names that the source states for them."""
    if not stated:
        return sheets
    theirs = {own[name]: (*map(plain, names), *own[name]) for name, names in stated.items() if name in own and names}
    return Sheets(
        tuple(theirs.get(names, names) for names in sheets.needs),
        tuple(theirs.get(names, names) for names in sheets.columns),
        sheets.title,
        sheets.others,
        sheets.tells,
    )


def _one_header(header: Sequence[str], columns: Mapping[str, Names]) -> list[str]:
    """Return a header with the kit's own spelling of its columns, so that the sheets of a workbook join."""
    chosen = list(header)
    for names in columns.values():
        first = next((at for at, name in enumerate(header) if name in names), None)
        if first is not None and names[0] not in header:
            chosen[first] = names[0]
    return chosen


def _by_role(found: list[RawFile], source: Source) -> list[RawFile]:
    """Return role sheets with their role in a column of its own; sheets that name the role of each row stay as they are."""
    stated = tuple(map(plain, source.columns["role"].names)) if "role" in source.columns else ()
    some_by_type = any("Type" in raw.header for raw in found)
    for raw in found:
        if some_by_type and "Type" not in raw.header:
            _add_column(raw, "Type", "")
        if {*ROLE, *stated} & set(raw.header) or (stated == () and "role" in source.columns):
            continue
        role = role_of_sheet(raw.sheet)
        if _NAMELESS.fullmatch(role) and len(raw.rows):
            raise DataProblem(
                f"{raw.file}: it holds rows for ratings, and its name is no role. Name the sheet after the role of those who filled it in."
            )
        if role != plain(raw.sheet):
            words = f"{raw.file}: read as a copy of the sheet {role!r}; rows that are equal in both count once."
            raw.findings.append(Finding("copied_sheet", "fixed", raw.file, words, len(raw.rows)))
        _add_column(raw, "Role", role)
    return found


def _add_column(raw: RawFile, name: str, value: str) -> None:
    """Add a column with one value for all rows; rows that are blank or repeat the header stay so."""
    cells = raw.cells if isinstance(raw.cells, Cells) else Cells.of_frame(raw.cells)
    width = len(raw.header)
    columns = [as_array(cells[position]) for position in range(width)]
    raw.marks = marks_of(columns, raw.header, len(cells)) if raw.marks is None else raw.marks
    codes = np.zeros(len(cells), dtype=np.int32)
    constant = Coded(codes, pa.array([value], type=pa.large_string()))
    raw.cells = Cells({**{at: cells.column(at) for at in range(width)}, width: constant}, len(cells))
    raw.header = [*raw.header, name]
