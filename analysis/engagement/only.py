"""Builds one document alone, beside the assessment or before there is any: what it was made of stands beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engagement import keys, records
from analysis.engagement.chain import rebuild_report, recorded_overrides
from analysis.engagement.files import digest_of, one_at_a_time, read_json, sha256_of, write_bytes, write_json
from analysis.engagement.load import load_engagement, nearest, read_stated
from analysis.engagement.model import Engagement
from analysis.engagement.parts import WRITES, build_part, standing
from analysis.engagement.privacy import CLOSED_FILE, pseudonym_key
from analysis.engagement.records import Record
from analysis.engagement.releases import enter_release
from analysis.engagement.report import MANIFEST, place, run_facts
from analysis.engagement.sample import ensure_sample
from analysis.engagement.stage import read_results
from analysis.engagement.stages import CHAIN, stage_spec
from analysis.engagement.store import read_frame
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import KitError, UsageProblem
from analysis.intake.settings import Source

if TYPE_CHECKING:
    import pandas as pd

# tables that a consultant can fill before there are any data
TABLES = ("listening", "expectations", "to_hear", "responses")
WORKBOOK = "answers/listening.xlsx"
ADAPTERS = ("kit_concerns", "kit_expectations", "kit_to_hear", "kit_changed")
MEASURED = ("baseline", "utilization", "blending")
# stands in until zone and period of the client are known; nothing of it is printed
NO_ZONE, NO_PERIOD = "UTC", {"start": "2000-01-01", "end": "2099-12-31"}
WHOLE = "Results, settings, words or the kit are not those of the last report: all of it was built again, so that its parts fit each other."


@dataclass(frozen=True, slots=True)
class Made:
    """One document.

    Attributes
    ----------
    file
        Its name in the folder of reports.
    inputs
        SHA-256 of what it was made of, by name.
    notes
        What the user must know beside it.
    shown, fewest
        Counts of notes that it prints by name, and the least change of one that gives nobody away; empty where it prints none.
    run_id, found
        Run and records of the stages that measured what it tells; empty where nothing measured is told.
    """

    file: str
    inputs: Mapping[str, str]
    notes: tuple[str, ...] = ()
    shown: Mapping[str, int] = field(default_factory=dict)
    fewest: int = 0
    run_id: str = ""
    found: Mapping[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OnlyRun:
    """Where the document was put (for the charts: their folder), and what the user must know."""

    path: Path
    notes: tuple[str, ...]


def build_only(folder: Folder, part: str, *, say: Callable[[str], None] = lambda line: None) -> OnlyRun:
    """Build one document of an engagement and put it in place; the others stay as they are.

    Parameters
    ----------
    folder
        The engagement's folders.
    part
        One of :data:`PARTS`.
    say
        Takes one line per step.

    Raises
    ------
    UsageProblem
        There is no such document, or the engagement file is wrong.
    KitError
        What the document is made of is missing: the message says what to run first.
    DisclosureProblem
        It may not be handed over beside an earlier report.

    Notes
    -----
    Where results, settings, words or the kit are no longer those of the last report, a deliverable of it is not built alone: all of them are,
    so that no two of them disagree.
    """
    if part not in PARTS:
        raise UsageProblem(f"--only {part}: there is no such document to build alone.{nearest(part, list(PARTS))}")
    if folder.slug == "sample":
        ensure_sample(folder)
    alone = PARTS[part]
    if part in WRITES:
        made = _of_the_report(folder, part)
        if made is not None:
            return made
    if alone is None:
        whole = rebuild_report(folder, say=say)
        return OnlyRun(folder.reports / WRITES[part], (WHOLE, *whole.notes))
    return _alone(folder, part, alone)


def _of_the_report(folder: Folder, part: str) -> OnlyRun | None:
    """Build a deliverable of the last report; None where there is none, or where it is of other results."""
    with one_at_a_time(folder.work / ".lock", f"the engagement {folder.slug}"):
        now = standing(folder)
        if now is None:
            return None
        notes = build_part(folder, part, now)
    return OnlyRun(folder.reports / WRITES[part], notes)


def _alone(folder: Folder, part: str, build: Callable[[Folder, Path], Made]) -> OnlyRun:
    """Build a document that needs no report."""
    with one_at_a_time(folder.work / ".lock", f"the engagement {folder.slug}"), tempfile.TemporaryDirectory() as name:
        into = Path(name)
        made = build(folder, into)
        notes = _grown_by_few(made, read_json(_manifest(folder, part)) or {})
        digest = sha256_of(into / made.file)
        if made.found:
            # a document that is refused leaves nothing behind
            notes += enter_release(folder, made.found, run_id=made.run_id, deliverables=digest)
        folder.reports.mkdir(parents=True, exist_ok=True)
        aside = folder.reports / f".{made.file}.part"
        write_bytes(aside, (into / made.file).read_bytes())
        stated = {"schema": 1, "part": part, "inputs": dict(made.inputs), "outputs": {made.file: digest}}
        path = place(aside, folder.reports / made.file, notes)
        write_json(_manifest(folder, part), {**stated, "shown": dict(made.shown)})
    return OnlyRun(path, (*made.notes, *notes))


def _grown_by_few(made: Made, before: Mapping[str, Any]) -> list[str]:
    """Say whether two documents, held side by side, would tell what a note or two are on."""
    former = before.get("shown", {})
    few = [name for name, count in made.shown.items() if name in former and 0 < abs(count - former[name]) < made.fewest]
    if not few:
        return []
    return [
        (
            f"Since the last {made.file} some counts changed by fewer than {made.fewest} notes: whoever holds both can tell what these were on. "
            "Hand out the new one once more has been added, or to people who have not seen the last."
        )
    ]


def _manifest(folder: Folder, part: str) -> Path:
    return folder.reports / f"{part}.manifest.json"


def changed(folder: Folder) -> list[str]:
    """Return one line per document built alone that is not as it was written."""
    lines = []
    # a run writes some of them as well; its own manifest speaks for these
    of_the_run = (read_json(folder.reports / MANIFEST) or {}).get("outputs", {})
    for part in PARTS:
        stated = (read_json(_manifest(folder, part)) or {}).get("outputs", {})
        for name, digest in stated.items():
            if name in of_the_run:
                continue
            path = folder.reports / name
            if not path.is_file():
                lines.append(f"reports/{folder.slug}/{name} is missing")
            elif sha256_of(path) != digest:
                lines.append(f"reports/{folder.slug}/{name} is changed")
    return lines


def _listening(folder: Folder, into: Path) -> Made:
    """Build the two pages on listening from the answers, and from what was measured where there is a run."""
    from analysis.readiness.listening import listen, read_guide
    from analysis.report.listening import FILE, build_listening

    if (folder.root / CLOSED_FILE).exists():
        raise KitError(f"The engagement {folder.slug} is closed: what was heard is deleted, and these pages with it.")
    engagement, dated = first_day(folder)
    tables, inputs, notes = _answers(folder, engagement)
    results, made_of, skipped = _measured(folder)
    guide = read_guide()
    heard = listen(
        {**tables, **_roster(folder)},
        **results,
        client=engagement.client if dated else None,
        settings=engagement.readiness,
        guide=guide,
    )
    inputs = {**inputs, **made_of, "guide": heard.guide, "package": keys.package_hash()}
    period = engagement.client.period
    made = build_listening(
        heard,
        guide,
        client=engagement.client.name,
        run=digest_of(inputs)[:12],
        period=(period.start, period.end) if dated else None,
        brand=keys.brand_file(engagement, folder),
        paper=engagement.report.paper,
    )
    (into / FILE).write_bytes(made.pdf)
    asked = [f"{one.where}: {one.message}" for one in heard.findings if one.severity == "ask"]
    counts = dict(zip(heard.listening["theme"], heard.listening["times"].astype(int).tolist(), strict=True))
    return Made(FILE, inputs, (*notes, *skipped, *asked), counts, engagement.readiness.fewest_notes)


def first_day(folder: Folder) -> tuple[Engagement, bool]:
    """Return the engagement also where zone and period of the client are not stated yet.

    Returns
    -------
    tuple
        The engagement, and whether its period is the client's own.

    Raises
    ------
    UsageProblem
        Anything else of the file is wrong, such as the client's name.
    """
    client = read_stated(folder.file).get("client")
    client = client if isinstance(client, dict) else {}
    overrides: list[tuple[str, Any]] = list(recorded_overrides(folder))
    given = {name for name, _ in overrides}
    dated = bool(client.get("period")) or "client.period" in given
    if not client.get("time_zone") and "client.time_zone" not in given:
        overrides.append(("client.time_zone", NO_ZONE))
    if not dated:
        overrides.append(("client.period", NO_PERIOD))
    return load_engagement(folder.file, overrides=overrides), dated


def _answers(folder: Folder, engagement: Engagement) -> tuple[dict[str, pd.DataFrame], dict[str, str], list[str]]:
    """Return the tables that were written by hand, the files behind them, and what is to be said about them."""
    from analysis.intake import read_sources
    from analysis.intake.opening.files import expand, relative

    notes: list[str] = []
    sources = [source for source in engagement.source if source.target in TABLES]
    if not sources and (folder.root / WORKBOOK).is_file():
        sources = [Source(files=(WORKBOOK,), adapter=name) for name in ADAPTERS]
        notes.append(f"{WORKBOOK} is read, though no [[source]] of engagement.toml names it.")
    if not sources:
        return (
            {},
            {},
            [f"No {WORKBOOK} is there: the pages say how to begin. A new engagement has one; copy it from there."],
        )
    paths = {path for source in sources for path in expand(source, folder.root)}
    inputs = {relative(path, folder.root): sha256_of(path) for path in sorted(paths)}
    intake = read_sources(sources, client=engagement.client, root=folder.root, key=pseudonym_key(folder))
    notes += [f"{one.where}: {one.message}" for one in intake.findings if one.severity in ("ask", "rejected")]
    return {name: table for name, table in intake.tables.items() if name in TABLES}, inputs, notes


def _measured(folder: Folder) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Return the results of the last run that guesses are held against, as far as there are any."""
    results: dict[str, Any] = {}
    made_of: dict[str, str] = {}
    for name in MEASURED:
        record = records.current(folder.work, name)
        if record is None:
            continue
        try:
            if record.damage():
                raise ValueError("damaged")
            results[name] = read_results(stage_spec(name), record.folder)[name]
        except ValueError:
            again = f"The results of {name} are damaged or of another version, so guesses are not held against them. Run again: engage run {folder.slug}"
            return {}, {}, [again]
        made_of[f"work/{name}"] = record.digest
    return results, made_of, []


def _roster(folder: Folder) -> dict[str, pd.DataFrame]:
    """Return the roster of the last run, where there is one."""
    record = records.current(folder.work, "intake")
    file = None if record is None else record.folder / "tables.roster.parquet"
    return {} if file is None or not file.is_file() else {"roster": read_frame(file)}


def _communication(folder: Folder, into: Path) -> Made:
    """Build the pages for managers and for staff from the finished stages."""
    from analysis.report.communication import build_communication

    overrides = recorded_overrides(folder)
    engagement = load_engagement(folder.file, overrides=overrides)
    found: dict[str, Record] = {}
    for spec in CHAIN[:-1]:
        record = records.current(folder.work, spec.name)
        if record is None or record.damage():
            raise KitError(f"The stage {spec.name} has not been run to its end, or its results are damaged. Run first: engage run {folder.slug}")  # fmt: skip
        found[spec.name] = record
    try:
        results = read_results(stage_spec("readiness"), found["readiness"].folder)
    except ValueError as error:
        raise KitError(f"The results of readiness are of another version of the kit. Run first: engage run {folder.slug}") from error  # fmt: skip
    facts = run_facts(found, {name: record.components() for name, record in found.items()}, overrides)
    file = build_communication(
        client=engagement.client,
        readiness=results["readiness"],
        run=facts,
        out=into,
        brand=keys.brand_file(engagement, folder),
        paper=engagement.report.paper,
    )
    inputs = {f"work/{name}": record.digest for name, record in found.items()}
    return Made(file, inputs, run_id=facts["run_id"], found=found)


#: Documents that can be built alone: name on the command line -> what builds it where there is no report to take it from; None: then all is built.
PARTS: Mapping[str, Callable[[Folder, Path], Made] | None] = {
    "listening": _listening,
    **dict.fromkeys(WRITES),
    "communication": _communication,
}
