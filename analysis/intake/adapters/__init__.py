"""How each format of export is opened and which of its columns fill ours: one module a format, found by its name."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.intake.adapters.format import Format

# Modules of this folder that are no format.
_HELPERS: frozenset[str] = frozenset({"format", "events", "json_records"})


@cache
def adapter_names() -> tuple[str, ...]:
    """Return the names of all formats, sorted.

    Examples
    --------
    >>> "xes" in adapter_names()
    True
    """
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if name not in _HELPERS and not name.startswith("_")))


@cache
def format_of(adapter: str) -> Format:
    """Return the format of a name.

    Examples
    --------
    >>> format_of("xes").table
    'work_items'
    """
    return import_module(f"{__name__}.{adapter}").FORMAT
