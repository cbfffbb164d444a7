"""Prepares a work-sampling study: how precise it can be expected to be, when to walk, and the papers to take along."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from analysis.engagement.files import one_at_a_time, write_bytes
from analysis.engagement.load import load_engagement
from analysis.engagement.model import USUAL_MINIMUM_GROUP_AGENTS, Engagement
from analysis.engagement.privacy import CLOSED_FILE, pseudonym_key
from analysis.engagement.sample import ensure_sample
from analysis.engagement.tour_forms import count_form, look_form, tour_list
from analysis.foundation.schema import KitError, UsageProblem
from analysis.measure.sampling.doubles import first_looks
from analysis.measure.sampling.pilot import PilotCorrelations, pilot_correlations
from analysis.measure.sampling.sizes import DEFAULT_DAY_ICC, DEFAULT_ICC, StudyPlan, plan_study
from analysis.measure.sampling.tours import plan_tours, second_looks

if TYPE_CHECKING:
    from analysis.engagement.workspace import Folder

# Days of the week on which nobody is looked at unless asked for (Monday is 0).
_WEEKEND = (5, 6)
# Looks that count in the baseline's share, and those that are non-work; what observers see outside paid work at the desk is no base.
_NOT_IN_BASE, _NON_WORK = ("BREAK", "ABSENT", "OFF"), ("IDLE", "AWAY")
# Expected share of non-work, where nobody knows better.
DEFAULT_SHARE = 0.3
_HOURS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class TourWish:
    """What a consultant asks for.

    Attributes
    ----------
    start
        First day; None is tomorrow.
    days, rounds_per_day
        Working days, and tours on each.
    share, half_width
        Expected share of non-work (None: what was learnt, else .3), and half the width of the wanted interval.
    icc, day_icc
        How much looks of one round, and of one day, resemble one another; None: what was learnt, else an assumption.
    learn
        Whether share and correlations come from the looks that the engagement holds already.
    between, leave_out
        Sampled time and stretches left out on purpose, each as ``"09:00-17:00"`` on the client's clock.
    apart_min
        Least time between two tours [min].
    method, seed
        How times are drawn.
    population, teams, people
        Whom to look at: a population of the roster, teams, and how many people one tour sees.
    weekends
        Whether Saturdays and Sundays count.
    form
        ``"counts"``: a row a team and round; ``"looks"``: a row a look.
    overwrite
        Whether files of an earlier plan may go.
    """

    start: dt.date | None = None
    days: int = 20
    rounds_per_day: int = 8
    share: float | None = None
    half_width: float = 0.03
    icc: float | None = None
    day_icc: float | None = None
    learn: bool = False
    between: str = "09:00-17:00"
    leave_out: tuple[str, ...] = ()
    apart_min: float = 15.0
    method: Literal["stratified", "random"] = "stratified"
    seed: int = 1
    population: str | None = None
    teams: tuple[str, ...] = ()
    people: int | None = None
    weekends: bool = False
    form: Literal["counts", "looks"] = "counts"
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class TourPlan:
    """A study that is ready to be walked.

    Attributes
    ----------
    plan
        Its size and the precision to expect.
    tours
        As :func:`analysis.measure.sampling.plan_tours` returns them.
    files
        What was written, relative to the engagement's folder.
    blocks
        ``[[source]]`` blocks for the forms once they are filled in.
    notes
        What to know about it.
    """

    plan: StudyPlan
    tours: pd.DataFrame
    files: tuple[str, ...]
    blocks: str
    notes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """Return the plan as a sentence."""
        return repr(self.plan)

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain data: its plan, what was written, and each tour."""
        tours = self.tours.assign(date=self.tours["date"].dt.strftime("%Y-%m-%d"))
        rows = tours.astype(object).where(tours.notna(), None).to_dict("records")
        words = {"files": list(self.files), "blocks": self.blocks, "notes": list(self.notes)}
        return {"plan": dataclasses.asdict(self.plan), **words, "tours": rows}


def prepare_tours(folder: Folder, wish: TourWish, *, today: dt.date | None = None) -> TourPlan:
    """Plan a study and write its papers into the engagement's ``sheets/``.

    Parameters
    ----------
    folder
        The engagement's folders.
    wish
        What is asked for.
    today
        The day on which this is asked; the system's by default.

    Raises
    ------
    UsageProblem
        What is asked for contradicts itself, or a file of the same name is there already.
    DataProblem
        The roster cannot be read.
    KitError
        The engagement is closed.
    """
    if (folder.root / CLOSED_FILE).exists():
        raise KitError(f"The engagement {folder.slug} is closed. Make a new one with: engage new NAME")
    if folder.slug == "sample":
        ensure_sample(folder)
    engagement = load_engagement(folder.file)
    start = wish.start or (today or dt.date.today()) + dt.timedelta(days=1)
    people, notes = _people(folder, engagement, wish, start)
    seen = wish.people or sum(people.values())
    dates = _dates(start, wish, engagement)
    expected, learnt = _expected(folder, engagement, wish, seen)
    notes += [*learnt, *_cautions(engagement, wish, dates, seen)]
    try:
        plan = plan_study(
            **expected,
            half_width=wish.half_width,
            looks_per_round=seen,
            rounds_per_day=wish.rounds_per_day,
            days=wish.days,
        )
        tours = _tours(
            engagement, wish, dates, second=math.ceil(second_looks(expected["share"]) / seen), teams=list(people)
        )
    except ValueError as error:
        raise UsageProblem(f"The tours cannot be planned: {error}.") from None
    papers = _papers(tours, people, wish, f"{engagement.client.name}: {len(tours)} tours, seed {wish.seed}")
    names = {name.format(start): content for name, content in papers.items()}
    _write(folder, names, overwrite=wish.overwrite)
    return TourPlan(plan, tours, tuple(names), _blocks(wish, dates, list(names)), tuple(notes))


def _tours(
    engagement: Engagement, wish: TourWish, dates: Sequence[dt.date], *, second: int, teams: Sequence[str]
) -> pd.DataFrame:
    """Return the tours, with as many second observers as sensitivity and specificity need."""
    start_s, end_s = _stretch(wish.between, "--between")
    return plan_tours(
        dates,
        start_s=start_s,
        end_s=end_s,
        rounds_per_day=wish.rounds_per_day,
        seed=wish.seed,
        method=wish.method,
        breaks=[_stretch(one, "--leave-out") for one in wish.leave_out],
        spacing_s=60 * wish.apart_min,
        routes=[team for team in teams if team],
        zone=engagement.client.time_zone,
        second_tours=second,
    )


def _stretch(text: str, flag: str) -> tuple[int, int]:
    """Return first and last moment of ``"09:00-17:00"`` [s after midnight]; one that ends before it begins ends on the next day."""
    found = _HOURS.fullmatch(text.strip())
    hours = [int(one) for one in found.groups()] if found else []
    if not hours or hours[0] > 24 or hours[2] > 24 or max(hours[1], hours[3]) > 59:
        raise UsageProblem(f"{flag}: write two times of the day with a hyphen between them, such as 09:00-17:00.")
    begin, end = 3600 * hours[0] + 60 * hours[1], 3600 * hours[2] + 60 * hours[3]
    return begin, end + 86_400 if end <= begin else end


def _people(folder: Folder, engagement: Engagement, wish: TourWish, day: dt.date) -> tuple[dict[str, int], list[str]]:
    """Return how many people each team has, from the roster where there is one, and what was assumed."""
    sources = [source for source in engagement.source if source.target == "roster"]
    if wish.teams and wish.people is not None:
        part, rest = divmod(wish.people, len(wish.teams))
        return {team: part + (at < rest) for at, team in enumerate(wish.teams)}, []
    if not sources:
        if wish.people is None:
            raise UsageProblem(
                "How many people does one tour see? There is no roster in engagement.toml yet; give --people 24, and --team NAME for each team."
            )
        return {"": wish.people}, [
            "No teams are known: the forms have one row a round. Give --team NAME for each team."
        ]
    from analysis.intake import read_sources

    intake = read_sources(sources, client=engagement.client, root=folder.root, key=pseudonym_key(folder))
    roster = intake.tables["roster"]
    moment = pd.Timestamp(day)
    roster = roster[~(roster["valid_from"] > moment) & ~(roster["valid_to"] < moment)]
    if wish.population is not None:
        roster = roster[roster["population"] == wish.population]
    sizes = roster.drop_duplicates("agent", keep="last").groupby("team")["agent"].size()
    unknown = [team for team in wish.teams if team not in sizes.index]
    if unknown or sizes.empty:
        known = ", ".join(map(str, sizes.index)) or "none"
        raise UsageProblem(
            f"--team: the roster has no team {', '.join(unknown) or 'with people on that day'}. It has: {known}."
        )
    people = {str(team): int(size) for team, size in sizes.items() if not wish.teams or team in wish.teams}
    if wish.people is not None:
        return people, []
    return people, [
        f"A tour is taken to see all {sum(people.values())} people of {len(people)} teams on the roster. Give --people for those at work at the same time."
    ]


def _dates(start: dt.date, wish: TourWish, engagement: Engagement) -> list[dt.date]:
    """Return the days on which to walk."""
    if wish.days < 1 or wish.days > 366:
        raise UsageProblem(f"--days {wish.days}: give 1 to 366 working days.")
    found: list[dt.date] = []
    day = start
    while len(found) < wish.days:
        closed = day in engagement.client.holidays or (day.weekday() in _WEEKEND and not wish.weekends)
        found += [] if closed else [day]
        day += dt.timedelta(days=1)
    return found


def _expected(folder: Folder, engagement: Engagement, wish: TourWish, seen: int) -> tuple[dict[str, float], list[str]]:
    """Return the share and correlations to plan with, and where they come from."""
    stated = {"share": wish.share, "icc": wish.icc, "day_icc": wish.day_icc}
    if wish.learn:
        found = _pilot(folder, engagement, wish, seen)
        learnt = {"share": found.share, "icc": found.cautious_icc, "day_icc": found.cautious_day_icc}
        note = f"Learnt from the looks so far: {found!r}."
        return {name: learnt[name] if value is None else value for name, value in stated.items()}, [note]
    assumed = {"share": DEFAULT_SHARE, "icc": DEFAULT_ICC, "day_icc": DEFAULT_DAY_ICC}
    expected = {name: assumed[name] if value is None else value for name, value in stated.items()}
    if wish.icc is not None and wish.day_icc is not None:
        return expected, []
    icc, day_icc = expected["icc"], expected["day_icc"]
    said = f"The plan assumes that looks of one round are correlated by {icc:g} and those of one day by {day_icc:g}."
    return expected, [f"{said} After the first week of looks plan again with --learn."]


def _pilot(folder: Folder, engagement: Engagement, wish: TourWish, seen: int) -> PilotCorrelations:
    """Return what the looks that are there already tell about the rest."""
    from analysis.intake import read_sources

    if seen < USUAL_MINIMUM_GROUP_AGENTS:
        raise UsageProblem(
            f"--learn: nothing is computed from looks at fewer than {USUAL_MINIMUM_GROUP_AGENTS} people."
        )
    sources = [source for source in engagement.source if source.target == "observations"]
    if not sources:
        raise UsageProblem(
            "--learn: engagement.toml has no [[source]] of observations yet. Read the first filled forms, then learn from them."
        )
    tables = read_sources(sources, client=engagement.client, root=folder.root, key=pseudonym_key(folder)).tables
    looks = first_looks(tables["observations"]).looks
    looks = looks[~looks["state"].isin(_NOT_IN_BASE)]
    if wish.teams:
        looks = looks[looks["team"].isin(wish.teams)]
    return pilot_correlations(looks, state=_NON_WORK, zone=engagement.client.time_zone)


def _cautions(engagement: Engagement, wish: TourWish, dates: Sequence[dt.date], seen: int) -> list[str]:
    """Say what the plan rests on, and what would make its looks useless."""
    notes = []
    period = engagement.client.period
    if dates[0] < period.start or dates[-1] > period.end:
        notes.append(
            f"Tours from {dates[0]} to {dates[-1]} reach beyond the period {period.start} to {period.end} of engagement.toml. "
            "The blocks below state the days of the tours, or their looks would be left out."
        )
    if seen < USUAL_MINIMUM_GROUP_AGENTS:
        notes.append(
            f"Nothing is ever printed about fewer than {USUAL_MINIMUM_GROUP_AGENTS} people, and {seen} are planned."
        )
    if wish.leave_out:
        notes.append("Time that is left out is not known afterwards: say so beside the figure.")
    return notes


def _papers(tours: pd.DataFrame, people: Mapping[str, int], wish: TourWish, about: str) -> dict[str, bytes]:
    """Return the papers by name, with a blank for the first day."""
    second = tours[tours["second_observer"]]
    papers = {"sheets/tours_{}.xlsx": tour_list(tours, about=about)}
    if wish.form == "looks":
        papers["sheets/looks_{}.xlsx"] = look_form(tours, people)
    else:
        first = tours[~tours["second_observer"]]
        papers["sheets/rounds_{}.xlsx"] = count_form(first, [team for team in people if team])
        # looks can be paired one by one only where both observers write down whom they saw
        papers["sheets/looks_{}.xlsx"] = look_form(second, people)
    papers["sheets/second_looks_{}.xlsx"] = look_form(second, people, second=True)
    return papers


def _write(folder: Folder, papers: Mapping[str, bytes], *, overwrite: bool) -> None:
    """Write the papers, all or none."""
    with one_at_a_time(folder.work / ".lock", f"the engagement {folder.slug}"):
        there = [name for name in papers if (folder.root / name).exists()]
        if there and not overwrite:
            raise UsageProblem(
                f"{', '.join(there)}: there already, and perhaps filled in. Nothing was written. Move them away, begin on another day, or give --overwrite."
            )
        for name, content in papers.items():
            write_bytes(folder.root / name, content)


def _blocks(wish: TourWish, dates: Sequence[dt.date], names: Sequence[str]) -> str:
    """Return the blocks by which the filled forms are read."""
    stems = [name.removeprefix("sheets/") for name in names[1:]]
    # counts and looks have different columns, so they are different sources
    groups = [stems] if wish.form == "looks" else [stems[:1], stems[1:]]
    lines = []
    for group in groups:
        files = ", ".join(f'"data/{stem}"' for stem in group)
        lines += ["[[source]]", f"files = [{files}]", 'adapter = "kit_work_sampling"']
        lines += [f'population = "{wish.population}"'] if wish.population else []
        lines += [f"period = {{ start = {dates[0]}, end = {dates[-1]} }}", ""]
    return "\n".join(lines).rstrip()
