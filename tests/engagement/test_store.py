"""Results come back from the disk as they were, and equal results are equal bytes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.baseline.settings import BaselineSettings
from analysis.engagement.store import load, store
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import TABLES, Finding, empty_table, typed_table


@dataclass(frozen=True, slots=True)
class Inner:
    word: Literal["a", "b"]
    day: dt.date
    number: float | None


@dataclass(frozen=True, slots=True)
class Outer:
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    settings: BaselineSettings
    frame: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    inner: Inner
    pair: tuple[str, int]
    names: dict[str, str]
    at: dt.datetime


def frame() -> pd.DataFrame:
    stamps = pd.to_datetime(["2026-03-29T00:59:59.123456Z", None], utc=True).as_unit("us")
    return pd.DataFrame(
        {
            "text": pd.Series(["Zoë", None], dtype="str"),
            "utc": stamps,
            "local": stamps.tz_convert("Europe/Amsterdam"),
            "naive": pd.to_datetime(["2026-03-29", "2026-03-30"]).as_unit("us"),
            "us": pd.Series([2**53 + 1, None], dtype="Int64"),
            "count": np.array([1, 2], dtype="int64"),
            "share": [0.1, math.nan],
            "flag": pd.Series([True, None], dtype="boolean"),
            "plain_flag": [True, False],
            "kind": pd.Categorical(["x", "y"], categories=["y", "x"], ordered=True),
            "lasted": pd.to_timedelta([1, 2], unit="us"),
        }
    )


def outer(**changes: object) -> Outer:
    quantity = Quantity(
        "baseline.idle_share", Estimate(0.3, 0.2, 0.4, n=9, n_unit="days"), "idle / base", {"population": "x"}
    )
    bound = Quantity("baseline.non_work_share", Estimate.missing("only logs", low=0.1, high=0.5), "non-work / base")
    made = Outer(
        quantities=(quantity, bound),
        findings=(Finding("gap", "flag", "data/a.csv", "3 days are missing", 3, None),),
        settings=BaselineSettings(slot_s=900),
        frame=frame(),
        tables={"spells": empty_table("spells"), "Spells": frame()},
        inner=Inner("b", dt.date(2026, 3, 29), None),
        pair=("x", 2),
        names={"z": "last", "a": "first"},
        at=dt.datetime(2026, 3, 29, 2, 30, tzinfo=dt.UTC),
    )
    return dataclasses.replace(made, **changes)


def assert_same(one: Outer, other: Outer) -> None:
    for field in dataclasses.fields(Outer):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if field.name == "frame":
            pd.testing.assert_frame_equal(left, right)
        elif field.name == "tables":
            assert list(left) == list(right)
            for name in left:
                pd.testing.assert_frame_equal(left[name], right[name])
        else:
            assert left == right, field.name


def test_a_result_comes_back_as_it_was(tmp_path):
    store(outer(), tmp_path)
    assert_same(load(Outer, tmp_path), outer())
    assert list(load(Outer, tmp_path).names) == ["z", "a"]


def test_zones_and_wide_integers_survive(tmp_path):
    store(outer(), tmp_path)
    found = load(Outer, tmp_path).frame
    assert str(found["local"].dtype) == "datetime64[us, Europe/Amsterdam]"
    assert found["us"][0] == 2**53 + 1


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_canonical_table_keeps_its_types(name, tmp_path):
    kinds = {"text": "a", "time": pd.Timestamp("2026-03-02T09:00Z"), "date": pd.Timestamp("2026-03-02"), "flag": True}
    row = {column: [kinds.get(kind, 1)] for column, kind in TABLES[name].items()}
    table = typed_table(name, pd.DataFrame(row))
    for given_table in (table, empty_table(name)):
        folder = tmp_path / str(len(given_table))
        folder.mkdir()
        store(outer(frame=given_table), folder)
        pd.testing.assert_frame_equal(load(Outer, folder).frame, given_table)


def test_equal_results_are_equal_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store(outer(), tmp_path / name)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert len(one) == 4


def test_frames_whose_names_differ_in_case_alone_do_not_share_a_file(tmp_path):
    store(outer(), tmp_path)
    names = [path.name.lower() for path in tmp_path.iterdir()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused_by_its_place(value, tmp_path):
    with pytest.raises(ValueError, match=r"inner\.number"):
        store(outer(inner=Inner("a", dt.date(2026, 1, 1), value)), tmp_path)


def test_what_cannot_be_stored_is_named(tmp_path):
    with pytest.raises(TypeError, match="frame: the frame has an index"):
        store(outer(frame=frame().set_index("count")), tmp_path)
    with pytest.raises(TypeError, match="frame: a column mixes"):
        store(outer(frame=pd.DataFrame({"x": [1, "a"]}, dtype="object")), tmp_path)
    with pytest.raises(TypeError, match=r"pair\.1: a result cannot hold a set"):
        store(outer(pair=("x", {1})), tmp_path)
    with pytest.raises(TypeError, match="names: a mapping"):
        store(outer(names={1: "x"}), tmp_path)


def test_a_damaged_or_foreign_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="missing or damaged"):
        load(Outer, tmp_path)
    store(outer(), tmp_path)
    with pytest.raises(ValueError, match="another version"):
        load(Inner, tmp_path)
    file = tmp_path / "result.json"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(ValueError, match="missing or damaged"):
        load(Outer, tmp_path)


@settings(max_examples=30)
@given(
    value=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    names=st.dictionaries(st.text(), st.text()),
    pair=st.tuples(st.text(), st.integers(-(2**63), 2**63)),
)
def test_plain_values_survive(value, names, pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    made = outer(inner=Inner("a", dt.date(2026, 1, 1), value), names=names, pair=pair)
    store(made, folder)
    assert_same(load(Outer, folder), made)
