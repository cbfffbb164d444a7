"""What an engagement states about the client; the verbs' own settings stand beside the verbs."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Population = Literal["contact_centre", "back_office"]


class Settings(BaseModel):
    """Frozen settings that refuse unknown names; every field has a default or is required, a unit and a help text."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Period(Settings):
    """First and last day of a period, both included."""

    start: dt.date = Field(description="first day")
    end: dt.date = Field(description="last day, included")

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.end < self.start:
            raise ValueError("the period ends before it starts")
        return self


class Client(Settings):
    """The client as the engagement file states it."""

    name: str = Field(min_length=1, max_length=200, description="name as printed in the report")
    time_zone: str = Field(description="IANA zone of stamps that carry none, such as Europe/Amsterdam")
    period: Period = Field(description="days that the assessment covers")
    full_time_h_per_week: float = Field(default=38.0, gt=0, le=80, description="hours of a full-time contract per week")
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$", description="ISO 4217 code")
    holidays: tuple[dt.date, ...] = Field(default=(), description="days on which the client is closed")

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("not an IANA time zone; write it like Europe/Amsterdam") from error
        return value

    @field_validator("name")
    @classmethod
    def _printable(cls, value: str) -> str:
        if any(not character.isprintable() for character in value):
            raise ValueError("holds characters that cannot be printed")
        return value


class Queue(Settings):
    """A queue of contacts and the promise it is held to."""

    name: str = Field(min_length=1, description="name as it stands in the exports")
    pool: str = Field(default="service", description="queues of a pool share agents, across sites")
    channel: Literal["voice", "chat", "email", "message", "callback"] = Field(
        default="voice", description="kind of contact"
    )
    direction: Literal["in", "out"] = Field(default="in", description="who starts the contact")
    answer_within_s: float = Field(default=20.0, gt=0, description="threshold of the promise, seconds")
    target: float = Field(default=0.80, gt=0, lt=1, description="share to be answered within the threshold")
    definition: Literal["of offered", "of answered", "short abandons out"] = Field(
        default="of offered", description="what the share is of"
    )
    short_s: float = Field(default=5.0, ge=0, description="abandoned sooner counts as short, seconds")
    concurrency: int = Field(default=1, ge=1, le=20, description="contacts that one agent serves at once")
    max_occupancy: float = Field(
        default=0.88, gt=0, le=1, description="highest occupancy that the client allows its agents"
    )
