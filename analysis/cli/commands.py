"""What each command does: it calls the engagement room and prints the outcome."""

from __future__ import annotations

import json
import logging
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from analysis.engagement.workspace import Folder, find_engagement, workspace
from analysis.foundation.schema import UsageProblem


def new(options: Namespace) -> int:
    """Make an engagement."""
    from analysis.engagement.creation import new_engagement

    folder = new_engagement(
        options.name, home=workspace(options.workspace), client=options.client, vendors=options.vendors
    )
    made = f"engagements/{folder.slug}"
    steps = (
        f"Made {made}/.",
        f"1. Fill in the client's time zone and period in {made}/engagement.toml.",
        f"2. Send {made}/data_request.md to the client and put the files that come back into {made}/data/.",
        f"3. Until they come, listen ({made}/interview_guide.md) and ask the raters. Write into {made}/answers/listening.xlsx and readiness.xlsx; their first sheets say how.",
        f"4. Then: engage check {folder.slug}",
    )
    return _print(options, {"folder": made}, steps)


def check(options: Namespace) -> int:
    """Look at the client's files without computing anything."""
    from analysis.cli.checking import check_engagement
    from analysis.cli.talk import Talk
    from analysis.cli.unread import Wish
    from analysis.engagement.sources import data_path
    from analysis.intake.recognise.questions import check_answers, parsed_answers

    folder = _folder(options)
    answers = parsed_answers(options.answers)
    check_answers(answers)
    chosen = None if options.map is None else data_path(folder, options.map)
    wish = Wish(accept=options.accept, chosen=chosen, answers=answers)
    outcome = check_engagement(folder, Talk(quiet=options.json), wish)
    status = 3 if outcome["questions"] else 0
    if options.json:
        _print(options, {"status": status, **outcome}, ())
    return status


def answers(options: Namespace) -> int:
    """Write the workbook of ratings again, or copy the questionnaire for editing."""
    from analysis.engagement.answers import AnswersWish, prepare_answers

    wish = AnswersWish(
        raters=options.raters,
        types=tuple(options.types),
        questionnaire=options.questionnaire,
        overwrite=options.overwrite,
    )
    made = prepare_answers(_folder(options), wish)
    return _print(options, {"files": list(made.files), "steps": list(made.steps)}, made.steps)


def tours(options: Namespace) -> int:
    """Plan a work-sampling study and write its papers."""
    import dataclasses

    from analysis.engagement.tours import TourWish, prepare_tours

    stated = {
        one.name: getattr(options, one.name) for one in dataclasses.fields(TourWish) if hasattr(options, one.name)
    }
    listed = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    folder = _folder(options)
    made = prepare_tours(folder, TourWish(**listed))
    steps = (
        f"{made!r}.",
        *made.notes,
        f"Wrote {', '.join(made.files)} in engagements/{folder.slug}/. Print the first; the others are the forms, filled in on paper or on a screen.",
        "People are named in the forms for looks alone, so that looks of both observers can be paired; the second observer must not see what the first writes.",
        f"Copy the filled forms to data/, add these blocks to engagement.toml (or let engage check {folder.slug} find them), then: engage check {folder.slug}",
        "",
        made.blocks,
    )
    return _print(options, made.to_dict(), steps)


def run(options: Namespace) -> int:
    """Run the chain."""
    from analysis.engagement.chain import run_chain
    from analysis.engagement.load import parsed_override
    from analysis.engagement.stages import STAGES

    if options.force and options.start:
        raise UsageProblem("--force runs every stage, --from only some. Give one of them.")
    # what it would log, the messages of a run say better
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    folder = _folder(options)
    outcome = run_chain(
        folder,
        overrides=tuple(dict(parsed_override(text) for text in options.overrides).items()),
        start=STAGES[0] if options.force else options.start,
        until=options.until,
        isolated=options.isolated,
        say=_say,
    )
    return _ran(options, folder, outcome)


def demo(options: Namespace) -> int:
    """Make the sample and run the chain."""
    return run(options)


def report(options: Namespace) -> int:
    """Build the report again."""
    folder = _folder(options)
    if options.only is not None:
        if options.withdrawn or options.reason:
            raise UsageProblem("--withdraw goes with the whole report. Run it without --only.")
        return _only(options, folder)
    from analysis.engagement.chain import rebuild_report
    from analysis.engagement.releases import Withdrawal

    withdrawal = Withdrawal(tuple(options.withdrawn), options.reason)
    return _ran(options, folder, rebuild_report(folder, withdrawal=withdrawal, say=_say))


def _only(options: Namespace, folder: Folder) -> int:
    """Build one document alone; the last line is its path."""
    from analysis.engagement.only import build_only

    made = build_only(folder, options.only, say=_say)
    for note in made.notes:
        _say(note)
    outcome = {"engagement": folder.slug, "only": options.only, "path": str(made.path), "notes": list(made.notes)}
    return _print(options, outcome, (str(made.path),))


def lab(options: Namespace) -> int:
    """Open JupyterLab."""
    from analysis.cli.lab import open_lab

    return open_lab(_folder(options), browser=not options.no_browser, words=options.jupyter, say=_say)


def verify(options: Namespace) -> int:
    """Tell whether anything changed."""
    from analysis.engagement.verify import verify as look

    folder = _folder(options)
    lines = look(folder)
    said = lines or (f"{folder.slug}: every byte is as the last run left it.",)
    _print(options, {"status": 1 if lines else 0, "changed": list(lines)}, said)
    return 1 if lines else 0


def explain(options: Namespace) -> int:
    """Tell why a stage would run again, or where a figure comes from."""
    from analysis.engagement import verify as verifying

    folder = _folder(options)
    if options.figure is None:
        lines = verifying.explain_stages(folder)
        return _print(options, {"stages": list(lines)}, lines)
    parts = [text.partition("=") for text in options.scope]
    if not all(equals and value for _, equals, value in parts):
        raise UsageProblem("The scope of a figure is written name=value, such as population=contact_centre.")
    found = verifying.explain_quantity(folder, options.figure, {name: value for name, _, value in parts})
    return _print(options, {"quantities": list(found)}, _figure_lines(found))


def doctor(options: Namespace) -> int:
    """Look at the installation, the workspace and Jupyter's settings."""
    from analysis.cli.doctor import examine

    seen = examine(workspace(options.workspace))
    wrong = [item for item in seen if not item.fine]
    lines = [f"{'ok  ' if item.fine else 'LOOK'} {item.what}: {item.said}" for item in seen]
    listed = [{"what": item.what, "fine": item.fine, "said": item.said} for item in seen]
    _print(options, {"status": 1 if wrong else 0, "seen": listed}, lines)
    return 1 if wrong else 0


def close(options: Namespace) -> int:
    """Delete the client's data after asking."""
    from analysis.engagement.creation import close_engagement, private_files

    folder = _folder(options)
    held = private_files(folder)
    listed = ", ".join(f"{name}/ ({count} files)" for name, count in held.items()) or "nothing"
    if not options.yes:
        if not sys.stdin.isatty():
            raise UsageProblem("close asks before it deletes, and nobody can answer here. Give --yes if you are sure.")
        _say(f"This deletes for good, in engagements/{folder.slug}: {listed}. Reports and pseudonymous results stay.")
        if input(f"Type {folder.slug} to go on: ").strip() != folder.slug:
            raise UsageProblem("Nothing was deleted.")
    close_engagement(folder)
    return _print(options, {"deleted": held}, (f"Deleted: {listed}. The pseudonyms can no longer be resolved.",))


def _folder(options: Namespace) -> Folder:
    return find_engagement(options.name, within=options.workspace)


def _say(line: str) -> None:
    """Print a line of progress."""
    print(line, file=sys.stderr, flush=True)


def _print(options: Namespace, outcome: dict[str, Any], lines: Iterable[str]) -> int:
    """Print the outcome in words or as JSON."""
    if options.json:
        print(json.dumps({"status": 0, **outcome}, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(lines))
    return 0


def _ran(options: Namespace, folder: Folder, outcome: Any) -> int:
    """Print how a run ended; the last line is the path of the PDF."""
    for note in outcome.notes:
        _say(note)
    pdf = None if outcome.pdf is None else str(outcome.pdf)
    stages = [{"name": stage.name, "key": stage.key, "made": stage.made} for stage in outcome.stages]
    last = outcome.stages[-1].name
    said = pdf or f"Finished up to {last}. Go on with: engage run {folder.slug}"
    return _print(
        options, {"engagement": folder.slug, "stages": stages, "pdf": pdf, "notes": list(outcome.notes)}, (said,)
    )


def _figure_lines(found: Iterable[dict[str, Any]]) -> list[str]:
    """Return a figure's records in words."""
    lines: list[str] = []
    for item in found:
        scope = ", ".join(f"{name} {value}" for name, value in item["scope"].items())
        figure = "no value" if item["value"] is None else f"{item['value']:.6g}"
        if item["low"] is not None and item["high"] is not None:
            figure += f" ({item['low']:.6g} to {item['high']:.6g}, level {item['confidence']:g})"
        lines += [f"{item['id']}{f' of {scope}' if scope else ''}: {figure} [{item['unit']}]"]
        lines += [f"  why none: {'; '.join(item['reasons'])}"] if item["reasons"] else []
        lines += [
            f"  definition: {item['definition']}",
            f"  method: {item['method']} ({item['basis']}, grade {item['grade']})",
        ]
        lines += [f"  rests on: {item['n']} {item['n_unit']}".rstrip(), f"  stage: {item['source']['stage']}"]
        lines += [f"  client files: {', '.join(item['files'])}"] if item["files"] else []
    return lines
