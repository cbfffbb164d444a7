"""The letter that asks a client for exports: what is needed, and from each system which report, how, and under which clock."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.adapters.format import Format, Request

# The system's part stands before this heading of the letter.
_BEFORE = "## What else to tell us with each file"
# Row of the letter's table: its number and name, by the table of ours that it fills; in the order in which a client should try.
_ROWS: dict[str, tuple[int, str]] = {
    "spells": (1, "agent states"),
    "state_totals": (1, "agent states"),
    "contacts": (2, "contacts"),
    "volumes": (3, "volumes"),
    "forecasts": (4, "forecast"),
    "schedule": (5, "schedule"),
    "roster": (6, "roster"),
    "skills": (7, "skills"),
    "work_items": (8, "work items"),
    "item_types": (9, "item types"),
    "workload": (10, "weekly workload"),
    "quality": (11, "quality"),
    "self_reports": (12, "self-reports"),
}


def vendors() -> dict[str, list[Format]]:
    """Return the vendors whose exports the kit knows, each with its formats in the order of the letter's table.

    Examples
    --------
    >>> "genesys" in vendors()
    True
    """
    found: dict[str, list[Format]] = {}
    for form in map(format_of, adapter_names()):
        if form.vendor:
            found.setdefault(form.vendor, []).append(form)
    order = list(_ROWS)
    return {
        name: sorted(found[name], key=lambda form: (order.index(str(form.table)), form.title)) for name in sorted(found)
    }


def chosen_vendors(words: Sequence[str]) -> list[str]:
    """Return the vendors that were asked for, each once.

    Parameters
    ----------
    words
        Names, or several with commas between them.

    Raises
    ------
    UsageProblem
        The kit knows no such vendor; all that it knows are named.
    """
    known = vendors()
    asked = [name.strip().lower() for word in words for name in word.split(",") if name.strip()]
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageProblem(
                f"--vendor {name}: the kit knows no exports of this vendor.{hint} It knows {', '.join(known)}. "
                "For others the general letter will do: leave --vendor out."
            )
    return list(dict.fromkeys(asked))


def data_request(names: Sequence[str] = ()) -> str:
    """Return the letter, with a part for each vendor.

    Parameters
    ----------
    names
        Vendors, as :func:`chosen_vendors` returns them.
    """
    letter = (assets() / "templates" / "engagement" / "data_request.md").read_text(encoding="utf-8")
    known = vendors()
    parts = "".join(_part(known[name]) for name in names)
    head, mark, tail = letter.partition(_BEFORE)
    return f"{head}{parts}{mark}{tail}" if mark else f"{letter}\n{parts}"


def _part(forms: Sequence[Format]) -> str:
    """Return the part of the letter about one vendor's systems."""
    products = " and ".join(dict.fromkeys(form.title.partition(":")[0] for form in forms))
    numbers = sorted({_ROWS[str(form.table)][0] for form in forms})
    rows = f"row {numbers[0]}" if len(numbers) == 1 else f"rows {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    lines = [
        f"## From {products}",
        f"From here can come {rows} of the table above; the rest comes from wherever you keep it. For every export: the period at the top of",
        "this letter, every day of it, and everybody who works there. Leave the names of columns as they are, and leave out columns about your",
        "customers, such as names and telephone numbers. Where several exports stand under one row, send the first that you can make; where",
        "one names another beside it, send both.",
        "",
    ]
    for number in numbers:
        there = [form for form in forms if _ROWS[str(form.table)][0] == number]
        lines += [f"### Row {number}: {_ROWS[str(there[0].table)][1]}", ""]
        for form in sorted(there, key=_only_sign_on):
            lines += _export(form)
    return "\n".join([*lines, ""])


def _only_sign_on(form: Format) -> bool:
    """Return whether an export says only when people were signed on, not what they did."""
    return "state" in form.constants


def _export(form: Format) -> list[str]:
    """Return what to ask for about one export."""
    name = (form.title.partition(":")[2] or form.title).strip()
    name = name[:1].upper() + name[1:]
    if _only_sign_on(form):
        name += " (beside the others: it says when people were signed on, not what they did)"
    if form.request is None:
        return [f"**{name}**: we can read this export too, if it is the easier one for you.", ""]
    request: Request = form.request
    columns = ", ".join(f"`{column}`" if " such as " not in column else column for column in request.columns)
    return [
        f"**{name}**",
        "",
        f"- Where: {_sentence(request.report)}",
        f"- Columns: {columns}",
        f"- Watch out: {_sentence(request.limits)}",
        f"- Clock: {_sentence(request.zone)}",
        f"- Before you send it: {_sentence(request.pseudonyms)}",
        "",
    ]


def _sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a full stop."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
