"""Designs a pilot that the client's own queues and variation allow, draws its calendar, and evaluates it as it was drawn.

The names load on first use, so importing this package is cheap.
"""

from analysis.foundation.lazy import attach

_NAMES = {
    "Assignment": ".assignment",
    "assign": ".assignment",
    "PilotDesign": ".design",
    "design_pilot": ".design",
    "PilotResult": ".evaluation",
    "evaluate_pilot": ".evaluation",
    "Length": ".reestimate",
    "reestimate_weeks": ".reestimate",
    "assign_teams": ".teams",
    "evaluate_teams": ".teams",
    "unit_figures": ".figures",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
