"""What the report states about the run behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SHORT = 8


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of the chain.

    Attributes
    ----------
    run_id
        Its identifier; the foot of every page shows the first 8 characters.
    overrides
        Settings that stood in for those of the engagement file: name and value.
    inputs
        SHA-256 of every input file by its name.
    versions
        Version of every package that computed.
    sources
        Stage -> SHA-256 of the input files behind it.
    small_group_reason
        Why groups of fewer than 10 agents are shown; empty when none are.
    retention_days
        Days after which the client's data are to be deleted at the latest; 0 where nobody said.
    """

    run_id: str
    overrides: Sequence[tuple[str, object]] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    small_group_reason: str = ""
    retention_days: int = 0

    @classmethod
    def of(cls, run: Run | Mapping[str, Any]) -> Run:
        """Return a run, also from a mapping with the same names."""
        return run if isinstance(run, Run) else cls(**run)

    @property
    def short(self) -> str:
        """Return the identifier as the pages show it."""
        return self.run_id[:SHORT]
