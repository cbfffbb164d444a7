"""What a consultant states about money; every field of :class:`ValueSettings` is also a notebook parameter."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.foundation.settings import Settings


class Cost(Settings):
    """What an hour of one grade costs, as ``[[cost]]`` of the engagement file states it.

    Examples
    --------
    >>> Cost(grade="clerk", per_hour=38.0).per_hour
    38.0
    """

    grade: str = Field(
        default="",
        max_length=80,
        description="grade as the roster spells it; empty, every grade without a row of its own",
    )
    per_hour: float = Field(
        gt=0, le=10_000, description="full cost of a paid hour with all on-costs, currency per hour"
    )
    low: float | None = Field(
        default=None, gt=0, le=10_000, description="one time in ten it is below this, currency per hour"
    )
    high: float | None = Field(
        default=None, gt=0, le=10_000, description="one time in ten it is above this, currency per hour"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Cost:
        if (self.low is None) != (self.high is None):
            raise ValueError("state both low and high, or neither")
        if self.low is not None and self.high is not None and not self.low <= self.per_hour <= self.high:
            raise ValueError("per_hour lies outside low to high")
        return self


class ValueSettings(Settings):
    """Settings of :func:`analysis.balance_value`.

    What is not stated is not assumed: without vacancies, overtime and bought hours nothing is cashable; without costs nothing pays back.

    Examples
    --------
    >>> ValueSettings().blend_mode
    'best'
    """

    vacancies_fte: float = Field(
        default=0.0,
        ge=0,
        le=100_000,
        description="back-office vacancies that are budgeted and open, full-time contracts",
    )
    overtime_h_per_week: float = Field(
        default=0.0, ge=0, le=1_000_000, description="overtime paid in the back office, hours per week"
    )
    overtime_factor: float = Field(
        default=1.5, ge=1, le=4, description="cost of an overtime hour as a multiple of a normal one"
    )
    outsourced_h_per_week: float = Field(
        default=0.0, ge=0, le=1_000_000, description="back-office work bought outside, hours per week of base here"
    )
    outsourced_per_h: float = Field(
        default=0.0, ge=0, le=10_000, description="price of an hour bought outside, currency per hour"
    )
    one_off_cost: float = Field(
        default=0.0, ge=0, le=1e10, description="cost of the change, paid once at its start, currency"
    )
    running_cost_per_week: float = Field(
        default=0.0, ge=0, le=1e9, description="cost of keeping it up from the first week on, currency per week"
    )
    overrun_share: float = Field(
        default=0.30,
        ge=0,
        le=5,
        description="one time in ten stated costs are exceeded by this share, and one time in ten undercut alike",
    )
    hourly_cost_spread_share: float = Field(
        default=0.10,
        ge=0,
        le=2,
        description="the same for the cost of an hour where a [[cost]] row states no low and high, share",
    )
    uptake_low_share: float = Field(
        default=0.50, ge=0, le=1, description="least share of the movable hours that is really moved; an assumption"
    )
    uptake_high_share: float = Field(
        default=0.90, ge=0, le=1, description="largest share of the movable hours that is really moved; an assumption"
    )
    horizon_weeks: int = Field(
        default=52, ge=4, le=520, description="weeks within which the change has to pay back, weeks"
    )
    blend_mode: Literal["best", "none", "blocks", "between_contacts", "interrupt"] = Field(
        default="best",
        description="the one mode in which items move to agents; best takes the recommended one, modes are never added",
    )
    money_draws: int = Field(
        default=20_000, ge=20_000, le=1_000_000, description="draws of the joint simulation, count"
    )
    money_seed: int = Field(default=1, ge=0, description="seed of these draws, count")

    @model_validator(mode="after")
    def _ordered(self) -> ValueSettings:
        if self.uptake_high_share < self.uptake_low_share:
            raise ValueError("uptake_high_share is below uptake_low_share")
        if self.outsourced_h_per_week > 0 and self.outsourced_per_h == 0:
            raise ValueError("outsourced_h_per_week needs outsourced_per_h, the price of such an hour")
        return self
