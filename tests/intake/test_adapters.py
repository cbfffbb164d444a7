"""Every format has a generator with planted truth, a state map where it has states, a section in the docs, and reads back what was planted."""

from __future__ import annotations

import json
from collections import Counter

import pandas as pd
import pytest

from analysis.foundation.schema import TABLES
from analysis.intake import Source, pseudonym, read_sources
from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.part import STATE_TABLES
from analysis.intake.persons.people import PERSONS
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
NAMES = [name for name in adapter_names() if name not in ("generic", "xes")]


@pytest.mark.parametrize("season", ["spring", "autumn"])
@pytest.mark.parametrize("adapter", NAMES)
def test_what_was_planted_is_read_back(tmp_path, adapter, season):
    export, client = write_export(adapter, tmp_path, season=season)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    table = format_of(adapter).table or export.source["table"]
    found = intake.tables[table]
    truth = export.truth.copy()
    for person, domain in PERSONS.items():
        if person in truth:
            truth[person] = [pseudonym(one, key=KEY, domain=domain) if pd.notna(one) else None for one in truth[person]]
    for name in truth:
        truth[name] = truth[name].astype(found[name].dtype)
    order = list(truth.columns)
    pd.testing.assert_frame_equal(
        found[order].sort_values(order, ignore_index=True), truth.sort_values(order, ignore_index=True)
    )
    fates: Counter[str] = Counter()
    for record in intake.files.to_dict("records"):
        fates.update({name: record[name] for name in ("header", "banner", "blank", "total", "duplicate", "used")})
        for fate in ("excluded", "rejected"):
            fates.update({f"{fate}:{reason}": rows for reason, rows in json.loads(record[fate]).items()})
    assert +fates == +export.ledger
    assert intake.files["physical"].sum() == sum(export.ledger.values())


@pytest.mark.parametrize("adapter", adapter_names())
def test_a_format_declares_itself(root, adapter):
    form = format_of(adapter)
    assert form.title
    if adapter == "generic":
        return
    assert form.table in TABLES
    assert form.signature, "nothing tells its files from others"
    known = {*TABLES[form.table], "duration"}
    assert set(form.defaults) <= known
    if form.table in STATE_TABLES:
        assert (root / "templates" / "state_maps" / f"{adapter}.csv").is_file()
    assert f"**{adapter}**" in (root / "docs" / "data.md").read_text(encoding="utf-8") or any(
        f"**{adapter}**" in page.read_text(encoding="utf-8") for page in (root / "docs" / "data").glob("*.md")
    )
    if form.vendor:
        assert form.request is not None, "engage new --vendor has nothing to ask the client for"
    codes = [trap.code for trap in form.traps]
    assert len(codes) == len(set(codes))
