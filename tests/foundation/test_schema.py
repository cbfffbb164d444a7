"""Canonical tables, findings and the errors that a user sees."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from analysis.foundation import schema
from analysis.foundation.schema import BUCKETS, REQUIRED, TABLES, DataProblem, Finding, empty_table, typed_table

SPELL = {
    "agent": ["a", "b"],
    "start": pd.to_datetime(["2026-03-02T08:00Z"] * 2),
    "end": pd.to_datetime(["2026-03-02T09:00Z"] * 2),
    "state": ["IDLE", "HANDLING"],
}


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_typed_and_requires_columns_that_it_has(table):
    empty = empty_table(table)
    assert list(empty.columns) == list(TABLES[table])
    assert set(REQUIRED[table]) <= set(TABLES[table])
    assert REQUIRED[table]
    pd.testing.assert_frame_equal(typed_table(table, empty), empty)
    pd.testing.assert_frame_equal(typed_table(table, pd.DataFrame()), empty)


def test_the_ladder_has_ten_buckets_once_each():
    assert len(set(BUCKETS)) == len(BUCKETS) == 10
    assert not set(BUCKETS) & set(schema.EXTRA_STATES)


def test_a_frame_gets_types_order_and_empty_columns():
    frame = pd.DataFrame({name: SPELL[name] for name in ("state", "end", "start", "agent")}, index=[7, 9])
    found = typed_table("spells", frame)
    assert list(found.columns) == list(TABLES["spells"])
    assert list(found.index) == [0, 1]
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
        "agent": "str", "start": "datetime64[us, UTC]", "end": "datetime64[us, UTC]", "state": "str", "state_raw": "str",
        "cause": "str", "channel": "str", "population": "str", "source": "str", "source_row": "Int64",
    }  # fmt: skip
    assert found["channel"].isna().all()


def test_stamps_of_another_zone_are_moved_to_utc():
    frame = pd.DataFrame(SPELL).assign(start=pd.to_datetime(["2026-03-02T09:00+01:00"] * 2))
    assert typed_table("spells", frame)["start"].tolist() == [pd.Timestamp("2026-03-02T08:00Z")] * 2


def test_unknown_columns_and_empty_required_cells_are_refused_without_echoing_values():
    with pytest.raises(DataProblem, match=r"spells: 2 columns are not part of this table \(first: wage\)"):
        typed_table("spells", pd.DataFrame({**SPELL, "wage": [1, 2], "iban": ["x", "y"]}))
    with pytest.raises(DataProblem, match=r"spells: 1 rows have no state \(first: row 2\)") as caught:
        typed_table("spells", pd.DataFrame({**SPELL, "state": ["secret", None]}))
    assert "secret" not in str(caught.value)
    with pytest.raises(DataProblem, match="spells: 2 rows have no end"):
        typed_table("spells", pd.DataFrame({name: SPELL[name] for name in ("agent", "start", "state")}))


def test_errors_carry_their_exit_status_and_findings():
    finding = Finding("gap", "ask", "calls.csv", "3 rows", rows=3)
    problem = DataProblem("calls.csv: 3 rows", [finding])
    assert isinstance(problem, ValueError)
    assert problem.findings == (finding,)
    statuses = [
        kind.exit_status for kind in (schema.KitError, schema.UsageProblem, DataProblem, schema.DisclosureProblem)
    ]
    assert statuses == [1, 2, 3, 4]
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.rows = 4  # type: ignore[misc]
