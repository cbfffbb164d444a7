"""Page two: the capacity balance, which adds up: paid hours today, what is freed, what of it is cash, what stays, what it hangs on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.report.blocks import Cell, Column, Drawing, table_record
from analysis.report.chapters import decisions, logs, worth
from analysis.report.context import Context
from analysis.report.exhibits import paid_hours
from analysis.report.exhibits.paid_hours import ITEMS, OFF, RESERVE, TAKEN_UP, Part, Side, allotted, stepped
from analysis.report.numbers import mark

# shares that are figures of the baseline; the others are what remains of a total
MEASURED = {"utilization": "utilization", "support": "support_share", "idle": "idle_share", "away": "away_share",
            "unaccounted": "unaccounted_share"}  # fmt: skip
FREED = ("freed_in_place", "freed_by_moving")
# what the client states, as those who were asked said it
STATED = mark("C")
INDENT = "\u00a0\u00a0\u00a0"


def drawings(c: Context) -> list[Drawing]:
    """Return the chart of page two, if it can be drawn."""
    if paid_hours.missing(c.baseline, value=c.value):
        return []
    draw = lambda ax: paid_hours.paid_week(c.baseline, value=c.value, ax=ax, theme=c.theme)  # noqa: E731
    return [Drawing("capacity_balance", draw, paid_hours.height_mm(c.baseline, c.value), paid_hours.MARGINS_MM)]


def page(c: Context) -> dict[str, Any]:
    """Return page two for the template.

    Parameters
    ----------
    c
        The results of all stages, and the words to tell them with.

    Returns
    -------
    dict
        `topic`, `title` (the finding), `lead` (what agents take over), `file` and `alt` of the chart (empty without), `source`,
        `ledger` (a table; no rows without), `absent` (why there is none, and what it takes), `blocks` (value, conditions, what is left out).
    """
    words, found, drawn = c.words, paid_hours.sides(c.baseline, c.value), drawings(c)
    said = {} if c.value is None else c.value.sentences
    known = c.value is not None and any(side.freed or side.after for side in found)
    title = paid_hours.headline(c.baseline, value=c.value, theme=c.theme) if found else _unknown(c)
    why = "" if known else said.get("balance") or words("missing.balance")
    return {
        "topic": words("balance_page.topic"),
        "title": f"{title}.",
        "lead": _lead(c, found),
        "file": f"{drawn[0].name}.svg" if drawn else "",
        "alt": paid_hours.alt_text(c.baseline, value=c.value, theme=c.theme) if drawn else "",
        "source": _source(c) if drawn else words("balance_page.record.source", period=c.period) if _recorded(c) else "",
        "ledger": _ledger(c, found) if found else _on_record(c),
        "absent": [{"term": why, "text": words("balance_page.need")}] if why else [],
        "blocks": [block for block in (_worth(c), _conditions(c, found), _left_out(c)) if block["items"]],
    }  # fmt: skip


def _lead(c: Context, found: list[Side]) -> str:
    """Return what blending fills of the waiting, and what stays; what the freed hours are with their interval."""
    words, parts = c.words, []
    if c.value is not None and any(side.freed for side in found):
        parts.append(words("balance_page.freed", hours=worth.hours(c, "freed")))
    for side in found:
        moved = side.shown(ITEMS, after=True)
        if moved:
            low_high = worth.hours(c, "moved")
            parts.append(words("balance_page.filled", waiting=c.n.count(side.shown("idle")), hours=low_high or c.n.count(moved),
                               stays=c.n.count(side.shown(RESERVE, after=True))))  # fmt: skip
    return " ".join(parts)


def _source(c: Context) -> str:
    said = "" if c.value is None else c.value.sentences.get("fte", "").partition(". ")[0]
    return " ".join(
        part for part in (c.words("balance_page.source", period=c.period), f"{said}." if said else "") if part
    )


def _ledger(c: Context, found: list[Side]) -> dict[str, Any]:
    """Return the lines of the balance: hours today and after, their range, what becomes of them, where they come from."""
    words, rows = c.words, []
    for side in found:
        rows += [row for row in (_whole(c, side), *_parts(c, side)) if row]
    label = "balance_page.column"
    columns = (
        Column(words(f"{label}.line"), width=3.2), Column(words(f"{label}.today"), "right", 0.85), Column(words(f"{label}.after"), "right", 0.85),
        Column(words(f"{label}.range"), "right", 1.9), Column(words(f"{label}.means"), width=4.6), Column(words(f"{label}.source"), width=3.7),
    )  # fmt: skip
    return table_record(columns, rows)


def _on_record(c: Context) -> dict[str, Any]:
    """Return the hours on record where no paid time is known: work, gaps between records, and what both add up to."""
    words, rows = c.words, list[list[Cell | str]]()
    bound, unknown = (words(f"balance_page.record.{key}") for key in ("bound", "unknown"))
    for name in _recorded(c):
        work, span, whole = c.fact(name, "work_h"), c.fact(name, "span_h"), words(f"population.{name}")
        if math.isnan(span) or not span >= work > 0:
            named = words("balance_page.record.alone", population=whole)
            rows.append(_record_line(c, named, (stepped(work), "", bound, "work_h"), strong=True))
            continue
        named, edge = words("balance_page.record.span", population=whole), words("balance_page.record.edge")
        rows.append(_record_line(c, named, (stepped(span), c.n.share(1.0), edge, "span_h"), strong=True))
        done, gaps = allotted(stepped(span), [work, span - work])
        lines = {"work": (done, c.n.share(work / span), bound, "work_h"),
                 "gaps": (gaps, c.n.share(1 - work / span), unknown, "span_h, work_h")}  # fmt: skip
        rows += [
            _record_line(c, f"{INDENT}{words(f'balance_page.record.{key}')}", cells) for key, cells in lines.items()
        ]
    label = "balance_page.column"
    columns = (
        Column(words(f"{label}.record"), width=4.4), Column(words(f"{label}.hours"), "right", 1.0), Column(words(f"{label}.share"), "right", 1.0),
        Column(words(f"{label}.what"), width=5.2), Column(words(f"{label}.source"), width=3.8),
    )  # fmt: skip
    return table_record(columns, rows)


def _recorded(c: Context) -> list[str]:
    """Return the populations of which the logs alone show hours of work."""
    return [name for name in reversed(c.populations()) if name in logs.unmeasured(c) and c.fact(name, "work_h") > 0]


def _record_line(c: Context, name: str, cells: tuple[int, str, str, str], *, strong: bool = False) -> list[Cell | str]:
    hours, share, means, fact = cells
    figure = Cell(c.n.count(hours), strong=strong)
    return [Cell(name, strong=strong), figure, share, means, _id(f"baseline.facts.{fact}")]


def _whole(c: Context, side: Side) -> list[Cell | str]:
    """Return the line of a population's paid hours: the same before and after, for nobody is paid less."""
    after = c.n.count(side.paid.shown) if side.after else "–"
    rows = c.baseline.attendance
    rows = rows[rows["population"] == side.population]
    source = str(rows["source"].iloc[0]) if len(rows) else ""
    means = c.words(
        "balance_page.means.paid", source=c.words(f"table.{source}") if f"table.{source}" in c.words else source
    )
    name = c.words("balance_page.line.paid", population=c.words(f"population.{side.population}"))
    return [Cell(name, strong=True), Cell(c.n.count(side.paid.shown), strong=True), Cell(after, strong=True),
            c.words("balance_page.counted") + _paid_grade(c, side), means, _id("baseline.ladder.PAID")]  # fmt: skip


def _paid_grade(c: Context, side: Side) -> str:
    rows = c.baseline.attendance
    rows = rows[rows["population"] == side.population]
    return mark(str(rows["grade"].iloc[0])) if len(rows) else ""


def _parts(c: Context, side: Side) -> list[list[Cell | str]]:
    """Return the lines of a population: what the hours are today, then what they are after."""
    rows = [_today(c, side, part) for part in side.today]
    kept = {part.key for part in side.today}
    changed = [_after(c, side, part) for part in side.after if part.key not in kept]
    if not side.freed:
        return [*rows[:-1], *changed, rows[-1]]
    # below what is needed stands what is freed: the sum, how it comes about, what takes it up
    freed = [_after(c, side, part, of=part.key in FREED) for part in side.freed]
    return [*rows[:-1], changed[0], *freed, *changed[1:], rows[-1]]


def _today(c: Context, side: Side, part: Part) -> list[Cell | str]:
    """Return a line of today; after the change it is the same, or dissolved into the lines below."""
    words, name = c.words, MEASURED.get(part.key, "")
    found = c.estimate(f"baseline.{name}", population=side.population) if name else None
    identity = f"baseline.{name}" if name else ""
    if part.key == "observed":
        found, identity = c.estimate("baseline.non_work_share", population=side.population), "baseline.non_work_share"
    span = _scaled(c, part, found) if found is not None else words("balance_page.remainder")
    stays = any(part.key == one.key for one in side.after)
    after = c.n.count(side.shown(part.key, after=True)) if stays else "–" if not side.after else ""
    key = f"balance_page.means.{part.key}_{side.population}"
    means = words(key if key in words else f"balance_page.means.{part.key}", share=_promise(c))
    if part.key == OFF:
        identity, span = "baseline.ladder.ABSENT, BREAK", words("balance_page.counted") + _paid_grade(c, side)
    return [
        f"{INDENT}{paid_hours.name_of(part, side.population, words)}",
        c.n.count(part.shown),
        after,
        span,
        means,
        _id(identity or "baseline.ladder"),
    ]


def _scaled(c: Context, part: Part, found: Any) -> str:
    """Return a share's interval in hours a week with its grade."""
    if found.value is None or found.low is None or found.high is None or not found.value > 0:
        return c.words("balance_page.remainder")
    scale = part.hours / found.value
    return c.n.bounds(found.low * scale, found.high * scale, "hours_per_week") + mark(found.grade)


def _after(c: Context, side: Side, part: Part, *, of: bool = False) -> list[Cell | str]:
    """Return a line of the change with its range and grade."""
    words, rows = c.words, c.value.balance if c.value is not None else pd.DataFrame()
    row = next(rows[rows["line"] == part.key].itertuples(), None) if len(rows) else None
    span = words("balance_page.stated") + STATED if part.key in TAKEN_UP[:-1] else _span(c, part.key, row)
    fte = c.n.agents(row.rostered_fte) if row is not None and pd.notna(row.rostered_fte) else ""
    means = words(f"balance_page.means.{part.key}", fte=fte)
    name = (
        words(f"balance_page.line.{part.key}")
        if f"balance_page.line.{part.key}" in words
        else paid_hours.name_of(part, side.population, words)
    )
    # parts of the sum stand further in: two ways to free it, then what takes it up
    deep = of or part.key in TAKEN_UP
    figure = Cell(c.n.count(part.shown), tone="muted" if of else "accent", strong=not deep)
    return [f"{INDENT * (2 if deep else 1)}{name}", "", figure, span, means, _id(f"value.balance.{part.key}")]


def _span(c: Context, line: str, row: Any) -> str:
    if row is None or pd.isna(row.low) or pd.isna(row.high):
        return c.words("balance_page.remainder")
    whole = c.estimate("utilization.achievable" if line == "freed_in_place" else "value.freed_h_per_week",
                       **({"population": "back_office"} if line == "freed_in_place" else {}))  # fmt: skip
    return c.n.bounds(float(row.low), float(row.high), "hours_per_week") + mark(
        whole.grade if whole is not None else ""
    )


def _id(name: str) -> Cell:
    return Cell(name, tone="muted")


def _promise(c: Context) -> str:
    """Return which share of the waiting is there because of the promise; a dash where that is not known."""
    need, idle = c.estimate("blending.structural_agents"), c.estimate("blending.idle_agents")
    if need is None or idle is None or need.value is None or not idle.value:
        return ""
    return c.n.share(min(need.value / idle.value, 1.0))


def _unknown(c: Context) -> str:
    """Return that nothing can be balanced, with the hours of work that are on record."""
    work = sum(c.fact(name, "work_h") for name in _recorded(c))
    return (
        c.words("balance_page.unknown_record", work=c.n.count(stepped(work)))
        if work
        else c.words("balance_page.unknown")
    )


def _worth(c: Context) -> dict[str, Any]:
    """Return what the freed hours are worth a week and a year, cash apart from capacity, and what the change costs."""
    words, value = c.words, c.value
    items = []
    cash, both = worth.money(c, "cashable_per_week"), worth.money(c, "combined_per_week")
    if cash:
        items.append(words("balance_page.worth.cash", money=cash))
        left = _left(c)
        items += [words("balance_page.worth.left", money=left)] if left else []
        items += [words("balance_page.worth.both", money=both)] if both else []
        year = worth.money(c, "cashable_per_year")
        items.append(words("balance_page.worth.year", money=year) if year else words("balance_page.worth.no_year"))
    elif value is not None:
        items.append(value.sentences.get("money", ""))
    if cash:
        stated = decisions.stated(c)
        key = "balance_page.worth.cost" if stated else "balance_page.worth.no_cost"
        items.append(words(key, cost=stated + STATED))
    return {"title": words("balance_page.worth.title"), "items": [item for item in items if item]}


def _left(c: Context) -> str:
    """Return what the hours that are left cost, with their range."""
    rows = c.value.money[c.value.money["line"] == "left"] if c.value is not None else pd.DataFrame()
    if rows.empty or pd.isna(rows["per_week"].iloc[0]) or not rows["per_week"].iloc[0]:
        return ""
    figure, low, high = (float(rows[name].iloc[0]) for name in ("per_week", "low", "high"))
    return c.n.money_interval(figure, low, high, c.client.currency) + mark("D")


def _conditions(c: Context, found: list[Side]) -> dict[str, Any]:
    """Return what would have to be true, each with its grade."""
    words, value, items = c.words, c.value, []
    if value is None or not any(side.freed or side.after for side in found):
        return {"title": words("balance_page.if.title"), "items": []}
    reach = c.figure("utilization.achievable", population="back_office")
    items += [words("balance_page.if.reach", share=reach)] if reach else []
    if any(side.shown(ITEMS, after=True) for side in found):
        ends = c.n.bounds(value.settings.uptake_low_share, value.settings.uptake_high_share, sign=True)
        items.append(words("balance_page.if.uptake", share=ends + mark("D")))
    stated = [words(f"balance_page.if.{name}", amount=amount) for name, amount in _stated(c)]
    items += [words("balance_page.if.stated", what=words.listed(stated)) + STATED] if stated else []
    if c.readiness.verdict.verdict == "ready_with_changes":
        frame = c.readiness.change_sets
        mine = frame[(frame["mode"] == c.readiness.verdict.mode) & (frame["goal"] == "ready")]
        items += [words.some("balance_page.if.changes", int(mine["changes"].iloc[0]))] if len(mine) else []
    elif c.readiness.verdict.verdict != "ready":
        items.append(words(f"balance_page.if.{c.readiness.verdict.verdict}"))
    if worth.money(c, "cashable_per_week"):
        items.append(words("balance_page.if.cost", share=c.n.share(value.settings.hourly_cost_spread_share)))
    return {"title": words("balance_page.if.title"), "items": items}


def _stated(c: Context) -> list[tuple[str, str]]:
    """Return what the client states that freed hours can replace."""
    if c.value is None:
        return []
    given = c.value.settings
    found = [("overtime", given.overtime_h_per_week, c.n.hours), ("outsourced", given.outsourced_h_per_week, c.n.hours),
             ("vacancies", given.vacancies_fte, c.n.agents)]  # fmt: skip
    return [(name, spell(amount)) for name, amount, spell in found if amount > 0]


def _left_out(c: Context) -> dict[str, Any]:
    """Return what is not in the balance, and why."""
    words, items = c.words, []
    rows = c.value.balance if c.value is not None else pd.DataFrame()
    instead = rows.loc[rows["line"] == "surplus_instead", "hours_per_week"] if len(rows) else pd.Series(dtype=float)
    if len(instead) and not math.isnan(instead.iloc[0]):
        items.append(words("balance_page.out.instead", hours=c.n.hours(float(instead.iloc[0]))))
    own = c.figure("utilization.reclaimable_h_per_week", population="contact_centre")
    items += [words("balance_page.out.own", hours=own)] if own else []
    items += [words(f"balance_page.out.{key}") for key in ("support", "quality", "posts")]
    return {"title": words("balance_page.out.title"), "items": items}
