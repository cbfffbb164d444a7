"""What a consultant may set for the report."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.foundation.settings import Settings


class ReportSettings(Settings):
    """Settings of :func:`analysis.build_report`.

    Examples
    --------
    >>> ReportSettings().paper
    'a4'
    """

    paper: Literal["a4", "letter"] = Field(default="a4", description="size of the pages")
    brand: str = Field(default="", description="path of a brand.toml; empty takes the kit's own")
