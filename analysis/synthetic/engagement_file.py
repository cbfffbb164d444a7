"""The engagement file of the sample client."""

from __future__ import annotations

from analysis.foundation.assets import assets
from analysis.synthetic.streams import HOLIDAYS, Calendar


def engagement_text(calendar: Calendar, *, test_login: str) -> str:
    """Return the engagement file of the sample client."""
    holidays = ", ".join(day.isoformat() for day in HOLIDAYS if day <= calendar.end)
    return _ENGAGEMENT.format(start=calendar.start, end=calendar.end, holidays=holidays, test=test_login)


def state_map_text() -> str:
    """Return the client's state map: the kit's for this export, with what is different at this client."""
    template = assets() / "templates" / "state_maps" / "genesys_status_timeline.csv"
    rows = template.read_text(encoding="utf-8").splitlines() + list(_OWN_CODES)
    return "".join(row + "\n" for row in {row.split(",")[0]: row for row in rows}.values())


# this client's export gives the parts of "On Queue" rows of their own, and the client has codes of its own; then its schedule's codes
_OWN_CODES = (
    "On Queue,WORK,true,false,false,unknown,false,false",
    "System Issue,OUTAGE,true,false,true,system,false,true",
    "On duty,WORK,true,true,false,policy,false,false",
    "Sick,ABSENT,true,false,true,person,false,true",
    "Leave,ABSENT,true,true,true,policy,false,true",
    "Unpaid leave,ABSENT,false,true,true,policy,false,true",
)

_ENGAGEMENT = """\
# The sample client: an invented insurer. Everything in data/ and answers/ is simulated, and none of the people exist.
[client]
name = "Meridian Mutual"
time_zone = "Europe/Amsterdam"
period = {{ start = {start}, end = {end} }}
full_time_h_per_week = 40
currency = "EUR"
holidays = [{holidays}]

# --- contact centre ---------------------------------------------------------------------------------------------------
[[source]]
files = ["data/agent_status_*.csv"]
adapter = "genesys_status_timeline"
population = "contact_centre"
duration_unit = "hms"
columns = {{ agent = "Agent Id", state = "Status", start = "Start Time", end = "End Time", duration = "Duration" }}
exclude = {{ agent = ["{test}"] }}
state_map = "data/state_map.csv"

[[source]]
files = ["data/interval_volumes.csv"]
adapter = "generic"
table = "volumes"
population = "contact_centre"
duration_unit = "s"
[source.columns]
queue = "Queue"
start = "Interval Start"
length_s = {{ value = 1800 }}
offered = "Offered"
answered = "Answered"
answered_within = "Answered Within 20 s"
within_s = {{ value = 20 }}
abandoned = "Abandoned"
short_abandoned = "Short Abandoned"
handle_us = "Total Handle Time (s)"

[[source]]
files = ["data/calls.csv"]
adapter = "generic"
table = "contacts"
population = "contact_centre"
date_order = "dmy"
duration_unit = "s"
[source.columns]
contact = "Conversation Id"
channel = {{ value = "voice" }}
direction = {{ value = "in" }}
queue = "Queue"
offered_at = "Offered"
answered_at = "Answered"
ended_at = "Ended"
abandoned = {{ column = "Outcome", true = ["ABANDONED"] }}
agent = "Agent Id"
talk_us = "Talk (s)"
hold_us = "Hold (s)"
wrap_us = "Wrap (s)"

[[source]]
files = ["data/forecast.csv"]
adapter = "generic"
table = "forecasts"
population = "contact_centre"
duration_unit = "s"
[source.columns]
queue = "Queue"
start = "Interval Start"
length_s = {{ value = 1800 }}
offered = "Forecast Offered"
handle_us = "Forecast Handle Time (s)"
required = "Required Agents"
made_at = "Made On"

# --- both populations -------------------------------------------------------------------------------------------------
[[source]]
files = ["data/roster.xlsx"]
adapter = "generic"
table = "roster"
sheet = "Roster"
[source.columns]
agent = "Agent Id"
team = "Team"
site = "Site"
time_zone = "Time Zone"
contract_h = "Contract Hours"
grade = "Grade"
population = "Population"
valid_from = "Valid From"
valid_to = "Valid To"

[[source]]
files = ["data/schedule.csv"]
adapter = "generic"
table = "schedule"
columns = {{ agent = "Agent Id", start = "Start", end = "End", state = "Activity", paid = "Paid" }}
state_map = "data/state_map.csv"

[[source]]
files = ["data/skills.csv"]
adapter = "generic"
table = "skills"
columns = {{ agent = "Agent Id", queue_or_type = "Skill", level = "Level", valid_from = "Valid From", valid_to = "Valid To" }}

# --- back office ------------------------------------------------------------------------------------------------------
[[source]]
files = ["data/work_items.csv"]
adapter = "generic"
table = "work_items"
population = "back_office"
columns = {{ item = "Item", type = "Type", agent = "Clerk", arrived = "Arrived", started = "Started", ended = "Ended", due = "Due" }}

[[source]]
files = ["data/item_types.csv"]
adapter = "generic"
table = "item_types"
population = "back_office"
[source.columns]
type = "Type"
standard_s = "Standard (s)"
interruptible = "Interruptible"
resume_s = "Resume (s)"
max_wait_h = "Max Wait (h)"
regulated = "Regulated"
off_desk = "Off Desk"
help_needed = "Help Needed"
access = "Access"

[[source]]
files = ["data/workload_weekly.csv"]
adapter = "generic"
table = "workload"
population = "back_office"
columns = {{ team = "Team", period_start = "Week Start", period_end = "Week End", paid_h = "Paid Hours", type = "Type", volume = "Volume" }}

[[source]]
files = ["data/observation_rounds.csv"]
adapter = "generic"
table = "observations"
population = "back_office"
columns = {{ round = "Round", observed_at = "Observed At", observer = "Observer", agent = "Person", team = "Team", state = "State", reference = "Reference Look" }}

[[source]]
files = ["data/self_reports.csv"]
adapter = "generic"
table = "self_reports"
population = "back_office"
columns = {{ agent = "Person", team = "Team", period_start = "Week Start", period_end = "Week End", paid_h = "Paid Hours", non_work_h = "Hours Not Worked" }}

[[source]]
files = ["data/quality.csv"]
adapter = "generic"
table = "quality"
population = "back_office"
columns = {{ team = "Team", period_start = "Week Start", type = "Type", checked = "Checked", errors = "Errors", reworked = "Reworked", complaints = "Complaints" }}

# --- answers ----------------------------------------------------------------------------------------------------------
[[source]]
files = ["answers/readiness*.xlsx"]
adapter = "kit_readiness"

[[source]]
files = ["answers/listening*.xlsx"]
adapter = "kit_concerns"

[[source]]
files = ["answers/listening*.xlsx"]
adapter = "kit_expectations"

[[source]]
files = ["answers/listening*.xlsx"]
adapter = "kit_to_hear"

[[source]]
files = ["answers/listening*.xlsx"]
adapter = "kit_changed"

# --- promises ---------------------------------------------------------------------------------------------------------
[[queue]]
name = "claims line"
pool = "service"
channel = "voice"
direction = "in"
answer_within_s = 20
target = 0.80
definition = "of offered"
short_s = 5
concurrency = 1
max_occupancy = 0.88

[[queue]]
name = "service line"
pool = "service"
channel = "voice"
direction = "in"
answer_within_s = 20
target = 0.80
definition = "of offered"
short_s = 5
concurrency = 1
max_occupancy = 0.88

# --- money: full cost of a paid hour with all on-costs, as the client's controller stated it ----------------------------
[[cost]]
grade = "agent"
per_hour = 36.0
low = 34.0
high = 39.0

[[cost]]
grade = "senior agent"
per_hour = 42.0

[[cost]]
grade = "clerk"
per_hour = 39.0
low = 37.0
high = 43.0

[[cost]]
grade = "specialist"
per_hour = 52.0
low = 48.0
high = 58.0

[value]
vacancies_fte = 3.0
overtime_h_per_week = 45.0
overtime_factor = 1.35
one_off_cost = 130000.0
running_cost_per_week = 1900.0
"""
