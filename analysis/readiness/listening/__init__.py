"""Hears people before any figure: whom to ask what, what was said by theme, what came of it, and what leaders expected."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Guide": ".guide",
    "Heard": ".result",
    "guide_text": ".pages",
    "listen": ".verb",
    "read_guide": ".guide",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
