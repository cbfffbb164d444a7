"""Tells whether back-office items can fill the idle time of the contact centre, in which mode, and at which price in service."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Blending": ".result",
    "BlendingSettings": ".settings",
    "assess_blending": ".assess",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
