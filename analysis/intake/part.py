"""One source from its cells to typed rows under pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.settings import Client, Period
from analysis.intake import mapping
from analysis.intake.adapters import format_of
from analysis.intake.adapters.format import Format
from analysis.intake.batch import TEXT, Account, Batch, gather, sift
from analysis.intake.casting.cast import cast, cast_totals, frame_of
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.rests import add_rests
from analysis.intake.checking.checks import check, reject_endless
from analysis.intake.checking.oddities import note_oddities
from analysis.intake.checking.total_rows import check_totals
from analysis.intake.checking.typed_ids import note_number_identifiers
from analysis.intake.opening.arrow_text import give_back
from analysis.intake.opening.raw import RawFile
from analysis.intake.persons.identities import as_persons, load_identities
from analysis.intake.persons.people import PERSONS, Pseudonyms
from analysis.intake.seconds import TimeAccount, lived_time, time_account
from analysis.intake.settings import ColumnSource, Source
from analysis.intake.states import load_state_map, map_states, map_totals
from analysis.intake.words import number_of
from analysis.intake.written import tables as written

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Tables with a state that the state map translates.
STATE_TABLES: tuple[str, ...] = ("spells", "state_totals", "schedule", "observations")
# Tables that keep file and row of each of their rows.
TRACED_TABLES: tuple[str, ...] = ("spells", "state_totals")


@dataclass(slots=True)
class Part:
    """What one source gave.

    Attributes
    ----------
    batch
        Its rows with their fates.
    frame
        Rows used, typed, persons under pseudonyms; the index holds the position in the batch.
    states
        State codes with what they hold.
    zone, period
        Zone of the people where the roster names none, and the days used, as this zone has them.
    date_only
        Its stamps have no time of day.
    wall_clock
        Some of its stamps carry no offset, and the source names no zone for them.
    accounts, times
        Row and time accounting of each of its files.
    """

    batch: Batch
    frame: pd.DataFrame
    states: pd.DataFrame
    zone: str
    period: Period
    date_only: bool
    wall_clock: bool
    accounts: tuple[Account, ...]
    times: tuple[TimeAccount, ...]


def read_part(
    source: Source, number: int, files: Sequence[RawFile], *, client: Client, root: Path, names: Pseudonyms
) -> Part:
    """Return the rows of one source, cast, checked and under pseudonyms.

    Parameters
    ----------
    source, number
        The [[source]] block and its position in the engagement file.
    files
        Its files, opened.
    client
        Zone and period where the source names none.
    root
        The engagement folder, for the state map.
    names
        Gives the pseudonyms.

    Raises
    ------
    DataProblem
        A question must be answered first.
    """
    form = format_of(source.adapter)
    batch = gather(source, number, files)
    _some_rows(batch)
    origins, totals = mapping.origins(source, batch), mapping.totals_found(source, batch)
    sift(
        batch,
        keys=mapping.name_columns(origins),
        needed=mapping.needed_names(source, origins),
        keep_repeats=_nameless(batch, origins),
        unanswered=partial(written.unanswered, batch, origins) if written.is_written(batch) else None,
    )
    mapping.exclude(batch, origins)
    theirs = origins
    if written.is_written(batch):
        origins = written.tidied(batch, origins)
    note_number_identifiers(batch, theirs)
    zone, period = source.time_zone or client.time_zone, source.period or client.period
    batch.zone = zone
    columns, stamps = cast(batch, origins, zone=zone, near_year=period.start.year)
    stated = load_identities(source, root)
    names.stated |= {*stated, *stated.values()}
    as_persons(batch, columns, stated)
    batch.wide = wide = cast_totals(batch, totals)
    add_rests(batch, wide, mapping.rests_wanted(source))
    _by_format(batch, columns, form)
    here = client.time_zone if form.own_clock or form.time_zone is not None or _nowhere(zone) else zone
    check(batch, columns, wide, period=period, zone=here, overlapping=form.overlapping)
    written.settled(batch, columns)
    check_totals(batch, theirs, totals)
    states = pd.DataFrame()
    if source.target in STATE_TABLES and not wide:
        meaning = load_state_map(source, root)
        reject_endless(batch, columns, meaning.buckets)
        states = map_states(batch, columns, meaning)
    timed = [stamp for name, stamp in stamps.items() if columns[name].kind == "time"]
    if form.spread is None:
        batch.drop_cells()
    frame = frame_of(batch, columns)
    if wide:
        frame, states = map_totals(batch, frame, wide, load_state_map(source, root))
    if form.spread is not None:
        frame = form.spread(batch, frame)
    frame = _completed(batch, frame, names)
    give_back()
    note_oddities(batch, frame, here)
    _note_rejects(batch)
    if written.is_written(batch):
        written.tell_nothing(batch)
    naive = any((stamp.given & ~stamp.aware & batch.fates.open).any() for stamp in timed)
    bare = [stamp.date_only[stamp.given & batch.fates.open] for stamp in timed]
    date_only = any(len(rows) for rows in bare) and all(rows.all() for rows in bare)
    accounts = tuple(batch.account(position) for position in range(len(files)))
    times = tuple(time_account(batch, position, frame) for position in range(len(files)))
    wall_clock = naive and source.time_zone is None
    return Part(batch, frame, states, here, period, date_only, wall_clock, accounts, times)


def _nowhere(zone: str) -> bool:
    """Return whether a zone is a clock for machines, which nobody lives by."""
    return zone in ("UTC", "GMT", "Zulu") or zone.startswith("Etc/")


def _nameless(batch: Batch, origins: Mapping[str, ColumnSource]) -> NDArray[np.bool_]:
    """Return the rows that may be equal and still be several: looks at people whom nobody named, notes without the words that were said."""
    named = {"observations": "agent", "listening": "concern"}.get(batch.source.target)
    if named is None:
        return np.zeros(len(batch.rows), dtype=bool)
    if named not in origins:
        return np.ones(len(batch.rows), dtype=bool)
    return (mapping.text_of(batch, origins[named]) == "").to_numpy(dtype=bool)


def _by_format(batch: Batch, columns: dict[str, Column], form: Format) -> None:
    """Do what the format asks for, then test each of its known traps; keep what either moved."""
    before = lived_time(batch, columns)
    if form.finish is not None:
        form.finish(batch, columns)
        after = lived_time(batch, columns)
        batch.move("derived_time", after - before)
        before = after
    for trap in form.traps:
        give_back()
        result = trap.test(batch, columns)
        after = lived_time(batch, columns)
        batch.move(trap.code, after - before)
        before = after
        hits = 0 if result is None else int(result.hits.sum())
        record = {"code": trap.code, "question": trap.question, "tested": result is not None, "rows": hits}
        record |= {"moved_us": result.moved_us if result else 0, "words": result.words if result else ""}
        batch.traps.append(record)
        if result is not None and hits:
            batch.note(trap.code, trap.severity, result.words, hits, result.moved_us)


def _some_rows(batch: Batch) -> None:
    """Note files that hold a header and nothing else; refuse a source in which no file holds more."""
    empty = [raw.file for raw in batch.files if len(raw.rows) + len(raw.faults) == 0]
    if written.is_written(batch):
        return  # a sheet that waits for what people say
    if len(empty) == len(batch.files):
        raise batch.ask(
            f"{empty[0]}: no row below the header. Ask for the export again, or take the file out of files."
        )
    for file in empty:
        batch.note(
            "no_rows", "flag", f"{file}: no row below the header. Ask whether the export is empty by mistake.", 0
        )


def _completed(batch: Batch, frame: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    """Replace persons by pseudonyms, and add what the source itself states: population, file and row."""
    if batch.source.target == "roster" and batch.source.population is not None:
        frame["population"] = (
            frame["population"].fillna(batch.source.population) if "population" in frame else batch.source.population
        )
    for name, domain in PERSONS.items():
        if name in frame:
            frame[name] = names.replace(frame[name], domain)
    if batch.source.target in TRACED_TABLES:
        at = frame.index.to_numpy()
        files = pd.array([raw.file for raw in batch.files], dtype=TEXT)
        frame["source"] = files.take(batch.file_of[at].astype(np.intp))
        frame["source_row"] = batch.rows[at]
    return frame


def _note_rejects(batch: Batch) -> None:
    """Keep one finding per reason for which rows were rejected."""
    counts: dict[str, list[tuple[str, int]]] = {}
    for file, fault in batch.faults():
        counts.setdefault(fault.reason, []).append((file, fault.row))
    for reason, places in counts.items():
        file, row = places[0]
        words = REASONS.get(reason, reason.replace("_", " "))
        batch.note(
            f"rejected_{reason}",
            "rejected",
            f"{number_of(len(places), 'row')} rejected: {words} (first: {file}, row {row}).",
            len(places),
        )


# What a reason code means, where its own words do not say it.
REASONS: Mapping[str, str] = {
    "bad_stamp": "a date or time that is none",
    "bad_number": "a number that is none",
    "bad_flag": "neither yes nor no",
    "bad_duration": "a duration that is none",
    "short_row": "fewer cells than the header",
    "long_row": "more cells than the header",
    "formula_without_value": "a formula that they need has no value",
    "not_a_number": "NaN or Infinity in place of a value",
    "broken_text": "text with signs that are none",
    "cut_off": "the line breaks off",
    "end_before_start": "it ends before it starts",
    "dst_nonexistent": "a time that clocks skipped when they were set forward",
    "dst_ambiguous": "a time that clocks showed twice when they were set back, and nothing tells which is meant",
    "more_than_interval": "states that hold more time than their interval",
    "implausible_date": "a date long before or long after the period, as systems write for none; where it stands for an empty cell, name it in missing",
    "longer_than_a_day": "one state on duty for more than 24 h",
    "control_character": "a name or code with a character that cannot be printed",
    "spreadsheet_error": "an error of the spreadsheet in a name or code",
    "more_than_paid": "more hours without work than hours paid",
    "contradicting_rows": "different values under one key",
    "missing_rater": "no mark in Rater",
    "missing_criterion": "a rating, and nothing in Criterion",
    "missing_role": "nothing in Role",
    "bad_rating": "neither a level 0 to 4 nor not known in Rating",
    "half_level": "something between two levels in Rating, where 0, 1, 2, 3 and 4 are levels",
    "rating_out_of_range": "a number in Rating that is none of the levels 0 to 4",
    "bad_basis": "a word in Seen that is not in its list",
    "bad_criterion": "no id of a criterion in Criterion, such as D1",
    "rater_repeats": "one mark in Rater with different ratings of one criterion; give every rater a mark of his own",
    "bad_kind": "a word in Kind that is not in its list",
    "missing_concern": "neither a concern nor a theme",
    "bad_guess": "no number in Guess, Low or High",
    "bad_heard_on": "no date in Heard on",
    "bad_read_back_on": "no date in Read back on",
    "bad_stated_on": "no date in Stated on",
    "bad_planned_on": "no date in Planned on",
    "bad_changed_on": "no date in Changed on",
    "bad_agreed": "neither yes nor no in Agreed",
    "bad_people": "no whole number of people in People",
    "unclear_share": "a share of 1 that may be 1 % or all; write 1 % or 100 %",
    "share_out_of_range": "a share below 0 or above 100 %",
    "range_out_of_order": "Low above Guess, or Guess above High",
}
