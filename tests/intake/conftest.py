"""A small client: a folder to drop exports into, and one call that reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.foundation.settings import Client, Period
from analysis.intake import Intake, Source, check_sources, read_sources

KEY = bytes(range(32))


class Desk:
    """An engagement folder and the client it belongs to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "data").mkdir()
        self.client = Client(
            name="Test",
            time_zone="Europe/Amsterdam",
            period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26)),
        )

    def put(self, name: str, content: str | bytes) -> str:
        """Write a file into data/ and return its path as an engagement names it."""
        path = self.root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return f"data/{name}"

    def read(self, *sources: dict, check: bool = False) -> Intake:
        """Read sources given as dictionaries."""
        verb = check_sources if check else read_sources
        return verb([Source(**source) for source in sources], client=self.client, root=self.root, key=KEY)

    def spells(self, content: str | bytes, name: str = "spells.csv", **more: object) -> Intake:
        """Write and read one file of spells."""
        return self.read({"files": [self.put(name, content)], "table": "spells", **more})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return an empty engagement folder."""
    return Desk(tmp_path)


@pytest.fixture
def make_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Desk]:
    """Return a maker of empty engagement folders."""
    return lambda: Desk(tmp_path_factory.mktemp("engagement"))
