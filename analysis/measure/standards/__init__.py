"""Standard times: the hours that finished items were worth, and the times that hours and volumes imply."""

from analysis.foundation.lazy import attach

_NAMES = {
    "earned_hours": ".earned",
    "earned_share": ".share",
    "fit_standards": ".fitted",
    "FittedStandards": ".fitted",
    "dead_time_effect": ".dead_time",
    "worker_effects": ".workers",
    "WorkerEffects": ".workers",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
