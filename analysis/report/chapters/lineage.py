"""Appendix: from every file to the exhibits that rest on it, and from every figure back to stage, function and bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Listing, Part, Source, Subhead
from analysis.report.context import FUNCTIONS, Context, function_of
from analysis.report.exhibits.rows import reasons

HASH_DIGITS = 12
READS = {
    "baseline": ("intake",),
    "utilization": ("intake", "baseline"),
    "blending": ("intake", "baseline"),
    "value": ("intake", "baseline", "utilization", "blending"),
    "readiness": ("intake", "baseline", "utilization", "blending", "value"),
}


def chapter(c: Context, before: Sequence[Chapter]) -> Chapter:
    """Return the appendix on lineage; `before` are the chapters whose exhibits it names."""
    words = c.words
    parts: list[Part] = []
    if len(c.intake.files):
        parts.append(_files(c, drawn_from(before)))
    parts.append(_stages(c))
    if len(c.intake.states):
        parts.append(_states(c))
    parts += [Subhead(words("lineage.versions", run=c.run.run_id)), _versions(c)]
    answer = words(
        "lineage.answer", n=c.n.count(len(c.quantities)), files=words.some("lineage.n_files", len(c.run.inputs))
    )
    return Chapter(words("lineage.topic"), words("lineage.question"), answer, parts, appendix=True)


def drawn_from(chapters: Iterable[Chapter]) -> dict[str, list[int]]:
    """Return the numbers of the exhibits that name each table as their source."""
    found: dict[str, list[int]] = {}
    exhibits = [part for chapter in chapters for part in chapter.parts if isinstance(part, Exhibit)]
    for number, exhibit in enumerate(exhibits, start=1):
        for table in exhibit.source.tables if isinstance(exhibit.source, Source) else ():
            found.setdefault(table, []).append(number)
    return found


def spans(numbers: Sequence[int]) -> str:
    """Return numbers with neighbours put together.

    Examples
    --------
    >>> spans([1, 2, 3, 7, 9, 10])
    '1–3, 7, 9, 10'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)


def _files(c: Context, exhibits: dict[str, list[int]]) -> Exhibit:
    """Return every input: its bytes, its rows by fate, the tables it feeds and the exhibits drawn from these."""
    words, rows = c.words, []
    frame = c.intake.files
    for name, digest in sorted(c.run.inputs.items()):
        mine = frame[frame["file"] == name]
        tables = list(mine["table"])
        drawn = spans([number for table in tables for number in exhibits.get(table, [])])
        left = int(mine["duplicate"].sum()) + sum(
            sum(reasons(cell).values()) for column in ("excluded", "rejected") for cell in mine[column]
        )
        rows.append(
            (
                str(name).removeprefix("data/"),
                Cell(str(digest)[:HASH_DIGITS], tone="muted"),
                c.n.count(mine["physical"].sum()) if tables else "–",
                c.n.count(mine["used"].sum()) if tables else "–",
                c.n.count(left) if tables else "–",
                words.listed([words(f"table.{table}") for table in dict.fromkeys(tables)]) or words("lineage.codes"),
                drawn or "–",
            )
        )
    widths = (("file", 2.6), ("hash", 1.6), ("rows", 1), ("used", 1), ("left", 1), ("tables", 2.4), ("exhibits", 3))
    right = ("rows", "used", "left")
    return Exhibit(
        words(
            "lineage.files.headline",
            files=words.some("sources.files", frame["file"].nunique()),
            used=c.n.count(frame["used"].sum()),
            rows=c.n.count(frame["physical"].sum()),
        ),
        c.source(results=("intake",)).counted(
            words.some("lineage.n_files", len(rows)), words("lineage.files.definition")
        ),
        columns=[
            Column(words(f"lineage.column.{name}"), "right" if name in right else "left", width)
            for name, width in widths
        ],
        rows=rows,
        dense=True,
    )


def _stages(c: Context) -> Exhibit:
    """Return each stage with its function, what it reads and how many quantities it gives."""
    words, rows = c.words, []
    for stage, function in FUNCTIONS.items():
        mine = [quantity for at, quantity in c.quantities if function_of(at, quantity.id) == function]
        if stage == "value" and c.value is None:
            continue
        valued = sum(quantity.estimate.value is not None for quantity in mine)
        files = len(c.inputs_of("readiness" if stage == "value" else stage))
        rows.append(
            (
                Cell(words(f"stage.{stage}"), strong=True),
                function,
                words.listed([words(f"stage.{one}") for one in READS.get(stage, ())]) or words("lineage.exports"),
                c.n.count(files) if files else "–",
                c.n.count(len(mine)) if mine else "–",
                c.n.count(valued) if mine else "–",
            )
        )
    widths = (("stage", 1.6), ("function", 2.4), ("reads", 4.6), ("files", 1), ("quantities", 1.1), ("valued", 1.1))
    left = ("stage", "function", "reads")
    return Exhibit(
        words(
            "lineage.stages.headline",
            n=words.some("lineage.n_quantities", len(c.quantities)),
            stages=c.n.count(len(rows)),
        ),
        c.source(results=tuple(stage for stage in READS if stage != "value" or c.value is not None)).counted(
            words.some("lineage.n_quantities", len(c.quantities)), words("lineage.stages.definition")
        ),
        columns=[
            Column(words(f"lineage.column.{name}"), "left" if name in left else "right", width)
            for name, width in widths
        ],
        rows=rows,
        dense=True,
    )


def _states(c: Context) -> Exhibit:
    """Return the client's codes and the part of the ladder that each was read as."""
    words, frame = c.words, c.intake.states
    rows = [
        (
            str(row.source).removeprefix("data/"),
            str(row.state_raw),
            words(f"state.{row.state}"),
            c.n.hours(row.hours) if row.hours == row.hours else "–",
        )
        for row in frame.itertuples()
    ]
    widths = (("source", 3), ("raw", 3), ("state", 2), ("hours", 1.2))
    return Exhibit(
        words(
            "states.headline", codes=words.some("states.codes", len(frame)), parts=c.n.count(frame["state"].nunique())
        ),
        c.source(*_coded(c)).counted(words.some("states.codes", len(frame)), words("states.definition")),
        columns=[
            Column(words(f"states.{name}"), "right" if name == "hours" else "left", width) for name, width in widths
        ],
        rows=rows,
        dense=True,
    )


def _coded(c: Context) -> list[str]:
    """Return the tables whose rows carry codes of the client."""
    present = set(c.intake.files["table"])
    return [table for table in ("spells", "state_totals", "schedule", "observations") if table in present]


def _versions(c: Context) -> Listing:
    words = c.words
    versions = sorted(c.run.versions.items())
    third = -(-len(versions) // 3)
    lanes = [versions[start * third : (start + 1) * third] for start in range(3)]
    rows = [[str(cell) for lane in lanes for cell in (lane[at] if at < len(lane) else ("", ""))] for at in range(third)]
    labels = (words("traces.package"), words("traces.version")) * 3
    return Listing([Column(label, width=2) for label in labels], rows)
