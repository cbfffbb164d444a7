"""Charts as functions of results: each returns the axes it drew, in a notebook as in the report."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Theme": ".theme",
    "ageing": ".ages",
    "capacity_balance": ".capacity",
    "ceilings": ".limits",
    "change_ladder": ".rungs",
    "cumulative_cash": ".payback",
    "data_calendar": ".days",
    "flips": ".turns",
    "forecast_fan": ".ahead",
    "frontier": ".policies",
    "gap_law": ".gap_laws",
    "gap_survival": ".gaps",
    "group_shares": ".groups",
    "idle_by_cause": ".causes",
    "idle_heat_map": ".heat_map",
    "internal_best": ".best",
    "ladder_shares": ".shares",
    "levels": ".places",
    "longest_gap": ".longest_gap",
    "pilot_power": ".pilot",
    "policy_lab": ".lab",
    "ramp": ".steps",
    "readiness_profile": ".profile",
    "replayed_day": ".worst_day",
    "replayed_days": ".replays",
    "shares_by_level": ".breakdowns",
    "sources": ".rows",
    "sources_side_by_side": ".sides",
    "themes_heard": ".voices",
    "time_by_cause": ".why",
    "tornado": ".drivers",
    "usable_by_mode": ".usable",
    "usable_slots": ".spare",
    "value_range": ".outcomes",
    "waterfall": ".deductions",
    "work_and_gaps": ".spans",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
