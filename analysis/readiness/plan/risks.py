"""What could go wrong: a risk is named only where something in this assessment raises it."""

from __future__ import annotations

from typing import Any

from analysis.readiness.plan.blanks import Said
from analysis.readiness.plan.situation import Given, levels
from analysis.readiness.plan.texts import RiskText, RiskTexts

Row = dict[str, Any]
# a guard is in place from this level on; the legal ones need the highest
IN_PLACE, LEGAL = 3, {"C1": 4, "C2": 4}


def risk_rows(given: Given, texts: RiskTexts, said: Said) -> list[Row]:
    """Return the rows of the frame ``risks`` in the order of their kinds."""
    rows = []
    for risk in texts.risk:
        why = _why(risk, said)
        if why:
            guard = said.fill(risk.guard, risk.guard_without)
            rows.append(
                {
                    "risk": risk.name,
                    "kind": risk.kind,
                    "why": why,
                    "guard": guard,
                    "owner_role": risk.owner_role,
                    "state": risk.state or state_of(given, risk.criteria),
                }
            )
    return rows


def _why(risk: RiskText, said: Said) -> str:
    """Return the first reason that holds; empty when nothing raises the risk."""
    for line in risk.why:
        text = said.fill(line.text, line.without) if said.holds(line.when) else ""
        if text:
            return text
    return ""


def state_of(given: Given, criteria: tuple[str, ...]) -> str:
    """Return whether a guard stands: ``unknown`` if a criterion has no answer, ``in place`` if all are high enough, else ``open``."""
    known = levels(given.criteria)
    found = [(known.get(name), LEGAL.get(name, IN_PLACE)) for name in criteria]
    if any(level is None for level, _ in found):
        return "unknown"
    return "in place" if found and all(level >= needed for level, needed in found if level is not None) else "open"
