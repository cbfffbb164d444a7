"""What was heard at the sample client before there were figures, what leaders expected, and what changed because of it: all invented."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from typing import Any

from analysis.foundation.assets import assets
from analysis.intake.answer_books import LISTENING_HEADERS, Word, listening_book

# rows that the workbook lays out on every sheet, filled or not
PREPARED = 40
_AGENT, _CLERK, _LEADER, _PLANNER = "people on contacts", "people in the back office", "team leaders", "planners"
_STAFF, _MANAGER = "representatives of the workforce", "managers"
_N1, _N2, _N3, _S1, _S2 = "Team North 1", "Team North 2", "Team North 3", "Team South 1", "Team South 2"
_CS, _PA, _CO, _PY = "Claims settlement", "Policy administration", "Correspondence", "Payments"
# day after the period's start, role, team, kind (empty: concern), what was said, theme, what they ask for, day read back (0: not yet), agreed
CONCERNS: tuple[tuple[int, str, str, str, str, str, str, int, str], ...] = (
    (2, _AGENT, _N1, "", "Waiting between calls is where I write my notes", "workload", "count notes as work", 9, "yes"),
    (2, _AGENT, _N1, "", "Nobody says what happens to the time we free", "freed time", "say it before it starts", 9, "yes"),
    (2, _AGENT, _N2, "", "Mornings are full and evenings are empty", "workload", "move the plan", 9, "yes"),
    (3, _LEADER, _N1, "", "Calls an hour are all that my report shows", "incentives", "change the report", 9, "yes"),
    (3, _AGENT, _N2, "", "Two log-ins cost more than an item", "systems", "one desktop", 9, "yes"),
    (3, _AGENT, _N2, "", "The second screen freezes when both systems are open", "systems", "newer machines", 9, "yes"),
    (4, _AGENT, _N2, "", "I was trained for policy changes years ago", "skills", "refresh the training", 9, "no"),
    (4, _AGENT, _N3, "", "A day of training is not enough for an endorsement", "skills", "a week with a clerk", 9, "yes"),
    (4, _AGENT, _N3, "idea", "Address changes are like our calls, start with them", "skills", "start small", 9, "yes"),
    (5, _AGENT, _S1, "", "An item that is interrupted twice gets an error", "interruptions", "only short items", 10, "yes"),
    (5, _AGENT, _S1, "", "Evenings are quiet and long", "workload", "give us work in the evening", 10, "yes"),
    (5, _AGENT, _S1, "", "I need to breathe after somebody cried on the line", "well-being", "keep a pause", 10, "yes"),
    (5, _AGENT, _S2, "", "When it is quiet we help each other, that is work too", "workload", "do not call it idle", 10, "yes"),
    (8, _LEADER, _S1, "", "I cannot coach on work that I do not know", "skills", "coaching from the back office", 10, "yes"),
    (8, _AGENT, _S2, "", "The small team gets the leftovers of the plan", "planning", "plan the sites together", 10, "no"),
    (8, _AGENT, _S2, "", "Breaks are moved on the day without asking", "planning", "ask first", 10, "yes"),
    (8, _AGENT, _S1, "", "My bonus falls if I take an item", "incentives", "count items too", 10, "yes"),
    (8, _AGENT, _S1, "", "The last project was to help us and then the posts were cut", "freed time", "a promise in writing", 10, "yes"),
    (9, _AGENT, _N3, "", "Will the pause after a hard call disappear", "well-being", "keep a pause", 12, "yes"),
    (9, _AGENT, _N3, "", "Handle time is held against us on every screen", "incentives", "take it off the wall", 12, "yes"),
    (9, _LEADER, _N3, "", "Who tells my people that nobody loses a post", "freed time", "the head should", 12, "yes"),
    (9, _CLERK, _CS, "", "Assessments need a licence, agents have none", "regulation", "leave assessments out", 12, "yes"),
    (10, _CLERK, _CS, "", "Half my day is mail and questions that no system sees", "measurement", "measure that too", 12, "yes"),
    (10, _CLERK, _CS, "", "We will get the hard items only", "fairness", "mix the items", 12, "no"),
    (10, _CLERK, _CS, "", "A claim that was half registered comes back as a complaint", "quality", "finish what was begun", 12, "yes"),
    (10, _LEADER, _CS, "", "My clerks wait for answers from other departments", "workload", "look at the waiting", 12, "yes"),
    (11, _CLERK, _PA, "idea", "Address changes could go to anyone", "workload", "start with address changes", 13, "yes"),
    (11, _CLERK, _PA, "", "Who corrects the errors of others", "quality", "whoever made it", 13, "yes"),
    (11, _CLERK, _PA, "", "The procedure for amendments is from before the new system", "quality", "write it anew", 13, "yes"),
    (12, _LEADER, _PA, "", "My paid hours are booked to my cost centre", "budget", "agree the charge", 13, "yes"),
    (12, _CLERK, _PA, "", "Log-in takes as long as the change itself", "systems", "single sign-on", 13, "yes"),
    (12, _CLERK, _PA, "escalation", "An agent changed an address without checking who called", "quality", "a check before it is sent", 13, "yes"),
    (15, _CLERK, _CO, "", "Scanning cannot leave the mail room", "systems", "leave scanning out", 0, ""),
    (15, _CLERK, _CO, "", "The observers stand behind us", "measurement", "tell us the times of day", 17, "yes"),
    (15, _CLERK, _CO, "", "An observer writes idle when I am thinking", "measurement", "explain the codes", 17, "yes"),
    (15, _CLERK, _CO, "complaint", "I was watched in the canteen corridor", "measurement", "not in breaks", 17, "yes"),
    (16, _CLERK, _PY, "", "Payments need two pairs of eyes", "regulation", "keep the second check", 17, "yes"),
    (16, _CLERK, _PY, "", "Bank details must not stand on a screen in an open room", "regulation", "a separate room", 17, "yes"),
    (16, _LEADER, _PY, "", "Month end leaves no room", "planning", "no pilot at month end", 17, "yes"),
    (16, _LEADER, _PY, "", "I learn of overtime when it is ordered", "planning", "a week ahead", 17, "no"),
    (16, _CLERK, _PY, "", "The rota changes on Thursday for Monday", "planning", "two weeks", 17, "yes"),
    (17, _PLANNER, "", "", "I plan two departments in two files", "planning", "one plan", 18, "yes"),
    (17, _PLANNER, "", "", "The forecast is judged by week, the day hurts", "planning", "show the half hours", 18, "yes"),
    (17, _PLANNER, "", "escalation", "The router cannot take an item back, I tried", "systems", "test before the pilot", 18, "yes"),
    (17, _PLANNER, "", "", "Nobody decides who moves when both queues burn", "planning", "one who decides", 0, ""),
    (18, _STAFF, "", "", "Figures must not name persons", "trust", "groups of ten", 19, "yes"),
    (18, _STAFF, "", "", "Job grades must follow the work", "contracts", "talks before the pilot", 0, ""),
    (18, _STAFF, "", "", "People believe that the end is already decided", "trust", "show the draft", 19, "yes"),
    (18, _STAFF, "", "", "The house agreement does not know mixed work", "contracts", "a supplement", 19, "yes"),
    (19, _LEADER, _S2, "", "They ask me whether the numbers go to their file", "trust", "say no in writing", 20, "yes"),
    (19, _AGENT, _S2, "", "I do not believe that it is only a measurement", "trust", "show who sees it", 20, "yes"),
    (19, _AGENT, _N1, "", "We hear of results last", "trust", "us first", 20, "yes"),
    (19, _AGENT, _N1, "", "After the evening shift nobody is there to ask", "interruptions", "a number to call", 20, "yes"),
    (20, _CLERK, _CS, "", "I lose my place when the telephone rings", "interruptions", "blocks instead", 22, "yes"),
    (20, _CLERK, _CO, "", "Letters with three attachments cannot be left halfway", "interruptions", "leave them out", 22, "yes"),
    (20, _LEADER, _N2, "", "Those who are fast will be given more", "fairness", "the same for all", 22, "yes"),
    (20, _AGENT, _N3, "", "The new ones get the items and the old ones the pauses", "fairness", "a list that all can see", 22, "yes"),
    (22, _AGENT, _S1, "idea", "Let a clerk sit with us on the first days", "skills", "a clerk on the floor", 23, "yes"),
    (22, _LEADER, _N1, "", "Sick leave rose after the last change", "well-being", "watch it", 23, "yes"),
)  # fmt: skip
# day after the period's start, mark of the rater, role, population, question, guess, low, high; shares as they were said, some in percent
_NON_WORK, _WAITING, _HOURS = (
    "share of attended time without work",
    "share of attended time waiting for contacts",
    "hours of items a week that fit between contacts",
)
EXPECTATIONS: tuple[tuple[int, str, str, str, str, float, float | None, float | None], ...] = (
    (1, "R1", _MANAGER, "contact centre", _WAITING, 15, 10, 20),
    (1, "R3", _MANAGER, "contact centre", _WAITING, 25, 15, 35),
    (1, "R5", _PLANNER, "contact centre", _WAITING, 0.18, 0.15, 0.22),
    (2, "R9", _LEADER, "contact centre", _WAITING, 10, 5, 15),
    (2, "R10", _LEADER, "contact centre", _WAITING, 12, None, None),
    (1, "R1", _MANAGER, "back office", _NON_WORK, 20, 10, 30),
    (1, "R3", _MANAGER, "back office", _NON_WORK, 5, 3, 8),
    (1, "R5", _PLANNER, "back office", _NON_WORK, 0.1, 0.05, 0.2),
    (2, "R9", _LEADER, "back office", _NON_WORK, 15, 10, 25),
    (1, "R1", _MANAGER, "contact centre", _HOURS, 200, 120, 300),
    (1, "R3", _MANAGER, "contact centre", _HOURS, 60, 20, 100),
    (1, "R5", _PLANNER, "contact centre", _HOURS, 120, 80, 160),
)
# role, team, people, planned on (day after the period's start); nobody of compliance has been heard yet
TO_HEAR: tuple[tuple[str, str, int, int], ...] = (
    (_AGENT, "", 24, 2),
    (_CLERK, "", 18, 9),
    (_LEADER, "", 9, 3),
    (_PLANNER, "", 3, 17),
    (_STAFF, "", 3, 18),
    ("compliance and data protection", "", 2, 29),
)
# theme, what was changed (printed as it stands), owner role, day after the period's start (0: promised)
CHANGED: tuple[tuple[str, str, str, int], ...] = (
    ("measurement", "Observers announce the half of the day on which they come, and stay away from break rooms.", "head of the study", 21),
    ("systems", "Mail scanning is left out of the list of items, because it cannot leave the mail room.", "back-office manager", 24),
    ("incentives", "Calls an hour are taken off the wall screens for the length of the pilot.", "head of contact centre", 30),
    ("freed time", "What happens to freed time will be put in writing before the pilot starts.", "head of operations", 0),
)  # fmt: skip


def listening_file(start: dt.date, names: Sequence[str]) -> tuple[bytes, dict[str, int]]:
    """Return the workbook of what was heard, and how many of its rows meet which fate.

    Parameters
    ----------
    start
        First day of the period.
    names
        Three people whom careless hands name: in what was said, in what is asked, and for a mark.
    """
    rows = _rows(start, names)
    guide = _guide()
    content = listening_book(
        themes=[Word(one["name"], one["about"]) for one in guide["theme"]],
        questions=[Word(one["question"], one["ask"]) for one in guide["expectation"]],
        roles=[one["name"] for one in guide["role"]],
        rows=rows,
    )
    empty = sum(max(PREPARED - len(sheet), 0) for sheet in rows.values())
    return content, {"header": len(LISTENING_HEADERS), "blank": empty, "used": sum(map(len, rows.values()))}


def _guide() -> dict[str, Any]:
    path = assets() / "templates" / "questionnaires" / "listening.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _rows(start: dt.date, names: Sequence[str]) -> dict[str, list[list[Any]]]:
    """Return the filled rows by sheet."""

    def day(after: int) -> dt.date | str:
        return start + dt.timedelta(days=after) if after else ""

    concerns = [
        [day(heard), role, team, kind, said, theme, asks, day(read), agreed]
        for heard, role, team, kind, said, theme, asks, read, agreed in CONCERNS
    ]
    concerns[0][4] += f", says {names[0]}"
    concerns[-1][6] += f", as {names[1]} proposed"
    guesses = [
        [
            day(stated),
            names[2] if mark == "R10" else mark,
            role,
            population,
            question,
            *("" if one is None else one for one in guess),
        ]
        for stated, mark, role, population, question, *guess in EXPECTATIONS
    ]
    return {
        "Concerns": concerns,
        "Expectations": guesses,
        "To hear": [[role, team, people, day(planned)] for role, team, people, planned in TO_HEAR],
        "What changed": [[theme, changed, owner, day(on)] for theme, changed, owner, on in CHANGED],
    }
