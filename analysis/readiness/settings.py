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

    questionnaire: str = Field(
        default="", description="path of an edited questionnaire in the engagement's folder; empty takes the kit's own"
    )
    short_item_s: float = Field(
        default=600.0, gt=0, le=7200, description="longest mean length of an item type that counts as short, seconds"
    )
    timed_items_per_type: int = Field(
        default=30, ge=5, le=1000, description="timed items of a type that count as measured, items"
    )
    disagreement_levels: int = Field(
        default=2, ge=1, le=4, description="levels between data and raters, or among raters, that are reported, levels"
    )
    least_raters: int = Field(
        default=2,
        ge=1,
        le=20,
        description="raters of a criterion below which the report says that one voice stands behind it",
    )
    agreement_floor: float = Field(
        default=0.667,
        gt=0,
        lt=1,
        description="Krippendorff's alpha below which raters are said to disagree, and spreads come first",
    )
    minimum_type_h_per_week: float = Field(
        default=38.0, ge=0, description="item hours that must be left once types that fail are left out, hours per week"
    )
    negligible_weight: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="part of its equal weight below which a criterion does not count in a drawn weighting; gates always count",
    )
    draws: int = Field(
        default=2000, ge=200, le=100_000, description="draws of weightings, raters and data behind the acceptability"
    )
    fewest_notes: int = Field(
        default=3,
        ge=2,
        le=20,
        description="notes below which a theme is merged with others, because it could point to a person",
    )
    pilot_power: float = Field(
        default=0.8, gt=0.5, lt=1, description="chance that the pilot sees the change it is planned for, share"
    )
    pilot_level: float = Field(
        default=0.05, gt=0, lt=0.5, description="chance that a pilot without effect is called one, share"
    )
    pilot_service_change: float = Field(
        default=0.02, gt=0, lt=0.5, description="change of service level that the pilot must be able to see, share"
    )
    pilot_most_weeks: int = Field(default=16, ge=2, le=52, description="longest pilot that is considered, weeks")
    pilot_draws: int = Field(
        default=2000, ge=200, le=100_000, description="simulated pilots behind each figure of power, count"
    )
    seed: int = Field(default=1, ge=0, description="seed of these draws")
