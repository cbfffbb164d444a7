"""The texts of plan, risks and messages: read from data files that a consultant may edit, checked when they are read."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Settings
from analysis.readiness.plan.blanks import BLANKS, CONDITION

PHASES: tuple[str, ...] = ("crawl", "walk", "run")
Model = TypeVar("Model", bound=Settings)


class Line(Settings):
    """A text, what stands in for it where one of its blanks is unknown, and when it is said at all."""

    text: str = Field(min_length=1, description="the text, with blanks in braces")
    without: str = Field(default="", description="the text where a blank is unknown; empty leaves the line out")
    when: tuple[str, ...] = Field(default=(), description="conditions that must all hold")


class Step(Line):
    """Something to do, who does it, and what shows that it was done."""

    owner_role: str = Field(min_length=1, description="role that does it")
    evidence: str = Field(min_length=1, description="what shows that it was done")


class Phase(Settings):
    """One phase of blending: its mode, its go, what is done in it, and why it may be left out."""

    mode: Literal["blocks", "between_contacts", "interrupt"] = Field(description="way of working")
    go: str = Field(min_length=1, description="the last entry criterion")
    go_owner: str = Field(min_length=1, description="role that gives the go")
    go_evidence: str = Field(min_length=1, description="what shows it")
    left_out_no_room: str = Field(min_length=1, description="why it is left out where blending sees no room")
    left_out_cannot_say: str = Field(min_length=1, description="the same where blending cannot say")
    left_out_not_allowed: str = Field(min_length=1, description="the same where readiness does not allow it")
    do: tuple[Step, ...] = Field(min_length=1, description="what is done")


class Hold(Settings):
    """What must hold to go on: a measure of the checkpoints, or words of its own where these have none."""

    measure: str = Field(min_length=1, description="measure of the checkpoints of achievable utilization")
    population: Literal["contact_centre", "back_office"] = Field(description="whose measure")
    name: str = Field(min_length=1, description="name in the table")
    owner_role: str = Field(min_length=1, description="role that looks at it")
    evidence: str = Field(min_length=1, description="where it is seen")
    go: str = Field(min_length=1, description="what must hold where the checkpoints have no row")
    stop: str = Field(min_length=1, description="when to stop where the checkpoints have no row")


class Limits(Settings):
    """Thresholds of the plan that are ours and provisional."""

    item_time_factor: dict[Literal["crawl", "walk", "run"], float] = Field(
        description="agents' time for an item as a multiple of the clerks', at the end of a phase"
    )
    fewest_items: int = Field(ge=1, description="items each agent has done before the factor is judged")
    moved_share: dict[Literal["crawl", "walk", "run"], float] = Field(
        description="hours moved at the end of a phase, as a part of what the simulation moves"
    )
    weeks_kept: int = Field(ge=1, le=26, description="weeks of one look back")


class Day(Line):
    """What happens on a working day of the first two weeks: `text` and `without` say why."""

    text: str = Field(min_length=1, alias="why", description="why, with blanks")
    day: int = Field(ge=1, le=10, description="working day")
    what: str = Field(min_length=1, description="what is done")
    who: str = Field(min_length=1, description="role")


class Kpi(Settings):
    """A figure to watch."""

    words: str = Field(min_length=1, description="its name")
    role: Literal["goal", "driver", "guard"] = Field(description="what it is watched for")
    parent: str = Field(default="", description="the figure that it drives")
    direction: Literal["up", "down", "hold"] = Field(description="where it should go")
    owner_role: str = Field(min_length=1, description="role that answers for it")


class Answering(Settings):
    """Texts of the steps that lead to an answer."""

    ask: str
    make: str
    room: str
    ask_evidence: str
    room_owner: str
    room_evidence: str
    again: str
    again_owner: str
    again_evidence: str
    exit: str


class Instead(Settings):
    """What a client without room can do."""

    entry: tuple[str, ...] = Field(description="criteria to be met before rosters change")
    exit_measures: tuple[str, ...] = Field(description="measures that must hold")
    left_out: str
    left_out_plain: str
    do: tuple[Step, ...] = Field(min_length=1)


class PlanTexts(Settings):
    """Everything in ``plan.toml``."""

    version: int
    limits: Limits
    units: dict[str, str]
    phase: dict[Literal["crawl", "walk", "run"], Phase]
    hold: tuple[Hold, ...]
    own: dict[str, str]
    answer: Answering
    instead: Instead
    day: tuple[Day, ...]
    kpi: dict[str, Kpi]


class RiskText(Settings):
    """A risk: why it is raised here, what guards against it, whose answer it is, and which criteria say that the guard stands."""

    name: str = Field(min_length=1)
    kind: Literal["people", "data protection", "service", "work", "value"]
    why: tuple[Line, ...] = Field(min_length=1)
    guard: str = Field(min_length=1)
    guard_without: str = ""
    owner_role: str = Field(min_length=1)
    criteria: tuple[str, ...] = ()
    state: Literal["", "in place", "open", "unknown"] = ""


class RiskTexts(Settings):
    """Everything in ``risks.toml``."""

    version: int
    risk: tuple[RiskText, ...]


class Message(Line):
    """A text of one topic for one audience."""

    audience: Literal["managers", "staff"]
    topic: str = Field(min_length=1)


class Page(Settings):
    """What stands at the head of an audience's page."""

    title: str = Field(min_length=1)


class MessageTexts(Settings):
    """Everything in ``messages.toml``."""

    version: int
    banned: tuple[str, ...] = Field(description="beginnings of words that may not stand on the staff page")
    most_themes: int = Field(ge=1, le=8)
    most_targets: int = Field(ge=1, le=6)
    managers: Page
    staff: Page
    topic: dict[str, str]
    message: tuple[Message, ...]


def banned_word(text: str, banned: tuple[str, ...]) -> str:
    """Return the first word of a text that may not stand on the staff page; empty when there is none.

    Examples
    --------
    >>> banned_word("Time in which agents idle.", ("idle", "slack")), banned_word("An idol", ("idle",))
    ('idle', '')
    """
    small = text.casefold()
    return next((word for word in banned if re.search(rf"(?<![a-z]){re.escape(word)}", small)), "")


@cache
def plan_texts(path: Path | None = None) -> PlanTexts:
    """Return the texts of plan, calendar and figures to watch."""
    return _read("plan.toml", PlanTexts, path)


@cache
def risk_texts(path: Path | None = None) -> RiskTexts:
    """Return the texts of the risks."""
    return _read("risks.toml", RiskTexts, path)


@cache
def message_texts(path: Path | None = None) -> MessageTexts:
    """Return the texts of the two pages; the staff page's are held against the banned words."""
    texts = _read("messages.toml", MessageTexts, path)
    for message in texts.message:
        if message.topic not in texts.topic:
            raise UsageProblem(
                f"messages.toml: a message has the topic {message.topic!r}, which [topic] does not name."
            )
    said = [message.text + " " + message.without for message in texts.message if message.audience == "staff"]
    for text in (*said, texts.staff.title, *texts.topic.values()):
        word = banned_word(text, texts.banned)
        if word:
            raise UsageProblem(
                f"messages.toml: the staff page may not say {word!r} (in {text[:60]!r}). Write it so that nobody can read it as a judgement of people."
            )
    return texts


def _read(name: str, kind: type[Model], path: Path | None) -> Model:
    """Read one file and check it: its fields, and that every blank and condition is known."""
    path = path or assets() / "templates" / "questionnaires" / name
    try:
        with path.open("rb") as file:
            plain = tomllib.load(file)
        texts = kind.model_validate(plain)
    except OSError as error:
        raise UsageProblem(f"{name}: cannot be read ({error.strerror}). Restore the kit's own file.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"{name}: {error}. Mend the line, or restore the kit's own file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageProblem(f"{name}: {place}: {first['msg']}.") from error
    _check(name, plain)
    return texts


def _check(name: str, plain: Any) -> None:
    for place, text in _strings(plain):
        for blank in blanks_of(text):
            if blank not in BLANKS:
                raise UsageProblem(
                    f"{name}: {place}: no figure is called {{{blank}}}. Known: {', '.join(sorted(BLANKS))}."
                )
        if ".when." in f".{place}" and not CONDITION.fullmatch(text):
            raise UsageProblem(f"{name}: {place}: no condition is called {text!r}; docs/method/plan.md names them.")


def _strings(plain: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Return every text below a table with its place."""
    parts = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, part in parts:
        if isinstance(part, str):
            yield f"{place}{key}", part
        else:
            yield from _strings(part, f"{place}{key}.")


def blanks_of(text: str) -> list[str]:
    """Return the blanks of a text.

    Examples
    --------
    >>> blanks_of("{hours} of {hours_today}")
    ['hours', 'hours_today']
    """
    return [blank for _, blank, _, _ in string.Formatter().parse(text) if blank is not None]
