"""Frames with declared columns: always present, in their order and types, whatever rows there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

TEXT, NUMBER, WHOLE, COUNT, YES, DAY = "str", "float64", "Int64", "int64", "bool", "datetime64[us]"
STAMP = "datetime64[us, UTC]"


def columns(*parts: str) -> Mapping[str, str]:
    """Return types by column from texts such as ``"float64: low high"``, in order.

    Examples
    --------
    >>> dict(columns("str: pool", "float64: low high"))
    {'pool': 'str', 'low': 'float64', 'high': 'float64'}
    """
    result: dict[str, str] = {}
    for part in parts:
        kind, _, named = part.partition(": ")
        result |= dict.fromkeys(named.split(), kind)
    return MappingProxyType(result)


def typed_frame(
    kinds: Mapping[str, str], rows: Sequence[Mapping[str, Any]] | pd.DataFrame = (), *, name: str = "the frame"
) -> pd.DataFrame:
    """Return rows as a frame with these columns in their order and types, and a fresh index.

    Parameters
    ----------
    kinds
        Type by column, as :func:`columns` makes them.
    rows
        Rows as mappings, or a frame; an absent column is missing (NaN, NA, empty text, False).
    name
        What the frame is called in messages.

    Raises
    ------
    ValueError
        A column that the frame does not have, or rows without one of its counts.

    Examples
    --------
    >>> typed_frame(columns("str: pool sentence", "float64: low"), [{"pool": "service", "low": 1}]).to_dict("records")
    [{'pool': 'service', 'sentence': '', 'low': 1.0}]
    """
    import pandas as pd

    given = pd.DataFrame(rows if isinstance(rows, pd.DataFrame) else list(rows))
    unknown = [column for column in given.columns if column not in kinds]
    if unknown:
        raise ValueError(f"{name} has no column {', '.join(unknown)}")
    return pd.DataFrame({column: _typed(given, column, kind) for column, kind in kinds.items()})


def _typed(given: pd.DataFrame, column: str, kind: str) -> pd.Series:
    """Return a column in its type, as long as the frame given."""
    import pandas as pd

    absent = {TEXT: "", NUMBER: float("nan"), WHOLE: pd.NA, YES: False}.get(kind)
    if column not in given and kind == COUNT and len(given):
        raise ValueError(f"the column {column} is a count and has to be given")
    if column not in given:
        values = pd.Series([absent] * len(given), dtype="object" if absent is None else None)
        return values.astype(kind)
    values = given[column].reset_index(drop=True)
    if kind == TEXT:
        values = values.fillna("")
    if kind in (DAY, STAMP):
        return pd.to_datetime(values, utc=kind == STAMP).dt.as_unit("us")
    return values.astype(kind)
