"""One client job: the engagement file, the stages with their content keys, the notebooks that carry them, and what may be handed over."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Engagement": ".model",
    "Folder": ".workspace",
    "Stage": ".stage",
    "find_engagement": ".workspace",
    "load_engagement": ".load",
    "open_stage": ".opening",
    "run_chain": ".chain",
    "workspace": ".workspace",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
