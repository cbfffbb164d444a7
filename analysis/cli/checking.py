"""What ``engage check`` says about the client's files: those that nobody has described yet, then those that are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analysis.cli.bar import reading_bar
from analysis.cli.talk import Talk
from analysis.cli.unread import Desk, Look, Wish
from analysis.engagement.answers import checked_questionnaire
from analysis.engagement.files import write_bytes
from analysis.engagement.load import load_engagement
from analysis.engagement.model import Engagement
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.sample import ensure_sample
from analysis.engagement.sources import data_files, unread_files
from analysis.engagement.workspace import Folder
from analysis.foundation.assets import assets
from analysis.foundation.schema import UnmappedStates
from analysis.intake.answer_books import ADAPTERS
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake import Intake
    from analysis.readiness.criteria import Questionnaire

_SEVERITY = {"ask": "QUESTION", "rejected": "left out", "flag": "note", "fixed": "mended"}


def check_engagement(folder: Folder, talk: Talk, wish: Wish) -> dict[str, Any]:
    """Say what was found in the client's files and return it as plain data.

    Parameters
    ----------
    folder
        The engagement's folders.
    talk
        Says and asks.
    wish
        What the user asked for.

    Returns
    -------
    dict
        ``summary``, ``questions``, ``files``, ``findings``, ``reconciliation``, ``unread``.
    """
    if folder.slug == "sample":
        ensure_sample(folder)
    engagement = load_engagement(folder.file)
    questionnaire = checked_questionnaire(engagement, folder)
    key = pseudonym_key(folder)
    todo = [wish.chosen] if wish.chosen is not None else unread_files(folder, engagement.source)
    desk = Desk(folder, talk, wish)
    if todo and wish.chosen is None:
        talk.say(f"{number_of(len(todo), 'file')} in data/ or answers/ that no [[source]] in engagement.toml names.")
    looks: list[Look] = []
    for file in todo:
        # one block reads all files that are alike
        if not any(file in look.others and (look.blocks or look.proposal) for look in looks):
            looks += desk.look(file)
    outcome: dict[str, Any] = {"summary": "", "questions": [], "files": [], "findings": []}
    if desk.engagement.source and wish.chosen is None:
        outcome = _read(folder, desk, key, talk, questionnaire)
    outcome["unread"] = [look.to_dict() for look in looks]
    outcome["questions"] += _open(folder, desk, looks)
    described = [source for source in desk.engagement.source if source.adapter not in ADAPTERS]
    if not described and not data_files(folder):
        outcome["questions"].append("data/ holds no files yet.")
        talk.say(
            f"data/ holds no files yet. Put the client's exports there, untouched, then: engage check {folder.slug}"
        )
    else:
        _what_next(folder, talk, len(outcome["questions"]))
    return outcome


def _what_next(folder: Folder, talk: Talk, open_questions: int) -> None:
    """Say what to do after a check."""
    if not open_questions:
        talk.say(f"Nothing remains to be asked. Go on with: engage run {folder.slug}")
    else:
        left = number_of(open_questions, "thing remains", "things remain")
        talk.say("", f"{left} to be answered or decided, as said above. Then again: engage check {folder.slug}")


def _open(folder: Folder, desk: Desk, looks: list[Look]) -> list[str]:
    """Return what remains open about files that nobody has described."""
    said = []
    for look in looks:
        if look.added or look.ignored:
            continue
        if look.problem:
            said.append(look.problem)
        elif look.proposal is not None and look.proposal.questions:
            said += [f"{look.name}: {one.key}: {one.text}" for one in look.proposal.questions]
        elif look.file in unread_files(folder, desk.engagement.source):
            said.append(f"{look.name}: no [[source]] names it. Add its block, or move it out of data/.")
    return said


def _not_asked(intake: Intake, questionnaire: Questionnaire) -> list[str]:
    """Return the question about ratings of criteria that the questionnaire does not have."""
    answers = intake.tables.get("answers")
    if answers is None:
        return []
    # what an edited questionnaire leaves out on purpose is no question
    known = {*(criterion.id for criterion in questionnaire.criteria), *questionnaire.edits.left_out}
    other = sorted(set(answers["criterion"]) - known)
    if not other:
        return []
    files = ", ".join(dict.fromkeys(intake.files.loc[intake.files["table"] == "answers", "file"]))
    listed = ", ".join(other[:8]) + (" ..." if len(other) > 8 else "")
    words = (
        f"{files}: ratings of {listed}, which the questionnaire does not have ({questionnaire.words}). Correct the column Criterion, or name "
        "the questionnaire that was used in [readiness]."
    )
    return [words]


def _read(folder: Folder, desk: Desk, key: bytes, talk: Talk, questionnaire: Questionnaire) -> dict[str, Any]:
    """Read all sources and say what became of every file."""
    from analysis.intake import check_sources, reconcile, reconciliation_lines

    engagement = desk.engagement
    with reading_bar() as progress:
        intake = check_sources(
            engagement.source, client=engagement.client, root=folder.root, key=key, progress=progress
        )
    reconciliation = reconcile(intake, client=engagement.client)
    questions = [finding for finding in intake.findings if finding.severity == "ask"]
    not_asked = _not_asked(intake, questionnaire)
    outcome = {
        "summary": repr(intake),
        "questions": [*(finding.message for finding in questions), *not_asked],
        "files": [_file(record) for record in intake.files.to_dict("records")],
        "findings": [
            {
                "code": item.code,
                "severity": item.severity,
                "where": item.where,
                "message": item.message,
                "rows": item.rows,
            }
            for item in intake.findings
        ],
        "reconciliation": reconciliation.to_frame().to_dict("records"),
    }
    talk.say(*(line for record in outcome["files"] for line in _file_lines(record)))
    talk.say(*reconciliation_lines(reconciliation))
    order = list(_SEVERITY)
    for finding in sorted(intake.findings, key=lambda item: order.index(item.severity), reverse=True):
        talk.say(f"{_SEVERITY[finding.severity]}: {finding.message}")
    talk.say(*(f"{_SEVERITY['ask']}: {message}" for message in not_asked))
    talk.say(repr(intake))
    for finding in questions:
        if "without a meaning" in finding.message:
            _begin_state_map(folder, engagement, finding.where, key, talk)
    return outcome


def _begin_state_map(folder: Folder, engagement: Engagement, label: str, key: bytes, talk: Talk) -> None:
    """Write a state map with a line to confirm for each code that the map of a format lacks, where the source names no map of its own."""
    from analysis.intake import read_sources
    from analysis.intake.recognise.codes import Code, bucket_of, map_lines, state_map_text

    number, source = next((at, one) for at, one in enumerate(engagement.source, start=1) if one.label == label)
    name = f"state_maps/{source.adapter}.csv"
    if source.state_map is not None or (folder.root / name).exists():
        return
    try:
        read_sources([source], client=engagement.client, root=folder.root, key=key)
    except UnmappedStates as problem:
        before = map_lines((assets() / "templates" / name).read_text(encoding="utf-8"))
        if problem.held is None:
            return
        rows = problem.held.fillna({"hours": 0.0}).itertuples()
        codes = [Code(str(one.state_raw), int(one.spells), float(one.hours), bucket_of(one.state_raw)) for one in rows]
        write_bytes(folder.root / name, state_map_text(codes, before=before).encode("utf-8"))
        talk.say(
            f"{name} now has a line for each of these codes, marked please_confirm. Ask the client what they mean, correct ladder_bucket, empty "
            f'please_confirm, and write state_map = "{name}" in [[source]] number {number}.'
        )


def _file(record: dict[str, Any]) -> dict[str, Any]:
    """Return one file's record as plain data."""
    fates = ("physical", "header", "banner", "blank", "total", "duplicate", "used")
    rows: dict[str, Any] = {name: int(record[name]) for name in fates}
    rows.update({name: json.loads(record[name]) for name in ("excluded", "rejected")})
    words = {name: str(record[name]) for name in ("file", "sha256", "adapter", "table", "good_for", "not_good_for")}
    return {**words, "rows": rows}


def _file_lines(record: dict[str, Any]) -> list[str]:
    """Return what is said about one file."""
    rows = record["rows"]
    fates = [
        f"{count:,} {name}" for name, count in rows.items() if isinstance(count, int) and count and name != "physical"
    ]
    fates += [
        f"{count:,} {name} ({reason})" for name in ("excluded", "rejected") for reason, count in rows[name].items()
    ]
    lines = [f"{record['file']}: {record['table']}, {rows['physical']:,} rows = {' + '.join(fates) or 'none'}"]
    lines += [f"  good for: {record['good_for']}"] if record["good_for"] else []
    lines += [f"  not good for: {record['not_good_for']}"] if record["not_good_for"] else []
    return lines
