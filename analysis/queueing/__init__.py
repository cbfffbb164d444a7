"""Exact queueing results: Erlang B, C and A, staffing, whole days, blending by threshold, two classes, and the law of idle gaps."""

from analysis.foundation.lazy import attach

_NAMES = {
    "erlang_b": ".erlang",
    "erlang_c": ".erlang",
    "service_level": ".erlang",
    "erlang_a": ".abandonment",
    "ErlangA": ".abandonment",
    "agents_required": ".staffing",
    "max_occupancy": ".staffing",
    "blend": ".threshold",
    "best_threshold": ".threshold",
    "best_thresholds": ".many_thresholds",
    "Blend": ".threshold",
    "finite_blend": ".finite",
    "FiniteBlend": ".finite",
    "halfin_whitt_beta": ".square_root",
    "square_root_staffing": ".square_root",
    "day": ".whole_day",
    "Day": ".whole_day",
    "blended_day": ".whole_blended_day",
    "BlendedDay": ".whole_blended_day",
    "preemptive": ".priority",
    "Preemptive": ".priority",
    "idle_gaps": ".gaps",
    "IdleGaps": ".gaps",
    "ROUTINGS": ".gaps",
    "warm": ".compiled",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
