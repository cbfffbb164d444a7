"""What a consultant may set for achievable utilization; every field is also a notebook parameter."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.foundation.settings import Population, Settings


class Allowance(Settings):
    """One more allowance than the usual ones, as ``[[allowance]]`` of the engagement file states it.

    Examples
    --------
    >>> Allowance(name="standing counter", low_share=0.02, high_share=0.02).kind
    'rest'
    """

    name: str = Field(min_length=1, max_length=80, description="what it is for, as the report prints it")
    low_share: float = Field(ge=0, le=0.3, description="least, share of normal time")
    high_share: float = Field(ge=0, le=0.3, description="largest, share of normal time")
    kind: Literal["rest", "delay"] = Field(
        default="rest", description="rest is given by breaks first, delay by support and outages first"
    )
    population: Population | None = Field(default=None, description="whom it is for; left out, for both populations")

    @model_validator(mode="after")
    def _ordered(self) -> Allowance:
        if self.high_share < self.low_share:
            raise ValueError("high_share is below low_share")
        return self


class UtilizationSettings(Settings):
    """Settings of :func:`analysis.estimate_utilization`.

    The personal and fatigue shares are the constant allowances of the ILO list, strain its variable ones for desk work, the delay shares an
    assumption; all are shares of normal (working) time.

    Examples
    --------
    >>> UtilizationSettings().personal_share
    0.05
    """

    confidence: float = Field(default=0.95, ge=0.5, le=0.999, description="level of the intervals, share")
    personal_share: float = Field(default=0.05, ge=0, le=0.3, description="allowance for personal needs, share")
    fatigue_share: float = Field(default=0.04, ge=0, le=0.3, description="allowance for basic fatigue, share")
    strain_low_share: float = Field(
        default=0.01, ge=0, le=0.3, description="least allowance for attention and monotony, share"
    )
    strain_high_share: float = Field(
        default=0.04, ge=0, le=0.3, description="largest allowance for attention and monotony, share"
    )
    delay_low_share: float = Field(default=0.03, ge=0, le=0.3, description="least allowance for delays, share")
    delay_high_share: float = Field(default=0.05, ge=0, le=0.3, description="largest allowance for delays, share")
    allowance_convention: Literal["on_normal_time", "of_the_day"] = Field(
        default="on_normal_time", description="whether allowances are added to normal time or taken off the day"
    )
    patience_s: float = Field(
        default=0.0, ge=0, le=86400, description="mean patience of waiting contacts, seconds; 0 takes it from the data"
    )
    default_aht_s: float = Field(
        default=0.0, ge=0, le=86400, description="mean handling time where the data hold none, seconds; 0 is none"
    )
    deadline_target: float = Field(
        default=0.95, ge=0.5, lt=1, description="share of back-office work to be done by its due time, share"
    )
    cut_off_h: float = Field(
        default=24.0, gt=0, le=24, description="local hour after which arriving work counts as the next day's, hours"
    )
    item_occupancy_cap: float = Field(
        default=1.0, gt=0, le=1, description="highest share of workable time that clerks may be busy, share; 1 is none"
    )
    item_s: float = Field(
        default=0.0,
        ge=0,
        le=86400,
        description="mean length of items for the ceiling with blending, seconds; 0 takes it from the data",
    )
    minimum_reclaimable_share: float = Field(
        default=0.02,
        ge=0,
        le=0.5,
        description="smallest distance above today that is called reclaimable, share of the base",
    )
    reference_share: float = Field(
        default=0.80, gt=0, lt=1, description="utilization that managers quote as a good target, share; only compared"
    )
    crawl_weeks: int = Field(default=4, ge=1, le=52, description="weeks of the first steps of the ramp, weeks")
    walk_weeks: int = Field(default=8, ge=1, le=52, description="weeks of its middle, weeks")
    ramp_weeks: int = Field(default=26, ge=4, le=156, description="weeks that the ramp is drawn for, weeks")
    learning_weeks: float = Field(
        default=8.0,
        gt=0,
        le=104,
        description="time constant of the learning curve, weeks; after it 63 % of the way is done",
    )
    learning_range: float = Field(
        default=1.5, ge=1, le=4, description="factor by which learning is slower when cautious and faster when bold"
    )
    slot_s: int = Field(default=1800, ge=300, le=3600, multiple_of=300, description="length of a slot, seconds")
    draws: int = Field(default=20_000, ge=200, le=100_000, description="resamples of the joint bootstrap, count")
    seed: int = Field(default=1, ge=0, description="seed of the resampling, count")

    @model_validator(mode="after")
    def _ordered(self) -> UtilizationSettings:
        for name in ("strain", "delay"):
            if getattr(self, f"{name}_high_share") < getattr(self, f"{name}_low_share"):
                raise ValueError(f"{name}_high_share is below {name}_low_share")
        if self.crawl_weeks + self.walk_weeks >= self.ramp_weeks:
            raise ValueError("crawl_weeks and walk_weeks leave no week of ramp_weeks to run")
        return self
