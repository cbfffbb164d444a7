"""Turns a client's raw exports into the canonical tables; every row is used, excluded, rejected or explained."""

from analysis.foundation.lazy import attach

_NAMES = {
    "ColumnSource": ".settings",
    "Intake": ".result",
    "Source": ".settings",
    "Reconciliation": ".reconciliation",
    "check_sources": ".reading",
    "pseudonym": ".persons.people",
    "read_sources": ".reading",
    "reconcile": ".reconciliation",
    "reconciliation_lines": ".reconciliation",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
