"""What was heard, as one frozen result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.schema import Finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class Heard:
    """What people said, by theme and role, what leaders expected, and what changed; counts alone, nobody's words.

    Attributes
    ----------
    guide
        Name and version of the guide that was used.
    listening, heard, expectations, responses
        Frames of :class:`analysis.readiness.Readiness`, described there.
    findings
        What the reader must know, and questions to the one who listened.
    """

    guide: str
    listening: pd.DataFrame
    heard: pd.DataFrame
    expectations: pd.DataFrame
    responses: pd.DataFrame
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Return what was heard in one sentence."""
        rows = self.listening[self.listening["kind"] == "all"]
        return str(rows["sentence"].iloc[0]) if len(rows) else NOTHING


NOTHING = "Too little was written down so far to say what people told us."
