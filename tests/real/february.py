"""The public engagement as tables: a bank's calls of February 1999 and the work steps of a loan office."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from analysis.engagement import load_engagement
from analysis.intake import read_sources

CUT_OFFS_MIN = (15, 30, 60)


def read(real_data: Path, folder: Path):
    """Return the engagement's tables, client and queues, read by intake from copies of the two exports."""
    file = folder / "engagement.toml"
    shutil.copyfile(Path(__file__).with_name("engagement.toml"), file)
    for source in tomllib.loads(file.read_text(encoding="utf-8"))["source"]:
        for name in source["files"]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(real_data / Path(name).relative_to("data"), folder / name)
    stated = load_engagement(file)
    tables = read_sources(stated.source, client=stated.client, root=folder, key=b"k" * 32).tables
    return tables, stated.client, stated.queue
