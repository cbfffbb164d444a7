"""The sample client: an invented insurer whose exports are written with their dirt, and whose true figures are known."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic import exports, office_exports
from analysis.synthetic.back_office import ITEM_TYPES, OfficePeriod
from analysis.synthetic.calls import QUEUES, CentrePeriod
from analysis.synthetic.dirt import Draft, damaged, soil_status
from analysis.synthetic.engagement_file import engagement_text, state_map_text
from analysis.synthetic.people import People, invent_people
from analysis.synthetic.period import simulate_period
from analysis.synthetic.questionnaires import readiness_file
from analysis.synthetic.streams import MOST_WEEKS, Calendar, stream
from analysis.synthetic.totals import period_totals
from analysis.synthetic.truth import planted_truth, ratios
from analysis.synthetic.voices import CONCERNS, listening_file

TEST_LOGIN = "0009999990"
_WITH_BOM = ("data/agent_status_north.csv", "data/calls.csv")


@dataclass(frozen=True, repr=False)
class Sample:
    """A sample client that has been written, and what is true of it.

    Attributes
    ----------
    folder
        Where it lies.
    files
        Paths written, relative to `folder`.
    dirt
        Ledger: file, fate (``physical``, ``header``, ``banner``, ``blank``, ``total``, ``duplicate``, ``excluded:...``,
        ``rejected:...``, ``used``), rows.
    canaries
        Every invented name and raw identifier of a person, and every sentence that somebody said: none may be found in a deliverable.
    realised
        id, scope, value: every ratio of `truth` as this very period turned out, exact up to float division.
    ladder
        population, part, seconds: the time ladder of this very period as exports and schedule show it, in whole seconds; the parts add
        to ``PAID``.
    seed, weeks
        As asked.
    """

    folder: Path
    files: tuple[str, ...]
    dirt: pd.DataFrame
    canaries: tuple[str, ...]
    realised: pd.DataFrame
    ladder: pd.DataFrame
    seed: int
    weeks: int

    @cached_property
    def truth(self) -> pd.DataFrame:
        """Return id, scope, value, standard_error: what is true of these people over periods like this one; computed at first use, in seconds."""
        return planted_truth(seed=self.seed, weeks=self.weeks)

    def __repr__(self) -> str:
        """Return what was written, in one sentence."""
        used = int(self.dirt.loc[self.dirt["fate"] == "used", "rows"].sum())
        return f"Sample client, seed {self.seed}: {self.weeks} weeks, {len(self.files)} files, {used:,} good rows"


def write_sample(folder: str | Path, *, seed: int = 1, weeks: int = 8) -> Sample:
    """Write the exports, answers and engagement file of an invented insurer, and return what is true of it.

    Parameters
    ----------
    folder
        Where to write; made if missing. The same seed gives the same bytes.
    seed
        Which client.
    weeks
        Length of the period [weeks], from 2 March 2026; 2 to 30.

    Returns
    -------
    Sample
        What was written, and what is true of it.

    Raises
    ------
    ValueError
        `weeks` is not from 2 to 30.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sample = write_sample(folder, weeks=2)
    >>> sample.realised.query("id == 'baseline.idle_share' and value > 0")["scope"].item()
    'population=contact_centre'
    """
    if not 2 <= weeks <= MOST_WEEKS:
        raise ValueError(f"a sample covers 2 to {MOST_WEEKS} weeks, got {weeks}")
    root = Path(folder)
    centre_people, office_people, others = invent_people(seed)
    calendar = Calendar.of(weeks)
    centre, office = simulate_period(centre_people, office_people, calendar, seed=seed, period=0)
    drafts = [
        *_centre_files(centre_people, calendar, centre, seed=seed),
        *_office_files(office_people, calendar, office, (*others[:2], others[-1]), seed=seed),
        *_shared_files(centre_people, office_people, calendar, centre=centre, office=office),
    ]
    roster = [row for people in (centre_people, office_people) for row in office_exports.roster_rows(people, calendar)]
    files, ledger = _write(root, drafts, roster, calendar, careless=others[2:-1])
    totals = period_totals(calendar, centre, office, seed=seed, period=0)
    persons = (*centre_people.persons, *office_people.persons)
    return Sample(
        root,
        files,
        dirt=ledger,
        canaries=tuple(
            sorted(
                {
                    *(one.key for one in persons),
                    *(one.name for one in persons),
                    *others,
                    TEST_LOGIN,
                    *(concern[4] for concern in CONCERNS),
                }
            )
        ),
        realised=ratios([totals]).drop(columns="standard_error"),
        ladder=pd.DataFrame(
            [(population, part, value) for population, parts in totals.ladder.items() for part, value in parts.items()],
            columns=["population", "part", "seconds"],
        ),
        seed=seed,
        weeks=weeks,
    )


def _write(
    root: Path,
    drafts: Sequence[Draft],
    roster: Sequence[tuple[object, ...]],
    calendar: Calendar,
    *,
    careless: Sequence[str],
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Write everything; return the paths and the ledger. Names of `careless` stand where no name should."""
    for part in ("data", "answers"):
        (root / part).mkdir(parents=True, exist_ok=True)
    written = {draft.file: draft.text(bom=draft.file in _WITH_BOM) for draft in drafts}
    written["data/roster.xlsx"] = _workbook("Roster", [office_exports.ROSTER_HEADER, *roster])
    written["data/state_map.csv"] = state_map_text().encode()
    books = {
        "answers/readiness.xlsx": readiness_file(careless[:3]),
        "answers/listening.xlsx": listening_file(calendar.start, careless[3:]),
    }
    written |= {file: content for file, (content, _) in books.items()}
    written["engagement.toml"] = engagement_text(calendar, test_login=TEST_LOGIN).encode()
    for file, content in written.items():
        (root / file).write_bytes(content)
    ledger = [row for draft in drafts for row in draft.rows()]
    counts = {"physical": len(roster) + 1, "header": 1, "used": len(roster)}
    by_book = {"data/roster.xlsx": counts}
    by_book |= {file: {"physical": sum(fates.values()), **fates} for file, (_, fates) in books.items()}
    ledger += [(file, fate, rows) for file, fates in by_book.items() for fate, rows in fates.items()]
    return tuple(sorted(written)), pd.DataFrame(ledger, columns=["file", "fate", "rows"])


def _centre_files(people: People, calendar: Calendar, centre: CentrePeriod, *, seed: int) -> list[Draft]:
    """Return the contact centre's files with their dirt."""
    rng = stream(seed, "dirt")
    sites = exports.status_lines(people, calendar, centre)
    north = Draft.of("data/agent_status_north.csv", exports.STATUS_HEADER, sites["North"])
    south = Draft.of("data/agent_status_south.csv", exports.STATUS_HEADER, sites["South"])
    north.repeat(rng, 25)
    soil_status(north, sites["North"], rng, test_login=TEST_LOGIN)
    north.banner("Agent Status Timeline", "Site: North", "All times are local")
    # the southern export was drawn with one northern team still selected
    guests = {one.key for one in people.persons if one.team == "Team North 3"}
    limit = (calendar.midnights()[0] + np.timedelta64(5, "D")).astype(str)[:10]
    shown = [line for line in sites["North"] if line[:10] in guests and line.split(",")[3][:10] < limit]
    south.append("duplicate", shown)
    south.repeat_header(20_000)
    south.insert(rng, "blank", [""] * 3)
    calls = exports.call_lines(people, calendar, centre)
    log = Draft.of("data/calls.csv", exports.CALLS_HEADER, calls)
    log.repeat(rng, 12)
    volumes, total = exports.volume_lines(calendar, centre)
    volume = Draft.of("data/interval_volumes.csv", exports.VOLUMES_HEADER, volumes)
    volume.banner("Queue performance by interval")
    volume.append("total", [total])
    forecast = Draft.of("data/forecast.csv", exports.FORECAST_HEADER, exports.forecast_lines(calendar, seed=seed))
    return [north, south, log, volume, forecast]


def _office_files(
    people: People, calendar: Calendar, office: OfficePeriod, observers: Sequence[str], *, seed: int
) -> list[Draft]:
    """Return the back office's files with their dirt."""
    rng = stream(seed, "dirt", 1)
    lines = office_exports.item_lines(people, calendar, office, seed=seed)
    items = Draft.of("data/work_items.csv", office_exports.ITEMS_HEADER, lines)
    items.repeat(rng, 18)
    swapped = damaged(rng, lines, lambda cells: [*cells[:4], cells[5], cells[4], cells[6]], 4, ",")
    items.insert(rng, "rejected:end_before_start", [f"X{row}" for row in swapped])
    load = office_exports.workload_lines(people, calendar, office)
    rounds = office_exports.round_lines(people, calendar, office, observers, seed=seed)
    quality = office_exports.quality_lines(people, calendar, office, seed=seed)
    return [
        items,
        Draft.of("data/workload_weekly.csv", office_exports.WORKLOAD_HEADER, load, ";"),
        Draft.of("data/observation_rounds.csv", office_exports.ROUNDS_HEADER, rounds),
        Draft.of(
            "data/self_reports.csv",
            office_exports.SELF_REPORTS_HEADER,
            office_exports.self_report_lines(people, calendar, office, seed=seed),
        ),
        Draft.of("data/quality.csv", office_exports.QUALITY_HEADER, quality),
        Draft.of("data/item_types.csv", office_exports.TYPES_HEADER, office_exports.type_lines()),
    ]


def _shared_files(
    centre_people: People,
    office_people: People,
    calendar: Calendar,
    *,
    centre: CentrePeriod,
    office: OfficePeriod,
) -> list[Draft]:
    """Return what covers both populations: schedule and skills."""
    schedule = [
        *office_exports.schedule_lines(centre_people, calendar, centre.plan),
        *office_exports.schedule_lines(office_people, calendar, office.plan),
    ]
    skills = [
        *exports.skill_lines(centre_people, [(name, 3) for name in QUEUES]),
        *exports.skill_lines(office_people, [(one.name, 3) for one in ITEM_TYPES]),
    ]
    return [
        Draft.of("data/schedule.csv", office_exports.SCHEDULE_HEADER, schedule),
        Draft.of("data/skills.csv", "Agent Id,Skill,Level,Valid From,Valid To", skills),
    ]


def _workbook(sheet: str, rows: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook whose bytes depend on its cells alone."""
    import openpyxl

    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(list(row))
    raw, fixed = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as after:
        for name in sorted(before.namelist()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            content = before.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-04-27T08:00:00Z", content)
            after.writestr(entry, content)
    return fixed.getvalue()
