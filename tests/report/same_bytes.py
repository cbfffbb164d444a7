"""The hand-made insurer's results; as a program, builds the report into a folder and prints the digests of its files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from analysis.engagement.files import canonical, hashes_below
from analysis.report import build_report
from tests.report import factory, factory_people, factory_value


def insurer() -> dict[str, Any]:
    """Return the results of all stages, as ``build_report`` takes them."""
    return {
        "client": factory.client(),
        "queues": factory.queues(),
        "intake": factory_people.intake(),
        "baseline": factory.baseline(),
        "utilization": factory.utilization(),
        "blending": factory.blending(),
        "readiness": factory_people.readiness(),
        "value": factory_value.value(),
        "run": factory_people.run(),
    }


if __name__ == "__main__":
    into = Path(sys.argv[1])
    build_report(**insurer(), out=into)
    sys.stdout.buffer.write(canonical(hashes_below(into)))
