"""A mapping proposed for a file that no format knows: a table of ours, its columns, its habits, and what remains to be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import TABLES, DataProblem
from analysis.foundation.settings import Client
from analysis.intake.recognise.block import block_text, pattern_of
from analysis.intake.recognise.clues import clues
from analysis.intake.recognise.codes import Code, map_lines, state_map_text, usual_fields
from analysis.intake.recognise.guess import place_of
from analysis.intake.recognise.names import key, shown
from analysis.intake.recognise.open_questions import code_questions, column_questions
from analysis.intake.recognise.peek import Peek, peek
from analysis.intake.recognise.profile import Profile, profiles
from analysis.intake.recognise.questions import Question, check_answers
from analysis.intake.recognise.tables import SURE, Found, Reading, readings
from analysis.intake.recognise.wording import WHAT, origin_words
from analysis.intake.settings import Source
from analysis.intake.states import STATED

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.recognise.reading import Trial

STATE_TABLES = ("spells", "state_totals", "schedule", "observations")
# A table must fit so well to be proposed, and be so far ahead of the next to be proposed without asking.
LEAST, AHEAD = 0.4, 0.07


@dataclass(frozen=True, slots=True, repr=False)
class Proposal:
    """How a file could be read, and what must be known before it is.

    Attributes
    ----------
    file, files
        The file, and the pattern that also finds its next month.
    table
        The table of ours that it would fill; empty where none fits.
    score
        How well it fits, from 0 to 1: needed columns found, and how much of the file is used.
    found
        Our columns with where each comes from, how sure, and why.
    totals
        State code to column, for one column of time per state.
    stated
        Further keys of the source.
    notes
        What was seen, in words; no cell values.
    questions
        What must be answered first.
    codes
        State codes with what they hold and mean.
    state_map
        Where their meaning is kept, relative to the engagement folder.
    trial
        The file as read by this mapping; None while questions are open.
    """

    file: str
    files: str
    table: str = ""
    score: float = 0.0
    found: tuple[Found, ...] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    codes: tuple[Code, ...] = ()
    state_map: str | None = None
    trial: Trial | None = None
    asked: _Asked | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing remains to be asked."""
        return bool(self.table) and not self.questions

    @property
    def answers(self) -> Mapping[str, str]:
        """What was answered so far."""
        return {} if self.asked is None else self.asked.answers

    def answer(self, answers: Mapping[str, str]) -> Proposal:
        """Return the proposal with further answers, such as ``{"time_zone": "Europe/Amsterdam"}``."""
        if self.asked is None:
            return self
        return _proposed(replace(self.asked, answers={**self.asked.answers, **answers}))

    def source_dict(self) -> dict[str, Any]:
        """Return the source as plain data."""
        stated = {"files": [self.files], "adapter": "generic", "table": self.table, **self.stated}
        stated |= {"state_map": self.state_map} if self.state_map else {}
        columns = {one.ours: _plain(one.origin) for one in self.found}
        return stated | {"columns": columns} | ({"totals": dict(self.totals)} if self.totals else {})

    def source_block(self) -> str:
        """Return the ``[[source]]`` block, as text for the engagement file."""
        stated = self.source_dict()
        columns, totals = stated.pop("columns"), stated.pop("totals", None)
        return block_text(stated, columns=columns, totals=totals)

    def state_map_text(self) -> str:
        """Return the state map as CSV: the lines that there are, and one for each code that has none."""
        before = [] if self.asked is None or self.state_map is None else _lines(self.asked.base / self.state_map)
        new = {one.code.casefold(): one for one in self.codes}
        kept = [line for line in before if not _is_open(line) or line["state_raw"].strip().casefold() not in new]
        there = {line["state_raw"].strip().casefold() for line in kept}
        return state_map_text((one for one in self.codes if one.code.casefold() not in there), before=kept)

    def preview(self) -> pd.DataFrame:
        """Return the first five rows as they were understood; persons and other names are masked. Never store it.

        Raises
        ------
        DataProblem
            Questions are open, so nothing was read yet.
        """
        if self.trial is None:
            raise DataProblem(f"{self.file}: answer the questions first; then its first rows can be shown.")
        return self.trial.preview()

    def to_dict(self) -> dict[str, Any]:
        """Return the proposal as plain data: names of columns and state codes, no other value of the file."""
        return {
            "file": self.file,
            "table": self.table,
            "score": self.score,
            "columns": [{"ours": one.ours, "theirs": _plain(one.origin), "score": one.score, "why": one.why} for one in self.found],
            "notes": list(self.notes),
            "questions": [{"key": one.key, "text": one.text, "choices": list(one.choices), "proposed": one.proposed} for one in self.questions],
            "codes": [{"code": one.code, "rows": one.rows, "hours": round(one.hours, 1), "bucket": one.bucket, "confirmed": one.confirmed} for one in self.codes],
            "complete": self.complete,
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Return the proposal in words: table, columns, what was seen."""
        if not self.table:
            return ["  No table of the kit fits it for sure.", *(f"  - {note}" for note in self.notes)]
        said = [f"  It looks like {WHAT[self.table]} (table {self.table})."]
        width = max((len(one.ours) for one in self.found), default=0)
        for one in self.found:
            sure = "" if one.score >= SURE else " (not sure)"
            said.append(f"    {one.ours:<{width}} = {origin_words(one)}{sure}")
        if self.totals:
            said.append("    time by state in " + ", ".join(map(shown, self.totals)))
        return said + [f"  - {note}" for note in self.notes]

    def __repr__(self) -> str:
        """Return the proposal in words, with what remains to be asked."""
        asked = [f"  to answer: {one.key}: {one.text}" for one in self.questions]
        return "\n".join([self.file, *self.lines(), *asked])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a proposal was asked for."""

    base: Path
    file: str
    place: Path
    client: Client | None
    answers: Mapping[str, str]
    files: str


def propose(
    path: str | Path,
    root: str | Path | None = None,
    *,
    client: Client | None = None,
    answers: Mapping[str, str] | None = None,
    files: str | None = None,
    place: Path | None = None,
) -> Proposal:
    """Return how a file that no format knows could be read.

    Parameters
    ----------
    path
        The file.
    root
        The engagement folder; by default the nearest folder above that holds ``engagement.toml``, else the file's own.
    client
        Its zone is proposed for times without one.
    answers
        What is known already: ``table``, ``time_zone``, ``date_order``, ``duration_unit``, ``decimal``, ``population``, ``length_s``, ``sheet``,
        ``columns.start`` (``"Van"``, or ``"Datum+Van"`` for date and time apart), ``state.CODE``, and ``states = "proposed"`` to confirm all proposals.
    files
        Pattern for the source; by default the file's name with ``*`` for its dates and numbers.
    place
        Where the content lies, for a member of an archive.

    Returns
    -------
    Proposal
        With what remains to be asked in `questions`; :meth:`Proposal.answer` takes answers, :meth:`Proposal.source_block` gives the text.

    Raises
    ------
    DataProblem
        The file is nothing that intake reads.
    UsageProblem
        An answer cannot be meant.
    """
    base, file = place_of(path, root)
    check_answers(answers or {})
    return _proposed(_Asked(base, file, place or base / file, client, dict(answers or {}), files or pattern_of(file)))


def _proposed(asked: _Asked) -> Proposal:
    """Return the proposal under the answers given so far."""
    empty = Proposal(asked.file, asked.files, asked=asked)
    heads, answers = peek(asked.file, asked.place), asked.answers
    if heads[0].kind in ("json", "xes"):
        raise DataProblem(
            f"{asked.file}: this is {heads[0].kind.upper()} of no known export. Ask for the table as CSV or XLSX."
        )
    sheets = {str(head.sheet): head for head in heads}
    if len(heads) > 1 and answers.get("sheet") not in sheets:
        return replace(empty, questions=(Question("sheet", "Which sheet holds the table?", tuple(sheets)),))
    head = sheets[answers["sheet"]] if len(heads) > 1 else heads[0]
    if not head.titled:
        raise DataProblem(
            f"{asked.file}: no row of it looks like a header. If it is a table, ask for the export with its header, or describe it in a [[source]] "
            "by hand; if it is not meant to be read, move it out of data/."
        )
    looked = profiles(head)
    chosen, questions = _table(head, looked, answers)
    if chosen is None:
        return replace(empty, questions=questions, notes=(_columns_said(looked),))
    seen = clues(head, looked, chosen, answers=answers, zone=asked.client.time_zone if asked.client else None)
    order = list(TABLES[chosen.table])
    found = tuple(
        sorted(chosen.found.values(), key=lambda one: order.index(one.ours) if one.ours in order else len(order))
    )
    stated = {name: seen.stated[name] for name in sorted(seen.stated, key=_KEYS.index)}
    stated |= {"sheet": head.sheet} if head.sheet else {}
    proposal = replace(
        empty, table=chosen.table, score=round(min(1.0, chosen.score), 2), found=found, totals=chosen.totals, stated=stated,
        notes=tuple(seen.notes), questions=(*questions, *column_questions(head, chosen, looked, answers), *seen.questions),
    )  # fmt: skip
    return proposal if proposal.questions else _tried(proposal, asked)


_KEYS = ["population", "time_zone", "date_order", "serial_dates", "duration_unit", "decimal", "missing", "fill_down"]


def _table(
    head: Peek, looked: Sequence[Profile], answers: Mapping[str, str]
) -> tuple[Reading | None, tuple[Question, ...]]:
    """Return the table that a file is read as, and the question which it is where that is not plain."""
    stated = {name.partition(".")[2]: value for name, value in answers.items() if name.startswith("columns.")}
    found = readings(head, looked, stated)
    if "table" in answers:
        return _with_length(next(one for one in found if one.table == answers["table"]), answers), ()
    near = [one for one in found if one.score >= max(LEAST, found[0].score - AHEAD)]
    if len(near) == 1:
        return _with_length(near[0], answers), ()
    choices = tuple(one.table for one in near[:4]) or tuple(TABLES)
    text = "What does the file hold?"
    if not near:
        text = "No table of the kit fits its columns well. Move the file out of data/ if it is not meant to be read; else say what it holds."
    return None, (Question("table", text, choices, meanings=WHAT),)


def _with_length(reading: Reading, answers: Mapping[str, str]) -> Reading:
    """Return a reading with the length of intervals that was answered."""
    if "length_s" not in answers or "length_s" not in TABLES[reading.table]:
        return reading
    length = Found("length_s", {"value": int(answers["length_s"])}, 1.0, "as you said")
    missing = tuple(name for name in reading.missing if name != "length_s")
    return replace(reading, found={**reading.found, "length_s": length}, missing=missing)


def _columns_said(looked: Sequence[Profile]) -> str:
    names = [shown(one.name) for one in looked if one.name]
    return "its columns: " + ", ".join(names[:15]) + (" ..." if len(names) > 15 else "")


def _tried(proposal: Proposal, asked: _Asked) -> Proposal:
    """Return a proposal tried on the whole file, with its state codes and what they leave to ask."""
    from analysis.intake.recognise.reading import trial

    source = Source(**proposal.source_dict())
    done = trial(source, client=asked.client or _nobody(proposal), root=asked.base)
    if done.too_many_codes:
        column = origin_words(next(one for one in proposal.found if one.ours == "state"))
        text = f"{column} holds too many different values to be states. Which column says what the person was doing?"
        return replace(proposal, questions=(Question("columns.state", text),))
    proposal = replace(proposal, trial=done)
    known = {name.casefold() for name in usual_fields()}
    if proposal.table not in STATE_TABLES or all(one.code.casefold() in known for one in done.codes):
        return proposal
    path = _map_path(proposal)
    codes = tuple(_settled(one, asked, _lines(asked.base / path)) for one in done.codes)
    return replace(proposal, codes=codes, state_map=path, questions=tuple(code_questions(codes)))


def _map_path(proposal: Proposal) -> str:
    """Return where the state map of a source stands: named as its files are, so that two sources have two maps."""
    stem = proposal.files.removeprefix("data/").rpartition(".")[0] or proposal.files
    stem = stem.replace("[0-9]*", " ")
    words = key(f"{stem} {proposal.stated.get('sheet', '')}".replace("/", " "))
    return f"state_maps/{re.sub(r'[^a-z0-9]+', '_', words).strip('_') or 'states'}.csv"


def _settled(code: Code, asked: _Asked, lines: Sequence[Mapping[str, str]]) -> Code:
    """Return a code with the meaning that the consultant gave it, in an answer or in the state map."""
    said = asked.answers.get(f"state.{code.code}")
    if said:
        return replace(code, bucket=said, confirmed=True)
    for line in lines:
        if line["state_raw"].strip().casefold() == code.code.casefold() and not _is_open(line):
            return replace(code, bucket=line["ladder_bucket"].strip(), confirmed=True)
    taken = asked.answers.get("states") == "proposed" and bool(code.bucket)
    return replace(code, confirmed=taken)


def _lines(path: Path) -> list[dict[str, str]]:
    """Return the lines of a state map that is there already."""
    try:
        found = map_lines(path.read_text(encoding="utf-8")) if path.is_file() else []
    except UnicodeDecodeError:
        raise DataProblem(f"{path.name}: the state map is not UTF-8 text. Save it as CSV UTF-8.") from None
    return [line for line in found if line.get("state_raw", "").strip()]


def _is_open(line: Mapping[str, str]) -> bool:
    return line.get("ladder_bucket", "").strip() not in STATED or bool(line.get("please_confirm", "").strip())


def _plain(origin: Any) -> Any:
    return list(origin) if isinstance(origin, tuple) else dict(origin) if isinstance(origin, Mapping) else origin


def _nobody(proposal: Proposal) -> Client:
    """Return a client for a file that belongs to no engagement yet."""
    period = {"start": "2000-01-01", "end": "2050-12-31"}
    return Client(name="-", time_zone=proposal.stated.get("time_zone", "UTC"), period=period)
