"""Nothing that could single out a person leaves the kit: rules, an attack on what is to be published, and checks."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Attack": ".attack",
    "Audit": ".audit",
    "Cell": ".published",
    "Published": ".published",
    "as_published": ".rounding",
    "check_groups": ".checks",
    "check_heard": ".checks",
    "check_files": ".traces",
    "check_texts": ".traces",
    "Protected": ".protection",
    "protected": ".protection",
    "published_of": ".publication",
    "without_few": ".checks",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
