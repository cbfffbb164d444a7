"""The engagement file as one model, composed of what every room lets a consultant set."""

from __future__ import annotations

import types
import typing
from typing import Any, Literal

from pydantic import Field, model_validator

from analysis.baseline.settings import BaselineSettings
from analysis.blending.settings import BlendingSettings
from analysis.foundation.settings import Client, Queue, Settings
from analysis.intake.settings import Source
from analysis.readiness.settings import ReadinessSettings
from analysis.report.settings import ReportSettings
from analysis.utilization.settings import Allowance, UtilizationSettings
from analysis.value.settings import Cost, ValueSettings

# Below this size a group needs a written reason, which the report prints; below 5 it is refused by the settings themselves.
USUAL_MINIMUM_GROUP_AGENTS = 10


class Privacy(Settings):
    """How long client data are kept, and why small groups are shown if they are."""

    retention_days: int = Field(
        default=90, ge=1, le=3650, description="days after which doctor reminds you to close the engagement, days"
    )
    small_group_reason: str = Field(
        default="", max_length=500, description="why groups of fewer than 10 agents may be shown; printed in the report"
    )


class Engagement(Settings):
    """Everything that an assessment is told, as ``engagement.toml`` states it."""

    client: Client = Field(description="who the client is and which days are looked at")
    source: tuple[Source, ...] = Field(default=(), description="the client's exports and how to read them")
    queue: tuple[Queue, ...] = Field(default=(), description="queues of contacts and the promise each is held to")
    baseline: BaselineSettings = Field(default=BaselineSettings(), description="how today is measured")
    allowance: tuple[Allowance, ...] = Field(default=(), description="allowances beside the usual ones")
    utilization: UtilizationSettings = Field(default=UtilizationSettings(), description="how ceilings are estimated")
    blending: BlendingSettings = Field(default=BlendingSettings(), description="how blending is assessed")
    cost: tuple[Cost, ...] = Field(default=(), description="what an hour of each grade costs")
    value: ValueSettings = Field(default=ValueSettings(), description="what the change saves and costs")
    readiness: ReadinessSettings = Field(default=ReadinessSettings(), description="how readiness is assessed")
    report: ReportSettings = Field(default=ReportSettings(), description="how the report looks")
    privacy: Privacy = Field(default=Privacy(), description="retention and small groups")

    @model_validator(mode="after")
    def _queues_differ(self) -> Engagement:
        names = [queue.name for queue in self.queue]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two [[queue]] blocks are called {twice}; every queue is described once")
        return self

    @model_validator(mode="after")
    def _grades_differ(self) -> Engagement:
        grades = [cost.grade for cost in self.cost]
        twice = next((grade for grade in grades if grades.count(grade) > 1), None)
        if twice is not None:
            raise ValueError(f"two [[cost]] blocks are for {twice}; every grade has one cost")
        return self

    @model_validator(mode="after")
    def _small_groups_have_a_reason(self) -> Engagement:
        small = self.baseline.minimum_group_agents < USUAL_MINIMUM_GROUP_AGENTS
        if small and not self.privacy.small_group_reason:
            raise ValueError(
                f"[baseline] minimum_group_agents is below {USUAL_MINIMUM_GROUP_AGENTS}: state why in [privacy] small_group_reason, the report prints it"
            )
        return self


def sections() -> dict[str, type[Settings]]:
    """Return the tables of the engagement file whose values ``--set`` may change: name and model.

    Examples
    --------
    >>> "blending" in sections(), "queue" in sections()
    (True, False)
    """
    fields = Engagement.model_fields.items()
    return {
        name: field.annotation
        for name, field in fields
        if isinstance(field.annotation, type) and issubclass(field.annotation, Settings)
    }


def scalar_kinds(section: type[Settings]) -> dict[str, str]:
    """Return the names of a section's scalar settings, each with its kind: these are the parameters of its notebook.

    Examples
    --------
    >>> scalar_kinds(BlendingSettings)["service_level"]
    'float'
    """
    kinds = {name: _scalar_kind(field.annotation) for name, field in section.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if kind}


def _scalar_kind(annotation: Any) -> str:
    """Return ``"int"``, ``"float"``, ``"str"`` or ``"bool"``; empty for anything else."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        others = [kind for kind in typing.get_args(annotation) if kind is not type(None)]
        return _scalar_kind(others[0]) if len(others) == 1 else ""
    if typing.get_origin(annotation) is Literal:
        return "str"
    return annotation.__name__ if annotation in (int, float, str, bool) else ""
