"""What a consultant may set for achievable utilization; every field is also a notebook parameter."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.foundation.settings import Settings


class UtilizationSettings(Settings):
    """Settings of :func:`analysis.estimate_utilization`.

    The personal and fatigue shares are the constant allowances of the ILO list, the delay shares an assumption; all are shares of normal (working) time.

    Examples
    --------
    >>> UtilizationSettings().personal_share
    0.05
    """

    confidence: float = Field(default=0.95, ge=0.5, le=0.999, description="level of the intervals, share")
    personal_share: float = Field(default=0.05, ge=0, le=0.3, description="allowance for personal needs, share")
    fatigue_share: float = Field(default=0.04, ge=0, le=0.3, description="allowance for basic fatigue, share")
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
    reference_share: float = Field(
        default=0.80, gt=0, lt=1, description="utilization that managers quote as a good target, share; only compared"
    )
    slot_s: int = Field(default=1800, ge=300, le=3600, multiple_of=300, description="length of a slot, seconds")
    draws: int = Field(default=2000, ge=200, le=100_000, description="resamples of the joint bootstrap, count")
    seed: int = Field(default=1, ge=0, description="seed of the resampling, count")

    @model_validator(mode="after")
    def _ordered(self) -> UtilizationSettings:
        if self.delay_high_share < self.delay_low_share:
            raise ValueError("delay_high_share is below delay_low_share")
        return self
