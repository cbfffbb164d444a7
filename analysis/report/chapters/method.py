"""Appendix: how each kind of figure was computed, in plain words, with its formula and whom it follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.report.blocks import Cell, Chapter, Column, Listing
from analysis.report.context import Context


def _source(c: Context, name: str) -> bool:
    """Return whether a source of non-work gave a figure or a range."""
    frame = c.baseline.sources
    known = frame[["value", "low", "high"]].notna().any(axis=1)
    return bool((known & (frame["source"] == name)).any()) if len(frame) else False


def _ceiling(name: str, population: str = "") -> Callable[[Context], bool]:
    """Return the rule that a ceiling was computed, for any population or for this one."""

    def computed(c: Context) -> bool:
        frame = c.utilization.ceilings
        if frame.empty:
            return False
        mine = (frame["ceiling"] == name) & frame["value"].notna()
        return bool((mine & (frame["population"] == population) if population else mine).any())

    return computed


# a method is told where this run used it; those without a rule stand behind every report
USED: Mapping[str, Callable[[Context], bool]] = {
    "intervals": lambda c: bool(c.measured()),
    "looks": lambda c: _source(c, "work_sampling"),
    "joined": lambda c: _source(c, "two_phase"),
    "gap_range": lambda c: _source(c, "gap_range"),
    "breakdowns": lambda c: len(c.baseline.breakdowns) > 0,
    "allowances": _ceiling("allowance"),
    "queueing": _ceiling("queueing", "contact_centre"),
    "due": _ceiling("queueing", "back_office"),
    "lowest": lambda c: len(c.utilization.achievable) > 0,
    "best": lambda c: len(c.utilization.best) > 0,
    "ramp": lambda c: len(c.utilization.ramp) > 0,
    "causes": lambda c: len(c.blending.idle_by_cause) > 0,
    "gap_law": lambda c: len(c.blending.gap_law) > 0,
    "policies": lambda c: len(c.blending.lab) > 0,
    "replay": lambda c: len(c.blending.replay_check) > 0,
    "forecast": lambda c: len(c.blending.forecast) > 0,
    "value": lambda c: c.value is not None,
    "readiness": lambda c: len(c.readiness.criteria) > 0,
    "agreement": lambda c: len(c.readiness.agreement) > 0,
    "pilot": lambda c: len(c.readiness.pilot) > 0,
}


def names(c: Context) -> list[str]:
    """Return the methods that this run used, in the order of the catalogue."""
    every = dict.fromkeys(key.split(".")[0] for key in c.words.section("method"))
    return [name for name in every if name not in USED or USED[name](c)]


def chapter(c: Context) -> Chapter:
    """Return the appendix on method."""
    words, used = c.words, names(c)
    rows = [
        (
            Cell(words(f"method.{name}.title"), strong=True),
            words(f"method.{name}.text"),
            words(f"method.{name}.formula"),
            Cell(words(f"method.{name}.source"), tone="muted"),
        )
        for name in used
    ]
    widths = (("what", 1.6), ("words", 4.4), ("formula", 4.0), ("source", 2.0))
    columns = [Column(words(f"how.{name}"), width=width) for name, width in widths]
    answer = words("how.answer", n=c.n.count(len(used)))
    return Chapter(words("how.topic"), words("how.question"), answer, [Listing(columns, rows)], appendix=True)
