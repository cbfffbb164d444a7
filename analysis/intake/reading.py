"""Reading all sources of an engagement into canonical tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.foundation.schema import DataProblem, Finding, empty_table, typed_table
from analysis.foundation.settings import Client, Period
from analysis.intake import mapping
from analysis.intake.adapters.formats import FORMATS
from analysis.intake.batch import TEXT, Batch, gather, sift
from analysis.intake.cast import cast, frame_of
from analysis.intake.checks import check
from analysis.intake.files import expand, fingerprint, relative
from analysis.intake.people import PERSONS, Pseudonyms
from analysis.intake.raw import RawFile
from analysis.intake.result import Intake
from analysis.intake.roster import FACTS, complete_roster, population_by_date
from analysis.intake.settings import Source
from analysis.intake.states import load_state_map, map_states
from analysis.intake.verdicts import verdict

Progress = Callable[[str, int, int], None]
# Tables with a state that the state map translates.
STATE_TABLES: tuple[str, ...] = ("spells", "state_totals", "schedule", "observations")


@dataclass(slots=True)
class _Part:
    """What one source gave."""

    batch: Batch
    frame: pd.DataFrame
    states: pd.DataFrame
    zone: str
    period: Period
    date_only: bool


@dataclass(slots=True)
class _Desk:
    """What the reading of all sources collects."""

    client: Client
    root: Path
    names: Pseudonyms
    progress: Progress | None
    strict: bool
    parts: list[_Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def question(self, problem: DataProblem, where: str) -> None:
        """Stop at a problem, or keep it as a finding when all of them are wanted."""
        if self.strict:
            raise problem
        self.findings.extend(problem.findings or [Finding("question", "ask", where, str(problem))])


def read_sources(
    sources: Sequence[Source], *, client: Client, root: Path, key: bytes, progress: Progress | None = None
) -> Intake:
    """Read the client's exports into canonical tables, with the fate of every row.

    Parameters
    ----------
    sources
        The [[source]] blocks of the engagement.
    client
        Zone, period and name of the client.
    root
        The engagement folder; files are looked for only inside it.
    key
        Secret of the pseudonyms, at least 16 bytes.
    progress
        Called with a file's name, its position and the number of files.

    Returns
    -------
    Intake
        Tables, files, states, rejects and findings.

    Raises
    ------
    DataProblem
        A file is refused, or a question must be answered in the engagement file first.

    Notes
    -----
    For each file: physical = header + banner + blank + total + duplicate + excluded + rejected + used, in whole rows;
    physical rows are counted by a second method (line ends, row elements, record counts).
    """
    return _read(sources, _Desk(client, Path(root), Pseudonyms(key), progress, strict=True))


def check_sources(
    sources: Sequence[Source], *, client: Client, root: Path, key: bytes, progress: Progress | None = None
) -> Intake:
    """Read as :func:`read_sources` does, but go on after a question and return every one of them as a finding.

    Parameters
    ----------
    sources, client, root, key, progress
        As in :func:`read_sources`.

    Returns
    -------
    Intake
        What could be read; `findings` holds the questions, with severity ``"ask"``.
    """
    return _read(sources, _Desk(client, Path(root), Pseudonyms(key), progress, strict=False))


def _read(sources: Sequence[Source], desk: _Desk) -> Intake:
    """Read all sources and put their tables together."""
    found: list[tuple[int, Source, list[Path]]] = []
    for number, source in enumerate(sources, start=1):
        try:
            found.append((number, source, expand(source, desk.root)))
        except DataProblem as problem:
            desk.question(problem, source.label)
    done, total = 0, sum(len(paths) for _, _, paths in found)
    for number, source, paths in found:
        files = []
        for path in paths:
            name = relative(path, desk.root)
            done += 1
            if desk.progress is not None:
                desk.progress(name, done, total)
            try:
                form = FORMATS[source.adapter]
                files.append(form.open(name, path, source, mapping.wanted(source, form.defaults)))
            except DataProblem as problem:
                desk.question(problem, name)
        try:
            if files:
                desk.parts.append(_source(desk, source, number, files))
        except DataProblem as problem:
            desk.question(problem, source.label)
    return _together(desk, tuple(sources))


def _source(desk: _Desk, source: Source, number: int, files: Sequence[RawFile]) -> _Part:
    """Return the rows of one source, cast, checked and under pseudonyms."""
    form = FORMATS[source.adapter]
    batch = gather(source, number, files)
    origins = mapping.origins(source, batch, form.defaults)
    sift(
        batch,
        keys=mapping.name_columns(origins),
        needed=mapping.needed_names(source, origins),
        keep_repeats=source.target == "observations" and "agent" not in origins,
    )
    mapping.exclude(batch, origins)
    zone, period = source.time_zone or desk.client.time_zone, source.period or desk.client.period
    columns = cast(batch, origins, zone=zone, near_year=period.start.year)
    if form.finish is not None:
        form.finish(batch, columns)
    check(batch, columns, period=period, zone=zone)
    states = pd.DataFrame()
    if source.target in STATE_TABLES:
        states = map_states(batch, columns, load_state_map(source, desk.root))
    frame = frame_of(batch, columns)
    for name, domain in PERSONS.items():
        if name in frame:
            frame[name] = desk.names.replace(frame[name], domain)
    if source.target in ("spells", "state_totals"):
        at = frame.index.to_numpy()
        frame["source"] = pd.array([files[position].file for position in batch.file_of[at]], dtype=TEXT)
        frame["source_row"] = batch.rows[at]
    rejected = int((batch.fates.codes != 0).sum())
    if rejected:
        _note_rejects(batch)
    return _Part(batch, frame, states, zone, period, _date_only(frame))


def _note_rejects(batch: Batch) -> None:
    """Keep one finding per reason for which rows were rejected."""
    counts: dict[str, list[tuple[str, int]]] = {}
    for file, fault in batch.faults():
        counts.setdefault(fault.reason, []).append((file, fault.row))
    for reason, places in counts.items():
        file, row = places[0]
        batch.note(
            f"rejected_{reason}",
            "rejected",
            f"{len(places)} rows rejected: {reason.replace('_', ' ')} (first: {file}, row {row}).",
            len(places),
        )


def _date_only(frame: pd.DataFrame) -> bool:
    """Return whether every stamp of a frame is a bare date."""
    stamps = [frame[name].dropna() for name in frame.columns if isinstance(frame[name].dtype, pd.DatetimeTZDtype)]
    stamps = [column for column in stamps if len(column)]
    if not stamps:
        return False
    return all(
        ((column.dt.minute == 0) & (column.dt.second == 0) & (column.dt.hour == column.dt.hour.iloc[0])).all()
        and len(column) > 1
        for column in stamps
    )


def _together(desk: _Desk, sources: tuple[Source, ...]) -> Intake:
    """Put the tables of all sources together and complete the roster."""
    tables: dict[str, pd.DataFrame] = {}
    for part in desk.parts:
        name = part.batch.source.target
        typed = typed_table(name, part.frame)
        tables[name] = pd.concat([tables[name], typed], ignore_index=True) if name in tables else typed
    seen = [
        (part.frame["agent"], part.batch.source.population, part.zone)
        for part in desk.parts
        if part.batch.source.target in FACTS and "agent" in part.frame
    ]
    try:
        tables["roster"], notes = complete_roster(tables.get("roster"), seen, zone=desk.client.time_zone)
        desk.findings += notes
    except DataProblem as problem:
        desk.question(problem, "roster")
        tables["roster"] = empty_table("roster")
    if "spells" in tables:
        tables["spells"] = _populate(desk, tables["spells"], tables["roster"])
    findings = [*desk.findings, *(finding for part in desk.parts for finding in part.batch.findings)]
    faults = [(file, fault.row, fault.reason) for part in desk.parts for file, fault in part.batch.faults()]
    states = [part.states for part in desk.parts if len(part.states)]
    return Intake(
        tables=tables,
        files=_files(desk),
        states=pd.concat(states, ignore_index=True)
        if states
        else pd.DataFrame(columns=["source", "state_raw", "state", "spells", "hours"]),
        rejects=pd.DataFrame(faults, columns=["file", "row", "reason"]),
        findings=tuple(findings),
        quantities=(),
        settings=sources,
    )


def _populate(desk: _Desk, spells: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Fill the population of each spell from the roster by date, else from its source."""
    fallback = pd.concat(
        [
            part.frame["population"]
            if "population" in part.frame
            else pd.Series(part.batch.source.population, index=part.frame.index, dtype="str")
            for part in desk.parts
            if part.batch.source.target == "spells"
        ],
        ignore_index=True,
    )
    known = population_by_date(spells["agent"], spells["start"], roster, None)
    return spells.assign(population=known.fillna(fallback.astype("str")))


def _files(desk: _Desk) -> pd.DataFrame:
    """Return one row per physical file and source with its row accounting."""
    rows = []
    for part in desk.parts:
        source = part.batch.source
        for position, raw in enumerate(part.batch.files):
            counts = part.batch.account(position)
            own = part.frame[part.batch.file_of[part.frame.index.to_numpy()] == position]
            good, bad = verdict(source.target, own, used=int(counts["used"]), date_only=part.date_only)  # type: ignore[call-overload]
            path = desk.root / raw.file
            rows.append(
                {
                    "file": raw.file,
                    "sha256": fingerprint(path),
                    "size_bytes": path.stat().st_size,
                    "adapter": source.adapter,
                    "table": source.target,
                    "population": source.population,
                    "period_start": part.period.start.isoformat(),
                    "period_end": part.period.end.isoformat(),
                    **{
                        name: json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
                        for name, value in counts.items()
                    },
                    "good_for": good,
                    "not_good_for": bad,
                }
            )
    columns = [
        "file",
        "sha256",
        "size_bytes",
        "adapter",
        "table",
        "population",
        "period_start",
        "period_end",
        "physical",
    ]
    columns += [
        "header",
        "banner",
        "blank",
        "total",
        "duplicate",
        "excluded",
        "rejected",
        "used",
        "good_for",
        "not_good_for",
    ]
    return pd.DataFrame(rows, columns=columns)
