"""The criteria as data: read from the questionnaire and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Settings

Mode = Literal["blocks", "between_contacts", "interrupt"]


class Criterion(Settings):
    """One question with anchored levels 0 to 4, what it gates, and what would change its answer."""

    id: str = Field(pattern="^[A-Z][0-9]{1,2}$", description="short name such as T1")
    domain: str = Field(min_length=1, description="domain that the criterion belongs to")
    name: str = Field(min_length=1, max_length=40, description="name as printed in tables")
    question: str = Field(min_length=1, description="the question put to raters")
    levels: dict[str, str] = Field(description="what the levels 0, 2 and 4 look like")
    gates: tuple[Mode, ...] = Field(default=(), description="modes that a 0 stops and that need a 3 to be ready")
    least: dict[Mode, int] = Field(default={}, description="level that a mode needs, without being gated by more")
    legal: bool = Field(default=False, description="must reach 4 for a mode to be ready")
    data: bool = Field(default=False, description="scored from the client's data where they allow it")
    effort: Literal["low", "medium", "high"] = Field(description="effort of the change")
    owner_role: str = Field(min_length=1, description="role that owns the change")
    change: str = Field(min_length=1, description="what to change when the level is too low")
    evidence: str = Field(min_length=1, description="what shows that the change is done")

    @field_validator("levels")
    @classmethod
    def _anchored(cls, value: dict[str, str]) -> dict[str, str]:
        if set(value) != {"0", "2", "4"}:
            raise ValueError("must describe exactly the levels 0, 2 and 4")
        return value

    def needed(self, mode: str) -> int:
        """Return the level at which this criterion no longer keeps `mode` from being ready.

        Examples
        --------
        >>> {criterion.id: criterion.needed("blocks") for criterion in read_criteria() if criterion.id in {"C1", "D1", "T2"}}
        {'T2': 2, 'D1': 3, 'C1': 4}
        """
        if mode in self.gates:
            return 4 if self.legal else 3
        return max(2, self.least.get(mode, 0))  # type: ignore[call-overload]

    def stops(self, mode: str, level: int) -> bool:
        """Tell whether this level rules `mode` out, whatever the other criteria say."""
        return (mode in self.gates and level == 0) or level < self.least.get(mode, 0)  # type: ignore[call-overload]


def read_criteria(path: Path | None = None) -> tuple[Criterion, ...]:
    """Read the criteria from a questionnaire file.

    Parameters
    ----------
    path
        A TOML file; the kit's own questionnaire by default.

    Returns
    -------
    tuple of Criterion
        In the file's order.

    Raises
    ------
    UsageProblem
        The file does not follow the schema; names the criterion, the key and the remedy.

    Examples
    --------
    >>> len(read_criteria())
    37
    """
    path = path or assets() / "templates" / "questionnaires" / "readiness.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(
            f"{path.name}: not readable as TOML ({error}). Mend this line, or start again from the kit's file."
        ) from None
    blocks = content.get("criterion", [])
    if not blocks:
        raise UsageProblem(f"{path.name}: holds no [[criterion]] blocks. Start again from the kit's file.")
    criteria = []
    for number, block in enumerate(blocks, start=1):
        try:
            criteria.append(Criterion(**block))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise UsageProblem(
                f"{path.name}: criterion {number} ({block.get('id', 'without id')}), key {key}: {first['msg']}. "
                "Compare it with the kit's file."
            ) from None
    names = [criterion.id for criterion in criteria]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise UsageProblem(
            f"{path.name}: {len(repeated)} ids stand more than once (first: {repeated[0]}). Give each criterion its own."
        )
    return tuple(criteria)
