"""A small client: a folder to drop a vendor's exports into, and one call that reads them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analysis.foundation.settings import Client, Period
from analysis.intake import Intake, Source, check_sources, read_sources

KEY = bytes(range(32))


class Exports:
    """An engagement folder and the client it belongs to: March and April 2026 in Amsterdam."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "data").mkdir()
        period = Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
        self.client = Client(name="Test", time_zone="Europe/Amsterdam", period=period)

    def put(self, name: str, content: str | bytes) -> str:
        """Write a file into data/ and return its path as an engagement names it."""
        (self.root / "data" / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return f"data/{name}"

    def read(self, adapter: str, content: str | bytes, *, name: str = "export", check: bool = False, **more) -> Intake:
        """Write and read one file of a format."""
        source = Source(files=[self.put(name, content)], adapter=adapter, population="contact_centre", **more)
        verb = check_sources if check else read_sources
        return verb([source], client=self.client, root=self.root, key=KEY)

    @staticmethod
    def trap(intake: Intake, code: str) -> dict:
        """Return what the test of one trap found."""
        return intake.traps[intake.traps["code"] == code].to_dict("records")[0]


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    """Return an empty engagement folder."""
    return Exports(tmp_path)
