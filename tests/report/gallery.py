"""Writes docs/gallery.md and its pictures from a finished run of the sample: `python -m tests.report.gallery engagements/sample/work`."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from tests.report.public_exhibits import public

DPI, COLOURS, MOST_BYTES = 100, 48, 25_000
FOLDER = "gallery"
# name -> what it answers, what one mark stands for; in the order of the report
TEXTS: dict[str, tuple[str, str]] = {
    "sources": ("How many rows did each file hold, and what became of them?", "a part of a bar: rows of one file with one fate"),
    "data_calendar": ("What does each source hold on each day, and which days are missing, cut or thin?", "a cell: a source's day, or week where the period is long"),
    "ladder_waterfall": ("How do paid hours become hours of work, step by step?", "a bar: hours a week of a whole population"),
    "definition_crosswalk": ("What would the same data be called under every published definition, and what would a quoted share ask?", "a mark: a population by one definition"),
    "ladder_shares": ("Where does the time at work go?", "a part of a bar: share of the time at work of a whole population"),
    "of_100_hours": ("Of 100 hours at work, how many are what? In the words for staff.", "a part of a bar: share of the time at work of a whole population"),
    "paid_week": ("What are the paid hours of a week made of, today and after the change?", "a part of a bar: hours a week of a whole population"),
    "sources_side_by_side": ("What does each source say of non-work, and which one does the report go by?", "a mark: what one source says of a whole population"),
    "work_and_gaps": ("How much work do logs alone show, and what lies between records?", "a part of a bar: hours of a whole population"),
    "gap_limits": ("How much hangs on how long a gap may be before it is no work?", "a bar: all gaps of one class of length"),
    "group_shares": ("How do the reporting groups divide their time?", "a dot: a group of at least 10 people"),
    "funnel": ("Which groups lie outside what chance gives for their size?", "a dot: a group of at least 10 people, in no order"),
    "shares_by_level": ("Do sites, lengths of service and weekdays differ by more than chance?", "a dot: a level of at least 10 people"),
    "time_by_cause": ("What do the client's codes give as the cause of time idle, away or lost?", "a part of a bar: hours of a whole population"),
    "idle_heat_map": ("When in the week do agents wait?", "a cell: mean number of agents in a half hour, at least 10 behind it"),
    "gap_survival": ("How much of the waiting comes in gaps longer than the items?", "a point of the curve: all gaps of a length; a bar: the items of one type"),
    "ceilings": ("What limits utilization, and where does today stand?", "a bar or mark: a whole population"),
    "levels": ("What could each site and group reach?", "a row: a site or group of at least 10 people"),
    "internal_best": ("What does the best quarter here reach once luck is taken out?", "a dot: a quarter of all people or groups, at least 10 people"),
    "ramp": ("By when is how much of it expected?", "a line: a whole population, or a group of at least 10 people"),
    "policy_lab": ("Which way of blending keeps the promise, and what does each yield?", "a row: a policy, simulated on the client's own days"),
    "frontier": ("What does each hour of item work cost in service?", "a dot: a policy"),
    "waterfall": ("What becomes of idle hours until some can be used?", "a bar: hours a week of a pool"),
    "usable_slots": ("When in the week could waiting time be used?", "a step: mean number of agents in a half hour"),
    "usable_by_mode": ("How much waiting can blocks, gaps or interruption use?", "a bar: mean number of agents of a pool"),
    "idle_by_cause": ("How much of the waiting does the promise need as a reserve?", "a step: mean number of agents in a half hour"),
    "replayed_days": ("On which past days would items have hurt?", "a dot: a day"),
    "replayed_day": ("How would the worst day have gone, half hour by half hour?", "a step: a half hour of a pool"),
    "gap_law": ("Are gaps between contacts as long as the way of routing makes them?", "a point of the curve: all gaps of a length; a dot: the items of one type"),
    "ageing": ("Do items grow old because contacts come first?", "a row: a policy"),
    "flips": ("At which settings would another policy be recommended?", "a box: a setting"),
    "forecast_fan": ("How many contacts are foreseen next week, and how sure is that?", "a step: a half hour of a queue"),
    "capacity_balance": ("Where do the hours come from and where do they go?", "a bar: hours a week of a whole population"),
    "value_range": ("What is it worth in money, and how sure is that?", "a bar: an amount a week with its range"),
    "tornado": ("Which assumption moves the value most?", "a bar: the value at the ends of one assumption"),
    "cumulative_cash": ("When has the change paid for itself?", "a line: cash since the start"),
    "readiness_profile": ("How ready is the client, criterion by criterion, and do raters agree?", "a mark: the middle of all raters; a line: from the lowest to the highest of them, by criterion"),
    "change_ladder": ("Which changes lead to ready, in which order?", "a step: a change of one criterion"),
    "plan_phases": ("Which phases follow the go, and what is open before each?", "a bar: a phase"),
    "pilot_power": ("How small a change can a pilot of so many weeks see?", "a line: a pilot of a number of weeks"),
    "themes_heard": ("What did people say most, and was it read back to them?", "a bar: notes on a theme from two teams or roles at least"),
}  # fmt: skip
# exhibits that say more with a second result
BESIDE = {"paid_week": "value"}
HEAD = """# Gallery of exhibits

Every chart is a function of a stage's result: it returns the matplotlib axes it drew, makes a figure of the report's size unless it is given axes (`ax=`),
and speaks with the words, typeface and accent of a `Theme` (`theme=`). In a notebook of the kit `stage.show(exhibits.NAME, result)` draws it and returns
its finding as a sentence, or says why there is nothing to draw. The module behind each holds `headline`, `alt_text` and `missing` of the same arguments.
No mark stands for a person: the smallest unit is a group, level, half hour or type with at least 10 people behind it.

Pictures: the sample engagement. They are made by `python -m tests.report.gallery engagements/sample/work` from a finished run of the sample.
Below, `baseline`, `utilization`, `blending`, `readiness` and `value` are the results of the verbs, `intake` and `reconciliation` those of reading the files.
"""


def call(name: str) -> str:
    """Return the lines that draw an exhibit in a notebook."""
    more = f", {BESIDE[name]}={BESIDE[name]}" if name in BESIDE else ""
    return f"from analysis.report import exhibits\n\nax = exhibits.{name}({public()[name].stage}{more})"


def page(headlines: dict[str, str]) -> str:
    """Return the page, from the sentence that each picture shows."""
    parts = [HEAD]
    for name, (answers, mark) in TEXTS.items():
        parts.append(
            f"## {name}\n\n{answers}\n\n![{headlines[name]}.]({FOLDER}/{name}.png)\n\n"
            f"```python\n{call(name)}\n```\n\nOne mark: {mark}.\n"
        )
    return "\n".join(parts)


def picture(name: str, result: Any, **more: Any) -> bytes:
    """Return an exhibit as a small picture with few colours."""
    from matplotlib import pyplot as plt
    from PIL import Image

    held, small = io.BytesIO(), io.BytesIO()
    try:
        figure = public()[name].draw(result, **more).get_figure(root=True)
        assert figure is not None
        figure.savefig(held, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    finally:
        plt.close("all")
    few = Image.open(held).convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(small, format="png", optimize=True)
    return small.getvalue()


def results_of(work: Path) -> dict[str, Any]:
    """Return the results of a finished run, the data held against themselves among them."""
    from analysis.engagement import records
    from analysis.engagement.load import load_engagement
    from analysis.engagement.stage import read_results
    from analysis.engagement.stages import CHAIN, stage_spec
    from analysis.intake.reconciliation import reconcile

    found: dict[str, Any] = {}
    for spec in CHAIN[:-1]:
        record = records.current(work, spec.name)
        if record is None:
            raise SystemExit(f"{work}: no finished {spec.name}; run `engage run sample` first.")
        found |= read_results(stage_spec(spec.name), record.folder)
    client = load_engagement(work.parent / "engagement.toml").client
    smallest = found["baseline"].settings.minimum_group_agents
    return found | {"reconciliation": reconcile(found["intake"], client=client, minimum_group_agents=smallest)}


def write(work: Path, docs: Path) -> None:
    """Write the page and its pictures."""
    results, headlines = results_of(work), {}
    (docs / FOLDER).mkdir(exist_ok=True)
    for name in TEXTS:
        one = public()[name]
        more = {BESIDE[name]: results[BESIDE[name]]} if name in BESIDE else {}
        headlines[name] = one.module.headline(results[one.stage], **more).replace("\u00a0", " ")
        (docs / FOLDER / f"{name}.png").write_bytes(picture(name, results[one.stage], **more))
    (docs / "gallery.md").write_text(page(headlines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(__file__).resolve().parents[2] / "docs")
