"""What every question is measured with: the time ladder, attendance, groups, sampling, standards, load and idle time."""

from analysis.foundation.lazy import attach

_NAMES = {
    "time_ladder": ".ladder",
    "Ladder": ".ladder",
    "paid_time": ".attendance",
    "Attendance": ".attendance",
    "reporting_groups": ".groups",
    "merged_groups": ".groups",
    "adherence": ".adherence",
    "sampling": ".sampling",
    "standards": ".standards",
    "availability": ".availability",
    "starts": ".starts",
    "waiting": ".waiting",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
