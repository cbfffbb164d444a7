"""How to start, and when to stop: phases, calendar, what is watched, said and guarded."""

from analysis.foundation.lazy import attach

_NAMES = {"Plan": ".make", "plan_of": ".make"}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
