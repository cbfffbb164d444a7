"""Tells whether this client can blend today, in which mode, and which changes would turn a no into a yes."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Criterion": ".criteria",
    "Questionnaire": ".criteria",
    "read_criteria": ".criteria",
    "read_questionnaire": ".criteria",
    "Readiness": ".result",
    "ReadinessSettings": ".settings",
    "assess_readiness": ".assess",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
