"""What raters answered and what was heard at the sample client: invented, and honest about a mixed state of readiness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

ANSWERS_HEADER = ("Criterion", "Rater", "Role", "Rating", "Evidence")
LISTENING_HEADER = ("Heard On", "Role", "Team", "Concern", "Theme", "Asks", "Read Back On", "Agreed")
NOT_KNOWN = "not known"
ROLES = (
    "head of contact centre",
    "back-office manager",
    "workforce planner",
    "IT lead",
    "works council member",
    "compliance officer",
)
# criterion: ratings in the order of ROLES ("." not asked, "?" not known), and what the raters point to
ANSWERS: dict[str, tuple[str, str]] = {
    "T1": ("2 2 2 3 . .", "demonstrated on a test queue; items are switched on and off by a supervisor"),
    "T2": ("3 3 . 3 . .", "workflow export with arrival, start, end and due per item"),
    "T3": ("2 2 . 2 . .", "two log-ins; measured at 25 to 40 seconds per switch"),
    "T4": ("1 1 2 . . .", "planner keeps a spreadsheet for the back office"),
    "T5": ("2 . 2 1 . .", "intraday desk calls team leaders; no rule in a tool"),
    "D1": (". . 3 3 . .", "status timeline of the whole period was exported"),
    "D2": ("2 . 3 ? . .", "list of codes and their hours"),
    "D3": (". . 3 . . ?", "monthly comparison with payroll"),
    "D4": (". 4 3 . . .", "start and end are stamped by the workflow system"),
    "D5": ("2 . 2 . . .", "forecast error is looked at by week, not by half hour"),
    "D6": (". . 3 2 . .", "personnel number is in all exports; zones were checked on two samples"),
    "W1": (". 3 3 . . .", "item lengths in the workflow export"),
    "W2": ("2 2 . . . .", "five items of each type were watched; two types lose work when stopped"),
    "W3": ("3 3 . . . .", "scanning needs the mail room; the rest is done at the desk"),
    "W4": (". 3 3 . . .", "due dates in the workflow export"),
    "W5": (". 3 2 . . .", "backlog at hours when agents wait"),
    "W6": (". 2 . . . 3", "procedures exist for four of six types; last review is eighteen months old"),
    "W7": (". 3 . . . .", "inventory with volumes, owner missing for one type"),
    "P1": ("3 . 3 . . .", "idle time in the status timeline"),
    "P2": ("3 . 3 . . .", "half-hour volumes; the promise is kept in most half hours"),
    "P3": ("1 1 . . . .", "eleven agents once worked in the back office; no skills matrix"),
    "P4": ("3 . 3 . ? .", "turnover of the last two years"),
    "P5": ("2 . . . 1 .", "two focus groups: curious, but afraid of losing the pause between calls"),
    "M1": ("2 2 2 . . .", "a steering group meets monthly; no one owner"),
    "M2": ("2 2 1 . . .", "live contacts first is said in the team meetings, and written nowhere"),
    "M3": ("2 2 . . . .", "coaching is weekly for calls; quality of items is checked apart"),
    "M4": ("1 2 1 . 1 .", "agents' bonus counts calls an hour"),
    "M5": ("2 1 . . . .", "verbal agreement between the two heads"),
    "M6": ("1 2 1 . . .", "overtime is called when items age"),
    "C1": (". 2 . . . 2", "list of types with licence questions; claim assessment is open"),
    "C2": (". . . . 2 2", "impact assessment is drafted; the works council has seen it once"),
    "C3": (". . . . 2 2", "talks on job grades have begun"),
    "C4": ("3 . 2 . 3 .", "house agreement on breaks; occupancy is not monitored"),
    "K1": ("2 2 . . 1 .", "announced in a staff meeting; questions on freed time stay open"),
    "K2": ("2 1 . . 1 .", "first figures were shown to two teams"),
    "K3": ("3 3 2 . 3 .", "telephony change and new workflow both landed"),
    "K4": ("2 1 . . . .", "a pilot team is named, dates are not"),
}
# days after the period's start, role, team, concern, theme, request, days until read back (0 = not yet), agreed
_HEARD: tuple[tuple[int, str, str, str, str, str, int, str], ...] = (
    (2, "agent", "Team North 1", "Waiting between calls is where I write my notes", "workload", "count notes as work", 9, "yes"),
    (2, "agent", "Team North 1", "Nobody says what happens to the time we free", "trust", "say it before it starts", 9, "yes"),
    (3, "team leader", "Team North 1", "Calls an hour are all that my report shows", "incentives", "change the report", 9, "yes"),
    (3, "agent", "Team North 2", "Two log-ins cost more than an item", "systems", "one desktop", 9, "yes"),
    (4, "agent", "Team North 2", "I was trained for policy changes years ago", "skills", "refresh the training", 9, "no"),
    (5, "agent", "Team South 1", "An item that is interrupted twice gets an error", "quality", "only short items", 10, "yes"),
    (5, "agent", "Team South 1", "Evenings are quiet and long", "workload", "give us work in the evening", 10, "yes"),
    (8, "team leader", "Team South 1", "I cannot coach on work that I do not know", "skills", "coaching from the back office", 10, "yes"),
    (8, "agent", "Team South 2", "The small team gets the leftovers of the plan", "planning", "plan the sites together", 10, "no"),
    (9, "agent", "Team North 3", "Will the pause after a hard call disappear", "well-being", "keep a pause", 12, "yes"),
    (9, "clerk", "Claims settlement", "Assessments need a licence, agents have none", "regulation", "leave assessments out", 12, "yes"),
    (10, "clerk", "Claims settlement", "Half my day is mail and questions that no system sees", "measurement", "measure that too", 12, "yes"),
    (10, "specialist", "Claims settlement", "We will get the hard items only", "fairness", "mix the items", 12, "no"),
    (11, "clerk", "Policy administration", "Address changes could go to anyone", "workload", "start with address changes", 13, "yes"),
    (11, "clerk", "Policy administration", "Who corrects the errors of others", "quality", "whoever made it", 13, "yes"),
    (12, "team leader", "Policy administration", "My paid hours are booked to my cost centre", "budget", "agree the charge", 13, "yes"),
    (15, "clerk", "Correspondence", "Scanning cannot leave the mail room", "systems", "leave scanning out", 0, ""),
    (15, "clerk", "Correspondence", "The observers stand behind us", "measurement", "tell us the times of day", 17, "yes"),
    (16, "clerk", "Payments", "Payments need two pairs of eyes", "regulation", "keep the second check", 17, "yes"),
    (16, "team leader", "Payments", "Month end leaves no room", "planning", "no pilot at month end", 17, "yes"),
    (17, "planner", "Planning", "I plan two departments in two files", "planning", "one plan", 18, "yes"),
    (17, "planner", "Planning", "The forecast is judged by week, the day hurts", "planning", "show the half hours", 18, "yes"),
    (18, "works council member", "Works council", "Figures must not name persons", "trust", "groups of ten", 19, "yes"),
    (18, "works council member", "Works council", "Job grades must follow the work", "contracts", "talks before the pilot", 0, ""),
    (19, "compliance officer", "Compliance", "The impact assessment is not signed", "regulation", "sign first", 20, "yes"),
)  # fmt: skip


def answer_rows(raters: Sequence[str]) -> list[tuple[str, ...]]:
    """Return an answer per criterion and rater who was asked."""
    rows = []
    for criterion, (ratings, evidence) in ANSWERS.items():
        for rater, role, rating in zip(raters, ROLES, ratings.split(), strict=True):
            if rating != ".":
                given = NOT_KNOWN if rating == "?" else rating
                rows.append((criterion, rater, role, given, evidence if rating != "?" else ""))
    return rows


def listening_rows(start: dt.date) -> list[tuple[str, ...]]:
    """Return what was heard in the first weeks, when it was read back, and whether the speakers agreed to the wording."""
    rows = []
    for heard, role, team, concern, theme, asks, read_back, agreed in _HEARD:
        heard_on = (start + dt.timedelta(days=heard)).isoformat()
        read_on = (start + dt.timedelta(days=read_back)).isoformat() if read_back else ""
        rows.append((heard_on, role, team, concern, theme, asks, read_on, agreed))
    return rows
