"""Our tables, columns and states in the words of a consultant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.intake.recognise.names import shown

if TYPE_CHECKING:
    from analysis.intake.recognise.tables import Found

# table -> what it holds
WHAT: Mapping[str, str] = {
    "spells": "stretches of people's time, each in one state",
    "state_totals": "time by state, person and interval",
    "contacts": "single calls, chats or e-mails",
    "volumes": "numbers of contacts by queue and interval",
    "forecasts": "forecast numbers of contacts",
    "work_items": "items of back-office work",
    "observations": "looks at what people were doing",
    "self_reports": "how much time without work people say they had",
    "workload": "volumes and paid hours by team",
    "quality": "checks and errors by team",
    "roster": "who works in which team and site",
    "schedule": "planned shifts, breaks and absences",
    "skills": "who can do which work",
    "item_types": "kinds of items with their usual time",
    "answers": "readiness ratings",
    "listening": "what people said",
    "expectations": "what leaders guessed before the data",
    "to_hear": "who is still to be heard",
    "responses": "what changed because of what was heard",
}
# our column -> what it holds
MEANING: Mapping[str, str] = {
    "agent": "the person",
    "start": "when it starts (date+time where they stand apart)",
    "end": "when it ends (date+time where they stand apart)",
    "state": "what the person was doing",
    "interval_start": "when the interval starts",
    "us": "the time in the state",
    "contact": "the number of the contact",
    "queue": "the queue or line",
    "offered_at": "when the contact came in",
    "offered": "the number of contacts that came in",
    "item": "the number of the item or case",
    "type": "the kind of work",
    "ended": "when the item was finished",
    "team": "the team",
    "period_start": "the first day of the period",
    "period_end": "the last day of the period",
    "paid_h": "the hours paid",
    "non_work_h": "the hours without work, by own estimate",
    "queue_or_type": "the queue or the kind of work",
    "criterion": "the criterion, such as D1",
    "rater": "the mark of the person who rated or guessed",
    "role": "the role of that person",
    "heard_on": "the day on which it was heard",
    "quantity": "what was guessed",
    "guess": "the guess",
    "changed": "what changed",
}
# state -> what it means
BUCKETS_SAID: Mapping[str, str] = {
    "HANDLING": "busy with a contact, wrap-up included",
    "RESERVED": "a contact rings, not answered yet",
    "ABSENT": "paid but not at work: leave, sickness",
    "BREAK": "break, meal",
    "SUPPORT": "meeting, training, coaching",
    "OUTAGE": "systems down",
    "ITEM_WORK": "back-office work",
    "AWAY": "signed on, not available, no other reason",
    "IDLE": "ready, waiting for work",
    "WORK": "on duty, kind of work unknown",
    "OFF": "signed off, off shift",
}


def origin_words(one: Found) -> str:
    """Return where one of our columns comes from, in words."""
    if isinstance(one.origin, Mapping):
        if "value" in one.origin:
            return f"{one.origin['value']} ({one.why})"
        return f"{shown(str(one.origin['column']))}, where it says {' or '.join(map(shown, one.origin['true']))}"
    return " + ".join(map(shown, one.names))
