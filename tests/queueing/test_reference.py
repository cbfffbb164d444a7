"""Published and independently computed figures, through the public functions; tests/reference/queueing.csv names each source."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from analysis import queueing

with (Path(__file__).parents[1] / "reference" / "queueing.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def call(function, arguments):
    arguments = {name: float(value) if value == "inf" else value for name, value in arguments.items()}
    leading = [arguments.pop(name) for name in ("agents", "load") if name in arguments]
    return getattr(queueing, function)(*leading, **arguments)


def part(result, name):
    if name == "value":
        return result
    method, _, argument = re.fullmatch(r"(\w+)(\((.*)\))?", name).groups()
    return getattr(result, method)(float(argument)) if argument else getattr(result, method)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_reference_figure(row):
    result = call(row["function"], json.loads(row["arguments"]))
    tolerance = float(row["tolerance"])
    for name, expected in json.loads(row["expected"]).items():
        np.testing.assert_allclose(part(result, name), expected, rtol=tolerance, atol=tolerance * 1e-3, err_msg=name)


def test_every_row_names_its_source():
    assert len(ROWS) == 32
    assert all(row["source"] for row in ROWS)


def test_usable_agents_add_up():
    """IG90: usable agents are idle agents times the usable share; methods.md section 4, computed in closed form."""
    gaps = queueing.idle_gaps(20, arrivals_per_h=180, aht_s=300)
    usable = gaps.idle_agents * np.asarray(gaps.usable_share([15, 30, 60, 120]))
    np.testing.assert_allclose(usable, [4.386351647, 3.80855174, 2.779879129, 1.294984031], rtol=1e-9)
