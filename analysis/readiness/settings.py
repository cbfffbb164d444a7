"""What a consultant may set for the readiness assessment; every field is also a notebook parameter."""

from __future__ import annotations

from pydantic import Field

from analysis.foundation.settings import Settings


class ReadinessSettings(Settings):
    """Settings of :func:`analysis.assess_readiness`; the thresholds of the criteria stand in the questionnaire.

    Examples
    --------
    >>> ReadinessSettings(short_item_s=480).short_item_s
    480.0
    """

    short_item_s: float = Field(
        default=600.0, gt=0, le=7200, description="longest mean length of an item type that counts as short, seconds"
    )
    timed_items_per_type: int = Field(
        default=30, ge=5, le=1000, description="timed items of a type that count as measured, items"
    )
    disagreement_levels: int = Field(
        default=2, ge=1, le=4, description="levels between data and raters, or among raters, that are reported, levels"
    )
    draws: int = Field(
        default=2000, ge=200, le=100_000, description="draws of raters and data behind the acceptability"
    )
    seed: int = Field(default=1, ge=0, description="seed of these draws")
