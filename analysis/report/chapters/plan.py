"""How to start, and when to stop: phases, what stands before them, rules to go on and to stop, two weeks, what is watched."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.blocks import Absent, Cell, Chapter, Column, Exhibit, Listing, Part, Text
from analysis.report.context import Context
from analysis.report.exhibits import phases as timeline
from analysis.report.exhibits import pilot

PHASES = ("crawl", "walk", "run")
INDENT = "\u00a0" * 4


def chapter(c: Context) -> Chapter:
    """Return the chapter on the plan, for the way that it takes."""
    way = way_of(c.readiness.plan)
    parts: list[Part] = []
    if way == "blend":
        parts += [_timeline(c), *_phases(c), *_holds(c)]
    elif way:
        parts += [_steps(c, way), *_holds(c)]
    parts += _calendar(c, way)
    if way == "blend":
        parts += _pilot(c)
    parts += _kpis(c)
    return Chapter(c.words("plan.topic"), c.words("plan.question"), _answer(c, way), parts)


def way_of(frame: pd.DataFrame) -> str:
    """Return which way a plan takes: ``blend``, ``answer`` or ``instead``; empty without a plan."""
    for way in ("answer", "instead"):
        if (frame["phase"] == way).any():
            return way
    return "blend" if len(frame) else ""


def _of(c: Context, kind: str, phase: str = "") -> pd.DataFrame:
    frame = c.readiness.plan
    rows = frame[frame["kind"] == kind]
    return rows[rows["phase"] == phase] if phase else rows


def _in_plan(c: Context) -> list[str]:
    """Return the phases that the plan holds."""
    present = set(_of(c, "do")["phase"])
    return [phase for phase in PHASES if phase in present]


def _answer(c: Context, way: str) -> str:
    words = c.words
    if not way:
        return c.readiness.verdict.headline
    if way != "blend":
        steps = words.some("plan.steps", len(_of(c, "do")))
        left = " ".join(_of(c, "left_out")["text"]) if way == "instead" else ""
        return left or words(f"plan.say.{way}", steps=steps)
    phases = _in_plan(c)
    count = int((_of(c, "entry", phases[0])["criterion"] != "").sum())
    return words(
        "plan.say.blend" if count else "plan.say.ready",
        mode=words(f"plan.phase.{phases[0]}").split(": ")[-1],
        open=words.some("plan.entries", count),
        weeks=words.n.count(int(_of(c, "do")["week_to"].max())),
        phases=words.some("plan.phases", len(phases)),
    )


def _timeline(c: Context) -> Part:
    """Return the phases on their weeks."""
    return c.drawn(
        timeline,
        timeline.plan_phases,
        c.readiness,
        name="phases",
        height_mm=timeline.height_mm(c.readiness),
        margins_mm=timeline.MARGINS_MM,
        source=c.source("answers", results=("readiness",)).counted(
            c.words.some("plan.phases", len(_in_plan(c))), c.words("phases.source")
        ),
    )


def _phases(c: Context) -> list[Part]:
    """Return what is done in each phase and what is open before it, then who gives the go; owners and evidence stand with the changes."""
    words = c.words
    rows: list[tuple[str | Cell, ...]] = []
    for phase in _in_plan(c):
        ids = [str(name) for name in dict.fromkeys(_of(c, "entry", phase)["criterion"]) if name]
        before = Cell(", ".join(ids), strong=True) if ids else Cell(words("plan.before"), tone="muted")
        done = " ".join(_of(c, "do", phase)["text"])
        rows.append((Cell(words(f"plan.phase.{phase}"), strong=True), done, before))
    rows += [
        (Cell(words(f"plan.phase.{row.phase}"), tone="muted"), Cell(str(row.text), tone="muted"), "–")
        for row in _of(c, "left_out").itertuples()
    ]
    columns = (
        Column(words("plan.column.phase"), width=2.6),
        Column(words("plan.column.work"), width=7.2),
        Column(words("plan.column.before"), width=2.2),
    )
    entry = _of(c, "entry")
    goes = dict.fromkeys(str(text) for text in entry.loc[entry["criterion"] == "", "text"])
    return [Listing(columns, rows), Text(words("plan.go", go=" ".join(goes)))]


def _open_columns(c: Context) -> tuple[Column, ...]:
    return (
        Column(c.words("ready.column.criterion"), width=0),
        Column(c.words("plan.column.what"), width=5.6),
        Column(c.words("plan.column.owner"), width=2.6),
        Column(c.words("plan.column.evidence"), width=4.2),
    )


def _open(c: Context, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    evidence = Cell(str(row["evidence"]), tone="muted")
    if row["state"] == "unknown" and row["criterion"]:
        evidence = Cell(c.words("plan.unanswered", evidence=row["evidence"]), tone="warning")
    return Cell(str(row["criterion"]), strong=True), str(row["text"]), str(row["owner_role"]), evidence


def _steps(c: Context, way: str) -> Exhibit:
    """Return the steps of a client that gets no phases: towards an answer, or instead of blending."""
    words = c.words
    frame = c.readiness.plan
    rows = frame[frame["kind"].isin(["entry", "do"])]
    done = frame.loc[(frame["kind"] == "exit") & (frame["measure"] == ""), "text"]
    return Exhibit(
        words(f"plan.headline.{way}", steps=words.some("plan.steps", len(rows))),
        c.source("answers", results=("readiness",)).counted(
            words.some("plan.steps", len(rows)),
            *(words("plan.done_when", text=text) for text in done),
            words("plan.steps_source"),
        ),
        columns=_open_columns(c),
        rows=[_open(c, row) for row in rows.to_dict("records")],
    )


def _holds(c: Context) -> list[Exhibit]:
    """Return what must hold to go on beside its stop rule: of the first phase, and where a later one differs."""
    words, frame = c.words, c.readiness.plan
    exits, stops = frame[(frame["kind"] == "exit") & (frame["measure"] != "")], frame[frame["kind"] == "stop"]
    if exits.empty:
        return []
    phases = list(dict.fromkeys(exits["phase"]))
    rows: list[tuple[str | Cell, ...]] = []
    seen: set[tuple[str, str]] = set()
    for row in exits.itertuples():
        if (row.measure, row.text) in seen:
            continue
        seen.add((str(row.measure), str(row.text)))
        rule = stops.loc[(stops["phase"] == row.phase) & (stops["measure"] == row.measure), "text"]
        later = row.phase != phases[0]
        name = f"{row.measure}, {words(f'plan.phase_short.{row.phase}')}" if later else str(row.measure)
        stop = str(rule.iloc[0]) if len(rule) else ""
        told = stop != "" and (str(row.measure), stop) in seen
        seen.add((str(row.measure), stop))
        rows.append(
            (
                Cell(name, strong=True),
                str(row.text),
                Cell(words("plan.as_before") if told else stop or "–", tone="muted"),
            )
        )
    return [
        Exhibit(
            words("plan.headline.holds", n=words.n.count(exits["measure"].nunique())),
            c.source(results=("baseline", "utilization", "readiness")).counted(
                words.some("plan.n_rules", exits["measure"].nunique()),
                words(
                    "plan.holds_source" if phases[0] in PHASES else "plan.holds_source_instead",
                    phases=words.listed([words(f"plan.phase_short.{phase}") for phase in phases]),
                ),
            ),
            columns=(
                Column(words("plan.column.measure"), width=1.9),
                Column(words("plan.column.go"), width=5.4),
                Column(words("plan.column.stop"), width=5.4),
            ),
            rows=rows,
            dense=True,
        )
    ]


def _calendar(c: Context, way: str) -> list[Exhibit]:
    words, frame = c.words, c.readiness.calendar
    if frame.empty:
        return []
    rows: list[tuple[str | Cell, ...]] = []
    for row in frame.itertuples():
        rows.append((Cell(str(row.day), strong=True), str(row.what), str(row.who), Cell(str(row.why), tone="muted")))
    return [
        Exhibit(
            words("plan.headline.calendar", last=words(f"plan.last.{way}"), day=words.n.count(frame["day"].max())),
            c.source("answers", "listening", results=("readiness",)).counted(
                words("plan.n_days", n=words.n.count(frame["day"].max())), words("plan.calendar_source")
            ),
            columns=(
                Column(words("plan.column.day"), width=0),
                Column(words("plan.column.what"), width=5.2),
                Column(words("plan.column.who"), width=3.2),
                Column(words("plan.column.why"), width=4.2),
            ),
            rows=rows,
            dense=True,
        )
    ]


def _pilot(c: Context) -> list[Part]:
    """Return the pilot's design pool by pool: what it can see of each measure, and when it stops."""
    words, frame = c.words, c.readiness.pilot
    if frame.empty:
        return [Absent(words("plan.pilot.absent"), words("plan.pilot.needed"))]
    parts: list[Part] = [*_power(c)]
    several = frame["pool"].nunique() > 1
    for pool, part in frame.groupby("pool", sort=False):
        ok = part[(part["status"] == "ok") & part["weeks"].notna()]
        if ok.empty:
            reason = str(part["sentence"].iloc[0] or part["reason"].iloc[0])
            parts.append(Absent(words("plan.pilot.absent"), reason))
            continue
        first = ok.iloc[0]
        key = "plan.pilot.pool" if several else "plan.pilot.headline"
        rows = [_outcome(c, str(pool), row) for row in part.to_dict("records")]
        parts.append(
            Exhibit(
                words(key, pool=pool, unit=words(f"plan.pilot.unit.{first['unit']}"), weeks=int(ok["weeks"].max())),
                c.source("contacts", "volumes", "work_items", "quality", results=("readiness",)).counted(
                    words.some("plan.n_weeks", int(ok["weeks"].max())),
                    words(
                        "plan.pilot.source", power=words.n.share(first["power"]), level=words.n.share(first["level"])
                    ),
                ),
                columns=(
                    Column(words("plan.column.measure"), width=3.0),
                    Column(words("plan.column.today"), "right", 1.2),
                    Column(words("plan.pilot.seen"), "right", 2.9),
                    Column(words("plan.pilot.stop"), width=5.6),
                ),
                rows=rows,
                dense=True,
            )
        )
    return parts


def _power(c: Context) -> list[Part]:
    """Return what a pilot of so many weeks sees, for the first pool that it can be planned for."""
    pools = [str(pool) for pool in c.readiness.pilot["pool"].unique()]
    shown = next((pool for pool in pools if not pilot.missing(c.readiness, pool=pool, theme=c.theme)), "")
    if not shown:
        return []
    drawn = c.drawn(
        pilot, pilot.pilot_power, c.readiness, name="pilot_power", height_mm=pilot.HEIGHT_MM,
        margins_mm=pilot.MARGINS_MM, pool=shown,
        source=c.source("contacts", "volumes", results=("readiness",)).counted(
            c.words("plan.n_pilots", n=c.n.count(c.readiness.settings.pilot_draws)), c.words("plan.pilot.power")
        ),
    )  # fmt: skip
    return [drawn]


def _outcome(c: Context, pool: str, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return one measure of the pilot: today, the smallest change that it sees, and its stop rule."""
    words, unit = c.words, str(row["unit_of_outcome"])
    rules = c.readiness.stop_rules
    rule = rules[(rules["pool"] == pool) & (rules["outcome"] == row["outcome"])]
    stop = (
        _capital(str(rule["sentence"].iloc[0]).split(": ")[0].removeprefix(words("plan.pilot.prefix")))
        if len(rule)
        else "–"
    )
    today = "–" if pd.isna(row["today"]) else _in_unit(c, float(row["today"]), unit)
    seen: str | Cell = Cell(words("plan.pilot.not_judged"), tone="muted")
    if row["status"] == "ok" and not pd.isna(row["detectable"]):
        low, middle, high = (_change(c, float(row[f"detectable{end}"]), unit) for end in ("_low", "", "_high"))
        seen = words(f"plan.pilot.change.{unit}", middle=middle, low=low, high=high)
    return _capital(str(row["words"])), today, seen, stop


def _in_unit(c: Context, value: float, unit: str) -> str:
    if unit == "share":
        return c.words.n.fine_share(value)
    return c.words.n.length(value) if unit == "s" else c.words.n.plain_number(value)


def _change(c: Context, value: float, unit: str) -> str:
    return c.words.n.plain_number(100 * value if unit == "share" else value)


def _kpis(c: Context) -> list[Exhibit]:
    """Return the figures as a tree: goals, what drives them below, and the guards."""
    words, frame = c.words, c.readiness.kpis
    if frame.empty:
        return []
    counts = frame["role"].value_counts()
    rows = [_kpi(c, row, depth) for row, depth in _tree(frame)]
    guards = [_kpi(c, row, 0) for row in frame[frame["role"] == "guard"].to_dict("records")]
    if guards:
        rows += [(Cell(words("plan.group.guard"), strong=True), "", "", "", ""), *guards]
    some = {role: words.some(f"plan.of_role.{role}", int(n)) for role, n in counts.items()}
    listed = words.listed([some[role] for role in ("goal", "driver", "guard") if role in some])
    return [
        Exhibit(
            words("plan.headline.kpis", roles=listed),
            c.source(results=("baseline", "utilization", "blending", "readiness")).counted(
                words.some("plan.n_figures", len(frame)),
                words("plan.kpis_source", smallest=words.n.count(c.baseline.settings.minimum_group_agents)),
            ),
            columns=(
                Column(words("plan.column.kpi"), width=5.6),
                Column(words("plan.column.today"), "right", 2.2),
                Column(words("plan.column.limit"), "right", 1.2),
                Column(words("plan.column.direction"), width=1.0),
                Column(words("plan.column.owner"), width=2.8),
            ),
            rows=rows,
            dense=True,
        )
    ]


def _tree(frame: pd.DataFrame) -> list[tuple[dict[str, Any], int]]:
    """Return goals and what drives them in the order of the tree, with their depth."""
    records = frame.to_dict("records")

    def below(parent: str, depth: int) -> list[tuple[dict[str, Any], int]]:
        found = []
        for row in records:
            if row["parent"] == parent and row["role"] != "guard":
                found += [(row, depth), *below(row["kpi"], depth + 1)]
        return found

    return below("", 0)


def _kpi(c: Context, row: dict[str, Any], depth: int) -> tuple[str | Cell, ...]:
    words = c.words
    return (
        Cell(INDENT * depth + str(row["words"]), strong=row["role"] == "goal"),
        _figure(c, row, "today"),
        _figure(c, row, "limit"),
        words(f"plan.direction.{row['direction']}"),
        str(row["owner_role"]),
    )


def _figure(c: Context, row: dict[str, Any], name: str) -> str:
    words, value = c.words, float(row[name])
    if pd.isna(value):
        bounds = float(row["today_low"]), float(row["today_high"])
        known = name == "today" and not pd.isna(bounds[0]) and not pd.isna(bounds[1])
        return words.n.bounds(*bounds, row["unit"], sign=True) if known else "–"
    if row["unit"] == "level":
        return words("plan.unit.level", level=words.n.count(value))
    if row["unit"] == "times":
        return words("plan.unit.times", times=words.n.short(value))
    if name == "limit":
        return words.n.fine_share(value) if row["unit"] == "share" else words.n.figure(value, row["unit"])
    if row["unit"] == "share" and 0 < value < 0.1:
        return words.n.fine_share(value)
    return words.n.interval(value, float(row["today_low"]), float(row["today_high"]), row["unit"])


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
