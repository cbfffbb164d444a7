"""Names of 60 characters with odd signs for everything that a client names: item types, groups, sites, queues, pools, files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pandas as pd

TAIL = " \u00d6sterreichische Schaden-Regulierungsstelle & <W\u0142odawa> $x^2$ #*_@ WWWWWWWWWWWWWWW"
LENGTH = 60
COLUMNS = ("group", "site", "type", "pool", "queue", "file", "source_file")
LEVELS_BY = ("group", "site")


def hostile(material: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same results with every name of the client long and odd, the same name everywhere."""
    results = {key: value for key, value in material.items() if dataclasses.is_dataclass(value)}
    names: set[str] = {queue.name for queue in material["queues"]} | {queue.pool for queue in material["queues"]}
    for result in results.values():
        for frame in _frames(result).values():
            for column in COLUMNS:
                if column in frame:
                    names |= set(frame[column].dropna().astype(str))
            if {"by", "level"} <= set(frame.columns):
                names |= set(frame.loc[frame["by"].isin(LEVELS_BY), "level"].dropna().astype(str))
    long = {name: (name + TAIL)[:LENGTH] for name in names if name}
    queues = tuple(
        queue.model_copy(update={"name": long[queue.name], "pool": long[queue.pool]}) for queue in material["queues"]
    )
    changed = {key: _renamed(value, long) for key, value in results.items() if key != "client"}
    return {**material, **changed, "queues": queues}


def _frames(result: Any) -> dict[str, pd.DataFrame]:
    values = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}


def _renamed(result: Any, long: Mapping[str, str]) -> Any:
    changes: dict[str, Any] = {}
    for name, frame in _frames(result).items():
        texts = [
            column
            for column in frame
            if frame[column].dtype == object or isinstance(frame[column].dtype, pd.StringDtype)
        ]
        kept = {
            column: frame[column].map(lambda value: long.get(value, value) if isinstance(value, str) else value)
            for column in texts
        }
        changes[name] = frame.assign(**kept)
    if hasattr(result, "quantities"):
        changes["quantities"] = tuple(
            dataclasses.replace(one, scope={key: long.get(value, value) for key, value in one.scope.items()})
            for one in result.quantities
        )
    return dataclasses.replace(result, **changes)
