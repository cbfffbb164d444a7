"""What raters answered at the sample client: invented, and honest about a mixed state of readiness."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from analysis.foundation.assets import assets
from analysis.intake.answer_books import Row, readiness_book
from analysis.synthetic.back_office import ITEM_TYPES

# Who rated, two rows prepared for a role as in a new workbook; where a role has one rater, the second one's rows stay empty.
RATERS: tuple[tuple[str, str], ...] = (
    ("R1", "head of contact centre"),
    ("R3", "back-office manager"),
    ("R5", "workforce planner"),
    ("R7", "IT lead"),
    ("R9", "team leader"),
    ("R10", "team leader"),
    ("R11", "HR partner"),
    ("R13", "works council member"),
    ("R15", "compliance officer"),
)
_BASES = {"y": "in the system", "o": "observed", "d": "in a document", "s": "said", "a": "assumed"}
# criterion: ratings in the order of RATERS ("." not asked or not yet answered, "?" not known), each followed by what it rests on, and what
# the raters point to; types that were judged apart stand in BY_TYPE
ANSWERS: dict[str, tuple[str, str]] = {
    "T1": ("2s 2o 2o 3o . . . . .", "demonstrated on a test queue; items are switched on and off by a supervisor"),
    "T2": ("3s 3y . 3y . . . . .", "workflow export with arrival, start, end and due per item"),
    "T3": ("2s 2o . 2o 2o 1o . . .", "two log-ins; measured at 25 to 40 seconds per switch"),
    "T4": ("1s 1d 2d . . . . . .", "planner keeps a spreadsheet for the back office"),
    "T5": ("2s . 2o 1s . . . . .", "intraday desk calls team leaders; no rule in a tool"),
    "D1": (". . 3y 3y . . . . .", "status timeline of the whole period was exported"),
    "D2": ("2s . 3y ? 2s . . . .", "list of codes and their hours"),
    "D3": (". . 3d . . . ? . .", "monthly comparison with payroll"),
    "D4": (". 4y 3y . . . . . .", "start and end are stamped by the workflow system"),
    "D5": ("2s . 2d . . . . . .", "forecast error is looked at by week, not by half hour"),
    "D6": (". . 3y 2y . . . . .", "personnel number is in all exports; zones were checked on two samples"),
    "W3": ("3s 3o . . 3o . . . .", "scanning needs the mail room; the rest is done at the desk"),
    "W4": (". 3y 3y . . . . . .", "due dates in the workflow export"),
    "W5": (". 3s 2s . . . . . .", "backlog at hours when agents wait"),
    "W6": (". 2d . . 2d . . . 3d", "procedures exist for four of six types; last review is eighteen months old"),
    "W7": (". 3d . . . . . . .", "inventory with volumes, owner missing for one type"),
    "P1": ("3s . 3y . . . . . .", "idle time in the status timeline"),
    "P2": ("3s . 3y . . . . . .", "half-hour volumes; the promise is kept in most half hours"),
    "P3": ("1s 1s . . 1d . . . .", "eleven agents once worked in the back office; no skills matrix"),
    "P4": ("3s . 3d . . . ? . .", "turnover of the last two years"),
    "P5": ("2s . . . 1o 2o . 1s .", "two focus groups: curious, but afraid of losing the pause between calls"),
    "M1": ("2d 2d 2d . . . . . .", "a steering group meets monthly; no one owner"),
    "M2": ("2s 2s 1s . 2s . . . .", "live contacts first is said in the team meetings, and written nowhere"),
    "M3": ("2s 2s . . 2s 3s . . .", "coaching is weekly for calls; quality of items is checked apart"),
    "M4": ("1s 2a 1d . . . . 1d .", "agents' bonus counts calls an hour"),
    "M5": ("2s 1s . . . . . . .", "verbal agreement between the two heads"),
    "M6": ("1s 2s 1s . . . . . .", "overtime is called when items age"),
    "C2": (". . . . . . . 2d 2d", "impact assessment is drafted; the works council has seen it once"),
    "C3": (". . . . . . 2s 2s 2d", "talks on job grades have begun"),
    "C4": ("3d . 2s . . . . 3d .", "house agreement on breaks; occupancy is not monitored"),
    "K1": ("2s 2s . . 2o 2o . 1s .", "announced in a staff meeting; questions on freed time stay open"),
    "K2": ("2s 1s . . 1o . . 1s .", "first figures were shown to two teams"),
    "K3": ("3s 3s 2a . . . . 3s .", "telephony change and new workflow both landed"),
    "K4": ("2d 1s . . . . . . .", "a pilot team is named, dates are not"),
}
# criterion: mark of a rater, and the levels of the types in the order of ITEM_TYPES; a single level holds for all types
BY_TYPE: dict[str, tuple[tuple[str, str, str], ...]] = {
    "W1": (("R3", "3y", "item lengths in the workflow export"), ("R5", "3y", "item lengths in the workflow export")),
    "W2": (
        ("R1", "4s 3s 2s 1s 1s 2s", "what the back office told"),
        ("R3", "3o 3o 2o 0o 0o 2o", "five items of each type were watched; two types lose work when stopped"),
        ("R9", "4o 3o 3o 0o 0o 2o", "stopped five items of each type in the test queue"),
    ),
    "C1": (
        ("R3", "2d 2d 2d 1s 2d 2d", "list of types with licence questions; claim assessment is open"),
        ("R15", "2d 2d 2d 0d 2d 2d", "claim assessment needs a licence that no agent holds; the rest is listed"),
    ),
}
# what careless raters write although they were asked not to: a name for a mark, a name among the evidence
_NAMED_MARK = "R7"
_NAMED_EVIDENCE = ("C2", "C1")


def readiness_file(names: Sequence[str]) -> tuple[bytes, dict[str, int]]:
    """Return the workbook of ratings, and how many of its rows meet which fate.

    Parameters
    ----------
    names
        Three people whom careless raters name.
    """
    asked, by_type = _sheets(names)
    questionnaire = _questionnaire()
    who = {role["name"]: role["who"] for role in questionnaire["role"]}
    rows = [row for sheet in (*asked.values(), by_type) for row in sheet]
    answered = sum(bool(row.rating) for row in rows)
    fates = {"header": len(asked) + 1, "used": answered, "excluded:not_answered": len(rows) - answered}
    words = f"Kit's questionnaire, version {questionnaire['version']}"
    return readiness_book(asked, by_type, roles=who, questionnaire=words), fates


def _questionnaire() -> dict[str, Any]:
    path = assets() / "templates" / "questionnaires" / "readiness.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _sheets(names: Sequence[str]) -> tuple[dict[str, list[Row]], list[Row]]:
    """Return the rows of every role's sheet, and those by item type."""
    questionnaire = _questionnaire()
    criteria = questionnaire["criterion"]
    asked: dict[str, list[Row]] = {}
    for place, role in enumerate(one["name"] for one in questionnaire["role"]):
        asked[role] = []
        for mark in (f"R{2 * place + 1}", f"R{2 * place + 2}"):
            own = [one for one in criteria if role in one["roles"] and not one["by_type"]]
            asked[role] += [_answer(one, mark, _given(one["id"], mark), names) for one in own]
    by_type = []
    for one in criteria:
        for mark, levels, evidence in BY_TYPE.get(one["id"], ()):
            cells = levels.split()
            types = [kind.name for kind in ITEM_TYPES] if len(cells) > 1 else [""]
            for kind, cell in zip(types, cells, strict=True):
                by_type.append(_answer(one, mark, (cell, evidence), names, kind=kind))
    return asked, by_type


def _given(criterion: str, mark: str) -> tuple[str, str]:
    """Return the cell and the evidence of a rater; empty where nothing was answered."""
    ratings, evidence = ANSWERS[criterion]
    marks = [one for one, _ in RATERS]
    cell = ratings.split()[marks.index(mark)] if mark in marks else "."
    return ("", "") if cell == "." else (cell, evidence)


def _answer(
    one: dict[str, Any], mark: str, given: tuple[str, str], names: Sequence[str], *, kind: str | None = None
) -> Row:
    """Return a row of the workbook: the question as a new workbook asks it, and the answer."""
    cell, evidence = given
    question = one.get("type_question") if kind is not None else None
    levels = one.get("type_levels") if kind is not None else None
    rating = {"?": "not known", "": ""}.get(cell, cell[:1])
    if one["id"] in _NAMED_EVIDENCE and mark == "R15":
        evidence = f"{evidence}; ask {names[1 + _NAMED_EVIDENCE.index(one['id'])]}"
    return Row(
        criterion=one["id"],
        question=f"{question or one['question']}\nLook at: {one['look_at']}",
        levels=tuple((levels or one["levels"])[level] for level in ("0", "2", "4")),  # type: ignore[arg-type]
        gate=bool(one.get("gates") or one.get("least")),
        rater=names[0] if mark == _NAMED_MARK else mark,
        rating=rating,
        seen=_BASES[cell[1]] if len(cell) > 1 else "",
        evidence=evidence if rating.isdigit() else "",
        type=kind or "",
        role=dict(RATERS)[mark] if kind is not None else "",
    )
