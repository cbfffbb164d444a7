"""What a consultant may set for the baseline; every field is also a notebook parameter."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.foundation.settings import Settings


class BaselineSettings(Settings):
    """Settings of :func:`analysis.measure_baseline`; the defaults serve most clients.

    Examples
    --------
    >>> BaselineSettings(slot_s=900).slot_s
    900
    """

    confidence: float = Field(default=0.95, ge=0.5, le=0.999, description="level of the intervals, share")
    minimum_group_agents: int = Field(
        default=10, ge=5, le=1000, description="smallest group that is reported, agents; smaller ones are merged first"
    )
    busy_day_contacts: int = Field(
        default=10, ge=1, le=1000, description="contacts that make an agent's day count in span figures, contacts"
    )
    busy_day_items: int = Field(
        default=5, ge=1, le=1000, description="items that make an agent's day count in span figures, items"
    )
    break_entitlement_s: float | None = Field(
        default=None, ge=0, le=28800, description="paid break per agent and day, seconds; none takes the schedule's"
    )
    slot_s: int = Field(
        default=1800, ge=300, le=3600, multiple_of=300, description="length of a slot of the day, seconds"
    )
    ring_s: float = Field(
        default=10.0,
        ge=0,
        le=120,
        description="how long a contact rings at a free agent before it counts as waiting, seconds",
    )
    observation_coverage: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="share of the agents whose teams must appear in the observation rounds before they speak for all",
    )
    observation_design: Literal["unknown", "random_person_days", "all_person_days"] = Field(
        default="unknown",
        description="how the observed person-days were chosen: unknown, random_person_days, all_person_days",
    )
    longest_unlogged_s: float | None = Field(
        default=None,
        gt=0,
        le=86400,
        description="longest work on one item that no system logs, seconds, where the client states one; none claims nothing",
    )
    minimum_idle_s: float | None = Field(
        default=None,
        ge=0,
        le=3600,
        description="shortest stretch without work that counts as idle between records, seconds; none tries several",
    )
    generalise_to: Literal["these_people", "other_people"] = Field(
        default="these_people",
        description="whom the intervals speak for: these_people in weeks like these, or other_people like them as well",
    )
    draws: int = Field(default=1000, ge=200, le=100_000, description="resamples of a bootstrap, count")
    seed: int = Field(default=1, ge=0, description="seed of the resampling, count")
