"""The assessment that a board reads, its numbers for machines, and its charts for notebooks."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Brand": ".brand",
    "Report": ".build",
    "ReportSettings": ".settings",
    "Run": ".run",
    "build_report": ".build",
    "exhibits": ".exhibits",
    "load_brand": ".brand",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
