"""Reading all sources of an engagement into canonical tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.foundation.calendars import offset_us
from analysis.foundation.schema import DataProblem, Finding, empty_table, typed_table
from analysis.foundation.settings import Client
from analysis.intake import mapping
from analysis.intake.adapters import format_of
from analysis.intake.batch import together
from analysis.intake.casting.local_time import first_moments
from analysis.intake.casting.stamps import HOUR_US
from analysis.intake.checking.verdicts import verdict
from analysis.intake.opening.files import expand, fingerprint, parts_of, relative, unreadable
from analysis.intake.opening.progress import Progress, within
from analysis.intake.opening.raw import RawFile
from analysis.intake.part import Part, read_part
from analysis.intake.persons.identities import ask_about_zeros, join_capitals, note_variants
from analysis.intake.persons.people import Pseudonyms
from analysis.intake.persons.roster import FACTS, complete_roster, population_by_date
from analysis.intake.result import FILE_COLUMNS, TRAP_COLUMNS, Intake
from analysis.intake.seconds import time_together
from analysis.intake.settings import Source


@dataclass(slots=True)
class _Desk:
    """What the reading of all sources collects."""

    client: Client
    root: Path
    names: Pseudonyms
    progress: Progress | None
    strict: bool
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)
    prints: dict[str, Future[str]] = field(default_factory=dict)

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
        Called with a file's name, its position and the number of files; told the bytes read of a large text if it asks for them.

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
    """Read all sources and put their tables together; fingerprints of files are taken meanwhile."""
    pool = ThreadPoolExecutor(1)
    try:
        return _read_all(sources, desk, pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read_all(sources: Sequence[Source], desk: _Desk, pool: ThreadPoolExecutor) -> Intake:
    found: list[tuple[int, Source, list[Path]]] = []
    for number, source in enumerate(map(mapping.with_habits, sources), start=1):
        try:
            found.append((number, source, expand(source, desk.root)))
        except DataProblem as problem:
            desk.question(problem, source.label)
    done, total = 0, sum(len(paths) for _, _, paths in found)
    for number, source, paths in found:
        files = []
        for path in paths:
            done += 1
            if desk.progress is not None:
                desk.progress(relative(path, desk.root), done, total)
            try:
                parts = parts_of(source, desk.root, path)
            except DataProblem as problem:
                desk.question(problem, relative(path, desk.root))
                continue
            desk.places.update(parts)
            files += [raw for name, place in parts for raw in _opened(desk, source, name, place)]
            places = {raw.place for raw in files} - desk.prints.keys()
            desk.prints |= {place: pool.submit(fingerprint, desk.places[place]) for place in sorted(places)}
        try:
            _not_twice(desk, source, number, files)
            if files:
                desk.parts.append(
                    read_part(source, number, files, client=desk.client, root=desk.root, names=desk.names)
                )
        except DataProblem as problem:
            desk.question(problem, source.label)
    return _together(desk, tuple(sources))


def _opened(desk: _Desk, source: Source, name: str, place: Path) -> list[RawFile]:
    """Return the cells of one file, or of each of its sheets that are read; none where it raised a question that was kept."""
    try:
        wanted = replace(mapping.wanted(source), report=within(desk.progress, name))
        form = format_of(source.adapter)
        if form.open_all is not None:
            return form.open_all(name, place, source, wanted)
        return [form.open(name, place, source, wanted)]
    except DataProblem as problem:
        desk.question(problem, name)
    except OSError:
        desk.question(unreadable(name), name)
    return []


def _not_twice(desk: _Desk, source: Source, number: int, files: Sequence[RawFile]) -> None:
    """Refuse a file whose rows would fill a table twice."""
    for raw in files:
        mark = (raw.place, source.target, raw.sheet or source.sheet, json.dumps(dict(source.exclude), sort_keys=True))
        before = desk.seen.setdefault(mark, number)
        if before != number:
            raise DataProblem(
                f"{raw.file}: it fills the table {source.target} in [[source]] number {before} and again in number "
                f"{number}, so its rows would count twice. Take it out of one of them, or part its rows by exclude."
            )


def _together(desk: _Desk, sources: tuple[Source, ...]) -> Intake:
    """Put the tables of all sources together and complete the roster."""
    _who_is_who(desk)
    tables: dict[str, pd.DataFrame] = {}
    for part in desk.parts:
        name = part.batch.source.target
        typed = typed_table(name, part.frame)
        tables[name] = pd.concat([tables[name], typed], ignore_index=True) if name in tables else typed
    _which_zone(desk)
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
        traps=_traps(desk),
        findings=tuple(findings),
        quantities=(),
        settings=sources,
    )


def _who_is_who(desk: _Desk) -> None:
    """Join identifiers that are one person, and ask about those that may be."""
    settled = desk.names.settled()
    desk.findings += join_capitals(desk.parts, desk.names, settled)
    for problem in ask_about_zeros(desk.parts, desk.names, settled):
        desk.question(problem, "identifiers")
    desk.findings += note_variants(desk.names, settled)


def _traps(desk: _Desk) -> pd.DataFrame:
    """Return the tests of known traps of all sources."""
    rows = [
        {"source": part.batch.source.label, "adapter": part.batch.source.adapter, **record}
        for part in desk.parts
        for record in part.batch.traps
    ]
    return pd.DataFrame(rows, columns=TRAP_COLUMNS)


def _which_zone(desk: _Desk) -> None:
    """Ask for the zone of stamps without one where the client's people work under clocks that differ."""
    rosters = [part.frame["time_zone"] for part in desk.parts if "time_zone" in part.frame]
    zones = sorted({str(zone) for column in rosters for zone in column.dropna()})
    for part in desk.parts:
        first, last = first_moments(part.period, part.zone)
        moments = np.arange(first, last, HOUR_US)
        clocks = {offset_us(moments, zone).tobytes() for zone in zones}
        if len(clocks) > 1 and part.wall_clock:
            batch = part.batch
            problem = batch.ask(
                f"{batch.files[0].file}: its stamps carry no time zone, and the roster has people in {' and '.join(zones)}. "
                "Set time_zone in this [[source]]; where sites export their own clocks, give each site a [[source]] of its own."
            )
            desk.question(problem, batch.source.label)


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
    """Return one row per physical file and source with its row accounting; sheets of one workbook are added up."""
    rows = []
    for part in desk.parts:
        source, of_row = part.batch.source, part.batch.file_of[part.frame.index.to_numpy()]
        places = [raw.place for raw in part.batch.files]
        for place in dict.fromkeys(places):
            own = [position for position, other in enumerate(places) if other == place]
            counts = together([part.accounts[position] for position in own])
            time = time_together([part.times[position] for position in own])
            frame = part.frame[np.isin(of_row, own)]
            good, bad = verdict(
                source.target,
                frame,
                used=counts.used,
                date_only=part.date_only,
                not_answered=counts.excluded.get("not_answered", 0),
            )
            rows.append(
                {
                    "file": place,
                    "sha256": desk.prints[place].result(),
                    "size_bytes": desk.places[place].stat().st_size,
                    "adapter": source.adapter,
                    "table": source.target,
                    "population": source.population,
                    "period_start": part.period.start.isoformat(),
                    "period_end": part.period.end.isoformat(),
                    "physical": counts.physical,
                    **counts.plain,
                    "excluded": json.dumps(counts.excluded, sort_keys=True),
                    "rejected": json.dumps(counts.rejected, sort_keys=True),
                    "used": counts.used,
                    "time_us": json.dumps(time.as_dict(), sort_keys=True),
                    "good_for": good,
                    "not_good_for": bad,
                }
            )
    return pd.DataFrame(rows, columns=FILE_COLUMNS)
