"""All faults of the catalogue, F01 to F76."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults import layout, people, stamps, states, text_dress, whole_files, zones
from tests.faults.model import Fault

FAULTS: tuple[Fault, ...] = (
    *text_dress.FAULTS,
    *layout.FAULTS,
    *stamps.FAULTS,
    *zones.FAULTS,
    *states.FAULTS,
    *people.FAULTS,
    *whole_files.FAULTS,
)
FORMS = ("csv", "xlsx")


def runs() -> Iterator[tuple[Fault, str]]:
    """Yield every fault with every form of file in which it is meaningful."""
    for fault in FAULTS:
        for form in FORMS:
            if getattr(fault, form) is True:
                yield fault, form
