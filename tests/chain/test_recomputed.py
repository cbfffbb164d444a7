"""Thirty figures of the sample, drawn by lot, recomputed from the client's exports by a second, plain implementation."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.chain.conftest import engage
from tests.chain.naive import (
    Hours,
    Sample,
    allowance,
    backlog_h,
    balance,
    idle_agents,
    interruptible_agents,
    observed_non_work,
    staffing,
)

# how many of each stage are drawn: 30 in all
DRAWN = {"baseline": 12, "utilization": 5, "blending": 9, "readiness": 4}
CC, BO = "contact_centre", "back_office"
# a whole second of all that was counted
EXACT = 1e-9
Key = tuple[str, str]
Row = tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """How a figure is recomputed: from the exports alone or with a frame that a stage saved, and how near it must come.

    Tolerances: counted figures are equal; a mean over weekdays differs by how half hours are weighted (0.01 %); waiting less the time to
    take up an item is read here from single stretches and there from their law (1 %); Erlang A by sums, 5 nodes over the load's spread
    (0.1 agents); the simulated week against the settled queue (1 point); medians of other random draws (3 %).
    """

    of: Callable[[Sample, Mapping[Key, float]], float]
    basis: str = "exports"
    relative: float = EXACT
    absolute: float = 0.0

    def agrees(self, value: float, figure: float) -> bool:
        return abs(value - figure) <= self.absolute + self.relative * abs(figure)


def _hours(sample: Sample, population: str) -> Hours:
    return Hours.from_line(sample.centre if population == CC else sample.office)


def _share(part: str, population: str) -> Way:
    def of(sample: Sample, _: Mapping[Key, float]) -> float:
        hours = _hours(sample, population)
        return {"work": hours.work, "support": hours.support}.get(part, hours.of.get(part, 0.0)) / hours.base

    return Way(of)


def _shrinkage(population: str) -> Way:
    def of(sample: Sample, _: Mapping[Key, float]) -> float:
        hours = _hours(sample, population)
        return 1 - (hours.base - hours.support) / hours.paid

    return Way(of)


def _occupancy(sample: Sample, _: Mapping[Key, float]) -> float:
    hours = _hours(sample, CC)
    return hours.work / (hours.work + hours.of["IDLE"])


def _answered(queue: str = "") -> Way:
    def of(sample: Sample, _: Mapping[Key, float]) -> float:
        calls = sample.calls if not queue else sample.calls[sample.calls["Queue"] == queue]
        return float((calls["wait"] <= 20).mean())

    return Way(of)


def _reported(queue: str) -> Way:
    def of(sample: Sample, _: Mapping[Key, float]) -> float:
        rows = sample.csv("interval_volumes.csv", skiprows=2)
        rows = rows[(rows["Queue"] == queue) & rows["Interval Start"].str.match(r"\d{4}-", na=False)]
        return rows["Answered Within 20 s"].astype(int).sum() / rows["Offered"].astype(int).sum()

    return Way(of)


def _quality(column: str) -> Way:
    def of(sample: Sample, _: Mapping[Key, float]) -> float:
        rows = sample.csv("quality.csv")
        return rows[column].astype(int).sum() / rows["Checked"].astype(int).sum()

    return Way(of)


def _due(sample: Sample, _: Mapping[Key, float]) -> float:
    return float((sample.items["ended"] <= sample.items["due"]).mean())


def _room(population: str) -> Way:
    def of(sample: Sample, figures: Mapping[Key, float]) -> float:
        hours = _hours(sample, population)
        seen = hours.work / hours.base
        today = seen if population == CC else 1 - hours.support / hours.base - observed_non_work(sample)["share"]
        return (figures["utilization.achievable", population] - today) * hours.base / 8

    return Way(of, "exports and a stage's frame", relative=0.005)


def _cap(sample: Sample, _: Mapping[Key, float]) -> float:
    hours = _hours(sample, CC)
    return sample.engagement["queue"][0]["max_occupancy"] * (1 - hours.support / hours.base)


def _resume_s(sample: Sample) -> float:
    """Return the seconds to take up an item that can be stopped, types by how many there are."""
    types = sample.csv("item_types.csv").set_index("Type")
    types = types[(types["Interruptible"] == "yes") & (types["Regulated"] == "no")]
    items = sample.items[sample.items["Type"].isin(types.index)]
    counts = items["Type"].value_counts()
    return float(np.average(types["Resume (s)"].astype(float).reindex(counts.index), weights=counts))


def _staffed(name: str, **tolerance: float) -> Way:
    def of(sample: Sample, _: Mapping[Key, float]) -> float:
        found = sample.once("staffing", lambda: staffing(sample))
        return idle_agents(sample) - found["structural"] if name == "surplus" else found[name]

    return Way(of, "exports and a stage's frame", **tolerance)


def _valued(name: str) -> Way:
    def of(sample: Sample, figures: Mapping[Key, float]) -> float:
        usable = figures["blending.usable_h_per_week", "service interruptible"]
        return sample.once("balance", lambda: balance(sample, usable))[name]

    return Way(of, "exports and a stage's frame", relative=0.03)


WAYS: dict[Key, Way] = {
    **{("baseline.utilization", name): _share("work", name) for name in (CC, BO)},
    **{("baseline.support_share", name): _share("support", name) for name in (CC, BO)},
    **{("baseline.unaccounted_share", name): _share("UNACCOUNTED", name) for name in (CC, BO)},
    **{("baseline.shrinkage", name): _shrinkage(name) for name in (CC, BO)},
    ("baseline.idle_share", CC): _share("IDLE", CC),
    ("baseline.away_share", CC): _share("AWAY", CC),
    ("baseline.occupancy", CC): Way(_occupancy),
    ("baseline.non_work_share", BO): Way(lambda sample, _: observed_non_work(sample)["share"]),
    ("baseline.within_due_share", BO): Way(_due),
    ("baseline.backlog_h", BO): Way(lambda sample, _: backlog_h(sample)),
    ("baseline.error_rate", BO): _quality("Errors"),
    ("baseline.rework_rate", BO): _quality("Reworked"),
    ("utilization.ceiling_allowance", CC): Way(lambda sample, _: allowance(_hours(sample, CC))),
    ("utilization.ceiling_allowance", BO): Way(lambda sample, _: allowance(_hours(sample, BO))),
    ("utilization.ceiling_policy", CC): Way(_cap),
    ("utilization.achievable_blended", CC): Way(_cap, relative=1e-6),
    ("utilization.reclaimable_h_per_week", CC): _room(CC),
    ("utilization.reclaimable_h_per_week", BO): _room(BO),
    ("blending.service_level_measured", "service"): _answered(),
    ("blending.service_level_measured", "service claims line"): _answered("claims line"),
    ("blending.service_level_measured", "service service line"): _answered("service line"),
    ("blending.service_level_reported", "service claims line"): _reported("claims line"),
    ("blending.service_level_reported", "service service line"): _reported("service line"),
    ("blending.idle_agents", "service"): Way(lambda sample, _: idle_agents(sample), relative=1e-4),
    ("blending.interruptible_agents", "service"): Way(
        lambda sample, _: interruptible_agents(sample, _resume_s(sample)), relative=0.01
    ),
    ("blending.structural_agents", "service"): _staffed("structural", absolute=0.1),
    ("blending.surplus_agents", "service"): _staffed("surplus", absolute=0.1),
    ("blending.releasable_agents", "service"): _staffed("releasable", absolute=0.1),
    ("blending.service_level_modelled_before", "service"): _staffed("level", absolute=0.01),
    # items that give way at once leave contacts as they were
    ("blending.service_level_modelled_after", "service interruptible"): _staffed("level", absolute=0.01),
    **{
        (f"value.{name}", ""): _valued(name.partition("_")[0])
        for name in ("moved_h_per_week", "freed_h_per_week", "left_h_per_week", "cashable_per_week")
    },
    ("value.combined_per_week", ""): _valued("combined"),
}


# figures that are recomputed from exports alone and stand in the PDF, with the unit that they are spelled in
PRINTED = {
    key: {"baseline.backlog_h": "h", "blending.idle_agents": "agents", "blending.interruptible_agents": "agents"}.get(
        key[0], "share"
    )
    for key, way in WAYS.items()
    if way.basis == "exports"
}


def key_of(quantity: Mapping[str, Any]) -> Key:
    """Return id and scope of a figure; the population of a pool is said by the pool."""
    scope = {
        name: value
        for name, value in quantity["scope"].items()
        if name != "population" or "pool" not in quantity["scope"]
    }
    return quantity["id"], " ".join(
        scope[name] for name in ("population", "pool", "queue", "mode", "site", "group") if name in scope
    )


def drawn(quantities: Mapping[Key, Mapping[str, Any]], seed: int) -> list[Key]:
    """Return 30 figures: so many of each stage, without repeating an id before every id of the stage was drawn."""
    random, picked = np.random.default_rng(seed), []
    for stage, count in DRAWN.items():
        mine = sorted(key for key in WAYS if quantities[key]["source"]["stage"] == stage)
        order = [mine[at] for at in random.permutation(len(mine))]
        again = Counter[str]()
        ranked = []
        for key in order:
            ranked.append((again[key[0]], key))
            again[key[0]] += 1
        picked += [key for _, key in sorted(ranked, key=lambda pair: pair[0])[:count]]
    return picked


@pytest.fixture(scope="module")
def figures(sample_run) -> dict[Key, dict[str, Any]]:
    """Return every figure of the sample by id and scope."""
    return {key_of(quantity): quantity for quantity in sample_run.results["quantities"]}


@pytest.fixture(scope="module")
def sample(sample_run) -> Sample:
    return Sample(sample_run.workspace / "engagements" / "sample")


@pytest.fixture(scope="module")
def recomputed(sample, figures) -> dict[Key, tuple[float, set[str]]]:
    """Return every figure that has a second way, recomputed, with the inputs that this took."""
    values, found = {key: figure["value"] for key, figure in figures.items()}, {}
    for key, way in WAYS.items():
        sample.opened = set()
        found[key] = way.of(sample, values), sample.opened
    return found


def table(
    figures: Mapping[Key, Mapping[str, Any]], recomputed: Mapping[Key, tuple[float, set[str]]], seed: int
) -> list[Row]:
    """Return 30 figures by lot: what it is, what it was recomputed from, as reported, as recomputed, and whether they agree."""
    rows = []
    for key in drawn(figures, seed):
        way, value, figure = WAYS[key], recomputed[key][0], figures[key]["value"]
        agrees = "agrees" if way.agrees(value, figure) else "DIFFERS"
        rows.append((" ".join(key).strip(), way.basis, f"{figure:.6g}", f"{value:.6g}", agrees))
    return rows


def test_thirty_figures_follow_from_the_exports(figures, recomputed):
    rows = table(figures, recomputed, seed=0)
    print("\n" + "\n".join("  ".join(row) for row in rows))
    assert len(rows) == 30
    assert [row for row in rows if row[4] != "agrees"] == []
    # said openly: for the others loads of half hours, joint draws or ceilings are the stage's own
    assert Counter(row[1] for row in rows)["exports"] >= 18


def test_every_figure_names_the_function_and_the_bytes_behind_it(sample, figures, recomputed):
    import analysis

    inputs = {sample.digest(name): name for name in _files(sample)}
    for key, figure in figures.items():
        source = figure["source"]
        assert callable(getattr(analysis, source["function"])), key
        assert source["inputs"] == sorted(set(source["inputs"]) & set(inputs)), key
        said = {inputs[digest] for digest in source["inputs"]}
        assert ("answers/readiness.xlsx" in said) == (source["stage"] == "readiness"), key
        # what a second way had to open is among them
        assert recomputed.get(key, (0.0, set()))[1] <= said, key


def _files(sample: Sample) -> list[str]:
    """Return every input of the engagement by its name."""
    return [
        path.relative_to(sample.folder).as_posix()
        for folder in ("data", "answers")
        for path in (sample.folder / folder).rglob("*")
        if path.is_file()
    ]


def test_the_pages_print_the_recomputed_figures(sample, recomputed, pdf_text):
    from analysis.report.words import load_words

    n, text = load_words().n, " ".join(pdf_text.replace("\u2060", "").split())

    def plain(told: str) -> str:
        return " ".join(told.split())

    printed = {key: plain(n.figure(recomputed[key][0], unit)) for key, unit in PRINTED.items()}
    assert {key: told for key, told in printed.items() if told not in text} == {}
    centre, office, looks = _hours(sample, CC), _hours(sample, BO), observed_non_work(sample)
    queues = sample.calls["Queue"].value_counts()
    counted = [n.count(queues[queue["name"]]) for queue in sample.engagement["queue"]]
    counted += [
        n.hours(centre.paid),
        n.hours(office.paid),
        f"{n.count(looks['looks'])} looks",
        f"({looks['pairs']} looks)",
    ]
    assert [told for told in counted if plain(told) not in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_other_draws_of_thirty_agree_too(figures, recomputed, seed):
    assert [row for row in table(figures, recomputed, seed) if row[4] != "agrees"] == []


@pytest.mark.slow
def test_a_fresh_process_of_public_functions_gives_every_figure_again(sample_run, figures, tmp_path):
    """Figures without a plain second way (simulated policies, ceilings of queues and due times) follow from the inputs again."""
    copy = tmp_path / "again" / "engagements" / "sample"
    shutil.copytree(sample_run.workspace / "engagements" / "sample", copy, ignore=shutil.ignore_patterns("work"))
    status, said = engage("run", "sample", "--workspace", str(tmp_path / "again"), "--isolated")
    assert status == 0, said
    again = json.loads((tmp_path / "again" / "reports" / "sample" / "results.json").read_text(encoding="utf-8"))
    assert {key_of(figure): figure for figure in again["quantities"]} == dict(figures)
