"""The settings of the blending assessment."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.foundation.settings import Settings

# Recovery after an interruption runs over the first responses, about 15 s in all: Altmann & Trafton,
# Psychonomic Bulletin & Review 14 (2007), 1079-1084.
RESUME_S = 15.0


class BlendingSettings(Settings):
    """How blending is assessed; every field is a scalar and also a parameter of the notebook.

    Examples
    --------
    >>> BlendingSettings(resume_s=30).resume_s
    30.0
    """

    service_level: float | None = Field(
        default=None, gt=0, lt=1, description="share answered in time to keep; none takes the queue's target"
    )
    answer_within_s: float | None = Field(
        default=None, gt=0, description="threshold of the promise, seconds; none takes the queue's threshold"
    )
    max_occupancy: float | None = Field(
        default=None, gt=0, le=1, description="highest share of ready time spent busy; none takes the queue's cap"
    )
    patience_s: float | None = Field(
        default=None,
        gt=0,
        description="mean time until a waiting contact leaves, seconds; none estimates it from the waits",
    )
    resume_s: float | None = Field(
        default=None,
        ge=0,
        le=900,
        description="seconds lost each time an item is taken up again; none takes the client's item types, else 15",
    )
    item_s: float | None = Field(
        default=None, gt=0, description="mean length of an item, seconds; none takes it from the client's items"
    )
    longest_item_s: float = Field(
        default=600.0, gt=0, description="longest mean length of an item that is finished between contacts, seconds"
    )
    presence_cut_off_s: float = Field(
        default=900.0, gt=0, description="longest gap in a call log that still counts as present, seconds"
    )
    slot_s: int = Field(default=1800, ge=900, le=3600, multiple_of=900, description="length of a time slot, seconds")
    minimum_days: int = Field(default=10, ge=6, description="fewest days with contacts for a pool to be assessed")
    model_tolerance: float = Field(
        default=0.03, gt=0, le=0.2, description="largest miss of the measured service level that the model may have"
    )
    precision: float = Field(
        default=0.01,
        ge=0.001,
        le=0.05,
        description="half-width wanted of a policy's change in service level, share; sets how many weeks are simulated",
    )
    most_weeks: int = Field(default=200, ge=10, le=5000, description="most simulated weeks per policy")
    delivery: Literal["push", "pull", "manual"] = Field(
        default="push",
        description="how items reach agents: push, pull, or manual (agents change state by hand)",
    )
    delivery_s: float | None = Field(
        default=None,
        ge=0,
        le=600,
        description="seconds an agent must be free before an item is in hand; none takes 2 for push, 10 for pull, 30 for manual",
    )
    switch_s: float = Field(
        default=5.0, ge=0, le=300, description="seconds lost at the start of an item that follows a contact; assumed"
    )
    item_time_factor: float = Field(
        default=1.0, gt=0, le=5, description="agents' time for an item as a multiple of the clerks'; assumed"
    )
    rotate_s: float = Field(
        default=7200.0, ge=900, description="longest turn of an agent in a block off contacts, seconds"
    )
    trigger_age: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of its due time that the oldest item may use before agents are taken off contacts for items",
    )
    replay_tolerance: float = Field(
        default=0.03,
        gt=0,
        le=0.2,
        description="largest miss of the measured service level, abandonment and occupancy by the replay of today",
    )
    most_kept_free: int = Field(
        default=40, ge=1, le=100, description="largest number of agents kept free of items that is tried"
    )
    confidence: float = Field(default=0.95, gt=0.5, lt=1, description="level of the intervals")
    draws: int = Field(default=1000, ge=200, le=20000, description="resamples of days behind an interval")
    seed: int = Field(default=1, ge=0, description="seed of the resampling")
