"""The plan of one client: phases, calendar, figures to watch, what is said to whom, and what could go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import Finding
from analysis.readiness.criteria import Criterion, read_criteria
from analysis.readiness.frames import frame
from analysis.readiness.plan.blanks import Said
from analysis.readiness.plan.facts import known, of_mode
from analysis.readiness.plan.kpis import kpi_rows
from analysis.readiness.plan.pages import message_rows
from analysis.readiness.plan.phases import plan_rows
from analysis.readiness.plan.risks import risk_rows
from analysis.readiness.plan.situation import Given, situation
from analysis.readiness.plan.texts import PlanTexts, message_texts, plan_texts, risk_texts
from analysis.readiness.result import MODES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.settings import Client, Queue
    from analysis.readiness.settings import ReadinessSettings
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """How to start, and when to stop.

    Attributes
    ----------
    way
        ``blend``, ``answer`` (only steps that lead to an answer) or ``instead`` (blending sees no room).
    plan, calendar, kpis, messages, risks
        Frames with the columns of :data:`analysis.readiness.frames.FRAMES`.
    findings
        What had to be left out of the staff page.
    """

    way: str
    plan: pd.DataFrame
    calendar: pd.DataFrame
    kpis: pd.DataFrame
    messages: pd.DataFrame
    risks: pd.DataFrame
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Return the way, and how many entry criteria are open."""
        opened = int((self.plan["kind"] == "entry").sum())
        return f"{self.way}: {opened} entry criteria, {len(self.risks)} risks"


def plan_of(
    *,
    criteria: pd.DataFrame,
    gates: pd.DataFrame,
    changes: pd.DataFrame,
    modes: pd.DataFrame,
    blending: Blending,
    utilization: Utilization,
    settings: ReadinessSettings,
    client: Client,
    types: pd.DataFrame | None = None,
    scores: pd.DataFrame | None = None,
    baseline: Baseline | None = None,
    value: Value | None = None,
    pilot: pd.DataFrame | None = None,
    stop_rules: pd.DataFrame | None = None,
    listening: pd.DataFrame | None = None,
    heard: pd.DataFrame | None = None,
    responses: pd.DataFrame | None = None,
    questions: Sequence[Criterion] = (),
    queues: Sequence[Queue] = (),
    headline: str = "",
) -> Plan:
    """Plan the start: phases with entry and exit criteria, two weeks of preparation, what is watched, said and guarded.

    Parameters
    ----------
    criteria, gates, changes, modes, types, scores
        Frames of the assessment; see :class:`analysis.readiness.Readiness`.
    blending, utilization, baseline, value
        Results of the stages; without `baseline` and `value` their figures are left out.
    settings, client
        Settings of readiness, and the client.
    pilot, stop_rules
        Frames of the pilot's design; empty ones are fine.
    listening, heard, responses
        Frames of what people said; empty ones are fine.
    questions
        The questionnaire, for owners and evidence of criteria that `changes` does not name; the kit's own by default.
    queues
        Promises and caps on occupancy.
    headline
        The verdict's sentence.

    Returns
    -------
    Plan
        Frames ``plan``, ``calendar``, ``kpis``, ``messages``, ``risks``.

    Raises
    ------
    UsageProblem
        A file of texts is damaged, names a figure that does not exist, or says a banned word on the staff page.

    Notes
    -----
    An entry criterion is every criterion that keeps its mode from ready and was not named by an earlier phase, so none is met already; the
    last one is the go. What must hold to go on are the checkpoints of achievable utilization, so that no second set of figures exists.
    """
    given = Given(
        criteria=criteria, gates=gates, changes=changes, modes=modes, types=_or("types", types),
        scores=_or("scores", scores),
        blending=blending, utilization=utilization, baseline=baseline, value=value,
        pilot=_or("pilot", pilot), stop_rules=_or("stop_rules", stop_rules),
        listening=_or("listening", listening), heard=_or("heard", heard), responses=_or("responses", responses),
        questions=tuple(questions) or read_criteria(), queues=tuple(queues), settings=settings, client=client, headline=headline,
    )  # fmt: skip
    texts = plan_texts()
    found = situation(given, texts)
    said = known(given, found, texts)
    by_mode = {mode: said.also(**of_mode(given, mode, texts)) for mode in MODES}
    messages, findings = message_rows(given, message_texts(), said)
    rows: dict[str, list[dict[str, Any]]] = {
        "plan": plan_rows(given, found, texts, said, by_mode),
        "calendar": calendar_rows(texts, said),
        "kpis": kpi_rows(given, found, texts),
        "messages": messages,
        "risks": risk_rows(given, risk_texts(), said),
    }
    return Plan(found.way, **{name: frame(name, part) for name, part in rows.items()}, findings=tuple(findings))


def _or(name: str, given: pd.DataFrame | None) -> pd.DataFrame:
    return frame(name) if given is None else given


def calendar_rows(texts: PlanTexts, said: Said) -> list[dict[str, Any]]:
    """Return what happens on the working days of the first two weeks, as far as it applies to this client."""
    rows = []
    for day in texts.day:
        what = said.fill(day.what) if said.holds(day.when) else ""
        why = said.fill(day.text, day.without)
        if what and why:
            rows.append({"day": day.day, "what": what, "who": day.who, "why": f"{why.rstrip('.')}."})
    return sorted(rows, key=lambda row: row["day"])
