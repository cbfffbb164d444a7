"""What the results of this room have in common: the question travels with the answer, and both become tidy rows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def asked(unit: str) -> Any:
    """Return a dataclass field that holds part of the question."""
    return dataclasses.field(metadata={"unit": unit, "asked": True})


def answer(unit: str) -> Any:
    """Return a dataclass field that holds part of the answer."""
    return dataclasses.field(metadata={"unit": unit, "asked": False})


class Result:
    """Base of the frozen results: `settings` is what was asked, `to_frame()` what came out."""

    __slots__ = ()

    @property
    def settings(self) -> dict[str, Any]:
        """What was asked, by argument name."""
        return {item.name: getattr(self, item.name) for item in self._fields(asked=True)}

    def to_frame(self) -> pd.DataFrame:
        """Return the answer as rows of quantity, value and unit."""
        import pandas as pd

        rows = [(item.name, getattr(self, item.name), item.metadata["unit"]) for item in self._fields(asked=False)]
        return pd.DataFrame(rows, columns=["quantity", "value", "unit"])

    def _fields(self, *, asked: bool) -> list[dataclasses.Field[Any]]:
        """Return the fields that are part of the question, or those of the answer; private ones are neither."""
        fields = dataclasses.fields(self)  # pyright: ignore[reportArgumentType]
        return [item for item in fields if item.metadata.get("asked") is asked]


def percent(share: float) -> str:
    """Return a share as the sentences print it."""
    return f"{100 * share:.1f} %"
