"""The blended desk call by call: a deterministic function of given streams, compared policy by policy on the same contacts and items."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Times": ".desk",
    "ContactQueue": ".desk",
    "ItemType": ".desk",
    "Group": ".desk",
    "Shift": ".desk",
    "Delivery": ".desk",
    "Desk": ".desk",
    "Policy": ".policy",
    "NO_ITEMS": ".policy",
    "CONTACTS": ".run",
    "AGENTS": ".run",
    "ITEMS": ".run",
    "Streams": ".streams",
    "Run": ".run",
    "draw_streams": ".streams",
    "given_streams": ".streams",
    "simulate": ".once",
    "EVENTS": ".engine",
    "warm": ".compiled",
    "compare": ".comparison",
    "Comparison": ".comparison",
    "waterfall": ".counterfactuals",
    "Waterfall": ".counterfactuals",
    "ByLoad": ".counterfactuals",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
