"""Keeps a register of the figures that were put where they may be handed over, and refuses a report that tells, beside an earlier one, what a few people did."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engagement.files import flush_tree, private_folder, read_json, replace, write_json
from analysis.engagement.privacy import CLOSED_FILE, pseudonym_key
from analysis.engagement.records import Record
from analysis.engagement.released import Figure, figures_of, told_apart
from analysis.engagement.report import MANIFEST
from analysis.engagement.stage import read_results
from analysis.engagement.stages import stage_spec
from analysis.engagement.store import load, read_frame, write_frame
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import DisclosureProblem, KitError, UsageProblem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.report.disclosure.published import Cell, Published

FOLDER, REGISTER = "releases", "register.json"
FORGOTTEN = "The release of run {run} is forgotten; the reason stands in private/releases/register.json."
MEASURED = ("baseline", "utilization", "blending")
SHORTEST_RUN, SHOWN_RUN = 4, 8
MOST_REASON = 500
NAMED = 3


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Releases that nobody was given.

    Attributes
    ----------
    runs
        Their short run ids, as the foot of every page shows them.
    reason
        Why they may be forgotten; kept in the register.
    """

    runs: tuple[str, ...] = ()
    reason: str = ""


def enter_release(
    folder: Folder, found: Mapping[str, Record], *, run_id: str, deliverables: str, withdrawal: Withdrawal | None = None
) -> tuple[str, ...]:
    """Hold a report against all earlier ones and enter it into the register; call it before anything is put in place.

    Parameters
    ----------
    folder
        The engagement's folders; the register lies in its private one. The caller holds the lock of its ``work/``.
    found
        Records of the stages that measured.
    run_id
        Id of the run, as the report prints it.
    deliverables
        Digest of the files that are to be handed over.
    withdrawal
        Earlier releases that nobody was given.

    Returns
    -------
    tuple
        What the user must know.

    Raises
    ------
    DisclosureProblem
        Beside an earlier report, this one would tell what fewer people did than the smallest group has.
    UsageProblem
        The register holds no release of the run to withdraw, or no reason is given.
    KitError
        The register is damaged.

    Notes
    -----
    It is entered before the files are put in place: a run that is killed in between leaves a release that perhaps nobody saw, never one that nobody
    knows of. A closed engagement keeps no register: its data are deleted, so that no later report can rest on other people.
    """
    withdrawal = withdrawal or Withdrawal()
    check_withdrawal(folder, withdrawal)
    if (folder.root / CLOSED_FILE).exists():
        return ()
    key = pseudonym_key(folder)
    home = folder.private / FOLDER
    before = _read_register(home, folder.slug)
    entries = _withdrawn(before, withdrawal, folder.slug)
    notes = [FORGOTTEN.format(run=run) for run in withdrawn_runs(withdrawal)] + _unknown(folder, run_id)
    standing = [one for one in entries if not one["withdrawn"]]
    if not any(one["run"] == run_id and one["deliverables"] == deliverables for one in standing):
        published, members = _published(found)
        figures = list(figures_of(published, members, key))
        notes += _compare(figures, published, standing, home=home, key=key, slug=folder.slug)
        entries.append(_entry(run_id, deliverables, content=_keep(figures, home), key=key))
    _write_register(home, entries, before)
    return tuple(notes)


def check_withdrawal(folder: Folder, withdrawal: Withdrawal) -> None:
    """Refuse a withdrawal that the register cannot follow, before anything is built.

    Raises
    ------
    UsageProblem
        The register holds no release of a run that is named, or no reason is given.
    KitError
        The register is damaged.
    """
    if (folder.root / CLOSED_FILE).exists():
        if withdrawal.runs:
            raise UsageProblem(
                f"The engagement {folder.slug} is closed: its register of releases is deleted, there is nothing to withdraw."
            )
        return
    _withdrawn(_read_register(folder.private / FOLDER, folder.slug), withdrawal, folder.slug)


def _unknown(folder: Folder, run_id: str) -> list[str]:
    """Say that a report was put in place before there was a register."""
    if (folder.private / FOLDER / REGISTER).exists():
        return []
    former = (read_json(folder.reports / MANIFEST) or {}).get("run_id", run_id)
    if former == run_id:
        return []
    return [
        (
            f"The report of run {former[:SHOWN_RUN]} in reports/{folder.slug}/ stands in no register, so this one could not be held against it. "
            "Before you hand it out, make sure that nobody can hold both."
        )
    ]


def _published(found: Mapping[str, Record]) -> tuple[Published, pd.DataFrame]:
    """Return the figures that a finished run publishes, and the hours of the people behind them.

    Breakdowns that the audit leaves out of the report are among them: to know which, the attack would have to be made again. To hold a figure that
    nobody saw against the next report can refuse one too many, never one too few.
    """
    from analysis.report.disclosure import as_published, published_of, without_few
    from analysis.value import Value

    results: dict[str, Any] = {}
    for name in MEASURED:
        results |= read_results(stage_spec(name), found[name].folder)
    baseline = results["baseline"]
    told = as_published(baseline, results["utilization"], without_few(results["blending"], baseline))
    value = load(Value, found["readiness"].folder / "value")
    return published_of(*told, value), baseline.members


def _compare(
    figures: Sequence[Figure],
    published: Published,
    standing: Sequence[Mapping[str, Any]],
    *,
    home: Path,
    key: bytes,
    slug: str,
) -> tuple[str, ...]:
    """Refuse where an earlier release and this one tell what a few people did; return what could not be compared."""
    mark, known, lost = _mark(key), {}, 0
    in_the_way: dict[str, Mapping[str, Any]] = {}
    places: set[int] = set()
    for entry in standing:
        if entry["key"] != mark:
            lost += 1
            continue
        content = entry["content"]
        if content not in known:
            known[content] = told_apart(_kept(home, content, slug), figures, published.minimum)
        if known[content]:
            in_the_way[entry["run"]] = entry
            places.update(known[content])
    if in_the_way:
        shown = [cell for cell in published.cells if cell.value is not None]
        told = [shown[place] for place in sorted(places)]
        raise DisclosureProblem(_refusal(told, list(in_the_way.values()), minimum=published.minimum, slug=slug))
    if not lost:
        return []
    many = f"{lost} earlier releases" if lost > 1 else "An earlier release"
    lines = (
        f"{many} of {slug} cannot be compared with this report: the pseudonym key is another one since.",
        "Before you hand it out, make sure that nobody can hold both.",
    )
    return [" ".join(lines)]


def _refusal(told: Sequence[Cell], entries: Sequence[Mapping[str, Any]], *, minimum: int, slug: str) -> str:
    """Say what stands in the way and what to do; parts of the population are named, never people or values."""
    reports = " or ".join(f"the one of {entry['on']} (run {entry['run'][:SHOWN_RUN]})" for entry in entries)
    first: dict[tuple[str, str, str], str] = {}
    for cell in told:
        first.setdefault((cell.population, cell.by, cell.level), cell.name)
    parts = list(first.values())
    more = len(parts) - NAMED
    listed = "; ".join(parts[:NAMED]) + (f"; and of {more} more parts" if more > 0 else "")
    flags = " ".join(f"--withdraw {entry['run'][:SHOWN_RUN]}" for entry in entries)
    it = "it" if len(entries) == 1 else "them"
    figures = "1 figure differs" if len(told) == 1 else f"{len(told)} figures differ"
    return (
        f"Nothing was replaced. Whoever holds this report beside {reports} could work out what fewer than {minimum} people did: "
        f"{figures} by their records alone ({listed}). "
        f"If nobody was given {it}, say so, and this report takes the place: "
        f'engage report {slug} {flags} --reason "a draft, shown to nobody". '
        f"If somebody was, {it if it == 'them' else 'that one'} must stand for this period. {_instead(told, minimum)}"
    )


def _instead(told: Sequence[Cell], minimum: int) -> str:
    """Say what can be reported in the place of a report that is refused; a whole population cannot be merged with anything."""
    if any(cell.by == "all" for cell in told):
        return "Report again on another period."
    return f"Report again on another period, or merge the groups named here in the roster until {minimum} people or more differ in each."


def _withdrawn(entries: Sequence[Mapping[str, Any]], withdrawal: Withdrawal, slug: str) -> list[dict[str, Any]]:
    """Return the register with the named releases marked as given to nobody."""
    reason = " ".join(withdrawal.reason.split())
    if withdrawal.runs and not reason:
        raise UsageProblem(
            f'--withdraw needs a reason, which the register keeps: engage report {slug} --withdraw {withdrawal.runs[0]} --reason "a draft, shown to nobody".'
        )
    if len(reason) > MOST_REASON:
        raise UsageProblem(f"--reason is longer than {MOST_REASON} characters. Say it in a sentence.")
    if reason and not withdrawn_runs(withdrawal):
        raise UsageProblem("--reason belongs to --withdraw RUN, which names the release that nobody was given.")
    found = [dict(entry) for entry in entries]
    for run in withdrawn_runs(withdrawal):
        named = [entry for entry in found if len(run) >= SHORTEST_RUN and entry["run"].startswith(run)]
        if not named:
            standing = [f"{entry['run'][:SHOWN_RUN]} ({entry['on']})" for entry in found if not entry["withdrawn"]]
            held = f"It holds: {', '.join(standing)}." if standing else "It holds none that stands."
            raise UsageProblem(
                f"The register of {slug} holds no release of the run {run}. {held} The run id stands at the foot of every page."
            )
        for entry in named:
            entry["withdrawn"] = entry["withdrawn"] or {"on": _today(), "reason": reason}
    return found


def withdrawn_runs(withdrawal: Withdrawal) -> tuple[str, ...]:
    """Return the run ids of a withdrawal as the register spells them."""
    return tuple(dict.fromkeys(run.strip().lower() for run in withdrawal.runs))


def _entry(run_id: str, deliverables: str, *, content: str, key: bytes) -> dict[str, Any]:
    return {
        "run": run_id,
        "on": _today(),
        "deliverables": deliverables,
        "content": content,
        "key": _mark(key),
        "withdrawn": None,
    }


def _today() -> str:
    return dt.date.today().isoformat()


def _mark(key: bytes) -> str:
    """Return what tells two pseudonym keys apart without telling anything of them."""
    return hmac.new(key, b"releases", hashlib.sha256).hexdigest()[:16]


def _read_register(home: Path, slug: str) -> list[dict[str, Any]]:
    """Return the entries of the register, oldest first."""
    path = home / REGISTER
    if not path.exists():
        return []
    held = read_json(path)
    entries = held.get("releases") if isinstance(held, dict) else None
    fields = set(_entry("", "", content="", key=b""))
    if not isinstance(entries, list) or not all(isinstance(one, dict) and set(one) == fields for one in entries):
        raise KitError(_damaged(slug, REGISTER))
    return entries


def _write_register(home: Path, entries: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> None:
    """Write the register if it changed, and clear figures that no standing release needs."""
    if list(entries) == list(before):
        return
    private_folder(home)
    write_json(home / REGISTER, {"schema": 1, "releases": list(entries)})
    needed = {f"{entry['content']}.parquet" for entry in entries if not entry["withdrawn"]}
    for path in (*home.glob("*.parquet"), *home.glob(".*.part")):
        if path.name not in needed:
            path.unlink()


def _keep(figures: Sequence[Figure], home: Path) -> str:
    """Write the figures of a release beside the register and return the name of their file: a digest of what is in it."""
    import numpy as np
    import pandas as pd

    ordered = sorted(figures, key=lambda one: (one.family, one.cell, one.value, min(one.people, default=(0, 0))))
    rows = [
        (number, one.family, one.cell, one.value, *person)
        for number, one in enumerate(ordered)
        for person in sorted(one.people)
    ]
    table = np.array(rows, dtype="<i8").reshape(-1, 6)
    content = _content(table)
    path = home / f"{content}.parquet"
    if not path.exists():
        private_folder(home)
        frame = pd.DataFrame(table, columns=["figure", "family", "cell", "value", "agent", "time"])
        aside = home / f".{content}.part"
        write_frame(frame, aside)
        flush_tree(home)
        replace(aside, path)
    return content


def _content(table: np.ndarray) -> str:
    """Return the name of a release's figures: the digest of their rows."""
    # bytes in the order of rows on every machine
    return hashlib.sha256(table.astype("<i8").tobytes()).hexdigest()[:16]


def _kept(home: Path, content: str, slug: str) -> list[Figure]:
    """Return the figures of an earlier release."""
    import numpy as np

    path = home / f"{content}.parquet"
    try:
        frame = read_frame(path)
    except (OSError, ValueError) as error:
        raise KitError(_damaged(slug, path.name)) from error
    if _content(frame.to_numpy()) != content:
        raise KitError(_damaged(slug, path.name))
    pairs = list(zip(frame["agent"].tolist(), frame["time"].tolist(), strict=True))
    starts = np.flatnonzero(np.diff(frame["figure"].to_numpy(), prepend=-1)).tolist()
    heads = frame.loc[starts, ["family", "cell", "value"]].to_numpy().tolist()
    return [
        Figure(family, cell, value, frozenset(pairs[start:end]))
        for (family, cell, value), start, end in zip(heads, starts, [*starts[1:], len(pairs)], strict=True)
    ]


def _damaged(slug: str, file: str) -> str:
    return (
        f"private/releases/{file} of {slug} is damaged or missing. Restore it from a backup. If there is none, delete the folder private/releases; "
        "the next report then counts as the first, so make sure that nobody can hold it beside an earlier one."
    )
