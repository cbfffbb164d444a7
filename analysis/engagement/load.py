"""Reads an engagement file; whatever is wrong with it is said by file, key, what, and what to do."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import tomllib
import typing
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from analysis.engagement.model import Engagement, sections
from analysis.foundation.schema import DataProblem, UsageProblem
from analysis.intake.answer_books import ADAPTERS

Override = tuple[str, Any]

# Control characters, surrogates, line and paragraph separators; and the marks that reverse the direction of text.
_REFUSED_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")
_REFUSED_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

# A question to the client, not a slip of the writer: which clock the exports' stamps show is never guessed.
_ZONE_QUESTION = (
    "{file}: [client] time_zone is not stated, so stamps without a zone cannot be placed in time. "
    'Ask the client which zone its exports show, and write it like time_zone = "Europe/Amsterdam".'
)

# What pydantic's kinds of error mean to the writer of the file; {wanted} is the description of the key.
_SAID = {
    "missing": "is missing. Add it{wanted}.",
    "model_type": "must be a table, not a single value{wanted}.",
    "dict_type": "must be a table, not a single value{wanted}.",
    "tuple_type": "must be a list{wanted}; a block of its own starts with double brackets, such as [[source]].",
    "list_type": "must be a list{wanted}.",
    "string_pattern_mismatch": "is not written as expected{wanted}.",
}


def load_engagement(path: str | Path, *, overrides: Sequence[Override] = (), sources: bool = True) -> Engagement:
    """Return the checked engagement.

    Parameters
    ----------
    path
        The engagement's folder or its ``engagement.toml``.
    overrides
        Pairs such as ``("blending.service_level", 0.9)`` that stand in for values of the file.
    sources
        Whether the client files are looked at; what is built from finished stages needs none, and loads faster without.

    Raises
    ------
    UsageProblem
        The file is missing, not TOML, or states something that the model refuses; all problems are listed at once.
    DataProblem
        Nothing is wrong but that the zone of the client's stamps is not stated: a question to the client.
    """
    file = Path(path)
    file = file / "engagement.toml" if file.is_dir() else file
    stated = read_stated(file)
    if not sources:
        stated.pop("source", None)
    for name, value in overrides:
        section, key = checked_name(name)
        _refuse_unprintable(value, f"--set {name}")
        table = stated.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = value
    try:
        return Engagement.model_validate(stated)
    except ValidationError as error:
        if [(problem["loc"], problem["type"]) for problem in error.errors()] == [(("client", "time_zone"), "missing")]:
            raise DataProblem(_ZONE_QUESTION.format(file=file.name)) from None
        lines = _problems(error, {name for name, _ in overrides})
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        listed = "\n".join(f"  {line}" for line in lines)
        raise UsageProblem(f"{file.name}: {count}.\n{listed}\nCorrect this, then run the command again.") from None


def require_sources(engagement: Engagement) -> None:
    """Stop where an engagement names no client file yet; answers and what was heard are none.

    Raises
    ------
    UsageProblem
        There is no [[source]] block beside those of the workbooks of answers.
    """
    if all(source.adapter in ADAPTERS for source in engagement.source):
        raise UsageProblem(
            "engagement.toml: there is no [[source]] yet that names the client's data. Put the exports into data/, then engage check adds the blocks. "
            "What was heard can be printed without data: engage report NAME --only listening"
        )


def checked_name(name: str) -> tuple[str, str]:
    """Return section and key of a name such as ``blending.service_level``.

    Raises
    ------
    UsageProblem
        There is no such setting; the nearest names are given.
    """
    section, dot, key = name.partition(".")
    known = sections()
    if not dot or not key:
        raise UsageProblem(f"--set {name}: write section.name=value, such as blending.service_level=0.9.")
    if section not in known:
        raise UsageProblem(f"--set {name}: there is no section {section}.{nearest(section, list(known))}")
    if key not in known[section].model_fields:
        raise UsageProblem(f"--set {name}: [{section}] has no {key}.{nearest(key, list(known[section].model_fields))}")
    return section, key


def parsed_override(text: str) -> Override:
    """Return name and value of ``section.name=value``; the value is read as in the engagement file, bare words as text.

    Examples
    --------
    >>> parsed_override("blending.service_level=0.9")
    ('blending.service_level', 0.9)
    """
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not value:
        raise UsageProblem(f"--set {text}: write section.name=value, such as blending.service_level=0.9.")
    checked_name(name)
    try:
        return name, _plain(tomllib.loads(f"x = {value}\n")["x"])
    except (ValueError, RecursionError) as error:
        if re.match(r"[+\-.\d\[{\"']", value):
            raise UsageProblem(
                f'--set {name}: the value is not written as in engagement.toml (0.9, 15, true, "text").'
            ) from error
        return name, value


def _plain(value: Any) -> Any:
    """Return a TOML value as JSON knows it: dates and times become text."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which known names are nearest, or list a few."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Known are: {', '.join(sorted(known)[:40])}." if known else ""


def read_stated(file: Path) -> dict[str, Any]:
    """Return what the TOML file states, unchecked but for characters that cannot be printed."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise UsageProblem(
            f"{file.name}: there is no such file in the folder {file.parent.name}. Make one with: engage new NAME"
        ) from None
    except OSError as error:
        raise UsageProblem(
            f"{file.name}: cannot be read ({type(error).__name__}). Close other programs that use it, or check its permissions."
        ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageProblem(
            f"{file.name}: line {line} is not UTF-8 text. Save the file as UTF-8 in your editor."
        ) from None
    try:
        stated = tomllib.loads(text)
    except RecursionError:
        raise UsageProblem(
            f"{file.name}: brackets are nested too deeply. Compare with the template that engage new makes."
        ) from None
    except ValueError as error:
        said = re.sub(r"[^\x20-\x7e]", "?", str(error))
        raise UsageProblem(
            f"{file.name}: {said}. Text stands in double quotes, lists in [ ], and every key once; dates as 2026-03-02."
        ) from None
    _refuse_unprintable(stated, file.name)
    return stated


def _refuse_unprintable(value: Any, where: str) -> None:
    """Refuse characters that a printed report or a program cannot carry, and numbers that are none."""
    for place, part in _leaves(value, ""):
        if isinstance(part, float) and not math.isfinite(part):
            raise UsageProblem(f"{where}: {place} is not a finite number. Give a number, or leave the key out.")
        if isinstance(part, str) and any(
            sign != "\t" and (unicodedata.category(sign) in _REFUSED_CATEGORIES or sign in _REFUSED_MARKS)
            for sign in part
        ):
            raise UsageProblem(
                f"{where}: {place or 'the value'} holds a control character. Type the text again by hand."
            )


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield every key and every value with its place; keys that cannot be printed are not part of the place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            shown = key if key.isprintable() else "a key"
            inner = f"{place}.{shown}" if place else shown
            yield inner, key
            yield from _leaves(item, inner)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value, start=1):
            yield from _leaves(item, f"{place} no. {number}")
    else:
        yield place, value


def _problems(error: ValidationError, overridden: set[str]) -> list[str]:
    """Return one line per problem: key, what is wrong, what is wanted."""
    lines: list[str] = []
    for item in error.errors(include_url=False):
        label, known, description = _place(item["loc"])
        source = "--set " if ".".join(str(part) for part in item["loc"][:2]) in overridden else ""
        line = f"{source}{label}{': ' if label else ''}{_said(item, known, description)}"
        if line not in lines:
            lines.append(line)
    return lines


def _said(item: Any, known: list[str], description: str) -> str:
    """Return what is wrong with one key in plain words."""
    wanted = f" ({description})" if description else ""
    kind = item["type"]
    if kind == "extra_forbidden":
        return f"there is no such key.{nearest(str(item['loc'][-1]), known)}"
    if kind == "value_error":
        return f"{item['ctx']['error']}."
    if kind in _SAID:
        return _SAID[kind].format(wanted=wanted)
    text = re.sub(r"^(Input|String|Value|Decimal|Number) should ", "must ", item["msg"])
    text = text.replace("must have at least 1 character", "must not be empty")
    return f"{text}{wanted}."


def _place(loc: tuple[int | str, ...]) -> tuple[str, list[str], str]:
    """Return the key as the file shows it, the names known at that place, and the field's description."""
    model: Any = Engagement
    shown: list[str] = []
    known: list[str] = []
    description = ""
    for part in loc:
        if isinstance(part, int):
            shown.append(f"no. {part + 1}")
            continue
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else None
        if fields is None:
            if re.fullmatch(r"[A-Za-z_][\w -]*", part):
                shown.append(part)
            continue
        known = list(fields)
        shown.append(part)
        field = fields.get(part)
        description = (field.description or "") if field else ""
        model = _model_within(field.annotation) if field else None
    return _label(shown), known, description


def _model_within(annotation: Any) -> Any:
    """Return the settings class that an annotation holds, alone or in a list or union; else None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_within(part) for part in typing.get_args(annotation))
    return next((part for part in found if part is not None), None)


def _label(shown: list[str]) -> str:
    """Return ``[client] period.start`` or ``[[source]] no. 2 adapter``."""
    if not shown:
        return ""
    first, rest = shown[0], shown[1:]
    if first in sections() or not rest:
        return f"[{first}] {'.'.join(rest)}".strip()
    if rest[0].startswith("no. "):
        return f"[[{first}]] {rest[0]} {'.'.join(rest[1:])}".strip()
    return f"[{first}] {'.'.join(rest)}"
