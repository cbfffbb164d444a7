"""Invented clients with planted truth: the sample engagement, and quick worlds for calibration."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Sample": ".sample",
    "write_sample": ".sample",
    "planted_truth": ".truth",
    "World": ".worlds",
    "ladder_world": ".worlds",
    "warm": ".compiled",
    "sampling_world": ".sampling_worlds",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
