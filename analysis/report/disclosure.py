"""Nothing that could single out a person leaves the kit."""

from __future__ import annotations

MINIMUM_AGENTS = 10
