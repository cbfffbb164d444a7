"""Turns a client's raw exports into the canonical tables; every row is used, excluded, rejected or explained."""

from analysis.foundation.lazy import attach

_NAMES = {
    "ColumnSource": ".settings",
    "Intake": ".result",
    "Source": ".settings",
    "check_sources": ".reading",
    "pseudonym": ".people",
    "read_sources": ".reading",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
