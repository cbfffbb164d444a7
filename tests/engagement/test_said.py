"""What people answered reaches readiness alone: a corrected rating runs what judges it, and nothing that was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.engagement.keys import upstream_digests
from analysis.engagement.records import Record
from analysis.engagement.stages import SAID, stage_spec

FILES = ("result.json", "files.parquet", "tables.spells.parquet", *(f"tables.{name}.parquet" for name in SAID))


def upstream(**changed: str) -> dict[str, Record]:
    """Return records of the stages before readiness, the intake's with these hashes instead."""
    outputs = dict.fromkeys(FILES, "0" * 64) | {name: changed[key] for key in changed for name in FILES if key in name}
    stages = {name: Record(name, "k", Path(), {"a": "0"}) for name in ("baseline", "utilization", "blending")}
    return stages | {"intake": Record("intake", "k", Path(), outputs)}


@pytest.mark.parametrize("stage", ["baseline", "utilization", "blending"])
@pytest.mark.parametrize("said", SAID)
def test_an_answer_changes_nothing_that_was_measured(stage, said):
    spec = stage_spec(stage)
    assert upstream_digests(spec, upstream(**{said: "1" * 64, "result": "1" * 64})) == upstream_digests(
        spec, upstream()
    )
    assert upstream_digests(spec, upstream(spells="1" * 64)) != upstream_digests(spec, upstream())


@pytest.mark.parametrize("said", SAID)
def test_an_answer_runs_readiness_again(said):
    spec = stage_spec("readiness")
    assert upstream_digests(spec, upstream(**{said: "1" * 64})) != upstream_digests(spec, upstream())
