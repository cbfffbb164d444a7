"""Local time without traps: zones, clock changes, stamps without a zone, days and slots with their real lengths."""

from analysis.foundation.lazy import attach

_NAMES = {
    "DAY_US": ".zones",
    "to_local": ".zones",
    "local_day": ".zones",
    "weekday": ".zones",
    "slot_of_day_s": ".zones",
    "offset_us": ".zones",
    "utc_us": ".zones",
    "first_moment": ".periods",
    "slots": ".periods",
    "days": ".periods",
    "stretches": ".periods",
    "resolve": ".stamps",
    "readings": ".stamps",
    "Resolved": ".stamps",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
