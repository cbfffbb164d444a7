"""Appendix: what the client's promises and settings are, which differ from the kit's own, and who set them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Listing, Part, Subhead
from analysis.report.chapters import achievable
from analysis.report.context import Context

STAGES = ("baseline", "utilization", "blending", "value", "readiness")
# the other settings stand in so many pairs of columns
PAIRS = 2


@dataclass(frozen=True, slots=True)
class Chosen:
    """One setting: its name, value and default as text, who set it ("default", "file" or "run"), and what it means."""

    name: str
    value: str
    default: str
    by: str
    meaning: str


def chapter(c: Context) -> Chapter:
    """Return the appendix on settings."""
    words, every = c.words, chosen(c)
    own = [one for one in every if one.by != "default"]
    parts: list[Part] = []
    if own:
        parts.append(_differing(c, own, len(every)))
    parts += [_promises(c), *achievable.allowances(c)]
    rest = [one for one in every if one.by == "default"]
    if rest:
        parts += [Subhead(words("settings.rest", n=c.n.count(len(rest)))), _rest(c, rest)]
    return Chapter(words("settings.topic"), words("settings.question"), _answer(c, every), parts, appendix=True)


def chosen(c: Context) -> list[Chosen]:
    """Return every setting of every stage, with who set it; what was set for the run alone wins over the engagement file."""
    changed = {str(name) for name, _ in c.run.overrides}
    found = []
    for stage in STAGES:
        result = getattr(c, stage)
        if result is None:
            continue
        for name, field in type(result.settings).model_fields.items():
            value, default = getattr(result.settings, name), field.get_default(call_default_factory=True)
            full = f"{stage}.{name}"
            by = "run" if full in changed else "default" if value == default else "file"
            found.append(Chosen(full, _shown(c, value), _shown(c, default), by, field.description or ""))
    return found


def frame(c: Context) -> pd.DataFrame:
    """Return every setting with its value, the kit's own, who set it and what it means, for the workbook."""
    names = ("setting", "value", "default", "set_in", "meaning")
    return pd.DataFrame(
        [(one.name, one.value, one.default, one.by, one.meaning) for one in chosen(c)], columns=list(names)
    )


def _shown(c: Context, value: Any) -> str:
    """Return a setting's value as one would write it into the engagement file."""
    if value is None or value == "":
        return c.words("settings.none")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _answer(c: Context, every: Sequence[Chosen]) -> str:
    words = c.words
    by_file, by_run = (sum(one.by == by for one in every) for by in ("file", "run"))
    said = words.some("settings.own", by_file, all=c.n.count(len(every))) if by_file else words("settings.all_default")
    return f"{said} {words.some('settings.overridden', by_run) if by_run else words('settings.not_overridden')}"


def _differing(c: Context, own: Sequence[Chosen], every: int) -> Exhibit:
    """Return the settings that differ from the kit's own, or were set for this run alone."""
    words = c.words
    rows = [
        (
            one.name,
            Cell(one.value, tone="accent" if one.by == "run" else "plain", strong=True),
            Cell(one.default, tone="muted"),
            Cell(words(f"settings.set_in.{one.by}"), tone="accent" if one.by == "run" else "plain"),
            Cell(one.meaning, tone="muted"),
        )
        for one in own
    ]
    widths = (("name", 2.6), ("value", 1.2), ("default", 1.2), ("by", 1.5), ("meaning", 5.5))
    return Exhibit(
        words.some("settings.headline", len(own), all=c.n.count(every)),
        c.source(results=STAGES if c.value is not None else tuple(name for name in STAGES if name != "value")).counted(
            words.some("settings.n", every), words("settings.definition")
        ),
        columns=[Column(words(f"settings.{name}"), width=width) for name, width in widths],
        rows=rows,
        dense=True,
    )


def _promises(c: Context) -> Listing:
    """Return what the engagement file states of client and queues; it has no default."""
    words, client = c.words, c.client
    currency = getattr(client, "currency", "")
    rows = [
        ("client.time_zone", str(client.time_zone)),
        ("client.period", f"{client.period.start.isoformat()} – {client.period.end.isoformat()}"),
        ("client.full_time_h_per_week", _shown(c, client.full_time_h_per_week)),
        ("client.currency", _shown(c, currency)),
        ("client.holidays", ", ".join(str(day) for day in client.holidays) or words("settings.none")),
    ]
    for queue in c.queues:
        kept = ("pool", "channel", "target", "answer_within_s", "definition", "short_s", "max_occupancy")
        stated = "; ".join(f"{name} = {_shown(c, getattr(queue, name))}" for name in kept)
        rows.append((f"queue.{queue.name}", stated))
    return Listing([Column(words("settings.stated"), width=3), Column(words("settings.value"), width=9)], rows)


def _rest(c: Context, rest: Sequence[Chosen]) -> Listing:
    """Return the settings that stand at the kit's own value, side by side; what each means stands in the workbook."""
    words = c.words
    length = -(-len(rest) // PAIRS)
    lanes = [rest[start * length : (start + 1) * length] for start in range(PAIRS)]
    rows = [
        [cell for lane in lanes for cell in ((lane[at].name, lane[at].value) if at < len(lane) else ("", ""))]
        for at in range(length)
    ]
    pair = (Column(words("settings.name"), width=3.6), Column(words("settings.value"), width=1.4))
    return Listing(pair * PAIRS, rows)
