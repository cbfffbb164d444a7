"""Pages one and two by themselves, for every kind of client: set without the charts, which leave blank sheets of their size."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.foundation.estimate import Estimate, Quantity
from analysis.report.blocks import Drawing
from analysis.report.brand import load_brand
from analysis.report.chapters import balance, first
from analysis.report.context import Context
from analysis.report.furniture import furniture
from analysis.report.paper import Paper, paper_named
from analysis.report.typeset import typeset
from tests.report import documents, factory, factory_people, factory_value
from tests.report.conftest import words_of

HOSTILE = '<&> "#*_$@ #read("../x") [a] `b` \\\\ // ' + "W" * 60
GATES = ("T1", "D1", "W1", "W2", "P2", "M1", "C1", "C2")


@cache
def full() -> dict[str, Any]:
    """Return the material of the hand-made insurer, made once."""
    return documents.full()


def of(population: str) -> dict[str, Any]:
    """Return the material of a client who has one of the two populations alone."""
    whole = full()

    def kept(result: Any) -> Any:
        frames = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
        frames = {name: frame[frame["population"] == population] for name, frame in frames.items()
                  if isinstance(frame, pd.DataFrame) and "population" in frame}  # fmt: skip
        mine = tuple(one for one in result.quantities if one.scope.get("population") == population)
        return dataclasses.replace(result, **frames, quantities=mine)

    blending = whole["blending"]
    if population == factory.BO:
        empty = {field.name: getattr(blending, field.name).head(0) for field in dataclasses.fields(blending)
                 if isinstance(getattr(blending, field.name), pd.DataFrame)}  # fmt: skip
        blending = dataclasses.replace(blending, **empty, quantities=())
    return {
        **whole, "baseline": kept(whole["baseline"]), "utilization": kept(whole["utilization"]), "blending": blending,
        "value": dataclasses.replace(whole["value"], balance=whole["value"].balance.query("population == @population")) if population == factory.BO else None,
    }  # fmt: skip


def _hostile() -> dict[str, Any]:
    """Return a client whose name, roles and changes are long and full of signs."""
    whole = full()
    changes = whole["readiness"].changes
    changes = changes.assign(
        change=[f"{HOSTILE[:60]} {text}" for text in changes["change"]],
        owner_role=f"head of operations and transformation {HOSTILE}",
    )
    return {
        **whole, "client": factory.client(HOSTILE[:80]),
        "readiness": dataclasses.replace(whole["readiness"], changes=changes),
    }  # fmt: skip


def _unobserved() -> dict[str, Any]:
    """Return a client in whose back office nobody observed: what no system records may be anything."""
    whole = full()
    baseline, utilization = whole["baseline"], whole["utilization"]
    scope = {"population": factory.BO}
    bound = Estimate.missing("only observation can divide it", low=0.0, high=0.368, n=38, n_unit="days")
    kept = [one for one in baseline.quantities if (one.id, dict(one.scope)) != ("baseline.non_work_share", scope)]
    rows = utilization.achievable
    office = rows["population"] == factory.BO
    rows = rows.assign(today=rows["today"].mask(office), today_low=rows["today_low"].mask(office, 0.524),
                       today_high=rows["today_high"].mask(office, 0.892), value=rows["value"].mask(office))  # fmt: skip
    found = Quantity("baseline.non_work_share", bound, "non-work / base", scope)
    return _with(
        baseline=dataclasses.replace(baseline, quantities=(*kept, found)),
        utilization=dataclasses.replace(utilization, achievable=rows), value=factory_value.unknown(),
    )  # fmt: skip


def _with(**changed: Any) -> dict[str, Any]:
    return {**full(), **changed}


CASES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "full": full,
    "logs alone": lambda: documents.logs_alone(full()),
    "nothing": documents.nothing,
    "several pools": lambda: documents.several_pools(full()),
    "contact centre alone": lambda: of(factory.CC),
    "back office alone": lambda: of(factory.BO),
    "no value": lambda: _with(value=None),
    "unknown value": lambda: _with(value=factory_value.unknown()),
    "not yet": lambda: _with(readiness=factory_people.readiness(dict.fromkeys(GATES, 0))),
    "not observed": _unobserved,
    "hostile": _hostile,
}


@cache
def case(name: str) -> Context:
    """Return what pages one and two of a kind of client draw on."""
    return documents.context(CASES[name]())


def texts(c: Context, folder: Path, paper: str) -> list[str]:
    """Return the text of the pages before the contents, set on a paper."""
    brand, sheet = load_brand(), paper_named(paper)
    figures = folder / paper
    figures.mkdir(parents=True)
    for drawing in (*first.drawings(c), *balance.drawings(c)):
        _blank(drawing, figures, sheet)
    record = {
        **furniture(c.words, title=c.words("title"), client=c.client.name, run="0", brand=brand, paper=sheet),
        "first": first.first_page(c), "balance": balance.page(c), "chapters": [],
        "contents": {"title": "Contents begin", "answers": [], "key": [], "about": [{"title": "a", "text": "b"}]},
    }  # fmt: skip
    pdf = folder / f"{paper}.pdf"
    pdf.write_bytes(typeset(record, figures, brand=brand))
    pages = words_of(pdf)
    return pages[: next(place for place, page in enumerate(pages) if "Contents begin" in page)]


def _blank(drawing: Drawing, folder: Path, sheet: Paper) -> None:
    width = sheet.columns_mm(drawing.columns)
    (folder / f"{drawing.name}.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{drawing.height_mm}mm"/>', encoding="utf-8"
    )
