"""Small exports in every adapter's format with planted truth: one module a format, named as the adapter is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.foundation.settings import Client
    from analysis.synthetic.vendors.world import Season


@dataclass(frozen=True, slots=True)
class Export:
    """What a generator wrote, and what intake must make of it.

    Attributes
    ----------
    source
        The ``[[source]]`` block as plain data: files (relative to the folder), adapter, and what the consultant must state.
    truth
        Rows of the canonical table that intake must return, in any order: the columns that this export can fill, times in UTC,
        durations in microseconds, persons by their raw identifiers.
    ledger
        Rows of all files by fate, as ``"rejected:bad_stamp"``, ``"header"``, ``"used"``; their sum is the physical rows.
    """

    source: Mapping[str, Any]
    truth: pd.DataFrame
    ledger: Counter[str] = field(default_factory=Counter)


def write_export(adapter: str, folder: Path, *, seed: int = 1, season: Season = "spring") -> tuple[Export, Client]:
    """Write an export of one format into ``folder/data`` and return its truth with the client it belongs to.

    Parameters
    ----------
    adapter
        Name of a format.
    folder
        Engagement folder; ``data/`` is made in it.
    seed
        Of the world.
    season
        ``"spring"`` or ``"autumn"``: which clock change the period holds.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export, client = write_export("genesys_status_timeline", Path(folder))
    >>> export.source["adapter"], client.time_zone
    ('genesys_status_timeline', 'Europe/Amsterdam')
    """
    from analysis.synthetic.vendors.world import vendor_world

    world = vendor_world(seed=seed, season=season)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    export = import_module(f"{__name__}.{adapter}").write(world, folder)
    return export, world.client
