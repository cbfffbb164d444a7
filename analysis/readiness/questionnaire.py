"""Checks an edited questionnaire, one line per mistake, and says how it differs from the kit's own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Settings
from analysis.readiness.criterion import Criterion, LevelRule, Role

_AGAIN = "engage answers NAME --questionnaire"
# keys of a criterion that hold blocks of their own
_PARTS: Mapping[str, type[Settings]] = {"rules": LevelRule}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a questionnaire file states, checked."""

    version: int
    roles: tuple[Role, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """How a questionnaire differs from the kit's own: ids of criteria, in the order of the files.

    Attributes
    ----------
    changed
        Criteria of which anything differs; gates that are told of below are not repeated here.
    added, left_out
        Criteria that the kit's does not have, and those of the kit's that are gone.
    gates_taken_away
        Gates of the kit's that no longer gate any mode, or are left out.
    gates_loosened
        Gates of the kit's that gate fewer modes, ask for a lower level, accept weaker evidence, or reach a level more easily by their bounds.
    roles
        Whether other roles are asked.
    """

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    gates_taken_away: tuple[str, ...] = ()
    gates_loosened: tuple[str, ...] = ()
    roles: bool = False

    def words(self) -> str:
        """Return the differences in words.

        Examples
        --------
        >>> Edits(changed=("T1", "D5", "C2"), gates_taken_away=("P2",)).words()
        '3 criteria changed (T1, D5, C2), 1 gate taken away (P2)'
        """
        parts = [
            _counted(self.changed, "criterion", "criteria", "changed"),
            _counted(self.added, "criterion", "criteria", "added"),
            _counted(self.left_out, "criterion", "criteria", "left out"),
            _counted(self.gates_taken_away, "gate", "gates", "taken away"),
            _counted(self.gates_loosened, "gate", "gates", "loosened"),
            "other roles asked" if self.roles else "",
        ]
        return ", ".join(part for part in parts if part)


NO_EDITS = Edits()


def _counted(ids: Sequence[str], one: str, many: str, what: str) -> str:
    return f"{len(ids)} {one if len(ids) == 1 else many} {what} ({', '.join(ids)})" if ids else ""


def compare(read: Parsed, kits: Parsed) -> Edits:
    """Return how a questionnaire differs from the kit's own."""
    mine, own = ({one.id: one for one in part.criteria} for part in (read, kits))
    gates = {name: one for name, one in own.items() if one.is_gate}
    gone = tuple(name for name in gates if name not in mine or not mine[name].is_gate)
    looser = tuple(name for name in gates if name not in gone and _looser(mine[name], gates[name]))
    told = {*gone, *looser}
    return Edits(
        changed=tuple(name for name in mine if name in own and name not in told and mine[name] != own[name]),
        added=tuple(name for name in mine if name not in own),
        left_out=tuple(name for name in own if name not in mine),
        gates_taken_away=gone,
        gates_loosened=looser,
        roles=read.roles != kits.roles,
    )


def _looser(mine: Criterion, own: Criterion) -> bool:
    """Tell whether a gate holds back less than the kit's: fewer modes, a lower need, no legal need, easier bounds."""
    least = any(mine.least.get(mode, 0) < need and mode not in mine.gates for mode, need in own.least.items())
    fewer = not set(own.gates) <= set(mine.gates)
    easier = (own.data and not mine.data) or _easier(mine.rules, own.rules)
    weaker = not set(mine.accepts) <= set(own.accepts)
    return least or fewer or easier or weaker or (own.legal and not mine.legal)


def _easier(mine: Sequence[LevelRule], own: Sequence[LevelRule]) -> bool:
    """Tell whether any figure has a higher level by the rules of `mine` than by those of `own`."""
    by_key = {rule.key: rule for rule in mine}
    for rule in own:
        other = by_key.get(rule.key)
        if other is None:
            return True
        marks = sorted({*rule.bounds, *other.bounds})
        tried = [shifted for mark in marks for shifted in (mark - 1e-6, mark, mark + 1e-6)]
        if any(other.level(figure) > rule.level(figure) for figure in tried):
            return True
    return False


def parsed(content: Mapping[str, Any], *, name: str, kit: Parsed | None) -> Parsed:
    """Return what a file states, or say everything that is wrong with it.

    Parameters
    ----------
    content
        The file as TOML gives it.
    name
        Name of the file.
    kit
        The kit's own questionnaire, which an edited copy is checked against; None for the kit's file itself.

    Raises
    ------
    UsageProblem
        One line per mistake: criterion, key, what is wrong and what to do.
    """
    wrong = _heads(content, kit)
    roles, said = _blocks(content.get("role"), "role", Role)
    wrong += said
    criteria, said = _blocks(content.get("criterion"), "criterion", Criterion)
    wrong += said
    if not wrong:
        wrong = [*_roles(roles, criteria), *_criteria(criteria, kit)]
    if wrong:
        listed = wrong[0] if len(wrong) == 1 else "\n  ".join([f"{len(wrong)} mistakes.", *wrong])
        raise UsageProblem(f"{name}: {listed}")
    return Parsed(version=content["version"], roles=tuple(roles), criteria=tuple(criteria))


def _heads(content: Mapping[str, Any], kit: Parsed | None) -> list[str]:
    """Check what stands above the blocks."""
    known = ("version", "role", "criterion")
    wrong = [f"{key}: there is no such key.{nearest(key, known)}" for key in content if key not in known]
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        wrong.append(
            "version: is missing or not a whole number. Write it as the kit's file has it, such as version = 2."
        )
    elif kit is not None and version != kit.version:
        wrong.append(
            f"version: the file began as version {version}, and this kit asks by version {kit.version}. Write a new copy "
            f"with {_AGAIN} and carry your changes over."
        )
    return wrong


def _blocks(blocks: Any, kind: str, model: type[Any]) -> tuple[list[Any], list[str]]:
    """Return the checked blocks of a kind, and what is wrong with the others."""
    if not isinstance(blocks, list) or not blocks or not all(isinstance(block, dict) for block in blocks):
        return [], [f"{kind}: there are no [[{kind}]] blocks. Write a new copy with {_AGAIN}."]
    found, wrong = [], []
    for number, block in enumerate(blocks, start=1):
        label = block.get("id" if kind == "criterion" else "name")
        label = f"{kind} {label}" if isinstance(label, str) and label.isprintable() else f"{kind} no. {number}"
        unprintable = [key for key, text in _texts(block) if not text.isprintable()]
        if unprintable:
            wrong.append(
                f"{label}, key {unprintable[0]}: holds a line break or a sign that cannot be printed. Type the text again on one line."
            )
            continue
        try:
            found.append(model.model_validate(block))
        except ValidationError as error:
            wrong += _mistakes(error, label, model)
    return found, wrong


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a block with its key; keys are texts too."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            shown = name if name.isprintable() else "of a strange name"
            yield shown, name
            yield from _texts(part, f"{key}, {shown}" if key else shown)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, key)
    elif isinstance(value, str):
        yield key, value


def _mistakes(error: ValidationError, label: str, model: type[Settings]) -> list[str]:
    """Return one line for each key of a block that is wrong."""
    said: dict[str, str] = {}
    items = error.errors(include_url=False)
    for item in items:
        outer = item["loc"]
        inside = any(one["loc"][: len(outer)] == outer and len(one["loc"]) > len(outer) for one in items)
        if item["type"] == "too_short" and inside:
            continue  # a list is not empty because one of its entries is wrong
        place = [part for part in item["loc"] if not (isinstance(part, str) and "[" in part)]
        inner = _PARTS.get(str(place[0])) if place else None
        known = list((inner if inner is not None and len(place) > 2 else model).model_fields)
        text, key = _said(item, known), _key(place)
        found = re.match(r"(\w+): (.*)", text, flags=re.DOTALL) if item["type"] == "value_error" else None
        if found:
            key, text = f"{key}, {found[1]}" if key else found[1], found[2]
        said.setdefault(key, f"{label}, key {key}: {text}")
    return list(said.values())


def _key(place: Sequence[int | str]) -> str:
    """Return the place of a mistake as the file shows it, such as ``rules no. 1, bounds``."""
    shown: list[str] = []
    for part in place:
        if isinstance(part, int) and shown:
            shown[-1] += f" no. {part + 1}"
        elif str(part).isprintable() and not str(part).startswith("function-"):
            shown.append(str(part))
    return ", ".join(shown)


# by kind of mistake; {shown} is what the file states
_WANTED: Mapping[str, str] = {
    "missing": "is missing. Take it over from the kit's file.",
    "string_pattern_mismatch": "{shown} is no id. Write a capital letter and one or two digits, such as T6.",
    "string_too_short": "is empty. Write a text.",
    "too_short": "is empty. Name at least one.",
    "string_type": "{shown} must be text in double quotes.",
    "tuple_type": "{shown} must be a list in [ ].",
    "dict_type": "{shown} must be a table in {{ }}.",
    "model_type": "{shown} must be a block of keys.",
    **dict.fromkeys(("bool_type", "bool_parsing"), "{shown} must be true or false, without quotes."),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "{shown} must be a whole number."),
    **dict.fromkeys(("float_type", "float_parsing"), "{shown} must be a number."),
}


def _said(item: Any, known: Sequence[str]) -> str:
    """Return what is wrong with one key, and what to do."""
    kind, given = item["type"], item.get("input")
    shown = f'"{given}"' if isinstance(given, str) else str(given).lower() if isinstance(given, bool) else str(given)
    if kind == "extra_forbidden":
        return f"there is no such key.{nearest(str(item['loc'][-1]), known)}"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", item["ctx"]["expected"])
        return f"{shown} is not allowed.{nearest(str(given), allowed, always=True)}"
    if kind == "string_too_long":
        return f"is longer than {item['ctx']['max_length']} signs. Shorten it."
    if kind == "value_error":
        return f"{item['ctx']['error']}."
    return _WANTED[kind].format(shown=shown) if kind in _WANTED else f"{item['msg']}."


def _roles(roles: Sequence[Role], criteria: Sequence[Criterion]) -> list[str]:
    """Check that roles differ, and that every role that a criterion asks exists."""
    names = [role.name for role in roles]
    folded = [name.casefold() for name in names]
    wrong = [
        f"role {name}, key name: stands twice, or is the name of a sheet that a workbook keeps for itself. Give each role its own name."
        for position, name in enumerate(names)
        if folded[position] in {*folded[:position], "how to", "by item type", "history"}
    ]
    for name in dict.fromkeys(name for criterion in criteria for name in criterion.roles if name not in names):
        ids = [criterion.id for criterion in criteria if name in criterion.roles]
        asked = f"{'criterion' if len(ids) == 1 else 'criteria'} {', '.join(ids)}"
        wrong.append(f'{asked}, key roles: there is no [[role]] "{name}".{nearest(name, names, always=True)}')
    return wrong


def _criteria(criteria: Sequence[Criterion], kit: Parsed | None) -> list[str]:
    """Check what concerns several keys or criteria at once."""
    ids = [criterion.id for criterion in criteria]
    wrong = [
        f"criterion {name}, key id: {ids.count(name)} criteria have this id. Give each its own."
        for name in dict.fromkeys(ids)
        if ids.count(name) > 1
    ]
    own = {criterion.id: criterion for criterion in (kit.criteria if kit is not None else criteria)}
    for criterion in criteria:
        if criterion.legal and not criterion.gates:
            wrong.append(
                f"criterion {criterion.id}, key legal: only a gate can be legal. Name its modes in gates, or write legal = false."
            )
        if not criterion.by_type and (criterion.type_question or criterion.type_levels or criterion.type_change):
            wrong.append(
                f"criterion {criterion.id}, key by_type: there are texts for one item type, and by_type is false. Write by_type = true, or take type_question, type_levels and type_change away."
            )
        if criterion.data:
            wrong += _scored(criterion, own.get(criterion.id))
    return wrong


def _scored(criterion: Criterion, kits: Criterion | None) -> Iterable[str]:
    """Check that the kit can compute what a criterion wants scored from data."""
    wanted = {} if kits is None else {rule.key: rule for rule in kits.rules}
    if not wanted:
        yield f"criterion {criterion.id}, key data: the kit has no figure for it. Write data = false, so that raters decide."
        return
    if not criterion.rules:
        yield f"criterion {criterion.id}, key rules: data = true needs a rule for {', '.join(wanted)}. Take it over from the kit's file, or write data = false."
    for number, rule in enumerate(criterion.rules, start=1):
        place = f"criterion {criterion.id}, key rules no. {number},"
        if rule.key not in wanted:
            yield f'{place} key: there is no figure "{rule.key}" for this criterion.{nearest(rule.key, list(wanted), always=True)}'
        elif rule.unit != wanted[rule.key].unit:
            yield f'{place} unit: the figure is in "{wanted[rule.key].unit}", not in "{rule.unit}". Write the unit back, and the bounds in it.'
        elif [one.key for one in criterion.rules].count(rule.key) > 1:
            yield f'{place} key: the figure "{rule.key}" has more than one rule. Keep one of them.'


def nearest(name: str, known: Sequence[str], *, always: bool = False) -> str:
    """Say which known name is nearest; else which are known.

    Examples
    --------
    >>> nearest("leves", ("levels", "gates"))
    ' Did you mean levels?'
    """
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Known are: {', '.join(known)}." if always or len(known) <= 40 else ""
