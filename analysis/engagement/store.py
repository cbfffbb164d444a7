"""Results as files and back: frames become parquet, all else JSON, led by the type hints of the result."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime as dt
import math
import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from analysis.engagement.files import canonical, read_json

Result = TypeVar("Result")
RESULT_FILE = "result.json"


def store(result: Any, folder: Path) -> None:
    """Write a frozen result into an existing empty folder: ``result.json`` and one parquet file per frame.

    Parameters
    ----------
    result
        Frozen dataclass whose fields are plain values, tuples, mappings with text keys, settings, frames, or such dataclasses.
    folder
        Where the files go.

    Raises
    ------
    TypeError
        A field holds something else; the message names it.
    ValueError
        A number outside frames is NaN or infinite.
    """
    frames: dict[str, Any] = {}
    plain = _plain(result, "", frames)
    for name, frame in frames.items():
        write_frame(frame, folder / f"{name}.parquet")
    (folder / RESULT_FILE).write_bytes(canonical(plain))


def load(kind: type[Result], folder: Path) -> Result:
    """Return the result that :func:`store` wrote.

    Parameters
    ----------
    kind
        Class of the result.
    folder
        Where the files are.

    Raises
    ------
    ValueError
        The file is missing, damaged, or of another version of the class.
    """
    plain = read_json(folder / RESULT_FILE)
    if plain is None:
        raise ValueError(f"{folder.name}/{RESULT_FILE} is missing or damaged")
    return _typed(plain, kind, folder, kind.__name__)


def write_frame(frame: Any, path: Path) -> None:
    """Write a frame such that equal frames give equal bytes.

    Raises
    ------
    TypeError
        The frame has an index of its own, or a column that parquet cannot hold.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if len(frame) and not frame.index.equals(pd.RangeIndex(len(frame))):
        raise TypeError(f"{path.stem}: the frame has an index of its own; call reset_index before storing it")
    if not all(isinstance(name, str) for name in frame.columns):
        raise TypeError(f"{path.stem}: every column needs a text name")
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TypeError(f"{path.stem}: a column mixes kinds of values that one column cannot hold") from error
    pq.write_table(table, path, compression="zstd")


def read_frame(path: Path) -> Any:
    """Return a stored frame with the types that it had."""
    import pyarrow.parquet as pq

    return pq.read_table(path, memory_map=False, use_threads=False).to_pandas()


def _plain(value: Any, where: str, frames: dict[str, Any]) -> Any:
    """Return `value` as JSON-plain data; frames are collected by their place."""
    if value is None or isinstance(value, bool | str) or type(value) is int:
        plain: Any = value
    elif isinstance(value, float):
        plain = _finite(float(value), where)
    elif isinstance(value, BaseModel):
        plain = value.model_dump(mode="json")
    elif isinstance(value, dt.date):
        plain = value.isoformat()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        plain = {name: _plain(getattr(value, name), _join(where, name), frames) for name in fields}
    elif isinstance(value, Mapping):
        plain = _pairs(value, where, frames)
    elif isinstance(value, tuple | list):
        plain = [_plain(item, _join(where, str(number)), frames) for number, item in enumerate(value)]
    elif hasattr(value, "to_parquet"):
        name = _unique(re.sub(r"[^A-Za-z0-9_.-]", "_", where) or "frame", frames)
        frames[name] = value
        plain = {"frame": f"{name}.parquet"}
    elif hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        plain = _plain(value.item(), where, frames)
    else:
        raise TypeError(f"{where}: a result cannot hold a {type(value).__name__}")
    return plain


def _pairs(value: Mapping[Any, Any], where: str, frames: dict[str, Any]) -> list[list[Any]]:
    """Return a mapping as a list of pairs, which keeps its order where sorted keys would lose it."""
    if not all(isinstance(key, str) for key in value):
        raise TypeError(f"{where}: a mapping in a result has text keys")
    return [[key, _plain(item, _join(where, key), frames)] for key, item in value.items()]


def _finite(number: float, where: str) -> float:
    if not math.isfinite(number):
        raise ValueError(f"{where} is {number}; state None and say why instead")
    return number


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _unique(name: str, taken: Mapping[str, Any]) -> str:
    """Return `name`, numbered if another frame took it; file systems that ignore case are thought of."""
    lower = {key.lower() for key in taken}
    number, proposed = 1, name
    while proposed.lower() in lower:
        number += 1
        proposed = f"{name}-{number}"
    return proposed


def _typed(plain: Any, hint: Any, folder: Path, where: str) -> Any:
    """Return plain data as the type that `hint` states."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _typed_union(plain, inner, folder, where)
    if origin is tuple:
        hints = [inner[0]] * len(plain) if inner[1:] == (Ellipsis,) else inner
        return tuple(
            _typed(item, one, folder, f"{where}.{number}")
            for number, (item, one) in enumerate(zip(plain, hints, strict=True))
        )
    if origin is list:
        return [_typed(item, inner[0], folder, f"{where}.{number}") for number, item in enumerate(plain)]
    if origin in (dict, collections.abc.Mapping):
        return {key: _typed(item, inner[1], folder, f"{where}.{key}") for key, item in plain}
    if origin is typing.Literal:
        return plain
    if isinstance(hint, type):
        return _typed_class(plain, hint, folder, where)
    raise TypeError(f"{where}: the type hint {hint!r} says too little to load a value by")


def _typed_union(plain: Any, kinds: tuple[Any, ...], folder: Path, where: str) -> Any:
    """Return the value of an optional field."""
    if plain is None and type(None) in kinds:
        return None
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) == 1:
        return _typed(plain, others[0], folder, where)
    if all(kind in (str, bool, int, float) for kind in others) and isinstance(plain, str | bool | int | float):
        return plain
    raise TypeError(f"{where}: a stored field is of one type or None")


def _typed_class(plain: Any, kind: type, folder: Path, where: str) -> Any:
    """Return plain data as an instance of `kind`."""
    if dataclasses.is_dataclass(kind):
        hints, names = _hints(kind), [field.name for field in dataclasses.fields(kind)]
        if not isinstance(plain, dict) or sorted(plain) != sorted(names):
            raise ValueError(f"{where}: stored by another version of the kit; run the stage again")
        return kind(**{name: _typed(plain[name], hints[name], folder, f"{where}.{name}") for name in names})
    if issubclass(kind, BaseModel):
        return kind.model_validate(plain)
    if kind is float:
        return float(plain)
    if kind is dt.datetime or kind is dt.date:
        return kind.fromisoformat(plain)
    if kind.__name__ == "DataFrame":
        return read_frame(folder / plain["frame"])
    if kind in (str, int, bool):
        return plain
    raise TypeError(f"{where}: a result cannot hold a {kind.__name__}")


def _hints(kind: type) -> dict[str, Any]:
    """Return the resolved type hints of a result, whose module may import pandas for type checking alone."""
    import pandas as pd

    return typing.get_type_hints(kind, localns={"pd": pd, "DataFrame": pd.DataFrame})
