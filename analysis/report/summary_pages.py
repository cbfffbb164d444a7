"""What the four pages of the summary for staff say: figures of whole populations, rules and rights; no group, no money, no target."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.readiness.plan.texts import banned_word, message_texts
from analysis.report.blocks import Drawing
from analysis.report.context import Context
from analysis.report.exhibits import hours_of_100
from analysis.report.words import Words

CC, BO = "contact_centre", "back_office"
# figures that the second page holds
MOST_FOUND = 3
# pieces of waiting up to this long are called short [s]
SHORT_S = 300.0
# the level of K1 from which leaders have said what happens to freed time, and from which teams have said it back
SAID, SAID_BACK = 2, 4
WORDS = ("contact", "item", "promise", "range", "read_back")
# sources of a figure in which somebody looked
LOOKED = ("two_phase", "work_sampling", "pooled")
PHASES = {"crawl": "blend", "walk": "blend", "run": "blend", "instead": "instead", "answer": "answer"}
SOURCES = {
    "states": ("spells", "state_totals"),
    "contacts": ("contacts", "volumes"),
    "items": ("work_items", "workload"),
    "schedule": ("schedule",),
    "quality": ("quality",),
}
Block = dict[str, Any]


def banned_words(words: Words) -> tuple[str, ...]:
    """Return the beginnings of words that may not stand in the summary: the catalogue's own and those of ``messages.toml``."""
    return tuple(word.strip() for word in words("summary.banned").split(",")) + message_texts().banned


# --- page one ---------------------------------------------------------------------------------------------------------


def measured(c: Context) -> dict[str, Any]:
    """Return the page on what was measured, what was not, and who sees it."""
    words, smallest = c.words, c.baseline.settings.minimum_group_agents
    people = int(c.baseline.attendance["agents"].sum()) if len(c.baseline.attendance) else 0
    numbers = [(c.n.count(smallest), "smallest"), (c.n.count(0), "names")]
    if people >= smallest:
        numbers.insert(0, (c.n.count(people), "people"))
    facts = [{"value": value, "text": words(f"summary.measured.{name}")} for value, name in numbers]
    days = c.run.retention_days
    deleted = words("summary.measured.deleted.dated", days=c.n.count(days)) if days else words("summary.measured.deleted.text")  # fmt: skip
    rows = [
        row_of(words, "measured.for"),
        row_of(words, "measured.why"),
        row_of(words, "measured.what", _sources(c)),
        row_of(words, "measured.not", " ".join([words("summary.measured.not.text"), *_unseen(c)])),
        row_of(words, "measured.how", words("summary.measured.how.text", smallest=c.n.count(smallest))),
        row_of(words, "measured.who"),
        row_of(words, "measured.deleted", deleted),
    ]
    notice = "" if _freed(c) != "silent" else words("communication.not_yet")
    return {
        "title": words("summary.measured.title"),
        "audience": words("summary.audience"),
        "lead": words("summary.measured.lead"),
        "notice": notice,
        "blocks": [{"kind": "facts", "items": facts}, {"kind": "rows", "items": rows}],
    }


def row_of(words: Words, key: str, text: str = "") -> dict[str, str]:
    """Return a row of the catalogue's section ``summary``, with its own text unless one is given."""
    return {"term": words(f"summary.{key}.term"), "text": text or words(f"summary.{key}.text")}


def _sources(c: Context) -> str:
    """Return which records were read, in the words of those who work with them."""
    words, present = c.words, set(c.intake.files["table"])
    named = [words(f"summary.source.{name}") for name, tables in SOURCES.items() if present & set(tables)]
    what = "summary.measured.what"
    told = [words(f"{what}.text", period=c.period, sources=words.listed(named))] if named else []
    told += [words(f"{what}.observed")] if "observations" in present else []
    told += [words(f"{what}.said")] if "self_reports" in present else []
    return " ".join(told) or words("summary.found.nothing")


def _unseen(c: Context) -> list[str]:
    """Return how much of the time no system sees, by population."""
    told = []
    for population in c.populations():
        share = c.estimate("baseline.unaccounted_share", population=population)
        if share is not None and share.value is not None:
            name = c.words(f"population.{population}").lower()
            told.append(c.words("summary.measured.not.unseen", population=name, share=_figure(c, share)))
    return told


# --- page two ---------------------------------------------------------------------------------------------------------


def found(c: Context) -> tuple[dict[str, Any], list[Drawing]]:
    """Return the page of figures, and its chart."""
    words, theme = c.words, c.theme
    blocks: list[Block] = []
    drawings: list[Drawing] = []
    if not hours_of_100.missing(c.baseline, theme=theme):
        height = hours_of_100.height_mm(c.baseline)
        drawings = [
            Drawing(
                "hours_of_100",
                lambda ax: hours_of_100.of_100_hours(c.baseline, ax=ax, theme=theme),
                height,
                hours_of_100.MARGINS_MM,
            )
        ]
        blocks.append(
            {
                "kind": "figure",
                "headline": hours_of_100.headline(c.baseline, theme=theme),
                "file": "hours_of_100.svg",
                "alt": hours_of_100.alt_text(c.baseline, theme=theme),
                "source": words("hours_of_100.source", period=c.period),
            }
        )  # fmt: skip
    findings = _findings(c)
    absent = [words(f"summary.found.missing.{name}") for name in ("waiting", "between") if name not in findings]
    shown = list(findings.values())[:MOST_FOUND]
    blocks += [{"kind": "findings", "label": words("summary.means_not"), "items": shown}] if shown else []
    if not shown and not drawings:
        absent = [words("summary.found.nothing"), words("summary.found.nothing_need")]
    blocks += [{"kind": "panel", "items": absent}] if absent else []
    if absent:
        needs = [row_of(words, f"need.{name}") for name in ("shifts", "states", "items", "looks")]
        blocks += [{"kind": "head", "text": words("summary.need.title")}, {"kind": "rows", "items": needs}]
    return {"title": words("summary.found.title"), "lead": words("summary.found.lead"), "blocks": blocks}, drawings


def _findings(c: Context) -> dict[str, dict[str, str]]:
    """Return name -> figure, what it is and what it does not mean, in the order in which they are told."""
    found: dict[str, dict[str, str]] = {}
    for name, quantity, population in (
        ("waiting", "baseline.idle_share", CC),
        ("between", "baseline.non_work_share", BO),
    ):
        estimate = c.estimate(quantity, population=population)
        figure = _figure(c, estimate) if estimate is not None and population in c.populations() else ""
        if figure:
            seen = name == "between" and _looked(c)
            found[name] = _finding(c.words, name, figure, text="observed" if seen else "text")
    pieces = _pieces(c)
    if "waiting" in found and pieces:
        found["pieces"] = _finding(c.words, "pieces", pieces)
    return found | _service(c)


def _looked(c: Context) -> bool:
    """Return whether the figure of the back office rests on what observers saw."""
    frame = c.baseline.sources
    chosen = frame[(frame["population"] == BO) & frame["headline"].astype(bool)] if len(frame) else frame
    return bool(len(chosen)) and str(chosen["source"].iloc[0]) in LOOKED


def _finding(words: Words, name: str, figure: str, *, text: str = "text", **blanks: str) -> dict[str, str]:
    value, _, interval = figure.partition(" (")
    key = f"summary.found.{name}"
    return {
        "value": value,
        "range": f"({interval}" if interval else "",
        "text": words(f"{key}.{text}", **blanks),
        "not": words(f"{key}.not"),
    }


def _figure(c: Context, estimate: Estimate) -> str:
    """Return a figure with its interval and without its grade."""
    text = c.n.estimate(estimate, grade=False)
    value, _, bounds = text.partition(" (")
    # a range that rounds to the figure itself says nothing to a reader
    return value if set(re.findall(r"[\d.,]+", bounds)) == set(re.findall(r"[\d.,]+", value)) else text


def _pieces(c: Context) -> str:
    """Return which part of the waiting comes in short pieces; empty where no record shows pieces of waiting."""
    frame = c.baseline.gap_survival
    if frame.empty:
        return ""
    mine = frame[(frame["population"] == CC) & (frame["kind"] == "waiting") & (frame["length_s"] == SHORT_S)]
    if mine.empty or pd.isna(mine["share_of_time_longer"].iloc[0]):
        return ""
    row = mine.iloc[0]
    return c.n.interval(*(1.0 - float(row[name]) for name in ("share_of_time_longer", "high", "low")))


def _service(c: Context) -> dict[str, dict[str, str]]:
    """Return the promise of the queue that is nearest to missing it; empty where none was measured."""
    frame = c.blending.service
    known = frame[frame["measured"].notna()] if len(frame) else frame
    if known.empty:
        return {}
    row = known.loc[(known["measured"] - known["target"]).idxmin()]
    name = str(row["queue"])
    if banned_word(name, banned_words(c.words)):
        return {}
    figure = c.n.interval(float(row["measured"]), float(row["low"]), float(row["high"]))
    target = c.n.share(float(row["target"]))
    return {"service": _finding(c.words, "service", figure, queue=name, target=target)}


# --- page three -------------------------------------------------------------------------------------------------------


def way_of(c: Context) -> str:
    """Return which way the plan takes: ``blend``, ``instead`` or ``answer``."""
    phases = [PHASES[str(name)] for name in c.readiness.plan["phase"] if name in PHASES]
    return phases[0] if phases else "answer"


def _freed(c: Context) -> str:
    """Return whether leaders have said what happens to freed time: ``silent``, ``announced`` or ``understood``."""
    frame = c.readiness.criteria
    known = frame.loc[(frame["criterion"] == "K1") & frame["level"].notna(), "level"]
    level = int(known.iloc[0]) if len(known) else 0
    return "silent" if level < SAID else "announced" if level < SAID_BACK else "understood"


def change(c: Context) -> dict[str, Any]:
    """Return the page on daily work: what could change, what stays, and what happens to freed time."""
    words, way = c.words, way_of(c)
    stays = [
        row_of(words, "change.promise"),
        row_of(words, "change.breaks", _breaks(c)),
        row_of(words, "change.load", _load(c)),
    ]
    published = bool(c.value is not None and len(c.value.targets) and c.value.targets["publish"].astype(bool).any())
    targets = "told" if published else "none"
    stop = "blend" if way == "blend" else "other"
    rest = [
        {"term": words("summary.stop.term"), "text": words(f"summary.stop.{stop}")},
        row_of(words, "change.targets", words(f"summary.change.targets.{targets}")),
        row_of(words, "change.freed", words(f"summary.change.freed.{_freed(c)}")),
    ]
    steps = _steps(c) if way == "blend" else []
    blocks: list[Block] = [{"kind": "rows", "items": steps}] if steps else []
    blocks += [
        {"kind": "head", "text": words("summary.change.limits")},
        {"kind": "rows", "items": [*stays, *rest]},
        {"kind": "head", "text": words("summary.words.title")},
        {"kind": "words", "items": [row_of(words, f"words.{name}") for name in WORDS]},
    ]
    return {"title": words("summary.change.title"), "lead": words(f"summary.change.lead.{way}"), "blocks": blocks}


def _steps(c: Context) -> list[dict[str, str]]:
    """Return the ways of working that the plan holds, in its order."""
    frame = c.readiness.plan
    mine = frame[frame["phase"].map(lambda name: PHASES.get(str(name))) == "blend"]
    modes = [str(mode) for mode in dict.fromkeys(mine.loc[mine["kind"] != "left_out", "mode"])]
    rows = []
    for place, mode in enumerate(mode for mode in modes if f"summary.change.{mode}.term" in c.words):
        row = row_of(c.words, f"change.{mode}")
        order = c.words(f"summary.change.order.{'later' if place else 'first'}", text=row["text"])
        rows.append({**row, "text": order if len(modes) > 1 else row["text"]})
    return rows


def _breaks(c: Context) -> str:
    """Return that breaks stay, and how much time is set aside for rest where that is known."""
    frame, text = c.utilization.allowances, c.words("summary.change.breaks.text")
    if frame.empty:
        return text
    rest = frame[frame["kind"] == "rest"].groupby("population")[["low_share", "high_share"]].sum()
    known = next((rest.loc[name] for name in c.populations() if name in rest.index), None)
    if known is None:
        return text
    low, high = float(known["low_share"]), float(known["high_share"])
    bounds = c.n.bounds(low, high, sign=True) if c.n.points(low) != c.n.points(high) else c.n.share(low)
    return f"{text} {c.words('summary.change.breaks.counted', bounds=bounds)}"


def _load(c: Context) -> str:
    """Return the cap on the load of a busy half hour."""
    caps = {queue.max_occupancy for queue in c.queues}
    if c.blending.settings.max_occupancy is not None:
        caps = {c.blending.settings.max_occupancy}
    if not caps:
        return c.words("summary.change.load.none")
    return c.words("summary.change.load.text", cap=c.n.share(max(caps)))
